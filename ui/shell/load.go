package shell

import (
	"context"
	"errors"
	"slices"

	"traceview/internal/analysis/health"
	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/view/order"
	"traceview/ui/xwidget"
)

// A Loading is how far the reading of traces has come.
type Loading struct {
	Read, Size int64 // bytes; Size is 0 where it is not known
	Spans      int
	// Preview, now and then, is a trace of the first spans of one that takes
	// long, to be shown while the rest arrives.
	Preview *model.Trace
}

// loaded is what reading came to.
type loaded struct {
	Opened
	doc  *document.Document // on the only trace, with all computed that its views show
	news *health.News       // of a trace that was fetched again
	logs document.Logs      // that came with the only trace
}

// load reads the page's trace, showing how far it has come.
func (p *tracePage) load() {
	s := p.shell
	p.err, p.progress, p.stopping = nil, Loading{}, false
	p.run++
	run, read := p.run, p.reader()
	var before *model.Trace
	if p.anew {
		before = p.doc.Trace()
	}
	p.slot.Start(func(ctx context.Context) (loaded, error) {
		o, err := read(ctx, func(l Loading) {
			s.Dispatch(func() {
				if p.run == run && p.slot.Busy() {
					p.arrived(l)
				}
			})
		})
		l := loaded{Opened: o}
		if len(o.Traces) == 1 {
			l.doc, l.logs = document.Prepare(o.Traces[0]), tieLogs(&o)
			if before != nil {
				n := health.Compare(before, o.Traces[0])
				l.news = &n
			}
		}
		return l, err
	}, p.finish)
}

// arrived shows how far reading has come, and the first spans if they are there.
func (p *tracePage) arrived(l Loading) {
	if p.stopping {
		return
	}
	p.shell.opened(p)
	p.progress = l
	if l.Preview != nil && !p.anew {
		p.progress.Preview = nil
		p.fill(document.Arriving(l.Preview))
	}
	p.redrawProgress()
}

// redrawProgress draws anew what says how far reading has come.
func (p *tracePage) redrawProgress() {
	if p.doc == nil {
		p.wait.Redraw()
		return
	}
	p.head.Redraw()
}

// stop gives up reading. What was read by then is kept.
func (p *tracePage) stop() {
	p.stopping = true
	p.slot.Cancel()
	p.redrawProgress()
}

// finish takes what reading came to. What was shown of it already stays, if
// there is nothing better.
func (p *tracePage) finish(l loaded, err error) {
	s := p.shell
	p.err = err
	if errors.Is(err, ErrConnections) && s.Connections != nil {
		s.opening = slices.DeleteFunc(s.opening, func(q *tracePage) bool { return q == p })
		s.importFile(p.path, false)
		return
	}
	if p.anew && err != nil {
		p.keptStays(err)
		return
	}
	stopped := errors.Is(err, context.Canceled)
	switch {
	case p.file != "" && p.path != "" && (len(l.Traces) > 1 || p.doc == nil && !stopped && (err != nil || l.doc == nil)):
		s.showList(p, l.Opened, err)
		if err == nil {
			s.keep(p.file, l.Traces...)
		}
		s.settle()
		return
	case l.doc != nil && (err == nil || len(l.Traces[0].Spans) > 0):
		if v := wantedOf(l.View, l.Traces[0].ID); v != nil {
			p.wanted = v
		}
		if p.path != "" {
			p.order = l.Order
		}
		p.kept = l.Kept
		l.doc.MergeNotes(l.Notes)
		if p.asked = 0; p.file == "" && p.kept == 0 {
			p.asked = s.now().UnixNano()
		}
		p.fill(l.doc)
		p.takeLogs(l.logs)
		if p.anew = false; l.news != nil {
			p.hints.renewed(l.news)
		}
		s.opened(p)
		s.sayOpened(l.Opened)
	case p.doc == nil && p.path != "":
		s.opened(p)
	}
	if err == nil && p.kept == 0 {
		if p.file == "" {
			s.reached(p.from, answered)
		}
		if p.file == "" || p.path != "" { // else the list of its file has it kept
			s.keep(p.origin(), l.Traces...)
		}
	}
	if err == nil {
		p.wantLogs()
	}
	p.redrawProgress()
	s.redrawChrome()
	s.settle() // unless it is still to be drawn
	p.findBackLinks()
}

// whole says whether the document is on all that there will be.
func (p *tracePage) whole() bool { return !p.slot.Busy() }

// drawWait draws how far reading has come, or why it failed.
func (p *tracePage) drawWait(c *xwidget.Canvas, y, w float32) float32 {
	words := p.shell.kit.Words
	x, width := c.D(20), min(w-c.D(40), c.D(680))
	y += c.D(44)
	title, hint := words.T("trace.loading", "source", p.source()), words.T("trace.loading.hint")
	if p.file != "" {
		title, hint = words.T("status.opening", "file", p.file), ""
	}
	if p.err != nil {
		title, hint = p.shell.explain(p.from, p.err)
		c.Cross(x, y+c.D(3), c.D(18), true)
		x += c.D(28)
	}
	f := c.Font(16, scene.SemiBold)
	for _, l := range c.Wrap(f, title, width, 3) {
		c.Label(x, y, c.D(24), width, f, c.Look.Text, l)
		y += c.D(24)
	}
	if p.err == nil {
		if text := p.progressText(); text != "" {
			hint = text
		}
	}
	f = c.Font(xwidget.Body, scene.Regular)
	y += c.D(4)
	for _, l := range c.Wrap(f, hint, width, 6) {
		c.Label(x, y, c.D(20), width, f, c.Look.Secondary, l)
		y += c.D(20)
	}
	y += c.D(8)
	switch {
	case p.err != nil:
		ways := p.ways()
		x += c.Button(x, y+c.D(8), c.D(30), words.T("action.again"), "F5", len(ways) == 0 || !ways[0].First, p.again) + c.D(8)
		for _, way := range ways {
			x += c.Button(x, y+c.D(8), c.D(30), way.Label, "", way.First, way.Do) + c.D(8)
		}
	case !p.stopping:
		p.drawProgress(c, x, y, c.D(360))
		c.Button(x, y+c.D(14), c.D(30), words.T("action.cancel"), "Esc", false, p.stop)
	}
	return y + c.D(48)
}

// ways returns what can be done about why reading failed, but to try again.
func (p *tracePage) ways() []order.Way {
	if s := p.shell; p.path != "" {
		return []order.Way{{Label: s.kit.Words.T("file.another"), Do: s.askFile}}
	}
	return p.shell.mends(p.from, p.err, p.again)
}

// progressText says how far reading has come, "" where nothing is known yet.
func (p *tracePage) progressText() string {
	w := p.shell.kit.Words
	l, u := p.progress, w.Units()
	switch {
	case p.stopping:
		return w.T("trace.stopping")
	case l.Spans > 0 && l.Size > 0:
		return w.T("trace.loading.part", "spans", w.N("trace.loading.spans", l.Spans), "done", u.Bytes(l.Read), "size", u.Bytes(l.Size))
	case l.Spans > 0:
		return w.N("trace.loading.spans", l.Spans)
	}
	return ""
}

// drawProgress draws a bar of the share that was read, if the whole is known.
func (p *tracePage) drawProgress(c *xwidget.Canvas, x, y, w float32) {
	if p.progress.Size <= 0 {
		return
	}
	share := min(max(float32(p.progress.Read)/float32(p.progress.Size), 0), 1)
	c.Rect(x, y, w, c.D(3), c.Look.Line)
	c.Rect(x, y, w*share, c.D(3), c.Look.Accent)
}

// unfinished says what the trace on show lacks: what is still to come, or what
// never came. It is "" for a whole one.
func (p *tracePage) unfinished() string {
	w := p.shell.kit.Words
	switch {
	case p.stopping && !p.whole():
		return w.T("trace.stopping")
	case !p.whole() && p.progress.Spans > len(p.doc.Trace().Spans):
		return w.N("trace.arriving.part", p.progress.Spans)
	case !p.whole():
		return w.N("trace.arriving", max(p.progress.Spans, len(p.doc.Trace().Spans)))
	case errors.Is(p.err, context.Canceled):
		return w.T("trace.cut.cancelled")
	case p.err != nil && p.file != "":
		title, _ := p.shell.Explain(w, p.err)
		return w.T("trace.cut.file", "why", title)
	case p.err != nil:
		return w.T("trace.cut")
	}
	return ""
}
