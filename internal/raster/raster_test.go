package raster

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"traceview/internal/scene"
)

var (
	white = scene.RGB(0xffffff)
	red   = scene.Color{R: 200, G: 30, B: 10, A: 255}
)

// blank returns a scene of w × h on white.
func blank(w, h int) *scene.Scene {
	s := &scene.Scene{}
	s.Reset(w, h, white)
	return s
}

func TestBlendMatchesExactArithmetic(t *testing.T) {
	exact := func(dst, src, a uint8) float64 {
		return (float64(src)*float64(a) + float64(dst)*float64(255-a)) / 255
	}
	row := make([]uint8, 12)
	for a := range 256 {
		for v := range 256 {
			c := scene.Color{R: uint8(v), G: uint8(255 - v), B: uint8(v * 7), A: uint8(a)}
			d := [4]uint8{uint8(v * 3), uint8(v * 5), uint8(255 - v), 255}
			for i := range row {
				row[i] = d[i%4]
			}
			b := newBrush(c)
			blendRow(row, &b, b.alpha)
			for i, got := range row {
				want := exact(d[i%4], [4]uint8{c.R, c.G, c.B, 255}[i%4], c.A)
				if math.Abs(float64(got)-want) > 0.5 {
					t.Fatalf("channel %d of %v over %v is %d, want %.2f", i%4, c, d, got, want)
				}
			}
		}
	}
}

func TestBlendOntoTransparentIsPremultiplied(t *testing.T) {
	s := &scene.Scene{}
	s.Reset(1, 1, scene.Color{})
	s.Rect(0, 0, 1, 1, red.Alpha(128))
	got := drawn(t, s).RGBAAt(0, 0)
	if want := (color.RGBA{100, 15, 5, 128}); got != want {
		t.Errorf("half red on nothing is %v, want %v", got, want)
	}
}

func TestWholeRectCoversExactlyItsPixels(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	r := New(newTestText(t))
	dst := image.NewRGBA(image.Rect(0, 0, 37, 23))
	for range 300 {
		x, y, w, h := rng.IntN(60)-15, rng.IntN(40)-10, 1+rng.IntN(50), 1+rng.IntN(30)
		s := blank(37, 23)
		s.Rect(float32(x), float32(y), float32(w), float32(h), red)
		r.Draw(dst, s)
		want := image.Rect(x, y, x+w, y+h)
		for py := range 23 {
			for px := range 37 {
				c := color.RGBA{255, 255, 255, 255}
				if image.Pt(px, py).In(want) {
					c = color.RGBA{red.R, red.G, red.B, 255}
				}
				if got := dst.RGBAAt(px, py); got != c {
					t.Fatalf("%v: pixel %d,%d is %v, want %v", want, px, py, got, c)
				}
			}
		}
	}
}

// covered returns how much of a pixel a draw of black on white covers.
func covered(img *image.RGBA, x, y int) float64 {
	return 1 - float64(img.RGBAAt(x, y).R)/255
}

func TestFractionalRectCoversItsArea(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	r := New(newTestText(t))
	dst := image.NewRGBA(image.Rect(0, 0, 20, 20))
	part := func(a, b float64, px int) float64 {
		return max(0, min(b, float64(px+1))-max(a, float64(px)))
	}
	for range 300 {
		x, y := float32(rng.Float64()*16), float32(rng.Float64()*16)
		w, h := float32(rng.Float64()*4), float32(rng.Float64()*4)
		s := blank(20, 20)
		s.Rect(x, y, w, h, scene.RGB(0))
		r.Draw(dst, s)
		for py := range 20 {
			for px := range 20 {
				want := part(float64(x), float64(x)+float64(w), px) * part(float64(y), float64(y)+float64(h), py)
				if got := covered(dst, px, py); math.Abs(got-want) > 0.006 {
					t.Fatalf("rect %v,%v %v×%v: pixel %d,%d covered %.3f, want %.3f", x, y, w, h, px, py, got, want)
				}
			}
		}
	}
}

// TestPolygonMatchesSampling compares areas with 16 × 16 samples a pixel.
func TestPolygonMatchesSampling(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	r := New(newTestText(t))
	dst := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for range 60 {
		var p [3]scene.Point
		for i := range p {
			p[i] = scene.Point{X: float32(rng.Float64()*32 - 8), Y: float32(rng.Float64()*32 - 8)}
		}
		s := blank(16, 16)
		s.Poly(scene.RGB(0), p[:]...)
		r.Draw(dst, s)
		side := func(a, b scene.Point, x, y float64) bool {
			return (float64(b.X)-float64(a.X))*(y-float64(a.Y))-(float64(b.Y)-float64(a.Y))*(x-float64(a.X)) > 0
		}
		for py := range 16 {
			for px := range 16 {
				n := 0
				for i := range 256 {
					x, y := float64(px)+(float64(i%16)+0.5)/16, float64(py)+(float64(i/16)+0.5)/16
					a, b, c := side(p[0], p[1], x, y), side(p[1], p[2], x, y), side(p[2], p[0], x, y)
					if a == b && b == c {
						n++
					}
				}
				if got, want := covered(dst, px, py), float64(n)/256; math.Abs(got-want) > 0.05 {
					t.Fatalf("triangle %v: pixel %d,%d covered %.3f, sampled %.3f", p, px, py, got, want)
				}
			}
		}
	}
}

// TestRoundedCornersMatchSampling compares with 16 × 16 samples a pixel.
func TestRoundedCornersMatchSampling(t *testing.T) {
	r := New(newTestText(t))
	dst := image.NewRGBA(image.Rect(0, 0, 40, 40))
	worst := 0.0
	for _, radius := range []float64{0.5, 1, 1.5, 2, 3, 4, 6, 8, 15} {
		for _, shift := range []float64{0, 0.25, 0.5, 0.8} {
			s := blank(40, 40)
			x0, y0, w, h := 2+shift, 3+shift, 31.0, 30.0
			s.RoundRect(float32(x0), float32(y0), float32(w), float32(h), float32(radius), scene.RGB(0))
			r.Draw(dst, s)
			for i := range 1600 {
				n := 0
				for j := range 256 {
					x, y := float64(i%40)+(float64(j%16)+0.5)/16, float64(i/40)+(float64(j/16)+0.5)/16
					dx := max(x0+radius-x, x-(x0+w-radius), 0)
					dy := max(y0+radius-y, y-(y0+h-radius), 0)
					inside := x >= x0 && x <= x0+w && y >= y0 && y <= y0+h
					if inside && (dx == 0 || dy == 0 || dx*dx+dy*dy <= radius*radius) {
						n++
					}
				}
				worst = max(worst, math.Abs(covered(dst, i%40, i/40)-float64(n)/256))
			}
		}
	}
	t.Logf("worst error %.3f of a pixel", worst)
	if worst > 0.15 {
		t.Errorf("a pixel of a rounded corner is off by %.3f", worst)
	}
}

func TestHatchCoversItsShare(t *testing.T) {
	for _, row := range []struct {
		name         string
		gap, t, want float64
	}{
		{"thin", 8, 1, math.Sqrt2 / 8},
		{"odd gap", 5.3, 1.5, 1.5 * math.Sqrt2 / 5.3},
		{"full", 4, 9, 1},
		{"closer than pixels", 0.001, 0.5, 0.5 * math.Sqrt2 / 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := blank(200, 200)
			s.Hatch(-7, 0, 300, 200, float32(row.gap), float32(row.t), scene.RGB(0))
			img := drawn(t, s)
			sum := 0.0
			for y := range 200 {
				for x := range 200 {
					sum += covered(img, x, y)
				}
			}
			if got := sum / 40000; math.Abs(got-row.want) > 0.01 {
				t.Errorf("covers %.3f of the area, want %.3f", got, row.want)
			}
		})
	}
}

// opsOf returns draws of every kind that meet all sides of a 40 × 30 picture.
func opsOf(s *scene.Scene) []func(c scene.Color) {
	return []func(c scene.Color){
		func(c scene.Color) { s.Rect(-5, -5, 60, 60, c) },
		func(c scene.Color) { s.RoundRect(-5, -5, 60, 60, 20, c) },
		func(c scene.Color) { s.Frame(1, 1, 38, 28, 6, 12, c) },
		func(c scene.Color) { s.Hatch(-3, -3, 60, 60, 4, 2, c) },
		func(c scene.Color) { s.Line(-10, -10, 60, 45, 9, c) },
		func(c scene.Color) { s.Line(-10, 15, 60, 15, 20, c) },
		func(c scene.Color) {
			s.Poly(c, scene.Point{X: -30, Y: -9}, scene.Point{X: 90, Y: 4}, scene.Point{X: 20, Y: 80})
		},
		func(c scene.Color) { s.Text(-6, 26, scene.Font{Px: 40}, c, "Wзg") },
		func(c scene.Color) { s.Text(-6, 26, scene.Font{Px: 40}, c, "漢e\u0301") },
	}
}

func TestClipConfinesEveryOp(t *testing.T) {
	in := image.Rect(9, 7, 31, 22)
	for i := range opsOf(nil) {
		s := blank(40, 30)
		s.Clip(8.6, 6.5, 22.3, 15) // rounds to in
		opsOf(s)[i](red)
		img := drawn(t, s)
		free := blank(40, 30)
		opsOf(free)[i](red)
		whole := drawn(t, free)
		inside := 0
		for y := range 30 {
			for x := range 40 {
				want := color.RGBA{255, 255, 255, 255}
				if image.Pt(x, y).In(in) {
					want = whole.RGBAAt(x, y)
				}
				got := img.RGBAAt(x, y)
				if got != want {
					t.Fatalf("op %d: pixel %d,%d is %v, want %v", i, x, y, got, want)
				}
				if got.G != 255 {
					inside++
				}
			}
		}
		if inside == 0 {
			t.Errorf("op %d drew nothing inside the clip", i)
		}
	}
}

func TestClipStates(t *testing.T) {
	for _, row := range []struct {
		name string
		clip func(s *scene.Scene)
		want int // pixels painted of 100
	}{
		{"none", func(*scene.Scene) {}, 100},
		{"half", func(s *scene.Scene) { s.Clip(0, 0, 5, 10) }, 50},
		{"replaced, not nested", func(s *scene.Scene) { s.Clip(0, 0, 5, 10); s.Clip(3, 0, 4, 10) }, 40},
		{"lifted", func(s *scene.Scene) { s.Clip(0, 0, 5, 10); s.Unclip() }, 100},
		{"empty", func(s *scene.Scene) { s.Clip(2, 2, 0, 5) }, 0},
		{"outside", func(s *scene.Scene) { s.Clip(20, 20, 5, 5) }, 0},
		{"larger than the picture", func(s *scene.Scene) { s.Clip(-1e9, -1e9, 3e9, 3e9) }, 100},
		{"not a number", func(s *scene.Scene) { s.Clip(float32(math.NaN()), 0, 5, 5) }, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := blank(10, 10)
			row.clip(s)
			s.Rect(0, 0, 10, 10, red)
			img, got := drawn(t, s), 0
			for i := range 100 {
				if img.RGBAAt(i%10, i/10).G != 255 {
					got++
				}
			}
			if got != row.want {
				t.Errorf("painted %d pixels, want %d", got, row.want)
			}
		})
	}
}

func TestDrawKeepsToASubImage(t *testing.T) {
	whole := image.NewRGBA(image.Rect(0, 0, 20, 20))
	part := whole.SubImage(image.Rect(5, 5, 15, 12)).(*image.RGBA)
	s := blank(10, 7)
	s.Rect(-9, -9, 99, 99, red)
	New(newTestText(t)).Draw(part, s)
	for y := range 20 {
		for x := range 20 {
			want := color.RGBA{}
			if image.Pt(x, y).In(part.Rect) {
				want = color.RGBA{red.R, red.G, red.B, 255}
			}
			if got := whole.RGBAAt(x, y); got != want {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, got, want)
			}
		}
	}
	New(newTestText(t)).Draw(image.NewRGBA(image.Rectangle{}), s) // must not panic
}

// TestDrawIsRepeatable draws into a used picture with warm caches.
func TestDrawIsRepeatable(t *testing.T) {
	s := waterfallScene(looks[1], 0.4)
	want := drawn(t, s)
	r := New(newTestText(t))
	dst := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	r.Draw(dst, waterfallScene(looks[0], 17.7))
	r.Draw(dst, s)
	if string(dst.Pix) != string(want.Pix) {
		t.Error("the second scene drawn differs from the same scene drawn first")
	}
}

// FuzzDraw makes a scene of raw bytes: any op with any numbers.
func FuzzDraw(f *testing.F) {
	f.Add([]byte("\x05seed"), uint8(30), uint8(20))
	f.Add([]byte{3, 0, 0, 128, 127, 0, 0, 192, 127, 255, 255, 127, 127, 255, 255, 127, 255}, uint8(200), uint8(3))
	text := newTestText(f)
	r := New(text)
	f.Fuzz(func(t *testing.T, data []byte, w, h uint8) {
		s := &scene.Scene{W: int(w), H: int(h), Background: white, Strings: []string{"", "Заказ", "漢字 e\u0301", string(data)}}
		next := func() float32 {
			var v uint32
			for range 4 {
				v = v<<8 | uint32(first(&data))
			}
			if v&3 == 0 { // mostly near the picture
				return float32(int32(v)>>16) / 64
			}
			return math.Float32frombits(v)
		}
		for len(data) > 0 && len(s.Ops) < 64 {
			op := scene.Op{
				Kind: scene.OpKind(first(&data) % 8), Color: scene.Color{R: 9, A: first(&data)},
				X: next(), Y: next(), W: next(), H: next(), R: next(), T: next(),
				From: int32(first(&data)) - 2, N: int32(first(&data)) - 2,
				Font: scene.Font{Px: next(), Weight: scene.Weight(first(&data))},
			}
			s.Ops = append(s.Ops, op)
			s.Points = append(s.Points, scene.Point{X: op.X, Y: op.Y}, scene.Point{X: op.H, Y: op.W})
		}
		r.Draw(image.NewRGBA(image.Rect(0, 0, int(w), int(h))), s)
	})
}

func first(data *[]byte) byte {
	if len(*data) == 0 {
		return 0
	}
	b := (*data)[0]
	*data = (*data)[1:]
	return b
}
