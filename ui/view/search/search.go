// Package search shows what can be searched for: the page a person starts
// from, the orders suggested below the order box while they type, and the menu
// of ways to finish a filter, or of the command palette.
package search

import (
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// A Suggestion is one order a person may mean.
type Suggestion struct {
	Order string
	// Runes are the positions, in runes, of what was typed within Order.
	Runes []int
	// Recent says that the order was searched for before, Kept that traces of it
	// are in the library.
	Recent, Kept bool
}

// rowDp is the height of one suggestion.
const rowDp = 30

// A List is the orders suggested below the order box.
type List struct {
	*xwidget.Panel
	rows []Suggestion
}

// NewList returns an empty list; pick is called with the order chosen.
func NewList(kit *xwidget.Kit, pick func(order string)) *List {
	l := &List{Panel: xwidget.NewPanel(kit)}
	l.Content = l.draw
	l.Activate = func(i int) { pick(l.rows[i].Order) }
	return l
}

// Set replaces the suggestions; nothing is chosen.
func (l *List) Set(rows []Suggestion) {
	l.rows = rows
	l.Reset()
}

// Len returns the number of suggestions.
func (l *List) Len() int { return len(l.rows) }

// Move chooses the suggestion step further, or none past either end.
func (l *List) Move(step int) {
	n := len(l.rows) + 1
	l.Choose((l.Sel+1+step+n)%n - 1)
}

// ChosenOrder returns the order chosen, "" if none is.
func (l *List) ChosenOrder() string {
	if l.Sel < 0 || l.Sel >= len(l.rows) {
		return ""
	}
	return l.rows[l.Sel].Order
}

// HeightDp returns the height the list wants, in dp.
func (l *List) HeightDp() float32 { return float32(min(len(l.rows), 8))*rowDp + 10 }

func (l *List) draw(c *xwidget.Canvas, y, w float32) float32 {
	top := y
	y += c.D(5)
	for i := range l.rows {
		note := ""
		switch {
		case l.rows[i].Recent:
			note = l.Kit.Words.T("search.recent")
		case l.rows[i].Kept:
			note = l.Kit.Words.T("search.kept")
		}
		drawRow(c, c.D(5), y, w-c.D(10), &l.rows[i], i == l.Sel, note)
		y += c.D(rowDp)
	}
	c.Frame(0, 0, w, float32(c.H), c.D(6), max(1, c.D(1)), c.Look.Line.Mix(c.Look.Secondary, 80))
	return y + c.D(5) - top
}

// drawRow draws one suggestion with the typed letters in bold.
func drawRow(c *xwidget.Canvas, x, y, w float32, s *Suggestion, chosen bool, note string) {
	h := c.D(rowDp)
	c.Item(x, y, w, h)
	switch {
	case chosen:
		c.RoundRect(x, y, w, h, c.D(4), c.Look.Wash())
	case c.Hot(x, y, w, h):
		c.RoundRect(x, y, w, h, c.D(4), c.Look.Hover())
	}
	c.Magnifier(x+c.D(10), y+(h-c.D(14))/2, c.D(14), c.Look.Secondary)
	drawMatched(c, x+c.D(34), y, h, w-c.D(150), s.Order, s.Runes)
	c.LabelRight(x+w-c.D(10), y, h, c.D(120), c.Font(xwidget.Small, scene.Regular), c.Look.Secondary, note)
}

// A Home is the page a person starts from.
type Home struct {
	*xwidget.Panel
	pick   func(order string)
	recent []string
	known  []string
	offers []string
	// Offline says why there is no connection, "" if there is one.
	Offline string
	Notes   []Note
}

// A Note is something a person should know before searching.
type Note struct{ Title, Text string }

// NewHome returns the page; pick is called with the order chosen.
func NewHome(kit *xwidget.Kit, pick func(order string)) *Home {
	h := &Home{Panel: xwidget.NewPanel(kit), pick: pick}
	h.Content = h.draw
	h.Activate = func(i int) {
		if i < len(h.offers) {
			pick(h.offers[i])
		}
	}
	return h
}

// Set tells the page the orders searched for lately, newest first, and those
// known to be there.
func (h *Home) Set(recent, known []string) {
	h.recent, h.known = recent, known
	h.offers = append(append([]string(nil), recent...), known...)
}

func (h *Home) draw(c *xwidget.Canvas, y, w float32) float32 {
	top, words := y, h.Kit.Words
	left := max(c.D(40), (w-c.D(720))/2)
	width := min(w-2*left, c.D(720))
	y += c.D(56)
	c.Label(left, y, c.D(34), width, c.Font(xwidget.Banner, scene.SemiBold), c.Look.Text, words.T("home.title"))
	y += c.D(42)
	for _, line := range c.Wrap(c.Font(xwidget.Body, scene.Regular), words.T("home.text"), width, 4) {
		c.Label(left, y, c.D(20), width, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, line)
		y += c.D(20)
	}
	y += c.D(20)
	if h.Offline != "" {
		f := c.Font(xwidget.Body, scene.SemiBold)
		for _, line := range c.Wrap(f, h.Offline, width, 3) {
			c.Label(left, y, c.D(20), width, f, c.Look.Text, line)
			y += c.D(20)
		}
		y += c.D(16)
	}
	y = h.drawNotes(c, left, y, width)
	y = h.drawOffers(c, left, y, width, words.T("home.recent"), h.recent)
	y = h.drawOffers(c, left, y, width, words.T("home.known"), h.known)
	return y + c.D(24) - top
}

// drawNotes draws each note in a box of its own.
func (h *Home) drawNotes(c *xwidget.Canvas, x, y, w float32) float32 {
	bold, f := c.Font(xwidget.Body, scene.SemiBold), c.Font(xwidget.Body, scene.Regular)
	for _, n := range h.Notes {
		var title []string
		if n.Title != "" {
			title = c.Wrap(bold, n.Title, w-c.D(28), 3)
		}
		text := c.Wrap(f, n.Text, w-c.D(28), 8)
		high := float32(len(title)+len(text))*c.D(20) + c.D(12)
		c.RoundRect(x, y, w, high, c.D(4), c.Look.Accent.Alpha(24))
		c.Rect(x, y, c.D(3), high, c.Look.Accent)
		at := y + c.D(6)
		for i, l := range append(title, text...) {
			font := f
			if i < len(title) {
				font = bold
			}
			c.Label(x+c.D(14), at, c.D(20), w, font, c.Look.Text, l)
			at += c.D(20)
		}
		y += high + c.D(16)
	}
	return y
}

// drawOffers draws orders as a grid of quiet buttons below a heading.
func (h *Home) drawOffers(c *xwidget.Canvas, x, y, w float32, title string, orders []string) float32 {
	if len(orders) == 0 {
		return y
	}
	c.Label(x, y, c.D(24), w, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, title)
	y += c.D(30)
	const columns = 5
	gap, bh := c.D(8), c.D(32)
	bw := float32(int((w - gap*(columns-1)) / columns))
	f := c.Font(xwidget.Body, scene.Regular)
	for i, o := range orders {
		bx := x + float32(i%columns)*(bw+gap)
		by := y + float32(i/columns)*(bh+gap)
		n := c.Item(bx, by, bw, bh)
		fill, edge := c.Look.Paper, c.Look.Line
		if c.Hot(bx, by, bw, bh) {
			fill = c.Look.Panel
		}
		if n == h.Sel && h.Focused() {
			edge = c.Look.Accent
		}
		c.RoundRect(bx, by, bw, bh, c.D(5), fill)
		c.Frame(bx, by, bw, bh, c.D(5), max(1, c.D(1)), edge)
		c.Label(bx+c.D(12), by, bh, bw-c.D(20), f, c.Look.Text, o)
	}
	rows := (len(orders) + columns - 1) / columns
	return y + float32(rows)*(bh+gap) + c.D(20)
}
