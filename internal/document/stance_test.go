package document

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// TestStanceOnACopy looks at a copy of a trace as at the trace itself.
func TestStanceOnACopy(t *testing.T) {
	tr := forest(t, 60, rand.New(rand.NewPCG(1, 1)))
	d := New(tr)
	d.SetClock(func() time.Time { return time.Unix(0, 0) })
	d.Resize(900, 3*22, 22)
	d.Select(2)
	d.SetTreeWidth(310)
	d.ToggleSubtree(1)
	d.SetSort(SortDuration)
	d.SetColourRule(ColourRule{By: ByOperation, Palette: "tol"})
	d.ZoomTo(tr.Dur/4, tr.Dur/2)
	d.Merged().SetWeight(analysis.SelfTime)
	d.ShowView("flame")
	d.MeasureSelected()
	s := d.Stance()
	got := At(tr, s)
	if !got.place().same(d.place()) || !reflect.DeepEqual(got.Stance(), s) {
		t.Errorf("looked at as %+v, want %+v", got.Stance(), s)
	}
	if got.Rows().Len() != d.Rows().Len() || got.Scroll() != d.Scroll() || got.Viewport() != d.Viewport() {
		t.Errorf("%d rows at %v in %v, want %d at %v in %v", got.Rows().Len(), got.Scroll(), got.Viewport(), d.Rows().Len(), d.Scroll(), d.Viewport())
	}
	d.ExpandAll() // what the copy shares is never changed
	if got.Rows().Len() == d.Rows().Len() {
		t.Error("the copy unfolds with the original")
	}
	other := At(forest(t, 5, rand.New(rand.NewPCG(2, 2))), s)
	if other.ViewName() != "flame" || other.Selected() != model.NoSpan {
		t.Errorf("another trace: view %q, span %d", other.ViewName(), other.Selected())
	}
}
