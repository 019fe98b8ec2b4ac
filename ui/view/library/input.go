package library

import (
	"strings"

	"traceview/ui/canvasview"
)

// Key acts on a key by its name: those of a table to choose a row, Space to mark
// it, p to pin, l to label, Delete to delete, e and k to see only what failed or
// is pinned.
func (p *Painter) Key(name string, mods canvasview.Mods) bool {
	if name == "Space" {
		mods &^= canvasview.Space // it is held
	}
	switch {
	case p.Table.Key(name, mods):
		return true
	case mods == canvasview.Shift && (name == "Up" || name == "Down"):
		return p.extend(name)
	case mods != 0:
		return false
	}
	switch name {
	case "Space":
		return p.toggle()
	case "p":
		return p.act(p.do.Pin)
	case "l":
		return p.act(p.do.Label)
	case "Delete":
		return p.act(p.do.Delete)
	case "e":
		p.do.Failed()
		return true
	case "k":
		p.do.Pinned()
		return true
	}
	return false
}

// act does something with the entries meant, if there are any.
func (p *Painter) act(do func([]*Entry)) bool {
	list := p.Acted()
	if len(list) > 0 {
		do(list)
	}
	return len(list) > 0
}

// toggle marks the row chosen, or takes its mark away, and goes on.
func (p *Painter) toggle() bool {
	e := p.Chosen()
	if e == nil {
		return false
	}
	p.setMark(e, !p.marked[e.Key])
	p.Table.Key("Down", 0)
	return true
}

// extend marks the row chosen and the one it goes on to.
func (p *Painter) extend(name string) bool {
	e := p.Chosen()
	if e == nil {
		return false
	}
	p.setMark(e, true)
	p.Table.Key(name, 0)
	p.setMark(p.Chosen(), true)
	return true
}

func (p *Painter) setMark(e *Entry, on bool) {
	if on {
		p.marked[e.Key] = true
	} else {
		delete(p.marked, e.Key)
	}
}

// Press acts on a button going down: with Ctrl it marks a row, with Shift all from
// the one chosen on, and a second press of the one chosen opens it.
func (p *Painter) Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool {
	before := p.rows.Row
	row, ok := p.RowAt(x, y)
	if !ok || b != canvasview.Primary || mods&canvasview.Space != 0 {
		return p.Table.Press(x, y, b, mods)
	}
	e := &p.state.Entries[row]
	switch {
	case mods&canvasview.Ctrl != 0 || p.onMark(x):
		p.setMark(e, !p.marked[e.Key])
	case mods&canvasview.Shift != 0:
		for i := min(before, row); i <= max(before, row); i++ {
			p.setMark(&p.state.Entries[i], true)
		}
	default:
		p.ChooseRow(row)
		return p.Activate(row)
	}
	return p.ChooseRow(row)
}

// onMark says whether x is where marks are.
func (p *Painter) onMark(x float32) bool { return x < p.Px(20+14+8) }

// Choose implements table.Source.
func (p *Painter) Choose(int) bool { return true }

// Activate implements table.Source: it opens the trace.
func (p *Painter) Activate(row int) bool {
	if row >= len(p.state.Entries) { // gone since the last frame
		return false
	}
	p.do.Open(&p.state.Entries[row])
	return true
}

// Sort implements table.Source: the library has one order.
func (p *Painter) Sort(int) bool { return false }

// Act implements table.Source.
func (p *Painter) Act(action int) bool {
	switch action {
	case actOpen:
		for _, e := range p.Acted() {
			p.do.Open(e)
		}
	case actPin:
		return p.act(p.do.Pin)
	case actLabel:
		return p.act(p.do.Label)
	case actDelete:
		return p.act(p.do.Delete)
	case actUnmark:
		p.Unmark()
	}
	return true
}

// Tip implements table.Source.
func (p *Painter) Tip(action int) string {
	return map[int]string{actOpen: "Enter", actPin: "P", actLabel: "L", actDelete: "Delete", actUnmark: "Esc"}[action]
}

// RowTip implements table.Source.
func (p *Painter) RowTip(row int) string {
	e, t := &p.state.Entries[row], p.texts(row)
	parts, sources := []string{t.began, e.Service + " " + e.Operation}, make([]string, len(e.Sources))
	for i, name := range e.Sources {
		sources[i] = p.source(name)
	}
	for _, s := range []string{t.order, t.labels, t.services, strings.Join(sources, ", "), t.size} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}
