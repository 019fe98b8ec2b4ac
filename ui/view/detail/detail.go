// Package detail shows everything known of the selected span: what failed
// first, then times, attributes, events, links and where it ran.
package detail

import (
	"strconv"
	"strings"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// Actions are what the details ask of the window.
type Actions struct {
	Copy   func(text string)
	Open   func(id model.TraceID)  // another trace
	Select func(i model.SpanIndex) // another span of this trace
}

// A View is the details of the selected span of one document.
type View struct {
	*xwidget.Panel
	doc    *document.Document
	do     Actions
	span   document.SpanDetail
	known  bool
	colour look.ServiceColor
	folded map[string]bool // sections by the key of their heading
	values []string        // of the items of the last frame, for copying
	broken []brokenValue   // the same in lines
}

// A brokenValue keeps the lines of one value. A span may have thousands, which
// take 6 µs each to break anew, and a frame has 8 ms.
type brokenValue struct {
	value string
	font  scene.Font
	width float32
	limit int
	lines []string
}

// lines returns the lines of the n-th value drawn in this frame.
func (v *View) lines(c *xwidget.Canvas, n int, b brokenValue) []string {
	if n < len(v.broken) {
		if old := &v.broken[n]; old.value == b.value && old.font == b.font && old.width == b.width && old.limit == b.limit {
			return old.lines
		}
	} else {
		v.broken = append(v.broken, b)
	}
	b.lines = c.Wrap(b.font, b.value, b.width, b.limit)
	v.broken[n] = b
	return b.lines
}

// New returns the details of d with nothing selected.
func New(kit *xwidget.Kit, d *document.Document, do Actions) *View {
	v := &View{Panel: xwidget.NewPanel(kit), doc: d, do: do, folded: map[string]bool{"detail.scope": true}}
	v.Content = v.draw
	return v
}

// Show shows span i, from its top unless it is the one shown already.
func (v *View) Show(i model.SpanIndex) {
	if !v.known || v.span.Span != i {
		v.Reset()
	}
	v.span, v.known = v.doc.Detail(i, v.Kit.Words, v.Kit.Zone)
	if !v.known {
		return
	}
	t := v.doc.Trace()
	names := make([]string, len(t.Services))
	for k, s := range t.Services {
		names[k] = s.Name
	}
	v.colour = v.Kit.Look.Service(v.Kit.Look.Assign(v.Kit.Colours, names)[t.Service(i)])
}

// Copy returns the chosen value, or the whole span as text.
func (v *View) Copy() string {
	if v.Focused() && v.Sel >= 0 && v.Sel < len(v.values) {
		return v.values[v.Sel]
	}
	return v.Text()
}

const padDp = 16

func (v *View) draw(c *xwidget.Canvas, y, w float32) float32 {
	top := y
	c.Rect(0, 0, c.D(1), float32(c.H), c.Look.Line)
	v.values = v.values[:0]
	x, width := c.D(padDp), w-c.D(2*padDp)
	y += c.D(12)
	if !v.known {
		c.Label(x, y, c.D(24), width, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, v.Kit.Words.T("detail.none"))
		return y + c.D(40) - top
	}
	y = v.drawTitle(c, x, y, width)
	y = v.drawFailure(c, x, y, width)
	y = v.drawTimes(c, x, y, width)
	y = v.drawWarnings(c, x, y, width)
	y = v.drawAttrs(c, x, y, width, "detail.attributes", v.span.Attrs)
	y = v.drawEvents(c, x, y, width)
	y = v.drawLinks(c, x, y, width)
	y = v.drawAttrs(c, x, y, width, "detail.resource", v.span.Resource)
	y = v.drawIdentity(c, x, y, width)
	return y + c.D(24) - top
}

// drawTitle draws operation and service, and the button that copies it all.
func (v *View) drawTitle(c *xwidget.Canvas, x, y, w float32) float32 {
	words := v.Kit.Words
	f := c.Font(15, scene.SemiBold)
	label := words.T("detail.copy")
	bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) + c.D(24)
	c.Button(x+w-bw, y, c.D(26), label, "Ctrl+C", false, func() { v.do.Copy(v.Text()) })
	for _, l := range c.Wrap(f, v.span.Title, w-bw-c.D(12), 3) {
		c.Label(x, y+c.D(2), c.D(22), w, f, c.Look.Text, l)
		y += c.D(22)
	}
	y += c.D(6)
	c.RoundRect(x, y+c.D(5), c.D(10), c.D(10), c.D(2), v.colour.Bar)
	line := v.span.Service
	if v.span.Kind != "" {
		line += " · " + v.span.Kind
	}
	c.Label(x+c.D(18), y, c.D(20), w-c.D(18), c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, line)
	return y + c.D(28)
}

// drawFailure draws what went wrong, before anything else.
func (v *View) drawFailure(c *xwidget.Canvas, x, y, w float32) float32 {
	if !v.span.Failed {
		return y
	}
	kind, text := v.failure()
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

// failure returns what failed and why, from the exception recorded last, else
// from the status.
func (v *View) failure() (kind, text string) {
	kind, text = v.Kit.Words.T("detail.failed"), v.span.Message
	for _, e := range v.span.Events {
		for _, a := range e.Attrs {
			switch {
			case a.Key == "exception.type" && a.Text != "":
				kind = a.Text
			case a.Key == "exception.message" && a.Text != "":
				text = a.Text
			}
		}
	}
	if text == "" {
		text = v.reason()
	}
	return kind, text
}

// reason returns what attributes say of a failure that left no message.
func (v *View) reason() string {
	for _, e := range v.span.Events {
		for _, a := range e.Attrs {
			switch a.Key { // names from before OpenTelemetry
			case "error", "error.object", "error.message", "message":
				if a.Text != "" && a.Text != "true" {
					return a.Text
				}
			}
		}
	}
	for _, g := range v.span.Attrs {
		for _, a := range g.Attrs {
			switch a.Key {
			case "error.type", "http.response.status_code", "http.status_code", "rpc.grpc.status_code":
				return a.Key + ": " + a.Text
			}
		}
	}
	return ""
}

// drawTimes draws when and how long, in two columns.
func (v *View) drawTimes(c *xwidget.Canvas, x, y, w float32) float32 {
	words := v.Kit.Words
	for _, f := range [][2]string{
		{words.T("detail.start"), v.span.Start},
		{words.T("detail.duration"), v.span.Duration},
		{words.T("detail.offset"), v.span.Offset},
		{words.T("detail.share"), v.span.Share},
		{words.T("detail.self"), v.span.Self},
		{words.T("detail.waited"), v.span.Waited},
	} {
		if f[1] != "" {
			y = v.drawField(c, x, y, w, f[0], f[1], false)
		}
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
// is open.
func (v *View) drawHeading(c *xwidget.Canvas, x, y, w float32, key string, n int) (next float32, open bool) {
	open = !v.folded[key]
	h := c.D(30)
	c.Rect(x, y+c.D(4), w, c.D(1), c.Look.Line)
	if c.Hot(x, y+c.D(5), w, h-c.D(5)) {
		c.Rect(x, y+c.D(5), w, h-c.D(5), c.Look.Hover())
	}
	c.Chevron(x-c.D(2), y+c.D(13), c.D(11), open, c.Look.Secondary)
	f := c.Font(xwidget.Minor, scene.SemiBold)
	at := x + c.D(16)
	at += c.Label(at, y+c.D(4), h-c.D(4), w, f, c.Look.Text, v.Kit.Words.T(key))
	if n > 0 {
		c.Label(at+c.D(6), y+c.D(4), h-c.D(4), w, c.Font(xwidget.Small, scene.Regular), c.Look.Secondary, strconv.Itoa(n))
	}
	c.Spot(x, y+c.D(4), w, h-c.D(4), "", func() { v.folded[key] = open })
	return y + h, open
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
	for _, g := range groups {
		for _, a := range g.Attrs {
			y = v.drawField(c, x, y, w, a.Key, a.Text, true)
		}
	}
	return y + c.D(6)
}

func (v *View) drawEvents(c *xwidget.Canvas, x, y, w float32) float32 {
	if len(v.span.Events) == 0 {
		return y
	}
	y, open := v.drawHeading(c, x, y, w, "detail.events", len(v.span.Events))
	if !open {
		return y
	}
	for _, e := range v.span.Events {
		f := c.Font(xwidget.Minor, scene.SemiBold)
		name := c.Label(x+c.D(16), y, c.D(22), w*0.6, f, c.Look.Text, e.Name)
		c.LabelRight(x+w, y, c.D(22), w-name-c.D(16+8), c.Font(xwidget.Small, scene.Regular), c.Look.Secondary, e.Offset+" · "+e.Clock)
		y += c.D(22)
		for _, a := range e.Attrs {
			y = v.drawField(c, x, y, w, a.Key, a.Text, true)
		}
		y += c.D(4)
	}
	return y
}

func (v *View) drawLinks(c *xwidget.Canvas, x, y, w float32) float32 {
	if len(v.span.Links) == 0 {
		return y
	}
	y, open := v.drawHeading(c, x, y, w, "detail.links", len(v.span.Links))
	if !open {
		return y
	}
	words := v.Kit.Words
	for _, l := range v.span.Links {
		label, do := words.T("detail.link.trace", "id", l.Trace.String()[:8]), func() { v.do.Open(l.Trace) }
		if l.Target != model.NoSpan {
			key := "detail.link.span"
			if l.Back {
				key = "detail.link.back"
			}
			label, do = words.T(key, "name", v.doc.Trace().Name(l.Target)), func() { v.do.Select(l.Target) }
		}
		c.Button(x+c.D(16), y+c.D(2), c.D(26), label, l.Trace.String(), false, do)
		y += c.D(34)
		for _, a := range l.Attrs {
			y = v.drawField(c, x, y, w, a.Key, a.Text, true)
		}
	}
	return y + c.D(4)
}

// drawIdentity draws the ids and the library that made the span.
func (v *View) drawIdentity(c *xwidget.Canvas, x, y, w float32) float32 {
	y, open := v.drawHeading(c, x, y, w, "detail.scope", 0)
	if !open {
		return y
	}
	words, s := v.Kit.Words, &v.span
	for _, f := range [][2]string{
		{words.T("detail.traceid"), v.doc.Trace().ID.String()}, {words.T("detail.spanid"), s.ID},
		{words.T("detail.parentid"), s.ParentID}, {words.T("detail.state"), s.State}, {words.T("detail.library"), s.Scope},
	} {
		if f[1] != "" {
			y = v.drawField(c, x, y, w, f[0], f[1], true)
		}
	}
	for _, a := range s.ScopeAttr {
		y = v.drawField(c, x, y, w, a.Key, a.Text, true)
	}
	return y
}

// foldedLines is how much of a long value is shown until it is chosen.
const foldedLines = 3

// drawField draws a key and its value, which can be chosen and copied.
func (v *View) drawField(c *xwidget.Canvas, x, y, w float32, key, value string, indent bool) float32 {
	if indent {
		x, w = x+c.D(16), w-c.D(16)
	}
	f := c.Font(xwidget.Minor, scene.Regular)
	keyW := min(max(w*0.42, c.D(96)), c.D(200))
	n := len(v.values)
	limit := foldedLines
	if n == v.Sel {
		limit = 60
	}
	keyRoom, below, at := keyW-c.D(10), float32(0), x+keyW
	if c.Metrics.Width(f, key) > keyRoom { // a key is read whole: its value goes below it
		keyRoom, below, at = w-c.D(22), c.D(18), x+c.D(14)
	}
	lines := v.lines(c, n, brokenValue{value: value, font: f, width: x + w - at - c.D(22), limit: limit})
	h := float32(len(lines))*c.D(18) + c.D(4) + below
	c.Item(x-c.D(6), y, w+c.D(6), h)
	v.values = append(v.values, value)
	if !c.Visible(y, h) {
		return y + h
	}
	hot := c.Hot(x-c.D(6), y, w+c.D(6), h)
	switch {
	case n == v.Sel && v.Focused():
		c.RoundRect(x-c.D(6), y, w+c.D(6), h, c.D(3), c.Look.Wash())
	case hot:
		c.RoundRect(x-c.D(6), y, w+c.D(6), h, c.D(3), c.Look.Hover())
	}
	c.Label(x, y+c.D(2), c.D(18), keyRoom, f, c.Look.Secondary, c.FitMiddle(f, key, keyRoom))
	for i, l := range lines {
		c.Label(at, y+below+c.D(2)+float32(i)*c.D(18), c.D(18), w, f, c.Look.Text, l)
	}
	if hot {
		v.drawCopy(c, x+w-c.D(20), y+c.D(1), value)
	}
	return y + h
}

// drawCopy draws two sheets, the sign for copying.
func (v *View) drawCopy(c *xwidget.Canvas, x, y float32, value string) {
	s := c.D(18)
	ground := c.Look.Paper.Mix(c.Look.Text, 16)
	if c.Hot(x, y, s, s) {
		ground = c.Look.Paper.Mix(c.Look.Text, 40)
	}
	c.RoundRect(x, y, s, s, c.D(3), ground)
	t := max(1, c.D(1))
	c.Frame(x+c.D(4), y+c.D(3), c.D(8), c.D(9), c.D(1), t, c.Look.Secondary)
	c.RoundRect(x+c.D(7), y+c.D(6), c.D(8), c.D(9), c.D(1), ground)
	c.Frame(x+c.D(7), y+c.D(6), c.D(8), c.D(9), c.D(1), t, c.Look.Secondary)
	c.Spot(x, y, s, s, v.Kit.Words.T("detail.copyvalue"), func() { v.do.Copy(value) })
}

// Text returns the span as lines of text, for a ticket.
func (v *View) Text() string {
	if !v.known {
		return ""
	}
	words, s := v.Kit.Words, &v.span
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			b.WriteString(key + ": " + value + "\n")
		}
	}
	b.WriteString(s.Title + " · " + s.Service + "\n")
	if s.Failed {
		kind, text := v.failure()
		line(kind, text)
	}
	line(words.T("detail.start"), s.Start+" "+s.Zone)
	line(words.T("detail.duration"), s.Duration)
	line(words.T("detail.traceid"), v.doc.Trace().ID.String())
	line(words.T("detail.spanid"), s.ID)
	for _, groups := range [][]document.AttrGroup{s.Attrs, s.Resource} {
		for _, g := range groups {
			for _, a := range g.Attrs {
				line(a.Key, a.Text)
			}
		}
	}
	for _, e := range s.Events {
		b.WriteString(e.Clock + " " + e.Name + "\n")
		for _, a := range e.Attrs {
			line("  "+a.Key, a.Text)
		}
	}
	return b.String()
}
