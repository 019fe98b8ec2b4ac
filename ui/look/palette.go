// Package look is how the program looks: the colours of its themes.
package look

import (
	"hash/fnv"
	"math"

	"traceview/internal/scene"
)

// A Palette is the colours of one theme. The two themes are designed apart; the
// contrasts that hold are written down in the tests.
type Palette struct {
	Name      string
	Dark      bool
	Paper     scene.Color // behind data
	Panel     scene.Color // behind headings and bars of controls
	Line      scene.Color // between panels
	Grid      scene.Color // behind bars, fainter than Line
	Tree      scene.Color // elbows of the tree
	Zebra     scene.Color // every other row
	Text      scene.Color
	Secondary scene.Color
	Accent    scene.Color // selection and focus
	OnAccent  scene.Color // text on Accent
	Error     scene.Color // errors and nothing else
	OnError   scene.Color // a mark on Error
	Thumb     scene.Color // a scroll bar's
	Tip       scene.Color // behind the small texts that follow the pointer
	OnTip     scene.Color
	services  [ServiceColors]ServiceColor
}

// ServiceColors is how many services have a colour of their own.
const ServiceColors = 12

// A ServiceColor is how one service looks.
type ServiceColor struct {
	Bar  scene.Color // own work
	Tint scene.Color // waiting for children
	Ink  scene.Color // text on Bar
}

// The steps between a palette's colours, of 256.
const (
	hoverWash  = 15 // 6 %
	selectWash = 31 // 12 %
	tintShare  = 140
	fadeShare  = 176
)

// Hover returns the wash over what the pointer is on.
func (p *Palette) Hover() scene.Color { return p.Text.Alpha(hoverWash) }

// Wash returns the tint of what is selected.
func (p *Palette) Wash() scene.Color { return p.Accent.Alpha(selectWash) }

// Service returns a service's colour by the number Assign gave it.
func (p *Palette) Service(n int) ServiceColor { return p.services[uint(n)%ServiceColors] }

// Faded returns a service's colour for what is not looked for: most of the way
// to the paper, so that it is seen behind what is.
func (p *Palette) Faded(c ServiceColor) ServiceColor {
	return ServiceColor{Bar: c.Bar.Mix(p.Paper, fadeShare), Tint: c.Tint.Mix(p.Paper, fadeShare), Ink: p.Text}
}

// Light returns the light theme.
func Light() *Palette {
	p := &Palette{
		Name:  "light",
		Paper: scene.RGB(0xFFFFFF), Panel: scene.RGB(0xF6F7F9), Line: scene.RGB(0xE3E6EA),
		Grid: scene.RGB(0xEDEFF2), Tree: scene.RGB(0xC3C9D1), Zebra: scene.RGB(0xFAFBFC),
		Text: scene.RGB(0x1B1F24), Secondary: scene.RGB(0x5B6570),
		Accent: scene.RGB(0x2F6FEB), OnAccent: scene.RGB(0xFFFFFF),
		Error: scene.RGB(0xD1242F), OnError: scene.RGB(0xFFFFFF),
		Thumb: scene.RGB(0xB4BCC6), Tip: scene.RGB(0x2B3138), OnTip: scene.RGB(0xFFFFFF),
	}
	p.setServices(scene.RGB(0x0B0E12), lightServices)
	return p
}

// Dark returns the dark theme.
func Dark() *Palette {
	p := &Palette{
		Name: "dark", Dark: true,
		Paper: scene.RGB(0x14171B), Panel: scene.RGB(0x1B1F25), Line: scene.RGB(0x2B3138),
		Grid: scene.RGB(0x20252B), Tree: scene.RGB(0x454D57), Zebra: scene.RGB(0x171A1F),
		Text: scene.RGB(0xE6E9ED), Secondary: scene.RGB(0x98A2AD),
		Accent: scene.RGB(0x6EA0FF), OnAccent: scene.RGB(0x0B0E12),
		Error: scene.RGB(0xFF6B6B), OnError: scene.RGB(0x14171B),
		Thumb: scene.RGB(0x4A535E), Tip: scene.RGB(0xE6E9ED), OnTip: scene.RGB(0x14171B),
	}
	p.setServices(scene.RGB(0x0B0E12), darkServices)
	return p
}

// The colours of services began as those of Okabe and Ito (2008) and of Paul
// Tol's muted scheme (2021), without their reds, and were then moved apart by
// hill climbing: for each pair the smallest distance in OKLab as seen with
// normal sight, and 1.5 times that with protanopia and deuteranopia (matrices
// of Machado et al., 2009), is as large as it goes while each keeps its
// contrast with the paper and its distance to the red of errors. Their order
// gives the systems of the shop, whose names decide their places, colours that
// go together.
var (
	lightServices = [ServiceColors]uint32{
		0x9F5094, 0x4E5BB7, 0x7B7F5E, 0x259CC6, 0x467603, 0x1E6E75,
		0x56A24A, 0x087BB7, 0x09A390, 0x8C83F1, 0xD27B0C, 0x785E4D,
	}
	darkServices = [ServiceColors]uint32{
		0xF0A2E0, 0x6E79CB, 0xC4BB96, 0x6AC6FC, 0x7A9D64, 0x79BFBD,
		0xACC262, 0x5397BB, 0x04AC90, 0xB18EE2, 0xC1A13A, 0xB3751A,
	}
)

func (p *Palette) setServices(ink scene.Color, bars [ServiceColors]uint32) {
	white := scene.RGB(0xFFFFFF)
	for i, v := range bars {
		c := ServiceColor{Bar: scene.RGB(v), Ink: ink}
		c.Tint = c.Bar.Mix(p.Paper, tintShare)
		if Contrast(white, c.Bar) > Contrast(ink, c.Bar) {
			c.Ink = white
		}
		p.services[i] = c
	}
}

// Assign gives each service of a trace the number of a colour. A service has
// the colour of its name wherever it appears, unless another of the trace has
// it already: then the next free one. Names must be sorted, so that the same
// trace always looks the same; past ServiceColors services colours repeat.
func Assign(names []string) []int { return (*Colours)(nil).Assign(names) }

// Colours remembers the colour each service was given first, so that it keeps
// that colour in every list and trace of a window. A nil Colours remembers
// nothing. It is used by one goroutine.
type Colours struct{ known map[string]int }

// Assign is the function Assign, but services that have a colour keep it, unless
// two of names have the same.
func (c *Colours) Assign(names []string) []int {
	out := make([]int, len(names))
	var used [ServiceColors]int
	given := 0
	give := func(i, n int) {
		// 5 has no divisor in common with 12, so every colour is tried, and
		// neighbours in the list, which may be alike, are not tried in a row.
		for used[n] > given/ServiceColors {
			n = (n + 5) % ServiceColors
		}
		used[n]++
		given++
		out[i] = n
	}
	for i, name := range names {
		if n, ok := c.of(name); ok {
			give(i, n)
		}
	}
	for i, name := range names {
		if _, ok := c.of(name); ok {
			continue
		}
		h := fnv.New32a()
		h.Write([]byte(name))
		give(i, int(h.Sum32()%ServiceColors))
	}
	c.remember(names, out)
	return out
}

func (c *Colours) of(name string) (int, bool) {
	if c == nil {
		return 0, false
	}
	n, ok := c.known[name]
	return n, ok
}

func (c *Colours) remember(names []string, colours []int) {
	if c == nil {
		return
	}
	if c.known == nil {
		c.known = map[string]int{}
	}
	for i, name := range names {
		if _, ok := c.known[name]; !ok {
			c.known[name] = colours[i]
		}
	}
}

// Contrast returns the contrast of two opaque colours as WCAG 2 defines it, 1 to 21.
func Contrast(a, b scene.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c scene.Color) float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// linear returns the light of a channel of sRGB, 0 to 1 (IEC 61966-2-1).
func linear(v uint8) float64 {
	c := float64(v) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
