package document

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/model"
	"traceview/internal/query"
)

const (
	// statsAtOnce is up to how many spans statistics are made before the next
	// frame: 10 ms.
	statsAtOnce = 50_000
	// sortAtOnce is up to how many rows they are sorted so: 10 ms by name.
	sortAtOnce = 20_000
)

// A StatColumn is what statistics can be sorted by.
type StatColumn uint8

// The columns of statistics.
const (
	StatName StatColumn = iota
	StatService
	StatKind
	StatCount
	StatErrors
	StatTotal
	StatSelf
	StatPath
	StatShare // of all own work: the order is that of StatSelf
	StatMin
	StatP50
	StatP95
	StatP99
	StatMax
	StatColumns // how many there are
)

// A StatOrder is by what statistics are sorted.
type StatOrder struct {
	Column  StatColumn
	Falling bool // the largest, or the last of the alphabet, first
}

// statKey is what a list of statistics depends on.
type statKey struct {
	version  int // of the matches
	services bool
	order    StatOrder
}

// statList is statistics in an order.
type statList struct {
	all      *analysis.Statistics
	list     []analysis.Stat
	rows     []int32 // places in list in the order of the table
	key      statKey
	longest  [2]int64 // Total and Self
	measured analysis.Measured
}

// statChoice is what of statistics is looked at, a part of each step of the
// history.
type statChoice struct {
	services bool
	order    [2]StatOrder // of operations, of services
}

// statistics is the state of looking at them.
type statistics struct {
	lazy lazy[statKey, *statList]
	statChoice
	table    [2]Table
	measured analysis.Measured // of the trace, Trace nil until then
	counted  *analysis.Statistics
	version  int // of the matches counted was made for
}

// newStatistics are sorted by the time spans took themselves: that of whole
// services and outermost calls is mostly that of others.
func newStatistics(d *Document) statistics {
	return statistics{lazy: lazy[statKey, *statList]{doc: d}, statChoice: usualStats()}
}

// usualStats is what of statistics is looked at first.
func usualStats() statChoice {
	first := StatOrder{Column: StatSelf, Falling: true}
	return statChoice{order: [2]StatOrder{first, first}}
}

// Stats is a table of statistics as it stands.
type Stats struct {
	All      *analysis.Statistics // nil until the first are there
	Services bool                 // by service, not by operation
	Order    StatOrder            // of the rows shown
	Longest  [2]int64             // the largest Total and Self of a row
	Busy     bool                 // newer ones are being made
	Share    float64              // of that done
	Err      error                // why there are none

	list []analysis.Stat
	rows []int32
}

// Len returns the number of rows.
func (s *Stats) Len() int { return len(s.rows) }

// At returns a row, and a number that is its own in whatever order.
func (s *Stats) At(row int) (st *analysis.Stat, id int32) {
	id = s.rows[row]
	return &s.list[id], id
}

// Stats returns the statistics of the spans that match, in the order chosen.
// Those of a big trace are made in the background, see RunIn.
func (d *Document) Stats() Stats {
	v := &d.stats
	key := statKey{version: d.find.version, services: v.services, order: v.order[v.which()]}
	if !v.lazy.fresh(key) {
		known := v.counted != nil && v.version == key.version
		long := !known && len(d.trace.Spans) > statsAtOnce || known && len(v.list(v.counted)) > sortAtOnce
		v.lazy.get(key, long, d.statWork(key), d.takeStats)
	}
	s := Stats{Services: v.services, Order: key.order, Busy: v.lazy.busy(), Share: v.lazy.share, Err: v.lazy.err}
	if list := v.lazy.value; list != nil {
		s.All, s.Services, s.Order = list.all, list.key.services, list.key.order
		s.list, s.rows, s.Longest = list.list, list.rows, list.longest
	}
	return s
}

func (v *statistics) which() int {
	if v.services {
		return 1
	}
	return 0
}

func (v *statistics) list(s *analysis.Statistics) []analysis.Stat {
	if v.services {
		return s.Services
	}
	return s.Operations
}

// statWork returns what makes a list, on any goroutine.
func (d *Document) statWork(key statKey) func(context.Context, func(float64)) (*statList, error) {
	v := &d.stats
	all := v.counted
	if v.version != key.version {
		all = nil
	}
	m := v.measured
	m.Only = analysis.Set(d.matches())
	if m.Trace == nil && d.work != nil && d.errors != nil && d.path != nil {
		m.Trace, m.Work, m.Errors, m.Path = d.trace, d.work, d.errors, d.path
	}
	trace := d.trace
	return func(ctx context.Context, progress func(float64)) (*statList, error) {
		if all == nil {
			if m.Trace == nil {
				only := m.Only
				m = analysis.Measure(trace)
				m.Only = only
			}
			var err error
			if all, err = analysis.NewStatistics(ctx, []analysis.Measured{m}, progress); err != nil {
				return nil, err
			}
		}
		out := &statList{all: all, list: all.Operations, key: key, measured: m}
		if key.services {
			out.list = all.Services
		}
		out.rows = sortStats(out.list, key.order)
		for k := range out.list {
			out.longest[0] = max(out.longest[0], out.list[k].Total)
			out.longest[1] = max(out.longest[1], out.list[k].Self)
		}
		return out, nil
	}
}

// takeStats takes a new list over: after other spans were counted the chosen
// row stays with its operation, after sorting the first row is chosen.
func (d *Document) takeStats(to *statList) {
	v := &d.stats
	from := v.lazy.value
	v.counted, v.version, v.measured = to.all, to.key.version, to.measured
	table := &v.table[0]
	if to.key.services {
		table = &v.table[1]
	}
	if from == nil || from.key.services != to.key.services || from.key.order != to.key.order || table.Row >= len(from.rows) || table.Row < 0 {
		return
	}
	st := &from.list[from.rows[table.Row]]
	table.Row = slices.IndexFunc(to.rows, func(k int32) bool {
		o := &to.list[k]
		return o.Service == st.Service && o.Name == st.Name && o.Kind == st.Kind
	})
	table.Row = max(table.Row, 0)
}

// sortStats returns the places of stats in an order; equal ones stay as they
// are, which is in the order of the trace.
func sortStats(list []analysis.Stat, order StatOrder) []int32 {
	rows := make([]int32, len(list))
	for k := range rows {
		rows[k] = int32(k)
	}
	sign := 1
	if order.Falling {
		sign = -1
	}
	if text := statText(order.Column); text != nil {
		slices.SortFunc(rows, func(a, b int32) int {
			return cmp.Or(sign*strings.Compare(text(&list[a]), text(&list[b])), cmp.Compare(a, b))
		})
		return rows
	}
	type keyed struct { // beside the rows, so that comparing does not leave the cache
		value int64
		row   int32
	}
	keys := make([]keyed, len(list))
	for k := range keys {
		keys[k] = keyed{int64(sign) * order.Column.value(&list[k]), int32(k)}
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		if a.value != b.value {
			return cmp.Compare(a.value, b.value)
		}
		return cmp.Compare(a.row, b.row)
	})
	for k := range keys {
		rows[k] = keys[k].row
	}
	return rows
}

// Text says whether a column is sorted by the alphabet.
func (c StatColumn) Text() bool { return statText(c) != nil }

// statText returns the text a column is sorted by, nil for those of numbers.
func statText(c StatColumn) func(*analysis.Stat) string {
	switch c {
	case StatName:
		return func(s *analysis.Stat) string { return s.Name }
	case StatService:
		return func(s *analysis.Stat) string { return s.Service }
	case StatKind:
		return func(s *analysis.Stat) string { return s.Kind.String() }
	}
	return nil
}

// value returns the number a column is sorted by.
func (c StatColumn) value(s *analysis.Stat) int64 {
	switch c {
	case StatCount:
		return int64(s.Count)
	case StatErrors: // among as many, those of its own first
		return int64(s.Errors)<<31 + int64(s.Own)
	case StatTotal:
		return s.Total
	case StatPath:
		return s.Path
	case StatMin:
		return s.Min
	case StatP50:
		return s.P50
	case StatP95:
		return s.P95
	case StatP99:
		return s.P99
	case StatMax:
		return s.Max
	}
	return s.Self
}

// StatTable returns how the table of statistics is looked at.
func (d *Document) StatTable() *Table { return &d.stats.table[d.stats.which()] }

// StatServices says whether statistics are by service, not by operation.
func (d *Document) StatServices() bool { return d.stats.services }

// SetStatServices chooses statistics by service, or by operation.
func (d *Document) SetStatServices(services bool) bool {
	if services == d.stats.services {
		return false
	}
	return d.act(stepOnce, func() bool {
		d.stats.services = services
		return true
	})
}

// StatOrder returns by what the statistics are to be sorted.
func (d *Document) StatOrder() StatOrder { return d.stats.order[d.stats.which()] }

// SortStats sorts the statistics by a column; by the same again the other way.
// Names begin with the first of the alphabet, numbers with the largest.
func (d *Document) SortStats(c StatColumn) bool {
	v := &d.stats
	return d.act(stepOnce, func() bool {
		if o := &v.order[v.which()]; o.Column == c {
			o.Falling = !o.Falling
		} else {
			*o = StatOrder{c, !c.Text()}
		}
		*d.StatTable() = Table{}
		return true
	})
}

// StatFilter returns the filter that asks for the spans of a row.
func (d *Document) StatFilter(st *analysis.Stat, services bool) string {
	text := query.Exact("service", st.Service)
	if services {
		return text
	}
	text += " " + query.Exact("name", st.Name)
	if st.Kind <= model.KindConsumer { // of others the language knows no name
		kind := st.Kind.String()
		if st.Kind == model.KindUnspecified {
			kind = "unspecified"
		}
		text += " " + query.Exact("kind", kind)
	}
	return text
}

// StatError returns the next failed span of a row after the selected one, or the
// one before, beginning again at the end; NoSpan if none failed.
func (d *Document) StatError(st *analysis.Stat, services, back bool) model.SpanIndex {
	n := len(d.failed)
	from, step := d.failedFrom(d.selected+1), 1
	if back {
		from, step = d.failedFrom(max(d.selected, 0))-1, -1
	}
	for k := range n {
		i := d.failed[((from+k*step)%n+n)%n]
		if d.Match(i) && d.inStat(i, st, services) {
			return i
		}
	}
	return model.NoSpan
}

// inStat says whether a span is of a row.
func (d *Document) inStat(i model.SpanIndex, st *analysis.Stat, services bool) bool {
	return d.trace.ServiceName(i) == st.Service && (services || d.trace.Spans[i].Kind == st.Kind && d.trace.Name(i) == st.Name)
}
