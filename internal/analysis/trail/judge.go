package trail

import (
	"cmp"
	"slices"
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// A sight is one trace with what its spans say.
type sight struct {
	*model.Trace
	n        int
	facts    []fact
	answered analysis.Set // calls with a span of the one called
	whole    bool
}

func (w *world) see(n int, t *model.Trace) *sight {
	v := &sight{Trace: t, n: n, facts: make([]fact, len(t.Spans)), answered: analysis.NewSet(len(t.Spans)), whole: w.whole(t)}
	for i := range t.Spans {
		at := model.SpanIndex(i)
		v.facts[i] = w.reader.read(t, at)
		p := t.Spans[i].Parent
		if p == model.NoSpan {
			continue
		}
		// A library that calls through another leaves the call to that one.
		through := t.Spans[i].Kind == model.KindClient && t.Spans[p].Kind == model.KindClient
		if through || t.ServiceName(p) != t.ServiceName(at) {
			v.answered.Add(p)
		}
	}
	return v
}

// judge looks at every span for what loses the trail.
func (w *world) judge(n int, t *model.Trace) {
	w.reader.know(t.Arena)
	v := w.see(n, t)
	for i := range t.Spans {
		at := model.SpanIndex(i)
		if v.facts[i].outside {
			continue
		}
		w.enter(v, at)
		w.foreign(v, at)
		w.kind(v, at)
		w.label(v, at)
		w.compare(v, at)
		w.reach(v, at)
		if v.whole {
			w.ends(v, at)
		}
	}
}

// from returns the service that span i was called by or got its message from, ""
// if that is not known.
func (w *world) from(v *sight, i model.SpanIndex) string {
	if p := v.Spans[i].Parent; p != model.NoSpan {
		return v.ServiceName(p)
	}
	for _, l := range v.SpanLinks(i) {
		if name, ok := w.sender(l); ok {
			return name
		}
	}
	return ""
}

// enter counts the spans by which traces of orders enter a service, and those of
// them that have the number.
func (w *world) enter(v *sight, i model.SpanIndex) {
	s, f := &v.Spans[i], &v.facts[i]
	takes := f.role(s.Kind) == analysis.Takes
	root := s.Parent == model.NoSpan && s.ParentID.IsZero()
	crosses := s.Parent != model.NoSpan && v.ServiceName(s.Parent) != v.ServiceName(i)
	if w.orders[v.n] == "" || f.op == "receive" || !(s.Kind == model.KindServer || takes || root || crosses) {
		return
	}
	service := w.services[v.ServiceName(i)]
	service.entries++
	from := w.from(v, i)
	var e *edge
	if from != "" && from != service.name {
		e = w.edge(w.system(from), w.system(service.name))
		e.entries++
	}
	if f.order != "" && slices.Contains(w.accepted(service.name), f.key) {
		service.keyed++
		if e != nil {
			e.keyed++
		}
		return
	}
	service.unkeyed.add(w, Place{v.n, i})
	if e != nil {
		e.unkeyed.add(w, Place{v.n, i})
	}
}

// accepted returns the keys under which a service may record the order number.
func (w *world) accepted(service string) []string {
	s := w.m.of(service)
	if s == nil {
		return w.reader.keys
	}
	return slices.Concat(w.m.OrderKeys, s.OrderKeys)
}

// foreign notes under which keys a service has order numbers.
func (w *world) foreign(v *sight, i model.SpanIndex) {
	f := &v.facts[i]
	s := w.services[v.ServiceName(i)]
	note := func(key string) {
		if s.foreign[key] == nil {
			s.foreign[key] = &tally{}
		}
		s.foreign[key].add(w, Place{v.n, i})
	}
	if f.order != "" {
		if s.keys[f.key]++; !slices.Contains(w.accepted(s.name), f.key) {
			note(f.key)
		}
	}
	if f.foreign != "" {
		note(f.foreign)
	}
	for _, a := range f.related {
		if w.own[v.n] && v.Text(a) == w.orders[v.n] {
			note(v.Key(a))
		}
	}
}

// kind looks for spans that are marked as internal though they send, take, serve or
// call.
func (w *world) kind(v *sight, i model.SpanIndex) {
	s, f := &v.Spans[i], &v.facts[i]
	if s.Kind != model.KindInternal {
		return
	}
	want := model.KindUnspecified
	crossed := s.Parent != model.NoSpan && v.ServiceName(s.Parent) != v.ServiceName(i)
	switch {
	case f.message && f.role(s.Kind) == analysis.Sends:
		want = model.KindProducer
	case f.message && f.role(s.Kind) == analysis.Takes:
		want = model.KindConsumer
	case crossed && (f.served || f.call):
		want = model.KindServer
	case v.answered.Has(i) && f.call:
		want = model.KindClient
	default:
		return
	}
	e := w.on(subject{kind: WrongKind, system: w.system(v.ServiceName(i)), detail: want.String()})
	e.add(w, Place{v.n, i})
}

// A namesake is the names of one service that differ in numbers and ids only.
type namesake struct {
	tally
	names   map[string]bool
	example string
	byOrder int // spans named after their order
}

const (
	maxNames  = 64 // counted of one namesake
	manyNames = 5  // of which on they are a mistake, if they are the half of the spans
	fewOrders = 3  // spans named after their orders
)

// label notes names that have numbers or ids in them.
func (w *world) label(v *sight, i model.SpanIndex) {
	name := v.Name(i)
	pattern := name
	order := w.orders[v.n]
	named := len(order) >= 4 && strings.ContainsAny(order, "0123456789") && strings.Contains(name, order)
	if named {
		pattern = strings.ReplaceAll(name, order, "#")
	}
	if pattern = analysis.Plain(pattern); pattern == name {
		return
	}
	k := operation{v.ServiceName(i), pattern}
	s := w.names[k]
	if s == nil {
		s = &namesake{names: map[string]bool{}, example: name}
		w.names[k] = s
	}
	if len(s.names) < maxNames {
		s.names[name] = true
	}
	if named {
		s.byOrder++
	}
	s.add(w, Place{v.n, i})
}

// reach counts the ways that span i is on: from the caller or the sender to its
// service, and to systems that send no spans.
func (w *world) reach(v *sight, i model.SpanIndex) {
	to, f := w.system(v.ServiceName(i)), &v.facts[i]
	takes := f.role(v.Spans[i].Kind) == analysis.Takes
	if from := w.from(v, i); from != "" && w.system(from) != to && (takes || v.Spans[i].Parent != model.NoSpan) {
		e := w.edge(w.system(from), to)
		e.calls++
		e.carried++
		if e.carriedBy.add(w, Place{v.n, i}); takes {
			e.queue = true
		}
	}
	if w.m == nil {
		return
	}
	for k := range w.m.Systems {
		s := &w.m.Systems[k]
		if !s.silent() || len(s.SeenIn) == 0 || !seenIn(v.Trace, i, s) {
			continue
		}
		if w.silent[s.Name] == nil {
			w.silent[s.Name] = &tally{}
		}
		w.silent[s.Name].add(w, Place{v.n, i})
		if kind := v.Spans[i].Kind; kind == model.KindClient || kind == model.KindProducer || !takes {
			e := w.edge(to, s.Name)
			e.calls++
			e.carried++
		}
	}
}

// ends notes spans that lack their other half: the caller, the sender, or the one
// called.
func (w *world) ends(v *sight, i model.SpanIndex) {
	s, f := &v.Spans[i], &v.facts[i]
	service := v.ServiceName(i)
	taken := f.role(s.Kind) == analysis.Takes
	switch {
	case s.Parent != model.NoSpan:
	case taken && f.op == "receive": // of a look into a queue that may be empty
	case taken && s.ParentID.IsZero():
		if len(v.SpanLinks(i)) == 0 {
			w.cutAtQueue(v, i)
		}
	case taken:
		w.orphans = append(w.orphans, orphan{Place{v.n, i}, service, analysis.Plain(v.Name(i)), f.dest, true})
	case s.ParentID.IsZero():
		if s.Kind == model.KindServer && len(v.SpanLinks(i)) == 0 {
			w.roots[w.system(service)] = append(w.roots[w.system(service)], w.open(v, i, "", service))
		}
	case s.Kind == model.KindServer || s.Kind == model.KindUnspecified || isRemote(s.Flags) == remote:
		w.orphans = append(w.orphans, orphan{Place{v.n, i}, service, analysis.Plain(v.Name(i)), f.dest, false})
	default:
		e := w.on(subject{kind: UnevenSampling, system: w.system(service)})
		e.add(w, Place{v.n, i})
		e.of = w.services[service].spans
	}
	if s.Kind == model.KindClient && !v.answered.Has(i) && !f.store && !f.message && (f.call || f.answered || f.peer != "") &&
		(f.answered || !s.Failed()) {
		if to := w.target(v.Trace, i, f); to != "" || w.m == nil && f.call {
			w.unanswered = append(w.unanswered, w.open(v, i, service, to))
		}
	}
}

func (w *world) open(v *sight, i model.SpanIndex, from, to string) open {
	s := &v.Spans[i]
	return open{Place: Place{v.n, i}, from: from, to: to, op: analysis.Plain(v.Name(i)), peer: v.facts[i].peer,
		start: v.Epoch + s.Start, end: v.Epoch + s.Start + s.Dur}
}

// Whether a parent is of another process, as OTLP's flags of a span say.
const (
	hasRemote = 1 << 8
	remote    = 1 << 9
)

// isRemote returns remote where the flags say that the parent is of another process.
func isRemote(flags uint32) uint32 {
	if flags&hasRemote == 0 {
		return 0
	}
	return flags & remote
}

// cutAtQueue notes that span i took a message of which nothing says who sent it.
func (w *world) cutAtQueue(v *sight, i model.SpanIndex) {
	service, dest := v.ServiceName(i), v.facts[i].dest
	way := w.sent(w.system(service), dest)
	at := subject{kind: QueueContextLost, system: w.system(service), from: way.From, to: w.system(service), through: way.Through}
	if w.m == nil {
		at.detail = dest
	}
	w.on(at).add(w, Place{v.n, i})
	if way.From != "" {
		w.edge(way.From, at.to).calls++
	}
}

// sent returns the way by which messages of a destination come to a system. Its From
// is "" where nobody is known to send them.
func (w *world) sent(to, dest string) Way {
	list := w.m.ways(func(e Way) bool { return e.To == to && e.Through != "" && strings.HasPrefix(dest, e.Destination) })
	var senders []string
	for d, names := range w.publishers {
		if dest == d || strings.HasPrefix(dest, d+":") || strings.HasPrefix(dest, d+"/") || strings.HasPrefix(dest, d+".") {
			for name := range names {
				senders = append(senders, w.system(name))
			}
		}
	}
	slices.Sort(senders)
	for _, e := range list {
		if len(list) == 1 || slices.Contains(senders, e.From) {
			return e
		}
	}
	if len(senders) > 0 {
		return Way{From: senders[0], To: to}
	}
	return Way{To: to}
}

// A clock is what calls say of the clock of a process.
type clock struct{ calls, off int }

// A crossing is a call between processes whose clocks differ.
type crossing struct {
	Place
	caller, called process
	ahead          int64 // of the called one's, ns
}

// A process is an instance of a service.
type process struct{ service, name string }

func (p process) key() string { return p.service + "\x00" + p.name }

// farOff is from how many ns on a clock is said to be off: no call takes as long on
// its way.
const farOff = 1_000_000_000

// compare compares the clocks of the process of span i and of its caller: who waits
// for an answer has begun before and ends after the one who gives it.
func (w *world) compare(v *sight, i model.SpanIndex) {
	s := &v.Spans[i]
	if s.Parent == model.NoSpan || s.Kind != model.KindServer || v.Spans[s.Parent].Kind != model.KindClient || s.Dur == 0 {
		return
	}
	p := &v.Spans[s.Parent]
	if p.Resource == s.Resource || s.Dur > p.Dur {
		return
	}
	caller, called := processOf(v.Trace, s.Parent), processOf(v.Trace, i)
	ahead := s.Start + s.Dur/2 - p.Start - p.Dur/2
	off := s.Start < p.Start-farOff || s.Start+s.Dur > p.Start+p.Dur+farOff
	for _, one := range []process{caller, called} {
		c := w.clocks[one.key()]
		if c == nil {
			c = &clock{}
			w.clocks[one.key()] = c
		}
		if c.calls++; off {
			c.off++
		}
	}
	if off {
		w.crossings = append(w.crossings, crossing{Place{v.n, i}, caller, called, ahead})
	}
}

func processOf(t *model.Trace, i model.SpanIndex) process {
	attrs := t.ResourceAttrs(t.Spans[i].Resource)
	name := ""
	for _, key := range []string{"service.instance.id", "k8s.pod.name", "host.name", "hostname", "ip"} {
		if a, ok := t.Find(attrs, key); ok {
			name = cmp.Or(name, t.Text(a))
		}
	}
	return process{t.ServiceName(i), name}
}
