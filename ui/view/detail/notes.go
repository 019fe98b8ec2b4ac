package detail

import (
	"strings"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

const (
	// noteLines is how much of a note is shown: all that anybody writes.
	noteLines = 200
	// listedNotes bounds the list of all notes.
	listedNotes = 300
)

// drawNotes draws the notes on the span, those that were gone to, and a line for
// each of the others.
func (v *View) drawNotes(c *xwidget.Canvas, x, y, w float32) float32 {
	all := v.doc.Notes()
	words, top := v.Kit.Words, y
	if v.do.Dropped != nil && v.do.Dropped() {
		f, h := c.Font(xwidget.Minor, scene.Regular), c.D(26)
		at := x + c.Label(x, y, h, w, f, c.Look.Secondary, words.T("note.deleted")) + c.D(10)
		c.Button(at, y+c.D(1), h-c.D(2), words.T("note.undo"), "", false, v.do.Undrop)
		y += h + c.D(6)
	}
	var others []*document.Note
	for k := range all {
		switch n := &all[k]; {
		case v.known && n.Span == v.span.Span, n.Span == model.NoSpan && n.ID == v.doc.NoteInFront():
			y = v.drawNote(c, x, y, w, n)
		default:
			others = append(others, n)
		}
	}
	if len(others) > 0 {
		var open bool
		if y, open = v.drawHeading(c, x, y, w, "note.others", len(others)); open {
			for _, n := range others[:min(len(others), listedNotes)] {
				y = v.drawNoteLine(c, x, y, w, n)
			}
			y += c.D(6)
		}
	}
	if y > top {
		y += c.D(4)
	}
	return y
}

// drawNote draws a note with who wrote it and when.
func (v *View) drawNote(c *xwidget.Canvas, x, y, w float32, n *document.Note) float32 {
	words := v.Kit.Words
	bold, f, small := c.Font(xwidget.Minor, scene.SemiBold), c.Font(xwidget.Body, scene.Regular), c.Font(xwidget.Small, scene.Regular)
	inner := w - c.D(24)
	var lines []string
	for part := range strings.SplitSeq(n.Text, "\n") {
		if len(lines) >= noteLines {
			break
		}
		if part == "" {
			part = " "
		}
		lines = append(lines, c.Wrap(f, strings.ReplaceAll(part, "\t", "    "), inner, noteLines-len(lines))...)
	}
	head := c.D(20)
	h := c.D(8) + head + float32(len(lines))*c.D(19) + c.D(34)
	item := c.Item(x, y, w, h)
	v.rows = append(v.rows, row{attr: document.Attr{Text: n.Text}, follow: func() { v.do.Note(n.ID) }})
	c.RoundRect(x, y, w, h, c.D(5), c.Look.Accent.Alpha(18))
	c.Rect(x, y, c.D(3), h, c.Look.Accent)
	if item == v.Sel && v.Focused() {
		c.Frame(x, y, w, h, c.D(5), c.D(2), c.Look.Accent)
	}
	date, clock := v.Kit.DateAndClock(n.Time.UnixNano())
	author := n.Author
	if author == "" {
		author = words.T("note.anonymous")
	}
	at := y + c.D(8)
	when := date + " " + clock[:min(len(clock), len("09:14"))]
	c.LabelRight(x+w-c.D(10), at, head, inner, small, c.Look.Secondary, when)
	room := inner - c.Metrics.Width(small, when) - c.D(8)
	c.Label(x+c.D(14), at, head, room, bold, c.Look.Text, c.Fit(bold, author, room))
	at += head
	for _, l := range lines {
		c.Label(x+c.D(14), at, c.D(19), inner, f, c.Look.Text, l)
		at += c.D(19)
	}
	at += c.D(4)
	width := c.Button(x+c.D(14), at, c.D(22), words.T("note.change"), "", false, func() { v.do.Note(n.ID) })
	c.Button(x+c.D(20)+width, at, c.D(22), words.T("note.delete"), "", false, func() { v.do.Drop(n.ID) })
	return y + h + c.D(8)
}

// drawNoteLine draws a note elsewhere in one line, which leads there.
func (v *View) drawNoteLine(c *xwidget.Canvas, x, y, w float32, n *document.Note) float32 {
	h, f, bold := c.D(26), c.Font(xwidget.Minor, scene.Regular), c.Font(xwidget.Minor, scene.SemiBold)
	follow := func() { v.doc.GoToNote(n.ID) }
	item := c.Item(x+c.D(10), y, w-c.D(10), h)
	v.rows = append(v.rows, row{attr: document.Attr{Text: n.Text}, follow: follow})
	switch {
	case item == v.Sel && v.Focused():
		c.RoundRect(x+c.D(10), y, w-c.D(10), h, c.D(3), c.Look.Wash())
	case c.Hot(x+c.D(10), y, w-c.D(10), h):
		c.RoundRect(x+c.D(10), y, w-c.D(10), h, c.D(3), c.Look.Hover())
	}
	about := c.Fit(bold, v.AboutText(n.About), w*0.45)
	at := x + c.D(16)
	at += c.Label(at, y, h, w, bold, c.Look.Text, about) + c.D(8)
	c.Label(at, y, h, x+w-at, f, c.Look.Secondary, c.Fit(f, strings.Join(strings.Fields(n.Text), " "), x+w-at))
	c.Spot(x+c.D(10), y, w-c.D(10), h, strings.Join(strings.Fields(n.Text), " "), follow)
	return y + h
}

// AboutText says what a note is about.
func (v *View) AboutText(a document.About) string {
	words, t := v.Kit.Words, v.doc.Trace()
	switch {
	case a.Span != model.NoSpan && t.Name(a.Span) != "":
		return t.Name(a.Span)
	case a.Span != model.NoSpan:
		return words.T("trace.unnamed")
	case a.Stretch:
		u := words.Units()
		return words.T("note.stretch", "from", u.Offset(a.From), "duration", u.Duration(a.To-a.From))
	}
	return words.T("note.whole")
}
