package weblink

import (
	"net/url"

	"traceview/internal/model"
)

// Places are where the pages about the traces of a connection are. It is immutable;
// a nil one has none.
type Places struct {
	Jaeger    string // the address of Jaeger's own pages, "" for none
	Kibana    Kibana
	Templates *Set
}

// NewPlaces returns the places of a connection; the error says what makes no sense.
func NewPlaces(jaeger string, k Kibana, list []Template) (*Places, error) {
	set, err := Compile(list)
	if err == nil {
		err = k.Check()
	}
	if err != nil {
		return nil, err
	}
	return &Places{Jaeger: jaeger, Kibana: k, Templates: set}, nil
}

// OfJaeger returns Jaeger's own page of a trace, with a span in sight unless that is
// NoSpan; false where its address is not known.
func (p *Places) OfJaeger(t *model.Trace, i model.SpanIndex) (Page, bool) {
	if p == nil {
		return Page{}, false
	}
	span := model.SpanID(0)
	if i != model.NoSpan {
		span = t.Spans[i].ID
	}
	address := Jaeger(p.Jaeger, t.ID, span)
	u, err := url.Parse(address)
	return Page{Text: u.Host, URL: address, Host: u.Host}, err == nil && u.Host != ""
}

// OfKibana is Kibana.Discover.
func (p *Places) OfKibana(t *model.Trace, i model.SpanIndex) (Page, bool) {
	if p == nil {
		return Page{}, false
	}
	return p.Kibana.Discover(t, i)
}

// OfTrace is Set.Trace.
func (p *Places) OfTrace(t *model.Trace, i model.SpanIndex) []Page {
	if p == nil {
		return nil
	}
	return p.Templates.Trace(t, i)
}

// OfAttrs is Set.Attrs.
func (p *Places) OfAttrs(t *model.Trace, i model.SpanIndex, kind string, event int) map[Pair][]Page {
	if p == nil {
		return nil
	}
	return p.Templates.Attrs(t, i, kind, event)
}

// Jaeger returns the address of a trace below that of Jaeger's pages, with a span in
// sight unless that is zero; "" where that is none.
func Jaeger(base string, id model.TraceID, span model.SpanID) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return ""
	}
	u = u.JoinPath("trace", id.String())
	u.RawQuery, u.Fragment = "", ""
	if !span.IsZero() {
		u.RawQuery = url.Values{"uiFind": {span.String()}}.Encode()
	}
	return u.String()
}
