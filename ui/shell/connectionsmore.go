package shell

import (
	"context"
	"strings"

	"traceview/internal/scene"
	"traceview/internal/weblink"
	"traceview/ui/xwidget"
)

// drawElsewhere draws where the log lines of traces are, and pages about them.
func (p *connectionsPage) drawElsewhere(c *xwidget.Canvas, x, y, w float32) float32 {
	d, words, f := &p.draft, p.shell.kit.Words, p.form
	y = p.heading(c, x, y, w, "connections.logs")
	y = p.pair(c, x, y, w, p.line(c, "logsaddress", &d.Logs.Address, "https://elastic.example:9200"), p.line(c, "logsindex", &d.Logs.Index, "logs-*,filebeat-*"))
	if strings.TrimSpace(d.Logs.Address) != "" {
		y = p.drawLogsLetIn(c, x, y, w)
	}
	y = p.heading(c, x, y, w, "connections.pages")
	y = p.pair(c, x, y, w, p.line(c, "kibana", &d.Kibana.Address, "https://kibana.example"), p.line(c, "kibanaspace", &d.Kibana.Space, words.T("connections.kibana.space")))
	y = p.pair(c, x, y, w, p.line(c, "kibanaview", &d.Kibana.DataView, words.T("connections.kibana.view")),
		func(_, y, _ float32) float32 { return y })
	c.Label(x, y, c.D(20), w, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, words.T("connection.field.links"))
	y = drawLines(c, x, y+c.D(24), w, c.Font(xwidget.Body, scene.Regular), c.Look.Text, p.linksText()) + c.D(6)
	at := x + f.button(c, x, y, "links.read", words.T("connections.links.read"), "", false, func() { p.shell.chooseFile("connections.links.title", p.readLinks) }) + c.D(8)
	if len(d.Links) > 0 {
		f.button(c, at, y, "links.remove", words.T("connections.links.remove"), "", false, func() {
			d.Links = nil
			p.changed("links")
			f.redraw()
		})
	}
	return y + c.D(40)
}

// drawLogsLetIn draws what lets a question for log lines in.
func (p *connectionsPage) drawLogsLetIn(c *xwidget.Canvas, x, y, w float32) float32 {
	d, words, f := &p.draft.Logs, p.shell.kit.Words, p.form
	if d.Auth == "" {
		d.Auth = AuthNone
	}
	y = f.choices(c, x, y, w, "logsauth", words.T("connection.field.auth"), logsAuthKinds, func(v string) string { return words.T("connection.auth." + v) }, &d.Auth)
	width := min(w, c.D(460))
	if d.Auth == AuthBasic {
		y = f.labelled(c, x, y, width, "logsuser", &d.User, "")
	}
	if d.Auth != AuthNone {
		y = f.secret(c, x, y, width, "logssecret", Secret{Kind: SecretLogs}, &p.draft.logsSecret, &p.held)
	}
	if strings.HasPrefix(strings.TrimSpace(d.Address), "http://") {
		if d.Auth == AuthNone {
			return y
		}
		y += f.tick(c, x, y, w, "logsconsent", words.T("connections.consent"), d.AllowPlaintext, func() {
			d.AllowPlaintext = !d.AllowPlaintext
			p.changed("logsconsent")
			f.redraw()
		}) + c.D(10)
		return f.drawFault(c, x, y, w, "logsconsent")
	}
	return f.chosenFile(c, x, y, width, "logscafile", &d.CAFile)
}

// linksText says which link templates there are.
func (p *connectionsPage) linksText() string {
	words, list := p.shell.kit.Words, p.draft.Links
	if len(list) == 0 {
		return words.T("connections.links.none")
	}
	return words.N("connection.links.count", len(list), "hosts", strings.Join(weblink.Hosts(list), ", "))
}

// readLinks takes the link templates of a file into the form.
func (p *connectionsPage) readLinks(path string) {
	s, at := p.shell, p.at
	var good []weblink.Template // written before act's end
	var refused []error
	p.act(func(ctx context.Context) (err error) {
		good, refused, err = s.Connections.Templates(ctx, path)
		return err
	}, func() {
		if p.at != at {
			return
		}
		p.draft.Links = good
		p.changed("links")
		p.said = s.kit.Words.N("connection.links.taken", len(good))
		if len(refused) > 0 {
			p.said += " " + s.kit.Words.N("connections.links.refused", len(refused), "why", refused[0].Error())
		}
	})
}
