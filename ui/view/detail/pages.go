package detail

import (
	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/weblink"
	"traceview/ui/xwidget"
)

// A Page is a page elsewhere about a span, with the words of its button.
type Page struct {
	weblink.Page
	Label, Tip string
}

// pages are the pages elsewhere about the span on show.
type pages struct {
	span   []Page
	parts  map[string]map[weblink.Pair][]weblink.Page // of attributes, by the key of their section
	events []map[weblink.Pair][]weblink.Page          // of those of events, by their number; nil for none
}

// learnPages looks for the pages about span i.
func (v *View) learnPages(i model.SpanIndex) {
	v.pages = pages{}
	if v.do.Pages != nil {
		v.pages.span = v.do.Pages(i)
	}
	if v.do.AttrPages == nil {
		return
	}
	v.pages.parts = map[string]map[weblink.Pair][]weblink.Page{
		"detail.attributes": v.do.AttrPages(i, weblink.Tags, 0), "detail.resource": v.do.AttrPages(i, weblink.Process, 0),
	}
	for k := range v.span.Events {
		if list := v.do.AttrPages(i, weblink.Logs, k); list != nil {
			if v.pages.events == nil {
				v.pages.events = make([]map[weblink.Pair][]weblink.Page, len(v.span.Events))
			}
			v.pages.events[k] = list
		}
	}
}

// of returns the pages about an attribute of a section, of events that of a number.
func (p *pages) of(section string, event int, a document.Attr) []weblink.Page {
	list := p.parts[section]
	if section == "detail.events" {
		if event >= len(p.events) {
			return nil
		}
		list = p.events[event]
	}
	if len(list) == 0 {
		return nil
	}
	return list[weblink.Pair{Key: a.Key, Value: a.Text}]
}

// openPage opens the first page about the chosen attribute, and says whether there is
// one.
func (v *View) openPage() bool {
	r := v.chosen()
	if r == nil || len(r.pages) == 0 || v.do.OpenPage == nil {
		return false
	}
	v.do.OpenPage(r.pages[0])
	return true
}

// pageTip says what opens, and on which server.
func (v *View) pageTip(p weblink.Page) string {
	return v.Kit.Words.T("detail.page.tip", "text", p.Text, "host", p.Host)
}

// drawPages draws the buttons that open pages about the span.
func (v *View) drawPages(c *xwidget.Canvas, x, y, w float32) float32 {
	if len(v.pages.span) == 0 {
		return y
	}
	y += c.D(6)
	f := c.Font(xwidget.Minor, scene.SemiBold)
	list := make([]button, len(v.pages.span))
	for k, p := range v.pages.span {
		list[k] = button{c.Fit(f, p.Label, w-c.D(22+24)), p.Tip, func() { v.do.OpenPage(p.Page) }}
	}
	v.drawArrow(c, x-c.D(2), y+c.D(3), c.Look.Secondary)
	return v.drawButtons(c, x+c.D(22), y, w-c.D(22), list)
}

// drawOpen draws the sign that opens a page about a value.
func (v *View) drawOpen(c *xwidget.Canvas, x, y float32, p weblink.Page) {
	s, ink := c.D(18), c.Look.Accent
	if c.Hot(x, y, s, s) {
		c.RoundRect(x, y, s, s, c.D(3), c.Look.Paper.Mix(c.Look.Text, 40))
	}
	v.drawArrow(c, x, y, ink)
	c.Spot(x, y, s, s, v.pageTip(p)+" · O", func() { v.do.OpenPage(p) })
}

// drawArrow draws an arrow out of a frame, the sign for what opens elsewhere, in a
// box of 18 dp.
func (v *View) drawArrow(c *xwidget.Canvas, x, y float32, ink scene.Color) {
	t := max(c.D(1.3), 1)
	at := func(dx, dy float32) (float32, float32) { return x + c.Scale*dx, y + c.Scale*dy }
	line := func(x0, y0, x1, y1 float32) {
		a, b := at(x0, y0)
		d, e := at(x1, y1)
		c.Line(a, b, d, e, t, ink)
	}
	line(8, 5, 4.5, 5)
	line(4.5, 5, 4.5, 13.5)
	line(4.5, 13.5, 13, 13.5)
	line(13, 13.5, 13, 10)
	line(8.5, 9.5, 13.5, 4.5)
	line(10, 4.5, 13.5, 4.5)
	line(13.5, 4.5, 13.5, 8)
}
