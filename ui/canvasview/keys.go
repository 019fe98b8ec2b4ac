package canvasview

import (
	"unicode"

	"fyne.io/fyne/v2"
)

// The keys of a Russian layout and those of the Latin one in the same places.
const (
	russian = "ёйцукенгшщзхъфывапролджэячсмитьбю"
	latin   = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
	shifted = "~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"
)

// fromRussian gives the key of the Latin layout for a letter typed on a Russian one.
var fromRussian = func() map[rune]string {
	m := make(map[rune]string, 2*len(latin))
	for k, r := range []rune(russian) {
		m[r], m[unicode.ToUpper(r)] = latin[k:k+1], shifted[k:k+1]
	}
	return m
}()

// Name returns what commands call the key of a KeyDown or Rune: "PageUp",
// "Enter", "Left", or the character on a Latin layout. A KeyDown of a key that
// makes a character has no name: it comes again as a Rune, which knows the layout.
//
// A full stop is told as such: on a Russian layout it is typed by the key that
// bears the Latin slash, which for that reason is no command.
func (e Event) Name() string {
	if e.Kind == Rune {
		if s, ok := fromRussian[e.Rune]; ok {
			return s
		}
		if e.Rune == ',' && e.Mods&Shift != 0 { // on a Latin layout that is "<"
			return "?"
		}
		return string(e.Rune)
	}
	switch fyne.KeyName(e.Key) {
	case fyne.KeyPageUp:
		return "PageUp"
	case fyne.KeyPageDown:
		return "PageDown"
	case fyne.KeyReturn, fyne.KeyEnter:
		return "Enter"
	}
	if len(e.Key) == 1 {
		return ""
	}
	return e.Key
}

// inCase returns a letter in the case that Shift asks for: Caps Lock is no
// modifier of a command.
func inCase(r rune, shift bool) rune {
	if shift {
		return unicode.ToUpper(r)
	}
	return unicode.ToLower(r)
}
