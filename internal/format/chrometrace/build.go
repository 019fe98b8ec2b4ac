package chrometrace

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"

	"traceview/internal/model"
)

// A maker hands the slices to the Builder.
type maker struct {
	*nest
	trace  model.TraceID // of slices that name none
	shift  int64         // ns, what times are moved by
	tracks []model.ResourceID
	links  map[int32][]int32 // from a slice to those before it in a flow
}

// looked asks now and then whether to go on, at step i of many.
func (d *decoder) looked(i int) error {
	if i&(1<<16-1) != 0 || d.watch == nil {
		return nil
	}
	return d.watch()
}

// finish puts what was read together. The error is that of watch.
func (d *decoder) finish() error {
	d.flushOurs()
	n := d.nest()
	if len(n.slices) == 0 {
		n.standAlone()
	}
	m := &maker{nest: n, links: map[int32][]int32{}}
	if err := m.settle(); err != nil {
		return err
	}
	m.place()
	m.connect()
	at := 0
	for i := range n.slices {
		if err := d.looked(i); err != nil {
			return err
		}
		from := at
		for at < len(n.points) && n.points[at].slice == int32(i) {
			at++
		}
		m.add(int32(i), n.points[from:at])
	}
	if d.ignored > 0 && d.b.Len() > 0 {
		d.b.WarnTraceOf(model.TraceID{}, model.Ignored, d.ignored)
	}
	return nil
}

// standAlone makes slices of instants where the file has nothing else.
func (n *nest) standAlone() {
	for _, p := range n.points {
		n.slices = append(n.slices, slice{event: p.event, ended: -1, parent: -1, end: n.d.events.at(p.event).ts})
	}
	n.points = n.points[:0]
}

// settle gives slices ids and finds out about times. The error is that of watch.
func (m *maker) settle() error {
	d := m.d
	h := fnv.New128a()
	var buf []byte
	lo := int64(0)
	for i := range m.slices {
		e := d.events.at(m.slices[i].event)
		lo = min(lo, e.ts)
		buf = binary.LittleEndian.AppendUint64(buf[:0], uint64(e.ts))
		buf = binary.LittleEndian.AppendUint64(buf, uint64(m.slices[i].end))
		h.Write(append(buf, d.b.Str(e.name)...))
	}
	m.shift = -lo
	h.Sum(m.trace[:0])
	m.tracks = make([]model.ResourceID, len(d.trackList))
	for i, t := range d.trackList {
		if err := d.looked(i); err != nil {
			return err
		}
		m.tracks[i] = d.resource(t)
	}
	return nil
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

// place sends each instant without a slice to one of its process, or to the first.
func (m *maker) place() {
	d := m.d
	firstOf := map[model.StringID]int32{} // by process
	for i := range m.slices {
		if pid := d.trackList[d.events.at(m.slices[i].event).track].key.pid; !has(firstOf, pid) {
			firstOf[pid] = int32(i)
		}
	}
	for i := range m.points {
		p := &m.points[i]
		e := d.events.at(p.event)
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
		if j.in && from >= 0 && from != j.slice {
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
		Trace: m.trace, ID: spanID(i), Name: e.name, Resource: m.tracks[e.track], Attrs: e.attrs,
		StartNano: uint64(e.ts + m.shift), EndNano: uint64(s.end + m.shift),
	}
	if s.parent >= 0 {
		rec.Parent = spanID(s.parent)
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
		if pe.track != e.track { // it is not where it was
			thread := d.b.StringAttr(d.b.InternString(keyTID), []byte(d.b.Str(d.trackList[pe.track].key.tid)))
			attrs = append(slices.Clip(attrs), thread)
		}
		rec.Events = append(rec.Events, model.EventRecord{TimeNano: uint64(max(pe.ts+m.shift, 0)), Name: pe.name, Attrs: attrs})
	}
	for _, from := range m.links[i] {
		rec.Links = append(rec.Links, model.LinkRecord{Trace: m.trace, Span: spanID(from)})
	}
	d.b.Add(&rec)
}

// spanID numbers slices from 1.
func spanID(i int32) model.SpanID { return model.SpanID(i + 1) }
