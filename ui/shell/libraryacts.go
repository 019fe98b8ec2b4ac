package shell

import (
	"context"
	"slices"
	"strings"

	"traceview/internal/query"
	"traceview/ui/view/library"
	"traceview/ui/view/search"
)

// keysOf returns the keys of entries.
func keysOf(list []*library.Entry) []int64 {
	keys := make([]int64, len(list))
	for i, e := range list {
		keys[i] = e.Key
	}
	return keys
}

// do changes entries in the background, then shows the library as it is, and
// calls then unless that is nil.
func (p *libraryPage) do(work func(ctx context.Context) error, then func()) {
	p.change.Start(func(ctx context.Context) (struct{}, error) { return struct{}{}, work(ctx) }, func(_ struct{}, err error) {
		switch {
		case err != nil:
			p.fail(err)
		case then != nil:
			then()
		}
		p.changed()
		p.redrawNotes()
	})
}

// pin keeps entries from being evicted, or no longer does where all are.
func (p *libraryPage) pin(list []*library.Entry) {
	keys := keysOf(list)
	on := slices.ContainsFunc(list, func(e *library.Entry) bool { return !e.Pinned })
	p.do(func(ctx context.Context) error { return p.shell.Library.Pin(ctx, on, keys...) }, nil)
}

// remove deletes entries, which can be taken back until the next start.
func (p *libraryPage) remove(list []*library.Entry) {
	keys := keysOf(list)
	p.do(func(ctx context.Context) error { return p.shell.Library.Delete(ctx, keys...) }, func() {
		p.deleted = keys
		p.list.Unmark()
	})
}

// undo brings back what was deleted last, and says whether there was anything.
func (p *libraryPage) undo() bool {
	keys := p.deleted
	if len(keys) == 0 {
		return false
	}
	p.deleted = nil
	p.do(func(ctx context.Context) error { return p.shell.Library.Undelete(ctx, keys...) }, nil)
	return true
}

// startLabelling asks for the labels of entries.
func (p *libraryPage) startLabelling(list []*library.Entry) {
	p.label = keysOf(list)
	p.labels.Show()
	p.labels.set(strings.Join(list[0].Labels, ", "))
	p.relayout()
	p.shell.Window.Canvas().Focus(p.labels)
}

// setLabels gives the entries asked about the labels typed.
func (p *libraryPage) setLabels(text string) {
	keys, labels := p.label, strings.Split(text, ",")
	p.endLabelling()
	p.do(func(ctx context.Context) error { return p.shell.Library.Label(ctx, labels, keys...) }, nil)
}

func (p *libraryPage) endLabelling() {
	p.label = nil
	p.labels.Hide()
	p.relayout()
	p.Focus()
}

// verify reads all of the library, or stops doing so.
func (p *libraryPage) verify() {
	if p.check.Busy() {
		p.check.Stop()
		p.redrawNotes()
		return
	}
	s := p.shell
	p.done, p.total, p.health = 0, 0, ""
	p.check.Start(func(ctx context.Context) (KeptHealth, error) {
		return s.Library.Verify(ctx, func(done, total int) {
			if done%100 == 0 {
				s.Dispatch(func() {
					p.done, p.total = done, total
					p.foot.Redraw()
				})
			}
		})
	}, func(h KeptHealth, err error) {
		w := s.kit.Words
		if err != nil {
			p.fail(err)
			p.redrawNotes()
			return
		}
		parts := []string{w.N("library.verified", h.Traces)}
		switch {
		case h.Damaged > 0:
			parts = append(parts, w.N("library.unreadable", h.Damaged))
		case len(h.Problems) == 0:
			parts = append(parts, w.T("library.sound"))
		}
		if len(h.Problems) > 0 {
			parts = append(parts, w.T("library.problems"))
		}
		p.health = strings.Join(parts, " · ")
		p.changed()
		p.redrawNotes()
	})
	p.redrawNotes()
}

// open shows the trace of an entry.
func (p *libraryPage) open(e *library.Entry) { p.shell.openKept(e.Key, e.ID) }

// learnNames reads what there is to search for.
func (p *libraryPage) learnNames() {
	p.shell.hideSuggestions()
	p.naming.Start(p.shell.Library.Names, func(n KeptNames, err error) {
		if err == nil {
			p.ways.names = n
		}
	})
}

// A libraryAct is something to do with the entries meant, by a key of the list.
type libraryAct struct {
	act
	do func()
}

// acts returns what can be done in the library, for the palette.
func (p *libraryPage) acts() []libraryAct {
	on := func(do func([]*library.Entry)) func() {
		return func() {
			if list := p.list.Acted(); len(list) > 0 {
				do(list)
			}
		}
	}
	return []libraryAct{
		{act{id: "library.pin", key: "P"}, on(p.pin)}, {act{id: "library.label", key: "L"}, on(p.startLabelling)},
		{act{id: "library.delete", key: "Delete"}, on(p.remove)}, {act{id: "library.undo", key: "Ctrl+Z"}, func() { p.undo() }},
		{act{id: "library.check"}, p.verify}, {act{id: "library.evict"}, func() { p.shell.evict(p.shell.Prefs.Keep) }},
	}
}

// limitItems returns the bounds of the library, for the palette.
func (s *Shell) limitItems() (out []item) {
	w := s.kit.Words
	size, age := s.limits()
	for _, g := range []struct {
		word string
		list []limit
	}{{w.T("library.keepsize"), size}, {w.T("library.keepfor"), age}} {
		for _, l := range g.list {
			text := w.T("library.title") + ": " + g.word + " " + l.label
			out = append(out, item{query.Choice{Text: text}, search.Line{Kind: w.T("palette.command")}, func() { s.setLimits(l.set) }})
		}
	}
	return out
}
