// Package order shows one order: what the search found so far, what did not
// answer, and the traces of the order, newest first.
package order

import (
	"slices"
	"strings"

	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A Phase is how far the search has come.
type Phase uint8

// The phases of a search.
const (
	Searching Phase = iota
	Done
	Cancelled
	Failed
)

// A Service is what one service contributes to a trace.
type Service struct {
	Name   string
	System string // what it is called, "" for its own name
	Spans  int    // 0 if the server did not say
	Errors int
}

// A Row is one trace of the order.
type Row struct {
	ID                 model.TraceID
	Service, Operation string
	// Step is what the operation is called and System the service, "" for their own
	// names.
	Step, System    string
	Start, Duration int64 // Unix ns, ns
	Spans, Errors   int
	Services        []Service
	Linked          bool // reached by a link from another trace of the order
	Kept, Live      bool // where it is: on this machine, on the server
}

// A State is all that the page shows. The page keeps it until the next.
type State struct {
	Order    string
	File     string // instead of an order, the file that was opened
	Phase    Phase
	Rows     []Row // newest first
	Days     int   // how far back was searched
	Asked    int   // services, 0 while unknown
	Answered int
	Failures []string // services that failed, each with the reason in words
	Limit    bool     // the server may have more than it was asked for
	Source   string
	// Offline says that there is no server to ask, Unreached that it could not be:
	// the rows are those that are kept on this machine.
	Offline, Unreached bool
	Keeps              int // traces that are on the server only and could be kept
	// Title, Hint and Detail tell a failure: what happened, what to do next,
	// and the chain of causes for a developer.
	Title, Hint, Detail string
	Ways                []Way // what can be done about it
}

// A Way is something that can be done about a failure.
type Way struct {
	Label string
	First bool // it helps most likely
	Do    func()
}

// Actions are what the page asks of the window.
type Actions struct {
	Open   func(id model.TraceID)
	Cancel func()
	Again  func()
	Window func(days int)
	Share  func()
	Keep   func() // all traces in the library
}

// A Section draws a part of the page from y down, with its left edge at x and w wide,
// in device pixels, and returns where it ends, y if it has nothing to show. It
// leaves room above itself, and takes presses by spots: items are the rows of the
// table.
type Section func(c *xwidget.Canvas, x, y, w float32) float32

// A View is the page of one order.
type View struct {
	*xwidget.Panel
	// Sections are drawn one below the other between the notes and the table, while
	// there are traces, and scroll with the page.
	Sections []Section
	// Inputs are offered what a person does, in device pixels of the page, before the
	// page itself, and say whether they took it.
	Inputs  []func(e canvasview.Event) bool
	state   State
	do      Actions
	colours map[string]int
	byHand  bool          // a person chose the trace
	fault   model.TraceID // that of what is wrong first, zero for not known
	outcome string
	ill     bool
	details bool
}

// New returns the page of an order that is about to be searched.
func New(kit *xwidget.Kit, do Actions) *View {
	v := &View{Panel: xwidget.NewPanel(kit), do: do}
	v.Content = v.draw
	v.Chosen = func(int) { v.byHand, v.Hold = true, true }
	v.Activate = func(i int) {
		if i < len(v.state.Rows) {
			do.Open(v.state.Rows[i].ID)
		}
	}
	return v
}

// Handle implements canvasview.Painter.
func (v *View) Handle(e canvasview.Event) bool {
	for _, take := range v.Inputs {
		if take(e) {
			return true
		}
	}
	if enter := e.Kind == canvasview.KeyDown && e.Mods == 0 && (e.Key == "Return" || e.Key == "KP_Enter"); enter && v.atFault() {
		v.Activate(v.Sel) // which the answer names, also where the row itself is below the edge
		return true
	}
	return v.Panel.Handle(e)
}

// atFault says whether the trace chosen is that of what is wrong, and no person chose it.
func (v *View) atFault() bool {
	id, ok := v.Selected()
	return ok && !v.byHand && id == v.fault && !v.fault.IsZero()
}

// State returns what the page shows.
func (v *View) State() *State { return &v.state }

// Set shows a state. A trace that a person chose stays chosen where it is still
// there; otherwise it is that of what is wrong first, or the newest that failed, which
// is where an order mostly stands, or the newest.
func (v *View) Set(s State) {
	var chosen model.TraceID
	if v.byHand && v.Sel >= 0 && v.Sel < len(v.state.Rows) {
		chosen = v.state.Rows[v.Sel].ID
	}
	v.state = s
	v.assignColours()
	at := slices.IndexFunc(s.Rows, func(r Row) bool { return r.ID == chosen })
	v.byHand = v.byHand && at >= 0
	v.Hold = v.byHand // else the answer is what must stay in sight
	v.Sel = at
	v.chooseFirst()
}

// chooseFirst chooses a trace where no person did.
func (v *View) chooseFirst() {
	rows := v.state.Rows
	if v.byHand || len(rows) == 0 {
		return
	}
	if v.Sel = slices.IndexFunc(rows, func(r Row) bool { return r.ID == v.fault }); v.Sel < 0 {
		v.Sel = max(0, slices.IndexFunc(rows, func(r Row) bool { return r.Errors > 0 }))
	}
}

// SetOutcome says in a few words how the order stands, "" where that is not known;
// ill, that it failed; fault, in which trace, zero where that is not known.
func (v *View) SetOutcome(text string, ill bool, fault model.TraceID) {
	v.outcome, v.ill, v.fault = text, ill, fault
	v.chooseFirst()
}

// assignColours gives the services of all rows colours that differ.
func (v *View) assignColours() {
	var names []string
	for _, r := range v.state.Rows {
		for _, s := range r.Services {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	v.colours = make(map[string]int, len(names))
	for i, n := range v.Kit.Look.Assign(v.Kit.Colours, names) {
		v.colours[names[i]] = n
	}
}

// Selected returns the trace chosen, if one is.
func (v *View) Selected() (model.TraceID, bool) {
	if v.Sel < 0 || v.Sel >= len(v.state.Rows) {
		return model.TraceID{}, false
	}
	return v.state.Rows[v.Sel].ID, true
}

// pad is the margin of the page in dp.
const pad = 20

func (v *View) draw(c *xwidget.Canvas, y, w float32) float32 {
	top := y
	x, width := c.D(pad), w-c.D(2*pad)
	y = v.drawHead(c, x, y+c.D(16), width)
	y = v.drawNotes(c, x, y, width)
	switch {
	case len(v.state.Rows) > 0:
		for _, draw := range v.Sections {
			y = draw(c, x, y, width)
		}
		y = v.drawTable(c, x, y+c.D(8), width)
	case v.state.Phase == Searching:
		y = v.drawWaiting(c, x, y+c.D(24), width)
	default:
		y = v.drawEmpty(c, x, y, width)
	}
	return y + c.D(pad) - top
}

// drawHead draws the order's name and the sum of what was found.
func (v *View) drawHead(c *xwidget.Canvas, x, y, w float32) float32 {
	words := v.Kit.Words
	f := c.Font(xwidget.Title, scene.SemiBold)
	title := v.state.File
	if title == "" {
		title = words.T("order.title", "order", v.state.Order)
	}
	room := w - c.D(140)
	if v.state.Keeps > 0 {
		room -= c.D(160)
	}
	v.drawOutcome(c, x+c.Label(x, y, c.D(28), room, f, c.Look.Text, c.FitMiddle(f, title, room)), y, x+room)
	label, tip, do := words.T("share.button"), "Ctrl+E", v.do.Share
	if v.state.Phase == Searching {
		label, tip, do = words.T("action.cancel"), "Esc", v.do.Cancel
	}
	if v.state.Phase == Searching || len(v.state.Rows) > 0 {
		bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) + c.D(24)
		c.Button(x+w-bw, y, c.D(28), label, tip, false, do)
		if v.state.Keeps > 0 && v.state.Phase != Searching {
			label := words.T("order.keep")
			bw += c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) + c.D(32)
			c.Button(x+w-bw, y, c.D(28), label, words.N("order.keep.tip", v.state.Keeps), false, v.do.Keep)
		}
	}
	y += c.D(32)
	if s := v.Summary(); s != "" {
		c.Label(x, y, c.D(20), w, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, s)
		y += c.D(24)
	}
	if v.state.Phase == Searching {
		y = v.drawProgress(c, x, y, w)
	}
	return y
}

// drawOutcome draws how the order stands between x and right.
func (v *View) drawOutcome(c *xwidget.Canvas, x, y, right float32) {
	x += c.D(16)
	room := right - x
	if v.outcome == "" || room < c.D(80) {
		return
	}
	f, ink := c.Font(14, scene.SemiBold), c.Look.Secondary
	if v.ill {
		ink = c.Look.Text
		c.Cross(x, y+c.D(7), c.D(15), true)
		x, room = x+c.D(21), room-c.D(21)
	}
	c.Label(x, y+c.D(1), c.D(28), room, f, ink, c.FitMiddle(f, v.outcome, room))
}

// Summary tells in one line what was found: traces, systems, errors, when.
func (v *View) Summary() string {
	s, words := &v.state, v.Kit.Words
	if len(s.Rows) == 0 {
		return ""
	}
	failed := 0
	first, last := s.Rows[0].Start, s.Rows[0].Start+s.Rows[0].Duration
	for _, r := range s.Rows {
		if r.Errors > 0 {
			failed++
		}
		first, last = min(first, r.Start), max(last, r.Start+r.Duration)
	}
	errors := words.T("order.noerrors")
	if failed > 0 {
		errors = words.N("order.failed", failed)
	}
	return strings.Join([]string{words.N("order.traces", len(s.Rows)), errors, words.N("order.systems", len(v.colours)), v.Kit.Minutes(first, last)}, " · ")
}

// drawProgress draws how many services have answered, as words and as a bar.
func (v *View) drawProgress(c *xwidget.Canvas, x, y, w float32) float32 {
	s, words := &v.state, v.Kit.Words
	text := words.T("order.searching", "source", s.Source)
	if s.Asked > 1 {
		text = words.T("order.progress", "done", words.Units().Number(s.Answered), "all", words.Units().Number(s.Asked))
	}
	c.Label(x, y, c.D(20), w, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, text)
	y += c.D(26)
	c.RoundRect(x, y, w, c.D(3), c.D(1.5), c.Look.Line)
	if share := float32(s.Answered) / float32(max(s.Asked, 1)); share > 0 {
		c.RoundRect(x, y, w*min(share, 1), c.D(3), c.D(1.5), c.Look.Accent)
	}
	return y + c.D(12)
}

// drawNotes draws what a reader must know to trust the list.
func (v *View) drawNotes(c *xwidget.Canvas, x, y, w float32) float32 {
	s, words := &v.state, v.Kit.Words
	var notes []string
	if s.Phase == Cancelled && len(s.Rows) > 0 {
		notes = append(notes, words.T("order.cancelled"))
	}
	if n := len(s.Failures); n > 0 {
		notes = append(notes, words.N("order.failures", n, "all", words.Units().Number(s.Asked), "which", strings.Join(s.Failures, "; ")))
	}
	if s.Limit {
		notes = append(notes, words.T("order.limit"))
	}
	switch {
	case s.Offline && len(s.Rows) > 0:
		notes = append(notes, words.T("order.offline"))
	case s.Phase == Failed && len(s.Rows) > 0 && s.Unreached:
		notes = append(notes, words.T("order.unreached", "why", s.Title)+" "+s.Hint)
	case s.Phase == Failed && len(s.Rows) > 0:
		notes = append(notes, s.Title+". "+s.Hint)
	}
	f := c.Font(xwidget.Body, scene.Regular)
	if len(notes) > 0 {
		y += c.D(8)
	}
	for _, n := range notes {
		lines := c.Wrap(f, n, w-c.D(24), 4)
		h := float32(len(lines))*c.D(20) + c.D(12)
		c.RoundRect(x, y, w, h, c.D(4), c.Look.Accent.Alpha(24))
		c.Rect(x, y, c.D(3), h, c.Look.Accent)
		for i, l := range lines {
			c.Label(x+c.D(14), y+c.D(6)+float32(i)*c.D(20), c.D(20), w, f, c.Look.Text, l)
		}
		y += h + c.D(8)
	}
	if s.Phase == Failed && len(s.Rows) > 0 && len(s.Ways) > 0 {
		y = v.drawWays(c, x, y) + c.D(8)
	}
	return y
}

// drawWaiting stands where rows will be.
func (v *View) drawWaiting(c *xwidget.Canvas, x, y, w float32) float32 {
	for i := range 4 {
		fade := uint8(200 - 45*i)
		c.RoundRect(x, y, w*0.34, c.D(12), c.D(4), c.Look.Line.Alpha(fade))
		c.RoundRect(x, y+c.D(20), w*0.2, c.D(10), c.D(4), c.Look.Line.Alpha(fade/2))
		c.RoundRect(x+w*0.8, y, w*0.2, c.D(12), c.D(4), c.Look.Line.Alpha(fade))
		y += c.D(52)
	}
	return y
}

// drawEmpty says why there is nothing and what to do next.
func (v *View) drawEmpty(c *xwidget.Canvas, x, y, w float32) float32 {
	s, words := &v.state, v.Kit.Words
	title, hint := s.Title, s.Hint
	switch s.Phase {
	case Cancelled:
		title, hint = words.T("order.cancelled.empty"), words.T("order.cancelled.hint")
	case Done:
		if s.Offline {
			title, hint = words.T("order.notkept", "order", s.Order), words.T("order.notkept.hint")
			break
		}
		title = words.N("order.none", s.Days, "order", s.Order, "source", s.Source)
		hint = words.T("order.none.hint")
	}
	width := min(w, c.D(680))
	y += c.D(28)
	if s.Phase == Failed {
		c.Cross(x, y+c.D(3), c.D(18), true)
		x, width = x+c.D(28), width-c.D(28)
	}
	for _, l := range c.Wrap(c.Font(16, scene.SemiBold), title, width, 4) {
		c.Label(x, y, c.D(24), width, c.Font(16, scene.SemiBold), c.Look.Text, l)
		y += c.D(24)
	}
	y += c.D(6)
	for _, l := range c.Wrap(c.Font(xwidget.Body, scene.Regular), hint, width, 8) {
		c.Label(x, y, c.D(20), width, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, l)
		y += c.D(20)
	}
	y = v.drawWays(c, x, y+c.D(16))
	if s.Detail != "" {
		y = v.drawDetail(c, x, y+c.D(12), width)
	}
	return y
}

// drawWays draws the buttons of what can be done next.
func (v *View) drawWays(c *xwidget.Canvas, x, y float32) float32 {
	words, h := v.Kit.Words, c.D(30)
	first := false
	for _, way := range v.state.Ways {
		x += c.Button(x, y, h, way.Label, "", way.First && !first, way.Do) + c.D(8)
		first = first || way.First
	}
	if v.state.Phase == Failed || v.state.Phase == Cancelled {
		x += c.Button(x, y, h, words.T("action.again"), "F5", !first, v.do.Again) + c.D(8)
	}
	if v.state.Phase != Failed && !v.state.Offline {
		for _, next := range []struct {
			days int
			key  string
		}{{30, "Ctrl+3"}, {90, "Ctrl+9"}} {
			if next.days <= v.state.Days {
				continue
			}
			label := words.N("order.widen", next.days) + "  " + next.key
			x += c.Button(x, y, h, label, "", x == c.D(pad), func() { v.do.Window(next.days) }) + c.D(8)
		}
	}
	return y + h
}

// drawDetail draws the chain of causes, folded until it is asked for.
func (v *View) drawDetail(c *xwidget.Canvas, x, y, w float32) float32 {
	words := v.Kit.Words
	c.Chevron(x, y+c.D(4), c.D(12), v.details, c.Look.Secondary)
	lw := c.Label(x+c.D(16), y, c.D(20), w, c.Font(xwidget.Minor, scene.Regular), c.Look.Secondary, words.T("action.details"))
	c.Spot(x, y, lw+c.D(20), c.D(20), "", func() { v.details = !v.details })
	y += c.D(24)
	if !v.details {
		return y
	}
	f := c.Font(xwidget.Minor, scene.Regular)
	for _, l := range c.Wrap(f, v.state.Detail, w-c.D(16), 20) {
		c.Label(x+c.D(16), y, c.D(18), w, f, c.Look.Secondary, l)
		y += c.D(18)
	}
	return y
}
