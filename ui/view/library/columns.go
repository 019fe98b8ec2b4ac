package library

import (
	"strings"

	"traceview/internal/scene"
	"traceview/ui/table"
)

// The columns.
const (
	colMark = iota
	colBegan
	colName
	colService
	colOrder
	colDuration
	colErrors
	colSpans
	colSystems
	colLabels
	colFrom
	colSize
)

// columns returns the columns: those that tell which case it is stay longest.
func (p *Painter) columns() []table.Column {
	words := p.Style.Printer
	u := words.Units()
	col := func(id int, word string, c table.Column) table.Column {
		c.ID, c.Title, c.Tip = id, words.T("library.col."+word), words.T("library.tip."+word)
		return c
	}
	longest := p.Widest(u.Duration(88_800_000), u.Duration(3588e9), u.Duration(86_280e9))
	return []table.Column{
		{ID: colMark, Dp: 14, Keep: 99},
		col(colBegan, "began", table.Column{Sample: p.Widest("2026-12-28 08:48", p.kit.DateMinute(1797756480e9)), Keep: 90}),
		col(colName, "name", table.Column{Dp: 150, Grow: 3, Lead: true, Keep: 100}),
		col(colService, "service", table.Column{Dp: 96, Grow: 1, Keep: 60}),
		col(colOrder, "order", table.Column{Dp: 84, Grow: 1, Keep: 95}),
		col(colDuration, "duration", table.Column{Sample: longest, Right: true, Keep: 70}),
		col(colErrors, "errors", table.Column{Sample: "88,888", Right: true, Keep: 85}),
		col(colSpans, "spans", table.Column{Sample: u.Number(1_888_888), Right: true, Keep: 50}),
		col(colSystems, "systems", table.Column{Dp: 120, Grow: 1, Keep: 40}),
		col(colLabels, "labels", table.Column{Dp: 90, Grow: 1, Keep: 80}),
		col(colFrom, "from", table.Column{Dp: 90, Grow: 1, Keep: 30}),
		col(colSize, "size", table.Column{Sample: u.Bytes(888_800_000), Right: true, Keep: 20}),
	}
}

// Len implements table.Source.
func (p *Painter) Len() int { return len(p.state.Entries) }

// ahead is how many rows before the last one more are asked for.
const ahead = 60

// texts returns the texts of a row.
func (p *Painter) texts(row int) *cells {
	c, e := &p.cells[row], &p.state.Entries[row]
	if !c.made {
		names := make([]string, len(e.Services))
		for i, s := range e.Services {
			names[i] = p.Style.Names.System(s.Name)
		}
		from := ""
		if len(e.Sources) > 0 {
			from = p.source(e.Sources[0])
		}
		*c = cells{true, p.kit.DateMinute(e.Start), strings.Join(e.Orders, ", "), strings.Join(names, ", "),
			strings.Join(e.Labels, ", "), from, p.Style.Printer.Units().Bytes(e.Bytes)}
	}
	return c
}

// Demo is what the source of the built-in demo is kept as.
const Demo = "demo"

// source returns the words for where an entry is from.
func (p *Painter) source(name string) string {
	if name == Demo {
		return p.kit.Words.T("demo.name")
	}
	return name
}

// Cell implements table.Source.
func (p *Painter) Cell(s *scene.Scene, row int, c table.Cell) {
	if p.state.More && row >= len(p.state.Entries)-ahead && p.asked != len(p.state.Entries) {
		p.asked = len(p.state.Entries)
		p.do.More()
	}
	e, t, pal := &p.state.Entries[row], p.texts(row), p.Style.Palette
	switch c.Column {
	case colMark:
		p.mark(s, c, e)
	case colBegan:
		p.Text(s, c, row, t.began, pal.Text)
	case colName:
		name, col := p.Style.Names.Step(e.Service, e.Operation), pal.Text
		switch {
		case e.Damaged:
			name, col = name+" ("+p.words.damaged+")", pal.Secondary
		case name == "":
			name, col = p.words.unnamed, pal.Secondary
		}
		p.Text(s, p.Dot(s, c, pal.Service(p.colour[e.Service]).Bar), row, name, col)
	case colService:
		p.Text(s, c, row, p.Style.Names.System(e.Service), pal.Secondary)
	case colOrder:
		p.Text(s, c, row, t.order, pal.Text)
	case colDuration:
		p.Number(s, c, p.Figures.Duration(e.Duration), pal.Text)
	case colErrors:
		if e.Errors > 0 {
			x := p.Number(s, c, p.Figures.Number(e.Errors), pal.Text)
			p.Cross(s, c, x-p.Px(6), true)
		}
	case colSpans:
		p.Number(s, c, p.Figures.Number(e.Spans), pal.Secondary)
	case colSystems:
		p.Text(s, c, row, t.services, pal.Secondary)
	case colLabels:
		p.Text(s, c, row, t.labels, pal.Text)
	case colFrom:
		p.Text(s, c, row, t.from, pal.Secondary)
	case colSize:
		x := c.X + c.W - p.Style.Metrics.Width(p.Figures.Font, t.size)
		p.Text(s, table.Cell{Column: c.Column, X: x, Y: c.Y, W: c.X + c.W - x + 1, H: c.H}, row, t.size, pal.Secondary)
	}
}

// mark draws whether an entry is marked, or pinned.
func (p *Painter) mark(s *scene.Scene, c table.Cell, e *Entry) {
	pal, d := p.Style.Palette, p.Px(12)
	y := c.Y + float32(int((c.H-d)/2))
	t := max(1, p.Px(1.5))
	switch {
	case p.marked[e.Key]:
		s.RoundRect(c.X, y, d, d, p.Px(3), pal.Accent)
		s.Line(c.X+d*0.22, y+d*0.52, c.X+d*0.42, y+d*0.74, t, pal.OnAccent)
		s.Line(c.X+d*0.42, y+d*0.74, c.X+d*0.78, y+d*0.28, t, pal.OnAccent)
	case e.Pinned:
		mid := c.X + d/2
		s.RoundRect(mid-d*0.25, y, d*0.5, d*0.5, d*0.25, pal.Text)
		s.Line(mid, y+d*0.45, mid, y+d, t, pal.Text)
	}
}
