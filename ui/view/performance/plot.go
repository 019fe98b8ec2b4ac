// Package performance shows how a set of traces did: when each was and how long it
// took, how durations are distributed, what every operation and service contributed and how
// that changed, and the slowest examples. It draws what package traffic added up.
package performance

import (
	"image"
	"time"

	"traceview/internal/analysis/traffic"
	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// Sizes of the plot in dp.
const (
	leftDp  = 76  // durations
	rightDp = 198 // the histogram
	barsDp  = 84  // of it, bars
	topDp   = 30  // what is shown
	failDp  = 20  // the strip of errors
	footDp  = 24  // instants
	cellDp  = 3
	// largeCellDp is that of cells where there are many dots: nearly all cells have some.
	largeCellDp = 4
	dotDp       = 6
	markDp      = 10 // a dot that failed
	reachDp     = 9
	tickDp      = 92 // least distance of instants
	edgeDp      = 20
	plotLeast   = 60
)

// fewDots is up to how many dots are drawn one by one: more lie over each other, and
// are drawn as how many there are in each cell.
const fewDots = 1500

// manyDots is from how many dots on cells are larger: half as many of them to draw.
const manyDots = 30_000

// A State is what the plot shows. It keeps it until the next.
type State struct {
	Set    *traffic.Set // nil while there is none
	Points []traffic.Point
	Of     traffic.Target // whose durations the points are
	Total  *traffic.Total // of the time in sight; may lag behind
	Empty  [2]string      // why there is nothing, and what next
}

// Actions are what the plot asks of the window.
type Actions struct {
	Open  func(p traffic.Point)
	Range func(w traffic.Window) // another stretch of time is in sight
}

// A Plot draws the scatter and the histogram beside it, and acts on them. All its
// units are device pixels. It is used by one goroutine; once its lists have grown a frame
// allocates nothing.
type Plot struct {
	kit     *xwidget.Kit
	style   axis.Style
	do      Actions
	scene   scene.Scene
	state   State
	dots    []layout.Dot
	base    int64 // Unix ns of the left edge of all
	view    layout.Viewport
	lat     layout.LogAxis
	ticks   []int64
	scatter layout.Scatter
	filled  fillKey
	area    image.Rectangle // of the dots
	w, h    int
	hand    axis.Hand
	hot     int // dot under the pointer, -1 for none
	tip     xwidget.Tip
	tipOf   tipKey
	labels  axis.Labels
	times   []timeTick
	timesOf timesKey
	names   map[timeName]string
	lines   [3]int64 // percentiles
	texts   plotTexts
}

// fillKey is what the counted cells depend on.
type fillKey struct {
	view layout.Viewport
	lat  layout.LogAxis
	cell int
	dots *layout.Dot
	n    int
}

type tipKey struct{ dot, w int }

// plotTexts are the texts of a frame that change with the state only.
type plotTexts struct {
	title, range_     string
	rangeOf           layout.Viewport
	p                 [3]string
	errors, histogram string
}

// NewPlot returns a Plot of nothing.
func NewPlot(kit *xwidget.Kit, s axis.Style, do Actions) *Plot {
	p := &Plot{kit: kit, do: do, hot: -1}
	p.hand.Leave()
	p.SetStyle(s)
	return p
}

// NewView returns the plot as a widget, and its painter; unused is offered the keys it
// does not take.
func NewView(kit *xwidget.Kit, do Actions, unused func(e canvasview.Event) bool) (*xwidget.Plot, *Plot) {
	p := NewPlot(kit, axis.StyleOf(kit, 1), do)
	return axis.NewPlot(kit, p, unused), p
}

// SetStyle changes theme, language, font or scale.
func (p *Plot) SetStyle(s axis.Style) {
	if !(s.Scale > 0) {
		s.Scale = 1
	}
	p.style, p.tipOf, p.timesOf, p.names = s, tipKey{-1, 0}, timesKey{}, map[timeName]string{}
	p.labels = axis.Labels{Units: s.Printer.Units(), Metrics: s.Metrics, Font: p.font(11, scene.Regular)}
	p.write()
}

// Refresh has instants written anew, in another zone.
func (p *Plot) Refresh() {
	p.timesOf, p.names, p.tipOf, p.texts.rangeOf = timesKey{}, map[timeName]string{}, tipKey{-1, 0}, layout.Viewport{}
}

func (p *Plot) font(dp float32, w scene.Weight) scene.Font {
	return scene.Font{Px: dp * p.style.Scale, Weight: w}
}

func (p *Plot) px(dp float32) float32 { return float32(int(dp*p.style.Scale + 0.5)) }

func (p *Plot) line() float32 { return max(p.px(1), 1) }

// Set shows a state. The stretch of time in sight stays where the set is the same.
func (p *Plot) Set(s State) {
	same := p.state.Set == s.Set
	points := same && len(p.state.Points) == len(s.Points) && (len(s.Points) == 0 || &p.state.Points[0] == &s.Points[0])
	p.state = s
	if !same {
		p.stretch()
	}
	if !points {
		p.place()
	}
	p.lines = s.percentiles()
	p.write()
}

// stretch begins with all of the time of a set in sight, with some room beside it.
func (p *Plot) stretch() {
	if p.state.Set == nil {
		p.view = layout.Viewport{}
		return
	}
	from, to := p.state.Set.Bounds()
	room := max((to-from)/64, int64(time.Second))
	p.base = from - room
	p.view = layout.Fit(to-from+2*room, max(p.area.Dx(), 1))
}

// place makes dots of the points.
func (p *Plot) place() {
	p.dots, p.hot, p.tipOf = make([]layout.Dot, len(p.state.Points)), -1, tipKey{-1, 0}
	least, most := int64(1)<<62, int64(0)
	for k, t := range p.state.Points {
		p.dots[k] = layout.NewDot(t.Start-p.base, t.Dur, t.Failed)
		least, most = min(least, t.Dur), max(most, t.Dur)
	}
	if most == 0 {
		least = 1
	}
	p.lat = layout.NewLogAxis(max(least, 1), most, max(p.area.Dy(), 1))
	p.ticks = p.lat.Ticks(p.ticks[:0])
}

// percentiles returns those of what the points are of, as they were added up.
func (s *State) percentiles() (out [3]int64) {
	t := s.Total
	switch {
	case t == nil:
	case s.Of.IsZero():
		out = [3]int64{t.P50, t.P95, t.P99}
	default:
		list := t.Operations
		if s.Of.Whole {
			list = t.Services
		}
		for k := range list {
			if r := &list[k]; r.Target == s.Of {
				out = [3]int64{r.P50, r.P95, r.P99}
			}
		}
	}
	return out
}

// write writes the texts that change with the state.
func (p *Plot) write() {
	pr := p.style.Printer
	p.texts = plotTexts{errors: pr.T("perf.errors"), histogram: pr.T("perf.histogram")}
	switch of := p.state.Of; {
	case of.IsZero():
		p.texts.title = pr.T("perf.traces.title")
	case of.Whole:
		p.texts.title = pr.T("perf.service.title", "service", p.style.Names.System(of.Service))
	default:
		p.texts.title = pr.T("perf.operation.title", "operation", p.style.Names.Step(of.Service, of.Name), "service", p.style.Names.System(of.Service))
	}
	for k, name := range [3]string{"p50 ", "p95 ", "p99 "} {
		if p.lines[k] > 0 {
			p.texts.p[k] = name + pr.Units().Duration(p.lines[k])
		}
	}
}

// Window returns the stretch of time in sight.
func (p *Plot) Window() traffic.Window {
	return traffic.Window{From: p.base + p.view.Start, To: p.base + p.view.End() + 1}
}

// Whole says whether all of the time is in sight.
func (p *Plot) Whole() bool { return p.view.Fitted() }

// ShowAll brings all of the time into sight.
func (p *Plot) ShowAll() bool { return p.show(layout.Fit(p.view.Total, p.view.Width)) }

// show changes the time in sight and tells the window.
func (p *Plot) show(v layout.Viewport) bool {
	if p.state.Set == nil || v == p.view {
		return false
	}
	p.view = v
	p.hot = -1
	if p.do.Range != nil {
		p.do.Range(p.Window())
	}
	return true
}

// Paint draws the plot on dst, filling it.
func (p *Plot) Paint(dst *image.RGBA) {
	b := dst.Bounds()
	p.Build(&p.scene, b.Dx(), b.Dy())
	p.style.Drawer.Draw(dst, &p.scene)
}

// Build makes the scene of the plot on w × h pixels.
func (p *Plot) Build(s *scene.Scene, w, h int) {
	s.Reset(w, h, p.style.Palette.Paper)
	p.arrange(w, h)
	if p.state.Set == nil || len(p.state.Points) == 0 || p.area.Dx() < plotLeast || p.area.Dy() < plotLeast/2 {
		axis.DrawNotice(s, p.style.Palette, p.style.Metrics, p.style.Scale, p.state.Empty[0], p.state.Empty[1])
		return
	}
	p.fill()
	p.drawAxes(s)
	p.drawDots(s)
	p.drawHistogram(s)
	p.drawFailures(s)
	p.drawLines(s)
	p.drawHead(s)
	p.drawHand(s)
}

// arrange finds the place of everything.
func (p *Plot) arrange(w, h int) {
	p.w, p.h = w, h
	left, right := int(p.px(leftDp)), int(p.px(rightDp))
	p.area = image.Rect(left, int(p.px(topDp+failDp)), max(w-right, left), max(h-int(p.px(footDp)), int(p.px(topDp+failDp))))
	if p.view.Total > 0 {
		p.view = p.view.Resize(max(p.area.Dx(), 1))
	}
	p.lat.Px = max(p.area.Dy(), 1)
}

// fill counts the dots of each cell, unless that is known.
func (p *Plot) fill() {
	cell := p.px(cellDp)
	if len(p.dots) > manyDots {
		cell = p.px(largeCellDp)
	}
	key := fillKey{view: p.view, lat: p.lat, cell: int(cell), n: len(p.dots)}
	if len(p.dots) > 0 {
		key.dots = &p.dots[0]
	}
	if key != p.filled {
		p.scatter.Fill(p.dots, p.view, p.lat, key.cell)
		p.filled = key
	}
}
