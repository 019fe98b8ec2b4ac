package trail

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// A world is all that is known of the traces looked at.
type world struct {
	o      Options
	m      *Map
	traces []*model.Trace
	reader reader
	orders []string // of each trace, "" for none
	own    []bool   // the order is recorded under a key looked for
	index  map[model.TraceID]int
	spans  map[int]map[model.SpanID]model.SpanIndex // of traces that links lead to

	services   map[string]*service
	edges      map[arrow]*edge
	calls      map[call]map[string]int // services that answered
	peers      map[call]map[string]int // the same by address alone
	callers    map[operation]map[string]int
	publishers map[string]map[string]bool // services by destination

	unanswered []open
	roots      map[string][]open // spans that serve a call nobody made, by service
	orphans    []orphan
	silent     map[string]*tally // of systems without spans of their own
	names      map[operation]*namesake
	clocks     map[string]*clock // by process
	crossings  []crossing
	found      map[subject]*evidence
	taken      map[string]bool // systems that show under a name not their own
}

// An arrow leads from a service to another, or to a system that sends no spans.
type arrow struct{ from, to string }

type edge struct {
	calls, carried int
	queue          bool // by messages
	entries, keyed int  // where traces of orders enter by it
	unkeyed        tally
	carriedBy      tally
}

// A call is an operation of a caller, with the address it calls.
type call struct{ service, name, peer string }

// An operation is one of a service, without numbers and ids in its name.
type operation struct{ service, name string }

// An open end is a span that lacks its other half.
type open struct {
	Place
	from, to   string // services; to may be a system that is missing
	op, peer   string
	start, end int64 // Unix ns
	matched    bool
}

// An orphan is a span that serves or takes what a span not in its trace has sent.
type orphan struct {
	Place
	service, op, dest string
	takes             bool
}

// A service is what is seen of one service.
type service struct {
	name           string
	spans          int
	traces         map[int]bool
	orders         map[string]bool
	entries, keyed int // where traces of orders enter it
	unkeyed        tally
	keys           map[string]int
	foreign        map[string]*tally
	languages      map[string]*tally
	lacks          map[string]bool // attributes of its resources, true while none had it
	first          Place
	kinds          int // spans whose kind says something
	called         int // times it answered a call
}

func newWorld(traces []*model.Trace, o Options) *world {
	w := &world{
		o: o, m: o.Map, traces: traces, orders: make([]string, len(traces)), own: make([]bool, len(traces)),
		index: make(map[model.TraceID]int, len(traces)), spans: map[int]map[model.SpanID]model.SpanIndex{},
		services: map[string]*service{}, edges: map[arrow]*edge{}, calls: map[call]map[string]int{}, peers: map[call]map[string]int{},
		callers: map[operation]map[string]int{}, publishers: map[string]map[string]bool{}, roots: map[string][]open{},
		silent: map[string]*tally{}, names: map[operation]*namesake{}, clocks: map[string]*clock{}, found: map[subject]*evidence{}, taken: map[string]bool{},
	}
	var keys []string
	if w.m != nil {
		keys = append(keys, w.m.OrderKeys...)
		for i := range w.m.Systems {
			keys = append(keys, w.m.Systems[i].OrderKeys...)
		}
	}
	w.reader.look(append(keys, o.Keys...))
	for n, t := range traces {
		w.index[t.ID] = n
	}
	return w
}

// system returns the name of the system that a service is, its own where the map
// does not have it.
func (w *world) system(service string) string {
	if s := w.m.of(service); s != nil {
		return s.Name
	}
	return service
}

func (w *world) outside(service string) bool {
	s := w.m.of(service)
	return s != nil && s.Outside
}

func (w *world) browser(service string) bool {
	if s := w.m.of(service); s != nil {
		return s.Browser
	}
	v := w.services[service]
	return v != nil && v.languages["webjs"] != nil
}

// whole says whether all of a trace can be expected to be there.
func (w *world) whole(t *model.Trace) bool {
	if w.o.Now > 0 && t.Epoch+t.Dur > w.o.Now-settled {
		return false
	}
	return !slices.ContainsFunc(t.Warnings, func(v model.Warning) bool { return v.Kind == model.Truncated })
}

// settled is how many ns after its end a trace is expected to have arrived whole:
// exporters send every few seconds, and a collector that samples waits longer.
const settled = 2 * 60 * 1_000_000_000

// meet notes the order and the services of a trace.
func (w *world) meet(n int, t *model.Trace) {
	w.reader.know(t.Arena)
	foreign := ""
	for i := range t.Spans {
		at := model.SpanIndex(i)
		f := w.reader.read(t, at)
		if f.order != "" && w.orders[n] == "" {
			w.orders[n], w.own[n] = f.order, true
		}
		if foreign == "" {
			foreign = f.foreignID
		}
		w.serve(n, t, at)
		if f.role(t.Spans[i].Kind) == analysis.Sends && f.dest != "" {
			if w.publishers[f.dest] == nil {
				w.publishers[f.dest] = map[string]bool{}
			}
			w.publishers[f.dest][t.ServiceName(at)] = true
		}
	}
	if w.orders[n] == "" {
		w.orders[n] = foreign
	}
}

// versioning are the attributes of a resource that every service should have, each
// by its names.
var versioning = [][]string{{"service.version"}, {"deployment.environment.name", "deployment.environment"}}

// serve notes that a service shows in a span.
func (w *world) serve(n int, t *model.Trace, i model.SpanIndex) {
	name := t.ServiceName(i)
	s := w.services[name]
	if s == nil {
		s = &service{name: name, traces: map[int]bool{}, orders: map[string]bool{}, keys: map[string]int{}, foreign: map[string]*tally{},
			languages: map[string]*tally{}, lacks: map[string]bool{}, first: Place{n, i}}
		for _, names := range versioning {
			s.lacks[names[0]] = true
		}
		w.services[name] = s
	}
	s.spans++
	s.traces[n] = true
	if t.Spans[i].Kind > model.KindInternal {
		s.kinds++
	}
	if p := t.Spans[i].Parent; p != model.NoSpan && t.Spans[p].Resource == t.Spans[i].Resource {
		return // the resource was looked at
	}
	attrs := t.ResourceAttrs(t.Spans[i].Resource)
	for _, names := range versioning {
		for _, key := range names {
			if a, ok := t.Find(attrs, key); ok && t.Text(a) != "" {
				s.lacks[names[0]] = false
			}
		}
	}
	if a, ok := t.Find(attrs, "telemetry.sdk.language"); ok {
		lang := t.Text(a)
		if s.languages[lang] == nil {
			s.languages[lang] = &tally{}
		}
		s.languages[lang].add(w, Place{n, i})
	}
}

// learn notes who calls whom where both halves are there.
func (w *world) learn(n int, t *model.Trace) {
	w.reader.know(t.Arena)
	if w.orders[n] == "" { // a message about an order that only its sender knows by number
		w.orders[n] = w.linkedOrder(t)
	}
	if order := w.orders[n]; order != "" {
		for i := range t.Services {
			w.services[t.Services[i].Name].orders[order] = true
		}
	}
	for i := range t.Spans {
		at := model.SpanIndex(i)
		s, to := &t.Spans[i], t.ServiceName(at)
		op := operation{to, analysis.Plain(t.Name(at))}
		if p := s.Parent; p != model.NoSpan {
			if from := t.ServiceName(p); from != to {
				f := w.reader.read(t, p)
				name := analysis.Plain(t.Name(p))
				count(w.calls, call{from, name, f.peer}, to)
				count(w.peers, call{from, "", f.peer}, to)
				count(w.callers, op, from)
				w.services[to].called++
			}
		}
		for _, l := range t.SpanLinks(at) {
			if from, ok := w.sender(l); ok && from != to {
				count(w.callers, op, from)
			}
		}
	}
}

func count[K comparable](m map[K]map[string]int, k K, name string) {
	if m[k] == nil {
		m[k] = map[string]int{}
	}
	m[k][name]++
}

// most returns the name that was counted most often, the first of equals, and of how
// many.
func most(m map[string]int) (name string, n, all int) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all += m[k]
		if m[k] > n {
			name, n = k, m[k]
		}
	}
	return name, n, all
}

// linkedOrder returns the order of the traces that links of t lead to.
func (w *world) linkedOrder(t *model.Trace) string {
	if t.Links == 0 {
		return ""
	}
	for i := range t.Spans {
		for _, l := range t.SpanLinks(model.SpanIndex(i)) {
			if n, ok := w.index[l.Trace]; ok && w.own[n] {
				return w.orders[n]
			}
		}
	}
	return ""
}

// sender returns the service of the span that a link leads to.
func (w *world) sender(l model.Link) (service string, ok bool) {
	n, ok := w.index[l.Trace]
	if !ok {
		return "", false
	}
	t := w.traces[n]
	if w.spans[n] == nil {
		w.spans[n] = make(map[model.SpanID]model.SpanIndex, len(t.Spans))
		for i := range t.Spans {
			w.spans[n][t.Spans[i].ID] = model.SpanIndex(i)
		}
	}
	i, ok := w.spans[n][l.Span]
	if !ok {
		return "", false
	}
	return t.ServiceName(i), true
}

// edge returns what is known of the way between two.
func (w *world) edge(from, to string) *edge {
	e := w.edges[arrow{from, to}]
	if e == nil {
		e = &edge{}
		w.edges[arrow{from, to}] = e
	}
	return e
}

// target returns the service or the system that a call goes to, "" if that is not
// known, or if it sends no spans.
func (w *world) target(t *model.Trace, i model.SpanIndex, f *fact) string {
	from := t.ServiceName(i)
	if name, _, _ := most(w.calls[call{from, analysis.Plain(t.Name(i)), f.peer}]); name != "" {
		return name
	}
	if name, _, _ := most(w.peers[call{from, "", f.peer}]); name != "" && f.peer != "" {
		return name
	}
	system := w.system(from)
	var open []*System
	for _, e := range w.m.ways(func(e Way) bool { return e.From == system && e.Through == "" }) {
		s := w.m.named(e.To)
		switch {
		case len(s.SeenIn) > 0 && seenIn(t, i, s):
			if s.silent() {
				return ""
			}
			return s.Name
		case len(s.SeenIn) == 0:
			open = append(open, s)
		}
	}
	if len(open) == 1 {
		return open[0].Name
	}
	for _, s := range open {
		if slices.ContainsFunc(s.Services, func(name string) bool { return strings.Contains(f.peer, name) }) {
			return s.Name
		}
	}
	return ""
}

// seenIn says whether span i has the attributes by which a system is known.
func seenIn(t *model.Trace, i model.SpanIndex, s *System) bool {
	for key, want := range s.SeenIn {
		a, ok := t.Attr(i, key)
		if old := oldKeys[key]; !ok && old != "" {
			a, ok = t.Attr(i, old)
		}
		if !ok || t.Text(a) != want {
			return false
		}
	}
	return true
}

// oldKeys are what attributes of maps were called before, as many libraries do still.
var oldKeys = map[string]string{"db.namespace": "db.name", "db.system.name": "db.system", "server.address": "net.peer.name"}

// shows says whether spans of a system, or of a service the map does not have, are
// there.
func (w *world) shows(name string) bool {
	if w.services[name] != nil {
		return true
	}
	s := w.m.named(name)
	return s != nil && slices.ContainsFunc(s.Services, func(v string) bool { return w.services[v] != nil })
}

// sortedServices returns the services by name.
func (w *world) sortedServices() []*service {
	return slices.SortedFunc(maps.Values(w.services), func(a, b *service) int { return cmp.Compare(a.name, b.name) })
}
