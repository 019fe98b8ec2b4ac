package compare

import (
	"image"

	"traceview/internal/analysis"
	"traceview/internal/analysis/comparison"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// A Flame draws the steps as boxes, each below what led to it and as wide as its own
// work and what it led to; colours tell where b takes longer and where it takes less. It
// is used by one goroutine; a frame costs what is on screen.
type Flame struct {
	m     *Model
	kit   *xwidget.Kit
	do    Actions
	style axis.Style
	scene scene.Scene

	width  comparison.Width
	of     *comparison.Comparison
	calls  *analysis.Calls
	flame  *layout.Flame
	view   layout.Viewport
	zoomed []int32 // rows, each within the one before
	g      layout.FlameView
	scroll axis.Scroller
	shown  int32 // row last brought into view
	faded  []bool
	listed int

	lanes   axis.Lanes
	labels  axis.Labels
	deltas  map[int64]*axis.Label
	pointer axis.Hand
	under   int32
	spots   []flameSpot
	tip     xwidget.Tip
	about   flameAbout
	way     way
	fonts   struct{ strong, small scene.Font }
	words   flameWords
}

// flameAbout is what the small text beside the pointer tells of.
type flameAbout struct {
	row  int32
	n    int
	of   *comparison.Comparison
	room int
}

// A flameSpot is a choice at the top.
type flameSpot struct {
	image.Rectangle
	width comparison.Width
}

type flameWords struct {
	widths                                       [comparison.Widths]string
	all, unnamed, less, same, more, onlyA, onlyB string
}

// NewFlame returns the flame of a Model in a widget, and its painter; unused is
// offered the keys it does not take.
func NewFlame(kit *xwidget.Kit, m *Model, do Actions, unused func(e canvasview.Event) bool) (*xwidget.Plot, *Flame) {
	p := &Flame{m: m, kit: kit, do: do, under: -1, shown: -1}
	p.pointer.Leave()
	p.SetStyle(axis.StyleOf(kit, 1))
	return axis.NewPlot(kit, p, unused), p
}

// SetStyle changes theme, language, font or scale.
func (p *Flame) SetStyle(s axis.Style) {
	if !(s.Scale > 0) {
		s.Scale = 1
	}
	p.style = s
	p.fonts.strong = scene.Font{Px: 12 * s.Scale, Weight: scene.SemiBold}
	p.fonts.small = scene.Font{Px: 11 * s.Scale}
	p.labels = axis.Labels{Units: s.Printer.Units(), Metrics: s.Metrics, Font: p.fonts.small}
	p.lanes = axis.Lanes{Look: s.Palette, Metrics: s.Metrics, Scale: s.Scale, Font: scene.Font{Px: 12 * s.Scale}, Small: p.fonts.small}
	t := s.Printer.T
	p.words = flameWords{
		[...]string{t("compare.wide.max"), t("compare.wide.a"), t("compare.wide.b")}, t("compare.wide"), t("trace.unnamed"),
		t("compare.legend.less"), t("compare.legend.same"), t("compare.legend.more"), t("compare.legend.onlya"), t("compare.legend.onlyb"),
	}
	p.about, p.way, p.deltas = flameAbout{}, way{}, map[int64]*axis.Label{}
	p.tip = xwidget.Tip{}
}

// Paint implements xwidget.Plotter.
func (p *Flame) Paint(dst *image.RGBA) {
	b := dst.Bounds()
	p.style.Drawer.Draw(dst, p.Build(b.Dx(), b.Dy()))
}

// Build makes the scene of the flame on w × h pixels, valid until the next.
func (p *Flame) Build(w, h int) *scene.Scene {
	s := &p.scene
	s.Reset(w, h, p.style.Palette.Paper)
	p.arrange(w, h)
	p.spots = p.spots[:0]
	if p.calls == nil || p.flame.Lanes() == 0 {
		notice := p.m.Notice
		if p.calls != nil {
			notice = [2]string{p.style.Printer.T("compare.weightless"), p.style.Printer.T("compare.weightless.next")}
		}
		axis.DrawNotice(s, p.style.Palette, p.style.Metrics, p.style.Scale, notice[0], notice[1])
		if p.calls == nil {
			return s
		}
	} else {
		area := p.g.Area
		s.Clip(float32(area.Min.X), float32(area.Min.Y), float32(area.Dx()), float32(area.Dy()))
		p.drawLanes(s)
		p.drawChosen(s)
		s.Unclip()
		hot := p.pointer.Drag == axis.DragThumb || p.pointer.Inside && p.pointer.At.In(p.g.ScrollBar)
		p.scroll.Draw(s, p.list(), p.g.ScrollBar, p.style.Palette, p.style.Scale, hot)
	}
	p.drawHead(s)
	p.drawLegend(s)
	p.drawTip(s)
	return s
}

// arrange lays out anew what changed on w × h pixels.
func (p *Flame) arrange(w, h int) {
	p.g = layout.NewMergedView(w, h, p.style.Scale)
	p.lanes.Zero, p.lanes.Left, p.lanes.LanePx, p.lanes.Top = p.g.Zero, p.g.Area.Min.X, p.g.LanePx, float32(p.g.Area.Min.Y)
	p.catchUp()
	p.view = p.view.Resize(p.g.Width)
	p.scroll.Scroll = p.list().Clamp(p.scroll.Scroll)
	p.rehover()
}

// catchUp takes over what changed in the Model, and brings the row chosen into view.
// Input asks too: it may come after another comparison and before its frame.
func (p *Flame) catchUp() {
	if p.g.Width == 0 { // nothing was drawn yet that could be meant
		return
	}
	if p.m.C != p.of {
		p.of, p.calls, p.zoomed, p.listed, p.shown = p.m.C, nil, nil, -1, -1
		p.scroll, p.under = axis.Scroller{}, -1
		p.lanes.Forget()
	}
	if p.of == nil {
		return
	}
	if p.calls == nil {
		p.calls = p.of.Flame(p.width)
		p.flame = layout.NewMergedFlame(p.calls)
		p.view = layout.Viewport{}
	}
	if p.view.Total != max(p.calls.Total, 1) {
		p.view = layout.Fit(max(p.calls.Total, 1), p.g.Width)
		p.fit()
	}
	if p.listed != p.m.version {
		p.listed = p.m.version
		p.fade()
	}
	if row := p.m.Selected(); row != p.shown {
		p.shown = row
		p.reveal(row)
	}
}

// fade notes which rows are not what is looked for.
func (p *Flame) fade() {
	p.faded = nil
	if !p.m.Finding() && !p.m.OnlyDifferent() {
		return
	}
	p.faded = make([]bool, len(p.of.Rows))
	for i := range p.faded {
		p.faded[i] = !p.m.matches(int32(i))
	}
}

// list returns what scrolling the lanes needs to know.
func (p *Flame) list() layout.List {
	if p.flame == nil {
		return p.g.List(0)
	}
	return p.g.List(p.flame.Lanes())
}

// reveal brings a row into view, zooming out as far as it takes.
func (p *Flame) reveal(row int32) {
	if row < 0 || p.flame.Lane(row) < 0 {
		return
	}
	n := &p.calls.Nodes[row]
	for len(p.zoomed) > 0 && (n.Start >= p.view.End() || n.Start+n.Total <= p.view.Start) {
		p.zoomed = p.zoomed[:len(p.zoomed)-1]
		p.fit()
	}
	if n.Start >= p.view.End() || n.Start+n.Total <= p.view.Start {
		p.view = layout.Fit(p.view.Total, p.g.Width)
	}
	p.scroll.Scroll = p.list().Show(p.scroll.Scroll, p.flame.Lane(row), 1)
}

// fit shows what is zoomed to.
func (p *Flame) fit() {
	p.view = layout.Fit(max(p.calls.Total, 1), p.g.Width)
	if k := len(p.zoomed); k > 0 {
		n := &p.calls.Nodes[p.zoomed[k-1]]
		p.view = p.view.Range(n.Start, n.Start+n.Total)
	}
}

func (p *Flame) drawLanes(s *scene.Scene) {
	list := p.list()
	for row := p.scroll.Row; row < list.Rows; row++ {
		y := list.Y(p.scroll.Scroll, row)
		if y >= list.ViewPx {
			return
		}
		top := float32(p.g.Area.Min.Y + y)
		p.lanes.Draw(s, p.g.Boxes(p.flame, row, p.view), top, p)
		p.drawLacking(s, row, top)
	}
}

// lackDp is the least width of a box that is hatched.
const lackDp = 4

// drawLacking hatches and outlines the boxes of a lane that one side lacks.
func (p *Flame) drawLacking(s *scene.Scene, lane int, y float32) {
	h, line, least := p.lanes.Height(), max(p.lanes.Px(1), 1), int(p.lanes.Px(lackDp))
	for c := p.g.Boxes(p.flame, lane, p.view); c.Next(); {
		b := c.Box
		if b.N > 1 || b.X1-b.X0 < least || p.of.Rows[b.Item].Status < comparison.OnlyA {
			continue
		}
		x, w := float32(b.X0+p.g.Zero), float32(b.X1-b.X0)-line
		if !p.lanes.Labelled(float32(b.X1 - b.X0)) {
			s.Hatch(x, y, w, h, p.lanes.Px(5), line, p.Color(b).Ink.Alpha(90))
		}
		s.Frame(x, y, w, h, 0, max(p.lanes.Px(1.5), 1), p.style.Palette.Text.Alpha(150))
	}
}

// Color implements axis.LaneLook.
func (p *Flame) Color(b layout.FlameBox) look.ServiceColor {
	row := p.flame.First(b)
	if p.faded != nil && p.faded[row] {
		return p.style.Palette.Faded(p.style.Palette.Diverge(0))
	}
	return p.style.Palette.Diverge(p.m.step(row))
}

// Label implements axis.LaneLook: the operation, and by how much b takes longer.
func (p *Flame) Label(b layout.FlameBox) axis.LaneLabel {
	r := &p.of.Rows[b.Item]
	name, _ := p.m.Called(b.Item)
	l := axis.LaneLabel{Name: name, ID: model.StringID(b.Item), Right: p.amount(b.Item), Own: r.Sides[comparison.B].Errors > 0}
	if l.Name == "" {
		l.Name = p.words.unnamed
	}
	if r.Status >= comparison.OnlyA {
		l.Hatch = 1
	}
	return l
}

// amount returns by how much b takes longer at a row, with its sign, or how long it is
// where both take the same or one side lacks it.
func (p *Flame) amount(row int32) *axis.Label {
	a, b := p.of.Spreads(comparison.A, row).Total.P50, p.of.Spreads(comparison.B, row).Total.P50
	if s := p.of.Rows[row].Status; s == comparison.Same || s >= comparison.OnlyA {
		return p.labels.Duration(max(a, b))
	}
	l, ok := p.deltas[b-a]
	if !ok {
		if len(p.deltas) >= signsKept {
			clear(p.deltas)
		}
		text := signedText(p.style.Printer.Units(), b-a)
		l = &axis.Label{Text: text, Width: p.style.Metrics.Width(p.fonts.small, text)}
		p.deltas[b-a] = l
	}
	return l
}

// place returns where a row's box is; false if it is not in view.
func (p *Flame) place(row int32) (x, y, w float32, ok bool) {
	if row < 0 || p.flame.Lane(row) < 0 {
		return 0, 0, 0, false
	}
	list := p.list()
	top := list.Y(p.scroll.Scroll, p.flame.Lane(row))
	if top+p.g.LanePx <= 0 || top >= list.ViewPx {
		return 0, 0, 0, false
	}
	n := &p.calls.Nodes[row]
	x, w, ok = p.lanes.Place(p.view, n.Start, n.Start+n.Total, p.g.Area.Max.X)
	return x, float32(p.g.Area.Min.Y + top), w, ok
}

func (p *Flame) drawChosen(s *scene.Scene) {
	if p.under != p.m.Selected() {
		if x, y, w, ok := p.place(p.under); ok {
			p.lanes.Wash(s, x, y, w)
		}
	}
	if x, y, w, ok := p.place(p.m.Selected()); ok {
		p.lanes.Outline(s, x, y, w)
	}
}

// baseline returns the y at which text of f stands in the middle of a strip.
func (p *Flame) baseline(f scene.Font, y, h float32) float32 {
	ascent, descent := p.style.Metrics.Line(f)
	return float32(int(y + (h+ascent-descent)/2 + 0.5))
}
