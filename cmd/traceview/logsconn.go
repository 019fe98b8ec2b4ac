package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/i18n"
	"traceview/internal/logs/elastic"
	"traceview/internal/units"
)

// addLogsFlags declares the flags that say where the logs of a connection are.
func addLogsFlags(c *call) {
	for _, name := range []string{"logs-address", "logs-index", "logs-auth", "logs-user", "logs-ca", "logs-before", "logs-after"} {
		c.addText(name, "")
	}
	list := new(listFlag)
	c.Var(list, "logs-field", "")
	c.opts["logs-field"] = list
	c.addBool("logs-secret-stdin")
	c.addBool("logs-allow-plaintext-credentials")
}

// noLogs as an address takes the logs out of a connection.
const noLogs = "none"

// logsOf puts what the flags say of logs into those of a connection; what they do not
// say stays.
func logsOf(c *call, l *config.Logs) error {
	if c.text("logs-address") == noLogs {
		*l = config.Logs{Auth: config.AuthNone}
		return nil
	}
	for name, to := range map[string]*string{"logs-address": &l.Address, "logs-index": &l.Index, "logs-user": &l.User, "logs-auth": &l.Auth} {
		if c.text(name) != "" {
			*to = c.text(name)
		}
	}
	if c.text("logs-auth") == "" && c.text("logs-user") != "" {
		l.Auth = config.AuthBasic
	}
	if l.Auth != config.AuthBasic {
		l.User = ""
	}
	if file := c.text("logs-ca"); file != "" { // used from other folders
		abs, err := filepath.Abs(file)
		if err != nil {
			return fmt.Errorf("file %s: %w", file, err)
		}
		l.CAFile = abs
	}
	for name, to := range map[string]*config.Duration{"logs-before": &l.Before, "logs-after": &l.After} {
		if text := c.text(name); text != "" {
			d, err := units.ParseDuration(text)
			if err != nil || d <= 0 {
				return usagef("--%s %q: want a duration such as 15m", name, text)
			}
			*to = config.Duration(time.Duration(d))
		}
	}
	for _, text := range c.list("logs-field") {
		role, name, ok := strings.Cut(text, "=")
		field := l.Fields.Role(role)
		if !ok || field == nil {
			return usagef("--logs-field %.80q: want ROLE=NAME, where ROLE is %s", text, strings.Join(config.LogFieldRoles(), ", "))
		}
		*field = name
	}
	l.AllowPlaintext = l.AllowPlaintext || c.on("logs-allow-plaintext-credentials")
	if !l.Is() && (c.on("logs-secret-stdin") || l.Auth != "" && l.Auth != config.AuthNone) {
		return usagef("--logs-address ADDRESS is missing")
	}
	return nil
}

// logsOptions returns how the Elasticsearch of a connection is asked.
func logsOptions(l config.Logs, creds *credential.Credentials) elastic.Options {
	o := elastic.Options{
		Server: client.Options{Endpoint: l.Address, CAFile: l.CAFile, CA: []byte(l.CA), Token: creds.Token, Basic: creds.Basic, InTheClear: l.AllowPlaintext,
			Version: version, Log: slog.Default()},
		Index:  l.Index,
		Names:  elastic.Names(l.Fields),
		Before: -1, After: -1, // the default
	}
	if l.Before > 0 {
		o.Before = time.Duration(l.Before)
	}
	if l.After > 0 {
		o.After = time.Duration(l.After)
	}
	if creds.APIKey != "" {
		name, value := elastic.APIKey(creds.APIKey)
		o.Server.SecretHeaders = func(context.Context) (map[string]string, error) { return map[string]string{name: value}, nil }
	}
	return o
}

// checkLogsReach says what is wrong with how the logs of a connection are reached,
// before there is a secret to send.
func checkLogsReach(l config.Logs) error {
	if !l.Is() {
		return nil
	}
	creds := &credential.Credentials{}
	if l.SendsSecret() {
		creds.Token = client.StaticToken("")
	}
	cl, err := elastic.New(logsOptions(l, creds))
	if err != nil {
		return fmt.Errorf("logs: %w", err)
	}
	return cl.Close()
}

// openLogs returns a client of the Elasticsearch of a connection, which sends what the
// vault has for it.
func openLogs(ctx context.Context, v *credential.Vault, c config.Connection, ask credential.Ask) (*elastic.Client, error) {
	creds, err := v.OpenLogs(ctx, c, ask)
	if err != nil {
		return nil, err
	}
	cl, err := elastic.New(logsOptions(c.Logs, creds))
	if err != nil {
		return nil, fmt.Errorf("logs of connection %s: %w", c.Name, err)
	}
	return cl, nil
}

// logsReasons and logsKinds are failures of logs that need words of their own, by their
// place in the catalogue: others are the same for any server.
var (
	logsReasons = map[client.Reason]string{
		client.ReasonMissing: "credentials", client.ReasonRefusedToken: "credentials", client.ReasonWrongPath: "not-elastic",
		client.ReasonOther: "not-elastic", client.ReasonQueryPort: "not-elastic", client.ReasonSignInPage: "sign-in", client.ReasonRefused: "refused",
		client.ReasonWantsTLS: "wants-tls", client.ReasonNoTLS: "no-tls", client.ReasonAuthority: "authority",
	}
	logsKinds = map[client.Kind]string{
		client.ErrNotFound: "index", client.ErrForbidden: "forbidden", client.ErrInvalid: "invalid", client.ErrGarbage: "not-elastic",
		client.ErrWrongPort: "not-elastic", client.ErrServer: "server", client.ErrUnreachable: "unreachable", client.ErrUnauthenticated: "credentials",
		client.ErrInterrupted: "interrupted", client.ErrSignIn: "sign-in", client.ErrUnimplemented: "not-elastic",
	}
)

// explainLogs is explain for errors of fetching logs.
func explainLogs(w *i18n.Printer, err error) (title, hint string, ok bool) {
	var failed *elastic.Error
	var ce *client.Error
	if !errors.As(err, &failed) || !errors.As(err, &ce) {
		return "", "", false
	}
	key := logsKinds[ce.Kind]
	if ce.Reason != 0 {
		key = logsReasons[ce.Reason]
	}
	if key == "" {
		return "", "", false
	}
	with := []any{"endpoint", ce.Endpoint, "index", failed.Index}
	return w.T("error.logs."+key+".title", with...), w.T("error.logs."+key+".hint", with...), true
}
