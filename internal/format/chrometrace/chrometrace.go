// Package chrometrace reads and writes Chrome's trace events, as Perfetto,
// chrome://tracing and speedscope open them: a list of events, or an object with
// "traceEvents". The format is that of "Trace Event Format" by N. Duca and
// D. Sinclair.
//
// # What becomes of what
//
// A file is one trace, whose id is a hash of its events. Complete events (X),
// pairs of begin and end (B and E) and asynchronous pairs (b and e, S and F) become
// spans; those of one thread, or of one asynchronous id, are nested by time. A begin
// without an end lasts to the end of the file and gets the attribute
// chrome.unfinished. Instants (i, I, R, n, T, p) become events of the span they fall
// into, else of the one before or after it on the thread, else of the first of the
// process or the file. Flows (s, t, f, or bind_id with flow_in and flow_out) become
// links from a span to the one before it. A process is a service, by its
// process_name, else "pid" and its number; process.pid, thread.id and thread.name are
// attributes of the resource. args become attributes, cat the attribute
// chrome.category, other fields chrome. and their name. Counters, samples, objects and
// all else are counted in a warning of the trace. Times below zero move all others,
// so that the first is zero. A file in the list form may end without its bracket.
//
// # What is written
//
// A service is a process; its spans lie on as many threads as it takes for each to
// lie within the one below it. Times are whole µs and count from the first span, since
// readers hold them in float64. args are the attributes; what the format has no place
// for (ids, exact times, kind, status, state, flags, links, numbers of scope and
// resource) is in args.traceview, the scopes and resources in "traceview" behind the
// events. Spans that have it are taken from it, as they are read. Flows show links,
// and parents in other services.
//
// # What the format cannot hold
//
// Bytes and numbers that are none come back as text. A second attribute of the same
// name gets a name of its own (name#2), traceview becomes traceview#, and a map is
// taken for a value of OTLP if its first key is that of one (stringValue, …); an empty
// map comes back as no value. Not written at all: schema URLs, counts of what an SDK
// dropped. Several traces come back in the order of their first spans. Without what is
// behind the events, as in a file that is cut off, spans have only the name of their service.
package chrometrace

import (
	"errors"
	"io"

	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// Names of attributes made of parts of the format.
const (
	keyCategory   = "chrome.category"
	keyUnfinished = "chrome.unfinished"
	keyService    = "service.name"
	keyPID        = "process.pid"
	keyTID        = "thread.id"
	keyThread     = "thread.name"
	ownKey        = "traceview" // of args and of the file
)

// Decode decodes trace events into b. All but our own are put together only when
// all were read. The error wraps jsonpull.ErrTruncated, jsonpull.ErrMalformed or that of r;
// the spans before it are in b, the last trace marked as truncated.
func Decode(r io.Reader, b *model.Builder) error { return DecodeWatched(r, nil, b) }

// DecodeWatched is Decode that asks watch, unless nil, whether to go on, about once
// in 65,536 threads or spans put together behind the last byte of r. An error of
// watch ends it; the spans before it are in b.
func DecodeWatched(r io.Reader, watch func() error, b *model.Builder) error {
	d := newDecoder(jsonpull.New(r), b)
	d.watch = watch
	for d.p.More() {
		d.document()
	}
	err := d.p.Err()
	if d.between && errors.Is(err, jsonpull.ErrTruncated) {
		err = nil // the bracket behind the last event may be missing
	}
	if errors.Is(err, jsonpull.ErrTooLarge) {
		return err
	}
	if unfit := d.finish(); unfit != nil {
		return unfit
	}
	d.finishOurs()
	if err != nil {
		b.WarnTrace(model.TraceID{}, model.Truncated)
	}
	return err
}

// A decoder collects events.
type decoder struct {
	p      *jsonpull.Parser
	b      *model.Builder
	values *otlp.ValueReader

	between bool // behind an event of a list that is all there is
	events  eventList
	chunk   []model.Attr // where attributes of events are kept, until it is full
	scratch []model.Attr
	argName []byte                    // what the argument "name" of the event at hand says
	idText  []byte                    // its id; those of our flows are too many to be interned
	fields  map[string]model.StringID // names of other fields

	tracks    map[trackKey]int32
	trackList []track
	processes map[model.StringID]model.StringID // names by pid
	lanes     map[laneKey]int32                 // of asynchronous ids; a thread has its own
	laneCount int32
	flows     map[laneKey]int32
	ignored   int64
	watch     func() error // unless nil, says whether to go on once all is read

	ours ours
}

// A trackKey is a thread of a process, by the text of their ids.
type trackKey struct{ pid, tid model.StringID }

type track struct {
	key  trackKey
	name model.StringID
	lane int32 // of its events, from 1; 0 while it has none
}

// A laneKey tells whose events are nested in one another, or linked: those of an
// asynchronous id, or of a flow.
type laneKey struct {
	track         int32 // -1, or -2 for a flow named by an event
	pid           model.StringID
	cat, name, id model.StringID
	scope         model.StringID
}

func newDecoder(p *jsonpull.Parser, b *model.Builder) *decoder {
	return &decoder{
		p: p, b: b, values: otlp.NewValueReader(p, b), fields: map[string]model.StringID{},
		tracks: map[trackKey]int32{}, processes: map[model.StringID]model.StringID{},
		lanes: map[laneKey]int32{}, flows: map[laneKey]int32{}, ours: ours{from: b.Len(), placeOf: map[place]model.ResourceID{}},
	}
}

// document reads a list of events, or an object that holds one.
func (d *decoder) document() {
	p := d.p
	if p.Next() == jsonpull.Array {
		p.Enter(jsonpull.Array)
		for {
			d.between = true
			if !p.Elem() {
				break
			}
			d.between = false
			if d.event(); p.Err() != nil {
				return
			}
		}
		d.between = p.Err() != nil
		return
	}
	for ok := p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = p.Field(); !ok {
			break
		}
		switch string(key) {
		case "traceEvents":
			for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
				d.event()
			}
		case ownKey:
			d.readTables()
		default:
			p.Skip()
		}
	}
}

// numbered returns the number of a key, the next one for a new key.
func numbered[K comparable](m map[K]int32, key K) int32 {
	n, ok := m[key]
	if !ok {
		n = int32(len(m))
		m[key] = n
	}
	return n
}

// laneOf returns the number of a lane: that of a track, or of an asynchronous id.
// Numbers go by what came first, whichever it is. Traces have a lane each for
// hundreds of thousands of threads, so these are not looked up twice.
func (d *decoder) laneOf(track int32, key laneKey, async bool) int32 {
	lane := &d.trackList[track].lane
	n := *lane
	if async {
		n = d.lanes[key]
	}
	if n > 0 {
		return n
	}
	d.laneCount++
	if async {
		d.lanes[key] = d.laneCount
	} else {
		*lane = d.laneCount
	}
	return d.laneCount
}

func (d *decoder) track(key trackKey) int32 {
	n := numbered(d.tracks, key)
	if int(n) == len(d.trackList) {
		d.trackList = append(d.trackList, track{key: key})
	}
	return n
}

// keep copies attributes of an event to where they stay.
func (d *decoder) keep(attrs []model.Attr) []model.Attr {
	if len(attrs) == 0 {
		return nil
	}
	const piece = 1 << 14
	if len(d.chunk)+len(attrs) > cap(d.chunk) {
		d.chunk = make([]model.Attr, 0, max(piece, len(attrs)))
	}
	from := len(d.chunk)
	d.chunk = append(d.chunk, attrs...)
	return d.chunk[from:len(d.chunk):len(d.chunk)]
}
