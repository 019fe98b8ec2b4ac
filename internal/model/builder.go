package model

import (
	"hash/maphash"
	"math"
)

// A SpanRecord is one span as a decoder read it. The Builder copies what it
// needs: the caller may reuse the record and its slices.
type SpanRecord struct {
	Trace              TraceID
	ID, Parent         SpanID
	StartNano, EndNano uint64 // Unix ns, as recorded
	Name               StringID
	Resource           ResourceID
	Scope              ScopeID
	Kind               Kind
	Status             Status
	StatusText         StringID
	State              StringID
	Flags              uint32
	Attrs              []Attr
	Events             []EventRecord
	Links              []LinkRecord
	Dropped            Dropped
}

// An EventRecord is one event as a decoder read it.
type EventRecord struct {
	TimeNano uint64 // Unix ns
	Name     StringID
	Attrs    []Attr
	Dropped  uint32
}

// A LinkRecord is one link as a decoder read it.
type LinkRecord struct {
	Trace   TraceID
	Span    SpanID
	State   StringID
	Flags   uint32
	Attrs   []Attr
	Dropped uint32
}

// A ResourceRecord is a resource as a decoder read it; the service name is
// taken from the attribute service.name.
type ResourceRecord struct {
	Attrs   []Attr
	Schema  StringID
	Dropped uint32
}

// A ScopeRecord is an instrumentation scope as a decoder read it.
type ScopeRecord struct {
	Name, Version, Schema StringID
	Attrs                 []Attr
	Dropped               uint32
}

// A Builder collects spans, of one trace or of many in any order, and makes
// Traces of them. It is used by one goroutine and ends with Build.
type Builder struct {
	arena      *Arena
	seed       maphash.Seed
	interns    internTable
	recent     []uint64 // text references by hash: values that come again are not stored again
	puts       int
	serviceKey StringID

	recs     recList
	traces   []traceRec
	traceIdx map[TraceID]int32
	last     TraceID
	lastIdx  int32

	evScratch []Event
	lnScratch []Link
	dropped   map[int32]Dropped // by record
	resByHash map[uint64][]ResourceID
	scoByHash map[uint64][]ScopeID
}

// traceRec is what the Builder knows of a trace before it is built.
type traceRec struct {
	id    TraceID
	spans int32
	early []earlyWarning
}

// earlyWarning is a warning given while decoding, before spans have their
// place; rec is a record number or -1.
type earlyWarning struct {
	kind   WarningKind
	rec    int32
	amount int64
}

// NewBuilder returns an empty Builder.
func NewBuilder() *Builder {
	b := &Builder{
		arena:     &Arena{},
		seed:      maphash.MakeSeed(),
		traceIdx:  map[TraceID]int32{},
		lastIdx:   -1,
		resByHash: map[uint64][]ResourceID{},
		scoByHash: map[uint64][]ScopeID{},
	}
	b.arena.strs = append(b.arena.strs, 0)
	b.arena.resources = append(b.arena.resources, Resource{})
	b.arena.scopes = append(b.arena.scopes, Scope{})
	b.serviceKey = b.InternString("service.name")
	return b
}

// Len returns the number of spans added so far.
func (b *Builder) Len() int { return b.recs.n }

// Intern returns the id of a name, storing it the first time.
func (b *Builder) Intern(s []byte) StringID {
	if len(s) == 0 {
		return 0
	}
	return b.interns.get(b, s, maphash.Bytes(b.seed, s))
}

// InternString is Intern for a string.
func (b *Builder) InternString(s string) StringID { return b.Intern([]byte(s)) }

// Str returns the name with that id.
func (b *Builder) Str(id StringID) string { return b.arena.Str(id) }

// Text returns the value of an attribute made by b as Arena.Text does.
func (b *Builder) Text(at Attr) string { return b.arena.Text(at) }

// StringAttr makes an attribute with a text value.
func (b *Builder) StringAttr(key StringID, v []byte) Attr {
	return Attr{Key: key, Kind: ValueString, data: b.value(v)}
}

// BytesAttr makes an attribute with a binary value.
func (b *Builder) BytesAttr(key StringID, v []byte) Attr {
	return Attr{Key: key, Kind: ValueBytes, data: b.value(v)}
}

// ListAttr makes an attribute with a list; elems are Attrs without a key.
func (b *Builder) ListAttr(key StringID, elems []Attr) Attr {
	return Attr{Key: key, Kind: ValueList, data: b.nest(elems)}
}

// MapAttr makes an attribute with a map, in the order of entries.
func (b *Builder) MapAttr(key StringID, entries []Attr) Attr {
	return Attr{Key: key, Kind: ValueMap, data: b.nest(entries)}
}

func (b *Builder) nest(elems []Attr) uint64 {
	s := b.arena.nested.put(elems)
	return uint64(s.from)<<32 | uint64(s.n)
}

// BoolAttr makes an attribute with a truth value.
func BoolAttr(key StringID, v bool) Attr {
	a := Attr{Key: key, Kind: ValueBool}
	if v {
		a.data = 1
	}
	return a
}

// IntAttr makes an attribute with a whole number.
func IntAttr(key StringID, v int64) Attr { return Attr{Key: key, Kind: ValueInt, data: uint64(v)} }

// FloatAttr makes an attribute with a number.
func FloatAttr(key StringID, v float64) Attr {
	return Attr{Key: key, Kind: ValueFloat, data: math.Float64bits(v)}
}

// EmptyAttr makes an attribute without a value.
func EmptyAttr(key StringID) Attr { return Attr{Key: key} }

// value stores bytes, sharing them with an equal value seen lately. A table of
// 8,192 slots finds nearly all repeats of real traces (hosts, methods, routes)
// and costs nothing where values are all different.
func (b *Builder) value(v []byte) uint64 {
	if len(v) == 0 || len(v) > 256 {
		return b.arena.text.put(v)
	}
	if b.recent == nil {
		b.recent = make([]uint64, 1<<10)
	}
	if b.puts++; b.puts == 1<<14 {
		b.recent = make([]uint64, 1<<13)
	}
	slot := &b.recent[maphash.Bytes(b.seed, v)&uint64(len(b.recent)-1)]
	if *slot != 0 && b.arena.text.str(*slot) == string(v) {
		return *slot
	}
	*slot = b.arena.text.put(v)
	return *slot
}

// Resource returns the id of a resource, storing it unless an equal one is there.
func (b *Builder) Resource(r *ResourceRecord) ResourceID {
	h := b.hashAttrs(r.Attrs, uint64(r.Schema)<<32|uint64(r.Dropped))
	for _, id := range b.resByHash[h] {
		o := &b.arena.resources[id]
		if o.Schema == r.Schema && o.Dropped == r.Dropped && b.equalAttrs(b.arena.attrs.slice(o.attrs), r.Attrs) {
			return id
		}
	}
	id := ResourceID(len(b.arena.resources))
	res := Resource{Schema: r.Schema, Dropped: r.Dropped, attrs: b.arena.attrs.put(r.Attrs)}
	for _, a := range r.Attrs {
		if a.Key == b.serviceKey {
			res.Service = b.InternString(b.arena.Text(a))
		}
	}
	b.arena.resources = append(b.arena.resources, res)
	b.resByHash[h] = append(b.resByHash[h], id)
	return id
}

// Scope returns the id of a scope, storing it unless an equal one is there.
func (b *Builder) Scope(s *ScopeRecord) ScopeID {
	if s.Name == 0 && s.Version == 0 && s.Schema == 0 && len(s.Attrs) == 0 && s.Dropped == 0 {
		return 0
	}
	h := b.hashAttrs(s.Attrs, uint64(s.Name)<<32|uint64(s.Version))
	h = h*hashPrime ^ uint64(s.Schema)<<32 ^ uint64(s.Dropped)
	for _, id := range b.scoByHash[h] {
		o := &b.arena.scopes[id]
		if o.Name == s.Name && o.Version == s.Version && o.Schema == s.Schema && o.Dropped == s.Dropped &&
			b.equalAttrs(b.arena.attrs.slice(o.attrs), s.Attrs) {
			return id
		}
	}
	id := ScopeID(len(b.arena.scopes))
	b.arena.scopes = append(b.arena.scopes, Scope{
		Name: s.Name, Version: s.Version, Schema: s.Schema, Dropped: s.Dropped, attrs: b.arena.attrs.put(s.Attrs)})
	b.scoByHash[h] = append(b.scoByHash[h], id)
	return id
}

// hashPrime is that of FNV-1a in 64 bits.
const hashPrime = 1099511628211

// hashAttrs hashes what equalAttrs compares: lists that differed only where it
// did not look would be compared with one another. It recurses at most
// MaxNesting deep.
func (b *Builder) hashAttrs(attrs []Attr, h uint64) uint64 {
	for _, a := range attrs {
		h = (h ^ uint64(a.Key)) * hashPrime
		v := a.data
		switch a.Kind {
		case ValueString, ValueBytes:
			v = maphash.String(b.seed, b.arena.text.str(a.data))
		case ValueList, ValueMap:
			v = b.hashAttrs(b.arena.Elems(a), a.data&math.MaxUint32)
		}
		h = (h ^ v ^ uint64(a.Kind)<<56) * hashPrime
	}
	return h
}

// equalAttrs compares two lists by what they say.
func (b *Builder) equalAttrs(x, y []Attr) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].Key != y[i].Key || !b.equalValue(x[i], y[i]) {
			return false
		}
	}
	return true
}

func (b *Builder) equalValue(x, y Attr) bool {
	if x.Kind != y.Kind {
		return false
	}
	if x.data == y.data {
		return true
	}
	switch x.Kind {
	case ValueString, ValueBytes:
		return b.arena.text.str(x.data) == b.arena.text.str(y.data)
	case ValueList, ValueMap:
		return b.equalAttrs(b.arena.Elems(x), b.arena.Elems(y))
	}
	return false
}

// Add adds a span.
func (b *Builder) Add(r *SpanRecord) {
	a := b.arena
	t := b.trace(r.Trace)
	b.traces[t].spans++
	for i := range r.Events {
		e := &r.Events[i]
		b.evScratch = append(b.evScratch, Event{
			Time: int64(min(e.TimeNano, math.MaxInt64)), Name: e.Name, Dropped: e.Dropped, attrs: a.attrs.put(e.Attrs)})
	}
	for i := range r.Links {
		l := &r.Links[i]
		b.lnScratch = append(b.lnScratch, Link{
			Trace: l.Trace, Span: l.Span, State: l.State, Flags: l.Flags, Dropped: l.Dropped, attrs: a.attrs.put(l.Attrs)})
	}
	if r.Dropped != (Dropped{}) {
		if b.dropped == nil {
			b.dropped = map[int32]Dropped{}
		}
		b.dropped[int32(b.recs.n)] = r.Dropped
	}
	*b.recs.next() = Span{
		Start: int64(r.StartNano), Dur: int64(r.EndNano), Depth: t, // until Build
		ID: r.ID, ParentID: r.Parent, Parent: NoSpan, Name: r.Name, Resource: r.Resource, Scope: r.Scope,
		attrs: a.attrs.put(r.Attrs), events: a.events.put(b.evScratch), links: a.links.put(b.lnScratch),
		StatusText: r.StatusText, State: r.State, Flags: r.Flags, Kind: r.Kind, Status: r.Status,
	}
	b.evScratch, b.lnScratch = b.evScratch[:0], b.lnScratch[:0]
}

// Rename replaces the resources and scopes of the spans added when Len was from
// or more, for formats that name them behind the spans. f is called once for
// each such span.
func (b *Builder) Rename(from int, f func(ResourceID, ScopeID) (ResourceID, ScopeID)) {
	for i := from; i < b.recs.n; i++ {
		s := b.recs.at(int32(i))
		s.Resource, s.Scope = f(s.Resource, s.Scope)
	}
}

// WarnLast attaches a warning to the span added last.
func (b *Builder) WarnLast(kind WarningKind) {
	if n := b.recs.n; n > 0 {
		t := &b.traces[b.recs.at(int32(n-1)).Depth]
		t.early = append(t.early, earlyWarning{kind: kind, rec: int32(n - 1)})
	}
}

// WarnTrace attaches a warning to a whole trace, if any of its spans is added
// before Build; with a zero id, to the trace of the span added last.
func (b *Builder) WarnTrace(id TraceID, kind WarningKind) { b.WarnTraceOf(id, kind, 0) }

// WarnTraceOf is WarnTrace with the amount of the warning.
func (b *Builder) WarnTraceOf(id TraceID, kind WarningKind, amount int64) {
	t := b.lastIdx
	if !id.IsZero() {
		t = b.trace(id)
	}
	if t >= 0 {
		b.traces[t].early = append(b.traces[t].early, earlyWarning{kind, -1, amount})
	}
}

// trace returns the number of a trace; spans of one trace mostly come together.
func (b *Builder) trace(id TraceID) int32 {
	if b.lastIdx >= 0 && id == b.last {
		return b.lastIdx
	}
	i, ok := b.traceIdx[id]
	if !ok {
		i = int32(len(b.traces))
		b.traceIdx[id] = i
		b.traces = append(b.traces, traceRec{id: id})
	}
	b.last, b.lastIdx = id, i
	return i
}

// recList is a growing list of spans in pieces of 256, 26 kB, not copied as it grows.
type recList struct {
	list [][]Span
	n    int
}

const recBits = 8

func (l *recList) next() *Span {
	if n := len(l.list); n == 0 || len(l.list[n-1]) == 1<<recBits {
		size := 1 << recBits
		if n == 0 {
			size = 32
		}
		l.list = append(l.list, make([]Span, 0, size))
	}
	p := &l.list[len(l.list)-1]
	if n := len(*p); n == cap(*p) { // append would grow by a quarter and copy five times as much
		*p = append(make([]Span, 0, 2*n), *p...)
	}
	*p = append(*p, Span{})
	l.n++
	return &(*p)[len(*p)-1]
}

func (l *recList) at(i int32) *Span { return &l.list[i>>recBits][i&(1<<recBits-1)] }

// internTable is an open-addressed table of StringIDs by hash of their text:
// a third of the cost of a Go map here, since the text is stored once.
type internTable struct {
	slots []internSlot
	n     int
}

type internSlot struct {
	hash uint32
	id   StringID
}

func (t *internTable) get(b *Builder, s []byte, h uint64) StringID {
	if 4*t.n >= 3*len(t.slots) {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		slot := &t.slots[i]
		if slot.id == 0 {
			a := b.arena
			*slot = internSlot{uint32(h), StringID(len(a.strs))}
			a.strs = append(a.strs, a.text.put(s))
			t.n++
			return slot.id
		}
		if slot.hash == uint32(h) && b.arena.Str(slot.id) == string(s) {
			return slot.id
		}
	}
}

// grow doubles the table; the low bits of the hash, which are kept, place a slot.
func (t *internTable) grow() {
	old := t.slots
	t.slots = make([]internSlot, max(64, 2*len(old)))
	mask := uint32(len(t.slots) - 1)
	for _, s := range old {
		if s.id == 0 {
			continue
		}
		i := s.hash & mask
		for t.slots[i].id != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}
