package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"traceview/internal/analysis/diagnosis"
	"traceview/internal/analysis/journey"
	"traceview/internal/analysis/traffic"
	"traceview/internal/document"
	"traceview/internal/export"
	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/scene"
	"traceview/ui/drawing"
	"traceview/ui/look"
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
	drawing.Picture
	trace *model.Trace
	notes []savedview.Note
	span  model.SpanIndex

	total *traffic.Total     // of all traces, for a graph of several; nil for others
	order *journey.Journey   // of all traces, for the view of that name; nil for others
	wrong *diagnosis.Finding // with it, nil for nothing
}

// follow puts the traces of a file, or the one of them that is asked for, together to
// one order, and finds where that went wrong.
func (p *picture) follow(ctx context.Context, traces []*model.Trace, id string) error {
	if t, err := pick(traces, id); err != nil {
		return err
	} else if id != "" {
		traces = []*model.Trace{t}
	}
	list, err := diagnosis.Diagnose(ctx, traces, diagnosis.Options{Limit: 1})
	if err != nil {
		return fmt.Errorf("draw the journey: %w", err)
	}
	if p.order = journey.New(traces); len(list) > 0 {
		p.wrong = &list[0]
	}
	return nil
}

// added adds up all traces of a file.
func added(ctx context.Context, traces []*model.Trace) (*traffic.Total, error) {
	set, err := traffic.SetOf(ctx, traces)
	if err != nil {
		return nil, err
	}
	return set.Sum(ctx, traffic.Filter{}, set.Whole(), traffic.Window{}, traffic.Window{})
}

// painter makes the view asked for.
func (p *picture) painter(d *document.Document, draw drawing.Drawer) drawing.Painter {
	if p.total != nil {
		return p.Graph(func() *traffic.Total { return p.total }, draw)
	}
	if p.order != nil {
		return p.Journey(p.order, p.wrong, time.Local, draw)
	}
	return p.Painter(d, draw)
}

// spans returns how many there are in what is drawn.
func (p *picture) spans() (n int) {
	if p.total != nil {
		return p.total.Spans
	}
	if p.order == nil {
		return len(p.trace.Spans)
	}
	for _, t := range p.order.Traces {
		n += len(t.Spans)
	}
	return n
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
	p.notes = f.notes
	if p.View == drawing.JourneyView {
		err = p.follow(ctx, f.traces, c.text("trace"))
	} else if p.View == "graph" && c.text("trace") == "" && len(f.traces) > 1 {
		p.total, err = added(ctx, f.traces)
	} else if p.trace, err = pick(f.traces, c.text("trace")); err == nil {
		p.span, err = find(p.trace, c.text("span"))
	}
	if err != nil {
		return err
	}
	p.Words = e.words()
	if p.Text, err = drawing.NewText(); err != nil {
		return err
	}
	if frames > 0 {
		return reportFrames(e, c.on("json"), playFrames(ctx, &p, frames))
	}
	s := p.scene()
	return writeOut(e, out, 0o644, func(w writer) error { return drawing.Write(w, s, p.Text, ext == ".svg") })
}

// maxSide bounds a picture's width and height in pixels.
const maxSide = 16384

func pictureOf(c *call) (picture, error) {
	p := picture{Picture: drawing.Picture{Scale: float32(*c.opts["scale"].(*float64)), Palette: look.Light()}}
	if p.View = c.text("view"); !slices.Contains(drawing.Views, p.View) {
		return p, usagef("view %q: want one of %s", p.View, strings.Join(drawing.Views, " "))
	}
	if _, err := fmt.Sscanf(c.text("size"), "%dx%d", &p.W, &p.H); err != nil || p.W < 100 || p.H < 60 || p.W > maxSide || p.H > maxSide {
		return p, usagef("size %q: want WIDTHxHEIGHT from 100x60 to %dx%d", c.text("size"), maxSide, maxSide)
	}
	if !(p.Scale >= 0.5 && p.Scale <= 4) {
		return p, usagef("--scale must be from 0.5 to 4")
	}
	switch theme := c.text("theme"); theme {
	case "light":
	case "dark":
		p.Palette = look.Dark()
	default:
		return p, usagef("theme %q: want light or dark", theme)
	}
	p.W, p.H = int(float32(p.W)*p.Scale), int(float32(p.H)*p.Scale)
	if p.W > maxSide || p.H > maxSide { // 1 GiB in memory
		return p, usagef("--size times --scale is %dx%d: want at most %dx%d", p.W, p.H, maxSide, maxSide)
	}
	return p, nil
}

// scene draws the trace, around the span asked for.
func (p *picture) scene() *scene.Scene {
	if p.trace == nil {
		s := &scene.Scene{}
		p.painter(nil, nil).Build(s, p.W, p.H)
		return s
	}
	d := document.New(p.trace)
	d.MergeNotes(p.notes)
	v, s := p.painter(d, nil), &scene.Scene{}
	v.Build(s, p.W, p.H) // the first frame tells the document its size
	if p.span != model.NoSpan {
		d.Select(p.span)
		v.Build(s, p.W, p.H)
	}
	return s
}

// pick returns the trace with that id, or the only one, or the largest.
func pick(traces []*model.Trace, id string) (*model.Trace, error) {
	if len(traces) == 0 {
		return nil, fmt.Errorf("draw: the file holds no traces")
	}
	if id == "" {
		return export.Largest(traces), nil
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
	if i := t.SpanOf(want); i != model.NoSpan {
		return i, nil
	}
	return model.NoSpan, fmt.Errorf("select span %s: it is not in trace %s", want, t.ID)
}
