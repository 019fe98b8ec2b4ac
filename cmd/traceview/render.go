package main

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"path/filepath"
	"slices"
	"strings"

	"traceview/assets"
	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/raster"
	"traceview/internal/scene"
	"traceview/internal/svg"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/table"
	"traceview/ui/view/events"
	"traceview/ui/view/flame"
	"traceview/ui/view/merged"
	"traceview/ui/view/stats"
	"traceview/ui/view/timeline"
)

var renderCommand = command{
	name: "render",
	args: "FILE",
	flags: func(c *call) {
		c.addText("view", "waterfall")
		c.addText("o", "")
		c.addText("size", "1920x1080")
		c.addText("theme", "light")
		c.addText("trace", "")
		c.addText("span", "")
		c.addInt("frames", 0)
		c.addBool("json")
		c.opts["scale"] = c.Float64("scale", 1, "")
	},
	run: runRender,
}

// A picture is what render is asked to draw.
type picture struct {
	view    string
	w, h    int
	scale   float32
	palette *look.Palette
	trace   *model.Trace
	span    model.SpanIndex
}

func runRender(ctx context.Context, e *env, c *call) error {
	path, err := c.one("FILE")
	if err != nil {
		return err
	}
	p, err := pictureOf(c)
	if err != nil {
		return err
	}
	out, frames := c.text("o"), c.number("frames")
	ext := strings.ToLower(filepath.Ext(out))
	switch {
	case frames < 0 || frames > maxFrames:
		return usagef("--frames %d: want 1 to %d", frames, maxFrames)
	case frames > 0 && out != "":
		return usagef("--frames draws no file: leave out -o")
	case frames == 0 && ext != ".png" && ext != ".svg":
		return usagef("-o %q: want a name that ends in .png or .svg", out)
	}
	f, err := openFile(ctx, e, path)
	if err != nil {
		return err
	}
	if p.trace, err = pick(f.traces, c.text("trace")); err != nil {
		return err
	}
	if p.span, err = find(p.trace, c.text("span")); err != nil {
		return err
	}
	text, err := raster.NewText(assets.InterRegular, assets.InterSemiBold)
	if err != nil {
		return fmt.Errorf("load the font: %w", err)
	}
	if frames > 0 {
		return reportFrames(e, c.on("json"), playFrames(ctx, e, &p, text, frames))
	}
	s := p.scene(e, text)
	return writeOut(e, out, func(w writer) error { return drawScene(w, s, text, ext == ".svg") })
}

// drawScene writes a scene as a drawing or as pixels.
func drawScene(w writer, s *scene.Scene, text *raster.Text, asSVG bool) error {
	if asSVG {
		_, err := w.Write(svg.Append(nil, s))
		return err
	}
	dst := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	raster.New(text).Draw(dst, s)
	return png.Encode(w, dst)
}

// maxSide bounds a picture's width and height in pixels.
const maxSide = 16384

func pictureOf(c *call) (picture, error) {
	p := picture{scale: float32(*c.opts["scale"].(*float64)), palette: look.Light()}
	if p.view = c.text("view"); !slices.Contains(views, p.view) {
		return p, usagef("view %q: want one of %s", p.view, strings.Join(views, " "))
	}
	if _, err := fmt.Sscanf(c.text("size"), "%dx%d", &p.w, &p.h); err != nil || p.w < 100 || p.h < 60 || p.w > maxSide || p.h > maxSide {
		return p, usagef("size %q: want WIDTHxHEIGHT from 100x60 to %dx%d", c.text("size"), maxSide, maxSide)
	}
	if !(p.scale >= 0.5 && p.scale <= 4) {
		return p, usagef("--scale must be from 0.5 to 4")
	}
	switch theme := c.text("theme"); theme {
	case "light":
	case "dark":
		p.palette = look.Dark()
	default:
		return p, usagef("theme %q: want light or dark", theme)
	}
	p.w, p.h = int(float32(p.w)*p.scale), int(float32(p.h)*p.scale)
	if p.w > maxSide || p.h > maxSide { // 1 GiB in memory
		return p, usagef("--size times --scale is %dx%d: want at most %dx%d", p.w, p.h, maxSide, maxSide)
	}
	return p, nil
}

// views are the names of the views that can be drawn.
var views = []string{"waterfall", "flame", "flame-merged", "stats", "events"}

// A viewPainter makes pictures of a view and takes input.
type viewPainter interface {
	Build(s *scene.Scene, w, h int)
	Paint(dst *image.RGBA)
	Hover(x, y float32) bool
	Scroll(dx, dy float32, mods canvasview.Mods) bool
}

// A drawer turns a scene into pixels.
type drawer interface {
	Draw(dst *image.RGBA, s *scene.Scene)
}

func (p *picture) scene(e *env, text *raster.Text) *scene.Scene {
	d := document.New(p.trace)
	v := p.painter(e, d, text, nil)
	s := &scene.Scene{}
	v.Build(s, p.w, p.h) // the first frame tells the document its size
	if p.span != model.NoSpan {
		d.Select(p.span)
		v.Build(s, p.w, p.h)
	}
	return s
}

// painter makes the view of a document; without a drawer it makes scenes only.
func (p *picture) painter(e *env, d *document.Document, text *raster.Text, draw drawer) viewPainter {
	rows := table.Style{Palette: p.palette, Printer: e.words(), Metrics: text, Drawer: draw, Scale: p.scale}
	switch p.view {
	case "flame":
		return flame.New(d, flame.Style{Palette: p.palette, Printer: e.words(), Metrics: text, Drawer: draw, Scale: p.scale})
	case "flame-merged":
		return merged.New(d, merged.Style{Palette: p.palette, Printer: e.words(), Metrics: text, Drawer: draw, Scale: p.scale})
	case "stats":
		return stats.New(d, rows, stats.Actions{})
	case "events":
		return events.New(d, rows, events.Actions{})
	}
	return timeline.New(d, timeline.Style{Palette: p.palette, Printer: e.words(), Metrics: text, Drawer: draw, Scale: p.scale})
}

// pick returns the trace with that id, or the only one, or the largest.
func pick(traces []*model.Trace, id string) (*model.Trace, error) {
	if len(traces) == 0 {
		return nil, fmt.Errorf("draw: the file holds no traces")
	}
	if id == "" {
		best := traces[0]
		for _, t := range traces {
			if len(t.Spans) > len(best.Spans) {
				best = t
			}
		}
		return best, nil
	}
	want, err := model.ParseTraceID(id)
	if err != nil {
		return nil, usageError{err}
	}
	for _, t := range traces {
		if t.ID == want {
			return t, nil
		}
	}
	return nil, fmt.Errorf("draw trace %s: it is not in the file", want)
}

// find returns the span with that id, NoSpan for none asked for.
func find(t *model.Trace, id string) (model.SpanIndex, error) {
	if id == "" {
		return model.NoSpan, nil
	}
	want, err := model.ParseSpanID(id)
	if err != nil {
		return model.NoSpan, usageError{err}
	}
	for i := range t.Spans {
		if t.Spans[i].ID == want {
			return model.SpanIndex(i), nil
		}
	}
	return model.NoSpan, fmt.Errorf("select span %s: it is not in trace %s", want, t.ID)
}
