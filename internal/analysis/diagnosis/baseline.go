package diagnosis

import (
	"sync"

	"traceview/internal/model"
)

// A Baseline is what is usual: how long operations work, alone and below a
// certain caller, how many calls they make, how long messages wait, what is
// answered and what is received. It keeps a bounded sample of each. Traces are
// added by one goroutine; once Ready it may be read from any.
type Baseline struct {
	ops    *operations
	byOp   []normal
	pairs  map[pair]int32 // position in byPair
	byPair []*together
	slab   []together // to take pairs from

	traces  int
	spare   together // of pairs beyond those that are kept
	latest  int64    // Unix ns of the latest end
	senders map[ref]sender
	letters map[string]ref // who sent a message, by what names it
	takers  []taker
	settled bool
	sealed  bool // nothing will be added any more
}

// normal is what is usual of an operation.
type normal struct {
	n, failed int
	forgiven  int // failed, and what it was done for did not
	self, dur sample
	remote    int    // had a child in another process
	taken     int    // messages sent that were received
	apart     int    // of them, in another trace
	sent      sample // how long they waited
	wait      sample // how long messages received had waited
}

// pair is an operation, to, below another, -1 for none.
type pair struct{ from, to int32 }

// together is what is usual of a pair.
type together struct {
	n, failed int
	self      sample
	parents   int    // that had any such child
	calls     sample // how many such children a parent has that has any
}

// A sender sent a message; its span ended at end.
type sender struct {
	op  int32
	end int64
}

// A taker took the message of a sender at some time.
type taker struct {
	from   ref
	letter string // what names the message, where from is not known
	in     model.TraceID
	op     int32
	at     int64
}

// maxPairs bounds memory where nearly every span is of an operation of its own.
const maxPairs = 200_000

// slabSize is how many pairs are made at once.
const slabSize = 256

// NewBaseline returns a baseline that knows nothing.
func NewBaseline() *Baseline {
	return &Baseline{ops: newOperations(), pairs: map[pair]int32{}, senders: map[ref]sender{}, letters: map[string]ref{}}
}

// Add takes the spans of a trace into account.
func (b *Baseline) Add(t *model.Trace) { b.add(newScan(b.ops, t)) }

// Traces returns how many traces were added.
func (b *Baseline) Traces() int { return b.traces }

// Ready sorts what was added, after which the baseline is only read.
func (b *Baseline) Ready() { b.ready() }

func (b *Baseline) add(s *scan) {
	b.settled = false
	b.traces++
	for len(b.byOp) < len(b.ops.list) {
		b.byOp = append(b.byOp, normal{})
	}
	c := counter{of: make([]int32, len(b.byOp))}
	s.pair = make([]int32, len(s.t.Spans))
	var beside sync.WaitGroup
	pairs := func() {
		for i := range s.t.Spans {
			b.addPair(s, model.SpanIndex(i))
		}
	}
	if len(s.t.Spans) >= large { // they share nothing that is written
		beside.Go(pairs)
	} else {
		pairs()
	}
	for i := range s.t.Spans {
		b.addSpan(s, model.SpanIndex(i))
	}
	beside.Wait()
	for i := range s.t.Spans {
		b.addCalls(s, model.SpanIndex(i), &c)
	}
	b.latest = max(b.latest, s.t.Epoch+s.t.Dur)
}

// addSpan takes one span into account, by its operation. How long failed ones took
// says nothing.
func (b *Baseline) addSpan(s *scan, i model.SpanIndex) {
	op := s.op[i]
	if op < 0 {
		return
	}
	sp, n := &s.t.Spans[i], &b.byOp[op]
	at := s.t.Epoch + sp.Start
	n.n++
	if s.failed(i) {
		n.failed++
		if !s.failed(s.unit[i]) {
			n.forgiven++
		}
	} else {
		n.self.add(at, s.self[i])
		n.dur.add(at, sp.Dur)
	}
	if s.remote.Has(i) {
		n.remote++
	}
	if s.roles[i] == sends {
		b.senders[ref{s.t.ID, sp.ID}] = sender{op, at + sp.Dur}
		note(b.letters, s.letter(i), ref{s.t.ID, sp.ID})
	}
	sources := s.sources(i)
	for _, r := range sources {
		b.takers = append(b.takers, taker{from: r, in: s.t.ID, op: op, at: at})
	}
	if s.roles[i] == takes && len(sources) == 0 {
		if name := s.letter(i); name != "" {
			b.takers = append(b.takers, taker{letter: name, in: s.t.ID, op: op, at: at})
		}
	}
}

// addPair takes one span into account, by its operation below that of its parent.
func (b *Baseline) addPair(s *scan, i model.SpanIndex) {
	op := s.op[i]
	if op < 0 {
		return
	}
	s.pair[i] = b.pairOf(pair{s.parentOp(i), op})
	p := &b.spare
	if s.pair[i] >= 0 {
		p = b.byPair[s.pair[i]]
	}
	p.n++
	if s.failed(i) {
		p.failed++
	} else {
		p.self.add(s.t.Epoch+s.t.Spans[i].Start, s.self[i])
	}
}

// pairOf returns the number of a pair, -1 if there are too many.
func (b *Baseline) pairOf(k pair) int32 {
	n, isNew := numbered(b.pairs, k, maxPairs)
	if isNew {
		if len(b.slab) == 0 {
			b.slab = make([]together, slabSize)
		}
		b.byPair, b.slab = append(b.byPair, &b.slab[0]), b.slab[1:]
	}
	return n
}

// find returns what is known of a pair, nil for nothing.
func (b *Baseline) find(k pair) *together {
	if n, ok := b.pairs[k]; ok {
		return b.byPair[n]
	}
	return nil
}

// counter counts by operation, and forgets.
type counter struct {
	of  []int32
	met []model.SpanIndex // the first of each counted
}

// addCalls counts the children of a span by operation.
func (b *Baseline) addCalls(s *scan, i model.SpanIndex, c *counter) {
	spans, op := s.t.Spans, s.op[i]
	if op < 0 {
		return
	}
	for k := i + 1; k < spans[i].End; k = spans[k].End {
		if to := s.op[k]; to >= 0 {
			if c.of[to] == 0 {
				c.met = append(c.met, k)
			}
			c.of[to]++
		}
	}
	at := s.t.Epoch + spans[i].Start
	for _, k := range c.met {
		to := s.op[k]
		if n := s.pair[k]; n >= 0 {
			b.byPair[n].parents++
			b.byPair[n].calls.add(at, int64(c.of[to]))
		}
		c.of[to] = 0
	}
	c.met = c.met[:0]
}

// seal makes it ready for good. What only adding needs is given back: of a million
// spans more than 100 MB, while they are looked at.
func (b *Baseline) seal() {
	b.sealed = true
	b.ready()
}

// ready sorts the samples and joins messages sent to those received.
func (b *Baseline) ready() {
	if b.settled {
		return
	}
	b.settled = true
	for k := range b.byOp {
		n := &b.byOp[k]
		n.taken, n.apart, n.wait, n.sent = 0, 0, sample{}, sample{}
	}
	seen := make(map[ref]bool, len(b.takers))
	for _, t := range b.takers {
		if t.letter != "" {
			t.from = b.letters[t.letter]
		}
		from, ok := b.senders[t.from]
		if !ok {
			continue
		}
		wait := max(t.at-from.end, 0)
		if t.op >= 0 {
			b.byOp[t.op].wait.add(t.at, wait)
		}
		if n := &b.byOp[from.op]; !seen[t.from] {
			seen[t.from] = true
			n.taken++
			n.sent.add(t.at, wait)
			if t.in != t.from.trace {
				n.apart++
			}
		}
	}
	if b.sealed {
		b.senders, b.letters, b.takers = nil, nil, nil
	}
	for k := range b.byOp {
		n := &b.byOp[k]
		b.sort(&n.self, &n.dur, &n.sent, &n.wait)
	}
	for _, p := range b.byPair {
		if len(p.self.kept) > leastHere { // of fewer nobody asks
			b.sort(&p.self)
		}
		b.sort(&p.calls)
	}
}

// sort makes samples ready.
func (b *Baseline) sort(list ...*sample) {
	for _, s := range list {
		s.ready()
		if b.sealed {
			s.kept = nil
		}
	}
}
