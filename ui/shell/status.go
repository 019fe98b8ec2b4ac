package shell

import (
	"time"

	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// statusHeight is the height of the status bar in dp.
const statusHeight = 26

// newStatus returns the painter of the status bar: what the page at hand says
// on the left, what it hides and the time zone on the right.
func newStatus(s *Shell) *xwidget.Panel {
	p := xwidget.NewPanel(s.kit)
	p.Background = func() scene.Color { return s.kit.Look.Panel }
	p.Content = func(c *xwidget.Canvas, _, w float32) float32 {
		h := c.D(statusHeight)
		c.Rect(0, 0, w, c.D(1), c.Look.Line)
		f := c.Font(xwidget.Small, scene.Regular)
		zone := s.kit.Words.T("status.zone", "zone", s.kit.Words.Units().Zone(s.now().In(s.kit.Zone)))
		zw := c.Metrics.Width(f, zone)
		keys := s.kit.Words.T("status.keys")
		kw := c.Metrics.Width(f, keys)
		kx := w - zw - kw - c.D(56)
		hw := s.drawHidden(c, kx, h)
		c.Label(c.D(16), 0, h, kx-hw-c.D(44), f, c.Look.Secondary, s.statusText())
		if c.Hot(kx, 0, kw+c.D(24), h) {
			c.RoundRect(kx, c.D(3), kw+c.D(24), h-c.D(5), c.D(4), c.Look.Hover())
		}
		c.Label(kx+c.D(12), 0, h, kw+1, f, c.Look.Secondary, keys)
		c.Spot(kx, 0, kw+c.D(24), h, "F1", s.showHelp)
		if c.Hot(w-zw-c.D(28), 0, zw+c.D(24), h) {
			c.RoundRect(w-zw-c.D(28), c.D(3), zw+c.D(24), h-c.D(5), c.D(4), c.Look.Hover())
		}
		c.Label(w-zw-c.D(16), 0, h, zw+1, f, c.Look.Secondary, zone)
		c.Spot(w-zw-c.D(28), 0, zw+c.D(24), h, s.kit.Words.T("status.zone.tip"), s.toggleZone)
		return h
	}
	return p
}

// drawHidden says how many spans are left out, left of right, with a way to show
// all; it returns the width taken.
func (s *Shell) drawHidden(c *xwidget.Canvas, right, h float32) float32 {
	p, ok := s.pages[s.current].(*tracePage)
	if !ok || p.doc == nil || p.doc.Hidden() == 0 {
		return 0
	}
	f, words := c.Font(xwidget.Small, scene.SemiBold), s.kit.Words
	text := words.N("status.hidden", len(p.doc.Trace().Spans), "hidden", words.Units().Number(p.doc.Hidden()))
	tw, box := c.Metrics.Width(f, text), c.D(14)
	w := tw + box + c.D(30)
	x := right - w
	fill := c.Look.Wash()
	if c.Hot(x, 0, w, h) {
		fill = c.Look.Hover()
	}
	c.RoundRect(x, c.D(3), w, h-c.D(5), c.D(4), fill)
	c.Label(x+c.D(12), 0, h, tw+1, f, c.Look.Text, text)
	c.Close(x+tw+c.D(18), float32(int((h-box)/2)), box, c.Look.Text)
	c.Spot(x, 0, w, h, words.T("status.showall"), func() { p.doc.SetOnlyMatches(false) })
	return w
}

func (s *Shell) statusText() string {
	text := s.pages[s.current].Status()
	if s.notice != "" {
		text = s.notice
	}
	if s.hint != "" {
		text = s.hint
	}
	return text
}

// toggleZone changes between the zone of the machine and UTC.
func (s *Shell) toggleZone() {
	if s.kit.Zone == time.UTC {
		s.kit.Zone = s.local
	} else {
		s.kit.Zone = time.UTC
	}
	s.saveLooks()
	s.redrawAll()
}
