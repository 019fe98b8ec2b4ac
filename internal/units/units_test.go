package units

import (
	"math"
	"testing"
	"time"
)

func TestFor(t *testing.T) {
	for lang, want := range map[string]string{
		"en": "en", "ru": "ru", "ru-RU": "ru", "RU": "ru", "ru_RU.UTF-8": "ru",
		"": "en", "de": "en", "run": "en",
	} {
		if got := For(lang).Lang(); got != want {
			t.Errorf("For(%q).Lang() = %q, want %q", lang, got, want)
		}
	}
	var zero Printer
	if got := zero.Duration(sec); got != "1 s" {
		t.Errorf("zero printer writes %q, want %q", got, "1 s")
	}
}

func TestNumber(t *testing.T) {
	for _, tt := range []struct {
		n      int
		en, ru string
	}{
		{0, "0", "0"},
		{999, "999", "999"},
		{9310, "9,310", "9\u00a0310"},
		{1_000_000, "1,000,000", "1\u00a0000\u00a0000"},
		{1_002_003, "1,002,003", "1\u00a0002\u00a0003"},
		{-812, "−812", "−812"},
		{math.MinInt64, "−9,223,372,036,854,775,808", "−9\u00a0223\u00a0372\u00a0036\u00a0854\u00a0775\u00a0808"},
	} {
		if got := For("en").Number(tt.n); got != tt.en {
			t.Errorf("en: Number(%d) = %q, want %q", tt.n, got, tt.en)
		}
		if got := For("ru").Number(tt.n); got != tt.ru {
			t.Errorf("ru: Number(%d) = %q, want %q", tt.n, got, tt.ru)
		}
	}
}

func TestBytes(t *testing.T) {
	for _, tt := range []struct {
		n      int64
		en, ru string
	}{
		{0, "0 B", "0 Б"},
		{812, "812 B", "812 Б"},
		{1000, "1 kB", "1 кБ"},
		{1840, "1.84 kB", "1,84 кБ"},
		{999_999, "1.00 MB", "1,00 МБ"},
		{254_200_000, "254 MB", "254 МБ"},
		{1_300_000_000, "1.30 GB", "1,30 ГБ"},
		{2_500_000_000_000_000, "2,500 TB", "2\u00a0500 ТБ"},
		{math.MaxInt64, "9,223,372 TB", "9\u00a0223\u00a0372 ТБ"},
		{math.MinInt64, "−9,223,372 TB", "−9\u00a0223\u00a0372 ТБ"},
	} {
		if got := For("en").Bytes(tt.n); got != tt.en {
			t.Errorf("en: Bytes(%d) = %q, want %q", tt.n, got, tt.en)
		}
		if got := For("ru").Bytes(tt.n); got != tt.ru {
			t.Errorf("ru: Bytes(%d) = %q, want %q", tt.n, got, tt.ru)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, tt := range []struct {
		f      float64
		en, ru string
	}{
		{0, "0%", "0\u00a0%"},
		{1, "100%", "100\u00a0%"},
		{0.07, "7.0%", "7,0\u00a0%"},
		{0.4521, "45.2%", "45,2\u00a0%"},
		{0.0001, "<0.1%", "<0,1\u00a0%"},
		{0.99999, ">99.9%", ">99,9\u00a0%"},
		{1.5, "150%", "150\u00a0%"},
		{1.526, "153%", "153\u00a0%"},
		{-0.031, "−3.1%", "−3,1\u00a0%"},
		{12.5, "1,250%", "1\u00a0250\u00a0%"},
		{math.NaN(), "–", "–"},
		{math.Inf(1), "–", "–"},
	} {
		if got := For("en").Percent(tt.f); got != tt.en {
			t.Errorf("en: Percent(%v) = %q, want %q", tt.f, got, tt.en)
		}
		if got := For("ru").Percent(tt.f); got != tt.ru {
			t.Errorf("ru: Percent(%v) = %q, want %q", tt.f, got, tt.ru)
		}
	}
}

func TestClockTimes(t *testing.T) {
	at := time.Date(2026, time.November, 12, 9, 14, 3, 120_999_999, time.FixedZone("", 3*3600))
	for _, tt := range []struct {
		name   string
		write  func(Printer, time.Time) string
		en, ru string
	}{
		{"clock", Printer.Clock, "09:14:03.120", "09:14:03,120"},
		{"date", Printer.Date, "12 Nov 2026", "12 ноя 2026"},
		{"date and time", Printer.DateTime, "12 Nov 2026, 09:14:03.120", "12 ноя 2026, 09:14:03,120"},
		{"minute", Printer.DateMinute, "12 Nov 09:14", "12 ноя 09:14"},
		{"zone", Printer.Zone, "UTC+3", "UTC+3"},
	} {
		if got := tt.write(For("en"), at); got != tt.en {
			t.Errorf("en: %s = %q, want %q", tt.name, got, tt.en)
		}
		if got := tt.write(For("ru"), at); got != tt.ru {
			t.Errorf("ru: %s = %q, want %q", tt.name, got, tt.ru)
		}
	}
	may := time.Date(2027, time.May, 1, 0, 0, 0, 0, time.UTC)
	if got := For("ru").Date(may); got != "1 мая 2027" {
		t.Errorf("Date = %q, want %q", got, "1 мая 2027")
	}
}

func TestZone(t *testing.T) {
	for _, tt := range []struct {
		seconds int
		want    string
	}{
		{0, "UTC"}, {3600, "UTC+1"}, {19800, "UTC+5:30"}, {-12600, "UTC−3:30"}, {29, "UTC"},
	} {
		at := time.Unix(0, 0).In(time.FixedZone("", tt.seconds))
		if got := For("en").Zone(at); got != tt.want {
			t.Errorf("Zone of %d s = %q, want %q", tt.seconds, got, tt.want)
		}
	}
}
