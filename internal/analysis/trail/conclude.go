package trail

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"
)

// conclude makes findings of what was noted, causes before what follows from them.
func (w *world) conclude() {
	w.joinEnds()
	w.closeUnanswered()
	w.closeRoots()
	w.closeOrphans()
	w.nameNames()
	w.missSystems()
	w.missOrders()
	w.missEdges()
	w.blameClocks()
	w.blameNames()
	w.missVersions()
}

// apart is by how many ns the clocks of caller and called may differ where a trace
// begins amid a call.
const apart = 5_000_000

// joinEnds joins calls that nobody answered with traces that begin amid them: the
// call arrived, its context did not.
func (w *world) joinEnds() {
	for _, list := range w.roots {
		slices.SortFunc(list, func(a, b open) int { return cmp.Compare(a.start, b.start) })
	}
	for k := range w.unanswered {
		u := &w.unanswered[k]
		list := w.roots[w.system(u.to)]
		at := sort.Search(len(list), func(i int) bool { return list[i].start >= u.start-apart })
		for ; at < len(list) && list[at].start <= u.end+apart; at++ {
			r := &list[at]
			if of := w.orders[r.Trace]; !r.matched && (of == "" || of == w.orders[u.Trace]) {
				r.matched, u.matched = true, true
				w.cut(u.from, u.to, r.Place)
				break
			}
		}
	}
}

// cut notes that the context of a call did not arrive.
func (w *world) cut(from, to string, at Place) {
	kind := ContextLost
	if w.browser(from) || w.m.named(from) != nil && w.m.named(from).Browser {
		kind = RootInBackend
	}
	from, to = w.system(from), w.system(to)
	w.on(subject{kind: kind, system: to, from: from, to: to}).add(w, at)
	w.edge(from, to).calls++
}

// closeUnanswered says of calls that lead nowhere whose spans are missing.
func (w *world) closeUnanswered() {
	for k := range w.unanswered {
		u := &w.unanswered[k]
		to := w.system(u.to)
		switch {
		case u.matched:
		case u.to == "": // without a map, whoever is called may be somebody else's
			e := w.on(subject{kind: SystemMissing, from: u.from, detail: cmp.Or(u.peer, u.op)})
			e.hint = true
			e.add(w, u.Place)
		default:
			w.lose(to, u.Place)
			w.edge(w.system(u.from), to).calls++
		}
	}
}

// lose notes that a span of a system is missing where at points to it.
func (w *world) lose(system string, at Place) {
	kind := SpansLost
	if !w.shows(system) {
		kind = SystemMissing
	}
	e := w.on(subject{kind: kind, system: system})
	if e.add(w, at); kind == SpansLost {
		e.of = e.spans + w.called(system)
	}
}

// called returns how many calls the services of a system are seen to have answered.
func (w *world) called(system string) (n int) {
	for name, s := range w.services {
		if w.system(name) == system {
			n += s.called
		}
	}
	return n
}

// closeRoots says of traces that begin with the answer to a call whose call it was.
func (w *world) closeRoots() {
	for _, system := range slices.Sorted(maps.Keys(w.roots)) {
		for _, r := range w.roots[system] {
			if r.matched {
				continue
			}
			from, n, all := most(w.callers[operation{r.to, r.op}])
			ways := w.m.ways(func(e Way) bool { return e.To == system && e.Through == "" })
			missing := w.firstMissing(ways)
			switch {
			case from != "" && (w.outside(from) || 2*n < all):
			case from != "":
				w.cut(from, r.to, r.Place)
			case missing != "" && w.m.named(missing).Browser:
				w.cut(missing, r.to, r.Place)
			case missing != "":
				w.lose(missing, r.Place)
				w.edge(missing, system).calls++
			case len(ways) == 1 && !w.m.named(ways[0].From).Outside:
				w.cut(ways[0].From, r.to, r.Place)
			}
		}
	}
}

// firstMissing returns the first system that ways begin at and that should show but
// does not, "" for none.
func (w *world) firstMissing(ways []Way) string {
	for _, e := range ways {
		if s := w.m.named(e.From); !s.Outside && !s.silent() && !w.shows(e.From) {
			return e.From
		}
	}
	return ""
}

// closeOrphans says of spans whose parent is missing whose span that was.
func (w *world) closeOrphans() {
	for _, o := range w.orphans {
		to := w.system(o.service)
		from, _, _ := most(w.callers[operation{o.service, o.op}])
		ways := w.m.ways(func(e Way) bool {
			return e.To == to && (e.Through != "") == o.takes && strings.HasPrefix(o.dest, e.Destination)
		})
		outside := slices.ContainsFunc(ways, func(e Way) bool { return w.m.named(e.From).Outside })
		missing := w.firstMissing(ways)
		switch {
		case from != "" && w.outside(from):
			continue
		case missing != "":
			from = missing
		case from != "":
		case outside:
			continue
		case len(ways) == 1:
			from = ways[0].From
		case o.takes && w.sent(to, o.dest).From != "":
			from = w.sent(to, o.dest).From
		default:
			e := w.on(subject{kind: SpansLost, to: to})
			e.hint = true
			e.add(w, o.Place)
			continue
		}
		from = w.system(from)
		w.lose(from, o.Place)
		w.edge(from, to).calls++
	}
}

// missing returns the systems of the map that should show and do not.
func (w *world) missing() (list []*System) {
	if w.m == nil {
		return nil
	}
	for i := range w.m.Systems {
		if s := &w.m.Systems[i]; !s.Outside && !s.silent() && !w.shows(s.Name) {
			list = append(list, s)
		}
	}
	return list
}

// unnamed says whether a service has no name of its own: SDKs call it so.
func unnamed(service string) bool {
	return service == "" || service == "unknown" || strings.HasPrefix(service, "unknown_service")
}

// nameNames looks for services without a name of their own, and for names that
// several systems have. Who they are, the map may tell: where a system is missing
// and those who call it call somebody they have no way to, it is there under the
// name of that one.
func (w *world) nameNames() {
	known := map[string]bool{} // names explained by a system that is missing
	for _, x := range w.missing() {
		for _, a := range slices.SortedFunc(maps.Keys(w.edges), compareArrows) {
			e := w.edges[a]
			if e.carried == 0 || !w.leads(a.from, x.Name) || w.leads(a.from, a.to) || w.m.named(a.to).silent() {
				continue
			}
			kind := SharedName
			if unnamed(a.to) {
				kind = UnnamedService
			}
			w.on(subject{kind: kind, system: a.to, other: x.Name}).join(&e.carriedBy)
			delete(w.found, subject{kind: SystemMissing, system: x.Name})
			w.taken[x.Name], known[a.to] = true, true
		}
	}
	for _, s := range w.sortedServices() {
		name := w.system(s.name)
		switch {
		case known[name]:
		case unnamed(s.name):
			w.on(subject{kind: UnnamedService, system: s.name}).join(w.allOf(s))
		case len(s.languages) > 1:
			list := slices.Sorted(maps.Keys(s.languages))
			e := w.on(subject{kind: SharedName, system: name, detail: strings.Join(list, ", ")})
			for _, l := range list {
				e.join(s.languages[l])
			}
		}
	}
}

func compareArrows(a, b arrow) int {
	return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
}

// leads says whether the map has a way from one system to another.
func (w *world) leads(from, to string) bool {
	return len(w.m.ways(func(e Way) bool { return e.From == from && e.To == to })) > 0
}

// missSystems notes systems of the map that nothing in the traces leads to.
func (w *world) missSystems() {
	for _, x := range w.missing() {
		at := subject{kind: SystemMissing, system: x.Name}
		seen := w.found[at] != nil || w.taken[x.Name]
		for s := range w.found {
			seen = seen || s.kind == RootInBackend && s.from == x.Name
		}
		if !seen {
			w.on(at).hint = true
		}
	}
}

// fewEntries is up to how many spans that lack the number say nothing of a way.
const fewEntries = 3

// missOrders says of services that lack order numbers whether they have them
// nowhere, under another key, or not where a certain one calls them.
func (w *world) missOrders() {
	for _, s := range w.sortedServices() {
		known := w.m.of(s.name)
		if s.entries == 0 || unnamed(s.name) || known != nil && (known.Outside || known.NoOrder) {
			continue
		}
		system := w.system(s.name)
		lost, keyed, entries := []arrow{}, s.keyed, s.entries
		for a, e := range w.edges {
			if a.to == system && e.entries >= fewEntries && e.keyed == 0 && s.keyed > 0 {
				lost = append(lost, a)
				entries -= e.entries
			}
		}
		key := w.foreignKey(s)
		switch {
		case 2*keyed >= entries && s.keyed > 0:
			for _, a := range lost {
				e := w.on(subject{kind: BaggageLost, system: system, from: a.from, to: a.to})
				e.join(&w.edges[a].unkeyed)
				e.of = w.edges[a].entries
			}
		case key != "":
			e := w.on(subject{kind: OtherKey, system: system, detail: key})
			e.join(s.foreign[key])
		default:
			e := w.on(subject{kind: OrderKeyMissing, system: system})
			e.join(&s.unkeyed)
			e.of, e.hint = s.entries, known == nil
		}
	}
}

// foreignKey returns the key that is not agreed on and that a service has most order
// numbers under, "" for none.
func (w *world) foreignKey(s *service) string {
	n := map[string]int{}
	for k, t := range s.foreign {
		n[k] = t.spans
	}
	key, _, _ := most(n)
	return key
}

// manyTraces is of how many traces of a system on a way that nothing is seen of is a
// break: in fewer, the orders may not have got so far.
const manyTraces = 20

// missEdges notes ways of the map that nothing is seen of.
func (w *world) missEdges() {
	if w.m == nil {
		return
	}
	for _, way := range w.m.Edges {
		from, to := w.m.named(way.From), w.m.named(way.To)
		if from.Outside || from.silent() || to.Outside || !w.shows(way.From) || !to.silent() && !w.shows(way.To) || w.edge(way.From, way.To).calls > 0 {
			continue
		}
		e := w.on(subject{kind: EdgeSilent, from: way.From, to: way.To, through: way.Through})
		traces := 0
		for _, s := range w.sortedServices() {
			if w.m.of(s.name) != from {
				continue
			}
			if traces += len(s.traces); e.spans == 0 {
				e.add(w, s.first)
			}
		}
		e.spans, e.of, e.hint = 0, traces, traces < manyTraces
		clear(e.traces)
		clear(e.orders)
	}
}

// blameClocks says whose clock is off where those of caller and called differ: the
// one that differs more often from those of others.
func (w *world) blameClocks() {
	share := func(p process) float64 { c := w.clocks[p.key()]; return float64(c.off) / float64(c.calls) }
	for _, c := range w.crossings {
		at, ahead := c.called, c.ahead
		if share(c.caller) > share(c.called) {
			at, ahead = c.caller, -c.ahead
		}
		e := w.on(subject{kind: ClockOff, system: w.system(at.service), detail: at.name})
		if e.spans == 0 {
			e.amount = ahead
		}
		e.of, e.hint = w.clocks[at.key()].calls, w.browser(at.service)
		e.add(w, c.Place)
	}
}

// blameNames says which services put numbers into names of spans.
func (w *world) blameNames() {
	type choice struct{ names, spans int }
	best := map[string]choice{}
	examples := map[string]string{}
	var bad []operation
	for k, s := range w.names {
		if len(s.names) >= manyNames && (2*len(s.names) >= s.spans || len(s.names) == maxNames) || s.byOrder >= fewOrders && len(s.names) > 1 {
			bad = append(bad, k)
		}
	}
	slices.SortFunc(bad, func(a, b operation) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.name, b.name))
	})
	for _, k := range bad {
		s := w.names[k]
		if c := (choice{len(s.names), s.spans}); c.names > best[k.service].names {
			best[k.service], examples[k.service] = c, s.example
		}
	}
	for _, k := range bad {
		e := w.on(subject{kind: IDInName, system: w.system(k.service), detail: examples[k.service]})
		e.join(&w.names[k].tally)
		e.of = w.services[k.service].spans
	}
}

// missVersions notes services whose resources lack what tells releases and
// environments apart: all that lack the same together. What comes from no SDK of
// OpenTelemetry does not know these attributes.
func (w *world) missVersions() {
	byLack := map[string][]*service{}
	for _, s := range w.sortedServices() {
		var lacks []string
		for _, names := range versioning {
			if s.lacks[names[0]] {
				lacks = append(lacks, names[0])
			}
		}
		if len(lacks) > 0 && len(s.languages) > 0 && !unnamed(s.name) && !w.outside(s.name) {
			key := strings.Join(lacks, ", ")
			byLack[key] = append(byLack[key], s)
		}
	}
	for key, list := range byLack {
		at := subject{kind: ResourceMissing, detail: key}
		var names []string
		for _, s := range list {
			names = append(names, w.system(s.name))
		}
		if at.system = names[0]; len(names) > 1 {
			at.system, at.other = "", strings.Join(names, ", ")
		}
		e := w.on(at)
		e.hint = true
		for _, s := range list {
			e.join(w.allOf(s))
		}
	}
}

// allOf returns a tally of all spans of a service.
func (w *world) allOf(s *service) *tally {
	return &tally{spans: s.spans, traces: s.traces, orders: s.orders, examples: []Place{s.first}}
}
