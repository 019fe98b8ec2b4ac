package document

import (
	"traceview/internal/layout"
	"traceview/internal/model"
)

const (
	zoomStep = 1.5  // a key press
	zoomFar  = 3.4  // a key press with Shift, three of those without
	panShare = 0.15 // of the view, a key press
	panFar   = 0.6  // of the view, a key press with Shift
	// selectionShare is how much of the view the selected span takes after
	// ZoomToSelection: enough beside it to see what came before and after.
	selectionShare = 0.8
)

// ZoomAt zooms by factor, above 1 into the trace, keeping the instant at pixel
// x of the axis where it is.
func (d *Document) ZoomAt(x, factor float64) bool {
	return d.setView(stepZoom, d.view.ZoomAt(x, factor))
}

// ZoomIn zooms in around the selected bar if it is in view, else the middle.
func (d *Document) ZoomIn() bool { return d.ZoomAt(d.focus(), zoomStep) }

// ZoomOut is the way back from ZoomIn.
func (d *Document) ZoomOut() bool { return d.ZoomAt(d.focus(), 1/zoomStep) }

// ZoomInFar is ZoomIn by a larger step.
func (d *Document) ZoomInFar() bool { return d.ZoomAt(d.focus(), zoomFar) }

// ZoomOutFar is the way back from ZoomInFar.
func (d *Document) ZoomOutFar() bool { return d.ZoomAt(d.focus(), 1/zoomFar) }

// ZoomReset shows the whole trace.
func (d *Document) ZoomReset() bool {
	return d.setView(stepZoom, layout.Fit(d.trace.Dur, d.view.Width))
}

// ZoomTo shows the time between two instants.
func (d *Document) ZoomTo(from, to int64) bool {
	return d.setView(stepZoom, d.view.Range(from, to))
}

// ZoomToSelection shows the selected span with some time around it.
func (d *Document) ZoomToSelection() bool {
	if d.selected == model.NoSpan {
		return false
	}
	return d.zoomAround(d.extent(d.selected))
}

// zoomAround shows the time between two instants with some around it.
func (d *Document) zoomAround(from, to int64) bool {
	around := int64(float64(to-from) * (1 - selectionShare) / 2)
	return d.ZoomTo(max(from-around, 0), min(to+around, d.view.Total))
}

// Pan moves the view by dx pixels towards later times.
func (d *Document) Pan(dx float64) bool { return d.setView(stepScroll, d.view.Pan(dx)) }

// PanTo moves the view to begin at an instant.
func (d *Document) PanTo(start int64) bool { return d.setView(stepScroll, d.view.At(start)) }

// PanLeft moves the view a step towards earlier times.
func (d *Document) PanLeft() bool { return d.Pan(-panShare * float64(d.view.Width)) }

// PanRight moves the view a step towards later times.
func (d *Document) PanRight() bool { return d.Pan(panShare * float64(d.view.Width)) }

// PanLeftFar moves the view most of its width towards earlier times.
func (d *Document) PanLeftFar() bool { return d.Pan(-panFar * float64(d.view.Width)) }

// PanRightFar moves the view most of its width towards later times.
func (d *Document) PanRightFar() bool { return d.Pan(panFar * float64(d.view.Width)) }

// focus returns the pixel that stays in place when zooming by keys.
func (d *Document) focus() float64 {
	if d.selected != model.NoSpan {
		s := &d.trace.Spans[d.selected]
		if x := d.view.X(s.Start + s.Dur/2); x >= 0 && x <= float64(d.view.Width) {
			return x
		}
	}
	return float64(d.view.Width) / 2
}

func (d *Document) setView(kind step, v layout.Viewport) bool {
	return d.act(kind, func() bool {
		ok := v != d.view
		d.view = v
		return ok
	})
}
