package flame

import (
	"traceview/internal/model"
	"traceview/ui/canvasview"
)

// Key acts on a key by its name: Up to the parent, Down to the first child, Left
// and Right to the siblings (with Shift: pan, as a and d), Home to the root, PageUp and
// PageDown to scroll, Enter and z to zoom to the selection, + - 0 to zoom, e and
// E for the next and previous error, Escape to give up a drag.
func (p *Painter) Key(name string, mods canvasview.Mods) bool {
	changed := p.key(name, mods)
	if changed { // another box may be under the pointer now
		p.pointer.Quiet = true
		p.rehover()
	}
	return changed
}

func (p *Painter) key(name string, mods canvasview.Mods) bool {
	d := p.doc
	switch name {
	case "Up":
		return p.step((*Painter).parentOf)
	case "Down":
		return p.step((*Painter).childOf)
	case "Left":
		if mods&canvasview.Shift != 0 {
			return d.PanLeft()
		}
		return p.step((*Painter).previousOf)
	case "Right":
		if mods&canvasview.Shift != 0 {
			return d.PanRight()
		}
		return p.step((*Painter).nextOf)
	case "a":
		return d.PanLeft()
	case "d":
		return d.PanRight()
	case "A":
		return d.PanLeftFar()
	case "D":
		return d.PanRightFar()
	case "Home":
		return d.SelectBar(p.trace.Root)
	case "PageUp":
		return p.scrollBy(-p.page())
	case "PageDown":
		return p.scrollBy(p.page())
	case "Enter", "z":
		return d.ZoomToSelection()
	case "+", "=":
		return d.ZoomIn()
	case "-":
		return d.ZoomOut()
	case "0":
		return d.ZoomReset()
	case "e":
		if mods&canvasview.Shift != 0 {
			return d.PrevError()
		}
		return d.NextError()
	case "E":
		return d.PrevError()
	case "Escape":
		return p.Cancel()
	}
	return false
}

// page returns the pixels of a page of lanes, one lane less than is on screen.
func (p *Painter) page() int { return max(p.list().Page()-1, 1) * p.g.LanePx }

// step selects a relative of the selected span, the root where none is.
func (p *Painter) step(to func(p *Painter, i model.SpanIndex) model.SpanIndex) bool {
	i := p.doc.Selected()
	if i == model.NoSpan {
		return p.doc.SelectBar(p.trace.Root)
	}
	if i = to(p, i); i == model.NoSpan {
		return false
	}
	return p.doc.SelectBar(i)
}

// parentOf returns the parent of a span; it, childOf, nextOf and previousOf
// return NoSpan where there is none with a box.
func (p *Painter) parentOf(i model.SpanIndex) model.SpanIndex { return p.trace.Spans[i].Parent }

func (p *Painter) childOf(i model.SpanIndex) model.SpanIndex {
	return p.firstOf(i+1, p.trace.Spans[i].End)
}

// nextOf returns the next sibling: the first begins where the subtree of i ends.
func (p *Painter) nextOf(i model.SpanIndex) model.SpanIndex {
	spans, end := p.trace.Spans, model.SpanIndex(len(p.trace.Spans))
	if parent := spans[i].Parent; parent != model.NoSpan {
		end = spans[parent].End
	}
	return p.firstOf(spans[i].End, end)
}

// firstOf returns the first with a box of the siblings from a span to before end.
func (p *Painter) firstOf(i, end model.SpanIndex) model.SpanIndex {
	for ; i < end; i = p.trace.Spans[i].End {
		if p.doc.Shows(i) {
			return i
		}
	}
	return model.NoSpan
}

// previousOf returns the sibling before, found from their parent on.
func (p *Painter) previousOf(i model.SpanIndex) model.SpanIndex {
	last := model.NoSpan
	for at := p.trace.Spans[i].Parent + 1; at < i; at = p.trace.Spans[at].End { // the first root where there is no parent: NoSpan is -1
		if p.doc.Shows(at) {
			last = at
		}
	}
	return last
}
