package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/export"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/savedview"
	"traceview/internal/snapshot"
	"traceview/ui/shell"
)

// TestViewsDoNotHinderTraces opens snapshots with views and notes of all kinds.
func TestViewsDoNotHinderTraces(t *testing.T) {
	const view, notes = `{"version":1,"active":"01","traces":[{"trace_id":"01"}]}`, `{"version":1,"notes":[{"id":"a","trace_id":"01","text":"look"}]}`
	for _, tt := range []struct {
		name        string
		view, notes string
		says        []string // of what was passed over
	}{
		{"none", "", "", nil},
		{"both", view, notes, nil},
		{"a newer view", `{"version":9}`, notes, []string{"A newer traceview saved the view", "Update traceview"}},
		{"a damaged view", `{"version":1,"traces":7}`, notes, []string{"view in this file is damaged"}},
		{"newer notes", view, `{"version":2}`, []string{"A newer traceview saved the notes", "Update traceview"}},
		{"damaged notes", view, "[]", []string{"notes in this file are damaged"}},
		{"both damaged", "{", "{", []string{"view in this file is damaged"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &snapshot.Snapshot{Manifest: snapshot.Manifest{Order: "10472"}, Members: map[string][]byte{}}
			if tt.view != "" {
				s.Members[savedview.ViewMember], s.Members[savedview.NotesMember] = []byte(tt.view), []byte(tt.notes)
			}
			path := filepath.Join(t.TempDir(), "x.traceview")
			if err := snapshot.WriteFile(path, s); err != nil {
				t.Fatal(err)
			}
			o, err := openForWindow(t.Context(), path, func(shell.Loading) {})
			if err != nil || o.Order != "10472" {
				t.Fatalf("order %q, %v", o.Order, err)
			}
			if (o.View != nil) != (tt.view == view) || (len(o.Notes) == 1) != (tt.notes == notes) {
				t.Errorf("view %+v, notes %+v", o.View, o.Notes)
			}
			if (o.Passed != nil) != (tt.says != nil) {
				t.Fatalf("passed over: %v", o.Passed)
			}
			if o.Passed == nil {
				return
			}
			title, hint := explain(i18n.For("en"), o.Passed)
			for _, want := range tt.says {
				if !strings.Contains(title+" "+hint, want) {
					t.Errorf("said: %s %s, want %q", title, hint, want)
				}
			}
		})
	}
}

// TestNotesAreExported writes a snapshot with a note as a picture, where its mark
// is drawn, and as a page, where nothing of it leaves that the rules forbid.
func TestNotesAreExported(t *testing.T) {
	b := model.NewBuilder()
	b.Add(&model.SpanRecord{Trace: model.TraceID{15: 1}, ID: 1, Name: b.InternString("POST /orders"), StartNano: 1, EndNano: 1e6})
	s := &snapshot.Snapshot{Traces: b.Build(), Members: map[string][]byte{}}
	notes := func(text string) []byte {
		data, err := savedview.EncodeNotes([]savedview.Note{{ID: "a", TraceID: s.Traces[0].ID.String(), Span: &savedview.Span{ID: "1"}, Author: "Anna", Text: text}})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	path := filepath.Join(t.TempDir(), "x.traceview")
	written := func(to export.Format) string {
		t.Helper()
		if err := snapshot.WriteFile(path, s); err != nil {
			t.Fatal(err)
		}
		e := &env{out: io.Discard, err: io.Discard, lang: "en"}
		f, err := openFile(t.Context(), e, path)
		if err != nil {
			t.Fatal(err)
		}
		j, err := newJob(t.Context(), e, to, redact.Safe(), f.traces, f.notes)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, err := j.Write(t.Context(), &out, nil); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	plain := written(export.SVG)
	s.Members[savedview.NotesMember] = notes("expired, ask ivan.petrov@mail.ru")
	if page := written(export.HTML); strings.Contains(page, "ivan.petrov") {
		t.Error("the page holds the address in the note")
	}
	if written(export.SVG) == plain {
		t.Error("the picture has no mark of the note")
	}
}
