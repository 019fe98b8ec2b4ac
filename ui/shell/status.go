package shell

import (
	"time"

	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// statusHeight is the height of the status bar in dp.
const statusHeight = 26

// newStatus returns the painter of the status bar: what the page at hand says
// on the left, the time zone on the right.
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
		c.Label(c.D(16), 0, h, w-zw-kw-c.D(100), f, c.Look.Secondary, s.statusText())
		kx := w - zw - kw - c.D(56)
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
