package shell

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// An orderBox is the field for the order number, or for a filter. It keeps the
// keyboard while suggestions are shown below it, and passes on what is not text.
type orderBox struct {
	widget.Entry
	onEnter    func(text string)
	onMove     func(step int) // among the suggestions
	onEscape   func()
	onFocus    func()
	onShortcut func(s fyne.Shortcut) bool
	onKey      func(name fyne.KeyName, shift bool) bool // function keys
	shift      bool                                     // held
}

func newOrderBox() *orderBox {
	b := &orderBox{}
	b.Icon = theme.SearchIcon()
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey implements fyne.Focusable.
func (b *orderBox) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		b.onEnter(b.Text)
	case fyne.KeyUp:
		b.onMove(-1)
	case fyne.KeyDown:
		b.onMove(1)
	case fyne.KeyEscape:
		b.onEscape()
	default:
		if !b.onKey(e.Name, b.shift) {
			b.Entry.TypedKey(e)
		}
	}
}

// TypedShortcut implements fyne.Shortcutable. An entry would swallow the
// program's shortcuts, so they are offered to the program first.
func (b *orderBox) TypedShortcut(s fyne.Shortcut) {
	if !b.onShortcut(s) {
		b.Entry.TypedShortcut(s)
	}
}

// FocusGained implements fyne.Focusable.
func (b *orderBox) FocusGained() {
	b.Entry.FocusGained()
	b.onFocus()
}

// FocusLost implements fyne.Focusable.
func (b *orderBox) FocusLost() {
	b.shift = false
	b.Entry.FocusLost()
}

// KeyDown implements desktop.Keyable.
func (b *orderBox) KeyDown(e *fyne.KeyEvent) {
	b.shift = b.shift || isShift(e)
	b.Entry.KeyDown(e)
}

// KeyUp implements desktop.Keyable.
func (b *orderBox) KeyUp(e *fyne.KeyEvent) {
	b.shift = b.shift && !isShift(e)
	b.Entry.KeyUp(e)
}

func isShift(e *fyne.KeyEvent) bool {
	return e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight
}

// AcceptsTab implements fyne.Tabbable: Tab goes on to the page.
func (b *orderBox) AcceptsTab() bool { return false }

// set replaces the text. The toolkit keeps a selection when it is given a text,
// and the next letter typed would take its place.
func (b *orderBox) set(text string) {
	b.selectAll()
	b.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	b.SetText(text)
}

// selectAll marks the whole text, so that typing replaces it.
func (b *orderBox) selectAll() { b.Entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }
