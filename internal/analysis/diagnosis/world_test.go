package diagnosis

import (
	"fmt"
	"math"
	"math/rand/v2"

	"traceview/internal/model"
)

// A world is a company that exists in one labelled case: services that call one
// another in a way drawn by chance, with habits of their own.
type world struct {
	*rand.Rand
	services []*host
	entry    *node
	nodes    []*node
	old      bool    // names of attributes as they were before 2023
	codes    bool    // spans carry the codes of HTTP or gRPC
	grpc     bool    // and those are gRPC's
	quiet    float64 // share of internal spans that record no status
	wraps    bool    // errors above repeat the text of the one below
	whole    float64 // ns a healthy order takes, roughly
}

// A host is a service with the machines it runs on.
type host struct {
	name     string
	machines []machine
}

type machine struct {
	id  int
	off int64 // ns its clock is ahead
}

type nodeKind int

const (
	work    nodeKind = iota
	call             // of another service
	query            // of a database
	outside          // of a program without tracing
	publish          // of a message that another service takes
)

// A node is a step that the services of a world take again and again.
type node struct {
	kind     nodeKind
	name     string
	by       *host // who takes it
	to       *host // who is called
	median   float64
	sigma    float64
	slow     float64 // share of times it takes eight times as long
	steps    []*node
	parallel bool
	lo, hi   int     // how many times in a row
	prob     float64 // of being taken
	tolerant bool    // what fails below does not matter
	noise    float64 // share of times it fails, where that does not matter
	redo     float64 // share of times it needs a second try
	linked   bool    // a message taken in a trace of its own
	delay    float64 // ns in the queue
	up       *node
}

var (
	nouns = []string{"ledger", "badge", "parcel", "ticket", "gauge", "route", "claim", "score", "feed", "quote", "seat", "tariff", "meter", "depot", "lease", "crew"}
	verbs = []string{"load", "check", "reserve", "compute", "index", "sign", "merge", "price", "rank", "assign", "verify", "store", "expand", "resolve"}
)

func newWorld(seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 77))}
	w.old, w.codes, w.grpc, w.wraps = w.IntN(3) == 0, w.IntN(3) > 0, w.IntN(3) == 0, w.IntN(2) == 0
	w.quiet = []float64{0, 0.3, 1}[w.IntN(3)]
	for k, p := range w.Perm(len(nouns))[:4+w.IntN(6)] {
		h := &host{name: nouns[p] + []string{"-svc", "", "d", ".api"}[w.IntN(4)]}
		for m := range 1 + w.IntN(2) {
			h.machines = append(h.machines, machine{k*10 + m, int64(w.NormFloat64() * 300_000)})
		}
		w.services = append(w.services, h)
	}
	w.entry = &node{kind: call, name: w.title("POST"), by: w.services[0], to: w.services[1], median: 1e6, sigma: 0.3, lo: 1, hi: 1, prob: 1}
	w.nodes = append(w.nodes, w.entry)
	w.grow(w.entry, 0)
	for range 4 { // so that there is something to go wrong
		if len(w.nodes) < 12 {
			w.grow(w.entry, 1)
		}
	}
	return w
}

func (w *world) title(prefix string) string {
	return fmt.Sprintf("%s /%s/%s-%d", prefix, nouns[w.IntN(len(nouns))], verbs[w.IntN(len(verbs))], 10+len(w.nodes))
}

// grow gives a node some steps.
func (w *world) grow(n *node, depth int) {
	if depth > 4 || len(w.nodes) > 40 {
		return
	}
	at := n.by
	if n.kind == call || n.kind == publish {
		at = n.to
	}
	n.parallel = n.kind != publish && w.IntN(6) == 0
	for range 1 + w.IntN(4) {
		c := &node{by: at, median: math.Exp(w.Float64()*6) * 3e5, sigma: 0.15 + 0.4*w.Float64(), lo: 1, hi: 1, prob: 1, up: n}
		switch x := w.IntN(10); {
		case x < 3:
			c.kind, c.name = work, fmt.Sprintf("%s.%s%d", nouns[w.IntN(len(nouns))], verbs[w.IntN(len(verbs))], len(w.nodes))
		case x < 6:
			c.kind, c.name = query, fmt.Sprintf("%s %s_%d", []string{"SELECT", "UPDATE", "INSERT"}[w.IntN(3)], nouns[w.IntN(len(nouns))], len(w.nodes))
		case x < 8:
			c.kind, c.name, c.to = call, w.title([]string{"GET", "POST", "PUT"}[w.IntN(3)]), w.services[w.IntN(len(w.services))]
			for c.to == at {
				c.to = w.services[w.IntN(len(w.services))]
			}
			c.median = min(c.median, 3e6)
		case x < 9:
			c.kind, c.name = outside, w.title("POST")
		default:
			c.kind, c.name, c.to = publish, fmt.Sprintf("publish %s.%d", nouns[w.IntN(len(nouns))], len(w.nodes)), w.services[w.IntN(len(w.services))]
			for c.to == at {
				c.to = w.services[w.IntN(len(w.services))]
			}
			c.median, c.linked, c.delay = 1e6, w.IntN(2) == 0, math.Exp(w.Float64()*5)*2e6
		}
		w.habits(c)
		n.steps = append(n.steps, c)
		w.nodes = append(w.nodes, c)
		if c.kind == call || c.kind == publish || c.kind == work && w.IntN(2) == 0 {
			w.grow(c, depth+1)
		}
	}
}

// habits gives a step what is odd about it every day.
func (w *world) habits(c *node) {
	switch x := w.IntN(12); {
	case x == 0 && c.kind != publish:
		c.prob = 0.5 + 0.4*w.Float64()
	case x == 1 && (c.kind == query || c.kind == work):
		c.lo, c.hi = 1, 2+w.IntN(4)
	case x == 2:
		c.slow = 0.05 + 0.2*w.Float64() // a cache that misses
	case x == 3 && c.kind == query:
		c.median *= 30 // slow as always
	case x == 4 && c.kind != publish:
		c.tolerant, c.noise = true, 0.1+0.2*w.Float64()
	case x == 5 && (c.kind == query || c.kind == outside):
		c.redo = 0.1 + 0.1*w.Float64()
	}
}

// A record is a span of a story, times in ns.
type record struct {
	trace, id, parent uint64
	on                machine
	service, name     string
	kind              model.Kind
	start, end        int64
	status            model.Status
	text              string
	exception         [2]string
	attrs             map[string]any
	link              [2]uint64
	dropped           bool // its spans never arrive
}

// A story is one order: what happened, and where the trouble is.
type story struct {
	*world
	spans []*record
	trace uint64
	fault *fault
	label *record
	later []func() // messages to be taken
	ids   uint64
}

// A failure is an error on its way up.
type failure struct{ kind, text string }

// tell tells an order that begins at a time.
func (w *world) tell(at int64, f *fault, ids uint64) *story {
	s := &story{world: w, fault: f, ids: ids << 24}
	s.trace = s.id()
	s.take(w.entry, nil, s.on(w.entry.by), at)
	for len(s.later) > 0 {
		next := s.later[0]
		s.later = s.later[1:]
		next()
	}
	return s
}

func (s *story) id() uint64 { s.ids++; return s.ids*0x9e3779b97f4a7c15 | 1 }

func (w *world) machine(h *host) machine { return h.machines[w.IntN(len(h.machines))] }

// on returns a machine of a service, with the clock it has in this story.
func (s *story) on(h *host) machine {
	m := s.machine(h)
	if s.fault != nil && s.fault.skewed == h {
		m.off += s.fault.extra
	}
	return m
}

// around draws a duration near a median.
func (w *world) around(median, sigma float64) int64 {
	return int64(median * math.Exp(sigma*w.NormFloat64()))
}

func (s *story) open(parent *record, on machine, service, name string, kind model.Kind, at int64) *record {
	r := &record{trace: s.trace, id: s.id(), on: on, service: service, name: name, kind: kind, start: at, end: at, attrs: map[string]any{}}
	if parent != nil {
		r.trace, r.parent = parent.trace, parent.id
	}
	s.spans = append(s.spans, r)
	return r
}

// fail marks a span as failed. Internal spans may not say so.
func (s *story) fail(r *record, e *failure) {
	if r.kind == model.KindInternal && s.Float64() < s.quiet {
		return
	}
	r.status = model.StatusError
	if s.IntN(2) == 0 {
		r.text = e.text
	}
	r.exception = [2]string{e.kind, e.text}
}

// answer records the code of a call's two spans.
func (s *story) answer(r *record, ok bool) {
	switch {
	case !s.codes:
	case s.grpc && s.old:
		r.attrs["rpc.grpc.status_code"] = map[bool]int{true: 0, false: 13}[ok]
	case s.grpc:
		r.attrs["rpc.response.status_code"] = map[bool]string{true: "OK", false: "INTERNAL"}[ok]
	case s.old:
		r.attrs["http.status_code"] = map[bool]int{true: 200, false: 500}[ok]
	default:
		r.attrs["http.response.status_code"] = map[bool]int{true: 200, false: 500}[ok]
	}
}
