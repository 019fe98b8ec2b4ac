package document

import (
	"testing"
	"time"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/query"
)

// early is a trace of the family as it is while spans still arrive: 5 lacks its
// children, 3 its parent, and the trace begins later and ends sooner.
var early = []span{{1, 0, 0, 1000, false}, {3, 2, 20, 100, true}, {4, 2, 200, 150, false}, {5, 1, 500, 400, false}, {8, 7, 710, 20, false}}

// index returns the place of a span by its id.
func index(t testing.TB, tr *model.Trace, id model.SpanID) model.SpanIndex {
	t.Helper()
	for i := range tr.Spans {
		if tr.Spans[i].ID == id {
			return model.SpanIndex(i)
		}
	}
	t.Fatalf("no span %v", id)
	return model.NoSpan
}

func TestCarry(t *testing.T) {
	whole := build(t, append([]span{{9, 0, -500, 5000, false}, {6, 5, 600, 200, true}, {2, 1, 10, 400, false}, {7, 99, 700, 100, false}}, early...))
	for _, tt := range []struct {
		name string
		do   func(d *Document)
		test func(t *testing.T, old, d *Document)
	}{
		{"nothing done", func(*Document) {}, func(t *testing.T, old, d *Document) {
			if d.Selected() != model.NoSpan || !d.Viewport().Fitted() || d.Rows().Len() != len(whole.Spans) {
				t.Errorf("selected %d, view %+v, %d rows", d.Selected(), d.Viewport(), d.Rows().Len())
			}
		}},
		{"selection by id, in its place", func(d *Document) { d.Select(index(t, d.trace, 4)) }, func(t *testing.T, old, d *Document) {
			if got := d.trace.Spans[d.Selected()].ID; got != 4 {
				t.Errorf("selected %v, want 4", got)
			}
			was := old.list.Y(old.scroll, old.rows.Row(old.selected))
			if got := d.list.Y(d.scroll, d.rows.Row(d.selected)); got != was {
				t.Errorf("its row is at %d, was at %d", got, was)
			}
		}},
		{"time by the clock", func(d *Document) { d.ZoomTo(100*ms, 600*ms) }, func(t *testing.T, old, d *Document) {
			if got, want := d.trace.Epoch+d.view.Start, old.trace.Epoch+old.view.Start; got != want || d.view.Span() != 500*ms {
				t.Errorf("shows %d from %d, want 500 ms from %d", d.view.Span(), got, want)
			}
		}},
		{"what is measured, by the clock, and colours", func(d *Document) {
			d.MeasureTime(100*ms, 600*ms)
			d.SetColourRule(ColourRule{By: ByOperation})
		}, func(t *testing.T, old, d *Document) {
			was, _ := old.Measured()
			if got, on := d.Measured(); !on || d.trace.Epoch+got.From != old.trace.Epoch+was.From || got.Dur() != 500*ms {
				t.Errorf("measures %+v (%v) from %d, was %+v from %d", got, on, d.trace.Epoch, was, old.trace.Epoch)
			}
			if got := d.ColourRule().By; got != ByOperation {
				t.Errorf("colours by %d", got)
			}
		}},
		{"folded rows", func(d *Document) { d.ToggleCollapse(index(t, d.trace, 1)) }, func(t *testing.T, _, d *Document) {
			if one := index(t, d.trace, 1); !d.rows.Collapsed(one) || d.rows.Hidden(one) == 0 {
				t.Error("span 1 is not folded any longer")
			}
		}},
		{"order of siblings and view", func(d *Document) { d.SetSort(SortDuration); d.ShowView("flame") }, func(t *testing.T, _, d *Document) {
			if d.Sort() != SortDuration || d.ViewName() != "flame" || d.rows.Span(0) != index(t, d.trace, 9) {
				t.Errorf("sorted by %v in %q, the first row is %d", d.Sort(), d.ViewName(), d.rows.Span(0))
			}
		}},
		{"only matches", func(d *Document) { d.SetOnlyMatches(true) }, func(t *testing.T, _, d *Document) {
			if !d.OnlyMatches() || d.Hidden() != 0 {
				t.Errorf("only matches %v, %d hidden; want the choice and nothing hidden", d.OnlyMatches(), d.Hidden())
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old := New(build(t, early))
			old.Resize(1000, 2*20, 20)
			tt.do(old)
			d := Prepare(whole)
			d.Carry(old)
			tt.test(t, old, d)
		})
	}
}

// TestCarryOfFoldedSelection holds that a selection below a span that was folded
// later is not left without a row.
func TestCarryOfFoldedSelection(t *testing.T) {
	old := New(build(t, []span{{2, 1, 10, 400, false}, {3, 2, 20, 100, true}, {1, 9, 0, 1000, false}, {5, 1, 500, 400, false}}))
	old.Resize(1000, 100, 20)
	old.ToggleCollapse(index(t, old.trace, 1))
	old.Select(index(t, old.trace, 1))
	d := New(build(t, family))
	d.Carry(old)
	if !d.rows.Visible(d.Selected()) {
		t.Errorf("the selected span %d has no row", d.Selected())
	}
}

func TestArrivingSpanIsNoOrphanYet(t *testing.T) {
	tr := build(t, early)
	i := index(t, tr, 8)
	yet, _ := Arriving(tr).Detail(i, english, time.UTC)
	now, _ := New(tr).Detail(i, english, time.UTC)
	if yet.Orphan || !now.Orphan {
		t.Errorf("orphan while it arrives: %v, in the whole: %v", yet.Orphan, now.Orphan)
	}
}

// TestPrepareIsNew holds that what is computed at once is what is computed later.
func TestPrepareIsNew(t *testing.T) {
	for _, spans := range [][]span{family, nil} {
		tr := build(t, spans)
		ready, later := Prepare(tr), New(tr)
		if ready.work == nil || ready.errors == nil || ready.path == nil || ready.density == nil {
			t.Fatal("something is left to compute")
		}
		if ready.Path().Total != later.Path().Total || ready.Errors().Own != later.Errors().Own || ready.Density().Most() != later.Density().Most() {
			t.Error("prepared and computed later differ")
		}
		for i := range tr.Spans {
			if i := model.SpanIndex(i); ready.Work().Self(i) != later.Work().Self(i) {
				t.Errorf("span %d: self time %d and %d", i, ready.Work().Self(i), later.Work().Self(i))
			}
		}
	}
}

func TestActsCountsWhatAPersonDid(t *testing.T) {
	d := newDocument(t)
	before := d.Acts()
	d.Hover(2)
	d.Resize(500, 200, 22)
	if d.Acts() != before {
		t.Error("hovering or resizing counts as an act")
	}
	d.Select(3)
	d.ScrollBy(20)
	if got := d.Acts() - before; got < 1 {
		t.Errorf("%d acts after selecting and scrolling", got)
	}
}

// shapes are those that hurt, beside the usual one.
var shapes = []struct {
	name string
	make func(n int, seed int64) []byte
}{{"tree", synthetic.Trace}, {"wide", synthetic.Wide}, {"deep", synthetic.Deep}, {"roots", synthetic.Roots}}

func million(b *testing.B, make func(int, int64) []byte) *model.Trace {
	b.Helper()
	mb := model.NewBuilder()
	if err := otlp.DecodeProto(make(1_000_000, 1), mb); err != nil {
		b.Fatal(err)
	}
	return mb.Build()[0]
}

// BenchmarkShapes measures what a person does with a million spans of each shape.
func BenchmarkShapes(b *testing.B) {
	for _, s := range shapes {
		tr := million(b, s.make)
		run := func(name string, f func(d *Document)) {
			b.Run(name+"/"+s.name, func(b *testing.B) {
				d := New(tr)
				d.Resize(1400, 1000, 22)
				b.ReportAllocs()
				for b.Loop() {
					f(d)
				}
			})
		}
		run("new", func(*Document) { New(tr) })
		run("prepare", func(*Document) { Prepare(tr) })
		run("collapse and expand all", func(d *Document) { d.CollapseAll(); d.ExpandAll() })
		run("fold one", func(d *Document) { d.ToggleCollapse(0); d.ToggleCollapse(0) })
		some := query.NewSet(len(tr.Spans))
		for i := 0; i < len(tr.Spans); i += 3 {
			some.Add(model.SpanIndex(i))
		}
		run("filter", func(d *Document) { d.SetOnlyMatches(true); d.SetMatches("x", some); d.SetMatches("", nil) })
		run("jump", func(d *Document) { d.Select(model.SpanIndex(len(tr.Spans) - 1)); d.Select(0) })
		run("next error", func(d *Document) { d.NextError() })
		run("details", func(d *Document) {
			d.Detail(0, english, time.UTC)
			d.Detail(model.SpanIndex(len(tr.Spans)-1), english, time.UTC)
		})
		run("carry", func(d *Document) {
			d.Select(model.SpanIndex(len(tr.Spans) / 2))
			New(tr).Carry(d)
		})
	}
}
