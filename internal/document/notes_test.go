package document

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"traceview/internal/model"
	"traceview/internal/savedview"
)

var noon = time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)

// noted returns a Document of the family with notes on two spans, a stretch of
// time and the whole.
func noted(t *testing.T) *Document {
	t.Helper()
	d := newDocument(t)
	for k, a := range []About{{Span: 5}, {Span: model.NoSpan}, {Span: 2}, {Span: model.NoSpan, From: 300 * ms, To: 500 * ms, Stretch: true}} {
		id := string(rune('a' + k))
		if n, ok := d.WriteNote(id, a, "Anna", " note "+id+"\r\n", noon); !ok || n.Text != "note "+id || n.ID != id {
			t.Fatalf("wrote %+v, %v", n, ok)
		}
	}
	return d
}

func ids(d *Document) (out string) {
	for _, n := range d.Notes() {
		out += n.ID
	}
	return out
}

func TestNotes(t *testing.T) {
	d := noted(t)
	if got := ids(d); got != "bcda" {
		t.Errorf("in the order %q, want that of what they are about", got)
	}
	if !d.Noted(2) || !d.Noted(5) || d.Noted(1) || !d.NotedInside(0) || !d.NotedInside(1) || d.NotedInside(2) || d.NotedInside(6) {
		t.Error("other spans have notes")
	}
	if on := d.NotesOn(2); len(on) != 1 || on[0].Text != "note c" || on[0].Author != "Anna" || !on[0].Time.Equal(noon) {
		t.Errorf("on span 2: %+v", on)
	}
	if _, ok := d.WriteNote("x", About{Span: 1}, "", " \n\t ", noon); ok || len(d.Notes()) != 4 {
		t.Error("a note without text was written")
	}
	n, ok := d.WriteNote("c", About{Span: 7}, "Boris", "changed", noon.Add(time.Hour))
	if !ok || n.Span.ID != "0000000000000003" || len(d.Notes()) != 4 || d.NotesOn(2)[0].Text != "changed" || d.Noted(7) {
		t.Errorf("changed to %+v, %v", n, d.NotesOn(2))
	}
	gone, ok := d.DeleteNote("c")
	if !ok || d.Noted(2) || len(d.Notes()) != 3 {
		t.Errorf("deleted %+v, %v", gone, ok)
	}
	if _, ok := d.DeleteNote("c"); ok {
		t.Error("deleted twice")
	}
	if d.MergeNotes([]savedview.Note{gone}); ids(d) != "bcda" || d.NotesOn(2)[0].Text != "changed" {
		t.Errorf("brought back: %q", ids(d))
	}
}

func TestWhatANoteIsAbout(t *testing.T) {
	d := newDocument(t)
	if a := d.Noting(); a != (About{Span: model.NoSpan}) {
		t.Errorf("with nothing selected about %+v", a)
	}
	d.Select(3)
	if a := d.Noting(); a != (About{Span: 3}) {
		t.Errorf("with a span selected about %+v", a)
	}
	d.MeasureSelected()
	if a := d.Noting(); a.Span != 3 {
		t.Errorf("with the span measured about %+v", a)
	}
	d.MeasureTime(ms, 5*ms)
	if a := d.Noting(); !a.Stretch || a.From != ms || a.To != 5*ms || a.Span != model.NoSpan {
		t.Errorf("with a stretch measured about %+v", a)
	}
}

func TestJumpingThroughNotes(t *testing.T) {
	d := noted(t)
	if (*Document)(newDocument(t)).NextNote() {
		t.Error("went to a note where none is")
	}
	var seen string
	for range 5 {
		d.NextNote()
		seen += d.NoteInFront()
	}
	if seen != "bcdab" {
		t.Errorf("forward %q", seen)
	}
	seen = ""
	for range 4 {
		d.PrevNote()
		seen += d.NoteInFront()
	}
	if seen != "adcb" {
		t.Errorf("back %q", seen)
	}
	d.GoToNote("c")
	if d.Selected() != 2 {
		t.Errorf("selected %d", d.Selected())
	}
	d.ZoomTo(2000*ms, 3000*ms)
	d.GoToNote("d")
	if m, on := d.Measured(); !on || m.From != 300*ms || m.To != 500*ms || d.Viewport().Start > 300*ms || d.Viewport().End() < 500*ms {
		t.Errorf("measured %+v, in sight %+v", m, d.Viewport())
	}
	if d.GoToNote("z") {
		t.Error("went to a note that is not there")
	}
}

// TestNotesAreMerged holds that the newest of a note wins wherever it comes from,
// and that what a file says is bounded.
func TestNotesAreMerged(t *testing.T) {
	d := noted(t)
	saved := d.SavedNotes()
	data, err := savedview.EncodeNotes(saved)
	if err != nil {
		t.Fatal(err)
	}
	read, err := savedview.DecodeNotes(data)
	if err != nil || !reflect.DeepEqual(read, saved) {
		t.Fatalf("read %+v, %v", read, err)
	}
	if taken := d.MergeNotes(read); taken != nil {
		t.Errorf("took %+v although nothing changed", taken)
	}
	other := New(reread(t, d.trace))
	if taken := other.MergeNotes(read); len(taken) != 4 || ids(other) != "bcda" || !other.Noted(2) {
		t.Errorf("elsewhere %q", ids(other))
	}
	older, newer := read[1], read[1]
	older.Text, older.Time = "older", noon.Add(-time.Hour)
	newer.Text, newer.Time = "newer", noon.Add(time.Hour)
	if taken := d.MergeNotes([]savedview.Note{older, newer, older}); len(taken) != 1 || d.NotesOn(2)[0].Text != "newer" {
		t.Errorf("took %+v", taken)
	}
	id := d.trace.ID.String()
	strange := []savedview.Note{
		{ID: "1", TraceID: "00", Text: "of another trace"}, {ID: "", TraceID: id, Text: "without an id"}, {ID: "2", TraceID: id, Text: " "},
		{ID: "3", TraceID: id, Text: "a span that is gone", Span: &savedview.Span{ID: "ff"}},
		{ID: "4", TraceID: id, Text: "another time", Range: &savedview.Range{From: 9, To: 3}},
		{ID: "5", TraceID: id, Text: strings.Repeat("ы", NoteRunes+9), Author: "A\x00n\u202ena\n" + strings.Repeat("x", 999)},
	}
	if taken := d.MergeNotes(strange); len(taken) != 3 {
		t.Errorf("took %d strange ones", len(taken))
	}
	for _, id := range []string{"3", "4"} {
		if n, _ := d.Note(id); n.Span != model.NoSpan || n.Stretch || n.Text == "" {
			t.Errorf("%s is %+v", id, n)
		}
	}
	if n, _ := d.Note("5"); len([]rune(n.Text)) != NoteRunes || strings.ContainsAny(n.Author, "\x00\u202e") || len(n.Author) > 100 {
		t.Errorf("by %q, %d runes", n.Author, len([]rune(n.Text)))
	}
	var many []savedview.Note
	for range mostNotes + 5 {
		many = append(many, savedview.Note{ID: "n" + string(rune(len(many)+1000)), TraceID: id, Text: "x"})
	}
	if d.MergeNotes(many); len(d.Notes()) != mostNotes {
		t.Errorf("%d notes", len(d.Notes()))
	}
}

// TestNotesOfAPreviewStay carries notes over to the whole trace.
func TestNotesOfAPreviewStay(t *testing.T) {
	old := Arriving(build(t, early))
	old.WriteNote("a", About{Span: index(t, old.trace, 4)}, "", "look", noon)
	d := New(build(t, family))
	d.Carry(old)
	if !d.Noted(index(t, d.trace, 4)) {
		t.Errorf("carried over: %+v", d.Notes())
	}
}
