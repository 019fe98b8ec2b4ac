package flame

import (
	"image"
	"math"
	"strings"

	"traceview/internal/model"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
)

const (
	// zoomPerDp is the power of two a dp of scrolling zooms by: a notch of a
	// wheel, 30 to 40 dp, by a third.
	zoomPerDp = 1.0 / 90
	clickDp   = 3 // a press that moves less is a click
)

type dragKind uint8

const (
	dragNone    dragKind = iota
	dragPending          // pressed: a click, or a range once moved
	dragRange            // choosing a stretch of time
	dragPan              // moving the picture under the pointer
	dragThumb            // moving the scroll bar's thumb
)

// pointer is what the Painter knows of the pointer.
type pointer struct {
	at     image.Point
	inside bool
	drag   dragKind
	from   image.Point // where the button went down
}

func (p *pointer) leave() { p.inside, p.at = false, image.Pt(-1, -1) }

// hit returns the span at a point.
func (p *Painter) hit(at image.Point) model.SpanIndex {
	if p.flame == nil {
		return model.NoSpan
	}
	return p.g.Hit(at.X, at.Y, p.flame, p.scroll.Scroll, p.doc.Viewport())
}

// chip returns the text of the ruler that follows the pointer.
func (p *Painter) chip() axis.Chip {
	at := p.pointer.at.X
	switch {
	case !p.onAxis() || p.pointer.drag == dragThumb:
		return axis.Chip{}
	case p.pointer.drag == dragRange:
		return p.ruler.Between(p.pointer.from.X, at)
	}
	return p.ruler.At(at)
}

// onAxis says whether the pointer is where a guide is drawn.
func (p *Painter) onAxis() bool {
	x := p.pointer.at.X
	return p.pointer.inside && x >= p.g.Area.Min.X && x < p.g.Area.Max.X
}

// scrollTo scrolls the lanes and says whether that changed anything.
func (p *Painter) scrollBy(px int) bool {
	return p.scroll.By(p.list(), px)
}

// Scroll acts on the wheel or touchpad: dx and dy are how far the content
// moves to the right and down. With Ctrl it zooms at the pointer, with Shift it
// pans. It says whether the picture changed, as all methods here do.
func (p *Painter) Scroll(dx, dy float32, mods canvasview.Mods) bool {
	switch {
	case mods&canvasview.Ctrl != 0:
		zoomed := p.doc.ZoomAt(float64(p.pointer.at.X-p.g.Zero), math.Exp2(float64(dy/p.style.Scale)*zoomPerDp))
		return p.rehover() || zoomed
	case mods&canvasview.Shift != 0 && dx == 0:
		dx, dy = dy, 0
	}
	right, below := p.scroll.Way(dx, dy)
	panned := right != 0 && p.doc.Pan(float64(right))
	scrolled := below != 0 && p.scrollBy(below)
	if panned || scrolled {
		p.rehover()
	}
	return panned || scrolled
}

// Hover acts on the pointer being at x, y with no button down.
func (p *Painter) Hover(x, y float32) bool {
	at := image.Pt(int(x), int(y))
	moved := at != p.pointer.at || !p.pointer.inside
	p.pointer.at, p.pointer.inside = at, true
	return p.rehover() || moved
}

// rehover notes what is under the pointer now.
func (p *Painter) rehover() bool {
	if !p.pointer.inside || p.pointer.drag != dragNone {
		return false
	}
	return p.doc.Hover(p.hit(p.pointer.at))
}

// Leave acts on the pointer leaving.
func (p *Painter) Leave() bool {
	was := p.pointer.inside
	p.pointer.leave()
	return p.doc.Hover(model.NoSpan) || was
}

// Press acts on a button going down.
func (p *Painter) Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool {
	p.pointer.drag = dragNone
	p.Hover(x, y)
	p.pointer.from = p.pointer.at
	switch {
	case b == canvasview.Middle, b == canvasview.Primary && mods&canvasview.Space != 0:
		p.pointer.drag = dragPan
		return true
	case b == canvasview.Secondary:
		return p.choose(p.hit(p.pointer.at))
	case p.pointer.at.In(p.g.ScrollBar):
		if p.scroll.Press(p.list(), p.g.ScrollBar, p.style.Scale, p.pointer.at.Y) {
			p.pointer.drag = dragThumb
			return true
		}
		return false
	case p.onAxis():
		p.pointer.drag = dragPending
	}
	return false
}

func (p *Painter) choose(i model.SpanIndex) bool {
	if i == model.NoSpan {
		return false
	}
	p.seen = i // it is under the pointer: nothing needs to move
	return p.doc.Select(i)
}

// Drag acts on the pointer moving with the button of the last Press down.
func (p *Painter) Drag(x, y float32) bool {
	last := p.pointer.at
	p.pointer.at, p.pointer.inside = image.Pt(int(x), int(y)), true
	switch p.pointer.drag {
	case dragThumb:
		return p.scroll.Drag(p.list(), p.g.ScrollBar, p.style.Scale, p.pointer.at.Y)
	case dragPan:
		panned := p.doc.Pan(float64(last.X - p.pointer.at.X))
		return p.scrollBy(last.Y-p.pointer.at.Y) || panned
	case dragPending:
		if dx := p.pointer.at.X - p.pointer.from.X; max(dx, -dx) > p.g.Px(clickDp) {
			p.pointer.drag = dragRange
			p.doc.Hover(model.NoSpan)
		}
		return true
	case dragRange:
		return p.pointer.at != last
	}
	return false
}

// Release acts on the button going up again.
func (p *Painter) Release(x, y float32) bool {
	changed := p.Drag(x, y)
	drag := p.pointer.drag
	p.pointer.drag = dragNone
	switch drag {
	case dragPending:
		changed = p.choose(p.hit(p.pointer.from)) || changed
	case dragRange:
		p.doc.ZoomTo(p.ruler.Time(p.pointer.from.X), p.ruler.Time(p.pointer.at.X))
		changed = true
	}
	return p.Hover(x, y) || changed || drag != dragNone
}

// Cancel ends a drag without its effect, as Esc does.
func (p *Painter) Cancel() bool {
	drag := p.pointer.drag
	p.pointer.drag = dragNone
	return drag != dragNone
}

// OnBox says whether the pointer is on something that can be pressed.
func (p *Painter) OnBox() bool { return p.pointer.inside && p.doc.Hovered() != model.NoSpan }

// Hint returns a line about what lies at x, y: the whole name, where and when,
// what went wrong, and how many spans are drawn as one; "" where nothing lies.
func (p *Painter) Hint(x, y float32) string {
	i := p.hit(image.Pt(int(x), int(y)))
	if p.pointer.drag != dragNone || i == model.NoSpan {
		return ""
	}
	pr, u, s := p.style.Printer, p.style.Printer.Units(), &p.trace.Spans[i]
	name := p.trace.Name(i)
	if name == "" {
		name = p.words.unnamed
	}
	parts := []string{axis.Clip(name)}
	if service := p.trace.ServiceName(i); service != "" {
		parts = append(parts, service)
	}
	parts = append(parts, u.Duration(s.Dur), pr.T("timeline.tip.at", "offset", u.Duration(s.Start)))
	if s.Failed() {
		parts = append(parts, strings.TrimSuffix(pr.T("timeline.tip.error", "message", axis.Clip(p.trace.Str(s.StatusText))), ": "))
	}
	if n := p.merged(i, int(x)); n > 1 {
		parts = append(parts, pr.N("flame.merged", n))
	}
	return strings.Join(parts, " · ")
}

// merged returns how many spans the box of a span at x stands for.
func (p *Painter) merged(i model.SpanIndex, x int) int {
	for c := p.g.Boxes(p.flame, p.flame.Lane(i), p.doc.Viewport()); c.Next(); {
		if x-p.g.Zero < c.Box.X1 {
			return c.Box.N
		}
	}
	return 0
}
