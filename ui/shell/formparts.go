package shell

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// labelled draws a field below its name, with what is wrong with it, and returns
// where that ends.
func (f *form) labelled(c *xwidget.Canvas, x, y, w float32, id string, value *string, hint string) float32 {
	return f.named(c, x, y, w, id, f.Kit.Words.T("connection.field."+fieldWords(id)), value, hint, false)
}

// fieldWords returns how the words of a field are called.
func fieldWords(id string) string {
	if w, ok := map[string]string{
		"orderkeys": "order-keys", "clientid": "client-id", "jaegerui": "jaeger-ui", "servername": "server-name", "certfile": "certificate", "keyfile": "key",
		"cafile": "authority", "logsaddress": "logs-address", "logsindex": "logs-index", "logsuser": "user", "logscafile": "authority",
		"kibana": "kibana-address", "kibanaspace": "kibana-space", "kibanaview": "kibana-view",
	}[id]; ok {
		return w
	}
	return id
}

func (f *form) named(c *xwidget.Canvas, x, y, w float32, id, label string, value *string, hint string, masked bool) float32 {
	c.Label(x, y, c.D(20), w, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, label)
	y += c.D(22)
	y += f.field(c, x, y, w, id, hint, value, masked)
	return f.drawFault(c, x, y+c.D(2), w, id) + c.D(8)
}

// drawFault draws what is wrong with a field, if anything is.
func (f *form) drawFault(c *xwidget.Canvas, x, y, w float32, id string) float32 {
	if f.fault == nil {
		return y
	}
	word := f.fault(id)
	if word == "" {
		return y
	}
	size := c.D(13)
	c.Cross(x, y+c.D(4), size, true)
	return drawLines(c, x+size+c.D(7), y, w-size-c.D(7), c.Font(xwidget.Minor, scene.Regular), c.Look.Text, f.Kit.Words.T("connection.bad."+word))
}

// chosenFile draws a field for the path of a file, with a button to choose one.
func (f *form) chosenFile(c *xwidget.Canvas, x, y, w float32, id string, value *string) float32 {
	words := f.Kit.Words
	label := words.T("form.choose")
	bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) + c.D(24)
	top := y
	y = f.labelled(c, x, y, w-bw-c.D(8), id, value, "")
	f.button(c, x+w-bw, top+c.D(21), id+".choose", label, "", false, func() {
		f.shell.chooseFile("form.choose.title", func(path string) {
			*value = path
			if f.changed != nil {
				f.changed(id)
			}
			f.redraw()
		})
	})
	return y
}

// choices draws some to choose one of, below a label, and returns where that ends.
func (f *form) choices(c *xwidget.Canvas, x, y, w float32, id, label string, list []string, say func(v string) string, value *string) float32 {
	if label != "" {
		c.Label(x, y, c.D(20), w, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, label)
		y += c.D(22)
	}
	at := x
	for _, v := range list {
		text := say(v)
		bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), text) + c.D(20)
		if at > x && at+bw > x+w {
			at, y = x, y+c.D(32)
		}
		at = f.choice(c, at, y, id+"."+v, text, *value == v, func() {
			*value = v
			if f.changed != nil {
				f.changed(id)
			}
			f.redraw()
		}) + c.D(6)
	}
	return y + c.D(36)
}

// drawCertificate draws the fields of a certificate of the person.
func (f *form) drawCertificate(c *xwidget.Canvas, x, y, w float32, d *draft) float32 {
	y = f.chosenFile(c, x, y, w, "certfile", &d.CertFile)
	return f.chosenFile(c, x, y, w, "keyfile", &d.KeyFile)
}

// drawAuth draws what lets a connection in: the kind, and its fields. held says of
// secrets that are kept.
func (f *form) drawAuth(c *xwidget.Canvas, x, y, w float32, d *draft, held *heldSecrets) float32 {
	words := f.Kit.Words
	kinds := authKinds
	if held.brief {
		kinds = authKinds[1:]
	}
	y = f.choices(c, x, y, w, "auth", "", kinds, func(v string) string { return words.T("connection.auth." + v) }, &d.Auth)
	w = min(w, c.D(460))
	switch d.Auth {
	case AuthToken:
		y = f.secret(c, x, y, w, "token", Secret{Kind: SecretToken}, &d.token, held)
		if !held.brief {
			y = f.choices(c, x, y, w, "tokenheader", words.T("connection.field.token-header"), tokenHeaders,
				func(v string) string { return words.T("connection.token-header." + v) }, &d.TokenHeader)
		}
	case AuthBasic:
		y = f.labelled(c, x, y, w, "user", &d.User, "")
		y = f.secret(c, x, y, w, "password", Secret{Kind: SecretPassword}, &d.password, held)
	case AuthOIDC:
		y = drawLines(c, x, y, w, c.Font(xwidget.Minor, scene.Regular), c.Look.Secondary, words.T("signin.ask")) + c.D(6)
		y = f.labelled(c, x, y, w, "issuer", &d.Issuer, "https://sso.example/realms/shop")
		y = f.labelled(c, x, y, w, "clientid", &d.ClientID, "traceview")
		if !held.brief {
			y = f.labelled(c, x, y, w, "scopes", &d.scopes, "openid, profile, offline_access")
			y = f.labelled(c, x, y, w, "audience", &d.Audience, "")
		}
	}
	return y
}

// secret draws the field of a secret. One that is kept is never shown: it can be
// replaced or forgotten.
func (f *form) secret(c *xwidget.Canvas, x, y, w float32, id string, sec Secret, value *string, held *heldSecrets) float32 {
	words := f.Kit.Words
	label := words.T("connection.secret."+sec.Kind, "header", sec.Header)
	where := words.T("secret.keyring")
	if held.memory != nil {
		where = words.T("secret.memory")
	}
	if held.kept(sec) && !held.replacing[sec] {
		c.Label(x, y, c.D(20), w, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, label)
		y += c.D(22)
		text := words.T("secret.kept")
		if held.memory != nil {
			text = words.T("secret.held")
		}
		at := x + f.line(c, x, y, w, text) + c.D(14)
		at += f.button(c, at, y, id+".replace", words.T("secret.replace"), "", false, func() {
			held.replacing[sec] = true
			f.redraw()
			f.focus(id)
		}) + c.D(8)
		f.button(c, at, y, id+".forget", words.T("secret.forget"), "", false, func() { held.forget(sec) })
		return y + c.D(40)
	}
	y = f.named(c, x, y, w, id, label, value, "", true)
	return drawLines(c, x, y-c.D(4), w, c.Font(xwidget.Small, scene.Regular), c.Look.Secondary, where) + c.D(8)
}

// line draws a text beside buttons and returns its width, whether it is in sight or
// not.
func (f *form) line(c *xwidget.Canvas, x, y, w float32, text string) float32 {
	font := c.Font(xwidget.Body, scene.Regular)
	c.Label(x, y, c.D(30), w, font, c.Look.Text, text)
	return min(c.Metrics.Width(font, text), w)
}

// drawSignIn draws the buttons that sign a person in.
func (f *form) drawSignIn(c *xwidget.Canvas, x, y float32, g *signer, d *draft, done func()) float32 {
	words := f.Kit.Words
	x += f.button(c, x, y, "signin.start", words.T("signin.start"), "", true, func() { g.start(d.Profile, false, done) }) + c.D(8)
	return x + f.button(c, x, y, "signin.device", words.T("signin.device"), "", false, func() { g.start(d.Profile, true, done) })
}

// listOf reads a list as it is typed, apart by commas or blanks.
func listOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\t' })
}

// chooseFile lets a person choose a file; title is the key of words.
func (s *Shell) chooseFile(title string, do func(path string)) {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			return
		}
		path := r.URI().Path()
		_ = r.Close() // it was only opened to learn the name
		do(path)
	}, s.Window)
	s.choose(d, s.kit.Words.T(title))
}
