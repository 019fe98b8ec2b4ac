package document

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/savedview"
)

const (
	// mostNotes bounds the notes of a trace: more than anybody reads.
	mostNotes = 10_000
	// NoteRunes bounds the text of a note.
	NoteRunes = 20_000
	// authorRunes bounds the name of who wrote it.
	authorRunes = 100
)

// An About is what a note is written about: a span, a stretch of time or, where
// it is neither, the trace as a whole.
type About struct {
	Span     model.SpanIndex // NoSpan for none
	From, To int64           // ns from the trace's beginning, if Stretch
	Stretch  bool
}

// start returns where in the trace it begins, before everything for the whole.
func (a About) start(t *model.Trace) int64 {
	switch {
	case a.Span != model.NoSpan:
		return t.Spans[a.Span].Start
	case a.Stretch:
		return a.From
	}
	return -1
}

// A Note is what somebody wrote about a trace.
type Note struct {
	ID, Author, Text string
	Time             time.Time // when it was written or changed last
	About
	saved savedview.Note
}

// notes are what was written about the trace.
type notes struct {
	list  []Note            // in the order of what they are about, then of writing
	spans []model.SpanIndex // that have one, rising
	front string            // id of the one gone to last
	made  int               // changes with any of these
}

// NotesVersion changes whenever the notes do, or the one in front.
func (d *Document) NotesVersion() int { return d.notes.made }

// Notes returns the notes in the order of the time that they are about, those on
// the trace as a whole first. The caller must not change them.
func (d *Document) Notes() []Note { return d.notes.list }

// Noted says whether there is a note on a span.
func (d *Document) Noted(i model.SpanIndex) bool {
	k := sort.Search(len(d.notes.spans), func(k int) bool { return d.notes.spans[k] >= i })
	return k < len(d.notes.spans) && d.notes.spans[k] == i
}

// NotedSpans returns the spans with a note, rising. The caller must not change
// them.
func (d *Document) NotedSpans() []model.SpanIndex { return d.notes.spans }

// NotedInside says whether there is a note on a span below i.
func (d *Document) NotedInside(i model.SpanIndex) bool {
	k := sort.Search(len(d.notes.spans), func(k int) bool { return d.notes.spans[k] > i })
	return k < len(d.notes.spans) && d.notes.spans[k] < d.trace.Spans[i].End
}

// NotesOn returns the notes on a span.
func (d *Document) NotesOn(i model.SpanIndex) (list []Note) {
	if !d.Noted(i) {
		return nil
	}
	for _, n := range d.notes.list {
		if n.Span == i {
			list = append(list, n)
		}
	}
	return list
}

// Note returns the note with an id.
func (d *Document) Note(id string) (Note, bool) {
	if k := d.noteAt(id); k >= 0 {
		return d.notes.list[k], true
	}
	return Note{}, false
}

func (d *Document) noteAt(id string) int {
	return slices.IndexFunc(d.notes.list, func(n Note) bool { return n.ID == id })
}

// Noting returns what a note would be about now: the stretch of time that is
// measured, else the selected span, else the trace.
func (d *Document) Noting() About {
	if d.measuring && (d.measure.Span == model.NoSpan || d.measure.Other != model.NoSpan) {
		return About{Span: model.NoSpan, From: d.measure.From, To: d.measure.To, Stretch: true}
	}
	return About{Span: d.selected}
}

// WriteNote adds a note or, with the id of one that is there, changes its text.
// It returns the note to be kept, false for one without text.
func (d *Document) WriteNote(id string, about About, author, text string, now time.Time) (savedview.Note, bool) {
	if text = strings.TrimSpace(tidy(text, NoteRunes)); text == "" {
		return savedview.Note{}, false
	}
	n := savedview.Note{ID: id, TraceID: d.trace.ID.String()}
	if old, ok := d.Note(id); ok {
		n = old.saved
	} else if d.has(about.Span) {
		s := saver{doc: d, wanted: map[model.SpanIndex][]*savedview.Span{}}
		n.Span = s.one(about.Span)
		s.finish()
	} else if about.Stretch {
		n.Range = d.absolute(about.From, about.To)
	}
	n.Author, n.Text, n.Time = tidy(author, authorRunes), text, now.UTC().Round(0)
	d.MergeNotes([]savedview.Note{n})
	return n, true
}

// DeleteNote deletes a note and returns it, for MergeNotes to bring it back.
func (d *Document) DeleteNote(id string) (savedview.Note, bool) {
	k := d.noteAt(id)
	if k < 0 {
		return savedview.Note{}, false
	}
	gone := d.notes.list[k].saved
	d.setNotes(slices.Delete(slices.Clone(d.notes.list), k, k+1))
	d.changed(true)
	return gone, true
}

// SavedNotes returns the notes as they are kept.
func (d *Document) SavedNotes() []savedview.Note {
	out := make([]savedview.Note, len(d.notes.list))
	for k, n := range d.notes.list {
		out[k] = n.saved
	}
	return out
}

// MergeNotes takes notes over that are kept elsewhere: those that are new here,
// and those that were changed later. It returns the ones taken. What they say is
// not trusted.
func (d *Document) MergeNotes(list []savedview.Note) (taken []savedview.Note) {
	id := d.trace.ID.String()
	all := slices.Clone(d.notes.list)
	at := make(map[string]int, len(all))
	for k := range all {
		at[all[k].ID] = k
	}
	for _, n := range list {
		k, known := at[n.ID]
		switch {
		case n.ID == "" || n.TraceID != id || strings.TrimSpace(n.Text) == "":
		case known && n.Time.After(all[k].Time):
			all[k] = Note{ID: n.ID, saved: n, Time: n.Time}
			taken = append(taken, n)
		case !known && len(all) < mostNotes:
			at[n.ID] = len(all)
			all = append(all, Note{ID: n.ID, saved: n, Time: n.Time})
			taken = append(taken, n)
		}
	}
	if len(taken) == 0 {
		return nil
	}
	d.placeNotes(all)
	d.setNotes(all)
	d.changed(true)
	return taken
}

// placeNotes finds what notes are about.
func (d *Document) placeNotes(list []Note) {
	r := restorer{doc: d, at: map[spanName]model.SpanIndex{}}
	for k := range list {
		if s := list[k].saved.Span; s != nil {
			r.view.Admitted = append(r.view.Admitted, *s)
		}
	}
	r.locate()
	for k := range list {
		n := &list[k]
		n.Author, n.Text = tidy(n.saved.Author, authorRunes), tidy(n.saved.Text, NoteRunes)
		n.About = About{Span: r.one(n.saved.Span)}
		if n.saved.Range != nil && n.saved.Span == nil {
			n.From, n.To, n.Stretch = d.relative(*n.saved.Range)
		}
	}
}

// setNotes sorts notes and takes them.
func (d *Document) setNotes(list []Note) {
	slices.SortStableFunc(list, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.start(d.trace), b.start(d.trace)), cmp.Compare(a.Span, b.Span), a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID))
	})
	d.notes.list, d.notes.spans = list, nil
	d.notes.made++
	on := query.NewSet(len(d.trace.Spans))
	for k := range list {
		if i := list[k].Span; i != model.NoSpan {
			on.Add(i)
		}
	}
	for i := on.Next(0); i != model.NoSpan; i = on.Next(i + 1) {
		d.notes.spans = append(d.notes.spans, i)
	}
}

// tidy returns text of at most so many runes, without characters that nobody
// sees but for new lines and tabs.
func tidy(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) && r != utf8.RuneError {
			return r
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		return -1
	}, strings.ReplaceAll(text, "\r\n", "\n"))
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most])
	}
	return text
}

// NextNote goes to the next note, down the time, and again to the first.
func (d *Document) NextNote() bool { return d.stepNote(1) }

// PrevNote goes to the note before.
func (d *Document) PrevNote() bool { return d.stepNote(-1) }

func (d *Document) stepNote(step int) bool {
	n := len(d.notes.list)
	if n == 0 {
		return false
	}
	at := d.noteAt(d.notes.front)
	if at < 0 && step < 0 {
		at = 0
	}
	return d.GoToNote(d.notes.list[(at+step+n)%n].ID)
}

// GoToNote shows what a note is about: selects its span, or measures its stretch
// of time.
func (d *Document) GoToNote(id string) bool {
	n, ok := d.Note(id)
	if !ok {
		return false
	}
	d.notes.front = id
	d.notes.made++
	return d.act(stepNext, func() bool {
		switch {
		case n.Span != model.NoSpan:
			d.ClearMeasure()
			d.SelectBar(n.Span)
		case n.Stretch:
			d.MeasureTime(n.From, n.To)
			if n.To < d.view.Start || n.From > d.view.End() {
				d.zoomAround(n.From, n.To)
			}
		}
		return true
	})
}

// NoteInFront returns the id of the note that was gone to last, "" for none.
func (d *Document) NoteInFront() string { return d.notes.front }
