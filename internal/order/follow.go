package order

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"traceview/internal/model"
)

const (
	// maxDepth bounds how many links lead from a trace found by its
	// attributes to one found through links: shop, queue, and back.
	maxDepth = 3
	// maxLinks bounds the links read of one trace, and maxOpened the traces
	// fetched to follow links in one search.
	maxLinks  = 50
	maxOpened = 200
	// maxOpenedSpans is the largest trace fetched to read its links: about
	// a second of a real server's work. Traces of an order have some dozens
	// of spans.
	maxOpenedSpans = 20_000
)

// A linked is a trace to be opened since from has a link to it.
type linked struct{ id, from model.TraceID }

// follow adds the traces that links lead to from the hits, a step at a time.
func (s *search) follow(ctx context.Context) {
	var todo []linked
	for _, id := range s.newestHits() {
		todo = append(todo, linked{id: id})
	}
	s.stage(Following, 0)
	opened := map[model.TraceID]bool{}
	for depth := 0; depth <= maxDepth && len(todo) > 0 && ctx.Err() == nil; depth++ {
		todo = s.admit(todo, opened)
		s.open(ctx, todo)
		if depth < maxDepth {
			todo = s.links(todo, opened)
		}
	}
}

// newestHits returns the ids of the hits, the newest first, so that these are
// followed where there are too many.
func (s *search) newestHits() []model.TraceID {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]model.TraceID, 0, len(s.hits))
	for id := range s.hits {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b model.TraceID) int {
		return cmp.Or(s.hits[b].Start.Compare(s.hits[a].Start), slices.Compare(a[:], b[:]))
	})
	return ids
}

// admit returns those of todo that may be looked at, and counts the others. A
// trace whose facts are known costs nothing.
func (s *search) admit(todo []linked, opened map[model.TraceID]bool) []linked {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []linked
	for _, l := range todo {
		if _, known := s.facts[l.id]; !known {
			h := s.hits[l.id]
			if len(opened) >= maxOpened || h != nil && h.Spans > maxOpenedSpans {
				s.r.Unfollowed++
				continue
			}
			opened[l.id] = true
			s.progress.Total++
		}
		list = append(list, l)
	}
	return list
}

// open fetches traces whose facts are not known and takes in those that are
// linked and of the order.
func (s *search) open(ctx context.Context, todo []linked) {
	var g errgroup.Group
	g.SetLimit(Concurrency)
	for _, l := range todo {
		s.mu.Lock()
		_, known := s.facts[l.id]
		s.mu.Unlock()
		if known {
			continue
		}
		g.Go(func() error {
			s.advance(1, 0)
			s.openOne(ctx, l)
			s.advance(0, 1)
			return nil
		})
	}
	_ = g.Wait() // the functions return no error
}

func (s *search) openOne(ctx context.Context, l linked) {
	f, t, err := s.fetch(ctx, l.id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		// A trace that storage has deleted since is nobody's failure.
		if !errors.Is(err, ErrNotFound) && !cancelled(ctx) {
			s.r.Unfollowed++
		}
		return
	}
	if s.hits[l.id] == nil {
		if f.key < 0 && f.other {
			return // another order's
		}
		h := Hit{Summary: Summarise(t), Linked: true, LinkedFrom: l.from}
		h.TraceID = l.id
		if f.key >= 0 {
			h.MatchedKey = s.o.Keys[f.key]
		}
		s.add(h)
	}
	s.facts[l.id] = f
	s.learnCarriers(f.carriers...)
}

// links returns the traces that todo links to and that were not looked at.
func (s *search) links(todo []linked, opened map[model.TraceID]bool) []linked {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next []linked
	queued := map[model.TraceID]bool{}
	for _, l := range todo {
		for _, id := range s.facts[l.id].links {
			if s.hits[id] == nil && !opened[id] && !queued[id] {
				queued[id] = true
				next = append(next, linked{id, l.id})
			}
		}
	}
	return next
}
