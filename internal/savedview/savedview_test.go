package savedview

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// full has something in every field.
func full() View {
	return View{
		Version: Version, Name: "Why the upload failed", Author: "Anna", Created: time.Date(2026, 11, 14, 14, 2, 11, 120, time.UTC),
		Order: "10472", Active: "000102030405060708090a0b0c0d0e0f",
		Traces: []Trace{{
			TraceID: "000102030405060708090a0b0c0d0e0f", View: "flame", Shown: &Range{1_700_000_000_000_000_001, 1_700_000_000_000_000_009},
			Selected: &Span{ID: "0000000000000001"}, Top: &Span{"0000000000000002", 1}, Above: 0.3, Rows: 12,
			Collapsed: []Span{{ID: "0000000000000003"}}, AllFolded: true, Expanded: []Span{{ID: "a#b"}, {ID: "", N: -2}},
			Filter: "error dur>1ms", Only: true, Admitted: []Span{{"c", 7}}, Sort: "self", Colour: &Colour{"attribute", "order.id", "tol"},
			Measured: &Measure{Range{-1, 1}, &Span{ID: "1"}, &Span{ID: "2"}, true}, Stats: &Stats{true, Order{"p95", true}, Order{"name", false}},
			Merged: &Merged{Weight: "self", Zoom: &Span{ID: "4"}, Outer: []Span{{ID: "5"}}, Focus: &Span{ID: "6"}, Shown: &Range{3, 4}},
		}},
	}
}

func TestViewsComeBackAsTheyWere(t *testing.T) {
	for _, want := range []View{full(), {Version: Version, Traces: []Trace{}}} {
		data, err := EncodeView(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeView(data)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	}
}

func TestFieldsOfNewerProgramsAreKept(t *testing.T) {
	const text = `{"version":1,"later":[12345678901234567890],"traces":[{"trace_id":"01","tomorrow":{"a":1}}]}`
	v, err := DecodeView([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	v.Name = "renamed"
	data, err := EncodeView(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"12345678901234567890", "tomorrow", "renamed"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%q is gone from %s", want, data)
		}
	}
	list, err := DecodeNotes([]byte(`{"version":1,"notes":[{"id":"a","text":"x","colour":"blue"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if data, err = EncodeNotes(list); err != nil || !strings.Contains(string(data), `"blue"`) {
		t.Errorf("got %s, %v", data, err)
	}
}

func TestWhatIsNewerOrNoViewIsRefused(t *testing.T) {
	if _, err := DecodeView([]byte(`{"version":2}`)); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v", err)
	}
	if _, err := DecodeNotes([]byte(`{"version":9}`)); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v", err)
	}
	for _, text := range []string{"", "[]", `{"traces":{}}`, `{"version":"x"}`, `{"traces":[3]}`} {
		if _, err := DecodeView([]byte(text)); err == nil {
			t.Errorf("%q is taken for a view", text)
		}
	}
}

func FuzzDecodeView(f *testing.F) {
	data, err := EncodeView(full())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"version":1,"x":null,"traces":[null,{"selected":null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := DecodeView(data)
		if err != nil {
			return
		}
		again, err := EncodeView(v)
		if err != nil {
			t.Fatal(err)
		}
		w, err := DecodeView(again)
		if v.Version = Version; err != nil || !reflect.DeepEqual(v, w) {
			t.Fatalf("%s came back as %s: %v", data, again, err)
		}
	})
}
