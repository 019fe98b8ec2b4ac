package performance

import (
	"math"
	"strconv"
	"strings"

	"traceview/internal/analysis/traffic"
	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/table"
)

// timesText writes how many times as much: two figures are enough.
func timesText(ratio float64, lang string) string {
	text := strconv.FormatFloat(ratio, 'f', 1, 64)
	switch {
	case ratio >= 9.95:
		text = strconv.FormatFloat(math.Round(ratio), 'f', 0, 64)
	case ratio < 1.95:
		text = strconv.FormatFloat(ratio, 'f', 2, 64)
	}
	if lang == "ru" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// Cell implements table.Source.
func (p *Rows) Cell(s *scene.Scene, row int, c table.Cell) {
	r, id, pal := p.At(row), int(p.order[row]), p.Style.Palette
	switch c.Column {
	case colName:
		called, own := p.called(r), ""
		name, col := called[1], pal.Text
		if name != r.Name && p.alike.Several(called) {
			own = r.Name
		}
		if name == "" {
			name, col = p.words.unnamed, pal.Secondary
		}
		c = p.Dot(s, c, pal.Service(p.color[r.Service]).Bar)
		x := p.Beside(s, c, p.Text(s, c, id, name, col), id, own) + p.Px(8)
		if int(r.Kind) < len(p.kinds) {
			c.W, c.X = c.X+c.W-x, x
			p.Whole(s, c, p.kinds[r.Kind], pal.Secondary)
		}
	case colService:
		name, col := p.Style.Names.System(r.Service), pal.Secondary
		if name == "" {
			name = p.words.unknown
		}
		if c.Lead {
			c, col = p.Dot(s, c, pal.Service(p.color[r.Service]).Bar), pal.Text
		}
		p.Text(s, c, id, name, col)
	case colCount:
		p.Number(s, c, p.Figures.Number(r.Count), pal.Text)
	case colRate:
		p.drawRate(s, c, r)
	case colErrors:
		if r.Errors > 0 {
			x := p.Number(s, c, p.Figures.Number(r.Errors), pal.Text)
			p.Cross(s, c, x-p.Px(6), true)
		}
	case colFailed:
		if r.Errors > 0 {
			p.Number(s, c, p.Figures.Share(int64(r.Errors), int64(r.Count)), pal.Text)
		}
	case colSelf:
		p.Bar(s, c, r.Self, p.total.Self, pal.Service(p.color[r.Service]).Bar)
		p.Number(s, c, p.Figures.Share(r.Self, p.total.Self), pal.Text)
	case colPath:
		p.Number(s, c, p.Figures.Share(r.Path, p.total.Path), pal.Text)
	case colTrend:
		p.drawTrend(s, c, r)
	default:
		if r.Count > 0 {
			p.Number(s, c, p.Figures.Duration([...]int64{colP50: r.P50, colP95: r.P95, colP99: r.P99, colMax: r.Max}[c.Column]), pal.Text)
		}
	}
}

// drawRate draws how many spans there are in a time.
func (p *Rows) drawRate(s *scene.Scene, c table.Cell, r *traffic.Row) {
	if !p.rated() {
		return
	}
	n := p.perTime(r)
	f := p.Figures.Number(n)
	if n == 0 && r.Count > 0 {
		f = table.Figure{Text: "<1", Width: p.Style.Metrics.Width(p.Figures.Font, "<1")}
	}
	p.Number(s, c, f, p.Style.Palette.Text)
}

// rated says whether the time is long enough to tell a throughput.
func (p *Rows) rated() bool { return p.total.Window.Dur() >= 60e9 }

// perTime returns how many spans there are in the time that throughput is told for.
func (p *Rows) perTime(r *traffic.Row) int {
	n := float64(r.Count) * p.rate.ns / max(float64(p.total.Window.Dur()), 1)
	return int(math.Round(min(n, 1e15)))
}

func (p *Rows) rateText(r *traffic.Row) string {
	if n := p.perTime(r); n > 0 {
		return p.Style.Printer.Units().Number(n)
	}
	return "<1"
}

// drawTrend draws what became worse before what became better: more errors, then a
// triangle that points the way durations went, with what that says.
func (p *Rows) drawTrend(s *scene.Scene, c table.Cell, r *traffic.Row) {
	pal, t := p.Style.Palette, &r.Trend
	mid, d := c.Y+c.H/2, p.Px(8)
	move := func(by float32) { c.X, c.W = c.X+by, c.W-by }
	switch {
	case t.Failures == traffic.More:
		p.Cross(s, c, c.X+p.Px(11), true)
		move(p.Px(16))
		p.Whole(s, c, p.words.more, pal.Text)
	case t.Failures == traffic.Less && t.Latency != traffic.More:
		p.Whole(s, c, p.words.less, pal.Text)
	case t.Latency == traffic.More || t.Latency == traffic.Less:
		foot, tip := mid+d/2-p.Px(1), mid-d/2
		if t.Latency == traffic.Less {
			foot, tip = tip, foot
		}
		s.Poly(pal.Text, scene.Point{X: c.X, Y: foot}, scene.Point{X: c.X + d, Y: foot}, scene.Point{X: c.X + d/2, Y: tip})
		move(d + p.Px(5))
		p.Whole(s, c, p.trendText(t), pal.Text)
	default:
		p.Whole(s, c, p.trendText(t), pal.Secondary)
	}
}

// Key acts on a key by its name: those of a table, Left and Right to sort by another
// column and r the other way round.
func (p *Rows) Key(name string, mods canvasview.Mods) bool {
	if p.Table.Key(name, mods) {
		return true
	}
	switch name {
	case "Left":
		return p.SortBeside(-1)
	case "Right":
		return p.SortBeside(1)
	case "r", "R":
		return p.Sort(p.Sorted)
	}
	return false
}

// Choose implements table.Source.
func (p *Rows) Choose(int) bool { return true }

// Activate implements table.Source: it shows the slowest examples of a row.
func (p *Rows) Activate(row int) bool {
	if row < p.Len() && p.do != nil {
		p.do(p.At(row))
	}
	return true
}

// Sort implements table.Source: by the same column again the other way. Names begin
// with the first of the alphabet, numbers with the largest.
func (p *Rows) Sort(column int) bool {
	o := &p.sorted[p.which()]
	if int(o.Column) == column {
		o.Falling = !o.Falling
	} else {
		*o = document.StatOrder{Column: document.StatColumn(column), Falling: column != colName && column != colService}
	}
	*p.State = document.Table{}
	p.sort()
	return true
}

// Act implements table.Source.
func (p *Rows) Act(int) bool { return false }

// Tip implements table.Source.
func (p *Rows) Tip(int) string { return "" }

// RowTip implements table.Source: it says in words what the row and its trend say.
func (p *Rows) RowTip(row int) string {
	r := p.At(row)
	if p.tipOf == r {
		return p.tip
	}
	pr, u, t := p.Style.Printer, p.Style.Printer.Units(), &r.Trend
	called := p.called(r)
	parts := []string{called[1]}
	switch {
	case r.Whole:
		parts[0] = called[0]
	case called[1] != r.Name:
		parts = append(parts, r.Name)
	}
	parts = append(parts, pr.N("perf.traces", r.Traces))
	if r.Errors > 0 {
		parts = append(parts, pr.N("header.errors", r.Errors))
	}
	if r.Count > 0 { // also what has no room in the row
		if p.rated() {
			parts = append(parts, p.rateText(r)+" "+pr.T("perf.col.rate."+p.rate.word))
		}
		parts = append(parts, pr.T("perf.col.p99")+" "+u.Duration(r.P99), pr.T("perf.col.max")+" "+u.Duration(r.Max))
	}
	if t.Latency == traffic.Unknown {
		parts = append(parts, pr.T("perf.trend.tip.few", "before", u.Number(t.Before), "now", u.Number(t.Now)))
	} else {
		parts = append(parts, pr.T("perf.trend.tip", "before", u.Duration(t.MedianBefore), "now", u.Duration(t.MedianNow), "nbefore", u.Number(t.Before), "nnow", u.Number(t.Now),
			"fbefore", u.Percent(t.FailedBefore), "fnow", u.Percent(t.Failed)))
	}
	p.tipOf, p.tip = r, strings.Join(append(parts, pr.T("perf.row.tip")), " · ")
	return p.tip
}
