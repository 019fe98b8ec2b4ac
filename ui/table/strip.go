package table

import (
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

const (
	switchPadDp = 12
	crossDp     = 15 // of the mark of an error beside a word
)

// StripX returns where the strip above the headings begins and ends.
func (t *Table) StripX() (from, to float32) {
	return t.Px(edgeDp), float32(t.size.X) - t.Px(scrollDp)
}

// Line draws a text on the strip from x on, both ends kept if it is wider than
// room, and returns its right end.
func (t *Table) Line(s *scene.Scene, x, room float32, strong bool, text string) float32 {
	f, col := t.fonts.text, t.Style.Palette.Secondary
	if strong {
		f, col = t.fonts.strong, t.Style.Palette.Text
	}
	fit := t.lines.Fit(t.Style.Metrics, f, numberOf(text), text, room)
	return fit.Draw(s, x, t.baseline(f, 0, t.Px(stripDp)), f, col, t.Style.Metrics, text)
}

// Button draws a button on the strip that ends at x and returns its left end.
func (t *Table) Button(s *scene.Scene, x float32, label string, action int) float32 {
	pal, h := t.Style.Palette, t.Px(switchDp)
	w := float32(int(t.Style.Metrics.Width(t.fonts.strong, label) + t.Px(24)))
	x, y := x-w, float32(int((t.Px(stripDp)-h)/2))
	fill := pal.Panel
	if t.pointer.in(x, y, w, h) {
		fill = fill.Mix(pal.Text, 24)
	}
	s.RoundRect(x, y, w, h, t.Px(4), fill)
	s.Frame(x, y, w, h, t.Px(4), t.line(), pal.Line)
	s.Text(x+t.Px(12), t.baseline(t.fonts.strong, y, h), t.fonts.strong, pal.Text, label)
	t.Spot(x, y, w, h, action)
	return x
}

// A Choice is one of several things to choose from on the strip.
type Choice struct {
	Label  string
	Action int
	Chosen bool
	Failed bool // it has the mark of an error
}

// SwitchWidth returns how wide a switch is.
func (t *Table) SwitchWidth(list []Choice) (w float32) {
	for k := range list {
		w += t.choiceWidth(&list[k])
	}
	return w
}

func (t *Table) choiceWidth(c *Choice) float32 {
	w := float32(int(t.Style.Metrics.Width(t.fonts.strong, c.Label) + 2*t.Px(switchPadDp)))
	if c.Failed {
		w += t.Px(crossDp)
	}
	return w
}

// Switch draws the choice between some things on the strip from x on and returns its
// right end.
func (t *Table) Switch(s *scene.Scene, x float32, list []Choice) float32 {
	pal, h, pad := t.Style.Palette, t.Px(switchDp), t.Px(switchPadDp)
	y := float32(int((t.Px(stripDp) - h) / 2))
	total := t.SwitchWidth(list)
	s.RoundRect(x, y, total, h, t.Px(4), pal.Panel)
	s.Frame(x, y, total, h, t.Px(4), t.line(), pal.Line)
	for k := range list {
		c := &list[k]
		w, col, at := t.choiceWidth(c), pal.Secondary, x+pad
		switch {
		case c.Chosen:
			col = pal.Text
			s.RoundRect(x, y, w, h, t.Px(4), pal.Wash())
			s.Frame(x, y, w, h, t.Px(4), t.line(), pal.Accent)
		case t.pointer.in(x, y, w, h):
			col = pal.Text
		}
		if c.Failed {
			axis.DrawError(s, pal, t.Style.Scale*0.8, at+t.Px(5), y+h/2, t.Px(11), true)
			at += t.Px(crossDp)
		}
		s.Text(at, t.baseline(t.fonts.strong, y, h), t.fonts.strong, col, c.Label)
		t.Spot(x, y, w, h, c.Action)
		x += w
	}
	return x
}

// Empty says in the place of rows why there are none, and what next.
func (t *Table) Empty(s *scene.Scene, title, next string) {
	mid := float32(t.top() + (t.size.Y-t.top())/2)
	room := float32(t.size.X) - 2*t.Px(edgeDp)
	for k, l := range [2]string{title, next} {
		f, col := t.fonts.name, t.Style.Palette.Text
		if k == 1 {
			f, col = t.fonts.text, t.Style.Palette.Secondary
		}
		fit := t.lines.Fit(t.Style.Metrics, f, numberOf(l), l, room)
		y := mid + float32(k-1)*t.Px(rowDp)
		fit.Draw(s, float32(int((float32(t.size.X)-fit.Width)/2)), t.baseline(f, y, t.Px(rowDp)), f, col, t.Style.Metrics, l)
	}
}

// numberOf makes a number of a text that is of no row, by FNV-1a: there are too
// few of them for two to have the same.
func numberOf(text string) model.StringID {
	h := uint32(2166136261)
	for k := range len(text) {
		h = (h ^ uint32(text[k])) * 16777619
	}
	return model.StringID(h)
}
