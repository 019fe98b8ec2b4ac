package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
)

// Certificates returns what the server shows of its certificates, its own first.
// Nobody has checked them, and no credentials are sent: they are to be shown to a
// person. The error is an *Error.
func (c *Client) Certificates(ctx context.Context) ([]*x509.Certificate, error) {
	fail := func(t *trouble) error {
		return c.fail(ctx, ctx, &attempt{op: "look at certificate", secrets: c.secrets}, t)
	}
	if c.tls == nil {
		return nil, fail(&trouble{kind: ErrInvalid, detail: "the connection is in plain text"})
	}
	bound, cancel := context.WithTimeout(ctx, c.opts.connectTimeout)
	defer cancel()
	nc, err := c.reach(bound)
	if err != nil {
		return nil, fail(dialTrouble(err))
	}
	defer nc.Close()
	cfg := c.tls.Clone()
	cfg.InsecureSkipVerify, cfg.NextProtos = true, []string{"h2", "http/1.1"}
	cfg.Certificates, cfg.GetClientCertificate = nil, nil
	secure := tls.Client(nc, cfg)
	if err := secure.HandshakeContext(bound); err != nil {
		return nil, fail(handshakeTrouble(err))
	}
	return secure.ConnectionState().PeerCertificates, nil
}
