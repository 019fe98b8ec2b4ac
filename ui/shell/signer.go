package shell

import (
	"context"
	"errors"

	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/xwidget"
)

// A signer signs a person in, on a form, and shows meanwhile what there is to do
// elsewhere: in the browser, or with a code on another device.
type signer struct {
	form  *form
	slot  *task.Slot[string]
	run   int // number of the newest sign-in
	code  bool
	visit *Visit
	user  string // who signed in last
	err   error
}

func newSigner(f *form) *signer {
	return &signer{form: f, slot: task.NewSlot[string](f.shell.Dispatch)}
}

// start signs in for a connection; done is called once somebody is.
func (g *signer) start(p Profile, code bool, done func()) {
	s := g.form.shell
	g.run++
	run := g.run
	g.visit, g.err, g.user, g.code = nil, nil, "", code
	g.slot.Start(func(ctx context.Context) (string, error) {
		return s.Connections.SignIn(ctx, p, code, func(v Visit) {
			s.Dispatch(func() {
				if g.run == run && g.slot.Busy() {
					g.visit = &v
					g.form.redraw()
					g.form.reveal("copy.code")
				}
			})
		})
	}, func(user string, err error) {
		g.visit, g.user, g.err = nil, user, err
		if errors.Is(err, context.Canceled) {
			g.err = nil
		}
		if err == nil {
			done()
		}
		g.form.redraw()
	})
	g.form.redraw()
}

// cancel gives up waiting for somebody to sign in.
func (g *signer) cancel() {
	g.slot.Stop()
	g.visit = nil
	g.form.redraw()
}

// reset is cancel where another connection is to be shown.
func (g *signer) reset() {
	g.slot.Stop()
	g.visit, g.err = nil, nil
}

// draw draws what there is to do, or why nobody is signed in, and returns where it
// ends.
func (g *signer) draw(c *xwidget.Canvas, x, y, w float32) float32 {
	s, f := g.form.shell, g.form
	words := s.kit.Words
	body := c.Font(xwidget.Body, scene.Regular)
	switch {
	case g.slot.Busy() && g.visit == nil && !g.code:
		y = drawLines(c, x, y, w, body, c.Look.Text, words.T("signin.opening"))
	case g.slot.Busy() && g.visit == nil:
		y = drawLines(c, x, y, w, body, c.Look.Text, words.T("signin.asking"))
	case g.slot.Busy() && g.visit.Code != "":
		y = drawLines(c, x, y, w, body, c.Look.Text, words.T("signin.code"))
		y = g.drawLarge(c, x, y+c.D(6), w, "address", g.visit.Address)
		y = g.drawLarge(c, x, y+c.D(6), w, "code", g.visit.Code)
	case g.slot.Busy() && g.visit.Opened:
		y = drawLines(c, x, y, w, body, c.Look.Text, words.T("signin.browser"))
	case g.slot.Busy():
		y = drawLines(c, x, y, w, body, c.Look.Text, words.T("signin.copy"))
	case g.err != nil:
		title, hint := s.Explain(words, g.err)
		return drawFailure(c, x, y, w, title, hint)
	default:
		return y
	}
	y += c.D(8)
	if v := g.visit; v != nil && v.Code == "" {
		x += f.button(c, x, y, "signin.address", words.T("signin.copy.address"), "", false, func() { s.copyText(v.Address) }) + c.D(8)
	}
	f.button(c, x, y, "signin.cancel", words.T("action.cancel"), "Esc", false, g.cancel)
	return y + c.D(40)
}

// drawLarge draws what is to be typed elsewhere, large enough to be read from across
// a table, with a button to copy it.
func (g *signer) drawLarge(c *xwidget.Canvas, x, y, w float32, id, text string) float32 {
	s, h := g.form.shell, c.D(48)
	c.RoundRect(x, y, w, h, c.D(6), c.Look.Panel)
	c.Frame(x, y, w, h, c.D(6), max(1, c.D(1)), c.Look.Line)
	font := c.Font(22, scene.SemiBold)
	label := s.kit.Words.T("action.copy")
	bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) + c.D(24)
	room := w - bw - c.D(40)
	c.Label(x+c.D(14), y, h, room, font, c.Look.Text, c.FitMiddle(font, text, room))
	g.form.button(c, x+w-bw-c.D(10), y+c.D(9), "copy."+id, label, "", false, func() { s.copyText(text) })
	return y + h
}

// drawLines draws a text in as many lines as it takes and returns where it ends.
func drawLines(c *xwidget.Canvas, x, y, w float32, f scene.Font, ink scene.Color, text string) float32 {
	for _, l := range c.Wrap(f, text, w, 12) {
		c.Label(x, y, c.D(20), w, f, ink, l)
		y += c.D(20)
	}
	return y
}

// drawFailure draws what went wrong and what to do, and returns where it ends.
func drawFailure(c *xwidget.Canvas, x, y, w float32, title, hint string) float32 {
	c.Cross(x, y+c.D(2), c.D(16), true)
	x, w = x+c.D(24), w-c.D(24)
	y = drawLines(c, x, y, w, c.Font(xwidget.Body, scene.SemiBold), c.Look.Text, title)
	if hint != "" {
		y = drawLines(c, x, y+c.D(2), w, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, hint)
	}
	return y + c.D(8)
}
