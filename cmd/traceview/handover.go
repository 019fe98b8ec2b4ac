package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/config"
	"traceview/internal/instance"
	"traceview/internal/savedview"
)

// What a start hands over, and when:
//
// A window that runs takes over what another start with the same folders, on the
// same screen, would open, if both have the same connection. A start that names no
// connection, such as a double click on a file, goes to any window, the one started
// last first: the file is what matters, and a second window beside it would keep
// its settings and tabs apart. A start with nothing to open brings that window to
// the front, since what is looked for then is the window. A start with another
// connection, or with --new-window, opens a window; so does one that is measured by
// --perf-log.

// place says where a window belongs, and which of those that run may stand for it.
func (w window) place(dirs config.Paths, getenv func(string) string) instance.Place {
	return instance.Place{
		Dir: instance.DefaultDir(getenv), Member: w.connection, Any: w.connection == "",
		Group: strings.Join([]string{dirs.Config, dirs.Data, getenv("DISPLAY"), getenv("WAYLAND_DISPLAY")}, "\n"),
	}
}

// handOver gives what the window would open to one that runs, which is said by
// done. Otherwise the window opens, and takes over from others if i is not nil; a
// person is to know notice then.
func (w window) handOver(e *env, dirs config.Paths) (i *instance.Instance, done bool, notice string) {
	if w.alone {
		return nil, false, ""
	}
	i, err := instance.Start(context.Background(), w.place(dirs, os.Getenv), append([]string{w.order}, w.files...))
	switch {
	case i == nil && err == nil:
		fmt.Fprintln(e.err, e.words().T("handover.done"))
		return nil, true, ""
	case errors.Is(err, instance.ErrSilent):
		notice = e.words().T("handover.silent")
		fmt.Fprintln(e.err, notice)
		return i, false, notice
	case err != nil:
		slog.Warn("the window is on its own", "cause", err)
	}
	return i, false, ""
}

// takeOver shows what other starts hand over until the instance is closed. show
// runs on the goroutine of the window.
func takeOver(i *instance.Instance, show func(order string, files []string)) {
	i.Serve(func(ctx context.Context, args []string) error {
		if len(args) == 0 {
			return errors.New("take over: nothing was said")
		}
		shown := make(chan error, 1)
		fyne.Do(func() {
			if ctx.Err() == nil { // else whoever waited has helped itself
				show(args[0], args[1:])
			}
			shown <- ctx.Err()
		})
		select {
		case err := <-shown:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// wholePaths makes arguments hold in another folder than this one. Desktops name
// files as URLs, and links stay as they are.
func wholePaths(args []string) ([]string, error) {
	out := make([]string, len(args))
	for k, a := range args {
		switch {
		case savedview.IsLink(a):
			out[k] = a
			continue
		case strings.HasPrefix(a, "file:"):
			path, err := pathOf(a)
			if err != nil {
				return nil, err
			}
			a = path
		}
		abs, err := filepath.Abs(a)
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", a, err)
		}
		out[k] = abs
	}
	return out, nil
}

// pathOf returns the path that a file: URL names.
func pathOf(text string) (string, error) {
	u, err := url.Parse(text)
	host, _ := os.Hostname() // "" is no other machine's name
	if err != nil || u.Path == "" || u.Host != "" && u.Host != "localhost" && u.Host != host {
		return "", usagef("%.200q is not a file on this machine", text)
	}
	path := u.Path
	if runtime.GOOS == "windows" {
		path = strings.TrimPrefix(path, "/") // /C:/…
	}
	return filepath.FromSlash(path), nil
}

// identity tells connections apart, without what is secret of them. The flags
// must have been read by dial.
func (f *connFlags) identity(endpoint string) string {
	p, names := f.profile, slices.Sorted(maps.Keys(f.profile.Headers))
	return fmt.Sprintf("%q", []any{endpoint, *f.connection, p.Plaintext, p.API, p.CAFile, p.Auth.CertFile, p.Auth.KeyFile, p.Tenant, p.Auth.User,
		*f.tokenStdin, *f.passwordStdin, names, p.OrderKeys})
}

// address returns where the connection leads, as links say it; none where they
// cannot.
func (f *connFlags) address(endpoint string) savedview.Link {
	return linkAddress(f.profile, endpoint)
}
