// Package drawing draws the views of a trace without a window: for files, reports
// and measuring.
package drawing

import (
	"fmt"
	"image"
	"image/png"
	"io"

	"traceview/assets"
	"traceview/internal/analysis/traffic"
	"traceview/internal/document"
	"traceview/internal/i18n"
	"traceview/internal/raster"
	"traceview/internal/scene"
	"traceview/internal/svg"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/table"
	"traceview/ui/view/events"
	"traceview/ui/view/flame"
	"traceview/ui/view/graph"
	"traceview/ui/view/merged"
	"traceview/ui/view/stats"
	"traceview/ui/view/timeline"
)

// Views are the names of the views that can be drawn.
var Views = []string{"waterfall", "flame", "flame-merged", "stats", "graph", "events", JourneyView}

// JourneyView is the name of the view that Picture.Journey draws, which is of all the
// traces of an order and not of one.
const JourneyView = "journey"

// A Painter makes pictures of a view and takes input.
type Painter interface {
	Build(s *scene.Scene, w, h int)
	Paint(dst *image.RGBA)
	Hover(x, y float32) bool
	Scroll(dx, dy float32, mods canvasview.Mods) bool
}

// A Drawer turns a scene into pixels.
type Drawer interface {
	Draw(dst *image.RGBA, s *scene.Scene)
}

// A Picture is how a view is drawn.
type Picture struct {
	View    string // one of Views; the waterfall for any other
	W, H    int    // device pixels
	Scale   float32
	Palette *look.Palette
	Colours *look.Colours // of services; nil where no other picture must be alike
	Words   *i18n.Printer
	Text    *raster.Text
}

// NewText returns the fonts of the program.
func NewText() (*raster.Text, error) {
	text, err := raster.NewText(assets.InterRegular, assets.InterSemiBold)
	if err != nil {
		return nil, fmt.Errorf("load the font: %w", err)
	}
	return text, nil
}

// Painter makes the view of a document; without a Drawer it makes scenes only.
func (p *Picture) Painter(d *document.Document, draw Drawer) Painter {
	rows := table.Style{Palette: p.Palette, Colours: p.Colours, Printer: p.Words, Metrics: p.Text, Drawer: draw, Scale: p.Scale}
	switch p.View {
	case "flame":
		return flame.New(d, flame.Style{Palette: p.Palette, Colours: p.Colours, Printer: p.Words, Metrics: p.Text, Drawer: draw, Scale: p.Scale})
	case "flame-merged":
		return merged.New(d, merged.Style{Palette: p.Palette, Colours: p.Colours, Printer: p.Words, Metrics: p.Text, Drawer: draw, Scale: p.Scale})
	case "stats":
		return stats.New(d, rows, stats.Actions{})
	case "graph":
		return p.Graph(func() *traffic.Total { return d.Graph().Total }, draw)
	case "events":
		return events.New(d, rows, events.Actions{})
	}
	return timeline.New(d, timeline.Style{Palette: p.Palette, Colours: p.Colours, Printer: p.Words, Metrics: p.Text, Drawer: draw, Scale: p.Scale})
}

// Graph makes the graph of the services of several traces.
func (p *Picture) Graph(total func() *traffic.Total, draw Drawer) Painter {
	style := axis.Style{Palette: p.Palette, Colours: p.Colours, Printer: p.Words, Metrics: p.Text, Drawer: draw, Scale: p.Scale}
	return graph.New(func() graph.State { return graph.State{Total: total()} }, style, graph.Actions{})
}

// Scene draws a document once.
func (p *Picture) Scene(d *document.Document) *scene.Scene {
	s := &scene.Scene{}
	p.Painter(d, nil).Build(s, p.W, p.H)
	return s
}

// Write writes a scene as a drawing or as pixels.
func Write(w io.Writer, s *scene.Scene, text *raster.Text, asSVG bool) error {
	if asSVG {
		measure(s, text)
		_, err := w.Write(svg.Append(nil, s))
		return err
	}
	dst := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	raster.New(text).Draw(dst, s)
	return png.Encode(w, dst)
}

// measure notes how wide the texts of a scene are: who opens the file may have
// wider fonts, and they would run into what stands beside them.
func measure(s *scene.Scene, text *raster.Text) {
	for i := range s.Ops {
		if op := &s.Ops[i]; op.Kind == scene.OpText {
			op.W = text.Width(op.Font, s.Strings[op.From])
		}
	}
}
