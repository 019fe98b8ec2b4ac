package units

import "strconv"

// The units of duration by size.
const (
	unitNs = iota
	unitUs
	unitMs
	unitSec
	unitMin
	unitHour
	unitDay
	unitCount
)

// unitSize is the length of each unit in ns.
var unitSize = [unitCount]uint64{1, 1e3, 1e6, 1e9, 60e9, 3600e9, 86400e9}

// Duration returns a duration, given in ns, with three significant digits:
// 812 ns, 42 µs, 310 ms, 1.84 s. Whole numbers of a unit are written without
// decimals, so 1 s is exact and 1.00 s is rounded. From one minute on it is two
// units, the smaller one rounded: 1 min 4 s, 12 h 4 min, 3 d 4 h; from 100 days
// on, days.
func (p Printer) Duration(ns int64) string {
	return string(p.AppendDuration(make([]byte, 0, 24), ns))
}

// AppendDuration appends what Duration returns to dst; it does not allocate
// when dst has room for it.
func (p Printer) AppendDuration(dst []byte, ns int64) []byte {
	w := p.w()
	if ns < 0 {
		dst = append(dst, minus...)
	}
	u := magnitude(ns)
	if u == 0 {
		return w.appendUnit(append(dst, '0'), unitSec)
	}
	for unit := unitNs; unit <= unitSec; unit++ {
		q, ok := threeDigits(u, unitSize[unit])
		if ok && (unit < unitSec || q.digits < 60*pow10[q.decimals]) {
			return w.appendUnit(q.append(dst, w), unit)
		}
	}
	return w.appendLong(dst, u)
}

// appendLong appends at least a minute as two units.
func (w *words) appendLong(dst []byte, u uint64) []byte {
	for unit := unitMin; unit < unitDay; unit++ {
		if r := roundTo(u, unitSize[unit-1]); r < unitSize[unit+1] {
			return w.appendParts(dst, r, unit, unit-1)
		}
	}
	if r := roundTo(u, unitSize[unitHour]); r < 100*unitSize[unitDay] {
		return w.appendParts(dst, r, unitDay, unitHour)
	}
	return w.appendParts(dst, roundTo(u, unitSize[unitDay]), unitDay, unitDay)
}

// appendParts appends u as whole numbers of the units from the largest down to
// the smallest, leaving out those of which there are none. Days are not grouped,
// so that ParseDuration reads back what Duration writes.
func (w *words) appendParts(dst []byte, u uint64, largest, smallest int) []byte {
	started := false
	for unit := largest; unit >= smallest; unit-- {
		n := u / unitSize[unit]
		u %= unitSize[unit]
		if n == 0 {
			continue
		}
		if started {
			dst = append(dst, ' ')
		}
		started = true
		dst = w.appendUnit(strconv.AppendUint(dst, n, 10), unit)
	}
	return dst
}

func (w *words) appendUnit(dst []byte, unit int) []byte {
	return append(append(dst, ' '), w.duration[unit]...)
}

// roundTo returns u rounded half up to a multiple of unit.
func roundTo(u, unit uint64) uint64 { return divRound(u, unit) * unit }

// Offset returns a distance from a point in time, given in ns, with its sign:
// +310 ms, −42 µs, 0 s.
func (p Printer) Offset(ns int64) string {
	dst := make([]byte, 0, 24)
	if ns > 0 {
		dst = append(dst, '+')
	}
	return string(p.AppendDuration(dst, ns))
}

// Axis returns the label of one tick of a ruler whose ticks are step ns apart,
// ns being the tick's distance from the origin. The unit and the number of
// decimals depend on step alone, so all labels of a ruler agree: 0, 2.5 ms,
// 5.0 ms, 7.5 ms. With steps of a minute or more labels are compound: 55 min,
// 1 h, 1 h 5 min.
func (p Printer) Axis(ns, step int64) string {
	return string(p.AppendAxis(make([]byte, 0, 24), ns, step))
}

// AppendAxis appends what Axis returns to dst; it does not allocate when dst
// has room for it.
func (p Printer) AppendAxis(dst []byte, ns, step int64) []byte {
	w := p.w()
	u, s := magnitude(ns), max(magnitude(step), 1)
	start := len(dst)
	if ns < 0 {
		dst = append(dst, minus...)
	}
	signed := len(dst)
	if s >= unitSize[unitMin] {
		unit := largestDivisor(s)
		dst = w.appendParts(dst, roundTo(u, unitSize[unit]), unitDay, unit)
	} else if q, unit := axisQuantity(u, s); q.digits > 0 {
		dst = w.appendUnit(q.append(dst, w), unit)
	}
	if len(dst) == signed { // nothing but zeros
		return strconv.AppendUint(dst[:start], 0, 10)
	}
	return dst
}

// axisQuantity expresses u in the largest unit not above the step, with as many
// decimals as the step needs.
func axisQuantity(u, step uint64) (quantity, int) {
	unit := unitNs
	for unit < unitSec && unitSize[unit+1] <= step {
		unit++
	}
	size, decimals := unitSize[unit], 0
	for size > 1 && step%size != 0 {
		size /= 10
		decimals++
	}
	return quantity{divRound(u, size), decimals}, unit
}

// largestDivisor returns the largest unit from seconds up of which step is a
// whole number, seconds if there is none.
func largestDivisor(step uint64) int {
	for unit := unitDay; unit > unitSec; unit-- {
		if step%unitSize[unit] == 0 {
			return unit
		}
	}
	return unitSec
}
