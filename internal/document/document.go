// Package document is what belongs to one open trace: rows, viewport, scroll,
// selection, hover and what was found, every action on them with the way back,
// and the data its views print.
// A Document is used by one goroutine, that of the user interface.
package document

import (
	"slices"
	"sort"
	"time"

	"traceview/internal/analysis"
	"traceview/internal/analysis/traffic"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/task"
)

// revealMargin is how many rows stay between a selected row and the edge.
const revealMargin = 2

// A Document is one open trace with the state of looking at it. The methods
// that act on it say whether the picture changed, and tell the observers if so.
type Document struct {
	trace    *model.Trace
	rows     *layout.Rows
	view     layout.Viewport
	scroll   layout.Scroll
	list     layout.List
	aim      *top // where the rows are to be scrolled to once their view has a size
	selected model.SpanIndex
	hovered  model.SpanIndex
	treeDp   float32
	failed   []model.SpanIndex // rising
	warned   []model.Warning   // those on a span, rising by span
	sort     Sort
	sorted   [sorts]ordered // what depends on the order, made when first asked for
	pane     string         // the view in front
	work     *analysis.Work // nil until asked for, as the next two
	errors   *analysis.Errors
	path     *analysis.Path
	density  *layout.Density
	joined   *analysis.Links
	queue    *analysis.Queue
	find     find
	number   *string // number of the first span that names one; nil until asked for
	colour   colour
	slow     slowest
	merged   *Merged
	flame    lazy[int, *layout.Flame]
	stats    statistics
	eventLog events
	logs     logLines
	graph    lazy[int, *traffic.Total]
	dispatch task.Dispatch // nil to compute everything at once

	measure      Measure
	measuring    bool
	notes        notes
	fresh        []model.SpanIndex // new since the trace was fetched before, rising
	names        Names             // nil for their own
	operations   map[opKey]opName  // what they are called, as far as asked
	namesVersion int
	faults       []model.SpanIndex // rising, as the next
	evidence     []model.SpanIndex
	linked       map[model.SpanIndex]int // links followed so far, by span with several

	history   history
	acting    bool // an action is under way: what it is made of are no steps
	observers map[int]func()
	observed  int
	acts      int
	arriving  bool
	counted   struct { // the children of one span
		span     model.SpanIndex
		children int
	}
}

// New returns a Document on a trace with everything expanded, the whole time in
// view and nothing selected.
func New(t *model.Trace) *Document {
	d := &Document{
		trace: t, rows: layout.NewRows(t), view: layout.Fit(t.Dur, 1),
		selected: model.NoSpan, hovered: model.NoSpan,
		list: layout.List{RowPx: 1}, observers: map[int]func(){},
		slow: slowest{at: model.NoSpan}, history: history{now: time.Now},
	}
	d.failed = make([]model.SpanIndex, 0, t.Errors)
	for i := range t.Spans {
		if t.Spans[i].Failed() {
			d.failed = append(d.failed, model.SpanIndex(i))
		}
	}
	d.warned = t.Warnings
	if i := slices.IndexFunc(t.Warnings, func(w model.Warning) bool { return w.Span != model.NoSpan }); i >= 0 {
		d.warned = t.Warnings[i:]
	} else {
		d.warned = nil
	}
	d.list.Rows = d.rows.Len()
	d.stats = newStatistics(d)
	d.flame = lazy[int, *layout.Flame]{doc: d}
	d.eventLog = events{lazy: lazy[eventKey, eventList]{doc: d}, table: Table{Row: -1}, seen: unseen}
	return d
}

// Arriving returns a Document on the first spans of a trace that still arrives:
// whose parent is missing may yet get it.
func Arriving(t *model.Trace) *Document {
	d := New(t)
	d.arriving = true
	return d
}

// Trace returns the trace.
func (d *Document) Trace() *model.Trace { return d.trace }

// Rows returns the visible rows. They are changed through the Document only.
func (d *Document) Rows() *layout.Rows { return d.rows }

// Viewport returns the stretch of time in view.
func (d *Document) Viewport() layout.Viewport { return d.view }

// Scroll returns how far the rows are scrolled.
func (d *Document) Scroll() layout.Scroll { return d.scroll }

// Selected returns the selected span, or NoSpan.
func (d *Document) Selected() model.SpanIndex { return d.selected }

// Hovered returns the span under the pointer, or NoSpan.
func (d *Document) Hovered() model.SpanIndex { return d.hovered }

// TreeWidth returns the chosen width of the tree in dp, 0 if none was.
func (d *Document) TreeWidth() float32 { return d.treeDp }

// Failed returns the spans that failed, rising. The caller must not change them.
func (d *Document) Failed() []model.SpanIndex { return d.failed }

// FailedInside returns how many spans below i failed, i itself not counted.
func (d *Document) FailedInside(i model.SpanIndex) int {
	return d.failedFrom(d.trace.Spans[i].End) - d.failedFrom(i+1)
}

// failedFrom returns the position in failed of the first span at or after i.
func (d *Document) failedFrom(i model.SpanIndex) int {
	return sort.Search(len(d.failed), func(k int) bool { return d.failed[k] >= i })
}

// Warnings returns the warnings on a span. The caller must not change them.
func (d *Document) Warnings(i model.SpanIndex) []model.Warning {
	lo := sort.Search(len(d.warned), func(k int) bool { return d.warned[k].Span >= i })
	hi := lo
	for hi < len(d.warned) && d.warned[hi].Span == i {
		hi++
	}
	return d.warned[lo:hi]
}

// Observe has f called after each change, until cancel is called.
func (d *Document) Observe(f func()) (cancel func()) {
	n := d.observed
	d.observed++
	d.observers[n] = f
	return func() { delete(d.observers, n) }
}

// changed tells the observers if ok, and returns ok.
func (d *Document) changed(ok bool) bool {
	if ok {
		d.acts++
		d.tell()
	}
	return ok
}

func (d *Document) tell() {
	for _, f := range d.observers {
		f()
	}
}

// Acts returns how many actions changed the picture so far. Hovering is none,
// nor is a new size of the view.
func (d *Document) Acts() int { return d.acts }

// Resize tells the Document the size of its view: the pixels of the time axis,
// those of the rows, and those of one row. A view that showed the whole trace
// still does; others keep the time they show, and the selected row if they show
// it. Observers are not told, since it
// is called while a frame is drawn.
func (d *Document) Resize(axisPx, rowsPx, rowPx int) bool {
	view := d.view.Resize(axisPx)
	list := layout.List{Rows: d.rows.Len(), RowPx: max(rowPx, 1), ViewPx: max(rowsPx, 0)}
	if view == d.view && list == d.list {
		return false
	}
	scroll := d.scroll
	if d.list.RowPx != list.RowPx { // another display: the same row stays on top
		scroll.Off = scroll.Off * list.RowPx / d.list.RowPx
	}
	first, aim := d.list.ViewPx == 0, d.aim
	aimed := aim != nil && d.scroll == aim.scroll
	seen := d.selectedOnScreen()
	d.view, d.list = view, list
	d.scroll = list.Clamp(scroll)
	switch {
	case first && aimed:
		d.scrollAt(*aim)
	case first && d.selected != model.NoSpan: // chosen before there was a view to bring it into
		d.scroll = d.bring(d.rows.Row(d.selected))
	case seen && !d.selectedOnScreen(): // something above or below it took the room
		d.scroll = d.bring(d.rows.Row(d.selected))
	}
	return true
}

// selectedOnScreen says whether all of the selected row is between the edges.
func (d *Document) selectedOnScreen() bool {
	if d.selected == model.NoSpan {
		return false
	}
	y := d.list.Y(d.scroll, d.rows.Row(d.selected))
	return y >= 0 && y+d.list.RowPx <= d.list.ViewPx
}

// ResizeAxis is Resize for a view that has a time axis but no rows.
func (d *Document) ResizeAxis(axisPx int) bool {
	view := d.view.Resize(axisPx)
	ok := view != d.view
	d.view = view
	return ok
}

// SetTreeWidth chooses the width of the tree in dp.
func (d *Document) SetTreeWidth(dp float32) bool {
	if dp == d.treeDp {
		return false
	}
	d.treeDp = dp
	return d.changed(true)
}

// Hover notes the span under the pointer, NoSpan for none.
func (d *Document) Hover(i model.SpanIndex) bool {
	if i == d.hovered {
		return false
	}
	d.hovered = i
	d.tell()
	return true
}

// ViewName returns the name of the view in front, as saved views hold it, ""
// for the one a trace opens with.
func (d *Document) ViewName() string { return d.pane }

// ShowView brings another view of the trace to the front.
func (d *Document) ShowView(name string) bool {
	if name == d.pane {
		return false
	}
	return d.act(stepOnce, func() bool {
		d.pane = name
		return true
	})
}
