package chrometrace

import (
	"cmp"
	"slices"

	"traceview/internal/model"
)

// A slice is a span in the making.
type slice struct {
	event      int32 // that began it
	ended      int32 // that ended it, -1 for none
	parent     int32 // -1 for none
	end        int64 // ns
	unfinished bool
}

// A point is an instant of a slice.
type point struct{ slice, event int32 }

// A joint is an end of a flow.
type joint struct {
	flow, slice int32
	ts          int64
	in, out     bool
}

// A nest makes slices of events, lane by lane, each in order of time.
type nest struct {
	d      *decoder
	slices []slice
	points []point
	joints []joint
	last   int64 // the latest instant of the file

	// of the lane at hand
	stack   []int32                // open slices
	named   map[model.StringID]int // how many begun ones of a name are on the stack
	early   []int32                // ends that came before their begin, at the same instant
	waiting []int32                // events that belong to the next slice
	before  int32                  // the slice that ended last, -1 for none
}

func (d *decoder) nest() *nest {
	n := &nest{d: d, named: map[model.StringID]int{}}
	order := make([]int32, d.events.n)
	for i := range order {
		order[i] = int32(i)
		e := d.events.at(int32(i))
		n.last = max(n.last, e.ts, e.ts+e.dur)
	}
	at := d.events.at
	slices.SortFunc(order, func(x, y int32) int {
		a, b := at(x), at(y)
		return cmp.Or(cmp.Compare(a.lane, b.lane), cmp.Compare(a.ts, b.ts), cmp.Compare(x, y))
	})
	n.sortLongerFirst(order)
	for i := 0; i < len(order); {
		lane := at(order[i]).lane
		n.beginLane()
		for ; i < len(order) && at(order[i]).lane == lane; i++ {
			n.event(order[i])
		}
		n.endLane()
	}
	return n
}

// sortLongerFirst brings complete events of one instant into the order in which
// one can hold the next. What begins and ends in two events stays as it came.
func (n *nest) sortLongerFirst(order []int32) {
	at := n.d.events.at
	for i := 0; i < len(order); {
		j := i
		for ; j < len(order) && at(order[j]).ph == complete && at(order[j]).ts == at(order[i]).ts && at(order[j]).lane == at(order[i]).lane; j++ {
		}
		if j-i > 1 {
			slices.SortStableFunc(order[i:j], func(x, y int32) int { return cmp.Compare(at(y).dur, at(x).dur) })
		}
		i = max(j, i+1)
	}
}

func (n *nest) beginLane() {
	n.stack, n.early, n.waiting, n.before = n.stack[:0], n.early[:0], n.waiting[:0], -1
	clear(n.named)
}

func (n *nest) event(i int32) {
	e := n.d.events.at(i)
	if len(n.early) > 0 && n.d.events.at(n.early[0]).ts < e.ts {
		n.d.ignored += int64(len(n.early)) // ends of nothing
		n.early = n.early[:0]
	}
	switch e.ph {
	case complete:
		n.popEnded(e.ts, true)
		n.begin(i, e.ts+e.dur)
	case begin:
		n.popEnded(e.ts, true)
		s := n.begin(i, n.last)
		if at := n.earlyEnd(e.name); at >= 0 {
			n.close(s, at)
			n.stack = n.stack[:len(n.stack)-1]
			return
		}
		n.slices[s].unfinished = true
		n.named[e.name]++
	case end:
		n.end(i)
	default:
		n.point(i)
	}
}

// begin makes a slice inside the one on top.
func (n *nest) begin(i int32, end int64) int32 {
	s := int32(len(n.slices))
	parent := int32(-1)
	if len(n.stack) > 0 {
		parent = n.stack[len(n.stack)-1]
	}
	n.slices = append(n.slices, slice{event: i, ended: -1, parent: parent, end: end})
	n.stack = append(n.stack, s)
	for _, w := range n.waiting {
		n.belongs(w, s)
	}
	n.waiting = n.waiting[:0]
	if n.d.events.at(i).flow >= 0 {
		n.join(i, s)
	}
	return s
}

// popEnded takes off complete slices that ended before ts, or at it.
func (n *nest) popEnded(ts int64, orAt bool) {
	for len(n.stack) > 0 {
		top := n.stack[len(n.stack)-1]
		s := &n.slices[top]
		if n.d.events.at(s.event).ph != complete || s.end > ts || s.end == ts && !orAt {
			return
		}
		n.stack, n.before = n.stack[:len(n.stack)-1], top
	}
}

func (n *nest) close(s, ended int32) {
	n.slices[s].ended, n.slices[s].end, n.slices[s].unfinished = ended, n.d.events.at(ended).ts, false
	n.before = s
}

// earlyEnd returns the end of that name which came before its begin, -1 for
// none.
func (n *nest) earlyEnd(name model.StringID) int32 {
	for k, at := range n.early {
		if n.d.events.at(at).name == name {
			n.early = slices.Delete(n.early, k, k+1)
			return at
		}
	}
	return -1
}

// end closes the slice begun last, of its name if it has one; what was begun
// later was never ended and ends with it. Each turn of the loop takes a slice off.
func (n *nest) end(i int32) {
	e := n.d.events.at(i)
	if e.name != 0 && n.named[e.name] == 0 {
		if len(n.early) < maxEarly {
			n.early = append(n.early, i)
		} else {
			n.d.ignored++
		}
		return
	}
	for k := len(n.stack) - 1; k >= 0; k-- {
		s := n.stack[k]
		n.stack = n.stack[:k]
		b := n.d.events.at(n.slices[s].event)
		if b.ph == complete {
			n.before = s
			continue
		}
		n.named[b.name]--
		if e.name == 0 || b.name == e.name {
			n.close(s, i)
			return
		}
		n.slices[s].end = e.ts
	}
	n.d.ignored++
}

// maxEarly bounds ends that wait for a begin at the same instant.
const maxEarly = 64

// point puts an instant or the end of a flow into the slice around it.
func (n *nest) point(i int32) {
	e := n.d.events.at(i)
	n.popEnded(e.ts, false)
	switch {
	case e.ph == flow && e.in && !e.enclosing:
		n.waiting = append(n.waiting, i)
	case len(n.stack) > 0:
		n.belongs(i, n.stack[len(n.stack)-1])
	case n.before >= 0 && e.ph == instant:
		n.belongs(i, n.before)
	default:
		n.waiting = append(n.waiting, i)
	}
}

func (n *nest) belongs(i, s int32) {
	if n.d.events.at(i).ph == flow {
		n.join(i, s)
	} else {
		n.points = append(n.points, point{s, i})
	}
}

func (n *nest) join(i, s int32) {
	e := n.d.events.at(i)
	n.joints = append(n.joints, joint{e.flow, s, e.ts, e.in, e.out})
}

// endLane leaves what found no slice: instants go to one of another lane.
func (n *nest) endLane() {
	n.d.ignored += int64(len(n.early))
	for _, i := range n.waiting {
		switch {
		case n.d.events.at(i).ph == instant:
			n.points = append(n.points, point{n.before, i})
		case n.before >= 0:
			n.join(i, n.before)
		default:
			n.d.ignored++
		}
	}
}
