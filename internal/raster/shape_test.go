package raster

import (
	"image"
	"math"
	"testing"

	"traceview/internal/scene"
)

var black = scene.RGB(0)

// inkOf returns the sum of covered pixels.
func inkOf(img *image.RGBA) float64 {
	sum := 0.0
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			sum += covered(img, x, y)
		}
	}
	return sum
}

// shifted reports whether b shows a moved by dx, dy, where both have pixels.
func shifted(a, b *image.RGBA, dx, dy int) bool {
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			if p := image.Pt(x+dx, y+dy); p.In(b.Rect) && a.RGBAAt(x, y) != b.RGBAAt(p.X, p.Y) {
				return false
			}
		}
	}
	return true
}

func TestAreas(t *testing.T) {
	p := func(x, y float32) scene.Point { return scene.Point{X: x, Y: y} }
	for _, row := range []struct {
		name string
		draw func(s *scene.Scene)
		want float64
	}{
		{"frame", func(s *scene.Scene) { s.Frame(10, 10, 40, 30, 0, 2, black) }, 40*30 - 36*26},
		{"frame at fractions", func(s *scene.Scene) { s.Frame(10.3, 10.7, 40, 30, 0, 1.5, black) }, 40*30 - 37*27},
		{"frame that meets in the middle", func(s *scene.Scene) { s.Frame(10, 10, 40, 30, 0, 15, black) }, 1200},
		{"rounded frame", func(s *scene.Scene) { s.Frame(10, 10, 40, 30, 8, 2, black) }, (40*30 - (4-math.Pi)*64) - (36*26 - (4-math.Pi)*36)},
		{"frame thicker than its radius", func(s *scene.Scene) { s.Frame(10, 10, 40, 30, 3, 6, black) }, (40*30 - (4-math.Pi)*9) - 28*18},
		{"disc", func(s *scene.Scene) { s.RoundRect(10, 10, 40, 40, 99, black) }, math.Pi * 400},
		{"pill of one pixel", func(s *scene.Scene) { s.RoundRect(10, 10, 40, 1, 9, black) }, 40},
		{"negative radius", func(s *scene.Scene) { s.RoundRect(10, 10, 40, 10, -4, black) }, 400},
		{"level line", func(s *scene.Scene) { s.Line(10, 20.5, 50, 20.5, 1, black) }, 40},
		{"upright line, upwards", func(s *scene.Scene) { s.Line(20.25, 60, 20.25, 10, 1.5, black) }, 75},
		{"slanted line", func(s *scene.Scene) { s.Line(10, 10, 40, 50, 2, black) }, 100},
		{"hairline", func(s *scene.Scene) { s.Line(10, 10, 40, 50, 0.25, black) }, 12.5},
		{"line without length", func(s *scene.Scene) { s.Line(10, 10, 10, 10, 5, black) }, 0},
		{"line without width", func(s *scene.Scene) { s.Line(10, 10, 40, 50, 0, black) }, 0},
		{"line through the whole picture", func(s *scene.Scene) { s.Line(-1e12, -1e12, 1e12, 1e12, 1e9, black) }, 6400},
		{"triangle", func(s *scene.Scene) { s.Poly(black, p(10, 10), p(50, 20), p(20, 60)) }, 950},
		{"triangle the other way", func(s *scene.Scene) { s.Poly(black, p(20, 60), p(50, 20), p(10, 10)) }, 950},
		{"cut off at the left", func(s *scene.Scene) { s.Poly(black, p(-40, 0), p(40, 0), p(40, 80), p(-40, 80)) }, 3200},
		{"cut off at the right", func(s *scene.Scene) { s.Poly(black, p(40, 0), p(120, 0), p(120, 80), p(40, 80)) }, 3200},
		{"cut off all round", func(s *scene.Scene) { s.Poly(black, p(-9e9, -9e9), p(9e9, -9e9), p(9e9, 9e9), p(-9e9, 9e9)) }, 6400},
		{"two corners are no polygon", func(s *scene.Scene) { s.Poly(black, p(0, 0), p(50, 50)) }, 0},
		{"infinite rectangle", func(s *scene.Scene) { s.Rect(0, 0, float32(math.Inf(1)), 40, black) }, 3200},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := blank(80, 80)
			row.draw(s)
			if got := inkOf(drawn(t, s)); math.Abs(got-row.want) > 0.01*row.want+0.4 {
				t.Errorf("covers %.2f pixels, want %.2f", got, row.want)
			}
		})
	}
}

func TestOpsWithNothingToDraw(t *testing.T) {
	nan := float32(math.NaN())
	for _, row := range []struct {
		name string
		op   scene.Op
	}{
		{"transparent", scene.Op{Kind: scene.OpRect, W: 9, H: 9, Color: scene.Color{R: 1}}},
		{"negative size", scene.Op{Kind: scene.OpRect, X: 5, Y: 5, W: -3, H: 9}},
		{"not a number", scene.Op{Kind: scene.OpRect, X: nan, W: 9, H: 9}},
		{"points before the first", scene.Op{Kind: scene.OpPoly, From: -1, N: 3}},
		{"points past the last", scene.Op{Kind: scene.OpPoly, From: 2, N: 3}},
		{"points that overflow", scene.Op{Kind: scene.OpPoly, From: math.MaxInt32, N: math.MaxInt32}},
		{"a point that is no number", scene.Op{Kind: scene.OpPoly, From: 0, N: 4}},
		{"text past the last", scene.Op{Kind: scene.OpText, Y: 9, From: 1, Font: scene.Font{Px: 12}}},
		{"text before the first", scene.Op{Kind: scene.OpText, Y: 9, From: -1, Font: scene.Font{Px: 12}}},
		{"text of no size", scene.Op{Kind: scene.OpText, Y: 9}},
		{"an unknown kind", scene.Op{Kind: 200, W: 9, H: 9}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := blank(20, 20)
			s.Points = []scene.Point{{}, {X: 9}, {X: 9, Y: 9}, {X: nan}}
			s.Strings = []string{"x"}
			if row.op.Color == (scene.Color{}) {
				row.op.Color = black
			}
			s.Ops = append(s.Ops, row.op)
			if got := inkOf(drawn(t, s)); got != 0 {
				t.Errorf("covers %.2f pixels, want none", got)
			}
		})
	}
}

// TestDrawingMovesWithItsCoordinates: a view that scrolls by whole pixels
// shows the same pixels elsewhere.
func TestDrawingMovesWithItsCoordinates(t *testing.T) {
	for _, row := range []struct {
		name string
		draw func(s *scene.Scene, dx, dy float32)
	}{
		{"hatch", func(s *scene.Scene, dx, dy float32) { s.Hatch(20+dx, 20+dy, 40, 30, 7, 1.5, black) }},
		{"rounded", func(s *scene.Scene, dx, dy float32) { s.RoundRect(20.25+dx, 20.5+dy, 40, 30, 6, red) }},
		{"line", func(s *scene.Scene, dx, dy float32) { s.Line(20.5+dx, 20+dy, 60+dx, 45.25+dy, 1.5, red) }},
		{"text", func(s *scene.Scene, dx, dy float32) {
			s.Text(20.25+dx, 40+dy, scene.Font{Px: 13}, black, "Заказ 7")
		}},
		{"shaped text", func(s *scene.Scene, dx, dy float32) {
			s.Text(20.25+dx, 40+dy, scene.Font{Px: 13}, black, "e\u0301漢 7")
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			at := func(dx, dy float32) *image.RGBA {
				s := blank(90, 70)
				row.draw(s, dx, dy)
				return drawn(t, s)
			}
			base := at(0, 0)
			if inkOf(base) == 0 {
				t.Fatal("nothing drawn")
			}
			for _, d := range [][2]int{{5, 0}, {0, 3}, {-17, -11}, {-40, 2}} {
				if !shifted(base, at(float32(d[0]), float32(d[1])), d[0], d[1]) {
					t.Errorf("moved by %v it looks different", d)
				}
			}
		})
	}
}

func TestTextIsPlacedToAQuarterPixel(t *testing.T) {
	at := func(x, y float32) *image.RGBA {
		s := blank(40, 24)
		s.Text(x, y, scene.Font{Px: 13}, black, "l")
		return drawn(t, s)
	}
	for _, row := range []struct {
		name         string
		x, y, x2, y2 float32
		same         bool
	}{
		{"a tenth is rounded", 5, 16, 5.1, 16, true},
		{"a quarter shows", 5, 16, 5.25, 16, false},
		{"the baseline is whole", 5, 16, 5, 16.4, true},
		{"and rounds to nearest", 5, 16, 5, 15.5, true},
		{"another row", 5, 16, 5, 15.4, false},
	} {
		if got := shifted(at(row.x, row.y), at(row.x2, row.y2), 0, 0); got != row.same {
			t.Errorf("%s: the same picture is %v, want %v", row.name, got, row.same)
		}
	}
}

func TestTextTakesItsColour(t *testing.T) {
	for _, c := range []scene.Color{red, red.Alpha(128), scene.RGB(0xffffff), scene.RGB(0x808080)} {
		s := &scene.Scene{}
		s.Reset(60, 60, scene.RGB(0x204060))
		s.Text(4, 50, scene.Font{Px: 60, Weight: scene.SemiBold}, c, "█■Н")
		img := drawn(t, s)
		b := newBrush(c)
		bg := scene.RGB(0x204060)
		p := b.over(uint32(bg.R)|uint32(bg.G)<<8|uint32(bg.B)<<16|255<<24, b.alpha)
		found := false
		for i := range 3600 {
			q := img.RGBAAt(i%60, i/60)
			found = found || q.R == uint8(p) && q.G == uint8(p>>8) && q.B == uint8(p>>16) && q.A == 255
		}
		if !found {
			t.Errorf("colour %v: no pixel of large text is fully covered", c)
		}
	}
}
