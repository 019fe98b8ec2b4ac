package client

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"traceview/internal/client/wire"
)

var updateTable = flag.Bool("update", false, "write the table of faults anew")

// moreFaults are those of who stands before the server, and of tokens.
func moreFaults() []fault {
	return []fault{
		{name: "token expires amid the stream", spans: 5, next: true, start: func(t *testing.T, _ *faulty) Options {
			o := plain(grpcTrace(t, func(ctx context.Context, send func(wire.Raw) error) error {
				md, _ := metadata.FromIncomingContext(ctx)
				if md.Get("authorization")[0] == "Bearer new" {
					return send(chain(traceOne, 0, 5))
				}
				return errors.Join(send(chain(traceOne, 0, 3)), status.Error(codes.Unauthenticated, "token expired"))
			}))
			w := &wallet{tokens: []string{"old", "new"}}
			o.Token, o.Refused = w.token, func(string) { w.refused.Store(1) }
			return o
		}},
		{name: "unavailable, then back", spans: 3, next: true, start: func(t *testing.T, f *faulty) Options {
			return plain(grpcTrace(t, func(_ context.Context, send func(wire.Raw) error) error {
				if f.calls.Add(1) == 1 {
					return status.Error(codes.Unavailable, "restarting")
				}
				return send(chain(traceOne, 0, 3))
			}))
		}},
		{name: "proxy wants a password", want: ErrProxy, start: func(t *testing.T, _ *faulty) Options {
			return throughProxy(t, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
		}},
		{name: "proxy answers garbage", want: ErrProxy, start: func(t *testing.T, _ *faulty) Options {
			return throughProxy(t, "\x00\x01\x02 not HTTP\r\n\r\n")
		}},
		{name: "redirect elsewhere, HTTP", want: ErrSignIn, start: func(t *testing.T, _ *faulty) Options {
			return webTrace(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://elsewhere.example/jaeger", http.StatusFound)
			})
		}},
	}
}

// throughProxy reaches a server through a proxy that answers so.
func throughProxy(t *testing.T, answer string) Options {
	proxy := listenAll(t, func(nc net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(nc)); err == nil {
			_, _ = io.WriteString(nc, answer)
		}
	})
	return Options{Endpoint: "jaeger.example", Proxy: always(&url.URL{Scheme: "http", Host: proxy})}
}

// TestFaultsAreDocumented keeps the table in docs in step with the one that is run.
func TestFaultsAreDocumented(t *testing.T) {
	const begin, end = "<!-- begin: from the table of tests -->\n", "<!-- end -->"
	var b strings.Builder
	b.WriteString("| what is wrong | the call ends with | spans that are there | the next call |\n|---|---|---|---|\n")
	for _, f := range allFaults(newCertificates(t)) {
		ends, next := "the whole trace", ""
		switch {
		case f.cancel:
			ends = "nothing: it lasts until Cancel"
		case f.want != 0:
			ends = f.want.String()
		}
		if f.next {
			next = "succeeds"
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %s |\n", f.name, ends, f.spans, next)
	}
	file := filepath.Join("..", "..", "docs", "FAULTS.md")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	table, after, whole := strings.Cut(rest, end)
	if !ok || !whole {
		t.Fatalf("%s has no place for the table", file)
	}
	if *updateTable {
		if err := os.WriteFile(file, []byte(before+begin+b.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != b.String() {
		t.Errorf("the table in %s is another (write it with -update):\n%s", file, b.String())
	}
}
