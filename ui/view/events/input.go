package events

import (
	"strings"

	"traceview/ui/canvasview"
)

// Key acts on a key by its name: those of a table to choose a row, Enter to show
// its span in the waterfall, e and E to choose the next and previous event that
// tells of an error, BackSpace to list all events again.
func (p *Painter) Key(name string, mods canvasview.Mods) bool {
	p.update() // rows may be others since the last frame
	if p.Table.Key(name, mods) {
		return true
	}
	switch name {
	case "e":
		return p.toError(mods&canvasview.Shift != 0)
	case "E":
		return p.toError(true)
	case "BackSpace":
		return p.Act(actAll)
	}
	return false
}

// toError chooses the next event that tells of an error, or the one before,
// beginning again at the end.
func (p *Painter) toError(back bool) bool {
	n, step := p.Len(), 1
	if back {
		step = -1
	}
	from := max(p.State.Row, 0)
	if p.State.Row < 0 && !back {
		from = -1 // the first may be one
	}
	for k := 1; k <= n; k++ {
		row := ((from+k*step)%n + n) % n
		if p.doc.Exception(p.doc.Event(p.now.Rows[row])) {
			return p.ChooseRow(row)
		}
	}
	if p.actions.Say != nil {
		p.actions.Say(p.Style.Printer.T("events.noerror"))
	}
	return true
}

// Choose implements table.Source: the span of the event is selected with it.
func (p *Painter) Choose(row int) bool { return p.doc.ChooseEvent(row, p.now.Rows[row]) }

// Activate implements table.Source: it shows the span of an event.
func (p *Painter) Activate(row int) bool {
	if p.actions.Show != nil {
		p.actions.Show(p.now.Rows[row].Span)
	}
	return true
}

// Sort implements table.Source: events stay in the order of time.
func (p *Painter) Sort(int) bool { return false }

// Act implements table.Source.
func (p *Painter) Act(int) bool {
	if p.doc.Finding() && p.actions.All != nil {
		p.actions.All()
		return true
	}
	return false
}

// Tip implements table.Source.
func (p *Painter) Tip(int) string { return p.Style.Printer.T("events.all.tip") }

// RowTip implements table.Source.
func (p *Painter) RowTip(row int) string {
	r := p.now.Rows[row]
	e := p.doc.Event(r)
	parts := []string{p.Figures.Elapsed(r.Time, p.trace.Dur).Text, p.trace.ServiceName(r.Span), p.trace.Name(r.Span), p.trace.Str(e.Name), p.text(row, e)}
	return strings.Join(parts, " · ")
}
