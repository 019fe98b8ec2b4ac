package compare

import (
	"image"
	"strings"

	"traceview/internal/analysis/comparison"
	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/internal/units"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/xwidget"
)

// The places that can be pressed; from actFold on, the twisty of a row.
const (
	actAll = iota
	actDiffer
	actTree
	actFold
)

// A Painter draws the steps as a table and acts on them. It is used by one goroutine.
type Painter struct {
	table.Table
	m      *Model
	kit    *xwidget.Kit
	do     Actions
	state  document.Table
	scene  scene.Scene
	colour map[string]int
	shown  *comparison.Comparison
	listed int    // version of the list
	line   string // what is listed
	alike  table.Alike
	chosen int32
	most   [2]int64 // the longest total and own difference
	signs  map[int64]table.Figure
	words  words
}

type words struct{ unnamed, noService, all, differ, tree string }

// NewTable returns the table of a Model in a widget, and its painter; unused is
// offered the keys it does not take.
func NewTable(kit *xwidget.Kit, m *Model, do Actions, unused func(e canvasview.Event) bool) (*table.View, *Painter) {
	var p *Painter
	v := table.NewView(kit, func(s table.Style) table.Painter {
		p = New(kit, m, s, do)
		return p
	}, unused)
	return v, p
}

// New returns the painter of a Model.
func New(kit *xwidget.Kit, m *Model, s table.Style, do Actions) *Painter {
	p := &Painter{m: m, kit: kit, do: do, colour: map[string]int{}, chosen: -1}
	p.Init(p, &p.state, s)
	p.Restyle(s)
	return p
}

// Restyle changes theme, language, font or scale.
func (p *Painter) Restyle(s table.Style) {
	p.Table.Restyle(s)
	t := s.Printer.T
	p.words = words{t("trace.unnamed"), t("stats.noservice"), t("compare.all"), t("compare.differ"), t("compare.tree")}
	p.signs, p.shown = map[int64]table.Figure{}, nil
	p.listed = -1
}

// Paint draws the table on dst, filling it.
func (p *Painter) Paint(dst *image.RGBA) {
	b := dst.Bounds()
	p.Style.Drawer.Draw(dst, p.Build(b.Dx(), b.Dy()))
}

// Build makes the scene of the table on w × h pixels, valid until the next.
func (p *Painter) Build(w, h int) *scene.Scene {
	p.update()
	s := &p.scene
	p.Begin(s, w, h)
	p.follow()
	p.drawStrip()
	p.Body(s)
	if p.Len() == 0 {
		p.Empty(s, p.m.Notice[0], p.m.Notice[1])
		if p.m.C != nil {
			p.Empty(s, p.Style.Printer.T("compare.none"), p.Style.Printer.T("compare.none.next"))
		}
	}
	return s
}

// update takes over what changed in the Model.
func (p *Painter) update() {
	if p.m.C != p.shown || len(p.Columns) == 0 {
		p.shown = p.m.C
		p.state, p.chosen = document.Table{}, -1
		p.measure()
		p.SetColumns(p.columns())
		p.listed = -1
	}
	if p.listed != p.m.version {
		p.listed, p.chosen, p.line = p.m.version, -1, p.lineText()
		p.compare()
		p.Forget()
	}
	by, falling := p.m.Sorted()
	p.Sorted, p.Falling = int(by), falling
}

// follow shows the row that was chosen elsewhere.
func (p *Painter) follow() {
	if p.m.Selected() != p.chosen {
		p.chosen = p.m.Selected()
		if at := p.m.Place(p.chosen); at >= 0 {
			p.state.Row = at
			p.Show(at)
		} else {
			p.state.Row = -1
		}
	}
}

// measure finds the longest differences, which bars are drawn by, and the colours.
func (p *Painter) measure() {
	p.most = [2]int64{}
	if p.shown == nil {
		return
	}
	clear(p.colour)
	var names []string
	for i := range p.shown.Rows {
		r := &p.shown.Rows[i]
		a, b := p.shown.Spreads(comparison.A, int32(i)), p.shown.Spreads(comparison.B, int32(i))
		p.most[0] = max(p.most[0], abs(b.Total.P50-a.Total.P50))
		p.most[1] = max(p.most[1], abs(b.Own.P50-a.Own.P50))
		if _, ok := p.colour[r.Service]; !ok {
			p.colour[r.Service] = 0
			names = append(names, r.Service)
		}
	}
	for i, n := range p.Style.Palette.Assign(p.Style.Colours, names) {
		p.colour[names[i]] = n
	}
}

// columns returns the columns: those that tell what differs stay longest.
func (p *Painter) columns() []table.Column {
	w := p.Style.Printer
	u := w.Units()
	duration := p.Widest(u.Duration(88_800_000), u.Duration(888_000), u.Duration(3588e9), u.Duration(86_280e9))
	col := func(id Column, key, sample string, keep int) table.Column {
		return table.Column{ID: int(id), Title: w.T("compare.col." + key), Tip: w.T("compare.tip." + key), Sample: sample, Right: true, Sorts: true, Keep: keep}
	}
	step := col(ColStep, "step", "", 100)
	step.Dp, step.Grow, step.Right, step.Lead = 260, 4, false, true
	service := col(ColService, "service", "", 40)
	service.Dp, service.Grow, service.Right = 96, 1, false
	return []table.Column{
		step, service,
		col(ColCalls, "calls", u.Number(8888)+" → "+u.Number(8888), 60),
		col(ColA, "a", duration, 80), col(ColB, "b", duration, 85), col(ColDelta, "delta", "+"+duration, 95),
		col(ColOwn, "own", "+"+duration, 70), col(ColErrors, "errors", "88 → 88", 75),
	}
}

// Len implements table.Source.
func (p *Painter) Len() int { return len(p.m.rows) }

// drawStrip draws what is listed, and the choice between all and what differs.
func (p *Painter) drawStrip() {
	s := &p.scene
	x, right := p.StripX()
	x = p.Switch(s, x, []table.Choice{{Label: p.words.all, Action: actAll, Chosen: !p.m.differ}, {Label: p.words.differ, Action: actDiffer, Chosen: p.m.differ}}) + p.Px(16)
	if p.m.C == nil {
		return
	}
	if !p.m.Tree() {
		right = p.Button(s, right, p.words.tree, actTree) - p.Px(12)
	}
	p.Line(s, x, right-x, false, p.line)
}

// lineText says how many steps there are, or match.
func (p *Painter) lineText() string {
	w := p.Style.Printer
	if p.m.C == nil {
		return ""
	}
	if p.m.Finding() || p.m.differ {
		return w.N("compare.listed", p.m.hits, "all", w.Units().Number(len(p.m.C.Rows)))
	}
	return w.N("compare.steps", len(p.m.C.Rows)) + " · " + w.T("compare.shared", "n", w.Units().Number(p.m.C.Shared))
}

// indentDp is how far a step stands right of what led to it, up to mostIndent of them.
const (
	indentDp   = 14
	mostIndent = 16
	twistyDp   = 12
)

// Cell implements table.Source.
func (p *Painter) Cell(s *scene.Scene, row int, c table.Cell) {
	i := p.m.rows[row]
	r, pal := &p.m.C.Rows[i], p.Style.Palette
	a, b := &r.Sides[comparison.A], &r.Sides[comparison.B]
	x, y := p.m.C.Spreads(comparison.A, i), p.m.C.Spreads(comparison.B, i)
	switch Column(c.Column) {
	case ColStep:
		p.step(s, row, i, c)
	case ColService:
		_, name := p.m.Called(i)
		if name == "" {
			name = p.words.noService
		}
		p.Text(s, c, int(i), name, pal.Secondary)
	case ColCalls:
		p.change(s, c, int(x.Spans.P50), int(y.Spans.P50), a.Spans > 0, b.Spans > 0)
	case ColA:
		p.total(s, c, x.Total.P50, a.Spans > 0)
	case ColB:
		p.total(s, c, y.Total.P50, b.Spans > 0)
	case ColDelta:
		p.delta(s, c, y.Total.P50-x.Total.P50, p.most[0], r.Status != comparison.Same)
	case ColOwn:
		p.delta(s, c, y.Own.P50-x.Own.P50, p.most[1], p.m.C.Lean(i) != 0)
	case ColErrors:
		if a.Errors > 0 || b.Errors > 0 {
			left := p.change(s, c, int(a.Errors), int(b.Errors), true, true)
			if b.Errors > 0 {
				p.Cross(s, c, left-p.Px(6), true)
			}
		}
	}
}

// step draws the name of a step, indented below what led to it, with a twisty where
// something is below it, and hatched where one side lacks it.
func (p *Painter) step(s *scene.Scene, row int, i int32, c table.Cell) {
	r, pal := &p.m.C.Rows[i], p.Style.Palette
	if p.m.Tree() {
		move := p.Px(indentDp) * float32(min(r.Depth, mostIndent))
		move = min(move, c.W/2)
		c.X, c.W = c.X+move, c.W-move
		if r.End > i+1 {
			p.twisty(s, row, c, p.m.Folded(i))
		}
		c.X, c.W = c.X+p.Px(twistyDp+4), c.W-p.Px(twistyDp+4)
	}
	if r.Status >= comparison.OnlyA {
		side := comparison.A
		if r.Status == comparison.OnlyB {
			side = comparison.B
		}
		col, d := tone(pal, side), p.Px(16)
		y := c.Y + float32(int((c.H-d)/2))
		s.RoundRect(c.X, y, d, d, p.Px(3), col.Bar)
		f := scene.Font{Px: 11 * p.Style.Scale, Weight: scene.SemiBold}
		s.Text(c.X+(d-p.Style.Metrics.Width(f, letters[side]))/2, float32(int(y+d/2+f.Px*0.36+0.5)), f, col.Ink, letters[side])
		c.X, c.W = c.X+d+p.Px(6), c.W-d-p.Px(6)
	}
	name, system := p.m.Called(i)
	own, col := "", pal.Text
	if name != r.Name && p.alike.Several([2]string{name, system}) {
		own = r.Name
	}
	if name == "" {
		name, col = p.words.unnamed, pal.Secondary
	}
	c = p.Dot(s, c, pal.Service(p.colour[r.Service]).Bar)
	p.Beside(s, c, p.Text(s, c, int(i), name, col), int(i), own)
}

// comparedAtOnce is up to how many rows are compared by what they are called: of more,
// each shows its own name as well.
const comparedAtOnce = 20_000

// compare finds the rows that are called the same.
func (p *Painter) compare() {
	p.alike = nil
	if p.m.named == nil || p.m.C == nil {
		return
	}
	p.alike = table.Compare(len(p.m.C.Rows), comparedAtOnce, func(i int) [2]string {
		name, system := p.m.Called(int32(i))
		return [2]string{name, system}
	})
}

// twisty draws the arrow that folds and unfolds.
func (p *Painter) twisty(s *scene.Scene, row int, c table.Cell, folded bool) {
	d := p.Px(twistyDp)
	x, y, t, ink := c.X, c.Y+float32(int((c.H-d)/2)), max(1, d*0.14), p.Style.Palette.Secondary
	if p.Over(x-p.Px(2), c.Y, d+p.Px(4), c.H) {
		ink = p.Style.Palette.Text
	}
	if folded {
		s.Line(x+d*0.36, y+d*0.2, x+d*0.66, y+d*0.5, t, ink)
		s.Line(x+d*0.66, y+d*0.5, x+d*0.36, y+d*0.8, t, ink)
	} else {
		s.Line(x+d*0.2, y+d*0.36, x+d*0.5, y+d*0.66, t, ink)
		s.Line(x+d*0.5, y+d*0.66, x+d*0.8, y+d*0.36, t, ink)
	}
	p.Spot(x-p.Px(2), c.Y, d+p.Px(4), c.H, actFold+row)
}

// total draws how long a step takes, a dash where there is none.
func (p *Painter) total(s *scene.Scene, c table.Cell, ns int64, there bool) {
	if !there {
		p.Number(s, c, p.dash(), p.Style.Palette.Secondary)
		return
	}
	p.Number(s, c, p.Figures.Duration(ns), p.Style.Palette.Text)
}

// delta draws by how much b takes longer, with its sign, above a bar in the colour of
// its direction; in grey what may be chance.
func (p *Painter) delta(s *scene.Scene, c table.Cell, ns, most int64, tells bool) {
	pal := p.Style.Palette
	col := pal.Secondary
	if tells {
		col = pal.Text
		bar := tone(pal, comparison.B)
		if ns < 0 {
			bar = tone(pal, comparison.A)
		}
		p.Bar(s, c, abs(ns), most, bar.Bar)
	}
	p.Number(s, c, p.signed(ns), col)
}

// signsKept bounds what is kept of signed durations.
const signsKept = 1 << 14

// signed returns a duration with its sign.
func (p *Painter) signed(ns int64) table.Figure {
	if f, ok := p.signs[ns]; ok {
		return f
	}
	if len(p.signs) >= signsKept {
		clear(p.signs)
	}
	text := signedText(p.Style.Printer.Units(), ns)
	f := table.Figure{Text: text, Width: p.Style.Metrics.Width(p.Figures.Font, text)}
	p.signs[ns] = f
	return f
}

// signedText writes a duration with its sign.
func signedText(u units.Printer, ns int64) string {
	switch text := u.Duration(abs(ns)); {
	case ns > 0:
		return "+" + text
	case ns < 0:
		return "−" + text
	default:
		return text
	}
}

func (p *Painter) dash() table.Figure {
	return table.Figure{Text: "–", Width: p.Style.Metrics.Width(p.Figures.Font, "–")}
}

// change draws "3 → 31", or one number where both have the same, and returns its left
// end.
func (p *Painter) change(s *scene.Scene, c table.Cell, a, b int, inA, inB bool) float32 {
	pal, fa, fb := p.Style.Palette, p.Figures.Number(a), p.Figures.Number(b)
	if !inA {
		fa = p.dash()
	}
	if !inB {
		fb = p.dash()
	}
	if a == b && inA && inB {
		return p.Number(s, c, fa, pal.Secondary)
	}
	left := p.Number(s, c, fb, pal.Text)
	arrow, gap := p.Px(10), p.Px(5)
	mid, x, t := c.Y+c.H/2, left-gap-arrow, max(1, p.Px(1))
	s.Line(x, mid, x+arrow, mid, t, pal.Secondary)
	s.Line(x+arrow, mid, x+arrow-p.Px(3), mid-p.Px(3), t, pal.Secondary)
	s.Line(x+arrow, mid, x+arrow-p.Px(3), mid+p.Px(3), t, pal.Secondary)
	c.W = x - gap - c.X
	return p.Number(s, c, fa, pal.Secondary)
}

// Key acts on a key by its name: those of a table to choose a row, Enter opens it in
// its trace and with Shift in the other, Left and Right fold.
func (p *Painter) Key(name string, mods canvasview.Mods) bool {
	p.update()
	p.follow()
	if p.Table.Key(name, mods) {
		return true
	}
	row := p.m.Selected()
	if row < 0 || p.m.C == nil {
		return false
	}
	switch name {
	case "Enter":
		if other := p.m.Prefer().Other(); p.m.C.Rows[row].Sides[other].Spans > 0 {
			p.do.Open(other, row)
		}
		return true
	case "Left":
		return p.m.Fold(row, true) || p.m.C.Rows[row].Parent >= 0 && p.m.Tree() && p.m.Select(p.m.C.Rows[row].Parent)
	case "Right":
		return p.m.Fold(row, false) || p.m.C.Rows[row].End > row+1 && p.m.Tree() && p.m.Select(row+1)
	}
	return false
}

// Choose implements table.Source.
func (p *Painter) Choose(row int) bool {
	p.chosen = p.m.rows[row]
	p.m.Select(p.chosen)
	return true
}

// Activate implements table.Source: it opens the step in its trace.
func (p *Painter) Activate(row int) bool {
	p.Choose(row)
	p.do.Open(p.m.Prefer(), p.m.rows[row])
	return true
}

// Sort implements table.Source.
func (p *Painter) Sort(column int) bool { return p.m.Sort(Column(column)) }

// Act implements table.Source.
func (p *Painter) Act(action int) bool {
	switch action {
	case actAll, actDiffer:
		return p.m.SetOnlyDifferent(action == actDiffer)
	case actTree:
		return p.m.Sort(ColStep)
	}
	row := p.m.rows[action-actFold]
	return p.m.Fold(row, !p.m.Folded(row))
}

// Tip implements table.Source.
func (p *Painter) Tip(action int) string {
	t := p.Style.Printer.T
	switch action {
	case actAll, actDiffer:
		return t("compare.differ.tip") + " · D"
	case actTree:
		return t("compare.tree.tip")
	}
	return "← →"
}

// RowTip implements table.Source.
func (p *Painter) RowTip(row int) string {
	i := p.m.rows[row]
	name, _ := p.m.Called(i)
	if name == "" {
		name = p.words.unnamed
	}
	return strings.Join(append([]string{name}, Facts(p.kit, p.m, i)...), " · ")
}
