package look

import "testing"

// TestDivergingScale holds that text is read on every step, that neighbours and the
// two directions are told apart with every sight, and that no step is taken for an
// error.
func TestDivergingScale(t *testing.T) {
	eachPalette(t, func(t *testing.T, p *Palette) {
		for step := -DivergeSteps; step <= DivergeSteps; step++ {
			c := p.Diverge(step)
			if got := Contrast(c.Ink, c.Bar); got < 4.3 {
				t.Errorf("step %d: text on bar %.2f, want at least 4.3", step, got)
			}
			for _, s := range sights {
				bar := seen(c.Bar, s.m)
				apart := func(what string, with lab, least float64) {
					if got := distance(bar, with); got < least {
						t.Errorf("%s, step %d and %s: %.3f apart, want at least %.3f", s.name, step, what, got, least)
					}
				}
				if step < DivergeSteps {
					apart("the next", seen(p.Diverge(step+1).Bar, s.m), 0.045)
				}
				if step != 0 {
					apart("its opposite", seen(p.Diverge(-step).Bar, s.m), 0.10)
				}
				if s.name == "normal sight" {
					apart("an error", seen(p.Error, s.m), 0.10)
				}
			}
		}
		if p.Diverge(99) != p.Diverge(DivergeSteps) || p.Diverge(-99) != p.Diverge(-DivergeSteps) {
			t.Error("beyond the ends it goes on")
		}
	})
}
