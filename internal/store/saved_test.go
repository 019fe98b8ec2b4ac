package store

import (
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/secret"
)

var noon = time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)

func noteTexts(tb testing.TB, s *Store, n int) (list []string) {
	tb.Helper()
	notes, err := s.Notes(context.Background(), idOf(n))
	if err != nil {
		tb.Fatal(err)
	}
	for _, n := range notes {
		list = append(list, n.ID+" "+string(n.Data))
	}
	return list
}

func TestNotesAreKept(t *testing.T) {
	ctx, o := context.Background(), optionsIn(t.TempDir(), &secret.Memory{})
	s := openStore(t, o)
	put := func(list ...Note) {
		t.Helper()
		if err := s.PutNotes(ctx, list); err != nil {
			t.Fatal(err)
		}
	}
	put(Note{"a", idOf(1), noon, []byte("first")}, Note{"b", idOf(2), noon, []byte("of another")}, Note{"c", idOf(1), noon.Add(time.Hour), []byte("third")})
	put(Note{"a", idOf(1), noon.Add(-time.Hour), []byte("older")}, Note{"c", idOf(1), noon.Add(2 * time.Hour), []byte("newer")})
	closeStore(t, s)
	s = openStore(t, o)
	if got := noteTexts(t, s, 1); !slices.Equal(got, []string{"a first", "c newer"}) {
		t.Errorf("kept %q", got)
	}
	for range 2 {
		if err := s.DeleteNote(ctx, "a"); err != nil {
			t.Fatal(err)
		}
	}
	if got := noteTexts(t, s, 1); !slices.Equal(got, []string{"c newer"}) || len(noteTexts(t, s, 2)) != 1 || noteTexts(t, s, 3) != nil {
		t.Errorf("after deleting kept %q", got)
	}
	closeStore(t, s)
	for _, suffix := range []string{"", walSuffix} {
		if data, err := os.ReadFile(pathIn(o.Dir) + suffix); err == nil && strings.Contains(string(data), "newer") {
			t.Error("a note can be read in the file")
		}
	}
}

func TestViewsAreKept(t *testing.T) {
	ctx, s := context.Background(), newStore(t)
	want := []View{{"b", "Why it waits", noon.Add(time.Hour), []byte("{}")}, {"a", "renamed", noon, []byte("[]")}}
	for _, v := range []View{{"a", "first", noon, []byte("x")}, want[0], want[1], {"c", "gone", noon, []byte("x")}} {
		if err := s.PutView(ctx, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.DeleteView(ctx, "c"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Views(ctx); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("kept %+v, %v", got, err)
	}
}

// TestLibrariesOfVersion1 opens a library that a program made which knew neither
// notes nor views, and holds that that program no longer touches it.
func TestLibrariesOfVersion1(t *testing.T) {
	ctx, o := context.Background(), optionsIn(t.TempDir(), &secret.Memory{})
	old := o
	old.steps = schemaSteps[:1]
	s := openStore(t, o)
	if _, _, err := s.Put(ctx, traceOf(1, spanOf{id: 1, service: "shop-api", op: "POST /orders"}), "Production"); err != nil {
		t.Fatal(err)
	}
	makeOlder(t, s, 1)
	s = openStore(t, o)
	if _, err := s.Find(ctx, idOf(1)); err != nil {
		t.Errorf("the trace of version 1: %v", err)
	}
	if err := s.PutNotes(ctx, []Note{{"a", idOf(1), noon, []byte("first")}}); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	m, err := Open(ctx, old)
	if err == nil || m.Kept() || !strings.Contains(err.Error(), ErrNewer.Error()) {
		t.Errorf("the older program opens it: %v", err)
	}
	closeStore(t, m)
	s = openStore(t, o)
	if got := noteTexts(t, s, 1); len(got) != 1 {
		t.Errorf("kept %q", got)
	}
}

// TestNotesAreSalvaged takes notes and views over from a damaged library.
func TestNotesAreSalvaged(t *testing.T) {
	keys, _ := givenKey(t)
	o := optionsIn(t.TempDir(), keys)
	s := openStore(t, o)
	err := s.PutNotes(t.Context(), []Note{{"a", idOf(1), noon, []byte("first")}})
	if err == nil {
		err = s.PutView(t.Context(), View{"v", "name", noon, []byte("{}")})
	}
	if err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	change(t, pathIn(o.Dir), flip(20))
	s, err = Open(t.Context(), o)
	if err == nil || !s.Kept() {
		t.Fatalf("opened with %v", err)
	}
	defer closeStore(t, s)
	if _, err := s.Salvage(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	views, err := s.Views(t.Context())
	if got := noteTexts(t, s, 1); len(got) != 1 || len(views) != 1 || err != nil {
		t.Errorf("salvaged %q, %+v, %v", got, views, err)
	}
}
