package shell

import (
	"context"
	"errors"

	"traceview/internal/task"
	"traceview/ui/view/search"
)

// A Library keeps traces on this machine. Its methods are called off the UI
// goroutine, wait for it to be open, and return soon after ctx ends.
type Library interface {
	// Open opens it, the first time. The error says what is amiss with it, for
	// Explain; it can be used all the same, but what it takes is lost with the
	// program unless kept.
	Open(ctx context.Context) (kept bool, err error)
	// Recover takes over what can be read of libraries that had to be put aside.
	Recover(ctx context.Context) ([]Recovered, error)
}

// Recovered is what was taken over from a library put aside.
type Recovered struct {
	File   string // which stays
	Traces int
	Lost   int // traces, at most, that could not be read
}

// A shelf is what the window knows of the library.
type shelf struct {
	opens     *task.Slot[bool]
	recovers  *task.Slot[[]Recovered]
	begun     bool // to be opened
	open      bool
	kept      bool
	err       error // what is amiss
	recovered []Recovered
}

func newShelf(d task.Dispatch) *shelf {
	return &shelf{opens: task.NewSlot[bool](d), recovers: task.NewSlot[[]Recovered](d)}
}

// settle opens the library once nothing is under way that somebody waits for: a
// big file needs both processors, and its first frame all the memory.
func (s *Shell) settle() {
	if s.Library == nil || s.shelf.begun || s.loading() {
		return
	}
	s.shelf.begun = true
	s.shelf.opens.Start(s.Library.Open, s.libraryOpened)
}

// loading says whether a trace is read, or is still to be drawn.
func (s *Shell) loading() bool {
	if len(s.opening) > 0 {
		return true
	}
	for i, p := range s.pages {
		if p, ok := p.(*tracePage); ok && (p.slot.Busy() || i == s.current && p.doc != nil && !p.shown) {
			return true
		}
	}
	return false
}

// libraryOpened tells what is amiss with the library, and has recovered what can
// be.
func (s *Shell) libraryOpened(kept bool, err error) {
	if errors.Is(err, context.Canceled) { // the window closes
		return
	}
	s.shelf.open, s.shelf.kept, s.shelf.err = true, kept, err
	s.event("library_opened", map[string]any{"kept": kept})
	if err != nil {
		title, hint := s.Explain(s.kit.Words, err)
		s.say(title + ". " + hint)
		s.home.Refresh()
	}
	s.shelf.recovers.Start(s.Library.Recover, s.libraryRecovered)
}

// libraryRecovered tells what was taken over from libraries put aside.
func (s *Shell) libraryRecovered(list []Recovered, err error) {
	if err != nil {
		title, hint := s.Explain(s.kit.Words, err)
		s.say(title + ". " + hint)
	}
	if len(list) == 0 {
		return
	}
	s.shelf.recovered = list
	s.say(s.recoveredText(&list[0]))
	s.home.Refresh()
}

func (s *Shell) recoveredText(r *Recovered) string {
	w := s.kit.Words
	text := w.N("library.salvaged", r.Traces, "file", r.File)
	if r.Lost > 0 {
		text += " " + w.N("library.lost", r.Lost)
	}
	return text
}

// libraryNotes says what a person should know of the library.
func (s *Shell) libraryNotes() (list []search.Note) {
	if s.shelf.err != nil {
		title, hint := s.Explain(s.kit.Words, s.shelf.err)
		list = append(list, search.Note{Title: title, Text: hint})
	}
	for i := range s.shelf.recovered {
		list = append(list, search.Note{Text: s.recoveredText(&s.shelf.recovered[i])})
	}
	return list
}
