package drawing

import (
	"io"

	"traceview/internal/document"
	"traceview/internal/i18n"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/raster"
	"traceview/internal/report"
	"traceview/internal/savedview"
	"traceview/internal/scene"
	"traceview/ui/look"
)

// An Artist draws what reports and pictures show, as package export wants it.
type Artist struct {
	Words *i18n.Printer
	// Look, unless nil, is what a picture shows of a trace, and how; without it that is
	// the waterfall as a trace opens.
	Look func(t *model.Trace) (*document.Document, Picture)
}

// Report implements export.Artist.
func (a Artist) Report(d *document.Document, around model.SpanIndex) ([]report.Drawing, error) {
	text, err := NewText()
	if err != nil {
		return nil, err
	}
	return []report.Drawing{a.waterfall(d, text, around), a.flame(d, text)}, nil
}

// Picture implements export.Artist.
func (a Artist) Picture(w io.Writer, t *model.Trace, notes []savedview.Note, asSVG bool) error {
	text, err := NewText()
	if err != nil {
		return err
	}
	d, p := (*document.Document)(nil), Picture{View: "waterfall", W: 1920, H: 1080, Scale: 1, Palette: look.Light()}
	if a.Look != nil {
		d, p = a.Look(t)
		text.UseSystemFonts() // as the window does
	} else {
		d = document.New(t)
	}
	d.MergeNotes(notes)
	p.Words, p.Text = a.Words, text
	return Write(w, p.Scene(d), text, asSVG)
}

// The size of a drawing in a page: as wide as the page at its widest, and so many
// rows as 200 kB hold.
const (
	pageWidth = 1240
	pageRows  = 300
	pageLanes = 80
	// miniLeast is how high a waterfall is at least that has a strip of the whole
	// trace on top.
	miniLeast = 240
)

// waterfall draws the rows around a span, all where there are few.
func (a Artist) waterfall(d *document.Document, text *raster.Text, at model.SpanIndex) report.Drawing {
	words, all := a.Words, d.Rows().Len()
	n := min(all, pageRows)
	g := report.Drawing{Title: words.T("trace.waterfall"), Note: words.T("report.drawing.hint")}
	if n < all {
		d.Select(at)
		g.Note = words.T("report.drawing.rows", "shown", n, "all", all) + " " + g.Note
	}
	height := func(minimap bool) int {
		const any = 1000
		return any - layout.NewWaterfall(pageWidth, any, layout.WaterfallOptions{Scale: 1, Minimap: minimap}).Tree.Dy() + n*layout.RowDp
	}
	h := height(false)
	if h >= miniLeast {
		h = height(true)
	}
	a.both("waterfall", d, text, h, &g)
	return g
}

func (a Artist) flame(d *document.Document, text *raster.Text) report.Drawing {
	words, all := a.Words, layout.NewFlame(d.Trace(), nil).Lanes()
	n := min(all, pageLanes)
	g := report.Drawing{Title: words.T("trace.flame")}
	if n < all {
		g.Note = words.T("report.drawing.lanes", "shown", n, "all", all)
	}
	a.both("flame", d, text, layout.HeaderDp+n*layout.LaneDp+4, &g)
	return g
}

// both draws a view in both themes and notes where each span is.
func (a Artist) both(view string, d *document.Document, text *raster.Text, h int, g *report.Drawing) {
	draw := func(p *look.Palette) (Painter, *scene.Scene) {
		at, s := Picture{View: view, W: pageWidth, H: h, Scale: 1, Palette: p, Words: a.Words, Text: text}, &scene.Scene{}
		v := at.Painter(d, nil)
		v.Build(s, at.W, at.H)
		measure(s, text)
		return v, s
	}
	_, g.Dark = draw(look.Dark())
	v, light := draw(look.Light())
	g.Light = light
	g.Areas = areasOf(v, d, pageWidth, h)
	d.Hover(model.NoSpan)
}

// areaStep is how many pixels apart a view is asked what is drawn there: rows and
// lanes are ten times as high.
const areaStep = 2

// areasOf asks a view what is where, and joins what belongs together.
func areasOf(v Painter, d *document.Document, w, h int) (areas []report.Area) {
	open := map[[3]int]int{} // areas that reach the line above, by left, right and span
	for y := 0; y < h; y += areaStep {
		still := map[[3]int]int{}
		for x := 0; x < w; {
			v.Hover(float32(x), float32(y))
			from, i := x, d.Hovered()
			for x += areaStep; x < w; x += areaStep {
				v.Hover(float32(x), float32(y))
				if d.Hovered() != i {
					break
				}
			}
			if i == model.NoSpan {
				continue
			}
			key := [3]int{from, x, int(i)}
			n, ok := open[key]
			if !ok {
				n = len(areas)
				areas = append(areas, report.Area{X: from, Y: y, W: x - from, Span: i})
			}
			areas[n].H = y + areaStep - areas[n].Y
			still[key] = n
		}
		open = still
	}
	return areas
}
