package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/credential"
)

// connFlags are the flags that say which server to ask.
type connFlags struct {
	connection, endpoint, api, ca, cert, key, tenant, user *string
	plaintext, tokenStdin, passwordStdin                   *bool
	headers                                                listFlag
	orderKeys                                              listFlag

	// profile is what the flags say, with what the connection named has.
	profile config.Connection
}

// listFlag is a flag that may be given several times.
type listFlag []string

// String implements flag.Value.
func (l *listFlag) String() string { return strings.Join(*l, ",") }

// Set implements flag.Value.
func (l *listFlag) Set(s string) error { *l = append(*l, s); return nil }

func addConn(c *call) {
	f := &connFlags{
		connection:    c.String("connection", "", ""),
		endpoint:      c.String("endpoint", "", ""),
		plaintext:     c.Bool("plaintext", false, ""),
		api:           c.String("api", "auto", ""),
		ca:            c.String("ca", "", ""),
		cert:          c.String("cert", "", ""),
		key:           c.String("key", "", ""),
		user:          c.String("user", "", ""),
		tokenStdin:    c.Bool("token-stdin", false, ""),
		passwordStdin: c.Bool("password-stdin", false, ""),
		tenant:        c.String("tenant", "", ""),
	}
	c.Var(&f.headers, "header", "")
	c.Var(&f.orderKeys, "order-key", "")
	c.conn = f
}

// wanted says whether a server is named.
func (f *connFlags) wanted() bool { return *f.connection != "" || *f.endpoint != "" }

// byWindow says whether the window opens the connection, and asks for what it lacks:
// one that is kept, with none of its secrets piped in. Headers and an authority of the
// command line are nothing the window knows of: it goes by what is kept.
func (f *connFlags) byWindow() bool {
	return *f.connection != "" && !*f.tokenStdin && !*f.passwordStdin && len(f.headers) == 0 && *f.ca == ""
}

// dial makes the client that the flags describe. Afterwards profile and
// orderKeys are those of the connection.
func (f *connFlags) dial(ctx context.Context, e *env) (*client.Client, error) {
	if err := f.choose(e); err != nil {
		return nil, err
	}
	f.orderKeys = slices.Clone(f.profile.OrderKeys)
	creds, err := f.credentials(ctx, e)
	if err != nil {
		return nil, err
	}
	o, err := clientOptions(f.profile, creds)
	if err != nil {
		return nil, usageError{err}
	}
	cl, err := client.New(o)
	var file *fs.PathError
	if err != nil && *f.connection == "" && !errors.As(err, &file) { // what was typed, not what a file holds
		return nil, usageError{err}
	}
	return cl, err
}

// choose sets profile: the connection named, where flags change some of it, or
// what flags alone say.
func (f *connFlags) choose(e *env) error {
	switch {
	case !f.wanted():
		return usagef("no server: give --connection NAME or --endpoint ADDRESS")
	case *f.connection != "" && *f.endpoint != "":
		return usagef("give --connection or --endpoint, not both")
	case *f.connection != "" && *f.plaintext:
		return usagef("--plaintext is for --endpoint; a connection says so itself")
	case *f.tokenStdin && *f.passwordStdin:
		return usagef("give --token-stdin or --password-stdin, not both")
	}
	f.profile = config.Connection{Auth: config.Auth{TokenHeader: config.TokenBoth}}
	if *f.connection != "" {
		var err error
		if f.profile, err = findConnection(e, *f.connection); err != nil {
			return err
		}
		if err := f.profile.Check(); err != nil {
			return err
		}
	}
	return f.change(&f.profile)
}

// change puts what the flags say into a connection; what they do not say stays.
func (f *connFlags) change(c *config.Connection) error {
	for _, x := range []struct {
		flag string
		to   *string
	}{{*f.endpoint, &c.Endpoint}, {*f.ca, &c.CAFile}, {*f.tenant, &c.Tenant}, {*f.user, &c.Auth.User}} {
		if x.flag != "" {
			*x.to = x.flag
		}
	}
	if *f.api != config.APIAuto || c.API == "" {
		c.API = *f.api
	}
	if *f.cert != "" || *f.key != "" {
		c.Auth.CertFile, c.Auth.KeyFile = *f.cert, *f.key
		c.Auth.ClientCertificate = true
	}
	c.Plaintext = c.Plaintext || *f.plaintext
	if len(f.orderKeys) > 0 {
		c.OrderKeys = slices.Clone(f.orderKeys)
	}
	c.Headers = maps.Clone(c.Headers)
	for _, h := range f.headers {
		k, v, ok := strings.Cut(h, "=")
		if !ok {
			return usagef("--header: want NAME=VALUE") // unquoted: it may hold a secret
		}
		if c.Headers == nil {
			c.Headers = map[string]string{}
		}
		c.Headers[strings.ToLower(k)] = v
	}
	return nil
}

// credentials returns those of the profile. What is piped in comes before what
// the keyring has, and is not kept.
func (f *connFlags) credentials(ctx context.Context, e *env) (*credential.Credentials, error) {
	profile, piped, err := f.piped(e)
	if err != nil {
		return nil, err
	}
	creds := &credential.Credentials{}
	if *f.connection != "" {
		v := e.vault()
		if creds, err = v.Open(ctx, profile, e.asker(v)); err != nil {
			return nil, err
		}
	}
	switch {
	case *f.tokenStdin:
		creds.Token = client.StaticToken(piped)
	case *f.passwordStdin:
		creds.Basic = client.StaticBasic(f.profile.Auth.User, piped)
	}
	return creds, nil
}

// piped reads the token or password that is piped in, and returns the profile
// without the credential it replaces.
func (f *connFlags) piped(e *env) (config.Connection, string, error) {
	p := f.profile
	what := ""
	switch {
	case *f.tokenStdin:
		what = "token"
	case *f.passwordStdin && p.Auth.User == "":
		return p, "", usagef("--password-stdin needs --user NAME")
	case *f.passwordStdin:
		what = "password"
	default:
		return p, "", nil
	}
	p.Auth.Kind = config.AuthNone
	line, err := credential.ReadLine(e.in)
	if err != nil {
		return p, "", fmt.Errorf("read %s from standard input: %w", what, err)
	}
	return p, strings.TrimSpace(line), nil
}

// clientOptions returns how a client talks to the server of a connection.
func clientOptions(c config.Connection, creds *credential.Credentials) (client.Options, error) {
	api, err := client.ParseAPI(c.API)
	if err != nil {
		return client.Options{}, err
	}
	o := client.Options{
		Endpoint: c.Endpoint, Plaintext: c.Plaintext, API: api, CAFile: c.CAFile, CA: []byte(c.CA), ServerName: c.ServerName,
		CertFile: c.Auth.CertFile, KeyFile: c.Auth.KeyFile, Key: creds.KeyPEM, Tenant: c.Tenant, Headers: c.Headers,
		Token: creds.Token, Refused: creds.Refused, Basic: creds.Basic,
		BearerHeader: c.Auth.TokenHeader == config.TokenBoth, BearerOnly: c.Auth.TokenHeader == config.TokenBearer,
		InTheClear: c.Auth.AllowPlaintext, Version: version, Log: slog.Default(),
	}
	if len(creds.Headers) > 0 {
		o.SecretHeaders = func(context.Context) (map[string]string, error) { return creds.Headers, nil }
	}
	return o, nil
}
