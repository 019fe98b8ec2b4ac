package shell

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/analysis/comparison"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/uitest"
	"traceview/ui/view/compare"
)

// comparePanel draws the two traces and what is different.
func (b *bench) comparePanel(p *comparePage) *scene.Scene {
	cards := compare.NewCards(b.kit, p.m, compare.Actions{}).Build(1280, compare.CardsDp, 1)
	all := &scene.Scene{}
	all.Strings = append(all.Strings, cards.Strings...)
	list := compare.NewFindings(b.kit, p.m).Build(1280, 600, 1)
	all.Strings = append(all.Strings, list.Strings...)
	return all
}

// healthyShop is the order of uitest.Shop without its trouble.
func healthyShop(tb testing.TB, id byte) *model.Trace {
	tb.Helper()
	return uitest.Trace(tb, id,
		uitest.Span{ID: 1, Service: "internet-shop", Name: "POST /orders", Dur: 640 * uitest.Ms},
		uitest.Span{ID: 2, Parent: 1, Service: "shop-api", Name: "POST /orders", Start: 24 * uitest.Ms, Dur: 590 * uitest.Ms},
		uitest.Span{ID: 3, Parent: 2, Service: "files-storage", Name: "PUT 3d-files/{order}/{file}", Start: 92 * uitest.Ms, Dur: 110 * uitest.Ms},
		uitest.Span{ID: 4, Parent: 2, Service: "shop-db", Name: "INSERT shop.orders", Start: 304 * uitest.Ms, Dur: 18 * uitest.Ms},
	)
}

// comparePage returns the page in front, which must be one of a comparison.
func (b *bench) comparePage() *comparePage {
	b.t.Helper()
	p, ok := b.pages[b.current].(*comparePage)
	if !ok {
		b.t.Fatalf("the page in front is %T, want a comparison", b.pages[b.current])
	}
	return p
}

// pick opens nothing: it chooses the line of the palette that has a text.
func (b *bench) pick(text string) {
	b.t.Helper()
	for i, h := range b.palette.hits {
		if strings.Contains(h.Text+" "+h.line.Note+" "+h.line.Kind, text) {
			b.palette.run(i)
			return
		}
	}
	b.t.Fatalf("nothing offered has %q", text)
}

// compareTabs opens two files and compares the second with the first.
func (b *bench) compareTabs() *comparePage {
	b.t.Helper()
	b.showTrace(healthyShop(b.t, 1), "well.json")
	b.showTrace(uitest.Shop(b.t, 2), "bad.json")
	b.ctrlShift(fyne.KeyD)
	b.pick("well.json")
	p := b.comparePage()
	b.until("the comparison", func() bool { return p.m.C != nil })
	return p
}

func TestCompareTabs(t *testing.T) {
	b := newBench(t, nil)
	p := b.compareTabs()
	says := b.says()
	for _, want := range []string{"files-storage failed at “PUT 3d-files/{order}/{file}”", "In the other trace it went well.", "640 ms", "1.84 s", "+200 ms"} {
		if !strings.Contains(says, want) {
			t.Errorf("nothing says %q in:\n%s", want, says)
		}
	}
	if got := p.Title(); got != "Compare POST /orders" {
		t.Errorf("the tab says %q", got)
	}
	b.key(fyne.KeyReturn) // the failed step is chosen first
	if tp := b.tracePage(); tp.file != "bad.json" || tp.doc.Trace().Name(tp.doc.Selected()) != "PUT 3d-files/{order}/{file}" {
		t.Errorf("Enter leads to %s", tp.file)
	}
	b.show(b.indexOf(p))
	b.comparePage().open(comparison.A, p.m.Selected())
	if tp := b.tracePage(); tp.file != "well.json" {
		t.Errorf("the other side is %s", tp.file)
	}
	b.show(b.indexOf(p))
	b.write("x") // swapped
	b.until("the comparison", func() bool { return p.m.C != nil })
	if p.m.Sides[comparison.A].Duration != 1840*uitest.Ms || !strings.Contains(b.says(), "without the error of the other trace") {
		t.Errorf("swapped: %s", b.says())
	}
	for _, l := range "fda" {
		b.write(string(l))
	}
	if !p.flamed || !p.m.OnlyDifferent() || !b.palette.object.Visible() {
		t.Error("letters do nothing")
	}
	b.key(fyne.KeyEscape)
	b.ctrl(fyne.KeyF)
	b.write("insert")
	if n := len(p.m.Rows()); n > 3 {
		t.Errorf("%d rows match", n)
	}
}

func TestCompareWithOrder(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{found: found("10472", 3)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	b.ctrlShift(fyne.KeyD)
	p := b.comparePage()
	b.pick("same order")
	for range 2 {
		c := b.nextTrace()
		tr := healthyShop(t, c.id[15])
		c.reply <- traceReply{trace: tr}
	}
	b.until("the comparison", func() bool { return p.m.C != nil })
	if got := b.says(); !strings.Contains(got, "Nothing is different beyond what is chance.") {
		t.Errorf("two alike: %s", got)
	}
	b.key(fyne.KeyReturn)
	if tp := b.tracePage(); tp.from == nil || tp.doc == nil {
		t.Error("a live trace is not opened")
	}
}

func TestCompareSaysWhatIsAmiss(t *testing.T) {
	lib := newFakeLibrary()
	b := newBench(t, func(o *Options) { o.Library = lib })
	lib.opens <- openedLibrary{kept: true}
	b.until("the library", func() bool { return b.shelf.open })
	b.showCompare()
	if got := b.says(); !strings.Contains(got, "Nothing to compare yet") {
		t.Errorf("an empty page says %s", got)
	}
	b.search("10472").reply <- searchReply{found: found("10472", 2)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	b.ctrlShift(fyne.KeyD)
	p := b.comparePage()
	b.pick("same order")
	b.nextTrace().reply <- traceReply{err: errDown}
	b.nextTrace().reply <- traceReply{trace: uitest.Shop(t, 1)}
	b.until("the error", func() bool { return !p.slot.Busy() })
	if got := b.says(); !strings.Contains(got, "jaeger:16685") {
		t.Errorf("a trace that cannot be fetched: %s", got)
	}
	b.key(fyne.KeyF5)
	b.nextTrace().reply <- traceReply{trace: healthyShop(t, 2)}
	b.until("the comparison", func() bool { return p.m.C != nil })
	b.write("u")
	b.until("what is usual", func() bool { return p.m.Sides[0].Trouble[0] != "" })
	if got := b.says(); !strings.Contains(got, "No other trace of this operation is at hand") {
		t.Errorf("nothing usual: %s", got)
	}
}

func TestCompareWithUsual(t *testing.T) {
	lib := newFakeLibrary()
	b := newBench(t, func(o *Options) { o.Library = lib })
	for k := range 12 {
		lib.add(healthyShop(t, byte(10+k)), "")
	}
	lib.opens <- openedLibrary{kept: true}
	b.until("the library", func() bool { return b.shelf.open })
	b.showTrace(uitest.Shop(t, 2), "bad.json")
	b.ctrlShift(fyne.KeyD)
	p := b.comparePage()
	b.until("what is like it", func() bool { return len(b.palette.items) > 12 })
	b.pick("What is usual")
	b.until("the comparison", func() bool { return p.m.C != nil })
	says := b.says()
	for _, want := range []string{"Usually: POST /orders", "12 other traces", "It failed in none of 12 other traces.", "What is different from what is usual"} {
		if !strings.Contains(says, want) {
			t.Errorf("nothing says %q in:\n%s", want, says)
		}
	}
	b.write("xu") // the other way round, and back
	b.until("the comparison", func() bool { return p.m.C != nil })
	if !p.sides[comparison.A].usual {
		t.Error("what is usual is not on its side")
	}
	p.set(comparison.B, fileSubject("well.json", healthyShop(t, 10)))
	b.until("the comparison", func() bool { return p.m.C != nil })
	if got := b.says(); !strings.Contains(got, "11 other traces") {
		t.Errorf("of another trace, what is usual is %s", got)
	}
	p.swap()
	p.set(comparison.A, fileSubject("bad.json", uitest.Shop(t, 2)))
	b.until("the comparison", func() bool { return p.m.C != nil })
	if got := b.says(); !strings.Contains(got, "12 other traces") || !p.sides[comparison.B].usual {
		t.Errorf("the other way round, what is usual of another trace is %s", got)
	}
	p.swap()
	b.until("the comparison", func() bool { return p.m.C != nil })
	b.comparePage().open(comparison.A, p.m.Selected())
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	if b.tracePage().kept == 0 {
		t.Error("a trace of the library is not opened from there")
	}
}

func TestCompareWithFile(t *testing.T) {
	b := newBench(t, nil)
	b.files["/data/two.json"] = func(context.Context) ([]*model.Trace, error) {
		return []*model.Trace{healthyShop(t, 1), healthyShop(t, 3)}, nil
	}
	b.files["/data/none.json"] = func(context.Context) ([]*model.Trace, error) { return nil, nil }
	b.showTrace(uitest.Shop(t, 2), "bad.json")
	b.showCompare()
	p := b.comparePage()
	p.openFile(comparison.A, "/data/none.json")
	b.until("the file", func() bool { return strings.Contains(b.notice, "hold") || b.notice != "" && !p.file.Busy() })
	p.openFile(comparison.A, "/data/two.json")
	b.until("the file", func() bool { return b.palette.object.Visible() })
	b.pick("What is usual")
	b.until("the comparison", func() bool { return p.m.C != nil })
	if !p.m.C.Usual(comparison.A) || !strings.Contains(p.Copy(), "failed at") {
		t.Errorf("copied: %s", p.Copy())
	}
}

// TestUsualIsOfTheSource compares a trace of a connection that the window has left with
// what is usual there, and opens one of those from there.
func TestUsualIsOfTheSource(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Sampling.Spans = 1000 })
	left := newFakeSource()
	b.usual.asked[left] = []*model.Trace{healthyShop(t, 5), healthyShop(t, 6)}
	b.usual.asked[b.Shell.source] = []*model.Trace{healthyShop(t, 7)}
	p := newComparePage(b.Shell)
	b.add(p)
	of := fileSubject("", uitest.Shop(t, 2))
	of.from = left
	p.set(comparison.B, of)
	p.usual()
	b.until("the comparison", func() bool { return p.m.C != nil })
	if n := len(p.m.C.Traces[comparison.A]); n != 2 {
		t.Fatalf("compared with %d traces, want the 2 of its own connection", n)
	}
	p.open(comparison.A, 0)
	if tp := b.tracePage(); tp.from != Source(left) {
		t.Error("a trace is opened from another connection than it came from")
	}
}
