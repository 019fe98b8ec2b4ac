package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"traceview/internal/order"
	"traceview/internal/store"
	"traceview/ui/shell"
)

// A shelf is the library as the window uses it: opened in the background by who
// needs it first, so that neither the window nor a big file waits for it. It may
// be used by several goroutines.
type shelf struct {
	o     store.Options
	note  func(event string, fields map[string]any) // for the performance log
	ctx   context.Context
	end   context.CancelFunc
	mu    sync.Mutex
	begun bool
	ready chan struct{} // closed when the two below are there
	store *store.Store  // nil only after close
	err   error         // what store.Open said of it

	source   string // what the connection is called in the library
	waiting  backlog
	inMemory int // spans that a library in memory was given
}

var _ shell.Library = (*shelf)(nil)

// newShelf returns the library of a data folder, which is not touched yet.
// orderKeys are those of the connection, and source is what that is called.
func newShelf(dir string, keys store.Keyring, orderKeys []string, source string, note func(string, map[string]any)) *shelf {
	s := &shelf{note: note, source: source, ready: make(chan struct{})}
	s.o = store.Options{Dir: dir, Keys: keys, OrderKeys: append(orderKeys[:len(orderKeys):len(orderKeys)], order.DefaultKeys...)}
	s.ctx, s.end = context.WithCancel(context.Background())
	s.waiting.ctx, s.waiting.put, s.waiting.putLogs = s.ctx, s.put, s.putLogs
	return s
}

// library waits for the library to be open and returns it; one that is not kept
// is returned without an error. The error is that of ctx, or says that the
// program ends.
func (s *shelf) library(ctx context.Context) (*store.Store, error) {
	s.mu.Lock()
	if !s.begun {
		s.begun = true
		go s.open()
	}
	s.mu.Unlock()
	select {
	case <-s.ready:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if s.store == nil {
		return nil, s.err
	}
	return s.store, nil
}

func (s *shelf) open() {
	defer close(s.ready)
	began := time.Now()
	s.store, s.err = store.Open(s.ctx, s.o)
	if s.err != nil && s.ctx.Err() == nil {
		slog.Warn("library is not as expected", "cause", s.err)
	}
	if s.note != nil {
		s.note("library_opened", map[string]any{"kept": s.store != nil && s.store.Kept(), "cost_ms": float64(time.Since(began).Microseconds()) / 1000})
	}
}

// close ends the use of the library, also while it is being opened. What is
// waiting to be kept is, unless that takes long.
func (s *shelf) close() {
	s.finish()
	s.end()
	s.mu.Lock()
	begun := s.begun
	s.begun = true // nobody opens it any more
	s.mu.Unlock()
	if !begun {
		s.err = context.Canceled
		close(s.ready)
		return
	}
	<-s.ready
	if s.store == nil {
		return
	}
	if err := s.store.Close(); err != nil {
		slog.Warn("library is not closed", "cause", err)
	}
}

// finish waits for what is being kept.
func (s *shelf) finish() {
	idle := s.waiting.idle()
	if idle == nil {
		return
	}
	late := time.NewTimer(drain)
	defer late.Stop()
	select {
	case <-s.ready:
	default: // nobody knows when the keyring answers
		late.Reset(0)
	}
	select {
	case <-idle:
	case <-late.C:
		s.end()
		<-idle // at the next page of the file it looks
	}
}

// Open implements shell.Library.
func (s *shelf) Open(ctx context.Context) (kept bool, err error) {
	st, err := s.library(ctx)
	if err != nil {
		return false, err
	}
	return st.Kept(), s.err
}

// Recover implements shell.Library.
func (s *shelf) Recover(ctx context.Context) (list []shell.Recovered, err error) {
	st, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	saved, err := st.Salvage(ctx, nil)
	for _, f := range saved {
		list = append(list, shell.Recovered{File: f.Path, Traces: f.Entries, Lost: f.Lost})
	}
	return list, err
}
