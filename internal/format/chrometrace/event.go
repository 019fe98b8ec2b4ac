package chrometrace

import (
	"bytes"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// An event is one event of the file that is part of a trace.
type event struct {
	ts, dur   int64 // ns
	name, cat model.StringID
	track     int32
	lane      int32 // whose events it is nested with
	flow      int32 // the flow it belongs to, -1 for none
	ph        phase
	in, out   bool // it ends or begins a flow
	enclosing bool // a flow that ends in the span around it, not in the next
	attrs     []model.Attr
}

// A phase is what an event is.
type phase uint8

const (
	complete phase = iota
	begin
	end
	instant
	flow
)

// eventList grows in pieces, without copying what is there.
type eventList struct {
	list [][]event
	n    int32
}

const eventBits = 10

func (l *eventList) add(e *event) {
	if int(l.n)>>eventBits == len(l.list) {
		l.list = append(l.list, make([]event, 1<<eventBits))
	}
	*l.at(l.n) = *e
	l.n++
}

func (l *eventList) at(i int32) *event { return &l.list[i>>eventBits][i&(1<<eventBits-1)] }

// fields of an event that make something only together.
type parts struct {
	ph          byte
	pid, tid    model.StringID
	scope, bind model.StringID
	global      bool // the id is one for all processes
}

// event reads one event.
func (d *decoder) event() {
	p := d.p
	if !p.Enter(jsonpull.Object) {
		d.ignored++
		return
	}
	e := event{flow: -1}
	var at parts
	d.scratch, d.argName, d.idText, d.ours.told = d.scratch[:0], d.argName[:0], d.idText[:0], false
	for {
		key, ok := p.Field()
		if !ok {
			break
		}
		d.field(key, &e, &at)
	}
	if p.Err() == nil {
		d.place(&e, &at)
	}
}

func (d *decoder) field(key []byte, e *event, at *parts) {
	p, b := d.p, d.b
	switch string(key) {
	case "ph":
		if v := p.Text(); len(v) == 1 {
			at.ph = v[0]
		}
	case "name":
		e.name = b.Intern(p.Text())
	case "cat":
		e.cat = b.Intern(p.Text())
	case "ts":
		e.ts, _ = jsonpull.Micros(p.Text())
	case "dur":
		e.dur, _ = jsonpull.Micros(p.Text())
	case "pid":
		at.pid = b.Intern(p.Text())
	case "tid":
		at.tid = b.Intern(p.Text())
	case "id":
		d.idText = append(d.idText[:0], p.Text()...)
	case "id2":
		d.id2(at)
	case "scope":
		at.scope = b.Intern(p.Text())
	case "bp":
		e.enclosing = string(p.Text()) == "e"
	case "bind_id":
		at.bind = b.Intern(p.Text())
	case "flow_in":
		e.in = isTrue(p.Text())
	case "flow_out":
		e.out = isTrue(p.Text())
	case "args":
		d.args()
	case "s", "cname": // how far to draw it, and how
		p.Skip()
	default:
		name, ok := d.fields[string(key)]
		if !ok {
			name = b.InternString("chrome." + string(key))
			d.fields[string(key)] = name
		}
		d.scratch = append(d.scratch, d.values.Value(name))
	}
}

func isTrue(text []byte) bool { return bytes.Equal(text, []byte("true")) }

// id2 reads {"local": …} or {"global": …}.
func (d *decoder) id2(at *parts) {
	for ok := d.p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = d.p.Field(); !ok {
			return
		}
		at.global = string(key) == "global"
		d.idText = append(d.idText[:0], d.p.Text()...)
	}
}

// args reads the attributes of an event, and what our own files say beside them.
func (d *decoder) args() {
	p := d.p
	if p.Next() != jsonpull.Object {
		d.scratch = append(d.scratch, d.values.Value(d.b.InternString("args")))
		return
	}
	for p.Enter(jsonpull.Object); ; {
		key, ok := p.Field()
		if !ok {
			return
		}
		if string(key) == ownKey && p.Next() == jsonpull.Object {
			d.readOwn()
			continue
		}
		name := d.b.Intern(key)
		if string(key) == "name" && p.Next() == jsonpull.String {
			d.argName = append(d.argName[:0], p.Text()...)
			d.scratch = append(d.scratch, d.b.StringAttr(name, d.argName))
			continue
		}
		d.scratch = append(d.scratch, d.values.Value(name))
	}
}

// place puts an event where it belongs.
func (d *decoder) place(e *event, at *parts) {
	key := trackKey{at.pid, at.tid}
	if d.takeOurs(e, at.ph, key) {
		return
	}
	lane := laneKey{track: -1, pid: at.pid, cat: e.cat, id: d.b.Intern(d.idText), scope: at.scope}
	if at.global {
		lane.pid = 0
	}
	async := true
	switch at.ph {
	case 'X':
		e.ph, async = complete, false
	case 'B':
		e.ph, async = begin, false
	case 'E':
		e.ph, async = end, false
	case 'i', 'I', 'R':
		e.ph, async = instant, false
	case 's', 't', 'f':
		e.ph, async = flow, false
		e.out, e.in = at.ph != 'f', at.ph != 's'
		e.enclosing = e.enclosing || at.ph == 't'
		lane.pid, lane.name = 0, e.name
		e.flow = numbered(d.flows, lane)
	case 'b':
		e.ph = begin
	case 'e':
		e.ph = end
	case 'n':
		e.ph = instant
	case 'S':
		e.ph, lane.name = begin, e.name
	case 'F':
		e.ph, lane.name = end, e.name
	case 'T', 'p':
		e.ph, lane.name = instant, e.name
	case 'M':
		d.metadata(e, key)
		return
	default:
		d.ignored++
		return
	}
	e.track = d.track(key)
	e.lane = d.laneOf(e.track, lane, async)
	if e.ph != flow && at.bind != 0 && (e.in || e.out) {
		e.flow = numbered(d.flows, laneKey{track: -2, id: at.bind})
	} else if e.ph != flow {
		e.in, e.out = false, false
	}
	e.dur = max(e.dur, 0)
	if e.cat != 0 && e.ph != end && e.ph != flow {
		d.scratch = append(d.scratch, d.b.StringAttr(d.b.InternString(keyCategory), []byte(d.b.Str(e.cat))))
	}
	e.attrs = d.keep(d.scratch)
	d.events.add(e)
}

// metadata takes the names of processes and threads.
func (d *decoder) metadata(e *event, key trackKey) {
	name := d.b.Intern(d.argName)
	switch d.b.Str(e.name) {
	case "process_name":
		d.processes[key.pid] = name
	case "thread_name":
		d.trackList[d.track(key)].name = name
	}
}
