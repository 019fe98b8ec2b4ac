package main

import (
	"context"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/demo"
	"traceview/internal/secret"
	"traceview/ui/shell"
)

// windowConnections are the connections as the window uses them. What they opened
// goes on until close. It may be used by several goroutines.
type windowConnections struct {
	folder string // of the settings
	vault  *credential.Vault
	open   func(ctx context.Context, address string) error // shows it in a browser
	// carriers is what earlier searches found out about servers.
	carriers carrierFile

	file sync.Mutex // held while the file of connections is read and written

	mu      sync.Mutex
	clients []*client.Client
	shop    *demo.Server
	demo    shell.Connected
	// stopLogs ends the logs of the demo.
	stopLogs func()
	// drafts has the sign-in of a connection that is not kept yet, which leads to
	// where draft does.
	drafts *credential.Vault
	draft  config.Connection
}

var _ shell.Connections = (*windowConnections)(nil)

func newWindowConnections(folder string, vault *credential.Vault, open func(context.Context, string) error) *windowConnections {
	return &windowConnections{folder: folder, vault: vault, open: open, drafts: credential.New(&secret.Memory{})}
}

// close ends what was opened.
func (k *windowConnections) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.clients {
		_ = c.Close() // nothing is asked of it any more
	}
	if k.shop != nil {
		k.shop.Stop()
		k.stopLogs()
	}
}

// List implements shell.Connections.
func (k *windowConnections) List(context.Context) (list []shell.Profile, err error) {
	err = k.with(func(f *config.File[config.Connections]) error {
		list = profilesOf(f.Value.List)
		return nil
	})
	return list, err
}

// with does something with the connections as they are kept now, and with others
// kept out.
func (k *windowConnections) with(do func(f *config.File[config.Connections]) error) error {
	k.file.Lock()
	defer k.file.Unlock()
	f, err := config.OpenConnections(k.folder)
	var newer *config.NewerError
	if err != nil && !errors.As(err, &newer) { // a newer file can be read, and says when it is to be written
		return err
	}
	return do(f)
}

// Put implements shell.Connections.
func (k *windowConnections) Put(ctx context.Context, p shell.Profile) (shell.Profile, error) {
	var before, after config.Connection
	err := k.with(func(f *config.File[config.Connections]) error {
		if p.Kept != "" {
			var err error
			if before, err = findIn(f, p.Kept); err != nil {
				return err
			}
		}
		after = intoConnection(before, p)
		faults := append(faultsOf(after), nameFaults(f, p.Kept, after.Name)...)
		if len(faults) > 0 {
			return &shell.FaultsError{Faults: faults}
		}
		if err := after.Check(); err != nil {
			return err
		}
		if p.Kept != "" {
			f.Value.Rename(p.Kept, after.Name)
		}
		f.Value.Put(after)
		if err := f.Save(); err != nil { // first: secrets of a change that did not happen must stay
			return err
		}
		after, _ = f.Value.Find(after.Name)
		return nil
	})
	if err != nil {
		return shell.Profile{}, err
	}
	if p.Kept != "" {
		return profileOfKept(after), k.vault.Follow(ctx, tidied(before), after)
	}
	return profileOfKept(after), k.settleDraft(ctx, after)
}

// settleDraft takes the sign-in of a draft over into the connection it became.
func (k *windowConnections) settleDraft(ctx context.Context, c config.Connection) error {
	drafts := k.draftsOf(c)
	want := credential.Want{Kind: credential.SignIn}
	value, found, err := drafts.Get(ctx, "", want)
	if err == nil && found && c.Auth.Kind == config.AuthOIDC {
		err = k.vault.Put(ctx, c.Name, want, value)
	}
	return errors.Join(err, drafts.Drop(ctx, "", want))
}

// draftsOf returns the secrets of a draft that leads where c does; there are none if
// it led elsewhere before.
func (k *windowConnections) draftsOf(c config.Connection) *credential.Vault {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.draft.SendsTo(c) {
		k.drafts, k.draft = credential.New(&secret.Memory{}), c
	}
	return k.drafts
}

// Remove implements shell.Connections.
func (k *windowConnections) Remove(ctx context.Context, name string) (undo func(context.Context) error, err error) {
	var gone config.Connection
	if err := k.with(func(f *config.File[config.Connections]) (err error) {
		gone, err = findIn(f, name)
		return err
	}); err != nil {
		return nil, err
	}
	held := map[credential.Want]string{}
	for _, w := range slices.Concat(credential.Wants(gone), credential.LogsWants(gone)) {
		if w.Kind == credential.SignIn {
			continue
		}
		value, found, err := k.vault.Get(ctx, name, w)
		if err != nil {
			return nil, err
		}
		if found {
			held[w] = value
		}
	}
	at := 0
	if err := k.with(func(f *config.File[config.Connections]) error {
		at = slices.IndexFunc(f.Value.List, func(c config.Connection) bool { return c.Name == name })
		f.Value.Remove(name)
		return f.Save() // first: secrets of a connection that stays must stay
	}); err != nil {
		return nil, err
	}
	if gone.Auth.Kind == config.AuthOIDC {
		_, _ = k.vault.SignOut(ctx, gone) // forgotten also where the issuer does not take it back
	}
	if err := k.vault.Forget(ctx, gone); err != nil { // without it nobody could forget them later
		return nil, errors.Join(err, k.restore(context.WithoutCancel(ctx), gone, at, held))
	}
	return func(ctx context.Context) error { return k.restore(ctx, gone, at, held) }, nil
}

// restore brings a connection back to its place, with its secrets.
func (k *windowConnections) restore(ctx context.Context, c config.Connection, at int, held map[credential.Want]string) error {
	err := k.with(func(f *config.File[config.Connections]) error {
		if _, taken := f.Value.Find(c.Name); taken {
			return fmt.Errorf("%w: %w", shell.ErrClash, &clashError{[]string{c.Name}})
		}
		f.Value.List = slices.Insert(f.Value.List, max(0, min(at, len(f.Value.List))), c)
		return f.Save()
	})
	for w, value := range held {
		if err == nil {
			err = k.vault.Put(ctx, c.Name, w, value)
		}
	}
	return err
}

// Import implements shell.Connections.
func (k *windowConnections) Import(ctx context.Context, path string, replace bool) ([]shell.Profile, error) {
	list, err := readHandoverFile(path)
	if err != nil {
		return nil, err
	}
	before := make([]config.Connection, len(list))
	err = k.with(func(f *config.File[config.Connections]) error {
		var clash []string
		for i, c := range list {
			old, ok := f.Value.Find(c.Name)
			if ok {
				clash = append(clash, c.Name)
			}
			before[i] = old
			f.Value.Put(c)
		}
		if len(clash) > 0 && !replace {
			return fmt.Errorf("%w: %w", shell.ErrClash, &clashError{clash})
		}
		return f.Save()
	})
	if err != nil {
		return nil, err
	}
	for i, c := range list {
		if before[i].Name != "" {
			err = errors.Join(err, k.vault.Follow(ctx, tidied(before[i]), tidied(c)))
		}
	}
	return profilesOf(list), err
}

// Export implements shell.Connections.
func (k *windowConnections) Export(_ context.Context, path string, names []string) error {
	var list []config.Connection
	if err := k.with(func(f *config.File[config.Connections]) error {
		for _, name := range names {
			c, err := findIn(f, name)
			if err != nil {
				return err
			}
			list = append(list, c)
		}
		return nil
	}); err != nil {
		return err
	}
	data, err := config.Handover(list, os.ReadFile)
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		return fmt.Errorf("export connections: %w", err)
	}
	return nil
}

// Open implements shell.Connections.
func (k *windowConnections) Open(ctx context.Context, p shell.Profile) (shell.Connected, error) {
	c := intoConnection(config.Connection{}, p)
	vault, at, err := k.secretsOf(p, c)
	if err != nil {
		return shell.Connected{}, err
	}
	c = asKept(c, at)
	lines := newLogSource(c, k.logsVault(p, c, at))
	at = c
	held, err := vault.Held(ctx, at)
	if err != nil {
		return shell.Connected{}, err
	}
	lacks := &shell.LacksError{Name: p.Name}
	for _, h := range held {
		if !h.Kept {
			lacks.Secrets = append(lacks.Secrets, secretOf(h))
		}
	}
	if len(lacks.Secrets) > 0 {
		return shell.Connected{}, lacks
	}
	creds, err := vault.Open(ctx, at, nil)
	if err != nil {
		return shell.Connected{}, err
	}
	cl, err := newClient(at, creds)
	if err != nil {
		return shell.Connected{}, err
	}
	k.mu.Lock()
	k.clients = append(k.clients, cl)
	k.mu.Unlock()
	from := newSource(cl, p.Name, c.OrderKeys)
	from.places, from.logs = placesOf(at), lines
	from.remember(k.carriers, c.Tenant)
	return shell.Connected{Source: from, Profile: p, Address: linkAddress(c, cl.Endpoint()), Origin: p.Name}, nil
}

// newClient returns a client of a connection. That its options make no sense is told
// as a failed call would be, so that it can be explained.
func newClient(c config.Connection, creds *credential.Credentials) (*client.Client, error) {
	o, err := clientOptions(c, creds)
	if err != nil {
		return nil, err
	}
	cl, err := client.New(o)
	if errors.Is(err, client.ErrInsecure) {
		return nil, &client.Error{Kind: client.ErrInsecure, Endpoint: c.Endpoint, Op: "open connection"}
	}
	return cl, err
}

// secretsOf returns where the secrets of p are, without those of its logs, and the
// connection they are kept for. One that was changed to lead elsewhere has none.
func (k *windowConnections) secretsOf(p shell.Profile, c config.Connection) (*credential.Vault, config.Connection, error) {
	if p.Kept == "" {
		c.Name = ""
		return k.draftsOf(c), c, nil
	}
	var kept config.Connection
	err := k.with(func(f *config.File[config.Connections]) (err error) {
		kept, err = findIn(f, p.Kept)
		return err
	})
	if err != nil || !tidied(kept).SendsTo(c) {
		return credential.New(&secret.Memory{}), kept, err
	}
	return k.vault, kept, nil
}

// asKept returns c with what the window does not know of it: the name that its secrets
// are kept under, and the headers that are sent to its server.
func asKept(c, kept config.Connection) config.Connection {
	c.Name, c.Headers = kept.Name, kept.Headers
	if c.Logs.Is() {
		c.Logs.CA, c.Logs.Fields, c.Logs.Before, c.Logs.After = kept.Logs.CA, kept.Logs.Fields, kept.Logs.Before, kept.Logs.After
	}
	return c
}

// logsVault returns what has the secret of the logs of a connection: it is for where it
// was kept for, and goes nowhere else, wherever the connection itself leads.
func (k *windowConnections) logsVault(p shell.Profile, c, kept config.Connection) *credential.Vault {
	if p.Kept == "" || !kept.Logs.SendsTo(c.Logs) {
		return credential.New(&secret.Memory{})
	}
	return k.vault
}

// Check implements shell.Connections.
func (k *windowConnections) Check(ctx context.Context, p shell.Profile, typed shell.Typed, each func(shell.Step)) error {
	c := intoConnection(config.Connection{}, p)
	faults := slices.DeleteFunc(faultsOf(c), func(f shell.Fault) bool { return f.Field == "consent" }) // a step says so
	if len(faults) > 0 {
		return &shell.FaultsError{Faults: faults}
	}
	cl, err := k.checked(ctx, p, c, typed)
	if client.KindOf(err) == client.ErrInsecure {
		each(shell.Step{Name: client.StepSignIn.String(), State: shell.StepFailed, Err: err, Fixes: fixesOf(p, err)})
	}
	if err != nil {
		return err
	}
	defer cl.Close()
	usable := true
	err = cl.Check(ctx, orderKeysOr(c.OrderKeys), func(r client.Result) {
		if s := stepOfCheck(p, cl, r); ctx.Err() == nil {
			usable = usable && (s.State != shell.StepFailed || s.Usable)
			each(s)
		}
	})
	if !usable || !c.Logs.Is() || ctx.Err() != nil {
		return err
	}
	s := k.checkLogs(ctx, p, c, typed)
	if ctx.Err() == nil {
		each(s)
	}
	return errors.Join(err, s.Err)
}

// checked returns a client to check a connection with, which sends what there is of
// its secrets.
func (k *windowConnections) checked(ctx context.Context, p shell.Profile, c config.Connection, typed shell.Typed) (*client.Client, error) {
	vault, kept, err := k.secretsOf(p, c)
	if err != nil {
		return nil, err
	}
	at := asKept(c, kept)
	held, err := vault.Held(ctx, at)
	if err != nil {
		return nil, err
	}
	at.Auth.SecretHeaders = nil
	given := map[string]string{}
	var token, password string
	for _, h := range held {
		value := typed[shell.Secret{Kind: string(h.Kind), Header: h.Header}]
		if h.Kept && value == "" {
			if h.Kind == credential.Header {
				at.Auth.SecretHeaders = append(at.Auth.SecretHeaders, h.Header)
			}
			continue
		}
		switch h.Kind { // not asked of the vault
		case credential.Token, credential.Password, credential.SignIn:
			at.Auth.Kind = config.AuthNone
		case credential.Key:
			at.Auth.CertFile, at.Auth.ClientCertificate = "", false
		}
		switch {
		case value == "":
		case h.Kind == credential.Token:
			token = value
		case h.Kind == credential.Password:
			password = value
		case h.Kind == credential.Header:
			given[h.Header] = value
		}
	}
	creds, err := vault.Open(ctx, at, nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		creds.Token = client.StaticToken(token)
	}
	if password != "" {
		creds.Basic = client.StaticBasic(c.Auth.User, password)
	}
	for h, v := range given {
		if creds.Headers == nil {
			creds.Headers = map[string]string{}
		}
		creds.Headers[h] = v
	}
	return newClient(at, creds)
}

// Authority implements shell.Connections.
func (k *windowConnections) Authority(ctx context.Context, p shell.Profile) (shell.Authority, error) {
	c := intoConnection(config.Connection{}, p)
	c.Auth, c.CA, c.CAFile = config.Auth{}, "", ""
	cl, err := newClient(c, &credential.Credentials{})
	if err != nil {
		return shell.Authority{}, err
	}
	defer cl.Close()
	chain, err := cl.Certificates(ctx)
	if err != nil {
		return shell.Authority{}, err
	}
	top := chain[len(chain)-1]
	alone := len(chain) == 1 || !top.IsCA
	if alone {
		top = chain[0]
	}
	names := slices.Clone(chain[0].DNSNames)
	for _, ip := range chain[0].IPAddresses {
		names = append(names, ip.String())
	}
	return shell.Authority{
		PEM:   string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: top.Raw})),
		Alone: alone, Subject: top.Subject.String(), Issuer: top.Issuer.String(), Names: names, Fingerprint: fingerprint(top.Raw), From: top.NotBefore, Until: top.NotAfter,
	}, nil
}

// fingerprint returns the SHA-256 of a certificate as people compare it.
func fingerprint(raw []byte) string {
	sum := sha256.Sum256(raw)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = fmt.Sprintf("%02X", b)
	}
	groups := make([]string, 0, 2)
	for part := range slices.Chunk(parts, 16) {
		groups = append(groups, strings.Join(part, ":"))
	}
	return strings.Join(groups, " ")
}

// days returns how many days a period is, begun ones included.
func days(d config.Duration) int { return int((time.Duration(d) + day - 1) / day) }
