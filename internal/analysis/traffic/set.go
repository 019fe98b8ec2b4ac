package traffic

import (
	"cmp"
	"context"
	"slices"

	"traceview/internal/model"
)

// A Trace is what a Set knows of one trace without adding anything up.
type Trace struct {
	ID         model.TraceID
	Key        int64 // of the one who gave it, to find it again
	Start, Dur int64 // Unix ns, ns
	Spans      int
	Failed     int // of them
	root       opNumber
	data       []byte
}

// A Set is digests of traces, rising by start once it is sorted. It is filled by one
// goroutine and may be read by several afterwards.
type Set struct {
	Traces  []Trace
	texts   map[uint32]string
	numbers map[Text]uint32 // of a set that numbers texts itself
}

// NewSet returns an empty set whose digests name texts by number; nil for a set
// that digests are added to as they are.
func NewSet(texts map[uint32]string) *Set {
	s := &Set{texts: texts}
	if texts == nil {
		s.texts, s.numbers = map[uint32]string{}, map[Text]uint32{}
	}
	return s
}

// SetOf returns the set of traces that are at hand. It ends early with the error of ctx.
func SetOf(ctx context.Context, traces []*model.Trace) (*Set, error) {
	s := NewSet(nil)
	var g Digester
	for k, t := range traces {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.AddDigest(int64(k), g.Digest(t))
	}
	s.Sort()
	return s, nil
}

// Add adds a digest as Append wrote it; the set keeps data. The error says that it
// is none.
func (s *Set) Add(key int64, data []byte) error {
	var c record
	if err := c.head(&reader{data: data}); err != nil {
		return err
	}
	s.Traces = append(s.Traces, Trace{ID: c.id, Key: key, Start: c.start, Dur: c.dur, Spans: c.spans, Failed: c.failed, root: c.root, data: data})
	return nil
}

// AddDigest adds a digest to a set that numbers texts itself.
func (s *Set) AddDigest(key int64, d *Digest) {
	data := d.Append(nil, s.number)
	_ = s.Add(key, data) // was written just now
}

// number returns the number of a text, a new one for a new text.
func (s *Set) number(t Text) uint32 {
	n, ok := s.numbers[t]
	if !ok {
		n = uint32(len(s.texts))
		s.texts[n], s.numbers[t] = t.Text, n
	}
	return n
}

// Sort puts the traces in the order in which they began. Points and sums expect it.
func (s *Set) Sort() {
	less := func(a, b Trace) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Key, b.Key)) }
	if !slices.IsSortedFunc(s.Traces, less) {
		slices.SortStableFunc(s.Traces, less)
	}
}

// DropBefore leaves out the traces that began before an instant in Unix ns; the set is
// sorted.
func (s *Set) DropBefore(ns int64) {
	lo, _ := s.Between(ns, ns)
	s.Traces = s.Traces[lo:]
}

// Root returns the operation that names a trace.
func (s *Set) Root(t *Trace) Op { return s.op(t.root) }

func (s *Set) op(n opNumber) Op { return Op{s.texts[n.service], s.texts[n.name], n.kind} }

// Bounds returns when the first trace began and the last one did, Unix ns.
func (s *Set) Bounds() (from, to int64) {
	if len(s.Traces) == 0 {
		return 0, 0
	}
	return s.Traces[0].Start, s.Traces[len(s.Traces)-1].Start
}

// Whole returns the window that all traces began in.
func (s *Set) Whole() Window {
	from, to := s.Bounds()
	return Window{from, to + 1}
}

// Between returns the places of the traces that began from–to, to not included.
func (s *Set) Between(from, to int64) (lo, hi int) {
	at := func(ns int64) int {
		n, _ := slices.BinarySearchFunc(s.Traces, ns, func(t Trace, ns int64) int { return cmp.Compare(t.Start, ns) })
		return n
	}
	return at(from), max(at(to), at(from))
}

// A Filter chooses traces: those for which all of it holds. The zero Filter
// chooses all.
type Filter struct {
	Failed    bool   // a span failed
	Service   string // took part, "" for any
	Operation string // took part, of that service if one is named
}

// IsZero says that every trace is chosen.
func (f Filter) IsZero() bool { return f == Filter{} }

// numbersOf returns the numbers of a text: a library has one for each kind of name.
func (s *Set) numbersOf(text string) (list []uint32) {
	for n, t := range s.texts {
		if t == text {
			list = append(list, n)
		}
	}
	return list
}

// A matcher applies a Filter to records.
type matcher struct {
	Filter
	services, names []uint32
}

func (s *Set) matcher(f Filter) matcher {
	m := matcher{Filter: f}
	if f.Service != "" {
		m.services = s.numbersOf(f.Service)
	}
	if f.Operation != "" {
		m.names = s.numbersOf(f.Operation)
	}
	return m
}

func (m *matcher) matches(c *record) bool {
	switch {
	case m.Failed && c.failed == 0:
		return false
	case m.Operation != "":
		return slices.ContainsFunc(c.operations, func(o opRef) bool {
			return slices.Contains(m.names, o.op.name) && (m.Service == "" || slices.Contains(m.services, o.op.service))
		})
	case m.Service != "":
		return slices.ContainsFunc(c.services, func(v serviceRef) bool { return slices.Contains(m.services, v.name) })
	}
	return true
}

// A Point is one trace as a plot shows it.
type Point struct {
	Trace  int32 // place in Traces
	Failed bool
	Start  int64 // Unix ns
	Dur    int64 // ns
	Span   model.SpanID
}

// A Target is whose durations are plotted: those of traces, for the zero Target, or
// the longest that each trace has of an operation or of the requests to a service.
type Target struct {
	Op
	Whole bool // a service
}

// IsZero says that whole traces are meant.
func (t Target) IsZero() bool { return t == Target{} }

// Points returns the traces that a filter chooses and that have anything of a
// target, rising by start. Digests that cannot be read are left out.
func (s *Set) Points(ctx context.Context, f Filter, of Target) ([]Point, error) {
	out := make([]Point, 0, len(s.Traces))
	m, c := s.matcher(f), record{}
	services, names := s.numbersOf(of.Service), s.numbersOf(of.Name)
	for k := range s.Traces {
		t := &s.Traces[k]
		if k%stride == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p := Point{int32(k), t.Failed > 0, t.Start, t.Dur, 0}
		if f.IsZero() && of.IsZero() {
			out = append(out, p)
			continue
		}
		if f.Failed && t.Failed == 0 || c.read(t.data) != nil || !m.matches(&c) {
			continue
		}
		if of.IsZero() || p.take(&c, of, services, names) {
			out = append(out, p)
		}
	}
	return out, nil
}

// stride is after how many traces work looks whether it is still wanted: 1 ms.
const stride = 1024

// take makes p one of a target, whose texts have those numbers, and says whether
// the trace has any of it.
func (p *Point) take(c *record, of Target, services, names []uint32) bool {
	found := func(t *tallyRef) bool {
		p.Failed, p.Dur, p.Span = t.errors > 0, t.max, t.slowest
		return t.count > 0
	}
	if of.Whole {
		for k := range c.services {
			if slices.Contains(services, c.services[k].name) {
				return found(&c.services[k].tally)
			}
		}
		return false
	}
	for k := range c.operations {
		o := &c.operations[k].op
		if o.kind == of.Kind && slices.Contains(names, o.name) && slices.Contains(services, o.service) {
			return found(&c.operations[k].tally)
		}
	}
	return false
}

// Slowest returns the longest of points, the longest first, at most n.
func Slowest(points []Point, n int) []Point {
	out := make([]Point, 0, n+1)
	for _, p := range points {
		if len(out) == n && p.Dur <= out[n-1].Dur {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, p.Dur, func(o Point, dur int64) int {
			if o.Dur >= dur { // of equals the first stays first
				return -1
			}
			return 1
		})
		out = slices.Insert(out, at, p)
		out = out[:min(len(out), n)]
	}
	return out
}
