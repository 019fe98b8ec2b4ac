package signin

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxAnswer bounds what an issuer may answer, in bytes; keys and descriptions
// are a hundredth of it.
const maxAnswer = 4 << 20

// HTTPClient returns a client for an issuer that trusts the authorities of the
// system and those of ca, PEM, which may be empty.
func HTTPClient(ca []byte) (*http.Client, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if len(ca) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(ca) {
			return nil, errors.New("authorities for the issuer: no certificate in PEM form")
		}
		t.TLSClientConfig.RootCAs = pool
	}
	return &http.Client{Transport: bounded{t}, Timeout: 30 * time.Second, CheckRedirect: checkRedirect}, nil
}

var errRedirect = errors.New("sent on to another address")

// checkRedirect follows a question, never what carries a code or a token.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > 5 || via[0].Method != http.MethodGet || !protected(req.URL.String()) {
		return errRedirect
	}
	return nil
}

// bounded cuts answers off.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &boundedBody{resp.Body, maxAnswer}
	return resp, nil
}

// A boundedBody fails after so many bytes.
type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
	}
	return n, err
}
