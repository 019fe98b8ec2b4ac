package detail

import (
	"cmp"
	"strconv"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

const padDp = 16

func (v *View) draw(c *xwidget.Canvas, y, w float32) float32 {
	top := y
	v.rows = v.rows[:0]
	x, width := c.D(padDp), w-c.D(2*padDp)
	y += c.D(12)
	if !v.known {
		c.Rect(0, 0, c.D(1), float32(c.H), c.Look.Line)
		c.Label(x, y, c.D(24), width, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, v.Kit.Words.T("detail.none"))
		return v.drawNotes(c, x, y+c.D(40), width) - top
	}
	y = v.drawTitle(c, x, y, width)
	if !v.finding {
		y = v.drawFailure(c, x, y, width)
		y = v.drawNotes(c, x, y, width)
		y = v.drawTimes(c, x, y, width)
		y = v.drawWarnings(c, x, y, width)
	} else if v.found == 0 {
		c.Label(x, y, c.D(24), width, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, v.Kit.Words.T("detail.notfound"))
		y += c.D(32)
	}
	y = v.drawAttrs(c, x, y, width, "detail.attributes", v.shown.Attrs)
	y = v.drawLines(c, x, y, width)
	y = v.drawEvents(c, x, y, width)
	y = v.drawLinks(c, x, y, width)
	y = v.drawBackLinks(c, x, y, width)
	y = v.drawAttrs(c, x, y, width, "detail.resource", v.shown.Resource)
	y = v.drawIdentity(c, x, y, width)
	if v.Focused() { // the keyboard is here
		c.Rect(0, 0, c.D(2), float32(c.H), c.Look.Accent)
	} else {
		c.Rect(0, 0, c.D(1), float32(c.H), c.Look.Line)
	}
	return y + c.D(24) - top
}

// drawTitle draws operation and service, and the buttons that copy it all.
func (v *View) drawTitle(c *xwidget.Canvas, x, y, w float32) float32 {
	words := v.Kit.Words
	f := c.Font(15, scene.SemiBold)
	for _, l := range c.WrapEnds(f, cmp.Or(v.span.Step, v.span.Title), w, 8) {
		c.Label(x, y+c.D(2), c.D(22), w, f, c.Look.Text, l)
		y += c.D(22)
	}
	if v.span.Step != "" {
		plain := c.Font(xwidget.Minor, scene.Regular)
		for _, l := range c.WrapEnds(plain, v.span.Title, w, 3) {
			c.Label(x, y+c.D(2), c.D(18), w, plain, c.Look.Secondary, l)
			y += c.D(18)
		}
	}
	y += c.D(6)
	c.RoundRect(x, y+c.D(5), c.D(10), c.D(10), c.D(2), v.colour.Bar)
	line := v.span.System
	if v.span.Kind != "" {
		line += " · " + v.span.Kind
	}
	f = c.Font(xwidget.Body, scene.Regular)
	for _, l := range c.WrapEnds(f, line, w-c.D(18), 3) {
		c.Label(x+c.D(18), y, c.D(20), w-c.D(18), f, c.Look.Secondary, l)
		y += c.D(20)
	}
	y += c.D(6)
	v.drawSheets(c, x-c.D(2), y+c.D(3), c.Look.Paper)
	y = v.drawButtons(c, x+c.D(22), y, w-c.D(22), []button{
		{words.T("detail.copy.ticket"), words.T("detail.copy.ticket.tip"), func() { v.do.Copy(v.Ticket()) }},
		{words.T("detail.copy.json"), words.T("detail.copy.json.tip"), func() { v.do.Copy(v.JSON()) }},
		{words.T("detail.copy"), words.T("detail.copy.tip"), func() { v.do.Copy(v.Text()) }},
		{words.T("note.write"), "I", func() { v.do.Note("") }},
	})
	return v.drawPages(c, x, y, w) + c.D(8)
}

// A button is a word to press, with what that does.
type button struct {
	label, tip string
	do         func()
}

// drawButtons draws buttons side by side, in as many lines as they need, and
// returns where they end.
func (v *View) drawButtons(c *xwidget.Canvas, x, y, w float32, list []button) float32 {
	f, h, at := c.Font(xwidget.Minor, scene.SemiBold), c.D(24), x
	for _, b := range list {
		bw := c.Metrics.Width(f, b.label) + c.D(24)
		if at > x && at+bw > x+w {
			at, y = x, y+h+c.D(4)
		}
		c.Button(at, y, h, b.label, b.tip, false, b.do)
		at += bw + c.D(6)
	}
	return y + h
}

// drawFailure draws what went wrong, before anything else.
func (v *View) drawFailure(c *xwidget.Canvas, x, y, w float32) float32 {
	if !v.span.Failed {
		return y
	}
	kind, text := v.span.Failure(v.Kit.Words)
	bold, body := c.Font(xwidget.Body, scene.SemiBold), c.Font(xwidget.Body, scene.Regular)
	inner := w - c.D(42)
	head := c.Wrap(bold, kind, inner, 3)
	lines := c.Wrap(body, text, inner, 8)
	if text == "" {
		lines = nil
	}
	h := float32(len(head)+len(lines))*c.D(19) + c.D(16)
	c.RoundRect(x, y, w, h, c.D(5), c.Look.Error.Alpha(26))
	c.Rect(x, y, c.D(3), h, c.Look.Error)
	c.Cross(x+c.D(13), y+c.D(11), c.D(14), true)
	at := y + c.D(8)
	for _, l := range head {
		c.Label(x+c.D(36), at, c.D(19), inner+c.D(4), bold, c.Look.Text, l)
		at += c.D(19)
	}
	for _, l := range lines {
		c.Label(x+c.D(36), at, c.D(19), inner+c.D(4), body, c.Look.Text, l)
		at += c.D(19)
	}
	return y + h + c.D(12)
}

// drawTimes draws for which order, when, how long, and how much of that was own
// work.
func (v *View) drawTimes(c *xwidget.Canvas, x, y, w float32) float32 {
	words := v.Kit.Words
	var list []document.Attr
	if v.order != "" {
		list = append(list, document.Attr{Key: words.T("ticket.order"), Text: v.order})
	}
	usual := ""
	if v.do.Usual != nil {
		usual = v.do.Usual(v.span.Span)
	}
	for _, a := range []document.Attr{
		{Key: words.T("detail.start"), Text: v.span.Start},
		{Key: words.T("detail.duration"), Text: v.span.Duration},
		{Key: words.T("detail.usual"), Text: usual},
		{Key: words.T("detail.self"), Text: v.span.Self},
		{Key: words.T("detail.share"), Text: v.span.Share},
		{Key: words.T("detail.waited"), Text: v.span.Waited},
		{Key: words.T("detail.offset"), Text: v.span.Offset},
	} {
		if a.Text != "" {
			list = append(list, a)
		}
	}
	for n, a := range list {
		y = v.drawField(c, x, y, w, row{place: place{"times", n}, attr: a}, false)
	}
	return y + c.D(6)
}

func (v *View) drawWarnings(c *xwidget.Canvas, x, y, w float32) float32 {
	bold, f := c.Font(xwidget.Minor, scene.SemiBold), c.Font(xwidget.Minor, scene.Regular)
	for _, warn := range v.span.Warnings {
		lines := c.Wrap(f, warn.Text, w-c.D(24), 5)
		h := float32(len(lines)+1)*c.D(18) + c.D(12)
		c.RoundRect(x, y, w, h, c.D(5), c.Look.Accent.Alpha(24))
		c.Rect(x, y, c.D(3), h, c.Look.Accent)
		c.Label(x+c.D(14), y+c.D(6), c.D(18), w-c.D(24), bold, c.Look.Text, warn.Title)
		for i, l := range lines {
			c.Label(x+c.D(14), y+c.D(24)+float32(i)*c.D(18), c.D(18), w, f, c.Look.Secondary, l)
		}
		y += h + c.D(8)
	}
	return y
}

// drawHeading draws the heading of a section that folds, and says whether it
// is open. While something is looked for, every section is.
func (v *View) drawHeading(c *xwidget.Canvas, x, y, w float32, key string, count int) (next float32, open bool) {
	open = !v.folded[key] || v.finding
	h := c.D(30)
	c.Rect(x, y+c.D(4), w, c.D(1), c.Look.Line)
	n := c.Item(x, y+c.D(5), w, h-c.D(5))
	v.rows = append(v.rows, row{attr: document.Attr{Text: v.Kit.Words.T(key)}, fold: key})
	switch {
	case n == v.Sel && v.Focused():
		c.Rect(x, y+c.D(5), w, h-c.D(5), c.Look.Wash())
	case c.Hot(x, y+c.D(5), w, h-c.D(5)):
		c.Rect(x, y+c.D(5), w, h-c.D(5), c.Look.Hover())
	}
	c.Chevron(x-c.D(2), y+c.D(13), c.D(11), open, c.Look.Secondary)
	f := c.Font(xwidget.Minor, scene.SemiBold)
	at := x + c.D(16)
	at += c.Label(at, y+c.D(4), h-c.D(4), w, f, c.Look.Text, v.Kit.Words.T(key))
	if count > 0 {
		c.Label(at+c.D(6), y+c.D(4), h-c.D(4), w, c.Font(xwidget.Small, scene.Regular), c.Look.Secondary, strconv.Itoa(count))
	}
	tip := "detail.section.open"
	if open {
		tip = "detail.section.close"
	}
	c.Spot(x, y+c.D(4), w, h-c.D(4), v.Kit.Words.T(tip), func() { v.folded[key] = open })
	return y + h, open
}

// groupWords are the keys of the words for the groups everybody knows.
var groupWords = map[string]string{
	"order": "detail.group.order", "http": "detail.group.http", "db": "detail.group.db", "messaging": "detail.group.messaging",
	"url": "detail.group.url", "server": "detail.group.server", "client": "detail.group.client", "net": "detail.group.net", "network": "detail.group.net",
	"service": "detail.group.service", "host": "detail.group.host", "rpc": "detail.group.rpc", "code": "detail.group.code",
	"exception": "detail.group.exception", "telemetry": "detail.group.telemetry", "": "detail.group.other",
}

// groupName returns what a group is called: in plain words where they are known,
// else by the beginning of its keys.
func (v *View) groupName(name string) string {
	if key, ok := groupWords[name]; ok {
		return v.Kit.Words.T(key)
	}
	return name
}

func (v *View) drawAttrs(c *xwidget.Canvas, x, y, w float32, key string, groups []document.AttrGroup) float32 {
	n := 0
	for _, g := range groups {
		n += len(g.Attrs)
	}
	if n == 0 {
		return y
	}
	y, open := v.drawHeading(c, x, y, w, key, n)
	if !open {
		return y
	}
	k := 0
	for _, g := range groups {
		if len(groups) > 1 {
			c.Label(x+c.D(16), y+c.D(2), c.D(18), w-c.D(16), c.Font(xwidget.Small, scene.SemiBold), c.Look.Secondary, v.groupName(g.Name))
			y += c.D(20)
		}
		for _, a := range g.Attrs {
			y = v.drawField(c, x, y, w, row{place: place{key, k}, attr: a, asks: true, pages: v.pages.of(key, 0, a)}, true)
			k++
		}
		if len(groups) > 1 {
			y += c.D(4)
		}
	}
	return y + c.D(6)
}

func (v *View) drawEvents(c *xwidget.Canvas, x, y, w float32) float32 {
	if len(v.shown.Events) == 0 {
		return y
	}
	y, open := v.drawHeading(c, x, y, w, "detail.events", len(v.shown.Events))
	if !open {
		return y
	}
	k := 0
	for _, e := range v.shown.Events {
		f := c.Font(xwidget.Minor, scene.SemiBold)
		v.mark(c, f, x+c.D(16), y, c.D(22), e.Name)
		name := c.Label(x+c.D(16), y, c.D(22), w*0.6, f, c.Look.Text, e.Name)
		c.LabelRight(x+w, y, c.D(22), w-name-c.D(16+8), c.Font(xwidget.Small, scene.Regular), c.Look.Secondary, e.Offset+" · "+e.Clock)
		y += c.D(22)
		for _, a := range e.Attrs {
			y = v.drawField(c, x, y, w, row{place: place{"detail.events", k}, attr: a, asks: true, pages: v.pages.of("detail.events", e.Number, a)}, true)
			k++
		}
		y += c.D(4)
	}
	return y
}

func (v *View) drawLinks(c *xwidget.Canvas, x, y, w float32) float32 {
	if len(v.shown.Links) == 0 {
		return y
	}
	y, open := v.drawHeading(c, x, y, w, "detail.links", len(v.shown.Links))
	if !open {
		return y
	}
	words, k := v.Kit.Words, 0
	for _, l := range v.shown.Links {
		label, tip, do := words.T("detail.link.trace", "id", l.Trace.String()[:8]), l.Trace.String(), func() { v.do.Open(l.Trace) }
		if l.Target != model.NoSpan {
			name := cmp.Or(v.doc.Trace().Name(l.Target), l.SpanID.String())
			key := "detail.link.span"
			if l.Back {
				key = "detail.link.back"
			}
			label, do = words.T(key, "name", name), func() { v.do.Select(l.Target) }
		}
		n := c.Item(x+c.D(10), y, w-c.D(10), c.D(32))
		v.rows = append(v.rows, row{attr: document.Attr{Text: l.Trace.String()}, follow: do})
		if n == v.Sel && v.Focused() {
			c.RoundRect(x+c.D(10), y, w-c.D(10), c.D(32), c.D(3), c.Look.Wash())
		}
		label = c.Fit(c.Font(xwidget.Minor, scene.SemiBold), label, w-c.D(16+24+6))
		c.Button(x+c.D(16), y+c.D(3), c.D(26), label, tip, false, do)
		y += c.D(34)
		for _, a := range l.Attrs {
			y = v.drawField(c, x, y, w, row{place: place{"detail.links", k}, attr: a}, true)
			k++
		}
	}
	return y + c.D(4)
}

// drawIdentity draws the ids and the library that made the span.
func (v *View) drawIdentity(c *xwidget.Canvas, x, y, w float32) float32 {
	words, s, k := v.Kit.Words, &v.shown, 0
	var list []document.Attr
	for _, f := range [][2]string{
		{words.T("detail.traceid"), v.doc.Trace().ID.String()}, {words.T("detail.spanid"), s.ID},
		{words.T("detail.parentid"), s.ParentID}, {words.T("detail.state"), s.State}, {words.T("detail.library"), s.Scope},
	} {
		if f[1] != "" && (!v.finding || v.finder.In(f[1])) {
			list = append(list, document.Attr{Key: f[0], Text: f[1]})
		}
	}
	list = append(list, s.ScopeAttr...)
	if len(list) == 0 {
		return y
	}
	y, open := v.drawHeading(c, x, y, w, "detail.scope", 0)
	if !open {
		return y
	}
	for _, a := range list {
		y = v.drawField(c, x, y, w, row{place: place{"detail.scope", k}, attr: a}, true)
		k++
	}
	return y
}
