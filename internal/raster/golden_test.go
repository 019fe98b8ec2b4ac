package raster

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"traceview/assets"
	"traceview/internal/scene"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing")

// A look is a theme's colours, as the views use them.
type look struct {
	name                                    string
	paper, panel, line, text, faint, accent scene.Color
}

var looks = []look{
	{"light", scene.RGB(0xffffff), scene.RGB(0xf6f7f9), scene.RGB(0xe3e6ea), scene.RGB(0x1b1f24), scene.RGB(0x5b6570), scene.RGB(0x2f6feb)},
	{"dark", scene.RGB(0x14171b), scene.RGB(0x1b1f25), scene.RGB(0x2b3138), scene.RGB(0xe6e9ed), scene.RGB(0x98a2ad), scene.RGB(0x6ea0ff)},
}

func newTestText(tb testing.TB) *Text {
	tb.Helper()
	t, err := NewText(assets.InterRegular, assets.InterSemiBold)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func drawn(tb testing.TB, s *scene.Scene) *image.RGBA {
	tb.Helper()
	dst := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	New(newTestText(tb)).Draw(dst, s)
	return dst
}

// slack is how far a channel may be off a golden file, of 255: processors
// with fused multiplication round a few coverages the other way.
const slack = 2

// golden compares img with testdata/name.png, pixel for pixel.
func golden(t *testing.T, name string, img *image.RGBA) {
	t.Helper()
	file := filepath.Join("testdata", name+".png")
	if *update {
		var buf bytes.Buffer
		if err := png.Encode(&buf, img); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("read golden file (make it with -update): %v", err)
	}
	want, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("decode %s: %v", file, err)
	}
	if got, want := img.Bounds(), want.Bounds(); got != want {
		t.Fatalf("%s: size %v, want %v", file, got, want)
	}
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			got, want := img.RGBAAt(x, y), color.RGBAModel.Convert(want.At(x, y)).(color.RGBA)
			for _, d := range []int{
				int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B), int(got.A) - int(want.A),
			} {
				if d < -slack || d > slack {
					t.Fatalf("%s: pixel %d,%d is %v, want %v", file, x, y, got, want)
				}
			}
		}
	}
}

// textScene sets samples in both weights at the sizes the views use.
func textScene(lk look, scale float32) *scene.Scene {
	samples := []string{
		"Search an order: GET /api/v1/orders/{id}/price 1.84 s",
		"Оплата заказа № 10472, цена 1 250,50 ₽ — ещё 3 шага",
		"Щёлкните, чтобы раскрыть: 0123456789 × µs … ≤ ≥ → − ±",
	}
	var s scene.Scene
	s.Reset(int(430*scale), int(246*scale), lk.paper)
	y := float32(0)
	for _, w := range []scene.Weight{scene.Regular, scene.SemiBold} {
		for _, px := range []float32{11, 12, 13} {
			for i, text := range samples {
				c := lk.text
				if i == 2 {
					c = lk.faint
				}
				y += 13 * scale
				s.Text(8*scale, y, scene.Font{Px: px * scale, Weight: w}, c, text)
			}
		}
		y += 3 * scale
	}
	return &s
}

func TestGoldenText(t *testing.T) {
	for _, lk := range looks {
		for _, row := range []struct {
			name  string
			scale float32
		}{{"text", 1}, {"text-2x", 2}} {
			t.Run(row.name+"-"+lk.name, func(t *testing.T) {
				golden(t, row.name+"-"+lk.name, drawn(t, textScene(lk, row.scale)))
			})
		}
	}
}

// shapeScenes has one scene for every kind of op, in the colours of lk.
func shapeScenes(lk look) map[string]*scene.Scene {
	scenes := map[string]*scene.Scene{}
	add := func(name string, draw func(s *scene.Scene)) {
		s := &scene.Scene{}
		s.Reset(160, 80, lk.paper)
		draw(s)
		scenes[name] = s
	}
	add("rect", func(s *scene.Scene) {
		for i := range 8 {
			x, f := float32(6+19*i), float32(i)/8
			s.Rect(x+f, 6, 14, 12, lk.accent)
			s.Rect(x, 24+f, 14, 12, lk.accent.Alpha(128))
			s.Rect(x+f, 42+f, 0.25+f/2, 12, lk.text)
			s.RoundRect(x+f, 60+f, 14, 14, f*8, lk.accent)
		}
	})
	add("frame", func(s *scene.Scene) {
		for i := range 5 {
			x := float32(6 + 31*i)
			s.Frame(x, 6, 24, 18, 0, float32(i)/2+0.5, lk.text)
			s.Frame(x+0.5, 30.5, 24, 18, float32(i*2), 1, lk.accent)
			s.Frame(x, 56, 24, 18, 6, float32(i)+1, lk.accent.Alpha(150))
		}
	})
	add("hatch", func(s *scene.Scene) {
		for i := range 4 {
			x := float32(6 + 39*i)
			s.Rect(x, 6, 32, 30, lk.accent)
			s.Hatch(x, 6, 32, 30, float32(4+i), 1, lk.text)
			s.Hatch(x, 44, 32, 30, 8, float32(i)+0.5, lk.faint)
		}
	})
	add("line", func(s *scene.Scene) {
		for i := range 13 {
			d := 5 * float32(i)
			s.Line(8, 8, 8+60, 8+d, 1, lk.text)
			s.Line(90, 70, 90+d, 8, 0.5+float32(i)/6, lk.accent)
		}
		s.Line(4.5, 4, 4.5, 76, 1, lk.faint)
		s.Line(4, 76.5, 156, 76.5, 1, lk.faint)
	})
	add("poly", func(s *scene.Scene) {
		p := func(x, y float32) scene.Point { return scene.Point{X: x, Y: y} }
		for i := range 4 {
			f := float32(i) / 4
			x := float32(8+36*i) + f
			s.Poly(lk.text, p(x, 8), p(x+8, 8), p(x+4, 14))
			s.Poly(lk.accent, p(x+14, 6), p(x+20, 11), p(x+14, 16))
			s.Poly(lk.accent.Alpha(120), p(x, 30+f), p(x+12, 24+f), p(x+28, 40+f), p(x+20, 70+f), p(x+4, 60+f))
		}
	})
	add("clip", func(s *scene.Scene) {
		s.Clip(20, 10, 60.4, 29.6)
		s.Rect(0, 0, 160, 80, lk.panel)
		s.RoundRect(10, 5, 30, 50, 8, lk.accent)
		s.Line(0, 0, 160, 80, 2, lk.text)
		s.Text(44, 24, scene.Font{Px: 13}, lk.text, "Клип cut off")
		s.Hatch(60, 0, 40, 80, 6, 1, lk.faint)
		s.Clip(90, 30, -5, 10)
		s.Rect(0, 0, 160, 80, lk.text)
		s.Unclip()
		s.Frame(100, 44, 50, 30, 4, 2, lk.accent)
	})
	add("scripts", func(s *scene.Scene) {
		f := scene.Font{Px: 13}
		s.Text(6, 16, f, lk.text, "注文 漢字 日本")
		s.Text(6, 34, f, lk.text, "مرحبا שלום 🙂")
		s.Text(6, 52, f, lk.text, "e\u0301 и\u0306 1\u200b2\u00ad3 \x00\x07 \xff a\tb")
		s.Text(6, 70, f, lk.text, "Ελληνικά Żółć ½ ©")
	})
	return scenes
}

func TestGoldenShapes(t *testing.T) {
	for _, lk := range looks {
		for name, s := range shapeScenes(lk) {
			t.Run(name+"-"+lk.name, func(t *testing.T) {
				golden(t, name+"-"+lk.name, drawn(t, s))
			})
		}
		t.Run("waterfall-"+lk.name, func(t *testing.T) {
			s := waterfallScene(lk, 0)
			s.W, s.H = 900, 300
			golden(t, "waterfall-"+lk.name, drawn(t, s))
		})
	}
}
