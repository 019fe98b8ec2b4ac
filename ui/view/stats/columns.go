package stats

import (
	"traceview/internal/analysis"
	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/ui/table"
)

// columns returns the columns of what is shown. Those that tell where time went
// stay longest where room is short.
func (p *Painter) columns() []table.Column {
	words := p.Style.Printer
	t, u := words.T, words.Units()
	longest := p.now.Longest[0]
	duration := p.durationSample(longest)
	spans := u.Number(len(p.trace.Spans))
	figure := func(id document.StatColumn, title, sample string, keep int) table.Column {
		return table.Column{ID: int(id), Title: words.T("stats.col." + title), Tip: words.T("stats.tip." + title), Sample: sample, Right: true, Sorts: true, Keep: keep}
	}
	share := p.Widest(u.Percent(0.888), u.Percent(0.9999))
	list := []table.Column{
		{ID: int(document.StatName), Title: t("stats.col.operation"), Tip: t("stats.tip.operation"), Dp: 190, Grow: 3, Lead: true, Sorts: true, Keep: 100},
		{ID: int(document.StatService), Title: t("stats.col.service"), Tip: t("stats.tip.service"), Dp: 112, Grow: 1, Lead: p.now.Services, Sorts: true, Keep: 78},
		{ID: int(document.StatKind), Title: t("stats.col.kind"), Tip: t("stats.tip.kind"), Dp: 74, Sorts: true, Keep: 20, Sample: p.Widest(p.words.kinds[:]...)},
		figure(document.StatCount, "count", spans, 92),
		figure(document.StatErrors, "errors", "8888"+u.Number(p.trace.Errors), 85),
		figure(document.StatTotal, "total", duration, 80),
		figure(document.StatSelf, "self", duration, 95),
		figure(document.StatShare, "share", share, 60),
		figure(document.StatPath, "path", share, 65),
		figure(document.StatMin, "min", duration, 30),
		figure(document.StatP50, "p50", duration, 70),
		figure(document.StatP95, "p95", duration, 75),
		figure(document.StatP99, "p99", duration, 50),
		figure(document.StatMax, "max", duration, 72),
	}
	if p.now.Services {
		list[1].Dp, list[1].Grow, list[1].Keep = 190, 3, 100
		return append(list[1:2:2], list[3:]...)
	}
	return list
}

// durationSample returns the widest duration that a column may hold.
func (p *Painter) durationSample(longest int64) string {
	u := p.Style.Printer.Units()
	list := []string{u.Duration(888_000), u.Duration(88_800), u.Duration(88_800_000)}
	if longest >= 59_900e6 { // from a minute on in two units
		list = append(list, u.Duration(3588e9), u.Duration(86_280e9), u.Duration(99*86400e9+22*3600e9))
	}
	return p.Widest(list...)
}

// Len implements table.Source.
func (p *Painter) Len() int { return p.now.Len() }

// Cell implements table.Source.
func (p *Painter) Cell(s *scene.Scene, row int, c table.Cell) {
	st, id := p.now.At(row)
	pal, all := p.Style.Palette, p.now.All
	switch document.StatColumn(c.Column) {
	case document.StatName:
		name, own := p.operation(st)
		col := pal.Text
		if name == "" {
			name, col = p.words.unnamed, pal.Secondary
		}
		x, rest := p.lead(s, row, int(id), p.Dot(s, c, pal.Service(p.color[st.Service]).Bar), name, col)
		x = p.Beside(s, rest, x, int(id), own)
		if p.noKind { // it tells operations of one name apart
			rest.W, rest.X = rest.X+rest.W-x-p.Px(8), x+p.Px(8)
			p.kind(s, rest, st)
		}
	case document.StatService:
		_, name := p.doc.System(st.Slowest)
		if name == "" {
			name = p.words.unknown
		}
		if c.Lead {
			p.lead(s, row, int(id), p.Dot(s, c, pal.Service(p.color[st.Service]).Bar), name, pal.Text)
			return
		}
		p.Text(s, c, int(id), name, pal.Secondary)
	case document.StatKind:
		p.kind(s, c, st)
	case document.StatCount:
		p.Number(s, c, p.Figures.Number(st.Count), pal.Text)
	case document.StatErrors:
		if st.Errors > 0 {
			x := p.Number(s, c, p.Figures.Number(st.Errors), pal.Text)
			p.Cross(s, c, x-p.Px(6), st.Own > 0)
		}
	case document.StatTotal:
		p.Bar(s, c, st.Total, p.now.Longest[0], pal.Thumb)
		p.Number(s, c, p.Figures.Duration(st.Total), pal.Text)
	case document.StatSelf:
		p.Bar(s, c, st.Self, p.now.Longest[1], pal.Service(p.color[st.Service]).Bar)
		p.Number(s, c, p.Figures.Duration(st.Self), pal.Text)
	case document.StatShare:
		p.Number(s, c, p.Figures.Share(st.Self, all.Self), pal.Text)
	case document.StatPath:
		p.Number(s, c, p.Figures.Share(st.Path, all.Path), pal.Text)
	default:
		p.Number(s, c, p.Figures.Duration(duration(st, document.StatColumn(c.Column))), pal.Text)
	}
}

// kind draws the kind of an operation where it has room.
func (p *Painter) kind(s *scene.Scene, c table.Cell, st *analysis.Stat) {
	if int(st.Kind) < len(p.words.kinds) {
		p.Whole(s, c, p.words.kinds[st.Kind], p.Style.Palette.Secondary)
	}
}

// duration returns the duration a column shows.
func duration(st *analysis.Stat, c document.StatColumn) int64 {
	switch c {
	case document.StatMin:
		return st.Min
	case document.StatP50:
		return st.P50
	case document.StatP95:
		return st.P95
	case document.StatP99:
		return st.P99
	}
	return st.Max
}

// lead draws what a row is named by and, on the row chosen or under the pointer,
// the looking glass that looks for its spans. It returns where the text ends, and
// the cell without the glass.
func (p *Painter) lead(s *scene.Scene, row, id int, c table.Cell, name string, col scene.Color) (float32, table.Cell) {
	if c.Hot || c.Chosen {
		d := p.Px(18)
		x, y := c.X+c.W-d, c.Y+float32(int((c.H-d)/2))
		ink := p.Style.Palette.Secondary
		if p.Over(x, y, d, d) {
			s.RoundRect(x, y, d, d, p.Px(4), p.Style.Palette.Hover())
			ink = p.Style.Palette.Text
		}
		t := max(1, d*0.09)
		s.Frame(x+d*0.18, y+d*0.18, d*0.48, d*0.48, d*0.24, t, ink)
		s.Line(x+d*0.6, y+d*0.6, x+d*0.82, y+d*0.82, t*1.3, ink)
		p.Spot(x, y, d, d, actRow+row)
		c.W -= d + p.Px(4)
	}
	return p.Text(s, c, id, name, col), c
}
