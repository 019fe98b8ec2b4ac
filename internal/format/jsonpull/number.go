package jsonpull

import (
	"math"
	"strconv"
)

// Uint returns what Text gave as a whole number: digits as they are, a negative
// number as its two's complement, a fraction cut off; ok is false if it is no
// number.
func Uint(text []byte) (v uint64, ok bool) {
	if len(text) > 0 && len(text) < 20 {
		for _, c := range text {
			if c < '0' || c > '9' {
				return slowUint(text)
			}
			v = v*10 + uint64(c-'0')
		}
		return v, true
	}
	return slowUint(text)
}

func slowUint(text []byte) (uint64, bool) {
	s := string(text)
	if v, err := strconv.ParseUint(s, 10, 64); err == nil {
		return v, true
	}
	if v, err := strconv.ParseInt(s, 10, 64); err == nil {
		return uint64(v), true
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || math.IsNaN(f):
		return 0, false
	case f >= math.MaxUint64:
		return math.MaxUint64, true
	case f <= math.MinInt64:
		return 1 << 63, true
	case f < 0:
		return uint64(int64(f)), true
	}
	return uint64(f), true
}

// Float returns what Text gave as a number.
func Float(text []byte) (v float64, ok bool) {
	v, err := strconv.ParseFloat(string(text), 64)
	return v, err == nil || math.IsInf(v, 0)
}

// IsWhole says whether text is digits, perhaps with a sign, that fit an int64.
func IsWhole(text []byte) (int64, bool) {
	v, err := strconv.ParseInt(string(text), 10, 64)
	return v, err == nil
}
