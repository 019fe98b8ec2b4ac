package search

import (
	"fmt"
	"strings"
	"testing"

	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
)

func newList(tb testing.TB, orders ...string) (*List, *[]string) {
	picked := &[]string{}
	l := NewList(uitest.Kit(tb, "en", false), func(o string) { *picked = append(*picked, o) })
	var rows []Suggestion
	for i, o := range orders {
		rows = append(rows, Suggestion{Order: o, Runes: []int{0, 1}, Recent: i == 0})
	}
	l.Set(rows)
	return l, picked
}

func TestListMovesAroundWithAPlaceForNone(t *testing.T) {
	l, _ := newList(t, "10472", "10473")
	for i, want := range []string{"10472", "10473", "", "10472"} {
		l.Move(1)
		if got := l.ChosenOrder(); got != want {
			t.Errorf("down %d: %q, want %q", i, got, want)
		}
	}
	l.Set(nil)
	l.Move(1)
	l.Move(-1)
	if l.ChosenOrder() != "" || l.Len() != 0 {
		t.Errorf("chosen %q of nothing", l.ChosenOrder())
	}
	l, _ = newList(t, "10472", "10473")
	l.Move(-1)
	if got := l.ChosenOrder(); got != "10473" {
		t.Errorf("up from nothing: %q, want the last", got)
	}
}

func TestListIsAsHighAsItsRows(t *testing.T) {
	for n, want := range map[int]float32{0: 10, 3: 100, 8: 250, 20: 250} {
		l, _ := newList(t, make([]string, n)...)
		if got := l.HeightDp(); got != want {
			t.Errorf("%d rows: %v dp, want %v", n, got, want)
		}
	}
}

func TestListSetsTypedLettersBold(t *testing.T) {
	l, picked := newList(t, "10472", strings.Repeat("long-number-", 9))
	s := l.Build(420, 80, 1)
	bold, plain := "", ""
	for _, op := range s.Ops {
		if op.Kind == scene.OpText && op.Y < 35 && op.Font.Px == 13 {
			if op.Font.Weight == scene.SemiBold {
				bold += s.Strings[op.From]
			} else {
				plain += s.Strings[op.From]
			}
		}
	}
	if bold != "10" || plain != "472" {
		t.Errorf("bold %q, plain %q; want 10 and 472", bold, plain)
	}
	for _, op := range s.Ops {
		if op.Kind == scene.OpText && op.X+l.Kit.Metrics.Width(op.Font, s.Strings[op.From]) > 420 {
			t.Errorf("%q leaves the list", s.Strings[op.From])
		}
	}
	uitest.Press(l, 100, 50)
	if len(*picked) != 1 || (*picked)[0] != strings.Repeat("long-number-", 9) {
		t.Errorf("picked %q, want the second", *picked)
	}
}

func TestHome(t *testing.T) {
	var picked []string
	h := NewHome(uitest.Kit(t, "en", false), func(o string) { picked = append(picked, o) })
	h.Set([]string{"7", "8"}, []string{"10472"})
	s := h.Build(1280, 700, 1)
	for _, o := range []string{"7", "10472"} {
		x, y := uitest.Find(t, h.Kit.Metrics, s, o)
		uitest.Press(h, x, y)
	}
	h.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Home"})
	h.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Down"})
	h.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Return"})
	if fmt.Sprint(picked) != "[7 10472 8]" {
		t.Errorf("picked %v, want 7, 10472 and 8", picked)
	}
	if strings.Contains(uitest.Words(s), "connection") {
		t.Error("speaks of a connection although there is one")
	}
	h.Offline = "No connection"
	h.Set(nil, nil)
	if s := uitest.Words(h.Build(300, 700, 1)); !strings.Contains(s, "No connection") || strings.Contains(s, "Searched lately") {
		t.Errorf("without a connection and orders it says:\n%s", s)
	}
}

func BenchmarkHome(b *testing.B) {
	h := NewHome(uitest.Kit(b, "en", false), func(string) {})
	var known []string
	for i := range 2000 {
		known = append(known, fmt.Sprint(10000+i))
	}
	h.Set(nil, known)
	b.ReportAllocs()
	for b.Loop() {
		h.Build(1280, 700, 1)
	}
}

// TestHomeSaysAllOfWhyThereIsNoConnection looks for the end of the sentence, which
// tells what to do, where it does not fit one line.
func TestHomeSaysAllOfWhyThereIsNoConnection(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		h := NewHome(uitest.Kit(t, lang, false), func(string) {})
		h.Offline = h.Kit.Words.T("home.offline")
		text := strings.Join(strings.Fields(uitest.Words(h.Build(640, 500, 1))), " ")
		if !strings.Contains(text, h.Offline) {
			t.Errorf("%s: %q is not whole in %q", lang, h.Offline, text)
		}
	}
}
