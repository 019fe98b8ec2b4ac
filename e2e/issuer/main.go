// Command issuer is the OpenID provider of the end-to-end tests: the example
// server of a certified implementation, behind TLS, with one public client that
// signs in by browser and by code.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// A client may sign in by code, too.
type client struct{ op.Client }

// GrantTypes implements op.Client.
func (c client) GrantTypes() []oidc.GrantType {
	return append(slices.Clone(c.Client.GrantTypes()), oidc.GrantTypeDeviceCode)
}

// A store gives out such clients.
type store struct {
	*storage.Storage
	users storage.UserStore
}

// GetClientByClientID implements op.OPStorage.
func (s store) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := s.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return client{c}, nil
}

// CompleteDeviceAuthorization implements op.DeviceAuthorizationStorage. The
// example's page gives the name of a user, where tokens want its id.
func (s store) CompleteDeviceAuthorization(ctx context.Context, code, user string) error {
	return s.Storage.CompleteDeviceAuthorization(ctx, code, s.users.GetUserByUsername(user).ID)
}

// recorded writes what is posted and what is answered to a file, for a test that
// looks for it elsewhere.
func recorded(h http.Handler, path string) (http.Handler, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.TeeReader(r.Body, f), r.Body}
		}
		h.ServeHTTP(teeWriter{w, f}, r)
		fmt.Fprintln(f)
	}), nil
}

type teeWriter struct {
	http.ResponseWriter
	f *os.File
}

// Write implements http.ResponseWriter.
func (w teeWriter) Write(p []byte) (int, error) {
	_, _ = w.f.Write(p) // the test finds out
	return w.ResponseWriter.Write(p)
}

func main() {
	cert := flag.String("cert", "", "`FILE` of the certificate")
	key := flag.String("key", "", "`FILE` of its key")
	record := flag.String("record", "", "`FILE` to append to what is posted and answered")
	flag.Parse()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	address := "https://" + l.Addr().String() + "/"
	storage.RegisterClients(storage.NativeClient("traceview", "http://127.0.0.1/callback"))
	users := storage.NewUserStore(address)
	var handler http.Handler = exampleop.SetupServer(address, store{storage.NewStorage(users), users}, slog.New(slog.DiscardHandler), false)
	if *record != "" {
		if handler, err = recorded(handler, *record); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("listening on", address)
	log.Fatal(http.ServeTLS(l, handler, *cert, *key))
}
