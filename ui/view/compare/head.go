package compare

import (
	"strings"

	"traceview/internal/analysis/comparison"
	"traceview/internal/scene"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// Actions are what the page asks of the window.
type Actions struct {
	Choose func(s comparison.Side) // another trace for a side
	Usual  func()                  // compare b with what is usual; nil where nothing is kept
	Swap   func()
	Open   func(s comparison.Side, row int32) // the trace of a side, at a step
}

// Heights in dp.
const (
	CardsDp   = 92 // of the two traces
	findingDp = 24
	titleDp   = 30
	footDp    = 8
)

// NewCards returns the painter of the two traces at the top of the page.
func NewCards(kit *xwidget.Kit, m *Model, do Actions) *xwidget.Panel {
	p := xwidget.NewPanel(kit)
	p.Content = func(c *xwidget.Canvas, y, w float32) float32 {
		x, gap := c.D(20), c.D(52)
		card := float32(int((w - 2*x - gap) / 2))
		drawCard(c, kit, m, do, comparison.A, x, y+c.D(10), card)
		drawCard(c, kit, m, do, comparison.B, x+card+gap, y+c.D(10), card)
		drawSwap(c, kit, do, x+card+(gap-c.D(30))/2, y+c.D(24))
		c.Rect(0, y+c.D(CardsDp)-c.D(1), w, c.D(1), c.Look.Line)
		return c.D(CardsDp)
	}
	return p
}

// tone returns the colour that stands for a side, the ends of the scale: what only a
// has, or takes longer there, is blue, and orange for b.
func tone(l *look.Palette, s comparison.Side) look.ServiceColor {
	if s == comparison.A {
		return l.Diverge(-look.DivergeSteps)
	}
	return l.Diverge(look.DivergeSteps)
}

// letters name the sides on the screen.
var letters = [2]string{"A", "B"}

// badge draws the letter of a side in its colour.
func badge(c *xwidget.Canvas, s comparison.Side, x, y, d float32) {
	col, f := tone(c.Look, s), c.Font(xwidget.Minor, scene.SemiBold)
	c.RoundRect(x, y, d, d, c.D(4), col.Bar)
	c.Label(x+(d-c.Metrics.Width(f, letters[s]))/2, y, d, d, f, col.Ink, letters[s])
}

func drawCard(c *xwidget.Canvas, kit *xwidget.Kit, m *Model, do Actions, s comparison.Side, x, y, w float32) {
	words, side := kit.Words, &m.Sides[s]
	d := c.D(20)
	badge(c, s, x, y+c.D(3), d)
	at, room := x+d+c.D(10), w-d-c.D(10)
	f := c.Font(15, scene.SemiBold)
	name := kit.Names.Step(side.Service, side.Name)
	title, line := name, sideLine(kit, side)
	switch {
	case side.Traces == 0:
		title, line = words.T("compare.choose."+letters[s]), words.T("compare.choose.hint."+letters[s])
	case side.Traces > 1:
		title = words.T("compare.usual.title", "name", name)
	case title == "":
		title = words.T("trace.unnamed")
	}
	tw := c.Label(at, y, c.D(26), room, f, c.Look.Text, c.FitMiddle(f, title, room))
	if side.Traces > 0 {
		plain := c.Font(xwidget.Body, scene.Regular)
		left := room - tw - c.D(10)
		c.Label(at+tw+c.D(10), y, c.D(26), left, plain, c.Look.Secondary, c.FitMiddle(plain, kit.Names.System(side.Service), left))
	}
	f = c.Font(xwidget.Minor, scene.Regular)
	switch {
	case side.Failed:
		c.Cross(at, y+c.D(29), c.D(12), true)
		c.Label(at+c.D(18), y+c.D(25), c.D(20), room-c.D(18), f, c.Look.Text, side.Trouble[0])
	case side.Trouble[0] != "":
		c.Label(at, y+c.D(25), c.D(20), room, f, c.Look.Text, side.Trouble[0])
	default:
		c.Label(at, y+c.D(25), c.D(20), room, f, c.Look.Secondary, c.Fit(f, line, room))
	}
	by := y + c.D(50)
	bx := at + c.Button(at, by, c.D(26), words.T("compare.another"), letters[s], side.Traces == 0, func() { do.Choose(s) }) + c.D(8)
	if s == comparison.A && do.Usual != nil && m.Sides[comparison.B].Traces > 0 {
		c.Button(bx, by, c.D(26), words.T("compare.usual"), "U", false, do.Usual)
	}
}

// sideLine says when a trace was, how long, how much and where it is from.
func sideLine(kit *xwidget.Kit, side *Side) string {
	words := kit.Words
	if side.Busy != "" {
		return side.Busy
	}
	parts := []string{words.Units().Duration(side.Duration), words.N("header.spans", side.Spans)}
	if side.Traces > 1 {
		parts = []string{words.N("compare.usual.of", side.Traces), words.T("compare.usual.median", "d", parts[0])}
	} else {
		parts = append([]string{kit.DateTime(side.Start)}, parts...)
	}
	if side.Source != "" {
		parts = append(parts, side.Source)
	}
	return strings.Join(parts, " · ")
}

// drawSwap draws the button that makes a of b and b of a.
func drawSwap(c *xwidget.Canvas, kit *xwidget.Kit, do Actions, x, y float32) {
	s, t := c.D(30), max(1, c.D(1.5))
	ink := c.Look.Secondary
	if c.Hot(x, y, s, s) {
		c.RoundRect(x, y, s, s, c.D(4), c.Look.Hover())
		ink = c.Look.Text
	}
	for k, mid := range []float32{y + s*0.37, y + s*0.63} {
		from, to, head := x+s*0.24, x+s*0.76, -s*0.13
		if k == 1 {
			from, to, head = to, from, -head
		}
		c.Line(from, mid, to, mid, t, ink)
		up := max(head, -head)
		c.Line(to, mid, to+head, mid-up, t, ink)
		c.Line(to, mid, to+head, mid+up, t, ink)
	}
	c.Spot(x, y, s, s, kit.Words.T("compare.swap")+" · X", do.Swap)
}

// FindingsDp returns how high the list of differences would be.
func FindingsDp(m *Model) float32 {
	n := len(m.Findings)
	if n == 0 {
		n = 1
	}
	return titleDp + float32(n)*findingDp + footDp
}

// NewFindings returns the list of what is different, each a sentence. Choosing one
// chooses its step.
func NewFindings(kit *xwidget.Kit, m *Model) *xwidget.Panel {
	p := xwidget.NewPanel(kit)
	p.Background = func() scene.Color { return kit.Look.Panel }
	p.Chosen = func(i int) {
		if i >= 0 && i < len(m.Findings) {
			m.Select(m.Findings[i].Row)
		}
	}
	p.Activate = func(i int) { p.Chosen(i) }
	p.Content = func(c *xwidget.Canvas, y, w float32) float32 {
		top, x := y, c.D(20)
		f := c.Font(xwidget.Body, scene.SemiBold)
		title := kit.Words.T("compare.what")
		if m.C != nil && m.C.Usual(comparison.A) {
			title = kit.Words.T("compare.what.usual")
		}
		c.Label(x, y, c.D(titleDp), w-2*x, f, c.Look.Text, title)
		y += c.D(titleDp)
		if len(m.Findings) == 0 {
			c.Label(x, y, c.D(findingDp), w-2*x, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, nothingWords(kit, m))
			y += c.D(findingDp)
		}
		for i := range m.Findings {
			drawFinding(c, p, m, i, y, w)
			y += c.D(findingDp)
		}
		y += c.D(footDp)
		c.Rect(0, y-c.D(1), w, c.D(1), c.Look.Line)
		return y - top
	}
	return p
}

// nothingWords says why no difference is told.
func nothingWords(kit *xwidget.Kit, m *Model) string {
	t := kit.Words.T
	switch {
	case m.Busy:
		return t("compare.busy")
	case m.C == nil:
		return m.Notice[0]
	case m.C.Shared == 0 && len(m.C.Rows) > 0:
		return t("compare.nothing.common")
	}
	return t("compare.nothing")
}

func drawFinding(c *xwidget.Canvas, p *xwidget.Panel, m *Model, i int, y, w float32) {
	d, h := &m.Findings[i], c.D(findingDp)
	c.Item(0, y, w, h)
	if !c.Visible(y, h) {
		return
	}
	switch {
	case d.Row == m.Selected():
		c.Rect(0, y, w, h, c.Look.Wash())
		if p.Focused() {
			c.Rect(0, y, c.D(3), h, c.Look.Accent)
		}
	case c.Hot(0, y, w, h):
		c.Rect(0, y, w, h, c.Look.Hover())
	}
	x, s := c.D(20), c.D(14)
	drawKind(c, d.Kind, x, y+(h-s)/2, s)
	x += s + c.D(10)
	f := c.Font(xwidget.Body, scene.Regular)
	room := w - x - c.D(20)
	at := c.Label(x, y, h, room, f, c.Look.Text, c.Fit(f, d.Title, room))
	if left := room - at - c.D(12); d.Detail != "" && left > c.D(80) {
		f = c.Font(xwidget.Minor, scene.Regular)
		c.Label(x+at+c.D(12), y, h, left, f, c.Look.Secondary, c.Fit(f, d.Detail, left))
	}
}

// drawKind draws the sign of a kind of difference in a box of size s: that of an error
// for errors, else a triangle up for more and down for less, a plus or minus for steps.
func drawKind(c *xwidget.Canvas, k comparison.Kind, x, y, s float32) {
	more, less := tone(c.Look, comparison.B).Bar, tone(c.Look, comparison.A).Bar
	mid, t := s/2, max(2, s*0.16)
	switch k {
	case comparison.Fails:
		c.Cross(x, y, s, true)
	case comparison.Recovers:
		c.Line(x+s*0.14, y+s*0.54, x+s*0.4, y+s*0.8, t, less)
		c.Line(x+s*0.4, y+s*0.8, x+s*0.88, y+s*0.24, t, less)
	case comparison.Added, comparison.Missing:
		col := less
		if k == comparison.Added {
			col = more
			c.Rect(x+mid-t/2, y+s*0.1, t, s*0.8, col)
		}
		c.Rect(x+s*0.1, y+mid-t/2, s*0.8, t, col)
	case comparison.WorksLonger, comparison.WaitsLonger, comparison.CalledMore:
		c.Poly(more, scene.Point{X: x + s*0.06, Y: y + s*0.84}, scene.Point{X: x + s*0.94, Y: y + s*0.84}, scene.Point{X: x + mid, Y: y + s*0.12})
	default:
		c.Poly(less, scene.Point{X: x + s*0.06, Y: y + s*0.16}, scene.Point{X: x + s*0.94, Y: y + s*0.16}, scene.Point{X: x + mid, Y: y + s*0.88})
	}
}
