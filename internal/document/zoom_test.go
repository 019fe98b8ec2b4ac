package document

import (
	"testing"

	"traceview/internal/model"
)

func TestZoom(t *testing.T) {
	for _, tc := range []struct {
		name     string
		act      func(d *Document) bool
		changed  bool
		from, to int64 // ms
	}{
		{"reset of the whole", (*Document).ZoomReset, false, 0, 4000},
		{"out of the whole", (*Document).ZoomOut, false, 0, 4000},
		{"pan of the whole", (*Document).PanRight, false, 0, 4000},
		{"range", func(d *Document) bool { return d.ZoomTo(1000*ms, 2000*ms) }, true, 1000, 2000},
		{"range and reset", func(d *Document) bool { d.ZoomTo(1000*ms, 2000*ms); return d.ZoomReset() }, true, 0, 4000},
		{"pan right", func(d *Document) bool { d.ZoomTo(1000*ms, 2000*ms); return d.PanRight() }, true, 1150, 2150},
		{"pan left", func(d *Document) bool { d.ZoomTo(1000*ms, 2000*ms); return d.PanLeft() }, true, 850, 1850},
		{"pan against the start", func(d *Document) bool { d.ZoomTo(0, 2000*ms); return d.PanLeft() }, false, 0, 2000},
		{"to nothing", (*Document).ZoomToSelection, false, 0, 4000},
		{"to the selection", func(d *Document) bool { d.Select(1); return d.ZoomToSelection() }, true, 0, 450},
		{"to the last", func(d *Document) bool { d.Select(8); return d.ZoomToSelection() }, true, 1800, 4000},
		{"at the selection", func(d *Document) bool { d.Select(8); return d.ZoomIn() }, true, 1000, 3667},
		{"at a pixel", func(d *Document) bool { return d.ZoomAt(0, 2) }, true, 0, 2000},
		{"error out of view is panned to", func(d *Document) bool { d.ZoomTo(2000*ms, 3000*ms); return d.NextError() }, true, 0, 1000},
		{"error in view stays", func(d *Document) bool { d.ZoomTo(0, 1000*ms); return d.NextError() }, true, 0, 1000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newDocument(t)
			if got := tc.act(d); got != tc.changed {
				t.Errorf("changed %v, want %v", got, tc.changed)
			}
			v := d.Viewport()
			near := func(ns, want int64) bool { return max(ns-want*ms, want*ms-ns) < ms }
			if !near(v.Start, tc.from) || !near(v.End(), tc.to) {
				t.Errorf("shows %d to %d, want %d to %d ms", v.Start/ms, v.End()/ms, tc.from, tc.to)
			}
		})
	}
}

func TestResizeKeepsTime(t *testing.T) {
	d := newDocument(t)
	d.ZoomTo(1000*ms, 2000*ms)
	if !d.Resize(500, 100, 20) || d.Resize(500, 100, 20) {
		t.Error("a change of size is not noted once")
	}
	if v := d.Viewport(); v.Start != 1000*ms || v.End() != 2000*ms {
		t.Errorf("shows %d to %d ns", v.Start, v.End())
	}
}

func TestSelectionBeforeTheFirstSizeIsShown(t *testing.T) {
	spans := make([]span, 500)
	for i := range spans {
		spans[i] = span{id: model.SpanID(i + 1), start: int64(i), dur: 1}
	}
	d := New(build(t, spans))
	d.Select(400)
	d.Resize(800, 10*22, 22)
	if first := d.Scroll().Row; 400 < first || 400 > first+9 {
		t.Errorf("rows %d to %d are shown, want row 400 among them", first, first+9)
	}
}
