package shell

import (
	"context"
	"errors"
	"fmt"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/ui/drawing"
	"traceview/ui/view/library"
)

// A what is some traces that can be shared, as one choice.
type what struct {
	word   string        // key of its words
	n      int           // of traces, that the words tell; 0 for none
	note   func() string // behind the words
	stem   string        // of a file name
	order  string        // "" for none
	ids    []model.TraceID
	known  map[model.TraceID]*model.Trace // those at hand; the others are fetched
	kept   map[model.TraceID]int64        // the entries of those in the library
	part   model.SpanIndex                // of the only trace, NoSpan for all of it
	shows  *tracePage                     // the page that shows the only trace, nil for none
	from   Source                         // what is not known is fetched from; nil for a file
	source string
	live   bool // from the connection, which has pages of them
}

// picture says whether there is a view to make a picture of.
func (w *what) picture() bool { return w.shows != nil && w.part == model.NoSpan }

// gathered are the traces to share.
type gathered struct {
	logs    []*logs.Lines
	traces  []*model.Trace
	missing int
	why     error // of the first that is missing
}

// shareable returns what of the page in front can be shared.
func (s *Shell) shareable() []what {
	switch p := s.pages[s.current].(type) {
	case *tracePage:
		return s.shareTrace(p)
	case *orderPage:
		if !p.slot.Busy() && len(p.rows()) > 0 {
			return s.shareRows(s.orderWhat(p), p.page.Selected)
		}
	case *filePage:
		if len(p.rows) > 0 {
			return s.shareRows(s.fileWhat(p), p.page.Selected)
		}
	case *libraryPage:
		if list := p.list.Acted(); len(list) > 0 {
			return []what{s.keptWhat(list)}
		}
	}
	return nil
}

// keptWhat returns the traces meant in the library.
func (s *Shell) keptWhat(list []*library.Entry) what {
	w := what{word: "share.what.kept", n: len(list), stem: "traces", part: model.NoSpan, kept: map[model.TraceID]int64{}, source: s.kit.Words.T("source.library"),
		note: func() string { return s.kit.Words.T("library.title") }}
	for _, e := range list {
		if _, twice := w.kept[e.ID]; !twice { // a file holds a trace once
			w.ids, w.kept[e.ID] = append(w.ids, e.ID), e.Key
		}
	}
	return w
}

// shareTrace returns what can be shared of the page of a trace that is here.
func (s *Shell) shareTrace(p *tracePage) []what {
	if p.doc == nil || !p.whole() || len(p.doc.Trace().Spans) == 0 {
		return nil
	}
	t, order := p.doc.Trace(), p.doc.OrderNumber(model.NoSpan)
	if known := s.orderNumber(p); known != "" {
		order = known
	}
	one := what{word: "share.what.trace", stem: "trace-" + shortID(t.ID), order: order, ids: []model.TraceID{t.ID},
		known: map[model.TraceID]*model.Trace{t.ID: t}, part: model.NoSpan, shows: p, from: p.from, source: p.source(), live: p.file == "",
		note: func() string { return s.kit.Words.N("header.spans", len(t.Spans)) }}
	if order != "" {
		one.stem = "order-" + sanitize(order) + "-" + one.stem
	}
	list := []what{one}
	if at := p.doc.Selected(); at != model.NoSpan && t.Spans[at].Parent != model.NoSpan {
		step := one
		step.word, step.part, step.stem = "share.what.step", at, one.stem+"-"+t.Spans[at].ID.String()
		step.note = func() string {
			_, name := p.doc.Name(at)
			return name + " · " + s.kit.Words.N("header.spans", int(t.Spans[at].End-at))
		}
		list = append(list, step)
	}
	if op := s.orderOf(p); op != nil && len(op.rows()) > 1 && !op.slot.Busy() {
		list = append(list, s.orderWhat(op))
	}
	for from := s.trail[p]; from != nil; from = s.trail[from] {
		if fp, ok := from.(*filePage); ok && fp.name == p.file && len(fp.rows) > 1 {
			list = append(list, s.fileWhat(fp))
			break
		}
	}
	return list
}

// orderWhat returns all traces of an order.
func (s *Shell) orderWhat(p *orderPage) what {
	rows := p.rows()
	w := what{word: "share.what.order", n: len(rows), stem: "order-" + sanitize(p.order), order: p.order, part: model.NoSpan,
		known: map[model.TraceID]*model.Trace{}, from: p.from, source: s.nameOf(p.from), live: true, note: func() string { return p.Title() }}
	for _, r := range rows {
		w.ids = append(w.ids, r.ID)
		if i := s.findTrace(r.ID, p.from, ""); i >= 0 {
			if tp := s.pages[i].(*tracePage); tp.doc != nil && tp.whole() && tp.err == nil {
				w.known[r.ID] = tp.doc.Trace()
			}
		}
	}
	return w
}

// fileWhat returns all traces of a file.
func (s *Shell) fileWhat(p *filePage) what {
	w := what{word: "share.what.file", n: len(p.rows), stem: "traces", order: p.order, part: model.NoSpan, known: p.traces, source: p.name, note: func() string { return p.name }}
	for _, r := range p.rows {
		w.ids = append(w.ids, r.ID)
	}
	return w
}

// shareRows returns all traces of a list, and the one chosen in it.
func (s *Shell) shareRows(all what, chosen func() (model.TraceID, bool)) []what {
	id, ok := chosen()
	if !ok || len(all.ids) < 2 {
		return []what{all}
	}
	one := all
	one.word, one.n, one.ids, one.stem = "share.what.chosen", 0, []model.TraceID{id}, all.stem+"-trace-"+shortID(id)
	one.note = func() string { return s.kit.Words.T("trace.title", "id", shortID(id)) }
	return []what{all, one}
}

// gatherTraces has the traces of a choice, fetching those not at hand. One that
// cannot be fetched is missing, and the others are there all the same.
func (s *Shell) gatherTraces(ctx context.Context, w *what, on func(done int)) (g gathered, err error) {
	for i, id := range w.ids {
		t := w.known[id]
		if t == nil {
			on(i)
			if t, err = s.fetch(ctx, w.from, id, w.kept[id]); ctx.Err() != nil {
				return g, context.Cause(ctx)
			}
		}
		if err != nil || t == nil {
			if g.missing++; g.why == nil {
				g.why = err
			}
			err = nil
			continue
		}
		g.traces = append(g.traces, t)
	}
	if len(g.traces) == 0 {
		return g, g.why
	}
	if w.part != model.NoSpan {
		t, err := s.Sharer.Part(ctx, g.traces[0], w.part)
		if err != nil {
			return g, err
		}
		g.traces = []*model.Trace{t}
	}
	return g, nil
}

var errOffline = errors.New("no connection")

// fetch returns a whole trace: the entry of the library, unless that is 0, else
// from a connection or, where that does not have it any more, from the library.
func (s *Shell) fetch(ctx context.Context, from Source, id model.TraceID, key int64) (t *model.Trace, err error) {
	if key != 0 {
		return s.Library.Load(ctx, key)
	}
	err = fmt.Errorf("fetch trace %s: %w", id, errOffline)
	if from != nil {
		if t, err = from.Trace(ctx, id, func(Loading) {}); err == nil {
			return t, nil
		}
	}
	if s.Library == nil || ctx.Err() != nil {
		return nil, err
	}
	if key, notKept := s.Library.Find(ctx, id); notKept == nil {
		return s.Library.Load(ctx, key)
	}
	return nil, err
}

// pictureOf returns what a picture shows of the trace of a page, now.
func (p *tracePage) pictureOf() func(t *model.Trace) (*document.Document, drawing.Picture) {
	s, stance := p.shell, p.doc.Stance()
	size, scale := p.canvas().Size(), s.Window.Canvas().Scale()
	pic := drawing.Picture{View: traceViews[p.view].name, W: max(int(size.Width*scale), 1), H: max(int(size.Height*scale), 1), Scale: scale,
		Palette: s.kit.Look, Colours: s.kit.Colours.Clone()}
	return func(t *model.Trace) (*document.Document, drawing.Picture) { return document.At(t, stance), pic }
}
