package performance

import (
	"image"
	"math"

	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/xwidget"
)

// text draws a text that begins at x, in the middle of y … y+h.
func (p *Plot) text(s *scene.Scene, f scene.Font, x, y, h float32, c scene.Color, text string) {
	s.Text(x, float32(int(y+h/2+f.Px*0.36+0.5)), f, c, text)
}

// y returns the pixel of a duration.
func (p *Plot) y(ns int64) float32 {
	return float32(int(float64(p.area.Min.Y) + p.lat.Y(ns) + 0.5))
}

// drawAxes draws the lines of durations and instants with what they are.
func (p *Plot) drawAxes(s *scene.Scene) {
	pal, f, line := p.style.Palette, p.labels.Font, p.line()
	x0, x1 := float32(p.area.Min.X), float32(p.area.Max.X)
	y0, y1 := float32(p.area.Min.Y), float32(p.area.Max.Y)
	last := float32(math.MaxFloat32)
	for _, ns := range p.ticks {
		y := p.y(ns)
		s.Rect(x0, y, x1-x0+p.px(8+barsDp), line, pal.Grid)
		if l := p.labels.Duration(ns); last-y >= p.px(16) {
			last = y
			p.text(s, f, x0-p.px(8)-l.Width, y-p.px(8), p.px(16), pal.Secondary, l.Text)
		}
	}
	p.placeTimes()
	for _, t := range p.times {
		x := float32(int(x0 + float32(p.view.X(t.at-p.base)) + 0.5))
		s.Rect(x, y0, line, y1-y0, pal.Grid)
		s.Rect(x, y1, line, p.px(4), pal.Tree)
		if left := x - t.width/2; left >= x0-p.px(leftDp-8) && left+t.width <= x1+p.px(8) {
			p.text(s, f, left, y1+p.px(3), p.px(footDp-4), pal.Secondary, t.text)
		}
	}
	s.Rect(x0, y1, x1-x0, line, pal.Line)
}

// drawDots draws the dots one by one, or how many there are in each cell.
func (p *Plot) drawDots(s *scene.Scene) {
	s.Clip(float32(p.area.Min.X), float32(p.area.Min.Y)-p.px(4), float32(p.area.Dx()), float32(p.area.Dy())+p.px(8))
	if p.scatter.N <= fewDots {
		p.drawFew(s)
	} else {
		p.drawMany(s)
	}
	s.Unclip()
}

func (p *Plot) drawFew(s *scene.Scene) {
	pal := p.style.Palette
	d, ink := p.px(dotDp), pal.Secondary.Alpha(190)
	lo, hi := layout.Seen(p.dots, p.view)
	for _, failed := range [2]bool{false, true} { // those that failed on top
		for k := lo; k < hi; k++ {
			t := &p.dots[k]
			if t.Failed != failed {
				continue
			}
			x := float32(p.area.Min.X) + float32(p.view.X(t.At))
			y := float32(p.area.Min.Y) + float32(p.lat.YOf(float64(t.Log)))
			if failed {
				axis.DrawError(s, pal, p.style.Scale*0.75, x, y, p.px(markDp), true)
				continue
			}
			s.RoundRect(x-d/2, y-d/2, d, d, d/2, ink)
		}
	}
}

// shades is how many strengths of colour tell how full cells are.
const shades = 8

// drawMany draws cells, runs of one colour in a row at once.
func (p *Plot) drawMany(s *scene.Scene) {
	pal := p.style.Palette
	var colours [2*shades + 1]scene.Color
	for k := 1; k <= shades; k++ {
		share := 40 + 216*k/shades
		colours[k], colours[shades+k] = pal.Paper.Mix(pal.Secondary.Mix(pal.Text, 256*k/shades), share), pal.Paper.Mix(pal.Error, 90+166*k/shades)
	}
	most := math.Log2(float64(max(p.scatter.Most, 2)))
	cell := float32(p.scatter.Cell)
	for row := range p.scatter.Rows {
		y := float32(p.area.Min.Y) + float32(row)*cell
		from, ink := 0, 0
		for col := 0; col <= p.scatter.Cols; col++ {
			now := 0
			if col < p.scatter.Cols {
				if all, failed := p.scatter.At(col, row); all > 0 {
					now = 1 + min(int(math.Log2(float64(all))/most*shades), shades-1)
					if 2*failed >= all {
						now += shades
					}
				}
			}
			if now == ink {
				continue
			}
			if ink > 0 {
				s.Rect(float32(p.area.Min.X)+float32(from)*cell, y, float32(col-from)*cell, cell, colours[ink])
			}
			from, ink = col, now
		}
	}
}

// drawHistogram draws how durations are distributed, on the axis of the plot.
func (p *Plot) drawHistogram(s *scene.Scene) {
	pal, cell := p.style.Palette, float32(p.scatter.Cell)
	x, room := float32(p.area.Max.X)+p.px(8), p.px(barsDp)
	most := 0
	for row := range p.scatter.Rows {
		all, _ := p.scatter.Row(row)
		most = max(most, all)
	}
	gap := float32(0)
	if cell > 2 {
		gap = p.line() / 2
	}
	for row := range p.scatter.Rows {
		all, failed := p.scatter.Row(row)
		if all == 0 {
			continue
		}
		y := float32(p.area.Min.Y) + float32(row)*cell
		w := max(room*float32(all)/float32(most), p.line())
		s.Rect(x, y, w, cell-gap, pal.Thumb)
		if failed > 0 {
			s.Rect(x, y, max(w*float32(failed)/float32(all), p.line()), cell-gap, pal.Error)
		}
	}
	s.Rect(x-p.px(4), float32(p.area.Min.Y), p.line(), float32(p.area.Dy()), pal.Line)
}

// drawFailures draws above the dots when traces failed: the more the higher.
func (p *Plot) drawFailures(s *scene.Scene) {
	pal, y, h := p.style.Palette, float32(p.area.Min.Y)-p.px(failDp), p.px(failDp-9)
	if p.scatter.Failed == 0 {
		return
	}
	most := 0
	for col := range p.scatter.Cols {
		most = max(most, p.scatter.Column(col))
	}
	d := p.px(11)
	axis.DrawError(s, pal, p.style.Scale*0.8, float32(p.area.Min.X)-p.px(8)-d/2, y+h/2, d, true)
	n := p.labels.More(p.scatter.Failed)
	p.text(s, p.labels.Font, float32(p.area.Min.X)-p.px(12)-d-n.Width, y, h, pal.Secondary, n.Text[1:])
	cell := float32(p.scatter.Cell)
	for col := range p.scatter.Cols {
		if n := p.scatter.Column(col); n > 0 {
			bar := max(h*float32(n)/float32(most), p.px(2))
			s.Rect(float32(p.area.Min.X)+float32(col)*cell, y+h-bar, cell, bar, pal.Error)
		}
	}
}

// drawLines draws the percentiles across the dots, and names them beside the histogram.
func (p *Plot) drawLines(s *scene.Scene) {
	pal, x0, x1 := p.style.Palette, float32(p.area.Min.X), float32(p.area.Max.X)
	at := x1 + p.px(8+barsDp+6)
	below := float32(math.MaxFloat32)
	for k, ns := range p.lines {
		if ns <= 0 || k > 0 && ns == p.lines[k-1] {
			continue
		}
		y := p.y(ns)
		for x := x0; x < x1+p.px(8+barsDp); x += p.px(8) {
			s.Rect(x, y, p.px(4), p.line(), pal.Secondary)
		}
		mid := min(y, below-p.px(13))
		below = mid
		p.text(s, p.labels.Font, at, mid-p.px(8), p.px(16), pal.Text, p.texts.p[k])
	}
}

// drawHead says what is plotted and which time is in sight.
func (p *Plot) drawHead(s *scene.Scene) {
	pal, h := p.style.Palette, p.px(topDp)
	f, small := p.font(13, scene.SemiBold), p.font(12, scene.Regular)
	if p.texts.rangeOf != p.view || p.texts.range_ == "" {
		w := p.Window()
		p.texts.range_, p.texts.rangeOf = p.kit.Minutes(w.From, w.To), p.view
	}
	x, right := p.px(edgeDp), float32(p.w)-p.px(edgeDp)
	c := xwidget.Canvas{Metrics: p.style.Metrics}
	width := p.style.Metrics.Width(small, p.texts.range_)
	title := p.texts.title
	if room := right - x - width - p.px(24); p.style.Metrics.Width(f, title) > room {
		title = c.FitMiddle(f, title, room)
	}
	p.text(s, f, x, 0, h, pal.Text, title)
	p.text(s, small, right-width, 0, h, pal.Secondary, p.texts.range_)
}

// drawHand draws the range being chosen, what is under the pointer, and what that is.
func (p *Plot) drawHand(s *scene.Scene) {
	pal := p.style.Palette
	if p.hand.Drag == axis.DragRange {
		lo, hi := p.dragged()
		x0, x1, y, h := float32(p.area.Min.X), float32(p.area.Max.X), float32(p.area.Min.Y), float32(p.area.Dy())
		s.Rect(x0, y, float32(lo)-x0, h, pal.Paper.Alpha(150))
		s.Rect(float32(hi), y, x1-float32(hi), h, pal.Paper.Alpha(150))
		s.Rect(float32(lo), y, p.line(), h, pal.Accent)
		s.Rect(float32(hi)-p.line(), y, p.line(), h, pal.Accent)
		return
	}
	if p.hot < 0 || p.hot >= len(p.dots) {
		return
	}
	t := &p.dots[p.hot]
	x, y, d := float32(p.area.Min.X)+float32(p.view.X(t.At)), float32(p.area.Min.Y)+float32(p.lat.YOf(float64(t.Log))), p.px(14)
	s.Frame(x-d/2, y-d/2, d, d, d/2, 2*p.line(), pal.Accent)
	if !p.hand.Points() {
		return
	}
	if key := (tipKey{p.hot, p.w}); p.tipOf != key {
		p.tip.Set(p.tipLines(), pal, p.style.Metrics, p.style.Scale, p.w)
		p.tipOf = key
	}
	p.tip.Draw(s, p.hand.At, image.Rect(0, 0, p.w, p.h))
}

// tipLines say which trace is under the pointer.
func (p *Plot) tipLines() []xwidget.TipLine {
	pr, u := p.style.Printer, p.style.Printer.Units()
	t := &p.state.Points[p.hot]
	trace := &p.state.Set.Traces[t.Trace]
	root := p.state.Set.Root(trace)
	name := p.style.Names.Step(root.Service, root.Name)
	if name == "" {
		name = pr.T("trace.unnamed")
	}
	lines := []xwidget.TipLine{{Text: name, Strong: true}}
	if root.Service != "" {
		lines = append(lines, xwidget.TipLine{Text: p.style.Names.System(root.Service)})
	}
	lines = append(lines, xwidget.TipLine{Text: p.kit.DateTime(t.Start)})
	took := pr.T("perf.took", "duration", u.Duration(trace.Dur)) + " · " + pr.N("header.spans", trace.Spans)
	if !p.state.Of.IsZero() {
		took = pr.T("perf.took.of", "duration", u.Duration(t.Dur), "all", u.Duration(trace.Dur))
	}
	lines = append(lines, xwidget.TipLine{Text: took})
	if trace.Failed > 0 {
		lines = append(lines, xwidget.TipLine{Text: pr.N("header.errors", trace.Failed), Error: true})
	}
	return append(lines, xwidget.TipLine{Text: pr.T("perf.opens")})
}
