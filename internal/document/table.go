package document

import (
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/query"
)

// A Table is how a list of rows is looked at: the row chosen, -1 for none, and
// how far it is scrolled. The view that draws it changes both.
type Table struct {
	Row    int
	Scroll layout.Scroll
}

// ShowSpan goes to a span in a view, as one step.
func (d *Document) ShowSpan(view string, i model.SpanIndex) bool {
	return d.act(stepOnce, func() bool {
		ok := d.ShowView(view)
		return d.SelectBar(i) || ok
	})
}

// matches returns the spans that match, nil if nothing is looked for. The caller
// must not change it.
func (d *Document) matches() query.Set {
	if d.find.found == nil {
		return nil
	}
	return d.find.found.matches
}
