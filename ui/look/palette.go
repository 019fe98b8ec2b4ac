// Package look is how the program looks: the colours of its themes.
package look

import (
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
	series    [len(seriesColours)]Series
	usual     int // which of series Service speaks of
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
	p.setSeries(0)
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
	p.setSeries(1)
	return p
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
