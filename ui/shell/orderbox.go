package shell

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
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
	onTab      func()                                   // nil, or called for Tab while takesTab says so
	takesTab   func() bool
	shift      bool // held
	cross      *canvasview.View
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
	case fyne.KeyTab:
		if b.AcceptsTab() {
			b.onTab()
		}
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

// AcceptsTab implements fyne.Tabbable: Tab goes on to the page, unless it takes
// one of the suggestions.
func (b *orderBox) AcceptsTab() bool { return b.takesTab != nil && b.takesTab() }

// set replaces the text and puts the caret behind it. The toolkit keeps a
// selection when it is given a text, and the next letter typed would take its
// place; that the text was empty in between is nobody's business.
func (b *orderBox) set(text string) {
	changed := b.OnChanged
	if text != "" {
		b.OnChanged = nil
	}
	b.selectAll()
	b.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	b.OnChanged = changed
	b.SetText(text)
	b.CursorColumn = len([]rune(text))
	b.Refresh()
}

// addCross puts a cross at the end of the field that empties it.
func (b *orderBox) addCross(kit *xwidget.Kit) {
	p := xwidget.NewPanel(kit)
	p.Background = func() scene.Color { return kit.Look.Paper }
	p.Content = func(c *xwidget.Canvas, _, w float32) float32 {
		if s := c.D(18); b.Text != "" {
			x, y := (w-s)/2, float32(int((float32(c.H)-s)/2))
			if c.Hot(x, y, s, s) {
				c.RoundRect(x, y, s, s, c.D(4), c.Look.Hover())
			}
			c.Close(x, y, s, c.Look.Secondary)
			c.Spot(x, y, s, s, kit.Words.T("find.clear"), func() { b.set("") })
		}
		return float32(c.H)
	}
	b.cross = canvasview.New(p, false, fyne.NewSize(22, 22))
	b.ActionItem = container.NewCenter(b.cross) // it would cover the border of the field otherwise
}

// selectAll marks the whole text, so that typing replaces it.
func (b *orderBox) selectAll() { b.Entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }
