package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"traceview/internal/client"
	"traceview/internal/format"
	"traceview/internal/i18n"
	"traceview/internal/logs/elastic"
	"traceview/internal/order"
	"traceview/internal/savedview"
	"traceview/internal/signin"
	"traceview/internal/snapshot"
	"traceview/internal/store"
)

// errorKeys are the kinds of failure by their place in the catalogue.
var errorKeys = map[client.Kind]string{
	client.ErrServer: "server", client.ErrInvalid: "invalid",
	client.ErrUnreachable: "unreachable", client.ErrWrongPort: "wrong-port", client.ErrTLS: "tls",
	client.ErrUnauthenticated: "unauthenticated", client.ErrForbidden: "forbidden", client.ErrTenant: "tenant",
	client.ErrNotFound: "not-found", client.ErrUnimplemented: "unimplemented", client.ErrTooLarge: "too-large",
	client.ErrDeadline: "deadline", client.ErrCancelled: "cancelled", client.ErrGarbage: "garbage",
	client.ErrNeedsService: "needs-service", client.ErrInterrupted: "interrupted", client.ErrInsecure: "insecure",
	client.ErrSignIn: "sign-in", client.ErrProxy: "proxy", client.ErrBusy: "busy",
}

// libraryErrors are the failures of the library by their place in the catalogue,
// causes before what follows from them.
var libraryErrors = []struct {
	err error
	key string
}{
	{store.ErrKeyLost, "key-lost"}, {store.ErrNoKeyring, "no-keyring"}, {store.ErrNewer, "newer"}, {store.ErrInUse, "in-use"},
	{store.ErrDiskFull, "disk-full"}, {store.ErrNotFound, "not-found"}, {store.ErrBusy, "busy"}, {errBacklog, "backlog"},
	{errMemoryFull, "memory-full"}, {store.ErrNotKept, "not-kept"},
}

// libraryKey returns the place of an error of the library.
func libraryKey(err error) (key string, ok bool) {
	var aside *store.AsideError
	if errors.Is(err, store.ErrDamaged) && errors.As(err, &aside) {
		return "aside", true
	}
	for _, e := range libraryErrors {
		if errors.Is(err, e.err) {
			return e.key, true
		}
	}
	return "damaged", errors.Is(err, store.ErrDamaged)
}

// errFolder says that a folder was to be opened.
var errFolder = errors.New("a folder, not a file")

// linkKey returns the place of an error of a link.
func linkKey(err error) (key string, ok bool) {
	switch {
	case errors.Is(err, savedview.ErrView):
		return "linkview", true
	case errors.Is(err, savedview.ErrLink) && errors.Is(err, savedview.ErrNewer):
		return "linknewer", true
	case errors.Is(err, savedview.ErrLinkTooLong):
		return "linklong", true
	}
	return "link", errors.Is(err, savedview.ErrLink)
}

// explain puts an error into words: what happened, and what to do next, in a window
// or on the command line. The hint is empty where the error says it all.
func explain(w *i18n.Printer, err error) (title, hint string) {
	var ce *client.Error
	var se *stepsError
	if key, ok := libraryKey(err); ok {
		file := ""
		if aside := (*store.AsideError)(nil); errors.As(err, &aside) {
			file = aside.Path
		}
		return w.T("error.library." + key + ".title"), w.T("error.library."+key+".hint", "file", file)
	}
	if title, hint, ok := explainConnection(w, err); ok {
		return title, hint
	}
	if title, hint, ok := explainLogs(w, err); ok {
		return title, hint
	}
	if key, ok := linkKey(err); ok {
		return w.T("error." + key + ".title"), w.T("error." + key + ".hint")
	}
	switch {
	case errors.Is(err, errView) && errors.Is(err, savedview.ErrNewer):
		return w.T("error.view.newer"), w.T("error.newer.hint")
	case errors.Is(err, errView):
		return w.T("error.view.damaged"), ""
	case errors.Is(err, errNotes) && errors.Is(err, savedview.ErrNewer):
		return w.T("error.notes.newer"), w.T("error.newer.hint")
	case errors.Is(err, errNotes):
		return w.T("error.notes.damaged"), ""
	case errors.As(err, &se):
		return w.T("error.steps.title", "why", strings.TrimPrefix(se.err.Error(), "read step names: ")), w.T("error.steps.hint", "file", se.path)
	case errors.Is(err, errRules):
		return w.T("error.rules.title"), w.T("error.rules.hint", "cause", strings.ReplaceAll(err.Error(), "\n", ": "))
	case errors.Is(err, syscall.ENOSPC):
		return w.T("error.full.title"), w.T("error.full.hint")
	case errors.Is(err, syscall.EROFS):
		return w.T("error.readonly.title"), w.T("error.readonly.hint")
	case errors.As(err, &ce):
		key, ok := errorKeys[ce.Kind]
		switch {
		case ce.Reason != 0: // says more
			key = "reason." + ce.Reason.String()
		case !ok:
			key = "other"
		}
		return w.T("error."+key+".title", "endpoint", ce.Endpoint), w.T("error."+key+".hint", "endpoint", ce.Endpoint)
	case errors.Is(err, format.ErrUnknown), errors.Is(err, snapshot.ErrNotSnapshot):
		return w.T("error.format.title"), w.T("error.format.hint")
	case errors.Is(err, format.ErrTruncated):
		return w.T("error.truncated.title"), w.T("error.truncated.hint")
	case errors.Is(err, format.ErrTooLarge):
		return w.T("error.unpacked.title"), w.T("error.unpacked.hint")
	case errors.Is(err, snapshot.ErrNewer):
		return w.T("error.newer.title"), w.T("error.newer.hint")
	case errors.Is(err, snapshot.ErrDamaged), errors.Is(err, snapshot.ErrUnsafe):
		return w.T("error.damaged.title"), w.T("error.damaged.hint")
	case errors.Is(err, order.ErrEmpty), errors.Is(err, order.ErrTooLong), errors.Is(err, order.ErrBadCharacter):
		return w.T("error.order.title"), w.T("error.order.hint")
	case errors.Is(err, context.Canceled):
		return w.T("error.cancelled.title"), w.T("error.cancelled.hint")
	case errors.Is(err, fs.ErrNotExist):
		return w.T("error.nofile.title"), w.T("error.nofile.hint")
	case errors.Is(err, errFolder):
		return w.T("error.folder.title"), w.T("error.folder.hint")
	case errors.Is(err, fs.ErrPermission):
		return w.T("error.noaccess.title"), w.T("error.noaccess.hint")
	}
	return err.Error(), ""
}

// reasonFlags are the flags that do on the command line what a hint advises.
var reasonFlags = map[client.Reason]string{
	client.ReasonAuthority: "--ca", client.ReasonClientCert: "--cert --key", client.ReasonMissing: "--token-stdin",
	client.ReasonNoKey: "--order-key", client.ReasonNoTLS: "--plaintext", client.ReasonQueryPort: "--api auto",
	client.ReasonTenantMissing: "--tenant", client.ReasonWebPort: "--api http-v3",
}

// explainTyped is explain for the command line, where the hint names the way there.
func explainTyped(w *i18n.Printer, err error) (title, hint string) {
	title, hint = explain(w, err)
	var ce *client.Error
	var se *signin.Error
	var le *elastic.Error
	flag := ""
	switch {
	case errors.As(err, &le): // whose flags are others
	case errors.Is(err, store.ErrDiskFull):
		flag = "traceview library gc --max-size"
	case errors.As(err, &se) && se.Kind == signin.ErrTLS:
		flag = "--ca"
	case errors.As(err, &ce):
		flag = reasonFlags[ce.Reason]
	}
	if flag != "" {
		hint += " " + w.T("error.flag", "flag", flag)
	}
	return title, hint
}

// explainLine is explainTyped on one line, with the chain of causes for a developer.
func explainLine(w *i18n.Printer, err error) string {
	title, hint := explainTyped(w, err)
	line := title
	if hint != "" {
		line += ". " + hint
	}
	// Errors of several traces joined stand on lines of their own.
	if chain := strings.ReplaceAll(err.Error(), "\n", "; "); chain != title {
		line += " (" + chain + ")"
	}
	return line
}
