package config

import (
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"traceview/internal/weblink"
)

func authority(t *testing.T) []byte {
	t.Helper()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("an authority")})
}

// full has every field set.
func full(t *testing.T) Connection {
	t.Helper()
	c := Connection{
		Name: "Боевая", Color: ColorRed, Endpoint: "jaeger.example:16685", API: APIGRPCv3, CAFile: "ca.pem", CA: "x",
		ServerName: "jaeger.internal", Tenant: "shop", Headers: map[string]string{"x-site": "north"}, OrderKeys: []string{"order.id"},
		Lookback: Duration(1e15), EscapeRegexp: true, JaegerUI: "https://jaeger.example/ui", Carriers: []string{"shop-api"}, Plaintext: true,
		Kibana: Kibana{Address: "https://kibana.example", Space: "shop", DataView: "logs", TraceField: "trace_id", SpanField: "span_id"},
		Links:  []weblink.Template{{Type: weblink.Texts{"tags"}, Key: weblink.Texts{"order.id"}, URL: "https://crm.example/#{order.id}", Text: "CRM"}},
		Auth: Auth{
			Kind: AuthOIDC, TokenHeader: TokenBoth, User: "olga", Issuer: "https://sso.example/realm", ClientID: "traceview", Scopes: []string{"profile"},
			Audience: "jaeger", ClientCertificate: true, CertFile: "/home/olga/olga.pem", KeyFile: "/home/olga/olga.key",
			SecretHeaders: []string{"x-api-key"}, AllowPlaintext: true,
		},
		Logs: Logs{
			Address: "http://es.example:9200", Index: "logs-*", CAFile: "es.pem", CA: "y", Auth: AuthBasic, User: "olga-es", AllowPlaintext: true,
			Fields: LogFields{Trace: "tid", Span: "sid", Time: "when", Message: "txt", Level: "lvl", Service: "sys"},
			Before: Duration(1e12), After: Duration(2e12),
		},
	}
	for _, v := range []reflect.Value{reflect.ValueOf(c), reflect.ValueOf(c.Auth), reflect.ValueOf(c.Kibana), reflect.ValueOf(c.Logs), reflect.ValueOf(c.Logs.Fields)} {
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && v.Field(i).IsZero() {
				t.Fatalf("the test leaves %s out", f.Name)
			}
		}
	}
	return c
}

func TestHandover(t *testing.T) {
	c := full(t)
	files := func(string) ([]byte, error) {
		key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("planted")})
		return append(key, authority(t)...), nil
	}
	c.kept, c.Auth.kept = fields{"token": []byte(`"planted-1"`)}, fields{"password": []byte(`"planted-2"`)}
	c.Kibana.kept = fields{"api_key": []byte(`"planted-3"`)}
	c.Logs.kept = fields{"api_key": []byte(`"planted-4"`)}
	data, err := Handover([]Connection{c}, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"planted", "PRIVATE", "olga", "shop-api", "ca.pem", "es.pem"} {
		if strings.Contains(string(data), bad) {
			t.Errorf("%s is handed over:\n%s", bad, data)
		}
	}
	got, err := ParseHandover(data)
	if err != nil {
		t.Fatal(err)
	}
	want := full(t)
	want.CA, want.CAFile, want.Carriers = string(authority(t)), "", nil
	want.Logs.CA, want.Logs.CAFile, want.Logs.User = string(authority(t)), "", ""
	want.Auth.User, want.Auth.CertFile, want.Auth.KeyFile = "", "", ""
	if len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestHandoverNeedsTheAuthority(t *testing.T) {
	for _, c := range []Connection{{Name: "a", Endpoint: "j:1", CAFile: "ca.pem"}, {Name: "a", Endpoint: "j:1", Logs: Logs{Address: "es", CAFile: "ca.pem"}}} {
		for name, read := range map[string]func(string) ([]byte, error){
			"absent": func(string) ([]byte, error) { return nil, os.ErrNotExist },
			"none":   func(string) ([]byte, error) { return []byte("text"), nil },
		} {
			if _, err := Handover([]Connection{c}, read); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	}
}

func TestParseHandoverRefuses(t *testing.T) {
	const head = `{"traceview_connections":1,"connections":[`
	for _, tt := range []struct{ name, text string }{
		{"nothing", ""},
		{"something else", `{"version":1,"connections":[{"name":"a","endpoint":"j:1"}]}`},
		{"empty", head + `]}`},
		{"no name", head + `{"endpoint":"j:1"}]}`},
		{"no endpoint", head + `{"name":"a"}]}`},
		{"password in the endpoint", head + `{"name":"a","endpoint":"https://u:p@j/"}]}`},
		{"twice", head + `{"name":"a","endpoint":"j:1"},{"name":"a","endpoint":"j:2"}]}`},
		{"a credential among the headers", head + `{"name":"a","endpoint":"j:1","headers":{"X-Api-Key":"k"}}]}`},
		{"password in an address", head + `{"name":"a","endpoint":"j:1","jaeger_ui":"https://u:p@j/"}]}`},
		{"link to a program", head + `{"name":"a","endpoint":"j:1","links":[{"url":"javascript:alert(1)"}]}]}`},
		{"link to any server", head + `{"name":"a","endpoint":"j:1","links":[{"url":"https://#{host}/"}]}]}`},
		{"password in the address of Kibana", head + `{"name":"a","endpoint":"j:1","kibana":{"address":"https://u:p@k/"}}]}`},
		{"no authority", head + `{"name":"a","endpoint":"j:1","ca":"x"}]}`},
		{"credentials unknown", head + `{"name":"a","endpoint":"j:1","auth":{"kind":"fax"}}]}`},
		{"no issuer", head + `{"name":"a","endpoint":"j:1","auth":{"kind":"oidc"}}]}`},
		{"control character", head + `{"name":"a\u001b[2J","endpoint":"j:1"}]}`},
		{"password in the address of the logs", head + `{"name":"a","endpoint":"j:1","logs":{"address":"https://u:p@es"}}]}`},
		{"blank in it", head + `{"name":"a","endpoint":"j:1","logs":{"address":"e s"}}]}`},
		{"credentials of the logs unknown", head + `{"name":"a","endpoint":"j:1","logs":{"address":"es","auth":"fax"}}]}`},
		{"user of the logs", head + `{"name":"a","endpoint":"j:1","logs":{"address":"es","auth":"basic","user":"a:b"}}]}`},
		{"user of the logs with a key", head + `{"name":"a","endpoint":"j:1","logs":{"address":"es","auth":"api-key","user":"a"}}]}`},
		{"field of the logs", head + `{"name":"a","endpoint":"j:1","logs":{"address":"es","fields":{"trace":"a b"}}}]}`},
		{"authority of the logs", head + `{"name":"a","endpoint":"j:1","logs":{"address":"es","ca":"x"}}]}`},
		{"large", head + strings.Repeat(" ", MaxHandover) + `]}`},
	} {
		if list, err := ParseHandover([]byte(tt.text)); !errors.Is(err, ErrHandover) || list != nil {
			t.Errorf("%s: %v, %v, want ErrHandover", tt.name, list, err)
		}
	}
	var newer *NewerError
	if _, err := ParseHandover([]byte(`{"traceview_connections":2,"connections":[{"name":"a","endpoint":"j:1"}]}`)); !errors.As(err, &newer) {
		t.Errorf("newer: %v", err)
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"Production": true, "Боевая 2": true, "": false, " a": false, "-a": false, "a/b": false, "a\nb": false,
		strings.Repeat("я", maxName): true, strings.Repeat("я", maxName+1): false,
	} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestSendsTo(t *testing.T) {
	a := full(t)
	for name, change := range map[string]func(*Connection){
		"endpoint": func(c *Connection) { c.Endpoint = "other:1" }, "plaintext": func(c *Connection) { c.Plaintext = false },
		"authority": func(c *Connection) { c.CA = "" }, "issuer": func(c *Connection) { c.Auth.Issuer = "https://other" },
		"permission": func(c *Connection) { c.Auth.AllowPlaintext = false },
		"kind":       func(c *Connection) { c.Auth.Kind = AuthToken }, "name of the certificate": func(c *Connection) { c.ServerName = "" },
	} {
		b := full(t)
		if !a.SendsTo(b) {
			t.Fatal("the same connection does not send to the same place")
		}
		if change(&b); a.SendsTo(b) {
			t.Errorf("another %s counts as the same place", name)
		}
	}
}

func TestLogsSendTo(t *testing.T) {
	a := full(t).Logs
	for name, change := range map[string]func(*Logs){
		"address": func(l *Logs) { l.Address = "other" }, "authority": func(l *Logs) { l.CA = "" }, "kind": func(l *Logs) { l.Auth = AuthAPIKey },
		"permission": func(l *Logs) { l.AllowPlaintext = false }, "file of authorities": func(l *Logs) { l.CAFile = "other.pem" },
	} {
		b := a
		if !a.SendsTo(b) {
			t.Fatal("the same logs do not send to the same place")
		}
		if change(&b); a.SendsTo(b) {
			t.Errorf("another %s counts as the same place", name)
		}
	}
	b := full(t)
	if b.Logs.Address = "other"; !full(t).SendsTo(b) {
		t.Error("other logs count as another Jaeger")
	}
}

// TestLogsOfOlderFiles holds that a connection of before there were logs has none, and
// keeps what a newer version writes of them.
func TestLogsOfOlderFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "connections.json"), `{"connections":[{"name":"a","endpoint":"j:1"},{"name":"b","endpoint":"j:1","logs":{"address":"es","future":7}}]}`)
	f, err := OpenConnections(dir)
	if err != nil {
		t.Fatal(err)
	}
	if l := f.Value.List[0].Logs; l.Is() || l.SendsSecret() || l.Auth != AuthNone {
		t.Errorf("logs of an older file: %+v", l)
	}
	f.Value.List[1].Logs.Address = ""
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(strings.Fields(read(t, f.Path())), ""); !strings.Contains(got, `"future":7`) || strings.Contains(got, `"es"`) {
		t.Errorf("saved %s", got)
	}
}

func TestUnknownFieldsOfCredentialsStay(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "connections.json"), `{"connections":[{"name":"a","endpoint":"j:1","auth":{"kind":"token","future":[1]}}]}`)
	f, err := OpenConnections(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Value.Rename("a", "b") || f.Value.Rename("a", "c") || f.Value.Rename("b", "b") {
		t.Error("a rename that can be fails, or one that cannot does not")
	}
	f.Value.List[0].Auth.User = "olga"
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(strings.Fields(read(t, f.Path())), ""); !strings.Contains(got, `"future":[1]`) || !strings.Contains(got, `"user":"olga"`) {
		t.Errorf("saved %s", got)
	}
}

// FuzzParseHandover feeds what others wrote; what is taken can be handed on.
func FuzzParseHandover(f *testing.F) {
	f.Add([]byte(`{"traceview_connections":1,"connections":[{"name":"a","endpoint":"j:1","auth":{"kind":"basic"}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := ParseHandover(data)
		if err != nil {
			return
		}
		if _, err := Handover(list, func(path string) ([]byte, error) { return nil, fmt.Errorf("read %s", path) }); err != nil && list[0].CAFile == "" && len(list) == 1 {
			t.Fatal(err)
		}
	})
}
