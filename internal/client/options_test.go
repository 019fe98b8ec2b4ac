package client

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOptionsAreChecked(t *testing.T) {
	certs := newCertificates(t)
	_, certFile, keyFile := certs.issue("127.0.0.1", time.Now().Add(time.Hour))
	inMemory := func(file string) []byte {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	text := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(text, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		o    Options
		want string // "" for no error
	}{
		{"plain", Options{Endpoint: "jaeger.example:16685", Plaintext: true}, ""},
		{"TLS", Options{Endpoint: "jaeger.example:16685"}, ""},
		{"all certificates", Options{Endpoint: "h:1", CAFile: certs.file, CertFile: certFile, KeyFile: keyFile}, ""},
		{"authority and key in memory", Options{Endpoint: "h:1", CA: inMemory(certs.file), CertFile: certFile, Key: inMemory(keyFile)}, ""},
		{"authority of something else in memory", Options{Endpoint: "h:1", CA: []byte("text")}, "holds no certificate in PEM form"},
		{"key of something else in memory", Options{Endpoint: "h:1", CertFile: certFile, Key: []byte("text")}, "key of the keyring"},
		{"authority in memory in plain text", Options{Endpoint: "h:1", Plaintext: true, CA: inMemory(certs.file)}, "choose one"},
		{"no endpoint", Options{}, "endpoint is empty"},
		{"address of a page", Options{Endpoint: "http://jaeger:16686/search"}, ""},
		{"another scheme", Options{Endpoint: "ftp://jaeger"}, "https://"},
		{"password in the address", Options{Endpoint: "https://me:s3cret@jaeger"}, "does not belong in an address"},
		{"https in plain text", Options{Endpoint: "https://jaeger", Plaintext: true}, "choose one"},
		{"token to a URL of http", Options{Endpoint: "http://jaeger.example", Token: StaticToken("t")}, "without TLS"},
		{"token in the clear, said in words", Options{Endpoint: "http://jaeger.example", Token: StaticToken("t"), InTheClear: true}, ""},
		{"password in plain text", Options{Endpoint: "10.0.0.1:1", Plaintext: true, Basic: StaticBasic("u", "p")}, "without TLS"},
		{"secret header in plain text", Options{Endpoint: "10.0.0.1:1", Plaintext: true, SecretHeaders: noHeaders}, "without TLS"},
		{"token to a socket", Options{Endpoint: "unix:///run/jaeger.sock", Plaintext: true, Token: StaticToken("t")}, ""},
		{"socket without a path", Options{Endpoint: "unix://jaeger.sock"}, "unix:///PATH"},
		{"port of no number", Options{Endpoint: "h:grpc"}, "port from 1 to 65535"},
		{"port 0", Options{Endpoint: "h:0"}, "port from 1 to 65535"},
		{"port without host", Options{Endpoint: ":16685"}, "host:port"},
		{"two colons", Options{Endpoint: "a:b:c"}, "host:port"},
		{"no such CA file", Options{Endpoint: "h:1", CAFile: text + ".pem"}, "read CA file"},
		{"CA file of something else", Options{Endpoint: "h:1", CAFile: text}, "holds no certificate in PEM form"},
		{"certificate without key", Options{Endpoint: "h:1", CertFile: certFile}, "both its certificate and its key"},
		{"certificate and key swapped", Options{Endpoint: "h:1", CertFile: keyFile, KeyFile: certFile}, "client certificate"},
		{"certificates in plain text", Options{Endpoint: "h:1", Plaintext: true, CAFile: certs.file}, "choose one"},
		{"token in plain text", Options{Endpoint: "jaeger.example:1", Plaintext: true, Token: StaticToken("t")}, "not sent to jaeger.example:1 without TLS"},
		{"cookie in plain text", Options{Endpoint: "10.0.0.1:1", Plaintext: true, Headers: map[string]string{"Cookie": "c"}}, "without TLS"},
		{"tenant in plain text", Options{Endpoint: "10.0.0.1:1", Plaintext: true, Tenant: "acme"}, ""},
		{"harmless header in plain text", Options{Endpoint: "10.0.0.1:1", Plaintext: true, Headers: map[string]string{"X-Region": "eu"}}, ""},
		{"token to this machine", Options{Endpoint: "localhost:1", Plaintext: true, Token: StaticToken("t")}, ""},
		{"token to this machine, IPv6", Options{Endpoint: "[::1]:1", Plaintext: true, Token: StaticToken("t")}, ""},
		{"header of gRPC", Options{Endpoint: "h:1", Headers: map[string]string{"grpc-timeout": "1"}}, "reserved by gRPC"},
		{"header with a space", Options{Endpoint: "h:1", Headers: map[string]string{"a b": "1"}}, "header"},
		{"header with a line break", Options{Endpoint: "h:1", Headers: map[string]string{"a": "1\r\nb: 2"}}, "cannot be sent"},
		{"tenant in Cyrillic", Options{Endpoint: "h:1", Tenant: "магазин"}, "cannot be sent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := New(tt.o)
			if err == nil {
				defer c.Close()
			}
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("got %v, want no error", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want it to mention %q", err, tt.want)
			}
		})
	}
	_, err := New(Options{Endpoint: "h:1", CAFile: text + ".pem"})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist in its chain", err)
	}
}

func noHeaders(context.Context) (map[string]string, error) { return nil, nil }

func TestEndpoints(t *testing.T) {
	tests := []struct{ in, want, scheme string }{
		{"jaeger", "jaeger:16685", ""},
		{" jaeger:4000 ", "jaeger:4000", ""},
		{"::1", "[::1]:16685", ""},
		{"[::1]", "[::1]:16685", ""},
		{"[::1]:7", "[::1]:7", ""},
		{"[fe80::1%eth0]:7", "[fe80::1%eth0]:7", ""},
		{"10.0.0.1", "10.0.0.1:16685", ""},
		{"jaeger:16686/jaeger/ui/", "jaeger:16686/jaeger/ui", ""},
		{"http://jaeger", "jaeger:80", "http"},
		{"HTTPS://jaeger.example/", "jaeger.example:443", "https"},
		{"https://[::1]:7/jaeger", "[::1]:7/jaeger", "https"},
		{"https://host/jaeger/ui", "host:443/jaeger/ui", "https"},
		{"https://host/jaeger/ui/", "host:443/jaeger/ui", "https"},
		{"https://host/jaeger/ui/search?service=a&limit=20", "host:443/jaeger/ui", "https"},
		{"https://host/search?service=a#x", "host:443", "https"},
		{"https://host/jaeger/trace/0af7651916cd43dd8448eb211c80319c?uiFind=b", "host:443/jaeger", "https"},
		{"https://host/trace", "host:443/trace", "https"}, // a path of that name
		{"https://host/jaeger/api/v3/services", "host:443/jaeger", "https"},
		{"https://host/a/../b//c", "host:443/b/c", "https"},
		{"unix:///run/jaeger/query.sock", "unix:///run/jaeger/query.sock", ""},
	}
	for _, tt := range tests {
		if got, err := parseEndpoint(tt.in, DefaultPort); err != nil || got.String() != tt.want || got.scheme != tt.scheme {
			t.Errorf("%q: got %q of %q, %v; want %q of %q", tt.in, got, got.scheme, err, tt.want, tt.scheme)
		}
	}
	for _, bad := range []string{"a b:1", "https://", "https:///x", "http://a/%2e", "http://a/ж", "a:1/x y", "unix://"} {
		if got, err := parseEndpoint(bad, DefaultPort); err == nil {
			t.Errorf("%q: got %q, want an error", bad, got)
		}
	}
	c := dial(t, Options{Endpoint: "jaeger", API: APIHTTP})
	if got, want := c.Endpoint(), "jaeger:16686"; got != want {
		t.Errorf("over HTTP: got %q, want %q", got, want)
	}
}

func TestParseAPI(t *testing.T) {
	for in, want := range map[string]API{"": APIAuto, "auto": APIAuto, "grpc-v3": APIv3, "grpc-v2": APIv2, "http-v3": APIHTTP} {
		if got, err := ParseAPI(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", in, got, err, want)
		}
	}
	if _, err := ParseAPI("soap"); err == nil || !strings.Contains(err.Error(), "grpc-v3") {
		t.Errorf("got %v, want an error that lists the names", err)
	}
	if got, want := API(9).String(), "API(9)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestCredentialsStayHere holds which addresses a name that looks local may
// lead to when credentials travel without TLS.
func TestCredentialsStayHere(t *testing.T) {
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 16685} }
	for _, tt := range []struct {
		addr net.Addr
		want bool
	}{
		{tcp("127.0.0.1"), false},
		{tcp("127.9.9.9"), false},
		{tcp("::1"), false},
		{tcp("::ffff:127.0.0.1"), false},
		{tcp("192.0.2.1"), true},
		{tcp("2001:db8::1"), true},
		{&net.UnixAddr{Name: "x", Net: "unix"}, false},
		{&net.IPAddr{IP: net.ParseIP("127.0.0.1")}, true},
	} {
		if got := leavesMachine(tt.addr); got != tt.want {
			t.Errorf("leavesMachine(%v) = %v, want %v", tt.addr, got, tt.want)
		}
	}
}

func FuzzEndpoint(f *testing.F) {
	for _, s := range []string{"a:1", "[::1]:2", "http://a", "a", ":::", "[", "a:99999", "\xff:1", "https://h/a/search?x", "unix:///a", "h/b/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseEndpoint(s, DefaultPort)
		if err != nil {
			return
		}
		if again, err := parseEndpoint(got.String(), DefaultPort); err != nil || again.String() != got.String() {
			t.Errorf("%q gives %q, which gives %q, %v", s, got, again, err)
		}
		if u := got.url(true); u.User != nil || u.Host == "" {
			t.Errorf("%q gives the URL %q", s, u)
		}
	})
}
