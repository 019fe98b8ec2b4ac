package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"traceview/assets"
	"traceview/internal/document"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/raster"
	"traceview/internal/redact"
	"traceview/internal/report"
	"traceview/internal/scene"
	"traceview/ui/look"
)

// What --redact names beside files.
const (
	redactSafe = "safe"
	redactNone = "none"
)

// rulesOf returns the rules that --redact names, nil for none.
func rulesOf(name string) (*redact.Rules, error) {
	switch name {
	case redactNone, "":
		return nil, nil
	case redactSafe:
		return redact.Safe(), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	defer f.Close() // only read
	rules, err := redact.ReadRules(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rules, nil
}

// redactAll puts what may leave in the place of each trace and tells how much was
// replaced. Without rules nothing is.
func redactAll(ctx context.Context, e *env, rules *redact.Rules, traces []*model.Trace) error {
	e.redacted = ""
	if rules == nil {
		return nil
	}
	r := redact.New(rules, nil)
	for i, t := range traces {
		out, err := r.Apply(ctx, t, nil)
		if err != nil {
			return err
		}
		traces[i] = out
	}
	words := e.words()
	by, all := r.Counts()
	if all == 0 {
		fmt.Fprintln(e.err, words.T("cli.redact.nothing"))
		return nil
	}
	var kinds []redact.Kind
	for k := range by {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b redact.Kind) int { return cmp.Or(cmp.Compare(by[b], by[a]), cmp.Compare(a, b)) })
	var counts, names []string
	for _, k := range kinds {
		name := words.T("redact.kind." + k.String())
		names = append(names, name)
		counts = append(counts, name+": "+words.Units().Number(by[k]))
	}
	fmt.Fprintln(e.err, words.N("cli.redact.done", all, "kinds", strings.Join(counts, ", ")))
	e.redacted = words.T("report.redacted", "kinds", strings.Join(names, ", "))
	return nil
}

func exportMarkdown(e *env, w writer, traces []*model.Trace) error {
	docs := make([]*document.Document, len(traces))
	for i, t := range traces {
		docs[i] = prepared(t)
	}
	return report.Markdown(w, docs, e.reportOptions())
}

// prepared returns a document with the time each span worked itself at hand.
func prepared(t *model.Trace) *document.Document {
	d := document.New(t)
	d.Work()
	return d
}

func (e *env) reportOptions() report.Options {
	p := e.words()
	return report.Options{Words: p, Lang: p.Lang(), Zone: time.Local, Version: version, Created: time.Now(), Redacted: e.redacted}
}

// exportHTML writes the page that is read without traceview.
func exportHTML(e *env, w writer, traces []*model.Trace) error {
	text, err := raster.NewText(assets.InterRegular, assets.InterSemiBold)
	if err != nil {
		return fmt.Errorf("load the font: %w", err)
	}
	traces = slices.Clone(traces)
	slices.SortStableFunc(traces, func(a, b *model.Trace) int { return a.StartTime().Compare(b.StartTime()) })
	parts := make([]report.Part, len(traces))
	for i, t := range traces {
		parts[i].Doc = prepared(t)
		if i < report.MaxParts && len(t.Spans) > 0 {
			f := report.Find(parts[i].Doc)
			parts[i].Drawings = []report.Drawing{drawWaterfall(e, parts[i].Doc, text, f.Span), drawFlame(e, parts[i].Doc, text)}
		}
	}
	return report.HTML(w, parts, e.reportOptions())
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

// drawWaterfall draws the rows around a span, all where there are few.
func drawWaterfall(e *env, d *document.Document, text *raster.Text, at model.SpanIndex) report.Drawing {
	words, all := e.words(), d.Rows().Len()
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
	drawBoth(e, "waterfall", d, text, h, &g)
	return g
}

func drawFlame(e *env, d *document.Document, text *raster.Text) report.Drawing {
	words, all := e.words(), layout.NewFlame(d.Trace(), nil).Lanes()
	n := min(all, pageLanes)
	g := report.Drawing{Title: words.T("trace.flame")}
	if n < all {
		g.Note = words.T("report.drawing.lanes", "shown", n, "all", all)
	}
	drawBoth(e, "flame", d, text, layout.HeaderDp+n*layout.LaneDp+4, &g)
	return g
}

// drawBoth draws a view in both themes and notes where each span is.
func drawBoth(e *env, view string, d *document.Document, text *raster.Text, h int, g *report.Drawing) {
	draw := func(p *look.Palette) (viewPainter, *scene.Scene) {
		at, s := picture{view: view, w: pageWidth, h: h, scale: 1, palette: p, trace: d.Trace()}, &scene.Scene{}
		v := at.painter(e, d, text, nil)
		v.Build(s, at.w, at.h)
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
func areasOf(v viewPainter, d *document.Document, w, h int) (areas []report.Area) {
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
