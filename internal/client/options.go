package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"traceview/internal/config"
)

// An API is a way of asking a Jaeger server.
type API uint8

// The ways of asking: APIAuto tries jaeger.api_v3 first, falls back on
// jaeger.api_v2 for what the server lacks, and on HTTP where the address turns
// out to be that of a web server.
const (
	APIAuto API = iota
	APIv3
	APIv2
	APIHTTP // /api/v3 of the port that also has Jaeger's pages
)

var apiNames = [...]string{"auto", "grpc-v3", "grpc-v2", "http-v3"}

// String returns the name as on the command line.
func (a API) String() string {
	if int(a) < len(apiNames) {
		return apiNames[a]
	}
	return fmt.Sprintf("API(%d)", uint8(a))
}

// ParseAPI reads the names of the command line; "" is APIAuto.
func ParseAPI(s string) (API, error) {
	for i, name := range apiNames {
		if s == name {
			return API(i), nil
		}
	}
	if s == "" {
		return APIAuto, nil
	}
	return 0, fmt.Errorf("api %q: want one of %s", s, strings.Join(apiNames[:], ", "))
}

// Options say where a server is and how to talk to it.
type Options struct {
	// Endpoint is host:port, where need be with the path below which the API
	// lies, a URL of http or https, or unix:///path. Without a port it is that of
	// the scheme, else 16685, or 16686 for APIHTTP.
	Endpoint  string
	Plaintext bool // without TLS, as a URL of http says too
	API       API

	CAFile            string // PEM; "" for CA
	CA                []byte // PEM; none for the system's authorities
	CertFile, KeyFile string // PEM, a client certificate; both or none
	Key               []byte // PEM, in place of KeyFile
	ServerName        string // the name the certificate must be for; "" for the host

	// Token returns the bearer token, "" for none; it is asked once a call.
	// It goes out as "authorization", and with BearerHeader also as
	// "bearer.token", which Jaeger hands on to its storage; with BearerOnly, or
	// where Basic has taken "authorization", only so. Over HTTP that header is
	// "x-forwarded-access-token".
	Token        func(context.Context) (string, error)
	BearerHeader bool
	BearerOnly   bool
	// Refused is told when a server does not accept a token. If Token then
	// returns another, the call is made once more with it. It may be nil.
	Refused func(token string)
	// Basic returns a user and a password for "authorization"; nil for none.
	Basic func(context.Context) (user, password string, err error)

	Tenant  string            // x-tenant
	Headers map[string]string // further metadata, such as a proxy wants
	// SecretHeaders returns headers whose values no message may repeat; nil for
	// none. It is asked once a call.
	SecretHeaders func(context.Context) (map[string]string, error)
	// InTheClear sends credentials without TLS to any machine, where somebody
	// has said so in words.
	InTheClear bool

	// Proxy returns the proxy to reach an address through, nil for none. If it
	// is nil, HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide.
	Proxy func(*url.URL) (*url.URL, error)

	RecvLimit   int           // bytes of one message; 0 for DefaultRecvLimit
	CallTimeout time.Duration // for short answers; 0 for DefaultCallTimeout
	StreamIdle  time.Duration // between messages of a stream; 0 for DefaultStreamIdle

	Version string       // of traceview, for the user agent
	Log     *slog.Logger // nil for none

	connectTimeout time.Duration // of one attempt, TCP, TLS and HTTP/2 settings together
	target         target        // Endpoint taken apart
	port           string        // where Endpoint has none, "" for Jaeger's
}

// Defaults of Options.
const (
	// DefaultPort is Jaeger's gRPC query port, DefaultWebPort that of its pages
	// and of HTTP.
	DefaultPort    = "16685"
	DefaultWebPort = "16686"
	// DefaultRecvLimit holds about 800,000 spans in one message; gRPC's own
	// limit of 4 MiB refuses a trace of 12,000.
	DefaultRecvLimit   = 256 << 20
	DefaultCallTimeout = 30 * time.Second
	// DefaultStreamIdle is long since a server sends its first message only
	// after most of its work: 35 s for a million spans, measured.
	DefaultStreamIdle = 3 * time.Minute
)

// StaticToken returns a Token that never changes.
func StaticToken(token string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return token, nil }
}

// StaticBasic returns a Basic that never changes.
func StaticBasic(user, password string) func(context.Context) (string, string, error) {
	return func(context.Context) (string, string, error) { return user, password, nil }
}

// complete checks o and fills in defaults.
func (o *Options) complete() error {
	if err := o.setTarget(); err != nil {
		return err
	}
	if o.Proxy == nil {
		o.Proxy = func(u *url.URL) (*url.URL, error) { return http.ProxyFromEnvironment(&http.Request{URL: u}) }
	}
	o.RecvLimit = orDefault(o.RecvLimit, DefaultRecvLimit)
	o.CallTimeout = orDefault(o.CallTimeout, DefaultCallTimeout)
	o.StreamIdle = orDefault(o.StreamIdle, DefaultStreamIdle)
	o.connectTimeout = orDefault(o.connectTimeout, 10*time.Second)
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Plaintext && (o.CAFile != "" || len(o.CA) > 0 || o.CertFile != "" || o.KeyFile != "" || o.ServerName != "") {
		return fmt.Errorf("certificates are set for a connection in plain text: choose one")
	}
	if (o.CertFile == "") != (o.KeyFile == "" && len(o.Key) == 0) {
		return fmt.Errorf("a client certificate needs both its certificate and its key file")
	}
	if o.Plaintext && !o.InTheClear && o.hasCredentials() && !o.target.leadsHere() {
		return fmt.Errorf("credentials are not sent to %s without TLS: use TLS, or a local address: %w", o.Endpoint, ErrInsecure)
	}
	return o.checkHeaders()
}

func orDefault[T int | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// setTarget takes the endpoint apart; a scheme says whether TLS is wanted.
func (o *Options) setTarget() (err error) {
	port := DefaultPort
	if o.API == APIHTTP {
		port = DefaultWebPort
	}
	if o.port != "" {
		port = o.port
	}
	if o.target, err = parseEndpoint(o.Endpoint, port); err != nil {
		return err
	}
	if o.target.scheme == "https" && o.Plaintext {
		return fmt.Errorf("endpoint %s begins with https, but plain text is asked for: choose one", o.target)
	}
	o.Plaintext = o.Plaintext || o.target.scheme == "http"
	o.Endpoint = o.target.String()
	return nil
}

// hasCredentials says whether anything sent should stay secret. The tenant is a
// name, not a secret.
func (o *Options) hasCredentials() bool {
	if o.Token != nil || o.Basic != nil || o.SecretHeaders != nil {
		return true
	}
	for k := range o.Headers {
		if config.IsCredential(k) {
			return true
		}
	}
	return false
}

// secrets returns the values that no error may repeat.
func (o *Options) secrets() []string {
	var out []string
	for k, v := range o.Headers {
		if config.IsCredential(k) {
			out = append(out, v)
		}
	}
	return out
}

func (o *Options) checkHeaders() error {
	for k, v := range o.Headers {
		if !validKey(k) {
			return fmt.Errorf("header %q: want a name of letters, digits, '-', '_' and '.', not reserved by gRPC", clean(k, nil))
		}
		if !printable(v) {
			return fmt.Errorf("header %q: its value holds characters that cannot be sent", k)
		}
	}
	if !printable(o.Tenant) {
		return fmt.Errorf("tenant %q: holds characters that cannot be sent", clean(o.Tenant, nil))
	}
	return nil
}

func validKey(k string) bool {
	k = strings.ToLower(k)
	for _, r := range k {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.", r) {
			return false
		}
	}
	switch k {
	case "", "content-type", "te", "user-agent", "connection", "host":
		return false
	}
	return !strings.HasPrefix(k, "grpc-")
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// tlsConfig reads the certificates; nil for plaintext.
func (o *Options) tlsConfig() (*tls.Config, error) {
	if o.Plaintext {
		return nil, nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: o.ServerName}
	if cfg.ServerName == "" {
		cfg.ServerName = o.target.host
	}
	if err := o.readAuthorities(cfg); err != nil {
		return nil, err
	}
	return cfg, o.readCertificate(cfg)
}

func (o *Options) readAuthorities(cfg *tls.Config) error {
	pem, from := o.CA, "of the connection"
	if o.CAFile != "" {
		var err error
		if pem, err = os.ReadFile(o.CAFile); err != nil {
			return fmt.Errorf("read CA file: %w", err)
		}
		from = "file " + o.CAFile
	}
	if len(pem) == 0 && o.CAFile == "" {
		return nil
	}
	cfg.RootCAs = x509.NewCertPool()
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return fmt.Errorf("CA %s: holds no certificate in PEM form", from)
	}
	return nil
}

func (o *Options) readCertificate(cfg *tls.Config) error {
	if o.CertFile == "" {
		return nil
	}
	cert, err := os.ReadFile(o.CertFile)
	if err != nil {
		return fmt.Errorf("client certificate: %w", err)
	}
	key, from := o.Key, "the keyring"
	if o.KeyFile != "" {
		if key, err = os.ReadFile(o.KeyFile); err != nil {
			return fmt.Errorf("client certificate: %w", err)
		}
		from = o.KeyFile
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("client certificate %s with key of %s: %w", o.CertFile, from, err)
	}
	cfg.Certificates = []tls.Certificate{pair}
	return nil
}
