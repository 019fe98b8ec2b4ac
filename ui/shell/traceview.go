package shell

import (
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/ui/canvasview"
	"traceview/ui/view/events"
	"traceview/ui/view/flame"
	"traceview/ui/view/merged"
	"traceview/ui/view/stats"
	"traceview/ui/view/timeline"
)

// A traceView is one of the ways a trace page shows its trace. They share the
// document, so that selection and the stretch of time in view go along.
type traceView uint8

const (
	viewWaterfall traceView = iota
	viewFlame
	viewMerged
	viewStats
	viewGraph
	viewEvents
	viewCount // of the views, not one of them
)

// timed says whether a view has a time axis, on which time is measured.
func (v traceView) timed() bool { return v == viewWaterfall || v == viewFlame }

// A pane is a view that was made: what is laid out, drawn anew and given the
// keyboard while it is on show.
type pane interface{ View() *canvasview.View }

// traceViews are the views in the order of the switch: what the performance log
// calls each, the key of its words, and the key that shows it.
var traceViews = [viewCount]struct{ name, word, key string }{
	viewWaterfall: {"waterfall", "trace.waterfall", "Ctrl+1"},
	viewFlame:     {"flame", "trace.flame", "Ctrl+2"},
	viewMerged:    {"flame-merged", "trace.merged", "Ctrl+3"},
	viewStats:     {"stats", "trace.stats", "Ctrl+4"},
	viewGraph:     {"graph", "trace.graph", "Ctrl+6"},
	viewEvents:    {"events", "trace.events", "Ctrl+5"},
}

// newPane makes a view of the trace.
func (p *tracePage) newPane(v traceView) pane {
	kit, unused := p.shell.kit, p.shell.pageKey
	switch v {
	case viewFlame:
		return flame.NewView(p.doc, kit, unused)
	case viewMerged:
		return merged.NewView(p.doc, kit, unused)
	case viewStats:
		return stats.NewView(p.doc, kit, stats.Actions{Filter: p.find.lookFor, All: p.find.clear, Show: p.showSpan, Say: p.shell.say}, unused)
	case viewGraph:
		return p.graphPane()
	case viewEvents:
		return events.NewView(p.doc, kit, events.Actions{All: p.find.clear, Show: p.showSpan, Say: p.shell.say, Fetch: p.fetchLogs, Stop: p.stopLogs}, unused)
	default:
		v := timeline.NewView(p.doc, kit, unused)
		v.Painter.Follow = p.followTo
		return v
	}
}

// showView shows the trace of the current page another way.
func (s *Shell) showView(v traceView) {
	if p, ok := s.pages[s.current].(*tracePage); ok && p.doc != nil {
		p.show(v)
	}
}

// showMerged shows the trace as a merged flame; on a page without one its key
// searches 30 days.
func (s *Shell) showMerged() {
	if _, ok := s.pages[s.current].(*tracePage); ok { // also one whose trace is still to come
		s.showView(viewMerged)
		return
	}
	s.setWindow(30)
}

// show changes to a view.
func (p *tracePage) show(v traceView) {
	p.doc.Hover(-1)
	if !p.doc.ShowView(traceViews[v].name) {
		p.Focus()
	}
}

// followView shows the view that the document says is in front.
func (p *tracePage) followView() {
	v := p.view
	for k := range traceViews {
		if traceViews[k].name == p.doc.ViewName() {
			v = traceView(k)
		}
	}
	if v == p.view {
		return
	}
	if hint := p.shell.kit.Hint; hint != nil {
		hint("") // what was under the pointer is gone
	}
	p.view = v
	p.main.Objects = []fyne.CanvasObject{p.canvas()}
	p.main.Refresh()
	p.head.Redraw()
	p.Focus()
}

// showSpan shows a span where spans are drawn in their tree.
func (p *tracePage) showSpan(i model.SpanIndex) {
	p.doc.ShowSpan(traceViews[viewWaterfall].name, i)
}

// canvas returns the view on show, made when it is first wanted.
func (p *tracePage) canvas() *canvasview.View {
	if p.panes[p.view] == nil {
		made := p.newPane(p.view)
		made.View().OnFocus = p.shell.hideSuggestions
		p.watchFrames(made.View(), p.view)
		p.panes[p.view] = made
	}
	return p.panes[p.view].View()
}

// watchFrames notes the first frame of the trace, which others wait for, and the
// cost of each for the performance log.
func (p *tracePage) watchFrames(c *canvasview.View, v traceView) {
	s := p.shell
	source := "live"
	if p.file != "" {
		source = "file"
	}
	told := false // of these first spans
	c.OnFrame = func(cost time.Duration) {
		switch {
		case p.shown || told:
		case !p.whole():
			told = true
			s.event("preview_shown", map[string]any{"spans": len(p.doc.Trace().Spans), "source": source})
		default:
			p.shown = true
			s.event("trace_shown", map[string]any{"spans": len(p.doc.Trace().Spans), "source": source})
			s.Dispatch(p.strip.begin)
			s.Dispatch(s.settle)
		}
		if s.Event == nil {
			return
		}
		s.event("frame", map[string]any{"view": traceViews[v].name, "cost_ms": float64(cost.Microseconds()) / 1000})
	}
}
