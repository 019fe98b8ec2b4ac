package chrometrace

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"sort"

	"traceview/internal/model"
)

// A maker hands the slices to the Builder.
type maker struct {
	*nest
	trace  model.TraceID // of slices that name none
	shift  int64         // ns, what times are moved by
	ids    []model.SpanID
	tracks []model.ResourceID
	links  map[int32][]int32 // from a slice to those before it in a flow
}

// finish puts what was read together.
func (d *decoder) finish() {
	n := d.nest()
	if len(n.slices) == 0 {
		n.standAlone()
	}
	m := &maker{nest: n, links: map[int32][]int32{}}
	m.settle()
	m.place()
	m.connect()
	for _, i := range m.order() {
		at := func(slice int32) int {
			return sort.Search(len(n.points), func(k int) bool { return n.points[k].slice >= slice })
		}
		m.add(i, n.points[at(i):at(i+1)])
	}
	if d.ignored > 0 && len(n.slices) > 0 {
		d.b.WarnTraceOf(model.TraceID{}, model.Ignored, d.ignored)
	}
}

// order returns the slices as they are to be added: as they came, traces in the order
// of our own file.
func (m *maker) order() []int32 {
	all := make([]int32, len(m.slices))
	for i := range all {
		all[i] = int32(i)
	}
	if len(m.d.order) > 1 {
		rank := func(i int32) int32 {
			if n, ok := m.d.order[m.traceOf(i)]; ok {
				return n
			}
			return math.MaxInt32
		}
		slices.SortStableFunc(all, func(x, y int32) int { return cmp.Compare(rank(x), rank(y)) })
	}
	return all
}

// standAlone makes slices of instants where the file has nothing else.
func (n *nest) standAlone() {
	for _, p := range n.points {
		n.slices = append(n.slices, slice{event: p.event, ended: -1, parent: -1, end: n.d.events.at(p.event).ts})
	}
	n.points = n.points[:0]
}

// settle gives slices ids and finds out about times.
func (m *maker) settle() {
	d := m.d
	h := fnv.New128a()
	var buf []byte
	lo := int64(0)
	m.ids = make([]model.SpanID, len(m.slices))
	for i := range m.slices {
		e := d.events.at(m.slices[i].event)
		if e.own >= 0 {
			m.ids[i] = d.owns[e.own].span
			continue
		}
		m.ids[i] = model.SpanID(i + 1)
		lo = min(lo, e.ts)
		buf = binary.LittleEndian.AppendUint64(buf[:0], uint64(e.ts))
		buf = binary.LittleEndian.AppendUint64(buf, uint64(m.slices[i].end))
		h.Write(append(buf, d.b.Str(e.name)...))
	}
	m.shift = -lo
	h.Sum(m.trace[:0])
	m.tracks = make([]model.ResourceID, len(d.trackList))
	for i, t := range d.trackList {
		m.tracks[i] = d.resource(t)
	}
}

// resource describes a thread of a process.
func (d *decoder) resource(t track) model.ResourceID {
	var attrs []model.Attr
	text := func(key, value string) {
		if value != "" {
			attrs = append(attrs, d.b.StringAttr(d.b.InternString(key), []byte(value)))
		}
	}
	pid := d.b.Str(t.key.pid)
	service := d.b.Str(d.processes[t.key.pid])
	if service == "" && pid != "" {
		service = "pid " + pid
	}
	text(keyService, service)
	text(keyPID, pid)
	text(keyTID, d.b.Str(t.key.tid))
	text(keyThread, d.b.Str(t.name))
	return d.b.Resource(&model.ResourceRecord{Attrs: attrs})
}

// place sends each instant to its slice: the one its file says, or the one found by
// time, or any.
func (m *maker) place() {
	d := m.d
	var sliceOf []int32 // by event, for our own files
	if len(d.owns) > 0 {
		sliceOf = make([]int32, d.events.n)
	}
	firstOf := map[model.StringID]int32{} // by process
	for i := range m.slices {
		e := d.events.at(m.slices[i].event)
		if pid := d.trackList[e.track].key.pid; !has(firstOf, pid) {
			firstOf[pid] = int32(i)
		}
		if sliceOf != nil {
			sliceOf[m.slices[i].event] = int32(i)
		}
	}
	for i := range m.points {
		p := &m.points[i]
		e := d.events.at(p.event)
		if e.host >= 0 {
			p.slice = sliceOf[e.host]
		}
		if p.slice < 0 {
			p.slice = firstOf[d.trackList[e.track].key.pid] // the first of all if that has none
		}
	}
	slices.SortFunc(m.points, func(x, y point) int {
		return cmp.Or(cmp.Compare(x.slice, y.slice), cmp.Compare(x.event, y.event))
	})
}

func has[K comparable, V any](m map[K]V, key K) bool { _, ok := m[key]; return ok }

// connect follows each flow through time.
func (m *maker) connect() {
	slices.SortStableFunc(m.joints, func(x, y joint) int {
		return cmp.Or(cmp.Compare(x.flow, y.flow), cmp.Compare(x.ts, y.ts), cmp.Compare(rank(x.in), rank(y.in)))
	})
	from, current := int32(-1), int32(-1)
	for _, j := range m.joints {
		if j.flow != current {
			from, current = -1, j.flow
		}
		ours := m.d.events.at(m.slices[j.slice].event).own >= 0 // it names its links
		if j.in && from >= 0 && from != j.slice && !ours {
			m.links[j.slice] = append(m.links[j.slice], from)
		}
		if j.out {
			from = j.slice
		}
	}
}

// rank puts false before true.
func rank(v bool) int {
	if v {
		return 1
	}
	return 0
}

// add makes a span of slice i and its instants.
func (m *maker) add(i int32, points []point) {
	d, s := m.d, &m.slices[i]
	e := d.events.at(s.event)
	rec := model.SpanRecord{
		Trace: m.trace, ID: m.ids[i], Name: e.name, Resource: m.tracks[e.track], Attrs: e.attrs,
		StartNano: uint64(e.ts + m.shift), EndNano: uint64(s.end + m.shift),
	}
	base := m.shift
	if e.own >= 0 {
		base = d.epoch
		m.fromOwn(&rec, e, s)
	} else if s.parent >= 0 {
		rec.Parent = m.ids[s.parent]
	}
	if s.ended >= 0 {
		rec.Attrs = slices.Concat(rec.Attrs, d.events.at(s.ended).attrs)
	}
	if s.unfinished {
		rec.Attrs = append(slices.Clip(rec.Attrs), model.BoolAttr(d.b.InternString(keyUnfinished), true))
	}
	for _, p := range points {
		pe := d.events.at(p.event)
		attrs := pe.attrs
		if pe.own < 0 && pe.track != e.track { // it is not where it was
			thread := d.b.StringAttr(d.b.InternString(keyTID), []byte(d.b.Str(d.trackList[pe.track].key.tid)))
			attrs = append(slices.Clip(attrs), thread)
		}
		at := uint64(max(pe.ts+base, 0))
		if pe.own >= 0 && d.owns[pe.own].time > 0 {
			at = d.owns[pe.own].time
		}
		rec.Events = append(rec.Events, model.EventRecord{TimeNano: at, Name: pe.name, Attrs: attrs})
	}
	for _, from := range m.links[i] {
		rec.Links = append(rec.Links, model.LinkRecord{Trace: m.traceOf(from), Span: m.ids[from]})
	}
	d.b.Add(&rec)
}

func (m *maker) traceOf(i int32) model.TraceID {
	if o := m.d.events.at(m.slices[i].event).own; o >= 0 {
		return m.d.owns[o].trace
	}
	return m.trace
}

// fromOwn takes what our own file says of a span.
func (m *maker) fromOwn(rec *model.SpanRecord, e *event, s *slice) {
	d := m.d
	o := &d.owns[e.own]
	rec.Trace, rec.Parent, rec.Kind, rec.Status = o.trace, o.parent, o.kind, o.status
	rec.StatusText, rec.State, rec.Flags, rec.Links = o.message, o.state, o.flags, o.links
	rec.StartNano, rec.EndNano = uint64(e.ts+d.epoch), uint64(s.end+d.epoch)
	if o.exact {
		rec.StartNano, rec.EndNano = o.start, o.end
	}
	if o.resource > 0 && o.resource <= len(d.resources) {
		rec.Resource = d.resources[o.resource-1]
	}
	if o.scope > 0 && o.scope <= len(d.scopes) {
		rec.Scope = d.scopes[o.scope-1]
	}
}
