package client

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// errIdle is the cause of a call's context when a stream fell silent.
var errIdle = errors.New("no message within the time allowed")

// An attempt is one try of one call.
type attempt struct {
	op        string
	conn      *connection // nil over HTTP
	web       bool
	secrets   []string
	token     string // that was sent
	retry     string // Retry-After of an answer that is not gRPC's
	started   bool   // a message was received
	noService bool   // a search without a service name
}

// fail returns err, which gRPC, HTTP or a decoder gave, as an *Error. ctx is
// that of the caller, callCtx the one bounded by the client's own deadlines.
func (c *Client) fail(ctx, callCtx context.Context, a *attempt, err error) *Error {
	var done *Error
	if errors.As(err, &done) {
		return done
	}
	e := &Error{Endpoint: c.opts.Endpoint, Op: a.op}
	switch cause := context.Cause(callCtx); {
	case ctx.Err() != nil:
		return contextError(e, ctx.Err())
	case c.closed.Load():
		e.Kind, e.Detail = ErrCancelled, "the client was closed"
		return e
	case cause != nil && errors.Is(cause, errIdle), errors.Is(cause, context.DeadlineExceeded):
		e.Kind, e.Detail, e.cause = ErrDeadline, cause.Error(), context.DeadlineExceeded
		return e
	}
	var t *trouble
	if !errors.As(err, &t) {
		st := status.Convert(err)
		if t = c.connectionTrouble(ctx, a, st); t == nil {
			t = &trouble{kind: kindOfStatus(st.Code(), st.Message(), a), detail: st.Message(), retry: retryAfter(a.retry)}
			if t.kind == ErrWrongPort {
				t.reason = ReasonWebPort
			}
		}
	}
	e.Kind, e.Reason, e.retry, e.Detail = t.kind, t.reason, t.retry, clean(t.detail, a.secrets)
	if e.Reason == 0 {
		e.Reason = c.reasonOf(e.Kind, a)
	}
	if e.Kind == ErrTooLarge {
		e.Limit = int64(c.opts.RecvLimit)
		if a.web {
			e.Limit *= answerFactor
		}
	}
	return e
}

// reasonOf tells what was missing from what was wrong.
func (c *Client) reasonOf(kind Kind, a *attempt) Reason {
	switch {
	case kind == ErrUnauthenticated && (a.token != "" || c.opts.hasCredentials()):
		return ReasonRefusedToken
	case kind == ErrUnauthenticated:
		return ReasonMissing
	case kind == ErrTenant && c.opts.Tenant != "":
		return ReasonTenantUnknown
	case kind == ErrTenant:
		return ReasonTenantMissing
	}
	return 0
}

// contextError fills in e for a context that ended.
func contextError(e *Error, err error) *Error {
	e.Kind, e.cause = ErrCancelled, err
	if errors.Is(err, context.DeadlineExceeded) {
		e.Kind = ErrDeadline
	}
	return e
}

// connectionTrouble looks below gRPC where it reports no connection.
func (c *Client) connectionTrouble(ctx context.Context, a *attempt, st *status.Status) *trouble {
	if st.Code() != codes.Unavailable || a.started || isHTTPAnswer(st.Message()) {
		return nil
	}
	t := c.trouble(ctx, a.conn)
	if t != nil {
		a.conn.failed.Store(true)
	}
	return t
}

// isHTTPAnswer recognizes gRPC's report of an answer in HTTP/2 that is not gRPC.
func isHTTPAnswer(msg string) bool {
	return strings.Contains(msg, "unexpected HTTP status code") || strings.Contains(msg, "unexpected content-type") ||
		strings.Contains(msg, "malformed header: missing HTTP content-type")
}

// kindOfStatus maps a status to a kind. Jaeger's versions and storages answer
// the same question with different codes, so some words are read as well.
func kindOfStatus(code codes.Code, msg string, a *attempt) Kind {
	text := strings.ToLower(msg)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(text, p) {
				return true
			}
		}
		return false
	}
	switch {
	case isHTTPAnswer(msg) && has("429 (too many requests)"):
		return ErrBusy
	case isHTTPAnswer(msg) && code != codes.Unauthenticated && code != codes.PermissionDenied && code != codes.Unavailable:
		return ErrWrongPort
	case has("larger than max"):
		return ErrTooLarge
	case has("failed to unmarshal the received", "decompress", "error while marshaling"):
		return ErrGarbage
	case has("trace not found", "no trace found") && code != codes.Unimplemented:
		return ErrNotFound
	case has("tenant") && (code == codes.Unauthenticated || code == codes.PermissionDenied || code == codes.InvalidArgument):
		return ErrTenant
	case a.noService && needsService(code, has):
		return ErrNeedsService
	}
	return kindOfCode(code, a.started)
}

// needsService recognizes refusals of a search without a service name, given
// that there was none: new servers answer InvalidArgument, older ones Internal
// or Unknown with a text of their storage.
func needsService(code codes.Code, has func(...string) bool) bool {
	switch code {
	case codes.InvalidArgument, codes.FailedPrecondition:
		return has("service", "not supported", "unsupported")
	case codes.Internal, codes.Unknown:
		return has("service name", "service_name", "servicename", "parameter 'service'", "not supported", "unsupported", "malformed request object")
	}
	return code == codes.Unimplemented && has("service name", "service_name")
}

func kindOfCode(code codes.Code, started bool) Kind {
	switch code {
	case codes.Unauthenticated:
		return ErrUnauthenticated
	case codes.PermissionDenied:
		return ErrForbidden
	case codes.NotFound:
		return ErrNotFound
	case codes.Unimplemented:
		return ErrUnimplemented
	case codes.DeadlineExceeded:
		return ErrDeadline
	case codes.InvalidArgument, codes.OutOfRange:
		return ErrInvalid
	case codes.ResourceExhausted:
		return ErrBusy
	case codes.Canceled: // by the server: the caller's context is alive
		return ErrInterrupted
	case codes.Unavailable:
		if started {
			return ErrInterrupted
		}
		return ErrUnreachable
	}
	return ErrServer
}
