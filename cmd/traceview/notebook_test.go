package main

import (
	"reflect"
	"testing"
	"time"

	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/secret"
	"traceview/ui/shell"
)

// TestNotesOutliveTheProgram writes notes into the library of a folder and reads
// them by another opening of it.
func TestNotesOutliveTheProgram(t *testing.T) {
	dir, keys := t.TempDir(), &secret.Memory{}
	id := model.TraceID{15: 1}
	noon := time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)
	n := savedview.Note{ID: "a", TraceID: id.String(), Span: &savedview.Span{ID: "01"}, Author: "Anna", Time: noon, Text: "look"}
	s := newShelf(dir, keys, nil, "", nil)
	bad := n
	bad.ID, bad.TraceID = "b", "пять"
	if err := s.KeepNotes(t.Context(), []savedview.Note{n, bad}); err == nil {
		t.Error("a note on no trace was kept")
	}
	s.close()
	s = newShelf(dir, keys, nil, "", nil)
	defer s.close()
	got, err := s.Notes(t.Context(), id)
	if err != nil || len(got) != 1 || got[0].Text != "look" || *got[0].Span != *n.Span || !got[0].Time.Equal(noon) {
		t.Errorf("kept %+v, %v", got, err)
	}
	if err := s.DropNote(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Notes(t.Context(), id); err != nil || len(got) != 0 {
		t.Errorf("after it was dropped: %+v, %v", got, err)
	}
}

func TestViewsOutliveTheProgram(t *testing.T) {
	dir, keys := t.TempDir(), &secret.Memory{}
	s := newShelf(dir, keys, nil, "", nil)
	v := shell.KeptView{ID: "a", View: savedview.View{Version: savedview.Version, Name: "Why it waits", Order: "10472", Created: time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC), Traces: []savedview.Trace{{TraceID: "01", Filter: "error"}}}}
	for _, id := range []string{"b", "a"} {
		w := v
		w.ID = id
		if err := s.KeepView(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.DropView(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	s.close()
	s = newShelf(dir, keys, nil, "", nil)
	defer s.close()
	if got, err := s.Views(t.Context()); err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], v) {
		t.Errorf("kept %+v, %v", got, err)
	}
}
