package raster

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-text/typesetting/font"

	"traceview/internal/scene"
)

func TestWarp(t *testing.T) {
	w := warp{scale: 0.01, knots: []knot{{0, 0}, {500, 6}, {700, 7}}}
	for _, row := range []struct {
		name    string
		y, want float64
	}{
		{"at a knot", 500, 6},
		{"between", 250, 3},
		{"between the upper", 600, 6.5},
		{"above keeps the scale", 800, 8},
		{"below keeps the scale", -100, -1},
	} {
		if got := w.apply(row.y); math.Abs(got-row.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
	bare := warp{scale: 0.01}
	if got := bare.apply(300); math.Abs(got-3) > 1e-9 {
		t.Errorf("without knots: %v, want 3", got)
	}
}

func TestWarpRefusesKnotsThatFold(t *testing.T) {
	for _, row := range []struct {
		name string
		add  []knot
		want int
	}{
		{"in order", []knot{{300, 3.2}}, 3},
		{"pair", []knot{{300, 3}, {400, 4}}, 4},
		{"same height again", []knot{{500, 5}}, 2},
		{"upside down", []knot{{300, 6}}, 2},
		{"squeezed flat", []knot{{450, 5}}, 2},
		{"one of a pair is bad", []knot{{300, 3}, {400, 1}}, 2},
	} {
		w := warp{scale: 0.01, knots: []knot{{0, 0}, {500, 5}}}
		w.add(row.add...)
		if len(w.knots) != row.want {
			t.Errorf("%s: %d knots, want %d", row.name, len(w.knots), row.want)
		}
	}
}

func TestZonesOfTheTypeface(t *testing.T) {
	for _, f := range newTestText(t).faces {
		if len(f.zones) != 4 {
			t.Fatalf("%d zones, want x-height, baseline, capitals, descenders", len(f.zones))
		}
		for _, ch := range "xoзOН0lp" {
			o := f.font.GlyphData(font.GID(f.plain[ch].id)).(font.GlyphOutline)
			snapped := 0
			for _, l := range ledges(o.Segments) {
				if _, ok := f.snap(l.y); ok {
					snapped++
				}
			}
			if snapped < 2 {
				t.Errorf("%c has %d ledges in zones, want its top and bottom", ch, snapped)
			}
		}
	}
}

func TestLedgesKnowTheUpperEdge(t *testing.T) {
	f := newTestText(t).faces[0]
	o := f.font.GlyphData(font.GID(f.plain['−'].id)).(font.GlyphOutline)
	ls := ledges(o.Segments)
	if len(ls) != 2 || !ls[0].up || ls[1].up || ls[0].y >= ls[1].y {
		t.Errorf("a minus has ledges %v, want a lower one and an upper one", ls)
	}
}

// TestHintingMovesLittle keeps shapes recognisable: half a pixel by a zone and as
// much again by a stem, and a little where small signs are stretched on.
func TestHintingMovesLittle(t *testing.T) {
	for _, f := range newTestText(t).faces {
		for ch := rune('!'); ch < 0x460; ch++ {
			o, ok := f.font.GlyphData(font.GID(f.plain[ch].id)).(font.GlyphOutline)
			if !ok || f.plain[ch].id == 0 {
				continue
			}
			for _, px := range []float64{9, 11, 12, 13, 16, 26} {
				w := f.hint(o.Segments, px/f.upem)
				for y := -f.upem / 4; y < f.upem; y += f.upem / 50 {
					if d := math.Abs(w.apply(y) - y*w.scale); d > 1.25 {
						t.Fatalf("%c at %v px: height %v moves by %.2f px", ch, px, y, d)
					}
				}
			}
		}
	}
}

func TestCutPiece(t *testing.T) {
	long := strings.Repeat("漢", 200) // 600 bytes
	for _, row := range []struct{ name, in, want string }{
		{"short", "漢字 text", "漢字 text"},
		{"at a space", strings.Repeat("漢", 50) + " " + long, strings.Repeat("漢", 50) + " "},
		{"at a wide space", "漢\u3000" + long, "漢\u3000"},
		{"no space", long, strings.Repeat("漢", 85)},
		{"not utf-8", strings.Repeat("\x80", 300), strings.Repeat("\x80", 252)},
	} {
		t.Run(row.name, func(t *testing.T) {
			piece, rest := cutPiece(row.in)
			if piece+rest != row.in {
				t.Error("text is lost between the pieces")
			}
			if piece != row.want {
				t.Errorf("piece of %d bytes, want %d", len(piece), len(row.want))
			}
		})
	}
}

// FuzzWidth checks what layouts rely on: a width for any text, no text that
// loses width by growing, and no panic.
func FuzzWidth(f *testing.F) {
	for _, s := range []string{"", "GET /заказ", "漢字", "e\u0301", "\u202eabc", "\xff\xfe", "🙂‍🔥", "שלום 12 x"} {
		f.Add(s)
	}
	text := newTestText(f)
	f.Fuzz(func(t *testing.T, s string) {
		font := scene.Font{Px: 13}
		w := text.Width(font, s)
		if !(w >= 0) || math.IsInf(float64(w), 0) {
			t.Fatalf("%q is %v wide", s, w)
		}
		if again := text.Width(font, s); again != w {
			t.Errorf("%q is %v wide, then %v", s, w, again)
		}
		if max := float32(utf8.RuneCountInString(s)) * 13 * 4; w > max {
			t.Errorf("%q is %v wide, more than %v", s, w, max)
		}
	})
}
