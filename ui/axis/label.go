package axis

import (
	"traceview/internal/scene"
	"traceview/internal/units"
)

// labelSlots is the size of a cache of labels. Durations are rounded to the
// three figures they show before they are looked up, so a trace of any size has
// at most some 5,000 of them.
const labelSlots = 1 << 13

// probes is how many slots are looked at for a number, so that two of one frame
// do not keep taking each other's place.
const probes = 4

// A Label is a number written as text, with its width in device pixels.
type Label struct {
	Text  string // "" for an empty slot
	Width float32
	a, b  int64
	kind  labelKind
}

// A labelKind says how a number is written.
type labelKind uint8

const (
	durationLabel labelKind = iota
	tickLabel
	moreLabel
)

// Labels write durations and instants in one font and language and keep the
// last ones, so that writing them again does not allocate.
type Labels struct {
	Units   units.Printer
	Metrics scene.Metrics
	Font    scene.Font
	slots   []Label
}

// get returns the slot for a number, with Text "" where it has to be written.
func (c *Labels) get(kind labelKind, a, b int64) *Label {
	if c.slots == nil {
		c.slots = make([]Label, labelSlots)
	}
	h := (uint64(a)*0x9E3779B97F4A7C15 ^ uint64(b)*0xC2B2AE3D27D4EB4F ^ uint64(kind)*0x165667B19E3779F9) >> 40
	for k := range uint64(probes) {
		l := &c.slots[(h+k)%labelSlots]
		if l.Text == "" {
			*l = Label{a: a, b: b, kind: kind}
		}
		if l.a == a && l.b == b && l.kind == kind {
			return l
		}
	}
	l := &c.slots[h%labelSlots]
	*l = Label{a: a, b: b, kind: kind}
	return l
}

// Duration returns the text of a duration in ns. It is good until the next call.
func (c *Labels) Duration(ns int64) *Label {
	ns = ThreeFigures(ns)
	l := c.get(durationLabel, ns, 0)
	if l.Text == "" {
		l.Text = c.Units.Duration(ns)
		l.Width = c.Metrics.Width(c.Font, l.Text)
	}
	return l
}

// Tick returns the text of an instant on an axis whose ticks are step ns apart.
// It is good until the next call.
func (c *Labels) Tick(ns, step int64) *Label {
	l := c.get(tickLabel, ns, step)
	if l.Text == "" {
		l.Text = c.Units.Axis(ns, step)
		l.Width = c.Metrics.Width(c.Font, l.Text)
	}
	return l
}

// More returns the text of a number of things left out. It is good until the
// next call.
func (c *Labels) More(n int) *Label {
	l := c.get(moreLabel, int64(n), 0)
	if l.Text == "" {
		l.Text = "+" + c.Units.Number(n)
		l.Width = c.Metrics.Width(c.Font, l.Text)
	}
	return l
}

// ThreeFigures rounds durations under a minute to three figures, half up.
func ThreeFigures(ns int64) int64 {
	if ns >= 60e9 {
		return ns
	}
	unit := int64(1)
	for ns/unit >= 1000 {
		unit *= 10
	}
	return (ns + unit/2) / unit * unit
}
