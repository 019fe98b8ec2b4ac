package document

import (
	"context"
	"strings"

	"traceview/internal/analysis/traffic"
	"traceview/internal/model"
	"traceview/internal/query"
)

// graphAtOnce is up to how many spans the graph is made where somebody waits: 10 ms.
const graphAtOnce = 30_000

// A Graph is what called what in the trace.
type Graph struct {
	Total *traffic.Total // nil until it is there
	Busy  bool
}

// Graph returns the graph of the services of the trace, all its spans counted. That
// of a big trace is made in the background, see RunIn.
func (d *Document) Graph() Graph {
	v := &d.graph
	v.doc = d
	if !v.fresh(0) {
		t := d.trace
		v.get(0, len(t.Spans) > graphAtOnce, func(ctx context.Context, _ func(float64)) (*traffic.Total, error) {
			set, err := traffic.SetOf(ctx, []*model.Trace{t})
			if err != nil {
				return nil, err
			}
			return set.Sum(ctx, traffic.Filter{}, set.Whole(), traffic.Window{}, traffic.Window{})
		}, func(*traffic.Total) {})
	}
	return Graph{v.value, v.busy()}
}

// NodeFilter returns the filter that asks for the spans of a node, "" where no
// filter can: databases and other things called send no spans.
func (d *Document) NodeFilter(n traffic.Node) string {
	switch n.Kind {
	case traffic.Service:
		return query.Exact("service", n.Name)
	case traffic.Queue:
		for _, key := range []string{"messaging.destination.name", "messaging.destination"} {
			for i := range d.trace.Spans {
				if a, ok := d.trace.Attr(model.SpanIndex(i), key); ok && strings.HasPrefix(d.trace.Raw(a), n.Name) {
					return query.Contains(key, n.Name)
				}
			}
		}
	}
	return ""
}
