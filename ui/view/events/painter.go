// Package events is the list of all events and log lines of one trace in the order of
// time: when, in which span, what. Its Painter turns a document into a scene and input
// into actions on the document.
package events

import (
	"image"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/xwidget"
)

// Actions are what the list asks of the window; any may be nil.
type Actions struct {
	All  func()                  // look for nothing any longer
	Show func(i model.SpanIndex) // show a span where spans are
	Say  func(text string)
	// Fetch fetches the log lines again, and Stop gives up waiting for them.
	Fetch, Stop func()
}

// The columns of the list.
const (
	colTime = iota
	colService
	colSpan
	colEvent
	colText
)

// The places that can be pressed beside the rows; actKind and those after it choose
// what is listed, in the order of kinds.
const (
	actAll = iota
	actFetch
	actStop
	actSaid // of log lines: nothing to do but to read it whole
	actKind
)

// textsKept bounds what is kept of the lines that tell of events to some 2 MB.
const textsKept = 4096

// A Painter draws the events of one document and acts on them. All its units are
// device pixels. It is used by one goroutine; a frame costs what is on screen and
// allocates nothing once what is on screen was seen before.
type Painter struct {
	table.Table
	doc     *document.Document
	trace   *model.Trace
	actions Actions
	scene   scene.Scene
	now     document.Events
	listed  listed
	color   []int // of services
	texts   map[int]string
	words   words
	// services are the numbers of services by their names.
	services map[string]int
}

// listed is what tells a list from another.
type listed struct {
	version, logs, n int
	kind             document.Listed
	ready            bool
	state            document.LogState
	came             int
}

// words are the texts of a frame, looked up once a language or a list.
type words struct {
	all, unnamed, unknown, summary, fetch, stop, whole string
	logs, said                                         string // how far log lines have come, "" if there is nothing to say; and at length
	levels                                             [7]string
	kinds                                              []table.Choice
}

// New returns a Painter of a document.
func New(d *document.Document, s table.Style, a Actions) *Painter {
	p := &Painter{doc: d, trace: d.Trace(), actions: a}
	p.Init(p, d.EventTable(), s)
	p.Restyle(s)
	return p
}

// NewView returns the events of d in a widget; unused is offered the keys they do
// not take.
func NewView(d *document.Document, kit *xwidget.Kit, a Actions, unused func(e canvasview.Event) bool) *table.View {
	return table.NewView(kit, func(s table.Style) table.Painter { return New(d, s, a) }, unused)
}

// Restyle changes theme, language, font or scale.
func (p *Painter) Restyle(s table.Style) {
	p.Table.Restyle(s)
	t := s.Printer.T
	p.words = words{all: t("events.all"), unnamed: t("trace.unnamed"), unknown: t("stats.noservice"), stop: t("action.cancel"),
		whole: t("events.whole")}
	for _, sev := range logs.Severities() {
		p.words.levels[sev] = document.LevelWord(logs.Level{Severity: sev}, s.Printer)
	}
	p.services = map[string]int{}
	for k, sv := range p.trace.Services {
		p.services[sv.Name] = k
	}
	names := make([]string, len(p.trace.Services))
	for k, sv := range p.trace.Services {
		names[k] = sv.Name
	}
	p.color = s.Palette.Assign(s.Colours, names)
	p.listed = listed{version: -1}
}

// Paint draws the events on dst, filling it.
func (p *Painter) Paint(dst *image.RGBA) {
	b := dst.Bounds()
	p.Build(&p.scene, b.Dx(), b.Dy())
	p.Style.Drawer.Draw(dst, &p.scene)
}

// Build makes the scene of the events on w × h pixels.
func (p *Painter) Build(s *scene.Scene, w, h int) {
	p.update()
	p.Begin(s, w, h)
	if p.now.Ready && p.doc.FollowSelection(p.now.Rows) {
		p.Show(p.State.Row)
	}
	p.drawStrip(s)
	p.Body(s)
	if p.Len() == 0 {
		p.drawEmpty(s)
	}
}

// update takes a newer list over.
func (p *Painter) update() {
	p.now = p.doc.Events()
	l := p.doc.Logs()
	key := listed{p.doc.MatchesVersion(), p.doc.LogsVersion(), len(p.now.Rows), p.doc.Listed(), p.now.Ready && !p.now.Busy, l.State, l.Came}
	if key == p.listed {
		return
	}
	p.listed = key
	p.texts = map[int]string{}
	p.SetColumns(p.columns())
	p.Forget()
	pr := p.Style.Printer
	all := p.trace.Events + l.Lines.Len()
	switch n := len(p.now.Rows); {
	case p.now.Busy || !p.now.Ready:
		p.words.summary = pr.T("events.busy")
	case p.doc.Finding() && l.Lines.Len() > 0:
		p.words.summary = pr.N("events.matching.lines", all, "k", pr.Units().Number(n))
	case p.doc.Finding():
		p.words.summary = pr.N("events.matching", all, "k", pr.Units().Number(n))
	case p.doc.Listed() != document.ListAll:
		p.words.summary = ""
	case l.Lines.Len() > 0:
		p.words.summary = pr.N("events.count", p.trace.Events) + " · " + pr.N("log.count", l.Lines.Len())
	default:
		p.words.summary = pr.N("events.count", n) + " · " + pr.N("header.spans", len(p.trace.Spans))
	}
	p.words.logs, p.words.fetch = document.LogsText(l, pr), pr.T("action.again")
	p.words.said = p.words.logs
	switch l.State {
	case document.LogsAway:
		p.words.fetch = pr.T("log.fetch")
	case document.LogsFailed: // beside the button to try again, why is what counts
		p.words.said, p.words.logs = p.words.logs+". "+l.Next, l.Why
	}
	p.words.kinds = p.kinds(l.Lines.Len() > 0)
}

// kindWords are the keys of the words for what is listed, by document.Listed.
var kindWords = [...]struct{ name, tip string }{
	{"events.kind.all", "events.kind.all.tip"}, {"events.kind.errors", "events.kind.errors.tip"}, {"events.kind.warnings", "events.kind.warnings.tip"},
	{"events.kind.lines", "events.kind.lines.tip"}, {"events.kind.events", "events.kind.events.tip"},
}

// kinds returns the choice of what is listed, none where there is nothing to choose.
func (p *Painter) kinds(lines bool) []table.Choice {
	var out []table.Choice
	counts := &p.now.Counts
	for k := range kindWords {
		kind := document.Listed(k)
		if kind > document.ListErrors && !lines {
			break
		}
		label := p.Style.Printer.T(kindWords[k].name)
		if kind != document.ListAll {
			label += " " + p.Style.Printer.Units().Number(counts[k])
		}
		out = append(out, table.Choice{Label: label, Action: actKind + k, Chosen: kind == p.doc.Listed(), Failed: kind == document.ListErrors && counts[k] > 0})
	}
	if !lines && counts[document.ListErrors] == 0 && p.doc.Listed() == document.ListAll {
		return nil
	}
	return out
}

// columns returns the columns. Where room is short the span's name goes first
// after its service: details tell both of the row chosen.
func (p *Painter) columns() []table.Column {
	t, u := p.Style.Printer.T, p.Style.Printer.Units()
	at := func(ns int64) string { return string(u.AppendElapsed(nil, ns, p.trace.Dur)) }
	widest := []string{at(p.trace.Dur)}
	if rows := p.now.Rows; len(rows) > 0 {
		widest = append(widest, at(rows[0].Time), at(rows[len(rows)-1].Time))
	}
	event := float32(110)
	if p.doc.Logs().Lines.Len() > 0 {
		event = 140 // the words for levels are read whole
	}
	return []table.Column{
		{ID: colTime, Title: t("events.col.time"), Tip: t("events.tip.time"), Sample: p.Widest(widest...), Right: true, Keep: 90},
		{ID: colService, Title: t("stats.col.service"), Dp: 126, Keep: 40},
		{ID: colSpan, Title: t("events.col.span"), Dp: 130, Grow: 2, Keep: 50},
		{ID: colEvent, Title: t("events.col.event"), Dp: event, Lead: true, Keep: 100},
		{ID: colText, Title: t("events.col.text"), Dp: 200, Grow: 6, Keep: 80},
	}
}

// drawStrip draws how many events there are, and the way back where not all are.
func (p *Painter) drawStrip(s *scene.Scene) {
	x, right := p.StripX()
	finding := p.doc.Finding()
	if w := p.SwitchWidth(p.words.kinds); w > 0 && w < right-x {
		x = p.Switch(s, x, p.words.kinds) + p.Px(16)
	}
	if finding {
		right = p.Button(s, right, p.words.all, actAll) - p.Px(16)
	}
	switch l := p.doc.Logs(); {
	case l.State == document.LogsAsked && p.actions.Stop != nil:
		right = p.Button(s, right, p.words.stop, actStop) - p.Px(16)
	case l.CanFetch() && p.actions.Fetch != nil:
		right = p.Button(s, right, p.words.fetch, actFetch) - p.Px(16)
	}
	if room := right - x; p.words.summary != "" && (p.words.logs == "" || room > p.Px(460)) && room > p.Px(80) {
		x = p.Line(s, x, room, finding && !p.now.Busy, p.words.summary) + p.Px(16)
	}
	if room := right - x; p.words.logs != "" && room > p.Px(80) { // what is missing is said before what is here
		state := p.doc.Logs().State
		end := p.Line(s, x, room, state != document.LogsAsked && state != document.LogsAway, p.words.logs)
		p.Tell(x, end, actSaid)
	}
}

// drawEmpty says why there are no rows, and what next.
func (p *Painter) drawEmpty(s *scene.Scene) {
	t, n := p.Style.Printer.T, p.Style.Printer.N
	switch {
	case p.now.Err != nil:
		p.Empty(s, t("events.failed", "error", p.now.Err.Error()), "")
	case p.now.Busy:
		p.Empty(s, t("events.busy"), "")
	case len(p.trace.Spans) == 0:
		p.Empty(s, t("timeline.empty"), t("timeline.empty.next"))
	case p.trace.Events == 0 && p.doc.Logs().Lines.Len() == 0:
		p.Empty(s, t("events.none"), t("events.none.next"))
	case !p.doc.Finding():
		p.Empty(s, t("events.nokind"), t("events.nokind.next"))
	case p.doc.Logs().Lines.Len() > 0:
		p.Empty(s, t("events.nomatch.lines"), n("events.nomatch.next", p.trace.Events+p.doc.Logs().Lines.Len()))
	default:
		p.Empty(s, t("events.nomatch"), n("events.nomatch.next", p.trace.Events))
	}
}

// Len implements table.Source.
func (p *Painter) Len() int { return len(p.now.Rows) }

// Cell implements table.Source.
func (p *Painter) Cell(s *scene.Scene, row int, c table.Cell) {
	r, pal := p.now.Rows[row], p.Style.Palette
	if k, ok := r.Line(); ok {
		p.lineCell(s, row, r, k, c)
		return
	}
	e := p.doc.Event(r)
	switch c.Column {
	case colTime:
		p.Number(s, c, p.Figures.Elapsed(r.Time, p.trace.Dur), pal.Secondary)
	case colService:
		service := p.trace.Service(r.Span)
		name := p.systemOf(r.Span)
		if name == "" {
			name = p.words.unknown
		}
		p.Text(s, p.Dot(s, c, pal.Service(p.color[service]).Bar), service, name, pal.Secondary)
	case colSpan:
		p.spanCell(s, r.Span, c)
	case colEvent:
		if p.doc.Exception(e) {
			d := p.Px(16)
			p.Cross(s, c, c.X+p.Px(11), true)
			c.X, c.W = c.X+d, c.W-d
		}
		name, col := p.trace.Str(e.Name), pal.Text
		if name == "" {
			name, col = p.words.unnamed, pal.Secondary
		}
		p.Text(s, c, int(e.Name), name, col)
	case colText:
		p.Text(s, c, row, p.text(row), pal.Secondary)
	}
}

// text returns the line that tells of a row, and keeps it.
func (p *Painter) text(row int) string {
	text, ok := p.texts[row]
	if !ok {
		if len(p.texts) >= textsKept {
			clear(p.texts)
		}
		r := p.now.Rows[row]
		if k, line := r.Line(); line {
			l, _ := p.doc.LogLine(k)
			text = document.LineText(l)
		} else {
			text = p.doc.EventText(p.doc.Event(r))
		}
		p.texts[row] = text
	}
	return text
}
