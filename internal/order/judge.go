package order

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"traceview/internal/model"
)

// maxChecked bounds the traces fetched in one search only to see whether they
// are of the order, which happens where the server ignores the attribute asked
// for: five questions of DefaultLimit.
const maxChecked = 500

// impossible is a value no order has, to see whether a server looks at values
// at all. It has no operator of regular expressions.
const impossible = "traceview-no-such-order-5f0c2b7e9d"

// arrive takes in an answer. It returns false if the trace has to be judged
// first. It is called while the answer streams in.
func (s *search) arrive(sum Summary, key int, service string) (done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.hits[sum.TraceID]; h != nil {
		s.update(h, sum, key)
		return true
	}
	if sum.Checked && !sum.Matches { // with more spans, or by another key, it may
		s.unrelated[sum.TraceID] = true
		return true
	}
	if !sum.Checked && s.decided[sum.TraceID] {
		return true
	}
	if !sum.Checked && (s.r.Learned.HonoursFilter != Yes || s.loose()) {
		return false
	}
	s.accept(sum, key, service)
	return true
}

// update notes what another answer says of a hit; the caller holds mu.
func (s *search) update(h *Hit, sum Summary, key int) {
	trusted := sum.Matches
	if !sum.Checked { // a trace that was fetched has its key from its spans
		trusted = s.r.Learned.HonoursFilter == Yes && !s.decided[h.TraceID]
	}
	if trusted {
		s.preferKey(h, key)
	}
	if sum.Checked && len(sum.Links) > len(s.facts[h.TraceID].links) {
		s.facts[h.TraceID] = facts{key: key, links: sum.Links}
	}
	if sum.Spans > h.Spans { // more of the trace has arrived
		h.Summary = sum
		s.tell(*h)
	}
}

// loose says that the server may take other values for this one: those of
// Elasticsearch are regular expressions, unless they are escaped.
func (s *search) loose() bool {
	return !s.o.EscapeRegexp && strings.ContainsAny(s.number.Text, regexpOperators)
}

// judge decides on traces of which the server sent no more than a summary.
func (s *search) judge(ctx context.Context, q Query, key int, doubtful []Summary) {
	if len(doubtful) == 0 {
		return
	}
	if s.honoursFilter(ctx, q) && !s.loose() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, sum := range doubtful {
			if h := s.hits[sum.TraceID]; h != nil {
				s.update(h, sum, key)
			} else if !s.decided[sum.TraceID] {
				s.accept(sum, key, q.Service)
			}
		}
		return
	}
	var g errgroup.Group
	g.SetLimit(Concurrency)
	for _, sum := range doubtful {
		if s.claim(sum.TraceID) {
			g.Go(func() error { s.check(ctx, sum); return nil })
		}
	}
	_ = g.Wait() // the functions return no error
}

// honoursFilter finds out, once, whether the server looks at the value of an
// attribute, by asking for one that no trace has.
func (s *search) honoursFilter(ctx context.Context, q Query) bool {
	s.probing.Lock()
	defer s.probing.Unlock()
	s.mu.Lock()
	known := s.r.Learned.HonoursFilter
	s.mu.Unlock()
	if known != Unknown {
		return known == Yes
	}
	q.Value, q.Sent, q.Limit = impossible, impossible, 1
	known = Yes
	if err := s.call(ctx, func() error {
		return s.server.Find(ctx, q, func(sum Summary) {
			if !sum.Checked || sum.Matches {
				known = No
			}
		})
	}); err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.r.Learned.HonoursFilter = known
	return known == Yes
}

// claim says whether the caller is the first to decide on a trace. Beyond
// maxChecked traces nobody is.
func (s *search) claim(id model.TraceID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hits[id] != nil || s.decided[id] {
		return false
	}
	s.decided[id] = true
	if len(s.decided) > maxChecked {
		s.r.Unverified++
		return false
	}
	return true
}

// check fetches a trace to see whether it is of the order.
func (s *search) check(ctx context.Context, sum Summary) {
	f, _, err := s.fetch(ctx, sum.TraceID)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.decide(sum, f)
	} else if !cancelled(ctx) {
		s.r.Unverified++
	}
}

// fetch gets a whole trace and reads it. A server that answers with nothing has
// none.
func (s *search) fetch(ctx context.Context, id model.TraceID) (f facts, t *model.Trace, err error) {
	err = s.call(ctx, func() error { t, err = s.server.Trace(ctx, id); return err })
	if err == nil && t == nil {
		err = ErrNotFound
	}
	if err != nil {
		return facts{}, nil, err
	}
	return s.read(t), t, nil
}

// decide accepts a trace whose facts are known or drops it; the caller holds mu.
func (s *search) decide(sum Summary, f facts) {
	if f.key < 0 {
		s.unrelated[sum.TraceID] = true
		return
	}
	s.facts[sum.TraceID] = f
	if s.hits[sum.TraceID] == nil {
		s.accept(sum, f.key, "")
	}
	s.learnCarriers(f.carriers...)
}

// accept adds a trace to the hits; the caller holds mu.
func (s *search) accept(sum Summary, key int, service string) {
	if service != "" {
		s.learnCarriers(service)
	}
	if sum.Checked {
		s.facts[sum.TraceID] = facts{key: key, links: sum.Links}
	}
	s.add(Hit{Summary: sum, MatchedKey: s.o.Keys[key]})
}

// add puts a hit on the list and tells of it; the caller holds mu.
func (s *search) add(h Hit) {
	s.hits[h.TraceID] = &h
	s.tell(h)
	s.report()
}

// tell passes a hit on; the caller holds mu.
func (s *search) tell(h Hit) {
	if s.o.Found != nil {
		s.o.Found(h)
	}
}

// preferKey notes the likeliest of the keys a trace was found by; the caller
// holds mu.
func (s *search) preferKey(h *Hit, key int) {
	if !h.Linked && key < slices.Index(s.o.Keys, h.MatchedKey) {
		h.MatchedKey = s.o.Keys[key]
	}
}

// learnCarriers notes services that record orders; the caller holds mu.
func (s *search) learnCarriers(services ...string) {
	for _, name := range services {
		if !slices.Contains(s.r.Learned.Carriers, name) {
			s.r.Learned.Carriers = append(s.r.Learned.Carriers, name)
		}
	}
}

// facts are what a search needs to know of a trace.
type facts struct {
	key      int             // position of the first key that holds the order, -1 for none
	other    bool            // a key holds another order
	links    []model.TraceID // of other traces, each once, in the order of spans
	carriers []string        // services whose spans hold the order, in the order of spans
}

// read looks through the attributes of spans, their resources and their events,
// as servers do. It takes no lock: a trace may be large.
func (s *search) read(t *model.Trace) facts {
	f := facts{key: -1}
	byResource := map[model.ResourceID]bool{}
	for i := range t.Spans {
		at := model.SpanIndex(i)
		carries := f.look(s, t, t.Attrs(at))
		for _, e := range t.SpanEvents(at) {
			carries = f.look(s, t, t.EventAttrs(&e)) || carries
		}
		id := t.Spans[i].Resource
		held, seen := byResource[id]
		if !seen {
			held = f.look(s, t, t.ResourceAttrs(id))
			byResource[id] = held
		}
		if name := t.ServiceName(at); (carries || held) && name != "" && !slices.Contains(f.carriers, name) {
			f.carriers = append(f.carriers, name)
		}
		for _, l := range t.SpanLinks(at) {
			if l.Trace != t.ID && !l.Trace.IsZero() && len(f.links) < maxLinks && !slices.Contains(f.links, l.Trace) {
				f.links = append(f.links, l.Trace)
			}
		}
	}
	return f
}

// look notes what attrs say about orders and returns whether they hold this one.
func (f *facts) look(s *search, t *model.Trace, attrs []model.Attr) bool {
	carries := false
	for _, a := range attrs {
		key := slices.Index(s.o.Keys, t.Key(a))
		if key < 0 {
			continue
		}
		switch text := t.Text(a); {
		case s.number.is(text):
			carries = true
			if f.key < 0 || key < f.key {
				f.key = key
			}
		case text != "":
			f.other = true
		}
	}
	return carries
}
