package units

import (
	"math"
	"strconv"
)

// minus is the sign of negative quantities: as wide as a digit, unlike the
// hyphen.
const minus = "−"

// Number returns n with its digits in groups of three: 9,310 or 9 310.
func (p Printer) Number(n int) string {
	dst := make([]byte, 0, 28)
	if n < 0 {
		dst = append(dst, minus...)
	}
	return string(p.w().appendGrouped(dst, magnitude(int64(n))))
}

// Bytes returns a size in bytes with three significant digits and decimal
// prefixes: 812 B, 1.84 MB, 254 MB. Whole numbers are written without decimals.
func (p Printer) Bytes(n int64) string {
	dst := make([]byte, 0, 16)
	if n < 0 {
		dst = append(dst, minus...)
	}
	u, unit, last := magnitude(n), uint64(1), len(p.w().size)-1
	for i, name := range p.w().size {
		if q, ok := threeDigits(u, unit); ok || i == last {
			dst = q.append(dst, p.w())
			dst = append(dst, ' ')
			return string(append(dst, name...))
		}
		unit *= 1000
	}
	return string(dst)
}

// Percent returns a share, 1 standing for the whole, with one decimal below the
// whole and none from there on: 45.2%, 7.0%, <0.1%, 150%. Only nothing is written as
// 0% and only the whole as 100%.
func (p Printer) Percent(f float64) string {
	w := p.w()
	dst := make([]byte, 0, 16)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "–" // a share of nothing
	}
	if f < 0 {
		dst = append(dst, minus...)
		f = -f
	}
	tenths := math.Round(f * 1000)
	switch {
	case f > 0 && tenths == 0:
		dst, tenths = append(dst, '<'), 1
	case f < 1 && tenths == 1000:
		dst, tenths = append(dst, '>'), 999
	}
	tenths = min(tenths, 1e15)
	q := quantity{digits: uint64(tenths), decimals: 1}
	if tenths == 0 || tenths >= 1000 {
		q = quantity{digits: uint64(math.Round(tenths / 10))}
	}
	return string(append(q.append(dst, w), w.percent...))
}

// A quantity is digits with the decimal point before the last few of them.
type quantity struct {
	digits   uint64
	decimals int
}

var pow10 = [...]uint64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000}

func (q quantity) append(dst []byte, w *words) []byte {
	scale := pow10[q.decimals]
	dst = w.appendGrouped(dst, q.digits/scale)
	if q.decimals == 0 {
		return dst
	}
	dst = append(dst, w.decimal...)
	rest := q.digits % scale
	for scale /= 10; scale > 0; scale /= 10 {
		dst = append(dst, byte('0'+rest/scale%10))
	}
	return dst
}

func (w *words) appendGrouped(dst []byte, u uint64) []byte {
	if u < 1000 {
		return strconv.AppendUint(dst, u, 10)
	}
	dst = w.appendGrouped(dst, u/1000)
	dst = append(dst, w.group...)
	r := u % 1000
	return append(dst, byte('0'+r/100), byte('0'+r/10%10), byte('0'+r%10))
}

// threeDigits returns u in multiples of unit with three significant digits, or
// no decimals where u is a whole number of units. It is not ok if that needs
// more than three digits, in which case the number is rounded to the unit.
func threeDigits(u, unit uint64) (q quantity, ok bool) {
	if u%unit == 0 && u/unit < 1000 {
		return quantity{digits: u / unit}, true
	}
	if u/unit < 1000 { // so that u*100 does not overflow below
		for d := 2; d >= 0; d-- {
			if n := divRound(u*pow10[d], unit); n < 1000 {
				return quantity{n, d}, true
			}
		}
	}
	return quantity{digits: divRound(u, unit)}, false
}

// divRound returns a/b rounded half up.
func divRound(a, b uint64) uint64 {
	q, r := a/b, a%b
	if r >= b-r {
		q++
	}
	return q
}

// magnitude returns |n|, also of the smallest integer.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
