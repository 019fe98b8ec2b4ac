package axis

import (
	"traceview/internal/scene"
	"traceview/ui/look"
)

// DrawError draws the disc with a cross that stands for an error, d pixels wide
// around cx, cy: filled for one of the span's own, hollow for one somewhere inside.
func DrawError(s *scene.Scene, pal *look.Palette, scale, cx, cy, d float32, own bool) {
	arm, thick := 2.5*scale, 1.5*scale
	x, y := cx-d/2, cy-d/2
	ink := pal.OnError
	if own {
		s.RoundRect(x, y, d, d, d/2, pal.Error)
	} else {
		s.RoundRect(x, y, d, d, d/2, pal.Paper)
		s.Frame(x, y, d, d, d/2, thick, pal.Error)
		ink, arm = pal.Error, 2*scale
	}
	s.Line(cx-arm, cy-arm, cx+arm, cy+arm, thick, ink)
	s.Line(cx-arm, cy+arm, cx+arm, cy-arm, thick, ink)
}

// DrawNotice says in the middle of a picture why it is empty, and what next.
func DrawNotice(s *scene.Scene, pal *look.Palette, m scene.Metrics, scale float32, what, next string) {
	line := func(y float32, f scene.Font, c scene.Color, text string) {
		ascent, descent := m.Line(f)
		s.Text(float32(int((float32(s.W)-m.Width(f, text))/2)), float32(int(y+(ascent-descent)/2+0.5)), f, c, text)
	}
	mid := float32(s.H) / 2
	line(mid-10*scale, scene.Font{Px: 13 * scale, Weight: scene.SemiBold}, pal.Text, what)
	line(mid+10*scale, scene.Font{Px: 12 * scale}, pal.Secondary, next)
}

// DrawLink draws the mark of a span link in a box d pixels wide around cx, cy:
// an arrow that leads out of it or, for links of other spans only, into it.
func DrawLink(s *scene.Scene, pal *look.Palette, scale, cx, cy, d float32, back bool) {
	c, t, half := pal.Accent, 1.5*scale, d/2-scale
	s.RoundRect(cx-d/2, cy-d/2, d, d, 3*scale, pal.Paper)
	tipX, tipY, tail := cx+half, cy-half, half*2
	dir := float32(1)
	if back {
		tipX, tipY, dir = cx-half+scale, cy+half-scale, -1
		s.Line(tipX, tipY, cx+half, cy-half, t, c)
	} else {
		s.Line(cx-half+scale, cy+half-scale, tipX, tipY, t, c)
	}
	head := tail * 0.55
	s.Line(tipX, tipY, tipX-dir*head, tipY, t, c)
	s.Line(tipX, tipY, tipX, tipY+dir*head, t, c)
}
