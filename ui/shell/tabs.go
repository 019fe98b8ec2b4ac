package shell

import (
	"math"
	"slices"
	"strings"

	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

const (
	// tabHeight is the height of the strip of tabs in dp.
	tabHeight = 32
	// leastTab is how narrow a tab gets, in dp: its title must tell it apart.
	leastTab = 168
	// arrowDp is the width of each of the buttons that scroll the tabs.
	arrowDp = 24
	// notchDp is how far a notch of the wheel, or a press on a button, scrolls.
	notchDp = 120
)

// A shortener is a page with a title for a tab too narrow for the whole one:
// what tells it apart.
type shortener interface{ ShortTitle() string }

// A distinct is a page that can be told apart from others with the same title.
type distinct interface {
	// Mark returns what differs: a time or, if exact, an id.
	Mark(exact bool) string
}

// A tabStrip is the painter of the strip of tabs.
type tabStrip struct {
	*xwidget.Panel
	shell   *Shell
	scroll  float32 // device pixels left of the strip
	room    float32 // of the tabs in the last frame
	width   float32 // of all tabs
	scale   float32
	front   page // in front in the last frame
	tabs    []tab
	pressed int // tab under the press of the middle button, -1 for none
}

// A tab is where the tab of a page was drawn.
type tab struct{ x, w float32 }

// newTabs returns the painter of the strip of tabs.
func newTabs(s *Shell) *tabStrip {
	t := &tabStrip{Panel: xwidget.NewPanel(s.kit), shell: s, pressed: -1}
	t.Background = func() scene.Color { return s.kit.Look.Panel }
	t.Content = func(c *xwidget.Canvas, _, w float32) float32 { return t.draw(c, w) }
	return t
}

// Handle implements canvasview.Painter: the wheel scrolls the tabs, the middle
// button closes one.
func (t *tabStrip) Handle(e canvasview.Event) bool {
	switch {
	case e.Kind == canvasview.Scroll:
		return t.scrollBy(-(e.DX + e.DY) / 25 * notchDp * t.scale)
	case e.Kind == canvasview.Press && e.Button == canvasview.Middle:
		t.pressed = t.at(e.X)
		return false
	case e.Kind == canvasview.Release && e.Button == canvasview.Middle:
		if i := t.at(e.X); i > 0 && i == t.pressed {
			t.shell.closePage(i)
		}
		return true
	}
	return t.Panel.Handle(e)
}

// at returns the tab at x, -1 if there is none.
func (t *tabStrip) at(x float32) int {
	return slices.IndexFunc(t.tabs, func(b tab) bool { return x >= b.x && x < b.x+b.w })
}

func (t *tabStrip) scrollBy(d float32) bool {
	was := t.scroll
	t.scroll = max(0, min(t.scroll+d, t.width-t.room))
	return t.scroll != was
}

func (t *tabStrip) draw(c *xwidget.Canvas, w float32) float32 {
	s, h := t.shell, c.D(tabHeight)
	t.scale = c.Scale
	c.Rect(0, h-c.D(1), w, c.D(1), c.Look.Line)
	widths, total := s.tabWidths(c, w-c.D(16))
	left := c.D(8)
	t.room, t.width = w-c.D(16), total
	over := total > t.room
	if over {
		left += c.D(arrowDp)
		t.room -= c.D(2 * arrowDp)
	}
	if front := s.pages[s.current]; front != t.front { // the tab in front is in sight; the wheel may take it out
		t.front = front
		t.reveal(widths[:s.current+1])
	}
	t.scrollBy(0)
	if over {
		c.Clip(left, 0, t.room, h)
	}
	x := left - t.scroll
	t.tabs = t.tabs[:0]
	for i := range s.pages {
		t.drawTab(c, x, widths[i], i, left, left+t.room)
		x += widths[i]
	}
	if over {
		c.Unclip()
		t.drawArrow(c, left-c.D(arrowDp), true)
		t.drawArrow(c, left+t.room, false)
	}
	return h
}

// reveal scrolls the last of some tabs into sight.
func (t *tabStrip) reveal(widths []float32) {
	end := float32(0)
	for _, w := range widths {
		end += w
	}
	begin := end - widths[len(widths)-1]
	t.scroll = min(max(t.scroll, end-t.room), begin)
}

// tabWidths returns how wide each tab is, and all together: so narrow that all
// fit, if they can be told apart then.
func (s *Shell) tabWidths(c *xwidget.Canvas, room float32) (widths []float32, total float32) {
	bold := c.Font(xwidget.Minor, scene.SemiBold)
	for i := range s.pages {
		tw := min(c.Metrics.Width(bold, s.tabTitle(i))+c.D(26), c.D(260))
		if i > 0 {
			tw += c.D(18) // for its cross
		}
		widths = append(widths, tw)
	}
	most := max(widest(widths, room), c.D(leastTab))
	for i := range widths {
		widths[i] = min(widths[i], most)
		total += widths[i]
	}
	return widths, total
}

// tabTitle returns the title of page i with what tells it apart from others.
func (s *Shell) tabTitle(i int) string {
	if mark := s.tabMark(i); mark != "" {
		return s.pages[i].Title() + " · " + mark
	}
	return s.pages[i].Title()
}

// tabMark returns what tells page i apart from others with the same title: a
// time or, where that is the same too, an id; "" where no other has its title.
func (s *Shell) tabMark(i int) string {
	d, ok := s.pages[i].(distinct)
	if !ok {
		return ""
	}
	mark, title := "", s.pages[i].Title()
	for k, p := range s.pages {
		other, ok := p.(distinct)
		if k == i || !ok || p.Title() != title {
			continue
		}
		if other.Mark(false) == d.Mark(false) {
			return d.Mark(true)
		}
		mark = d.Mark(false)
	}
	return mark
}

// shortTitle returns the title of page i for a tab with room for less: what
// tells it apart stays whole.
func (s *Shell) shortTitle(c *xwidget.Canvas, f scene.Font, i int, room float32) string {
	if short, ok := s.pages[i].(shortener); ok {
		return short.ShortTitle()
	}
	if mark := s.tabMark(i); mark != "" {
		name := c.FitMiddle(f, s.pages[i].Title(), room-c.Metrics.Width(f, " "+mark))
		return strings.TrimLeft(name+" "+mark, "… ")
	}
	return c.FitMiddle(f, s.pages[i].Title(), room)
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

// drawTab draws tab i with its place from x on, as much of it as is between left
// and right.
func (t *tabStrip) drawTab(c *xwidget.Canvas, x, w float32, i int, left, right float32) {
	s, h := t.shell, c.D(tabHeight)
	from, to := max(x, left), min(x+w, right)
	t.tabs = append(t.tabs, tab{from, max(to-from, 0)})
	if to <= from {
		return
	}
	font, ink := c.Font(xwidget.Minor, scene.Regular), c.Look.Secondary
	switch {
	case i == s.current:
		font, ink = c.Font(xwidget.Minor, scene.SemiBold), c.Look.Text
		c.Rect(x, c.D(4), w, h-c.D(4), c.Look.Paper)
		c.Rect(x, c.D(4), w, c.D(2), c.Look.Accent)
		c.Rect(x, c.D(4), c.D(1), h-c.D(4), c.Look.Line)
		c.Rect(x+w-c.D(1), c.D(4), c.D(1), h-c.D(4), c.Look.Line)
	case c.Hot(from, 0, to-from, h):
		c.Rect(x, c.D(4), w, h-c.D(5), c.Look.Hover())
	}
	title, textW, closes := s.tabTitle(i), w-c.D(22), i > 0
	if closes {
		textW -= c.D(18)
	}
	c.Spot(from, 0, to-from, h, s.tabTip(i, title), func() { s.show(i) })
	if c.Metrics.Width(font, title) > textW {
		title = s.shortTitle(c, font, i, textW)
	}
	c.Label(x+c.D(12), c.D(4), h-c.D(4), textW, font, ink, title)
	if at := x + w - c.D(26); closes && at+c.D(18) <= right && at >= left {
		t.drawClose(c, at, i)
	}
}

// tabTip returns the whole title of a page, with what it shows.
func (s *Shell) tabTip(i int, title string) string {
	if i == 0 {
		return title
	}
	return title + " · " + s.pages[i].Status()
}

func (t *tabStrip) drawClose(c *xwidget.Canvas, x float32, i int) {
	size := c.D(18)
	y := (c.D(tabHeight+4) - size) / 2
	if c.Hot(x, y, size, size) {
		c.RoundRect(x, y, size, size, c.D(4), c.Look.Text.Alpha(24))
	}
	c.Close(x, y, size, c.Look.Secondary)
	c.Spot(x, y, size, size, t.shell.kit.Words.T("tab.close"), func() { t.shell.closePage(i) })
}

// drawArrow draws the button that scrolls to the tabs on one side, faint where
// there are none.
func (t *tabStrip) drawArrow(c *xwidget.Canvas, x float32, back bool) {
	w, h := c.D(arrowDp), c.D(tabHeight)
	d, tip, col := c.D(notchDp*2), "tab.after", c.Look.Text
	dead := t.scroll >= t.width-t.room-1
	if back {
		d, tip, dead = -d, "tab.before", t.scroll <= 0
	}
	if dead {
		col = c.Look.Tree
	} else {
		if c.Hot(x, 0, w, h) {
			c.RoundRect(x+c.D(1), c.D(5), w-c.D(2), h-c.D(8), c.D(4), c.Look.Hover())
		}
		c.Spot(x, 0, w, h, t.shell.kit.Words.T(tip), func() { t.scrollBy(d) })
	}
	mid, half, y := x+w/2, c.D(4), c.D((tabHeight+4)/2)
	tipX, footX := mid+half/2, mid-half/2
	if back {
		tipX, footX = footX, tipX
	}
	c.Poly(col, scene.Point{X: footX, Y: y - half}, scene.Point{X: footX, Y: y + half}, scene.Point{X: tipX, Y: y})
}
