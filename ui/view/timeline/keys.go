package timeline

import (
	"strings"

	"traceview/internal/document"
	"traceview/ui/canvasview"
)

// Key acts on a key by its name: Up, Down, PageUp, PageDown, Home, End, Left
// and Right for the tree (with Shift: zoom and pan), Enter to fold and unfold
// (with Shift all inside), [ ] o p and the digits to fold by levels, x to leave
// the path to the selection, s and w to scroll, S to sort, a and d to pan, + - 0
// to zoom, z to zoom to the selection, e and E for the next and previous error,
// Escape to give up a drag or end measuring.
func (p *Painter) Key(name string, mods canvasview.Mods) bool {
	changed := p.key(name, mods)
	if changed { // another row may be under the pointer now
		p.pointer.Quiet = true
		p.rehover()
	}
	return changed
}

func (p *Painter) key(name string, mods canvasview.Mods) bool {
	d, shift := p.doc, mods&canvasview.Shift != 0
	switch name {
	case "Up":
		return choose(shift, d.ZoomInFar, func() bool { return d.MoveSelection(document.Up) })
	case "Down":
		return choose(shift, d.ZoomOutFar, func() bool { return d.MoveSelection(document.Down) })
	case "PageUp":
		return d.MoveSelection(document.PageUp)
	case "PageDown":
		return d.MoveSelection(document.PageDown)
	case "Home":
		return d.MoveSelection(document.Home)
	case "End":
		return d.MoveSelection(document.End)
	case "Left":
		return choose(shift, d.PanLeft, d.Left)
	case "Right":
		return choose(shift, d.PanRight, d.Right)
	case "Enter":
		if shift {
			return d.ToggleSubtree(d.Selected())
		}
		return d.ToggleCollapse(d.Selected())
	case "Escape":
		return p.Cancel()
	}
	return p.keyRune(name, shift)
}

// choose does what a key means with Shift, or without.
func choose(shift bool, with, without func() bool) bool {
	if shift {
		return with()
	}
	return without()
}

// keyRune acts on the keys that are characters.
func (p *Painter) keyRune(name string, shift bool) bool {
	lower := strings.ToLower(name)
	d, shift := p.doc, shift || lower != name
	switch lower {
	case "+", "=":
		return d.ZoomIn()
	case "-":
		return d.ZoomOut()
	case "0":
		return d.ZoomReset()
	case "1", "2", "3", "4", "5", "6", "7", "8", "9":
		return d.ExpandTo(int(name[0] - '1'))
	case "z":
		return d.ZoomToSelection()
	case "e":
		return choose(shift, d.PrevError, d.NextError)
	case "a":
		return choose(shift, d.PanLeftFar, d.PanLeft)
	case "d":
		return choose(shift, d.PanRightFar, d.PanRight)
	case "s":
		return choose(shift, d.NextSort, func() bool { return d.ScrollPages(1) })
	case "w":
		return d.ScrollPages(-1)
	}
	return p.keyFold(name)
}

// keyFold acts on the keys that fold rows, which are those of Jaeger UI.
func (p *Painter) keyFold(name string) bool {
	switch d := p.doc; name {
	case "]":
		return d.CollapseAll()
	case "[":
		return d.ExpandAll()
	case "p":
		return d.CollapseLevel()
	case "o":
		return d.ExpandLevel()
	case "x":
		return d.OnlyPath()
	}
	return false
}
