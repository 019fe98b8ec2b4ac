package traffic

import "traceview/internal/model"

// edges adds up what called what: spans whose parent is of another service,
// messages by way of their queue, and calls of what sends no spans.
func (c *collector) edges() {
	t := c.t
	// A span is answered if one of another service is below it, also by way of other
	// calls of its own service; it is outer if another call is below it.
	roles := make([]role, len(t.Spans))
	answered, outer := make([]bool, len(t.Spans)), make([]bool, len(t.Spans))
	for i := model.SpanIndex(len(t.Spans)) - 1; i >= 0; i-- {
		roles[i] = c.role(i)
		up := t.Spans[i].Parent
		switch {
		case up == model.NoSpan:
		case c.serviceOf(up) != c.serviceOf(i):
			answered[up] = true
		case roles[i] == calls:
			answered[up], outer[up] = answered[up] || answered[i], true
		}
	}
	e := edgeList{d: c.d, at: map[[2]Node]int{}}
	for i, r := range roles {
		c.edgesOf(&e, model.SpanIndex(i), roles)
		if r == calls && !answered[i] && !outer[i] {
			v := c.said(model.SpanIndex(i))
			if n, ok := v.node(r); ok {
				e.add(Node{Service, t.ServiceName(model.SpanIndex(i))}, n, &t.Spans[i])
			}
		}
	}
}

// edgesOf adds how a span was reached, or the message it sent.
func (c *collector) edgesOf(e *edgeList, i model.SpanIndex, roles []role) {
	s, r := &c.t.Spans[i], roles[i]
	up := s.Parent
	own := up != model.NoSpan && c.serviceOf(up) == c.serviceOf(i)
	if r != sends && r != takes {
		if up != model.NoSpan && !own {
			e.add(Node{Service, c.t.ServiceName(up)}, Node{Service, c.t.ServiceName(i)}, s)
		}
		return
	}
	if own && roles[up] == r { // one act in several spans
		return
	}
	v := c.said(i)
	if v[destination] == "" && up != model.NoSpan && roles[up] == sends {
		sent := c.said(up)
		v[destination] = sent[destination]
	}
	here := Node{Service, c.t.ServiceName(i)}
	switch n, _ := v.node(r); r {
	case sends:
		e.add(here, n, s)
	case takes:
		e.add(n, here, s)
	}
}

// An edgeList finds the edges of a digest.
type edgeList struct {
	d  *Digest
	at map[[2]Node]int
}

func (l *edgeList) add(from, to Node, s *model.Span) {
	k := [2]Node{from, to}
	n, ok := l.at[k]
	if !ok {
		if n = len(l.d.Edges); n == maxEdges {
			return
		}
		l.at[k] = n
		l.d.Edges = append(l.d.Edges, EdgeDigest{From: from, To: to})
	}
	l.d.Edges[n].add(s)
}
