// Package compare shows what is different between two traces, or between a trace
// and what is usual: both at the top, what differs in sentences, and all steps
// aligned by their path, as a table and as a flame.
package compare

import (
	"cmp"
	"slices"
	"strings"

	"traceview/internal/analysis/comparison"
)

// A Side is one of the two that are compared, as the page tells of it.
type Side struct {
	Name, Service string // of the first span
	Start         int64  // Unix ns
	Duration      int64  // ns, of a typical trace where there are several
	Spans         int
	Traces        int // 0 where nothing is chosen, above 1 for what is usual in them
	Source        string
	Trouble       [2]string // why it is not here, and what next
	Failed        bool      // that is a failure
	Busy          string    // how far reading has come
}

// A Finding is one thing that is different, in words.
type Finding struct {
	comparison.Difference
	Title, Detail string
}

// A Column is one by which steps are sorted.
type Column uint8

// The columns.
const (
	ColStep Column = iota // by path: the tree
	ColService
	ColCalls
	ColA
	ColB
	ColDelta
	ColOwn
	ColErrors
)

// A Model is what the parts of the page share. It is used by one goroutine.
type Model struct {
	Sides    [2]Side
	C        *comparison.Comparison // nil until there is one
	Findings []Finding
	Busy     bool // it is being compared
	// Notice says in the place of steps why there are none, and what next.
	Notice [2]string
	// Changed draws anew whatever shows the model.
	Changed func()

	named    Named
	words    []called // what rows are called, as far as asked
	selected int32    // row, -1 for none
	version  int      // of what is listed
	rows     []int32
	folded   map[int32]bool
	text     string // looked for, in lower case
	differ   bool   // only steps that differ, and what leads to them
	sort     Column
	falling  bool
	hits     int // rows that match what is looked for
}

// NewModel returns a Model of nothing yet.
func NewModel() *Model { return &Model{selected: -1, folded: map[int32]bool{}, Changed: func() {}} }

// Set shows a comparison, nil for none, by the own names of what it compares.
func (m *Model) Set(c *comparison.Comparison, findings []Finding) { m.SetNamed(c, findings, nil) }

// SetNamed is Set with what rows are called.
func (m *Model) SetNamed(c *comparison.Comparison, findings []Finding, named Named) {
	m.C, m.Findings, m.named, m.words = c, findings, named, nil
	if c != nil && c.Shared == 0 {
		m.Findings = nil // that is all there is to say
	}
	m.selected, m.folded = -1, map[int32]bool{}
	if c != nil && len(c.Rows) > 0 {
		m.selected = 0
		if len(m.Findings) > 0 {
			m.selected = m.Findings[0].Row
		}
	}
	m.list()
}

// Named tells what the operation and the service of a row are called; nil stands for
// their own names.
type Named func(row int32) (name, system string)

// called is what a row is called.
type called struct {
	name, system string
	known        bool
}

// Rename has rows called by named, which is asked once for each, nil for their own
// names.
func (m *Model) Rename(named Named) {
	m.named, m.words = named, nil
	m.list()
}

// Called returns what the operation and the service of a row are called.
func (m *Model) Called(row int32) (name, system string) {
	if m.named == nil {
		return m.C.Rows[row].Name, m.C.Rows[row].Service
	}
	if len(m.words) != len(m.C.Rows) {
		m.words = make([]called, len(m.C.Rows))
	}
	w := &m.words[row]
	if !w.known {
		w.name, w.system = m.named(row)
		w.known = true
	}
	return w.name, w.system
}

// Selected returns the row chosen, -1 for none.
func (m *Model) Selected() int32 { return m.selected }

// Select chooses a row and says whether it was another one. What hides it is
// unfolded, and a filter that leaves it out is given up.
func (m *Model) Select(row int32) bool {
	if m.C == nil || int(row) >= len(m.C.Rows) {
		return false
	}
	was := m.selected
	m.selected = row
	if row >= 0 && m.Place(row) < 0 {
		for k := m.C.Rows[row].Parent; k >= 0; k = m.C.Rows[k].Parent {
			delete(m.folded, k)
		}
		if !m.matches(row) {
			m.text, m.differ = "", false
		}
		m.list()
	}
	if was != row {
		m.Changed()
	}
	return was != row
}

// Rows returns the rows listed, in their order. The caller must not change it.
func (m *Model) Rows() []int32 { return m.rows }

// Place returns where a row is in the list, -1 if it is not listed.
func (m *Model) Place(row int32) int { return slices.Index(m.rows, row) }

// Tree says whether rows are listed as a tree.
func (m *Model) Tree() bool { return m.sort == ColStep }

// Sorted returns by which column rows are sorted, and whether falling.
func (m *Model) Sorted() (Column, bool) { return m.sort, m.falling }

// Sort sorts by a column: figures from the largest at first, and the other way
// round where they are sorted by it already. By ColStep they are a tree again.
func (m *Model) Sort(by Column) bool {
	switch {
	case by == ColStep:
		m.sort, m.falling = ColStep, false
	case by != m.sort:
		m.sort, m.falling = by, by != ColService
	default:
		m.falling = !m.falling
	}
	m.list()
	m.Changed()
	return true
}

// Find lists the rows with a text in their name or service, their own or what they are
// called, all for "".
func (m *Model) Find(text string) {
	if text = strings.ToLower(strings.TrimSpace(text)); text != m.text {
		m.text = text
		m.list()
		m.Changed()
	}
}

// Finding says whether a text is looked for.
func (m *Model) Finding() bool { return m.text != "" }

// OnlyDifferent says whether only what differs is listed.
func (m *Model) OnlyDifferent() bool { return m.differ }

// SetOnlyDifferent lists only the steps that differ, with what leads to them.
func (m *Model) SetOnlyDifferent(on bool) bool {
	if on == m.differ {
		return false
	}
	m.differ = on
	m.list()
	m.Changed()
	return true
}

// Folded says whether the rows below a row are hidden.
func (m *Model) Folded(row int32) bool { return m.folded[row] }

// Fold hides the rows below a row, or shows them, and says whether that changed
// anything.
func (m *Model) Fold(row int32, on bool) bool {
	if m.C == nil || row < 0 || m.C.Rows[row].End == row+1 || m.folded[row] == on || !m.Tree() {
		return false
	}
	if on {
		m.folded[row] = true
	} else {
		delete(m.folded, row)
	}
	m.list()
	m.Changed()
	return true
}

// matches says whether a row is what is looked for.
func (m *Model) matches(i int32) bool {
	r := &m.C.Rows[i]
	if m.differ && !m.different(i) {
		return false
	}
	if m.text == "" {
		return true
	}
	name, system := m.Called(i)
	return slices.ContainsFunc([]string{r.Name, r.Service, name, system}, func(s string) bool { return strings.Contains(strings.ToLower(s), m.text) })
}

// different says whether the sides differ in a row, be it in errors only.
func (m *Model) different(i int32) bool {
	r := &m.C.Rows[i]
	a, b := &r.Sides[comparison.A], &r.Sides[comparison.B]
	return r.Status != comparison.Same || (a.Errors > 0) != (b.Errors > 0) || m.C.Lean(i) != 0
}

// list finds the rows to list.
func (m *Model) list() {
	m.version++
	m.rows, m.hits = m.rows[:0], 0
	if m.C == nil {
		return
	}
	rows := m.C.Rows
	all := m.text == "" && !m.differ
	keep := make([]bool, len(rows))
	for i := len(rows) - 1; i >= 0; i-- {
		if all || m.matches(int32(i)) {
			keep[i] = true
			m.hits++
		}
	}
	if m.Tree() {
		for i := len(rows) - 1; i >= 0; i-- {
			if keep[i] && rows[i].Parent >= 0 {
				keep[rows[i].Parent] = true
			}
		}
	}
	for i := int32(0); int(i) < len(rows); i++ {
		if keep[i] {
			m.rows = append(m.rows, i)
		}
		if m.Tree() && m.folded[i] {
			i = rows[i].End - 1
		}
	}
	if !m.Tree() {
		m.order()
	}
}

// order sorts the rows listed.
func (m *Model) order() {
	value := func(i int32) int64 {
		r := &m.C.Rows[i]
		a, b := m.C.Spreads(comparison.A, i), m.C.Spreads(comparison.B, i)
		switch m.sort {
		case ColA:
			return a.Total.P50
		case ColB:
			return b.Total.P50
		case ColDelta:
			return abs(b.Total.P50 - a.Total.P50)
		case ColOwn:
			return abs(b.Own.P50 - a.Own.P50)
		case ColCalls:
			return abs(b.Spans.P50 - a.Spans.P50)
		}
		return int64(r.Sides[comparison.B].Errors-r.Sides[comparison.A].Errors)<<16 + int64(r.Sides[comparison.A].Errors)
	}
	slices.SortStableFunc(m.rows, func(x, y int32) int {
		c := 0
		if m.sort == ColService {
			c = cmp.Compare(m.C.Rows[x].Service, m.C.Rows[y].Service)
		} else {
			c = cmp.Compare(value(x), value(y))
		}
		if m.falling {
			return -c
		}
		return c
	})
}

func abs(v int64) int64 { return max(v, -v) }

// Prefer returns the side on which the chosen row is opened: b, or a where b lacks it.
func (m *Model) Prefer() comparison.Side {
	if m.C != nil && m.selected >= 0 && m.C.Rows[m.selected].Sides[comparison.B].Spans == 0 {
		return comparison.A
	}
	return comparison.B
}

// step returns the step of the diverging scale of a row.
func (m *Model) step(i int32) int {
	lean := m.C.Lean(i)
	for k, most := range []float64{0, 0.25, 0.5, 0.75, 2} {
		switch {
		case lean >= 0 && lean <= most:
			return k
		case lean < 0 && -lean <= most:
			return -k
		}
	}
	return 0
}
