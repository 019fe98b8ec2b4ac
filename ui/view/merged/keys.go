package merged

import (
	"traceview/internal/analysis"
	"traceview/internal/model"
	"traceview/ui/canvasview"
)

func weightOf(n int32) analysis.Weight { return analysis.Weight(n) }

// Key acts on a key by its name: the arrows choose a box beside, Enter and z zoom
// to it, BackSpace and Escape go one step out, 0 all the way, + and - zoom, s
// puts the operation between callers and callees, n and N choose another span of
// the box, 1 2 3 what the boxes weigh.
func (p *Painter) Key(name string, mods canvasview.Mods) bool {
	changed := p.key(name, mods)
	if changed { // another box may be under the pointer now
		p.pointer.Quiet = true
	}
	return changed
}

func (p *Painter) key(name string, mods canvasview.Mods) bool {
	shift := mods&canvasview.Shift != 0
	p.catchUp() // the tree may be another since the last frame
	switch name {
	case "Up", "Down", "Left", "Right":
		return p.arrow(name, shift)
	case "Home":
		return p.choose(p.top())
	case "PageUp":
		return p.scrollBy(-p.page())
	case "PageDown":
		return p.scrollBy(p.page())
	case "Enter", "z":
		return p.enter()
	case "BackSpace":
		return p.back()
	case "Escape":
		return p.Cancel() || p.back()
	case "0":
		return p.m.ZoomReset()
	case "+", "=":
		return p.m.ZoomAt(p.middle(), zoomStep)
	case "-":
		return p.m.ZoomAt(p.middle(), 1/zoomStep)
	case "1", "2", "3":
		return p.m.SetWeight(weightOf(int32(name[0] - '1')))
	case "s", "S":
		return p.focus()
	case "n", "N":
		if p.m.Sandwich() == nil {
			choose := p.m.NextSpan
			if shift || name == "N" {
				choose = p.m.PrevSpan
			}
			choose()
		}
		return true // also where a box has no other span: elsewhere the key leads to siblings
	}
	return false
}

// enter zooms to the chosen box; in a sandwich it puts that one's operation in
// the middle.
func (p *Painter) enter() bool {
	if p.m.Sandwich() != nil {
		return p.focus()
	}
	if call := p.m.Call(); call >= 0 && p.rowOf(place{whole, call}) >= 0 {
		return p.m.Zoom(call)
	}
	return false
}

// back goes one step out: of the zoom, or of the sandwich.
func (p *Painter) back() bool {
	return p.m.ZoomOut() || p.m.Sandwich() != nil && p.m.Focus(model.NoSpan)
}

// page returns the pixels of a page of lanes, one lane less than is on screen.
func (p *Painter) page() int { return max(p.list().Page()-1, 1) * p.g.LanePx }

// middle returns the pixel that stays in place when zooming by keys: the middle
// of the chosen box if that is in view, else of the view.
func (p *Painter) middle() float64 {
	v := p.m.View()
	if at := p.chosen(); at.call >= 0 {
		n := p.node(at)
		if x := v.X(n.Start + n.Total/2); x >= 0 && x <= float64(v.Width) {
			return x
		}
	}
	return float64(v.Width) / 2
}

// top returns the first box: the heaviest root, or the operation of a sandwich.
func (p *Painter) top() place {
	if p.m.Sandwich() != nil {
		return place{down, 0}
	}
	if len(p.m.Calls().Nodes) == 0 {
		return nowhere
	}
	return place{whole, 0}
}

// arrow chooses the box beside the chosen one; Shift with left and right pans.
func (p *Painter) arrow(name string, shift bool) bool {
	step := 1
	if name == "Left" || name == "Up" {
		step = -1
	}
	sideways := name == "Left" || name == "Right"
	if shift && sideways {
		return p.m.Pan(float64(step) * panShare * float64(p.g.Width))
	}
	at := p.chosen()
	if at.call < 0 || p.rowOf(at) < 0 {
		return p.choose(p.top())
	}
	to := at
	if sideways {
		to.call = p.flame(at.part).Beside(at.call, p.node(at).Start, step)
	} else {
		to = p.vertical(at, step)
	}
	return p.choose(to)
}

// vertical returns the box a lane up or down: away from the first call of a tree
// its heaviest child, towards it its parent. Callers stand upside down.
func (p *Painter) vertical(at place, step int) place {
	if at.part == down && at.call == 0 && step < 0 {
		at.part = up // the operation is the first call of both
	}
	if away := (step > 0) != (at.part == up); away {
		n := p.node(at)
		if first := at.call + 1; first < n.End && p.node(place{at.part, first}).Total > 0 {
			return place{at.part, first}
		}
		return nowhere
	}
	to := place{at.part, p.node(at).Parent}
	if to.part == up && to.call == 0 {
		to.part = down
	}
	return to
}
