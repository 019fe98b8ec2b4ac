package shell

import (
	"cmp"
	"context"
	"slices"

	"traceview/internal/model"
	"traceview/internal/task"
	"traceview/ui/view/order"
)

// Gathering bounds what is fetched behind the rows of one page.
type Gathering struct {
	Traces int // 0 to fetch none
	Spans  int // in all of them
	AtOnce int // fetches
}

// material is the traces behind the rows of an order or a file, fetched in the
// background one after another as the rows become known: from the library where
// they are kept, else from the server. It is kept as long as the page is open and
// used on the UI goroutine. What of it a page shows is drawn by order.Sections.
type material struct {
	// Traces are those that are here, each whole and once, the earliest first. The
	// slice is made anew when more arrived, so it may be handed to other goroutines.
	Traces []*model.Trace
	Done   bool  // all that can be here is: nothing is under way, no rows are to come
	All    int   // traces that there are or will be, as far as is known
	Left   int   // rows left out, since there are more than the bounds allow
	Failed int   // traces that could not be fetched
	Why    error // of the first of them

	shell   *Shell
	from    Source // nil for the library alone, or for a file
	rows    []order.Row
	whole   bool // no rows are to come
	stopped bool // somebody gave up waiting
	had     map[model.TraceID]gotten
	workers []*task.Slot[gotten]
	under   []model.TraceID // what each worker fetches, zero for nothing
	tell    []func()
}

// gotten is what fetching one trace came to.
type gotten struct {
	trace *model.Trace
	kept  int64 // the entry of the library it is from, 0 for none
	err   error
	spans int // that the row told, after which it was fetched
	size  int // in spans
}

// newMaterial returns what will be the traces of a page.
func newMaterial(s *Shell, from Source) *material {
	m := &material{shell: s, from: from, had: map[model.TraceID]gotten{}}
	if s.Gather.Traces > 0 {
		m.workers = make([]*task.Slot[gotten], max(s.Gather.AtOnce, 1))
	}
	m.under = make([]model.TraceID, len(m.workers))
	for k := range m.workers {
		m.workers[k] = task.NewSlot[gotten](s.Dispatch)
	}
	return m
}

// observe has f called whenever more traces arrived, or nothing more is to come.
func (m *material) observe(f func()) { m.tell = append(m.tell, f) }

// has returns a trace that is here, nil for one that is not.
func (m *material) has(id model.TraceID) *model.Trace { return m.had[id].trace }

// want says which rows there are; whole, that no more are to come. What a server
// has more of by now is fetched anew.
func (m *material) want(rows []order.Row, whole bool) {
	m.rows, m.whole = rows, whole
	m.settle()
}

// give takes traces that are at hand already, those of a file.
func (m *material) give(rows []order.Row, traces map[model.TraceID]*model.Trace) {
	for _, r := range rows {
		m.had[r.ID] = gotten{trace: traces[r.ID], spans: r.Spans, size: r.Spans}
	}
	m.want(rows, true)
}

// again has fetched once more what failed, or was given up.
func (m *material) again() {
	for id, g := range m.had {
		if g.trace == nil {
			delete(m.had, id)
		}
	}
	m.stopped = false
}

// stop gives up what is under way. What is here stays.
func (m *material) stop() {
	for k := range m.workers {
		m.workers[k].Stop()
		m.under[k] = model.TraceID{}
	}
	m.stopped = true
	m.settle()
}

// close ends all work, for good.
func (m *material) close() {
	m.tell = nil
	m.stop()
}

// chosen returns the rows that the bounds allow, first those to be fetched first:
// the failed ones, which say most, and then the newest.
func (m *material) chosen() []order.Row {
	rows := slices.Clone(m.rows)
	slices.SortStableFunc(rows, func(a, b order.Row) int {
		return cmp.Or(cmp.Compare(min(b.Errors, 1), min(a.Errors, 1)), cmp.Compare(b.Start, a.Start))
	})
	most, spans := m.shell.Gather.Traces, 0
	return slices.DeleteFunc(rows, func(r order.Row) bool {
		n := max(r.Spans, m.had[r.ID].size)
		if most == 0 || spans+n > m.shell.Gather.Spans {
			return true
		}
		most--
		spans += n
		return false
	})
}

// settle starts what can be fetched, and tells what there is.
func (m *material) settle() {
	rows := m.chosen()
	busy := m.fetchNext(rows)
	traces := make([]*model.Trace, 0, len(rows))
	failed, why := 0, error(nil)
	for _, r := range rows {
		switch g := m.had[r.ID]; {
		case g.trace != nil:
			traces = append(traces, g.trace)
		case g.err != nil:
			if failed++; why == nil {
				why = g.err
			}
		}
	}
	slices.SortStableFunc(traces, func(a, b *model.Trace) int { return cmp.Compare(a.Epoch, b.Epoch) })
	done, left := m.whole && !busy, len(m.rows)-len(rows)
	if done == m.Done && len(rows) == m.All && left == m.Left && failed == m.Failed && slices.Equal(traces, m.Traces) {
		return
	}
	m.Traces, m.Done, m.All, m.Left, m.Failed, m.Why = traces, done, len(rows), left, failed, why
	for _, f := range m.tell {
		f()
	}
}

// take notes what fetching the trace of a row came to. Where it failed, the one from
// the library or an earlier one will do.
func (m *material) take(r order.Row, g gotten, err error) {
	before := m.had[r.ID]
	switch {
	case g.trace != nil:
		err = nil
	case before.trace != nil:
		g, err = before, nil
	}
	g.spans, g.err = r.Spans, err
	if g.trace != nil {
		g.size = len(g.trace.Spans)
	}
	if g.size > m.shell.Gather.Spans { // larger than anybody told
		g.trace = nil
	}
	m.had[r.ID] = g
}

// fetchNext gives the workers that are free what is to be fetched next, and says
// whether any is at work.
func (m *material) fetchNext(rows []order.Row) (busy bool) {
	for _, r := range rows {
		g, met := m.had[r.ID]
		fetched := met && (g.trace == nil || r.Spans <= max(g.spans, len(g.trace.Spans)))
		free := slices.Index(m.under, model.TraceID{})
		if free < 0 {
			return true
		}
		if !fetched && !m.stopped && !slices.Contains(m.under, r.ID) {
			m.fetch(free, r)
		}
	}
	return slices.ContainsFunc(m.under, func(id model.TraceID) bool { return !id.IsZero() })
}

// fetch has a worker fetch the trace of a row.
func (m *material) fetch(k int, r order.Row) {
	m.under[k] = r.ID
	s, from := m.shell, m.from
	shelved := s.Library != nil && s.shelf.open && from == s.source && r.Kept
	m.workers[k].Start(func(ctx context.Context) (g gotten, err error) {
		if shelved {
			if g.kept, err = s.Library.Find(ctx, r.ID); err == nil {
				g.trace, err = s.Library.Load(ctx, g.kept)
			}
			if err == nil && (from == nil || len(g.trace.Spans) >= r.Spans) {
				return g, nil
			}
		}
		t, err := s.fetch(ctx, from, r.ID, 0)
		if err == nil {
			g = gotten{trace: t}
		}
		return g, err
	}, func(g gotten, err error) {
		m.under[k] = model.TraceID{}
		m.take(r, g, err)
		m.settle()
	})
}
