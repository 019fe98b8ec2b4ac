package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/i18n"
	"traceview/internal/secret"
	"traceview/internal/signin"
)

// vault returns the secrets of connections.
func (e *env) vault() *credential.Vault {
	return credential.New(secret.Parts{Keyring: secret.System{}})
}

// tellTrouble says that secrets are kept in memory only, where they are.
func (e *env) tellTrouble(v *credential.Vault) {
	if err := v.Trouble(); err != nil {
		fmt.Fprintln(e.err, e.words().T("connection.no-keyring")+" ("+err.Error()+")")
	}
}

// asker asks at the terminal for what a vault does not have; nil where there is
// no terminal.
func (e *env) asker(v *credential.Vault) credential.Ask {
	if !credential.IsTerminal(e.in) {
		return nil
	}
	return func(ctx context.Context, c config.Connection, w credential.Want) (string, error) {
		e.tellTrouble(v)
		if w.Kind == credential.SignIn {
			_, err := e.signIn(ctx, v, c, false)
			return "", err
		}
		if w.Kind == credential.Key {
			return "", &credential.MissingError{Connection: c.Name, Want: w}
		}
		return credential.AskTerminal(ctx, e.in, e.err, e.words().T("connection.ask", "what", wantWords(e.words(), w), "name", c.Name)+" ")
	}
}

// openBrowser shows an address in the browser of the system.
func openBrowser(ctx context.Context, address string) error {
	return signin.OpenBrowser(ctx, runtime.GOOS, os.Getenv, address)
}

// signIn signs somebody in for a connection.
func (e *env) signIn(ctx context.Context, v *credential.Vault, c config.Connection, code bool) (signin.Tokens, error) {
	w := e.words()
	return v.SignIn(ctx, c, signin.Ways{
		Open: func(address string) error { return openBrowser(ctx, address) },
		Address: func(address string, opened bool) {
			key := "connection.browser.copy"
			if opened {
				key = "connection.browser.opened"
			}
			fmt.Fprintln(e.err, w.T(key)+"\n"+address)
		},
		Code: func(d signin.DeviceCode) {
			fmt.Fprintln(e.err, w.T("connection.code", "address", d.Address, "code", d.Code))
			if d.Complete != "" {
				fmt.Fprintln(e.err, d.Complete)
			}
		},
		Page: signInPage,
	}, code)
}

// signInPage is what the browser shows at the end, in both languages: it does
// not know which its reader speaks.
func signInPage(ok bool) (title string, lines []string) {
	how := "failed"
	if ok {
		how = "done"
	}
	for i, l := range i18n.Languages() {
		w := i18n.For(l.Code)
		if i == 0 {
			title = w.T("connection.page." + how + ".title")
		} else {
			lines = append(lines, w.T("connection.page."+how+".title"))
		}
		lines = append(lines, w.T("connection.page."+how+".text"))
	}
	return title, lines
}

func loginConnection(ctx context.Context, e *env, c *call, kept *config.File[config.Connections]) error {
	conn, err := findIn(kept, c.args[0])
	if err != nil {
		return err
	}
	v := e.vault()
	if err := e.takeSecrets(ctx, c, v, conn, true); err != nil {
		return err
	}
	return e.tellState(ctx, c, v, conn)
}

// tellState says who is signed in to a connection and what it still needs.
func (e *env) tellState(ctx context.Context, c *call, v *credential.Vault, conn config.Connection) error {
	x, err := connectionOf(ctx, v, conn)
	if err != nil {
		return err
	}
	for _, h := range x.Credentials {
		if h.Kind == credential.SignIn && h.Kept {
			fmt.Fprintln(e.err, e.words().T("connection.signed-in", "name", conn.Name, "user", h.User))
		}
	}
	e.tellNeeds(x)
	e.tellTrouble(v)
	if c.on("json") {
		return writeJSON(e.out, x)
	}
	return nil
}

// takeSecrets gets the secrets a connection needs: from standard input, a line
// each, where flags say so, else from whoever sits at the terminal. With all,
// those kept are replaced, and the issuer is visited.
func (e *env) takeSecrets(ctx context.Context, c *call, v *credential.Vault, conn config.Connection, all bool) error {
	wants := slices.Concat(credential.Wants(conn), credential.LogsWants(conn))
	if *c.conn.tokenStdin && conn.Auth.Kind != config.AuthToken || *c.conn.passwordStdin && conn.Auth.Kind != config.AuthBasic {
		return usagef("connection %s does not take what is to be read from standard input; see --auth", conn.Name)
	}
	if c.on("logs-secret-stdin") && !conn.Logs.SendsSecret() {
		return usagef("connection %s has no logs that take what is to be read from standard input; see --logs-auth", conn.Name)
	}
	ask := e.asker(v)
	for _, w := range wants {
		piped := w.Kind == credential.Token && *c.conn.tokenStdin || w.Kind == credential.Password && *c.conn.passwordStdin ||
			w.Kind == credential.Header && c.on("header-stdin") || w.Kind == credential.Logs && c.on("logs-secret-stdin")
		var value string
		var err error
		switch {
		case piped:
			if value, err = credential.ReadLine(e.in); err != nil {
				err = fmt.Errorf("read %s from standard input: %w", w, err)
			}
		case w.Kind == credential.SignIn && all:
			_, err = e.signIn(ctx, v, conn, c.on("device"))
		case w.Kind == credential.SignIn || w.Kind == credential.Key || ask == nil:
			continue
		default:
			if value, err = ask(ctx, conn, w); errors.Is(err, credential.ErrEmpty) && !all {
				continue // it may be given later
			}
		}
		if err == nil && value != "" {
			err = v.Put(ctx, conn.Name, w, value)
		}
		if err != nil {
			return err
		}
	}
	if c.on("key-in-keyring") && slices.Contains(wants, credential.Want{Kind: credential.Key}) {
		key, err := os.ReadFile(*c.conn.key)
		if err != nil {
			return fmt.Errorf("read key: %w", err)
		}
		return v.Put(ctx, conn.Name, credential.Want{Kind: credential.Key}, string(key))
	}
	return nil
}

func logoutConnection(ctx context.Context, e *env, c *call, kept *config.File[config.Connections]) error {
	conn, err := findIn(kept, c.args[0])
	if err != nil {
		return err
	}
	v := e.vault()
	_, revoked := v.SignOut(ctx, conn)
	if err := v.Forget(ctx, conn); err != nil {
		return errors.Join(err, revoked)
	}
	e.tellTrouble(v)
	if revoked != nil {
		return fmt.Errorf("the sign-in is forgotten here, but not taken back: %w", revoked)
	}
	fmt.Fprintln(e.err, e.words().T("connection.signed-out", "name", conn.Name))
	if c.on("json") {
		return writeJSON(e.out, map[string]any{"name": conn.Name, "signed_out": true, "time": time.Now().UTC()})
	}
	return nil
}
