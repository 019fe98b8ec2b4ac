package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/order"
)

// A carrierFile remembers from one search to the next which services of a server
// record orders, so that they are asked first. It stands in the folder of the data:
// what one person's searches found out is nothing to hand over. The zero value
// remembers nothing.
type carrierFile struct {
	dir string
	mu  *sync.Mutex // held while the file is read and written
}

func newCarrierFile(dir string) carrierFile { return carrierFile{dir, new(sync.Mutex)} }

// carriers returns the file in the folder of the data, always the same one; without
// that folder nothing is remembered. It is for the goroutine of the command.
func (e *env) carriers() carrierFile {
	if e.known.dir == "" {
		if dirs, err := e.dirs(); err == nil {
			e.known = newCarrierFile(dirs.Data)
		}
	}
	return e.known
}

// learned returns what is known of the server of a command before it is asked for
// orders.
func (f *connFlags) learned(ctx context.Context, e *env, s *server) order.Learned {
	l := s.learned(ctx)
	l.Carriers = firstAsked(e.carriers().of(s.client, f.profile.Tenant), f.profile.Carriers)
	return l
}

// of returns the services known of a server, the likeliest first.
func (f carrierFile) of(c *client.Client, tenant string) []string {
	if f.dir == "" {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	kept, err := config.OpenLearned(f.dir)
	if err != nil {
		slog.Warn("what was learned of servers cannot be read", "cause", err)
	}
	return kept.Value.Carriers(serverKey(c, tenant))
}

// keep notes services that a search found to record orders. Where that cannot be
// written, the next search takes a little longer.
func (f carrierFile) keep(c *client.Client, tenant string, carriers []string) {
	if f.dir == "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	kept, err := config.OpenLearned(f.dir)
	if err == nil && kept.Value.Learn(serverKey(c, tenant), carriers) {
		err = kept.Save()
	}
	if err != nil {
		slog.Warn("what was learned of a server is not kept", "cause", err)
	}
}

// serverKey tells servers apart: one address may hold the traces of several tenants.
func serverKey(c *client.Client, tenant string) string {
	if tenant == "" {
		return c.Endpoint()
	}
	return c.Endpoint() + " " + tenant
}

// firstAsked joins lists of services, each once, in their order.
func firstAsked(lists ...[]string) (all []string) {
	for _, list := range lists {
		for _, s := range list {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}
