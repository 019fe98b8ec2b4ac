// Package weblink makes the addresses of pages elsewhere that tell more of a
// span or a trace: by templates, as Jaeger UI's linkPatterns, and in Kibana's
// Discover. Whatever a trace holds, an address leads to the server its template or
// its setting names, by http or https.
package weblink

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"traceview/internal/model"
)

// The types of Template: what a template is offered beside. Files of Jaeger UI also
// say resource, attributes, events and trace, which mean the same.
const (
	Process = "process" // attributes of what made a span
	Tags    = "tags"    // attributes of a span
	Logs    = "logs"    // attributes of an event of a span
	Traces  = "traces"  // the trace as a whole
)

// typeNames are the names of types as they are written.
var typeNames = map[string]string{
	Process: Process, "resource": Process, Tags: Tags, "attributes": Tags, Logs: Logs, "events": Logs, Traces: Traces, "trace": Traces,
}

// A Template is one of Jaeger UI's linkPatterns: a page to open about what it
// fits.
type Template struct {
	Type  Texts  `json:"type,omitempty"`  // Process and so on; empty for each
	Key   Texts  `json:"key,omitempty"`   // of the attribute, * for any characters; empty for each
	Value Texts  `json:"value,omitempty"` // of the attribute; empty for each
	URL   string `json:"url"`             // with placeholders
	Text  string `json:"text"`            // what the page is called, with placeholders; "" for its server
}

// Texts are texts that are written as a list, or as a text if it is one.
type Texts []string

// UnmarshalJSON reads a text or a list of texts; numbers and booleans are texts, too.
func (t *Texts) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil {
		list = []json.RawMessage{data}
	}
	*t = nil
	for _, item := range list {
		switch text := strings.TrimSpace(string(item)); {
		case strings.HasPrefix(text, `"`):
			var s string
			if err := json.Unmarshal(item, &s); err != nil {
				return err
			}
			*t = append(*t, s)
		case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
			return fmt.Errorf("%.40s: want a text or a list of texts", text)
		case text != "null":
			*t = append(*t, text)
		}
	}
	return nil
}

// MarshalJSON writes a single text as such.
func (t Texts) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// Check says what is wrong with a template, naming it.
func (t Template) Check() error {
	_, err := compile(t)
	return err
}

// A Page is a page about something in a trace.
type Page struct {
	Text string // what it is called
	URL  string // http or https
	Host string // that URL leads to
}

// A Set is templates ready for use. It is immutable; a nil one is empty.
type Set struct{ list []compiled }

// Compile makes a Set of templates. The error is of the first that makes no sense.
func Compile(list []Template) (*Set, error) {
	s := &Set{}
	for _, t := range list {
		c, err := compile(t)
		if err != nil {
			return nil, err
		}
		s.list = append(s.list, c)
	}
	return s, nil
}

// fits says whether a template is meant for a type.
func (c *compiled) fits(kind string) bool {
	return len(c.types) == 0 || slices.Contains(c.types, kind)
}

// matches says whether a template is meant for an attribute.
func (c *compiled) matches(key, value string) bool {
	return (len(c.Key) == 0 || slices.ContainsFunc(c.Key, func(p string) bool { return like(key, p) })) &&
		(len(c.Value) == 0 || slices.Contains(c.Value, value))
}

// like says whether text is what a pattern means, in which * stands for any
// characters.
func like(text, pattern string) bool {
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(text, parts[0])
	if len(parts) == 1 {
		return text == pattern
	}
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return ok && strings.HasSuffix(rest, parts[len(parts)-1])
}

// Trace returns the pages about a trace, in the order of templates. Those about a
// span of it as well are among them where one is given, NoSpan for none.
func (s *Set) Trace(t *model.Trace, i model.SpanIndex) []Page {
	if s == nil {
		return nil
	}
	v := values{trace: t, span: i, whole: true}
	var out []Page
	for k := range s.list {
		if c := &s.list[k]; c.fits(Traces) {
			if p, ok := c.page(&v); ok {
				out = append(out, p)
			}
		}
	}
	return out
}

// A Pair is an attribute as text.
type Pair struct{ Key, Value string }

// Attrs returns the pages about attributes of a span: by type its own, those of
// what made it or, with the number of an event, of that. It costs one look at each
// attribute for each template, and, where one names an attribute that the span does
// not have, one at each of its ancestors.
func (s *Set) Attrs(t *model.Trace, i model.SpanIndex, kind string, event int) map[Pair][]Page {
	if s == nil || !slices.ContainsFunc(s.list, func(c compiled) bool { return c.fits(kind) }) {
		return nil
	}
	v := values{trace: t, span: i, near: t.Attrs(i), climbs: true}
	switch kind {
	case Process:
		v.near, v.climbs = t.ResourceAttrs(t.Spans[i].Resource), false
	case Logs:
		v.near = t.EventAttrs(&t.SpanEvents(i)[event])
	}
	var out map[Pair][]Page
	for k := range s.list {
		c := &s.list[k]
		if !c.fits(kind) {
			continue
		}
		for _, a := range v.near {
			at := Pair{t.Key(a), t.Text(a)}
			if !c.matches(at.Key, at.Value) {
				continue
			}
			if p, ok := c.page(&v); ok && !slices.Contains(out[at], p) {
				if out == nil {
					out = map[Pair][]Page{}
				}
				out[at] = append(out[at], p)
			}
		}
	}
	return out
}

// Hosts returns the servers that templates lead to, sorted; those that make no sense
// lead to none.
func Hosts(list []Template) []string {
	var out []string
	for _, t := range list {
		if c, err := compile(t); err == nil {
			out = append(out, c.host)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
