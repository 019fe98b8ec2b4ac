package weblink

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"traceview/internal/model"
)

// discoverPad is how much earlier and later than a span or a trace Kibana looks for
// its log lines: clocks differ, and what is written at the end comes late. The
// question is for the id, so a wide time costs little.
const discoverPad = 5 * time.Minute

// Fields are the names of fields that hold a line of a log. Empty ones are those of
// ECS.
type Fields struct{ Trace, Span, Time, Service, Level, Message string }

// ECS are the names by the Elastic Common Schema.
var ECS = Fields{Trace: "trace.id", Span: "span.id", Time: "@timestamp", Service: "service.name", Level: "log.level", Message: "message"}

// or returns f with names of other where it has none.
func (f Fields) or(other Fields) Fields {
	for _, p := range [][2]*string{
		{&f.Trace, &other.Trace}, {&f.Span, &other.Span}, {&f.Time, &other.Time}, {&f.Service, &other.Service},
		{&f.Level, &other.Level}, {&f.Message, &other.Message},
	} {
		if *p[0] == "" {
			*p[0] = *p[1]
		}
	}
	return f
}

// A Kibana is where log lines can be looked at.
type Kibana struct {
	Address  string // of Kibana, http or https, with its path if it has one
	Space    string // "" for the default one
	DataView string // its id; "" for the one Kibana opens by itself
	Fields   Fields
}

// spaceName is what Kibana takes as the name of a space in an address.
var spaceName = regexp.MustCompile(`^[a-z0-9_-]+$`)

// Check says what is wrong with k.
func (k Kibana) Check() error {
	if k.Address == "" {
		if k.Space != "" || k.DataView != "" {
			return errors.New("address of Kibana: it is missing")
		}
		return nil
	}
	u, err := url.Parse(k.Address)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("address of Kibana: want one such as https://kibana.example")
	case u.User != nil:
		return errors.New("address of Kibana: it holds a user name or a password; leave them out")
	case k.Space != "" && !spaceName.MatchString(k.Space):
		return fmt.Errorf("space of Kibana %.40q: want small letters, digits, - and _, as in its address", k.Space)
	}
	return nil
}

// Discover returns the page of Kibana with the log lines of a trace or, unless i is
// NoSpan, of one span; false where there is none.
func (k Kibana) Discover(t *model.Trace, i model.SpanIndex) (Page, bool) {
	if k.Address == "" || k.Check() != nil {
		return Page{}, false
	}
	u, err := url.Parse(k.Address)
	if err != nil {
		return Page{}, false
	}
	f := k.Fields.or(ECS)
	from, length := t.Epoch, t.Dur
	question := is(f.Trace, t.ID.String())
	if i != model.NoSpan {
		s := &t.Spans[i]
		from, length = t.Epoch+s.Start, s.Dur
		question += " and " + is(f.Span, s.ID.String())
	}
	at := func(ns int64) string { return risonText(time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.000Z")) }
	state := "columns:!(" + risonText(f.Service) + "," + risonText(f.Level) + "," + risonText(f.Message) + "),"
	if k.DataView != "" {
		state += "index:" + risonText(k.DataView) + ","
	}
	state += "query:(language:kuery,query:" + risonText(question) + "),sort:!(!(" + risonText(f.Time) + ",desc))"
	global := "filters:!(),time:(from:" + at(from-int64(discoverPad)) + ",to:" + at(from+length+int64(discoverPad)) + ")"

	path := strings.TrimSuffix(u.EscapedPath(), "/")
	if space, _, ok := strings.Cut(path, "/app/"); ok { // copied from a browser
		path = space
	}
	if k.Space != "" {
		path += "/s/" + k.Space
	}
	page := Page{Text: u.Host, Host: u.Host}
	page.URL = u.Scheme + "://" + u.Host + path + "/app/discover#/?_g=(" + escape(global, risonPunctuation) + ")&_a=(" + escape(state, risonPunctuation) + ")"
	return page, true
}

// is returns the KQL that a field has a value.
func is(field, value string) string { return kqlName(field) + `:"` + kqlEscape.Replace(value) + `"` }
