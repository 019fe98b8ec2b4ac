package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traceview/internal/savedview"
	"traceview/internal/weblink"
)

// Connections are those a person keeps, with their secrets. All methods but Fixes
// are called off the UI goroutine, several at a time, and return soon
// after their ctx ends. No error of theirs holds a secret.
type Connections interface {
	// List returns the connections kept, in the order of the person.
	List(ctx context.Context) ([]Profile, error)
	// Put keeps p in place of what it is kept as, else as a new one, and returns
	// how it is kept now. Secrets follow, unless it leads to another place. The error is
	// a *FaultsError where p makes no sense.
	Put(ctx context.Context, p Profile) (Profile, error)
	// Remove takes a connection out, signs out of it and forgets its secrets. undo
	// brings all but the sign-in back.
	Remove(ctx context.Context, name string) (undo func(context.Context) error, err error)
	// Import keeps the connections of a file. Where their names are taken, the error
	// wraps ErrClash unless replace is set, and nothing is kept.
	Import(ctx context.Context, path string, replace bool) ([]Profile, error)
	// Templates reads link templates from a configuration file of Jaeger UI; those that
	// make no sense are in refused.
	Templates(ctx context.Context, path string) (good []weblink.Template, refused []error, err error)
	// Export writes connections to a file, without secrets.
	Export(ctx context.Context, path string, names []string) error

	// Open makes a connection the window can ask; nothing is asked yet. It goes on
	// until the window ends. The error is a *LacksError where secrets are missing.
	Open(ctx context.Context, p Profile) (Connected, error)
	// Demo starts the built-in demo, the first time.
	Demo(ctx context.Context) (Connected, error)
	// Check walks the way to an answer and tells each step as it is known. What was
	// typed comes before what is kept. The error is that of the step that failed,
	// or a *FaultsError.
	Check(ctx context.Context, p Profile, typed Typed, each func(Step)) error
	// Authority returns whose certificate a server shows, which nobody has checked.
	Authority(ctx context.Context, p Profile) (Authority, error)

	// Held returns the secrets that a connection needs, and why they last no longer
	// than the program; nil if they do.
	Held(ctx context.Context, p Profile) (list []Secret, memory error, err error)
	// Give keeps a secret, of a key by the path of its file; Forget drops it.
	Give(ctx context.Context, p Profile, s Secret, value string) error
	Forget(ctx context.Context, p Profile, s Secret) error
	// SignIn signs a person in, in the browser or with a code for another device,
	// and tells what to do there. It returns who signed in.
	SignIn(ctx context.Context, p Profile, code bool, tell func(Visit)) (user string, err error)
	// SignOut takes a sign-in back and forgets it.
	SignOut(ctx context.Context, p Profile) error

	// Fixes returns what a person can do about an error of a connection. It is called
	// on the UI goroutine.
	Fixes(p Profile, err error) []Fix
}

// A Profile is a connection as a person sets it up.
type Profile struct {
	Kept       string // the name it is kept under, "" for one that is not kept yet
	Name       string
	Colour     string // of its environment: one of Environments, "" for none
	Address    string
	Plaintext  bool
	API        string // one of apis
	CAFile, CA string // PEM, the one in a file
	ServerName string
	Tenant     string
	OrderKeys  []string // empty for the usual ones
	Days       int      // how far back a search looks, 0 for what the window has
	JaegerUI   string
	Kibana     weblink.Kibana
	Links      []weblink.Template // pages to open about traces and attributes
	Logs       ProfileLogs

	Auth                       string // one of authKinds
	TokenHeader                string
	User                       string
	Issuer, ClientID, Audience string
	Scopes                     []string
	CertFile, KeyFile          string // of a certificate of the person; KeyFile is "" for a key in the keyring
	SecretHeaders              []string
	AllowPlaintext             bool // secrets may travel in the clear
}

// ProfileLogs say where the log lines of a connection's traces are.
type ProfileLogs struct {
	Address        string // of Elasticsearch, "" for none
	Index          string // "" for the usual ones
	Auth           string // one of logsAuthKinds
	User           string
	CAFile         string
	AllowPlaintext bool // the secret may travel in the clear
}

// needs returns the secret that asking for log lines takes.
func (l ProfileLogs) needs() []Secret {
	if l.Address == "" || l.Auth == "" || l.Auth == AuthNone {
		return nil
	}
	return []Secret{{Kind: SecretLogs}}
}

// The kinds of credential of a Profile, and its query interfaces, as they are kept.
const (
	AuthNone  = "none"
	AuthToken = "token"
	AuthBasic = "basic"
	AuthOIDC  = "oidc"
	// AuthAPIKey is of log lines only.
	AuthAPIKey = "api-key"
	APIAuto    = "auto"
)

var (
	authKinds     = []string{AuthNone, AuthToken, AuthBasic, AuthOIDC}
	logsAuthKinds = []string{AuthNone, AuthBasic, AuthToken, AuthAPIKey}
	apis          = []string{APIAuto, "grpc-v3", "grpc-v2", "http-v3"}
	tokenHeaders  = []string{"authorization", "bearer.token", "both"}
)

// CheckSteps are the steps of a check, as the words for them are called.
var CheckSteps = []string{"name", "connect", "tls", "protocol", "sign-in", "api", "services", "key"}

// StepLogs is the last step of the check of a connection that says where log lines are.
const StepLogs = "logs"

// A Step is how one step of a check went.
type Step struct {
	Name   string // one of CheckSteps, or StepLogs
	State  string // StepPassed, StepFailed, or as the words check.left are called
	Took   time.Duration
	Detail string    // what was found, for every language
	Until  time.Time // of the encryption: when the server's certificate ends; zero else
	Err    error     // of a step that failed
	Fixes  []Fix     // what a person can do about it
	// Lines are how many log lines of the last day name a trace, in the index that
	// Detail names; or AtLeast so many.
	Lines   int
	AtLeast bool
	// Usable says that the connection works although the step failed: there is
	// nothing to look at yet.
	Usable bool
}

// The states of a Step that are told apart here.
const (
	StepPassed = "passed"
	StepFailed = "failed"
)

// A Fix is what a person can do about what went wrong.
type Fix struct {
	Kind    FixKind
	Address string // of FixAddress
}

// A FixKind tells fixes apart.
type FixKind uint8

// The kinds of Fix.
const (
	FixAddress     FixKind = iota + 1 // ask at another port
	FixTrust                          // look at the authority, and trust it
	FixPlain                          // go without encryption
	FixTLS                            // go with it
	FixAPI                            // let the interface be found out
	FixSecret                         // give a token, a password or the like
	FixTenant                         // give the name of the tenant
	FixSignIn                         // sign in, again
	FixCertificate                    // name the certificate of the person
	FixConsent                        // agree that secrets travel in the clear
	FixKey                            // name the attribute that holds the order
)

// A Fault is what is wrong with a field of a Profile.
type Fault struct {
	Field string // as the words connection.field are called
	Word  string // as the words connection.bad are called
}

// A FaultsError says what is wrong with the fields of a Profile.
type FaultsError struct{ Faults []Fault }

// Error names the fields.
func (e *FaultsError) Error() string {
	names := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		names[i] = f.Field
	}
	return "connection: wrong are " + strings.Join(names, ", ")
}

// faultOf returns what is wrong with a field, as words; "" for nothing.
func faultOf(list []Fault, field string) string {
	for _, f := range list {
		if f.Field == field {
			return f.Word
		}
	}
	return ""
}

// Typed are secrets as they were typed, by kind and header; their other fields are
// zero.
type Typed map[Secret]string

// A Secret is something a connection needs to be let in.
type Secret struct {
	Kind   string // SecretToken and so on
	Header string // the name, of SecretHeader
	Kept   bool
	// Of a sign-in: who, until when without the issuer, and whether it can be
	// refreshed then.
	User    string
	Until   time.Time
	Refresh bool
}

// The kinds of Secret.
const (
	SecretToken    = "token"
	SecretPassword = "password"
	SecretSignIn   = "sign-in"
	SecretKey      = "key"
	SecretHeader   = "header"
	SecretLogs     = "logs" // of where the log lines are: a password, a token or a key
)

// id returns s with only what tells it from others.
func (s Secret) id() Secret { return Secret{Kind: s.Kind, Header: s.Header} }

// A Visit is what a person has to do to sign in.
type Visit struct {
	Address string // of a page to sign in at
	Opened  bool   // a browser shows it
	Code    string // to type there, "" for none
	Whole   string // the address with the code in it, "" for none
}

// An Authority is whose certificate a server shows.
type Authority struct {
	PEM         string
	Alone       bool // it is the certificate of the server itself
	Subject     string
	Issuer      string
	Names       []string // what the server's certificate is for
	Fingerprint string   // SHA-256
	From, Until time.Time
}

// Connected is a connection that the window can ask.
type Connected struct {
	Source  Source
	Profile Profile
	Address savedview.Link // as links say it; zero if none can
	Known   []string       // orders known to be there
	Origin  string         // what the library calls it, "" for that of the start
	// stale says that it must be opened anew to be used: it was since, or its secrets
	// are others now.
	stale bool
}

// A LacksError says that a connection cannot be opened without secrets.
type LacksError struct {
	Name    string
	Secrets []Secret
}

// Error names the connection and what is missing.
func (e *LacksError) Error() string {
	kinds := make([]string, len(e.Secrets))
	for i, s := range e.Secrets {
		kinds[i] = strings.TrimSpace(s.Kind + " " + s.Header)
	}
	return fmt.Sprintf("open connection %s: %s missing", e.Name, strings.Join(kinds, ", "))
}

var (
	// ErrClash is wrapped where the names of connections are taken already.
	ErrClash = errors.New("a connection of that name is there already")
	// ErrConnections is wrapped by errors of OpenFile about a file that holds
	// connections and no traces.
	ErrConnections = errors.New("a file of connections")
)

// equal says whether two profiles are the same in all but where they are kept.
func (p Profile) equal(q Profile) bool {
	for _, list := range [][2][]string{{p.OrderKeys, q.OrderKeys}, {p.Scopes, q.Scopes}, {p.SecretHeaders, q.SecretHeaders}} {
		if !slices.Equal(list[0], list[1]) {
			return false
		}
	}
	p.Kept, q.Kept = "", ""
	p.OrderKeys, p.Scopes, p.SecretHeaders = nil, nil, nil
	q.OrderKeys, q.Scopes, q.SecretHeaders = nil, nil, nil
	return fmt.Sprint(p) == fmt.Sprint(q)
}

// needs returns the secrets that p asks for, in the order that they are asked.
func (p Profile) needs() []Secret {
	var list []Secret
	switch p.Auth {
	case AuthToken:
		list = append(list, Secret{Kind: SecretToken})
	case AuthBasic:
		list = append(list, Secret{Kind: SecretPassword})
	case AuthOIDC:
		list = append(list, Secret{Kind: SecretSignIn})
	}
	if p.CertFile != "" && p.KeyFile == "" {
		list = append(list, Secret{Kind: SecretKey})
	}
	for _, h := range p.SecretHeaders {
		list = append(list, Secret{Kind: SecretHeader, Header: h})
	}
	return list
}
