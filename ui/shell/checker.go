package shell

import (
	"context"
	"errors"
	"slices"
	"time"

	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/xwidget"
)

// A checker walks the way to a server on a form, step by step, and offers at the
// step that fails what can be done about it right there.
type checker struct {
	form  *form
	draft *draft
	slot  *task.Slot[struct{}]
	run   int // number of the newest check
	began bool
	steps []Step
	err   error // of a check that ended without a step that says why

	looks     *task.Slot[Authority]
	authority *Authority // to be trusted or not
	lookErr   error
	details   bool    // the chain of causes is shown
	asked     FixKind // what a person is being asked for, 0 for nothing
	sign      *signer
	notes     heldSecrets   // where secrets would be kept
	inForm    bool          // all fields are in the form
	ended     func(ok bool) // called after each check
	faults    []Fault       // of the draft, as the last check or the last attempt to keep it told
}

// A draft is a connection that is being put together, with what was typed of its
// secrets.
type draft struct {
	Profile
	token, password string
	logsSecret      string             // of where the log lines are
	headers         map[string]*string // values of the secret headers, by name
	keys, scopes    string             // lists as they are typed
	days            string             // how far back a search looks, as typed
	keepKey         bool               // the key of the certificate is to be read once and kept
}

// typed returns the secrets that were typed and are wanted.
func (d *draft) typed() Typed {
	t := Typed{}
	for _, n := range append(d.needs(), d.Logs.needs()...) {
		value := ""
		switch n.Kind {
		case SecretToken:
			value = d.token
		case SecretPassword:
			value = d.password
		case SecretHeader:
			if v := d.headers[n.Header]; v != nil {
				value = *v
			}
		case SecretLogs:
			value = d.logsSecret
		}
		if value != "" {
			t[n] = value
		}
	}
	return t
}

// forget drops what was typed of secrets, once it is kept.
func (d *draft) forget() {
	d.token, d.password, d.logsSecret, d.keepKey = "", "", "", false
	for _, v := range d.headers {
		*v = ""
	}
}

func newChecker(f *form, d *draft) *checker {
	s := f.shell
	k := &checker{form: f, draft: d, slot: task.NewSlot[struct{}](s.Dispatch), looks: task.NewSlot[Authority](s.Dispatch), sign: newSigner(f)}
	k.notes = heldSecrets{slot: task.NewSlot[[]Secret](s.Dispatch), brief: true}
	return k
}

// start checks the draft as it is now.
func (k *checker) start() {
	s := k.form.shell
	k.run++
	run, p, typed := k.run, k.draft.Profile, k.draft.typed()
	k.steps, k.err, k.began, k.asked = nil, nil, true, 0
	k.authority, k.lookErr, k.faults = nil, nil, nil
	k.looks.Stop()
	k.slot.Start(func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.Connections.Check(ctx, p, typed, func(st Step) {
			s.Dispatch(func() {
				if k.run == run && k.slot.Busy() {
					k.steps = append(k.steps, st)
					k.form.redraw()
				}
			})
		})
	}, func(_ struct{}, err error) {
		if k.failed() == nil {
			k.err = err
		}
		var faults *FaultsError
		switch {
		case errors.Is(err, context.Canceled):
			k.steps, k.err, k.began = nil, nil, false
		case errors.As(err, &faults):
			k.steps, k.err, k.began = nil, nil, false
			k.faulty(faults.Faults)
			return
		}
		if f := k.failed(); f != nil && len(f.Fixes) == 1 && asks(f.Fixes[0].Kind) {
			k.ask(f.Fixes[0].Kind)
		}
		if k.ended != nil {
			k.ended(k.passed())
		}
		k.form.redraw()
	})
	k.form.redraw()
}

// faulty takes what is wrong with fields, and goes to the first of them.
func (k *checker) faulty(list []Fault) {
	k.faults = list
	k.form.redraw()
	for _, f := range list {
		if k.form.indexOf(f.Field) >= 0 {
			k.form.focus(f.Field)
			return
		}
	}
}

// names are the steps of a check of the draft, in order.
func (k *checker) names() []string {
	if k.draft.Logs.Address == "" {
		return CheckSteps
	}
	return append(slices.Clip(CheckSteps), StepLogs)
}

// step returns how a step went, nil if that is not known.
func (k *checker) step(name string) *Step {
	if i := slices.IndexFunc(k.steps, func(s Step) bool { return s.Name == name }); i >= 0 {
		return &k.steps[i]
	}
	return nil
}

// reset forgets what was found, since the draft leads elsewhere now.
func (k *checker) reset() {
	k.slot.Stop()
	k.looks.Stop()
	k.sign.reset()
	k.run++
	k.steps, k.err, k.began, k.asked, k.authority, k.lookErr, k.faults = nil, nil, false, 0, nil, nil, nil
}

// stop ends all work.
func (k *checker) stop() {
	k.slot.Stop()
	k.looks.Stop()
	k.sign.slot.Stop()
	k.notes.slot.Stop()
}

// cancel gives up checking.
func (k *checker) cancel() { k.slot.Cancel() }

// failed returns the step that failed, nil if none did.
func (k *checker) failed() *Step {
	if i := slices.IndexFunc(k.steps, func(s Step) bool { return s.State == StepFailed }); i >= 0 {
		return &k.steps[i]
	}
	return nil
}

// passed says whether the draft can be used.
func (k *checker) passed() bool {
	f := k.failed()
	return k.began && !k.slot.Busy() && k.err == nil && len(k.steps) > 0 && (f == nil || f.Usable)
}

// asks says whether a fix needs something typed.
func asks(kind FixKind) bool {
	return slices.Contains([]FixKind{FixSecret, FixTenant, FixCertificate, FixKey}, kind)
}

// look fetches the certificate that the server shows.
func (k *checker) look() {
	s, p := k.form.shell, k.draft.Profile
	k.authority, k.lookErr = nil, nil
	k.looks.Start(func(ctx context.Context) (Authority, error) { return s.Connections.Authority(ctx, p) },
		func(a Authority, err error) {
			if k.lookErr = err; err == nil {
				k.authority = &a
			}
			k.form.redraw()
			if err == nil && k.form.at == "fix.trust" { // trusting takes another step than Enter
				k.form.focus("authority.refuse")
			}
		})
	k.form.redraw()
}

// fix does what can be done about what failed, and checks again where that is all.
func (k *checker) fix(f Fix) {
	d := k.draft
	switch f.Kind {
	case FixAddress:
		d.Address = f.Address
		d.API = APIAuto
	case FixTrust:
		k.look()
		return
	case FixPlain:
		d.Plaintext, d.CA, d.CAFile, d.ServerName = true, "", "", ""
		d.Address = plainAddress(d.Address)
	case FixTLS:
		d.Plaintext = false
		d.Address = secureAddress(d.Address)
	case FixAPI:
		d.API = APIAuto
	case FixConsent:
		d.AllowPlaintext = true
	case FixSignIn:
		k.sign.start(d.Profile, false, k.start)
		return
	default:
		k.ask(f.Kind)
		k.form.redraw()
		k.form.focus(k.field(f.Kind))
		return
	}
	k.start()
}

// ask has the fields drawn that something is to be typed into, unless the form has
// them anyway.
func (k *checker) ask(kind FixKind) {
	if kind == FixSecret && k.draft.Auth == AuthNone {
		k.draft.Auth = AuthToken
	}
	if k.inForm {
		return
	}
	k.asked = kind
	if kind == FixSecret {
		k.notes.learn(k.form, k.draft.Profile)
	}
}

// first is the control that helps with a step that failed.
func (k *checker) first(st *Step) string {
	switch {
	case k.asked != 0:
		return k.field(k.asked)
	case len(st.Fixes) > 0:
		return "fix." + fixNames[st.Fixes[0].Kind] + st.Fixes[0].Address
	}
	return "fix.again"
}

// field is the field that what is asked for is typed into.
func (k *checker) field(kind FixKind) string {
	switch kind {
	case FixTenant:
		return "tenant"
	case FixCertificate:
		return "certfile"
	case FixKey:
		return "orderkeys"
	}
	switch k.draft.Auth {
	case AuthBasic:
		return "user"
	case AuthOIDC:
		return "issuer"
	}
	return "token"
}

// trust takes the authority over into the draft, after a person saw it.
func (k *checker) trust() {
	k.draft.CA, k.draft.CAFile = k.authority.PEM, ""
	k.start()
}

// draw draws the steps, and below the one that failed what to do; it returns where
// that ends.
func (k *checker) draw(c *xwidget.Canvas, x, y, w float32) float32 {
	if !k.began {
		return y
	}
	for i, name := range k.names() {
		st := k.step(name)
		y = k.drawStep(c, x, y, w, name, st, i == len(k.steps) && k.slot.Busy())
		switch {
		case st == nil || st.State != StepFailed:
		case st == k.failed():
			y = k.drawFixes(c, x+c.D(30), y+c.D(4), w-c.D(30), st) + c.D(6)
		default: // the buttons are of the first
			_, hint := k.form.shell.Explain(k.form.shell.kit.Words, st.Err)
			y = drawLines(c, x+c.D(30), y+c.D(4), w-c.D(30), c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, hint) + c.D(6)
		}
	}
	if k.err != nil && !k.slot.Busy() {
		title, hint := k.form.shell.Explain(k.form.shell.kit.Words, k.err)
		y = drawFailure(c, x, y+c.D(4), w, title, hint)
	}
	return y
}

// stepDp is the height of a step.
const stepDp = 26

// drawStep draws one step: its mark, what it is, what was found, how long it took.
func (k *checker) drawStep(c *xwidget.Canvas, x, y, w float32, name string, st *Step, now bool) float32 {
	words, h, mark := k.form.shell.kit.Words, c.D(stepDp), c.D(14)
	top := y + float32(int((h-mark)/2))
	body, minor := c.Font(xwidget.Body, scene.Regular), c.Font(xwidget.Minor, scene.Regular)
	ink, found, took := c.Look.Text, "", ""
	switch {
	case st == nil:
		ink = c.Look.Secondary
		c.Frame(x, top, mark, mark, mark/2, max(1, c.D(1.5)), c.Look.Line.Mix(c.Look.Secondary, 80))
		if now {
			ink, found = c.Look.Text, words.T("check.now")
			c.RoundRect(x+c.D(4), top+c.D(4), c.D(6), c.D(6), c.D(3), c.Look.Accent)
		}
	case st.State == StepPassed:
		found = k.found(st)
		drawTick(c, x, top, mark, c.Look.Accent)
	case st.State == StepFailed:
		found, _ = k.form.shell.Explain(words, st.Err)
		c.Cross(x, top, mark, true)
	default:
		ink, found = c.Look.Secondary, words.T("check.left."+st.State)
		c.Rect(x+c.D(4), top+mark/2, mark-c.D(8), max(1, c.D(1.5)), c.Look.Secondary)
	}
	if st != nil && st.Took > 0 {
		took = words.Units().Duration(int64(st.Took.Round(time.Microsecond)))
	}
	c.Label(x+c.D(30), y, h, c.D(130), body, ink, words.T("check.step."+name))
	from := x + c.D(166)
	room := x + w - from - c.D(80)
	c.LabelRight(x+w, y, h, c.D(80), minor, c.Look.Secondary, took)
	if st != nil && st.State == StepFailed {
		bold := c.Font(xwidget.Body, scene.SemiBold)
		for _, l := range c.Wrap(bold, found, room, 4) {
			c.Label(from, y, h, room, bold, c.Look.Text, l)
			y += c.D(20)
		}
		return y + c.D(6)
	}
	c.Label(from, y, h, room, body, c.Look.Secondary, c.FitMiddle(body, found, room))
	return y + h
}

// found puts what a step found into words where that is a number or a date.
func (k *checker) found(st *Step) string {
	words, n := k.form.shell.kit.Words, 0
	if !st.Until.IsZero() {
		return words.T("check.tls", "version", st.Detail, "date", words.Units().Date(st.Until.In(k.form.shell.kit.Zone)))
	}
	switch {
	case st.Name == StepLogs && st.AtLeast:
		return words.N("check.logs.least", st.Lines, "index", st.Detail)
	case st.Name == StepLogs:
		return words.N("check.logs", st.Lines, "index", st.Detail)
	case st.Name != "services":
		return st.Detail
	}
	for _, r := range st.Detail {
		if r < '0' || r > '9' {
			return st.Detail
		}
		n = n*10 + int(r-'0')
	}
	return words.N("check.services", n)
}

// drawFixes draws why a step failed, what to do, and the buttons that do it.
func (k *checker) drawFixes(c *xwidget.Canvas, x, y, w float32, st *Step) float32 {
	s, f := k.form.shell, k.form
	words := s.kit.Words
	y = k.drawHint(c, x, y, w, st)
	at, end, h := x, x+w, c.D(30)
	place := func(id, label string, primary bool, do func()) {
		bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) + c.D(24)
		if at > x && at+bw > end {
			at, y = x, y+h+c.D(6)
		}
		at += f.button(c, at, y, id, label, "", primary, do) + c.D(8)
	}
	for i, fx := range st.Fixes {
		if fx.Kind == k.asked || fx.Kind == FixTrust && k.authority != nil || fx.Kind == FixSignIn && k.sign.slot.Busy() {
			continue
		}
		place("fix."+fixNames[fx.Kind]+fx.Address, k.fixLabel(fx), i == 0 && k.asked == 0, func() { k.fix(fx) })
		if fx.Kind == FixTrust {
			place("fix.ca", words.T("fix.ca"), false, k.chooseCA)
		}
	}
	if k.asked == 0 && k.authority == nil {
		place("fix.again", words.T("action.again"), len(st.Fixes) == 0, k.start)
	}
	if at > x {
		y += h + c.D(8)
	}
	y = k.drawAuthority(c, x, y, w)
	y = k.drawAsked(c, x, y, w)
	return k.sign.draw(c, x, y, w)
}

// drawHint draws what to do; where a button says it, its consequences.
func (k *checker) drawHint(c *xwidget.Canvas, x, y, w float32, st *Step) float32 {
	words, body := k.form.shell.kit.Words, c.Font(xwidget.Body, scene.Regular)
	_, hint := k.form.shell.Explain(words, st.Err)
	for _, fx := range st.Fixes {
		switch fx.Kind {
		case FixTrust, FixPlain, FixSecret, FixTenant, FixCertificate, FixKey, FixConsent:
			hint = words.T("fix." + fixNames[fx.Kind] + ".hint")
		case FixAddress:
			hint = words.T("fix."+addressWord(fx.Address)+".hint", "address", fx.Address)
		default:
			continue
		}
		break
	}
	if hint != "" {
		y = drawLines(c, x, y, w, body, c.Look.Secondary, hint)
	}
	return k.drawDetails(c, x, y+c.D(2), w, st) + c.D(8)
}

// drawDetails draws the chain of causes, folded until it is asked for.
func (k *checker) drawDetails(c *xwidget.Canvas, x, y, w float32, st *Step) float32 {
	f, small, line := k.form, c.Font(xwidget.Small, scene.Regular), c.D(18)
	label := f.Kit.Words.T("action.details")
	c.Chevron(x, y+c.D(3), c.D(12), k.details, c.Look.Secondary)
	c.Label(x+c.D(16), y, line, w, small, c.Look.Secondary, label)
	wide, do := c.D(18)+c.Metrics.Width(small, label), func() {
		k.details = !k.details
		f.redraw()
	}
	c.Spot(x, y, wide, line, "", f.run("details", do))
	f.painted(c, x, y, wide, line, "details", do)
	y += line
	if !k.details {
		return y
	}
	for _, l := range c.Wrap(small, st.Err.Error(), w-c.D(16), 8) {
		c.Label(x+c.D(16), y, line, w, small, c.Look.Secondary, l)
		y += line
	}
	return y
}

// chooseCA lets a person choose the file of an authority.
func (k *checker) chooseCA() {
	k.form.shell.chooseFile("fix.ca.title", func(path string) {
		k.draft.CAFile, k.draft.CA = path, ""
		k.start()
	})
}
