package units

import (
	"strings"
	"testing"
	"unicode"
)

// shape returns a label without its digits and the blanks and commas that group
// them: what all labels of a ruler must share.
func shape(label string) string {
	decimals := 0
	if _, after, ok := strings.Cut(label, "."); ok {
		decimals = strings.IndexFunc(after, func(r rune) bool { return !unicode.IsDigit(r) })
	}
	unit := strings.TrimLeft(label, minus+"0123456789.,")
	return strings.Repeat("0", decimals) + unit
}

// Along a ruler no two ticks have the same label, and below a minute a step all
// have the same unit and number of decimals.
func FuzzAxis(f *testing.F) {
	for _, step := range []int64{1, 5, 200 * ms, 2_500 * us, 1_250 * ms, 20 * sec, 90 * sec, 5 * mnt, 6 * hour, day} {
		f.Add(step, int64(7))
	}
	f.Fuzz(func(t *testing.T, step, k int64) {
		const most = 100_000
		if step <= 0 || step > 1000*day || k < 1 || k > most {
			return
		}
		if step >= mnt {
			step -= step % sec // finer steps than a second are not told apart there
		}
		p := For("en")
		one, two := p.Axis(k*step, step), p.Axis((k+1)*step, step)
		if one == two {
			t.Errorf("ticks %d and %d of %d ns are both %q", k, k+1, step, one)
		}
		if step < mnt && shape(one) != shape(two) {
			t.Errorf("ticks %d and %d of %d ns are %q and %q: not of one form", k, k+1, step, one, two)
		}
		if back := p.Axis(-k*step, step); back != minus+one {
			t.Errorf("tick %d is %q, want the sign before %q", -k, back, one)
		}
	})
}

// Rulers as views make them: every label of one, in both languages.
func TestAxisOfWholeRulers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		step   int64
		en, ru string
	}{
		{"tenths of a second", 200 * ms, "0|200 ms|400 ms|600 ms|800 ms|1,000 ms", "0|200 мс|400 мс|600 мс|800 мс|1\u00a0000 мс"},
		{"quarters of a ms", 250 * us, "0|250 µs|500 µs|750 µs|1,000 µs|1,250 µs", "0|250 мкс|500 мкс|750 мкс|1\u00a0000 мкс|1\u00a0250 мкс"},
		{"two and a half seconds", 2_500 * ms, "0|2.5 s|5.0 s|7.5 s|10.0 s|12.5 s", "0|2,5 с|5,0 с|7,5 с|10,0 с|12,5 с"},
		{"half minutes", 30 * sec, "0|30 s|60 s|90 s|120 s|150 s", "0|30 с|60 с|90 с|120 с|150 с"},
		{"quarters of an hour", 15 * mnt, "0|15 min|30 min|45 min|1 h|1 h 15 min", "0|15 мин|30 мин|45 мин|1 ч|1 ч 15 мин"},
		{"half days", 12 * hour, "0|12 h|1 d|1 d 12 h|2 d|2 d 12 h", "0|12 ч|1 д|1 д 12 ч|2 д|2 д 12 ч"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var en, ru []string
			for k := range int64(6) {
				en = append(en, For("en").Axis(k*tt.step, tt.step))
				ru = append(ru, For("ru").Axis(k*tt.step, tt.step))
			}
			if got := strings.Join(en, "|"); got != tt.en {
				t.Errorf("en: %s, want %s", got, tt.en)
			}
			if got := strings.Join(ru, "|"); got != tt.ru {
				t.Errorf("ru: %s, want %s", got, tt.ru)
			}
		})
	}
}
