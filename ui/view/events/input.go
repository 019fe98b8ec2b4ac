package events

import (
	"strings"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
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
	case "1", "2", "3", "4", "5":
		return p.Act(actKind + int(name[0]-'1'))
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
		if p.doc.Worry(p.now.Rows[row]) >= logs.Error {
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

// Activate implements table.Source: it shows the span of an event or a log line.
func (p *Painter) Activate(row int) bool {
	switch i := p.now.Rows[row].Span; {
	case i == model.NoSpan && p.actions.Say != nil:
		p.actions.Say(p.Style.Printer.T("events.nospan"))
	case i != model.NoSpan && p.actions.Show != nil:
		p.actions.Show(i)
	}
	return true
}

// Sort implements table.Source: events stay in the order of time.
func (p *Painter) Sort(int) bool { return false }

// Act implements table.Source.
func (p *Painter) Act(action int) bool {
	switch {
	case action == actAll && p.doc.Finding() && p.actions.All != nil:
		p.actions.All()
	case action == actFetch && p.actions.Fetch != nil:
		p.actions.Fetch()
	case action == actStop && p.actions.Stop != nil:
		p.actions.Stop()
	case action >= actKind:
		return p.list(action - actKind)
	default:
		return false
	}
	return true
}

// list chooses what is listed, of what there is to choose.
func (p *Painter) list(kind int) bool {
	if kind >= len(p.words.kinds) {
		return false
	}
	return p.doc.SetListed(document.Listed(kind))
}

// Tip implements table.Source.
func (p *Painter) Tip(action int) string {
	t := p.Style.Printer.T
	switch {
	case action == actAll:
		return t("events.all.tip")
	case action == actSaid:
		return p.words.said
	case action >= actKind:
		return t(kindWords[action-actKind].tip)
	}
	return t("events.logs.tip")
}

// RowTip implements table.Source.
func (p *Painter) RowTip(row int) string {
	r := p.now.Rows[row]
	parts := []string{p.Figures.Elapsed(r.Time, p.trace.Dur).Text}
	if k, ok := r.Line(); ok {
		l, i := p.doc.LogLine(k)
		parts = append(parts, p.Style.Names.System(l.Service))
		if i != model.NoSpan {
			parts = append(parts, p.nameOf(i))
		}
		parts = append(parts, document.LevelWord(l.Level, p.Style.Printer))
	} else {
		parts = append(parts, p.systemOf(r.Span), p.nameOf(r.Span), p.trace.Str(p.doc.Event(r).Name))
	}
	parts = append(parts, p.text(row))
	return strings.Join(parts, " · ")
}
