package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"traceview/internal/weblink"
)

// The query interfaces of a Connection.
const (
	APIAuto   = "auto"
	APIGRPCv3 = "grpc-v3"
	APIGRPCv2 = "grpc-v2"
	APIHTTPv3 = "http-v3"
)

// The colours of Connection, which tell one environment from another.
const (
	ColorNone   = ""
	ColorGreen  = "green"
	ColorBlue   = "blue"
	ColorAmber  = "amber"
	ColorRed    = "red"
	ColorViolet = "violet"
)

// Colors returns the colours of Connection, but for ColorNone.
func Colors() []string { return []string{ColorGreen, ColorBlue, ColorAmber, ColorRed, ColorViolet} }

// A Connection is a tracing system the user can search. Credentials are not in
// it; Auth says which there are.
type Connection struct {
	Name         string            `json:"name"`
	Color        string            `json:"color"`    // ColorNone and so on
	Endpoint     string            `json:"endpoint"` // host:port, or a longer address that package client reads
	Plaintext    bool              `json:"plaintext"`
	API          string            `json:"api"`         // APIAuto and so on
	CAFile       string            `json:"ca_file"`     // PEM; "" for CA
	CA           string            `json:"ca"`          // PEM; "" for the system's authorities
	ServerName   string            `json:"server_name"` // the certificate is for it; "" for the host of Endpoint
	Tenant       string            `json:"tenant"`
	Headers      map[string]string `json:"headers"` // sent with every call; none of them a secret
	Auth         Auth              `json:"auth"`
	OrderKeys    []string          `json:"order_keys"`    // attributes that hold the order; empty for the defaults
	Lookback     Duration          `json:"lookback"`      // 0 for that of Settings
	EscapeRegexp bool              `json:"escape_regexp"` // the storage reads values as regular expressions
	JaegerUI     string            `json:"jaeger_ui"`     // address of Jaeger's own pages, "" for none
	Kibana       Kibana            `json:"kibana"`
	// Links are pages to open about traces and attributes, as Jaeger UI's linkPatterns.
	Links []weblink.Template `json:"links"`
	Logs  Logs               `json:"logs"`
	// Carriers are services seen to record orders, which a search asks first.
	Carriers []string `json:"carriers"`

	kept fields
}

// plainConnection is Connection without its methods.
type plainConnection Connection

// UnmarshalJSON reads a connection and keeps the fields it does not know.
func (c *Connection) UnmarshalJSON(data []byte) (err error) {
	c.kept, err = decodeKeeping(data, (*plainConnection)(c))
	return err
}

// MarshalJSON writes a connection with the fields it was read with.
func (c Connection) MarshalJSON() ([]byte, error) { return encodeKept(plainConnection(c), c.kept) }

// Known returns c without the fields it was read with and does not know: they
// may hold anything.
func (c Connection) Known() Connection {
	c.kept, c.Auth.kept, c.Kibana.kept, c.Logs.kept = nil, nil, nil, nil
	return c
}

// decodeKeeping reads a JSON object into v and returns all its fields.
func decodeKeeping(data []byte, v any) (fields, error) {
	if err := json.Unmarshal(data, v); err != nil {
		return nil, err
	}
	kept := fields{}
	return kept, json.Unmarshal(data, &kept)
}

// encodeKept writes v with those of the fields kept that v does not have.
func encodeKept(v any, kept fields) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil || len(kept) == 0 {
		return data, err
	}
	all := maps.Clone(kept)
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	return json.Marshal(all)
}

// Check says what is wrong with a connection before it is used or kept.
func (c Connection) Check() error {
	switch {
	case strings.TrimSpace(c.Endpoint) == "":
		return errors.New("connection: no endpoint; give host:port")
	case strings.ContainsAny(c.Endpoint, " \t\r\n"):
		return fmt.Errorf("connection %.60q: the endpoint has a blank in it; give host:port", c.Endpoint)
	case strings.Contains(c.Endpoint, "@"):
		return errors.New("connection: a user name or password does not belong in its address; give credentials apart from it")
	case !slices.Contains([]string{"", APIAuto, APIGRPCv3, APIGRPCv2, APIHTTPv3}, c.API):
		return fmt.Errorf("connection %s: api %.30q is not known; use %s, %s, %s or %s",
			c.Endpoint, c.API, APIAuto, APIGRPCv3, APIGRPCv2, APIHTTPv3)
	case slices.Contains(c.OrderKeys, ""):
		return fmt.Errorf("connection %s: an order key is empty", c.Endpoint)
	case c.Color != ColorNone && !slices.Contains(Colors(), c.Color):
		return fmt.Errorf("connection %s: color %.30q is not known; use one of %s", c.Endpoint, c.Color, strings.Join(Colors(), ", "))
	}
	for name := range c.Headers {
		if IsCredential(name) {
			return fmt.Errorf("connection %s: header %.60q looks like a credential; keep it as a secret header", c.Endpoint, name)
		}
	}
	if err := checkAddress(c.JaegerUI); err != nil {
		return fmt.Errorf("connection %s: address of Jaeger's pages: %w", c.Endpoint, err)
	}
	if err := errors.Join(c.Auth.check(), c.Logs.check()); err != nil {
		return fmt.Errorf("connection %s: %w", c.Endpoint, err)
	}
	if err := c.checkPages(); err != nil {
		return fmt.Errorf("connection %s: %w", c.Endpoint, err)
	}
	return nil
}

// maxName bounds names of connections, in characters: a keyring takes no longer
// one everywhere.
const maxName = 60

// CheckName says what is wrong with the name of a connection.
func CheckName(name string) error {
	switch {
	case strings.TrimSpace(name) != name || name == "":
		return fmt.Errorf("name %.80q: want one without blanks around it", name)
	case utf8.RuneCountInString(name) > maxName:
		return fmt.Errorf("name %.80q: want at most %d characters", name, maxName)
	case strings.HasPrefix(name, "-") || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == '/' }):
		return fmt.Errorf("name %.80q: want printable characters without '/', and no '-' in front", name)
	}
	return nil
}

// IsCredential goes by the names that proxies and gateways use for headers;
// better one too many than a key in plain text.
func IsCredential(header string) bool {
	header = strings.ToLower(header)
	return slices.ContainsFunc([]string{"auth", "token", "cookie", "key", "secret", "password", "session"},
		func(part string) bool { return strings.Contains(header, part) })
}

// checkAddress says what is wrong with the address of a page.
func checkAddress(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("want one such as https://host/path")
	case u.User != nil:
		return errors.New("it holds a user name or a password; leave them out")
	}
	return nil
}

// Connections are those the user keeps.
type Connections struct {
	List []Connection `json:"connections"` // in the order of the user, names unique
}

// OpenConnections reads connections.json in dir. The File is usable even where
// the error is not nil: see *NewerError and *DamagedError.
func OpenConnections(dir string) (*File[Connections], error) {
	return open(dir, schema[Connections]{
		name: "connections.json", defaults: func() Connections { return Connections{} }, settle: (*Connections).settle,
	})
}

func (c *Connections) settle() {
	for i := range c.List {
		if c.List[i].API == "" {
			c.List[i].API = APIAuto
		}
		c.List[i].Lookback = max(c.List[i].Lookback, 0)
		c.List[i].Auth.settle()
		c.List[i].Logs.settle()
	}
}

// Find returns the connection of that name.
func (c *Connections) Find(name string) (Connection, bool) {
	if i := c.index(name); i >= 0 {
		return c.List[i], true
	}
	return Connection{}, false
}

// Put replaces the connection of the same name, or adds it at the end.
func (c *Connections) Put(conn Connection) {
	if i := c.index(conn.Name); i >= 0 {
		c.List[i] = conn
		return
	}
	c.List = append(c.List, conn)
}

// Rename gives a connection another name and says whether it could: there is
// one of the old name and none of the new.
func (c *Connections) Rename(old, name string) bool {
	i := c.index(old)
	if i < 0 || c.index(name) >= 0 {
		return false
	}
	c.List[i].Name = name
	return true
}

// Remove takes the connection of that name out and says whether there was one.
func (c *Connections) Remove(name string) bool {
	i := c.index(name)
	if i >= 0 {
		c.List = slices.Delete(c.List, i, i+1)
	}
	return i >= 0
}

func (c *Connections) index(name string) int {
	return slices.IndexFunc(c.List, func(x Connection) bool { return x.Name == name })
}
