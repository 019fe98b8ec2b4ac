// Package answer shows what is wrong with an order or a trace, in words: the first
// finding with a way to its span, the others folded below, and what is not known. It
// is drawn as a part of a page.
package answer

import (
	"slices"

	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// A Mark says how bad a finding is, by its shape.
type Mark uint8

// The marks.
const (
	Bad   Mark = iota // a step failed, or the order stopped
	Late              // it took longer
	Aside             // worth knowing, and no harm
)

// A Line is one finding in words.
type Line struct {
	Mark   Mark
	Title  string
	When   string // when, doing what, and what followed
	Detail string // sentences
	Sure   string // how sure that is, in a word
	Stops  int    // spans to look at: the one at fault, and those that show it
	Of     any    // names the finding, in another state as well
}

// A State is all that is shown. The zero value shows nothing.
type State struct {
	Working string  // what is being done, "" for nothing
	Share   float64 // of it that is done, below 0 where that is not known
	Lines   []Line  // the heaviest first
	None    string  // said where there are none
	Notes   []string
	Ask     string // what could be asked for to know more, "" for nothing
	AskTip  string
}

// Actions are what the answer asks of the window.
type Actions struct {
	// Show goes to a span of a line: 0 is the one at fault.
	Show   func(line, stop int)
	Ask    func()
	Cancel func() // what is being done
	// Changed is told that it wants more or less room.
	Changed func()
}

// A View is the answer of one page.
type View struct {
	Kit   *xwidget.Kit
	do    Actions
	state State
	open  bool // with the details of the first, and the others
	line  int  // looked at
	stop  int  // of it, -1 for none yet
}

// New returns an answer that shows nothing yet.
func New(kit *xwidget.Kit, do Actions) *View { return &View{Kit: kit, do: do, stop: -1} }

// State returns what is shown.
func (v *View) State() *State { return &v.state }

// Set shows a state. The finding that is looked at stays so wherever it stands now; if it
// is gone, or other spans show it, one begins anew.
func (v *View) Set(s State) {
	line, stop := 0, -1
	if v.line < len(v.state.Lines) {
		was := &v.state.Lines[v.line]
		same := func(l Line) bool { return l.Of == was.Of && l.Stops == was.Stops }
		if v.line < len(s.Lines) && same(s.Lines[v.line]) {
			line, stop = v.line, v.stop
		} else if k := slices.IndexFunc(s.Lines, same); k >= 0 {
			line, stop = k, v.stop
		}
	}
	v.line, v.stop, v.state = line, stop, s
}

// First looks at the span at fault of the first finding, and says whether there is one.
func (v *View) First() bool {
	if len(v.state.Lines) == 0 {
		return false
	}
	v.show(0, 0)
	return true
}

// Step goes on to the next span to look at, of this finding or the next, or back, in a
// circle. It says whether there is one.
func (v *View) Step(back bool) bool {
	list := v.state.Lines
	if len(list) == 0 {
		return false
	}
	line, stop := v.line, v.stop+1
	switch {
	case v.stop < 0:
		stop = 0
	case back && v.stop > 0:
		stop = v.stop - 1
	case back:
		line = (line + len(list) - 1) % len(list)
		stop = list[line].Stops - 1
	case stop >= list[line].Stops:
		line, stop = (line+1)%len(list), 0
	}
	v.show(line, stop)
	return true
}

// At returns which span is looked at, stop -1 for none yet.
func (v *View) At() (line, stop int) { return v.line, v.stop }

// Look notes which span is looked at.
func (v *View) Look(line, stop int) { v.line, v.stop = line, stop }

func (v *View) show(line, stop int) {
	v.line, v.stop = line, max(stop, 0)
	if line > 0 && !v.open {
		v.open = true
		v.changed()
	}
	if v.do.Show != nil {
		v.do.Show(line, v.stop)
	}
}

func (v *View) toggle() {
	v.open = !v.open
	v.changed()
}

func (v *View) changed() {
	if v.do.Changed != nil {
		v.do.Changed()
	}
}

// Draw draws the answer from y down, with its left edge at x and w wide, in device
// pixels, and returns where it ends.
func (v *View) Draw(c *xwidget.Canvas, x, y, w float32) float32 {
	s := &v.state
	switch {
	case s.Working != "" && len(s.Lines) == 0:
		return v.drawWorking(c, x, y+c.D(10), w)
	case len(s.Lines) > 0:
		return v.drawFound(c, x, y+c.D(10), w)
	case s.None != "":
		return v.drawNone(c, x, y+c.D(10), w)
	}
	return y
}

// Height returns the height in dp of the answer w dp wide.
func (v *View) Height(w float32) float32 {
	return v.Draw(xwidget.Sizing(v.Kit), 0, 0, w)
}

// drawWorking says in one line that the answer is being looked for.
func (v *View) drawWorking(c *xwidget.Canvas, x, y, w float32) float32 {
	h, f := c.D(24), c.Font(xwidget.Body, scene.Regular)
	v.drawSearching(c, x, y+c.D(5), c.D(14))
	at := x + c.D(22)
	at += c.Label(at, y, h, w-c.D(130), f, c.Look.Secondary, v.state.Working) + c.D(10)
	if v.do.Cancel != nil {
		v.link(c, at, y, h, v.Kit.Words.T("action.cancel"), "Esc", v.do.Cancel)
	}
	y += h
	if v.state.Share >= 0 {
		c.Rect(x, y, w, c.D(2), c.Look.Line)
		c.Rect(x, y, w*float32(min(v.state.Share, 1)), c.D(2), c.Look.Accent)
	}
	return y + c.D(4)
}

// drawNone says in one line that nothing is wrong, and what is not known.
func (v *View) drawNone(c *xwidget.Canvas, x, y, w float32) float32 {
	h := c.D(24)
	v.drawTick(c, x, y+c.D(5), c.D(14))
	f := c.Font(xwidget.Body, scene.SemiBold)
	x, w = x+c.D(22), w-c.D(22)
	lines := c.Wrap(f, v.state.None, w, 3)
	at := x
	for k, l := range lines {
		if k > 0 {
			y += c.D(20)
		}
		at = x + c.Label(x, y, h, w, f, c.Look.Text, l)
	}
	return v.drawInline(c, at+c.D(14), x, y, x+w, h) + c.D(4)
}

// drawNotes says what is not known, and offers to ask for it.
func (v *View) drawNotes(c *xwidget.Canvas, x, y, w float32) float32 {
	f, h := c.Font(xwidget.Minor, scene.Regular), c.D(18)
	at := x
	for _, n := range v.state.Notes {
		for _, l := range c.Wrap(f, n, w, 3) {
			at = x + c.Label(x, y, h, w, f, c.Look.Secondary, l)
			y += h
		}
	}
	if v.state.Ask == "" {
		return y
	}
	if room := x + w - at; len(v.state.Notes) > 0 && c.Metrics.Width(f, v.state.Ask)+c.D(14) < room && at > x {
		y -= h
		at += c.D(10)
	} else {
		at = x
	}
	v.link(c, at, y, h, v.state.Ask, v.state.AskTip, v.do.Ask)
	return y + h
}

// link draws words to press.
func (v *View) link(c *xwidget.Canvas, x, y, h float32, text, tip string, do func()) float32 {
	f := c.Font(xwidget.Minor, scene.SemiBold)
	w := c.Metrics.Width(f, text)
	if c.Hot(x-c.D(4), y, w+c.D(8), h) {
		c.RoundRect(x-c.D(4), y, w+c.D(8), h, c.D(4), c.Look.Hover())
	}
	c.Label(x, y, h, w+1, f, c.Look.Accent, text)
	c.Spot(x-c.D(4), y, w+c.D(8), h, tip, do)
	return w
}
