package shell

import (
	"slices"

	"fyne.io/fyne/v2"

	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A visit is one step of the way back: to a page that was in front or, within
// the page of a trace, to where its document was.
type visit struct {
	page page
	step bool // within the page
}

// visited bounds the way back. Documents keep fewer steps each; those they no
// longer have are passed over.
const visited = 1000

// way is the way back through the window, and the way forth again after going
// back. Each document keeps its own steps; this says whose comes when.
type way struct {
	past, future []visit
	front        page // in front when the last step was noted
	travelling   bool // back or forth: what happens is no step
}

// note adds a step.
func (w *way) note(v visit) {
	if w.travelling {
		return
	}
	w.future = nil
	w.past = append(w.past, v)
	if n := len(w.past) - visited; n > 0 {
		w.past = slices.Delete(w.past, 0, n)
	}
}

// forget drops the steps that which says.
func (w *way) forget(which func(v visit) bool) {
	w.past, w.future = slices.DeleteFunc(w.past, which), slices.DeleteFunc(w.future, which)
}

// noteFront notes that page p came to the front.
func (s *Shell) noteFront(p page) {
	from := s.way.front
	s.way.front = p
	if from != nil && from != p && s.indexOf(from) >= 0 {
		s.way.note(visit{page: from})
	}
}

// begin has the steps of a page's document noted from here on: there is no way
// back to a document that is gone.
func (p *tracePage) begin() {
	s := p.shell
	p.doc.Begin()
	s.way.forget(func(v visit) bool { return v.step && v.page == page(p) })
	p.doc.OnStep(func() {
		s.way.note(visit{page: p, step: true})
		s.wayView.Redraw()
	})
}

// goBack takes one step back.
func (s *Shell) goBack() {
	s.travel(&s.way.past, &s.way.future, (*document.Document).Back, "history.start")
}

// goForward takes the step that goBack took back.
func (s *Shell) goForward() {
	s.travel(&s.way.future, &s.way.past, (*document.Document).Forward, "history.end")
}

// travel takes the last step of from and leaves in to what takes it back.
func (s *Shell) travel(from, to *[]visit, step func(*document.Document) bool, none string) {
	s.way.travelling = true
	defer func() { s.way.travelling = false }()
	for n := len(*from); n > 0; n = len(*from) {
		v := (*from)[n-1]
		here := s.pages[s.current]
		if v.page != here { // also before a step within a page: first one sees where
			if !v.step {
				*from = (*from)[:n-1]
			}
			*to = append(*to, visit{page: here})
			s.show(s.indexOf(v.page))
			return
		}
		*from = (*from)[:n-1]
		if p, ok := here.(*tracePage); ok && v.step && step(p.doc) {
			*to = append(*to, v)
			s.wayView.Redraw()
			return
		}
	}
	s.say(s.kit.Words.T(none))
	s.wayView.Redraw()
}

// wayWidth is the width in dp of the buttons back and forward.
const wayWidth = 76

// newWay returns the painter of the buttons back and forward.
func newWay(s *Shell) *xwidget.Panel {
	p := xwidget.NewPanel(s.kit)
	p.Background = func() scene.Color { return s.kit.Look.Panel }
	p.Content = func(c *xwidget.Canvas, _, _ float32) float32 {
		w := s.kit.Words
		s.drawStep(c, c.D(2), true, len(s.way.past) > 0, w.T("history.back"), s.goBack)
		s.drawStep(c, c.D(36), false, len(s.way.future) > 0, w.T("history.forward"), s.goForward)
		return c.D(topHeight)
	}
	return p
}

// drawStep draws an arrow that takes a step, pale where there is none to take.
func (s *Shell) drawStep(c *xwidget.Canvas, x float32, left, there bool, tip string, do func()) {
	size := c.D(30)
	y := (c.D(topHeight) - size) / 2
	ink := c.Look.Tree
	if there {
		ink = c.Look.Text
		if c.Hot(x, y, size, size) {
			c.RoundRect(x, y, size, size, c.D(4), c.Look.Hover())
		}
		c.Spot(x, y, size, size, tip, do)
	}
	mid, tipX, head, t := y+size/2, x+size*0.27, size*0.17, max(1, c.D(1.5))
	endX := x + size*0.75
	if !left {
		tipX, endX, head = x+size*0.73, x+size*0.25, -head
	}
	up := max(head, -head)
	c.Line(tipX, mid, endX, mid, t, ink)
	c.Line(tipX, mid, tipX+head, mid-up, t, ink)
	c.Line(tipX, mid, tipX+head, mid+up, t, ink)
}

// newWayView returns the buttons back and forward.
func newWayView(s *Shell) *canvasview.View {
	return canvasview.New(newWay(s), false, fyne.NewSize(wayWidth, topHeight))
}
