package document

import "traceview/internal/model"

// A Measure is a stretch of time somebody measures, in ns from the trace's
// beginning. It has no span where it was drawn with the pointer.
type Measure struct {
	From, To int64           // From ≤ To
	Span     model.SpanIndex // measured first, NoSpan for none
	Other    model.SpanIndex // up to which it was extended, NoSpan for none
	Gap      bool            // from the end of the earlier of the two to the begin of the later
}

// Dur returns the length in ns.
func (m Measure) Dur() int64 { return m.To - m.From }

// Measured returns what is measured, false if nothing is.
func (d *Document) Measured() (Measure, bool) { return d.measure, d.measuring }

// MeasureTime measures the time between two instants, as far as the trace has it.
func (d *Document) MeasureTime(from, to int64) bool {
	end := max(d.trace.Dur, 0)
	from, to = min(max(from, 0), end), min(max(to, 0), end)
	return d.setMeasure(Measure{From: min(from, to), To: max(from, to), Span: model.NoSpan, Other: model.NoSpan}, true)
}

// MeasureSelected measures the selected span. Where another was measured before
// it measures from the begin of the earlier to the end of the later one; asked
// again, the time between the two; and then the selected span alone.
func (d *Document) MeasureSelected() bool {
	i := d.selected
	if i == model.NoSpan {
		return false
	}
	a, b := d.extent(i)
	alone := Measure{From: a, To: b, Span: i, Other: model.NoSpan}
	m := d.measure
	if !d.measuring || m.Span == model.NoSpan || m.Span == i && m.Other == model.NoSpan || m.Other == i && m.Gap {
		return d.setMeasure(alone, true)
	}
	x, y := d.extent(m.Span)
	if m.Other == i {
		if from, to := min(b, y), max(a, x); from < to {
			return d.setMeasure(Measure{From: from, To: to, Span: m.Span, Other: i, Gap: true}, true)
		}
		return d.setMeasure(alone, true) // they overlap: no time lies between them
	}
	return d.setMeasure(Measure{From: min(a, x), To: max(b, y), Span: m.Span, Other: i}, true)
}

// extent returns begin and end of a span.
func (d *Document) extent(i model.SpanIndex) (from, to int64) {
	s := &d.trace.Spans[i]
	return s.Start, s.Start + s.Dur
}

// ClearMeasure measures nothing any longer.
func (d *Document) ClearMeasure() bool { return d.setMeasure(Measure{}, false) }

func (d *Document) setMeasure(m Measure, on bool) bool {
	ok := m != d.measure || on != d.measuring
	d.measure, d.measuring = m, on
	return d.changed(ok)
}

// ZoomToMeasured shows what is measured, with some time around it.
func (d *Document) ZoomToMeasured() bool {
	if !d.measuring {
		return false
	}
	return d.zoomAround(d.measure.From, d.measure.To)
}
