package search

import (
	"strings"
	"testing"

	"traceview/ui/uitest"
)

var lines = []Line{
	{Text: "Trace as a waterfall", Runes: []int{11, 12, 13, 14, 15}, Kind: "Command", Key: "Ctrl+1"},
	{Text: "PUT 3d-files/{order}/{file}", Note: "files-storage · 3 spans", Kind: "Operation", Failed: true},
	{Text: "PUT 3d-files/{order}/{file}", Note: "+92 ms · 310 ms", Kind: "Step", Below: true},
	{Text: strings.Repeat("a long name ", 20), Runes: []int{0, 5, 30, 200}, Kind: "Step", Key: "E"},
	{Text: "", Note: "nothing but a note"},
}

func TestGoldenMenu(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		dark       bool
		lines      []Line
	}{
		{"menu", "en", false, lines}, {"menu_dark", "en", true, lines}, {"menu_empty", "en", false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := NewMenu(uitest.Kit(t, tt.lang, tt.dark), nil)
			m.Empty = "Nothing is called that"
			m.Set(tt.lines, 1)
			uitest.Golden(t, tt.name, uitest.Paint(m, 520, int(m.HeightDp(8)), 1))
		})
	}
}

func TestMenuMoves(t *testing.T) {
	for _, tt := range []struct {
		name  string
		n     int
		from  int
		none  bool
		steps []int
		want  []int
	}{
		{"round with none", 2, -1, true, []int{1, 1, 1, 1, -1, -1}, []int{0, 1, -1, 0, -1, 1}},
		{"round without", 2, 0, false, []int{1, 1, -1, -1}, []int{1, 0, 1, 0}},
		{"nothing to choose", 0, -1, false, []int{1, -1}, []int{-1, -1}},
		{"nothing but none", 0, -1, true, []int{1, -1}, []int{-1, -1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := NewMenu(uitest.Kit(t, "en", false), nil)
			m.Set(lines[:tt.n], tt.from)
			for k, step := range tt.steps {
				if m.Move(step, tt.none); m.ChosenLine() != tt.want[k] {
					t.Errorf("step %d leads to %d, want %d", k, m.ChosenLine(), tt.want[k])
				}
			}
		})
	}
}

func TestMenuByMouse(t *testing.T) {
	picked := -1
	m := NewMenu(uitest.Kit(t, "en", false), func(i int) { picked = i })
	m.Set(lines, 0)
	x, y := uitest.Find(t, m.Kit.Metrics, m.Build(520, 200, 1), "+92 ms")
	uitest.Press(m, x, y)
	if picked != 2 || m.Line(2).Kind != "Step" || m.Len() != len(lines) {
		t.Errorf("a press picks line %d, want 2", picked)
	}
}

// TestMatchedTextStaysInItsRoom draws names letter by letter into any width.
func TestMatchedTextStaysInItsRoom(t *testing.T) {
	m := NewMenu(uitest.Kit(t, "en", false), nil)
	for w := 60; w < 700; w += 37 {
		m.Set(lines, 0)
		s := m.Build(w, 200, 1)
		for _, op := range s.Ops {
			if op.Font.Px > 0 && op.X+m.Kit.Metrics.Width(op.Font, s.Strings[op.From]) > float32(w)+1 {
				t.Errorf("%q ends beyond %d", s.Strings[op.From], w)
			}
		}
	}
}
