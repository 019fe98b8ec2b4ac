package journey

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"traceview/internal/analysis/journey"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

const (
	sec  = 1000 * uitest.Ms
	hour = 3600 * sec
)

// A work is a span of a test order; its id is its place in the list and 1.
type work struct {
	trace, parent int
	service, name string
	at, dur       int64
	kind          model.Kind
	fail          string
	attrs         string // key=value, with blanks between
	from          int    // the number of the span that sent what it took
}

func orderOf(tb testing.TB, list []work) *journey.Journey {
	tb.Helper()
	b := model.NewBuilder()
	str := func(k, v string) model.Attr { return b.StringAttr(b.InternString(k), []byte(v)) }
	id := func(n int) model.TraceID { return model.TraceID{0: 0x3f, 14: byte(n >> 8), 15: byte(n)} }
	for k, w := range list {
		r := model.SpanRecord{Trace: id(w.trace), ID: model.SpanID(k + 1), Parent: model.SpanID(w.parent), Kind: w.kind, Name: b.InternString(w.name),
			StartNano: uint64(uitest.Epoch + w.at), EndNano: uint64(uitest.Epoch + w.at + w.dur),
			Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{str("service.name", w.service)}})}
		for _, p := range strings.Fields(w.attrs) {
			key, v, _ := strings.Cut(p, "=")
			r.Attrs = append(r.Attrs, str(key, v))
		}
		if w.fail != "" {
			r.Status, r.StatusText = model.StatusError, b.InternString(w.fail)
		}
		if w.from > 0 {
			r.Links = []model.LinkRecord{{Trace: id(list[w.from-1].trace), Span: model.SpanID(w.from)}}
		}
		b.Add(&r)
	}
	return journey.New(b.Build())
}

const rabbit = "messaging.system=rabbitmq messaging.destination.name=orders "

// days is an order that waits and stops.
func days() []work {
	return []work{
		{1, 0, "web", "place order", 0, 900 * uitest.Ms, model.KindInternal, "", "", 0},
		{1, 1, "shop-api", "POST /orders", 50 * uitest.Ms, 700 * uitest.Ms, model.KindServer, "", "order.state=placed", 0},
		{1, 2, "shop-api", "INSERT orders", 100 * uitest.Ms, 90 * uitest.Ms, model.KindClient, "", "db.system=postgresql db.name=shop", 0},
		{1, 2, "shop-api", "publish orders", 500 * uitest.Ms, 20 * uitest.Ms, model.KindProducer, "", rabbit, 0},
		{2, 0, "workshop", "process orders", 21 * hour, 400 * uitest.Ms, model.KindConsumer, "", rabbit + "order.state=accepted", 4},
		{3, 0, "workshop", "measure", 26 * hour, 90 * sec, model.KindInternal, "the drawing cannot be read", "", 0},
		{3, 6, "workshop", "read drawing", 26*hour + 80*sec, 9 * sec, model.KindInternal, "the drawing cannot be read", "", 0},
		{4, 0, "web", "open order", 29 * hour, 300 * uitest.Ms, model.KindInternal, "", "", 0},
		{4, 8, "web", "publish seen", 29*hour + 100*uitest.Ms, 9 * uitest.Ms, model.KindProducer, "", rabbit, 0},
	}
}

// saga is an order that one span is open for, all the days it takes.
func saga() []work {
	return append(days(), work{9, 0, "saga", "order workflow", -sec, 30 * hour, model.KindInternal, "", "", 0},
		work{9, 10, "web", "remind", 12 * hour, 200 * uitest.Ms, model.KindServer, "", "", 0})
}

// many is an order of traces by the hundred, over three weeks, in many systems.
func many(n int) (list []work) {
	for k := range n {
		at := int64(k) * 21 * 24 * hour / int64(n)
		service := fmt.Sprintf("service-%02d", k*k%17)
		list = append(list, work{k + 1, 0, service, fmt.Sprint("GET /things/", k%5), at, int64(k%7+1) * sec, model.KindInternal, "", fmt.Sprintf("order.state=state-%d", k*4/n), 0})
		root := len(list)
		w := work{k + 1, root, "database-user", "SELECT", at + sec/2, sec / 4, model.KindClient, "", "db.system=mysql db.name=things", 0}
		if k%11 == 3 {
			w.fail = "gone"
		}
		list = append(list, w, work{k + 1, root, service, "send", at + sec/2, sec / 9, model.KindProducer, "", rabbit, 0})
		if k > 3 && k%3 == 0 {
			list[len(list)-3].kind, list[len(list)-3].from, list[len(list)-3].attrs = model.KindConsumer, len(list)-6, rabbit
		}
	}
	return list
}

// A page shows a View as an order's page does.
type page struct {
	*xwidget.Panel
	view   *View
	opened []string
}

func newPage(tb testing.TB, lang string, dark bool, list []work, stop int) *page {
	p := &page{Panel: xwidget.NewPanel(uitest.Kit(tb, lang, dark))}
	p.view = New(p.Kit, Actions{Open: func(trace model.TraceID, span model.SpanID) {
		p.opened = append(p.opened, fmt.Sprint(trace[15], span))
	}})
	p.Content = func(c *xwidget.Canvas, y, w float32) float32 {
		return p.view.Draw(c, c.D(20), y, w-c.D(40)) + c.D(12) - y
	}
	st := State{Fault: journey.Nowhere}
	if list != nil {
		st.Journey = orderOf(tb, list)
	}
	if stop > 0 {
		st.Fault, st.Mark = placeOf(st.Journey, stop), Stopped
	}
	p.view.Set(st)
	return p
}

// placeOf returns where the n-th span of a list is.
func placeOf(j *journey.Journey, n int) journey.Place {
	for k, t := range j.Traces {
		for i := range t.Spans {
			if t.Spans[i].ID == model.SpanID(n) {
				return journey.Place{Trace: k, Span: model.SpanIndex(i)}
			}
		}
	}
	return journey.Nowhere
}

// Handle implements canvasview.Painter.
func (p *page) Handle(e canvasview.Event) bool { return p.view.Handle(e) || p.Panel.Handle(e) }

func (p *page) height(w int) int {
	p.Build(w, 60, 1)
	return p.view.box.Dy() + 30
}

func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		name  string
		list  []work
		stop  int
		w     int
		scale float32
	}{
		{"one", days()[:3], 0, 900, 1},
		{"instant", []work{{1, 0, "a", "ping", 0, 0, model.KindInternal, "", "", 0}}, 0, 700, 1},
		{"days", days(), 7, 1180, 1},
		{"delayed", days(), 5, 1180, 1},
		{"saga", saga(), 0, 1180, 1},
		{"days_scaled", days(), 7, 1280, 1.5},
		{"twenty", many(20), 0, 1180, 1},
		{"hundreds", many(500), 0, 1180, 1},
	} {
		for _, lang := range []string{"en", "ru"} {
			for _, dark := range []bool{false, true} {
				if dark != (lang == "ru") && tt.name != "days" {
					continue
				}
				name := tt.name + "_" + lang
				if dark {
					name += "_dark"
				}
				t.Run(name, func(t *testing.T) {
					p := newPage(t, lang, dark, tt.list, tt.stop)
					if tt.name == "delayed" {
						p.view.state.Mark = Delayed
					}
					h := p.height(tt.w)
					if tt.scale != 1 {
						h = int(float32(h) * tt.scale)
					}
					uitest.Golden(t, name, uitest.Paint(p, tt.w, h, tt.scale))
				})
			}
		}
	}
}

func TestNothingToShow(t *testing.T) {
	for _, list := range [][]work{nil, {}} {
		p := newPage(t, "en", false, list, 0)
		s := p.Build(900, 200, 1)
		if !p.view.box.Empty() || len(s.Strings) > 0 {
			t.Errorf("draws %q of nothing", s.Strings)
		}
		if p.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Right"}) {
			t.Error("takes keys with nothing to show")
		}
	}
}

// press clicks on the words of a step or beside them.
func (p *page) press(x, y float32) {
	p.Handle(canvasview.Event{Kind: canvasview.Hover, X: x, Y: y})
	p.Build(1180, 600, 1)
	uitest.Press(p, x, y)
}

// at returns the middle of what a span of the list did.
func (p *page) at(n int) (x, y float32) {
	v := p.view
	place := placeOf(v.state.Journey, n)
	from, to := v.state.Journey.When(place)
	lane := v.layout.Lane(v.state.Journey.Of(place))
	return v.at((v.layout.X(from) + v.layout.X(to)) / 2), float32(v.area.Min.Y) + (float32(lane)+0.5)*22
}

func TestAClickOpensTheSpan(t *testing.T) {
	p := newPage(t, "en", false, days(), 7)
	p.Build(1180, 600, 1)
	for _, tt := range []struct{ press, trace, span int }{
		{1, 1, 1}, {2, 1, 2}, {5, 2, 5},
		{6, 3, 7}, // the span that failed in it
		{8, 4, 8},
	} {
		p.opened = nil
		x, y := p.at(tt.press)
		p.press(x, y)
		if want := fmt.Sprint(byte(tt.trace), model.SpanID(tt.span)); len(p.opened) != 1 || p.opened[0] != want {
			t.Errorf("a press on span %d opens %q, want %q", tt.press, p.opened, want)
		}
	}
}

func TestKeysGoFromStepToStep(t *testing.T) {
	p := newPage(t, "en", false, days(), 0)
	p.Build(1180, 600, 1)
	key := func(names ...string) (took bool) {
		for _, n := range names {
			took = p.view.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: n})
		}
		return took
	}
	if key("Return") || key("Escape") {
		t.Error("takes Enter and Esc with nothing chosen")
	}
	key("Right", "Right", "Right", "Left", "Return")
	if want := fmt.Sprint(byte(2), model.SpanID(5)); len(p.opened) != 1 || p.opened[0] != want {
		t.Errorf("opened %q, want %q", p.opened, want)
	}
	key("Right", "Right", "Right", "Right", "Return")
	if want := fmt.Sprint(byte(4), model.SpanID(8)); len(p.opened) != 2 || p.opened[1] != want {
		t.Errorf("opened %q, want %q last: the last step stays chosen", p.opened, want)
	}
	if key("Down") || p.view.sel >= 0 {
		t.Error("down does not go on to what is below")
	}
	if key("Left"); p.view.sel != len(p.view.state.Journey.Steps)-1 {
		t.Errorf("left from nothing chooses %d, want the last", p.view.sel)
	}
}

// TestZoom zooms by wheel, keys and a range, and looks where the time of the pointer is.
func TestZoom(t *testing.T) {
	p := newPage(t, "en", false, days(), 0)
	p.Build(1180, 600, 1)
	v := p.view
	x, y := p.at(6)
	wheel := func(mods canvasview.Mods, dy float32) bool {
		return p.view.Handle(canvasview.Event{Kind: canvasview.Scroll, X: x, Y: y, DY: dy, Mods: mods})
	}
	if wheel(0, 25) || wheel(canvasview.Shift, 25) {
		t.Error("the wheel alone does not scroll the page, or something pans that is all in sight")
	}
	before := v.layout.Time(float64(x) - float64(v.area.Min.X))
	for range 9 {
		wheel(canvasview.Ctrl, 25)
	}
	if after := v.layout.Time(float64(x) - float64(v.area.Min.X)); v.zoom < 5 || max(after-before, before-after) > sec {
		t.Errorf("zoomed %v times, the pointer is at %v s from where it was", v.zoom, float64(after-before)/1e9)
	}
	left := v.left
	if !wheel(canvasview.Shift, -25) || v.left <= left {
		t.Errorf("panned from %v to %v", left, v.left)
	}
	v.Handle(canvasview.Event{Kind: canvasview.Rune, Rune: '0'})
	if v.zoom != 1 || v.left != 0 {
		t.Errorf("0 leaves zoom %v at %v", v.zoom, v.left)
	}
	p.Build(1180, 600, 1)
	x0, _ := p.at(5)
	x1, _ := p.at(6)
	from, to := v.layout.Time(float64(x0)-float64(v.area.Min.X)), v.layout.Time(float64(x1)-float64(v.area.Min.X))
	p.Handle(canvasview.Event{Kind: canvasview.Press, X: x0, Y: y, Button: canvasview.Primary})
	p.Handle(canvasview.Event{Kind: canvasview.Drag, X: x1, Y: y, Button: canvasview.Primary})
	p.Build(1180, 600, 1)
	p.Handle(canvasview.Event{Kind: canvasview.Release, X: x1, Y: y, Button: canvasview.Primary})
	p.Build(1180, 600, 1)
	if v.zoom <= 1 || v.layout.Time(0) > from || v.layout.Time(float64(v.area.Dx())) < to || len(p.opened) > 0 {
		t.Errorf("the range from %d to %d shows %d to %d", from, to, v.layout.Time(0), v.layout.Time(float64(v.area.Dx())))
	}
	if !v.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Escape"}) || v.zoom != 1 {
		t.Error("Esc does not show all again")
	}
}

// TestTips points at things and reads what is told.
func TestTips(t *testing.T) {
	p := newPage(t, "en", false, days(), 7)
	p.Build(1180, 600, 1)
	v := p.view
	say := func(x, y float32) string {
		v.Handle(canvasview.Event{Kind: canvasview.Hover, X: x, Y: y})
		p.Panel.Handle(canvasview.Event{Kind: canvasview.Hover, X: x, Y: y})
		return uitest.Words(p.Build(1180, 600, 1))
	}
	x, y := p.at(6)
	if got := say(x, y); !strings.Contains(got, "the drawing cannot be read") || !strings.Contains(got, "1 min 30 s") {
		t.Errorf("an activity says %q", got)
	}
	a := v.layout.Arrows[0]
	if got := say(v.at((a.X0+a.X1)/2), v.laneMid(&xwidget.Canvas{Scale: 1}, a.Queue)); !strings.Contains(got, "Waited in the queue: 21 h") || !strings.Contains(got, "Received by workshop") {
		t.Errorf("a message says %q", got)
	}
	fold := v.layout.Axis.Pieces[1]
	if got := say(v.at(fold.X0+5), float32(v.area.Min.Y)+5); !strings.Contains(got, "Nothing happened for 20 h 59 min") && !strings.Contains(got, "Nothing happened for 21 h") {
		t.Errorf("a fold says %q", got)
	}
	status := func() string { return say(float32(v.area.Max.X)-100, float32(v.area.Min.Y)-8) }
	if got := status(); !strings.Contains(got, "placed → accepted") {
		t.Errorf("a status says %q", got)
	}
	v.state.Status, v.state.Subject = strings.ToUpper, strings.ToUpper
	v.tipped = tipped{}
	if got := status(); !strings.Contains(got, "PLACED → ACCEPTED") || !strings.Contains(got, "\nACCEPTED") || strings.Contains(got, "placed") {
		t.Errorf("a status with words says %q", got)
	}
	if got := say(30, y); !strings.Contains(got, "spans") {
		t.Errorf("a system says %q", got)
	}
}

// TestManySystems shows some, and all when asked to.
func TestManySystems(t *testing.T) {
	p := newPage(t, "en", false, many(60), 0)
	s := p.Build(1180, 900, 1)
	few := len(p.view.layout.Options.Systems)
	if few != mostLanes {
		t.Fatalf("%d lanes, want %d", few, mostLanes)
	}
	x, y := uitest.Find(t, p.Kit.Metrics, s, "more systems")
	uitest.Press(p, x, y)
	p.Build(1180, 900, 1)
	if n := len(p.view.layout.Options.Systems); n != len(p.view.state.Journey.Systems) {
		t.Errorf("%d lanes of %d systems", n, len(p.view.state.Journey.Systems))
	}
}

// TestSetKeeps keeps the step chosen and the stretch in sight when more arrives.
func TestSetKeeps(t *testing.T) {
	p := newPage(t, "en", false, days()[:6], 0)
	p.Build(1180, 600, 1)
	p.view.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Right"})
	p.view.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Right"})
	p.view.zoomAt(500, 40)
	from, to := p.view.layout.Time(0), p.view.layout.Time(float64(p.view.area.Dx()))
	p.view.Set(State{Journey: orderOf(t, days()), Fault: journey.Nowhere})
	p.Build(1180, 600, 1)
	if r := p.view.chosen(); r.trace[15] != 2 {
		t.Errorf("chosen %v, want the step of trace 2", r)
	}
	if f, e := p.view.layout.Time(0), p.view.layout.Time(float64(p.view.area.Dx())); f > from || e < to || p.view.zoom <= 1 {
		t.Errorf("shows %d to %d, want at least %d to %d", f, e, from, to)
	}
}

// TestSetTwiceKeeps keeps the stretch in sight where more than one state is set before
// the next frame, and where that is the same journey shows exactly the same.
func TestSetTwiceKeeps(t *testing.T) {
	p := newPage(t, "en", false, days()[:6], 0)
	p.Build(1180, 600, 1)
	v := p.view
	v.zoomAt(500, 40)
	zoom, left := v.zoom, v.left
	from, to := v.layout.Time(0), v.layout.Time(float64(v.area.Dx()))
	for range 3 {
		v.Set(v.state)
		p.Build(1180, 600, 1)
	}
	if v.zoom != zoom || v.left != left {
		t.Errorf("set to the same it is zoomed to %v at %v, want %v at %v", v.zoom, v.left, zoom, left)
	}
	v.Set(v.state)
	for _, n := range []int{7, 9} {
		v.Set(State{Journey: orderOf(t, days()[:n]), Fault: journey.Nowhere})
	}
	p.Build(1180, 600, 1)
	if f, e := v.layout.Time(0), v.layout.Time(float64(v.area.Dx())); f > from || e < to || v.zoom <= 1 {
		t.Errorf("shows %d to %d, want at least %d to %d", f, e, from, to)
	}
}

// TestPressingBeforeTheNextFrame presses all that can be pressed in the frame on the
// screen when something else was set already: a box leads to what was drawn.
func TestPressingBeforeTheNextFrame(t *testing.T) {
	p := newPage(t, "en", false, days(), 7)
	other := State{Journey: orderOf(t, days()[:2]), Fault: journey.Nowhere}
	state := p.view.state
	click := func(x, y float32) {
		p.opened = nil
		p.view.Set(state)
		p.Build(1180, 600, 1)
		p.view.Set(other)
		uitest.Press(p, x, y)
		p.Build(1180, 600, 1)
	}
	p.Build(1180, 600, 1)
	x, y := p.at(6)
	click(x, y)
	if want := fmt.Sprint(byte(3), model.SpanID(7)); len(p.opened) != 1 || p.opened[0] != want {
		t.Errorf("a press opens %q, want %q", p.opened, want)
	}
	p.view.Set(state)
	p.Build(1180, 600, 1)
	stop, stopY := p.view.at(p.view.layout.Stop), p.view.laneMid(&xwidget.Canvas{Scale: 1}, p.view.layout.StopLane)
	a := p.view.layout.Arrows[0]
	click(p.view.at((a.X0+a.X1)/2), p.view.laneMid(&xwidget.Canvas{Scale: 1}, a.Queue))
	if want := fmt.Sprint(byte(2), model.SpanID(5)); len(p.opened) != 1 || p.opened[0] != want {
		t.Errorf("a press on a message opens %q, want %q", p.opened, want)
	}
	click(stop, stopY)
	if want := fmt.Sprint(byte(3), model.SpanID(7)); len(p.opened) != 1 || p.opened[0] != want {
		t.Errorf("a press on where it stopped opens %q, want %q", p.opened, want)
	}
	p.view.Set(state)
	p.Build(1180, 600, 1)
	p.view.zoomAt(500, 40)
	x, y = uitest.Find(t, p.Kit.Metrics, p.Build(1180, 600, 1), "Show the whole order")
	p.view.Set(other)
	uitest.Press(p, x, y)
	p.Build(1180, 600, 1)
	if p.view.zoom != 1 || p.view.left != 0 {
		t.Errorf("the whole order is zoomed to %v at %v", p.view.zoom, p.view.left)
	}
}

// TestADragEndsBeforeTheNextFrame lets the button go when something else was set.
func TestADragEndsBeforeTheNextFrame(t *testing.T) {
	p := newPage(t, "en", false, days(), 0)
	p.Build(1180, 600, 1)
	x0, y := p.at(5)
	x1, _ := p.at(6)
	p.Handle(canvasview.Event{Kind: canvasview.Press, X: x0, Y: y, Button: canvasview.Primary})
	p.Handle(canvasview.Event{Kind: canvasview.Drag, X: x1, Y: y, Button: canvasview.Primary})
	p.Handle(canvasview.Event{Kind: canvasview.Drag, X: x0 + 5, Y: y, Button: canvasview.Primary})
	p.view.Set(p.view.state)
	p.Handle(canvasview.Event{Kind: canvasview.Release, X: x0, Y: y, Button: canvasview.Primary})
	if p.view.drag.kind != noDrag || len(p.opened) > 0 {
		t.Errorf("let go, it is still at %d, and opened %q", p.view.drag.kind, p.opened)
	}
}

// TestZoomingLaysOutOnce counts how often the names of steps are measured.
func TestZoomingLaysOutOnce(t *testing.T) {
	p := newPage(t, "en", false, days(), 0)
	p.Build(1180, 600, 1)
	v, n := p.view, 0
	width := v.layout.Options.StepWidth
	v.layout.Options.StepWidth = func(k int) float32 { n++; return width(k) }
	from, to := v.state.Journey.When(placeOf(v.state.Journey, 6))
	v.zoomTo(from, to)
	if n == 0 || n > len(v.state.Journey.Steps) {
		t.Errorf("%d names of %d steps measured, want each at most once", n, len(v.state.Journey.Steps))
	}
}

// TestATipFollowsTheZoom holds that a tip tells of what is drawn now, not of what it
// told before: that a box was several pieces of work, which lie apart once zoomed to.
func TestATipFollowsTheZoom(t *testing.T) {
	p := newPage(t, "en", false, many(500), 0)
	p.Build(1180, 600, 1)
	v := p.view
	point := func(lane, k int) (says string, n int32) {
		from, to := v.state.Journey.Activities[k].Start, v.state.Journey.Activities[k].End
		x := (v.layout.X(from) + v.layout.X(to)) / 2
		if hit, ok := v.layout.Hit(lane, x); !ok || hit != k {
			return "", 0
		}
		for _, b := range v.layout.Boxes[lane] {
			if int(b.Activity) == k {
				n = b.N
			}
		}
		at := canvasview.Event{Kind: canvasview.Hover, X: v.at(x), Y: float32(v.area.Min.Y) + (float32(lane)+0.5)*22}
		v.Handle(at)
		p.Panel.Handle(at)
		return strings.ReplaceAll(uitest.Words(p.Build(1180, 600, 1)), "\n", " "), n
	}
	for lane := range v.layout.Boxes {
		for _, b := range v.layout.Boxes[lane] {
			k := int(b.Activity)
			before, n := point(lane, k)
			if n < 2 {
				continue
			}
			v.zoomTo(v.state.Journey.Activities[k].Start, v.state.Journey.Activities[k].End)
			after, one := point(lane, k)
			if !strings.Contains(before, "tell them apart") || one != 1 || strings.Contains(after, "tell them apart") {
				t.Errorf("of %d it says %q, of %d %q", n, before, one, after)
			}
			return
		}
	}
	t.Fatal("no box is several")
}

// TestNothingLeavesTheArea looks where texts end.
func TestNothingLeavesTheArea(t *testing.T) {
	for _, w := range []int{500, 900, 1600} {
		p := newPage(t, "ru", false, days(), 7)
		s := p.Build(w, 400, 1)
		for _, op := range s.Ops {
			if op.Kind == scene.OpText {
				if end := op.X + p.Kit.Metrics.Width(op.Font, s.Strings[op.From]); end > float32(w)-15 {
					t.Errorf("at %d: %q ends at %v", w, s.Strings[op.From], end)
				}
			}
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 1600, 600))
	for _, n := range []int{500, 50_000} {
		p := newPage(b, "en", false, many(n), 0)
		p.Paint(img, 1)
		v := p.view
		for _, bc := range []struct {
			name string
			act  func(k int)
		}{
			{"still", func(int) {}},
			{"zoom", func(k int) { v.zoomAt(500, []float64{1.1, 1 / 1.1}[k/40%2]) }},
			{"pan", func(k int) { v.zoom = 40; v.moveTo(float64(2000 + k%40*50)) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", bc.name, n), func(b *testing.B) {
				v.reset()
				b.ReportAllocs()
				for k := 0; b.Loop(); k++ {
					bc.act(k)
					p.Paint(img, 1)
				}
			})
		}
	}
}
