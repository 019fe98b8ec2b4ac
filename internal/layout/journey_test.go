package layout

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"traceview/internal/analysis/journey"
	"traceview/internal/model"
)

// order makes an order of traces of two services, with messages from one to the other.
func order(tb testing.TB, seed uint64, traces int, pause int64) *journey.Journey {
	tb.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	b := model.NewBuilder()
	at := int64(unixNs)
	named := func(trace int) model.TraceID { return model.TraceID{0: 1, 14: byte(trace >> 8), 15: byte(trace)} }
	add := func(trace int, id, parent byte, service string, kind model.Kind, from, to int64, fail bool, link int) {
		s := model.SpanRecord{Trace: named(trace), ID: model.SpanID(id), Parent: model.SpanID(parent), Kind: kind, Name: b.InternString("work of " + service),
			StartNano: uint64(from), EndNano: uint64(to), Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(b.InternString("service.name"), []byte(service))}}),
			Attrs: []model.Attr{b.StringAttr(b.InternString("messaging.system"), []byte("kafka"))}}
		if fail {
			s.Status = model.StatusError
		}
		if link > 0 {
			s.Links = []model.LinkRecord{{Trace: named(link), Span: 2}}
		}
		b.Add(&s)
	}
	for k := range traces {
		dur := int64(1e6) + r.Int64N(1e9)
		if k%2 == 0 {
			add(k+1, 1, 0, "a", model.KindInternal, at, at+dur, false, 0)
			add(k+1, 2, 1, "a", model.KindProducer, at+dur/2, at+dur/2+1000, false, 0)
		} else {
			add(k+1, 1, 0, "b", model.KindConsumer, at, at+dur, r.IntN(3) == 0, k)
		}
		at += dur + r.Int64N(pause)
	}
	return journey.New(b.Build())
}

func options(j *journey.Journey, width int, zoom, left float64) JourneyOptions {
	o := JourneyOptions{Width: width, Scale: 1, Zoom: zoom, Left: left, Stop: journey.Nowhere,
		StepWidth: func(int) float32 { return 70 }, WaitWidth: func(int) float32 { return 50 }}
	for k := range j.Systems {
		o.Systems = append(o.Systems, int32(k))
	}
	return o
}

// TestNothingLiesOverAnything lays orders of any size out and looks for words that
// overlap, boxes out of order, and activities that are not drawn where they are.
func TestNothingLiesOverAnything(t *testing.T) {
	for _, tt := range []struct {
		traces int
		pause  int64
	}{{1, 1}, {2, 3600e9}, {20, 2 * 86400e9}, {200, 1e9}, {200, 3600e9}} {
		for seed := range uint64(8) {
			j := order(t, seed, tt.traces, tt.pause)
			for _, zoom := range []float64{1, 7.5, 900} {
				l := NewJourney(j, options(j, 900, zoom, 300*zoom))
				for n, list := range l.Boxes {
					for k := 1; k < len(list); k++ {
						if list[k].X0 < list[k-1].X1 {
							t.Fatalf("lane %d: box %d begins at %v, before %v", n, k, list[k].X0, list[k-1].X1)
						}
					}
				}
				checkLabels(t, l)
				for k, a := range j.Activities {
					x := (l.X(a.Start) + l.X(a.End)) / 2
					if got, ok := l.Hit(l.Lane(a.System), x); x >= 0 && x <= 900 && !ok {
						t.Fatalf("nothing is at the place of activity %d: %d", k, got)
					}
				}
			}
		}
	}
}

// checkLabels looks for words that overlap each other or boxes that are not theirs.
func checkLabels(t *testing.T, l *JourneyLayout) {
	t.Helper()
	type words struct {
		JourneyLabel
		kind string
	}
	var all []words
	for _, s := range l.Steps {
		all = append(all, words{s, "step"})
	}
	for _, w := range l.Waits {
		all = append(all, words{w, "wait"})
	}
	for k, a := range all {
		if a.X < -0.5 || a.X+float64(a.Width) > 900.5 {
			t.Fatalf("%s %+v is not in the area", a.kind, a)
		}
		for _, b := range all[:k] {
			if a.Lane == b.Lane && a.X < b.X+float64(b.Width) && b.X < a.X+float64(a.Width) {
				t.Fatalf("%s %+v and %s %+v overlap", a.kind, a, b.kind, b)
			}
		}
		for _, b := range l.Boxes[a.Lane] {
			if !a.In && a.X < b.X1 && b.X0 < a.X+float64(a.Width) {
				t.Fatalf("%s %+v lies over box %+v", a.kind, a, b)
			}
		}
	}
}

// TestJourneyArrows follows messages through the lanes.
func TestJourneyArrows(t *testing.T) {
	j := order(t, 3, 6, 3600e9)
	l := NewJourney(j, options(j, 900, 1, 0))
	if len(l.Arrows) != 3 {
		t.Fatalf("%d arrows, want 3", len(l.Arrows))
	}
	for _, a := range l.Arrows {
		if a.From != 0 || a.Queue != 1 || a.To != 2 || a.WaitLane() != 1 || a.X1 <= a.X0 {
			t.Errorf("arrow %+v, want one from lane 0 by 1 to 2", a)
		}
	}
	o := options(j, 900, 1, 0)
	o.Systems = []int32{0, 2} // without the queue
	if a := NewJourney(j, o).Arrows[0]; a.Queue != -1 || a.To != 1 || a.WaitLane() != 1 {
		t.Errorf("arrow %+v without a lane for the queue", a)
	}
	o.Systems = []int32{1, 2} // without the sender
	if n := len(NewJourney(j, o).Arrows); n != 0 {
		t.Errorf("%d arrows from a system without a lane", n)
	}
}

// TestWordsThatNowhereFit stand where there is most room: in a wide box.
func TestWordsThatNowhereFit(t *testing.T) {
	j := order(t, 3, 1, 1)
	o := options(j, 900, 1, 0)
	o.StepWidth = func(int) float32 { return 5000 }
	l := NewJourney(j, o)
	if len(l.Steps) != 1 || !l.Steps[0].In || l.Steps[0].Width < 500 {
		t.Errorf("words %+v, want them in the one box there is", l.Steps)
	}
}

// TestJourneyStop keeps the room after the place where an order stopped free.
func TestJourneyStop(t *testing.T) {
	j := order(t, 3, 6, 3600e9)
	o := options(j, 900, 1, 0)
	o.Stop, o.StopWidth = journey.Place{Trace: 1, Span: 0}, 120
	l := NewJourney(j, o)
	if l.StopLane != 2 || l.Stop <= 0 || l.Stop >= 900 {
		t.Fatalf("stops at %v in lane %d", l.Stop, l.StopLane)
	}
	for _, s := range l.Steps {
		if s.Lane == 2 && s.X < l.Stop+120 && s.X+float64(s.Width) > l.Stop {
			t.Errorf("words %+v lie over the place where it stopped, %v", s, l.Stop)
		}
	}
}

// TestAtIsTheSame holds that a layout made of another is what it would be made anew, also
// after others.
func TestAtIsTheSame(t *testing.T) {
	for seed := range uint64(4) {
		j := order(t, seed, 200, 3600e9)
		l := NewJourney(j, options(j, 900, 1, 0))
		for _, at := range [][2]float64{{7.5, 2000}, {900, 400_000}, {3, 0}, {1e6, 1e8}, {1, 0}} {
			l = l.At(at[0], at[1])
			want := NewJourney(j, options(j, 900, at[0], at[1]))
			if !reflect.DeepEqual([]any{l.Axis, l.Boxes, l.Arrows, l.Steps, l.Waits, l.Options.Left}, []any{want.Axis, want.Boxes, want.Arrows, want.Steps, want.Waits, want.Options.Left}) {
				t.Errorf("order %d at %v is laid out otherwise than anew", seed, at)
			}
			arrows := 0
			for k := range j.Messages {
				x0, x1 := l.X(j.Messages[k].Sent), l.X(j.Messages[k].Received)
				if j.Messages[k].Taker < 0 {
					x1 = x0 + l.px(stubDp)
				}
				if max(x0, x1) >= 0 && min(x0, x1) <= 900 && l.Lane(j.Messages[k].Sender) >= 0 {
					arrows++
				}
			}
			for k := range l.Arrows {
				arrows -= int(l.Arrows[k].N)
			}
			if arrows != 0 {
				t.Errorf("order %d at %v lacks %d messages", seed, at, arrows)
			}
		}
	}
}

func BenchmarkNewJourney(b *testing.B) {
	for _, n := range []int{200, 50_000} {
		j := order(b, 1, n, 3600e9)
		for _, at := range [][2]float64{{1, 0}, {40, 30_000}} {
			l := NewJourney(j, options(j, 1600, 1, 0))
			b.Run(fmt.Sprintf("%d/zoom %v", n, at[0]), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					l = l.At(at[0], at[1])
				}
			})
		}
	}
}
