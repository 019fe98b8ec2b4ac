package document

import (
	"testing"

	"traceview/internal/model"
)

func TestFreshSpansAreMarkedAndGoneThrough(t *testing.T) {
	d := newDocument(t)
	told := 0
	d.Observe(func() { told++ })
	list := []model.SpanIndex{1, 3}
	d.MarkFresh(list)
	d.MarkFresh(list)
	if told != 1 || d.Fresh(0) || !d.Fresh(1) || d.Fresh(2) || !d.Fresh(3) {
		t.Errorf("told %d times", told)
	}
	d.Select(0)
	for _, want := range []model.SpanIndex{1, 3, 1} {
		if d.NextOf(list); d.Selected() != want {
			t.Errorf("selected %d, want %d", d.Selected(), want)
		}
	}
	if d.NextOf(nil) {
		t.Error("none of none is selected")
	}
	d.MarkFresh(nil)
	if d.Fresh(1) {
		t.Error("a mark stays")
	}
}
