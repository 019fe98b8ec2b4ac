package client

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/grpc/codes"

	"traceview/internal/format/otlp"
)

// webCodes are statuses of HTTP as statuses of gRPC, which the rest of the
// client knows; others are 4xx invalid and 5xx internal.
var webCodes = map[int]codes.Code{
	http.StatusUnauthorized: codes.Unauthenticated, http.StatusForbidden: codes.PermissionDenied,
	http.StatusNotFound: codes.NotFound, http.StatusMethodNotAllowed: codes.Unimplemented,
	http.StatusRequestTimeout: codes.DeadlineExceeded, http.StatusTooManyRequests: codes.ResourceExhausted,
	http.StatusNotImplemented: codes.Unimplemented, http.StatusBadGateway: codes.Unavailable,
	http.StatusServiceUnavailable: codes.Unavailable, http.StatusGatewayTimeout: codes.DeadlineExceeded,
}

// webKind is kindOfStatus for HTTP.
func webKind(status int, msg string, a *attempt) (Kind, Reason) {
	text := strings.ToLower(msg)
	switch {
	case status == http.StatusProxyAuthRequired:
		return ErrProxy, ReasonProxySignIn
	case strings.Contains(text, "http request") && strings.Contains(text, "https"): // Go's server, nginx
		return ErrTLS, ReasonWantsTLS
	case strings.Contains(text, "ssl certificate"): // nginx
		return ErrTLS, ReasonClientCert
	}
	code, ok := webCodes[status]
	switch {
	case ok:
	case status >= 500:
		code = codes.Internal
	default:
		code = codes.InvalidArgument
	}
	return kindOfStatus(code, msg, a), 0
}

// faultTrouble is an error that a gateway sent within an answer.
func faultTrouble(f *otlp.Fault, a *attempt) *trouble {
	t := &trouble{detail: f.Message}
	if f.HTTP >= 400 {
		t.kind, t.reason = webKind(f.HTTP, f.Message, a)
	} else {
		t.kind = kindOfStatus(codes.Code(f.GRPC), f.Message, a)
	}
	return t
}

// webTrouble explains why there was no answer at all.
func (c *Client) webTrouble(ctx context.Context, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) { // its text has the whole address
		err = wrapped.Err
	}
	var op *net.OpError
	var proxy *proxyError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	text := err.Error()
	switch {
	case errors.Is(err, errNotLocal), errors.As(err, &proxy), errors.As(err, &op) && op.Op == "dial":
		return dialTrouble(err)
	case strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return &trouble{kind: ErrTLS, reason: ReasonNoTLS, detail: "the server answered in plain HTTP, TLS was asked for"}
	case errors.As(err, &record), errors.As(err, &verify), isAlert(err), strings.Contains(text, "TLS handshake"), strings.HasPrefix(text, "tls: "):
		return handshakeTrouble(err)
	case strings.Contains(text, `malformed HTTP response "\x15\x03`):
		return &trouble{kind: ErrTLS, reason: ReasonWantsTLS, detail: "the server wants TLS, plain text was asked for"}
	case strings.Contains(text, "malformed HTTP response \"\\x00"), strings.Contains(text, "HTTP/2"):
		return &trouble{kind: ErrWrongPort, reason: ReasonQueryPort, detail: "the server answered in HTTP/2 without being asked, as gRPC does"}
	case strings.Contains(text, "malformed HTTP"):
		return &trouble{kind: ErrWrongPort, reason: ReasonOther, detail: "the server answered in another protocol"}
	case c.tls == nil && c.wantsTLS(ctx):
		return &trouble{kind: ErrTLS, reason: ReasonWantsTLS, detail: "the server wants TLS, plain text was asked for"}
	}
	return &trouble{kind: ErrUnreachable, reason: ReasonNoAnswer, detail: "the connection was accepted, but ended without an answer: " + text}
}
