package shell

import (
	"traceview/internal/query"
	"traceview/ui/view/search"
)

// A keptWays offers ways to finish what is typed into a box of what to look for in the
// library, and says what its keys do.
type keptWays struct {
	shell *Shell
	box   *orderBox
	names KeptNames          // what there is to look for
	list  []query.Completion // offered below the box
	leave func()             // gives the keyboard to the list the box is for
}

// newKeptWays makes the keys of a box act on what is offered.
func newKeptWays(s *Shell, box *orderBox, leave func()) *keptWays {
	w := &keptWays{shell: s, box: box, leave: leave}
	box.onEnter, box.onMove, box.onEscape = func(string) { w.enter() }, w.move, w.escape
	box.takesTab, box.onTab = w.offering, func() { w.complete(max(s.ways.ChosenLine(), 0)) }
	return w
}

// offer shows ways to finish the word before the caret.
func (w *keptWays) offer() {
	s := w.shell
	w.list = query.CompleteKept(w.box.Text, w.box.CursorColumn, map[string][]string{
		query.KeptService: w.names.Services, query.KeptName: w.names.Operations, query.KeptLabel: w.names.Labels,
	}, offered)
	if len(w.list) == 0 || s.Window.Canvas().Focused() != w.box {
		s.hideSuggestions()
		return
	}
	lines := make([]search.Line, len(w.list))
	for i, c := range w.list {
		lines[i] = search.Line{Text: c.Text}
	}
	s.showWays(w.box, lines)
}

// offering says whether ways to go on are in sight.
func (w *keptWays) offering() bool { return len(w.list) > 0 && w.shell.waysView.Visible() }

// move chooses among what is offered; without any, Down leads on to the list.
func (w *keptWays) move(step int) {
	switch s := w.shell; {
	case w.offering():
		s.ways.Move(step, true)
		s.waysView.Redraw()
	case step > 0:
		w.leave()
	}
}

// enter takes what is chosen of what is offered, else goes on to the list.
func (w *keptWays) enter() {
	if i := w.shell.ways.ChosenLine(); w.offering() && i >= 0 {
		w.complete(i)
		return
	}
	w.shell.hideSuggestions()
	w.leave()
}

// complete writes a way to go on into the box.
func (w *keptWays) complete(i int) {
	if i >= len(w.list) {
		return
	}
	text := w.list[i].In(w.box.Text)
	w.shell.hideSuggestions()
	w.box.set(text)
	w.shell.hideSuggestions()
}

// pick completes with a way that was pressed.
func (w *keptWays) pick(i int) {
	w.shell.Window.Canvas().Focus(w.box)
	w.complete(i)
}

// escape closes what is offered, then empties the box, then leaves it.
func (w *keptWays) escape() {
	switch {
	case w.offering():
		w.shell.hideSuggestions()
	case w.box.Text != "":
		w.box.set("")
	default:
		w.leave()
	}
}
