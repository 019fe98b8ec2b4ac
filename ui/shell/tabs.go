package shell

import (
	"math"
	"slices"

	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// tabHeight is the height of the strip of tabs in dp.
const tabHeight = 32

// leastTab is how narrow a tab gets, in dp: its title must tell it apart.
const leastTab = 104

// A shortener is a page with a title for a tab too narrow for the whole one:
// what tells it apart.
type shortener interface{ ShortTitle() string }

// newTabs returns the painter of the strip of tabs.
func newTabs(s *Shell) *xwidget.Panel {
	p := xwidget.NewPanel(s.kit)
	p.Background = func() scene.Color { return s.kit.Look.Panel }
	p.Content = func(c *xwidget.Canvas, y, w float32) float32 { return s.drawTabs(c, w) }
	return p
}

func (s *Shell) drawTabs(c *xwidget.Canvas, w float32) float32 {
	h := c.D(tabHeight)
	c.Rect(0, h-c.D(1), w, c.D(1), c.Look.Line)
	f, bold := c.Font(xwidget.Minor, scene.Regular), c.Font(xwidget.Minor, scene.SemiBold)
	widths, x := s.tabWidths(c, w)
	for i, p := range s.pages {
		font, ink := f, c.Look.Secondary
		if i == s.current {
			font, ink = bold, c.Look.Text
		}
		title := p.Title()
		tw, closes := widths[i], i > 0
		s.drawTab(c, x, tw, i)
		textW := tw - c.D(22)
		if closes {
			textW -= c.D(18)
		}
		c.Spot(x, 0, tw, h, title, func() { s.show(i) })
		if short, ok := p.(shortener); ok && c.Metrics.Width(font, title) > textW {
			title = short.ShortTitle()
		}
		c.Label(x+c.D(12), c.D(4), h-c.D(4), textW, font, ink, title)
		if closes {
			s.drawTabClose(c, x+tw-c.D(26), i)
		}
		x += tw
	}
	return h
}

// tabWidths returns how wide each tab is and where the first begins: so far to
// the left that the one in front is in sight, where there is no room for all.
func (s *Shell) tabWidths(c *xwidget.Canvas, w float32) (widths []float32, x float32) {
	bold := c.Font(xwidget.Minor, scene.SemiBold)
	room := w - c.D(16)
	for i, p := range s.pages {
		tw := min(c.Metrics.Width(bold, p.Title())+c.D(26), c.D(260))
		if i > 0 {
			tw += c.D(18) // for its cross
		}
		widths = append(widths, tw)
	}
	most := max(widest(widths, room), c.D(leastTab))
	var end float32 // of the one in front
	for i := range widths {
		widths[i] = min(widths[i], most)
		if i <= s.current {
			end += widths[i]
		}
	}
	return widths, c.D(8) - max(0, end-room)
}

// widest returns how wide the widest may be for all to fit in room: what short
// titles leave over is for the long ones.
func widest(widths []float32, room float32) float32 {
	sorted := slices.Sorted(slices.Values(widths))
	for i, w := range sorted {
		share := room / float32(len(sorted)-i)
		if w > share {
			return share
		}
		room -= w
	}
	return math.MaxFloat32
}

func (s *Shell) drawTab(c *xwidget.Canvas, x, w float32, i int) {
	h := c.D(tabHeight)
	switch {
	case i == s.current:
		c.Rect(x, c.D(4), w, h-c.D(4), c.Look.Paper)
		c.Rect(x, c.D(4), w, c.D(2), c.Look.Accent)
		c.Rect(x, c.D(4), c.D(1), h-c.D(4), c.Look.Line)
		c.Rect(x+w-c.D(1), c.D(4), c.D(1), h-c.D(4), c.Look.Line)
	case c.Hot(x, 0, w, h):
		c.Rect(x, c.D(4), w, h-c.D(5), c.Look.Hover())
	}
}

func (s *Shell) drawTabClose(c *xwidget.Canvas, x float32, i int) {
	size := c.D(18)
	y := (c.D(tabHeight+4) - size) / 2
	if c.Hot(x, y, size, size) {
		c.RoundRect(x, y, size, size, c.D(4), c.Look.Text.Alpha(24))
	}
	c.Close(x, y, size, c.Look.Secondary)
	c.Spot(x, y, size, size, s.kit.Words.T("tab.close"), func() { s.closePage(i) })
}
