package axis

import (
	"image"
	"testing"

	"traceview/internal/i18n"
	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/look"
)

func newRuler(lang string) *Ruler {
	return &Ruler{Look: look.Light(), Scale: 1, Labels: Labels{Units: i18n.For(lang).Units(), Metrics: even{}, Font: scene.Font{Px: 10}}}
}

// TestRulerLabelsDoNotOverlap draws rulers of many stretches of time and holds
// that labels stand apart, also from the chip, and within the strip.
func TestRulerLabelsDoNotOverlap(t *testing.T) {
	strip, area := image.Rect(0, 0, 800, 28), image.Rect(0, 28, 800, 400)
	for total := int64(1); total < 1<<60; total = total*7 + 3 {
		for _, lang := range []string{"en", "ru"} {
			r := newRuler(lang)
			r.Place(layout.Fit(total, 784), 8, strip, area)
			var s scene.Scene
			chip := r.At(333)
			r.DrawStrip(&s, chip)
			end := float32(-1)
			for _, op := range s.Ops {
				if op.Kind != scene.OpText {
					continue
				}
				text := s.Strings[op.From]
				w := even{}.Width(op.Font, text)
				if text == chip.text.Text && op.X == chip.x+5 {
					continue
				}
				if op.X <= end || op.X+w > 800 || op.X+w > chip.x && op.X < chip.x+chip.w {
					t.Errorf("%d ns: label %q at %v, the one before ends at %v, chip from %v", total, text, op.X, end, chip.x)
				}
				end = op.X + w
			}
		}
	}
}

func TestChip(t *testing.T) {
	r := newRuler("en")
	r.Place(layout.Fit(784e6, 784), 8, image.Rect(0, 0, 800, 28), image.Rect(0, 28, 800, 400))
	for _, tc := range []struct {
		name string
		chip Chip
		text string
	}{
		{"in the middle", r.At(408), "400 ms"},
		{"at the left edge", r.At(0), "0"},
		{"at the right edge", r.At(799), "784 ms"},
		{"a stretch", r.Between(300, 108), "192 ms"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.chip.text.Text != tc.text || tc.chip.x < 0 || tc.chip.x+tc.chip.w > 800 {
				t.Errorf("%q at %v, %v wide; want %q", tc.chip.text.Text, tc.chip.x, tc.chip.w, tc.text)
			}
		})
	}
}

func TestThreeFigures(t *testing.T) {
	for _, tc := range []struct{ ns, want int64 }{
		{0, 0}, {999, 999}, {1234, 1230}, {1235, 1240}, {9_999, 10_000}, {1_843_900_000, 1_840_000_000}, {61e9 + 1, 61e9 + 1},
	} {
		if got := ThreeFigures(tc.ns); got != tc.want {
			t.Errorf("%d becomes %d, want %d", tc.ns, got, tc.want)
		}
	}
}

// TestLabelsDoNotAllocate writes what was written before.
func TestLabelsDoNotAllocate(t *testing.T) {
	l := newRuler("en").Labels
	write := func() {
		for k := range int64(100) {
			l.Duration(k * 1e6)
			l.Tick(k*1e6, 1e6)
		}
	}
	write()
	if got := testing.AllocsPerRun(10, write); got != 0 {
		t.Errorf("%v allocations, want 0", got)
	}
}
