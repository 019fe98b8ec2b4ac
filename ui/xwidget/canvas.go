// Package xwidget holds what the painted parts of the window share: a drawing
// context with text, chips and buttons, and a scrolling panel of items that
// can be chosen with mouse and keys.
package xwidget

import (
	"math"
	"strings"
	"unicode/utf8"

	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/look"
)

// The sizes of text in dp.
const (
	Small  = 11
	Minor  = 12
	Body   = 13
	Title  = 18
	Banner = 26
)

// A Canvas draws one frame of a panel. Lengths are device pixels; D turns dp
// into them. It is made anew for each frame.
type Canvas struct {
	*scene.Scene
	Metrics scene.Metrics
	Look    *look.Palette
	Scale   float32

	spots  []Spot
	items  []rect
	mouseX float32
	mouseY float32
	inside bool // the pointer is over the panel
	top    float32
	bottom float32
	over   []func()
}

// A Spot is a place that does something when it is pressed.
type Spot struct {
	rect
	Do     func()
	Tip    string
	Cursor canvasview.Cursor
}

type rect struct{ x, y, w, h float32 }

func (r rect) has(x, y float32) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

// Sizing returns a canvas without a panel at one pixel a dp, to find out how much
// room drawing takes.
func Sizing(k *Kit) *Canvas {
	return &Canvas{Scene: &scene.Scene{}, Metrics: k.Metrics, Look: k.Look, Scale: 1, bottom: math.MaxFloat32}
}

// D returns dp in device pixels, whole so that edges stay sharp.
func (c *Canvas) D(dp float32) float32 { return float32(int(dp*c.Scale + 0.5)) }

// Font returns a font of the given size in dp.
func (c *Canvas) Font(dp float32, w scene.Weight) scene.Font {
	return scene.Font{Px: dp * c.Scale, Weight: w}
}

// Visible says whether any of the band y … y+h can be seen.
func (c *Canvas) Visible(y, h float32) bool { return y+h >= c.top && y <= c.bottom }

// Hot says whether the pointer is over a rectangle.
func (c *Canvas) Hot(x, y, w, h float32) bool {
	return c.inside && rect{x, y, w, h}.has(c.mouseX, c.mouseY)
}

// Pointer returns where the pointer is, false where it is not over the panel.
func (c *Canvas) Pointer() (x, y float32, inside bool) { return c.mouseX, c.mouseY, c.inside }

// Over has f draw once all else is drawn, so that what it draws lies on top.
func (c *Canvas) Over(f func()) { c.over = append(c.over, f) }

// Label draws text with its left edge at x, centred on the line y … y+h, cut
// at its end with an ellipsis to fit maxW. It returns the width drawn.
func (c *Canvas) Label(x, y, h, maxW float32, f scene.Font, col scene.Color, s string) float32 {
	if maxW <= 0 || s == "" || !c.Visible(y, h) {
		return 0
	}
	s = c.Fit(f, s, maxW)
	c.Scene.Text(x, c.Baseline(f, y, h), f, col, s)
	return c.Metrics.Width(f, s)
}

// LabelRight draws text that ends at x.
func (c *Canvas) LabelRight(x, y, h, maxW float32, f scene.Font, col scene.Color, s string) float32 {
	s = c.Fit(f, s, maxW)
	w := c.Metrics.Width(f, s)
	return c.Label(x-w, y, h, maxW+1, f, col, s)
}

// Baseline returns where text of font f stands to be centred on y … y+h by the
// height of its capitals, which looks right beside boxes and dots.
func (c *Canvas) Baseline(f scene.Font, y, h float32) float32 {
	return float32(int(y + h/2 + f.Px*0.36 + 0.5))
}

// lineBytes bounds what is measured of one line: a value of megabytes must not
// hold up a frame, and no screen is wide enough for more.
const lineBytes = 4096

// Fit returns s, or as much of it as fits into maxW followed by an ellipsis; ""
// where even that is too wide.
func (c *Canvas) Fit(f scene.Font, s string, maxW float32) string {
	s = oneLine(s)
	if c.Metrics.Width(f, s) <= maxW {
		return s
	}
	room := maxW - c.Metrics.Width(f, "…")
	if room < 0 {
		return ""
	}
	return strings.TrimRight(s[:c.prefix(f, s, room)], " ") + "…"
}

// FitMiddle returns s, or its two ends joined by an ellipsis, to fit maxW: the
// ends of names and keys tell more than their middle.
func (c *Canvas) FitMiddle(f scene.Font, s string, maxW float32) string {
	s = oneLine(s)
	if c.Metrics.Width(f, s) <= maxW {
		return s
	}
	r := []rune(s)
	lo, hi := 0, len(r)-1 // runes that are kept
	for lo < hi {
		if mid := (lo + hi + 1) / 2; c.Metrics.Width(f, ends(r, mid)) <= maxW {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo == 0 && c.Metrics.Width(f, "…") > maxW {
		return ""
	}
	return ends(r, lo)
}

// ends joins the n outermost of runes by an ellipsis.
func ends(r []rune, n int) string {
	head := (n + 1) / 2
	return string(r[:head]) + "…" + string(r[len(r)-(n-head):])
}

// oneLine keeps a value with line breaks on the line it is drawn on.
func oneLine(s string) string {
	if len(s) > lineBytes {
		s = s[:floor(s, lineBytes)]
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.ContainsAny(s, "\n\r\t") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

// Wrap returns s in lines no wider than maxW, broken at blanks where there are
// any, and at most limit of them; the last one ends with an ellipsis if more
// was said.
func (c *Canvas) Wrap(f scene.Font, s string, maxW float32, limit int) []string {
	return c.wrap(f, s, maxW, limit, c.Fit)
}

// WrapEnds is Wrap for a name: where more was said, the last line keeps the end
// of it as well.
func (c *Canvas) WrapEnds(f scene.Font, s string, maxW float32, limit int) []string {
	return c.wrap(f, s, maxW, limit, c.FitMiddle)
}

// wrap breaks s and shortens the last line by fit.
func (c *Canvas) wrap(f scene.Font, s string, maxW float32, limit int, fit func(scene.Font, string, float32) string) []string {
	if len(s)/lineBytes > limit { // more than can be shown
		s = s[:floor(s, (limit+1)*lineBytes)]
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\t", "    ")
	var out []string
	last := "" // what was left to say when the last line began
	for part := range strings.SplitSeq(s, "\n") {
		part = strings.TrimRight(part, "\r")
		for first := true; ; first = false {
			if len(out) == limit && first { // a line of its own: one more word tells that it is there
				last = out[limit-1] + " " + strings.TrimSpace(part[:floor(part, 256)]) + " …"
			}
			if len(out) == limit {
				out[limit-1] = fit(f, last, maxW)
				return out
			}
			last = part
			line, rest := c.breakLine(f, part, maxW)
			out = append(out, line)
			if rest == "" {
				break
			}
			part = rest
		}
	}
	return out
}

// breakLine cuts the first line off valid UTF-8: at the last blank that fits,
// unless that leaves most of the line empty before a word too long for any;
// else after a sign that divides names, else after the last rune that fits, and
// never less than one rune.
func (c *Canvas) breakLine(f scene.Font, s string, maxW float32) (line, rest string) {
	n := c.prefix(f, s, maxW)
	if n == len(s) {
		return s, ""
	}
	if s[n] == ' ' && n > 0 {
		return s[:n], s[n+1:]
	}
	if b := strings.LastIndexByte(s[:n], ' '); b > 0 && !(b < n/4 && c.tooLong(f, s[b+1:], maxW)) {
		return s[:b], s[b+1:]
	}
	if b := strings.LastIndexAny(s[:n], "/.,;&?=-_"); b > n/4 { // parts of names and addresses stay whole
		return s[:b+1], s[b+1:]
	}
	if n == 0 {
		_, n = utf8.DecodeRuneInString(s)
	}
	return s[:n], s[n:]
}

// tooLong says whether the word that s begins with has no room on a line.
func (c *Canvas) tooLong(f scene.Font, s string, maxW float32) bool {
	word, _, _ := strings.Cut(s, " ")
	return c.prefix(f, word, maxW) < len(word)
}

// prefix returns how many bytes of valid UTF-8 fit into maxW, whole runes and
// lineBytes at most. It looks at twice what fits, not at all of s.
func (c *Canvas) prefix(f scene.Font, s string, maxW float32) int {
	hi := min(64, len(s))
	for hi < min(len(s), lineBytes) && c.Metrics.Width(f, s[:floor(s, hi)]) <= maxW {
		hi *= 2
	}
	s = s[:floor(s, min(hi, lineBytes))]
	if c.Metrics.Width(f, s) <= maxW {
		return len(s)
	}
	lo, hi := 0, len(s) // lo fits, hi does not
	for {
		mid := floor(s, (lo+hi)/2)
		if mid == lo {
			_, size := utf8.DecodeRuneInString(s[lo:])
			if mid = lo + size; mid >= hi {
				return lo
			}
		}
		if c.Metrics.Width(f, s[:mid]) <= maxW {
			lo = mid
		} else {
			hi = mid
		}
	}
}

// floor returns n, or the beginning of the rune that n lies within.
func floor(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for k := n; k >= 0 && k > n-utf8.UTFMax; k-- {
		if utf8.RuneStart(s[k]) {
			return k
		}
	}
	return n
}

// Spot makes a rectangle do something when it is pressed.
func (c *Canvas) Spot(x, y, w, h float32, tip string, do func()) {
	c.spots = append(c.spots, Spot{rect{x, y, w, h}, do, tip, canvasview.Hand})
}

// Item makes a rectangle the next item that can be chosen and returns its number.
func (c *Canvas) Item(x, y, w, h float32) int {
	c.items = append(c.items, rect{x, y, w, h})
	return len(c.items) - 1
}

// Button draws a quiet button h high at x, y and returns its width.
func (c *Canvas) Button(x, y, h float32, label, tip string, primary bool, do func()) float32 {
	f := c.Font(Minor, scene.SemiBold)
	w := c.Metrics.Width(f, label) + c.D(24)
	fill, edge, text := c.Look.Panel, c.Look.Line, c.Look.Text
	if primary {
		fill, edge, text = c.Look.Accent, c.Look.Accent, c.Look.OnAccent
	}
	if c.Hot(x, y, w, h) {
		fill = fill.Mix(c.Look.Text, 24)
	}
	c.RoundRect(x, y, w, h, c.D(4), fill)
	c.Frame(x, y, w, h, c.D(4), max(c.D(1), 1), edge)
	c.Label(x+c.D(12), y, h, w, f, text, label)
	c.Spot(x, y, w, h, tip, do)
	return w
}

// Cross draws the mark of an error in a box of size s: a filled disc with a
// cross for an error of its own, a ring with a cross for one carried up.
func (c *Canvas) Cross(x, y, s float32, own bool) {
	ink := c.Look.OnError
	if own {
		c.RoundRect(x, y, s, s, s/2, c.Look.Error)
	} else {
		c.Frame(x, y, s, s, s/2, max(1, s/10), c.Look.Error)
		ink = c.Look.Error
	}
	q, t := s*0.32, max(1, s*0.13)
	c.Line(x+q, y+q, x+s-q, y+s-q, t, ink)
	c.Line(x+s-q, y+q, x+q, y+s-q, t, ink)
}

// Chevron draws a small arrow head that points right, or down where open.
func (c *Canvas) Chevron(x, y, s float32, open bool, col scene.Color) {
	t := max(1, s*0.16)
	if open {
		c.Line(x+s*0.2, y+s*0.36, x+s*0.5, y+s*0.66, t, col)
		c.Line(x+s*0.5, y+s*0.66, x+s*0.8, y+s*0.36, t, col)
		return
	}
	c.Line(x+s*0.36, y+s*0.2, x+s*0.66, y+s*0.5, t, col)
	c.Line(x+s*0.66, y+s*0.5, x+s*0.36, y+s*0.8, t, col)
}

// Close draws a small × in a box of size s.
func (c *Canvas) Close(x, y, s float32, col scene.Color) {
	t, q := max(1, s*0.12), s*0.28
	c.Line(x+q, y+q, x+s-q, y+s-q, t, col)
	c.Line(x+s-q, y+q, x+q, y+s-q, t, col)
}

// Magnifier draws a looking glass in a box of size s.
func (c *Canvas) Magnifier(x, y, s float32, col scene.Color) {
	t := max(1, s*0.1)
	c.Frame(x+s*0.12, y+s*0.12, s*0.56, s*0.56, s*0.28, t, col)
	c.Line(x+s*0.62, y+s*0.62, x+s*0.88, y+s*0.88, t*1.3, col)
}

// Chip draws a service's colour and name and returns the width taken, 0 if it
// would not fit into maxW. colour is the number look.Assign gave the service.
func (c *Canvas) Chip(x, y, h, maxW float32, name, count string, colour int, failed bool) float32 {
	f := c.Font(Small, scene.Regular)
	text := name
	if count != "" {
		text += " " + count
	}
	w := c.D(6+8+5) + c.Metrics.Width(f, text) + c.D(7)
	if failed {
		w += c.D(14)
	}
	if w > maxW {
		return 0
	}
	c.RoundRect(x, y, w, h, h/2, c.Look.Text.Alpha(22)) // seen on a chosen row too
	dot := c.D(8)
	c.RoundRect(x+c.D(6), y+(h-dot)/2, dot, dot, c.D(2), c.Look.Service(colour).Bar)
	at := x + c.D(6+8+5)
	at += c.Label(at, y, h, w, f, c.Look.Text, name)
	if count != "" {
		at += c.Label(at, y, h, w, f, c.Look.Secondary, " "+count)
	}
	if failed {
		c.Cross(at+c.D(4), y+(h-c.D(10))/2, c.D(10), true)
	}
	return w
}
