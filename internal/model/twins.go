package model

import "slices"

// A family is the spans that share an id. A broken tracer gives all spans of a
// trace the same, so no question about it looks at every member.
type family struct {
	members    []int32 // local numbers, in order of arrival
	alike      map[familyKey][]int32
	byResource map[ResourceID][]int32 // the first two each, since one may be the span that asks
	servers    []int32                // the first two that receive calls
	callers    []int32                // the first two that make them
}

// familyKey tells members apart as far as that is cheap.
type familyKey struct {
	start, dur int64
	parent     SpanID
	name       StringID
}

func keyOf(s *Span) familyKey { return familyKey{s.Start, s.Dur, s.ParentID, s.Name} }

// addTwin handles a span whose id is taken by first: an exact repeat of it or
// of one of its other twins is left out, any other is kept beside them.
func (a *assembly) addTwin(l, first int32) {
	f := a.ids.twins[first]
	if f == nil && a.same(first, l) || f != nil && f.has(a, l) {
		a.parent[l] = repeated
		a.out.Repeats++
		return
	}
	if f == nil {
		f = &family{alike: map[familyKey][]int32{}, byResource: map[ResourceID][]int32{}}
		f.add(a, first)
		if a.ids.twins == nil {
			a.ids.twins = map[int32]*family{}
		}
		a.ids.twins[first] = f
	}
	f.add(a, l)
	if len(f.members) != 2 || !halves(a.rec(first), a.rec(l)) && !halves(a.rec(l), a.rec(first)) {
		a.warn(DuplicateSpanID, l, 0)
	}
}

// halves says whether two spans of one id are the two halves of a call, as
// Zipkin's tracers record it: the caller's and that of the other side, which
// names the same parent or none.
func halves(caller, callee *Span) bool {
	switch {
	case caller.Kind == KindClient && callee.Kind == KindServer, caller.Kind == KindProducer && callee.Kind == KindConsumer:
		return callee.ParentID == caller.ParentID || callee.ParentID.IsZero()
	}
	return false
}

// callerOf returns the other half of a call that l received, none if there is
// no such span.
func (a *assembly) callerOf(l int32, s *Span) int32 {
	if a.ids.twins == nil || s.Kind != KindServer && s.Kind != KindConsumer || s.ID.IsZero() {
		return none
	}
	f := a.ids.twins[*a.ids.find(a, s.ID)-1]
	if f == nil {
		return none
	}
	for _, c := range f.callers {
		if c != l && halves(a.rec(c), s) {
			return c
		}
	}
	return none
}

func (f *family) has(a *assembly, l int32) bool {
	return slices.ContainsFunc(f.alike[keyOf(a.rec(l))], func(o int32) bool { return a.same(o, l) })
}

func (f *family) add(a *assembly, l int32) {
	s := a.rec(l)
	f.members = append(f.members, l)
	key := keyOf(s)
	f.alike[key] = append(f.alike[key], l)
	if of := f.byResource[s.Resource]; len(of) < 2 {
		f.byResource[s.Resource] = append(of, l)
	}
	if len(f.servers) < 2 && (s.Kind == KindServer || s.Kind == KindConsumer) {
		f.servers = append(f.servers, l)
	}
	if len(f.callers) < 2 && (s.Kind == KindClient || s.Kind == KindProducer) {
		f.callers = append(f.callers, l)
	}
}

// parentOf returns the span that s names as its parent. Where several carry
// that id, as with client and server of Zipkin-style tracing, the child belongs
// to the one of its own process, else to the server.
func (a *assembly) parentOf(l int32, s *Span) int32 {
	first := *a.ids.find(a, s.ParentID) - 1
	f := a.ids.twins[first]
	if f == nil {
		return first
	}
	for _, list := range [][]int32{f.byResource[s.Resource], f.servers, f.members} {
		for _, c := range list {
			if c != l {
				return c
			}
		}
	}
	return none // not reached: a family has two members
}

// same says whether two records are the same in everything recorded.
func (a *assembly) same(x, y int32) bool {
	s, o := *a.rec(x), *a.rec(y)
	ar := a.b.arena
	if !a.b.equalAttrs(ar.attrs.slice(s.attrs), ar.attrs.slice(o.attrs)) ||
		!slices.EqualFunc(ar.events.slice(s.events), ar.events.slice(o.events), a.sameEvent) ||
		!slices.EqualFunc(ar.links.slice(s.links), ar.links.slice(o.links), a.sameLink) {
		return false
	}
	s.attrs, s.events, s.links = o.attrs, o.events, o.links
	return s == o
}

func (a *assembly) sameEvent(x, y Event) bool {
	ok := a.b.equalAttrs(a.b.arena.EventAttrs(&x), a.b.arena.EventAttrs(&y))
	x.attrs = y.attrs
	return ok && x == y
}

func (a *assembly) sameLink(x, y Link) bool {
	ok := a.b.equalAttrs(a.b.arena.LinkAttrs(&x), a.b.arena.LinkAttrs(&y))
	x.attrs = y.attrs
	return ok && x == y
}
