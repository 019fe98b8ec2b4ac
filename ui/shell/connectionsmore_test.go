package shell

import (
	"strings"
	"testing"

	"traceview/ui/uitest"
)

// formSays returns all that the form of connections says, however long it is.
func (b *linksBench) formSays(p *connectionsPage) string {
	b.t.Helper()
	return uitest.Words(p.form.Build(900, 4000, 1))
}

// press presses a painted control of the form by its id.
func (p *connectionsPage) press(t *testing.T, id string) {
	t.Helper()
	i := p.form.indexOf(id)
	if i < 0 || p.form.row[i].do == nil {
		t.Fatalf("there is nothing to press called %q", id)
	}
	p.form.row[i].do()
}

func TestLogsAndPagesOfAConnection(t *testing.T) {
	b := newLinksBench(t, nil, profile("Production"))
	b.opened("Production")
	p := b.manage()
	if s := b.formSays(p); !strings.Contains(s, "Elasticsearch") || strings.Contains(s, "key of Elasticsearch") || !strings.Contains(s, "linkPatterns") {
		t.Errorf("the form says\n%s", s)
	}
	b.into("logsaddress", "http://elastic.example:9200")
	p.press(t, "logsauth.api-key")
	b.into("logssecret", "planted-key")
	if s := b.formSays(p); strings.Contains(s, "planted") {
		t.Errorf("the key is shown:\n%s", s)
	}
	p.press(t, "logsconsent")
	b.into("kibana", "https://kibana.example")
	p.readLinks("config-ui.json")
	b.until("the templates", func() bool { return len(p.draft.Links) == 2 })
	if s := b.formSays(p); !strings.Contains(s, "lead to crm.example, wiki.example") || !strings.Contains(p.said, "2 link templates taken") || !strings.Contains(p.said, "1 was left out") {
		t.Errorf("it says %q and\n%s", p.said, s)
	}
	p.save()
	b.until("it to be kept", func() bool { return !p.saves.Busy() && !p.dirty() })
	kept := b.kept.list[0]
	if kept.Logs.Address != "http://elastic.example:9200" || kept.Logs.Auth != AuthAPIKey || !kept.Logs.AllowPlaintext || kept.Kibana.Address != "https://kibana.example" || len(kept.Links) != 2 {
		t.Errorf("kept is %+v", kept)
	}
	if got := b.kept.secret("Production logs"); got != "planted-key" {
		t.Errorf("the key kept is %q", got)
	}
	b.until("what is held", func() bool { return p.held.kept(Secret{Kind: SecretLogs}) })
	if s := b.formSays(p); strings.Contains(s, "planted") || p.form.indexOf("logssecret.replace") < 0 {
		t.Errorf("the key that is kept is shown, or cannot be replaced:\n%s", s)
	}
	p.press(t, "links.remove")
	if s := b.formSays(p); !p.dirty() || !strings.Contains(s, "linkPatterns") {
		t.Errorf("the links stay:\n%s", s)
	}
	p.readLinks("absent.json")
	b.until("the answer", func() bool { return p.err != nil })
}
