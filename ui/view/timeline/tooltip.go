package timeline

import (
	"image"
	"strings"

	"traceview/internal/document"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/xwidget"
)

// floating is the small text beside the pointer, broken into lines anew only
// when it is about something else.
type floating struct {
	xwidget.Tip
	about about
	shown bool // in the last frame
	cut   bool // the name of the row under the pointer had no room
}

// about is what a floating text tells of.
type about struct {
	span  model.SpanIndex
	link  bool
	room  int // px
	rows  int // the version of the rows, since it tells what is folded away
	notes int // their version
	next  document.LinkTarget
	known bool
}

// Tooltip returns the lines to show for what lies at x, y: the whole name,
// where and when, what went wrong; "" where there is nothing to say.
func (p *Painter) Tooltip(x, y float32) string {
	h := p.hit(image.Pt(int(x), int(y)))
	if p.pointer.Drag != axis.DragNone || h.Span == model.NoSpan || h.Part == layout.PartTwisty {
		return ""
	}
	var lines []string
	for _, f := range p.doc.Facts(h.Span, p.style.Printer) {
		lines = append(lines, f.Text)
	}
	return strings.Join(lines, "\n")
}

// TooltipHere returns what Tooltip does for where the pointer is, "" once it
// left or where the same floats beside it.
func (p *Painter) TooltipHere() string {
	if _, ok := p.floats(); ok && p.pointer.part != layout.PartTree || !p.pointer.Inside {
		return ""
	}
	if p.onSort() {
		return p.style.Printer.T("timeline.sort.tip")
	}
	return p.Tooltip(float32(p.pointer.At.X), float32(p.pointer.At.Y))
}

// floats returns the span that the text beside the pointer is about, false
// where there is none: it floats on bars with their marks and queues, and on
// names that tell less than there is to know. Elsewhere on a row it would only
// hide others.
func (p *Painter) floats() (model.SpanIndex, bool) {
	if !p.pointer.Points() {
		return model.NoSpan, false
	}
	h := p.hit(p.pointer.At)
	switch h.Part {
	case layout.PartBar:
		return h.Span, true
	case layout.PartAxis:
		b := p.g.Bar(p.doc.Viewport(), &p.trace.Spans[h.Span], p.g.Px(barLeast))
		x0, x1 := b.X0, b.X1
		if t := p.tailOf(h.Span, b); b.X0 < b.X1 {
			x1 = max(x1, t.x+t.width())
		}
		if q, ok := p.queueOf(h.Span); ok {
			x0, x1 = min(x0, q.X0), max(x1, q.X1)
		}
		return h.Span, p.pointer.At.X >= x0 && p.pointer.At.X < x1
	case layout.PartTree:
		more := p.tip.cut || p.trace.Spans[h.Span].Failed() || p.doc.Rows().Hidden(h.Span) > 0 || len(p.doc.Warnings(h.Span)) > 0 || p.doc.Noted(h.Span)
		return h.Span, more
	}
	return model.NoSpan, false
}

// drawTip draws the text beside the pointer.
func (p *Painter) drawTip(s *scene.Scene) {
	i, ok := p.floats()
	if p.tip.shown = ok; !ok {
		return
	}
	now := about{span: i, link: p.pointer.link, rows: p.doc.Rows().Version(), notes: p.doc.NotesVersion(), room: p.g.Size.X, known: true}
	if now.link {
		now.next = p.doc.NextLink(i)
	}
	if p.tip.about != now {
		p.tip.about = now
		p.tip.Set(p.tipLines(now), p.style.Palette, p.style.Metrics, p.style.Scale, p.g.Size.X)
	}
	p.tip.Draw(s, p.pointer.At, image.Rect(0, p.g.Heading.Min.Y, p.g.Size.X, p.g.Size.Y))
}

// tipLines returns what is known of a span, on the mark of its links where the
// next of them leads.
func (p *Painter) tipLines(a about) []xwidget.TipLine {
	pr := p.style.Printer
	if a.link {
		lines := []xwidget.TipLine{{Text: p.doc.LinkWords(a.next, pr), Strong: true}}
		hint := pr.T("link.click")
		if n := p.doc.LinkTargets(a.span); n > 1 {
			hint = pr.N("link.click.many", n)
		}
		return append(lines, xwidget.TipLine{Text: hint})
	}
	return axis.TipLines(p.doc, a.span, pr, p.dye.Of(a.span))
}
