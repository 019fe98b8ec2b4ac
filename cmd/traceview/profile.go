package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/units"
)

func addConnection(ctx context.Context, e *env, c *call, kept *config.File[config.Connections]) error {
	name := c.args[0]
	if err := config.CheckName(name); err != nil {
		return usageError{err}
	}
	if *c.conn.endpoint == "" {
		return usagef("--endpoint ADDRESS is missing")
	}
	if _, ok := kept.Value.Find(name); ok {
		return &clashError{[]string{name}}
	}
	return keepConnection(ctx, e, c, kept, config.Connection{Name: name}, false)
}

func changeConnection(ctx context.Context, e *env, c *call, kept *config.File[config.Connections]) error {
	before, err := findIn(kept, c.args[0])
	if err != nil {
		return err
	}
	return keepConnection(ctx, e, c, kept, before, true)
}

// keepConnection puts what the flags say into a connection and keeps it, with
// the secrets that are given along.
func keepConnection(ctx context.Context, e *env, c *call, kept *config.File[config.Connections], before config.Connection, known bool) error {
	after := before
	if err := profileOf(c, &after); err != nil {
		return err
	}
	if err := linksOf(e, c, &after); err != nil {
		return err
	}
	if err := after.Check(); err != nil {
		return usageError{err}
	}
	if err := errors.Join(checkReach(after), checkLogsReach(after.Logs)); err != nil {
		return usageError{err}
	}
	kept.Value.Put(after)
	after, _ = kept.Value.Find(after.Name)
	if known {
		if err := saveFollowing(ctx, e, kept, before, after); err != nil {
			return err
		}
	} else if err := kept.Save(); err != nil {
		return err
	}
	v := e.vault()
	after, _ = kept.Value.Find(after.Name)
	if err := e.takeSecrets(ctx, c, v, after, false); err != nil {
		return err
	}
	fmt.Fprintln(e.err, e.words().T("connection.added", "name", after.Name, "endpoint", after.Endpoint))
	return e.tellState(ctx, c, v, after)
}

// profileOf puts what the flags say into a connection; what they do not say
// stays.
func profileOf(c *call, p *config.Connection) error {
	f := c.conn
	if *f.connection != "" {
		return usagef("--connection chooses one to use; here NAME says which")
	}
	if err := f.change(p); err != nil {
		return err
	}
	for _, file := range []*string{&p.CAFile, &p.Auth.CertFile, &p.Auth.KeyFile} { // used from other folders
		if *file == "" {
			continue
		}
		abs, err := filepath.Abs(*file)
		if err != nil {
			return fmt.Errorf("file %s: %w", *file, err)
		}
		*file = abs
	}
	if c.on("key-in-keyring") {
		if *f.key == "" {
			return usagef("--key-in-keyring needs --key FILE to read it from")
		}
		p.Auth.KeyFile = ""
	}
	for name, to := range map[string]*string{
		"color": &p.Color, "token-header": &p.Auth.TokenHeader, "issuer": &p.Auth.Issuer, "client-id": &p.Auth.ClientID,
		"audience": &p.Auth.Audience, "server-name": &p.ServerName, "jaeger-ui": &p.JaegerUI,
	} {
		if c.text(name) != "" {
			*to = c.text(name)
		}
	}
	if text := c.text("lookback"); text != "" {
		d, err := units.ParseDuration(text)
		if err != nil || d <= 0 {
			return usagef("--lookback %q: want a duration such as 7d", text)
		}
		p.Lookback = config.Duration(time.Duration(d))
	}
	p.EscapeRegexp = p.EscapeRegexp || c.on("escape-regexp")
	p.Auth.AllowPlaintext = p.Auth.AllowPlaintext || c.on("allow-plaintext-credentials")
	if list := c.list("scope"); len(list) > 0 {
		p.Auth.Scopes = slices.Clone(list)
	}
	if list := c.list("secret-header"); len(list) > 0 {
		p.Auth.SecretHeaders = nil
		for _, h := range list {
			p.Auth.SecretHeaders = append(p.Auth.SecretHeaders, strings.ToLower(h))
		}
	}
	p.Auth.Kind = authOf(c, p.Auth.Kind)
	return logsOf(c, &p.Logs)
}

// authOf returns the kind of credential that flags ask for, or speak of.
func authOf(c *call, before string) string {
	switch {
	case c.text("auth") != "":
		return c.text("auth")
	case *c.conn.tokenStdin:
		return config.AuthToken
	case *c.conn.passwordStdin || *c.conn.user != "":
		return config.AuthBasic
	case c.text("issuer") != "":
		return config.AuthOIDC
	}
	return before
}

// checkReach says what is wrong with how a server is reached, before there are
// secrets to send it.
func checkReach(p config.Connection) error {
	creds := &credential.Credentials{}
	if p.Auth.SendsSecrets() {
		creds.Token = client.StaticToken("")
	}
	p.Auth.CertFile, p.Auth.KeyFile = "", "" // the key may not be there yet
	o, err := clientOptions(p, creds)
	if err != nil {
		return err
	}
	cl, err := client.New(o)
	if err != nil {
		return err
	}
	return cl.Close()
}
