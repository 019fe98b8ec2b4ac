package shell

import (
	"context"
	"errors"
	"strings"

	"traceview/internal/analysis/comparison"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/ui/view/compare"
	"traceview/ui/view/library"
	"traceview/ui/view/order"
)

// A subject is one of the two that are compared: a trace, or several that tell what
// is usual, and where they are from.
type subject struct {
	compare.Side
	id     model.TraceID // of one trace
	from   Source
	file   string
	kept   []int64        // their entries in the library
	usual  bool           // it is what is usual of the other
	traces []*model.Trace // once they are here
	// read reads them, telling how far it has come; nil where they are here.
	read func(ctx context.Context, on func(text string)) (brought, error)
}

// brought is what reading a subject came to.
type brought struct {
	traces []*model.Trace
	kept   []int64
}

// name returns what a subject is called in a list.
func (u *subject) name() string {
	if u.Side.Name == "" {
		return u.id.String()
	}
	return u.Side.Name
}

// take takes over what was read.
func (u *subject) take(f brought) {
	u.traces, u.read = f.traces, nil
	if f.kept != nil {
		u.kept = f.kept
	}
	u.Busy, u.Trouble = "", [2]string{}
	if len(f.traces) == 0 {
		return
	}
	t := f.traces[len(f.traces)-1]
	u.Traces = len(f.traces)
	u.Start, u.Duration, u.Spans = t.Epoch, t.Dur, len(t.Spans)
	if t.Root != model.NoSpan {
		u.Side.Name, u.Service = t.Name(t.Root), t.ServiceName(t.Root)
	}
}

// subjectOf returns the trace of a page, nil while it is not here.
func subjectOf(p *tracePage) *subject {
	if p.doc == nil || !p.whole() {
		return nil
	}
	u := &subject{id: p.id, from: p.from, file: p.file}
	f := brought{traces: []*model.Trace{p.doc.Trace()}}
	if p.kept != 0 {
		f.kept = []int64{p.kept}
	}
	u.take(f)
	return u
}

// rowSubject returns a trace of an order, which is read when it is compared.
func (s *Shell) rowSubject(r *order.Row, from Source) *subject {
	u := &subject{id: r.ID, from: from}
	u.Side = compare.Side{Name: r.Operation, Service: r.Service, Start: r.Start, Duration: r.Duration, Spans: r.Spans, Traces: 1}
	u.read = s.reading(s.readFrom(from, r.ID))
	return u
}

// keptSubject returns a trace of the library.
func (s *Shell) keptSubject(e *library.Entry) *subject {
	u := &subject{id: e.ID, kept: []int64{e.Key}}
	u.Side = compare.Side{Name: e.Operation, Service: e.Service, Start: e.Start, Duration: e.Duration, Spans: e.Spans, Traces: 1}
	u.read = s.reading(s.readKept(e.Key))
	return u
}

// reading makes of what reads a page's trace what reads a subject.
func (s *Shell) reading(read reader) func(ctx context.Context, on func(string)) (brought, error) {
	w := s.kit.Words
	return func(ctx context.Context, on func(string)) (f brought, err error) {
		o, err := read(ctx, func(l Loading) {
			if l.Spans > 0 {
				on(w.N("trace.loading.spans", l.Spans))
			}
		})
		if err == nil {
			f.traces = o.Traces
		}
		if o.Kept != 0 {
			f.kept = []int64{o.Kept}
		}
		return f, err
	}
}

// fileSubject returns traces of a file that are at hand: one, or several.
func fileSubject(file string, list ...*model.Trace) *subject {
	u := &subject{file: file}
	u.take(brought{traces: list})
	if len(list) == 1 {
		u.id = list[0].ID
	}
	return u
}

// sourceOf returns where a subject is from, for a person.
func (s *Shell) sourceOf(u *subject) string {
	switch {
	case u.file != "":
		return u.file
	case u.Traces != 1:
		return "" // from here and there
	case len(u.kept) == 1 && u.kept[0] != 0:
		return s.kit.Words.T("source.library")
	}
	return s.nameOf(u.from)
}

// What is sampled of the library to tell what is usual: enough for one in twenty to
// mean something, and no more than is read within a second or two.
const (
	usualTraces = 100
	usualSpans  = 200_000
	usualPages  = 5
)

// errNoUsual says that nothing like it is kept.
var errNoUsual = errors.New("compare: no other trace of the operation is kept")

// usualSubject returns traces that begin with the same operation, without the one that
// is compared: those by which the window judges what is from the same source, and more
// from the library.
func (s *Shell) usualSubject(of *subject) *subject {
	service, operation, except := of.Service, of.Side.Name, of.id
	from := of.from
	if from == nil { // of a file, or of the library
		from = s.source
	}
	u := &subject{usual: true, from: from}
	u.Side = compare.Side{Name: operation, Service: service, Traces: 2}
	w, known, open := s.kit.Words, s.usual.of(from).traces, s.shelf.open
	u.read = func(ctx context.Context, on func(string)) (f brought, err error) {
		here := map[model.TraceID]bool{}
		for _, t := range known {
			if t.ID != except && t.Root != model.NoSpan && t.Name(t.Root) == operation && t.ServiceName(t.Root) == service && len(f.traces) < usualTraces {
				here[t.ID] = true
				f.traces, f.kept = append(f.traces, t), append(f.kept, 0)
			}
		}
		var list []library.Entry
		if open {
			if list, err = s.keptLike(ctx, service, operation, except); err != nil {
				return f, err
			}
		}
		for k := range list {
			if here[list[k].ID] || len(f.traces) == usualTraces {
				continue
			}
			on(w.N("compare.usual.reading", len(list), "done", w.Units().Number(k)))
			t, err := s.Library.Load(ctx, list[k].Key)
			if ctx.Err() != nil {
				return f, ctx.Err()
			}
			if err == nil { // one that is damaged is no sample
				f.traces, f.kept = append(f.traces, t), append(f.kept, list[k].Key)
			}
		}
		if len(f.traces) == 0 {
			return f, errNoUsual
		}
		return f, nil
	}
	return u
}

// keptLike returns the latest entries of the library that begin with an operation.
func (s *Shell) keptLike(ctx context.Context, service, operation string, except model.TraceID) (list []library.Entry, err error) {
	after, spans := "", 0
	for range usualPages {
		page, err := s.Library.Search(ctx, query.Kept{Service: service, Operation: operation}, keptAtOnce, after)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Entries {
			if e.Service != service || e.Operation != operation || e.ID == except || e.Damaged || len(list) == usualTraces || spans+e.Spans > usualSpans {
				continue
			}
			list, spans = append(list, e), spans+e.Spans
		}
		if after = page.Next; after == "" || len(list) == usualTraces {
			break
		}
	}
	return list, nil
}

// openAt shows the trace of a subject that a place is in, at its span.
func (s *Shell) openAt(u *subject, at comparison.Place) {
	if at.Span == model.NoSpan || int(at.Trace) >= len(u.traces) {
		return
	}
	t := u.traces[at.Trace]
	switch i := s.findTrace(t.ID, u.from, u.file); {
	case i >= 0:
		s.revisit(i)
	case int(at.Trace) < len(u.kept) && u.kept[at.Trace] != 0:
		s.openKept(u.kept[at.Trace], t.ID)
	default:
		p := newTracePage(s, t.ID, u.file)
		if p.from = u.from; u.from == nil && u.file == "" {
			p.from = s.source
		}
		p.take(t, nil)
		s.add(p)
	}
	if p, ok := s.pages[s.current].(*tracePage); ok {
		p.seek(t.Spans[at.Span].ID)
	}
}

// subjectNote tells of a subject in a list to choose from.
func (s *Shell) subjectNote(u *subject) string {
	w := s.kit.Words
	parts := []string{u.Service, s.kit.DateTime(u.Start), w.Units().Duration(u.Duration), w.N("header.spans", u.Spans)}
	if u.Service == "" {
		parts = parts[1:]
	}
	if u.file != "" {
		parts = append(parts, u.file)
	}
	return strings.Join(parts, " · ")
}
