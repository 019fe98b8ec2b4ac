package axis

import (
	"testing"

	"traceview/internal/scene"
	"traceview/ui/look"
)

// TestOutlineOfTheFirstLane keeps the upper edge of the outline within the area,
// whose clip would take it away.
func TestOutlineOfTheFirstLane(t *testing.T) {
	pal := look.Light()
	for _, tt := range []struct {
		name string
		y    float32
		want float32
	}{
		{"first lane", 100, 100},
		{"second lane", 120, 118},
		{"scrolled half out", 90, 88},
	} {
		l := Lanes{Look: pal, Scale: 1, LanePx: 20, Top: 100}
		s := &scene.Scene{}
		s.Reset(400, 300, pal.Paper)
		l.Outline(s, 10, tt.y, 200)
		op := s.Ops[len(s.Ops)-1]
		if op.Color != pal.Accent || op.Y != tt.want || op.Y+op.H != tt.y+l.Height()+2 {
			t.Errorf("%s: outlined from %v to %v, want %v to %v", tt.name, op.Y, op.Y+op.H, tt.want, tt.y+l.Height()+2)
		}
	}
}
