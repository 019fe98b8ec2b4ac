// Package library shows the traces kept on this machine as a long list: the one
// that began last first, with marks on those to be acted on together.
package library

import (
	"image"
	"maps"
	"slices"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/xwidget"
)

// A Service is what one service contributes to a trace.
type Service struct {
	Name          string
	Spans, Errors int
}

// An Entry is one trace that is kept.
type Entry struct {
	Key                int64
	ID                 model.TraceID
	Service, Operation string // of the root
	Start, Duration    int64  // Unix ns, ns
	Spans, Errors      int
	Services           []Service
	Orders             []string
	Sources            []string // where it is from, the latest first
	Labels             []string
	Pinned             bool
	Damaged            bool  // its spans cannot be read any more
	Bytes              int64 // on the disk
}

// A State is what the list shows. The list keeps it until the next.
type State struct {
	Entries []Entry
	More    bool      // there are further ones, which the list asks for in time
	Line    string    // what is listed
	Empty   [2]string // why there is nothing, and what next
}

// Actions are what the list asks of the window.
type Actions struct {
	Open func(e *Entry)
	More func() // further entries are wanted
	// Pin, Label and Delete act on the entries marked, else on the one chosen.
	Pin, Label, Delete func(list []*Entry)
	Failed, Pinned     func() // only those, or all again
}

// The places of the strip that can be pressed.
const (
	actOpen = iota
	actPin
	actLabel
	actDelete
	actUnmark
)

// A Painter draws the list and acts on it. It is used by one goroutine.
type Painter struct {
	table.Table
	state  State
	do     Actions
	kit    *xwidget.Kit
	rows   document.Table
	scene  scene.Scene
	marked map[int64]bool
	asked  int // for more, at how many entries
	cells  []cells
	words  words
	colour map[string]int
}

// cells are the texts of a row, made when it is first drawn.
type cells struct {
	made                                       bool
	began, order, services, labels, from, size string
}

type words struct{ open, pin, unpin, label, delete, unmark, unnamed, damaged string }

// New returns the list with nothing in it.
func New(kit *xwidget.Kit, s table.Style, do Actions) *Painter {
	p := &Painter{kit: kit, do: do, marked: map[int64]bool{}, colour: map[string]int{}}
	p.Init(p, &p.rows, s)
	p.Restyle(s)
	return p
}

// NewView returns the list in a widget, and its painter; unused is offered the
// keys it does not take.
func NewView(kit *xwidget.Kit, do Actions, unused func(e canvasview.Event) bool) (*table.View, *Painter) {
	var p *Painter
	v := table.NewView(kit, func(s table.Style) table.Painter {
		p = New(kit, s, do)
		return p
	}, unused)
	return v, p
}

// Restyle changes theme, language, font or scale.
func (p *Painter) Restyle(s table.Style) {
	p.Table.Restyle(s)
	t := s.Printer.T
	p.words = words{t("library.open"), t("library.pin"), t("library.unpin"), t("library.label"), t("library.delete"), t("library.unmark"), t("trace.unnamed"), t("library.damaged")}
	p.SetColumns(p.columns())
	p.forget()
}

// forget drops the texts of rows.
func (p *Painter) forget() {
	p.Forget()
	p.cells = make([]cells, len(p.state.Entries))
}

// Refresh has times written anew, in another zone.
func (p *Painter) Refresh() { p.forget() }

// Set shows a state. What was chosen and marked stays where it is still there.
func (p *Painter) Set(s State) {
	var chosen int64
	if e := p.Chosen(); e != nil {
		chosen = e.Key
	}
	grown := len(s.Entries) > len(p.state.Entries) && len(p.state.Entries) > 0 && s.Entries[0].Key == p.state.Entries[0].Key
	p.state, p.asked = s, 0
	still := make(map[int64]bool, len(p.marked))
	for i := range s.Entries {
		e := &s.Entries[i]
		if p.marked[e.Key] {
			still[e.Key] = true
		}
		if e.Key == chosen {
			p.rows.Row = i
		}
	}
	p.marked = still
	if !grown && (chosen == 0 || p.Chosen() == nil || p.Chosen().Key != chosen) {
		p.rows.Row = max(min(p.rows.Row, len(s.Entries)-1), 0)
	}
	p.assignColours()
	p.forget()
}

// Top chooses the first row, for another list.
func (p *Painter) Top() { p.rows = document.Table{} }

func (p *Painter) assignColours() {
	for i := range p.state.Entries {
		p.colour[p.state.Entries[i].Service] = 0
	}
	names := slices.Sorted(maps.Keys(p.colour))
	for i, n := range p.kit.Look.Assign(p.kit.Colours, names) {
		p.colour[names[i]] = n
	}
}

// Chosen returns the entry chosen, nil if there is none.
func (p *Painter) Chosen() *Entry {
	if p.rows.Row < 0 || p.rows.Row >= len(p.state.Entries) {
		return nil
	}
	return &p.state.Entries[p.rows.Row]
}

// Acted returns the entries that an action is on: those marked, else the one
// chosen.
func (p *Painter) Acted() (list []*Entry) {
	for i := range p.state.Entries {
		if p.marked[p.state.Entries[i].Key] {
			list = append(list, &p.state.Entries[i])
		}
	}
	if e := p.Chosen(); len(list) == 0 && e != nil {
		list = append(list, e)
	}
	return list
}

// Unmark takes all marks away and says whether there were any.
func (p *Painter) Unmark() bool {
	had := len(p.marked) > 0
	clear(p.marked)
	return had
}

// Paint draws the list on dst, filling it.
func (p *Painter) Paint(dst *image.RGBA) {
	b := dst.Bounds()
	p.Style.Drawer.Draw(dst, p.Build(b.Dx(), b.Dy()))
}

// Build makes the scene of the list on w × h pixels, valid until the next.
func (p *Painter) Build(w, h int) *scene.Scene {
	p.Begin(&p.scene, w, h)
	p.drawStrip()
	p.Body(&p.scene)
	if len(p.state.Entries) == 0 {
		p.Empty(&p.scene, p.state.Empty[0], p.state.Empty[1])
	}
	return &p.scene
}

// drawStrip draws what is listed, and what can be done with it.
func (p *Painter) drawStrip() {
	s := &p.scene
	x, right := p.StripX()
	list := p.Acted()
	if len(list) > 0 {
		pin := p.words.pin
		if pinnedAll(list) {
			pin = p.words.unpin
		}
		right = p.Button(s, right, p.words.delete, actDelete) - p.Px(6)
		right = p.Button(s, right, p.words.label, actLabel) - p.Px(6)
		right = p.Button(s, right, pin, actPin) - p.Px(6)
		right = p.Button(s, right, p.words.open, actOpen) - p.Px(12)
	}
	line := p.state.Line
	if n := len(p.marked); n > 0 {
		line = p.Style.Printer.N("library.marked", n)
		right = p.Button(s, right, p.words.unmark, actUnmark) - p.Px(12)
	}
	p.Line(s, x, right-x, len(p.marked) > 0, line)
}

func pinnedAll(list []*Entry) bool {
	for _, e := range list {
		if !e.Pinned {
			return false
		}
	}
	return true
}
