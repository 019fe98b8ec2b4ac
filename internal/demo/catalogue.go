package demo

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"traceview/internal/client/wire"
)

// trace returns the trace with that id, nil if there is none.
func (s *Shop) trace(id trace.TraceID) *Trace { return s.byID[id] }

// services lists the services that sent spans, sorted.
func (s *Shop) services() []string {
	seen := map[string]bool{}
	for _, t := range s.traces {
		for _, v := range t.index.summary.Services {
			seen[v.Name] = true
		}
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// operations lists the operations of a service, all or those of one kind,
// sorted by name and kind.
func (s *Shop) operations(service, kind string) []wire.Operation {
	seen := map[wire.Operation]bool{}
	for _, t := range s.traces {
		for i := range t.index.spans {
			sp := &t.index.spans[i]
			o := wire.Operation{Name: sp.name, SpanKind: kindText(sp.kind)}
			if sp.service == service && (kind == "" || kind == o.SpanKind) {
				seen[o] = true
			}
		}
	}
	list := make([]wire.Operation, 0, len(seen))
	for o := range seen {
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b wire.Operation) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.SpanKind, b.SpanKind))
	})
	return list
}

func kindText(k trace.SpanKind) string {
	if k == trace.SpanKindUnspecified {
		return ""
	}
	return strings.ToLower(k.String())
}

// dependencies counts, in traces that lie between start and end, the spans
// whose parent belongs to another service; sorted by parent and child.
func (s *Shop) dependencies(start, end time.Time) []wire.Dependency {
	type pair struct{ parent, child string }
	calls := map[pair]uint64{}
	for _, t := range s.traces {
		x := &t.index
		if x.start.Before(start) || x.end.After(end) {
			continue
		}
		service := make(map[trace.SpanID]string, len(x.spans))
		for i := range x.spans {
			service[x.spans[i].id] = x.spans[i].service
		}
		for i := range x.spans {
			c := &x.spans[i]
			if p, ok := service[c.parent]; ok && p != c.service {
				calls[pair{p, c.service}]++
			}
		}
	}
	list := make([]wire.Dependency, 0, len(calls))
	for p, n := range calls {
		list = append(list, wire.Dependency{Parent: p.parent, Child: p.child, CallCount: n})
	}
	slices.SortFunc(list, func(a, b wire.Dependency) int {
		return cmp.Or(cmp.Compare(a.Parent, b.Parent), cmp.Compare(a.Child, b.Child))
	})
	return list
}
