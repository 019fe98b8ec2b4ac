// Package instance lets a program that is started again hand what it was given
// to the one that runs already.
//
// Every program that can take something over is a member of a group: those of one
// user on one screen with the same folders. It holds a lock, which ends with the
// process however that ends, and listens on a socket beside it; both are in a
// folder that only the user may enter. What a program that was killed leaves
// behind is told by its lock, which is free, and is used again.
package instance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// DefaultPatience is how long a running program has to take something over: one
// that starts just now, on a slow machine, takes that long to show its window.
const DefaultPatience = 5 * time.Second

// What keeps a program from being one of a group; test with errors.Is.
var (
	// ErrSilent says that the program that runs does not answer.
	ErrSilent = errors.New("the program that runs does not answer")
	// ErrTooMuch says that more was to be handed over than fits into a message.
	ErrTooMuch = fmt.Errorf("more than %d bytes to hand over", maxMessage)
)

// A Place says where a program that starts belongs.
type Place struct {
	Dir   string // of locks and sockets; made if it is not there. See DefaultDir
	Group string // what must be alike for one program to stand for another
	// Member is what tells programs of a group apart; only one with the same
	// takes over. With Any, any of the group does, the one started last first.
	Member   string
	Any      bool
	Patience time.Duration // 0 for DefaultPatience
}

// An Instance is a running program that others hand over to.
type Instance struct {
	lock     *os.File
	listener *net.UnixListener
	ctx      context.Context
	cancel   context.CancelFunc
}

// Start hands args to a running program and returns nil, or returns the Instance
// that this program is from now on, which must be closed. An error says why nothing
// was handed over although a program runs (it wraps ErrSilent or ErrTooMuch), or why
// others cannot hand over to this one, or both: it runs by itself all the same.
func Start(ctx context.Context, p Place, args []string) (*Instance, error) {
	ctx, cancel := context.WithTimeout(ctx, orDefault(p.Patience))
	defer cancel()
	if err := checkDir(p.Dir); err != nil {
		return nil, fmt.Errorf("join running program: %w", err)
	}
	message, err := encode(args)
	if err != nil {
		return nil, fmt.Errorf("join running program: %w", err)
	}
	own := filepath.Join(p.Dir, digest(p.Group)+"-"+digest(p.Member))
	silent := false
	if p.Any {
		for _, socket := range running(p.Dir, digest(p.Group)) {
			err := send(ctx, socket, message)
			if err == nil {
				return nil, nil
			}
			silent = silent || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
		}
	}
	for {
		i, err := become(ctx, own)
		if silent && err == nil {
			err = fmt.Errorf("join running program: %w", ErrSilent)
		}
		if i != nil || err != nil {
			return i, err
		}
		if send(ctx, own+socketSuffix, message) == nil {
			return nil, nil
		}
		select { // it may be about to listen, or to end
		case <-ctx.Done():
			return nil, fmt.Errorf("join running program: %w", ErrSilent)
		case <-time.After(retryAfter):
		}
	}
}

func orDefault(d time.Duration) time.Duration {
	if d <= 0 {
		return DefaultPatience
	}
	return d
}

const (
	socketSuffix = ".sock"
	lockSuffix   = ".lock"
	retryAfter   = 20 * time.Millisecond
)

// become makes this program the member with files of a name, or returns nil if
// another one is.
func become(ctx context.Context, name string) (*Instance, error) {
	lock, err := lockFile(name + lockSuffix)
	if err != nil {
		return nil, fmt.Errorf("join running program: %w", err)
	}
	if lock == nil {
		return nil, nil
	}
	socket := name + socketSuffix
	_ = os.Remove(socket) // of one that was killed; if it stays, listening tells
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err == nil {
		if err = protect(socket); err != nil {
			err = errors.Join(err, l.Close())
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("join running program: %w", err), lock.Close())
	}
	i := &Instance{lock: lock, listener: l}
	i.ctx, i.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return i, nil
}

// running returns the sockets of a group, those of the programs started last
// first. Some may be of programs that were killed.
func running(dir, group string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	began := map[string]time.Time{}
	var list []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), group+"-") && strings.HasSuffix(path, socketSuffix) {
			began[path] = info.ModTime()
			list = append(list, path)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return began[b].Compare(began[a]) })
	return list
}

// digest names a group or a member in a file name: paths of sockets are short.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// Serve takes over what other programs hand to this one, one after the other,
// until Close. take gets the arguments, and returns soon after ctx ends, with an
// error if they were not taken: whoever sent them then helps itself.
func (i *Instance) Serve(take func(ctx context.Context, args []string) error) {
	for i.ctx.Err() == nil {
		conn, err := i.listener.AcceptUnix()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			select { // out of files, say
			case <-i.ctx.Done():
			case <-time.After(retryAfter):
			}
			continue
		}
		i.answer(conn, take)
	}
}

// Close ends Serve and lets another program take this one's place.
func (i *Instance) Close() error {
	i.cancel()
	return errors.Join(i.listener.Close(), i.lock.Close()) // the socket first: its place is free when the lock is
}
