package raster

import (
	"fmt"
	"image"
	"testing"

	"traceview/internal/scene"
)

// waterfallScene is like a frame of the waterfall at 1920×1080: 50 rows of a
// name, an indent guide, a bar with parts and a label, under a ruler.
func waterfallScene(lk look, shift float32) *scene.Scene {
	var s scene.Scene
	s.Reset(1920, 1080, lk.paper)
	body, small := scene.Font{Px: 13}, scene.Font{Px: 11}
	s.Rect(0, 0, 1920, 24, lk.panel)
	for i := range 12 {
		x := float32(600 + 110*i)
		s.Line(x+0.5, 24, x+0.5, 1080, 1, lk.line)
		s.Text(x+4, 16, small, lk.faint, fmt.Sprintf("%d ms", 25*i))
	}
	for row := range 50 {
		y := float32(24 + 21*row)
		if row%2 == 1 {
			s.Rect(0, y, 1920, 21, lk.panel)
		}
		indent := float32(8 + 14*(row%9))
		for g := float32(8); g < indent; g += 14 {
			s.Line(g+0.5, y, g+0.5, y+21, 1, lk.line)
		}
		s.Poly(lk.faint, scene.Point{X: indent, Y: y + 7}, scene.Point{X: indent + 8, Y: y + 7}, scene.Point{X: indent + 4, Y: y + 13})
		s.Clip(0, y, 590, 21)
		s.RoundRect(indent+12, y+6, 9, 9, 2, lk.accent)
		s.Text(indent+26, y+15, body, lk.text, "mes-api")
		s.Text(indent+84, y+15, body, lk.faint, "POST /api/v1/orders/{id}/расчёт")
		s.Unclip()
		x := 600 + float32(row)*23.3 + shift
		s.RoundRect(x, y+4, 180.4, 13, 3, lk.accent.Alpha(90))
		s.RoundRect(x+20.2, y+4, 90.7, 13, 3, lk.accent)
		s.Frame(x, y+4, 180.4, 13, 3, 1, lk.text.Alpha(60))
		s.Hatch(x+110, y+5, 40, 11, 5, 1, lk.text.Alpha(80))
		for e := range 5 {
			ex := x + 30*float32(e)
			s.Rect(ex, y+3, 1.5, 15, lk.text)
		}
		s.Line(x, y+4, x-8, y-10, 1, lk.faint)
		s.Text(x+186, y+15, small, lk.text, "1,84 мс")
		s.Text(x+240, y+15, small, lk.faint, "2 events")
	}
	return &s
}

func benchmarkDraw(b *testing.B, s *scene.Scene) {
	r := New(newTestText(b))
	dst := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	r.Draw(dst, s)
	b.ReportAllocs()
	for b.Loop() {
		r.Draw(dst, s)
	}
}

func BenchmarkDrawClear(b *testing.B) {
	var s scene.Scene
	s.Reset(1920, 1080, looks[0].paper)
	benchmarkDraw(b, &s)
}

func BenchmarkDrawRects(b *testing.B) {
	for _, row := range []struct {
		name string
		x, r float32
		c    scene.Color
	}{
		{"opaque", 0, 0, looks[0].accent},
		{"fractional", 0.3, 0, looks[0].accent},
		{"translucent", 0, 0, looks[0].accent.Alpha(90)},
		{"rounded", 0.3, 3, looks[0].accent},
	} {
		b.Run(row.name, func(b *testing.B) {
			var s scene.Scene
			s.Reset(1920, 1080, looks[0].paper)
			for i := range 1000 {
				s.RoundRect(float32(i%20)*90+row.x, float32(i/20)*21, 80, 14, row.r, row.c)
			}
			benchmarkDraw(b, &s)
		})
	}
}

func BenchmarkDrawText(b *testing.B) {
	var s scene.Scene
	s.Reset(1920, 1080, looks[0].paper)
	for i := range 200 {
		s.Text(float32(i%4)*450, float32(i/4)*21+15.3, scene.Font{Px: 13}, looks[0].text, "POST /api/v1/orders/{id} расчёт 1,84 мс")
	}
	benchmarkDraw(b, &s)
}

func BenchmarkDrawShapedText(b *testing.B) {
	var s scene.Scene
	s.Reset(1920, 1080, looks[0].paper)
	for i := range 200 {
		s.Text(float32(i%4)*450, float32(i/4)*21+15.3, scene.Font{Px: 13}, looks[0].text, fmt.Sprintf("注文 %d مرحبا e\u0301", i))
	}
	benchmarkDraw(b, &s)
}

func BenchmarkDrawWaterfall(b *testing.B) {
	benchmarkDraw(b, waterfallScene(looks[0], 0))
}

func BenchmarkWidth(b *testing.B) {
	t := newTestText(b)
	b.ReportAllocs()
	for b.Loop() {
		t.Width(scene.Font{Px: 13}, "POST /api/v1/orders/{id} расчёт 1,84 мс")
	}
}

func BenchmarkNewText(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newTestText(b)
	}
}

// BenchmarkColdGlyphs draws with an empty glyph cache.
func BenchmarkColdGlyphs(b *testing.B) {
	t := newTestText(b)
	s := textScene(looks[0], 1)
	dst := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	b.ReportAllocs()
	for b.Loop() {
		New(t).Draw(dst, s)
	}
}

func TestDrawDoesNotAllocate(t *testing.T) {
	s := waterfallScene(looks[0], 0)
	s.Text(100, 1070, scene.Font{Px: 13}, looks[0].text, "注文 مرحبا")
	r := New(newTestText(t))
	dst := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	r.Draw(dst, s)
	if got := testing.AllocsPerRun(10, func() { r.Draw(dst, s) }); got != 0 {
		t.Errorf("a frame allocates %v times, want 0", got)
	}
}

func TestWidthDoesNotAllocate(t *testing.T) {
	text := newTestText(t)
	for _, s := range []string{"GET /заказ 12", "注文 مرحبا"} {
		text.Width(scene.Font{Px: 13}, s)
		if got := testing.AllocsPerRun(10, func() { text.Width(scene.Font{Px: 13}, s) }); got != 0 {
			t.Errorf("measuring %q allocates %v times, want 0", s, got)
		}
	}
}
