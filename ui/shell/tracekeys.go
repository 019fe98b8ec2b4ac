package shell

import (
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/document"
	"traceview/ui/canvasview"
)

// A traceKey is a key that means the same in every view of a trace, with what
// it does by itself and, if anything, with Shift.
type traceKey struct {
	name        string // on a Latin layout
	word        string // key of its words
	do, shifted func(p *tracePage) bool
}

// onDocument makes an action on the document one on its page.
func onDocument(f func(*document.Document) bool) func(*tracePage) bool {
	return func(p *tracePage) bool { return f(p.doc) }
}

// traceKeys returns the keys of every view of a trace. A view that gives one of
// them another meaning takes it first.
func traceKeys() []traceKey {
	return []traceKey{
		{"e", "help.error", onDocument((*document.Document).NextError), onDocument((*document.Document).PrevError)},
		{"r", "help.cause", onDocument((*document.Document).ErrorCause), onDocument((*document.Document).ErrorEffect)},
		{"t", "help.slowest", onDocument((*document.Document).Slowest), onDocument((*document.Document).Slower)},
		{"h", "help.warning", onDocument((*document.Document).NextWarning), onDocument((*document.Document).PrevWarning)},
		{"u", "help.parent", onDocument((*document.Document).ToParent), onDocument((*document.Document).ToChild)},
		{"n", "help.sibling", onDocument((*document.Document).NextSibling), onDocument((*document.Document).PrevSibling)},
		{"v", "help.inview", onDocument((*document.Document).ShowSelection), nil},
		{"m", "help.measure", onDocument((*document.Document).MeasureSelected), onDocument((*document.Document).ZoomToMeasured)},
		{"l", "help.link", (*tracePage).followLink, nil},
		{"i", "help.note", (*tracePage).writeNote, (*tracePage).writeNoteOnAll},
		{"j", "help.nextnote", onDocument((*document.Document).NextNote), onDocument((*document.Document).PrevNote)},
		{"k", "help.kibana", func(p *tracePage) bool { return p.openKibana(false) }, func(p *tracePage) bool { return p.openKibana(true) }},
		{"y", "help.jaeger", func(p *tracePage) bool { return p.openJaeger(false) }, func(p *tracePage) bool { return p.openJaeger(true) }},
		{"q", "help.hints", (*tracePage).toggleHints, nil},
		{"c", "help.colour", (*tracePage).toggleColours, nil},
		{"f", "help.nextmatch", func(p *tracePage) bool { return p.match(false) }, nil},
		{"b", "help.prevmatch", func(p *tracePage) bool { return p.match(true) }, nil},
	}
}

// match goes to the next match or, where nothing is looked for, to the next
// row, as the keys of Jaeger UI do.
func (p *tracePage) match(back bool) bool {
	switch {
	case p.doc.Finding():
		p.find.step(back)
		return true
	case back:
		return p.doc.MoveSelection(document.Up)
	}
	return p.doc.MoveSelection(document.Down)
}

// traceKey does what a key means in every view, and says whether it means anything.
func (p *tracePage) traceKey(e canvasview.Event) bool {
	if p.doc == nil || e.Kind != canvasview.Rune {
		return false
	}
	name := e.Name()
	lower := strings.ToLower(name)
	for _, k := range traceKeys() {
		if k.name != lower {
			continue
		}
		do := k.do
		if e.Mods&canvasview.Shift != 0 || name != lower {
			do = k.shifted
		}
		return do != nil && do(p)
	}
	return false
}

// Key implements page: Esc ends measuring, gives up a fetch, or what is looked
// for, before it goes back; Backspace gives up what is looked for and stays.
func (p *tracePage) Key(e canvasview.Event) bool {
	if e.Key == string(fyne.KeyBackspace) && p.doc != nil && p.doc.Finding() {
		p.find.clear()
		return true
	}
	if e.Key != string(fyne.KeyEscape) {
		return p.traceKey(e)
	}
	switch {
	case p.doc != nil && p.view.timed() && p.doc.ClearMeasure(): // from the details, too
	case p.slot.Busy() && !p.stopping:
		p.stop()
	case p.doc != nil && p.find.box.Text != "":
		p.find.box.set("")
	default:
		return false
	}
	return true
}

// caps returns the key as it is printed on the keyboard.
func (k traceKey) caps() string {
	cap := strings.ToUpper(k.name)
	if k.shifted == nil {
		return cap
	}
	return cap + "  Shift+" + cap
}
