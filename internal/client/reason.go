package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// A Reason says more closely than a Kind why a call failed, where that is known
// and a person can do something about it.
type Reason uint8

// The reasons, by the step of a connection that they end.
const (
	ReasonUnknownHost   Reason = iota + 1 // the name leads nowhere
	ReasonRefused                         // nothing listens on the port
	ReasonNoAnswer                        // connected, or not even that, and silence
	ReasonProxy                           // the proxy on the way does not let it through
	ReasonProxySignIn                     // the proxy wants credentials
	ReasonWantsTLS                        // plain text was asked for
	ReasonNoTLS                           // TLS was asked for
	ReasonAuthority                       // the certificate is signed by somebody unknown
	ReasonWrongHost                       // the certificate is for another name
	ReasonExpired                         // the certificate is too old
	ReasonNotYetValid                     // the certificate is of the future
	ReasonClock                           // the certificate is right, this machine's clock is not
	ReasonClientCert                      // the server wants another client certificate, or one at all
	ReasonWebPort                         // HTTP answered where gRPC was asked for
	ReasonQueryPort                       // gRPC answered where HTTP was asked for
	ReasonOther                           // what answered is neither
	ReasonWrongPath                       // a page answered in place of the API
	ReasonSignInPage                      // a page for signing in answered, or a redirect to one
	ReasonMissing                         // credentials are wanted, none were sent
	ReasonRefusedToken                    // the credentials sent are wrong or have expired
	ReasonTenantMissing                   // a tenant is wanted, none was sent
	ReasonTenantUnknown                   // the tenant sent is not known
	ReasonNoServices                      // nothing has sent traces yet
	ReasonNoKey                           // no span looked at has an order key
	lastReason          = ReasonNoKey
)

var reasonNames = [...]string{
	ReasonUnknownHost: "unknown-host", ReasonRefused: "refused", ReasonNoAnswer: "no-answer", ReasonProxy: "proxy",
	ReasonProxySignIn: "proxy-sign-in", ReasonWantsTLS: "wants-tls", ReasonNoTLS: "no-tls", ReasonAuthority: "authority",
	ReasonWrongHost: "wrong-host", ReasonExpired: "expired", ReasonNotYetValid: "not-yet-valid", ReasonClock: "clock",
	ReasonClientCert: "client-certificate", ReasonWebPort: "web-port", ReasonQueryPort: "query-port", ReasonOther: "other-protocol",
	ReasonWrongPath: "wrong-path", ReasonSignInPage: "sign-in-page", ReasonMissing: "credentials-missing",
	ReasonRefusedToken: "credentials-refused", ReasonTenantMissing: "tenant-missing", ReasonTenantUnknown: "tenant-unknown",
	ReasonNoServices: "no-services", ReasonNoKey: "no-key",
}

// String returns the reason as the catalogue and JSON name it.
func (r Reason) String() string {
	if r >= 1 && r <= lastReason {
		return reasonNames[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// dialTrouble tells apart why there is no connection.
func dialTrouble(err error) *trouble {
	var proxy *proxyError
	var dns *net.DNSError
	t := &trouble{kind: ErrUnreachable, detail: err.Error()}
	switch {
	case errors.Is(err, errNotLocal):
		t.kind = ErrInsecure
	case errors.As(err, &proxy):
		t.kind, t.reason = ErrProxy, ReasonProxy
		if proxy.status == 407 {
			t.reason = ReasonProxySignIn
		}
	case errors.As(err, &dns):
		t.reason = ReasonUnknownHost
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, os.ErrNotExist):
		t.reason = ReasonRefused
	case isTimeout(err), errors.Is(err, syscall.ECONNRESET):
		t.reason = ReasonNoAnswer
	}
	return t
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// handshakeTrouble tells a port without TLS from a certificate that is refused.
func handshakeTrouble(err error) *trouble {
	var record tls.RecordHeaderError
	switch text := err.Error(); {
	case errors.As(err, &record) && bytes.HasPrefix(record.RecordHeader[:], []byte("HTTP/")):
		return &trouble{kind: ErrTLS, reason: ReasonNoTLS, detail: "the server answered in plain HTTP, TLS was asked for"}
	case errors.As(err, &record):
		return &trouble{kind: ErrTLS, reason: ReasonNoTLS, detail: "the server does not speak TLS, which was asked for"}
	case errors.Is(err, io.EOF):
		return &trouble{kind: ErrTLS, reason: ReasonNoTLS, detail: "the server ended the TLS handshake, it may speak plain text"}
	case isTimeout(err):
		return &trouble{kind: ErrUnreachable, reason: ReasonNoAnswer, detail: "the connection was accepted, but the TLS handshake got no answer"}
	case strings.Contains(text, "ALPN"), strings.Contains(text, "no application protocol"):
		return &trouble{kind: ErrWrongPort, reason: ReasonWebPort, detail: "the server offers no HTTP/2, which gRPC needs"}
	default:
		return &trouble{kind: ErrTLS, reason: certificateReason(err), detail: text}
	}
}

// certificateReason says what is wrong with a certificate, 0 if that is not it.
func certificateReason(err error) Reason {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return ReasonAuthority
	case errors.As(err, &host):
		return ReasonWrongHost
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		if strings.Contains(invalid.Detail, "is before") {
			return ReasonNotYetValid
		}
		return ReasonExpired
	case isAlert(err):
		return ReasonClientCert
	}
	return 0
}

// isAlert recognizes what crypto/tls makes of an alert the server sent.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
