package shell

import (
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// listDp is the width of the list of connections.
const listDp = 260

// drawList draws the connections that are kept, one an item.
func (p *connectionsPage) drawList(c *xwidget.Canvas, y, w float32) float32 {
	s, words := p.shell, p.shell.kit.Words
	top := y
	c.Rect(w-c.D(1), 0, c.D(1), float32(c.H), c.Look.Line)
	y += c.D(12)
	c.Label(c.D(16), y, c.D(26), w-c.D(32), c.Font(xwidget.Body, scene.SemiBold), c.Look.Text, words.T("connections.title"))
	y += c.D(34)
	in := s.connected(s.source).Profile.Kept
	for _, q := range s.links.list {
		h := c.D(44)
		n := c.Item(0, y, w-c.D(1), h)
		switch {
		case q.Kept == p.at:
			c.Rect(0, y, w-c.D(1), h, c.Look.Wash())
			if n == p.list.Sel && p.list.Focused() {
				c.Rect(0, y, c.D(3), h, c.Look.Accent)
			}
		case c.Hot(0, y, w, h):
			c.Rect(0, y, w-c.D(1), h, c.Look.Hover())
		}
		drawPlug(c, c.D(16), y+c.D(8), c.D(12), c.Look.Environment(q.Colour), q.Kept == in && in != "")
		body, small := c.Font(xwidget.Body, scene.Regular), c.Font(xwidget.Small, scene.Regular)
		room := w - c.D(38+14)
		c.Label(c.D(38), y+c.D(4), c.D(20), room, body, c.Look.Text, c.FitMiddle(body, q.Name, room))
		c.Label(c.D(38), y+c.D(22), c.D(18), room, small, c.Look.Secondary, c.FitMiddle(small, q.Address, room))
		y += h
	}
	y += c.D(10)
	for _, b := range []struct {
		word string
		do   func()
	}{
		{"connections.add", s.addConnection},
		{"connections.import", func() { s.chooseFile("setup.import.title", func(path string) { s.importFile(path, false) }) }},
		{"connections.export", p.exportAll},
	} {
		if b.word == "connections.export" && len(s.links.list) == 0 {
			continue
		}
		c.Button(c.D(16), y, c.D(28), words.T(b.word), "", false, b.do)
		y += c.D(36)
	}
	return y - top
}

// exportAll writes all connections to a file.
func (p *connectionsPage) exportAll() {
	var names []string
	for _, q := range p.shell.links.list {
		names = append(names, q.Kept)
	}
	p.export(names)
}

// draw draws the form of the connection on show.
func (p *connectionsPage) draw(c *xwidget.Canvas, y, w float32) float32 {
	top, words := y, p.shell.kit.Words
	x := c.D(24)
	width := min(w-2*x, c.D(760))
	y += c.D(16)
	y = p.drawUndo(c, x, y, width)
	y = p.form.drawClash(c, x, y, width)
	if p.at == "" {
		return drawLines(c, x, y+c.D(8), width, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, words.T("connections.empty")) - top
	}
	y = p.drawActs(c, x, y, width)
	if p.err != nil {
		title, hint := p.shell.Explain(words, p.err)
		y = drawFailure(c, x, y, width, title, hint)
	}
	if p.check.began {
		y = p.heading(c, x, y, width, "connections.check")
		y = p.check.draw(c, x, y, width)
		if p.check.passed() && p.check.failed() == nil {
			y = drawLines(c, x, y+c.D(4), width, c.Font(xwidget.Body, scene.SemiBold), c.Look.Text, words.T("setup.works"))
		}
		y += c.D(10)
	}
	y = p.drawGeneral(c, x, y, width)
	y = p.drawSafety(c, x, y, width)
	y = p.drawLetIn(c, x, y, width)
	y = p.drawElsewhere(c, x, y, width)
	return y + c.D(40) - top
}

// heading draws the name of a part of the form.
func (p *connectionsPage) heading(c *xwidget.Canvas, x, y, w float32, word string) float32 {
	c.Label(x, y+c.D(8), c.D(24), w, c.Font(14, scene.SemiBold), c.Look.Text, p.shell.kit.Words.T(word))
	c.Rect(x, y+c.D(34), w, max(c.D(1), 1), c.Look.Line)
	return y + c.D(44)
}

// drawUndo offers to bring back what was removed.
func (p *connectionsPage) drawUndo(c *xwidget.Canvas, x, y, w float32) float32 {
	if p.undo == nil {
		return y
	}
	words, h := p.shell.kit.Words, c.D(38)
	c.RoundRect(x, y, w, h, c.D(4), c.Look.Accent.Alpha(24))
	c.Rect(x, y, c.D(3), h, c.Look.Accent)
	body := c.Font(xwidget.Body, scene.Regular)
	text := words.T("connections.removed", "name", p.gone)
	at := x + c.D(14) + p.form.line(c, x+c.D(14), y+c.D(4), w-c.D(150), c.FitMiddle(body, text, w-c.D(150))) + c.D(14)
	p.form.button(c, at, y+c.D(4), "undo", words.T("library.undo"), "Ctrl+Z", false, p.bringBack)
	return y + h + c.D(10)
}

// drawActs draws what can be done with the connection.
func (p *connectionsPage) drawActs(c *xwidget.Canvas, x, y, w float32) float32 {
	s, words, f := p.shell, p.shell.kit.Words, p.form
	at := x
	place := func(id, label, tip string, primary bool, do func()) {
		at += f.button(c, at, y, id, label, tip, primary, do) + c.D(8)
	}
	place("save", words.T("connections.save"), "Enter", p.dirty(), p.save)
	if p.check.slot.Busy() {
		place("test", words.T("action.cancel"), "Esc", false, p.check.cancel)
	} else {
		place("test", words.T("connections.test"), "", false, p.test)
	}
	if in := s.connected(s.source).Profile.Kept; in != p.at && !p.dirty() {
		place("use", words.T("connections.use"), "", false, func() { s.connect(p.before, nil) })
	}
	place("export", words.T("connections.export.one"), "", false, func() { p.export([]string{p.at}) })
	place("remove", words.T("connections.remove"), "", false, p.remove)
	y += c.D(36)
	text := p.said
	switch {
	case p.saves.Busy():
		text = words.T("connections.saving")
	case text == "" && p.dirty():
		text = words.T("connections.unsaved")
	}
	c.Label(x, y, c.D(20), w, c.Font(xwidget.Minor, scene.Regular), c.Look.Secondary, text)
	return y + c.D(24)
}

// pair draws two fields side by side where there is room, and returns where both end.
func (p *connectionsPage) pair(c *xwidget.Canvas, x, y, w float32, left, right func(x, y, w float32) float32) float32 {
	if w < c.D(560) {
		return right(x, left(x, y, w), w)
	}
	half := float32(int((w - c.D(20)) / 2))
	return max(left(x, y, half), right(x+half+c.D(20), y, half))
}

// line returns what draws a field.
func (p *connectionsPage) line(c *xwidget.Canvas, id string, value *string, hint string) func(x, y, w float32) float32 {
	return func(x, y, w float32) float32 { return p.form.labelled(c, x, y, w, id, value, hint) }
}

// drawGeneral draws where the connection leads and what it asks there.
func (p *connectionsPage) drawGeneral(c *xwidget.Canvas, x, y, w float32) float32 {
	d, words := &p.draft, p.shell.kit.Words
	y = p.heading(c, x, y, w, "connections.general")
	y = p.pair(c, x, y, w, p.line(c, "name", &d.Name, ""), p.line(c, "address", &d.Address, "jaeger.example:16685"))
	y = p.form.drawColours(c, x, y, w, &d.Colour)
	y = p.form.choices(c, x, y, w, "api", words.T("connection.field.api"), apis, func(v string) string { return words.T("connection.api." + v) }, &d.API)
	y = p.pair(c, x, y, w, p.line(c, "tenant", &d.Tenant, words.T("connections.none")), p.line(c, "orderkeys", &d.keys, "order.id, order_id"))
	return p.pair(c, x, y, w, p.line(c, "days", &d.days, words.T("connections.days")), p.line(c, "jaegerui", &d.JaegerUI, "https://jaeger.example"))
}

// drawSafety draws how what is sent is protected.
func (p *connectionsPage) drawSafety(c *xwidget.Canvas, x, y, w float32) float32 {
	d, words, f := &p.draft, p.shell.kit.Words, p.form
	y = p.heading(c, x, y, w, "connections.safety")
	y += f.tick(c, x, y, w, "plaintext", words.T("connections.plaintext"), d.Plaintext, func() {
		d.Plaintext = !d.Plaintext
		p.changed("plaintext")
		f.redraw()
	}) + c.D(10)
	if d.Plaintext {
		if d.Auth != AuthNone || len(d.SecretHeaders) > 0 {
			y += f.tick(c, x, y, w, "consent", words.T("connections.consent"), d.AllowPlaintext, func() {
				d.AllowPlaintext = !d.AllowPlaintext
				p.changed("consent")
				f.redraw()
			}) + c.D(10)
			y = f.drawFault(c, x, y, w, "consent")
		}
		return y
	}
	own := func(x, y, w float32) float32 {
		if d.CA != "" && d.CAFile == "" {
			return p.drawOwnCA(c, x, y, w)
		}
		return f.chosenFile(c, x, y, w, "cafile", &d.CAFile)
	}
	y = p.pair(c, x, y, w, own, p.line(c, "servername", &d.ServerName, words.T("connections.servername")))
	certificate := func(id string, value *string) func(x, y, w float32) float32 {
		return func(x, y, w float32) float32 { return f.chosenFile(c, x, y, w, id, value) }
	}
	y = p.pair(c, x, y, w, certificate("certfile", &d.CertFile), certificate("keyfile", &d.KeyFile))
	if d.CertFile == "" || d.KeyFile == "" {
		return y
	}
	return y + c.D(10) + f.tick(c, x, y, w, "keepkey", words.T("connections.key.keep"), d.keepKey, func() {
		d.keepKey = !d.keepKey
		p.changed("keepkey")
		f.redraw()
	})
}

// drawOwnCA says that the connection brings its authority along.
func (p *connectionsPage) drawOwnCA(c *xwidget.Canvas, x, y, w float32) float32 {
	words := p.shell.kit.Words
	c.Label(x, y, c.D(20), w, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, words.T("connection.field.authority"))
	y += c.D(22)
	at := x + p.form.line(c, x, y, w, words.T("connection.own-authority")) + c.D(12)
	p.form.button(c, at, y, "ca.forget", words.T("secret.forget"), "", false, func() {
		p.draft.CA = ""
		p.changed("cafile")
		p.form.redraw()
	})
	return y + c.D(40)
}

// drawLetIn draws what lets the connection in.
func (p *connectionsPage) drawLetIn(c *xwidget.Canvas, x, y, w float32) float32 {
	d, words, f := &p.draft, p.shell.kit.Words, p.form
	y = p.heading(c, x, y, w, "connections.credentials")
	if p.held.memory != nil {
		y = drawLines(c, x, y, w, c.Font(xwidget.Body, scene.Regular), c.Look.Text, words.T("connection.no-keyring")) + c.D(8)
	}
	width := min(w, c.D(460))
	y = f.drawAuth(c, x, y, w, d, &p.held)
	for _, h := range d.SecretHeaders {
		if d.headers[h] == nil {
			continue
		}
		y = f.secret(c, x, y, width, "header."+h, Secret{Kind: SecretHeader, Header: h}, d.headers[h], &p.held)
	}
	if d.CertFile != "" && d.KeyFile == "" {
		text := "connections.key.absent"
		if p.held.kept(Secret{Kind: SecretKey}) {
			text = "connections.key.kept"
		}
		y = drawLines(c, x, y, width, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, words.T(text)) + c.D(8)
	}
	if d.Auth != AuthOIDC {
		return y
	}
	return p.drawSignedIn(c, x, y, w)
}

// drawSignedIn draws who is signed in, with the ways in and out.
func (p *connectionsPage) drawSignedIn(c *xwidget.Canvas, x, y, w float32) float32 {
	words, f := p.shell.kit.Words, p.form
	if sec, ok := p.held.signIn(); ok && p.draft.equal(p.before) {
		text := words.T("connections.signed-in", "user", sec.User)
		if !sec.Until.IsZero() && !sec.Refresh {
			text += ", " + words.T("connection.until", "time", p.shell.kit.DateTime(sec.Until.UnixNano()))
		}
		y = drawLines(c, x, y, w, c.Font(xwidget.Body, scene.Regular), c.Look.Text, text) + c.D(6)
		f.button(c, x, y, "signout", words.T("signin.out"), "", false, p.signOut)
		y += c.D(42)
	}
	y = p.sign.draw(c, x, y, w)
	if p.sign.slot.Busy() {
		return y
	}
	at := x + f.button(c, x, y, "signin.start", words.T("signin.start"), "", false, func() { p.signIn(false) }) + c.D(8)
	f.button(c, at, y, "signin.device", words.T("signin.device"), "", false, func() { p.signIn(true) })
	return y + c.D(42)
}

// signIn signs in for the connection as it is in the form, which is kept first.
func (p *connectionsPage) signIn(code bool) {
	s := p.shell
	in := func() {
		of := p.before
		p.sign.start(of, code, func() {
			p.letIn(of)
			if s.connected(s.source).Profile.Kept == of.Kept { // as who is signed in now
				s.connect(of, nil)
			}
		})
	}
	if p.dirty() {
		p.saveThen(in)
		return
	}
	in()
}
