package shell

import (
	"context"
	"slices"

	"traceview/internal/model"
)

// A reader reads traces, telling how far it has come.
type reader func(ctx context.Context, on func(Loading)) (Opened, error)

// openTrace shows the page of a trace, from the library at once where it is kept,
// else fetched, unless it is open.
func (s *Shell) openTrace(id model.TraceID) { s.openTraceFrom(s.source, id) }

// openTraceFrom is openTrace for a connection; what others than that of the
// window have is always fetched, since it may be another under the same id.
func (s *Shell) openTraceFrom(from Source, id model.TraceID) { s.openTraceBy(from, id, nil) }

// openTraceBy is openTraceFrom for a trace that something else reads, unless that is
// nil.
func (s *Shell) openTraceBy(from Source, id model.TraceID, read reader) {
	if i := s.findTrace(id, from, ""); i >= 0 {
		s.revisit(i)
		return
	}
	if from == nil && s.Library == nil {
		s.say(s.offline())
		return
	}
	p := newTracePage(s, id, "")
	p.from, p.read = from, read
	s.add(p)
	p.load()
}

// reader returns what reads the trace of the page, by the connection as it is open
// now.
func (p *tracePage) reader() reader {
	if p.read != nil {
		return p.read
	}
	return p.shell.readFrom(p.from, p.id)
}

// readFrom returns what reads a trace by a connection, from the library at once where
// that is the window's.
func (s *Shell) readFrom(from Source, id model.TraceID) reader {
	if from != nil && from != s.source {
		return readLive(from, id)
	}
	return s.readAny(from, id)
}

// openKept shows the trace of an entry of the library, unless it is open.
func (s *Shell) openKept(key int64, id model.TraceID) {
	i := slices.IndexFunc(s.pages, func(q page) bool {
		tp, ok := q.(*tracePage)
		return ok && tp.file == "" && tp.id == id && (tp.kept == key || tp.kept == 0)
	})
	if i >= 0 {
		s.revisit(i)
		return
	}
	p := newTracePage(s, id, "")
	p.kept, p.read = key, s.readKept(key)
	s.add(p)
	p.load()
}

// readLive returns what fetches a trace.
func readLive(from Source, id model.TraceID) reader {
	return func(ctx context.Context, on func(Loading)) (Opened, error) {
		t, err := from.Trace(ctx, id, on)
		return openedOne(t, 0), err
	}
}

// readKept returns what reads an entry of the library.
func (s *Shell) readKept(key int64) reader {
	return func(ctx context.Context, _ func(Loading)) (Opened, error) {
		t, err := s.Library.Load(ctx, key)
		o := openedOne(t, key)
		if err == nil {
			if l, err := s.Library.Logs(ctx, key); err == nil && l != nil { // without them the trace is shown all the same
				o.Logs = append(o.Logs, l)
			}
		}
		return o, err
	}
}

// readAny returns what reads a trace from the library, else fetches it, unless from is
// nil. Where there is a connection, it does not wait for a library whose keyring is
// still locked.
func (s *Shell) readAny(from Source, id model.TraceID) reader {
	live := from != nil
	if live && !s.shelf.open {
		return readLive(from, id)
	}
	return func(ctx context.Context, on func(Loading)) (Opened, error) {
		key, err := s.Library.Find(ctx, id)
		if err == nil {
			var o Opened
			if o, err = s.readKept(key)(ctx, on); err == nil {
				return o, nil
			}
		}
		if live && ctx.Err() == nil {
			return readLive(from, id)(ctx, on)
		}
		return Opened{}, err
	}
}

// openedOne returns a trace that was read, nil for none.
func openedOne(t *model.Trace, kept int64) (o Opened) {
	if t != nil {
		o.Traces, o.Kept = []*model.Trace{t}, kept
	}
	return o
}

// again reads the trace once more after a failure, and fetches again one that is on
// show.
func (p *tracePage) again() {
	fetch := p.doc != nil && p.canFetch()
	if p.slot.Busy() || p.err == nil && !fetch {
		return
	}
	if fetch || p.kept != 0 && p.shell.source != nil {
		from := p.from
		if from == nil {
			from = p.shell.source
		}
		p.anew, p.read = p.doc != nil, readLive(from, p.id)
	}
	p.load()
	p.redrawProgress()
}

// keptStays says that fetching again failed, which leaves what is shown as it is, and
// why.
func (p *tracePage) keptStays(err error) {
	p.anew = false
	s := p.shell
	p.err = nil
	title, hint := s.Explain(s.kit.Words, err)
	s.say(s.kit.Words.T("trace.anew.failed", "why", title+". "+hint))
	p.redrawProgress()
	s.settle()
}
