package raster

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/shaping"

	"traceview/internal/scene"
)

func TestFontsCoverWhatViewsWrite(t *testing.T) {
	text := newTestText(t)
	const signs = "µ№₽…−–—×≤≥±·•«»„“”‘’←↑→↓°%‰€£¥§©™ёЁщЩъЪыЫэЭґєії"
	for w, f := range text.faces {
		for _, ch := range signs {
			if f.plain[ch].id == 0 {
				t.Errorf("weight %d has no glyph for %c (%U)", w, ch, ch)
			}
		}
		for ch := rune(' '); ch < 0x180; ch++ {
			if ch < 0x7f || ch > 0xa0 && ch != 0xad && ch != 'ŉ' {
				if f.plain[ch].id == 0 {
					t.Errorf("weight %d has no glyph for %c (%U)", w, ch, ch)
				}
			}
		}
		for ch := 'А'; ch <= 'я'; ch++ {
			if f.plain[ch].id == 0 {
				t.Errorf("weight %d has no glyph for %c", w, ch)
			}
		}
	}
}

func TestFiguresAreTabular(t *testing.T) {
	text := newTestText(t)
	for _, w := range []scene.Weight{scene.Regular, scene.SemiBold} {
		f := scene.Font{Px: 13, Weight: w}
		want := text.Width(f, "0000000")
		for d := 1; d < 10; d++ {
			if got := text.Width(f, strings.Repeat(fmt.Sprint(d), 7)); got != want {
				t.Errorf("weight %d: seven %ds are %v wide, want %v as zeros", w, d, got, want)
			}
		}
		if stop := text.Width(f, "."); stop > want/7*0.7 {
			t.Errorf("weight %d: a full stop is %v wide, as wide as a figure", w, stop)
		}
	}
}

func TestWidth(t *testing.T) {
	text := newTestText(t)
	f := scene.Font{Px: 13}
	w := func(s string) float32 { return text.Width(f, s) }
	for _, row := range []struct {
		name      string
		got, want float32
	}{
		{"empty", w(""), 0},
		{"adds up", w("Заказ № 7"), w("Заказ ") + w("№ 7")},
		{"twice the size", text.Width(scene.Font{Px: 26}, "price"), 2 * w("price")},
		{"no size", text.Width(scene.Font{}, "price"), 0},
		{"negative size", text.Width(scene.Font{Px: -3}, "price"), 0},
		{"not a number", text.Width(scene.Font{Px: float32(math.NaN())}, "price"), 0},
		{"line end as a space", w("a\nb"), w("a b")},
		{"unknown weight as the boldest", text.Width(scene.Font{Px: 13, Weight: 9}, "m"), text.Width(scene.Font{Px: 13, Weight: scene.SemiBold}, "m")},
		{"combining mark", w("e\u0301"), w("é")},
		{"zero width space", w("a\u200bb"), w("ab")},
		{"figures in shaped text", w("12 34 \u200b"), w("12 34 ")},
	} {
		if math.Abs(float64(row.got-row.want)) > 0.01 {
			t.Errorf("%s: width %v, want %v", row.name, row.got, row.want)
		}
	}
	if got := w("漢字"); got < 8 {
		t.Errorf("text without glyphs is %v wide, want visible boxes", got)
	}
	if got := text.Width(scene.Font{Px: 12}, strings.Repeat("漢字 ", 100_000)); got < 1e6 {
		t.Errorf("long text is %v wide, want its full width", got)
	}
}

func TestLine(t *testing.T) {
	asc, desc := newTestText(t).Line(scene.Font{Px: 100})
	if asc < 80 || asc > 120 || desc < 15 || desc > 40 {
		t.Errorf("ascent %v and descent %v of 100 px are not those of a typeface", asc, desc)
	}
}

func TestNewTextRefusesWhatIsNoFont(t *testing.T) {
	if _, err := NewText([]byte("not a font"), nil); err == nil || !strings.HasPrefix(err.Error(), "load font regular: ") {
		t.Errorf("error %v, want one that names the font", err)
	}
}

func TestTextIsSafeForGoroutines(t *testing.T) {
	text := newTestText(t)
	text.UseSystemFonts()
	s := shapeScenes(looks[0])["scripts"]
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			r := New(text)
			dst := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
			for j := range 20 {
				text.Width(scene.Font{Px: 12}, fmt.Sprintf("заказ %d 漢 %d", i, j))
				r.Draw(dst, s)
			}
		})
	}
	wg.Wait()
}

func TestCachesAreBounded(t *testing.T) {
	text := newTestText(t)
	for i := range 5 * maxRuns {
		text.Width(scene.Font{Px: 12}, fmt.Sprintf("\u200b%d", i))
	}
	if n := len(text.runs) + len(text.old); n > 2*maxRuns {
		t.Errorf("%d shaped runs kept, want at most %d", n, 2*maxRuns)
	}
	r := New(text)
	dst := image.NewRGBA(image.Rect(0, 0, 600, 200))
	for px := range 300 {
		s := blank(600, 200)
		s.Text(0, 150, scene.Font{Px: 100 + float32(px)/4}, red, "mwЩШ@")
		r.Draw(dst, s)
	}
	if n := len(r.glyphs.bytes); n > maxMasks+1<<20 {
		t.Errorf("%d bytes of glyph masks kept, want about %d", n, maxMasks)
	}
}

// TestLettersStandOnWholePixels checks what hinting is for: the rows below
// the baseline and above the x-height of flat letters are empty, the rows
// inside are not grey.
func TestLettersStandOnWholePixels(t *testing.T) {
	for _, px := range []float32{11, 12, 13, 14, 22, 24, 26} {
		for _, w := range []scene.Weight{scene.Regular, scene.SemiBold} {
			s := blank(200, 80)
			s.Text(4, 50, scene.Font{Px: px, Weight: w}, scene.RGB(0), "zитц")
			s.Ops[0].Color = scene.RGB(0)
			img := drawn(t, s)
			top, bottom := inkRows(img, 4, 4+int(px/2))
			if bottom != 50 {
				t.Errorf("%v px weight %d: z ends at row %d, want the baseline 50", px, w, bottom)
			}
			for _, y := range []int{top, bottom - 1} {
				if dark := darkest(img, y, 4, 4+int(px/2)); dark < 0.9 {
					t.Errorf("%v px weight %d: row %d of z is at most %.2f dark, want a full row", px, w, y, dark)
				}
			}
		}
	}
}

// inkRows returns the first row with ink and the one after the last.
func inkRows(img *image.RGBA, x0, x1 int) (top, bottom int) {
	top = -1
	for y := range img.Rect.Dy() {
		if darkest(img, y, x0, x1) > 0 {
			if top < 0 {
				top = y
			}
			bottom = y + 1
		}
	}
	return top, bottom
}

func darkest(img *image.RGBA, y, x0, x1 int) float64 {
	v := 0.0
	for x := x0; x < x1; x++ {
		v = max(v, covered(img, x, y))
	}
	return v
}

func TestLongTextStopsAtTheEdge(t *testing.T) {
	s := blank(100, 20)
	long := strings.Repeat("заказ ", 1<<18)
	for i := range 200 {
		s.Text(float32(i), 15, scene.Font{Px: 13}, red, long)
	}
	drawn(t, s) // 300 MB of text, if all of it were looked at
}

func TestSystemFonts(t *testing.T) {
	text := newTestText(t)
	text.UseSystemFonts()
	text.Width(scene.Font{Px: 12}, "漢字 שלום")
	if len(text.extra) == 0 {
		t.Skip("system fonts absent")
	}
	for _, f := range text.extra {
		if f.upem <= 0 {
			t.Errorf("a system font has %v units an em", f.upem)
		}
	}
	if len(text.extra)+len(text.faces) > 16 {
		t.Errorf("%d fallback fonts, more than a glyph key can tell apart", len(text.extra))
	}
}

func TestRightToLeftPartsAreTurned(t *testing.T) {
	text := newTestText(t)
	const s = "ab שלום مرحبا cd" // parts: ab, Hebrew, Arabic, cd
	r := text.run(text.faces[0], scene.Regular, s)
	if n := len([]rune(s)); len(r.glyphs) != n {
		t.Fatalf("%d glyphs, want %d", len(r.glyphs), n)
	}
	for i := 1; i < len(r.glyphs); i++ {
		if r.glyphs[i].x < r.glyphs[i-1].x {
			t.Errorf("glyph %d lies left of the one before", i)
		}
	}
	ltr := func(i int) shaping.Input { return shaping.Input{RunStart: i, Direction: di.DirectionLTR} }
	rtl := func(i int) shaping.Input { return shaping.Input{RunStart: i, Direction: di.DirectionRTL} }
	parts := []shaping.Input{rtl(0), rtl(1), ltr(2), rtl(3), rtl(4), rtl(5), ltr(6), rtl(7)}
	visualOrder(parts)
	var got []int
	for _, p := range parts {
		got = append(got, p.RunStart)
	}
	if want := []int{1, 0, 2, 5, 4, 3, 6, 7}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}
