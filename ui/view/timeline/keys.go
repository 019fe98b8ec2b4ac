package timeline

import (
	"traceview/internal/document"
	"traceview/ui/canvasview"
)

// Key acts on a key by its name: Up, Down, PageUp, PageDown, Home, End, Left
// and Right for the tree (with Shift: pan), Enter to fold and unfold, + - 0 to
// zoom, z to zoom to the selection, e and E for the next and previous error,
// [ and ] to collapse and expand all, Escape to give up a drag.
func (p *Painter) Key(name string, mods canvasview.Mods) bool {
	changed := p.key(name, mods)
	if changed { // another row may be under the pointer now
		p.rehover()
	}
	return changed
}

func (p *Painter) key(name string, mods canvasview.Mods) bool {
	d := p.doc
	switch name {
	case "Up":
		return d.MoveSelection(document.Up)
	case "Down":
		return d.MoveSelection(document.Down)
	case "PageUp":
		return d.MoveSelection(document.PageUp)
	case "PageDown":
		return d.MoveSelection(document.PageDown)
	case "Home":
		return d.MoveSelection(document.Home)
	case "End":
		return d.MoveSelection(document.End)
	case "Left":
		if mods&canvasview.Shift != 0 {
			return d.PanLeft()
		}
		return d.Left()
	case "Right":
		if mods&canvasview.Shift != 0 {
			return d.PanRight()
		}
		return d.Right()
	case "Enter":
		return d.ToggleCollapse(d.Selected())
	case "Escape":
		return p.Cancel()
	}
	return p.keyRune(name, mods)
}

// keyRune acts on the keys that are characters.
func (p *Painter) keyRune(name string, mods canvasview.Mods) bool {
	d := p.doc
	switch name {
	case "+", "=":
		return d.ZoomIn()
	case "-":
		return d.ZoomOut()
	case "0":
		return d.ZoomReset()
	case "z":
		return d.ZoomToSelection()
	case "e":
		if mods&canvasview.Shift != 0 {
			return d.PrevError()
		}
		return d.NextError()
	case "E":
		return d.PrevError()
	case "[":
		return d.CollapseAll()
	case "]":
		return d.ExpandAll()
	}
	return false
}
