package document

import "traceview/internal/model"

// Names call the spans of a trace otherwise than by their own names. Each text has a
// number that no string of the trace and no other text has, so that what is laid out
// of it can be kept.
type Names interface {
	Name(i model.SpanIndex) (id model.StringID, text string)
	System(i model.SpanIndex) (id model.StringID, text string)
}

// SetNames chooses what spans and services are called, nil for their own names. It
// changes words only: no step of the way back.
func (d *Document) SetNames(n Names) {
	if n != nil || d.names != nil {
		d.names = n
		d.tell()
	}
}

// Name returns what span i is called, "" for one without a name, and the number of
// that text.
func (d *Document) Name(i model.SpanIndex) (model.StringID, string) {
	if d.names != nil {
		return d.names.Name(i)
	}
	id := d.trace.Spans[i].Name
	return id, d.trace.Str(id)
}

// System returns what the service of span i is called, and the number of that text.
func (d *Document) System(i model.SpanIndex) (model.StringID, string) {
	if d.names != nil {
		return d.names.System(i)
	}
	id := d.trace.ResourceAt(d.trace.Spans[i].Resource).Service
	return id, d.trace.Str(id)
}

// spoken returns what span i is called, or the word for no name.
func (d *Document) spoken(i model.SpanIndex, p Printer) string {
	if _, name := d.Name(i); name != "" {
		return name
	}
	return p.T("trace.unnamed")
}

// step returns what span i is called if that is not its own name, "" otherwise.
func (d *Document) step(i model.SpanIndex) string {
	if _, name := d.Name(i); name != d.trace.Name(i) {
		return name
	}
	return ""
}

// system returns what the service of span i is called.
func (d *Document) system(i model.SpanIndex) string {
	_, name := d.System(i)
	return name
}
