package logs

import (
	"cmp"
	"hash/maphash"
	"slices"
	"sort"

	"traceview/internal/model"
)

// Bounds of the lines of one trace. A person reads some hundred; ten thousand still
// scroll well and are fetched in seconds.
const (
	MaxLines = 10_000
	MaxBytes = 32 << 20 // of memory, about
)

// A Gap says what of the lines of a trace is missing. The zero Gap says: nothing,
// as far as the source told.
type Gap struct {
	Missed  int64 // lines that match and were not taken, beyond the bounds
	AtLeast bool  // Missed is only what is known; there may be more
	Broken  int   // lines that could not be read
	// Parts of an index may fail or take too long while the others answer.
	FailedShards, Shards int
	TimedOut             bool
	Reason               string // what the source said of that, "" if nothing
}

// Any says whether anything is missing, or may be.
func (g Gap) Any() bool {
	return g.Missed > 0 || g.AtLeast || g.Broken > 0 || g.FailedShards > 0 || g.TimedOut
}

// Lines are the log lines of one trace, ordered by time. They never change, so any
// goroutine may read them. A nil *Lines is empty.
type Lines struct {
	trace  model.TraceID
	list   []Line
	bySpan map[model.SpanID][]int32
	gap    Gap
	bytes  int
}

// New makes Lines of a trace from lines in any order, which it takes over. Lines
// known to be the same are kept once; what is beyond the bounds of a line is cut, and
// what is beyond those of a trace is left out at the end and counted in the gap.
func New(trace model.TraceID, lines []Line, gap Gap) *Lines {
	for i := range lines {
		lines[i].Bound()
		lines[i].Trace = trace
	}
	gap.Reason, _ = clip(gap.Reason, MaxName, 0)
	return assemble(trace, lines, gap)
}

// assemble is New for lines that are bounded, whose fields others may be reading.
func assemble(trace model.TraceID, lines []Line, gap Gap) *Lines {
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Logger, b.Logger))
	})
	l := &Lines{trace: trace, list: withoutRepeats(lines), bySpan: map[model.SpanID][]int32{}, gap: gap}
	l.bound()
	for i := range l.list {
		id := l.list[i].Span
		l.bySpan[id] = append(l.bySpan[id], int32(i))
	}
	return l
}

// bound leaves out what is too much of a trace.
func (l *Lines) bound() {
	keep := 0
	for keep < len(l.list) && keep < MaxLines {
		n := l.list[keep].Bytes()
		if l.bytes+n > MaxBytes {
			break
		}
		l.bytes += n
		keep++
	}
	l.gap.Missed += int64(len(l.list) - keep)
	clear(l.list[keep:])
	l.list = slices.Clip(l.list[:keep])
}

// withoutRepeats removes lines that came before, in place. Lines with a unique id
// are the same if that is; one without is the same as another that says all the same.
func withoutRepeats(lines []Line) []Line {
	uids := map[string]bool{}
	alike := map[uint64]bool{}
	named := map[uint64]bool{} // what lines with an id say
	seed := maphash.MakeSeed()
	for i := range lines {
		if lines[i].UID != "" {
			named[lines[i].sum(seed)] = true
		}
	}
	return slices.DeleteFunc(lines, func(x Line) bool {
		if x.UID != "" {
			again := uids[x.UID]
			uids[x.UID] = true
			return again
		}
		sum := x.sum(seed)
		again := alike[sum] || named[sum]
		alike[sum] = true
		return again
	})
}

// sum is the same for lines that say the same, whatever their id.
func (l *Line) sum(seed maphash.Seed) uint64 {
	type said struct {
		time                                     int64
		span                                     model.SpanID
		service, logger, level, message, stack   string
		messageBytes, stackBytes, fields, fieldN int
	}
	return maphash.Comparable(seed, said{l.Time, l.Span, l.Service, l.Logger, l.Level.Raw, l.Message, l.Stack,
		l.MessageBytes, l.StackBytes, int(l.fieldSum(seed)), len(l.Fields)})
}

func (l *Line) fieldSum(seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for i := range l.Fields {
		f := &l.Fields[i]
		maphash.WriteComparable(&h, *f)
	}
	return h.Sum64()
}

// Merge returns the lines of both, each once. What newer says of gaps counts, less
// what l has of it. Both may be nil, and both stay as they are.
func (l *Lines) Merge(newer *Lines) *Lines {
	switch {
	case l.Len() == 0 && newer != nil:
		return newer
	case newer == nil:
		return l
	}
	all := append(slices.Clone(newer.list), l.list...)
	gap := newer.gap
	gap.Missed = 0
	m := assemble(newer.trace, all, gap)
	if left := newer.gap.Missed - int64(m.Len()-newer.Len()); left > 0 {
		m.gap.Missed = max(m.gap.Missed, left)
	}
	return m
}

// Trace returns the trace the lines are of.
func (l *Lines) Trace() model.TraceID {
	if l == nil {
		return model.TraceID{}
	}
	return l.trace
}

// Len returns the number of lines.
func (l *Lines) Len() int {
	if l == nil {
		return 0
	}
	return len(l.list)
}

// At returns line i, 0 being the earliest. The caller must not change it.
func (l *Lines) At(i int) *Line { return &l.list[i] }

// Span returns which lines are of a span, the earliest first; those of the trace
// only for the zero id. The caller must not change the slice.
func (l *Lines) Span(id model.SpanID) []int32 {
	if l == nil {
		return nil
	}
	return l.bySpan[id]
}

// Spans returns the spans that have lines, in no order, without the zero id.
func (l *Lines) Spans() []model.SpanID {
	var list []model.SpanID
	if l != nil {
		for id := range l.bySpan {
			if !id.IsZero() {
				list = append(list, id)
			}
		}
	}
	return list
}

// Since returns the first line at an instant, Unix ns, or after it; Len if there is
// none. Lines i with Since(a) <= i < Since(b) are those from a until before b.
func (l *Lines) Since(at int64) int {
	return sort.Search(l.Len(), func(i int) bool { return l.list[i].Time >= at })
}

// Gap returns what is missing.
func (l *Lines) Gap() Gap {
	if l == nil {
		return Gap{}
	}
	return l.gap
}

// Bytes returns about how much memory the lines take.
func (l *Lines) Bytes() int {
	if l == nil {
		return 0
	}
	return l.bytes
}

// First returns the first n lines; the others count as missed.
func (l *Lines) First(n int) *Lines {
	if l.Len() <= n {
		return l
	}
	gap := l.gap
	gap.Missed += int64(l.Len() - n)
	return assemble(l.trace, slices.Clone(l.list[:n]), gap)
}

// Of returns the lines of the spans that keep wants, and says nothing of those it
// leaves out.
func (l *Lines) Of(keep func(model.SpanID) bool) *Lines {
	var list []Line
	for i := range l.Len() {
		if keep(l.list[i].Span) {
			list = append(list, l.list[i])
		}
	}
	return assemble(l.Trace(), list, l.Gap())
}
