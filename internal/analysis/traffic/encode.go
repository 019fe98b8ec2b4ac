package traffic

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"traceview/internal/model"
)

// Version is that of the bytes Append writes. Digests of another are to be made anew.
const Version = 1

// errDamaged says that bytes are no digest.
var errDamaged = errors.New("not a digest")

// A Text is a name in a digest. What kind of thing it names is told, so that a
// library may number names of each kind by themselves.
type Text struct {
	Of   TextOf
	Text string
}

// A TextOf is what a Text names.
type TextOf uint8

// What there are names of.
const (
	OfService TextOf = iota
	OfOperation
	OfPeer // a queue, database or other thing called
)

// of returns what the name of a node names.
func (n Node) of() TextOf {
	if n.Kind == Service {
		return OfService
	}
	return OfPeer
}

// Texts calls f for the names in a digest, some several times.
func (d *Digest) Texts(f func(Text)) {
	f(Text{OfService, d.Root.Service})
	f(Text{OfOperation, d.Root.Name})
	for k := range d.Services {
		f(Text{OfService, d.Services[k].Name})
	}
	for k := range d.Operations {
		f(Text{OfOperation, d.Operations[k].Name})
	}
	for k := range d.Edges {
		for _, n := range [2]Node{d.Edges[k].From, d.Edges[k].To} {
			f(Text{n.of(), n.Name})
		}
	}
}

// Append appends a digest as bytes that name texts by number.
func (d *Digest) Append(dst []byte, number func(Text) uint32) []byte {
	w := writer{append(dst, Version), number}
	w.dst = append(w.dst, d.ID[:]...)
	w.dst = binary.AppendVarint(w.dst, d.Start)
	w.counts(d.Dur, int64(d.Spans), int64(d.Failed), int64(d.Left))
	w.op(&d.Root)
	w.counts(int64(len(d.Services)))
	for k := range d.Services {
		v := &d.Services[k]
		w.text(OfService, v.Name)
		w.counts(int64(v.Spans), int64(v.Failed), v.Self, v.Path)
		w.tally(&v.Tally)
	}
	w.counts(int64(len(d.Operations)))
	for k := range d.Operations {
		o := &d.Operations[k]
		w.op(&o.Op)
		w.counts(int64(o.Own), o.Self, o.Path)
		w.tally(&o.Tally)
	}
	w.counts(int64(len(d.Edges)))
	for k := range d.Edges {
		e := &d.Edges[k]
		w.node(e.From)
		w.node(e.To)
		w.tally(&e.Tally)
	}
	return w.dst
}

type writer struct {
	dst    []byte
	number func(Text) uint32
}

func (w *writer) counts(list ...int64) {
	for _, n := range list {
		w.dst = binary.AppendUvarint(w.dst, uint64(max(n, 0)))
	}
}

func (w *writer) text(of TextOf, text string) { w.counts(int64(w.number(Text{of, text}))) }

func (w *writer) op(o *Op) {
	w.text(OfService, o.Service)
	w.text(OfOperation, o.Name)
	w.dst = append(w.dst, byte(o.Kind))
}

func (w *writer) node(n Node) {
	w.dst = append(w.dst, byte(n.Kind))
	w.text(n.of(), n.Name)
}

// tally writes what is known of spans alike: of a single one its duration once.
func (w *writer) tally(t *Tally) {
	w.counts(int64(t.Count))
	if t.Count == 0 {
		return
	}
	w.counts(int64(t.Errors), t.Total)
	w.dst = binary.BigEndian.AppendUint64(w.dst, uint64(t.Slowest))
	if t.Count == 1 {
		return
	}
	w.counts(t.Max)
	used := int64(0)
	for _, n := range t.Durations.counts {
		if n > 0 {
			used++
		}
	}
	w.counts(used)
	last := 0
	for k, n := range t.Durations.counts {
		if b := t.Durations.first + k; n > 0 {
			w.counts(int64(b-last), int64(n))
			last = b
		}
	}
}

// A reader reads what a writer wrote. What it reads is not trusted: counts are
// bounded by what is left, and errors are met at the end.
type reader struct {
	data []byte
	bad  bool
}

// count reads a number that has room in an int64.
func (r *reader) count() int64 {
	n, used := binary.Uvarint(r.data)
	if used <= 0 || n > math.MaxInt64 {
		r.fail()
		return 0
	}
	r.data = r.data[used:]
	return int64(n)
}

func (r *reader) fail() { r.data, r.bad = nil, true }

func (r *reader) bytes(n int) []byte {
	if len(r.data) < n {
		r.fail()
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// list reads how many of something follow, each of which has so many bytes at least.
func (r *reader) list(least int) int {
	n := r.count()
	if n > int64(len(r.data)/least) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) number() uint32 { return uint32(min(r.count(), math.MaxUint32)) }

// An opNumber is an Op by the numbers of its texts.
type opNumber struct {
	service, name uint32
	kind          model.Kind
}

func (r *reader) op() opNumber { return opNumber{r.number(), r.number(), model.Kind(r.byte())} }

// A nodeNumber is a Node by the number of its name.
type nodeNumber struct {
	kind NodeKind
	name uint32
}

func (r *reader) node() nodeNumber { return nodeNumber{NodeKind(r.byte()), r.number()} }

// A tallyRef is a Tally as it is written: durations are those behind at, if there
// are several.
type tallyRef struct {
	count, errors int
	total, max    int64
	slowest       model.SpanID
	durations     []byte
	used          int // pairs in durations
}

func (r *reader) tally() (t tallyRef) {
	if t.count = int(min(r.count(), math.MaxInt32)); t.count == 0 {
		return t
	}
	t.errors, t.total = int(r.count()), r.count()
	if b := r.bytes(8); b != nil {
		t.slowest = model.SpanID(binary.BigEndian.Uint64(b))
	}
	if t.max = t.total; t.count == 1 {
		return t
	}
	t.max, t.used = r.count(), r.list(2)
	t.durations = r.data
	for range 2 * t.used {
		r.count()
	}
	return t
}

// addTo counts the durations of a tally.
func (t *tallyRef) addTo(s *Sketch) {
	if t.count == 1 {
		s.Add(t.total)
		return
	}
	r, b := reader{data: t.durations}, 0
	for range t.used {
		step := r.count()
		if step > int64(buckets-1-b) {
			return
		}
		b += int(step)
		s.add(b, int(min(r.count(), math.MaxInt32)))
	}
}

// A serviceRef and an opRef are a ServiceDigest and an OpDigest as they are written.
type (
	serviceRef struct {
		name          uint32
		spans, failed int
		self, path    int64
		tally         tallyRef
	}
	opRef struct {
		op         opNumber
		own        int
		self, path int64
		tally      tallyRef
	}
	edgeRef struct {
		from, to nodeNumber
		tally    tallyRef
	}
)

// A record is one digest as it is written, read to be added up. It is used for one
// after another.
type record struct {
	id         model.TraceID
	start, dur int64
	spans      int
	failed     int
	left       int
	root       opNumber
	services   []serviceRef
	operations []opRef
	edges      []edgeRef
}

// head reads what is told of the trace as a whole.
func (c *record) head(r *reader) error {
	if v := r.byte(); v != Version {
		return fmt.Errorf("read digest: %w: version %d, want %d", errDamaged, v, Version)
	}
	copy(c.id[:], r.bytes(len(c.id)))
	start, used := binary.Varint(r.data)
	if used <= 0 {
		return fmt.Errorf("read digest: %w", errDamaged)
	}
	r.data = r.data[used:]
	c.start, c.dur = start, r.count()
	c.spans, c.failed, c.left = int(r.count()), int(r.count()), int(r.count())
	c.root = r.op()
	if r.bad {
		return fmt.Errorf("read digest: %w", errDamaged)
	}
	return nil
}

// read reads all of a digest.
func (c *record) read(data []byte) error {
	r := &reader{data: data}
	if err := c.head(r); err != nil {
		return err
	}
	c.services, c.operations, c.edges = c.services[:0], c.operations[:0], c.edges[:0]
	for range r.list(6) {
		c.services = append(c.services, serviceRef{r.number(), int(r.count()), int(r.count()), r.count(), r.count(), r.tally()})
	}
	for range r.list(7) {
		c.operations = append(c.operations, opRef{r.op(), int(r.count()), r.count(), r.count(), r.tally()})
	}
	for range r.list(5) {
		c.edges = append(c.edges, edgeRef{r.node(), r.node(), r.tally()})
	}
	if r.bad {
		return fmt.Errorf("read digest: %w", errDamaged)
	}
	return nil
}
