package canvasview

import "testing"

func TestName(t *testing.T) {
	for _, tt := range []struct {
		name string
		e    Event
		want string
	}{
		{"page up", Event{Kind: KeyDown, Key: "Prior"}, "PageUp"},
		{"page down", Event{Kind: KeyDown, Key: "Next"}, "PageDown"},
		{"enter", Event{Kind: KeyDown, Key: "Return"}, "Enter"},
		{"enter of the number pad", Event{Kind: KeyDown, Key: "KP_Enter"}, "Enter"},
		{"arrow", Event{Kind: KeyDown, Key: "Left"}, "Left"},
		{"a key that makes a character", Event{Kind: KeyDown, Key: "E"}, ""},
		{"Latin letter", Event{Kind: Rune, Rune: 'e'}, "e"},
		{"letter on a Russian layout", Event{Kind: Rune, Rune: 'у'}, "e"},
		{"the same with Shift", Event{Kind: Rune, Rune: 'У'}, "E"},
		{"bracket on a Russian layout", Event{Kind: Rune, Rune: 'ъ'}, "]"},
		{"Russian letter without a command", Event{Kind: Rune, Rune: 'ж'}, "ж"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.e.Name(); got != tt.want {
				t.Errorf("Name() = %q, want %q", got, tt.want)
			}
		})
	}
}
