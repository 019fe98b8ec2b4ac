package units

import (
	"math"
	"testing"
	"time"
)

const (
	us   = int64(time.Microsecond)
	ms   = int64(time.Millisecond)
	sec  = int64(time.Second)
	mnt  = int64(time.Minute)
	hour = int64(time.Hour)
	day  = 24 * hour
)

func TestDuration(t *testing.T) {
	for _, tt := range []struct {
		name   string
		ns     int64
		en, ru string
	}{
		{"zero", 0, "0 s", "0 с"},
		{"one ns", 1, "1 ns", "1 нс"},
		{"most ns", 999, "999 ns", "999 нс"},
		{"exact µs", 42 * us, "42 µs", "42 мкс"},
		{"µs below ten", 1_840, "1.84 µs", "1,84 мкс"},
		{"µs below a hundred", 42_060, "42.1 µs", "42,1 мкс"},
		{"µs rounds up a decimal", 9_996, "10.0 µs", "10,0 мкс"},
		{"µs rounds up a unit", 999_600, "1.00 ms", "1,00 мс"},
		{"exact ms", 310 * ms, "310 ms", "310 мс"},
		{"ms rounds down", 999_499_999, "999 ms", "999 мс"},
		{"ms rounds up a unit", 999_600_000, "1.00 s", "1,00 с"},
		{"exact second", sec, "1 s", "1 с"},
		{"seconds", 1_840 * ms, "1.84 s", "1,84 с"},
		{"half a second more", 1_500 * ms, "1.50 s", "1,50 с"},
		{"most seconds", 59_940 * ms, "59.9 s", "59,9 с"},
		{"seconds round up to a minute", 59_960 * ms, "1 min", "1 мин"},
		{"minute", mnt, "1 min", "1 мин"},
		{"minutes and seconds", mnt + 4*sec, "1 min 4 s", "1 мин 4 с"},
		{"minutes round seconds", mnt + 4_600*ms, "1 min 5 s", "1 мин 5 с"},
		{"minutes round up to an hour", 59*mnt + 59_600*ms, "1 h", "1 ч"},
		{"hours and minutes", 12*hour + 4*mnt, "12 h 4 min", "12 ч 4 мин"},
		{"hours round up to a day", 23*hour + 59*mnt + 40*sec, "1 d", "1 д"},
		{"days and hours", 3*day + 4*hour, "3 d 4 h", "3 д 4 ч"},
		{"days round up to a hundred", 100*day - mnt, "100 d", "100 д"},
		{"many days", 365*day + 11*hour, "365 d", "365 д"},
		{"negative", -1_840 * ms, "−1.84 s", "−1,84 с"},
		{"longest", math.MaxInt64, "106752 d", "106752 д"},
		{"most negative", math.MinInt64, "−106752 d", "−106752 д"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := For("en").Duration(tt.ns); got != tt.en {
				t.Errorf("en: Duration(%d) = %q, want %q", tt.ns, got, tt.en)
			}
			if got := For("ru").Duration(tt.ns); got != tt.ru {
				t.Errorf("ru: Duration(%d) = %q, want %q", tt.ns, got, tt.ru)
			}
		})
	}
}

func TestOffset(t *testing.T) {
	for ns, want := range map[int64]string{0: "0 s", 310 * ms: "+310 ms", -42 * us: "−42 µs"} {
		if got := For("en").Offset(ns); got != want {
			t.Errorf("Offset(%d) = %q, want %q", ns, got, want)
		}
	}
}

func TestAxis(t *testing.T) {
	for _, tt := range []struct {
		name     string
		ns, step int64
		en, ru   string
	}{
		{"origin", 0, 200 * ms, "0", "0"},
		{"whole steps", 600 * ms, 200 * ms, "600 ms", "600 мс"},
		{"unit of the step", 1_800 * ms, 200 * ms, "1,800 ms", "1\u00a0800 мс"},
		{"decimals of the step", 5 * ms, 2_500 * us, "5.0 ms", "5,0 мс"},
		{"same decimals at the step", 2_500 * us, 2_500 * us, "2.5 ms", "2,5 мс"},
		{"seconds", 20 * sec, 5 * sec, "20 s", "20 с"},
		{"two decimals", 500 * ms, 1_250 * ms, "0.50 s", "0,50 с"},
		{"minutes", 55 * mnt, 5 * mnt, "55 min", "55 мин"},
		{"minutes past an hour", 65 * mnt, 5 * mnt, "1 h 5 min", "1 ч 5 мин"},
		{"whole hour among minutes", hour, 5 * mnt, "1 h", "1 ч"},
		{"step of ninety seconds", 90 * sec, 90 * sec, "1 min 30 s", "1 мин 30 с"},
		{"days", 2 * day, day, "2 d", "2 д"},
		{"step with odd ns", 61*sec + 1, 61*sec + 1, "1 min 1 s", "1 мин 1 с"},
		{"ns", 7, 1, "7 ns", "7 нс"},
		{"step of nothing", 7, 0, "7 ns", "7 нс"},
		{"before the origin", -400 * ms, 200 * ms, "−400 ms", "−400 мс"},
		{"nothing left after rounding", -1, 200 * ms, "0", "0"},
		{"extremes", math.MinInt64, math.MinInt64, "−106751 d 23 h 47 min 17 s", "−106751 д 23 ч 47 мин 17 с"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := For("en").Axis(tt.ns, tt.step); got != tt.en {
				t.Errorf("en: Axis(%d, %d) = %q, want %q", tt.ns, tt.step, got, tt.en)
			}
			if got := For("ru").Axis(tt.ns, tt.step); got != tt.ru {
				t.Errorf("ru: Axis(%d, %d) = %q, want %q", tt.ns, tt.step, got, tt.ru)
			}
		})
	}
}

// Labels are made for every frame of a view, so appending them must be free.
func TestAppendDoesNotAllocate(t *testing.T) {
	p, dst := For("ru"), make([]byte, 0, 64)
	n := testing.AllocsPerRun(100, func() {
		dst = p.AppendDuration(dst[:0], 1_840*ms)
		dst = p.AppendDuration(dst[:0], 3*day+4*hour)
		dst = p.AppendAxis(dst[:0], 1_800*ms, 200*ms)
	})
	if n != 0 {
		t.Errorf("appending labels allocates %v times, want 0", n)
	}
}

func BenchmarkAppendDuration(b *testing.B) {
	p, dst := For("en"), make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		dst = p.AppendDuration(dst[:0], 1_840*ms)
	}
}
