package look

import "traceview/internal/scene"

// environments are the colours that tell one environment from another, in the light
// and the dark theme. None of them is the red of errors: a connection that somebody
// called red is magenta.
var environments = []struct {
	name        string
	light, dark scene.Color
}{
	{"green", scene.RGB(0x1A7F37), scene.RGB(0x3FB950)},
	{"blue", scene.RGB(0x0969DA), scene.RGB(0x58A6FF)},
	{"amber", scene.RGB(0xB36B00), scene.RGB(0xE3B341)},
	{"red", scene.RGB(0xB0258F), scene.RGB(0xF07AD4)},
	{"violet", scene.RGB(0x6E40C9), scene.RGB(0xA68BFA)},
}

// Environments returns the names of the colours of environments, as connections are
// kept with them.
func Environments() []string {
	out := make([]string, len(environments))
	for i, e := range environments {
		out[i] = e.name
	}
	return out
}

// Environment returns the colour of an environment; one without a colour, or with
// one that is not known, is as faint as secondary text.
func (p *Palette) Environment(name string) scene.Color {
	for _, e := range environments {
		switch {
		case e.name == name && p.Dark:
			return e.dark
		case e.name == name:
			return e.light
		}
	}
	return p.Secondary
}
