package canvasview

import (
	"testing"
	"unicode"
)

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
		{"bracket with Shift on a Russian layout", Event{Kind: Rune, Rune: 'Х', Mods: Shift}, "{"},
		{"semicolon on a Russian layout", Event{Kind: Rune, Rune: 'ж'}, ";"},
		{"quote on a Russian layout", Event{Kind: Rune, Rune: 'э'}, "'"},
		{"comma on a Russian layout", Event{Kind: Rune, Rune: 'б'}, ","},
		{"full stop on a Russian layout", Event{Kind: Rune, Rune: 'ю'}, "."},
		{"back tick on a Russian layout", Event{Kind: Rune, Rune: 'ё'}, "`"},
		{"question mark", Event{Kind: Rune, Rune: '?', Mods: Shift}, "?"},
		{"its key on a Russian layout", Event{Kind: Rune, Rune: ',', Mods: Shift}, "?"},
		{"a comma", Event{Kind: Rune, Rune: ','}, ","},
		{"a digit", Event{Kind: Rune, Rune: '7'}, "7"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.e.Name(); got != tt.want {
				t.Errorf("Name() = %q, want %q", got, tt.want)
			}
		})
	}
}

// TestEveryRussianLetter holds that no letter of a Russian layout is forgotten,
// and that no two stand for one key.
func TestEveryRussianLetter(t *testing.T) {
	if len(latin) != len([]rune(russian)) || len(shifted) != len(latin) {
		t.Fatalf("%d Russian letters, %d and %d keys", len([]rune(russian)), len(latin), len(shifted))
	}
	seen := map[string]rune{}
	for r := 'а'; r <= 'я'; r++ {
		for _, c := range []rune{r, unicode.ToUpper(r)} {
			name := Event{Kind: Rune, Rune: c}.Name()
			if len(name) != 1 || seen[name] != 0 {
				t.Errorf("%c is %q, as %c is", c, name, seen[name])
			}
			seen[name] = c
		}
	}
	for k := 'a'; k <= 'z'; k++ {
		if seen[string(k)] == 0 || seen[string(unicode.ToUpper(k))] != unicode.ToUpper(seen[string(k)]) {
			t.Errorf("%c cannot be typed on a Russian layout", k)
		}
	}
}

func TestCapsLockIsNoShift(t *testing.T) {
	for _, tt := range []struct {
		typed rune
		shift bool
		want  rune
	}{{'E', false, 'e'}, {'e', true, 'E'}, {'У', false, 'у'}, {'7', true, '7'}, {'[', false, '['}} {
		if got := inCase(tt.typed, tt.shift); got != tt.want {
			t.Errorf("%c with Shift %v is %c, want %c", tt.typed, tt.shift, got, tt.want)
		}
	}
}
