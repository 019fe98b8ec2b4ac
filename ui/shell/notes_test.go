package shell

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/ui/uitest"
)

// fakeNotebook is a Notebook in memory.
type fakeNotebook struct {
	mu    sync.Mutex
	notes map[string]savedview.Note
	views []KeptView
	err   error         // of keeping
	hold  chan struct{} // if set, a reading that has read returns once this is closed
}

func (f *fakeNotebook) Views(context.Context) ([]KeptView, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.views), nil
}

func (f *fakeNotebook) KeepView(_ context.Context, v KeptView) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.views = append(slices.DeleteFunc(f.views, func(o KeptView) bool { return o.ID == v.ID }), v)
	return nil
}

func (f *fakeNotebook) DropView(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.views = slices.DeleteFunc(f.views, func(o KeptView) bool { return o.ID == id })
	return nil
}

func newFakeNotebook() *fakeNotebook { return &fakeNotebook{notes: map[string]savedview.Note{}} }

func (f *fakeNotebook) Notes(_ context.Context, id model.TraceID) (list []savedview.Note, err error) {
	if f.hold != nil {
		defer func() { <-f.hold }()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.notes {
		if n.TraceID == id.String() {
			list = append(list, n)
		}
	}
	return list, nil
}

func (f *fakeNotebook) KeepNotes(_ context.Context, list []savedview.Note) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range list {
		if old, ok := f.notes[n.ID]; f.err == nil && (!ok || n.Time.After(old.Time)) {
			f.notes[n.ID] = n
		}
	}
	return f.err
}

func (f *fakeNotebook) DropNote(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.notes, id)
	return nil
}

// texts returns what is noted, sorted.
func (f *fakeNotebook) texts() (list []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.notes {
		list = append(list, n.Text)
	}
	slices.Sort(list)
	return list
}

// kept waits until what was written is in the notebook.
func (b *bench) kept() {
	b.t.Helper()
	if err := b.keeper.Wait(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	b.queue.Drain()
}

func TestNotesAreWrittenByKeyboard(t *testing.T) {
	for name, layout := range map[string]func(rune) rune{"latin": func(r rune) rune { return r }, "russian": onRussian} {
		book := newFakeNotebook()
		b := newBench(t, func(o *Options) { o.Notebook, o.Library = book, nil })
		b.Prefs.Author = "Anna"
		b.showTrace(full(t), "")
		p := b.tracePage()
		p.doc.Select(2)
		b.press("I", layout)
		if !p.editor.open || b.focused() != fyne.Focusable(p.editor.box) {
			t.Fatalf("%s: I opens no editor: %T has the keyboard", name, b.focused())
		}
		b.write("the key expired")
		b.focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		b.write("on Friday")
		p.doc.Select(1) // what it is about stays
		b.ctrl(fyne.KeyReturn)
		if on := p.doc.NotesOn(2); p.editor.open || len(on) != 1 || on[0].Text != "the key expired\non Friday" || on[0].Author != "Anna" {
			t.Fatalf("%s: noted %+v", name, on)
		}
		b.kept()
		if got := book.texts(); len(got) != 1 {
			t.Errorf("%s: kept %q", name, got)
		}
		b.press("Shift+I", layout)
		b.write("paid back")
		b.ctrl(fyne.KeyReturn)
		b.press("J", layout)
		first := p.doc.NoteInFront()
		b.press("J", layout)
		if p.doc.Selected() != 2 || len(p.doc.Notes()) != 2 || p.doc.NoteInFront() == first {
			t.Errorf("%s: J leads to %d of %d notes", name, p.doc.Selected(), len(p.doc.Notes()))
		}
		if b.press("Shift+J", layout); p.doc.NoteInFront() != first {
			t.Errorf("%s: Shift+J does not lead back", name)
		}
	}
}

func TestWhatIsWrittenIsNotLost(t *testing.T) {
	book := newFakeNotebook()
	b := newBench(t, func(o *Options) { o.Notebook, o.Library = book, nil })
	b.showTrace(full(t), "")
	p := b.tracePage()
	p.writeNote()
	b.write("half a thou")
	b.show(0)
	b.show(1)
	p.writeNoteOnAll() // while something is being written, that goes on
	if p.editor.box.Text != "half a thou" || p.editor.about.Span != p.doc.Selected() {
		t.Errorf("%q is left, about %+v", p.editor.box.Text, p.editor.about)
	}
	b.toggleLanguage()
	if p.editor.box.Text != "half a thou" {
		t.Errorf("in another language %q is left", p.editor.box.Text)
	}
	b.closePage(1)
	b.kept()
	if got := book.texts(); !slices.Equal(got, []string{"half a thou"}) {
		t.Errorf("after closing the tab kept %q", got)
	}

	b.showTrace(full(t), "")
	p = b.tracePage()
	b.until("the notes", func() bool { return len(p.doc.Notes()) == 1 })
	p.writeNote()
	b.write("never mind")
	b.key(fyne.KeyEscape)
	if p.editor.open || len(p.doc.Notes()) != 1 || b.focused() != fyne.Focusable(p.canvas()) {
		t.Errorf("after Esc open %v, %d notes, %T has the keyboard", p.editor.open, len(p.doc.Notes()), b.focused())
	}
	p.writeNote()
	b.write("  ")
	b.ctrl(fyne.KeyReturn)
	if p.editor.open || len(p.doc.Notes()) != 1 {
		t.Error("a note without text was kept")
	}
}

func TestNotesAreChangedAndDeleted(t *testing.T) {
	book := newFakeNotebook()
	b := newBench(t, func(o *Options) { o.Notebook, o.Library = book, nil })
	b.showTrace(full(t), "")
	p := b.tracePage()
	p.doc.Select(2)
	p.keepNote("", p.doc.Noting(), "first")
	id := p.doc.Notes()[0].ID
	p.changeNote(id)
	if p.editor.box.Text != "first" {
		t.Fatalf("to be changed: %q", p.editor.box.Text)
	}
	b.write(" and last")
	later := b.Shell.now().Add(time.Second)
	b.Shell.now = func() time.Time { return later }
	b.ctrl(fyne.KeyReturn)
	if got := p.doc.Notes(); len(got) != 1 || got[0].Text != "first and last" || got[0].ID != id {
		t.Errorf("changed to %+v", got)
	}
	p.dropNote(id)
	b.kept()
	if len(p.doc.Notes()) != 0 || len(book.texts()) != 0 || !strings.Contains(b.says(), "The note is deleted") {
		t.Errorf("%d notes, kept %q, the page says:\n%s", len(p.doc.Notes()), book.texts(), b.says())
	}
	p.undropNote()
	b.kept()
	if got := book.texts(); len(p.doc.Notes()) != 1 || !slices.Equal(got, []string{"first and last"}) || strings.Contains(b.says(), "The note is deleted") {
		t.Errorf("brought back: %+v, kept %q", p.doc.Notes(), got)
	}
	book.err = errDown
	p.keepNote("", p.doc.Noting(), "another")
	b.kept()
	if !strings.Contains(b.notice, "not kept") || len(p.doc.Notes()) != 2 {
		t.Errorf("the window says %q", b.notice)
	}
}

// TestADeletedNoteStaysDeleted deletes a note while the notebook, which still has
// it, is read.
func TestADeletedNoteStaysDeleted(t *testing.T) {
	id, noon := uitest.TraceID(1).String(), time.Unix(0, uitest.Epoch).UTC()
	note := savedview.Note{ID: "a", TraceID: id, Text: "kept", Time: noon}
	book := newFakeNotebook()
	book.notes["a"], book.hold = note, make(chan struct{})
	b := newBench(t, func(o *Options) { o.Notebook, o.Library = book, nil })
	b.showTrace(full(t), "")
	p := b.tracePage()
	p.doc.MergeNotes([]savedview.Note{note}) // as from a file
	p.dropNote("a")
	close(book.hold)
	b.until("the notes that were kept", func() bool { return !p.notes.Busy() })
	b.kept()
	if len(p.doc.Notes()) != 0 || len(book.texts()) != 0 {
		t.Errorf("deleted, and there again: %+v, kept %q", p.doc.Notes(), book.texts())
	}
	p.undropNote()
	b.kept()
	if got := book.texts(); len(p.doc.Notes()) != 1 || !slices.Equal(got, []string{"kept"}) {
		t.Errorf("brought back: %+v, kept %q", p.doc.Notes(), got)
	}
}

// TestNotesOfFilesAreKept opens a file with notes: of those in it and those kept
// here the newest counts, and all are kept.
func TestNotesOfFilesAreKept(t *testing.T) {
	id, noon := uitest.TraceID(1).String(), time.Unix(0, uitest.Epoch).UTC()
	note := func(name, text string, hours time.Duration) savedview.Note {
		return savedview.Note{ID: name, TraceID: id, Text: text, Time: noon.Add(hours * time.Hour)}
	}
	for n, traces := range [][]*model.Trace{{full(t)}, {traceOf(t, 7), full(t)}} {
		book := newFakeNotebook()
		if err := book.KeepNotes(t.Context(), []savedview.Note{note("a", "a here", 2), note("b", "b here", 1), note("c", "c here", 1)}); err != nil {
			t.Fatal(err)
		}
		b := newBench(t, func(o *Options) { o.Notebook, o.Library = book, nil })
		b.files["/data/x.traceview"] = func(context.Context) ([]*model.Trace, error) { return traces, nil }
		b.beside["/data/x.traceview"] = Opened{Notes: []savedview.Note{note("a", "a there", 1), note("b", "b there", 2), note("d", "d there", 1)}}
		b.Open("/data/x.traceview")
		b.until("the file", func() bool { return len(b.opening) == 0 })
		if list, ok := b.pages[b.current].(*filePage); ok {
			list.open(uitest.TraceID(1))
		}
		p := b.tracePage()
		b.until("the notes kept here", func() bool { return len(p.doc.Notes()) == 4 })
		b.kept()
		want := []string{"a here", "b there", "c here", "d there"}
		var got []string
		for _, n := range p.doc.Notes() {
			got = append(got, n.Text)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) || !slices.Equal(book.texts(), want) {
			t.Errorf("file %d: shown %q, kept %q, want %q", n, got, book.texts(), want)
		}
		if on := b.notesOn(traces); len(on) != 4 {
			t.Errorf("file %d: %d notes would be shared", n, len(on))
		}
	}
}
