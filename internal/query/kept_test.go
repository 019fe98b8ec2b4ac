package query

import (
	"reflect"
	"testing"
	"time"
)

func TestParseKept(t *testing.T) {
	now := time.Date(2026, 11, 29, 2, 0, 0, 0, time.UTC)
	for text, want := range map[string]Kept{
		"":                                   {},
		"10472":                              {Plain: "10472"},
		"  read timeout ":                    {Plain: "read timeout"},
		"№ 10472 error":                      {Plain: "№ 10472", Failed: true},
		`"error" "a  b"`:                     {Plain: "error a  b"},
		"order=10472 pinned":                 {Order: "10472", Pinned: true},
		`service=mes-api name="PUT 3d file"`: {Service: "mes-api", Operation: "PUT 3d file"},
		"label=срочно http.status=403 a=b=c": {Label: "срочно", Attrs: [][2]string{{"http.status", "403"}, {"a", "b=c"}}},
		"last=7d":     {From: now.AddDate(0, 0, -7)},
		"last=soon x": {Bad: "last=soon", Plain: "x"},
		"service= =x": {Plain: "=x"},
		`name="open`:  {Operation: "open"},
	} {
		if got := ParseKept(text, now); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

func TestToggleKept(t *testing.T) {
	for _, tt := range []struct{ text, word, want string }{
		{"", "error", "error"},
		{"error", "error", ""},
		{`10472  error "a  b"`, "error", `10472 "a  b"`},
		{"10472", "last=7d", "10472 last=7d"},
		{"10472 last=7d", "last=30d", "10472 last=30d"},
		{"last=7d 10472", "last=7d", "10472"},
		{"errors", "error", "errors error"},
	} {
		if got := ToggleKept(tt.text, tt.word); got != tt.want {
			t.Errorf("%q with %q is %q, want %q", tt.text, tt.word, got, tt.want)
		}
		if HasKept(tt.want, tt.word) == HasKept(tt.text, tt.word) {
			t.Errorf("%q: toggling %q changes nothing", tt.text, tt.word)
		}
	}
}

func FuzzParseKept(f *testing.F) {
	f.Add(`10472 service=mes-api "a b" last=7d`)
	f.Fuzz(func(t *testing.T, text string) {
		ParseKept(text, time.Unix(0, 0))
		once := ToggleKept(text, KeptFailed)
		if HasKept(once, KeptFailed) == HasKept(text, KeptFailed) && HasKept(text, KeptFailed) {
			t.Errorf("%q keeps its word: %q", text, once)
		}
	})
}
