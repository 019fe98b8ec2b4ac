package compare

import (
	"strings"

	"traceview/internal/analysis/comparison"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// FootDp is the height in dp of the line below the steps.
const FootDp = 44

// NewFoot returns the painter of the line that tells of the step chosen, and opens it
// in either trace.
func NewFoot(kit *xwidget.Kit, m *Model, do Actions) *xwidget.Panel {
	p := xwidget.NewPanel(kit)
	p.Background = func() scene.Color { return kit.Look.Panel }
	p.Content = func(c *xwidget.Canvas, y, w float32) float32 {
		c.Rect(0, y, w, c.D(1), c.Look.Line)
		row, of := m.Selected(), m.C
		if of == nil || row < 0 {
			return c.D(FootDp)
		}
		right, h := w-c.D(20), c.D(26)
		by := y + (c.D(FootDp)-h)/2
		f := c.Font(xwidget.Minor, scene.SemiBold)
		open := func(s comparison.Side) func() {
			return func() {
				if m.C == of { // else the row is of another since this was drawn
					do.Open(s, row)
				}
			}
		}
		for _, s := range []comparison.Side{comparison.B, comparison.A} {
			if m.C.Rows[row].Sides[s].Spans == 0 {
				continue
			}
			label, tip := kit.Words.T("compare.open", "side", letters[s]), "Shift+Enter"
			if s == m.Prefer() {
				tip = "Enter"
			}
			right -= c.Metrics.Width(f, label) + c.D(24)
			c.Button(right, by, h, label, tip, false, open(s))
			right -= c.D(8)
		}
		x := c.D(20)
		strong, plain := c.Font(xwidget.Body, scene.SemiBold), c.Font(xwidget.Body, scene.Regular)
		name, _ := m.Called(row)
		if name == "" {
			name = kit.Words.T("trace.unnamed")
		}
		facts := strings.Join(Facts(kit, m, row), " · ")
		room := right - x - c.D(12)
		need := min(c.Metrics.Width(plain, facts), room*0.6)
		x += c.Label(x, y, c.D(FootDp), room-need-c.D(12), strong, c.Look.Text, c.FitMiddle(strong, name, room-need-c.D(12))) + c.D(12)
		c.Label(x, y, c.D(FootDp), right-x-c.D(12), plain, c.Look.Secondary, c.Fit(plain, facts, right-x-c.D(12)))
		return c.D(FootDp)
	}
	return p
}

// Facts tells of a row: its own name where it is called otherwise, its service, what each side has, and the difference.
func Facts(kit *xwidget.Kit, m *Model, row int32) []string {
	words, c, r := kit.Words, m.C, &m.C.Rows[row]
	u := words.Units()
	var out []string
	name, system := m.Called(row)
	if name != r.Name {
		out = append(out, r.Name)
	}
	if system != "" {
		out = append(out, system)
	}
	for s := comparison.A; s <= comparison.B; s++ {
		f, spread := &r.Sides[s], c.Spreads(s, row)
		switch {
		case f.Spans == 0:
			out = append(out, words.T("compare.lacks", "side", letters[s]))
		case c.Usual(s):
			out = append(out, words.N("compare.has.usual", int(f.Traces), "side", letters[s], "p50", u.Duration(spread.Total.P50), "p5", u.Duration(spread.Total.P5),
				"p95", u.Duration(spread.Total.P95), "all", u.Number(len(c.Traces[s]))))
		default:
			out = append(out, words.N("compare.has", int(f.Spans), "side", letters[s], "total", u.Duration(f.Total), "own", u.Duration(f.Own)))
		}
	}
	if r.Sides[comparison.A].Spans > 0 && r.Sides[comparison.B].Spans > 0 {
		out = append(out, words.T("compare.status."+r.Status.String()))
	}
	return out
}
