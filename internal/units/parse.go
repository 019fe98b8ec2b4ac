package units

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"
	"unicode"
)

// ErrDuration is wrapped by ParseDuration.
var ErrDuration = errors.New("not a duration")

// unitNames are the spellings accepted, in lower case. A lone m or м is a
// minute, as in Go and as people type it.
var unitNames = map[string]int{
	"ns": unitNs, "нс": unitNs,
	"us": unitUs, "µs": unitUs, "μs": unitUs, "мкс": unitUs, // both code points of micro
	"ms": unitMs, "мс": unitMs, "мсек": unitMs,
	"s": unitSec, "sec": unitSec, "с": unitSec, "сек": unitSec,
	"m": unitMin, "min": unitMin, "м": unitMin, "мин": unitMin,
	"h": unitHour, "hr": unitHour, "ч": unitHour, "час": unitHour, "часа": unitHour, "часов": unitHour,
	"d": unitDay, "day": unitDay, "days": unitDay,
	"д": unitDay, "дн": unitDay, "день": unitDay, "дня": unitDay, "дней": unitDay,
}

// ParseDuration reads a duration typed by a person, in either language, and
// returns it in ns: 200ms, 1.5 s, 1,5 с, 3 мин, 1 h 20 min, 7d. Every number
// needs a unit, except a single 0. Parts of a ns are rounded. The error wraps
// ErrDuration and says what to type.
func ParseDuration(s string) (int64, error) {
	rest := strings.TrimSpace(strings.ToLower(s))
	negative := false
	for _, sign := range []string{"+", "-", minus} {
		if r, ok := strings.CutPrefix(rest, sign); ok {
			rest, negative = strings.TrimSpace(r), sign != "+"
			break
		}
	}
	if rest == "0" {
		return 0, nil
	}
	var total uint64
	for ok := true; ok; ok = rest != "" {
		var part uint64
		var err error
		if part, rest, err = cutPart(rest); err != nil {
			return 0, fmt.Errorf("duration %q: %w: %w", clip(s), ErrDuration, err)
		}
		if total += part; total > math.MaxInt64 {
			return 0, fmt.Errorf("duration %q: %w: %w", clip(s), ErrDuration, errTooLong)
		}
	}
	if negative {
		return -int64(total), nil
	}
	return int64(total), nil
}

var (
	errNumber  = errors.New("type a number and a unit, such as 200 ms, 1.5 s or 3 min")
	errUnit    = errors.New("the unit must be one of ns, µs, ms, s, min, h, d")
	errTooLong = errors.New("it is longer than 292 years")
)

// cutPart reads one number with its unit off the front of s and returns it, at
// most a day above 2^63 ns, with what follows.
func cutPart(s string) (ns uint64, rest string, err error) {
	n, s, err := cutNumber(s)
	if err != nil {
		return 0, "", err
	}
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(s)
	}
	unit, ok := unitNames[s[:end]]
	if !ok {
		return 0, "", errUnit
	}
	if ns, ok = n.times(unitSize[unit]); !ok {
		return 0, "", errTooLong
	}
	s = strings.TrimPrefix(s[end:], ".") // as in "сек."
	return ns, strings.TrimLeftFunc(s, unicode.IsSpace), nil
}

// A decimal is whole + fraction/scale.
type decimal struct{ whole, fraction, scale uint64 }

// cutNumber reads digits with at most one point or comma off the front of s.
// Decimals past the fifteenth, finer than a ns of a day, are ignored.
func cutNumber(s string) (n decimal, rest string, err error) {
	n.scale = 1
	point, digits, i := false, 0, 0
	for ; i < len(s); i++ {
		c := s[i]
		if (c == '.' || c == ',') && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		digits++
		switch d := uint64(c - '0'); {
		case !point && n.whole > math.MaxInt64/10-1:
			return n, "", errTooLong
		case !point:
			n.whole = n.whole*10 + d
		case n.scale < 1e15:
			n.fraction, n.scale = n.fraction*10+d, n.scale*10
		}
	}
	if digits == 0 {
		return n, "", errNumber
	}
	return n, s[i:], nil
}

// times returns n·size rounded to a whole number, and whether the whole part
// is within an int64.
func (n decimal) times(size uint64) (uint64, bool) {
	hi, whole := bits.Mul64(n.whole, size)
	if hi > 0 || whole > math.MaxInt64 {
		return 0, false
	}
	hi, part := bits.Mul64(n.fraction, size)
	part, carry := bits.Add64(part, n.scale/2, 0)
	part, _ = bits.Div64(hi+carry, part, n.scale)
	return whole + part, true
}

// clip keeps what was typed short in an error.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
