package shell

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// topHeight is the height of the top bar in dp.
const topHeight = 48

// windows are the time windows of a search and the digit that chooses each
// with Ctrl: the first of its number of days.
var windows = []searchWindow{{7, fyne.Key7}, {30, fyne.Key3}, {90, fyne.Key9}}

// A searchWindow is how far back a search looks, and the key that chooses it.
type searchWindow struct {
	days int
	key  fyne.KeyName
}

const day = 24 * time.Hour

// newBrand returns the painter left of the order box: the connection, which opens
// the list of all.
func newBrand(s *Shell) *xwidget.Panel {
	p := xwidget.NewPanel(s.kit)
	p.Background = func() scene.Color { return s.kit.Look.Panel }
	p.Content = func(c *xwidget.Canvas, _, w float32) float32 {
		h, dot := c.D(topHeight), c.D(8)
		x := c.D(16)
		room := w - c.D(44)
		ink, colour := c.Look.Accent, s.connected(s.source).Profile.Colour
		if colour != "" {
			ink = c.Look.Environment(colour)
			c.Rect(0, h-c.D(3), w, c.D(3), ink)
		}
		if s.Connections != nil {
			room -= c.D(18)
			bx, by, bw, bh := c.D(6), c.D(8), w-c.D(12), h-c.D(16)
			if s.picker.open() || c.Hot(bx, by, bw, bh) {
				c.RoundRect(bx, by, bw, bh, c.D(4), c.Look.Hover())
			}
			c.Chevron(w-c.D(26), (h-c.D(12))/2, c.D(12), true, c.Look.Secondary)
			c.Spot(bx, by, bw, bh, s.kit.Words.T("picker.tip", "key", pickerKey), s.openPicker)
		}
		switch y := (h - dot) / 2; {
		case s.source != nil && s.links.reach[s.source] == answered:
			c.RoundRect(x, y, dot, dot, dot/2, ink)
		case s.source != nil && s.links.reach[s.source] == silent:
			c.Cross(x-c.D(2), y-c.D(2), dot+c.D(4), true)
		case colour != "":
			c.Frame(x, y, dot, dot, dot/2, max(1, c.D(1.5)), ink)
		default:
			c.Frame(x, y, dot, dot, dot/2, max(1, c.D(1.5)), c.Look.Secondary)
		}
		f := c.Font(xwidget.Body, scene.SemiBold)
		c.Label(x+c.D(16), 0, h, room, f, c.Look.Text, c.FitMiddle(f, s.sourceName(), room))
		return h
	}
	return p
}

// newControls returns the painter right of the order box.
func newControls(s *Shell) *xwidget.Panel {
	p := xwidget.NewPanel(s.kit)
	p.Background = func() scene.Color { return s.kit.Look.Panel }
	p.Content = func(c *xwidget.Canvas, _, w float32) float32 {
		s.drawWindows(c, c.D(4))
		s.drawLooks(c, w-c.D(12))
		return c.D(topHeight)
	}
	return p
}

// searchWindows are the time windows to choose from, the shortest first: the usual ones,
// what the connection asks for, and what is chosen.
func (s *Shell) searchWindows() []searchWindow {
	list := slices.Clone(windows)
	for _, n := range []int{s.connected(s.source).Profile.Days, s.days()} {
		if n > 0 && !slices.ContainsFunc(list, func(w searchWindow) bool { return w.days == n }) {
			list = append(list, searchWindow{days: n})
		}
	}
	slices.SortFunc(list, func(a, b searchWindow) int { return cmp.Compare(a.days, b.days) })
	return list
}

// drawWindows draws the choice of the time window as joined buttons, and returns where
// they end.
func (s *Shell) drawWindows(c *xwidget.Canvas, x float32) float32 {
	w := s.kit.Words
	h, y := c.D(30), c.D((topHeight-30)/2)
	f := c.Font(xwidget.Minor, scene.Regular)
	from := x
	list := s.searchWindows()
	for _, win := range list {
		label, tip := w.N("window.days", win.days), ""
		chosen := s.days() == win.days
		if len(list) > len(windows) && !chosen { // there is room for one word
			label, tip = w.Units().Number(win.days), label
		}
		bw := c.Metrics.Width(f, label) + c.D(20)
		font, ink := f, c.Look.Secondary
		if chosen {
			c.RoundRect(x, y, bw, h, c.D(4), c.Look.Wash())
			font, ink = c.Font(xwidget.Minor, scene.SemiBold), c.Look.Text
		} else if c.Hot(x, y, bw, h) {
			c.RoundRect(x, y, bw, h, c.D(4), c.Look.Hover())
		}
		c.Label(x+(bw-c.Metrics.Width(font, label))/2, y, h, bw, font, ink, label)
		if win.key != "" {
			tip = w.T("window.tip", "key", "Ctrl+"+string(win.key))
		}
		c.Spot(x, y, bw, h, tip, func() { s.setWindow(win.days) })
		x += bw
	}
	c.Frame(from, y, x-from, h, c.D(4), max(1, c.D(1)), c.Look.Line.Mix(c.Look.Secondary, 40))
	return x
}

// drawLooks draws the switches of language, theme and voice, ending at x, and returns
// where they begin.
func (s *Shell) drawLooks(c *xwidget.Canvas, x float32) float32 {
	w := s.kit.Words
	h, y := c.D(30), c.D((topHeight-30)/2)
	f := c.Font(xwidget.Minor, scene.SemiBold)
	x -= h
	if c.Hot(x, y, h, h) {
		c.RoundRect(x, y, h, h, c.D(4), c.Look.Hover())
	}
	s.drawHalfMoon(c, x+c.D(8), y+c.D(8), c.D(14))
	c.Spot(x, y, h, h, w.T("theme.tip"), s.toggleTheme)

	label := w.T("language.other")
	bw := c.Metrics.Width(f, label) + c.D(20)
	x -= bw + c.D(4)
	if c.Hot(x, y, bw, h) {
		c.RoundRect(x, y, bw, h, c.D(4), c.Look.Hover())
	}
	c.Label(x+c.D(10), y, h, bw, f, c.Look.Secondary, label)
	c.Spot(x, y, bw, h, w.T("language.tip"), s.toggleLanguage)
	return s.drawVoice(c, x-c.D(8))
}

// drawHalfMoon draws a disc half filled, the sign for light and dark.
func (s *Shell) drawHalfMoon(c *xwidget.Canvas, x, y, size float32) {
	ink := c.Look.Secondary
	c.RoundRect(x, y, size, size, size/2, ink)
	t := max(1, c.D(1.5))
	c.Clip(x+size/2, y, size/2, size)
	c.RoundRect(x+t, y+t, size-2*t, size-2*t, size/2-t, c.Look.Panel)
	c.Unclip()
}

// topLayout places the connection, the way back and forth, the order box and
// the controls in a row.
type topLayout struct{}

// Layout implements fyne.Layout.
func (topLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, right := objects[0].MinSize().Width, objects[3].MinSize().Width
	box := left + objects[1].MinSize().Width
	for i, x := range []struct{ at, width float32 }{
		{0, left}, {left, box - left}, {box, size.Width - box - right}, {size.Width - right, right},
	} {
		objects[i].Move(fyne.NewPos(x.at, 0))
		objects[i].Resize(fyne.NewSize(x.width, size.Height))
	}
}

// MinSize implements fyne.Layout.
func (topLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := float32(210) // of the box: all of it fits a window 900 wide
	for _, i := range []int{0, 1, 3} {
		width += objects[i].MinSize().Width
	}
	return fyne.NewSize(width, topHeight)
}

// middle centres one object vertically at its least height.
type middle struct{}

// Layout implements fyne.Layout.
func (middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(min(size.Width-8, 560), h))
	objects[0].Move(fyne.NewPos(0, (size.Height-h)/2))
}

// MinSize implements fyne.Layout.
func (middle) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }
