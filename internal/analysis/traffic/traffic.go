// Package traffic adds up many traces: how often each operation and service was
// at work, how long it took, what failed, what called what, and how two stretches
// of time differ.
//
// A trace is looked at once and becomes a Digest of some hundred bytes, which can
// be kept beside it. A Set of a hundred thousand digests is then added up in a
// fraction of a second, without a span being read again. Durations are kept as a
// Sketch, so percentiles are within 0.8 % of the exact ones; counts, sums, the
// longest and the span it was are exact.
package traffic

import (
	"cmp"
	"slices"
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// An Op is an operation: spans alike in service, name and kind.
type Op struct {
	Service string // "" if none was recorded
	Name    string
	Kind    model.Kind
}

// A NodeKind is what stands at an end of an Edge.
type NodeKind uint8

// The kinds of node: what sends spans, and what only others tell of.
const (
	Service  NodeKind = iota
	Queue             // where messages wait
	Database          // called, without spans of its own
	Other             // likewise, of another kind
)

// A Node is an end of an Edge. Name is that of the service, of the queue or topic, of
// the database with its system, or the address that was called.
type Node struct {
	Kind NodeKind
	Name string
}

// Called returns what a node is called where no voice has a word for it: a database as
// people write what it is made by, anything else by its name.
func (n Node) Called() string {
	if n.Kind != Database {
		return n.Name
	}
	return analysis.StorageCalled(n.Name)
}

// A Tally is what is known of spans alike. Times are ns.
type Tally struct {
	Count     int
	Errors    int   // of them failed
	Total     int64 // durations added up
	Max       int64
	Slowest   model.SpanID // the first of the longest
	Durations Sketch
}

func (t *Tally) add(s *model.Span) {
	t.Count++
	if s.Failed() {
		t.Errors++
	}
	t.Total = analysis.Plus(t.Total, s.Dur)
	if t.Count == 1 || s.Dur > t.Max {
		t.Max, t.Slowest = s.Dur, s.ID
	}
	t.Durations.Add(s.Dur)
}

// An OpDigest is what one trace tells of an operation.
type OpDigest struct {
	Op
	Tally
	Own  int   // of Errors, those not because of a span below
	Self int64 // own work
	Path int64 // time on the critical path
}

// A ServiceDigest is what one trace tells of a service: its Tally is of its
// requests, the spans by which it was entered from outside.
type ServiceDigest struct {
	Name string
	Tally
	Spans  int
	Failed int // of Spans
	Self   int64
	Path   int64
}

// An EdgeDigest is the calls of one trace from one node to another. The Tally is of
// the spans on the called side where there are any, else of those that called; of
// messages, of the spans that sent them and those that took them.
type EdgeDigest struct {
	From, To Node
	Tally
}

// A Digest is what is kept of one trace.
type Digest struct {
	ID         model.TraceID
	Start, Dur int64 // Unix ns, ns
	Spans      int
	Failed     int // of them
	Root       Op
	Operations []OpDigest // in the order they first appear
	Services   []ServiceDigest
	Edges      []EdgeDigest
	Left       int // spans of operations that were too many, see maxOperations
}

// The bounds of a Digest. Of more operations those with the most own work are kept,
// of more edges the first.
const (
	maxOperations = 2000
	maxEdges      = 1000
)

// A Digester makes digests. It keeps what traces of one arena have in common, so
// it is used for one trace after another, by one goroutine. The zero value is ready.
type Digester struct {
	arena *model.Arena
	keys  []key // by StringID
	roles bool  // some attributes say what a span does that its kind does not
}

// Digest looks at a trace: two passes beside those of own work, errors and
// critical path.
func (g *Digester) Digest(t *model.Trace) *Digest {
	g.learn(t.Arena)
	d := &Digest{ID: t.ID, Start: t.Epoch, Dur: t.Dur, Spans: len(t.Spans), Failed: t.Errors}
	if len(t.Spans) == 0 {
		return d
	}
	if t.Root != model.NoSpan {
		d.Root = Op{t.ServiceName(t.Root), t.Name(t.Root), t.Spans[t.Root].Kind}
	}
	c := collector{t: t, d: d, keys: g.keys, told: g.roles, work: analysis.NewWork(t), errors: analysis.NewErrors(t), path: analysis.NewPath(t)}
	c.operations()
	c.edges()
	return d
}

// A collector fills one digest.
type collector struct {
	t      *model.Trace
	d      *Digest
	keys   []key
	told   bool // see Digester.roles
	work   *analysis.Work
	errors *analysis.Errors
	path   *analysis.Path
}

// opKey tells the operations of one trace apart.
type opKey struct {
	service, name model.StringID
	kind          model.Kind
}

// operations adds up operations and services.
func (c *collector) operations() {
	t, d := c.t, c.d
	byOp, byService := map[opKey]int32{}, map[model.StringID]int32{}
	opOf := make([]int32, len(t.Spans))
	for i := range t.Spans {
		s := &t.Spans[i]
		k := opKey{t.ResourceAt(s.Resource).Service, s.Name, s.Kind}
		n, ok := byOp[k]
		if !ok {
			n = int32(len(d.Operations))
			byOp[k] = n
			d.Operations = append(d.Operations, OpDigest{Op: Op{t.Str(k.service), t.Str(k.name), k.kind}})
		}
		opOf[i] = n
		sv, ok := byService[k.service]
		if !ok {
			sv = int32(len(d.Services))
			byService[k.service] = sv
			d.Services = append(d.Services, ServiceDigest{Name: t.Str(k.service)})
		}
		self, path := c.work.Self(model.SpanIndex(i)), c.path.Of(model.SpanIndex(i)).Total()
		c.service(&d.Services[sv], model.SpanIndex(i), self, path)
		op := &d.Operations[n]
		op.Self, op.Path = analysis.Plus(op.Self, self), analysis.Plus(op.Path, path)
		if s.Failed() && !c.errors.CarriedUp(model.SpanIndex(i)) {
			op.Own++
		}
	}
	place := c.keep()
	for i := range t.Spans {
		if n := place[opOf[i]]; n >= 0 {
			d.Operations[n].add(&t.Spans[i])
		} else {
			d.Left++
		}
	}
}

// service adds a span to its service.
func (c *collector) service(sv *ServiceDigest, i model.SpanIndex, self, path int64) {
	s := &c.t.Spans[i]
	sv.Spans++
	if s.Failed() {
		sv.Failed++
	}
	sv.Self, sv.Path = analysis.Plus(sv.Self, self), analysis.Plus(sv.Path, path)
	if s.Parent == model.NoSpan || c.serviceOf(s.Parent) != c.serviceOf(i) {
		sv.add(s)
	}
}

func (c *collector) serviceOf(i model.SpanIndex) model.StringID {
	return c.t.ResourceAt(c.t.Spans[i].Resource).Service
}

// A key is what an attribute says of what a span talks to.
type key uint8

// The keys in the order in which they name something.
const (
	noKey key = iota
	peerService
	destination
	database  // its name
	dbSystem  // what it is
	address   // of what was called
	messaging // the system
	operation // what is done with a message
	keyCount
)

// keyNames are the attributes that are read, by the names of OpenTelemetry's
// conventions, current and former, and of OpenTracing.
var keyNames = map[string]key{
	"peer.service": peerService, "service.peer.name": peerService,
	"messaging.destination.name": destination, "messaging.destination": destination, "messaging.destination.template": destination,
	"message_bus.destination": destination,
	"db.namespace":            database, "db.name": database, "db.instance": database,
	"db.system.name": dbSystem, "db.system": dbSystem, "db.type": dbSystem,
	"server.address": address, "net.peer.name": address, "http.host": address, "peer.hostname": address, "peer.address": address,
	"messaging.system":         messaging,
	"messaging.operation.type": operation, "messaging.operation": operation,
}

// learn classes the strings of an arena.
func (g *Digester) learn(a *model.Arena) {
	if g.arena == a && len(g.keys) == a.Strings() {
		return
	}
	g.arena, g.keys, g.roles = a, make([]key, a.Strings()), false
	for id := range g.keys {
		if text := a.Str(model.StringID(id)); len(text) <= longestKey {
			g.keys[id] = keyNames[text]
			g.roles = g.roles || g.keys[id] == operation || g.keys[id] == dbSystem
		}
	}
}

// longestKey is the most bytes of a name in keyNames.
const longestKey = len("messaging.destination.template")

// A role is what a span does beyond its own service: with a message, or one more.
type role = analysis.Role

const (
	none  = analysis.Neither
	sends = analysis.Sends
	takes = analysis.Takes
	calls = analysis.Takes + 1 // something else, and waits for the answer
)

// role tells what span i does, by its kind or, where that does not say, by its
// attributes.
func (c *collector) role(i model.SpanIndex) role {
	kind := c.t.Spans[i].Kind
	r := analysis.RoleOf(kind, "")
	if r != none {
		return r
	}
	if kind == model.KindClient {
		r = calls
	}
	if !c.told {
		return r
	}
	for _, a := range c.t.Attrs(i) {
		switch c.keys[a.Key] {
		case operation:
			if m := analysis.RoleOf(kind, c.t.Raw(a)); m != none {
				return m
			}
		case dbSystem:
			if kind != model.KindServer {
				r = calls
			}
		}
	}
	return r
}

// values are what the attributes of a span say, by key, "" for what is not said.
type values [keyCount]string

func (c *collector) said(i model.SpanIndex) (v values) {
	for _, a := range c.t.Attrs(i) {
		if k := c.keys[a.Key]; k != noKey && v[k] == "" {
			v[k] = c.t.Raw(a)
		}
	}
	return v
}

// maxNode bounds the name of a node in bytes.
const maxNode = 200

// node returns what a span with a role talks to, false if nothing says so.
func (v *values) node(r role) (n Node, ok bool) {
	switch {
	case r == sends || r == takes:
		n = Node{Queue, v[destination]}
		if r == takes && v[messaging] == "rabbitmq" { // exchange:key:queue where senders say exchange:key
			if parts := strings.Split(n.Name, ":"); len(parts) == 3 {
				n.Name = parts[0] + ":" + parts[1]
			}
		}
		if n.Name == "" {
			n.Name = v[messaging]
		}
	case v[dbSystem] != "" || v[database] != "":
		n = Node{Database, strings.TrimSpace(v[dbSystem] + " " + v[database])}
	case v[peerService] != "":
		n = Node{Other, v[peerService]}
	default:
		n = Node{Other, v[address]}
	}
	if len(n.Name) > maxNode {
		n.Name = strings.ToValidUTF8(n.Name[:maxNode], "")
	}
	return n, n.Name != "" || n.Kind == Queue
}

// keep leaves out operations beyond the bound. It returns the place of each in what is
// kept, -1 for those left out.
func (c *collector) keep() []int32 {
	list := c.d.Operations
	place := make([]int32, len(list))
	for k := range place {
		place[k] = int32(k)
	}
	if len(list) <= maxOperations {
		return place
	}
	slices.SortFunc(place, func(a, b int32) int { return cmp.Or(cmp.Compare(list[b].Self, list[a].Self), cmp.Compare(a, b)) })
	kept := slices.Clone(place[:maxOperations])
	slices.Sort(kept)
	out := make([]OpDigest, len(kept))
	for k := range place {
		place[k] = -1
	}
	for k, from := range kept {
		out[k], place[from] = list[from], int32(k)
	}
	c.d.Operations = out
	return place
}
