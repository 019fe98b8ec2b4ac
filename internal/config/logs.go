package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// AuthAPIKey is a kind of credential of Logs beside AuthNone, AuthToken and AuthBasic: a
// key of Elasticsearch.
const AuthAPIKey = "api-key"

// Logs say where the log lines of a connection's traces are: in an Elasticsearch, or
// what searches like one. Its secret is in the keyring, apart from those of the
// connection: neither server gets what is meant for the other.
type Logs struct {
	Address string `json:"address"` // host:port or a URL; "" for no logs
	Index   string `json:"index"`   // a pattern, several divided by commas; "" for the usual ones
	CAFile  string `json:"ca_file"` // PEM; "" for CA
	CA      string `json:"ca"`      // PEM; "" for the system's authorities
	Auth    string `json:"auth"`    // AuthNone and so on
	User    string `json:"user"`    // of AuthBasic
	// AllowPlaintext has the secret sent without TLS to other computers.
	AllowPlaintext bool      `json:"allow_plaintext_credentials"`
	Fields         LogFields `json:"fields"`
	// How far before and after a trace lines are looked for; 0 for the default.
	Before Duration `json:"before"`
	After  Duration `json:"after"`

	kept fields
}

// LogFields are the fields of documents that mean something, where they are named in a
// way that is not known anyway; "" for those that are.
type LogFields struct {
	Trace   string `json:"trace"`
	Span    string `json:"span"`
	Time    string `json:"time"`
	Message string `json:"message"`
	Level   string `json:"level"`
	Service string `json:"service"`
}

// LogFieldRoles are the names of the fields of LogFields, as in files.
func LogFieldRoles() []string {
	return []string{"trace", "span", "time", "message", "level", "service"}
}

// Role returns the field of a role of LogFieldRoles, nil for another.
func (f *LogFields) Role(role string) *string {
	switch role {
	case "trace":
		return &f.Trace
	case "span":
		return &f.Span
	case "time":
		return &f.Time
	case "message":
		return &f.Message
	case "level":
		return &f.Level
	case "service":
		return &f.Service
	}
	return nil
}

// plainLogs is Logs without its methods.
type plainLogs Logs

// UnmarshalJSON reads where logs are and keeps the fields it does not know.
func (l *Logs) UnmarshalJSON(data []byte) (err error) {
	l.kept, err = decodeKeeping(data, (*plainLogs)(l))
	return err
}

// MarshalJSON writes l with the fields it was read with.
func (l Logs) MarshalJSON() ([]byte, error) { return encodeKept(plainLogs(l), l.kept) }

// Is says whether a connection has logs at all.
func (l Logs) Is() bool { return l.Address != "" }

// SendsSecret says whether there is a secret that goes out with a question.
func (l Logs) SendsSecret() bool { return l.Is() && l.Auth != "" && l.Auth != AuthNone }

// SendsTo says whether the secret of l goes to the same place as that of other,
// protected in the same way.
func (l Logs) SendsTo(other Logs) bool {
	return l.Address == other.Address && l.CA == other.CA && l.CAFile == other.CAFile && l.Auth == other.Auth && l.AllowPlaintext == other.AllowPlaintext
}

func (l *Logs) settle() {
	if l.Auth == "" {
		l.Auth = AuthNone
	}
	l.Before, l.After = max(l.Before, 0), max(l.After, 0)
}

func (l Logs) check() error {
	if !l.Is() {
		return nil
	}
	switch {
	case strings.ContainsAny(l.Address, " \t\r\n"):
		return fmt.Errorf("address of the logs %.60q: it has a blank in it; give host:port or https://host", l.Address)
	case strings.Contains(l.Address, "@"):
		return errors.New("address of the logs: a user name or password does not belong in it; give credentials apart from it")
	case !slices.Contains([]string{"", AuthNone, AuthBasic, AuthToken, AuthAPIKey}, l.Auth):
		return fmt.Errorf("credentials of the logs %.30q are not known; use %s, %s, %s or %s", l.Auth, AuthNone, AuthBasic, AuthToken, AuthAPIKey)
	case strings.Contains(l.User, ":"): // RFC 7617
		return errors.New("a user name of the logs must not hold ':'")
	case l.Auth == AuthNone && l.User != "" || (l.Auth == AuthToken || l.Auth == AuthAPIKey) && l.User != "":
		return fmt.Errorf("the logs have a user name, but their credentials are %s", l.Auth)
	}
	for _, role := range LogFieldRoles() {
		if name := *l.Fields.Role(role); strings.ContainsAny(name, " \t\r\n*?\"") {
			return fmt.Errorf("field %.60q of the logs: want one name such as trace.id", name)
		}
	}
	return nil
}

// handedOver returns l as it may leave: without what is one person's or one computer's.
func (l Logs) handedOver(readFile func(path string) ([]byte, error)) (Logs, error) {
	if l.CAFile != "" {
		data, err := readFile(l.CAFile)
		if err != nil {
			return l, err
		}
		if l.CA = certificates(data); l.CA == "" {
			return l, fmt.Errorf("%s holds no certificate in PEM form", l.CAFile)
		}
	}
	l.CAFile, l.User, l.kept = "", "", nil
	return l, nil
}
