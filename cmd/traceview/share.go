package main

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"traceview/internal/config"
	"traceview/internal/document"
	"traceview/internal/export"
	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/ui/drawing"
	"traceview/ui/shell"
)

// A sharer writes for the window what the command line writes.
type sharer struct{}

var _ shell.Sharer = sharer{}

// errRules is wrapped where a file of rules cannot be used.
var errRules = errors.New("rules of redaction")

// rulesOfSharing returns the rules of the sheet, with what was decided about keys.
func rulesOfSharing(s *shell.Sharing) (*redact.Rules, error) {
	rules, err := rulesOf(s.Rules)
	if err != nil {
		return nil, errors.Join(errRules, err)
	}
	if rules == nil {
		rules = redact.None()
	}
	var first []redact.Rule
	for _, key := range slices.Sorted(maps.Keys(s.Keys)) {
		first = append(first, redact.Rule{Key: key, Do: s.Keys[key]})
	}
	if rules, err = rules.With(first); err != nil {
		return nil, errors.Join(errRules, err)
	}
	return rules, nil
}

// replaces says whether anything may be replaced at all.
func replaces(s *shell.Sharing) bool { return s.Rules != shell.RulesNone || len(s.Keys) > 0 }

// Part implements shell.Sharer.
func (sharer) Part(ctx context.Context, t *model.Trace, at model.SpanIndex) (*model.Trace, error) {
	return redact.Part(ctx, t, at, document.IsOrderKey, nil)
}

// Look implements shell.Sharer.
func (sharer) Look(ctx context.Context, s *shell.Sharing, on func(float64)) (shell.Preview, error) {
	rules, err := rulesOfSharing(s)
	if err != nil || !replaces(s) {
		return shell.Preview{}, err
	}
	r := redact.New(rules, s.Secret)
	r.CollectValues()
	all, before := 0, 0
	for _, t := range s.Traces {
		all += len(t.Spans)
	}
	tell := seldom(on)
	for _, t := range s.Traces {
		err := r.Look(ctx, t, func(share float64) {
			tell((float64(before) + share*float64(len(t.Spans))) / float64(max(all, 1)))
		})
		if err != nil {
			return shell.Preview{}, err
		}
		before += len(t.Spans)
	}
	if s.View != nil {
		export.RedactView(r, *s.View)
	}
	export.RedactNotes(r, s.Notes)
	if export.Format(s.Format).HoldsLogs() {
		for _, l := range s.Logs {
			if _, err := r.Logs(ctx, l); err != nil {
				return shell.Preview{}, err
			}
		}
	}
	p := shell.Preview{}
	p.Changes, p.Beyond = r.Changes()
	p.Kinds, p.Count = r.Counts()
	return p, nil
}

// seldom passes on what is told, at most ten times a second.
func seldom(on func(float64)) func(float64) {
	var told time.Time
	return func(share float64) {
		if now := time.Now(); now.Sub(told) >= progressEvery {
			told = now
			on(share)
		}
	}
}

// jobOf returns the export that a sheet asks for, with all replaced that is to be.
func jobOf(ctx context.Context, s *shell.Sharing, on func(float64)) (*export.Job, error) {
	rules, err := rulesOfSharing(s)
	if err != nil {
		return nil, err
	}
	j := &export.Job{Format: export.Format(s.Format), Traces: s.Traces, Words: s.Words, Zone: s.Zone, Version: version, Created: s.Now,
		Artist: drawing.Artist{Words: s.Words, Look: s.Look}, Source: s.Source, Order: s.Order, View: s.View, Notes: s.Notes, Logs: s.Logs}
	if !replaces(s) {
		return j, nil
	}
	return j, j.Redact(ctx, redact.New(rules, s.Secret), on)
}

// Write implements shell.Sharer.
func (sharer) Write(ctx context.Context, s *shell.Sharing, path string, replace bool, on func(float64, int64)) (size int64, err error) {
	tell := seldom(func(share float64) { on(share, size) })
	if !replace {
		if _, err := os.Lstat(path); err == nil { // before all the work
			return 0, export.ErrExists
		}
	}
	j, err := jobOf(ctx, s, tell)
	if err != nil {
		return 0, err
	}
	defer sparePeak(s.Traces)
	err = export.File(path, modeOf(j.Format), replace, func(w io.Writer) error {
		_, err := j.Write(ctx, w, func(n int64) {
			size = n
			tell(1)
		})
		return err
	})
	return size, err
}

// sparePeak gives back the memory of the copies of large traces, which would
// otherwise last until others were made.
func sparePeak(traces []*model.Trace) {
	if t := export.Largest(traces); t != nil && len(t.Spans) > document.AtOnce {
		debug.FreeOSMemory()
	}
}

// Text implements shell.Sharer.
func (sharer) Text(ctx context.Context, s *shell.Sharing) (string, error) {
	j, err := jobOf(ctx, s, nil)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	_, err = j.Write(ctx, &b, nil)
	return b.String(), err
}

// Exists implements shell.Sharer.
func (sharer) Exists(err error) bool { return errors.Is(err, export.ErrExists) }

// Ending implements shell.Sharer.
func (sharer) Ending(format string) string { return export.Format(format).Ending() }

// shareOf turns settings into what the sheet begins with: a folder for documents
// the first time.
func shareOf(s *config.Sharing) shell.SharePrefs {
	p := shell.SharePrefs{Format: s.Format, Folder: s.Folder, Rules: s.Rules, Keys: maps.Clone(s.Keys)}
	if home, err := os.UserHomeDir(); err == nil && p.Folder == "" {
		p.Folder = home
		if docs := filepath.Join(home, "Documents"); isFolder(docs) {
			p.Folder = docs
		}
	}
	return p
}

func isFolder(path string) bool {
	stat, err := os.Stat(path)
	return err == nil && stat.IsDir()
}

// keepShare puts into the settings what was chosen in the sheet.
func keepShare(p shell.SharePrefs) config.Sharing {
	return config.Sharing{Format: p.Format, Folder: p.Folder, Rules: p.Rules, Keys: maps.Clone(p.Keys)}
}

// parsePages reads the address of Jaeger's own web pages, "" for none.
func parsePages(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, usagef("--jaeger-ui: want the address of a web page, such as https://jaeger.example/ui, without user and password") // unquoted: it may hold a secret
	}
	return u, nil
}
