// Package detail shows everything known of the selected span: what failed
// first, then times, attributes, events, links and where it ran; it finds text
// in them, unfolds long values and copies them.
package detail

import (
	"slices"
	"strings"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/weblink"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// Actions are what the details ask of the window.
type Actions struct {
	Copy   func(text string)
	Open   func(id model.TraceID)  // another trace
	Select func(i model.SpanIndex) // another span of this trace
	// Filter looks for the spans that have an attribute with a value, or with
	// not for those that do not.
	Filter func(key, value string, not bool)
	Find   func() // go to where text is looked for in the details
	// Note writes a note on what is looked at or, with an id, changes that one;
	// Drop deletes one, Undrop brings the last back while Dropped says so.
	Note    func(id string)
	Drop    func(id string)
	Undrop  func()
	Dropped func() bool
	// Usual says how long such spans usually take, and how many of them took less; ""
	// where nothing can be said.
	Usual func(i model.SpanIndex) string
	// Back returns the spans of other traces that link to a span, and goes to one.
	Back   func(span model.SpanID, root bool) []BackLink
	GoBack func(l BackLink)
	// Pages returns the pages elsewhere about a span, AttrPages those about its
	// attributes, see weblink.Set.Attrs, and OpenPage opens one.
	Pages     func(i model.SpanIndex) []Page
	AttrPages func(i model.SpanIndex, kind string, event int) map[weblink.Pair][]weblink.Page
	OpenPage  func(p weblink.Page)
	// FetchLogs fetches the log lines of the trace again, StopLogs gives up waiting for
	// them, and AllLogs lists all of them.
	FetchLogs, StopLogs, AllLogs func()
}

// A BackLink is a span of another trace that is kept and links to this one.
type BackLink struct {
	Key                int64 // of the entry of the library
	Trace              model.TraceID
	Span               model.SpanID
	To                 model.SpanID // zero for the trace as a whole
	Service, Operation string       // of the root of that trace
	Start              int64        // of it, Unix ns
}

// A View is the details of the selected span of one document.
type View struct {
	*xwidget.Panel
	doc     *document.Document
	do      Actions
	span    document.SpanDetail
	shown   document.SpanDetail // span, or what of it is found
	finder  document.Finder
	finding bool
	found   int // attributes and events found
	known   bool
	order   string // that the span belongs to, "" if that is not known
	pages   pages
	lines   lines
	line    int // one more than the log line that was gone to last, 0 for none
	colour  look.ServiceColor
	folded  map[string]bool // sections by the key of their heading
	open    map[place]bool  // values that are unfolded
	rows    []row           // what can be chosen in the last frame
	broken  []brokenValue   // values in lines, as rows
}

// A place names a value of a span: the section and the number within it.
type place struct {
	section string
	n       int
}

// A row is one thing that can be chosen: an attribute, a time, a link, or the
// heading of a section.
type row struct {
	place
	attr   document.Attr
	asks   bool   // a filter can ask for it
	long   bool   // there is something to unfold
	follow func() // where it leads, nil for a value
	pages  []weblink.Page
	fold   string // of a heading: the key of its section
}

// New returns the details of d with nothing selected.
func New(kit *xwidget.Kit, d *document.Document, do Actions) *View {
	v := &View{Panel: xwidget.NewPanel(kit), doc: d, do: do, folded: map[string]bool{"detail.scope": true}, open: map[place]bool{}}
	v.Content = v.draw
	v.Activate = v.act
	v.Chosen = func(int) {
		if v.Focused() && kit.Hint != nil {
			kit.Hint(kit.Words.T("detail.keys"))
		}
	}
	return v
}

// Show shows span i, from its top unless it is the one shown already.
func (v *View) Show(i model.SpanIndex) {
	if !v.known || v.span.Span != i {
		v.Reset()
		clear(v.open)
		v.line = 0
	}
	v.span, v.known = v.doc.Detail(i, v.Kit.Words, v.Kit.Zone)
	v.learnLines(i)
	v.refilter()
	if !v.known {
		return
	}
	v.order = v.doc.OrderNumber(i)
	v.learnPages(i)
	t := v.doc.Trace()
	names := make([]string, len(t.Services))
	for k, s := range t.Services {
		names[k] = s.Name
	}
	v.colour = v.Kit.Look.Service(v.Kit.Look.Assign(v.Kit.Colours, names)[t.Service(i)])
}

// Find shows only what has text in its key or value, all of it for "".
func (v *View) Find(text string) {
	v.finder, v.finding = document.NewFinder(text), text != ""
	v.Reset()
	clear(v.open)
	v.refilter()
}

// Found returns how many attributes and events have the text looked for, and
// whether one is looked for.
func (v *View) Found() (n int, finding bool) { return v.found, v.finding && v.known }

func (v *View) refilter() {
	v.shown, v.found = v.span, 0
	if v.finding {
		v.shown, v.found = v.span.Filter(v.finder)
	}
	v.found += v.lines.filter(v.finder, v.finding)
}

// ChooseFirst chooses the first value, for whoever comes by keyboard.
func (v *View) ChooseFirst() {
	if v.Sel >= 0 {
		return
	}
	if n := slices.IndexFunc(v.rows, func(r row) bool { return r.attr.Key != "" }); n >= 0 {
		v.Choose(n)
	}
}

// Handle implements canvasview.Painter: the keys that act on the chosen row, and
// what every panel knows.
func (v *View) Handle(e canvasview.Event) bool {
	switch name := e.Name(); {
	case e.Kind == canvasview.Blur && v.Kit.Hint != nil:
		v.Kit.Hint("") // what keys do here
	case e.Kind == canvasview.KeyDown && e.Mods == 0 && (name == "Space" || name == "Left" || name == "Right"):
		return v.fold(name)
	case e.Kind == canvasview.Rune && e.Rune == '=':
		return v.filter(false)
	case e.Kind == canvasview.Rune && e.Rune == '-':
		return v.filter(true)
	case e.Kind == canvasview.Rune && (name == "o" || name == "O") && v.openPage():
		return true
	case e.Kind == canvasview.Rune && e.Rune == '/' && v.do.Find != nil:
		v.do.Find()
		return true
	}
	return v.Panel.Handle(e)
}

// chosen returns the chosen row, nil if there is none.
func (v *View) chosen() *row {
	if v.Sel < 0 || v.Sel >= len(v.rows) {
		return nil
	}
	return &v.rows[v.Sel]
}

// act follows link n, or unfolds section or value n or folds it again.
func (v *View) act(n int) {
	if n >= len(v.rows) {
		return
	}
	switch r := &v.rows[n]; {
	case r.follow != nil:
		r.follow()
	case r.fold != "":
		v.folded[r.fold] = !v.folded[r.fold]
	case r.long:
		v.open[r.place] = !v.open[r.place]
	}
}

// fold acts on the chosen row by Space, or by the arrow that folds or unfolds.
func (v *View) fold(key string) bool {
	r := v.chosen()
	if r == nil {
		return false
	}
	open := v.open[r.place]
	if r.fold != "" {
		open = !v.folded[r.fold]
	}
	if key == "Space" || r.follow == nil && open == (key == "Left") {
		v.act(v.Sel)
	}
	return true
}

// filter looks for the spans that have the chosen attribute, or do not.
func (v *View) filter(not bool) bool {
	r := v.chosen()
	if r == nil || !r.asks || v.do.Filter == nil {
		return false
	}
	v.do.Filter(r.attr.Key, r.attr.Text, not)
	return true
}

// Copy returns the chosen value, or the whole span as text.
func (v *View) Copy() string {
	if r := v.chosen(); r != nil && v.Focused() {
		return r.attr.Text
	}
	return v.Text()
}

// CopyPair returns the chosen key and value as key=value, "" if none is chosen.
func (v *View) CopyPair() string {
	if r := v.chosen(); r != nil && r.attr.Key != "" {
		return r.attr.Key + "=" + r.attr.Text
	}
	return ""
}

// JSON returns the whole span as JSON, "" if none is shown.
func (v *View) JSON() string {
	if !v.known {
		return ""
	}
	return v.doc.SpanJSON(v.span.Span)
}

// Ticket returns the span as Markdown for a ticket, "" if none is shown.
func (v *View) Ticket() string {
	if !v.known {
		return ""
	}
	return v.doc.Markdown(v.span.Span, v.Kit.Words, v.Kit.Zone)
}

// Text returns the span as lines of text.
func (v *View) Text() string {
	if !v.known {
		return ""
	}
	words, s := v.Kit.Words, &v.span
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			b.WriteString(key + ": " + value + "\n")
		}
	}
	b.WriteString(s.Title + " · " + s.Service + "\n")
	if s.Failed {
		kind, text := s.Failure(words)
		line(kind, text)
	}
	line(words.T("detail.start"), s.Start+" "+s.Zone)
	line(words.T("detail.duration"), s.Duration)
	line(words.T("detail.traceid"), v.doc.Trace().ID.String())
	line(words.T("detail.spanid"), s.ID)
	for _, groups := range [][]document.AttrGroup{s.Attrs, s.Resource} {
		for _, g := range groups {
			for _, a := range g.Attrs {
				line(a.Key, a.Text)
			}
		}
	}
	for _, l := range v.lines.all {
		b.WriteString(l.Clock + " " + l.Level + " " + l.text() + "\n")
	}
	for _, e := range s.Events {
		b.WriteString(e.Clock + " " + e.Name + "\n")
		for _, a := range e.Attrs {
			line("  "+a.Key, a.Text)
		}
	}
	return b.String()
}
