// Package trail tells where a company's systems lose the trail of its orders:
// which of them send no spans, which ways between them do not carry the context
// of a trace, and which spans cannot be found by an order number. What is
// expected comes from a Map and, without one, from what most of the traces show.
package trail

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"traceview/internal/model"
)

// A Kind is one way to lose the trail.
type Kind uint8

// The kinds, those that lose most of the trail first.
const (
	// SystemMissing: a system never shows, though others call it or were called by it.
	SystemMissing Kind = iota
	// SpansLost: some spans of a system that shows elsewhere do not arrive.
	SpansLost
	// QueueContextLost: spans that take messages begin traces of their own without a link.
	QueueContextLost
	// ContextLost: a called system begins traces of its own amid calls of the caller.
	ContextLost
	// RootInBackend: as ContextLost, where the caller is a browser.
	RootInBackend
	// EdgeSilent: nothing is seen on a way of the map, though its beginning shows.
	EdgeSilent
	// UnnamedService: spans come under no name, or under the one that SDKs give to what has none.
	UnnamedService
	// SharedName: two systems send their spans under one name.
	SharedName
	// OrderKeyMissing: a system does not record the order number.
	OrderKeyMissing
	// OtherKey: a system records it under a key that is not the one agreed on.
	OtherKey
	// BaggageLost: a system records it, but not when called by a certain other one.
	BaggageLost
	// UnevenSampling: spans whose parent in the same process is missing.
	UnevenSampling
	// ClockOff: the clock of a process is more than a second off.
	ClockOff
	// WrongKind: spans that send, take, call or serve are marked as internal.
	WrongKind
	// IDInName: names of spans hold numbers or ids.
	IDInName
	// ResourceMissing: version or environment of a service is not recorded.
	ResourceMissing
	kinds
)

var kindNames = [kinds]string{
	SystemMissing: "system-missing", SpansLost: "spans-lost", QueueContextLost: "queue-context-lost", ContextLost: "context-lost",
	RootInBackend: "root-in-backend", EdgeSilent: "edge-silent", UnnamedService: "unnamed-service", SharedName: "shared-name",
	OrderKeyMissing: "order-key-missing", OtherKey: "other-key", BaggageLost: "baggage-lost", UnevenSampling: "uneven-sampling",
	ClockOff: "clock-off", WrongKind: "wrong-kind", IDInName: "id-in-name", ResourceMissing: "resource-missing",
}

// String returns the name of the kind on the command line.
func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return ""
}

// Kinds returns all kinds in order.
func Kinds() []Kind {
	list := make([]Kind, kinds)
	for k := range list {
		list[k] = Kind(k)
	}
	return list
}

// Anchor returns the anchor of the paragraph of docs/INSTRUMENTING.md that mends
// what is of this kind.
func (k Kind) Anchor() string { return "trail-" + k.String() }

// A Place is a span of one of the traces looked at.
type Place struct {
	Trace int // position
	Span  model.SpanIndex
}

// A Finding is one place where the trail is lost, or may be.
type Finding struct {
	Kind Kind
	// Hint says that it may well be right as it is: nothing expects otherwise but habit.
	Hint bool
	// System is the one at fault, by its name on the map or that of its service;
	// "" where it is not known.
	System string
	// From and To are the way that is broken, "" if it is none; Through is the queue.
	From, To, Through string
	// Detail is, by kind: the address called (SystemMissing), the key found (OtherKey),
	// the kind that the spans should have (WrongKind), a name (IDInName), the process
	// (ClockOff), the attributes missing (ResourceMissing), the languages under one
	// name (SharedName), the destination (QueueContextLost).
	Detail string
	// Other is the system of the map that is there under this name (SharedName,
	// UnnamedService), "" if that is not known, or several systems (ResourceMissing).
	Other string
	// Amount is by how many ns the clock is ahead (ClockOff).
	Amount int64
	// Spans are those that show it, of Of that were looked at.
	Spans, Of      int
	Traces, Orders int     // in which it shows
	Examples       []Place // the first that show it, each in another trace
}

// A State says how much of a system or a way is seen.
type State uint8

// The states.
const (
	Unseen  State = iota // nothing, and nothing says that there should be
	Whole                // all that should be
	Partial              // some of it is lost
	Broken               // all of it is lost
)

var stateNames = [...]string{Unseen: "unseen", Whole: "whole", Partial: "partial", Broken: "broken"}

// String returns the name of the state on the command line.
func (s State) String() string { return stateNames[s] }

// A SystemRow is what is seen of one system.
type SystemRow struct {
	Name     string
	Services []string // names that its spans come under, sorted
	State    State
	Expected bool // it is on the map
	Silent   bool // it sends no spans: those of others that call it are counted
	Outside  bool // it belongs to others, and may be missing
	Spans    int
	Traces   int
	Orders   int
	// Entries are the spans by which traces of orders enter the system; Keyed of
	// them have the order number. NoOrder says that they need not.
	Entries, Keyed int
	NoOrder        bool
	Keys           []string // under which the number is found, the most frequent first
	Findings       int      // of the system or a way that ends at it
}

// An EdgeRow is a way from one system to another.
type EdgeRow struct {
	From, To, Through string
	State             State
	Expected          bool // it is on the map
	Calls             int  // seen at the caller, or at the called one only
	Carried           int  // of them, those that carry the context
	Findings          int
}

// A Report is what Check found.
type Report struct {
	Traces, Spans, Orders int
	Mapped                bool     // by a map
	Keys                  []string // looked for, those of the map first
	Systems               []SystemRow
	Edges                 []EdgeRow
	Findings              []Finding // breaks before hints, by kind, then by orders
}

// Breaks returns how many findings are no hints.
func (r *Report) Breaks() int {
	n := 0
	for i := range r.Findings {
		if !r.Findings[i].Hint {
			n++
		}
	}
	return n
}

// Options say what to look for.
type Options struct {
	Map  *Map     // nil to go by the traces alone
	Keys []string // attributes that hold order numbers, beside those of the map
	// Now, unless 0, is the present in Unix ns: spans of traces that ended within the
	// last minutes may be on their way still.
	Now int64
}

// Check looks at all spans of the traces three times. It does not keep them. The
// error is that of the context.
func Check(ctx context.Context, traces []*model.Trace, o Options) (*Report, error) {
	w := newWorld(traces, o)
	for _, pass := range []func(int, *model.Trace){w.meet, w.learn, w.judge} {
		for n, t := range traces {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			pass(n, t)
		}
	}
	w.conclude()
	return w.report(), nil
}

// maxExamples is how many places a finding names.
const maxExamples = 3

// A tally counts what shows a finding.
type tally struct {
	spans    int
	traces   map[int]bool
	orders   map[string]bool
	examples []Place
}

func (t *tally) add(w *world, p Place) {
	if t.traces == nil {
		t.traces, t.orders = map[int]bool{}, map[string]bool{}
	}
	t.spans++
	if !t.traces[p.Trace] && len(t.examples) < maxExamples {
		t.examples = append(t.examples, p)
	}
	t.traces[p.Trace] = true
	if order := w.orders[p.Trace]; order != "" {
		t.orders[order] = true
	}
}

func (t *tally) join(o *tally) {
	if t.traces == nil {
		t.traces, t.orders = map[int]bool{}, map[string]bool{}
	}
	t.spans += o.spans
	for _, p := range o.examples {
		if !t.traces[p.Trace] && len(t.examples) < maxExamples {
			t.examples = append(t.examples, p)
		}
	}
	maps.Copy(t.traces, o.traces)
	maps.Copy(t.orders, o.orders)
}

// A subject is what findings are told apart by.
type subject struct {
	kind              Kind
	system            string
	from, to, through string
	detail, other     string
}

// evidence is a finding that grows.
type evidence struct {
	subject
	tally
	hint   bool
	amount int64
	of     int
}

// on returns the finding on a subject, a new one the first time.
func (w *world) on(s subject) *evidence {
	e := w.found[s]
	if e == nil {
		e = &evidence{subject: s}
		w.found[s] = e
	}
	return e
}

func (w *world) findings() []Finding {
	list := make([]Finding, 0, len(w.found))
	for s, e := range w.found {
		list = append(list, Finding{Kind: s.kind, Hint: e.hint, System: s.system, From: s.from, To: s.to, Through: s.through, Detail: s.detail, Other: s.other,
			Amount: e.amount, Spans: e.spans, Of: max(e.of, e.spans), Traces: len(e.traces), Orders: len(e.orders), Examples: e.examples})
	}
	rank := func(f *Finding) int {
		if f.Hint {
			return 1
		}
		return 0
	}
	slices.SortFunc(list, func(a, b Finding) int {
		return cmp.Or(rank(&a)-rank(&b), int(a.Kind)-int(b.Kind), b.Orders-a.Orders, b.Traces-a.Traces, cmp.Compare(a.System, b.System),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Detail, b.Detail))
	})
	return list
}
