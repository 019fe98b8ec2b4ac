package chrometrace

import (
	"cmp"
	"container/heap"
	"slices"

	"traceview/internal/model"
)

// A ref is a span of one of several traces.
type ref struct{ trace, span int32 }

// A plan says where each span is drawn: in the process of its service, on a
// thread where it lies within the one below it. Readers drop what overlaps.
type plan struct {
	traces   []*model.Trace
	order    []ref     // by start; of one instant the longer first, and a span before its children
	lanes    [][]int32 // the thread of each span, from 1
	base     int64     // Unix µs from which times count
	services []string  // sorted; process n+1 is services[n]
	pidOf    map[string]int
	most     []int32 // threads of each process
}

func newPlan(traces []*model.Trace) *plan {
	p := &plan{traces: traces, pidOf: map[string]int{}, lanes: make([][]int32, len(traces))}
	total := 0
	for n, t := range traces {
		if n == 0 || t.Epoch/1000 < p.base {
			p.base = t.Epoch / 1000
		}
		total += len(t.Spans)
		p.lanes[n] = make([]int32, len(t.Spans))
		for _, s := range t.Services {
			p.services = append(p.services, s.Name)
		}
	}
	slices.Sort(p.services)
	p.services = slices.Compact(p.services)
	for i, s := range p.services {
		p.pidOf[s] = i + 1
	}
	p.most = make([]int32, len(p.services)+1)
	p.order = make([]ref, 0, total)
	for n, t := range traces {
		for i := range t.Spans {
			p.order = append(p.order, ref{int32(n), int32(i)})
		}
	}
	slices.SortFunc(p.order, func(x, y ref) int {
		a, b := p.span(x), p.span(y)
		return cmp.Or(cmp.Compare(p.start(x), p.start(y)), cmp.Compare(b.Dur, a.Dur), cmp.Compare(x.trace, y.trace), cmp.Compare(x.span, y.span))
	})
	p.assign()
	return p
}

func (p *plan) span(r ref) *model.Span { return &p.traces[r.trace].Spans[r.span] }

// start returns when a span begins, Unix ns.
func (p *plan) start(r ref) int64 { return p.traces[r.trace].Epoch + p.span(r).Start }

func (p *plan) end(r ref) int64 { return p.start(r) + p.span(r).Dur }

func (p *plan) pid(r ref) int { return p.pidOf[p.traces[r.trace].ServiceName(r.span)] }

func (p *plan) lane(r ref) int32 { return p.lanes[r.trace][r.span] }

// A process is the threads of one service while spans are put on them.
type process struct {
	open [][]ref  // by thread-1: the spans that lie on one another at this time
	busy laneHeap // threads in use, by the end of their lowest span
	free laneHeap // the others, by number
}

// A laneHeap is a heap of threads, the least key on top.
type laneHeap []laneItem

type laneItem struct {
	key  int64
	lane int32
}

func (h laneHeap) Len() int           { return len(h) }
func (h laneHeap) Less(i, j int) bool { return h[i].key < h[j].key }
func (h laneHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *laneHeap) Push(x any)        { *h = append(*h, x.(laneItem)) }
func (h *laneHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// assign puts every span on its parent's thread if that is of the same service and
// the parent lies on top there and lasts as long, else on the first free thread. This
// is first-fit interval partitioning (Kleinberg and Tardos, Algorithm Design, 4.1).
func (p *plan) assign() {
	processes := make([]process, len(p.services)+1)
	for _, r := range p.order {
		pid := p.pid(r)
		p.lanes[r.trace][r.span] = processes[pid].put(p, r, pid)
		p.most[pid] = max(p.most[pid], p.lane(r))
	}
}

func (q *process) put(p *plan, r ref, pid int) int32 {
	start := p.start(r)
	if parent := p.span(r).Parent; parent != model.NoSpan {
		up := ref{r.trace, parent}
		if lane := p.lane(up); lane > 0 && p.pid(up) == pid && q.fits(p, lane, up, r) {
			q.open[lane-1] = append(q.open[lane-1], r)
			return lane
		}
	}
	for len(q.busy) > 0 && q.busy[0].key <= start {
		lane := heap.Pop(&q.busy).(laneItem).lane
		heap.Push(&q.free, laneItem{int64(lane), lane})
	}
	if len(q.free) == 0 {
		q.open = append(q.open, nil)
		heap.Push(&q.free, laneItem{int64(len(q.open)), int32(len(q.open))})
	}
	lane := heap.Pop(&q.free).(laneItem).lane
	q.open[lane-1] = append(q.open[lane-1][:0], r)
	heap.Push(&q.busy, laneItem{p.end(r), lane})
	return lane
}

// fits says whether r may lie on its parent, which was put on that thread, and
// takes off what has ended since.
func (q *process) fits(p *plan, lane int32, parent, r ref) bool {
	open := q.open[lane-1]
	for len(open) > 0 && open[len(open)-1] != parent && p.end(open[len(open)-1]) <= p.start(r) {
		open = open[:len(open)-1]
	}
	q.open[lane-1] = open
	return len(open) > 0 && open[len(open)-1] == parent && p.start(r) < p.end(parent) && p.end(r) <= p.end(parent)
}
