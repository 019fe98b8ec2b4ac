package document

import "traceview/internal/layout"

// A Table is how a list of rows is looked at: the row chosen, -1 for none, and
// how far it is scrolled. The view that draws it changes both.
type Table struct {
	Row    int
	Scroll layout.Scroll
}
