package shell

import (
	"context"
	"errors"
	"slices"
	"time"

	"traceview/internal/analysis/diagnosis"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/task"
	"traceview/internal/verdict"
	"traceview/internal/voice"
	"traceview/ui/view/answer"
	"traceview/ui/view/order"
)

// judged is a page that says what is wrong with its traces.
type judged interface {
	inquired() *inquiry
	answers() *answer.View
}

// A judgement is what is wrong with some traces. It does not change.
type judgement struct {
	traces []*model.Trace
	list   []diagnosis.Finding
	base   *diagnosis.Baseline
	stick  *yardstick
	alone  *diagnosis.Ranking // of the only trace, nil for several
}

// An inquiry finds out what is wrong with the traces of a page, in the background,
// and puts it into words. It is used on the UI goroutine.
type inquiry struct {
	shell  *Shell
	view   *answer.View
	slot   *task.Slot[*judgement]
	traces []*model.Trace // to be judged, nil for none yet
	got    *judgement     // nil for none yet
	err    error
	share  float64
	spans  int        // in traces
	told   *judgement // in the performance log

	begun struct { // what was judged last, or is
		traces []*model.Trace
		stick  *yardstick
	}
	said struct { // findings in words, and what those depend on
		speech
		lines []answer.Line
	}

	from     Source          // that may be asked what is usual
	material *material       // the traces, nil for a single one at hand
	lacks    func() bool     // whether traces may be missing; nil for never
	notes    func() []string // what a reader must know to trust the answer
	redraw   func()
}

// speech is what the words of findings depend on.
type speech struct {
	of    *judgement
	words *i18n.Printer
	zone  *time.Location
	steps *voice.Mapping // the first of those spoken by, nil for none
}

// newInquiry returns the inquiry into traces that arrive, nil for one that is told
// what to look at. show goes to a span of a finding, redraw shows the answer.
func newInquiry(s *Shell, from Source, m *material, show func(line, stop int), redraw func()) *inquiry {
	q := &inquiry{shell: s, slot: task.NewSlot[*judgement](s.Dispatch), from: from, material: m, redraw: redraw}
	q.view = answer.New(s.kit, answer.Actions{Show: show, Ask: q.ask, Cancel: q.cancel, Changed: redraw})
	if m != nil {
		m.observe(q.arrived)
	}
	return q
}

// arrived judges the traces once all are here, those of a new search also if that came
// to nothing before.
func (q *inquiry) arrived() {
	if m := q.material; m.Done && (!slices.Equal(m.Traces, q.traces) || q.err != nil) {
		q.look(m.Traces)
		return
	}
	q.update()
}

// covers says whether a trace is among those that are judged, or will be.
func (q *inquiry) covers(id model.TraceID) bool {
	m := q.material
	return m != nil && (m.has(id) != nil || !m.Done && slices.ContainsFunc(m.rows, func(r order.Row) bool { return r.ID == id }))
}

// large is from how many spans on judging takes so long that it tells how far it is.
const large = 100_000

// look judges traces by what is usual now.
func (q *inquiry) look(traces []*model.Trace) {
	u := q.shell.usual
	q.traces = traces
	if len(traces) == 0 || u.pending(q.from) {
		q.update()
		return
	}
	stick, part := u.of(q.from), q.partial()
	q.begun.traces, q.begun.stick, q.err = traces, stick, nil
	q.spans = 0
	for _, t := range traces {
		q.spans += len(t.Spans)
	}
	spans := q.spans
	q.share = -1
	asked, dispatch := q.shell.now().UnixNano(), q.shell.Dispatch
	q.slot.Start(func(ctx context.Context) (*judgement, error) {
		j := &judgement{traces: traces, stick: stick, base: stick.without(traces)}
		o := diagnosis.Options{Baseline: j.base, Asked: asked, Part: part}
		told := time.Time{}
		if spans >= large {
			o.Progress = func(share float64) {
				if now := time.Now(); now.Sub(told) > 100*time.Millisecond {
					told = now
					dispatch(func() { q.tell(share) })
				}
			}
		}
		var err error
		j.list, err = diagnosis.Diagnose(ctx, traces, o)
		if len(traces) == 1 && err == nil {
			j.alone = j.base.Ranking(traces[0])
		}
		return j, err
	}, func(j *judgement, err error) {
		if q.err = err; err == nil {
			q.got = j
		}
		q.update()
		q.shell.settle()
	})
	q.update()
}

// partial says whether others of the order's traces may be missing: then it is not
// known what they would show.
func (q *inquiry) partial() bool {
	m := q.material
	return m == nil || m.Left+m.Failed > 0 || m.stopped || q.lacks != nil && q.lacks()
}

// tell notes how far judging has come.
func (q *inquiry) tell(share float64) {
	if q.slot.Busy() {
		q.share = share
		q.update()
	}
}

// usualChanged judges anew where something else is usual by now, and what waited for
// what is usual.
func (q *inquiry) usualChanged() {
	if q.traces != nil && (q.begun.stick != q.shell.usual.of(q.from) || !slices.Equal(q.begun.traces, q.traces)) {
		q.look(q.traces)
		return
	}
	q.update()
}

// update puts what is known into words, and has it drawn.
func (q *inquiry) update() {
	q.view.Set(q.state())
	q.redraw()
}

// stop returns a span to look at for a finding: number 0 is the one at fault.
func (j *judgement) stop(line, n int) diagnosis.Place {
	f := &j.list[line]
	if n <= 0 || n > len(f.Evidence) {
		return f.At
	}
	return f.Evidence[n-1]
}

// state returns the answer in words.
func (q *inquiry) state() answer.State {
	w, m := q.shell.kit.Words, q.material
	st := answer.State{Share: -1}
	switch {
	case q.shell.Gather.Traces == 0:
		return st
	case m != nil && !m.Done && q.got == nil:
		u := w.Units()
		st.Working = w.T("answer.reading", "done", u.Number(len(m.Traces)+m.Failed), "all", u.Number(m.All))
		return st
	case m != nil && len(m.Traces) == 0 && m.Failed > 0:
		title, _ := q.shell.Explain(w, m.Why)
		st.None = w.T("answer.unknown", "why", title)
		return st
	case q.slot.Busy() && q.got == nil:
		st.Working, st.Share = w.T("answer.working"), q.share
		return st
	case q.traces != nil && q.shell.usual.pending(q.from) && q.got == nil:
		st.Working = w.T("answer.usual")
		return st
	case errors.Is(q.err, context.Canceled) && q.got == nil:
		st.None = w.T("answer.cancelled")
		return st
	case q.err != nil && q.got == nil:
		st.None = w.T("answer.failed", "why", q.err.Error())
		return st
	case q.got == nil:
		return st
	}
	st.Lines = q.lines()
	if len(st.Lines) == 0 {
		st.None = w.N("answer.none", len(q.got.traces))
	}
	st.Notes = q.known(&st)
	return st
}

// lines returns the findings in words, which nobody changes: they are asked for whenever
// anything else of the answer is another.
func (q *inquiry) lines() []answer.Line {
	s, j := q.shell, q.got
	now := speech{of: j, words: s.kit.Words, zone: s.kit.Zone}
	if s.voice() != nil {
		now.steps = s.Steps[0]
	}
	if q.said.speech == now {
		return q.said.lines
	}
	names, out := s.names(), make([]answer.Line, len(j.list))
	for k := range j.list {
		f := &j.list[k]
		w := verdict.Named(s.kit.Words, names, j.traces, f, s.kit.Zone)
		out[k] = answer.Line{
			Mark: markOf(f.Effect), Title: w.Title, When: w.When + " · " + w.Step + " · " + w.After, Detail: w.Detail,
			Sure: s.kit.Words.T("answer.sure." + sureness(f)), Stops: 1 + len(f.Evidence), Of: findingOf(j, f),
		}
	}
	q.said.speech, q.said.lines = now, out
	return out
}

// A finding names one for good, whichever judgement it is of.
type finding struct {
	kind  diagnosis.Kind
	trace model.TraceID
	span  model.SpanID
}

func findingOf(j *judgement, f *diagnosis.Finding) finding {
	t := j.traces[f.At.Trace]
	return finding{f.Kind, t.ID, t.Spans[f.At.Span].ID}
}

// markOf returns how bad an effect is.
func markOf(e diagnosis.Effect) answer.Mark {
	switch e {
	case diagnosis.Failed, diagnosis.Stopped, diagnosis.Mended, diagnosis.Unknown:
		return answer.Bad
	case diagnosis.Delayed:
		return answer.Late
	}
	return answer.Aside
}

// sureness returns the word for how sure it is that a finding is what went wrong.
func sureness(f *diagnosis.Finding) string {
	switch {
	case f.Effect == diagnosis.Handled:
		return "harmless"
	case f.Confidence >= 0.8:
		return "sure"
	case f.Confidence >= 0.55:
		return "likely"
	}
	return "guess"
}

// known says what the answer rests on, and offers to know more.
func (q *inquiry) known(st *answer.State) (list []string) {
	w, u := q.shell.kit.Words, q.shell.usual
	if m := q.material; m != nil {
		if m.Failed > 0 {
			list = append(list, w.N("answer.unread", m.Failed))
		}
		if m.Left > 0 {
			list = append(list, w.N("answer.left", m.Left))
		}
		if m.stopped && len(m.Traces)+m.Failed < m.All {
			list = append(list, w.T("answer.cut"))
		}
	}
	if q.notes != nil {
		list = append(list, q.notes()...)
	}
	switch {
	case errors.Is(q.err, context.Canceled):
		list = append(list, w.T("answer.old.cancelled"))
	case q.err != nil:
		list = append(list, w.T("answer.old.failed", "why", q.err.Error()))
	}
	n := q.got.base.Traces()
	if n > 0 {
		list = append(list, w.N("answer.compared", n))
	} else {
		list = append(list, w.T("answer.alone"))
	}
	switch name := q.shell.nameOf(q.from); {
	case n >= fewUsual || q.from == nil || u.free(q.from):
	case u.busyWith(q.from):
		list = append(list, w.T("answer.asking", "source", name))
		st.Ask, st.AskTip = w.T("action.cancel"), ""
	case u.canAsk(q.from):
		if u.err != nil && u.asking == q.from {
			title, _ := q.shell.Explain(w, u.err)
			list = append(list, w.T("answer.asked.failed", "why", title))
		}
		st.Ask = w.N("answer.ask", q.shell.Sampling.Asked, "source", name)
		st.AskTip = w.T("answer.ask.tip")
	}
	return list
}

// ask asks for what is usual, or gives that up.
func (q *inquiry) ask() {
	if u := q.shell.usual; u.busyWith(q.from) {
		u.cancel()
	} else {
		u.ask(q.from)
	}
}

// cancel gives up what is under way. What was read by then is judged.
func (q *inquiry) cancel() {
	if q.material != nil && !q.material.Done {
		q.material.stop()
		return
	}
	q.slot.Cancel()
}

// heavy says whether so much is judged that other work should wait.
func (q *inquiry) heavy() bool { return q.slot.Busy() && q.spans >= large }

// busy says whether there is anything to give up.
func (q *inquiry) busy() bool {
	return q.slot.Busy() || q.material != nil && q.material.whole && !q.material.Done
}

// outcome says in a few words how the order stands, "" where that is not known; ill,
// whether that is bad; in, in which trace.
func (q *inquiry) outcome() (text string, ill bool, in model.TraceID) {
	if q.got == nil || q.err != nil {
		return "", false, in
	}
	w := q.shell.kit.Words
	if len(q.got.list) == 0 {
		return w.T("outcome.fine"), false, in
	}
	f := &q.got.list[0]
	t := q.got.traces[f.At.Trace]
	system := t.ServiceName(f.At.Span)
	if v := q.shell.voice(); v != nil {
		system = v.System(system)
	}
	switch f.Effect {
	case diagnosis.Unseen: // all that is seen is well, which is not all
		return w.T("outcome.unseen", "system", system), false, t.ID
	case diagnosis.Failed, diagnosis.Stopped, diagnosis.Mended, diagnosis.Unknown, diagnosis.Delayed:
		return w.T("outcome."+f.Effect.String(), "system", system), markOf(f.Effect) == answer.Bad, t.ID
	}
	return w.T("outcome.fine"), false, in
}

// drawn notes the first frame that has the answer, for the performance log.
func (q *inquiry) drawn() {
	if q.got == nil || q.told == q.got || q.slot.Busy() {
		return
	}
	q.told = q.got
	fields := map[string]any{"traces": len(q.got.traces), "findings": len(q.got.list), "compared": q.got.base.Traces()}
	if len(q.got.list) > 0 {
		f := &q.got.list[0]
		t := q.got.traces[f.At.Trace]
		fields["kind"], fields["trace_id"], fields["span_id"] = f.Kind.String(), t.ID.String(), t.Spans[f.At.Span].ID.String()
	}
	q.shell.event("verdict_shown", fields)
}

func (q *inquiry) close() { q.slot.Stop() }

// answered has the traces opened from a page show what is known there by now.
func (s *Shell) answered(q *inquiry) {
	for _, p := range s.pages {
		if tp, ok := p.(*tracePage); ok && tp.strip != nil && tp.strip.source() == q {
			tp.strip.follow()
		}
	}
}

// showStop shows a span to look at for a finding, in its trace, which open shows.
func (s *Shell) showStop(q *inquiry, line, stop int, open func(id model.TraceID)) {
	if q.got == nil || line >= len(q.got.list) {
		return
	}
	at := q.got.stop(line, stop)
	t := q.got.traces[at.Trace]
	open(t.ID)
	if p, ok := s.pages[s.current].(*tracePage); ok && p.id == t.ID {
		p.lookAt = &looked{line, stop}
		p.seek(t.Spans[at.Span].ID)
		if p.strip != nil {
			p.strip.follow()
		}
	}
}

// openRow opens a trace of a list by open: one that is not open yet at the place of the
// first finding in it.
func (s *Shell) openRow(q *inquiry, id model.TraceID, open func(id model.TraceID)) {
	n := len(s.pages)
	open(id)
	if q.got == nil || len(s.pages) == n {
		return
	}
	if i := slices.IndexFunc(q.got.list, func(f diagnosis.Finding) bool { return q.got.traces[f.At.Trace].ID == id }); i >= 0 {
		s.showStop(q, i, 0, open)
	}
}

// firstFinding goes to the span at fault of the first finding of the page in front.
func (s *Shell) firstFinding() {
	if p, ok := s.pages[s.current].(judged); ok && p.answers() != nil && p.answers().First() {
		return
	}
	s.say(s.kit.Words.T("answer.nowhere"))
}

// stepFinding goes to the next span to look at for the findings of the page in front,
// or back.
func (s *Shell) stepFinding(back bool) {
	if p, ok := s.pages[s.current].(judged); ok && p.answers() != nil && p.answers().Step(back) {
		return
	}
	s.say(s.kit.Words.T("answer.nowhere"))
}
