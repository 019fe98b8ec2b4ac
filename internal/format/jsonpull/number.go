package jsonpull

import (
	"bytes"
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

// Micros reads what Text gave, a time in µs that may have a fraction, as ns; no
// text is 0. What is out of range is brought to the end of it, half of what an
// int64 holds, so that sums of two still fit. ok is false for what is no number.
func Micros(text []byte) (ns int64, ok bool) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return 0, true
	}
	if ns, ok := exactMicros(text); ok {
		return ns, true
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil && !math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, false
	}
	return int64(max(min(f*1000, math.MaxInt64/2), math.MinInt64/2)), true
}

// exactMicros reads what a float64 would round: digits with a sign and a
// fraction, of which three digits count.
func exactMicros(text []byte) (ns int64, ok bool) {
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	whole, fraction, _ := bytes.Cut(text, []byte("."))
	if len(whole) == 0 || len(whole) > 15 {
		if len(whole) != 16 || whole[0] > '8' { // 2^63 ns are 9.2e15 µs
			return 0, false
		}
	}
	for _, c := range whole {
		if c < '0' || c > '9' {
			return 0, false
		}
		ns = ns*10 + int64(c-'0')
	}
	for i := range 3 {
		ns *= 10
		if i < len(fraction) {
			ns += int64(fraction[i] - '0')
		}
	}
	for _, c := range fraction {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	if negative {
		ns = -ns
	}
	return ns, true
}
