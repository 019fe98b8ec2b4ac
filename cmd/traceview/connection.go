package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/i18n"
)

var connectionCommand = command{
	name: "connection",
	args: "add|change|list|show|test|rename|remove|import|export|login|logout [NAME]...",
	flags: func(c *call) {
		addConn(c)
		addLogsFlags(c)
		for _, name := range []string{"color", "auth", "token-header", "issuer", "client-id", "audience", "server-name", "jaeger-ui", "kibana", "kibana-space", "kibana-data-view", "links",
			"lookback", "as", "o"} {
			c.addText(name, "")
		}
		for _, name := range []string{"scope", "secret-header"} {
			list := new(listFlag)
			c.Var(list, name, "")
			c.opts[name] = list
		}
		for _, name := range []string{"escape-regexp", "key-in-keyring", "allow-plaintext-credentials", "header-stdin", "device", "replace", "json"} {
			c.addBool(name)
		}
	},
	run: runConnection,
}

// A connectionRun is a command on connections.
type connectionRun struct {
	names int // of connections that it takes: how many, or -1 for any but none
	run   func(ctx context.Context, e *env, c *call, kept *config.File[config.Connections]) error
}

var connectionRuns = map[string]connectionRun{
	"add": {1, addConnection}, "change": {1, changeConnection}, "list": {0, listConnections}, "show": {1, showConnection},
	"test": {1, testConnection}, "rename": {2, renameConnection}, "remove": {-1, removeConnections},
	"import": {1, importConnections}, "export": {-1, exportConnections}, "login": {1, loginConnection}, "logout": {1, logoutConnection},
}

func runConnection(ctx context.Context, e *env, c *call) error {
	if len(c.args) == 0 {
		return usagef("what to do is missing: add, change, list, show, test, rename, remove, import, export, login or logout")
	}
	what, ok := connectionRuns[c.args[0]]
	if !ok {
		return usagef("connection %q: want add, change, list, show, test, rename, remove, import, export, login or logout", c.args[0])
	}
	n := len(c.args) - 1
	adHoc := c.args[0] == "test" && c.conn.wanted() // names its server by flags
	switch {
	case adHoc && n > 0, what.names >= 0 && n > what.names:
		return usagef("unexpected argument %q", c.args[len(c.args)-1])
	case !adHoc && (n < what.names || what.names < 0 && n == 0):
		return usagef("connection %s: NAME is missing", c.args[0])
	}
	c.args = c.args[1:]
	kept, err := openConnections(e)
	if err != nil {
		return err
	}
	return what.run(ctx, e, c, kept)
}

// openConnections reads the connections on the disk. What is wrong with the file
// is told, and is no error while it can be used.
func openConnections(e *env) (*config.File[config.Connections], error) {
	dirs, err := e.dirs()
	if err != nil {
		return nil, err
	}
	f, err := config.OpenConnections(dirs.Config)
	if err != nil {
		fmt.Fprintln(e.err, explainLine(e.words(), err))
	}
	return f, nil
}

// An unknownError says that there is no connection of a name.
type unknownError struct {
	name string
	have []string
}

func (e *unknownError) Error() string { return fmt.Sprintf("connection %q: there is none", e.name) }

// findConnection returns the connection of a name.
func findConnection(e *env, name string) (config.Connection, error) {
	f, err := openConnections(e)
	if err != nil {
		return config.Connection{}, err
	}
	return findIn(f, name)
}

func findIn(f *config.File[config.Connections], name string) (config.Connection, error) {
	c, ok := f.Value.Find(name)
	if !ok {
		return c, &unknownError{name, names(f.Value.List)}
	}
	return c, nil
}

func names(list []config.Connection) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Name
	}
	return out
}

// A connectionJSON is a connection with what is kept of its secrets.
type connectionJSON struct {
	config.Connection
	Credentials []credentialJSON
}

type credentialJSON struct {
	Kind    credential.Kind `json:"kind"`
	Header  string          `json:"header,omitempty"`
	Kept    bool            `json:"kept"`
	User    string          `json:"user,omitempty"`
	Expires time.Time       `json:"expires,omitzero"`
	Refresh bool            `json:"refresh,omitempty"`
}

// MarshalJSON writes the fields of the connection with the credentials beside
// them.
func (c connectionJSON) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(c.Known())
	all := map[string]any{}
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	all["credentials"] = c.Credentials
	if err != nil {
		return nil, err
	}
	return json.Marshal(all)
}

// connectionOf returns what is told of a connection.
func connectionOf(ctx context.Context, v *credential.Vault, c config.Connection) (connectionJSON, error) {
	held, err := v.Held(ctx, c)
	if err == nil {
		var more []credential.Held
		more, err = v.LogsHeld(ctx, c)
		held = append(held, more...)
	}
	out := connectionJSON{c, []credentialJSON{}}
	for _, h := range held {
		out.Credentials = append(out.Credentials, credentialJSON{h.Kind, h.Header, h.Kept, h.User, h.Expiry, h.Refresh})
	}
	return out, err
}

func listConnections(ctx context.Context, e *env, c *call, kept *config.File[config.Connections]) error {
	v := e.vault()
	list := []connectionJSON{}
	for _, conn := range kept.Value.List {
		x, err := connectionOf(ctx, v, conn)
		if err != nil {
			return err
		}
		list = append(list, x)
	}
	e.tellTrouble(v)
	if c.on("json") {
		return writeJSON(e.out, map[string]any{"connections": list})
	}
	w := e.words()
	if len(list) == 0 {
		fmt.Fprintln(e.err, w.T("connection.none"))
		return nil
	}
	t := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	for _, x := range list {
		var state []string
		for _, h := range x.Credentials {
			if !h.Kept {
				state = append(state, wantWords(w, credential.Want{Kind: h.Kind, Header: h.Header}))
			}
		}
		missing := ""
		if len(state) > 0 {
			missing = w.T("connection.missing", "what", strings.Join(state, ", "))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", x.Name, x.Color, x.Endpoint, w.T("connection.auth."+x.Auth.Kind), missing)
	}
	return t.Flush()
}

func showConnection(ctx context.Context, e *env, c *call, kept *config.File[config.Connections]) error {
	conn, err := findIn(kept, c.args[0])
	if err != nil {
		return err
	}
	v := e.vault()
	x, err := connectionOf(ctx, v, conn)
	if err != nil {
		return err
	}
	e.tellTrouble(v)
	if c.on("json") {
		return writeJSON(e.out, x)
	}
	w := e.words()
	t := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	for _, row := range rowsOf(w, x) {
		if row[1] != "" {
			fmt.Fprintf(t, "%s\t%s\n", w.T("connection.field."+row[0]), row[1])
		}
	}
	for _, h := range x.Credentials {
		state := w.T("connection.kept")
		switch {
		case !h.Kept:
			state = w.T("connection.absent")
		case h.Kind == credential.SignIn:
			state = h.User
			if !h.Expires.IsZero() && !h.Refresh {
				state += ", " + w.T("connection.until", "time", w.Units().DateTime(h.Expires.Local()))
			}
		}
		fmt.Fprintf(t, "%s\t%s\n", wantWords(w, credential.Want{Kind: h.Kind, Header: h.Header}), state)
	}
	return t.Flush()
}

// rowsOf are the fields of a connection to be printed, by their place in the
// catalogue.
func rowsOf(w *i18n.Printer, x connectionJSON) [][2]string {
	var headers []string
	for k, v := range x.Headers {
		headers = append(headers, k+"="+v)
	}
	slices.Sort(headers)
	authority := x.CAFile
	if authority == "" && x.CA != "" {
		authority = w.T("connection.own-authority")
	}
	lookback := ""
	if x.Lookback > 0 {
		lookback = w.Units().Duration(int64(x.Lookback))
	}
	plain := ""
	if x.Plaintext {
		plain = w.T("connection.plaintext")
		if x.Auth.AllowPlaintext {
			plain = w.T("connection.plaintext-credentials")
		}
	}
	return [][2]string{
		{"name", x.Name}, {"color", x.Color}, {"endpoint", x.Endpoint}, {"api", x.API}, {"tls", plain}, {"authority", authority},
		{"server-name", x.ServerName}, {"tenant", x.Tenant}, {"headers", strings.Join(headers, ", ")}, {"auth", w.T("connection.auth." + x.Auth.Kind)},
		{"user", x.Auth.User}, {"issuer", x.Auth.Issuer}, {"client-id", x.Auth.ClientID}, {"certificate", x.Auth.CertFile},
		{"order-keys", strings.Join(x.OrderKeys, ", ")}, {"lookback", lookback}, {"jaeger-ui", x.JaegerUI}, {"kibana", x.Kibana.Address},
		{"links", linkHosts(w, x.Links)},
		{"logs", strings.TrimSpace(x.Logs.Address + " " + x.Logs.Index)},
	}
}

// wantWords names a secret.
func wantWords(w *i18n.Printer, x credential.Want) string {
	return w.T("connection.secret."+string(x.Kind), "header", x.Header)
}

func renameConnection(ctx context.Context, e *env, c *call, kept *config.File[config.Connections]) error {
	before, err := findIn(kept, c.args[0])
	if err != nil {
		return err
	}
	if err := config.CheckName(c.args[1]); err != nil {
		return usageError{err}
	}
	if !kept.Value.Rename(before.Name, c.args[1]) {
		return &clashError{[]string{c.args[1]}}
	}
	after, _ := kept.Value.Find(c.args[1])
	return saveFollowing(ctx, e, kept, before, after)
}

// saveFollowing saves connections of which one changed, with its secrets.
func saveFollowing(ctx context.Context, e *env, kept *config.File[config.Connections], before, after config.Connection) error {
	if err := kept.Save(); err != nil { // first: secrets of a change that did not happen must stay
		return err
	}
	v := e.vault()
	err := v.Follow(ctx, before, after)
	e.tellTrouble(v)
	return err
}

func removeConnections(ctx context.Context, e *env, c *call, kept *config.File[config.Connections]) error {
	var gone []config.Connection
	for _, name := range c.args {
		conn, err := findIn(kept, name)
		if err != nil {
			return err
		}
		gone = append(gone, conn)
	}
	v := e.vault()
	for _, conn := range gone { // secrets first: nobody looks for those of a connection that is not there
		if conn.Auth.Kind == config.AuthOIDC {
			if _, err := v.SignOut(ctx, conn); err != nil {
				fmt.Fprintln(e.err, explainLine(e.words(), err))
			}
		}
		if err := v.Forget(ctx, conn); err != nil {
			return err
		}
		kept.Value.Remove(conn.Name)
	}
	e.tellTrouble(v)
	if err := kept.Save(); err != nil {
		return err
	}
	fmt.Fprintln(e.err, e.words().N("connection.removed", len(gone)))
	return nil
}

// A clashError says that there are connections of these names already.
type clashError struct{ names []string }

func (e *clashError) Error() string {
	return "there is a connection already: " + strings.Join(e.names, ", ")
}

func exportConnections(_ context.Context, e *env, c *call, kept *config.File[config.Connections]) error {
	out := c.text("o")
	if out == "" {
		return usagef("-o FILE is missing; - for standard output")
	}
	var list []config.Connection
	for _, name := range c.args {
		conn, err := findIn(kept, name)
		if err != nil {
			return err
		}
		list = append(list, conn)
	}
	data, err := config.Handover(list, os.ReadFile)
	if err != nil {
		return err
	}
	if out == "-" {
		_, err = e.out.Write(data)
	} else {
		err = os.WriteFile(out, data, 0o644)
	}
	if err != nil {
		return fmt.Errorf("export connections: %w", err)
	}
	if out != "-" {
		fmt.Fprintln(e.err, e.words().N("connection.exported", len(list), "file", out))
	}
	return nil
}

func importConnections(ctx context.Context, e *env, c *call, kept *config.File[config.Connections]) error {
	list, err := readHandover(e, c.args[0])
	if err != nil {
		return err
	}
	if as := c.text("as"); as != "" {
		if err := config.CheckName(as); err != nil || len(list) != 1 {
			return usageError{errors.Join(err, fmt.Errorf("--as names one connection; the file has %d", len(list)))}
		}
		list[0].Name = as
	}
	var clash []string
	var before []config.Connection
	for _, conn := range list {
		old, ok := kept.Value.Find(conn.Name)
		if ok {
			clash = append(clash, conn.Name)
		}
		before = append(before, old)
		kept.Value.Put(conn)
	}
	if len(clash) > 0 && !c.on("replace") {
		return &clashError{clash}
	}
	if err := kept.Save(); err != nil {
		return err
	}
	v := e.vault()
	for i, conn := range list {
		if before[i].Name != "" {
			if err := v.Follow(ctx, before[i], conn); err != nil {
				return err
			}
		}
	}
	return e.tellImported(ctx, c, v, list)
}

// readHandover reads a file of connections; "-" is standard input.
func readHandover(e *env, path string) ([]config.Connection, error) {
	in := e.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("import connections: %w", err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, config.MaxHandover+1))
	if err == nil {
		var list []config.Connection
		if list, err = config.ParseHandover(data); err == nil {
			return list, nil
		}
	}
	return nil, fmt.Errorf("import connections from %s: %w", path, err)
}

// tellImported says which connections there are now and what each still needs.
func (e *env) tellImported(ctx context.Context, c *call, v *credential.Vault, list []config.Connection) error {
	w := e.words()
	out := []connectionJSON{}
	for _, conn := range list {
		x, err := connectionOf(ctx, v, conn)
		if err != nil {
			return err
		}
		out = append(out, x)
		fmt.Fprintln(e.err, w.T("connection.imported", "name", conn.Name, "endpoint", conn.Endpoint))
		if conn.Auth.AllowPlaintext && conn.Plaintext || conn.Logs.AllowPlaintext && conn.Logs.SendsSecret() {
			fmt.Fprintln(e.err, w.T("connection.plaintext-warning", "name", conn.Name))
		}
		e.tellNeeds(x)
	}
	e.tellTrouble(v)
	if c.on("json") {
		return writeJSON(e.out, map[string]any{"connections": out})
	}
	return nil
}

// tellNeeds says what a connection lacks before it can be used.
func (e *env) tellNeeds(x connectionJSON) {
	w := e.words()
	var missing []string
	for _, h := range x.Credentials {
		if !h.Kept {
			missing = append(missing, wantWords(w, credential.Want{Kind: h.Kind, Header: h.Header}))
		}
	}
	if len(missing) > 0 {
		fmt.Fprintln(e.err, w.T("connection.needs", "name", x.Name, "what", strings.Join(missing, ", ")))
	}
	if x.Auth.Kind == config.AuthBasic && x.Auth.User == "" || x.Logs.Is() && x.Logs.Auth == config.AuthBasic && x.Logs.User == "" {
		fmt.Fprintln(e.err, w.T("connection.needs-user", "name", x.Name))
	}
	if x.Auth.ClientCertificate && x.Auth.CertFile == "" {
		fmt.Fprintln(e.err, w.T("connection.needs-certificate", "name", x.Name))
	}
}
