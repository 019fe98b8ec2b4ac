package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"traceview/internal/client"
)

// connFlags are the flags that say which server to ask.
type connFlags struct {
	endpoint, api, ca, cert, key, tenant *string
	plaintext, tokenStdin                *bool
	headers                              listFlag
	orderKeys                            listFlag
}

// listFlag is a flag that may be given several times.
type listFlag []string

// String implements flag.Value.
func (l *listFlag) String() string { return strings.Join(*l, ",") }

// Set implements flag.Value.
func (l *listFlag) Set(s string) error { *l = append(*l, s); return nil }

func addConn(c *call) {
	f := &connFlags{
		endpoint:   c.String("endpoint", "", ""),
		plaintext:  c.Bool("plaintext", false, ""),
		api:        c.String("api", "auto", ""),
		ca:         c.String("ca", "", ""),
		cert:       c.String("cert", "", ""),
		key:        c.String("key", "", ""),
		tokenStdin: c.Bool("token-stdin", false, ""),
		tenant:     c.String("tenant", "", ""),
	}
	c.Var(&f.headers, "header", "")
	c.Var(&f.orderKeys, "order-key", "")
	c.conn = f
}

// dial makes the client that the flags describe.
func (f *connFlags) dial(e *env) (*client.Client, error) {
	if *f.endpoint == "" {
		return nil, usagef("no server: give --endpoint ADDRESS")
	}
	api, err := client.ParseAPI(*f.api)
	if err != nil {
		return nil, usageError{err}
	}
	o := client.Options{
		Endpoint: *f.endpoint, Plaintext: *f.plaintext, API: api, CAFile: *f.ca, CertFile: *f.cert,
		KeyFile: *f.key, Tenant: *f.tenant, Headers: map[string]string{}, Version: version,
	}
	for _, h := range f.headers {
		k, v, ok := strings.Cut(h, "=")
		if !ok {
			return nil, usagef("--header: want NAME=VALUE") // unquoted: it may hold a secret
		}
		o.Headers[strings.ToLower(k)] = v
	}
	if *f.tokenStdin {
		token, err := readToken(e.in)
		if err != nil {
			return nil, err
		}
		o.Token, o.BearerHeader = client.StaticToken(token), true
	}
	cl, err := client.New(o)
	var file *fs.PathError
	if err != nil && !errors.As(err, &file) { // what was typed, not what a file holds
		return nil, usageError{err}
	}
	return cl, err
}

// readToken reads one line, so that a token never stands among the arguments.
func readToken(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 64<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read token from standard input: %w", err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return "", errors.New("read token from standard input: it is empty")
	}
	return line, nil
}
