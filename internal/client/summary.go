package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"traceview/internal/client/wire"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// A Summary is a trace as a list of results shows it.
type Summary struct {
	ID            model.TraceID
	RootService   string
	RootOperation string
	Start         time.Time // UTC
	Duration      time.Duration
	Spans         int
	Errors        int             // spans that failed
	Services      []model.Service // sorted by name

	// Checked says that the spans were seen, which is so where the server has
	// no summaries. Only then the fields below mean anything.
	Checked bool
	// MatchedKey is the first key, by name, of Query.Check if one span has all
	// of its attributes, itself or in its resource or events; "" for a hit
	// that does not belong to the question: some servers ignore attributes.
	MatchedKey string
	Linked     []model.TraceID // other traces its spans link to, at most 256
}

// Found tells what a search came to.
type Found struct {
	Traces       int  // summaries of different traces passed on
	LimitReached bool // there may be more traces than Query.Limit
	Whole        bool // summaries were made here from whole traces
}

// FindSummaries passes summaries of the traces that match q to each as they
// arrive. One that comes again with the same id replaces the former: more
// spans of that trace have arrived. A server without summaries is asked for
// whole traces. With an error, what was passed on before stays valid.
func (c *Client) FindSummaries(ctx context.Context, q Query, each func(Summary)) (Found, error) {
	const op = "find traces"
	var g gate
	emit := func(s Summary) { g.pass(func() { each(s) }) }
	return detached(ctx, c, op, &g, func() (Found, error) {
		if err := q.complete(); err != nil {
			return Found{}, c.invalid(op, err)
		}
		found, err := c.findSummaries(ctx, &q, op, emit)
		if errors.Is(err, ErrUnimplemented) {
			found, err = c.summarizeTraces(ctx, &q, op, emit)
		}
		return found, err
	})
}

// findSummaries asks for summaries, which only api_v3 has.
func (c *Client) findSummaries(ctx context.Context, q *Query, op string, emit func(Summary)) (Found, error) {
	seen := map[model.TraceID]bool{}
	each := func(m *wire.TraceSummary) error {
		s, err := summaryOf(m)
		if err == nil {
			seen[s.ID] = true
			emit(s)
		}
		return err
	}
	params, err := q.values(q.Limit)
	if err != nil {
		return Found{}, c.invalid(op, err)
	}
	_, err = c.ask(ctx, question{op: op, noService: q.Service == "", restart: func() {},
		v3: method{name: wire.FindTraceSummaries, req: &wire.FindTraceSummariesRequest{Query: q.wire()},
			each: func(raw wire.Raw) error {
				var m wire.FindTraceSummariesResponse
				if err := m.Unmarshal(raw); err != nil {
					return fmt.Errorf("decode summaries: %w", err)
				}
				for i := range m.Summaries {
					if err := each(&m.Summaries[i]); err != nil {
						return err
					}
				}
				return nil
			}},
		web: over(visit{path: "/trace-summaries", query: params, read: readSummaries(each), long: true, extra: true})})
	return Found{Traces: len(seen), LimitReached: len(seen) >= q.Limit}, err
}

func summaryOf(m *wire.TraceSummary) (Summary, error) {
	id, err := model.ParseTraceID(m.TraceID)
	if err != nil {
		return Summary{}, fmt.Errorf("decode summary: %w", err)
	}
	s := Summary{ID: id, RootService: m.RootService, RootOperation: m.RootOperation,
		Start: timeOf(m.MinStartNano), Spans: int(m.Spans), Errors: int(m.ErrorSpans)}
	if m.MaxEndNano > m.MinStartNano {
		s.Duration = time.Duration(min(m.MaxEndNano-m.MinStartNano, math.MaxInt64))
	}
	for _, svc := range m.Services {
		s.Services = append(s.Services, model.Service{Name: svc.Name, Spans: int(svc.Spans), Errors: int(svc.ErrorSpans)})
	}
	slices.SortFunc(s.Services, byName)
	return s, nil
}

func byName(a, b model.Service) int { return cmp.Compare(a.Name, b.Name) }

func timeOf(nano uint64) time.Time { return time.Unix(0, int64(min(nano, math.MaxInt64))).UTC() }

// summarizeTraces asks for whole traces and makes summaries of them.
func (c *Client) summarizeTraces(ctx context.Context, q *Query, op string, emit func(Summary)) (Found, error) {
	z := &summarizer{want: q.Check, emit: emit}
	z.restart()
	message := func(decode func(*model.Builder, wire.Raw) error) func(wire.Raw) error {
		return func(raw wire.Raw) error {
			b := model.NewBuilder() // the spans are needed no longer than this
			err := decode(b, raw)
			z.add(b.Build())
			return err
		}
	}
	if c.onWeb() && len(q.Attributes) > 0 { // without summaries, it does not know attributes either
		return c.sweep(ctx, q, op, emit)
	}
	ask := q.question(op,
		message(func(b *model.Builder, raw wire.Raw) error { return otlp.NewDecoder(b).Message(raw) }),
		message(func(b *model.Builder, raw wire.Raw) error { return newSpanDecoder(b).chunk(raw) }))
	var err error
	if ask.web, err = q.wholeTraces(q.Limit, z.readWeb); err != nil {
		return Found{}, c.invalid(op, err)
	}
	ask.restart = z.restart
	_, err = c.ask(ctx, ask)
	z.flush(0)
	return Found{Traces: len(z.byID), LimitReached: len(z.byID) >= q.Limit, Whole: true}, err
}

// restart forgets what arrived.
func (z *summarizer) restart() {
	z.byID, z.open, z.message = map[model.TraceID]*partial{}, nil, 0
}

// A summarizer adds up traces whose spans arrive in several messages.
type summarizer struct {
	want    map[string]string
	emit    func(Summary)
	byID    map[model.TraceID]*partial
	open    []*partial // with spans not yet passed on, in order of arrival
	message int        // number of the message at hand, from 1
	sweeps  *sweeper   // to mark attributes, nil for none
}

// partial is a trace of which more may come.
type partial struct {
	Summary
	end      int64 // Unix ns
	start    int64
	root     rootRank
	services map[string]*model.Service
	links    map[model.TraceID]bool
	marks    map[uint64]bool // of attributes, in a sweep
	message  int             // the last that held spans of it
	open     bool
}

// rootRank orders spans by how well they name their trace: one that has no
// parent before one whose parent is missing, then the earlier, as model does.
type rootRank struct {
	set, orphan bool
	start       int64
}

func (r rootRank) before(o rootRank) bool {
	if !o.set || r.orphan != o.orphan {
		return !o.set || !r.orphan
	}
	return r.start < o.start
}

// add takes in the traces of one message and passes on those that it no longer
// mentions: servers send trace after trace.
func (z *summarizer) add(traces []*model.Trace) {
	z.message++
	for _, t := range traces {
		p := z.byID[t.ID]
		if p == nil {
			p = &partial{Summary: Summary{ID: t.ID, Checked: true}, start: math.MaxInt64, end: math.MinInt64,
				services: map[string]*model.Service{}, links: map[model.TraceID]bool{}, marks: map[uint64]bool{}}
			z.byID[t.ID] = p
		}
		p.message = z.message
		p.add(t, z.want)
		if z.sweeps != nil {
			z.sweeps.mark(t, p.marks)
		}
		if !p.open {
			p.open = true
			z.open = append(z.open, p)
		}
	}
	z.flush(z.message)
}

// flush passes on what message number keep did not touch.
func (z *summarizer) flush(keep int) {
	still := z.open[:0]
	for _, p := range z.open {
		if p.message == keep {
			still = append(still, p)
			continue
		}
		p.open = false
		z.emit(p.summary())
	}
	z.open = still
}

func (p *partial) add(t *model.Trace, want map[string]string) {
	p.Spans += len(t.Spans)
	p.Errors += t.Errors
	p.start, p.end = min(p.start, t.Epoch), max(p.end, t.Epoch+t.Dur)
	for _, s := range t.Services {
		if p.services[s.Name] == nil {
			p.services[s.Name] = &model.Service{Name: s.Name}
		}
		p.services[s.Name].Spans += s.Spans
		p.services[s.Name].Errors += s.Errors
	}
	if t.Root != model.NoSpan {
		s := &t.Spans[t.Root]
		r := rootRank{set: true, orphan: !s.ParentID.IsZero(), start: t.Epoch + s.Start}
		if r.before(p.root) {
			p.root, p.RootService, p.RootOperation = r, t.ServiceName(t.Root), t.Name(t.Root)
		}
	}
	if p.MatchedKey == "" {
		p.MatchedKey = matchedKey(t, want)
	}
	for i := range t.Spans {
		for _, l := range t.SpanLinks(model.SpanIndex(i)) {
			if len(p.links) < maxLinked && l.Trace != t.ID && !l.Trace.IsZero() {
				p.links[l.Trace] = true
			}
		}
	}
}

// maxLinked bounds Summary.Linked: a consumer of batches may link thousands.
const maxLinked = 256

func (p *partial) summary() Summary {
	s := p.Summary
	s.Start, s.Duration = time.Unix(0, p.start).UTC(), time.Duration(p.end-p.start)
	for _, svc := range p.services {
		s.Services = append(s.Services, *svc)
	}
	slices.SortFunc(s.Services, byName)
	for id := range p.links {
		s.Linked = append(s.Linked, id)
	}
	slices.SortFunc(s.Linked, func(a, b model.TraceID) int { return slices.Compare(a[:], b[:]) })
	return s
}

// matchedKey returns the first key of want if some span has all of it.
func matchedKey(t *model.Trace, want map[string]string) string {
	if len(want) == 0 {
		return ""
	}
	keys := make([]string, 0, len(want))
	for k := range want {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i := range t.Spans {
		if !slices.ContainsFunc(keys, func(k string) bool { return !spanHas(t, model.SpanIndex(i), k, want[k]) }) {
			return keys[0]
		}
	}
	return ""
}

// spanHas says whether a span has an attribute with that value as text, where
// servers look for it: on itself, its resource or its events.
func spanHas(t *model.Trace, i model.SpanIndex, key, value string) bool {
	has := func(attrs []model.Attr) bool {
		a, ok := t.Find(attrs, key)
		return ok && t.Text(a) == value
	}
	if has(t.Attrs(i)) || has(t.ResourceAttrs(t.Spans[i].Resource)) {
		return true
	}
	events := t.SpanEvents(i)
	for j := range events {
		if has(t.EventAttrs(&events[j])) {
			return true
		}
	}
	return false
}
