package document

import (
	"testing"

	"traceview/internal/model"
)

// TestAnalysisIsComputedOnce holds that what is asked for in every frame is the
// same each time, and that it is of this trace.
func TestAnalysisIsComputedOnce(t *testing.T) {
	d := newDocument(t)
	work, errs, path, density := d.Work(), d.Errors(), d.Path(), d.Density()
	if d.Work() != work || d.Errors() != errs || d.Path() != path || d.Density() != density {
		t.Error("an analysis was computed again")
	}
	if got := d.Work().Self(0); got != 200*ms { // 1,000 less two children of 400
		t.Errorf("self time of the root %d, want %d", got, 200*ms)
	}
	if e := d.Errors(); e.Own != 2 || e.Carried != 0 {
		t.Errorf("%d errors of their own, %d carried; want 2, 0", e.Own, e.Carried)
	}
	if !d.Path().Has(0) || d.Path().Total != 1000*ms+100*ms+2000*ms {
		t.Errorf("path of %d ns", d.Path().Total)
	}
}

func TestAnalysisOfNoSpans(t *testing.T) {
	d := New(&model.Trace{Arena: &model.Arena{}, Root: model.NoSpan})
	if d.Path().Total != 0 || d.Errors().Own != 0 || d.Density().Most() != 0 || d.Work() == nil {
		t.Error("an empty trace has something to say")
	}
}

func TestPanTo(t *testing.T) {
	d := newDocument(t)
	d.ZoomTo(1000*ms, 2000*ms)
	for _, tc := range []struct{ to, want int64 }{{500, 500}, {-100, 0}, {9000, 3000}} {
		d.PanTo(tc.to * ms)
		if v := d.Viewport(); v.Start != tc.want*ms || v.Span() != 1000*ms {
			t.Errorf("to %d ms: begins at %d, shows %d ms; want %d, 1000", tc.to, v.Start/ms, v.Span()/ms, tc.want)
		}
	}
}
