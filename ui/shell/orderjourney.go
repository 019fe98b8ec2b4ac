package shell

import (
	"context"
	"traceview/internal/analysis/journey"
	"traceview/internal/model"
	"traceview/internal/task"
	"traceview/internal/voice"
	view "traceview/ui/view/journey"
	"traceview/ui/view/order"
)

// An orderJourney tells the traces of a page as one order, in the background, as they
// arrive. It is used on the UI goroutine.
type orderJourney struct {
	shell    *Shell
	material *material
	view     *view.View
	slot     *task.Slot[*journey.Journey]
	asked    []*model.Trace // that the slot is at, or was
	got      *journey.Journey
	redraw   func()
	inquiry  *inquiry   // into what is wrong with the same traces
	judged   *judgement // by whom the place is marked
}

// newOrderJourney puts the journey of the traces that are inquired into on a page; open
// shows a trace.
func newOrderJourney(s *Shell, q *inquiry, page *order.View, open func(id model.TraceID), redraw func()) *orderJourney {
	m := q.material
	o := &orderJourney{shell: s, material: m, inquiry: q, slot: task.NewSlot[*journey.Journey](s.Dispatch), redraw: redraw}
	o.view = view.New(s.kit, view.Actions{Open: func(id model.TraceID, span model.SpanID) {
		open(id)
		if p, ok := s.pages[s.current].(*tracePage); ok && p.id == id {
			p.seek(span)
		}
	}})
	page.Sections = append(page.Sections, o.view.Draw)
	page.Inputs = append(page.Inputs, o.view.Handle)
	m.observe(o.arrived)
	return o
}

// arrived tells the traces that are here. While some are being told others may arrive,
// which are told next.
func (o *orderJourney) arrived() {
	s, traces := o.shell, o.material.Traces
	if o.slot.Busy() || len(traces) == 0 || len(traces) == len(o.asked) && &traces[0] == &o.asked[0] {
		o.update()
		return
	}
	o.asked = traces
	o.slot.Start(func(context.Context) (*journey.Journey, error) { return journey.New(traces), nil },
		func(j *journey.Journey, err error) {
			if err != nil { // a fault of the program's own: all else of the page goes on
				s.say(err.Error())
				return
			}
			o.got = j
			o.arrived()
		})
}

// follow marks the place that is wrong by now. While it is being looked for, which is
// told many times a second, nothing is drawn anew.
func (o *orderJourney) follow() {
	if o.judged != o.inquiry.got {
		o.update()
	}
}

// update shows what is known.
func (o *orderJourney) update() {
	o.judged = o.inquiry.got
	m, w := o.material, o.shell.kit.Words
	st := view.State{Journey: o.got}
	st.Fault, st.Mark = o.fault()
	if v := o.shell.voice(); v != nil && o.got != nil {
		names, traces := o.shell.names(), o.got.Traces
		st.System, st.Status, st.Subject = v.System, v.Status, v.Subject
		st.Name = func(p journey.Place) string { return voice.Capital(names.Span(traces[p.Trace], p.Span)) }
	}
	switch here := len(m.Traces); {
	case !m.Done:
		st.Note = w.N("journey.sofar", len(m.rows)-m.Left, "done", w.Units().Number(here))
	case m.Left+m.Failed > 0:
		st.Note = w.N("journey.without", m.Left+m.Failed)
	}
	o.view.Set(st)
	o.redraw()
}

// fault returns the place of what is wrong first, and how to mark it.
func (o *orderJourney) fault() (journey.Place, view.Mark) {
	got := o.inquiry.got
	if o.got == nil || got == nil || len(got.list) == 0 {
		return journey.Nowhere, view.Unmarked
	}
	f := &got.list[0]
	t := got.traces[f.At.Trace]
	id := t.Spans[f.At.Span].ID
	for k, mine := range o.got.Traces {
		if mine.ID != t.ID {
			continue
		}
		if i := mine.SpanOf(id); i != model.NoSpan {
			return journey.Place{Trace: k, Span: i}, view.MarkOf(f.Effect)
		}
	}
	return journey.Nowhere, view.Unmarked
}

func (o *orderJourney) close() { o.slot.Stop() }
