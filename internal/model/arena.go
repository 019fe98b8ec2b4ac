package model

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// A StringID names an interned string of an Arena; 0 is "".
type StringID uint32

// A ResourceID names a Resource of an Arena; 0 is the empty resource.
type ResourceID uint32

// A ScopeID names a Scope of an Arena; 0 is the empty scope.
type ScopeID uint32

// A ValueKind is the type of an attribute's value.
type ValueKind uint8

// The types of value, as in OTLP's AnyValue.
const (
	ValueEmpty ValueKind = iota
	ValueString
	ValueBool
	ValueInt
	ValueFloat
	ValueBytes
	ValueList
	ValueMap
)

// An Attr is a key with a typed value, 16 bytes. Elements of a list are Attrs
// without a key.
type Attr struct {
	Key  StringID
	Kind ValueKind
	data uint64
}

// Bool returns the value of a ValueBool.
func (a Attr) Bool() bool { return a.data != 0 }

// Int returns the value of a ValueInt.
func (a Attr) Int() int64 { return int64(a.data) }

// Float returns the value of a ValueFloat.
func (a Attr) Float() float64 { return math.Float64frombits(a.data) }

// An Event is something that happened at one instant of a span.
type Event struct {
	Time    int64 // Unix ns, as recorded
	Name    StringID
	Dropped uint32 // attributes left out by the SDK
	attrs   span32
}

// A Link points from a span to a span that caused it, often in another trace.
type Link struct {
	Trace   TraceID
	Span    SpanID
	State   StringID
	Flags   uint32
	Dropped uint32
	attrs   span32
}

// A Resource is what produced spans: a process of a service.
type Resource struct {
	Service StringID // the attribute service.name
	Schema  StringID
	Dropped uint32
	attrs   span32
}

// A Scope is the instrumentation library that made spans.
type Scope struct {
	Name, Version, Schema StringID
	Dropped               uint32
	attrs                 span32
}

// An Arena holds what spans refer to. It grows while a Builder is at work and
// is immutable afterwards.
type Arena struct {
	text      text
	strs      []uint64 // text reference by StringID
	attrs     chunks[Attr]
	nested    chunks[Attr] // elements of lists and maps
	events    chunks[Event]
	links     chunks[Link]
	resources []Resource
	scopes    []Scope
}

// Str returns an interned string.
func (a *Arena) Str(id StringID) string { return a.text.str(a.strs[id]) }

// Strings returns the number of interned strings: ids are below it.
func (a *Arena) Strings() int { return len(a.strs) }

// Resources returns the number of resources: ids are below it.
func (a *Arena) Resources() int { return len(a.resources) }

// ResourceAt returns a resource by its id.
func (a *Arena) ResourceAt(id ResourceID) *Resource { return &a.resources[id] }

// ResourceAttrs returns the attributes of a resource, service.name included.
func (a *Arena) ResourceAttrs(id ResourceID) []Attr { return a.attrs.slice(a.resources[id].attrs) }

// ScopeAt returns a scope by its id.
func (a *Arena) ScopeAt(id ScopeID) *Scope { return &a.scopes[id] }

// ScopeAttrs returns the attributes of a scope.
func (a *Arena) ScopeAttrs(id ScopeID) []Attr { return a.attrs.slice(a.scopes[id].attrs) }

// EventAttrs returns the attributes of an event.
func (a *Arena) EventAttrs(e *Event) []Attr { return a.attrs.slice(e.attrs) }

// LinkAttrs returns the attributes of a link.
func (a *Arena) LinkAttrs(l *Link) []Attr { return a.attrs.slice(l.attrs) }

// Key returns the key of an attribute.
func (a *Arena) Key(at Attr) string { return a.Str(at.Key) }

// Find returns the first of attrs with that key.
func (a *Arena) Find(attrs []Attr, key string) (Attr, bool) {
	for _, at := range attrs {
		if a.Str(at.Key) == key {
			return at, true
		}
	}
	return Attr{}, false
}

// Raw returns the bytes of a ValueString or ValueBytes without copying, ""
// for the others.
func (a *Arena) Raw(at Attr) string {
	if at.Kind == ValueString || at.Kind == ValueBytes {
		return a.text.str(at.data)
	}
	return ""
}

// Elems returns the elements of a ValueList or the entries of a ValueMap.
func (a *Arena) Elems(at Attr) []Attr {
	if at.Kind == ValueList || at.Kind == ValueMap {
		return a.nested.slice(span32{uint32(at.data >> 32), uint32(at.data)})
	}
	return nil
}

// Text returns a value as a person reads it: strings as they are, lists and
// maps as JSON, bytes in base64.
func (a *Arena) Text(at Attr) string {
	switch at.Kind {
	case ValueString:
		return a.text.str(at.data)
	case ValueBool:
		return strconv.FormatBool(at.Bool())
	case ValueInt:
		return strconv.FormatInt(at.Int(), 10)
	case ValueFloat:
		return strconv.FormatFloat(at.Float(), 'g', -1, 64)
	case ValueBytes:
		return base64.StdEncoding.EncodeToString([]byte(a.text.str(at.data)))
	case ValueList, ValueMap:
		var b strings.Builder
		a.writeJSON(&b, at, 0)
		return b.String()
	}
	return ""
}

// MaxNesting bounds how deep lists and maps may be nested; decoders turn what
// lies deeper into text and warn.
const MaxNesting = 32

// writeJSON recurses at most MaxNesting deep.
func (a *Arena) writeJSON(b *strings.Builder, at Attr, depth int) {
	switch at.Kind {
	case ValueString, ValueBytes:
		b.WriteString(strconv.Quote(a.Text(at)))
	case ValueEmpty:
		b.WriteString("null")
	case ValueList, ValueMap:
		open, end := byte('['), byte(']')
		if at.Kind == ValueMap {
			open, end = '{', '}'
		}
		b.WriteByte(open)
		for i, e := range a.Elems(at) {
			if i > 0 {
				b.WriteByte(',')
			}
			if at.Kind == ValueMap {
				b.WriteString(strconv.Quote(a.Key(e)) + ":")
			}
			if depth < MaxNesting {
				a.writeJSON(b, e, depth+1)
			}
		}
		b.WriteByte(end)
	default:
		b.WriteString(a.Text(at))
	}
}

// chunks is a list of items in pieces, so that it grows without ever copying
// what a million spans already hold. A run of items never crosses a piece.
type chunks[T any] struct {
	list [][]T
	cur  int // the piece that still has room
}

// chunkBits sizes a piece at 16,384 items: 256 kB of attributes.
const chunkBits = 14

func (c *chunks[T]) put(items []T) span32 {
	n := len(items)
	if n == 0 {
		return span32{}
	}
	if n > 1<<chunkBits { // a piece of its own, without room: an offset in it would not fit a reference
		c.list = append(c.list, slices.Clip(append([]T(nil), items...)))
		return span32{uint32(len(c.list)-1) << chunkBits, uint32(n)}
	}
	if len(c.list) == 0 || len(c.list[c.cur])+n > cap(c.list[c.cur]) {
		c.list = append(c.list, make([]T, 0, max(n, c.nextCap())))
		c.cur = len(c.list) - 1
	}
	p := &c.list[c.cur]
	from := uint32(c.cur)<<chunkBits | uint32(len(*p))
	*p = append(*p, items...)
	return span32{from, uint32(n)}
}

// nextCap lets pieces double from a small first one, since most traces are
// small, without ever copying one.
func (c *chunks[T]) nextCap() int { return 1 << min(6+len(c.list), chunkBits) }

func (c *chunks[T]) slice(s span32) []T {
	if s.n == 0 {
		return nil
	}
	p, off := c.list[s.from>>chunkBits], s.from&(1<<chunkBits-1)
	return p[off : off+s.n : off+s.n]
}

// text holds bytes in pieces of up to 1 MiB. A reference packs piece (20 bits),
// offset (20 bits) and length (24 bits); a length of all ones stands for a
// whole piece, so a value may have any size.
type text struct {
	list [][]byte
	cur  int
	left int // room in the current piece
}

const (
	textBits  = 20
	wholeText = 1<<24 - 1
)

func (t *text) put(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	if len(b) > 1<<16 { // a piece of its own, so that pieces stay well filled
		t.list = append(t.list, append([]byte(nil), b...))
		return uint64(len(t.list)-1)<<(textBits+24) | wholeText
	}
	if len(b) > t.left {
		size := 1 << 12
		for n := len(t.list); n > 0 && size < 1<<textBits; n-- {
			size <<= 2
		}
		size = max(min(size, 1<<textBits), len(b))
		t.list = append(t.list, make([]byte, 0, size))
		t.cur, t.left = len(t.list)-1, size
	}
	p := &t.list[t.cur]
	ref := uint64(t.cur)<<(textBits+24) | uint64(len(*p))<<24 | uint64(len(b))
	*p = append(*p, b...)
	t.left -= len(b)
	return ref
}

// str returns the bytes of a reference as a string that shares the piece,
// which is safe since pieces are never moved nor written twice.
func (t *text) str(ref uint64) string {
	n := ref & (1<<24 - 1)
	if n == 0 {
		return ""
	}
	p := t.list[ref>>(textBits+24)]
	if n == wholeText {
		return unsafe.String(&p[0], len(p))
	}
	return unsafe.String(&p[ref>>24&(1<<textBits-1)], int(n))
}
