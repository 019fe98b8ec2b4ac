package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The query interfaces of a Connection.
const (
	APIAuto   = "auto"
	APIGRPCv3 = "grpc-v3"
	APIGRPCv2 = "grpc-v2"
	APIHTTPv3 = "http-v3"
)

// A Connection is a tracing system the user can search. Credentials are not in
// it.
type Connection struct {
	Name         string   `json:"name"`
	Endpoint     string   `json:"endpoint"` // host:port
	Plaintext    bool     `json:"plaintext"`
	API          string   `json:"api"`     // APIAuto and so on
	CAFile       string   `json:"ca_file"` // PEM; "" for the system's authorities
	Tenant       string   `json:"tenant"`
	OrderKeys    []string `json:"order_keys"`    // attributes that hold the order; empty for the defaults
	Lookback     Duration `json:"lookback"`      // 0 for that of Settings
	EscapeRegexp bool     `json:"escape_regexp"` // the storage reads values as regular expressions
	// Carriers are services seen to record orders, which a search asks first.
	Carriers []string `json:"carriers"`

	kept fields
}

// plainConnection is Connection without its methods.
type plainConnection Connection

// UnmarshalJSON reads a connection and keeps the fields it does not know.
func (c *Connection) UnmarshalJSON(data []byte) error {
	kept := fields{}
	if err := json.Unmarshal(data, (*plainConnection)(c)); err != nil {
		return err
	}
	if err := json.Unmarshal(data, &kept); err != nil {
		return err
	}
	c.kept = kept
	return nil
}

// MarshalJSON writes a connection with the fields it was read with.
func (c Connection) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(plainConnection(c))
	if err != nil || len(c.kept) == 0 {
		return data, err
	}
	all := maps.Clone(c.kept)
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
	case !slices.Contains([]string{"", APIAuto, APIGRPCv3, APIGRPCv2, APIHTTPv3}, c.API):
		return fmt.Errorf("connection %s: api %.30q is not known; use %s, %s, %s or %s",
			c.Endpoint, c.API, APIAuto, APIGRPCv3, APIGRPCv2, APIHTTPv3)
	case slices.Contains(c.OrderKeys, ""):
		return fmt.Errorf("connection %s: an order key is empty", c.Endpoint)
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
