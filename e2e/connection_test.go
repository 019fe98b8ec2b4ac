//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/demo"
)

// lines returns settings of a part of Jaeger's configuration.
func lines(part string, settings ...string) []string {
	for i := range settings {
		settings[i] = part + "::" + settings[i]
	}
	return settings
}

// startShop runs a Jaeger that holds the demo's orders.
func startShop(t *testing.T, shop *demo.Shop, storage string, settings ...string) *server {
	t.Helper()
	srv := startJaeger(t, storage, settings...)
	if err := shop.Export(t.Context(), srv.otlp); err != nil {
		t.Fatal(err)
	}
	return srv
}

// TestConnections reaches a real Jaeger through what companies put before it,
// with secrets in a real keyring.
func TestConnections(t *testing.T) {
	shop := demo.New(demo.Options{Seed: 1, Orders: 4})
	o := shop.Orders()[0]
	company := newAuthority(t)
	cert, key := company.issue(t, "jaeger")
	tls := append(lines("extensions::jaeger_query::grpc::tls", "cert_file: "+cert, "key_file: "+key),
		lines("extensions::jaeger_query::http::tls", "cert_file: "+cert, "key_file: "+key)...)

	t.Run("TLS", func(t *testing.T) {
		srv := startShop(t, shop, "memory", tls...)
		d := newDesk(t)
		d.must("", "connection", "add", "grpc", "--endpoint", srv.query, "--ca", company.file)
		d.must("", "connection", "add", "http", "--endpoint", "https://"+srv.web, "--ca", company.file)
		for _, name := range []string{"grpc", "http"} {
			d.must("", "connection", "test", name)
			d.finds(o.Number, o.Traces, "--connection", name)
		}
		d.refused("certificate", "", "search", o.Number, "--endpoint", srv.query)
	})

	t.Run("mutual TLS, with the key in the keyring", func(t *testing.T) {
		srv := startShop(t, shop, "memory", append(tls, lines("extensions::jaeger_query::grpc::tls", "client_ca_file: "+company.file)...)...)
		olga, olgaKey := company.issue(t, "olga")
		d := newDesk(t)
		d.must("", "connection", "add", "mutual", "--endpoint", srv.query, "--ca", company.file, "--cert", olga, "--key", olgaKey, "--key-in-keyring")
		secret, err := os.ReadFile(olgaKey)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(olgaKey); err != nil { // the keyring has it
			t.Fatal(err)
		}
		d.finds(o.Number, o.Traces, "--connection", "mutual")
		d.hides(string(secret[40:100]))
		d.must("", "connection", "add", "without", "--endpoint", srv.query, "--ca", company.file)
		d.refused("certificate", "", "search", o.Number, "--connection", "without")
	})

	t.Run("basic authentication", func(t *testing.T) {
		const password = "planted-password-4d0c"
		settings := append(tls, "service::extensions: [jaeger_storage, jaeger_query, basicauth/query]",
			"extensions::basicauth/query::htpasswd::inline: 'olga:"+password+"'",
			"extensions::jaeger_query::grpc::auth::authenticator: basicauth/query",
			"extensions::jaeger_query::http::auth::authenticator: basicauth/query")
		srv := startShop(t, shop, "memory", settings...)
		d := newDesk(t)
		for name, endpoint := range map[string]string{"grpc": srv.query, "http": "https://" + srv.web} {
			d.must(password+"\n", "connection", "add", name, "--endpoint", endpoint, "--ca", company.file, "--user", "olga", "--password-stdin")
			d.finds(o.Number, o.Traces, "--connection", name)
			d.must("wrong-password\n", "connection", "login", name, "--password-stdin")
			d.refused("password", "", "search", o.Number, "--connection", name)
		}
		d.hides(password, "wrong-password")
	})

	t.Run("several tenants", func(t *testing.T) {
		tenancy := lines("extensions::jaeger_query::multi_tenancy", "Enabled: true", "Header: x-tenant", "Tenants: [shop, other]")
		srv := startShop(t, shop, "badger", tenancy...) // keeps no tenants apart, but the query asks for one
		d := newDesk(t)
		d.must("", "connection", "add", "shop", "--endpoint", srv.query, "--plaintext", "--tenant", "shop")
		d.finds(o.Number, o.Traces, "--connection", "shop")
		d.refused("enant", "", "search", o.Number, "--connection", "shop", "--tenant", "nobody")
		d.refused("enant", "", "search", o.Number, "--endpoint", srv.query, "--plaintext")
	})
}

// TestLockedKeyring works without what a locked keyring holds, says so, and finds
// it again when the keyring is open.
func TestLockedKeyring(t *testing.T) {
	const token = "planted-token-90ef"
	addr := startHeadless(t, "5") // lets everybody in
	d := newDesk(t)
	d.must(token+"\n", "connection", "add", "shop", "--endpoint", addr, "--plaintext", "--token-stdin")
	d.locked = true
	d.refused("Access token of connection shop is missing", "", "search", "1", "--connection", "shop")
	if _, said, err := d.try("", "connection", "list"); err != nil || !strings.Contains(said, "kept in memory only") {
		t.Errorf("a locked keyring: %v, %q", err, said)
	}
	d.must("planted-token-91\n", "search", "1", "--connection", "shop", "--token-stdin")
	d.must("planted-token-91\n", "connection", "login", "shop", "--token-stdin") // has nowhere to keep it
	d.locked = false
	d.must("", "search", "1", "--connection", "shop")
	if out := d.must("", "connection", "show", "shop", "--json"); !strings.Contains(out, `"kept": true`) {
		t.Errorf("open again, the keyring has lost the token: %s", out)
	}
	d.hides(token, "planted-token-91")
}

// TestBehindNginx reaches Jaeger through a reverse proxy that wants a bearer
// token, over gRPC and HTTP, at the root and below a path.
func TestBehindNginx(t *testing.T) {
	need(t, "nginx")
	const token = "planted-token-77a1"
	shop := demo.New(demo.Options{Seed: 1, Orders: 4})
	o := shop.Orders()[0]
	srv := startShop(t, shop, "memory")
	company := newAuthority(t)
	addr := startNginx(t, company, fmt.Sprintf(`
		if ($http_authorization != "Bearer %s") { return 401; }
		location /jaeger. { grpc_pass grpc://%[2]s; }
		location /tracing/jaeger. { rewrite ^/tracing(/.*)$ $1 break; grpc_pass grpc://%[2]s; }
		location /tracing/ui/ { proxy_pass http://%[3]s/; }`, token, srv.query, srv.web))
	d := newDesk(t)
	for name, args := range map[string][]string{
		"root": {"--endpoint", addr}, "path": {"--endpoint", addr + "/tracing"}, "web": {"--endpoint", "https://" + addr + "/tracing/ui"},
		"web only": {"--endpoint", addr + "/tracing/ui", "--api", "http-v3"},
	} {
		d.must(token+"\n", append([]string{"connection", "add", name, "--ca", company.file, "--token-stdin"}, args...)...)
		d.must("", "connection", "test", name)
		d.finds(o.Number, o.Traces, "--connection", name)
	}
	d.must("wrong-token-11\n", "connection", "login", "root", "--token-stdin")
	d.refused("connection", "", "search", o.Number, "--connection", "root")
	file := filepath.Join(d.home, "handed-over.json")
	d.must("", "connection", "export", "root", "path", "web", "-o", file)
	d.hides(token, "wrong-token-11")

	other := newDesk(t)
	other.must("", "connection", "import", file)
	other.refused("Access token of connection root is missing", "", "search", o.Number, "--connection", "root")
	other.must(token+"\n", "connection", "login", "root", "--token-stdin")
	other.finds(o.Number, o.Traces, "--connection", "root")
	other.must("", "connection", "remove", "root")
	other.must("", "connection", "import", file, "--replace")
	other.refused("is missing", "", "search", o.Number, "--connection", "root")
	other.hides(token)
}

// startNginx runs a reverse proxy behind TLS until the end of the test and
// returns its address.
func startNginx(t *testing.T, company *authority, locations string) string {
	t.Helper()
	dir := t.TempDir()
	cert, key := company.issue(t, "proxy")
	for range 3 { // another process may take the port
		addr := loopback(freePorts(t, 1)[0])
		config := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log stderr warn;
			events {}
			http {
				access_log off; client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
				server { listen %[2]s ssl http2; ssl_certificate %[3]s; ssl_certificate_key %[4]s; %[5]s }
			}`, dir, addr, cert, key, locations)
		file := filepath.Join(dir, "nginx.conf")
		if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		p := start(t, exec.Command("nginx", "-c", file, "-p", dir, "-e", "stderr"))
		if until(20*time.Second, 20*time.Millisecond, func() bool { return answers(addr) || !p.running() }) && p.running() {
			return addr
		}
		t.Logf("nginx did not come up:\n%s", p.output.String())
	}
	t.Fatal("nginx did not come up in three attempts")
	return ""
}
