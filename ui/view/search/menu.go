package search

import (
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// A Line is one line of a Menu.
type Line struct {
	Text string
	// Runes are the positions, in runes of Text, of what was typed, rising.
	Runes  []int
	Note   string // goes on after Text, quietly
	Kind   string // what sort of thing it is, on the right
	Key    string // that does the same, "" for none
	Below  bool   // belongs to the line above
	Failed bool   // is marked as an error
}

// A Menu is a list of lines to choose from below a box that keeps the keyboard.
type Menu struct {
	*xwidget.Panel
	lines []Line
	// Empty is what an empty menu says.
	Empty string
}

// NewMenu returns an empty menu; pick is called with the number of the line
// pressed.
func NewMenu(kit *xwidget.Kit, pick func(i int)) *Menu {
	m := &Menu{Panel: xwidget.NewPanel(kit)}
	m.Content = m.draw
	m.Activate = func(i int) {
		if i < len(m.lines) {
			pick(i)
		}
	}
	return m
}

// Set replaces the lines and chooses one of them, none for -1.
func (m *Menu) Set(lines []Line, chosen int) {
	m.lines = lines
	m.Reset()
	m.Sel = min(chosen, len(lines)-1)
}

// Len returns the number of lines.
func (m *Menu) Len() int { return len(m.lines) }

// Line returns line i.
func (m *Menu) Line(i int) Line { return m.lines[i] }

// ChosenLine returns the number of the line chosen, -1 for none.
func (m *Menu) ChosenLine() int {
	if m.Sel >= len(m.lines) {
		return -1
	}
	return m.Sel
}

// Move chooses the line step further, going round past either end; with none
// set, past an end no line is chosen first.
func (m *Menu) Move(step int, none bool) {
	n, first := len(m.lines), 0
	if none {
		n, first = n+1, -1
	}
	if n > 0 {
		m.Choose(((m.Sel-first+step)%n+n)%n + first)
	}
}

// HeightDp returns the height in dp for at most most lines, the others being
// reached by scrolling.
func (m *Menu) HeightDp(most int) float32 { return float32(min(max(len(m.lines), 1), most))*rowDp + 10 }

func (m *Menu) draw(c *xwidget.Canvas, y, w float32) float32 {
	top, h := y, c.D(rowDp)
	y += c.D(5)
	for i := range m.lines {
		c.Item(c.D(5), y, w-c.D(10), h)
		if c.Visible(y, h) {
			m.drawLine(c, c.D(5), y, w-c.D(10), &m.lines[i], i == m.Sel)
		}
		y += h
	}
	if len(m.lines) == 0 {
		c.Label(c.D(16), y, h, w-c.D(32), c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, m.Empty)
		y += h
	}
	c.Frame(0, 0, w, float32(c.H), c.D(6), max(1, c.D(1)), c.Look.Line.Mix(c.Look.Secondary, 80))
	return y + c.D(5) - top
}

func (m *Menu) drawLine(c *xwidget.Canvas, x, y, w float32, l *Line, chosen bool) {
	h := c.D(rowDp)
	switch {
	case chosen:
		c.RoundRect(x, y, w, h, c.D(4), c.Look.Wash())
	case c.Hot(x, y, w, h):
		c.RoundRect(x, y, w, h, c.D(4), c.Look.Hover())
	}
	right, small := x+w-c.D(10), c.Font(xwidget.Small, scene.Regular)
	if l.Kind != "" {
		c.LabelRight(right, y, h, w/3, small, c.Look.Secondary, l.Kind)
		right -= c.Metrics.Width(small, l.Kind) + c.D(12)
	}
	if l.Key != "" {
		right = drawKey(c, right, y, h, l.Key) - c.D(12)
	}
	at := x + c.D(12)
	if l.Below {
		at += c.D(18)
	}
	if l.Failed {
		c.Cross(at, y+(h-c.D(12))/2, c.D(12), true)
		at += c.D(18)
	}
	at += drawMatched(c, at, y, h, right-at, l.Text, l.Runes)
	if l.Note != "" {
		c.Label(at+c.D(10), y, h, right-at-c.D(10), c.Font(xwidget.Minor, scene.Regular), c.Look.Secondary, l.Note)
	}
}

// drawKey draws a key as it is printed, ending at x, and returns where it begins.
func drawKey(c *xwidget.Canvas, x, y, h float32, key string) float32 {
	f := c.Font(xwidget.Small, scene.SemiBold)
	w := c.Metrics.Width(f, key) + c.D(12)
	c.RoundRect(x-w, y+c.D(5), w, h-c.D(10), c.D(4), c.Look.Panel)
	c.Frame(x-w, y+c.D(5), w, h-c.D(10), c.D(4), max(1, c.D(1)), c.Look.Line)
	c.Label(x-w+c.D(6), y, h, w, f, c.Look.Text, key)
	return x - w
}

// drawMatched draws text with the runes that were typed in bold, cut to fit
// room, and returns its width.
func drawMatched(c *xwidget.Canvas, x, y, h, room float32, text string, runes []int) float32 {
	plain, bold := c.Font(xwidget.Body, scene.Regular), c.Font(xwidget.Body, scene.SemiBold)
	in := []rune(text)
	at, from := x, 0
	for from < len(in) && at < x+room {
		for len(runes) > 0 && runes[0] < from {
			runes = runes[1:]
		}
		to, f := len(in), plain
		if len(runes) > 0 {
			to = min(runes[0], len(in))
		}
		if to == from {
			f = bold
			for len(runes) > 0 && runes[0] == to && to < len(in) {
				to, runes = to+1, runes[1:]
			}
		}
		part := string(in[from:to])
		width := c.Metrics.Width(f, part)
		if at+width > x+room || to < len(in) && at+width+c.Metrics.Width(plain, "…") > x+room {
			return at - x + c.Label(at, y, h, x+room-at, f, c.Look.Text, part+"…")
		}
		c.Label(at, y, h, width+1, f, c.Look.Text, part)
		at, from = at+width, to
	}
	return at - x
}
