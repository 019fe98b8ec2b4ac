package layout

import (
	"cmp"
	"slices"

	"traceview/internal/model"
)

// maxActive is how many blocks side by side are searched for a gap one by one.
// A parent with more of them at a time has its children in shelves: more lanes
// where heights differ, but no square of their number.
const maxActive = 64

// A block is a span with all below it: lanes off to off+height below its
// parent's lane, from lo to hi.
type block struct {
	lo, hi int64 // ns
	height int32
	span   model.SpanIndex
	off    int32
}

// A packer places the blocks of a trace's spans, children before their parents.
type packer struct {
	spans  []model.Span
	shown  bitset  // nil for all
	off    []int32 // result, of each span
	height []int32 // lanes of the block of a span
	lo, hi []int64 // extent of the block of a span
	list   []block // the children being placed
	active []block // of them, those that last, by off
}

func newPacker(spans []model.Span, off []int32, shown bitset) *packer {
	n := len(spans)
	return &packer{spans: spans, shown: shown, off: off, height: make([]int32, n), lo: make([]int64, n), hi: make([]int64, n)}
}

// hides says whether a span gets no block.
func (p *packer) hides(i model.SpanIndex) bool { return p.shown != nil && !p.shown.has(i) }

// pack places every block below its parent's lane and returns the lanes of all.
func (p *packer) pack() int {
	for i := len(p.spans) - 1; i >= 0; i-- {
		s := &p.spans[i]
		if p.hides(model.SpanIndex(i)) {
			continue
		}
		p.lo[i], p.hi[i] = s.Start, spanEnd(s)
		if int(s.End) == i+1 {
			p.height[i] = 1
			continue
		}
		p.gather(model.SpanIndex(i+1), s.End)
		p.height[i] = 1 + p.place()
		for k := range p.list {
			b := &p.list[k]
			p.lo[i], p.hi[i] = min(p.lo[i], b.lo), max(p.hi[i], b.hi)
		}
	}
	p.gather(0, model.SpanIndex(len(p.spans)))
	return int(p.place())
}

// gather lists the blocks of the siblings from a span to before end, by their beginning.
func (p *packer) gather(from, end model.SpanIndex) {
	p.list = p.list[:0]
	sorted := true
	for c := from; c < end; c = p.spans[c].End {
		if p.hides(c) {
			continue
		}
		b := block{lo: p.lo[c], hi: p.hi[c], height: p.height[c], span: c}
		if n := len(p.list); n > 0 && b.lo < p.list[n-1].lo {
			sorted = false
		}
		p.list = append(p.list, b)
	}
	if !sorted {
		slices.SortStableFunc(p.list, func(a, b block) int { return cmp.Compare(a.lo, b.lo) })
	}
}

// place gives each block of the list the topmost gap and returns the lanes of all.
func (p *packer) place() int32 {
	p.active = p.active[:0]
	lanes, last := int32(0), int64(0) // last: when all placed so far have ended
	for k := range p.list {
		b := &p.list[k]
		if b.lo >= last {
			p.active = p.active[:0]
		}
		at, ok := p.gap(b)
		if !ok {
			return p.shelve()
		}
		p.active = slices.Insert(p.active, at, *b)
		lanes, last = max(lanes, b.off+b.height), max(last, b.hi)
		p.off[b.span] = b.off
	}
	return lanes
}

// gap finds the topmost gap for b among the active blocks, dropping those that
// have ended, and returns its place among them; false if there are too many.
func (p *packer) gap(b *block) (at int, ok bool) {
	kept := p.active[:0]
	top, found := int32(0), false
	for _, a := range p.active {
		if a.hi <= b.lo {
			continue
		}
		if !found && a.off-top >= b.height {
			found = true
		}
		if !found {
			top, at = a.off+a.height, at+1
		}
		kept = append(kept, a)
	}
	p.active = kept
	b.off = top
	return at, len(kept) < maxActive
}

// shelve places the list in shelves: each block in the topmost shelf that is
// free, each shelf as high as its highest block.
func (p *packer) shelve() int32 {
	var free, busy shelfHeap
	var heights []int32
	for k := range p.list {
		b := &p.list[k]
		for len(busy) > 0 && busy[0].key <= b.lo {
			n := busy.pop().n
			free.push(shelf{int64(n), n})
		}
		n := int32(len(heights))
		if len(free) > 0 {
			n = free.pop().n
		} else {
			heights = append(heights, 0)
		}
		b.off = n
		heights[n] = max(heights[n], b.height)
		busy.push(shelf{b.hi, n})
	}
	lanes := int32(0)
	for n, h := range heights {
		heights[n], lanes = lanes, lanes+h
	}
	for k := range p.list {
		b := &p.list[k]
		b.off = heights[b.off]
		p.off[b.span] = b.off
	}
	return lanes
}

// A shelf is one in a heap of them, the smallest key first: its number where
// shelves are free, when it will be free where they are taken.
type shelf struct {
	key int64
	n   int32
}

// shelfHeap is a binary heap; container/heap would allocate for every element,
// 240 MB for a million siblings.
type shelfHeap []shelf

func (h *shelfHeap) push(x shelf) {
	list := append(*h, x)
	k := len(list) - 1
	for up := (k - 1) / 2; k > 0 && list[up].key > x.key; up = (k - 1) / 2 {
		list[k] = list[up]
		k = up
	}
	list[k] = x
	*h = list
}

func (h *shelfHeap) pop() shelf {
	list := *h
	n := len(list) - 1
	top, x := list[0], list[n]
	k := 0
	for down := 1; down < n; down = 2*k + 1 {
		if down+1 < n && list[down+1].key < list[down].key {
			down++
		}
		if list[down].key >= x.key {
			break
		}
		list[k] = list[down]
		k = down
	}
	list[k] = x
	*h = list[:n]
	return top
}
