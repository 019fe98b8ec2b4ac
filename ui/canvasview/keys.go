package canvasview

import "fyne.io/fyne/v2"

// cyrillic gives the key of the Latin layout for letters typed on a Russian one.
var cyrillic = map[rune]string{
	'у': "e", 'У': "E", 'я': "z", 'Я': "z", 'х': "[", 'Х': "[", 'ъ': "]", 'Ъ': "]",
}

// Name returns what commands call the key of a KeyDown or Rune: "PageUp",
// "Enter", "Left", or the character on a Latin layout. A KeyDown of a key that
// makes a character has no name: it comes again as a Rune, which knows the layout.
func (e Event) Name() string {
	if e.Kind == Rune {
		if s, ok := cyrillic[e.Rune]; ok {
			return s
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
