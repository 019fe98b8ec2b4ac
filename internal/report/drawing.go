package report

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/svg"
)

// pairs numbers the colours of drawings: one of the light theme with what the
// dark one has in its place. A drawing holds the numbers as colours, and the style
// of the page gives each its two, so that no drawing is there twice.
type pairs struct {
	number map[[2]scene.Color]int
	list   [][2]scene.Color
}

func (c *pairs) of(light, dark scene.Color) scene.Color {
	key := [2]scene.Color{light, dark}
	n, ok := c.number[key]
	if !ok {
		if c.number == nil {
			c.number = map[[2]scene.Color]int{}
		}
		n = len(c.list)
		c.number[key] = n
		c.list = append(c.list, key)
	}
	return scene.RGB(uint32(n)).Alpha(light.A)
}

// css returns the rules that colour the drawings.
func (c *pairs) css() string {
	var b strings.Builder
	theme := func(k int) {
		for n, pair := range c.list {
			v := pair[k]
			for _, paint := range []string{"fill", "stroke"} {
				fmt.Fprintf(&b, "[%s=\"#%06x\"]{%s:#%02x%02x%02x;%s-opacity:%.3g}", paint, n, paint, v.R, v.G, v.B, paint, float64(v.A)/255)
			}
		}
	}
	theme(0)
	b.WriteString("@media screen and (prefers-color-scheme:dark){")
	theme(1)
	b.WriteString("}")
	return b.String()
}

// draw returns the drawings of parts; \x00 stands for the beginning of the ids
// of a part's spans.
func (h *page) draw(parts []Part) [][]string {
	out := make([][]string, len(parts))
	for i, part := range parts {
		for k := range part.Drawings {
			out[i] = append(out[i], h.drawing(part.Doc, &part.Drawings[k]))
		}
	}
	return out
}

// stripped is what Append writes that a policy without inline styles forbids.
const stripped = ` style="font-variant-numeric:tabular-nums"`

func (h *page) drawing(d *document.Document, g *Drawing) string {
	s := *g.Light
	dark := g.Dark
	if dark == nil || len(dark.Ops) != len(s.Ops) {
		dark = g.Light
	}
	s.Background = h.colour.of(s.Background, dark.Background)
	s.Ops = append([]scene.Op(nil), s.Ops...)
	for i := range s.Ops {
		s.Ops[i].Color = h.colour.of(s.Ops[i].Color, dark.Ops[i].Color)
	}
	s.Strings = make([]string, len(g.Light.Strings))
	for i, text := range g.Light.Strings {
		s.Strings[i] = clean(text)
	}
	b := bytes.TrimSuffix(svg.Append(nil, &s), []byte("</svg>\n"))
	var out strings.Builder
	before, after, _ := strings.Cut(string(b), stripped) // the first is ours: it stands before any text
	out.WriteString(before + ` role="img"` + after)
	for _, a := range g.Areas {
		fmt.Fprintf(&out, "<a href=\"#\x00%d\"><rect class=\"hit\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/><title>%s</title></a>\n", a.Span, a.X, a.Y, a.W, a.H, escape(h.tip(d, a.Span)))
	}
	out.WriteString("</svg>")
	return out.String()
}

// tip tells in a few lines what a span is.
func (h *page) tip(d *document.Document, i model.SpanIndex) string {
	t, p := d.Trace(), h.p
	s := &t.Spans[i]
	lines := []string{cut(nameOf(d, i, p), 200), cut(t.ServiceName(i), 100),
		p.Units().Duration(s.Dur) + " · " + p.T("detail.self") + " " + p.Units().Duration(d.Work().Self(i)) + " · +" + p.Units().Duration(s.Start)}
	if s.Failed() {
		detail, _ := d.Detail(i, p, h.o.Zone)
		kind, reason := detail.Failure(p)
		lines = append(lines, cut(strings.TrimSpace(kind+" "+reason), 300))
	}
	return strings.Join(lines, "\n")
}

func idOf(part int, i model.SpanIndex) string {
	return "t" + strconv.Itoa(part) + "s" + strconv.Itoa(int(i))
}
