package shell

import (
	"context"
	"errors"
	"slices"
	"sync"

	"traceview/internal/analysis/diagnosis"
	"traceview/internal/model"
	"traceview/internal/task"
)

// A sampler is a Source that can be asked what is usual of late.
type sampler interface {
	// Sample returns at most n traces of any orders, the latest.
	Sample(ctx context.Context, n int) ([]*model.Trace, error)
}

// Sampling bounds the traces that say what is usual. The zero value takes none.
type Sampling struct {
	Newest int // of the library
	Spread int // of the library, over all it holds
	Asked  int // of a server
	Spans  int // of all together
	// AtOnce has the server asked at the start: it is the program's own. Another one
	// is asked only if a person wants it.
	AtOnce bool
}

// fewUsual is up to how many traces to compare with a person is offered to ask for
// more.
const fewUsual = 30

// A usual is what the window knows of what is usual: some traces of the library, and
// some that a server was asked for. It is used on the UI goroutine.
type usual struct {
	shell *Shell
	reads *task.Slot[[]*model.Trace]
	asks  *task.Slot[[]*model.Trace]
	begun bool // with the library
	kept  []*model.Trace
	asked []*model.Trace
	from  Source // that was asked
	err   error  // why that came to nothing
	stick *yardstick
}

func newUsual(s *Shell) *usual {
	return &usual{shell: s, stick: &yardstick{}, reads: task.NewSlot[[]*model.Trace](s.Dispatch), asks: task.NewSlot[[]*model.Trace](s.Dispatch)}
}

func (u *usual) stop() {
	u.reads.Stop()
	u.asks.Stop()
}

// read has some traces of the library read, once.
func (u *usual) read() {
	s := u.shell
	if u.begun || !s.shelf.open || s.Sampling.Newest+s.Sampling.Spread == 0 {
		return
	}
	u.begun = true
	u.reads.Start(func(ctx context.Context) ([]*model.Trace, error) {
		return s.Library.Sample(ctx, s.Sampling.Newest, s.Sampling.Spread, s.Sampling.Spans)
	}, func(list []*model.Trace, err error) {
		if err != nil { // what is amiss with the library is told elsewhere
			return
		}
		u.kept = append(list, u.kept...)
		u.changed()
	})
}

// add takes a trace that was just kept.
func (u *usual) add(t *model.Trace) {
	if u.shell.Sampling.Newest == 0 || len(t.Spans) > u.shell.Sampling.Spans/8 {
		return
	}
	u.kept = append([]*model.Trace{t}, u.kept[:min(len(u.kept), u.shell.Sampling.Newest+u.shell.Sampling.Spread)]...)
	u.stick = u.measure() // what is said already stays
}

// canAsk says whether a source can be asked for what is usual there.
func (u *usual) canAsk(from Source) bool {
	_, ok := from.(sampler)
	return ok && u.shell.Sampling.Asked > 0 && u.from != from
}

// ask asks a source for traces.
func (u *usual) ask(from Source) {
	if !u.canAsk(from) || u.asks.Busy() {
		return
	}
	u.err = nil
	u.asks.Start(func(ctx context.Context) ([]*model.Trace, error) {
		return from.(sampler).Sample(ctx, u.shell.Sampling.Asked)
	}, func(list []*model.Trace, err error) {
		if err != nil && !errors.Is(err, context.Canceled) {
			u.err = err
		}
		if len(list) > 0 {
			u.asked, u.from = list, from
		}
		u.shell.event("usual_known", map[string]any{"traces": len(list)})
		u.changed()
	})
	u.tell()
}

// cancel gives up asking.
func (u *usual) cancel() { u.asks.Cancel() }

// pending says whether what is usual will be known presently.
func (u *usual) pending() bool { return u.shell.Sampling.AtOnce && u.asks.Busy() }

// changed has everything on show judged anew.
func (u *usual) changed() {
	u.stick = u.measure()
	u.tell()
}

// tell has the answers of all pages follow what is known.
func (u *usual) tell() {
	for _, p := range u.shell.pages {
		if p, ok := p.(judged); ok && p.inquired() != nil {
			p.inquired().usualChanged()
		}
	}
}

// measure puts together what there is, each trace once, within the bound.
func (u *usual) measure() *yardstick {
	var list []*model.Trace
	seen, spans := map[model.TraceID]bool{}, 0
	for _, t := range slices.Concat(u.asked, u.kept) {
		if seen[t.ID] || spans+len(t.Spans) > u.shell.Sampling.Spans {
			continue
		}
		seen[t.ID] = true
		spans += len(t.Spans)
		list = append(list, t)
	}
	return &yardstick{traces: list}
}

// A yardstick is a sample of traces by which others are judged. It may be used by
// any goroutine.
type yardstick struct {
	traces []*model.Trace
	once   sync.Once
	all    *diagnosis.Baseline
}

// without returns what is usual in all traces but some, and in how many that is.
func (y *yardstick) without(some []*model.Trace) *diagnosis.Baseline {
	mine := make(map[model.TraceID]bool, len(some))
	for _, t := range some {
		mine[t.ID] = true
	}
	if slices.ContainsFunc(y.traces, func(t *model.Trace) bool { return mine[t.ID] }) {
		return baselineOf(y.traces, mine)
	}
	y.once.Do(func() { y.all = baselineOf(y.traces, nil) })
	return y.all
}

func baselineOf(traces []*model.Trace, but map[model.TraceID]bool) *diagnosis.Baseline {
	b := diagnosis.NewBaseline()
	for _, t := range traces {
		if !but[t.ID] {
			b.Add(t)
		}
	}
	b.Ready()
	return b
}
