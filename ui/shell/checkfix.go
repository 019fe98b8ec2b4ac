package shell

import (
	"strings"

	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// fixNames are what fixes are called: as controls, and in the words.
var fixNames = map[FixKind]string{
	FixAddress: "address", FixTrust: "trust", FixPlain: "plain", FixTLS: "tls", FixAPI: "api", FixSecret: "secret",
	FixTenant: "tenant", FixSignIn: "signin", FixCertificate: "certificate", FixConsent: "consent", FixKey: "key",
}

// fixLabel is what the button of a fix says.
func (k *checker) fixLabel(f Fix) string {
	words := k.form.shell.kit.Words
	if f.Kind == FixAddress {
		return words.T("fix.address", "address", f.Address)
	}
	return words.T("fix." + fixNames[f.Kind])
}

// The ports of Jaeger, which addresses are proposed with.
const (
	queryPort = "16685"
	webPort   = "16686"
)

// addressWord tells proposed addresses apart by their port.
func addressWord(address string) string {
	if strings.Contains(address, ":"+webPort) {
		return "web"
	}
	return "query"
}

// plainAddress returns an address that does not ask for encryption.
func plainAddress(a string) string {
	if rest, ok := strings.CutPrefix(a, "https://"); ok {
		return "http://" + rest
	}
	return a
}

// secureAddress returns an address that does not ask to go without.
func secureAddress(a string) string {
	if rest, ok := strings.CutPrefix(a, "http://"); ok {
		return "https://" + rest
	}
	return a
}

// drawAuthority draws whose certificate the server shows, to be trusted or not.
func (k *checker) drawAuthority(c *xwidget.Canvas, x, y, w float32) float32 {
	s, words := k.form.shell, k.form.shell.kit.Words
	body := c.Font(xwidget.Body, scene.Regular)
	switch {
	case k.looks.Busy():
		return drawLines(c, x, y, w, body, c.Look.Secondary, words.T("authority.looking")) + c.D(8)
	case k.lookErr != nil:
		title, hint := s.Explain(words, k.lookErr)
		return drawFailure(c, x, y, w, title, hint)
	case k.authority == nil:
		return y
	}
	a, u := k.authority, words.Units()
	title := words.T("authority.ca")
	if a.Alone {
		title = words.T("authority.alone")
	}
	rows := [][2]string{
		{words.T("authority.subject"), a.Subject}, {words.T("authority.issuer"), a.Issuer},
		{words.T("authority.names"), strings.Join(a.Names, ", ")}, {words.T("authority.until"), u.Date(a.Until.In(s.kit.Zone))},
		{words.T("authority.fingerprint"), a.Fingerprint},
	}
	label, room := c.D(150), w-c.D(28)-c.D(150)
	lines := make([][]string, len(rows))
	high := c.D(40)
	for i, r := range rows {
		lines[i] = c.Wrap(body, r[1], room, 4)
		high += float32(max(len(lines[i]), 1)) * c.D(20)
	}
	warn := c.Wrap(body, words.T("authority.warning"), w-c.D(28), 5)
	high += float32(len(warn))*c.D(20) + c.D(52)
	c.RoundRect(x, y, w, high, c.D(6), c.Look.Panel)
	c.Frame(x, y, w, high, c.D(6), max(1, c.D(1)), c.Look.Line)
	at, left := y+c.D(8), x+c.D(14)
	c.Label(left, at, c.D(24), w-c.D(28), c.Font(xwidget.Body, scene.SemiBold), c.Look.Text, title)
	at += c.D(26)
	for i, r := range rows {
		c.Label(left, at, c.D(20), label-c.D(8), body, c.Look.Secondary, r[0])
		for _, l := range lines[i] {
			c.Label(left+label, at, c.D(20), room, body, c.Look.Text, l)
			at += c.D(20)
		}
		if len(lines[i]) == 0 {
			at += c.D(20)
		}
	}
	at += c.D(6)
	for _, l := range warn {
		c.Label(left, at, c.D(20), w-c.D(28), body, c.Look.Secondary, l)
		at += c.D(20)
	}
	at += c.D(6)
	left += k.form.button(c, left, at, "authority.trust", words.T("authority.trust"), "", false, k.trust) + c.D(8)
	k.form.button(c, left, at, "authority.refuse", words.T("authority.refuse"), "Esc", false, func() {
		k.authority = nil
		k.form.redraw()
	})
	return y + high + c.D(10)
}

// drawAsked draws the fields of what a person is asked for, and the button that goes
// on with it.
func (k *checker) drawAsked(c *xwidget.Canvas, x, y, w float32) float32 {
	words, f := k.form.shell.kit.Words, k.form
	width := min(w, c.D(460))
	switch k.asked {
	case FixTenant:
		y = f.labelled(c, x, y, width, "tenant", &k.draft.Tenant, "")
	case FixKey:
		y = f.labelled(c, x, y, width, "orderkeys", &k.draft.keys, "order.id, order_id")
	case FixCertificate:
		y = f.drawCertificate(c, x, y, width, k.draft)
	case FixSecret:
		y = f.drawAuth(c, x, y, w, k.draft, &k.notes)
	default:
		return y
	}
	if k.asked == FixSecret && k.draft.Auth == AuthOIDC {
		if k.sign.slot.Busy() {
			return y
		}
		f.drawSignIn(c, x, y, k.sign, k.draft, k.start)
		return y + c.D(40)
	}
	f.button(c, x, y, "fix.goon", words.T("fix.goon"), "Enter", true, k.goOn)
	return y + c.D(40)
}

// goOn checks again with what was typed.
func (k *checker) goOn() {
	k.draft.OrderKeys = listOf(k.draft.keys)
	k.start()
}
