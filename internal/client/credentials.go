package client

import (
	"context"
	"encoding/base64"
	"strings"

	"google.golang.org/grpc/metadata"
)

// A header is one name and value that a call carries.
type header struct{ name, value string }

// headers returns what a call carries, and notes in a what of it no error may
// repeat.
func (c *Client) headers(ctx context.Context, a *attempt) ([]header, error) {
	o := &c.opts
	var out []header
	for k, v := range o.Headers {
		out = append(out, header{strings.ToLower(k), v})
	}
	if o.SecretHeaders != nil {
		secret, err := o.SecretHeaders(ctx)
		if err != nil {
			return nil, c.noCredentials(a, "read headers", err)
		}
		for k, v := range secret {
			if !validKey(k) || !printable(v) {
				return nil, c.noCredentials(a, "header "+clean(k, nil)+" holds characters that cannot be sent", nil)
			}
			_, key, _ := strings.Cut(v, " ") // behind the name of a scheme, as in "ApiKey …"
			a.hide(v, key)
			out = append(out, header{strings.ToLower(k), v})
		}
	}
	if o.Tenant != "" {
		out = append(out, header{"x-tenant", o.Tenant})
	}
	if o.Basic != nil {
		user, password, err := o.Basic(ctx)
		if err != nil {
			return nil, c.noCredentials(a, "read password", err)
		}
		both := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
		a.hide(password, both)
		out = append(out, header{"authorization", "Basic " + both})
	}
	token, err := c.token(ctx, a)
	if err != nil || token == "" {
		return out, err
	}
	if o.Basic == nil && !o.BearerOnly {
		out = append(out, header{"authorization", "Bearer " + token})
	}
	if o.BearerHeader || o.BearerOnly || o.Basic != nil {
		name := "bearer.token"
		if a.web { // what Jaeger reads there beside authorization
			name = "x-forwarded-access-token"
		}
		out = append(out, header{name, token})
	}
	return out, nil
}

// token asks for the bearer token; "" for none.
func (c *Client) token(ctx context.Context, a *attempt) (string, error) {
	if c.opts.Token == nil {
		return "", nil
	}
	token, err := c.opts.Token(ctx)
	if err != nil {
		return "", c.noCredentials(a, "read token", err)
	}
	token = strings.TrimSpace(token)
	if !printable(token) {
		return "", c.noCredentials(a, "the token holds characters that cannot be sent", nil)
	}
	a.hide(token)
	a.token = token
	return token, nil
}

// noCredentials is the error of a call that could not be made for want of what
// it must carry.
func (c *Client) noCredentials(a *attempt, what string, err error) *Error {
	e := &Error{Kind: ErrUnauthenticated, Endpoint: c.opts.Endpoint, Op: a.op, Detail: what, cause: err}
	if err != nil {
		e.Detail += ": " + clean(err.Error(), a.secrets)
	}
	return e
}

// hide keeps values out of errors.
func (a *attempt) hide(values ...string) {
	a.secrets = append(a.secrets[:len(a.secrets):len(a.secrets)], values...)
}

// metadata returns the headers of a call over gRPC.
func (c *Client) metadata(ctx context.Context, a *attempt) (metadata.MD, error) {
	list, err := c.headers(ctx, a)
	md := metadata.MD{}
	for _, h := range list {
		md.Set(h.name, h.value)
	}
	return md, err
}

// renewed says whether there is another token than the one a server refused,
// after telling whoever holds them.
func (c *Client) renewed(ctx context.Context, refused string) bool {
	if c.opts.Token == nil || refused == "" {
		return false
	}
	if c.opts.Refused != nil {
		c.opts.Refused(refused)
	}
	token, err := c.opts.Token(ctx)
	return err == nil && strings.TrimSpace(token) != refused
}
