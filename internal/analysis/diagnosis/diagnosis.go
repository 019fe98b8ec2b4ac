// Package diagnosis says where an order went wrong. From the traces of one
// order, and from what is usual in others, it makes findings: which span is at
// fault, of what kind the fault is, what follows from it, and which spans show
// it. Findings are plain data; their words are made elsewhere. It knows no
// service and no operation by name, only the attributes that the conventions of
// OpenTelemetry and OpenTracing name. No algorithm recurses.
package diagnosis

import (
	"context"
	"fmt"
	"sync"

	"traceview/internal/model"
)

// A Kind is what is wrong at the place of a finding.
type Kind uint8

// The kinds of finding.
const (
	Error         Kind = iota + 1 // it failed there, and not because of anything below
	Timeout                       // it took so long that the caller gave up
	Slow                          // it worked much longer than usual
	QueueWait                     // its message lay in the queue
	Retry                         // it was tried again and again
	RepeatedCalls                 // it makes many small calls one after another
	Gap                           // time beside its children, in one place, that no span explains
	MissingSpans                  // what should follow it is not there
	ClockSkew                     // the clock of its host is wrong
)

var kindNames = [...]string{Error: "error", Timeout: "timeout", Slow: "slow", QueueWait: "queue-wait", Retry: "retry",
	RepeatedCalls: "repeated-calls", Gap: "gap", MissingSpans: "missing-spans", ClockSkew: "clock-skew"}

// String returns the name of the kind as the command line prints it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// An Effect is what a fault did to the order, as far as its traces tell. Effects
// rise with their weight: findings of a heavier one come first.
type Effect uint8

// The effects.
const (
	Aside   Effect = iota // it took longer, and nobody waited for it
	Handled               // the program dealt with it
	Skewed                // times are shown wrong, nothing else
	Unseen                // something happened that no span shows
	Delayed               // it took longer
	Unknown               // it failed, and no span above says whether that mattered
	Mended                // a step failed and went well when it was done again
	Stopped               // what should have come next never did
	Failed                // a step of the order failed
)

var effectNames = [...]string{"aside", "handled", "skewed", "unseen", "delayed", "unknown", "mended", "stopped", "failed"}

// String returns the name of the effect as the command line prints it.
func (e Effect) String() string {
	if int(e) < len(effectNames) {
		return effectNames[e]
	}
	return ""
}

// A Place is a span of one of the traces looked at.
type Place struct {
	Trace int // position in the list given
	Span  model.SpanIndex
}

// A Finding is one thing that is wrong.
type Finding struct {
	Kind       Kind
	Effect     Effect
	At         Place   // the span at fault
	Confidence float64 // 0 to 1
	Share      float64 // of the time of the trace: the time lost there, or the span's own on the critical path
	Self       int64   // ns of own work of the span
	Took       int64   // ns that are out of the ordinary: own work, wait, all calls together, by kind
	Excess     int64   // of them more than usual; 0 where nothing usual is known
	Usual      Usual   // of what Took measures; no samples where nothing is known
	Count      int     // attempts or calls
	UsualCount int     // of calls, where Usual is known
	Fault      Fault   // what the span recorded of its error
	// Other is the other span concerned: the caller that gave up, the sender of
	// the message, the part of the program that never heard back. Span is NoSpan
	// where there is none.
	Other    Place
	Evidence []Place // spans that show it, the most telling first; not At
	Alike    int     // findings of the same kind and operation in the trace that this one stands for
	Carried  int     // spans above that failed because of this one
	Headless bool    // what called it is missing
	Missing  string  // the operation that always follows and did not; empty where that is not it

	begin int64 // Unix ns, for order among equals
	// Lost is the delay in ns, by which findings of the same effect are ordered.
	lost int64
}

// Options say how to diagnose. The zero value knows nothing usual but the traces
// themselves.
type Options struct {
	Baseline *Baseline     // what is usual, nil for nothing known
	Limit    int           // most findings to return, 20 if 0
	Asked    int64         // Unix ns: when the traces were fetched, 0 if that is not known
	Part     bool          // others of the order's traces are not here: what they would show is not missed
	Progress func(float64) // is told the share done, on the calling goroutine
}

// large is from how many spans on the critical path is looked for beside other work.
const large = 100_000

// defaultLimit is how many findings somebody may still read.
const defaultLimit = 20

// Diagnose looks at the traces of one order, or of a file, and returns what is
// wrong with them, the heaviest first. The same traces and baseline give the same
// findings. It ends early with the error of the context.
//
// A trace is looked at in passes over its spans, each of them linear but for the
// critical path (O(n log n)).
func Diagnose(ctx context.Context, traces []*model.Trace, o Options) ([]Finding, error) {
	d := &doctor{own: NewBaseline(), base: o.Baseline, asked: o.Asked, part: o.Part, fine: map[int32]stretch{}, same: map[sameness]int{}}
	if d.base == nil {
		d.base = NewBaseline()
	}
	d.base.ready()
	total := 0
	for _, t := range traces {
		total += len(t.Spans)
	}
	done := 0
	step := func(t *model.Trace) error {
		if done += len(t.Spans); o.Progress != nil {
			o.Progress(float64(done) / float64(max(2*total, 1)))
		}
		if ctx.Err() != nil {
			return fmt.Errorf("diagnose: %w", ctx.Err())
		}
		return nil
	}
	for k, t := range traces {
		s := scanOf(d.own.ops, t)
		s.index = k
		d.scans = append(d.scans, s)
		if err := step(t); err != nil {
			return nil, err
		}
	}
	known := knownClocks(d.scans)
	for _, s := range d.scans {
		s.settle(known)
		var path sync.WaitGroup
		if len(s.t.Spans) >= large {
			path.Go(s.measure)
		}
		d.own.add(s)
		path.Wait()
	}
	d.own.seal()
	d.meet()
	for _, s := range d.scans {
		d.clocks(s)
	}
	for k, s := range d.scans {
		d.examine(s)
		if err := step(traces[k]); err != nil {
			return nil, err
		}
	}
	limit := o.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	return d.ranked(limit), nil
}

// A doctor is the state of Diagnose.
type doctor struct {
	scans  []*scan
	own    *Baseline   // of the traces looked at
	base   *Baseline   // of others
	known  []int32     // of each operation of own, that of base; -1 for one never seen there
	pairs  []*together // of each pair of own, that of base; nil for none
	habits habits
	looked []bool // whether that was looked for
	found  []Finding
	part   bool              // others of the order's traces are not here
	asked  int64             // Unix ns: when the traces were fetched, 0 for not known
	now    int64             // Unix ns: the latest that is known to have happened
	taken  map[ref][]Place   // who took the message that a span sent
	sender map[Place]Place   // who sent the message that a span took
	failed []unit            // steps of the order that failed
	fine   map[int32]stretch // when those that did not fail began, by operation
	same   map[sameness]int  // how many findings say the same
}

// A unit is a piece of an order's life: a root, or a consumer, and what it waited for.
type unit struct {
	op         int32
	begin, end int64 // Unix ns
	finding    int   // position in found
}

// A stretch is from the first of some instants to the last, Unix ns.
type stretch struct{ first, last int64 }

// meet joins what the traces say to what the baseline knows.
func (d *doctor) meet() {
	d.known = d.base.ops.known(d.own.ops.list)
	d.pairs, d.looked = make([]*together, len(d.own.byPair)), make([]bool, len(d.own.byPair))
	d.habits = habitsOf(d.base)
	d.now = max(d.own.latest, d.base.latest)
	d.taken, d.sender = map[ref][]Place{}, map[Place]Place{}
	at, letters := map[ref]Place{}, map[string]ref{}
	for _, s := range d.scans {
		for k := range s.t.Spans {
			if i := model.SpanIndex(k); s.role(i) == sends {
				r, here := ref{s.t.ID, s.t.Spans[i].ID}, Place{s.index, i}
				at[r] = here
				name := s.letter(i)
				if old, ok := letters[name]; name != "" && (!ok || d.byTime(here, at[old]) < 0) { // who passes it on came later
					letters[name] = r
				}
			}
		}
	}
	for _, s := range d.scans {
		for k := range s.t.Spans {
			if i := model.SpanIndex(k); s.role(i) == takes {
				d.meetSender(s, i, at, letters)
			}
		}
	}
}

// meetSender notes who sent the message that a span took: by parent and links, else
// by what names the message.
func (d *doctor) meetSender(s *scan, i model.SpanIndex, at map[ref]Place, letters map[string]ref) {
	here := Place{s.index, i}
	sources := s.sources(i)
	if len(sources) == 0 && len(letters) > 0 {
		if r, ok := letters[s.letter(i)]; ok {
			sources = append(sources, r)
		}
	}
	for _, r := range sources {
		d.taken[r] = append(d.taken[r], here)
		from, ok := at[r]
		if _, met := d.sender[here]; ok && !met {
			d.sender[here] = from
		}
	}
}

// examine looks for all that can be wrong in one trace.
func (d *doctor) examine(s *scan) {
	if len(s.t.Spans) == 0 {
		return
	}
	if s.path == nil {
		s.measure()
	}
	d.failures(s)
	d.silence(s)
	d.delays(s)
	d.waits(s)
	d.repeats(s)
	s.release()
}
