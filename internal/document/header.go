package document

import (
	"time"

	"traceview/internal/model"
)

// A Header is what stands above a trace, ready to print.
type Header struct {
	Operation string // of the span that names the trace
	Service   string
	Start     string // date and time
	Zone      string // of Start
	Duration  string
	Spans     string // "86 spans", as all counts here
	Services  string
	Errors    string // "" for none
	Warnings  string // "" for none
}

// Header returns the Header of the trace with times in a zone.
func (d *Document) Header(p Printer, zone *time.Location) Header {
	t, u := d.trace, p.Units()
	h := Header{
		Duration: u.Duration(t.Dur),
		Spans:    p.N("header.spans", len(t.Spans)),
		Services: p.N("header.services", len(t.Services)),
	}
	if t.Root != model.NoSpan {
		start := t.StartTime().In(zone)
		h.Operation, h.Service = d.spoken(t.Root, p), d.system(t.Root)
		h.Start, h.Zone = u.DateTime(start), u.Zone(start)
	}
	if t.Errors > 0 {
		h.Errors = p.N("header.errors", t.Errors)
	}
	if n := len(t.Warnings); n > 0 {
		h.Warnings = p.N("header.warnings", n)
	}
	return h
}

// name returns the operation name of a span, or the word for none.
func (d *Document) name(i model.SpanIndex, p Printer) string {
	if n := d.trace.Name(i); n != "" {
		return n
	}
	return p.T("trace.unnamed")
}
