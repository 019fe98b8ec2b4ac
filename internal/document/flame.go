package document

import (
	"context"

	"traceview/internal/layout"
)

// flameAtOnce is up to how many spans a flame is made anew before the next
// frame: 6 to 14 ms.
const flameAtOnce = 50_000

// Flame returns the spans shown, laid out as a timeline flame graph. It is made
// when first asked for, a million spans in 0.1 to 0.3 s. That of another filter
// is made in the background, see RunIn, and until then the one before stays.
func (d *Document) Flame() *layout.Flame {
	key := d.ShownVersion()
	if d.flame.fresh(key) {
		return d.flame.value
	}
	t, shown := d.trace, d.Shown()
	long := d.flame.ready && len(t.Spans) > flameAtOnce
	f, _ := d.flame.get(key, long, func(context.Context, func(float64)) (*layout.Flame, error) {
		return layout.NewFlame(t, shown), nil
	}, func(*layout.Flame) {})
	return f
}
