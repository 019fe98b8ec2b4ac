package document

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"traceview/internal/format/otlp"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/savedview"
)

// textMatches returns what anything finds for a text.
func textMatches(text string, n int) query.Set {
	var number int
	if _, err := fmt.Sscanf(text, "text %d", &number); err != nil {
		return nil
	}
	s := query.NewSet(n)
	for k := range number % 5 {
		s.Add(model.SpanIndex((number*7919 + k*31) % n))
	}
	return s
}

// anythingSaved is anything with what is no step of the way back.
func anythingSaved(d *Document, r *rand.Rand) {
	switch r.IntN(8) {
	case 0:
		d.MeasureTime(r.Int64N(400*ms), r.Int64N(400*ms))
	case 1:
		d.MeasureSelected()
	case 2:
		d.SetColourRule(ColourRule{By: ColourBy(r.IntN(int(colourBys))), Key: "k", Palette: []string{"", "many"}[r.IntN(2)]})
	default:
		anything(d, r)
	}
}

// twins is a forest in which several spans have one id, and some none.
func twins(tb testing.TB, n int, r *rand.Rand) *model.Trace {
	spans := make([]span, n)
	for i := range spans {
		spans[i] = span{id: model.SpanID(r.IntN(n/2 + 1)), start: int64(i), dur: r.Int64N(500)}
		if p := r.IntN(i + 1); p > 0 {
			spans[i].parent = spans[p-1].id
		}
	}
	return build(tb, spans)
}

// reread returns a trace as it comes out of a file.
func reread(t *testing.T, tr *model.Trace) *model.Trace {
	t.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(otlp.AppendProto(nil, tr), b); err != nil {
		t.Fatal(err)
	}
	return b.Build()[0]
}

// throughJSON returns a view as another program reads it.
func throughJSON(t *testing.T, v savedview.Trace) savedview.Trace {
	t.Helper()
	data, err := savedview.EncodeView(savedview.View{Traces: []savedview.Trace{v}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := savedview.DecodeView(data)
	if err != nil {
		t.Fatal(err)
	}
	return out.Traces[0]
}

func text(v savedview.Trace) string {
	data, err := json.Marshal(v)
	return fmt.Sprint(string(data), err)
}

func restored(tr *model.Trace, v savedview.Trace, width, height int, late bool) *Document {
	d := New(tr)
	if !late {
		d.Resize(width, height, 20)
	}
	d.Restore(v, textMatches(v.Filter, len(tr.Spans)))
	d.Resize(width, height, 20)
	return d
}

// seenAs compares what a person sees but for the places behind the point.
func seenAs(d *Document) look {
	l := lookAt(d)
	m := d.Merged()
	l.view.PerPx, l.merged = 0, fmt.Sprint(m.Weight(), m.Zoomed(), m.Sandwich() != nil, m.View().Start, m.View().End())
	return l
}

// TestViewsComeBack does anything, saves the view and restores it: in the same
// trace, in the one that an exported file holds, and in a smaller window.
func TestViewsComeBack(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 21))
		tr := forest(t, 80, r)
		exported := reread(t, tr)
		if seed%3 == 0 { // whose tree depends on the order in which they came
			tr = twins(t, 80, r)
			exported = tr
		}
		d := New(tr)
		d.Resize(1000, 10*20, 20)
		for range 60 {
			anythingSaved(d, r)
		}
		saved := d.SavedView()
		v := throughJSON(t, saved)
		if !reflect.DeepEqual(v, saved) {
			t.Fatalf("seed %d: as JSON\n%+v, want\n%+v", seed, v, saved)
		}
		for name, other := range map[string]*Document{
			"the same trace": restored(tr, v, 1000, 200, false), "before the first frame": restored(tr, v, 1000, 200, true),
			"the exported trace": restored(exported, v, 1000, 200, true),
		} {
			if got, want := seenAs(other), seenAs(d); got != want {
				t.Fatalf("seed %d, %s: sees\n%+v, want\n%+v", seed, name, got, want)
			}
			if again := other.SavedView(); !reflect.DeepEqual(again, saved) {
				t.Fatalf("seed %d, %s: saved again\n%s, want\n%s", seed, name, text(again), text(saved))
			}
		}
		small := restored(tr, v, 700, 6*20, seed%2 == 0)
		if d.onScreen(d.selected) && !small.onScreen(small.selected) {
			t.Fatalf("seed %d: a smaller window has the selected span out of sight", seed)
		}
		again := small.SavedView()
		again.Top, again.Above, again.Rows = saved.Top, saved.Above, saved.Rows
		if !reflect.DeepEqual(again, saved) {
			t.Fatalf("seed %d: in a smaller window\n%s, want\n%s", seed, text(again), text(saved))
		}
	}
}

// TestRestoringIsAStep restores a view in a Document that is in use.
func TestRestoringIsAStep(t *testing.T) {
	d := newDocument(t)
	d.Select(3)
	d.ToggleCollapse(1)
	v := d.SavedView()
	d.Begin()
	d.ExpandAll()
	d.ZoomTo(0, 100*ms)
	d.Select(8)
	there := lookAt(d)
	d.Restore(v, nil)
	if got := d.SavedView(); !reflect.DeepEqual(got, v) {
		t.Errorf("restored %+v, want %+v", got, v)
	}
	if d.Back(); lookAt(d) != there {
		t.Errorf("back at %+v, want %+v", lookAt(d), there)
	}
}

// TestUnseenViewsAreKept saves a view again that was restored behind other tabs.
func TestUnseenViewsAreKept(t *testing.T) {
	d := newDocument(t)
	d.ScrollBy(30)
	v := d.SavedView()
	if v.Top == nil || v.Above != 0.5 || v.Rows != 5 {
		t.Fatalf("saved top %v, %v above, %d rows", v.Top, v.Above, v.Rows)
	}
	unseen := New(d.trace)
	unseen.Restore(v, nil)
	if got := unseen.SavedView(); !reflect.DeepEqual(got, v) {
		t.Errorf("unseen it is %+v, want %+v", got, v)
	}
	unseen.Resize(1000, 5*40, 40)
	if unseen.Scroll() != (layout.Scroll{Row: 1, Off: 20}) {
		t.Errorf("scrolled to %+v, want half of the second row", unseen.Scroll())
	}
}

// TestViewsOfFoldedTraces bounds what is said of folds.
func TestViewsOfFoldedTraces(t *testing.T) {
	tr := forest(t, 3000, rand.New(rand.NewPCG(1, 1)))
	d := New(tr)
	for _, f := range []func() bool{d.CollapseAll, func() bool { return d.ExpandTo(2) }, func() bool { return d.ToggleCollapse(0) }, d.ExpandAll} {
		f()
		v := d.SavedView()
		if n := len(v.Collapsed) + len(v.Expanded); n > 800 {
			t.Errorf("%d spans named", n)
		}
		other := New(tr)
		other.Restore(throughJSON(t, v), nil)
		if !other.rows.Folds().Equal(d.rows.Folds()) {
			t.Error("others are folded")
		}
	}
}

func TestStaleViews(t *testing.T) {
	gone := savedview.Span{ID: "00000000000000ff"}
	usual := func(d *Document) bool {
		v := d.SavedView()
		v.TraceID, v.Rows = "", 0
		return reflect.DeepEqual(v, savedview.Trace{})
	}
	for _, tt := range []struct {
		name string
		view savedview.Trace
		want func(d *Document) bool // what comes of it
	}{
		{"spans that are gone", savedview.Trace{Selected: &gone, Top: &gone, Collapsed: []savedview.Span{gone}, Merged: &savedview.Merged{Zoom: &gone, Focus: &gone}}, usual},
		{"a twin that is not there", savedview.Trace{Selected: &savedview.Span{ID: "1", N: 1}}, usual},
		{"no ids", savedview.Trace{Selected: &savedview.Span{}, Top: &savedview.Span{ID: "пять"}, Collapsed: []savedview.Span{{}, {ID: strings.Repeat("f", 99)}}}, usual},
		{"numbers before the first", savedview.Trace{Selected: &savedview.Span{ID: "1", N: -1}, Top: &savedview.Span{ID: "2"}, Above: -3, Rows: -8}, func(d *Document) bool {
			return d.Selected() == model.NoSpan && d.Scroll() == layout.Scroll{Row: 1}
		}},
		{"another time", savedview.Trace{Shown: &savedview.Range{From: 1, To: 2}, Measured: &savedview.Measure{Range: savedview.Range{From: 1, To: 2}}}, usual},
		{"the wrong way round", savedview.Trace{Shown: &savedview.Range{From: epoch + 9*ms, To: epoch + 2*ms}, Measured: &savedview.Measure{Range: savedview.Range{From: epoch + 2, To: epoch}}}, usual},
		{"names of tomorrow", savedview.Trace{Sort: "mood", Colour: &savedview.Colour{By: "taste"}, Stats: &savedview.Stats{Operations: savedview.Order{Column: "p42"}}, Merged: &savedview.Merged{Weight: "heavy"}}, usual},
		{"a filter that found nothing out", savedview.Trace{Filter: "error"}, usual},
		{"a leaf folded", savedview.Trace{Collapsed: []savedview.Span{{ID: "3"}}}, usual},
		{"what is selected is folded away", savedview.Trace{Selected: &savedview.Span{ID: "3"}, Collapsed: []savedview.Span{{ID: "2"}}}, func(d *Document) bool {
			return d.Selected() == 1 && d.rows.Collapsed(1)
		}},
		{"what is selected does not match", savedview.Trace{Selected: &savedview.Span{ID: "3"}, Filter: "text 1", Only: true}, func(d *Document) bool {
			return d.Selected() == 2 && d.Shows(2) && d.Hidden() > 0
		}},
		{"measured is something else than the spans", savedview.Trace{Measured: &savedview.Measure{Range: savedview.Range{From: epoch, To: epoch + 5*ms}, Span: &savedview.Span{ID: "3"}}}, func(d *Document) bool {
			m, on := d.Measured()
			return on && m.Span == model.NoSpan && m.To == 5*ms
		}},
		{"part of the time", savedview.Trace{Shown: &savedview.Range{From: epoch - 5000*ms, To: epoch + 1000*ms}}, func(d *Document) bool {
			return d.Viewport().Start == 0 && d.Viewport().End() == 1000*ms
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDocument(t)
			d.Resize(1000, 40, 20)
			d.Restore(tt.view, textMatches(tt.view.Filter, len(d.trace.Spans)))
			if !tt.want(d) {
				t.Errorf("it is %+v", d.SavedView())
			}
		})
	}
}

// FuzzRestore restores anything, which must leave a Document in order and, saved
// and restored once more, stay what it is.
func FuzzRestore(f *testing.F) {
	for _, text := range []string{
		`{"selected":"3","top":"5#0","above":0.5,"rows":9,"all_folded":true,"expanded":["1"],"shown":{"from":1794474843120000000,"to":1794474843220000000}}`,
		`{"filter":"text 4","only":true,"admitted":["3","9"],"sort":"self","measured":{"from":1794474843140000000,"to":1794474843240000000,"span":"3"}}`,
		`{"merged":{"weight":"work","zoom":"3","outer":["2","1"],"shown":{"from":0,"to":9}},"stats":{"services":true,"operations":{"column":"p95"}}}`,
		`{"merged":{"focus":"5"},"rows":-9223372036854775808,"top":"9","above":1e300,"shown":{"from":-9223372036854775808,"to":9223372036854775807}}`,
	} {
		f.Add([]byte(text), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, late bool) {
		var v savedview.Trace
		if json.Unmarshal(data, &v) != nil {
			return
		}
		for _, spans := range [][]span{family, nil} {
			tr := build(t, spans)
			if len(spans) == 0 {
				v.Filter = ""
			}
			d := restored(tr, v, 700, 60, late)
			checkSelection(t, d, "restoring")
			once := d.SavedView()
			if again := restored(tr, throughJSON(t, once), 700, 60, !late).SavedView(); !reflect.DeepEqual(again, once) {
				t.Fatalf("%s\nrestored once: %+v\ntwice: %+v", data, once, again)
			}
			if slices.ContainsFunc(rows(d), func(i model.SpanIndex) bool { return !d.Shows(i) }) {
				t.Fatal("a row of a span that is not to be shown")
			}
		}
	})
}
