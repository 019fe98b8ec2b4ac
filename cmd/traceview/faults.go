package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"traceview/internal/config"
	"traceview/internal/crash"
	"traceview/internal/i18n"
	"traceview/internal/task"
)

// A debugLog appends what the program does to a file, for finding out what goes
// wrong on somebody's machine. Credentials are in none of its lines. A nil
// debugLog does nothing.
type debugLog struct {
	file *os.File
	was  *slog.Logger
}

// openDebugLog makes the file, "" for none, the log of the program until it is
// closed.
func openDebugLog(path string) (*debugLog, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	l := &debugLog{f, slog.Default()}
	slog.SetDefault(slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug})))
	slog.Debug("started", "version", version, "pid", os.Getpid())
	return l, nil
}

func (l *debugLog) close() {
	if l != nil {
		slog.SetDefault(l.was)
		_ = l.file.Close() // written line by line: nothing is lost
	}
}

// watchCrashes has a report written if the window crashes, and returns what to
// say at the start: of an earlier crash, if anything else is not more urgent.
func (e *env) watchCrashes(dirs config.Paths, notice string) string {
	e.crashes = filepath.Join(dirs.Data, "crashes")
	go func() { // a process is started, which the window need not wait for
		if err := crash.Watch(e.crashes); err != nil {
			slog.Warn("nobody watches for crashes", "cause", err)
		}
	}()
	if notice != "" {
		return notice
	}
	if path := crash.Untold(e.crashes); path != "" {
		return e.words().T("crash.notice", "file", path)
	}
	return ""
}

// crashed tells of a panic on the goroutine of the command, less what it said.
func (e *env) crashed(v any, stack []byte) {
	fmt.Fprintf(e.err, "traceview: internal fault: %s\n%s", crash.Cause(v), crash.Clean(stack))
	if e.crashes == "" {
		return
	}
	if path, err := e.report(v, stack); err == nil {
		fmt.Fprintln(e.err, e.words().T("crash.written", "file", path))
	}
}

// report writes a report of a panic that somebody is told of at once.
func (e *env) report(v any, stack []byte) (string, error) {
	path, err := crash.Write(e.crashes, version, append([]byte("panic: "+crash.Cause(v)+"\n\n"), stack...))
	if err != nil {
		return "", err
	}
	return crash.Told(path)
}

// explainer returns explain for a window: of work that ended by a panic it leaves a
// report, the first time it is asked about it, and says where that is.
func (e *env) explainer() func(w *i18n.Printer, err error) (title, hint string) {
	var mu sync.Mutex
	reports := map[*task.PanicError]string{}
	return func(w *i18n.Printer, err error) (title, hint string) {
		var p *task.PanicError
		if !errors.As(err, &p) {
			return explain(w, err)
		}
		mu.Lock()
		defer mu.Unlock()
		path, known := reports[p]
		if !known {
			if path, err = e.report(p.Value, p.Stack); err != nil {
				slog.Warn("no report of an internal fault", "cause", err)
			}
			reports[p] = path
		}
		if path == "" {
			return w.T("error.fault.title"), ""
		}
		return w.T("error.fault.title"), w.T("error.fault.hint", "file", path)
	}
}
