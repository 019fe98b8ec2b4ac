package document

import (
	"cmp"
	"slices"

	"traceview/internal/model"
	"traceview/internal/query"
)

// A Finder looks for a text whatever the case of its letters.
type Finder = query.Finder

// NewFinder returns the Finder of a text; that of "" finds nothing.
func NewFinder(text string) Finder { return query.NewFinder(text) }

// Filter returns the detail with those attributes only whose key or value f
// finds, and with how many there are. An event whose name is found stays whole;
// events and links of which nothing is found are left out.
func (s SpanDetail) Filter(f Finder) (SpanDetail, int) {
	n := 0
	keep := func(list []Attr) []Attr {
		var out []Attr
		for _, a := range list {
			if f.In(a.Key) || f.In(a.Text) {
				out = append(out, a)
			}
		}
		n += len(out)
		return out
	}
	groups := func(list []AttrGroup) []AttrGroup {
		var out []AttrGroup
		for _, g := range list {
			if left := keep(g.Attrs); len(left) > 0 {
				out = append(out, AttrGroup{g.Name, left})
			}
		}
		return out
	}
	s.Attrs, s.Resource, s.ScopeAttr = groups(s.Attrs), groups(s.Resource), keep(s.ScopeAttr)
	events, links := s.Events, s.Links
	s.Events, s.Links = nil, nil
	for _, e := range events {
		if f.In(e.Name) {
			n++
			s.Events = append(s.Events, e)
		} else if e.Attrs = keep(e.Attrs); len(e.Attrs) > 0 {
			s.Events = append(s.Events, e)
		}
	}
	for _, l := range links {
		if l.Attrs = keep(l.Attrs); len(l.Attrs) > 0 {
			s.Links = append(s.Links, l)
		}
	}
	return s, n
}

// Failure returns what failed and why: from the exception recorded last, else
// from the status, else from the attributes that say so. Both are "" for a span
// that did not fail; kind is a plain word where none was recorded.
func (s *SpanDetail) Failure(p Printer) (kind, text string) {
	if !s.Failed {
		return "", ""
	}
	kind, text = p.T("detail.failed"), s.Message
	for _, e := range s.Events {
		for _, a := range e.Attrs {
			switch {
			case a.Key == "exception.type" && a.Text != "":
				kind = a.Text
			case a.Key == "exception.message" && a.Text != "":
				text = a.Text
			}
		}
	}
	return kind, cmp.Or(text, s.reason())
}

// reason returns what attributes say of a failure that left no message.
func (s *SpanDetail) reason() string {
	for _, e := range s.Events {
		for _, a := range e.Attrs {
			switch a.Key { // names from before OpenTelemetry
			case "error", "error.object", "error.message", "message":
				if a.Text != "" && a.Text != "true" {
					return a.Text
				}
			}
		}
	}
	for _, g := range s.Attrs {
		for _, a := range g.Attrs {
			switch a.Key {
			case "error.type", "http.response.status_code", "http.status_code", "rpc.grpc.status_code":
				return a.Key + ": " + a.Text
			}
		}
	}
	return ""
}

// IsOrderKey says whether an attribute holds the number of an order.
func IsOrderKey(key string) bool { return slices.Contains(orderKeys, key) }

// orderAbove is how many spans above one are asked for its order: a chain may be
// 100,000 deep, and this is asked with every step of the selection.
const orderAbove = 64

// OrderNumber returns the number of the order that span i belongs to: its own,
// else that of the nearest span above, else the first in the trace; "" if no
// span names one.
func (d *Document) OrderNumber(i model.SpanIndex) string {
	t := d.trace
	for at, n := i, 0; at != model.NoSpan && n < orderAbove; at, n = t.Spans[at].Parent, n+1 {
		if number := d.ownOrder(at); number != "" {
			return number
		}
	}
	if d.number == nil {
		first := ""
		for at := 0; at < len(t.Spans) && first == ""; at++ {
			first = d.ownOrder(model.SpanIndex(at))
		}
		d.number = &first
	}
	return *d.number
}

// ownOrder returns the order number among the attributes of a span.
func (d *Document) ownOrder(i model.SpanIndex) string {
	best, text := len(orderKeys), ""
	for _, a := range d.trace.Attrs(i) {
		if k := slices.Index(orderKeys, d.trace.Key(a)); k >= 0 && k < best {
			best, text = k, d.trace.Text(a)
		}
	}
	return text
}
