package main

import (
	"errors"
	"strings"

	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/i18n"
	"traceview/internal/signin"
	"traceview/internal/weblink"
)

// signInKeys are the kinds of failure of a sign-in by their place in the
// catalogue.
var signInKeys = map[signin.Kind]string{
	signin.ErrIssuer: "issuer", signin.ErrUnreachable: "unreachable", signin.ErrTLS: "tls", signin.ErrNotIssuer: "not-issuer",
	signin.ErrSettings: "settings", signin.ErrDenied: "denied", signin.ErrTimeout: "timeout", signin.ErrSignIn: "signin",
	signin.ErrAudience: "audience", signin.ErrToken: "token", signin.ErrClock: "clock", signin.ErrNoDevice: "no-device",
	signin.ErrListen: "listen",
}

// explainConnection is explain for errors about connections and their
// credentials, which may stand behind one of the client.
func explainConnection(w *i18n.Printer, err error) (title, hint string, ok bool) {
	var unknown *unknownError
	var clash *clashError
	var missing *credential.MissingError
	var failed *signin.Error
	var newer *config.NewerError
	var damaged *config.DamagedError
	var template *weblink.TemplateError
	key := ""
	var with []any
	switch {
	case errors.As(err, &unknown):
		have := strings.Join(unknown.have, ", ")
		if have == "" {
			have = "–"
		}
		key, with = "connection-unknown", []any{"name", unknown.name, "have", have}
	case errors.As(err, &clash):
		key, with = "connection-clash", []any{"names", strings.Join(clash.names, ", ")}
	case errors.As(err, &missing):
		key, with = "credential.missing", []any{"name", missing.Connection, "what", wantWords(w, missing.Want)}
	case errors.Is(err, credential.ErrNoCertificate):
		key = "credential.certificate"
	case errors.As(err, &failed):
		key, with = "signin."+signInKeys[failed.Kind], []any{"issuer", failed.Issuer}
	case errors.As(err, &newer), errors.Is(err, config.ErrReadOnly):
		key = "connection-newer"
	case errors.As(err, &damaged):
		key, with = "connection-damaged", []any{"file", damaged.Aside}
	case errors.As(err, &template):
		key = "links"
	case errors.Is(err, weblink.ErrFile):
		key = "linkfile"
	case errors.Is(err, errNoLogs):
		key = "logs.none"
	case errors.Is(err, config.ErrHandover):
		key = "connection-handover"
	default:
		return "", "", false
	}
	return w.T("error."+key+".title", with...), w.T("error."+key+".hint", with...), true
}
