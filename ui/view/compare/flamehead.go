package compare

import (
	"image"
	"strings"

	"traceview/internal/analysis/comparison"
	"traceview/internal/scene"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// Sizes in dp.
const (
	choiceRowDp = 36
	choiceDp    = 24
	swatchDp    = 14
)

// drawHead draws what the boxes are wide by and, below it, the way to the step chosen.
func (p *Flame) drawHead(s *scene.Scene) {
	pal, w, head := p.style.Palette, float32(s.W), float32(p.g.Area.Min.Y)
	s.Rect(0, 0, w, head, pal.Panel)
	s.Rect(0, head-float32(p.g.Line), w, float32(p.g.Line), pal.Line)
	px, f := p.lanes.Px, p.fonts.strong
	h := px(choiceDp)
	x, y := px(20), float32(int((px(choiceRowDp)-h)/2))
	x += p.text(s, x, y, h, f, pal.Secondary, p.words.all) + px(12)
	for k, word := range p.words.widths {
		width := float32(int(p.style.Metrics.Width(f, word) + px(20)))
		spot := flameSpot{image.Rect(int(x), int(y), int(x+width), int(y+h)), comparison.Width(k)}
		p.spots = append(p.spots, spot)
		ink := pal.Secondary
		s.Rect(x, y, width, h, pal.Paper)
		s.Frame(x, y, width, h, px(4), float32(p.g.Line), pal.Line)
		if comparison.Width(k) == p.width {
			s.RoundRect(x, y, width, h, px(4), pal.Wash())
			s.Frame(x, y, width, h, px(4), float32(p.g.Line), pal.Accent)
			ink = pal.Text
		} else if p.pointer.Inside && p.pointer.At.In(spot.Rectangle) {
			ink = pal.Text
		}
		p.text(s, x+px(10), y, h, f, ink, word)
		x += width
	}
	p.drawWay(s, px(choiceRowDp)-px(2), w-px(20))
}

// text draws a text in the middle of a strip and returns its width.
func (p *Flame) text(s *scene.Scene, x, y, h float32, f scene.Font, col scene.Color, text string) float32 {
	s.Text(x, p.baseline(f, y, h), f, col, text)
	return p.style.Metrics.Width(f, text)
}

// drawWay writes the names from the first step to the one chosen, as many of the last
// ones as there is room for.
func (p *Flame) drawWay(s *scene.Scene, y, right float32) {
	row := p.m.Selected()
	if row < 0 || p.of == nil {
		return
	}
	px, f, small := p.lanes.Px, p.fonts.strong, scene.Font{Px: 12 * p.style.Scale}
	h, x := px(32), px(20)
	gap := px(18)
	names := p.wayNames(row, right-x, gap)
	for k := len(names) - 1; k >= 0; k-- {
		font, col := small, p.style.Palette.Secondary
		if k == 0 {
			font, col = f, p.style.Palette.Text
		}
		x += p.text(s, x, y, h, font, col, names[k])
		if k > 0 {
			mid, d, t := y+h/2, px(4), max(1, px(1))
			s.Line(x+gap/2-d/2, mid-d, x+gap/2+d/2, mid, t, p.style.Palette.Secondary)
			s.Line(x+gap/2+d/2, mid, x+gap/2-d/2, mid+d, t, p.style.Palette.Secondary)
			x += gap
		}
	}
}

// way is what drawWay wrote last, the last name first.
type way struct {
	row   int32
	of    *comparison.Comparison
	room  float32
	names []string
}

// wayNames returns the names that have room, the last first.
func (p *Flame) wayNames(row int32, room, gap float32) []string {
	if p.way.of == p.of && p.way.row == row && p.way.room == room {
		return p.way.names
	}
	p.way = way{row: row, of: p.of, room: room}
	c := xwidget.Canvas{Metrics: p.style.Metrics}
	for k := row; k >= 0; k = p.of.Rows[k].Parent {
		name, _ := p.m.Called(k)
		if name == "" {
			name = p.words.unnamed
		}
		if k == row {
			name = c.FitMiddle(p.fonts.strong, name, room)
		}
		if room -= p.style.Metrics.Width(p.fonts.strong, name) + gap; room < gap && k != row {
			p.way.names = append(p.way.names, "…")
			break
		}
		p.way.names = append(p.way.names, name)
	}
	return p.way.names
}

// drawLegend draws below the lanes what the colours mean.
func (p *Flame) drawLegend(s *scene.Scene) {
	pal, px := p.style.Palette, p.lanes.Px
	top, w := float32(p.g.Area.Max.Y), float32(s.W)
	h := float32(s.H) - top
	s.Rect(0, top, w, h, pal.Paper)
	s.Rect(0, top, w, float32(p.g.Line), pal.Line)
	f, d := p.fonts.small, px(swatchDp)
	x, y := px(20), top+float32(int((h-d)/2))
	x += p.text(s, x, top, h, f, pal.Secondary, p.words.less) + px(8)
	for step := -look.DivergeSteps; step <= look.DivergeSteps; step++ {
		s.Rect(x, y, d*1.5, d, pal.Diverge(step).Bar)
		if step == 0 {
			half := p.style.Metrics.Width(f, p.words.same)/2 - d*0.75
			if half < 4*d*1.5 { // it stands above the middle where the row is high enough
				s.Frame(x, y, d*1.5, d, 0, float32(p.g.Line), pal.Secondary)
			}
		}
		x += d * 1.5
	}
	x += px(8)
	x += p.text(s, x, top, h, f, pal.Secondary, p.words.more) + px(24)
	for k, word := range []string{p.words.onlyA, p.words.onlyB} {
		c := tone(pal, comparison.Side(k))
		if x+d*1.5+px(6)+p.style.Metrics.Width(f, word) > w-px(20) {
			return
		}
		s.Rect(x, y, d*1.5, d, c.Bar)
		s.Hatch(x, y, d*1.5, d, px(5), max(px(1), 1), c.Ink.Alpha(90))
		s.Frame(x, y, d*1.5, d, 0, max(px(1.5), 1), pal.Text.Alpha(150))
		x += d*1.5 + px(6)
		x += p.text(s, x, top, h, f, pal.Secondary, word) + px(20)
	}
}

// drawTip draws the small text beside the pointer.
func (p *Flame) drawTip(s *scene.Scene) {
	if !p.pointer.Points() || p.of == nil {
		return
	}
	row, n := p.hit(p.pointer.At)
	if row < 0 {
		return
	}
	if now := (flameAbout{row, n, p.of, s.W}); now != p.about || p.tip.Empty() {
		p.about = now
		p.tip.Set(p.tipLines(row, n), p.style.Palette, p.style.Metrics, p.style.Scale, s.W)
	}
	p.tip.Draw(s, p.pointer.At, image.Rectangle{Max: p.g.Size})
}

func (p *Flame) tipLines(row int32, n int) []xwidget.TipLine {
	r := &p.of.Rows[row]
	name, _ := p.m.Called(row)
	if name == "" {
		name = p.words.unnamed
	}
	lines := []xwidget.TipLine{{Text: name, Strong: true}}
	for k, f := range Facts(p.kit, p.m, row) {
		l := xwidget.TipLine{Text: f}
		if k == 0 {
			l.Swatch = p.style.Palette.Diverge(p.m.step(row)).Bar
		}
		lines = append(lines, l)
	}
	if r.Sides[comparison.B].Errors > 0 {
		lines = append(lines, xwidget.TipLine{Text: p.style.Printer.N("header.errors", int(r.Sides[comparison.B].Errors)), Error: true})
	}
	if n > 1 {
		lines = append(lines, xwidget.TipLine{Text: p.style.Printer.N("merged.narrow", n)})
	}
	return lines
}

// Tip returns the lines beside the pointer at x, y, "" for none.
func (p *Flame) Tip(x, y float32) string {
	row, n := p.hit(image.Pt(int(x), int(y)))
	if row < 0 {
		return ""
	}
	var out []string
	for _, l := range p.tipLines(row, n) {
		out = append(out, l.Text)
	}
	return strings.Join(out, "\n")
}
