package xwidget

import (
	"image"
	"math/rand/v2"
	"strings"
	"testing"

	"traceview/internal/scene"
	"traceview/ui/look"
)

// tenths measures every rune as ten pixels.
type tenths struct{}

func (tenths) Width(_ scene.Font, s string) float32 { return 10 * float32(len([]rune(s))) }

func (tenths) Line(scene.Font) (float32, float32) { return 10, 3 }

// TestTipPlace holds that the box beside the pointer is within the bounds and
// not under the pointer, and that it is found wherever there is room.
func TestTipPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	var tip Tip
	tip.Set([]TipLine{{Text: "a"}}, look.Light(), tenths{}, 1, 800)
	for range 20_000 {
		bounds := image.Rect(r.IntN(50), r.IntN(50), 60+r.IntN(900), 60+r.IntN(600))
		at := image.Pt(bounds.Min.X+r.IntN(bounds.Dx()), bounds.Min.Y+r.IntN(bounds.Dy()))
		w, h := 1+r.IntN(500), 1+r.IntN(300)
		from, ok := tip.place(at, bounds, w, h)
		box := image.Rectangle{from, from.Add(image.Pt(w, h))}
		room := at.Y+int(tip.canvas.D(tipBesideY))+h <= bounds.Max.Y && w <= bounds.Dx()
		switch {
		case ok && (!box.In(bounds) || at.In(box)):
			t.Fatalf("pointer at %v in %v: box %v", at, bounds, box)
		case !ok && room:
			t.Fatalf("pointer at %v in %v: no place for %d × %d below it", at, bounds, w, h)
		}
	}
}

func TestTipDraws(t *testing.T) {
	var tip Tip
	var s scene.Scene
	s.Reset(800, 600, scene.RGB(0xFFFFFF))
	bounds := image.Rect(0, 0, 800, 600)
	tip.Draw(&s, image.Pt(10, 10), bounds)
	if len(s.Ops) != 0 || !tip.Empty() {
		t.Error("a tip without lines draws something")
	}
	long := strings.Repeat("word ", 100)
	tip.Set([]TipLine{{Text: "POST /orders", Strong: true}, {Text: "shop-api", Swatch: scene.RGB(0x123456)}, {Text: "403", Error: true}, {Text: long}},
		look.Dark(), tenths{}, 2, 800)
	tip.Draw(&s, image.Pt(10, 10), bounds)
	if len(s.Strings) != 3+tipLines || s.Strings[0] != "POST /orders" || !strings.HasSuffix(s.Strings[len(s.Strings)-1], "…") {
		t.Errorf("draws %q", s.Strings)
	}
	if n := testing.AllocsPerRun(20, func() { s.Reset(800, 600, scene.RGB(0)); tip.Draw(&s, image.Pt(300, 300), bounds) }); n != 0 {
		t.Errorf("%v allocations to draw it again, want 0", n)
	}
	s.Reset(100, 20, scene.RGB(0))
	if tip.Draw(&s, image.Pt(10, 10), image.Rect(0, 0, 100, 20)); len(s.Ops) != 0 {
		t.Error("a tip is drawn where it has no room")
	}
}
