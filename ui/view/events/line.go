package events

import (
	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/table"
)

// ownTexts is where the numbers of texts begin that only log lines have, beyond those
// of names and services.
const ownTexts = 1 << 30

// lineCell draws a cell of the row of log line k.
func (p *Painter) lineCell(s *scene.Scene, row int, r document.EventRow, k int, c table.Cell) {
	pal := p.Style.Palette
	l, _ := p.doc.LogLine(k)
	switch c.Column {
	case colTime:
		p.Number(s, c, p.Figures.Elapsed(r.Time, p.trace.Dur), pal.Secondary)
	case colService:
		name := p.Style.Names.System(l.Service)
		if service, ok := p.services[l.Service]; ok {
			p.Text(s, p.Dot(s, c, pal.Service(p.color[service]).Bar), service, name, pal.Secondary)
			return
		}
		c.X, c.W = c.X+p.Px(14), c.W-p.Px(14) // below those with a dot
		p.Text(s, c, ownTexts+row, name, pal.Secondary)
	case colSpan:
		if r.Span == model.NoSpan {
			p.Text(s, c, ownTexts, p.words.whole, pal.Secondary)
			return
		}
		p.spanCell(s, r.Span, c)
	case colEvent:
		p.levelCell(s, row, l.Level, c)
	case colText:
		col := pal.Text
		if l.Level.Severity < logs.Info && l.Level.Severity != logs.Unknown {
			col = pal.Secondary
		}
		p.Text(s, c, row, p.text(row), col)
	}
}

// spanCell draws what a span is called.
func (p *Painter) spanCell(s *scene.Scene, i model.SpanIndex, c table.Cell) {
	id, name := p.doc.Name(i)
	col := p.Style.Palette.Text
	if name == "" {
		name, col = p.words.unnamed, p.Style.Palette.Secondary
	}
	p.Text(s, c, int(id), name, col)
}

// nameOf and systemOf return what a span and its service are called.
func (p *Painter) nameOf(i model.SpanIndex) string {
	_, name := p.doc.Name(i)
	return name
}

func (p *Painter) systemOf(i model.SpanIndex) string {
	_, name := p.doc.System(i)
	return name
}

// levelCell draws how bad a line is: in words, with the mark of an error or a warning.
func (p *Painter) levelCell(s *scene.Scene, row int, l logs.Level, c table.Cell) {
	col, mark := p.Style.Palette.Secondary, p.Px(16)
	switch {
	case l.Severity >= logs.Error:
		p.Cross(s, c, c.X+p.Px(11), true)
		c.X, c.W, col = c.X+mark, c.W-mark, p.Style.Palette.Text
	case l.Severity == logs.Warn:
		p.Triangle(s, c, c.X)
		c.X, c.W, col = c.X+mark, c.W-mark, p.Style.Palette.Text
	}
	if l.Severity == logs.Unknown && l.Raw != "" {
		p.Text(s, c, ownTexts+row, l.Raw, col)
		return
	}
	p.Text(s, c, ownTexts-1-int(l.Severity), p.words.levels[l.Severity], col)
}
