package document

import (
	"testing"

	"traceview/internal/model"
)

func TestFaultsAreMarked(t *testing.T) {
	d := newDocument(t)
	told := 0
	d.Observe(func() { told++ })
	acts := d.Acts()
	for range 2 {
		d.MarkFaults([]model.SpanIndex{1}, []model.SpanIndex{0, 1, 2})
	}
	if told != 1 || d.Acts() != acts {
		t.Errorf("told %d times, %d acts", told, d.Acts()-acts)
	}
	for i, want := range []FaultMark{FaultShown, FaultHere, FaultShown, FaultNone} {
		if got := d.Fault(model.SpanIndex(i)); got != want {
			t.Errorf("span %d: %v, want %v", i, got, want)
		}
	}
}
