package units

import (
	"math"
	"testing"
)

func TestElapsed(t *testing.T) {
	const sec = int64(1e9)
	for _, tt := range []struct {
		ns, total int64
		en, ru    string
	}{
		{0, 500, "0.000 µs", "0,000 мкс"},
		{812, 900_000, "0.812 µs", "0,812 мкс"},
		{310_250_400, 840e6, "310.250 ms", "310,250 мс"},
		{310_250_400, 2 * sec, "0.310 s", "0,310 с"},
		{2000 * sec, 59 * sec, "2,000.000 s", "2\u00a0000,000 с"}, // long after the trace
		{-1500, 900_000, "−1.500 µs", "−1,500 мкс"},
		{64_120_499_999, 70 * sec, "1:04.120", "1:04,120"},
		{59_999_600_000, 70 * sec, "1:00.000", "1:00,000"},
		{0, 3600 * sec, "0:00:00.000", "0:00:00,000"},
		{43_441_120 * sec / 1000, 90_000 * sec, "12:04:01.120", "12:04:01,120"},
		{-60 * sec, 3600 * sec, "−0:01:00.000", "−0:01:00,000"},
		{math.MinInt64, sec, "−106752 d", "−106752 д"},
	} {
		en, ru := For("en"), For("ru")
		if got := string(en.AppendElapsed(nil, tt.ns, tt.total)); got != tt.en {
			t.Errorf("%d of %d: %q, want %q", tt.ns, tt.total, got, tt.en)
		}
		if got := string(ru.AppendElapsed(nil, tt.ns, tt.total)); got != tt.ru {
			t.Errorf("%d of %d: %q, want %q", tt.ns, tt.total, got, tt.ru)
		}
	}
	dst := make([]byte, 0, 64)
	p := For("en")
	if n := testing.AllocsPerRun(100, func() { dst = p.AppendElapsed(dst[:0], 310e6, 2e9) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
