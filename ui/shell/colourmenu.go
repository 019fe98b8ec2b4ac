package shell

import (
	"context"
	"slices"
	"unicode"

	"fyne.io/fyne/v2"

	"traceview/internal/document"
	"traceview/internal/query"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

const (
	colourMenuDp = 340 // wide
	// keysOffered is how many attributes are offered before anything is typed, the
	// most frequent, and keysFitting how many that fit what was typed: more would
	// push palette and legend out of sight.
	keysOffered, keysFitting = 4, 6
	// narrowFindDp is the width of what stands beside the box to find spans below
	// which the control shows samples instead of words.
	narrowFindDp = 540
	// legendShown is how many names the legend lists before it counts the rest.
	legendShown = 24
)

// A colourMenu chooses what colours tell apart, and with which colours, and
// says what they mean. It floats over a trace page while it is open.
type colourMenu struct {
	*xwidget.Panel
	page   *tracePage
	view   *canvasview.View
	slot   *task.Slot[*query.Vocabulary]
	keys   []string // of attributes, the most frequent first; nil until known
	typed  string
	unused func(e canvasview.Event) bool
	dye    axis.Dye
}

func newColourMenu(p *tracePage) *colourMenu {
	m := &colourMenu{Panel: xwidget.NewPanel(p.shell.kit), page: p, slot: task.NewSlot[*query.Vocabulary](p.shell.Dispatch)}
	m.Content, m.Panel.Key = m.draw, m.key
	m.Activate = m.activate
	m.view = canvasview.New(m, true, fyne.NewSize(10, 10))
	m.unused = func(e canvasview.Event) bool {
		return p.shell.functionKey(fyne.KeyName(e.Key), e.Mods&canvasview.Shift != 0)
	}
	return m
}

// learn looks for the keys of the trace's attributes, the first time it is asked.
func (m *colourMenu) learn() {
	if m.keys != nil || m.slot.Busy() {
		return
	}
	t := m.page.doc.Trace()
	m.slot.Start(func(context.Context) (*query.Vocabulary, error) { return query.NewVocabulary(t), nil },
		func(v *query.Vocabulary, _ error) {
			m.keys = v.Keys()
			m.view.Redraw()
		})
}

// toggleColours opens the choice of colours, or closes it, and says that it did.
func (p *tracePage) toggleColours() bool {
	s := p.shell
	m := p.colours
	if m.open() {
		m.close()
		p.Focus()
		return true
	}
	s.hideSuggestions()
	m.learn()
	m.typed = ""
	m.Reset()
	m.Sel = max(slices.Index([]document.ColourBy{document.ByService, document.ByOperation, document.ByKind}, p.doc.ColourRule().By), 0)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.find.view).AddXY(p.find.view.Size().Width-colourMenuDp-16, findDp)
	m.view.Move(at)
	m.view.Resize(fyne.NewSize(colourMenuDp, max(min(620, s.Window.Canvas().Size().Height-at.Y-statusHeight), 120)))
	s.menu = m
	s.drop.Add(m.view)
	s.Window.Canvas().Focus(m.view)
	p.find.view.Redraw()
	return true
}

func (m *colourMenu) open() bool { return m.page.shell.menu == m }

// close takes the menu away, leaving the keyboard where it is.
func (m *colourMenu) close() {
	if s := m.page.shell; m.open() {
		s.menu = nil
		s.drop.Remove(m.view)
		m.page.find.view.Redraw()
	}
}

// Handle implements canvasview.Painter: the menu closes when the keyboard goes
// elsewhere.
func (m *colourMenu) Handle(e canvasview.Event) bool {
	if e.Kind == canvasview.Blur {
		m.close()
	}
	return m.Panel.Handle(e)
}

// key takes what is typed to find an attribute, and the keys that close.
func (m *colourMenu) key(e canvasview.Event) bool {
	r := []rune(m.typed)
	switch {
	case e.Kind == canvasview.Rune && unicode.IsPrint(e.Rune):
		m.typed += string(e.Rune)
	case e.Key == string(fyne.KeyBackspace) && len(r) > 0:
		m.typed = string(r[:len(r)-1])
	case e.Key == string(fyne.KeyEscape) && len(r) > 0:
		m.typed = ""
	case e.Key == string(fyne.KeyEscape):
		return m.page.toggleColours()
	default:
		return e.Kind == canvasview.KeyDown && m.unused(e)
	}
	m.Sel = firstKey
	if m.typed == "" {
		m.Sel = 0
	}
	return true
}

// firstKey is the item of the first attribute: what is typed chooses it.
const firstKey = 3

// activate takes item i: what to tell apart, then attributes, then palettes. It
// goes by what was typed, which may not have been drawn yet.
func (m *colourMenu) activate(i int) {
	if i < firstKey {
		m.by([...]document.ColourBy{document.ByService, document.ByOperation, document.ByKind}[i], "")
		return
	}
	i -= firstKey
	keys, names := m.fitting(m.page.doc.ColourRule()), look.SeriesNames()
	if i < len(keys) {
		m.by(document.ByAttribute, keys[i])
	} else if i -= len(keys); i < len(names) {
		m.series(names[i])
	}
}

// by chooses what colours tell apart.
func (m *colourMenu) by(by document.ColourBy, key string) {
	r := m.page.doc.ColourRule()
	r.By, r.Key = by, key
	m.page.doc.SetColourRule(r)
}

// series chooses the colours, for other traces as well.
func (m *colourMenu) series(name string) {
	s, r := m.page.shell, m.page.doc.ColourRule()
	s.Prefs.Palette, r.Palette = name, name
	s.kit.Look = s.looks()
	m.page.doc.SetColourRule(r)
	s.Save(s.Prefs)
	s.redrawAll()
	m.view.Redraw()
}

func (m *colourMenu) draw(c *xwidget.Canvas, y, w float32) float32 {
	top, words, rule := y, m.Kit.Words, m.page.doc.ColourRule()
	m.dye.Mix(m.page.doc, m.Kit.Look, m.Kit.Colours)
	y = m.title(c, y+c.D(4), w, words.T("colour.title"))
	for _, by := range []document.ColourBy{document.ByService, document.ByOperation, document.ByKind} {
		y = m.choice(c, y, w, words.T(byWords[by]), rule.By == by, nil)
	}
	y = m.drawKeys(c, y, w, rule)
	y = m.title(c, y, w, words.T("colour.series"))
	for _, name := range look.SeriesNames() {
		chosen := m.Kit.Look.Series(rule.Palette).Name == name
		y = m.choice(c, y, w, words.T("colour.series."+name), chosen, m.Kit.Look.Series(name))
	}
	small := c.Font(xwidget.Small, scene.Regular)
	for _, l := range c.Wrap(small, words.T("colour.safe"), w-c.D(28), 2) {
		c.Label(c.D(14), y+c.D(2), c.D(18), w-c.D(28), small, c.Look.Secondary, l)
		y += c.D(18)
	}
	y = m.title(c, y, w, words.T("colour.legend"))
	y = m.drawLegend(c, y, w)
	c.Frame(0, 0, w, float32(c.H), 0, max(c.D(1), 1), c.Look.Line)
	return y + c.D(10) - top
}

// byWords are the keys of the words for what colours tell apart.
var byWords = map[document.ColourBy]string{
	document.ByService: "colour.service", document.ByOperation: "colour.operation", document.ByKind: "colour.kind",
}

func (m *colourMenu) title(c *xwidget.Canvas, y, w float32, text string) float32 {
	c.Label(c.D(14), y+c.D(6), c.D(22), w-c.D(28), c.Font(xwidget.Small, scene.SemiBold), c.Look.Secondary, text)
	return y + c.D(30)
}

// choice draws one of several, of which one is chosen, with samples of a Series.
func (m *colourMenu) choice(c *xwidget.Canvas, y, w float32, text string, chosen bool, s *look.Series) float32 {
	h, x := c.D(26), c.D(14)
	n := c.Item(0, y, w, h)
	switch {
	case n == m.Sel:
		c.Rect(0, y, w, h, c.Look.Wash())
	case c.Hot(0, y, w, h):
		c.Rect(0, y, w, h, c.Look.Hover())
	}
	ring, line := c.D(13), max(c.D(1), 1)
	ry := y + float32(int((h-ring)/2))
	col := c.Look.Secondary
	if chosen {
		col = c.Look.Accent
		dot := c.D(7)
		c.RoundRect(x+(ring-dot)/2, ry+(ring-dot)/2, dot, dot, dot/2, col)
	}
	c.Frame(x, ry, ring, ring, ring/2, line, col)
	x += ring + c.D(9)
	room := w - x - c.D(14)
	if s != nil {
		side, gap := c.D(9), c.D(2)
		most := min(s.Len(), 12)
		room -= float32(most)*(side+gap) + c.D(8)
		for k := range most {
			c.RoundRect(w-c.D(14)-float32(most-k)*(side+gap), y+(h-side)/2, side, side, c.D(2), s.At(k).Bar)
		}
	}
	f := c.Font(xwidget.Minor, scene.Regular)
	c.Label(x, y, h, room, f, c.Look.Text, c.FitMiddle(f, text, room))
	return y + h
}

// drawKeys draws what is typed and the attributes that fit it.
func (m *colourMenu) drawKeys(c *xwidget.Canvas, y, w float32, rule document.ColourRule) float32 {
	words, h, x := m.Kit.Words, c.D(26), c.D(14)
	f := c.Font(xwidget.Minor, scene.Regular)
	c.RoundRect(x, y+c.D(2), w-2*x, h-c.D(4), c.D(4), c.Look.Panel)
	c.Frame(x, y+c.D(2), w-2*x, h-c.D(4), c.D(4), max(c.D(1), 1), c.Look.Line)
	c.Magnifier(x+c.D(4), y+c.D(5), c.D(16), c.Look.Secondary)
	text, col := m.typed, c.Look.Text
	if text == "" {
		text, col = words.T("colour.type"), c.Look.Secondary
	}
	at := c.Label(x+c.D(26), y, h, w-2*x-c.D(30), f, col, text)
	if m.typed != "" {
		c.Rect(x+c.D(27)+at, y+c.D(6), max(c.D(1), 1), h-c.D(12), c.Look.Accent)
	}
	y += h
	keys := m.fitting(rule)
	for _, key := range keys {
		y = m.choice(c, y, w, key, rule.By == document.ByAttribute && rule.Key == key, nil)
	}
	if len(keys) == 0 && m.keys != nil {
		c.Label(c.D(36), y, h, w-c.D(50), f, c.Look.Secondary, words.T("colour.nokey"))
		y += h
	}
	return y
}

// fitting returns the attributes to offer: those that fit what was typed, else
// the one chosen and the most frequent.
func (m *colourMenu) fitting(rule document.ColourRule) []string {
	var out []string
	most := keysFitting
	if m.typed == "" {
		most = keysOffered
		if rule.Key != "" {
			out = append(out, rule.Key)
		}
	}
	for _, s := range query.Suggest(m.typed, m.keys, most) {
		if !slices.Contains(out, s.Text) && len(out) < most {
			out = append(out, s.Text)
		}
	}
	return out
}

// drawLegend draws the names with their colours, the most frequent first.
func (m *colourMenu) drawLegend(c *xwidget.Canvas, y, w float32) float32 {
	words, g := m.Kit.Words, m.dye.Groups()
	h, x := c.D(20), c.D(14)
	f, small := c.Font(xwidget.Minor, scene.Regular), c.Font(xwidget.Small, scene.Regular)
	line := func(col scene.Color, text, count string, ink scene.Color) {
		c.RoundRect(x+c.D(1), y+(h-c.D(10))/2, c.D(10), c.D(10), c.D(2), col)
		room := w - 2*x - c.D(22) - c.Metrics.Width(small, count) - c.D(8)
		c.Label(x+c.D(22), y, h, room, f, ink, c.FitMiddle(f, text, room))
		c.LabelRight(w-x, y, h, w, small, c.Look.Secondary, count)
		y += h
	}
	for k := range min(len(g.Names), legendShown) {
		line(m.dye.Group(k).Bar, m.name(g, k), words.Units().Number(g.Spans[k]), c.Look.Text)
	}
	note := func(text string) {
		c.Label(x+c.D(22), y, h, w-2*x-c.D(22), f, c.Look.Secondary, text)
		y += h
	}
	if more := len(g.Names) - legendShown; more > 0 {
		note(words.N("colour.more", more))
	}
	if g.Rest > 0 {
		note(words.N("colour.rest", g.Rest))
	}
	switch {
	case len(g.Names) == 0:
		note(words.T("colour.none"))
	case g.Without > 0:
		line(m.dye.Group(document.None).Bar, words.N("colour.without", g.Without), "", c.Look.Secondary)
	}
	return y
}

// name returns the name of a group for a person.
func (m *colourMenu) name(g *document.Groups, k int) string {
	if g.By == document.ByKind {
		return m.Kit.Words.T("span.kind." + g.Names[k])
	}
	return g.Names[k]
}

// drawColour draws the control that opens the menu, its right end at x, and
// returns its left end.
func (f *findBar) drawColour(c *xwidget.Canvas, x, h float32) float32 {
	words, rule := f.page.shell.kit.Words, f.page.doc.ColourRule()
	by := rule.Key
	if rule.By != document.ByAttribute {
		by = words.T(byWords[rule.By])
	}
	font := c.Font(xwidget.Minor, scene.Regular)
	label := c.FitMiddle(font, words.T("colour.label", "by", by), c.D(190))
	w, size := c.Metrics.Width(font, label)+c.D(34), c.D(28)
	samples := x < c.D(narrowFindDp)
	if samples { // no room for words beside what was found
		label, w = "", c.D(3*11+34)
	}
	x -= w
	y := float32(int((h - size) / 2))
	if c.Hot(x, y, w, size) || f.page.colours.open() {
		c.RoundRect(x, y, w, size, c.D(4), c.Look.Hover())
	}
	c.Label(x+c.D(10), y, size, w, font, c.Look.Text, label)
	for k := range 3 {
		if samples {
			c.RoundRect(x+c.D(10+11*float32(k)), y+c.D(9), c.D(9), c.D(9), c.D(2), c.Look.Series(rule.Palette).At(k).Bar)
		}
	}
	c.Chevron(x+w-c.D(21), y+(size-c.D(12))/2, c.D(12), true, c.Look.Secondary)
	c.Spot(x, y, w, size, words.T("colour.tip"), func() { f.page.toggleColours() })
	return x
}
