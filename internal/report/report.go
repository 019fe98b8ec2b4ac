// Package report writes what a person needs who has no traceview: a summary in
// Markdown for a ticket, and one HTML file with drawings, the spans and what they
// recorded. The file asks for nothing from anywhere: its policy allows only its
// own style and script, by their hashes, and no text of a trace becomes markup.
//
// A report is bounded whatever the size of the trace, and says what it leaves out.
package report

import (
	"time"

	"traceview/internal/analysis"
	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/scene"
)

// A Part is one trace of a report.
type Part struct {
	Doc      *document.Document
	Drawings []Drawing
}

// A Drawing is a picture of a trace in both themes: scenes alike but for their
// colours.
type Drawing struct {
	Title, Note string // Note says what is left out, "" for nothing
	Light, Dark *scene.Scene
	Areas       []Area
}

// An Area is where a span is drawn, in pixels of the scene.
type Area struct {
	X, Y, W, H int
	Span       model.SpanIndex
}

// Options are what is said beside the traces.
type Options struct {
	Words    document.Printer
	Lang     string // code of the language of Words
	Zone     *time.Location
	Version  string
	Created  time.Time
	Redacted string // what was replaced, in a sentence, "" for nothing said
	Notes    []savedview.Note
	Logs     []*logs.Lines // of traces, as they may leave
}

// A Finding is where a trace went wrong, as far as its spans say.
type Finding struct {
	Span   model.SpanIndex // NoSpan for a trace without spans
	Failed bool            // an error began there; else it worked longest
	Reach  model.SpanIndex // the outermost span that failed because of it
	Own    int             // errors that began somewhere in the trace
}

// Find returns the failed span whose error came up furthest, the earliest of
// several, errors handed up from below not counting; in a trace without errors the
// span with most work of its own among those the trace waited for.
func Find(d *document.Document) Finding {
	t, errs := d.Trace(), d.Errors()
	f := Finding{Span: model.NoSpan, Reach: model.NoSpan, Own: errs.Own}
	if t.Errors == 0 {
		f.Span = slowest(t, d.Path(), d.Work())
		return f
	}
	top := make([]model.SpanIndex, len(t.Spans)) // the outermost failed span around and with each
	for i := range t.Spans {
		s, above := &t.Spans[i], model.NoSpan
		if s.Parent != model.NoSpan {
			above = top[s.Parent]
		}
		switch {
		case s.Status == model.StatusOK: // it dealt with what failed inside
			above = model.NoSpan
		case s.Failed() && above == model.NoSpan:
			above = model.SpanIndex(i)
		}
		top[i] = above
		if !s.Failed() || errs.CarriedUp(model.SpanIndex(i)) {
			continue
		}
		if f.Span == model.NoSpan || better(t, above, model.SpanIndex(i), f) {
			f.Span, f.Reach, f.Failed = model.SpanIndex(i), above, true
		}
	}
	return f
}

// better says whether an error that came up to reach is to be told before f.
func better(t *model.Trace, reach, i model.SpanIndex, f Finding) bool {
	if a, b := t.Spans[reach].Depth, t.Spans[f.Reach].Depth; a != b {
		return a < b
	}
	return t.Spans[i].Start < t.Spans[f.Span].Start
}

// slowest returns the span that was worked in longest on the critical path, as far
// as what happened inside it is in the trace.
func slowest(t *model.Trace, p *analysis.Path, w *analysis.Work) model.SpanIndex {
	best, most := t.Root, int64(-1)
	for i := range t.Spans {
		if !p.Has(model.SpanIndex(i)) {
			continue
		}
		if _, outside := t.Attr(model.SpanIndex(i), model.OutsideKey); outside {
			continue
		}
		if n := min(p.Of(model.SpanIndex(i)).Total(), w.Self(model.SpanIndex(i))); n > most {
			best, most = model.SpanIndex(i), n
		}
	}
	return best
}

// way returns the spans from the root down to i, the middle of a long one left
// out: gap is how many, behind the first of list.
func way(t *model.Trace, i model.SpanIndex) (list []model.SpanIndex, gap int) {
	const most = 12
	depth := int(t.Spans[i].Depth) + 1
	for at, n := i, depth; at != model.NoSpan; at, n = t.Spans[at].Parent, n-1 {
		if depth <= most || n <= 1 || n > depth-(most-1) {
			list = append(list, at)
		}
	}
	for a, b := 0, len(list)-1; a < b; a, b = a+1, b-1 {
		list[a], list[b] = list[b], list[a]
	}
	return list, depth - len(list)
}

// orderOf returns the order that traces are of, "" if they name none or several.
func orderOf(docs []*document.Document) string {
	order := ""
	for _, d := range docs {
		n := d.OrderNumber(model.NoSpan)
		if n != "" && order != "" && n != order {
			return ""
		}
		if n != "" {
			order = n
		}
	}
	return order
}
