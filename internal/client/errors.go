package client

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// A Kind says why a call failed, as far as a person can do something about it.
// It is an error itself: errors.Is(err, client.ErrNotFound) holds for every
// *Error of that kind.
type Kind uint8

// The kinds of failure.
const (
	ErrServer          Kind = iota + 1 // the server failed in a way of its own
	ErrInvalid                         // options or a question nobody could answer
	ErrUnreachable                     // no connection, or the server says it is not available
	ErrWrongPort                       // something answered that does not speak the API
	ErrTLS                             // certificate refused, or TLS on one side only
	ErrUnauthenticated                 // no credentials, or bad ones
	ErrForbidden                       // known, but not allowed
	ErrTenant                          // tenant missing or unknown
	ErrNotFound                        // no such trace
	ErrUnimplemented                   // the server lacks this call
	ErrTooLarge                        // a message beyond the receive limit
	ErrDeadline                        // no answer in time
	ErrCancelled                       // the caller gave up
	ErrGarbage                         // an answer that cannot be decoded
	ErrNeedsService                    // this storage searches only with a service name
	ErrInterrupted                     // the connection was lost midway
	ErrInsecure                        // credentials would travel unprotected
	ErrSignIn                          // a page for signing in answers instead
	ErrProxy                           // a proxy on the way does not let the call through
	ErrBusy                            // the server asks for fewer calls
	lastKind           = ErrBusy
)

var kindNames = [...]string{
	ErrServer: "server error", ErrInvalid: "invalid request", ErrUnreachable: "unreachable", ErrWrongPort: "wrong port",
	ErrTLS: "tls", ErrUnauthenticated: "unauthenticated", ErrForbidden: "forbidden", ErrTenant: "tenant",
	ErrNotFound: "not found", ErrUnimplemented: "unimplemented", ErrTooLarge: "too large", ErrDeadline: "deadline exceeded",
	ErrCancelled: "cancelled", ErrGarbage: "garbage", ErrNeedsService: "service name needed",
	ErrInterrupted: "interrupted", ErrInsecure: "credentials without TLS",
	ErrSignIn: "sign-in page", ErrProxy: "proxy", ErrBusy: "too many requests",
}

// String returns the kind in plain lower case, for logs.
func (k Kind) String() string {
	if k >= 1 && k <= lastKind {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Error makes a Kind something errors.Is can look for.
func (k Kind) Error() string { return k.String() }

// An Error is a failed call. Its text is for developers; a view makes its own
// words from Kind, Endpoint and Detail.
type Error struct {
	Kind     Kind
	Reason   Reason        // 0 if not known
	Endpoint string        // as Client.Endpoint returns it
	Op       string        // "find traces"
	Detail   string        // what the server or the system said, clipped, without secrets
	Limit    int64         // bytes, for ErrTooLarge
	retry    time.Duration // how long the server asks to wait, for ErrBusy and ErrUnreachable
	cause    error         // context and decoder errors; never what might quote a header
}

// Error returns operation, endpoint, kind and detail.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s at %s: %s", e.Op, e.Endpoint, e.Kind)
	if e.Limit > 0 {
		s += fmt.Sprintf(" (limit %d bytes)", e.Limit)
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Is reports whether target is the kind of e.
func (e *Error) Is(target error) bool { return target == e.Kind }

// Unwrap returns the error of a context or decoder behind e, or nil.
func (e *Error) Unwrap() error { return e.cause }

// KindOf returns the kind of the first *Error in err's chain, 0 if there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}

// detailLimit keeps a server's page of HTML out of logs and dialogs.
const detailLimit = 300

// clean makes what a server said fit to show: one line, clipped, without any
// of the secrets, nor what a terminal would take for a command.
func clean(s string, secrets []string) string {
	for _, secret := range secrets {
		if len(secret) > 3 { // a shorter one would tear words apart
			s = strings.ReplaceAll(s, secret, "…")
		}
	}
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(s); len(r) > detailLimit {
		return string(r[:detailLimit]) + "…"
	}
	return s
}
