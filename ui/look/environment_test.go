package look

import (
	"testing"

	"traceview/internal/scene"
)

// TestEnvironments holds that the colours of environments are seen on every ground,
// and that none is taken for an error.
func TestEnvironments(t *testing.T) {
	distance := func(a, b scene.Color) int {
		d := func(x, y uint8) int { return (int(x) - int(y)) * (int(x) - int(y)) }
		return d(a.R, b.R) + d(a.G, b.G) + d(a.B, b.B)
	}
	for _, p := range []*Palette{Light(), Dark()} {
		for _, name := range Environments() {
			c := p.Environment(name)
			for _, ground := range []scene.Color{p.Paper, p.Panel} {
				if got := Contrast(c, ground); got < 3 {
					t.Errorf("%s: %s has a contrast of %.1f, want 3", p.Name, name, got)
				}
			}
			if distance(c, p.Error) < 80*80 {
				t.Errorf("%s: %s is too near to the colour of errors", p.Name, name)
			}
		}
		if p.Environment("") != p.Secondary || p.Environment("no such") != p.Secondary {
			t.Errorf("%s: none is not faint", p.Name)
		}
	}
}
