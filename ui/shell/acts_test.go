package shell

import (
	"fmt"
	"strings"
	"testing"

	"traceview/internal/document"
)

// viewOf returns the view that an act belongs to, the waterfall for those of all.
func viewOf(a act) traceView {
	switch {
	case strings.HasPrefix(a.id, "weight."), a.id == "sandwich":
		return viewMerged
	case strings.HasPrefix(a.id, "stat"):
		return viewStats
	}
	return viewWaterfall
}

// TestActsDoWhatTheirKeysDo runs each line of the palette that names a key, and
// presses the key.
func TestActsDoWhatTheirKeysDo(t *testing.T) {
	b := newBench(t, nil)
	look := func(n int, a act, do func(p *tracePage)) (before, after string) {
		b.showTrace(odd(t), a.id)
		defer func() { b.closePage(b.current) }()
		p := b.tracePage()
		p.show(viewOf(a))
		p.doc.Resize(900, 3*22, 22)
		if viewOf(a) == viewMerged {
			b.Window.Canvas().Capture() // lays the flame out
		}
		states[n](p)
		if strings.HasSuffix(a.id, "note") {
			p.keepNote("a", document.About{Span: 1}, "first")
			p.keepNote("b", document.About{Span: 2}, "second")
			p.doc.GoToNote("a")
		}
		picture := func() string {
			return fmt.Sprint(b.picture(), p.doc.FindText(), p.doc.StatServices(), p.doc.StatOrder(), p.view)
		}
		before = picture()
		do(p)
		return before, picture()
	}
	for _, a := range append(acts(), choices()...) {
		// Links and findings lead to other pages, and the key of orders goes from one to the next.
		if a.key == "" || a.id == "link" || strings.HasSuffix(a.id, "finding") || strings.HasPrefix(a.id, "sort") {
			continue
		}
		did := false
		for _, n := range []int{2, 1, 5, 6, 7, 4, 8} {
			if a.id == "endmeasure" && n != 6 {
				continue // where nothing is measured the key goes on to other things
			}
			before, byKey := look(n, a, func(*tracePage) { b.press(a.key, func(r rune) rune { return r }) })
			_, byAct := look(n, a, a.run)
			if did = did || byAct != before; byAct != byKey {
				t.Errorf("state %d: %s %q leads to\n%s\nits key %s to\n%s", n, a.id, a.text(b.kit.Words), byAct, a.key, byKey)
			}
			if did {
				break
			}
		}
		if !did && a.id != "weight.path" { // which is chosen already
			t.Errorf("%s %q does nothing", a.id, a.text(b.kit.Words))
		}
	}
}

// TestActsShowWhatTheyDo runs what shows in some views only from each of them.
func TestActsShowWhatTheyDo(t *testing.T) {
	b := newBench(t, nil)
	list := map[string]act{}
	for _, a := range append(acts(), choices()...) {
		list[a.id] = a
	}
	for id, want := range map[string][viewCount]traceView{
		"collapse":    {},
		"measure":     {viewWaterfall, viewFlame},
		"zoomin":      {viewWaterfall, viewFlame, viewMerged},
		"weight.self": {viewMerged, viewMerged, viewMerged, viewMerged, viewMerged, viewMerged},
		"statswitch":  {viewStats, viewStats, viewStats, viewStats, viewStats, viewStats},
	} {
		for v := range viewCount {
			openShop(b)
			p := b.tracePage()
			p.show(v)
			b.Window.Canvas().Capture()
			before := b.picture()
			list[id].run(p)
			if p.view != want[v] || b.picture() == before && id != "statswitch" {
				t.Errorf("%s in view %d leads to view %d, want %d; it did something: %v", id, v, p.view, want[v], b.picture() != before)
			}
			b.closePage(b.current)
		}
	}
}
