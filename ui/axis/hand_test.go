package axis

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// TestWheelKeepsWhatIsLessThanAPixel turns the wheel by fractions: what comes
// out in whole pixels is what went in, but for less than one.
func TestWheelKeepsWhatIsLessThanAPixel(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	var h Hand
	var inX, inY float64
	outX, outY := 0, 0
	for range 5000 {
		dx, dy := float32(r.NormFloat64()), float32(r.NormFloat64()*9)
		x, y := h.Wheel(dx, dy, false)
		inX, inY, outX, outY = inX-float64(dx), inY-float64(dy), outX+x, outY+y
		if math.Abs(inX-float64(outX)) > 1 || math.Abs(inY-float64(outY)) > 1 {
			t.Fatalf("turned by %v, %v and moved by %d, %d", inX, inY, outX, outY)
		}
	}
	h = Hand{}
	if x, y := h.Wheel(0, -30, true); x != 30 || y != 0 {
		t.Errorf("with Shift it moves by %d, %d, want 30, 0", x, y)
	}
	if x, y := h.Wheel(-5, -30, true); x != 5 || y != 30 {
		t.Errorf("a touchpad with Shift moves by %d, %d, want both ways", x, y)
	}
}

func TestZoomFactor(t *testing.T) {
	for _, dy := range []float32{1, 36, 500} {
		if got := ZoomFactor(dy, 2) * ZoomFactor(-dy, 2); math.Abs(got-1) > 1e-9 {
			t.Errorf("there and back zooms by %v", got)
		}
	}
	if ZoomFactor(36, 1) <= 1 || math.Abs(ZoomFactor(72, 2)-ZoomFactor(36, 1)) > 1e-9 {
		t.Error("the factor depends on the display, or goes the wrong way")
	}
}

func TestHand(t *testing.T) {
	var h Hand
	if !h.MoveTo(image.Pt(3, 4)) || h.MoveTo(image.Pt(3, 4)) || !h.Points() {
		t.Error("moving is not told from resting")
	}
	if h.Quiet = true; h.Points() || h.MoveTo(image.Pt(3, 4)) || h.Points() {
		t.Error("what came under a resting pointer is told of")
	}
	if h.MoveTo(image.Pt(3, 5)); !h.Points() {
		t.Error("nothing is told once the pointer moves")
	}
	if jump := h.Grab(10, 20, 15); jump || h.Hold != 5 || h.Drag != DragThumb || h.Points() {
		t.Errorf("on the thumb: jump %v, %+v", jump, h)
	}
	if jump := h.Grab(10, 20, 90); !jump || h.Hold != 10 {
		t.Errorf("beside the thumb: jump %v, %+v", jump, h)
	}
	if !h.Leave() || h.Leave() || h.Inside {
		t.Error("leaving is not told once")
	}
}
