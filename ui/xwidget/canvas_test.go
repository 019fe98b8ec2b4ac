package xwidget_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"traceview/internal/scene"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

func newCanvas(tb testing.TB) *xwidget.Canvas {
	k := uitest.Kit(tb, "en", false)
	return &xwidget.Canvas{Scene: &scene.Scene{}, Metrics: k.Metrics, Look: k.Look, Scale: 1}
}

// hostile are texts that break naive code.
var hostile = []string{
	"", " ", "a", "…", "order 10472", "Заказ № 10472, оплачен", "naïve café", "\n\n\n", "a\tb\r\nc", "   lead and trail   ",
	"\xff\xfe\xfd", "ok\xffthen", "\uFFFD real", "cut\xe2\x82", strings.Repeat("я", 300), strings.Repeat("ab ", 200),
	"https://shop.example/orders/10472?" + strings.Repeat("x", 500), "日本語のテキスト", "e\u0301\u0301\u0301", "שלום", "مرحبا", "👩‍👩‍👧 family",
	strings.Repeat("\u200b", 100), "\x00\x1b[31m", strings.Repeat(" ", 200), strings.Repeat("\xff", 300),
}

func TestFitNeverExceedsItsRoom(t *testing.T) {
	c := newCanvas(t)
	f := c.Font(xwidget.Body, scene.Regular)
	for _, s := range hostile {
		for _, room := range []float32{-5, 0, 3, 11, 12.5, 40, 123.4, 5000} {
			for name, fit := range map[string]func(scene.Font, string, float32) string{"Fit": c.Fit, "FitMiddle": c.FitMiddle} {
				got := fit(f, s, room)
				if w := c.Metrics.Width(f, got); w > max(room, 0) {
					t.Errorf("%s(%.20q, %v) = %q, %v wide", name, s, room, got, w)
				}
				if !utf8.ValidString(got) {
					t.Errorf("%s(%.20q, %v) = %q, not UTF-8", name, s, room, got)
				}
			}
		}
	}
}

func TestFitKeepsWhatItCan(t *testing.T) {
	c := newCanvas(t)
	f := c.Font(xwidget.Body, scene.Regular)
	const s = "GET /api/v1/customers/42/orders/10472/price"
	whole := c.Metrics.Width(f, s)
	for _, tt := range []struct {
		name      string
		got, want string
	}{
		{"all of it", c.Fit(f, s, whole), s},
		{"both ends", c.FitMiddle(f, s, whole), s},
		{"breaks", c.Fit(f, "a\n  b\tc", 100), "a b c"},
		{"no room", c.Fit(f, s, 2), ""},
		{"no room in the middle", c.FitMiddle(f, s, 2), ""},
		{"blank before the ellipsis", c.Fit(f, "one two", c.Metrics.Width(f, "one …")), "one…"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	for room := whole - 1; room > 60; room -= 7 {
		got := c.FitMiddle(f, s, room)
		head, tail, ok := strings.Cut(got, "…")
		if !ok || !strings.HasPrefix(s, head) || !strings.HasSuffix(s, tail) || len(head)-len(tail) < 0 || len(head)-len(tail) > 1 {
			t.Fatalf("FitMiddle to %v = %q, want two ends of like length", room, got)
		}
		if more := c.FitMiddle(f, s, room+12); utf8.RuneCountInString(more) < utf8.RuneCountInString(got) {
			t.Errorf("more room keeps less: %q after %q", got, more)
		}
	}
}

func TestWrapNeverExceedsItsRoom(t *testing.T) {
	c := newCanvas(t)
	f := c.Font(xwidget.Minor, scene.Regular)
	for _, s := range hostile {
		for _, room := range []float32{60, 200, 700} {
			for _, limit := range []int{1, 3, 1000} {
				lines := c.Wrap(f, s, room, limit)
				for _, l := range c.WrapEnds(f, s, room, limit) {
					if w := c.Metrics.Width(f, l); w > room {
						t.Errorf("WrapEnds(%.20q, %v, %d) has %q, %v wide", s, room, limit, l, w)
					}
				}
				if len(lines) == 0 || len(lines) > limit {
					t.Errorf("Wrap(%.20q, %v, %d) = %d lines", s, room, limit, len(lines))
				}
				for _, l := range lines {
					if w := c.Metrics.Width(f, l); w > room || !utf8.ValidString(l) {
						t.Errorf("Wrap(%.20q, %v, %d) has %q, %v wide", s, room, limit, l, w)
					}
				}
			}
		}
	}
}

// TestWrapOfNames keeps a word too long for a line beside what stands before it,
// and the end of a name in sight.
func TestWrapOfNames(t *testing.T) {
	c := newCanvas(t)
	f := c.Font(xwidget.Minor, scene.Regular)
	name := "GET /api/v1/" + strings.Repeat("collections/", 20) + "price"
	for _, tt := range []struct {
		name  string
		lines []string
		first string
		last  string
	}{
		{"not on a line of its own", c.Wrap(f, name, 200, 99), "GET /api/v1/", "price"},
		{"short words are", c.Wrap(f, "an order "+strings.Repeat("x", 20), 140, 9), "an order", strings.Repeat("x", 20)},
		{"cut at the end", c.Wrap(f, name, 200, 2), "GET /api/v1/", "…"},
		{"cut in the middle", c.WrapEnds(f, name, 200, 2), "GET /api/v1/", "/price"},
	} {
		if n := len(tt.lines) - 1; !strings.HasPrefix(tt.lines[0], tt.first) || !strings.HasSuffix(tt.lines[n], tt.last) {
			t.Errorf("%s: %q, want from %q to %q", tt.name, tt.lines, tt.first, tt.last)
		}
	}
}

// letters returns s without what a line break may take away.
func letters(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), "")
}

func TestWrapLosesNothing(t *testing.T) {
	c := newCanvas(t)
	f := c.Font(xwidget.Minor, scene.Regular)
	rng := rand.New(rand.NewPCG(1, 2))
	texts := append([]string(nil), hostile...)
	for range 100 {
		var b strings.Builder
		for range rng.IntN(80) {
			b.WriteString(strings.Repeat([]string{"a", "й", "€", " ", "\n", "漢"}[rng.IntN(6)], rng.IntN(9)))
		}
		texts = append(texts, b.String())
	}
	for _, s := range texts {
		for _, room := range []float32{30, 90, 400} {
			if got := strings.Join(c.Wrap(f, s, room, 1<<20), "\n"); letters(got) != letters(s) {
				t.Fatalf("Wrap of %q to %v lost something: %q", s, room, got)
			}
		}
	}
}

func TestWrapBreaksAtBlanks(t *testing.T) {
	c := newCanvas(t)
	f := c.Font(xwidget.Minor, scene.Regular)
	room := c.Metrics.Width(f, "one two")
	for _, tt := range []struct {
		name, text string
		limit      int
		want       string
	}{
		{"fits", "one two", 9, "one two"},
		{"a blank ends the line exactly", "one two six", 9, "one two|six"},
		{"lines of its own", "one\ntwo\r\n\nsix", 9, "one|two||six"},
		{"limit", "one two six ten", 1, "one t…"},
		{"last line is enough", "one two six", 2, "one two|six"},
		{"empty", "", 3, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(c.Wrap(f, tt.text, room, tt.limit), "|")
			if tt.name == "limit" {
				if !strings.HasPrefix(got, "one") || !strings.HasSuffix(got, "…") {
					t.Errorf("got %q, want an ellipsis at the end", got)
				}
				return
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestWrapLooksOnlyAtWhatIsShown counts what is measured of a value of 5 MB.
func TestWrapLooksOnlyAtWhatIsShown(t *testing.T) {
	for name, unit := range map[string]string{"word": "x", "words": "word ", "broken": "a\xff", "nothing": "\u200b", "lines": "a\n"} {
		c := newCanvas(t)
		m := &counting{Metrics: c.Metrics}
		c.Metrics = m
		f := c.Font(xwidget.Minor, scene.Regular)
		lines := c.Wrap(f, strings.Repeat(unit, 5<<20/len(unit)), 300, 3)
		if len(lines) != 3 {
			t.Errorf("%s: %d lines, want 3", name, len(lines))
		}
		if m.bytes > 1<<20 {
			t.Errorf("%s: measured %d bytes to show 3 lines", name, m.bytes)
		}
	}
}

type counting struct {
	scene.Metrics
	bytes int
}

func (m *counting) Width(f scene.Font, s string) float32 {
	m.bytes += len(s)
	return m.Metrics.Width(f, s)
}

func FuzzWrapAndFit(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, float32(90), 3)
	}
	c := newCanvas(f)
	font := c.Font(xwidget.Minor, scene.Regular)
	widest := c.Metrics.Width(font, "\uFFFD")
	f.Fuzz(func(t *testing.T, s string, room float32, limit int) {
		room, limit = max(-10, min(room, 4000)), max(1, min(limit, 100))
		for _, got := range append(c.Wrap(font, s, room, limit), c.Fit(font, s, room), c.FitMiddle(font, s, room)) {
			if !utf8.ValidString(got) {
				t.Errorf("%q is not UTF-8", got)
			}
			if w := c.Metrics.Width(font, got); w > max(room, 0) && utf8.RuneCountInString(got) > 1 && room > widest {
				t.Errorf("%q is %v wide in a room of %v", got, w, room)
			}
		}
	})
}

func BenchmarkWrap(b *testing.B) {
	c := newCanvas(b)
	f := c.Font(xwidget.Minor, scene.Regular)
	for _, bb := range []struct {
		name  string
		text  string
		limit int
	}{
		{"sentence", "The storage refused the file: the key has no right to write into this bucket.", 3},
		{"5MB", strings.Repeat("value of an attribute ", 5<<20/22), 3},
		{"5MB-opened", strings.Repeat("value of an attribute ", 5<<20/22), 60},
		{"shaped", strings.Repeat("日本語のテキスト שלום e\u0301 ", 200), 60},
		{"5MB-broken", strings.Repeat("a\xff", 5<<19), 60},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Wrap(f, bb.text, 300, bb.limit)
			}
		})
	}
}

func TestMarksStayInTheirBox(t *testing.T) {
	for _, scale := range []float32{1, 1.25, 2} {
		c := newCanvas(t)
		c.Scale = scale
		c.Reset(100, 100, c.Look.Paper)
		s := c.D(14)
		c.Cross(10, 10, s, true)
		c.Cross(10, 10, s, false)
		c.Chevron(10, 10, s, true, c.Look.Text)
		c.Chevron(10, 10, s, false, c.Look.Text)
		c.Close(10, 10, s, c.Look.Text)
		c.Magnifier(10, 10, s, c.Look.Text)
		for _, op := range c.Ops {
			x2, y2 := op.X+op.W, op.Y+op.H
			if op.Kind == scene.OpLine {
				x2, y2 = op.W, op.H
			}
			if op.X < 10 || op.Y < 10 || x2 > 10+s || y2 > 10+s {
				t.Errorf("scale %v: %+v leaves its box of %v", scale, op, s)
			}
		}
	}
}

func TestChipSaysNothingWhereItDoesNotFit(t *testing.T) {
	c := newCanvas(t)
	c.Reset(500, 100, c.Look.Paper)
	w := c.Chip(0, 0, 18, 500, "shop-api", "12", 1, true)
	if w <= 0 {
		t.Fatalf("chip is %v wide, want some", w)
	}
	n := len(c.Ops)
	if got := c.Chip(0, 0, 18, w-1, "shop-api", "12", 1, true); got != 0 || len(c.Ops) != n {
		t.Errorf("chip without room is %v wide with %d operations, want nothing", got, len(c.Ops)-n)
	}
	for _, op := range c.Ops {
		right := op.X + op.W
		if op.Kind == scene.OpLine {
			right = op.W
		}
		if right > w {
			t.Errorf("%+v leaves the chip of %v", op, w)
		}
	}
}

func ExampleCanvas_D() {
	c := &xwidget.Canvas{Scale: 1.5}
	fmt.Println(c.D(1), c.D(4), c.D(10))
	// Output: 2 6 15
}
