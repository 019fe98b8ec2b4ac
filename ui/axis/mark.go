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
