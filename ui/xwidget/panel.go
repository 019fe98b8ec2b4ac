package xwidget

import (
	"image"
	"time"

	"traceview/internal/i18n"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/look"
)

// A Drawer turns a Scene into pixels; raster.Renderer is one.
type Drawer interface {
	Draw(dst *image.RGBA, s *scene.Scene)
}

// A Kit is what every painted part draws and speaks with. There is one for a
// window; its fields change when a person chooses another theme, language or
// time zone, and every part reads them anew with each frame.
type Kit struct {
	Drawer  Drawer
	Metrics scene.Metrics
	Look    *look.Palette
	Colours *look.Colours // of services, the same in every part; nil keeps none
	Words   *i18n.Printer
	Names   *Names // of services and operations; nil for their own
	Zone    *time.Location
	// Hint, if set, shows what the place under the pointer does; "" for nothing.
	Hint func(text string)
}

// DateTime writes an instant given in Unix ns, in the chosen zone.
func (k *Kit) DateTime(unixNs int64) string {
	return k.Words.Units().DateTime(time.Unix(0, unixNs).In(k.Zone))
}

// DateMinute writes an instant to the minute.
func (k *Kit) DateMinute(unixNs int64) string {
	return k.Words.Units().DateMinute(time.Unix(0, unixNs).In(k.Zone))
}

// Minutes writes a stretch of time to the minute, the day once where it is the
// same: 12 Nov 07:44 – 09:14.
func (k *Kit) Minutes(from, to int64) string {
	first, last := time.Unix(0, from).In(k.Zone), time.Unix(0, to).In(k.Zone)
	u := k.Words.Units()
	begin, end := u.DateMinute(first), u.DateMinute(last)
	switch {
	case begin == end:
		return begin
	case u.Date(first) == u.Date(last):
		end = last.Format("15:04")
	}
	return begin + " – " + end
}

// DateAndClock writes the day and the time of day of an instant apart.
func (k *Kit) DateAndClock(unixNs int64) (date, clock string) {
	t := time.Unix(0, unixNs).In(k.Zone)
	return k.Words.Units().Date(t), k.Words.Units().Clock(t)
}

// A Panel is a Painter of content that scrolls, holds items to choose and
// spots to press. Its content is drawn anew each frame by Content.
type Panel struct {
	Kit *Kit
	// Content draws at 0, y within the width w and returns the height used.
	Content func(c *Canvas, y, w float32) float32
	// Background is the ground of the panel; nil means paper.
	Background func() scene.Color
	// Activate opens item i, by Enter or by click.
	Activate func(i int)
	// Chosen is told when the chosen item changes.
	Chosen func(i int)
	// Key handles keys that the panel does not.
	Key func(e canvasview.Event) bool
	// Hold keeps the chosen item in sight where something comes in above it, until a
	// person scrolls away from it.
	Hold bool

	Sel     int // the chosen item, -1 for none
	focused bool
	scene   scene.Scene
	spots   []Spot
	items   []rect
	x, y    float32
	inside  bool
	scroll  float32 // device pixels above the window
	height  float32 // of the content
	view    float32 // of the window
	scale   float32
	grip    float32 // where the scroll bar was taken, -1 if it is not
	cursor  canvasview.Cursor
	tip     string // of the place under the pointer
	pressed int    // spot under the press, -1 for none
	struck  int    // item under the press, -1 for none
	reveal  bool
	seen    bool    // the chosen item was in sight in the last frame,
	seenAt  float32 // which was scrolled so far
}

var _ canvasview.Painter = (*Panel)(nil)

// NewPanel returns an empty panel with nothing chosen.
func NewPanel(kit *Kit) *Panel {
	return &Panel{Kit: kit, Sel: -1, grip: -1, pressed: -1, struck: -1, scale: 1}
}

// Reset forgets the choice and scrolls to the top, for new content.
func (p *Panel) Reset() { p.Sel, p.scroll = -1, 0 }

// Items returns the number of items in the last frame.
func (p *Panel) Items() int { return len(p.items) }

// Focused says whether the panel has the keyboard.
func (p *Panel) Focused() bool { return p.focused }

// Choose makes i the chosen item and scrolls it into view.
func (p *Panel) Choose(i int) {
	if i == p.Sel {
		return
	}
	p.Sel, p.reveal = i, true
	if p.Chosen != nil {
		p.Chosen(i)
	}
}

// Paint implements canvasview.Painter.
func (p *Panel) Paint(dst *image.RGBA, scale float32) {
	p.Kit.Drawer.Draw(dst, p.Build(dst.Rect.Dx(), dst.Rect.Dy(), scale))
}

// Build draws one frame of w × h device pixels. The scene is the panel's own
// and valid until the next call.
func (p *Panel) Build(w, h int, scale float32) *scene.Scene {
	p.scale, p.view = scale, float32(h)
	held := p.Hold && p.seen && p.scroll == p.seenAt
	p.draw(w, h)
	if p.scrollBy(0) || (p.reveal || held) && p.revealChosen() { // the content shrank, or the choice is out of sight
		p.draw(w, h)
	}
	p.reveal = false
	p.seen, p.seenAt = p.chosenSeen(), p.scroll
	return &p.scene
}

func (p *Panel) draw(w, h int) {
	bg := p.Kit.Look.Paper
	if p.Background != nil {
		bg = p.Background()
	}
	p.scene.Reset(w, h, bg)
	c := &Canvas{
		Scene: &p.scene, Metrics: p.Kit.Metrics, Look: p.Kit.Look, Scale: p.scale,
		spots: p.spots[:0], items: p.items[:0], mouseX: p.x, mouseY: p.y, inside: p.inside, bottom: float32(h),
	}
	p.height = p.Content(c, -p.scroll, float32(w))
	for _, draw := range c.over {
		draw()
	}
	p.spots, p.items = c.spots, c.items
	if p.height > p.view {
		p.drawBar(c, float32(w))
	}
}

// chosenSeen says whether all of the chosen item is between the edges, or any of one that
// is higher than the window.
func (p *Panel) chosenSeen() bool {
	if p.Sel < 0 || p.Sel >= len(p.items) {
		return false
	}
	r := p.items[p.Sel]
	if r.h > p.view-16*p.scale { // more than revealChosen has room for
		return r.y < p.view && r.y+r.h > 0
	}
	return r.y >= 0 && r.y+r.h <= p.view
}

// revealChosen scrolls the chosen item into view and says whether it had to.
func (p *Panel) revealChosen() bool {
	if p.Sel < 0 || p.Sel >= len(p.items) {
		return false
	}
	r := p.items[p.Sel]
	switch pad := 8 * p.scale; {
	case r.y < pad:
		p.scroll += r.y - pad
	case r.y+r.h > p.view-pad:
		p.scroll += min(r.y+r.h-p.view+pad, r.y-pad) // of what is higher than the window, the beginning
	default:
		return false
	}
	p.scroll = max(0, min(p.scroll, p.height-p.view))
	return true
}

// barWidth is the width in dp of the place that takes the scroll bar.
const barWidth = 10

func (p *Panel) thumb() (y, h float32) {
	h = max(p.view*p.view/p.height, 24*p.scale)
	return p.scroll / (p.height - p.view) * (p.view - h), h
}

func (p *Panel) drawBar(c *Canvas, w float32) {
	y, h := p.thumb()
	hot := p.grip >= 0 || p.inside && p.x > w-c.D(barWidth)
	bw := c.D(4)
	if hot {
		bw = c.D(7)
	}
	c.RoundRect(w-bw-c.D(2), y+c.D(2), bw, h-c.D(4), bw/2, c.Look.Thumb)
}

// Cursor implements canvasview.Painter.
func (p *Panel) Cursor() canvasview.Cursor { return p.cursor }

// Handle implements canvasview.Painter.
func (p *Panel) Handle(e canvasview.Event) bool {
	switch e.Kind {
	case canvasview.Hover, canvasview.Drag:
		return p.move(e)
	case canvasview.Leave:
		p.inside = false
		p.hint("")
		return true
	case canvasview.Press:
		return p.press(e)
	case canvasview.Release:
		return p.release(e)
	case canvasview.Scroll:
		return p.scrollBy(-e.DY * p.scale * 2)
	case canvasview.Focus, canvasview.Blur:
		p.focused = e.Kind == canvasview.Focus
		return true
	case canvasview.KeyDown:
		return p.key(e) || p.Key != nil && p.Key(e)
	case canvasview.Rune:
		return p.Key != nil && p.Key(e)
	}
	return false
}

func (p *Panel) move(e canvasview.Event) bool {
	p.x, p.y, p.inside = e.X, e.Y, true
	if e.Kind == canvasview.Drag && p.grip >= 0 {
		_, h := p.thumb()
		if room := p.view - h; room > 0 {
			p.scroll = (e.Y - p.grip) / room * (p.height - p.view)
		}
		return true
	}
	p.cursor = canvasview.Arrow
	if p.spotAt(e.X, e.Y) >= 0 || p.itemAt(e.X, e.Y) >= 0 && p.Activate != nil {
		p.cursor = canvasview.Hand
	}
	p.hint(p.Tip(e.X, e.Y))
	return true
}

// hint passes on what the place under the pointer does, when that changes.
func (p *Panel) hint(text string) {
	if text != p.tip {
		p.tip = text
		if p.Kit.Hint != nil {
			p.Kit.Hint(text)
		}
	}
}

// spotAt returns the topmost spot, the one drawn last.
func (p *Panel) spotAt(x, y float32) int {
	for i := len(p.spots) - 1; i >= 0; i-- {
		if p.spots[i].has(x, y) {
			return i
		}
	}
	return -1
}

func (p *Panel) itemAt(x, y float32) int {
	for i, r := range p.items {
		if r.has(x, y) {
			return i
		}
	}
	return -1
}

func (p *Panel) press(e canvasview.Event) bool {
	if e.Button != canvasview.Primary {
		return false
	}
	if p.height > p.view && e.X > float32(p.scene.W)-barWidth*p.scale {
		y, h := p.thumb()
		if p.grip = e.Y - y; p.grip < 0 || p.grip > h {
			p.grip = h / 2
			return p.move(canvasview.Event{Kind: canvasview.Drag, X: e.X, Y: e.Y})
		}
		return true
	}
	p.pressed, p.struck = p.spotAt(e.X, e.Y), p.itemAt(e.X, e.Y)
	return true
}

func (p *Panel) release(e canvasview.Event) bool {
	if p.grip >= 0 {
		p.grip = -1
		return true
	}
	if e.Button != canvasview.Primary {
		return false
	}
	if s := p.spotAt(e.X, e.Y); s >= 0 {
		if s == p.pressed && p.spots[s].Do != nil {
			p.spots[s].Do()
		}
		p.pressed = -1
		return true
	}
	if i := p.itemAt(e.X, e.Y); i >= 0 && i == p.struck {
		p.Choose(i)
		if p.Activate != nil {
			p.Activate(i)
		}
	}
	return true
}

func (p *Panel) scrollBy(d float32) bool {
	was := p.scroll
	p.scroll = max(0, min(p.scroll+d, p.height-p.view))
	return p.scroll != was
}

// key moves the choice, or scrolls where there is nothing to choose.
func (p *Panel) key(e canvasview.Event) bool {
	if e.Mods&^canvasview.Shift != 0 {
		return false
	}
	if len(p.items) == 0 {
		return p.scrollKey(e.Key)
	}
	page := max(1, int(p.view/max(p.items[0].h, 1))-1)
	to := p.Sel
	switch e.Key {
	case "Up":
		to--
	case "Down":
		to++
	case "Prior":
		to -= page
	case "Next":
		to += page
	case "Home":
		to = 0
	case "End":
		to = len(p.items) - 1
	case "Return", "KP_Enter":
		if p.Activate == nil || p.Sel < 0 || p.Sel >= len(p.items) {
			return false
		}
		if p.reveal = !p.chosenSeen(); !p.reveal { // nothing is opened unseen
			p.Activate(p.Sel)
		}
		return true
	default:
		return false
	}
	p.Choose(max(0, min(to, len(p.items)-1)))
	return true
}

func (p *Panel) scrollKey(key string) bool {
	switch key {
	case "Up":
		return p.scrollBy(-40 * p.scale)
	case "Down":
		return p.scrollBy(40 * p.scale)
	case "Prior":
		return p.scrollBy(-p.view * 0.9)
	case "Next":
		return p.scrollBy(p.view * 0.9)
	case "Home":
		return p.scrollBy(-p.height)
	case "End":
		return p.scrollBy(p.height)
	}
	return false
}

// Tip returns the words of the spot at a point, "" if there are none.
func (p *Panel) Tip(x, y float32) string {
	if s := p.spotAt(x, y); s >= 0 {
		return p.spots[s].Tip
	}
	return ""
}
