package layout

import (
	"math/rand/v2"
	"testing"

	"traceview/internal/model"
)

// TestPins scrolls through trees by all sorts of steps and holds what pinned
// rows promise.
func TestPins(t *testing.T) {
	eachShape(t, 300, func(t *testing.T, tr *model.Trace, rnd *rand.Rand) {
		r := NewRows(tr)
		for _, view := range []int{0, 15, 100, 331, 800} {
			r.SetOrder(NewOrder(tr, keys(len(tr.Spans), rnd)))
			r.SetCollapsed(model.SpanIndex(rnd.IntN(len(tr.Spans))), true)
			if view == 331 {
				r.SetFilter(someShown(tr, rnd))
			}
			l := List{Rows: r.Len(), RowPx: 20, ViewPx: view}
			for px := 0; px < l.total(); px += 1 + rnd.IntN(30) {
				s := l.At(px)
				p := NewPins(r, l, s)
				checkPins(t, tr, r, l, s, &p)
			}
		}
	})
}

func checkPins(t *testing.T, tr *model.Trace, r *Rows, l List, s Scroll, p *Pins) {
	t.Helper()
	if p.N > l.MostPins() || l.MostPins()*3 > l.Page() {
		t.Fatalf("%d rows pinned in a view of %d px", p.N, l.ViewPx)
	}
	for k := range p.N {
		pin := p.At[k]
		if r.Span(pin.Row) != pin.Span || r.Row(pin.Span) != pin.Row {
			t.Fatalf("row %d is pinned as span %d, it is %d", pin.Row, pin.Span, r.Span(pin.Row))
		}
		if natural := l.Y(s, pin.Row); natural >= pin.Y {
			t.Fatalf("row %d is pinned at %d though it stands at %d", pin.Row, pin.Y, natural)
		}
		if pin.Y > k*l.RowPx || pin.Y < k*l.RowPx && k != p.N-1 {
			t.Fatalf("pin %d of %d stands at %d", k, p.N, pin.Y)
		}
		if k > 0 && tr.Spans[pin.Span].Parent != p.At[k-1].Span {
			t.Fatalf("span %d is pinned below %d, which is not its parent", pin.Span, p.At[k-1].Span)
		}
		if hit := p.Hit(max(k*l.RowPx-1, 0), l.RowPx); hit != max(k-1, 0) && p.At[p.N-1].Y == (p.N-1)*l.RowPx {
			t.Fatalf("at the end of pin %d lies %d", k-1, hit)
		}
	}
	bottom := p.Bottom(l.RowPx)
	if p.Hit(bottom, l.RowPx) >= 0 {
		t.Fatal("below the pins lies one")
	}
	row := l.RowAt(s, bottom)
	if row >= 0 && p.N > 0 { // what is seen first is inside the last pin, or what pushes it
		if i := r.Span(row); !inside(tr, i, p.At[p.N-1].Span) && row != r.After(p.At[p.N-1].Span) {
			t.Fatalf("below pinned span %d is span %d", p.At[p.N-1].Span, i)
		}
	}
	for row := s.Row; row < r.Len() && l.Y(s, row) < l.ViewPx; row++ {
		depth := int(tr.Spans[r.Span(row)].Depth)
		if y := l.Y(s, row); y >= l.PinRoom(depth)*l.RowPx && y < bottom {
			t.Fatalf("row %d of depth %d at %d is covered to %d", row, depth, y, bottom)
		}
	}
}

// TestPinsOfAChain holds that the nearest ancestors are kept where there are
// more than find room, and that a million levels cost no walk up all of them.
func TestPinsOfAChain(t *testing.T) {
	const n = 100_000
	tr := tree(t, n, func(i int) int {
		if i < n/2 {
			return i - 1
		}
		return n/2 - 1 // leaves of the deepest
	})
	r := NewRows(tr)
	l := List{Rows: r.Len(), RowPx: 20, ViewPx: 600}
	s := l.At((n/2 + 1000) * 20)
	p := NewPins(r, l, s)
	if p.N != mostPins || p.At[p.N-1].Span != n/2-1 || p.At[0].Span != n/2-mostPins {
		t.Fatalf("pinned %+v", p)
	}
	if p := NewPins(r, l, Scroll{}); p.N != 0 {
		t.Errorf("at the top %d rows are pinned", p.N)
	}
}

func BenchmarkPins(b *testing.B) {
	const n = 1_000_000
	tr := tree(b, n, func(i int) int { return max(i-1-i%7, -1) })
	r := NewRows(tr)
	l := List{Rows: r.Len(), RowPx: 22, ViewPx: 1000}
	b.ReportAllocs()
	k := 0
	for b.Loop() {
		NewPins(r, l, l.At(k*7919%(n*22)))
		k++
	}
}
