package shell

import (
	"context"
	"errors"
	"slices"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
)

// A logger is a Source that knows where the log lines of its traces are.
type logger interface {
	// LogsFrom is the server they are on, as a person knows it; "" for none.
	LogsFrom() string
	// Logs fetches the log lines of a trace and tells now and then how many have come.
	// Beside an error it returns those that came.
	Logs(ctx context.Context, t *model.Trace, on func(lines int)) (*logs.Lines, error)
}

// logger returns what fetches the log lines of the trace, nil for nothing.
func (p *tracePage) logger() logger {
	if l, ok := p.from.(logger); ok && p.file == "" && l.LogsFrom() != "" {
		return l
	}
	return nil
}

// tieLogs returns the log lines that came with a single trace, tied to its spans.
func tieLogs(o *Opened) document.Logs {
	for _, l := range o.Logs {
		if len(o.Traces) == 1 && l.Trace() == o.Traces[0].ID {
			return document.TieLogs(o.Traces[0], l)
		}
	}
	return document.Logs{}
}

// takeLogs shows log lines that came with the trace, or that there may be some to
// fetch. Those fetched before stay.
func (p *tracePage) takeLogs(l document.Logs) {
	if p.logging.Busy() || p.doc.Logs().Lines.Len() > 0 && l.Lines.Len() == 0 {
		return
	}
	if from := p.logger(); from != nil {
		if l.From = from.LogsFrom(); l.State == document.LogsNone {
			l.State = document.LogsAway
		}
	}
	if l.State != document.LogsNone {
		p.setLogs(l)
	}
}

// wantLogs fetches the log lines of a trace that has arrived: of one that was fetched
// always, of one of the library if none were kept and its connection answers. Nobody who
// reads what is kept without a network is told that there is none.
func (p *tracePage) wantLogs() {
	if p.kept == 0 && p.file == "" || p.doc != nil && p.doc.Logs().State == document.LogsAway && p.shell.links.reach[p.from] == answered {
		p.fetchLogs()
	}
}

// setLogs shows what is known of the log lines.
func (p *tracePage) setLogs(l document.Logs) {
	p.doc.SetLogs(l)
	p.sideV.Redraw()
}

// fetchLogs fetches the log lines, beside those there are.
func (p *tracePage) fetchLogs() {
	from := p.logger()
	if from == nil || p.doc == nil || p.logging.Busy() {
		return
	}
	s, t, before := p.shell, p.doc.Trace(), p.doc.Logs()
	p.logRun++
	run, asked := p.logRun, before
	asked.State, asked.From, asked.Came, asked.Why, asked.Next = document.LogsAsked, from.LogsFrom(), 0, "", ""
	p.setLogs(asked)
	p.logging.Start(func(ctx context.Context) (document.Logs, error) {
		l, err := from.Logs(ctx, t, func(n int) {
			s.Dispatch(func() {
				if p.logRun == run && p.logging.Busy() {
					now := p.doc.Logs()
					now.Came = n
					p.setLogs(now)
				}
			})
		})
		return document.TieLogs(t, before.Lines.Merge(l)), err
	}, p.tookLogs)
}

// tookLogs takes what fetching log lines came to, and has them kept if they came whole.
func (p *tracePage) tookLogs(l document.Logs, err error) {
	s, before := p.shell, p.doc.Logs()
	l.From = before.From
	if l.Lines == nil { // nothing came, of a fault in the program: what is shown stays
		l.Lines = before.Lines
	}
	switch {
	case errors.Is(err, context.Canceled):
		l.State = document.LogsStopped
	case err != nil:
		l.State = document.LogsFailed
		l.Why, l.Next = s.Explain(s.kit.Words, err)
	default:
		s.keepLogs(p, l.Lines)
	}
	p.setLogs(l)
	s.event("logs_fetched", map[string]any{"lines": l.Lines.Len(), "failed": err != nil})
}

// stopLogs gives up waiting for log lines; those that came are shown.
func (p *tracePage) stopLogs() { p.logging.Cancel() }

// showLogs shows the list of all log lines.
func (p *tracePage) showLogs() {
	p.show(viewEvents)
	p.doc.SetListed(document.ListLines)
}

// logsShown returns the log lines that open pages show, by trace.
func (s *Shell) logsShown(ids []model.TraceID) map[model.TraceID]*logs.Lines {
	out := map[model.TraceID]*logs.Lines{}
	for _, q := range s.pages {
		var shown []*logs.Lines
		switch p := q.(type) {
		case *tracePage:
			if p.doc != nil {
				shown = []*logs.Lines{p.doc.Logs().Lines}
			}
		case *filePage:
			shown = p.logs
		}
		for _, l := range shown {
			if l.Len() > 0 && out[l.Trace()] == nil && slices.Contains(ids, l.Trace()) {
				out[l.Trace()] = l
			}
		}
	}
	return out
}

// gatherLogs returns the log lines that go with traces: those that are shown, else those
// kept, where the library is open: nobody waits for its key to share what is at hand. Of a
// part of a trace only the lines of its spans go along.
func (s *Shell) gatherLogs(ctx context.Context, w *what, traces []*model.Trace, shown map[model.TraceID]*logs.Lines, open bool) (list []*logs.Lines) {
	for _, t := range traces {
		l := shown[t.ID]
		if l == nil && open {
			key, err := w.kept[t.ID], error(nil)
			if key == 0 {
				key, err = s.Library.Find(ctx, t.ID)
			}
			if err == nil {
				l, _ = s.Library.Logs(ctx, key) // without them the trace is shared all the same
			}
		}
		if l.Len() == 0 {
			continue
		}
		if w.part != model.NoSpan {
			inside := map[model.SpanID]bool{}
			for i := range t.Spans {
				if _, way := t.Attr(model.SpanIndex(i), model.OutsideKey); !way { // spans on the way to the part tell nothing
					inside[t.Spans[i].ID] = true
				}
			}
			l = l.Of(func(id model.SpanID) bool { return inside[id] })
		}
		list = append(list, l)
	}
	return list
}
