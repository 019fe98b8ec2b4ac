package analysis

import (
	"cmp"
	"slices"

	"traceview/internal/model"
)

// A Segment is a piece of the critical path: from Start to before End, in ns
// from the trace's beginning, the trace would have been done sooner had Span
// done its own work faster.
type Segment struct {
	Span       model.SpanIndex
	Start, End int64
}

// A Path is the critical path of a trace.
type Path struct {
	// Segments are sorted by Start, none is empty, and those below one root
	// follow each other without overlap. The caller must not change them.
	Segments []Segment
	Total    int64 // ns of all segments
	spans    Stretches
	first    []int32 // where the stretches of a span begin in spans, one more at the end
}

// NewPath finds the critical path as published for Jaeger's interface and for
// CRISP (Zhang et al., "CRISP: Critical Path Analysis of Large-Scale
// Microservice Architectures", USENIX ATC 2022): walk back from the end of a
// root; a span is on the path down to where its last finishing child ended,
// then that child is, down to its beginning; from there the span waits for the
// child that had finished last by then, and so on to its own beginning.
//
// Children are taken within the time of their parent, which clips those that
// outlive it and those of a wrong clock; those wholly outside are not on the
// path. A consumer that outlives its parent is not waited for at all, as Jaeger
// leaves out references that only follow from a span. Of children that end
// together the longest is taken. Each root has a path of its own, since
// nothing says how one waits for another.
//
// A span sorts its children once and only if it is on the path: O(n log n).
func NewPath(t *model.Trace) *Path { return NewPaths(t, nil) }

// NewPaths is NewPath for a trace of which more is known: the spans in apart are on
// nobody's path but their own, as roots are. Without any it is nil.
func NewPaths(t *model.Trace, apart Set) *Path {
	// A chain takes two pieces a span, roots one each: grown by doubling, the
	// lists of a chain of a million would leave 200 MB behind.
	w := walk{spans: t.Spans, apart: apart, frames: make([]frame, 0, t.MaxDepth),
		children: make([]child, 0, t.MaxDepth), out: make([]Segment, 0, 2*t.MaxDepth+t.Roots)}
	for i := model.SpanIndex(0); int(i) < len(t.Spans); i = t.Spans[i].End {
		w.root(i)
	}
	for i := range t.Spans {
		if c := model.SpanIndex(i); apart != nil && apart.Has(c) && t.Spans[c].Parent != model.NoSpan {
			w.root(c)
		}
	}
	p := &Path{Segments: w.out}
	if t.Roots > 1 || apart != nil {
		slices.SortStableFunc(p.Segments, func(a, b Segment) int { return cmp.Compare(a.Start, b.Start) })
	}
	p.bySpan(len(t.Spans))
	return p
}

// Of returns when span i is on the path. The caller must not change it.
func (p *Path) Of(i model.SpanIndex) Stretches { return p.spans[p.first[i]:p.first[i+1]] }

// Has says whether span i is on the path.
func (p *Path) Has(i model.SpanIndex) bool { return p.first[i] < p.first[i+1] }

// bySpan lists the segments by span, keeping the order of time within each.
func (p *Path) bySpan(n int) {
	p.first = make([]int32, n+1)
	for _, s := range p.Segments {
		p.first[s.Span+1]++
		p.Total = Plus(p.Total, s.End-s.Start)
	}
	for i := range n {
		p.first[i+1] += p.first[i]
	}
	p.spans = make(Stretches, len(p.Segments))
	next := slices.Clone(p.first[:n])
	for _, s := range p.Segments {
		k := next[s.Span]
		before := int64(0)
		if k > p.first[s.Span] {
			last := p.spans[k-1]
			before = last.Before + last.End - last.Start
		}
		p.spans[k] = Stretch{s.Start, s.End, before}
		next[s.Span]++
	}
}

// walk goes back through time from the ends of roots.
type walk struct {
	spans    []model.Span
	out      []Segment
	frames   []frame
	children []child // of all frames, each after those of the frame before
	apart    Set     // spans that nobody waits for, nil for none
}

// A frame is a span that the walk is in.
type frame struct {
	span  model.SpanIndex
	start int64 // of the span, clipped to its parent's time
	at    int64 // where the walk stands
	from  int   // where its children begin
	next  int   // the child to look at
}

// A child is a span within the time of its parent.
type child struct {
	span       model.SpanIndex
	start, end int64
}

// root walks from the end of a root to its beginning.
func (w *walk) root(i model.SpanIndex) {
	from := len(w.out)
	s := &w.spans[i]
	w.enter(i, s.Start, s.Start+s.Dur)
	for len(w.frames) > 0 {
		w.step()
	}
	slices.Reverse(w.out[from:])
}

// step goes to the last child that had finished by where the walk stands or,
// if there is none, to the beginning of the span.
func (w *walk) step() {
	f := &w.frames[len(w.frames)-1]
	for f.next < len(w.children) && w.children[f.next].end > f.at {
		f.next++
	}
	if f.next == len(w.children) {
		w.put(f.span, f.start, f.at)
		w.children = w.children[:f.from]
		w.frames = w.frames[:len(w.frames)-1]
		return
	}
	c := w.children[f.next]
	w.put(f.span, c.end, f.at)
	f.at = c.start
	f.next++
	w.enter(c.span, c.start, c.end)
}

func (w *walk) put(i model.SpanIndex, start, end int64) {
	if start < end {
		w.out = append(w.out, Segment{i, start, end})
	}
}

// enter begins with a span whose time is start to end, its children sorted by
// where they end, the last first.
func (w *walk) enter(i model.SpanIndex, start, end int64) {
	f := frame{span: i, start: start, at: end, from: len(w.children), next: len(w.children)}
	if w.spans[i].End-i > manySpans {
		w.reserve(i)
	}
	for c := i + 1; c < w.spans[i].End; c = w.spans[c].End {
		s := &w.spans[c]
		lo, hi := max(s.Start, start), min(s.Start+s.Dur, end)
		if lo >= hi || s.Kind == model.KindConsumer && s.Start+s.Dur > end {
			continue
		}
		if w.apart != nil && w.apart.Has(c) {
			continue
		}
		w.children = append(w.children, child{c, lo, hi})
	}
	slices.SortFunc(w.children[f.from:], func(a, b child) int {
		if a.end != b.end { // nearly always: the rest would double the time of a wide span
			return cmp.Compare(b.end, a.end)
		}
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.span, b.span))
	})
	w.frames = append(w.frames, f)
}

// manySpans is from how many spans inside it the children of a span are counted
// before they are listed: growing a list of a million leaves five times its
// memory behind.
const manySpans = 1 << 16

// reserve makes room for the children of a span.
func (w *walk) reserve(i model.SpanIndex) {
	n := 0
	for c := i + 1; c < w.spans[i].End; c = w.spans[c].End {
		n++
	}
	w.children = slices.Grow(w.children, n)
}
