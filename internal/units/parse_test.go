package units

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestParseDuration(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int64
	}{
		{"200ms", 200 * ms},
		{"1.5 s", 1_500 * ms},
		{"1,5 с", 1_500 * ms},
		{"3 мин", 3 * mnt},
		{"  42 µs ", 42 * us},
		{"42 μs", 42 * us},
		{"42us", 42 * us},
		{"42 мкс", 42 * us},
		{"7d", 7 * day},
		{"7 дней", 7 * day},
		{"168h", 168 * hour},
		{"1h20m", hour + 20*mnt},
		{"1 ч 20 мин 5 сек.", hour + 20*mnt + 5*sec},
		{"1 H", hour},
		{"0", 0},
		{"0 s", 0},
		{".5s", 500 * ms},
		{"5.s", 5 * sec},
		{"-1.84 s", -1_840 * ms},
		{"−1,84 с", -1_840 * ms},
		{"+310 ms", 310 * ms},
		{"1 s", sec},
		{"0.4ns", 0},
		{"0.5ns", 1},
		{"0.00000000000000000001 d", 0},
		{"106751 d", 106751 * day},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseDuration(tt.text)
			if err != nil || got != tt.want {
				t.Errorf("ParseDuration(%q) = %d, %v, want %d", tt.text, got, err, tt.want)
			}
		})
	}
}

func TestParseDurationRefuses(t *testing.T) {
	for _, tt := range []struct{ name, text, hint string }{
		{"nothing", "", "type a number"},
		{"blanks", "  ", "type a number"},
		{"sign alone", "-", "type a number"},
		{"word", "soon", "type a number"},
		{"no unit", "15", "the unit must be"},
		{"unknown unit", "3 weeks", "the unit must be"},
		{"two points", "1.2.3 s", "the unit must be"},
		{"a unit alone after a part", "1 s s", "type a number"},
		{"too long", "106752 d", "292 years"},
		{"too long by a sum", "106751 d 1000000 h", "292 years"},
		{"digits without end", strings.Repeat("9", 500) + " s", "292 years"},
		{"whole beyond an integer", "9223372036854775807 d", "292 years"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseDuration(tt.text)
			if !errors.Is(err, ErrDuration) {
				t.Fatalf("ParseDuration(%q) = %d, %v, want ErrDuration", tt.text, got, err)
			}
			if !strings.Contains(err.Error(), tt.hint) {
				t.Errorf("error %q does not say %q", err, tt.hint)
			}
			if len(err.Error()) > 250 {
				t.Errorf("error is %d bytes long", len(err.Error()))
			}
		})
	}
}

// What is written is read back as the same duration up to what rounding to
// three digits, or to the smaller of two units, may change; and a longer
// duration is never written as a shorter one.
func FuzzDuration(f *testing.F) {
	for _, ns := range []int64{0, 1, 999, 999_499, 999_500, 59_949 * ms, 59_950 * ms, mnt, 100*day - 1, -sec} {
		f.Add(ns, ns+1)
	}
	f.Fuzz(func(t *testing.T, a, b int64) {
		const most = 106_000 * day // rounding up must stay in range
		a, b = a%most, b%most
		if a > b {
			a, b = b, a
		}
		for _, lang := range []string{"en", "ru"} {
			back := [2]int64{}
			for i, ns := range []int64{a, b} {
				text := For(lang).Duration(ns)
				got, err := ParseDuration(text)
				if err != nil {
					t.Fatalf("%s: Duration(%d) = %q is not read back: %v", lang, ns, text, err)
				}
				// Half a percent of three digits; of two units at most 1/120.
				if off := math.Abs(float64(got) - float64(ns)); off > math.Abs(float64(ns))/119 {
					t.Fatalf("%s: Duration(%d) = %q is %d ns, off by %g", lang, ns, text, got, off)
				}
				back[i] = got
			}
			if back[0] > back[1] {
				t.Fatalf("%s: %d is written as %d and %d as %d", lang, a, back[0], b, back[1])
			}
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"200ms", "1,5 с", "1 ч 20 мин", "−3d", "9e9", "1.", "\xff s", "٣ s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := ParseDuration(s); err != nil && !errors.Is(err, ErrDuration) {
			t.Fatalf("ParseDuration(%q): %v does not wrap ErrDuration", s, err)
		}
	})
}
