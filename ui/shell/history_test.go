package shell

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/ui/uitest"
)

// alt presses a key with Alt held, the way the desktop driver passes it on.
func (b *bench) alt(name fyne.KeyName) {
	sc := &desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierAlt}
	if f, ok := b.focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(sc)
		return
	}
	b.Window.Canvas().(fyne.Shortcutable).TypedShortcut(sc)
}

// front says which page is in front and, of a trace, what is looked at.
func (b *bench) front() string {
	p, ok := b.pages[b.current].(*tracePage)
	if !ok {
		return b.pages[b.current].Title()
	}
	return fmt.Sprintf("%s %s, span %d of %d, %+v, %q in %q, only %v, sorted by %s", p.file, traceViews[p.view].name,
		p.doc.Selected(), p.doc.Rows().Len(), p.doc.Viewport(), p.find.box.Text, p.doc.FindText(), p.doc.OnlyMatches(), p.doc.Sort())
}

// TestBackAndForward goes over tabs, views, a filter and a sort, all the way
// back and all the way forward.
func TestBackAndForward(t *testing.T) {
	b := newBench(t, nil)
	steps := []func(){
		func() { b.showTrace(uitest.Shop(t, 1), "a") },
		func() { b.key(fyne.KeyUp) },
		func() { b.ctrl(fyne.Key2) },
		func() { b.tracePage().doc.ZoomTo(0, 900*uitest.Ms) },
		func() { b.showTrace(uitest.Shop(t, 2), "b") },
		func() { b.ctrl(fyne.KeyF); b.write("order") },
		func() { b.ctrl(fyne.KeyM) },
		func() { b.tracePage().doc.SetSort(document.SortSelf) },
		func() { b.ctrl(fyne.KeyPageUp) },
		func() { b.ctrl(fyne.Key1) },
		func() { b.key(fyne.KeyF1) },
	}
	var places []string
	for _, step := range steps {
		places = append(places, b.front())
		step()
	}
	last := b.front()
	for k := len(places) - 1; k >= 0; k-- {
		b.alt(fyne.KeyLeft)
		if got := b.front(); got != places[k] {
			t.Fatalf("back before step %d:\n%s, want\n%s", k, got, places[k])
		}
	}
	b.alt(fyne.KeyLeft)
	if b.front() != places[0] || b.notice == "" {
		t.Errorf("before the first step: %s, says %q", b.front(), b.notice)
	}
	for _, want := range append(places[1:], last) {
		b.alt(fyne.KeyRight)
		if got := b.front(); got != want {
			t.Fatalf("forward to\n%s, want\n%s", got, want)
		}
	}
	b.alt(fyne.KeyRight)
	if b.front() != last || b.notice == "" {
		t.Errorf("after the last step: %s, says %q", b.front(), b.notice)
	}
}

// TestAnyWayBack does anything in several tabs, goes all the way back and all
// the way forward.
func TestAnyWayBack(t *testing.T) {
	for seed := range uint64(8) {
		b := newBench(t, nil)
		for k := range byte(3) {
			b.showTrace(uitest.Shop(t, k+1), fmt.Sprint("file ", k))
		}
		b.way = way{front: b.pages[b.current]}
		r := rand.New(rand.NewPCG(seed, 3))
		start := b.front()
		for range 60 {
			p, ok := b.pages[b.current].(*tracePage)
			switch n := r.IntN(9); {
			case n == 0 || !ok:
				b.show(r.IntN(len(b.pages)))
			case n == 1:
				p.show(traceView(r.IntN(int(viewCount))))
			case n == 2:
				p.find.box.set([]string{"", "order", "error", "service=shop-api"}[r.IntN(4)])
			case n == 3:
				p.doc.SetOnlyMatches(r.IntN(2) == 0)
			case n == 4:
				p.doc.NextSort()
			case n == 5:
				p.doc.ToggleCollapse(model.SpanIndex(r.IntN(3)))
			case n == 6 && r.IntN(3) == 0:
				b.goBack()
			case n == 7 && r.IntN(3) == 0:
				b.goForward()
			default:
				p.doc.Select(model.SpanIndex(r.IntN(4)))
			}
		}
		for len(b.way.future) > 0 {
			b.goForward()
		}
		end := b.front()
		n := 0
		for ; len(b.way.past) > 0; n++ {
			b.goBack()
		}
		if b.front() != start {
			t.Fatalf("seed %d: all the way back is\n%s, want\n%s", seed, b.front(), start)
		}
		for len(b.way.future) > 0 {
			b.goForward()
		}
		if b.front() != end || n < 20 {
			t.Fatalf("seed %d: %d steps forward is\n%s, want\n%s", seed, n, b.front(), end)
		}
	}
}

func TestBackPassesOverAClosedPage(t *testing.T) {
	b := newBench(t, nil)
	b.showTrace(uitest.Shop(t, 1), "a")
	b.showTrace(uitest.Shop(t, 2), "b")
	b.tracePage().doc.Select(3)
	b.showTrace(uitest.Shop(t, 3), "c")
	b.closePage(2)
	if b.tracePage().file != "c" {
		t.Fatalf("in front is %s", b.front())
	}
	if b.alt(fyne.KeyLeft); b.tracePage().file != "a" {
		t.Errorf("back leads to %s, want the page before the closed one", b.front())
	}
	if b.alt(fyne.KeyRight); b.tracePage().file != "c" {
		t.Errorf("forward leads to %s", b.front())
	}
	b.closePage(2)
	if b.alt(fyne.KeyRight); b.tracePage().file != "a" {
		t.Errorf("with c closed forward leads to %s", b.front())
	}
}

// TestBackInTheFindBox goes back while the box has the keyboard, with a text in
// it that cannot be read.
func TestBackInTheFindBox(t *testing.T) {
	b, f := openFind(t)
	doc := b.tracePage().doc
	b.write("order")
	doc.SetOnlyMatches(true)
	b.write(`"`)
	if f.bad == nil || doc.FindText() != "order" {
		t.Fatalf("%q is looked for", doc.FindText())
	}
	b.alt(fyne.KeyLeft)
	if doc.OnlyMatches() || f.box.Text != `order"` {
		t.Errorf("only matches %v, in the box %q; want what is typed left alone", doc.OnlyMatches(), f.box.Text)
	}
	b.alt(fyne.KeyLeft)
	if doc.Finding() || f.box.Text != "" || f.bad != nil {
		t.Errorf("looked for %q, in the box %q", doc.FindText(), f.box.Text)
	}
	b.alt(fyne.KeyRight)
	if doc.FindText() != "order" || f.box.Text != "order" || doc.Matches() == 0 {
		t.Errorf("forward looks for %q, in the box %q", doc.FindText(), f.box.Text)
	}
}

func TestEscClearsWhatIsLookedFor(t *testing.T) {
	b, f := openFind(t)
	b.write("order")
	b.key(fyne.KeyDown, fyne.KeyEscape)
	if b.tracePage().doc.Finding() || f.box.Text != "" {
		t.Errorf("Esc in the waterfall leaves %q", f.box.Text)
	}
	if b.key(fyne.KeyEscape); b.current != 0 {
		t.Errorf("Esc again stays on page %d", b.current)
	}
}

func TestWayButtons(t *testing.T) {
	b := newBench(t, nil)
	p := newWay(b.Shell)
	tips := func() string {
		p.Build(wayWidth, topHeight, 1)
		return p.Tip(15, 24) + "|" + p.Tip(50, 24)
	}
	if got := tips(); got != "|" {
		t.Errorf("with nowhere to go the buttons say %q", got)
	}
	b.showTrace(uitest.Shop(t, 1), "a")
	if got := tips(); got != "Back (Alt+Left)|" {
		t.Errorf("after a step the buttons say %q", got)
	}
	b.goBack()
	if got := tips(); got != "|Forward (Alt+Right)" {
		t.Errorf("after going back the buttons say %q", got)
	}
}

func TestWayIsBounded(t *testing.T) {
	b := newBench(t, nil)
	b.showTrace(uitest.Shop(t, 1), "a")
	for k := range 3 * visited {
		b.tracePage().doc.Select(model.SpanIndex(k % 4))
	}
	if len(b.way.past) > visited {
		t.Errorf("%d steps remembered", len(b.way.past))
	}
	for len(b.way.past) > 0 { // those the document forgot are passed over
		b.goBack()
	}
}
