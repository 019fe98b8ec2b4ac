package trail

import (
	"cmp"
	"maps"
	"slices"
)

// report puts what was found into rows.
func (w *world) report() *Report {
	r := &Report{Traces: len(w.traces), Mapped: w.m != nil, Keys: w.reader.keys, Findings: w.findings()}
	orders := map[string]bool{}
	for n, t := range w.traces {
		r.Spans += len(t.Spans)
		if w.orders[n] != "" {
			orders[w.orders[n]] = true
		}
	}
	r.Orders = len(orders)
	r.Systems = w.systemRows(r.Findings)
	r.Edges = w.edgeRows(r.Findings)
	return r
}

func (w *world) systemRows(list []Finding) []SystemRow {
	var rows []SystemRow
	if w.m != nil {
		for i := range w.m.Systems {
			rows = append(rows, w.systemRow(&w.m.Systems[i], list))
		}
	}
	for _, s := range w.sortedServices() {
		if w.m.of(s.name) == nil {
			row := SystemRow{Name: s.name}
			w.fill(&row, s.name)
			row.settle(list)
			rows = append(rows, row)
		}
	}
	return rows
}

func (w *world) systemRow(s *System, list []Finding) SystemRow {
	row := SystemRow{Name: s.Name, Expected: true, Silent: s.silent(), Outside: s.Outside, NoOrder: s.NoOrder}
	for _, v := range w.sortedServices() {
		if w.m.of(v.name) == s {
			w.fill(&row, v.name)
		}
	}
	if t := w.silent[s.Name]; t != nil {
		row.Spans, row.Traces, row.Orders = t.spans, len(t.traces), len(t.orders)
	}
	row.settle(list)
	return row
}

// fill adds what is seen of a service to the row of its system.
func (w *world) fill(row *SystemRow, name string) {
	s := w.services[name]
	if s == nil {
		return
	}
	row.Services = append(row.Services, name)
	row.Spans += s.spans
	row.Traces += len(s.traces)
	row.Orders += len(s.orders)
	row.Entries += s.entries
	row.Keyed += s.keyed
	row.Keys = append(row.Keys, slices.SortedFunc(maps.Keys(s.keys), func(a, b string) int {
		return cmp.Or(s.keys[b]-s.keys[a], cmp.Compare(a, b))
	})...)
}

// settle counts the findings of the system and says how much of it is seen.
func (row *SystemRow) settle(list []Finding) {
	row.State = Unseen
	if row.Spans > 0 {
		row.State = Whole
	}
	for i := range list {
		f := &list[i]
		if f.System != row.Name || f.Hint {
			continue
		}
		row.Findings++
		switch f.Kind {
		case SystemMissing:
			row.State = Broken
		case SpansLost, UnevenSampling:
			row.State = Partial
		}
	}
}

func (w *world) edgeRows(list []Finding) []EdgeRow {
	var rows []EdgeRow
	placed := map[arrow]bool{}
	add := func(way Way, expected bool) {
		a := arrow{way.From, way.To}
		placed[a] = true
		e := w.edge(way.From, way.To)
		row := EdgeRow{From: way.From, To: way.To, Through: way.Through, Expected: expected, Calls: e.calls, Carried: e.carried}
		row.settle(list)
		rows = append(rows, row)
	}
	if w.m != nil {
		for _, way := range w.m.Edges {
			if !placed[arrow{way.From, way.To}] {
				add(way, true)
			}
		}
	}
	for _, a := range slices.SortedFunc(maps.Keys(w.edges), compareArrows) {
		if e := w.edges[a]; !placed[a] && e.calls > 0 && !w.queueOf(a) {
			add(Way{From: a.from, To: a.to}, false)
		}
	}
	return rows
}

// queueOf says whether an arrow leads to a queue, which the ways through it stand for.
func (w *world) queueOf(a arrow) bool {
	return len(w.m.ways(func(e Way) bool { return e.Through == a.to })) > 0
}

func (row *EdgeRow) settle(list []Finding) {
	switch {
	case row.Calls == 0:
		row.State = Unseen
	case row.Carried == row.Calls:
		row.State = Whole
	case row.Carried == 0:
		row.State = Broken
	default:
		row.State = Partial
	}
	for i := range list {
		f := &list[i]
		if f.From != row.From || f.To != row.To || f.Hint {
			continue
		}
		if row.Findings++; f.Kind == EdgeSilent {
			row.State = Broken
		}
	}
}
