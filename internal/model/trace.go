// Package model holds a decoded trace: spans in depth-first order in one slice
// of small structs, with names interned and attributes, events and links in
// arenas shared by all traces of one Builder. A Trace is immutable once built
// and may be read from any goroutine.
package model

import "time"

// A SpanIndex is a position in Trace.Spans.
type SpanIndex = int32

// NoSpan is the SpanIndex of no span.
const NoSpan SpanIndex = -1

// A Kind is the role a span plays between services, numbered as in OTLP.
type Kind uint8

// The kinds of span.
const (
	KindUnspecified Kind = iota
	KindInternal
	KindServer
	KindClient
	KindProducer
	KindConsumer
)

var kindNames = [...]string{"", "internal", "server", "client", "producer", "consumer"}

// String returns the lower-case name of the kind, "" for an unspecified one.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// A Status is the outcome a span recorded, numbered as in OTLP.
type Status uint8

// The outcomes of a span.
const (
	StatusUnset Status = iota
	StatusOK
	StatusError
)

// A Span is one timed operation. Names and lists are held in the trace's
// Arena: read them through the methods of Trace and Arena.
type Span struct {
	Start, Dur int64 // ns; Start counts from Trace.Epoch; neither is ever negative
	ID         SpanID
	ParentID   SpanID    // as recorded, also when no such span is in the trace
	Parent     SpanIndex // NoSpan for a root or an orphan
	End        SpanIndex // the subtree of span i is Spans[i:End]
	Depth      int32     // 0 for roots
	Name       StringID
	Resource   ResourceID
	Scope      ScopeID
	attrs      span32
	events     span32
	links      span32
	StatusText StringID // the status message
	State      StringID // W3C trace state
	Flags      uint32
	Kind       Kind
	Status     Status
}

// span32 is a run in a chunked arena.
type span32 struct{ from, n uint32 }

// Failed says whether the span recorded an error of its own.
func (s *Span) Failed() bool { return s.Status == StatusError }

// A Service is what one service contributes to a trace.
type Service struct {
	Name   string
	Spans  int
	Errors int // spans that failed
}

// A Trace is one decoded trace.
//
// Spans come in depth-first order: a span before its children, siblings by
// Start (then the longer, then the smaller id first), so that the subtree of i
// is the run Spans[i:Spans[i].End]. Roots and orphans are ordered likewise.
type Trace struct {
	*Arena
	ID       TraceID
	Epoch    int64 // Unix ns of the earliest span
	Dur      int64 // ns from Epoch to the latest end
	Spans    []Span
	Services []Service // sorted by name
	Warnings []Warning // in the order of Spans; whole-trace ones first

	Root      SpanIndex // the span that names the trace; NoSpan if empty
	Roots     int       // spans without a parent in the trace
	Errors    int       // spans that failed
	MaxDepth  int       // longest chain of spans, a root counting 1
	Events    int
	Links     int
	Repeats   int // exact repeats of a span that were merged
	serviceOf map[ResourceID]int32
	asStored  map[SpanIndex]storedTimes
	dropped   map[SpanIndex]Dropped
}

// OutsideKey is an attribute, true, of spans that are kept for the way to a part of
// a trace alone: what else happened inside them is not in the trace.
const OutsideKey = "traceview.outside"

// storedTimes keeps times that could not be used as they were.
type storedTimes struct{ start, end uint64 }

// Dropped counts what the SDK left out of a span before sending it.
type Dropped struct{ Attrs, Events, Links uint32 }

// StartTime returns the instant at which the trace begins, in UTC.
func (t *Trace) StartTime() time.Time { return time.Unix(0, t.Epoch).UTC() }

// SpanTime returns the instant at which span i begins, in UTC.
func (t *Trace) SpanTime(i SpanIndex) time.Time {
	return time.Unix(0, t.Epoch+t.Spans[i].Start).UTC()
}

// StoredTimes returns start and end of span i in Unix ns exactly as recorded,
// also where they were unusable and Start and Dur had to be placed elsewhere.
func (t *Trace) StoredTimes(i SpanIndex) (start, end uint64) {
	if s, ok := t.asStored[i]; ok {
		return s.start, s.end
	}
	s := &t.Spans[i]
	return uint64(t.Epoch + s.Start), uint64(t.Epoch + s.Start + s.Dur)
}

// Dropped returns what the SDK left out of span i.
func (t *Trace) Dropped(i SpanIndex) Dropped { return t.dropped[i] }

// Name returns the operation name of span i.
func (t *Trace) Name(i SpanIndex) string { return t.Str(t.Spans[i].Name) }

// Service returns the position in Services of the service of span i.
func (t *Trace) Service(i SpanIndex) int { return int(t.serviceOf[t.Spans[i].Resource]) }

// ServiceName returns the service name of span i, "" if none was recorded.
func (t *Trace) ServiceName(i SpanIndex) string {
	return t.Str(t.ResourceAt(t.Spans[i].Resource).Service)
}

// Attrs returns the attributes of span i in the order recorded. The caller
// must not change them.
func (t *Trace) Attrs(i SpanIndex) []Attr { s := t.Spans[i].attrs; return t.attrs.slice(s) }

// SpanEvents returns the events of span i in the order recorded.
func (t *Trace) SpanEvents(i SpanIndex) []Event { s := t.Spans[i].events; return t.events.slice(s) }

// SpanLinks returns the links of span i in the order recorded.
func (t *Trace) SpanLinks(i SpanIndex) []Link { s := t.Spans[i].links; return t.links.slice(s) }

// Attr returns the first attribute of span i with that key.
func (t *Trace) Attr(i SpanIndex, key string) (Attr, bool) {
	return t.Find(t.Attrs(i), key)
}

// SpanOf returns the first span with an id, NoSpan if there is none. It looks at one
// after another.
func (t *Trace) SpanOf(id SpanID) SpanIndex {
	for i := range t.Spans {
		if t.Spans[i].ID == id {
			return SpanIndex(i)
		}
	}
	return NoSpan
}

// Complete says that no span names a parent that is missing.
func (t *Trace) Complete() bool {
	for _, w := range t.Warnings {
		if w.Kind == MissingParent {
			return false
		}
	}
	return true
}
