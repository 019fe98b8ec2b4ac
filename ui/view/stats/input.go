package stats

import (
	"strings"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/ui/canvasview"
)

// Key acts on a key by its name: those of a table to choose a row, Enter to look
// for its spans, Left and Right to sort by another column and r the other way
// round, s for services or operations, l to show the longest span of the row and
// e and E the next and previous that failed, BackSpace to count all spans again.
func (p *Painter) Key(name string, mods canvasview.Mods) bool {
	p.update() // rows may be others since the last frame
	if p.Table.Key(name, mods) {
		return true
	}
	switch name {
	case "Left":
		return p.SortBeside(-1)
	case "Right":
		return p.SortBeside(1)
	case "r", "R":
		return p.doc.SortStats(p.doc.StatOrder().Column)
	case "s", "S":
		return p.doc.SetStatServices(!p.doc.StatServices())
	case "l", "L":
		return p.showSlowest()
	case "e":
		return p.showError(mods&canvasview.Shift != 0)
	case "E":
		return p.showError(true)
	case "BackSpace":
		return p.all()
	}
	return false
}

// Sort implements table.Source.
func (p *Painter) Sort(column int) bool { return p.doc.SortStats(document.StatColumn(column)) }

// Choose implements table.Source.
func (p *Painter) Choose(int) bool { return true }

// Activate implements table.Source: it looks for the spans of a row.
func (p *Painter) Activate(row int) bool {
	st, _ := p.now.At(row)
	if p.actions.Filter != nil {
		p.actions.Filter(p.doc.StatFilter(st, p.now.Services))
	}
	return true
}

// Act implements table.Source.
func (p *Painter) Act(action int) bool {
	switch action {
	case actOperations, actServices:
		return p.doc.SetStatServices(action == actServices)
	case actAll:
		return p.all()
	}
	p.State.Row = action - actRow
	return p.Activate(action - actRow)
}

func (p *Painter) all() bool {
	if p.doc.Finding() && p.actions.All != nil {
		p.actions.All()
		return true
	}
	return false
}

// showSlowest shows the longest span of the chosen row.
func (p *Painter) showSlowest() bool {
	if row := p.State.Row; row >= 0 && row < p.Len() && p.actions.Show != nil {
		st, _ := p.now.At(row)
		p.actions.Show(st.Slowest)
		return true
	}
	return false
}

// showError shows the next failed span of the chosen row, or the one before.
func (p *Painter) showError(back bool) bool {
	row := p.State.Row
	if row < 0 || row >= p.Len() {
		return false
	}
	st, _ := p.now.At(row)
	i := p.doc.StatError(st, p.now.Services, back)
	switch {
	case i != model.NoSpan && p.actions.Show != nil:
		p.actions.Show(i)
	case i == model.NoSpan && p.actions.Say != nil:
		p.actions.Say(p.Style.Printer.T("stats.noerror"))
	}
	return true
}

// Tip implements table.Source.
func (p *Painter) Tip(action int) string {
	t := p.Style.Printer.T
	switch action {
	case actOperations, actServices:
		return t("stats.switch.tip")
	case actAll:
		return t("stats.all.tip")
	}
	return t("stats.row.tip")
}

// RowTip implements table.Source: it tells everything of a row, also what has no
// room in it.
func (p *Painter) RowTip(row int) string {
	st, _ := p.now.At(row)
	if p.tip.st == st {
		return p.tip.text
	}
	pr, u := p.Style.Printer, p.Style.Printer.Units()
	var parts []string
	if !p.now.Services {
		_, name := p.doc.Operation(st.Slowest)
		if parts = append(parts, name); name != st.Name {
			parts = append(parts, st.Name)
		}
	}
	_, system := p.doc.System(st.Slowest)
	parts = append(parts, system, pr.N("header.spans", st.Count))
	if st.Errors > 0 {
		parts = append(parts, pr.N("header.errors", st.Errors)+" ("+pr.T("stats.own", "n", u.Number(st.Own))+")")
	}
	say := func(key, value string) { parts = append(parts, pr.T(key)+" "+value) }
	say("stats.col.total", u.Duration(st.Total))
	say("stats.col.self", u.Duration(st.Self))
	say("stats.col.path", u.Duration(st.Path))
	say("stats.col.min", u.Duration(st.Min))
	say("stats.col.p50", u.Duration(st.P50))
	say("stats.col.p95", u.Duration(st.P95))
	say("stats.col.p99", u.Duration(st.P99))
	say("stats.col.max", u.Duration(st.Max))
	p.tip = tip{st, strings.Join(parts, " · ")}
	return p.tip.text
}
