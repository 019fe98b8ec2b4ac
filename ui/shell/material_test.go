package shell

import (
	"context"
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/ui/uitest"
	"traceview/ui/view/order"
)

// gathers is a bench that fetches what is behind rows.
func gathers(t *testing.T, g Gathering) *bench {
	return newBench(t, func(o *Options) { o.Gather = g })
}

// materialRow returns a row that tells how many spans a trace has, begun after others.
func materialRow(t *model.Trace, after int) order.Row {
	r := rowOf(t)
	r.Start += int64(after)
	return r
}

func TestMaterialIsFetchedAsRowsCome(t *testing.T) {
	b := gathers(t, Gathering{Traces: 10, Spans: 1000, AtOnce: 2})
	call := b.search("10472")
	p := b.orderPage()
	told := 0
	p.material.observe(func() { told++ })
	rows := []order.Row{materialRow(uitest.Shop(t, 1), 1), materialRow(uitest.Shop(t, 2), 2), materialRow(uitest.Shop(t, 3), 3)}
	call.on(Found{Order: "10472", Rows: rows[:1]})
	first := b.nextFetch()
	if p.material.Done {
		t.Error("it is done while the search runs")
	}
	call.reply <- searchReply{found: Found{Order: "10472", Rows: rows}}
	second := b.nextFetch()
	if len(b.source.traces) > 0 {
		t.Error("more is fetched at once than allowed")
	}
	first.reply <- traceReply{trace: uitest.Shop(t, 1)}
	third := b.nextFetch()
	second.reply <- traceReply{err: errDown}
	third.reply <- traceReply{trace: uitest.Shop(t, 2)}
	b.until("the material", func() bool { return p.material.Done })
	if m := p.material; len(m.Traces) != 2 || m.Failed != 1 || m.Why != errDown || told < 3 {
		t.Errorf("%d traces, %d failed by %v, told %d times", len(m.Traces), m.Failed, m.Why, told)
	}
	b.key(fyne.KeyF5)
	b.nextSearch().reply <- searchReply{found: Found{Order: "10472", Rows: rows}}
	b.nextFetch().reply <- traceReply{trace: uitest.Shop(t, 3)}
	b.until("the one that failed", func() bool { return p.material.Done })
	if n := len(p.material.Traces); n != 3 || p.material.Failed != 0 {
		t.Errorf("%d traces after searching anew", n)
	}
	rows[0].Spans++ // it has grown
	b.key(fyne.KeyF5)
	b.nextSearch().reply <- searchReply{found: Found{Order: "10472", Rows: rows}}
	b.nextFetch().reply <- traceReply{err: errDown}
	b.until("the trace that grew", func() bool { return p.material.Done })
	if len(p.material.Traces) != 3 || p.material.Failed != 0 {
		t.Error("a trace is gone that could not be fetched again")
	}
}

func TestMaterialKeepsToItsBounds(t *testing.T) {
	shop := uitest.Shop(t, 1)
	for _, tt := range []struct {
		name   string
		bounds Gathering
		rows   []order.Row
		left   int
	}{
		{"nothing is fetched", Gathering{}, []order.Row{materialRow(shop, 0)}, 1},
		{"too many traces", Gathering{Traces: 1, Spans: 1000}, []order.Row{{ID: uitest.TraceID(2), Start: 5}, {ID: shop.ID, Spans: 5, Errors: 1}, {ID: uitest.TraceID(3)}}, 2},
		{"too many spans", Gathering{Traces: 9, Spans: len(shop.Spans)}, []order.Row{materialRow(shop, 5), materialRow(uitest.Shop(t, 2), 2)}, 1},
		{"larger than told", Gathering{Traces: 9, Spans: 1}, []order.Row{{ID: shop.ID}}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := gathers(t, tt.bounds)
			b.search("10472").reply <- searchReply{found: Found{Order: "10472", Rows: tt.rows}}
			p := b.orderPage()
			if tt.bounds.Traces > 0 {
				c := b.nextFetch()
				if c.id != shop.ID {
					t.Errorf("%v is fetched first", c.id)
				}
				c.reply <- traceReply{trace: shop}
			}
			b.until("the material", func() bool { return p.material.Done })
			if p.material.Left != tt.left {
				t.Errorf("%d left out, want %d", p.material.Left, tt.left)
			}
		})
	}
}

// TestMaterialOpensAtOnce opens a trace that is here already, and closes the page
// while others are fetched.
func TestMaterialOpensAtOnce(t *testing.T) {
	b := gathers(t, Gathering{Traces: 10, Spans: 1000, AtOnce: 4})
	shop := uitest.Shop(t, 1)
	b.search("10472").reply <- searchReply{found: Found{Order: "10472", Rows: []order.Row{materialRow(shop, 2), materialRow(uitest.Shop(t, 2), 1)}}}
	p := b.orderPage()
	one, other := b.nextFetch(), b.nextFetch()
	if one.id != shop.ID {
		one, other = other, one
	}
	one.reply <- traceReply{trace: shop}
	b.until("the first", func() bool { return p.material.has(shop.ID) != nil })
	p.open(shop.ID)
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	if b.tracePage().doc.Trace() != shop || len(b.source.traces) > 0 {
		t.Error("the trace is fetched again")
	}
	p.material.stop()
	<-other.ctx.Done()
	if !p.material.Done || len(p.material.Traces) != 1 {
		t.Error("giving up leaves something to wait for")
	}
	b.closePage(b.indexOf(p))
}

func TestMaterialOfTheLibrary(t *testing.T) {
	lib := newFakeLibrary()
	kept := uitest.Shop(t, 1)
	lib.add(kept, "10472")
	lib.opens <- openedLibrary{kept: true}
	b := newBench(t, func(o *Options) { o.Library, o.Gather = lib, Gathering{Traces: 10, Spans: 1000} })
	b.until("the library", func() bool { return b.shelf.open })
	call := b.search("10472")
	p := b.orderPage()
	b.until("what is kept", func() bool { return len(p.material.Traces) == 1 })
	if len(b.source.traces) > 0 {
		t.Error("what is kept is fetched from the server")
	}
	grown := materialRow(kept, 0)
	grown.Spans++
	call.reply <- searchReply{found: Found{Order: "10472", Rows: []order.Row{grown}}}
	b.nextFetch().reply <- traceReply{err: errDown}
	b.until("all", func() bool { return p.material.Done })
	if len(p.material.Traces) != 1 || p.material.Failed != 0 {
		t.Error("the kept trace is gone with the server")
	}
}

func TestMaterialOfAFile(t *testing.T) {
	b := gathers(t, Gathering{Traces: 10, Spans: 1000})
	b.files["two.json"] = func(context.Context) ([]*model.Trace, error) {
		return []*model.Trace{uitest.Shop(t, 1), uitest.Shop(t, 2)}, nil
	}
	b.Open("two.json")
	b.until("the list", func() bool { _, ok := b.pages[b.current].(*filePage); return ok })
	if m := b.pages[b.current].(*filePage).material; !m.Done || len(m.Traces) != 2 || m.Left != 0 {
		t.Errorf("of the file there are %s", fmt.Sprint(len(m.Traces), m.Done, m.Left))
	}
}

// nextFetch returns the next fetch of a trace, running what comes meanwhile.
func (b *bench) nextFetch() *traceCall {
	b.t.Helper()
	var next *traceCall
	go func() {
		c := <-b.source.traces
		b.queue.Dispatch(func() { next = c })
	}()
	b.until("a fetch", func() bool { return next != nil })
	return next
}
