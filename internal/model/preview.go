package model

import (
	"slices"
	"time"
)

// Preview returns a Trace of the first n spans added so far, or of all if there
// are fewer, while more are still to come. It is nil where there are none, and
// where the Builder holds several traces, since nobody knows yet which of them
// is wanted.
//
// The Builder may go on while other goroutines read the Trace: what an arena
// holds is never written again, so sharing it takes copies of the outlines of
// its lists only. What a format names behind its spans is not known yet, such
// as the processes of Jaeger JSON. There are no warnings of parents that are
// missing, and so of several roots, since parents may still come.
func (b *Builder) Preview(n int) *Trace {
	n = min(n, b.recs.n)
	if n <= 0 || len(b.traces) != 1 {
		return nil
	}
	t := b.traces[0]
	t.early = slices.DeleteFunc(slices.Clone(t.early), func(w earlyWarning) bool { return int(w.rec) >= n })
	part := &Builder{
		arena: b.arena.outline(), seed: b.seed, serviceKey: b.serviceKey,
		recs: b.recs.first(n), traces: []traceRec{t}, dropped: b.dropped,
	}
	recs := make([]int32, n)
	for i := range recs {
		recs[i] = int32(i)
		s := part.recs.at(int32(i))
		if int(s.Resource) >= len(part.arena.resources) {
			s.Resource = 0
		}
		if int(s.Scope) >= len(part.arena.scopes) {
			s.Scope = 0
		}
	}
	out := newAssembly(part, 0, recs).trace()
	out.Warnings = slices.DeleteFunc(out.Warnings, func(w Warning) bool { return w.Kind == MissingParent || w.Kind == MultipleRoots })
	return out
}

// first returns a copy of the first n records.
func (l *recList) first(n int) recList {
	out := recList{n: n}
	for _, p := range l.list {
		if n <= 0 {
			break
		}
		k := min(n, len(p))
		out.list = append(out.list, slices.Clone(p[:k]))
		n -= k
	}
	return out
}

// outline returns an arena that holds what a holds now and does not grow.
func (a *Arena) outline() *Arena {
	return &Arena{
		text: text{list: slices.Clone(a.text.list)}, strs: slices.Clip(a.strs),
		attrs: a.attrs.outline(), nested: a.nested.outline(), events: a.events.outline(), links: a.links.outline(),
		resources: slices.Clip(a.resources), scopes: slices.Clip(a.scopes),
	}
}

func (c *chunks[T]) outline() chunks[T] { return chunks[T]{list: slices.Clone(c.list)} }

// What previews may cost. A span takes as long to build as to decode, so that a
// large trace is shown in part: the first rows are what somebody waits for.
const (
	previewFrom  = 200 * time.Millisecond // what is read sooner needs none
	previewEvery = 250 * time.Millisecond
	previewShare = 0.06 // of the time so far
	previewMost  = 50_000
	previewCost  = 500 * time.Nanosecond // a span, until it was measured
)

// A Previewer makes previews of a Builder that grows: none in the first 200 ms, then
// at most four a second, of as many spans, up to 50,000, as keep their cost
// below 6 % of the time. The zero Previewer is ready and counts from
// its first call. It is used by the goroutine of the Builder.
type Previewer struct {
	began, last time.Time
	spent       time.Duration
	spans       int // of all previews
	shown       int // of the newest
}

// Next returns a preview of b if it is time for one, else nil.
func (p *Previewer) Next(b *Builder) *Trace {
	now := time.Now()
	if p.began.IsZero() {
		p.began = now
	}
	if now.Sub(p.began) < previewFrom || !p.last.IsZero() && now.Sub(p.last) < previewEvery {
		return nil
	}
	cost := previewCost
	if p.spans > 0 {
		cost = max(p.spent/time.Duration(p.spans), 1)
	}
	left := time.Duration(previewShare*float64(now.Sub(p.began))) - p.spent
	n := min(b.Len(), int(left/cost), previewMost)
	if n <= p.shown || n < b.Len() && n < 2*p.shown {
		return nil // too little more to be worth it
	}
	t := b.Preview(n)
	p.last = time.Now()
	p.spent += p.last.Sub(now)
	p.spans += n
	p.shown = n
	return t
}
