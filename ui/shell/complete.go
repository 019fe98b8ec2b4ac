package shell

import (
	"context"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/task"
	"traceview/ui/view/search"
)

// offered is how many ways to go on are offered at most.
const offered = 8

// A completer finds ways to finish what is typed into a find box. What the trace
// speaks of is collected in the background when the box is first used.
type completer struct {
	words *task.Slot[*query.Vocabulary]
	of    *task.Slot[query.Counted]
	vocab *query.Vocabulary // nil until it is there
	trace *model.Trace      // that vocab is of
	list  []query.Completion
}

func newCompleter(s *Shell) completer {
	return completer{words: task.NewSlot[*query.Vocabulary](s.Dispatch), of: task.NewSlot[query.Counted](s.Dispatch)}
}

// stop ends work that is under way.
func (h *completer) stop() {
	h.words.Stop()
	h.of.Stop()
}

// focused is called when the box gets the keyboard.
func (f *findBar) focused() {
	f.page.shell.hideSuggestions()
	h, t := &f.help, f.page.doc.Trace()
	if h.trace == t {
		return
	}
	h.of.Stop() // of the trace before
	h.trace, h.vocab = t, nil
	h.words.Start(func(context.Context) (*query.Vocabulary, error) { return query.NewVocabulary(t), nil },
		func(v *query.Vocabulary, err error) {
			if err == nil {
				h.vocab = v
				f.offer()
			}
		})
}

// renew forgets the words of a document that was replaced.
func (f *findBar) renew() {
	f.help.stop()
	f.help.trace, f.help.vocab = nil, nil
	if f.hasKeyboard() {
		f.focused()
	}
}

// hasKeyboard says whether what is typed goes into the box.
func (f *findBar) hasKeyboard() bool {
	return f.page.shell.Window.Canvas().Focused() == fyne.Focusable(f.box)
}

// offer shows the ways to finish the word before the caret below that word. What
// is offered already stays where it is.
func (f *findBar) offer() {
	s, h := f.page.shell, &f.help
	if h.vocab == nil || !f.hasKeyboard() {
		return
	}
	text, caret := f.box.Text, f.box.CursorColumn
	f.learn(text, caret)
	if in := []rune(text); caret > len(in) || caret == 0 || in[caret-1] == ' ' {
		s.hideSuggestions()
		return
	}
	h.list = h.vocab.Complete(text, caret, offered)
	if len(h.list) == 0 {
		s.hideSuggestions()
		return
	}
	lines := make([]search.Line, len(h.list))
	for i, c := range h.list {
		lines[i] = search.Line{Text: c.Text, Runes: c.Runes}
		if c.Count > 0 {
			lines[i].Kind = s.kit.Words.Units().Number(c.Count)
		}
	}
	s.showWays(f.box, lines)
}

// showWays shows lines to choose from below a box.
func (s *Shell) showWays(box *orderBox, lines []search.Line) {
	s.ways.Set(lines, -1)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(box)
	s.waysView.Move(at.AddXY(0, box.Size().Height+2))
	s.waysView.Resize(fyne.NewSize(max(box.Size().Width, 320), s.ways.HeightDp(offered)))
	s.waysView.Show()
	s.waysView.Redraw()
}

// learn has the values of the key before the caret counted, if that would help.
func (f *findBar) learn(text string, caret int) {
	h := &f.help
	key := h.vocab.Wants(text, caret)
	if key == "" {
		return
	}
	t := f.page.doc.Trace()
	h.of.Start(func(ctx context.Context) (query.Counted, error) { return query.Values(ctx, t, key) },
		func(list query.Counted, err error) {
			if err == nil {
				h.vocab = h.vocab.With(key, list)
				f.offer()
			}
		})
}

// offers says whether ways to go on are in sight.
func (f *findBar) offers() bool { return f.hasKeyboard() && f.page.shell.waysView.Visible() }

// move chooses among what is offered; without any, Down leads on to the page.
func (f *findBar) move(step int) {
	s := f.page.shell
	switch {
	case f.offers():
		s.ways.Move(step, true)
		s.waysView.Redraw()
	case step > 0:
		f.page.Focus()
	}
}

// enter takes what is chosen among the ways to go on, else goes to the next match.
func (f *findBar) enter() {
	s := f.page.shell
	if i := s.ways.ChosenLine(); f.offers() && i >= 0 {
		f.complete(i)
		return
	}
	s.hideSuggestions()
	f.step(f.box.shift)
}

// take takes what is chosen, else the first.
func (f *findBar) take() { f.complete(max(f.page.shell.ways.ChosenLine(), 0)) }

// complete writes a way to go on into the box: what ends with an operator waits
// for its value, after anything else the next word may begin.
func (f *findBar) complete(i int) {
	if i >= len(f.help.list) {
		return
	}
	c, in := f.help.list[i], []rune(f.box.Text)
	if c.To > len(in) {
		return
	}
	before, after := string(in[:c.From])+c.Text, string(in[c.To:])
	last := c.Text[len(c.Text)-1]
	waits := last == '=' || last == '>' || last == ':'
	if !waits && (after == "" || after[0] != ' ') {
		before += " "
	}
	f.page.shell.hideSuggestions()
	f.box.set(before + after)
	f.box.CursorColumn = len([]rune(before))
	f.box.Refresh()
	if waits {
		f.offer()
	} else {
		f.page.shell.hideSuggestions()
	}
}

// pickCompletion takes the way to go on that was pressed.
func (s *Shell) pickCompletion(i int) {
	switch p := s.pages[s.current].(type) {
	case *tracePage:
		if p.doc != nil {
			s.Window.Canvas().Focus(p.find.box)
			p.find.complete(i)
		}
	case *libraryPage:
		p.ways.pick(i)
	case *performancePage:
		p.ways.pick(i)
	}
}
