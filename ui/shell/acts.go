package shell

import (
	"strconv"

	"traceview/internal/document"
	"traceview/internal/i18n"
	"traceview/ui/look"
)

// An act is something to do with the trace in front, by a key of its views.
type act struct {
	id  string // also the key of its words: command.<id>
	key string // as printed, "" for none
	run func(p *tracePage)
	n   int // that the words tell, 0 for none
}

// text returns the words of an act.
func (a act) text(w *i18n.Printer) string {
	if a.n > 0 {
		return w.N("command."+a.id, a.n)
	}
	return w.T("command." + a.id)
}

// on makes an action on the document one on its page.
func on(f func(*document.Document) bool) func(*tracePage) {
	return func(p *tracePage) { f(p.doc) }
}

// in is on for what shows in one view only, which comes to the front.
func in(v traceView, f func(*document.Document) bool) func(*tracePage) {
	return func(p *tracePage) {
		p.show(v)
		f(p.doc)
	}
}

// onTime is on for what shows where there is a time axis.
func onTime(f func(*document.Document) bool) func(*tracePage) {
	return func(p *tracePage) {
		if !p.view.timed() {
			p.show(viewWaterfall)
		}
		f(p.doc)
	}
}

// typed is a key of the views that zoom, each in its own way.
func typed(key rune) func(*tracePage) {
	return func(p *tracePage) {
		if !p.view.timed() && p.view != viewMerged {
			p.show(viewWaterfall)
		}
		p.canvas().TypedRune(key)
	}
}

// sorted makes the choice of an order of siblings an action.
func sorted(by document.Sort) func(*tracePage) {
	return in(viewWaterfall, func(d *document.Document) bool { return d.SetSort(by) })
}

// acts returns what can be done with a trace beside the commands of the window.
// Each has a line of its own; the palette lists them with their keys.
func acts() []act {
	type doc = *document.Document
	rows := func(f func(doc) bool) func(*tracePage) { return in(viewWaterfall, f) }
	return []act{
		{id: "nexterror", key: "E", run: on(doc.NextError)},
		{id: "preverror", key: "Shift+E", run: on(doc.PrevError)},
		{id: "cause", key: "R", run: on(doc.ErrorCause)},
		{id: "effect", key: "Shift+R", run: on(doc.ErrorEffect)},
		{id: "slowest", key: "T", run: on(doc.Slowest)},
		{id: "slower", key: "Shift+T", run: on(doc.Slower)},
		{id: "nextwarning", key: "H", run: on(doc.NextWarning)},
		{id: "prevwarning", key: "Shift+H", run: on(doc.PrevWarning)},
		{id: "hints", key: "Q", run: func(p *tracePage) { p.toggleHints() }},
		{id: "nextmatch", key: "F3", run: func(p *tracePage) { p.find.step(false) }},
		{id: "prevmatch", key: "Shift+F3", run: func(p *tracePage) { p.find.step(true) }},
		{id: "nextfinding", key: "F8", run: func(p *tracePage) { p.shell.stepFinding(false) }},
		{id: "prevfinding", key: "Shift+F8", run: func(p *tracePage) { p.shell.stepFinding(true) }},
		{id: "clearfind", key: "Backspace", run: func(p *tracePage) { p.find.clear() }},
		{id: "collapse", key: "]", run: rows(doc.CollapseAll)},
		{id: "expand", key: "[", run: rows(doc.ExpandAll)},
		{id: "morelevel", key: "O", run: rows(doc.ExpandLevel)},
		{id: "lesslevel", key: "P", run: rows(doc.CollapseLevel)},
		{id: "onlypath", key: "X", run: rows(doc.OnlyPath)},
		{id: "subtree", key: "Shift+Enter", run: rows(func(d doc) bool { return d.ToggleSubtree(d.Selected()) })},
		{id: "sortstart", key: "Shift+S", run: sorted(document.SortStart)},
		{id: "sortduration", key: "Shift+S", run: sorted(document.SortDuration)},
		{id: "sortself", key: "Shift+S", run: sorted(document.SortSelf)},
		{id: "parent", key: "U", run: on(doc.ToParent)},
		{id: "child", key: "Shift+U", run: on(doc.ToChild)},
		{id: "nextsibling", key: "N", run: on(doc.NextSibling)},
		{id: "prevsibling", key: "Shift+N", run: on(doc.PrevSibling)},
		{id: "inview", key: "V", run: on(doc.ShowSelection)},
		{id: "zoomto", key: "Z", run: typed('z')},
		{id: "zoomin", key: "+", run: typed('+')},
		{id: "zoomout", key: "−", run: typed('-')},
		{id: "fit", key: "0", run: typed('0')},
		{id: "colours", key: "C", run: func(p *tracePage) { p.toggleColours() }},
		{id: "measure", key: "M", run: onTime(doc.MeasureSelected)},
		{id: "zoommeasured", key: "Shift+M", run: onTime(doc.ZoomToMeasured)},
		{id: "endmeasure", key: "Esc", run: on(doc.ClearMeasure)},
		{id: "link", key: "L", run: func(p *tracePage) { p.followLink() }},
		{id: "writenote", key: "I", run: func(p *tracePage) { p.writeNote() }},
		{id: "notetrace", key: "Shift+I", run: func(p *tracePage) { p.writeNoteOnAll() }},
		{id: "nextnote", key: "J", run: on(doc.NextNote)},
		{id: "prevnote", key: "Shift+J", run: on(doc.PrevNote)},
		{id: "copytext", run: func(p *tracePage) { p.shell.copyText(p.side.Text()) }},
	}
}

// choices returns what can be chosen of how a view shows a trace.
func choices() []act {
	type doc = *document.Document
	var out []act
	for n := 1; n <= 9; n++ {
		out = append(out, act{id: "levels", key: strconv.Itoa(n), n: n, run: in(viewWaterfall, func(d doc) bool { return d.ExpandTo(n - 1) })})
	}
	for k, id := range []string{"weight.path", "weight.self", "weight.work"} {
		out = append(out, act{id: id, key: strconv.Itoa(k + 1), run: func(p *tracePage) {
			p.show(viewMerged)
			p.canvas().TypedRune('1' + rune(k))
		}})
	}
	out = append(out,
		act{id: "sandwich", key: "S", run: in(viewMerged, func(d doc) bool { return d.Merged().Focus(d.Selected()) })},
		act{id: "statswitch", key: "S", run: in(viewStats, func(d doc) bool { return d.SetStatServices(!d.StatServices()) })},
		act{id: "statreverse", key: "R", run: in(viewStats, func(d doc) bool { return d.SortStats(d.StatOrder().Column) })})
	for by, id := range []string{document.ByService: "colourservice", document.ByOperation: "colouroperation", document.ByKind: "colourkind"} {
		out = append(out, act{id: id, run: func(p *tracePage) { p.colours.by(document.ColourBy(by), "") }})
	}
	for _, name := range look.SeriesNames() {
		out = append(out, act{id: "series." + name, run: func(p *tracePage) { p.colours.series(name) }})
	}
	return out
}
