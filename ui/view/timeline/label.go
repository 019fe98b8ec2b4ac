package timeline

import (
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// A labelKind says how a number of a labelCache is written.
type labelKind uint8

const (
	labelDuration labelKind = iota
	labelTick
	labelHidden
)

// labelSlots is the size of the cache. Durations are rounded to the three
// figures they show before they are looked up, so a trace of any size has at
// most some 5,000 of them.
const labelSlots = 1 << 13

type label struct {
	a, b  int64
	kind  labelKind
	text  string // "" for an empty slot
	width float32
}

// A labelCache keeps the last numbers written as text, with their widths.
type labelCache struct {
	slots []label
}

// get returns the slot for a number, with text "" where it has to be written.
func (c *labelCache) get(kind labelKind, a, b int64) *label {
	if c.slots == nil {
		c.slots = make([]label, labelSlots)
	}
	h := (uint64(a)*0x9E3779B97F4A7C15 ^ uint64(b)*0xC2B2AE3D27D4EB4F ^ uint64(kind)*0x165667B19E3779F9) >> 40
	l := &c.slots[h%labelSlots]
	if l.a != a || l.b != b || l.kind != kind {
		*l = label{a: a, b: b, kind: kind}
	}
	return l
}

// duration returns the text of a duration.
func (p *Painter) duration(ns int64) *label {
	ns = axis.ThreeFigures(ns)
	l := p.labels.get(labelDuration, ns, 0)
	if l.text == "" {
		l.text = p.style.Printer.Units().Duration(ns)
		l.width = p.style.Metrics.Width(p.fonts.small, l.text)
	}
	return l
}

// tick returns the text of an instant on a ruler whose ticks are step apart.
func (p *Painter) tick(ns, step int64) *label {
	l := p.labels.get(labelTick, ns, step)
	if l.text == "" {
		l.text = p.style.Printer.Units().Axis(ns, step)
		l.width = p.style.Metrics.Width(p.fonts.small, l.text)
	}
	return l
}

// hidden returns the text of the number of spans in a folded one.
func (p *Painter) hidden(n int) *label {
	l := p.labels.get(labelHidden, int64(n), 0)
	if l.text == "" {
		l.text = "+" + p.style.Printer.Units().Number(n)
		l.width = p.style.Metrics.Width(p.fonts.small, l.text)
	}
	return l
}

// text draws a label in the small font with its left edge at x, in the middle of a strip.
func (p *Painter) text(s *scene.Scene, l *label, x, y, h float32, c scene.Color) {
	s.Text(x, p.baseline(p.fonts.small, y, h), p.fonts.small, c, l.text)
}
