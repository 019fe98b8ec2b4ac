package config

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
)

// MaxHandover bounds a file of connections handed over, in bytes.
const MaxHandover = 1 << 20

// handoverVersion is the format of a file of connections handed over.
const handoverVersion = 1

// A handover is a file in which somebody hands connections to others.
type handover struct {
	Version     int          `json:"traceview_connections"`
	Connections []Connection `json:"connections"`
}

// ErrHandover is wrapped by errors about a file that is none of connections, or
// not a sound one.
var ErrHandover = errors.New("not a file of connections")

// Handover returns connections as a readable file for others. It holds what it
// knows only, so that a secret somebody wrote among the fields does not leave;
// neither does what is true of one person or one computer: the user name, files
// and the services seen. Authorities that a connection trusts, read by readFile,
// go with it.
func Handover(list []Connection, readFile func(path string) ([]byte, error)) ([]byte, error) {
	out := handover{handoverVersion, make([]Connection, len(list))}
	for i, c := range list {
		if c.CAFile != "" {
			data, err := readFile(c.CAFile)
			if err != nil {
				return nil, fmt.Errorf("hand over connection %s: %w", c.Name, err)
			}
			if c.CA = certificates(data); c.CA == "" {
				return nil, fmt.Errorf("hand over connection %s: %s holds no certificate in PEM form", c.Name, c.CAFile)
			}
		}
		var err error
		if c.Logs, err = c.Logs.handedOver(readFile); err != nil {
			return nil, fmt.Errorf("hand over connection %s: logs: %w", c.Name, err)
		}
		c = c.Known()
		c.CAFile, c.Carriers = "", nil
		c.Auth.settle()
		c.Auth.User, c.Auth.CertFile, c.Auth.KeyFile = "", "", ""
		if err := c.Check(); err != nil {
			return nil, fmt.Errorf("hand over %s: %w", c.Name, err)
		}
		out.Connections[i] = c
	}
	data, err := json.MarshalIndent(out, "", "  ")
	return append(data, '\n'), err
}

// certificates returns the certificates of a PEM file and nothing else of it.
func certificates(data []byte) string {
	var out bytes.Buffer
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			return out.String()
		}
		if data = rest; block.Type == "CERTIFICATE" {
			out.Write(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}))
		}
	}
}

// ParseHandover reads what Handover wrote. The error wraps ErrHandover, or is a
// *NewerError of a file that only a newer version understands.
func ParseHandover(data []byte) ([]Connection, error) {
	if len(data) > MaxHandover {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrHandover, MaxHandover)
	}
	var in handover
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHandover, err)
	}
	switch {
	case in.Version > handoverVersion:
		return nil, &NewerError{"the file", in.Version, handoverVersion}
	case in.Version < 1:
		return nil, fmt.Errorf("%w: it does not say traceview_connections", ErrHandover)
	case len(in.Connections) == 0:
		return nil, fmt.Errorf("%w: there is none in it", ErrHandover)
	}
	list := Connections{List: in.Connections}
	list.settle()
	for i := range list.List {
		list.List[i] = list.List[i].Known()
		c := &list.List[i]
		err := errors.Join(CheckName(c.Name), c.Check())
		if list.index(c.Name) != i {
			err = errors.Join(err, fmt.Errorf("%s is there twice", c.Name))
		}
		for _, ca := range []string{c.CA, c.Logs.CA} {
			if ca != "" && certificates([]byte(ca)) == "" {
				err = errors.Join(err, fmt.Errorf("connection %s: ca is no certificate in PEM form", c.Name))
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrHandover, err)
		}
	}
	return list.List, nil
}

// SendsTo says whether credentials of c go to the same place as those of other,
// protected in the same way. Where they do not, they must not be taken over.
func (c Connection) SendsTo(other Connection) bool {
	a, b := c.Auth, other.Auth
	return c.Endpoint == other.Endpoint && c.Plaintext == other.Plaintext && c.ServerName == other.ServerName &&
		c.CA == other.CA && c.CAFile == other.CAFile && a.Kind == b.Kind && a.Issuer == b.Issuer && a.ClientID == b.ClientID &&
		a.AllowPlaintext == b.AllowPlaintext
}
