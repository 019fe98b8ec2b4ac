package units

import "strconv"

// dayBefore is from where on the place of an instant is told in days: what is
// that far off was recorded by a clock that is wrong.
const dayBefore = 100 * 3600e9

// AppendElapsed appends how long after the beginning of a whole that takes total
// ns an instant is, ns being its distance, with three decimals of a unit that
// depends on total alone, so that instants of one list compare at a glance:
// 310.250 ms of less than a second, 1.840 s of less than a minute, 1:04.120 of
// less than an hour, 12:04:01.120. It does not allocate when dst has room for it.
func (p Printer) AppendElapsed(dst []byte, ns, total int64) []byte {
	w := p.w()
	if ns < 0 {
		dst = append(dst, minus...)
	}
	u := magnitude(ns)
	if u >= dayBefore {
		return w.appendLong(dst, u)
	}
	for unit := unitUs; unit <= unitSec; unit++ {
		most := unitSize[unit] * 1000
		if unit == unitSec {
			most = unitSize[unitMin]
		}
		if magnitude(total) < most {
			q := quantity{divRound(u, unitSize[unit]/1000), 3}
			return w.appendUnit(q.append(dst, w), unit)
		}
	}
	return w.appendClock(dst, divRound(u, unitSize[unitMs]), magnitude(total) >= unitSize[unitHour])
}

// appendClock appends milliseconds as minutes or hours on a stopwatch.
func (w *words) appendClock(dst []byte, ms uint64, hours bool) []byte {
	minutes := ms / 60_000
	if hours {
		dst = strconv.AppendUint(dst, minutes/60, 10)
		dst = append(dst, ':', byte('0'+minutes%60/10), byte('0'+minutes%10))
	} else {
		dst = strconv.AppendUint(dst, minutes, 10)
	}
	sec := ms % 60_000 / 1000
	dst = append(dst, ':', byte('0'+sec/10), byte('0'+sec%10))
	dst = append(dst, w.decimal...)
	return append(dst, byte('0'+ms/100%10), byte('0'+ms/10%10), byte('0'+ms%10))
}
