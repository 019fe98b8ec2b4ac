package shell

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/savedview"
)

// A Notebook keeps notes and saved views on this machine. Its methods are called off the UI
// goroutine and return soon after ctx ends.
type Notebook interface {
	// Notes returns the notes on a trace.
	Notes(ctx context.Context, id model.TraceID) ([]savedview.Note, error)
	// KeepNotes keeps notes, the newest of each.
	KeepNotes(ctx context.Context, list []savedview.Note) error
	// DropNote forgets a note.
	DropNote(ctx context.Context, id string) error
	// Views returns the saved views, the newest first.
	Views(ctx context.Context) ([]KeptView, error)
	// KeepView keeps a view, in the place of one with its id; DropView forgets one.
	KeepView(ctx context.Context, v KeptView) error
	DropView(ctx context.Context, id string) error
}

// keepWait is how long the window waits at its end for what is to be kept.
const keepWait = 5 * time.Second

// write does something with the notebook in the background, one thing after the
// other, and says so if it fails.
func (s *Shell) write(do func(ctx context.Context, n Notebook) error) {
	if s.Notebook == nil {
		return
	}
	s.keeper.Do(func(ctx context.Context) error { return do(ctx, s.Notebook) }, func(err error) {
		if err != nil {
			title, hint := s.Explain(s.kit.Words, err)
			s.say(s.kit.Words.T("note.notkept", "why", title) + " " + hint)
		}
	})
}

// readNotes reads the notes on the trace from the notebook, once the trace and
// the library are there. Those that came with a file are kept there.
func (p *tracePage) readNotes() {
	s := p.shell
	if s.Notebook == nil || p.doc == nil || !p.whole() || p.notesRead || s.Library != nil && !s.shelf.open {
		return
	}
	p.notesRead = true
	if kept := p.doc.SavedNotes(); len(kept) > 0 {
		s.write(func(ctx context.Context, n Notebook) error { return n.KeepNotes(ctx, kept) })
	}
	id := p.id
	p.notes.Start(func(ctx context.Context) ([]savedview.Note, error) { return s.Notebook.Notes(ctx, id) }, func(list []savedview.Note, err error) {
		// Those deleted while the notebook was read stay deleted.
		p.doc.MergeNotes(slices.DeleteFunc(list, func(n savedview.Note) bool { return p.gone[n.ID] }))
		if err != nil && !errors.Is(err, context.Canceled) {
			title, hint := s.Explain(s.kit.Words, err)
			s.say(title + ". " + hint)
		}
	})
}

// readNotebook does so for all pages, and reads the saved views.
func (s *Shell) readNotebook() {
	s.readViews()
	for _, p := range s.pages {
		if tp, ok := p.(*tracePage); ok {
			tp.readNotes()
		}
	}
}

// writeNote opens the editor for a note on what is looked at.
func (p *tracePage) writeNote() bool {
	p.editor.edit("", p.doc.Noting())
	return true
}

// writeNoteOnAll opens it for a note on the trace as a whole.
func (p *tracePage) writeNoteOnAll() bool {
	p.editor.edit("", document.About{Span: model.NoSpan})
	return true
}

// changeNote opens the editor for the note with an id, or for a new one.
func (p *tracePage) changeNote(id string) {
	if id == "" {
		p.writeNote()
		return
	}
	p.editor.edit(id, document.About{})
}

// keepNote keeps a note that was written, and says whether there was any text.
func (p *tracePage) keepNote(id string, about document.About, text string) bool {
	if id == "" {
		id = rand.Text()
	}
	n, ok := p.doc.WriteNote(id, about, p.shell.Prefs.Author, text, p.shell.now())
	if ok {
		p.dropped = nil
		p.shell.write(func(ctx context.Context, b Notebook) error { return b.KeepNotes(ctx, []savedview.Note{n}) })
	}
	return ok
}

// dropNote deletes a note; undropNote brings the last one back.
func (p *tracePage) dropNote(id string) {
	if n, ok := p.doc.DeleteNote(id); ok {
		p.dropped = &n
		if p.gone == nil {
			p.gone = map[string]bool{}
		}
		p.gone[id] = true
		p.shell.write(func(ctx context.Context, b Notebook) error { return b.DropNote(ctx, id) })
	}
}

func (p *tracePage) undropNote() {
	if n := p.dropped; n != nil {
		p.dropped = nil
		delete(p.gone, n.ID)
		p.doc.MergeNotes([]savedview.Note{*n})
		p.shell.write(func(ctx context.Context, b Notebook) error { return b.KeepNotes(ctx, []savedview.Note{*n}) })
		p.sideV.Redraw()
	}
}

// notesOn returns the notes on traces as the pages that show them have them.
func (s *Shell) notesOn(traces []*model.Trace) (notes []savedview.Note) {
	for _, t := range traces {
		for _, p := range s.pages {
			if tp, ok := p.(*tracePage); ok && tp.doc != nil && tp.id == t.ID {
				notes = append(notes, tp.doc.SavedNotes()...)
				break
			}
		}
	}
	return notes
}

// waitKept waits until what was written is kept, for a while.
func (s *Shell) waitKept() {
	ctx, cancel := context.WithTimeout(context.Background(), keepWait)
	defer cancel()
	_ = s.keeper.Wait(ctx) // nobody is there to be told
	_ = s.links.keeper.Wait(ctx)
}
