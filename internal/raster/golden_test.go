package raster

import (
	"bytes"
	"flag"
	"image"
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
			gr, gg, gb, ga := img.At(x, y).RGBA()
			wr, wg, wb, wa := want.At(x, y).RGBA()
			if gr != wr || gg != wg || gb != wb || ga != wa {
				t.Fatalf("%s: pixel %d,%d is %04x %04x %04x %04x, want %04x %04x %04x %04x",
					file, x, y, gr, gg, gb, ga, wr, wg, wb, wa)
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
