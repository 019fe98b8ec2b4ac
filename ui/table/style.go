// Package table draws long lists of rows under headings: a million rows cost
// what is on screen. A view embeds a Table, fills its cells and says what a
// choice means; scrolling, choosing, headings and the columns that have room
// are the same in every view.
package table

import (
	"image"
	"math"

	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/internal/units"
	"traceview/ui/axis"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// A Drawer turns a scene into pixels, as raster.Renderer does.
type Drawer interface {
	Draw(dst *image.RGBA, s *scene.Scene)
}

// Style is how a view of rows draws: all that is not its data.
type Style struct {
	Palette *look.Palette
	Printer document.Printer
	Colours *look.Colours // of services, as elsewhere in the window; may be nil
	Names   *xwidget.Names
	Metrics scene.Metrics
	Drawer  Drawer  // used for pictures only
	Scale   float32 // device pixels a dp
}

// styleOf returns the style of a window's kit.
func styleOf(k *xwidget.Kit, scale float32) Style {
	return Style{k.Look, k.Words, k.Colours, k.Names, k.Metrics, k.Drawer, scale}
}

// A Figure is a number as text, with its width in device pixels.
type Figure struct {
	Text  string
	Width float32
}

// Figures write numbers in one font and language and keep what they wrote, so
// that writing it again does not allocate.
type Figures struct {
	Units   units.Printer
	Metrics scene.Metrics
	Font    scene.Font
	known   map[figureKey]Figure
}

type figureKey struct {
	kind figureKind
	a, b int64
}

type figureKind uint8

const (
	figureDuration figureKind = iota
	figureNumber
	figureShare
	figureElapsed
)

// figuresKept bounds the memory of Figures to some 2 MB. Scrolling through a
// thousand rows of ten columns needs a third of it.
const figuresKept = 1 << 15

// get returns a figure that is known, or takes up the text written.
func (f *Figures) get(k figureKey) (Figure, bool) {
	out, ok := f.known[k]
	return out, ok
}

func (f *Figures) keep(k figureKey, text string) Figure {
	if f.known == nil || len(f.known) >= figuresKept {
		f.known = make(map[figureKey]Figure, figuresKept/16)
	}
	out := Figure{text, f.Metrics.Width(f.Font, text)}
	f.known[k] = out
	return out
}

// Duration returns a duration in ns as text.
func (f *Figures) Duration(ns int64) Figure {
	k := figureKey{figureDuration, axis.ThreeFigures(ns), 0}
	if k.a != ns { // rounded ones read 41.0 ms, whole ones 41 ms
		k.b = 1
	}
	if out, ok := f.get(k); ok {
		return out
	}
	return f.keep(k, f.Units.Duration(ns))
}

// Number returns a count as text.
func (f *Figures) Number(n int) Figure {
	k := figureKey{figureNumber, int64(n), 0}
	if out, ok := f.get(k); ok {
		return out
	}
	return f.keep(k, f.Units.Number(n))
}

// Share returns part of whole as a percentage.
func (f *Figures) Share(part, whole int64) Figure {
	share := math.NaN()
	k := figureKey{kind: figureShare, a: -3}
	if whole > 0 {
		share = float64(part) / float64(whole)
		k.a = int64(math.Round(share * 1000))
		switch { // these two read differently from the number they round to
		case k.a == 0 && part > 0:
			k.a = -1
		case k.a == 1000 && part < whole:
			k.a = -2
		}
	}
	if out, ok := f.get(k); ok {
		return out
	}
	return f.keep(k, f.Units.Percent(share))
}

// Elapsed returns the place of an instant in a whole of total ns as text.
func (f *Figures) Elapsed(ns, total int64) Figure {
	k := figureKey{figureElapsed, ns, total}
	if out, ok := f.get(k); ok {
		return out
	}
	return f.keep(k, string(f.Units.AppendElapsed(make([]byte, 0, 32), ns, total)))
}
