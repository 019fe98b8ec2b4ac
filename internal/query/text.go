package query

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"traceview/internal/model"
)

// bulkSpans is from how many spans on the stored text is searched piece by
// piece rather than value by value: below it even a slow search is over in a
// few ms, and the text may be that of many more traces.
const bulkSpans = 20_000

// A textSearch looks for a needle in names and values. It may be used by
// several goroutines.
type textSearch struct {
	needle   *needle
	arena    *model.Arena
	names    []bool     // by StringID: contains the needle
	starts   [][]uint64 // by piece of text: a bit where the needle begins; nil if not bulk
	ints     bool       // an integer could contain it
	floats   bool
	yes, no  bool // true and false do
	anywhere bool // the stored text does at all
}

func newTextSearch(ctx context.Context, text string, t *model.Trace) *textSearch {
	n := newNeedle(text)
	s := &textSearch{
		needle: n, arena: t.Arena, anywhere: true,
		ints: n.partOf("-0123456789"), floats: n.partOf("+-.0123456789eINnaf"),
		yes: n.in("true"), no: n.in("false"),
	}
	if len(t.Spans) >= bulkSpans {
		s.scan(ctx)
	}
	s.names = make([]bool, t.Strings())
	if s.anywhere {
		for id := range s.names {
			if s.starts != nil {
				s.names[id] = s.begins(t.StrPlace(model.StringID(id)))
			} else {
				s.names[id] = n.in(t.Str(model.StringID(id)))
			}
		}
	}
	return s
}

// scan marks every place of the stored text where the needle begins, with two
// goroutines.
func (s *textSearch) scan(ctx context.Context) {
	pieces := s.arena.TextPieces()
	s.starts = make([][]uint64, len(pieces))
	found := [workers]bool{}
	inParallel(func(worker int) {
		for k := worker; k < len(pieces) && ctx.Err() == nil; k += workers {
			marks := make([]uint64, len(pieces[k])/64+1)
			for at := s.needle.find(pieces[k], 0); at >= 0; at = s.needle.find(pieces[k], at+1) {
				marks[at>>6] |= 1 << (at & 63)
				found[worker] = true
			}
			s.starts[k] = marks
		}
	})
	s.anywhere = found[0] || found[1]
}

// begins says whether the needle begins and ends within a stored text.
func (s *textSearch) begins(p model.Place) bool {
	if p.N < s.needle.size {
		return false
	}
	marks := s.starts[p.Piece]
	if marks == nil { // cancelled
		return false
	}
	from, last := p.From, p.From+p.N-s.needle.size
	lo, hi := from>>6, last>>6
	head, tail := ^uint64(0)<<(from&63), ^uint64(0)>>(63-last&63)
	if lo == hi {
		return marks[lo]&head&tail != 0
	}
	if marks[lo]&head != 0 || marks[hi]&tail != 0 {
		return true
	}
	for _, w := range marks[lo+1 : hi] {
		if w != 0 {
			return true
		}
	}
	return false
}

// own says whether anything a person reads of a span, its events left out,
// contains the needle.
func (s *textSearch) own(t *model.Trace, i model.SpanIndex) bool {
	sp := &t.Spans[i]
	return s.names[sp.Name] || s.names[t.ResourceAt(sp.Resource).Service] || s.names[sp.StatusText] || s.attrs(t.Attrs(i))
}

// event says whether the name of an event or one of its attributes does.
func (s *textSearch) event(t *model.Trace, e *model.Event) bool {
	return s.names[e.Name] || s.attrs(t.EventAttrs(e))
}

func (s *textSearch) attrs(list []model.Attr) bool {
	for k := range list {
		if s.names[list[k].Key] || s.value(list[k]) {
			return true
		}
	}
	return false
}

// value says whether a value as a person reads it contains the needle.
func (s *textSearch) value(at model.Attr) bool {
	switch at.Kind {
	case model.ValueString:
		if !s.anywhere {
			return false
		}
		if s.starts != nil {
			return s.begins(s.arena.RawPlace(at))
		}
		return s.needle.in(s.arena.Raw(at))
	case model.ValueBool:
		return at.Bool() && s.yes || !at.Bool() && s.no
	case model.ValueInt:
		return s.ints && s.number(strconv.AppendInt(make([]byte, 0, 24), at.Int(), 10))
	case model.ValueFloat:
		return s.floats && s.number(strconv.AppendFloat(make([]byte, 0, 32), at.Float(), 'g', -1, 64))
	case model.ValueEmpty:
		return false
	}
	return s.needle.in(s.arena.Text(at))
}

// number says whether the digits of a number contain the needle, which for
// digits has one spelling but for e, n and the like.
func (s *textSearch) number(digits []byte) bool {
	return s.needle.size <= len(digits) && s.needle.in(string(digits))
}

// workers is how many goroutines evaluate a filter: the machine this is made
// for has two processors.
const workers = 2

// inParallel calls f for each worker at once and waits.
func inParallel(f func(worker int)) {
	var wg sync.WaitGroup
	for w := 1; w < workers; w++ {
		wg.Go(func() { f(w) })
	}
	f(0)
	wg.Wait()
}

// contains is needle.in for a text that may be empty, which is in every other.
func contains(text string) func(string) bool {
	if text == "" {
		return func(string) bool { return true }
	}
	return newNeedle(text).in
}

// equals is needle.equal for a text that may be empty.
func equals(text string) func(string) bool {
	if text == "" {
		return func(s string) bool { return s == "" }
	}
	return newNeedle(text).equal
}

// leads is needle.leads for a text that may be empty, which is no key.
func leads(text string) func(string) bool {
	if strings.TrimSpace(text) == "" {
		return func(string) bool { return false }
	}
	return newNeedle(text).leads
}
