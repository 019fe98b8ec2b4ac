package shell

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A form is a painted page that scrolls, with fields of the toolkit in it. Its
// content says, each time it is drawn, which fields there are and where: those it
// does not name are hidden. Fields and buttons are one row of controls for the
// keyboard.
type form struct {
	*xwidget.Panel
	shell *Shell
	view  *canvasview.View
	boxes map[string]*orderBox
	// values are what the fields hold; a field writes what is typed there.
	values  map[string]*string
	row     []control // as drawn last
	at      string    // the control that has, or had, the keyboard
	scale   float32
	object  fyne.CanvasObject
	holder  *fyne.Container
	enter   func()                 // Enter in a field
	escape  func()                 // Esc
	before  func()                 // Shift+Tab in the first control; nil to go to the last
	changed func(id string)        // something was typed into a field, or chosen
	fault   func(id string) string // what is wrong with a field, as words; "" for nothing
}

// A control is a part of a form that the keyboard can go to.
type control struct {
	id         string
	box        *orderBox // nil for what is painted
	do         func()
	x, y, w, h float32 // device pixels
}

func newForm(s *Shell, draw func(c *xwidget.Canvas, y, w float32) float32) *form {
	f := &form{Panel: xwidget.NewPanel(s.kit), shell: s, boxes: map[string]*orderBox{}, values: map[string]*string{}, scale: 1}
	f.Content = func(c *xwidget.Canvas, y, w float32) float32 {
		f.row = f.row[:0]
		return draw(c, y, w)
	}
	f.Activate = func(i int) {
		if i < len(f.row) && f.row[i].do != nil {
			f.at = f.row[i].id
			f.row[i].do()
		}
	}
	f.Chosen = f.choose
	f.Key = f.key
	f.view = canvasview.New(f, true, fyne.NewSize(200, 100))
	f.view.OnFocus = s.hideSuggestions
	f.view.OnTab = func(back bool) { f.step(f.at, back) }
	f.holder = container.New(formLayout{f}, f.view, newWheel(f.view))
	clip := container.NewClip(f.holder)
	clip.ExtendBaseWidget(clip) // else what is laid out before it is drawn stays empty
	f.object = clip
	return f
}

// formLayout places the fields where the content wants them.
type formLayout struct{ f *form }

// Layout implements fyne.Layout.
func (l formLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.f.view.Resize(size)
	objects[len(objects)-1].Resize(size)
	l.f.arrange()
}

// MinSize implements fyne.Layout.
func (formLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 100) }

// A wheel takes the wheel of the mouse for a form, above its fields: those would keep
// it to themselves. All else passes through to them.
type wheel struct {
	widget.BaseWidget
	view *canvasview.View
}

func newWheel(v *canvasview.View) *wheel {
	w := &wheel{view: v}
	w.ExtendBaseWidget(w)
	return w
}

// CreateRenderer implements fyne.Widget.
func (*wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// Scrolled implements fyne.Scrollable.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) { w.view.Scrolled(e) }

// arrange puts the fields where the content wants them now.
func (f *form) arrange() {
	size := f.view.Size()
	if size.Width < 1 {
		return
	}
	if c := f.shell.Window.Canvas(); c != nil {
		f.scale = max(c.Scale(), 0.1)
	}
	f.Build(int(size.Width*f.scale), int(size.Height*f.scale), f.scale)
	shown := map[string]bool{}
	for _, k := range f.row {
		if k.box == nil {
			continue
		}
		shown[k.id] = true
		k.box.Move(fyne.NewPos(k.x/f.scale, k.y/f.scale))
		k.box.Resize(fyne.NewSize(k.w/f.scale, k.h/f.scale))
		k.box.Show()
	}
	for id, b := range f.boxes {
		if !shown[id] && b.Visible() {
			b.Hide()
			if f.shell.Window.Canvas().Focused() == fyne.Focusable(b) {
				f.shell.Window.Canvas().Focus(f.view)
			}
		}
	}
}

// redraw draws the form anew, after what it shows changed.
func (f *form) redraw() {
	f.fill()
	f.arrange()
	f.view.Redraw()
}

// fill shows in the fields what was changed elsewhere.
func (f *form) fill() {
	for id, b := range f.boxes {
		if v := f.values[id]; b.Text != *v {
			b.set(*v)
		}
	}
}

// Handle implements canvasview.Painter: what moves the content moves the fields.
func (f *form) Handle(e canvasview.Event) bool {
	changed := f.Panel.Handle(e)
	if changed && e.Kind != canvasview.Blur && e.Kind != canvasview.Focus {
		f.arrange()
	}
	return changed
}

// field places a field for a value at x, y and returns its height. The field is made
// when it is first drawn.
func (f *form) field(c *xwidget.Canvas, x, y, w float32, id, hint string, value *string, masked bool) float32 {
	b := f.boxes[id]
	if b == nil {
		b = f.newBox(id, value, masked)
	}
	f.values[id] = value
	if b.PlaceHolder != hint {
		b.SetPlaceHolder(hint)
	}
	h := b.MinSize().Height * f.scale
	n := c.Item(x, y, w, h)
	f.note(n, control{id: id, box: b, x: x, y: y, w: w, h: h})
	return h
}

func (f *form) newBox(id string, value *string, masked bool) *orderBox {
	s, b := f.shell, newOrderBox()
	b.Icon, b.Password = nil, masked
	b.Text = *value
	b.OnChanged = func(text string) {
		if *f.values[id] == text {
			return
		}
		*f.values[id] = text
		if f.changed != nil {
			f.changed(id)
		}
		f.redraw()
	}
	b.onEnter = func(string) {
		if f.enter != nil {
			f.enter()
		}
	}
	b.onMove = func(step int) { f.step(id, step < 0) }
	b.onEscape = func() {
		if f.escape != nil {
			f.escape()
		}
	}
	b.onFocus = func() {
		s.hideSuggestions()
		f.at = id
		f.reveal(id)
	}
	b.onShortcut, b.onKey = s.shortcut, s.functionKey
	b.takesTab, b.onTab = func() bool { return true }, func() { f.step(id, b.shift) }
	f.boxes[id] = b
	b.Hide()
	f.holder.Objects = slices.Insert(f.holder.Objects, 1, fyne.CanvasObject(b)) // Add would lay out what is being drawn
	return b
}

// reveal scrolls a control into view.
func (f *form) reveal(id string) {
	if i := f.indexOf(id); i >= 0 && i != f.Sel {
		f.Choose(i)
		f.arrange()
		f.view.Redraw()
	}
}

// note takes a control as number n of those drawn.
func (f *form) note(n int, k control) {
	f.row = append(f.row, k)
	if k.id == f.at {
		f.Sel = n
	}
}

// button draws a button and returns its width.
func (f *form) button(c *xwidget.Canvas, x, y float32, id, label, tip string, primary bool, do func()) float32 {
	h := c.D(30)
	w := c.Button(x, y, h, label, tip, primary, f.run(id, do))
	f.painted(c, x, y, w, h, id, do)
	return w
}

// choice draws one of several to choose and returns its right end.
func (f *form) choice(c *xwidget.Canvas, x, y float32, id, label string, on bool, do func()) float32 {
	end := drawChoice(c, x, y, label, "", on, f.run(id, do))
	f.painted(c, x, y, end-x, c.D(26), id, do)
	return end
}

// tick draws what can be on or off and returns the height used.
func (f *form) tick(c *xwidget.Canvas, x, y, w float32, id, label string, on bool, do func()) float32 {
	font, line := c.Font(xwidget.Body, scene.Regular), c.D(20)
	lines := c.Wrap(font, label, w-c.D(26), 4)
	h, box := float32(len(lines))*line, c.D(15)
	top := y + (line-box)/2
	c.RoundRect(x, top, box, box, c.D(3), c.Look.Paper)
	edge := c.Look.Secondary
	if on {
		c.RoundRect(x, top, box, box, c.D(3), c.Look.Accent)
		drawTick(c, x, top, box, c.Look.OnAccent)
		edge = c.Look.Accent
	}
	c.Frame(x, top, box, box, c.D(3), max(1, c.D(1)), edge)
	for i, l := range lines {
		c.Label(x+c.D(24), y+float32(i)*line, line, w, font, c.Look.Text, l)
	}
	c.Spot(x, y, w, h, "", f.run(id, do))
	f.painted(c, x-c.D(2), y, w, h, id, do)
	return h
}

// drawTick draws the sign for yes in a box of size s.
func drawTick(c *xwidget.Canvas, x, y, s float32, ink scene.Color) {
	t := max(1, s*0.14)
	c.Line(x+s*0.22, y+s*0.52, x+s*0.42, y+s*0.72, t, ink)
	c.Line(x+s*0.42, y+s*0.72, x+s*0.78, y+s*0.3, t, ink)
}

// run returns do with the keyboard kept on the control that was pressed.
func (f *form) run(id string, do func()) func() {
	return func() {
		f.at = id
		do()
	}
}

// painted makes what was drawn a control, with an outline where the keyboard is.
func (f *form) painted(c *xwidget.Canvas, x, y, w, h float32, id string, do func()) {
	n := c.Item(x, y, w, h)
	f.note(n, control{id: id, do: do, x: x, y: y, w: w, h: h})
	if id == f.at && f.Focused() {
		d := c.D(2)
		c.Frame(x-d, y-d, w+2*d, h+2*d, c.D(6), max(1, c.D(1.5)), c.Look.Accent)
	}
}

func (f *form) indexOf(id string) int {
	return slices.IndexFunc(f.row, func(k control) bool { return k.id == id })
}

// step gives the keyboard to the control after one, or before it.
func (f *form) step(from string, back bool) {
	n := len(f.row)
	if n == 0 {
		return
	}
	i := f.indexOf(from)
	switch {
	case i < 0:
		i = 0
	case back && i == 0 && f.before != nil:
		f.before()
		return
	case back:
		i = (i + n - 1) % n
	default:
		i = (i + 1) % n
	}
	f.focus(f.row[i].id)
}

// focus gives the keyboard to a control, else to the first one.
func (f *form) focus(id string) {
	if f.view.Size().Width < 1 { // not on the screen yet
		f.at = id
		return
	}
	f.arrange()
	i := max(f.indexOf(id), 0)
	canvas := f.shell.Window.Canvas()
	if i >= len(f.row) {
		canvas.Focus(f.view)
		return
	}
	k := f.row[i]
	f.at = k.id
	f.reveal(k.id)
	if k.box != nil {
		canvas.Focus(k.box)
		k.box.selectAll()
	} else {
		canvas.Focus(f.view)
	}
	f.view.Redraw()
}

// choose follows the choice that the panel makes with its keys.
func (f *form) choose(i int) {
	if i < 0 || i >= len(f.row) || f.row[i].id == f.at {
		return
	}
	f.at = f.row[i].id
	if b := f.row[i].box; b != nil {
		f.shell.Window.Canvas().Focus(b)
	}
}

// key handles keys that the panel does not: a blank presses, Esc goes back.
func (f *form) key(e canvasview.Event) bool {
	switch {
	case e.Kind == canvasview.Rune && e.Rune == ' ' || e.Kind == canvasview.KeyDown && e.Key == "Space":
		if i := f.indexOf(f.at); i >= 0 && f.row[i].do != nil && e.Kind == canvasview.Rune {
			f.row[i].do()
			f.redraw()
		}
		return true
	case e.Key == "Left" || e.Key == "Right":
		f.step(f.at, e.Key == "Left")
		return true
	case e.Key == string(fyne.KeyEscape) && f.escape != nil:
		f.escape()
		return true
	}
	return f.shell.pageKey(e)
}
