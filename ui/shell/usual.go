package shell

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"traceview/internal/analysis/diagnosis"
	"traceview/internal/model"
	"traceview/internal/task"
)

// A sampler is a Source that can be asked what is usual of late.
type sampler interface {
	// Sample returns at most n traces of any orders, the latest.
	Sample(ctx context.Context, n int) ([]*model.Trace, error)
	// Free says whether the server is the program's own, which may be asked anything.
	// Another one is asked only if a person wants it.
	Free() bool
}

// Sampling bounds the traces that say what is usual. The zero value takes none.
type Sampling struct {
	Newest int // of the library
	Spread int // of the library, over all it holds
	Asked  int // of a server
	Spans  int // of all together
}

// fewUsual is up to how many traces to compare with a person is offered to ask for
// more.
const fewUsual = 30

// A usual is what the window knows of what is usual: some traces of the library, and
// some of each server that was asked. It is used on the UI goroutine.
type usual struct {
	shell  *Shell
	reads  *task.Slot[[]*model.Trace]
	asks   *task.Slot[[]*model.Trace]
	begun  bool // with the library
	kept   []*model.Trace
	asked  map[Source][]*model.Trace
	asking Source // the one that is asked, or was last
	err    error  // why that came to nothing
	sticks map[Source]*yardstick
}

func newUsual(s *Shell) *usual {
	return &usual{shell: s, asked: map[Source][]*model.Trace{}, sticks: map[Source]*yardstick{},
		reads: task.NewSlot[[]*model.Trace](s.Dispatch), asks: task.NewSlot[[]*model.Trace](s.Dispatch)}
}

func (u *usual) stop() {
	u.reads.Stop()
	u.asks.Stop()
}

// read has some traces of the library read, once.
func (u *usual) read() {
	s := u.shell
	if u.begun || !s.shelf.open || s.Sampling.Newest+s.Sampling.Spread == 0 {
		return
	}
	u.begun = true
	u.reads.Start(func(ctx context.Context) ([]*model.Trace, error) {
		return s.Library.Sample(ctx, s.Sampling.Newest, s.Sampling.Spread, s.Sampling.Spans)
	}, func(list []*model.Trace, err error) {
		if err != nil || len(list) == 0 { // what is amiss with the library is told elsewhere
			return
		}
		u.kept = append(list, u.kept...)
		u.drop()
		u.tell()
	})
}

// add takes a trace that was just kept. What is said already stays.
func (u *usual) add(t *model.Trace) {
	if u.shell.Sampling.Newest == 0 || len(t.Spans) > u.shell.Sampling.Spans/8 {
		return
	}
	u.kept = append([]*model.Trace{t}, u.kept[:min(len(u.kept), u.shell.Sampling.Newest+u.shell.Sampling.Spread)]...)
	u.drop()
}

// drop forgets the yardsticks that what is kept is part of.
func (u *usual) drop() {
	maps.DeleteFunc(u.sticks, func(from Source, _ *yardstick) bool { return !u.plenty(from) })
}

// plenty says whether so much is known from a source that what is kept is left out: that
// was looked at, mostly since something was wrong.
func (u *usual) plenty(from Source) bool { return len(u.asked[from]) >= fewUsual }

// samplerOf returns a source that can be asked what is usual, false for none.
func (u *usual) samplerOf(from Source) (sampler, bool) {
	s, ok := from.(sampler)
	return s, ok && u.shell.Sampling.Asked > 0
}

// free says whether a source may be asked anything.
func (u *usual) free(from Source) bool {
	s, ok := u.samplerOf(from)
	return ok && s.Free()
}

// canAsk says whether there is anything to be asked of a source.
func (u *usual) canAsk(from Source) bool {
	_, ok := u.samplerOf(from)
	return ok && u.asked[from] == nil
}

// begin asks a server at once that may be asked anything.
func (u *usual) begin(from Source) {
	if u.free(from) {
		u.ask(from)
	}
}

// ask asks a source for traces.
func (u *usual) ask(from Source) {
	if !u.canAsk(from) || u.busyWith(from) {
		return
	}
	u.err, u.asking = nil, from
	s, _ := u.samplerOf(from)
	u.asks.Start(func(ctx context.Context) ([]*model.Trace, error) {
		return s.Sample(ctx, u.shell.Sampling.Asked)
	}, func(list []*model.Trace, err error) {
		if err != nil && !errors.Is(err, context.Canceled) {
			u.err = err
		}
		if len(list) > 0 {
			u.asked[from] = list
			delete(u.sticks, from)
		}
		u.shell.event("usual_known", map[string]any{"traces": len(list)})
		u.tell()
	})
	u.tell()
}

// busyWith says whether a source is being asked.
func (u *usual) busyWith(from Source) bool { return u.asks.Busy() && u.asking == from }

// cancel gives up asking.
func (u *usual) cancel() { u.asks.Cancel() }

// pending says whether what is usual of a source will be known presently.
func (u *usual) pending(from Source) bool { return u.busyWith(from) && u.free(from) }

// moved has what is known of a connection be that of the same one opened anew, which is
// asked what the old one was being asked.
func (u *usual) moved(old, now Source) {
	if list := u.asked[old]; list != nil {
		u.asked[now] = list
		u.sticks[now] = u.sticks[old]
		delete(u.asked, old)
		delete(u.sticks, old)
	}
	if u.busyWith(old) {
		u.asks.Stop()
		u.ask(now)
	}
}

// tell has the answers of all pages follow what is known, and judged anew those that
// are judged by another yardstick.
func (u *usual) tell() {
	for _, p := range u.shell.pages {
		if p, ok := p.(judged); ok && p.inquired() != nil {
			p.inquired().usualChanged()
		}
	}
}

// of returns what traces of a source are judged by, those of a file by what is usual
// at the connection of the window: each trace once, within the bound.
func (u *usual) of(from Source) *yardstick {
	if from == nil {
		from = u.shell.source
	}
	if u.sticks[from] == nil {
		var list []*model.Trace
		seen, spans := map[model.TraceID]bool{}, 0
		all := u.asked[from]
		if !u.plenty(from) {
			all = slices.Concat(all, u.kept)
		}
		for _, t := range all {
			if seen[t.ID] || spans+len(t.Spans) > u.shell.Sampling.Spans {
				continue
			}
			seen[t.ID] = true
			spans += len(t.Spans)
			list = append(list, t)
		}
		u.sticks[from] = &yardstick{traces: list}
	}
	return u.sticks[from]
}

// A yardstick is a sample of traces by which others are judged. It may be used by
// any goroutine.
type yardstick struct {
	traces []*model.Trace
	once   sync.Once
	all    *diagnosis.Baseline
}

// without returns what is usual in all traces but some, and in how many that is.
func (y *yardstick) without(some []*model.Trace) *diagnosis.Baseline {
	mine := make(map[model.TraceID]bool, len(some))
	for _, t := range some {
		mine[t.ID] = true
	}
	if slices.ContainsFunc(y.traces, func(t *model.Trace) bool { return mine[t.ID] }) {
		return baselineOf(y.traces, mine)
	}
	y.once.Do(func() { y.all = baselineOf(y.traces, nil) })
	return y.all
}

func baselineOf(traces []*model.Trace, but map[model.TraceID]bool) *diagnosis.Baseline {
	b := diagnosis.NewBaseline()
	for _, t := range traces {
		if !but[t.ID] {
			b.Add(t)
		}
	}
	b.Ready()
	return b
}
