// Package journey draws the life of one order as a part of a page: all its traces on
// one axis of time, a lane a system, pauses folded, messages from who sent them to who
// took them, the status the order had, and the place where it stopped. Its View is
// drawn into the scene of a panel and takes input in the pixels of that.
package journey

import (
	"image"
	"slices"

	"traceview/internal/analysis"
	"traceview/internal/analysis/diagnosis"
	"traceview/internal/analysis/journey"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// A State is what is shown. The View keeps it until the next.
type State struct {
	Journey *journey.Journey // nil for nothing to show yet
	// Fault is where the order went wrong, and Mark how; Nowhere and Unmarked if it did
	// not, or that is not known.
	Fault journey.Place
	Mark  Mark
	// Name returns the words for a step; nil for the names of the operations.
	Name func(p journey.Place) string
	// System returns what a service is called; nil for its own name.
	System func(service string) string
	// Status returns what a status is called, and Subject what has it; nil for their
	// own names.
	Status, Subject func(name string) string
	Note            string // what a reader must know to trust the picture, "" for nothing
}

// A Mark says what happened at the place where an order went wrong.
type Mark uint8

// The marks.
const (
	Unmarked Mark = iota
	Failed
	Stopped
	Delayed
)

// MarkOf returns the Mark of the effect that a fault had.
func MarkOf(e diagnosis.Effect) Mark {
	switch e {
	case diagnosis.Failed, diagnosis.Mended, diagnosis.Unknown:
		return Failed
	case diagnosis.Stopped:
		return Stopped
	case diagnosis.Delayed:
		return Delayed
	}
	return Unmarked
}

// words returns what is written at the place.
func (v *View) words() string {
	switch v.state.Mark {
	case Stopped:
		return v.kit.Words.T("journey.stopped")
	case Delayed:
		return v.kit.Words.T("journey.delayed")
	}
	return v.kit.Words.T("journey.failedhere")
}

// fault returns the place to be marked, Nowhere for none.
func (v *View) fault() journey.Place {
	if v.state.Mark == Unmarked {
		return journey.Nowhere
	}
	return v.state.Fault
}

// Actions are what the View asks of the window.
type Actions struct {
	Open func(trace model.TraceID, span model.SpanID)
}

// A View shows the journey of one order. It is used by one goroutine.
type View struct {
	kit   *xwidget.Kit
	do    Actions
	state State

	all       bool // every system has a lane
	zoom      float64
	left      float64  // pixels of the axis to the left of the area
	keep      [2]int64 // what the next frame shows of another journey, if the second is later
	byKey     bool     // the step was chosen by a key, and the pointer has not moved since
	sel       int      // the step chosen, -1 for none
	colours   []int    // of systems, -1 for one that sends no spans
	of        []string
	made      made
	layout    *layout.JourneyLayout
	box, area image.Rectangle // of the last frame
	drag      drag
	tip       xwidget.Tip
	tipped    tipped
}

// made is what the layout was made for.
type made struct {
	state       *journey.Journey
	fault       journey.Place
	mark        Mark
	width       int
	scale       float32
	zoom, left  float64
	all         bool
	look, words any
}

// New returns a View that shows nothing yet.
func New(kit *xwidget.Kit, do Actions) *View {
	return &View{kit: kit, do: do, zoom: 1, sel: -1, state: State{Fault: journey.Nowhere}}
}

// Set shows another state. A step that was chosen stays chosen where it is still
// there, and what was zoomed to stays in sight.
func (v *View) Set(s State) {
	same, chosen := s.Journey == v.state.Journey, v.chosen()
	v.drop()
	v.state = s
	j := s.Journey
	if j == nil {
		v.sel = -1
		return
	}
	if !same {
		v.sel = -1
		if chosen != (ref{}) {
			v.sel = slices.IndexFunc(j.Steps, func(p journey.Step) bool { return refOf(j, p.Place) == chosen })
		}
	}
	var names []string
	for _, sys := range j.Systems {
		if sys.Kind == journey.Service {
			names = append(names, sys.Name)
		}
	}
	slices.Sort(names)
	given := v.kit.Look.Assign(v.kit.Colours, names)
	v.colours = make([]int, len(j.Systems))
	for k, sys := range j.Systems {
		v.colours[k] = -1
		if sys.Kind == journey.Service {
			n, _ := slices.BinarySearch(names, sys.Name)
			v.colours[k] = given[n]
		}
	}
	v.of = statuses(j)
}

// drop has the next frame lay out anew. What was zoomed to is noted as time: if there is
// another journey by then, it is elsewhere.
func (v *View) drop() {
	if v.layout != nil {
		v.keep = [2]int64{}
		if v.zoom > 1 {
			v.keep = [2]int64{v.layout.Time(0), v.layout.Time(float64(v.layout.Options.Width))}
		}
	}
	v.layout = nil
}

// mostStatuses bounds how many things have their status shown.
const mostStatuses = 3

// statuses returns what has a status, that which changes most first.
func statuses(j *journey.Journey) []string {
	count := map[string]int{}
	var list []string
	for _, c := range j.Changes {
		if count[c.Of]++; count[c.Of] == 1 {
			list = append(list, c.Of)
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return count[b] - count[a] })
	return list[:min(len(list), mostStatuses)]
}

// A ref names a span for good.
type ref struct {
	trace model.TraceID
	span  model.SpanID
}

func refOf(j *journey.Journey, p journey.Place) ref {
	t := j.Traces[p.Trace]
	return ref{t.ID, t.Spans[p.Span].ID}
}

// chosen names the step that is chosen, zero for none.
func (v *View) chosen() ref {
	if v.state.Journey == nil || v.sel < 0 {
		return ref{}
	}
	return refOf(v.state.Journey, v.state.Journey.Steps[v.sel].Place)
}

// open shows a span of a journey in its trace.
func (v *View) open(j *journey.Journey, p journey.Place) {
	if p.Trace >= 0 && v.do.Open != nil {
		r := refOf(j, p)
		v.do.Open(r.trace, r.span)
	}
}

// name returns the words for a step.
func (v *View) name(p journey.Place) string {
	if v.state.Name != nil {
		if s := v.state.Name(p); s != "" {
			return s
		}
	}
	if s := v.state.Journey.Traces[p.Trace].Name(p.Span); s != "" {
		return s
	}
	return v.kit.Words.T("trace.unnamed")
}

// mostLanes is how many systems have a lane until somebody asks for all.
const mostLanes = 10

// systems returns those that have a lane: where there are many, the one in which the
// order stopped, then those that send spans and queues, the busiest first.
func (v *View) systems() []int32 {
	j := v.state.Journey
	list := make([]int32, len(j.Systems))
	for k := range list {
		list[k] = int32(k)
	}
	if v.all || len(list) <= mostLanes+1 {
		return list
	}
	stop := j.Of(v.fault())
	rank := func(k int32) int {
		switch j.Systems[k].Kind {
		case journey.Service:
			if k == stop {
				return 0
			}
			return 1
		case journey.Queue:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(list, func(a, b int32) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return j.Systems[b].Count - j.Systems[a].Count
	})
	list = list[:mostLanes]
	slices.Sort(list)
	return list
}

// system returns the words for a system.
func (v *View) system(k int32) string {
	s, w := &v.state.Journey.Systems[k], v.kit.Words
	switch {
	case s.Kind == journey.Service && s.Name == "":
		return w.T("stats.noservice")
	case (s.Kind == journey.Service || s.Kind == journey.Peer) && v.state.System != nil:
		return v.state.System(s.Name)
	case s.Kind == journey.Service || s.Kind == journey.Peer:
		return s.Name
	case s.Kind == journey.Storage && s.Name == "":
		return w.T("journey.storage")
	}
	return analysis.Storage(s.Make, s.Name)
}

// arrange lays the journey out for a width of its lanes, if that is not done yet.
func (v *View) arrange(c *xwidget.Canvas, width int) {
	now := made{v.state.Journey, v.state.Fault, v.state.Mark, width, c.Scale, v.zoom, v.left, v.all, c.Look, v.kit.Words}
	if v.layout != nil && now == v.made {
		return
	}
	step, wait := c.Font(xwidget.Small, stepWeight), c.Font(xwidget.Small, waitWeight)
	other := now.state != v.made.state
	v.made = now
	v.lay(layout.NewJourney(v.state.Journey, layout.JourneyOptions{
		Width: width, Scale: c.Scale, Zoom: v.zoom, Left: v.left, Systems: v.systems(), Stop: v.fault(),
		StepWidth: func(k int) float32 {
			return c.Metrics.Width(step, c.Fit(step, v.name(v.state.Journey.Steps[k].Place), c.D(nameDp))) + 1
		},
		WaitWidth: func(k int) float32 {
			if text := v.waited(k); text != "" {
				return c.Metrics.Width(wait, text) + 1
			}
			return 0
		},
		StopWidth: c.Metrics.Width(c.Font(xwidget.Small, scene.SemiBold), v.words()) + c.D(stopDp+6),
	}))
	if keep := v.keep; other && keep[1] > keep[0] {
		v.zoomTo(keep[0], keep[1])
	}
	v.keep = [2]int64{}
}

// lay takes another layout. What a Tip told of may be something else then.
func (v *View) lay(l *layout.JourneyLayout) {
	v.layout, v.tipped = l, tipped{}
	v.left = v.layout.Options.Left
	v.made.zoom, v.made.left = v.zoom, v.left
}

// waited returns the words for the wait of a message, "" for one that did not wait.
func (v *View) waited(k int) string {
	m := &v.state.Journey.Messages[k]
	switch {
	case m.Taker < 0:
		return v.kit.Words.T("journey.untaken")
	case m.Received-m.Sent < min(1e9, (v.state.Journey.To-v.state.Journey.From)/50): // nobody asks how long that was
		return ""
	}
	return v.kit.Words.T("journey.waited", "time", v.kit.Words.Units().Duration(m.Received-m.Sent))
}
