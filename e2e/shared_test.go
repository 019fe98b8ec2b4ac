//go:build e2e

package e2e

import (
	"context"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/demo"
	"traceview/internal/format"
	"traceview/internal/savedview"
	"traceview/internal/snapshot"
)

// TestSharedView has support look at a trace, note something and share it; who
// opens the file elsewhere, with other settings, another library and in another
// language, has the same on the screen: sharing it again gives the same view.
func TestSharedView(t *testing.T) {
	order := troubled(t, demo.New(demo.Options{}))
	const noted = "The key of the storage expired"

	support := openDisplay(t, 1280, 800)
	w := support.launch(program(t), "demo", "--lang", "en", "--config-dir", t.TempDir(), "--data-dir", t.TempDir())
	support.waitFor("the first page", "start", time.Minute, func(text string) bool { return strings.Contains(text, "rder") })
	support.typeText(order.number)
	support.key("Return")
	support.waitFor("the list of traces", "results", time.Minute, func(text string) bool { return mentions(text, order.services) })
	support.key("Return")
	support.waitFor("the trace", "trace", time.Minute, func(text string) bool { return strings.Contains(text, order.spans) })
	support.key("Home", "Down", "Down", "Down", "Down", "z", "i") // zoomed to a short step, a note on it
	support.typeText(noted)
	support.key("ctrl+Return")
	support.waitFor("the note", "noted", time.Minute, func(text string) bool { return strings.Contains(text, "expired") })
	support.key("Up", "Left") // the step that called it chosen and folded
	support.waitFor("the view", "support", time.Minute, func(text string) bool { return strings.Contains(text, "Other notes") })
	first := support.share("What leaves", "Saved")
	w.stop()

	developer := openDisplay(t, 1280, 800)
	w = developer.launch(program(t), "--lang", "ru", "--config-dir", t.TempDir(), "--data-dir", t.TempDir(), first)
	developer.waitFor("the note", "developer", time.Minute, func(text string) bool { return strings.Contains(text, "Другие заметки") })
	second := developer.share("Что уйд", "Сохран")
	w.stop()

	view, notes := whatIsShared(t, first)
	again, notesAgain := whatIsShared(t, second)
	if v := view.Traces[0]; v.Shown == nil || v.Selected == nil || len(v.Collapsed)+len(v.Expanded) == 0 || view.Order != order.number {
		t.Errorf("support saw %+v, want it zoomed, folded and with a step chosen", view)
	}
	if len(notes) != 1 || notes[0].Text != noted || notes[0].Span == nil {
		t.Errorf("support noted %+v", notes)
	}
	if !reflect.DeepEqual(again, view) {
		t.Errorf("the developer sees\n%+v, support saw\n%+v", again, view)
	}
	if !reflect.DeepEqual(notesAgain, notes) {
		t.Errorf("the developer has the notes\n%+v, support has\n%+v", notesAgain, notes)
	}
}

// share shares what is in front as a snapshot, waiting for words, and returns the
// file.
func (d *display) share(ready, saved string) string {
	d.t.Helper()
	d.key("ctrl+e")
	d.waitFor("what leaves", "leaves", time.Minute, func(text string) bool { return strings.Contains(text, ready) })
	d.key("ctrl+Return")
	d.waitFor("the file", "shared", time.Minute, func(text string) bool { return strings.Contains(text, saved) })
	var file string
	for _, e := range slices.Backward(d.env) {
		if home, ok := strings.CutPrefix(e, "HOME="); ok { // the last counts
			_ = filepath.WalkDir(home, func(path string, _ fs.DirEntry, _ error) error {
				if filepath.Ext(path) == ".traceview" {
					file = path
				}
				return nil
			})
			break
		}
	}
	if file == "" {
		d.t.Fatal("no file was written")
	}
	return file
}

// whatIsShared returns the view and the notes of a file, less when and by whom
// the view was saved.
func whatIsShared(t *testing.T, path string) (savedview.View, []savedview.Note) {
	t.Helper()
	f, err := snapshot.Open(context.Background(), path, format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	members := f.Snapshot.Members
	view, err := savedview.DecodeView(members[savedview.ViewMember])
	if err != nil {
		t.Fatal(err)
	}
	notes, err := savedview.DecodeNotes(members[savedview.NotesMember])
	if err != nil {
		t.Fatal(err)
	}
	view.Created, view.Author = time.Time{}, ""
	return view, notes
}
