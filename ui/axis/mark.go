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
