package canvasview

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

var (
	_ fyne.Widget        = (*View)(nil)
	_ fyne.Draggable     = (*View)(nil)
	_ fyne.Scrollable    = (*View)(nil)
	_ fyne.Focusable     = (*View)(nil)
	_ desktop.Mouseable  = (*View)(nil)
	_ desktop.Hoverable  = (*View)(nil)
	_ desktop.Cursorable = (*View)(nil)
	_ desktop.Keyable    = (*View)(nil)
	_ fyne.Disableable   = (*View)(nil)
	_ fyne.Tabbable      = (*View)(nil)
)

// twice is how close in time two presses make a double press.
const twice = 400 * time.Millisecond

// A View shows a Painter and hands it what a person does. It is used on the UI
// goroutine only.
type View struct {
	widget.BaseWidget
	painter Painter
	raster  *canvas.Raster
	buf     *image.RGBA
	min     fyne.Size

	scale    float32
	mods     Mods
	button   Button
	pressAt  fyne.Position
	pressed  time.Time
	clicks   int
	takesKey bool
	last     fyne.Position

	// OnFrame, if set, is told the cost of each frame.
	OnFrame func(cost time.Duration)
	// OnFocus, if set, is told when the view gets the keyboard.
	OnFocus func()
	// OnTab, if set, is told of Tab, and of Shift+Tab as back, in place of the
	// keyboard going to the next part of the window.
	OnTab func(back bool)
}

// New returns a View of p that takes the keyboard when it is clicked if
// takesKeys is set, and never asks for less than min.
func New(p Painter, takesKeys bool, min fyne.Size) *View {
	v := &View{painter: p, takesKey: takesKeys, min: min, scale: 1}
	v.raster = canvas.NewRaster(v.frame)
	v.ExtendBaseWidget(v)
	return v
}

// Adopt takes over the picture of a View that is not shown any longer, with its
// memory and its texture in the toolkit, 15 MB of a large window: those would
// last a minute beside the new ones. It must come before v is shown.
func (v *View) Adopt(old *View) {
	v.raster, v.buf = old.raster, old.buf
	v.raster.Generator = v.frame
	old.raster, old.buf = canvas.NewRaster(old.frame), nil
}

// CreateRenderer implements fyne.Widget.
func (v *View) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(v.raster) }

// MinSize implements fyne.CanvasObject.
func (v *View) MinSize() fyne.Size { return v.min }

// SetMinSize changes the least size the view asks for.
func (v *View) SetMinSize(s fyne.Size) {
	if s != v.min {
		v.min = s
		v.Refresh()
	}
}

// Redraw paints the view anew before the next frame; it costs less than
// Refresh, which walks the widget.
func (v *View) Redraw() { v.raster.Refresh() }

// Refresh implements fyne.CanvasObject.
func (v *View) Refresh() { v.raster.Refresh() }

// frame is called by the toolkit's painter with the size in device pixels. The
// buffer is never a SubImage, whose stride the GL painter would ignore.
func (v *View) frame(w, h int) image.Image {
	if r := image.Rect(0, 0, max(w, 1), max(h, 1)); v.buf == nil || v.buf.Rect != r {
		v.buf = image.NewRGBA(r)
	}
	if s := v.Size(); s.Width > 0 {
		v.scale = float32(w) / s.Width
	}
	began := time.Now()
	v.painter.Paint(v.buf, v.scale)
	if v.OnFrame != nil {
		v.OnFrame(time.Since(began))
	}
	return v.buf
}

func (v *View) send(e Event) {
	if v.painter.Handle(e) {
		v.Redraw()
	}
}

func (v *View) at(kind EventKind, p fyne.Position) Event {
	v.last = p
	return Event{Kind: kind, X: p.X * v.scale, Y: p.Y * v.scale, Mods: v.held(), Button: v.button}
}

// held returns the modifiers now down. Wheel, drag and hover events carry none,
// so the driver is asked; in tests there is no desktop driver.
func (v *View) held() Mods {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return modsOf(d.CurrentKeyModifiers()) | v.mods&Space
	}
	return v.mods
}

func modsOf(m fyne.KeyModifier) (out Mods) {
	if m&fyne.KeyModifierShift != 0 {
		out |= Shift
	}
	if m&fyne.KeyModifierShortcutDefault != 0 {
		out |= Ctrl
	}
	if m&fyne.KeyModifierAlt != 0 {
		out |= Alt
	}
	return out
}

// MouseDown implements desktop.Mouseable.
func (v *View) MouseDown(e *desktop.MouseEvent) {
	switch e.Button {
	case desktop.MouseButtonSecondary:
		v.button = Secondary
	case desktop.MouseButtonTertiary:
		v.button = Middle
	case desktop.MouseButtonPrimary:
		v.button = Primary
	default: // a button at the side: the toolkit does not tell which
		return
	}
	near := e.Position.Subtract(v.pressAt)
	if time.Since(v.pressed) < twice && near.X*near.X+near.Y*near.Y < 16 {
		v.clicks++
	} else {
		v.clicks = 1
	}
	v.pressed, v.pressAt = time.Now(), e.Position
	v.takeFocus()
	ev := v.at(Press, e.Position)
	ev.Clicks, ev.Mods = v.clicks, modsOf(e.Modifier)|v.mods&Space
	v.send(ev)
}

func (v *View) takeFocus() {
	if !v.takesKey {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		c.Focus(v)
	}
}

// Disabled implements fyne.Disableable, so that Tab passes a view that does not
// take the keyboard.
func (v *View) Disabled() bool { return !v.takesKey }

// Enable implements fyne.Disableable; it does nothing.
func (v *View) Enable() {}

// Disable implements fyne.Disableable; it does nothing.
func (v *View) Disable() {}

// MouseUp implements desktop.Mouseable.
func (v *View) MouseUp(e *desktop.MouseEvent) {
	if v.button == NoButton {
		return
	}
	v.send(v.at(Release, e.Position))
	v.button = NoButton
}

// Dragged implements fyne.Draggable.
func (v *View) Dragged(e *fyne.DragEvent) { v.send(v.at(Drag, e.Position)) }

// DragEnd implements fyne.Draggable. The release itself comes as MouseUp where
// the pointer is still over the view, and only here where it is not.
func (v *View) DragEnd() {
	if v.button != NoButton {
		v.send(v.at(Release, v.last))
		v.button = NoButton
	}
}

// Scrolled implements fyne.Scrollable.
func (v *View) Scrolled(e *fyne.ScrollEvent) {
	ev := v.at(Scroll, e.Position)
	ev.DX, ev.DY = e.Scrolled.DX, e.Scrolled.DY
	v.send(ev)
}

// MouseIn implements desktop.Hoverable.
func (v *View) MouseIn(e *desktop.MouseEvent) { v.send(v.at(Hover, e.Position)) }

// MouseMoved implements desktop.Hoverable.
func (v *View) MouseMoved(e *desktop.MouseEvent) { v.send(v.at(Hover, e.Position)) }

// MouseOut implements desktop.Hoverable.
func (v *View) MouseOut() { v.send(Event{Kind: Leave}) }

// Cursor implements desktop.Cursorable.
func (v *View) Cursor() desktop.Cursor {
	switch v.painter.Cursor() {
	case Hand:
		return desktop.PointerCursor
	case ResizeH:
		return desktop.HResizeCursor
	case Crosshair:
		return desktop.CrosshairCursor
	case TextCursor:
		return desktop.TextCursor
	}
	return desktop.DefaultCursor
}

// FocusGained implements fyne.Focusable.
func (v *View) FocusGained() {
	if v.OnFocus != nil {
		v.OnFocus()
	}
	v.send(Event{Kind: Focus})
}

// FocusLost implements fyne.Focusable.
func (v *View) FocusLost() {
	v.mods = 0 // keys that go up elsewhere are not told
	v.send(Event{Kind: Blur})
}

// AcceptsTab implements fyne.Tabbable.
func (v *View) AcceptsTab() bool { return v.OnTab != nil }

// TypedKey implements fyne.Focusable.
func (v *View) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyTab && v.OnTab != nil {
		v.OnTab(v.held()&Shift != 0)
		return
	}
	v.send(Event{Kind: KeyDown, Key: string(e.Name), Mods: v.held()})
}

// TypedRune implements fyne.Focusable. Where a driver knows of Shift, the
// letter has the case that goes with it, whatever Caps Lock says.
func (v *View) TypedRune(r rune) {
	if _, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		r = inCase(r, v.held()&Shift != 0)
	}
	v.send(Event{Kind: Rune, Rune: r, Mods: v.held()})
}

// KeyDown implements desktop.Keyable, to know modifiers where no desktop
// driver can be asked.
func (v *View) KeyDown(e *fyne.KeyEvent) { v.mods |= modOf(e.Name) }

// KeyUp implements desktop.Keyable.
func (v *View) KeyUp(e *fyne.KeyEvent) { v.mods &^= modOf(e.Name) }

func modOf(name fyne.KeyName) Mods {
	switch name {
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		return Shift
	case desktop.KeyControlLeft, desktop.KeyControlRight, desktop.KeySuperLeft, desktop.KeySuperRight:
		return Ctrl
	case desktop.KeyAltLeft, desktop.KeyAltRight:
		return Alt
	case fyne.KeySpace:
		return Space
	}
	return 0
}
