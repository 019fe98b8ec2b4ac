package layout

import (
	"math"
	"slices"
	"sort"

	"traceview/internal/analysis/journey"
)

// Sizes of a journey in dp.
const (
	JourneyRowDp  = 22
	JourneyBarDp  = 14
	foldDp        = 40
	foldLeastDp   = 13
	barLeastDp    = 3
	markDp        = 13 // an error and the room after it
	labelPadDp    = 6
	untakenDp     = 10 // the mark at the end of a message that nobody took
	labelLeastDp  = 46
	stubDp        = 22 // of a message that nobody took
	mostBoxes     = 4000
	mostConnected = 1500
)

// JourneyOptions say which part of a journey is drawn, and how large.
type JourneyOptions struct {
	Width   int     // of the area of the lanes, device pixels
	Scale   float32 // device pixels a dp
	Zoom    float64 // times wider than the area, 1 for all of it
	Left    float64 // pixels of the axis to the left of the area
	Systems []int32 // a lane each, from above
	Stop    journey.Place
	// StepWidth and WaitWidth tell how much room the words of a step and of the wait of
	// a message want; pixels.
	StepWidth func(step int) float32
	WaitWidth func(message int) float32
	StopWidth float32 // of the mark and the words where the order stopped
}

// A JourneyBox is where a system worked: one activity, or several too near for two boxes.
type JourneyBox struct {
	X0, X1   float64 // pixels of the area
	Activity int32   // the one that says most: that failed, else the longest
	N        int32
	Failure  journey.Failure
}

// A JourneyArrow is a message, or several at the same places.
type JourneyArrow struct {
	From, Queue, To int     // lanes; Queue is -1 for none, To for a message that nobody took
	X0, X1          float64 // sent, received
	Message         int32
	N               int32
}

// A JourneyLabel is the place of the words of a step, or of the wait of a message.
type JourneyLabel struct {
	Lane  int
	X     float64
	Width float32 // pixels it has
	Item  int     // step, or place in Arrows
	More  int     // further steps that have no room for words
	In    bool    // within the box
}

// A JourneyBand is the time for which a status held.
type JourneyBand struct {
	X0, X1 float64
	Change int // -1 before the first
}

// A JourneyLayout is where the parts of a journey lie, in device pixels from the left
// end of the area of the lanes.
type JourneyLayout struct {
	Options JourneyOptions
	Axis    *BrokenAxis
	Boxes   [][]JourneyBox // of each lane, from left to right
	Arrows  []JourneyArrow
	Steps   []JourneyLabel
	Waits   []JourneyLabel
	// Stop is where the order stopped; StopLane is -1 where that is not shown.
	Stop     float64
	StopLane int

	j      *journey.Journey
	lane   []int // of each system, -1 for none
	pauses []int // the longest first
}

// NewJourney lays a journey out. It looks at each activity, message and step at most
// once, and sorts the pauses.
func NewJourney(j *journey.Journey, o JourneyOptions) *JourneyLayout {
	return newJourney(j, o, longest(j.Busy()))
}

// At lays the same out elsewhere on the axis. It costs less than NewJourney.
func (l *JourneyLayout) At(zoom, left float64) *JourneyLayout {
	o := l.Options
	o.Zoom, o.Left = zoom, left
	return newJourney(l.j, o, l.pauses)
}

func newJourney(j *journey.Journey, o JourneyOptions, pauses []int) *JourneyLayout {
	if !(o.Scale > 0) {
		o.Scale = 1
	}
	o.Zoom, o.Width = min(max(o.Zoom, 1), MaxJourneyZoom), max(o.Width, 1)
	l := &JourneyLayout{Options: o, j: j, pauses: pauses, lane: make([]int, len(j.Systems)), Boxes: make([][]JourneyBox, len(o.Systems)), StopLane: -1}
	l.Axis = l.AxisAt(o.Zoom)
	l.Options.Left = min(max(o.Left, 0), l.Axis.Width-float64(o.Width))
	for k := range l.lane {
		l.lane[k] = slices.Index(o.Systems, int32(k))
	}
	l.box()
	l.connect()
	if n := j.Of(o.Stop); n >= 0 {
		_, end := j.When(o.Stop)
		l.Stop, l.StopLane = l.X(end), l.lane[n]
	}
	l.label()
	return l
}

// MaxJourneyZoom keeps pixels within what float64 tells apart well.
const MaxJourneyZoom = 1e6

// AxisAt returns what Axis is with another zoom, from 1 to MaxJourneyZoom.
func (l *JourneyLayout) AxisAt(zoom float64) *BrokenAxis {
	return newBrokenAxis(l.j.Busy(), l.pauses, float64(l.Options.Width)*zoom, l.px(foldDp), l.px(foldLeastDp))
}

func (l *JourneyLayout) px(dp float32) float64 { return float64(int(dp*l.Options.Scale + 0.5)) }

// X returns the pixel of an instant, which may be outside the area.
func (l *JourneyLayout) X(at int64) float64 { return l.Axis.X(at) - l.Options.Left }

// Time returns the instant at a pixel of the area.
func (l *JourneyLayout) Time(x float64) int64 { return l.Axis.Time(x + l.Options.Left) }

// Lane returns the lane of a system, -1 for one that has none.
func (l *JourneyLayout) Lane(system int32) int {
	if system < 0 {
		return -1
	}
	return l.lane[system]
}

// box makes the boxes of all lanes.
func (l *JourneyLayout) box() {
	least, right := l.px(barLeastDp), float64(l.Options.Width)
	piece := 0
	first, last := l.j.Within(l.Time(0), l.Time(right))
	for k := first; k < last; k++ {
		a := &l.j.Activities[k]
		n := l.lane[a.System]
		if n < 0 {
			continue
		}
		for piece < len(l.Axis.Pieces)-1 && l.Axis.Pieces[piece].To < a.Start {
			piece++
		}
		p := &l.Axis.Pieces[piece]
		x0, x1 := p.x(a.Start)-l.Options.Left, 0.0
		if x1 = x0 + least; a.End > p.To {
			x1 = max(x1, l.X(a.End))
		} else {
			x1 = max(x1, p.x(a.End)-l.Options.Left)
		}
		if x1 < 0 || x0 > right {
			continue
		}
		list := l.Boxes[n]
		if m := len(list); m > 0 && x0 < list[m-1].X1+1 || len(list) >= mostBoxes {
			b := &list[len(list)-1]
			b.X1, b.N = max(b.X1, x1), b.N+1
			if was := &l.j.Activities[b.Activity]; a.Failure > was.Failure || a.Failure == was.Failure && a.End-a.Start > was.End-was.Start {
				b.Activity, b.Failure = int32(k), a.Failure
			}
			continue
		}
		l.Boxes[n] = append(list, JourneyBox{x0, x1, int32(k), 1, a.Failure})
	}
}

// Hit returns the activity at a place of a lane: of several the one that failed, else
// that began last; false where there is none.
func (l *JourneyLayout) Hit(lane int, x float64) (int, bool) {
	best, found := 0, false
	least := l.px(barLeastDp)
	first, last := l.j.Within(l.Time(x-least-1), l.Time(x+1))
	for k := first; k < last; k++ {
		a := &l.j.Activities[k]
		if l.lane[a.System] != lane {
			continue
		}
		x0, x1 := l.X(a.Start), l.X(a.End)
		x1 = max(x1, x0+least)
		if x0 <= x+1 && x1+1 >= x && (!found || a.Failure >= l.j.Activities[best].Failure) {
			best, found = k, true
		}
	}
	return best, found
}

// connect makes the arrows of the messages.
func (l *JourneyLayout) connect() {
	type place struct{ from, queue, to, x0, x1 int }
	known := map[place]int{}
	right := float64(l.Options.Width)
	from, to := l.sight(l.px(stubDp)+1, right+1)
	for k := range l.j.Messages {
		m := &l.j.Messages[k]
		if max(m.Sent, m.Received) < from || min(m.Sent, m.Received) > to { // most of them, where little is in sight
			continue
		}
		a := JourneyArrow{From: l.Lane(m.Sender), Queue: l.Lane(m.Queue), To: l.Lane(m.Taker), X0: l.X(m.Sent), X1: l.X(m.Received), Message: int32(k), N: 1}
		if a.From < 0 || m.Taker >= 0 && a.To < 0 {
			continue
		}
		if m.Taker < 0 {
			a.X1 = a.X0 + l.px(stubDp)
		}
		if max(a.X0, a.X1) < 0 || min(a.X0, a.X1) > right {
			continue
		}
		at := place{a.From, a.Queue, a.To, int(a.X0) / 2, int(a.X1) / 2}
		if n, ok := known[at]; ok {
			l.Arrows[n].N++
			continue
		}
		if len(l.Arrows) >= mostConnected {
			break
		}
		known[at] = len(l.Arrows)
		l.Arrows = append(l.Arrows, a)
	}
}

// sight returns between which instants all is that lies from so many pixels before the
// area up to a pixel of it.
func (l *JourneyLayout) sight(before, x float64) (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if l.Options.Left > before {
		from = l.Time(-before)
	}
	if l.Options.Left+x < l.Axis.Width {
		to = l.Time(x)
	}
	return from, to
}

// label places the words of steps beside the boxes they begin in, and those of waits
// in the lanes of their queues, without one lying over another.
func (l *JourneyLayout) label() {
	of := make([][]begun, len(l.Boxes)) // of each lane and box
	right := float64(l.Options.Width)
	first := sort.Search(len(l.j.Steps), func(k int) bool { return l.X(l.j.Steps[k].Start) >= 0 })
	for k := first; k < len(l.j.Steps); k++ {
		s := &l.j.Steps[k]
		n, x := l.lane[s.System], l.X(s.Start)
		if x > right {
			break
		}
		if n < 0 {
			continue
		}
		list := l.Boxes[n]
		b := sort.Search(len(list), func(b int) bool { return list[b].X1 >= x })
		if b == len(list) {
			continue
		}
		if of[n] == nil {
			of[n] = make([]begun, len(list))
		}
		if w := &of[n][b]; w.n == 0 || s.Failure == journey.Own && l.j.Steps[w.step].Failure != journey.Own {
			w.step = k
		}
		of[n][b].n++
	}
	for n, list := range l.Boxes {
		taken := 0.0 // pixels up to which the lane has something
		for b := range list {
			if of[n] != nil && of[n][b].n > 0 {
				if label, ok := l.beside(n, b, taken, of[n][b]); ok {
					l.Steps = append(l.Steps, label)
					taken = max(taken, label.X+float64(label.Width)+l.px(labelPadDp))
				}
			}
			taken = max(taken, l.end(n, &list[b])+l.px(labelPadDp))
		}
	}
	l.labelWaits()
}

// end returns where a box ends, with the mark of its failure or of the end of the order.
func (l *JourneyLayout) end(lane int, b *JourneyBox) float64 {
	if lane == l.StopLane && l.Stop >= b.X0-1 && l.Stop <= b.X1+1 {
		return max(b.X1, l.Stop+float64(l.Options.StopWidth))
	}
	if b.Failure != journey.Fine {
		return b.X1 + l.px(markDp)
	}
	return b.X1
}

// begun is the steps that begin in a box: the one that says most, and how many.
type begun struct{ step, n int }

// beside finds room for the words of steps: in a box, after it, or before it.
func (l *JourneyLayout) beside(lane, b int, taken float64, steps begun) (JourneyLabel, bool) {
	list, pad := l.Boxes[lane], l.px(labelPadDp)
	want := float64(l.Options.StepWidth(steps.step))
	after, stop := l.end(lane, &list[b])+pad, float64(l.Options.Width)
	if b+1 < len(list) {
		stop = list[b+1].X0 - pad
	}
	label := JourneyLabel{Lane: lane, Item: steps.step, More: steps.n - 1}
	x0 := max(list[b].X0, 0) + pad
	inside := min(list[b].X1, float64(l.Options.Width)) - pad - x0
	room, before := stop-after, list[b].X0-pad-taken
	switch {
	case inside >= want, inside > max(room, before):
		label.X, label.Width, label.In = x0, float32(inside), true
	case room < want && before > room: // nothing follows: it stands before the box
		label.Width = float32(min(want, before))
		label.X = list[b].X0 - pad - float64(label.Width)
	default:
		label.X, label.Width = after, float32(min(want, room))
	}
	return label, float64(label.Width) >= min(l.px(labelLeastDp), want)
}

// labelWaits places the words of waits, the longest first.
func (l *JourneyLayout) labelWaits() {
	order := make([]int, len(l.Arrows))
	for k := range order {
		order[k] = k
	}
	wait := func(k int) int64 { m := &l.j.Messages[l.Arrows[k].Message]; return m.Received - m.Sent }
	slices.SortStableFunc(order, func(a, b int) int { return int(min(max(wait(b)-wait(a), -1), 1)) })
	used := map[int][][2]float64{}
	for n, list := range l.Boxes {
		for b := range list {
			used[n] = append(used[n], [2]float64{list[b].X0, l.end(n, &list[b])})
		}
	}
	for k := range l.Steps {
		used[l.Steps[k].Lane] = append(used[l.Steps[k].Lane], [2]float64{l.Steps[k].X, l.Steps[k].X + float64(l.Steps[k].Width)})
	}
	told := map[int][][2]float64{} // of each lane, the waits that have words
	for _, k := range order {
		a := &l.Arrows[k]
		lane := a.WaitLane()
		w := float64(l.Options.WaitWidth(int(a.Message)))
		if w <= 0 || slices.ContainsFunc(told[lane], func(u [2]float64) bool { return 2*(min(u[1], a.X1)-max(u[0], a.X0)) > a.X1-a.X0 }) {
			continue // words on one of two that lie over each other are anybody's
		}
		pad := l.px(labelPadDp)
		after := a.X1 + pad
		if l.j.Messages[a.Message].Taker < 0 {
			after += l.px(untakenDp) / 2
		}
		for _, x := range []float64{(max(a.X0, 0)+min(a.X1, float64(l.Options.Width)))/2 - w/2, after, a.X0 - pad - w} {
			if inside := x >= a.X0 && x+w <= a.X1; x == (a.X0+a.X1)/2-w/2 && !inside {
				continue // over both its ends
			}
			if x < 0 || x+w > float64(l.Options.Width) || slices.ContainsFunc(used[lane], func(u [2]float64) bool { return x < u[1]+pad && x+w > u[0]-pad }) {
				continue
			}
			used[lane], told[lane] = append(used[lane], [2]float64{x, x + w}), append(told[lane], [2]float64{a.X0, a.X1})
			l.Waits = append(l.Waits, JourneyLabel{Lane: lane, X: x, Width: float32(w), Item: k})
			break
		}
	}
}

// WaitLane returns the lane in which a message waits: that of its queue, else of who
// took it, else of who sent it.
func (a *JourneyArrow) WaitLane() int {
	switch {
	case a.Queue >= 0:
		return a.Queue
	case a.To >= 0:
		return a.To
	}
	return a.From
}

// Bands returns the stretches of one status, by what has it, in the order of time.
func (l *JourneyLayout) Bands(of string) []JourneyBand {
	out := []JourneyBand{{X0: 0, X1: float64(l.Options.Width), Change: -1}}
	for k := range l.j.Changes {
		c := &l.j.Changes[k]
		if c.Of != of {
			continue
		}
		x := min(max(l.X(c.At), 0), float64(l.Options.Width))
		last := &out[len(out)-1]
		if last.X1 = x; x-last.X0 < 1 {
			out = out[:len(out)-1]
		}
		out = append(out, JourneyBand{X0: x, X1: float64(l.Options.Width), Change: k})
	}
	return out
}

// Apart says which of some labels are shown so that none comes nearer to another than
// gap: those that stand first in the list come first. A label begins at its x.
func Apart(x, width []float32, gap float32) []bool {
	shown := make([]bool, len(x))
	var used [][2]float32 // rising
	for k := range x {
		from, to := x[k], x[k]+width[k]
		n := sort.Search(len(used), func(n int) bool { return used[n][1]+gap > from })
		if n < len(used) && used[n][0]-gap < to {
			continue
		}
		shown[k] = true
		used = slices.Insert(used, n, [2]float32{from, to})
	}
	return shown
}
