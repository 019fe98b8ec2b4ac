package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/logs/elastic"
	"traceview/internal/savedview"
	"traceview/internal/signin"
	"traceview/internal/weblink"
	"traceview/ui/shell"
)

func profilesOf(list []config.Connection) []shell.Profile {
	out := make([]shell.Profile, len(list))
	for i, c := range list {
		out[i] = profileOfKept(c)
	}
	return out
}

// profileOfKept returns a connection that is kept as the window knows it.
func profileOfKept(c config.Connection) shell.Profile {
	p := profileOfConnection(c)
	p.Kept = c.Name
	return p
}

func profileOfConnection(c config.Connection) shell.Profile {
	a := c.Auth
	p := shell.Profile{
		Name: c.Name, Colour: c.Color, Address: c.Endpoint, Plaintext: c.Plaintext, API: c.API, CAFile: c.CAFile, CA: c.CA, ServerName: c.ServerName,
		Tenant: c.Tenant, OrderKeys: slices.Clone(c.OrderKeys), Days: days(c.Lookback), JaegerUI: c.JaegerUI,
		Kibana: c.Kibana.Pages(), Links: slices.Clone(c.Links),
		Logs: shell.ProfileLogs{Address: c.Logs.Address, Index: c.Logs.Index, Auth: cmp.Or(c.Logs.Auth, config.AuthNone), User: c.Logs.User,
			CAFile: c.Logs.CAFile, AllowPlaintext: c.Logs.AllowPlaintext},
		Auth: a.Kind, TokenHeader: a.TokenHeader, User: a.User, Issuer: a.Issuer, ClientID: a.ClientID, Audience: a.Audience, Scopes: slices.Clone(a.Scopes),
		CertFile: a.CertFile, KeyFile: a.KeyFile, SecretHeaders: slices.Clone(a.SecretHeaders), AllowPlaintext: a.AllowPlaintext,
	}
	if p.Auth == "" {
		p.Auth = config.AuthNone
	}
	if p.TokenHeader == "" {
		p.TokenHeader = config.TokenAuthorization
	}
	return p
}

// intoConnection puts a profile into a connection; what the window does not know of
// it stays.
func intoConnection(c config.Connection, p shell.Profile) config.Connection {
	c.Name, c.Color, c.Endpoint = strings.TrimSpace(p.Name), p.Colour, tidyAddress(p.Address)
	c.Plaintext, c.API, c.CAFile, c.CA, c.ServerName = p.Plaintext, p.API, p.CAFile, p.CA, strings.TrimSpace(p.ServerName)
	c.Tenant, c.OrderKeys, c.JaegerUI = strings.TrimSpace(p.Tenant), slices.Clone(p.OrderKeys), strings.TrimSpace(p.JaegerUI)
	c.Kibana.Take(p.Kibana)
	c.Logs = intoLogs(c.Logs, p.Logs)
	c.Links = slices.Clone(p.Links)
	if p.Days != days(c.Lookback) {
		c.Lookback = config.Duration(time.Duration(p.Days) * day)
	}
	if pages := pagesOf(cmp.Or(p.JaegerUI, p.Address)); p.Kept == "" && (pages != "" || p.JaegerUI == "") {
		c.JaegerUI = pages // of what came from a browser
	}
	if strings.HasPrefix(c.Endpoint, "http://") {
		c.Plaintext = true
	}
	if c.Plaintext { // which they make no sense with
		c.CAFile, c.CA, c.ServerName, p.CertFile, p.KeyFile = "", "", "", "", ""
	}
	a := &c.Auth
	a.Kind, a.TokenHeader, a.User = p.Auth, p.TokenHeader, strings.TrimSpace(p.User)
	a.Issuer, a.ClientID, a.Audience = strings.TrimSpace(p.Issuer), strings.TrimSpace(p.ClientID), strings.TrimSpace(p.Audience)
	a.Scopes, a.SecretHeaders = slices.Clone(p.Scopes), slices.Clone(p.SecretHeaders)
	a.CertFile, a.KeyFile, a.AllowPlaintext = p.CertFile, p.KeyFile, p.AllowPlaintext
	a.ClientCertificate = p.CertFile != ""
	return c
}

// tidied returns a connection that is kept as the window would keep it, under its
// name. It leads to the same place: only so can be told whether a change leads
// elsewhere, since the command line and files keep it as it was written.
func tidied(kept config.Connection) config.Connection {
	c := intoConnection(kept, profileOfKept(kept))
	c.Name = kept.Name
	return c
}

// intoLogs puts where the logs are by a profile into l; what the window does not know of
// it stays, while there are any.
func intoLogs(l config.Logs, p shell.ProfileLogs) config.Logs {
	if strings.TrimSpace(p.Address) == "" {
		return config.Logs{Auth: config.AuthNone}
	}
	l.Address, l.Index, l.Auth = strings.TrimSpace(p.Address), strings.TrimSpace(p.Index), cmp.Or(p.Auth, config.AuthNone)
	l.CAFile, l.AllowPlaintext = strings.TrimSpace(p.CAFile), p.AllowPlaintext
	if l.User = ""; l.Auth == config.AuthBasic {
		l.User = strings.TrimSpace(p.User)
	}
	return l
}

// tidyAddress returns an address as it is kept: of one copied from a browser without
// what was looked for there.
func tidyAddress(text string) string {
	a := strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(a, "unix:"); ok {
		return "unix:///" + strings.TrimLeft(rest, "/")
	}
	a, _, _ = strings.Cut(a, "#")
	a, _, _ = strings.Cut(a, "?")
	return a
}

// pagesOf returns the address of Jaeger's pages, where an address copied from a
// browser tells it.
func pagesOf(address string) string {
	u, err := url.Parse(tidyAddress(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Port() == client.DefaultPort {
		return ""
	}
	for _, page := range []string{"/search", "/trace/", "/dependencies", "/monitor"} {
		if i := strings.Index(u.Path, page); i >= 0 {
			u.Path = u.Path[:i]
		}
	}
	return strings.TrimSuffix(u.String(), "/")
}

// linkAddress returns where a connection leads, as links say it; none where they
// cannot.
func linkAddress(c config.Connection, endpoint string) savedview.Link {
	l := savedview.Link{Endpoint: endpoint, Plaintext: c.Plaintext, Tenant: c.Tenant}
	try := l
	try.Order = "1"
	if _, _, err := try.Encode(); err != nil {
		return savedview.Link{}
	}
	return l
}

// readHandoverFile reads a file of connections.
func readHandoverFile(path string) ([]config.Connection, error) {
	return readHandover(&env{}, path)
}

// isHandover says whether a file is one of connections, by how it begins.
func isHandover(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 512)
	n, _ := f.Read(head)
	return strings.Contains(string(head[:n]), `"traceview_connections"`)
}

// secretOf returns what the window is told of a secret.
func secretOf(h credential.Held) shell.Secret {
	return shell.Secret{Kind: string(h.Kind), Header: h.Header, Kept: h.Kept, User: h.User, Until: h.Expiry, Refresh: h.Refresh}
}

func wantOf(s shell.Secret) credential.Want {
	return credential.Want{Kind: credential.Kind(s.Kind), Header: s.Header}
}

// Held implements shell.Connections.
func (k *windowConnections) Held(ctx context.Context, p shell.Profile) ([]shell.Secret, error, error) {
	c := intoConnection(config.Connection{}, p)
	vault, at, err := k.secretsOf(p, c)
	if err != nil {
		return nil, nil, err
	}
	c = asKept(c, at)
	held, err := vault.Held(ctx, c)
	if err == nil {
		var lines []credential.Held
		lines, err = k.logsVault(p, c, at).LogsHeld(ctx, c)
		held = append(held, lines...)
	}
	if err == nil && (len(held) == 0 || p.Kept == "") { // which told nothing of the keyring
		_, _, err = k.vault.Get(ctx, p.Kept, credential.Want{Kind: credential.Token})
	}
	var list []shell.Secret
	for _, h := range held {
		list = append(list, secretOf(h))
	}
	return list, k.vault.Trouble(), err
}

// Give implements shell.Connections. Of a key it is given the file.
func (k *windowConnections) Give(ctx context.Context, p shell.Profile, s shell.Secret, value string) error {
	if s.Kind == shell.SecretKey {
		key, err := os.ReadFile(value)
		if err != nil {
			return fmt.Errorf("read key: %w", err)
		}
		value = string(key)
	}
	return k.vault.Put(ctx, p.Kept, wantOf(s), value)
}

// Forget implements shell.Connections.
func (k *windowConnections) Forget(ctx context.Context, p shell.Profile, s shell.Secret) error {
	return k.vault.Drop(ctx, p.Kept, wantOf(s))
}

// SignIn implements shell.Connections.
func (k *windowConnections) SignIn(ctx context.Context, p shell.Profile, code bool, tell func(shell.Visit)) (string, error) {
	c := intoConnection(config.Connection{}, p)
	vault, at, err := k.secretsOf(p, c)
	if err != nil {
		return "", err
	}
	t, err := vault.SignIn(ctx, asKept(c, at), signin.Ways{
		Open:    func(address string) error { return k.open(ctx, address) },
		Address: func(address string, opened bool) { tell(shell.Visit{Address: address, Opened: opened}) },
		Code: func(d signin.DeviceCode) {
			tell(shell.Visit{Address: d.Address, Code: d.Code, Whole: d.Complete})
		},
		Page: signInPage,
	}, code)
	return t.User, err
}

// SignOut implements shell.Connections.
func (k *windowConnections) SignOut(ctx context.Context, p shell.Profile) error {
	c := intoConnection(config.Connection{}, p)
	vault, at, err := k.secretsOf(p, c)
	if err != nil {
		return err
	}
	_, err = vault.SignOut(ctx, asKept(c, at))
	return err
}

// stepOfCheck returns a step as the window shows it.
func stepOfCheck(p shell.Profile, cl *client.Client, r client.Result) shell.Step {
	s := shell.Step{Name: r.Step.String(), State: r.State.String(), Took: r.Took, Detail: r.Detail, Until: r.Until}
	switch {
	case r.Err != nil:
		s.Err, s.Fixes = r.Err, fixesOf(p, r.Err)
		s.Usable = r.Err.Reason == client.ReasonNoServices || r.Err.Reason == client.ReasonNoKey
	case r.Step == client.StepAPI && cl.Negotiated() == client.APIHTTP && p.API == config.APIAuto && portOf(cl.Endpoint()) == client.DefaultWebPort:
		s.Fixes = []shell.Fix{{Kind: shell.FixAddress, Address: otherPort(p.Address, cl.Endpoint(), client.DefaultPort)}}
	}
	return s
}

// Fixes implements shell.Connections.
func (k *windowConnections) Fixes(p shell.Profile, err error) []shell.Fix { return fixesOf(p, err) }

// fixesOf returns what a person can do about an error, the likeliest first.
func fixesOf(p shell.Profile, err error) []shell.Fix {
	fixes := func(kinds ...shell.FixKind) (list []shell.Fix) {
		for _, kind := range kinds {
			list = append(list, shell.Fix{Kind: kind})
		}
		return list
	}
	in := fixes(shell.FixSecret)
	if p.Auth == config.AuthOIDC {
		in = fixes(shell.FixSignIn, shell.FixSecret)
	}
	var e *client.Error
	var s *signin.Error
	var missing *credential.MissingError
	switch {
	case errors.As(err, &s):
		if s.Kind == signin.ErrSettings || s.Kind == signin.ErrNotIssuer {
			return fixes(shell.FixSecret)
		}
		return fixes(shell.FixSignIn)
	case errors.As(err, &missing):
		return in
	case !errors.As(err, &e):
		return nil
	}
	switch e.Reason {
	case client.ReasonRefused, client.ReasonNoAnswer, client.ReasonOther:
		return portFixes(p, e)
	case client.ReasonWantsTLS:
		return fixes(shell.FixTLS)
	case client.ReasonNoTLS:
		return fixes(shell.FixPlain)
	case client.ReasonAuthority:
		return fixes(shell.FixTrust)
	case client.ReasonClientCert:
		return fixes(shell.FixCertificate)
	case client.ReasonWebPort:
		return append(portFixes(p, e), fixes(shell.FixAPI)...)
	case client.ReasonQueryPort:
		return fixes(shell.FixAPI)
	case client.ReasonNoKey:
		return fixes(shell.FixKey)
	}
	switch e.Kind {
	case client.ErrUnauthenticated, client.ErrForbidden, client.ErrSignIn:
		return in
	case client.ErrTenant:
		return fixes(shell.FixTenant)
	case client.ErrInsecure:
		return fixes(shell.FixTLS, shell.FixConsent)
	case client.ErrWrongPort:
		return portFixes(p, e)
	}
	return nil
}

// portFixes proposes the other one of Jaeger's ports.
func portFixes(p shell.Profile, e *client.Error) []shell.Fix {
	port := client.DefaultPort
	if portOf(e.Endpoint) == client.DefaultPort {
		port = client.DefaultWebPort
	}
	if a := otherPort(p.Address, e.Endpoint, port); a != "" {
		return []shell.Fix{{Kind: shell.FixAddress, Address: a}}
	}
	return nil
}

// portOf returns the port of an endpoint as the client names it, "" for a socket.
func portOf(endpoint string) string {
	address, _, _ := strings.Cut(endpoint, "/")
	_, port, _ := net.SplitHostPort(address)
	return port
}

// otherPort returns the address of another port of a server, "" for a socket. That it
// goes without encryption stays.
func otherPort(typed, endpoint, port string) string {
	address, _, _ := strings.Cut(endpoint, "/")
	host, _, err := net.SplitHostPort(address)
	if err != nil || strings.HasPrefix(endpoint, "unix:") {
		return ""
	}
	if strings.HasPrefix(strings.TrimSpace(typed), "http://") {
		return "http://" + net.JoinHostPort(host, port)
	}
	return net.JoinHostPort(host, port)
}

// nameFaults returns what is wrong with the name of a connection that was kept under
// another, or not yet.
func nameFaults(f *config.File[config.Connections], was, name string) []shell.Fault {
	_, taken := f.Value.Find(name)
	switch {
	case config.CheckName(name) != nil:
		return []shell.Fault{{Field: "name", Word: "name"}}
	case taken && name != was:
		return []shell.Fault{{Field: "name", Word: "name-taken"}}
	}
	return nil
}

// faultsOf returns what is wrong with the fields of a connection but its name.
func faultsOf(c config.Connection) []shell.Fault {
	var list []shell.Fault
	bad := func(field, word string) { list = append(list, shell.Fault{Field: field, Word: word}) }
	switch address := (config.Connection{Endpoint: c.Endpoint}); {
	case c.Endpoint == "":
		bad("address", "address-empty")
	case strings.Contains(c.Endpoint, "@"):
		bad("address", "address-user")
	case address.Check() != nil || checkReach(config.Connection{Endpoint: c.Endpoint, API: c.API}) != nil:
		bad("address", "address")
	}
	if slices.Contains(c.OrderKeys, "") {
		bad("orderkeys", "order-keys")
	}
	if _, err := parsePages(c.JaegerUI); err != nil {
		bad("jaegerui", "jaeger-ui")
	}
	list = append(append(list, logsFaults(c.Logs)...), kibanaFaults(c.Kibana.Pages())...)
	if c.CAFile != "" && !holdsCertificate(c.CAFile) {
		bad("cafile", "cafile")
	}
	for _, f := range [][2]string{{"certfile", c.Auth.CertFile}, {"keyfile", c.Auth.KeyFile}} {
		if f[1] != "" && !readable(f[1]) {
			bad(f[0], f[0])
		}
	}
	a := c.Auth
	if a.Kind == config.AuthBasic && (a.User == "" || strings.Contains(a.User, ":")) {
		bad("user", "user")
	}
	if a.Kind == config.AuthOIDC {
		if u, err := parsePages(a.Issuer); err != nil || u == nil {
			bad("issuer", "issuer")
		}
		if a.ClientID == "" {
			bad("clientid", "client-id")
		}
	}
	if len(list) == 0 && errors.Is(checkReach(c), client.ErrInsecure) {
		bad("consent", "consent")
	}
	return list
}

// logsFaults returns what is wrong with where the logs are.
func logsFaults(l config.Logs) (list []shell.Fault) {
	bad := func(field, word string) { list = append(list, shell.Fault{Field: field, Word: word}) }
	if !l.Is() {
		return nil
	}
	address := config.Logs{Address: l.Address}
	switch {
	case strings.Contains(l.Address, "@"):
		bad("logsaddress", "address-user")
	case strings.ContainsAny(l.Address, " \t") || checkLogsReach(address) != nil:
		bad("logsaddress", "logs-address")
	}
	if l.Index != "" && elastic.CheckIndex(l.Index) != nil {
		bad("logsindex", "logs-index")
	}
	if l.Auth == config.AuthBasic && (l.User == "" || strings.Contains(l.User, ":")) {
		bad("logsuser", "user")
	}
	if l.CAFile != "" && !holdsCertificate(l.CAFile) {
		bad("logscafile", "cafile")
	}
	if len(list) == 0 && errors.Is(checkLogsReach(l), client.ErrInsecure) {
		bad("logsconsent", "consent")
	}
	return list
}

// Templates implements shell.Connections.
func (k *windowConnections) Templates(_ context.Context, path string) ([]weblink.Template, []error, error) {
	return readTemplates(path)
}

// kibanaFaults returns what is wrong with where Kibana is.
func kibanaFaults(k weblink.Kibana) []shell.Fault {
	space := k.Space
	switch k.Space = ""; {
	case k.Address == "" && space != "", k.Check() != nil:
		return []shell.Fault{{Field: "kibana", Word: "kibana"}}
	case space != "":
		if k.Space = space; k.Check() != nil {
			return []shell.Fault{{Field: "kibanaspace", Word: "kibana-space"}}
		}
	}
	return nil
}

// readable says whether a file can be read.
func readable(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// holdsCertificate says whether a file has a certificate in PEM form.
func holdsCertificate(path string) bool {
	data, err := os.ReadFile(path)
	return err == nil && x509.NewCertPool().AppendCertsFromPEM(data)
}
