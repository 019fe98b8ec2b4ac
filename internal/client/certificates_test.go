package client

import (
	"crypto/tls"
	"errors"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// TestCertificates looks at a certificate that nothing here trusts, and at servers
// that show none.
func TestCertificates(t *testing.T) {
	certs := newCertificates(t)
	cert, _, _ := certs.issue("127.0.0.1", time.Now().Add(time.Hour))
	addr, _ := serve(t, healthy(), nil, grpc.Creds(credentials.NewServerTLSFromCert(&cert)))
	chain, err := dial(t, Options{Endpoint: addr}).Certificates(t.Context())
	if err != nil || len(chain) == 0 || chain[0].VerifyHostname("127.0.0.1") != nil {
		t.Fatalf("%d certificates, %v", len(chain), err)
	}
	clear, _ := serve(t, healthy(), nil)
	for name, tt := range map[string]struct {
		o    Options
		want Reason
		kind Kind
	}{
		"plain text":   {Options{Endpoint: clear}, ReasonNoTLS, ErrTLS},
		"nobody there": {Options{Endpoint: "127.0.0.1:1"}, ReasonRefused, ErrUnreachable},
		"not asked":    {plain(clear), 0, ErrInvalid},
	} {
		_, err := dial(t, tt.o).Certificates(t.Context())
		if e := (*Error)(nil); !errors.As(err, &e) || e.Kind != tt.kind || e.Reason != tt.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCertificatesSendNone holds that no certificate of the person is sent to a server
// that nobody has checked.
func TestCertificatesSendNone(t *testing.T) {
	certs := newCertificates(t)
	cert, certFile, keyFile := certs.issue("127.0.0.1", time.Now().Add(time.Hour))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	sent := make(chan int, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			sent <- -1
			return
		}
		defer c.Close()
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequestClientCert})
		_ = s.Handshake() // the client is gone once it has seen enough
		sent <- len(s.ConnectionState().PeerCertificates)
	}()
	o := Options{Endpoint: l.Addr().String(), CertFile: certFile, KeyFile: keyFile}
	if _, err := dial(t, o).Certificates(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := <-sent; n != 0 {
		t.Errorf("%d certificates were sent", n)
	}
}
