package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/weblink"
	"traceview/ui/shell"
)

// A dialler makes the connections that links lead to, and ends them.
type dialler struct {
	dir   string // of the settings, "" for no connections
	vault *credential.Vault
	keep  carrierFile

	mu      sync.Mutex
	clients []*client.Client
}

// dial returns a connection to where a link leads. Credentials belong to a place:
// a link gets those of a connection that is kept only if it leads to that very
// server, for the same tenant, and the way that connection goes, encrypted or not.
// Any other gets none.
func (d *dialler) dial(where savedview.Link) (shell.Source, error) {
	c, err := client.New(client.Options{Endpoint: where.Endpoint, Plaintext: where.Plaintext, Tenant: where.Tenant, Version: version, Log: slog.Default()})
	if err != nil {
		return nil, fmt.Errorf("open link to %s: %w", where.Endpoint, err)
	}
	profile, ok := d.keptFor(c, where.Tenant)
	if !ok {
		d.add(c)
		from := newSource(c, c.Endpoint(), nil)
		from.remember(d.keep, where.Tenant)
		return from, nil
	}
	_ = c.Close() // nothing was asked
	return &linked{profile: profile, dialler: d, places: placesOf(profile), logs: newLogSource(profile, d.vault)}, nil
}

// keptFor returns the connection that is kept for what a client leads to. A file of
// connections that cannot be read has none: that was told at the start.
func (d *dialler) keptFor(c *client.Client, tenant string) (config.Connection, bool) {
	if d.dir == "" {
		return config.Connection{}, false
	}
	f, err := config.OpenConnections(d.dir)
	if newer := (*config.NewerError)(nil); err != nil && !errors.As(err, &newer) {
		return config.Connection{}, false
	}
	for _, p := range f.Value.List {
		if p.Tenant != tenant || p.Check() != nil {
			continue
		}
		api, err := client.ParseAPI(p.API)
		if err != nil {
			continue
		}
		own, err := client.New(client.Options{Endpoint: p.Endpoint, Plaintext: p.Plaintext, API: api})
		if err != nil {
			continue
		}
		same := own.Endpoint() == c.Endpoint() && own.Encrypted() == c.Encrypted()
		_ = own.Close() // nothing was asked
		if same {
			return p, true
		}
	}
	return config.Connection{}, false
}

func (d *dialler) add(c *client.Client) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clients = append(d.clients, c)
}

func (d *dialler) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.clients {
		_ = c.Close() // nothing is asked of it any more
	}
}

// linked is a connection that is kept, used for a link. Its secrets are read when
// the first question is asked, since a keyring may make one wait.
type linked struct {
	profile config.Connection
	dialler *dialler
	places  *weblink.Places
	logs    *logSource

	mu sync.Mutex
	at *source
}

var _ shell.Source = (*linked)(nil)

// open returns the connection, with its credentials.
func (l *linked) open(ctx context.Context) (*source, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at != nil {
		return l.at, nil
	}
	creds, err := l.dialler.vault.Open(ctx, l.profile, nil)
	if err != nil {
		return nil, err
	}
	o, err := clientOptions(l.profile, creds)
	if err != nil {
		return nil, err
	}
	c, err := client.New(o)
	if err != nil {
		return nil, err
	}
	l.dialler.add(c)
	l.at = newSource(c, l.profile.Name, l.profile.OrderKeys)
	l.at.places = l.places
	l.at.remember(l.dialler.keep, l.profile.Tenant)
	return l.at, nil
}

// Name implements shell.Source.
func (l *linked) Name(*i18n.Printer) string { return l.profile.Name }

// Search implements shell.Source.
func (l *linked) Search(ctx context.Context, order string, days int, on func(shell.Found)) (shell.Found, error) {
	s, err := l.open(ctx)
	if err != nil {
		return shell.Found{Order: order}, err
	}
	return s.Search(ctx, order, days, on)
}

// Trace implements shell.Source.
func (l *linked) Trace(ctx context.Context, id model.TraceID, on func(shell.Loading)) (*model.Trace, error) {
	s, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	return s.Trace(ctx, id, on)
}
