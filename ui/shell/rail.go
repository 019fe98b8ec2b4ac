package shell

import (
	"fyne.io/fyne/v2"

	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// railDp is the width of the rail in dp.
const railDp = 48

// A railItem is one place of the window that the rail leads to.
type railItem struct {
	word string // key of its words
	key  string // that leads there too
	draw func(c *xwidget.Canvas, x, y, size float32, ink scene.Color)
	here func(p page) bool
	show func(s *Shell)
}

// railItems returns the places, from top to bottom.
func (s *Shell) railItems() []railItem {
	list := []railItem{{"rail.orders", "Ctrl+L", (*xwidget.Canvas).Magnifier, func(p page) bool {
		switch p.(type) {
		case *homePage, *orderPage:
			return true
		}
		return false
	}, (*Shell).showOrders}}
	if s.Library != nil {
		list = append(list, railItem{"rail.library", "Ctrl+Shift+L", drawShelf, func(p page) bool { _, ok := p.(*libraryPage); return ok }, (*Shell).showLibrary})
	}
	list = append(list, railItem{"rail.performance", "Ctrl+P", drawGauge, func(p page) bool { _, ok := p.(*performancePage); return ok }, (*Shell).showPerformance})
	list = append(list, railItem{"rail.compare", "Ctrl+Shift+D", drawScales, func(p page) bool { _, ok := p.(*comparePage); return ok }, (*Shell).showCompare})
	if s.Connections != nil {
		list = append(list, railItem{"rail.connections", "Ctrl+,", drawSocket, func(p page) bool {
			switch p.(type) {
			case *connectionsPage, *setup:
				return true
			}
			return false
		}, (*Shell).showConnections})
	}
	return list
}

// showOrders shows the page a person starts from, with the keyboard in the order
// box.
func (s *Shell) showOrders() {
	s.show(0)
	s.focusBox()
}

// newRail returns the rail at the left of the window.
func newRail(s *Shell) *canvasview.View {
	p := xwidget.NewPanel(s.kit)
	p.Background = func() scene.Color { return s.kit.Look.Panel }
	p.Content = func(c *xwidget.Canvas, _, w float32) float32 {
		c.Rect(w-c.D(1), 0, c.D(1), float32(c.H), c.Look.Line)
		y := c.D(6)
		for _, it := range s.railItems() {
			s.drawRailItem(c, it, y, w-c.D(1))
			y += c.D(railItemDp)
		}
		return y
	}
	return canvasview.New(p, false, fyne.NewSize(railDp, 100))
}

const railItemDp = 48

func (s *Shell) drawRailItem(c *xwidget.Canvas, it railItem, y, w float32) {
	h, size, ink := c.D(railItemDp), c.D(20), c.Look.Secondary
	box := c.D(36)
	x, top := float32(int((w-box)/2)), y+float32(int((h-box)/2))
	switch {
	case it.here(s.pages[s.current]):
		ink = c.Look.Text
		c.RoundRect(x, top, box, box, c.D(6), c.Look.Wash())
		c.Rect(0, top+c.D(4), c.D(3), box-c.D(8), c.Look.Accent)
	case c.Hot(0, y, w, h):
		ink = c.Look.Text
		c.RoundRect(x, top, box, box, c.D(6), c.Look.Hover())
	}
	it.draw(c, x+(box-size)/2, top+(box-size)/2, size, ink)
	c.Spot(0, y, w, h, s.kit.Words.T(it.word)+" · "+it.key, func() { it.show(s) })
}

// drawGauge draws a dial with its hand in a box of size s.
func drawGauge(c *xwidget.Canvas, x, y, s float32, ink scene.Color) {
	t := max(1, s*0.08)
	c.Frame(x+s*0.1, y+s*0.1, s*0.8, s*0.8, s*0.4, t, ink)
	c.Line(x+s*0.5, y+s*0.54, x+s*0.72, y+s*0.3, t*1.4, ink)
	c.Line(x+s*0.26, y+s*0.5, x+s*0.34, y+s*0.5, t, ink)
	c.Line(x+s*0.5, y+s*0.24, x+s*0.5, y+s*0.32, t, ink)
}

// drawShelf draws books on a shelf in a box of size s.
func drawShelf(c *xwidget.Canvas, x, y, s float32, ink scene.Color) {
	t := max(1, s*0.08)
	c.Frame(x+s*0.14, y+s*0.16, s*0.2, s*0.62, t, t, ink)
	c.Frame(x+s*0.4, y+s*0.28, s*0.2, s*0.5, t, t, ink)
	c.Line(x+s*0.68, y+s*0.24, x+s*0.84, y+s*0.76, t*2.2, ink)
	c.Line(x+s*0.08, y+s*0.88, x+s*0.92, y+s*0.88, t, ink)
}

// drawScales draws two bars of which one is longer, beside a line, in a box of size s.
func drawScales(c *xwidget.Canvas, x, y, s float32, ink scene.Color) {
	t := max(1, s*0.08)
	c.Line(x+s*0.14, y+s*0.1, x+s*0.14, y+s*0.9, t, ink)
	c.Frame(x+s*0.24, y+s*0.2, s*0.34, s*0.22, t, t, ink)
	c.Frame(x+s*0.24, y+s*0.58, s*0.64, s*0.22, t, t, ink)
}

// drawSocket draws a plug in its socket in a box of size s.
func drawSocket(c *xwidget.Canvas, x, y, s float32, ink scene.Color) {
	t := max(1, s*0.08)
	c.Frame(x+s*0.26, y+s*0.3, s*0.48, s*0.34, s*0.12, t, ink)
	c.Line(x+s*0.4, y+s*0.1, x+s*0.4, y+s*0.3, t*1.4, ink)
	c.Line(x+s*0.6, y+s*0.1, x+s*0.6, y+s*0.3, t*1.4, ink)
	c.Line(x+s*0.5, y+s*0.64, x+s*0.5, y+s*0.92, t*1.4, ink)
}
