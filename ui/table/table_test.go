package table

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
)

// lines is a Source of numbered rows that notes what it is told.
type lines struct {
	Table
	n     int
	scene scene.Scene
	told  []string
}

const (
	colName = iota
	colMany
	colFew
	colCount
)

func (l *lines) note(format string, args ...any) bool {
	l.told = append(l.told, fmt.Sprintf(format, args...))
	return true
}

func (l *lines) Len() int              { return l.n }
func (l *lines) Choose(row int) bool   { return l.note("choose %d", row) }
func (l *lines) Activate(row int) bool { return l.note("open %d", row) }
func (l *lines) Sort(column int) bool  { return l.note("sort %d", column) }
func (l *lines) Act(action int) bool   { return l.note("act %d", action) }
func (l *lines) Tip(action int) string { return fmt.Sprintf("tip %d", action) }
func (l *lines) RowTip(row int) string { return fmt.Sprintf("row %d", row) }

func (l *lines) Cell(s *scene.Scene, row int, c Cell) {
	switch c.Column {
	case colName:
		l.Text(s, c, row%9, names[row%9], l.Style.Palette.Text)
	case colMany:
		l.Number(s, c, l.Figures.Number(row), l.Style.Palette.Text)
	case colFew:
		l.Number(s, c, l.Figures.Duration(int64(row)*997), l.Style.Palette.Text)
	case colCount:
		l.Number(s, c, l.Figures.Share(int64(row), int64(l.n)), l.Style.Palette.Text)
	}
}

var names = []string{"a", "GET /api/v1/orders/{orderId}/price/of/everything/that/was/ordered", "b", "c", "d", "e", "f", "g", "h"}

func newLines(tb testing.TB, n int) *lines {
	tb.Helper()
	k := uitest.Kit(tb, "en", false)
	l := &lines{n: n}
	l.Init(l, &document.Table{}, Style{Palette: k.Look, Printer: k.Words, Metrics: k.Metrics, Drawer: k.Drawer, Scale: 1})
	l.SetColumns([]Column{
		{ID: colName, Title: "Name", Dp: 120, Grow: 1, Lead: true, Sorts: true, Keep: 9},
		{ID: colMany, Title: "Number", Sample: "9,999,999", Right: true, Sorts: true, Keep: 5, Tip: "its number"},
		{ID: colFew, Title: "Duration", Sample: "999 µs", Right: true, Sorts: true, Keep: 3},
		{ID: colCount, Title: "Share", Sample: "99.9%", Right: true, Keep: 4},
	})
	l.paint(600, 400)
	return l
}

func (l *lines) paint(w, h int) *scene.Scene {
	l.Begin(&l.scene, w, h)
	l.Line(&l.scene, l.Px(20), 300, true, "a list of rows")
	l.Button(&l.scene, float32(w)-20, "Do it", 7)
	l.Body(&l.scene)
	return &l.scene
}

// TestColumnsFit narrows a table: columns go by what they are worth, none is cut
// or overlaps, and the sorted one stays.
func TestColumnsFit(t *testing.T) {
	for _, tt := range []struct {
		width, sorted int
		want          []int
	}{
		{600, -1, []int{colName, colMany, colFew, colCount}},
		{340, -1, []int{colName, colMany, colCount}},
		{340, colFew, []int{colName, colMany, colFew}},
		{270, -1, []int{colName, colMany}},
		{200, -1, []int{colName}},
		{200, colFew, []int{colFew}},
		{10, -1, []int{colName}},
	} {
		l := newLines(t, 5)
		l.Sorted = tt.sorted
		l.paint(tt.width, 400)
		var got []int
		right := float32(0)
		for _, p := range l.placed {
			got = append(got, p.ID)
			if p.x < right || p.w < l.least(p.Column) {
				t.Errorf("width %d: column %d at %v, %v wide", tt.width, p.ID, p.x, p.w)
			}
			right = p.x + p.w
		}
		if !slices.Equal(got, tt.want) || len(got)+len(l.Hidden()) != 4 || right > float32(max(tt.width, 160)) {
			t.Errorf("width %d sorted by %d: columns %v up to %v, hidden %v; want %v", tt.width, tt.sorted, got, right, l.Hidden(), tt.want)
		}
	}
}

func TestKeysMoveTheChoice(t *testing.T) {
	l := newLines(t, 1000)
	page := l.list.Page() - 1
	for _, tt := range []struct {
		key  string
		want int
	}{
		{"Down", 1}, {"Down", 2}, {"Up", 1}, {"PageDown", 1 + page}, {"PageUp", 1}, {"End", 999}, {"Down", 999}, {"Home", 0}, {"Up", 0},
	} {
		if !l.Key(tt.key, 0) || l.State.Row != tt.want || l.told[len(l.told)-1] != fmt.Sprintf("choose %d", tt.want) {
			t.Errorf("%s: row %d, want %d; told %q", tt.key, l.State.Row, tt.want, l.told[len(l.told)-1])
		}
		if y := l.list.Y(l.State.Scroll, tt.want); y < 0 || y+l.list.RowPx > l.list.ViewPx {
			t.Errorf("%s: row %d is out of sight at %d", tt.key, tt.want, y)
		}
	}
	if !l.Key("Enter", 0) || l.told[len(l.told)-1] != "open 0" {
		t.Errorf("Enter: %q", l.told[len(l.told)-1])
	}
	for _, key := range []string{"x", "Left", "Escape"} {
		if l.Key(key, 0) {
			t.Errorf("%s is taken", key)
		}
	}
	if l.Key("Down", canvasview.Shift) || newLines(t, 0).Key("Down", 0) || newLines(t, 0).Key("Enter", 0) {
		t.Error("a key without meaning is taken")
	}
	if l = newLines(t, 3); l.State.Row != 0 {
		t.Errorf("row %d is chosen first", l.State.Row)
	}
}

func TestPointer(t *testing.T) {
	l := newLines(t, 1000)
	m := l.Style.Metrics
	press := func(x, y float32) string {
		l.told = nil
		l.Press(x, y, canvasview.Primary, 0)
		l.Release(x, y)
		if len(l.told) == 0 {
			return ""
		}
		return l.told[0]
	}
	x, y := uitest.Find(t, m, &l.scene, "Number")
	if got := press(x, y); got != "sort 1" {
		t.Errorf("the heading: %q", got)
	}
	l.Hover(x, y)
	if got := l.Hint(); got != "its number" || !l.Hand() {
		t.Errorf("the heading hints %q", got)
	}
	x, y = uitest.Find(t, m, &l.scene, "Share")
	if got := press(x, y); got != "" {
		t.Errorf("a heading that does not sort: %q", got)
	}
	x, y = uitest.Find(t, m, &l.scene, "Do it")
	if got := press(x, y); got != "act 7" || l.Hint() != "tip 7" {
		t.Errorf("the button: %q, %q", got, l.Hint())
	}
	for row := range 10 { // the row that is drawn is the row that is hit
		at := float32(l.top()+l.list.Y(l.State.Scroll, row)) + 11
		if got := press(100, at); got != fmt.Sprintf("choose %d", row) || l.Hint() != fmt.Sprintf("row %d", row) {
			t.Errorf("row %d: %q, %q", row, got, l.Hint())
		}
	}
	if l.Press(100, 200, canvasview.Secondary, 0) || !l.Leave() || l.Hint() != "" || l.Hand() {
		t.Error("after the pointer left something is under it")
	}
}

func TestScrolling(t *testing.T) {
	l := newLines(t, 1_000_000)
	l.Scroll(0, -66, 0)
	l.Scroll(0, -0.5, 0)
	l.Scroll(0, -0.5, 0)
	if px := l.list.Px(l.State.Scroll); px != 67 {
		t.Errorf("scrolled to %d, want 67", px)
	}
	bar := l.scrollBar()
	l.Press(float32(bar.Min.X)+4, float32(bar.Max.Y)-2, canvasview.Primary, 0) // below the thumb: it jumps there
	l.Drag(float32(bar.Min.X)+4, float32(bar.Max.Y)+500)
	if l.State.Scroll.Row < 999_000 {
		t.Errorf("dragged to the end: row %d", l.State.Scroll.Row)
	}
	l.Release(0, 0)
	l.Drag(float32(bar.Min.X)+4, float32(bar.Min.Y))
	if l.State.Scroll.Row < 999_000 {
		t.Error("a thumb that was let go moves")
	}
	at := l.list.Px(l.State.Scroll)
	l.Press(100, 300, canvasview.Middle, 0)
	l.Drag(100, 340)
	l.Release(100, 340)
	if got := l.list.Px(l.State.Scroll); got != at-40 {
		t.Errorf("panned by %d, want -40", got-at)
	}
	l.Press(100, 300, canvasview.Primary, canvasview.Space)
	l.Drag(100, 320)
	l.Release(100, 320)
	if got := l.list.Px(l.State.Scroll); got != at-60 || l.State.Row != 0 {
		t.Errorf("panned by %d with the space bar, want -60; row %d", got-at, l.State.Row)
	}
	l.n = 2 // fewer rows than are scrolled by
	l.paint(600, 400)
	if l.State.Scroll.Row != 0 {
		t.Errorf("two rows are scrolled to %+v", l.State.Scroll)
	}
}

// TestFigures holds that what is kept reads as what is written.
func TestFigures(t *testing.T) {
	l := newLines(t, 1)
	f, u := &l.Figures, l.Style.Printer.Units()
	for range 2 {
		for _, ns := range []int64{0, 1, 999, 1000, 41_000_000, 41_001_000, 40_999_900, 59_999_999_999, 60e9, 3599e9, 1e15} {
			if got := f.Duration(ns).Text; got != u.Duration(ns) {
				t.Errorf("%d ns: %q, want %q", ns, got, u.Duration(ns))
			}
		}
		for _, p := range [][2]int64{{0, 10}, {1, 3}, {1, 100_000}, {99_999, 100_000}, {10, 10}, {5, 0}, {1, 1000}} {
			if got, want := f.Share(p[0], p[1]).Text, u.Percent(float64(p[0])/float64(p[1])); got != want && p[1] > 0 || p[1] == 0 && got != "–" {
				t.Errorf("%v: %q, want %q", p, got, want)
			}
		}
	}
	for n := range figuresKept + 10 {
		f.Number(n)
	}
	if len(f.known) > figuresKept {
		t.Errorf("%d figures are kept", len(f.known))
	}
}

// TestFrameDoesNotAllocate scrolls there and back.
func TestFrameDoesNotAllocate(t *testing.T) {
	l := newLines(t, 1_000_000)
	dst := image.NewRGBA(image.Rect(0, 0, 900, 700))
	dy := float32(-66)
	frame := func() {
		l.Scroll(0, dy, 0)
		l.Hover(300, 400)
		l.Style.Drawer.Draw(dst, l.paint(900, 700))
	}
	for range 200 {
		frame()
	}
	dy = 66
	if got := testing.AllocsPerRun(199, frame); got != 0 {
		t.Errorf("%v allocations a frame, want 0", got)
	}
	if len(l.scene.Ops) > 1000 {
		t.Errorf("%d operations for what is on screen", len(l.scene.Ops))
	}
}

func BenchmarkFrame(b *testing.B) {
	l := newLines(b, 1_000_000)
	dst := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
	b.ReportAllocs()
	for b.Loop() {
		l.Scroll(0, -53, 0)
		l.Style.Drawer.Draw(dst, l.paint(1920, 1080))
	}
}
