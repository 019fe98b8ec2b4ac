package document

import (
	"traceview/internal/layout"
	"traceview/internal/model"
)

// A Stance is how a Document is looked at, for a copy of its trace that has the
// same spans, such as a redacted one. It is small, shares what is never changed,
// and may be read from any goroutine.
type Stance struct {
	place     place
	list      layout.List
	treeDp    float32
	rule      ColourRule
	measure   Measure
	measuring bool
	spans     int
}

// Stance returns how the Document is looked at.
func (d *Document) Stance() Stance {
	return Stance{d.place(), d.list, d.treeDp, d.colour.rule, d.measure, d.measuring, len(d.trace.Spans)}
}

// At returns a Document on t that is looked at as s says. A trace of another number
// of spans is looked at as one that was just opened, in the same view and colours.
func At(t *model.Trace, s Stance) *Document {
	d := Prepare(t)
	d.treeDp, d.colour.rule, d.pane = s.treeDp, s.rule, s.place.pane
	if len(t.Spans) != s.spans {
		return d
	}
	d.list = s.list
	d.view = s.place.view
	d.measure, d.measuring = s.measure, s.measuring
	d.put(s.place)
	return d
}
