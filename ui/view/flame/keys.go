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
		return p.step(parentOf)
	case "Down":
		return p.step(childOf)
	case "Left":
		if mods&canvasview.Shift != 0 {
			return d.PanLeft()
		}
		return p.step(previousOf)
	case "Right":
		if mods&canvasview.Shift != 0 {
			return d.PanRight()
		}
		return p.step(nextOf)
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
func (p *Painter) step(to func(spans []model.Span, i model.SpanIndex) model.SpanIndex) bool {
	i := p.doc.Selected()
	if i == model.NoSpan {
		return p.doc.SelectBar(p.trace.Root)
	}
	if i = to(p.trace.Spans, i); i == model.NoSpan {
		return false
	}
	return p.doc.SelectBar(i)
}

func parentOf(spans []model.Span, i model.SpanIndex) model.SpanIndex { return spans[i].Parent }

func childOf(spans []model.Span, i model.SpanIndex) model.SpanIndex {
	if spans[i].End > i+1 {
		return i + 1
	}
	return model.NoSpan
}

// nextOf returns the next sibling, which begins where the subtree of i ends.
func nextOf(spans []model.Span, i model.SpanIndex) model.SpanIndex {
	if next := spans[i].End; int(next) < len(spans) && spans[next].Parent == spans[i].Parent {
		return next
	}
	return model.NoSpan
}

// previousOf returns the sibling before, found from their parent on.
func previousOf(spans []model.Span, i model.SpanIndex) model.SpanIndex {
	at := spans[i].Parent + 1 // the first root where there is no parent: NoSpan is -1
	if at == i {
		return model.NoSpan
	}
	for spans[at].End < i {
		at = spans[at].End
	}
	return at
}
