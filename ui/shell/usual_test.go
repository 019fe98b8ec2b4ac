package shell

import (
	"context"
	"errors"
	"slices"
	"testing"

	"traceview/internal/model"
)

// A sampledSource is the shop, whose samples wait for the test to answer them.
type sampledSource struct {
	*shopSource
	free  bool // of others, so that it is asked at the start
	calls chan *sampleCall
}

type sampleCall struct {
	ctx   context.Context
	reply chan sampleReply
}

type sampleReply struct {
	traces []*model.Trace
	err    error
}

func newSampledSource(free bool) *sampledSource {
	return &sampledSource{toldShop(), free, make(chan *sampleCall, 4)}
}

func (s *sampledSource) Free() bool { return s.free }

func (s *sampledSource) Sample(ctx context.Context, _ int) ([]*model.Trace, error) {
	c := &sampleCall{ctx, make(chan sampleReply, 1)}
	s.calls <- c
	select {
	case r := <-c.reply:
		return r.traces, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// TestAskingInVainJudgesNothingAnew holds that what is judged stays so when a server
// that was asked what is usual gives nothing, and that an answer concerns its server alone.
func TestAskingInVainJudgesNothingAnew(t *testing.T) {
	from, other := newSampledSource(false), newSampledSource(false)
	b := newShopBench(t, func(o *Options) { o.Source = from })
	p, u := b.answeredOrder("10519"), b.usual
	stick, got := u.of(other), p.inquiry.got
	for _, vain := range []sampleReply{{err: errDown}, {}} {
		u.ask(from)
		(<-from.calls).reply <- vain
		b.until("the answer", func() bool { return !u.busyWith(from) })
		if p.inquiry.slot.Busy() || p.inquiry.got != got {
			t.Errorf("after %+v the order is judged anew", vain)
		}
	}
	u.ask(from)
	(<-from.calls).reply <- sampleReply{traces: toldShop().traces[:40]}
	b.until("what is usual", func() bool { return p.inquiry.got.base.Traces() > 30 && !p.inquiry.slot.Busy() })
	if u.of(other) != stick {
		t.Error("what another server has is taken for something else")
	}
	u.add(toldShop().traces[50])
	if u.of(from) != p.inquiry.got.stick || u.of(other) == stick {
		t.Error("a trace that was kept is to count where little else is known, and nowhere else")
	}
}

// TestWhatWaitedForTheUsualIsJudged holds that traces which arrived while a server was
// asked are judged when that came to nothing.
func TestWhatWaitedForTheUsualIsJudged(t *testing.T) {
	from := newSampledSource(true)
	b := newShopBench(t, func(o *Options) { o.Source = from })
	(<-from.calls).reply <- sampleReply{err: errDown}
	b.until("the first answer", func() bool { return !b.usual.busyWith(from) })
	p := b.answeredOrder("10519")
	b.usual.ask(from)
	all := toldShop().orders["10472"]
	p.inquiry.look(all)
	if p.inquiry.slot.Busy() {
		t.Error("it does not wait for what is usual")
	}
	(<-from.calls).reply <- sampleReply{err: errDown}
	b.until("the answer about all", func() bool { return slices.Equal(p.inquiry.got.traces, all) })
}

// TestAConnectionOpenedAnewIsAskedAnew holds that the old one is asked no more.
func TestAConnectionOpenedAnewIsAskedAnew(t *testing.T) {
	old, now := newSampledSource(false), newSampledSource(false)
	b := newShopBench(t, func(o *Options) { o.Source = old })
	p, u := b.answeredOrder("10519"), b.usual
	u.ask(old)
	call := <-old.calls
	b.rebase(old, now)
	if !errors.Is(call.ctx.Err(), context.Canceled) {
		t.Fatal("the old one is still asked")
	}
	(<-now.calls).reply <- sampleReply{traces: toldShop().traces[:40]}
	b.until("what is usual", func() bool { return p.inquiry.got.base.Traces() > 30 })
	if len(u.asked[old]) > 0 || len(u.asked[now]) != 40 {
		t.Errorf("%d traces of the old one, %d of the new", len(u.asked[old]), len(u.asked[now]))
	}
}
