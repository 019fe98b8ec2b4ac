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
	both := Measure{Span: m.Span, Other: i, Gap: m.Other == i}
	if both.From, both.To = d.across(both.Span, i, both.Gap); both.Gap && both.From >= both.To {
		return d.setMeasure(alone, true) // they overlap: no time lies between them
	}
	return d.setMeasure(both, true)
}

// across returns the stretch from the begin of the earlier of two spans to the
// end of the later or, with gap, that between the two; of one where the other is
// NoSpan.
func (d *Document) across(i, other model.SpanIndex, gap bool) (from, to int64) {
	a, b := d.extent(i)
	if other == model.NoSpan {
		return a, b
	}
	x, y := d.extent(other)
	if gap {
		return min(b, y), max(a, x)
	}
	return min(a, x), max(b, y)
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
