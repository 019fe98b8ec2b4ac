package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/theme"

	"traceview/internal/config"
	"traceview/internal/format"
	"traceview/internal/i18n"
	"traceview/internal/savedview"
	"traceview/internal/secret"
	"traceview/internal/snapshot"
	"traceview/internal/voice"
	"traceview/ui"
	"traceview/ui/shell"
)

// appID is what the system knows the program by.
const appID = "io.github.traceview"

var guiCommand = command{
	name: "",
	args: "[FILE|LINK]...",
	flags: func(c *call) {
		addConn(c)
		addWindow(c)
		c.addText("jaeger-ui", "")
	},
	run: func(ctx context.Context, e *env, c *call) error {
		w := windowOf(e, c)
		var err error
		if w.files, err = wholePaths(c.args); err != nil {
			return err
		}
		if c.conn.byWindow() {
			if err := c.conn.choose(e); err != nil {
				return err
			}
			p := profileOfConnection(c.conn.profile)
			p.Kept, p.JaegerUI = *c.conn.connection, cmp.Or(c.text("jaeger-ui"), p.JaegerUI)
			if _, err := parsePages(p.JaegerUI); err != nil {
				return err
			}
			w.profile, w.orderKeys, w.name, w.connection = &p, p.OrderKeys, p.Name, c.conn.identity(p.Address)
		} else if c.conn.wanted() {
			cl, err := c.conn.dial(ctx, e)
			if err != nil {
				return err
			}
			defer cl.Close()
			name := cmp.Or(*c.conn.connection, cl.Endpoint())
			from := newSource(cl, name, c.conn.orderKeys)
			c.conn.profile.JaegerUI = cmp.Or(c.text("jaeger-ui"), c.conn.profile.JaegerUI)
			if _, err = parsePages(c.conn.profile.JaegerUI); err != nil {
				return err
			}
			from.places, from.logs = placesOf(c.conn.profile), newLogSource(c.conn.profile, e.vault())
			from.remember(e.carriers(), c.conn.profile.Tenant)
			w.source, w.orderKeys, w.name = from, c.conn.orderKeys, name
			w.connection, w.address = c.conn.identity(cl.Endpoint()), c.conn.address(cl.Endpoint())
		}
		return runWindow(e, w)
	},
}

// A window is what the window is opened with.
type window struct {
	source     shell.Source   // nil for none
	connection string         // tells sources apart, "" for none
	address    savedview.Link // of source
	orderKeys  []string       // of source
	name       string         // of source, in the library
	profile    *shell.Profile // to be opened by the window; nil for source, or what was used last
	known      []string
	files      []string // paths that hold in any folder, and links
	order      string
	size       string
	alone      bool // hands nothing over and takes nothing over
}

// addWindow declares the flags of a window.
func addWindow(c *call) {
	c.addText("order", "")
	c.addText("size", "")
	c.addBool("new-window")
}

// windowOf returns what those flags say.
func windowOf(e *env, c *call) window {
	return window{order: c.text("order"), size: c.text("size"), alone: c.on("new-window") || e.perf != nil}
}

// splitDetail names the split between waterfall and details in the settings.
const splitDetail = "trace.details"

// gcPercent is how much the window lets the heap grow before it is collected. A
// trace of a million spans with what its views keep is 340 MB: to let that double
// took 800 MB after every view had been used, this takes 700, 3 % more processor
// time and no longer to the first frame. Frames allocate nothing.
const gcPercent = 40

// spareMemory sets gcPercent, unless the environment says otherwise.
func spareMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// runWindow shows the window until it is closed.
func runWindow(e *env, w window) error {
	spareMemory()
	dirs, err := e.dirs()
	if err != nil {
		return err
	}
	mine, done, notice := w.handOver(e, dirs)
	if done {
		return nil
	}
	var ready func(show func(order string, files []string))
	if mine != nil {
		defer mine.Close()
		ready = func(show func(order string, files []string)) { go takeOver(mine, show) }
	}
	notice = e.watchCrashes(dirs, notice)
	settings, err := config.OpenSettings(dirs.Config)
	if err != nil {
		slog.Warn("settings are not as expected", "cause", err)
	}
	set := &settings.Value
	size := fyne.NewSize(set.Window.Width, set.Window.Height)
	if w.size != "" {
		var width, height int
		if _, err := fmt.Sscanf(w.size, "%dx%d", &width, &height); err != nil || width < 1 || height < 1 {
			return usagef("size %q: want WIDTHxHEIGHT, such as 1280x800", w.size)
		}
		size = fyne.NewSize(float32(width), float32(height))
	}
	a := app.NewWithID(appID)
	save := func() {
		if err := settings.Save(); err != nil {
			slog.Warn("settings are not saved", "cause", err)
		}
	}
	var event func(string, map[string]any)
	if e.perf != nil {
		event = e.perf.note
	}
	prefs := prefsOf(set, e, a.Settings().ThemeVariant() == theme.VariantDark)
	steps, err := stepsIn(dirs.Config)
	if err != nil {
		title, hint := explain(i18n.For(prefs.Language), err)
		notice = cmp.Or(notice, strings.TrimSuffix(title+". "+hint, ". "))
	}
	vault, carriers := e.vault(), e.carriers()
	links := &dialler{dir: dirs.Config, vault: vault, keep: carriers}
	defer links.close()
	connections := newWindowConnections(dirs.Config, vault, openBrowser)
	connections.carriers = carriers
	defer connections.close()
	profiles, err := connections.List(context.Background())
	if err != nil {
		slog.Warn("connections are not as expected", "cause", err)
		notice = cmp.Or(notice, explainLine(e.words(), err))
	}
	library := newShelf(dirs.Data, secret.System{}, keysOf(w.orderKeys, profiles), w.name, event)
	defer library.close()
	return ui.Run(a, ui.Options{
		Size: size, Files: w.files, Order: w.order, Notice: notice, Ready: ready,
		Resize: func(s fyne.Size) {
			set.Window = config.Size{Width: s.Width, Height: s.Height}
			save()
		},
		Shell: shell.Options{
			Source: w.source, Address: w.address, Connections: connections, Profiles: profiles, Start: w.profile, Dial: links.dial, Library: library, Notebook: library, Sharer: sharer{}, Known: w.known,
			Version: version, Explain: e.explainer(), OpenFile: openForWindow,
			Event: event, Sampling: sampling,
			CheckTrail: checkTrail(keysOf(w.orderKeys, profiles)),
			Steps:      steps, ImportSteps: func(path string) ([]*voice.Mapping, error) { return importSteps(dirs.Config, path) },
			Prefs: prefs,
			Save: func(p shell.Prefs) {
				keepPrefs(set, prefs, p)
				save()
			},
		},
	})
}

// keysOf returns the attributes that may hold an order in any of the connections that
// the window can change to.
func keysOf(keys []string, profiles []shell.Profile) []string {
	all := slices.Clone(keys)
	for _, p := range profiles {
		for _, k := range p.OrderKeys {
			if !slices.Contains(all, k) {
				all = append(all, k)
			}
		}
	}
	return all
}

// prefsOf turns settings into what the window wants. The language of the
// command line comes before the one chosen once, and that before the system's.
func prefsOf(s *config.Settings, e *env, systemDark bool) shell.Prefs {
	lang := e.lang
	if s.Language != "" && !e.langGiven {
		lang = s.Language
	}
	return shell.Prefs{
		Language: lang, Dark: s.Theme == config.ThemeDark || s.Theme == config.ThemeSystem && systemDark,
		Spans: s.Voice == config.VoiceSpans,
		UTC:   s.TimeZone == config.ZoneUTC, Days: int(time.Duration(s.Lookback) / day), Recent: slices.Clone(s.RecentOrders),
		Detail: float32(s.Splits[splitDetail]), Palette: s.Palette, Share: shareOf(&s.Share),
		Keep: shell.KeptLimits{Bytes: s.Library.MaxBytes, Age: time.Duration(s.Library.MaxAge)}, Warned: s.Library.Warned,
		Author: cmp.Or(s.Author, userName()), Connection: s.LastConnection,
	}
}

// userName returns what the system calls who uses the program, "" if it does not
// say.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return cmp.Or(strings.Split(u.Name, ",")[0], u.Username)
}

// sampling is by how many traces the window knows what is usual. By 200 of the demo
// all its troubles are found; 60,000 spans take 25 MB.
var sampling = shell.Sampling{Newest: 150, Spread: 150, Asked: 400, Spans: 60_000}

const day = 24 * time.Hour

// keepPrefs puts into the settings what the window changed. Theme and language
// are left as they are while they follow the system.
func keepPrefs(s *config.Settings, was, now shell.Prefs) {
	if now.Language != was.Language {
		s.Language = now.Language
	}
	if now.Dark != was.Dark || s.Theme != config.ThemeSystem {
		s.Theme = config.ThemeLight
		if now.Dark {
			s.Theme = config.ThemeDark
		}
	}
	s.Voice = config.VoiceSteps
	if now.Spans {
		s.Voice = config.VoiceSpans
	}
	s.TimeZone = config.ZoneLocal
	if now.UTC {
		s.TimeZone = config.ZoneUTC
	}
	s.RecentOrders, s.Lookback = slices.Clone(now.Recent), config.Duration(time.Duration(now.Days)*day)
	s.Palette, s.Share = now.Palette, keepShare(now.Share)
	s.Library = config.Library{MaxBytes: now.Keep.Bytes, MaxAge: config.Duration(now.Keep.Age), Warned: now.Warned}
	s.LastConnection = now.Connection
	if now.Detail > 0 {
		s.Splits[splitDetail] = float64(now.Detail)
	}
}

// openForWindow reads a file for the window, as far as it can be read, telling
// how far it has come if that takes long enough for somebody to wonder.
func openForWindow(ctx context.Context, path string, on func(shell.Loading)) (shell.Opened, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return shell.Opened{}, fmt.Errorf("open %s: %w", path, errFolder)
	}
	began := time.Now()
	var told time.Time
	if isHandover(path) {
		return shell.Opened{}, fmt.Errorf("open %s: %w", path, shell.ErrConnections)
	}
	f, err := snapshot.Open(ctx, path, format.Options{Keep: true, Progress: func(p format.Progress) {
		now := time.Now()
		if p.Preview == nil && (now.Sub(began) < progressFrom || now.Sub(told) < progressEvery) {
			return
		}
		told = now
		on(shell.Loading{Read: p.Read, Size: p.Size, Spans: p.Spans, Preview: p.Preview})
	}})
	if f == nil {
		return shell.Opened{}, err
	}
	o := shell.Opened{Traces: f.Traces}
	if f.Snapshot != nil {
		o.Order, o.Logs = f.Snapshot.Manifest.Order, f.Snapshot.Logs
		o.View, o.Notes, o.Passed = savedOf(f.Snapshot.Members)
	}
	return o, err
}

// savedOf reads how somebody saw the traces of a snapshot, and what they noted.
// A part that cannot be read is passed over, and why is returned beside the other.
func savedOf(members map[string][]byte) (view *savedview.View, notes []savedview.Note, passed error) {
	if data, ok := members[savedview.ViewMember]; ok {
		v, err := savedview.DecodeView(data)
		if err == nil {
			view = &v
		} else {
			passed = fmt.Errorf("%w: %w", errView, err)
		}
	}
	if data, ok := members[savedview.NotesMember]; ok {
		var err error
		if notes, err = savedview.DecodeNotes(data); err != nil {
			passed = errors.Join(passed, fmt.Errorf("%w: %w", errNotes, err))
		}
	}
	return view, notes, passed
}

// What of a snapshot was passed over; the traces are there all the same.
var (
	errView  = errors.New("the view in the file cannot be read")
	errNotes = errors.New("the notes in the file cannot be read")
)

// A file that is open before progressFrom needs no progress, and more than ten
// times a second nobody can read it.
const (
	progressFrom  = 200 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)
