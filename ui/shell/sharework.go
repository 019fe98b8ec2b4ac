package shell

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/savedview"
	"traceview/internal/weblink"
)

// written is what leaving came to.
type written struct {
	path string // of a file
	size int64
	text string // for the clipboard
}

// A keyed is what is replaced of the values of one key, or was before somebody
// decided otherwise.
type keyed struct {
	redact.Change
	gone bool // nothing is replaced now
	open bool // all its values are shown
}

// start has the traces of the choice, and then looks at what would be replaced.
func (h *sheet) start() {
	h.stop()
	s, w, run := h.shell, h.whats[h.what], h.run
	h.got, h.err, h.seen, h.keyed, h.far = gathered{}, nil, nil, nil, far{all: len(w.ids)}
	h.choose()
	shown, open := s.logsShown(w.ids), s.shelf.open
	h.gather.Start(func(ctx context.Context) (gathered, error) {
		g, err := s.gatherTraces(ctx, &w, func(done int) { h.tell(run, func() { h.far.done = done }) })
		if err == nil {
			g.logs = s.gatherLogs(ctx, &w, g.traces, shown, open)
		}
		return g, err
	}, func(g gathered, err error) {
		if h.got, h.err = g, err; err == nil {
			h.scan(false)
		}
		h.redraw()
	})
	h.redraw()
}

// tell notes how far work has come, unless other work began since.
func (h *sheet) tell(run int, f func()) {
	h.shell.Dispatch(func() {
		if h.run == run {
			f()
			h.redraw()
		}
	})
}

// scan looks at what would be replaced. Where only a decision about a key changed,
// the keys stay where they are in the list.
func (h *sheet) scan(decided bool) {
	if h.err != nil && len(h.got.traces) == 0 || h.gather.Busy() {
		return
	}
	h.seen, h.err, h.far.share = nil, nil, 0
	if !decided {
		h.keyed = nil
	}
	sharing, run := h.sharing(), h.run
	h.look.Start(func(ctx context.Context) (Preview, error) {
		return h.shell.Sharer.Look(ctx, sharing, func(share float64) { h.tell(run, func() { h.far.share = share }) })
	}, func(p Preview, err error) {
		if h.err = err; err == nil {
			h.seen = &p
			h.join(p.Changes)
			h.shell.event("share_looked", nil)
		}
		h.redraw()
	})
	h.redraw()
}

// join puts what is replaced now into the list.
func (h *sheet) join(changes []redact.Change) {
	type at struct{ where, key string }
	place := map[at]int{}
	for i := range h.keyed {
		h.keyed[i].gone = true
		place[at{h.keyed[i].Where, h.keyed[i].Key}] = i
	}
	for _, c := range changes {
		if i, ok := place[at{c.Where, c.Key}]; ok {
			h.keyed[i] = keyed{Change: c, open: h.keyed[i].open}
		} else {
			h.keyed = append(h.keyed, keyed{Change: c})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(h.keys)) { // what was decided before is seen, too
		if !slices.ContainsFunc(h.keyed, func(k keyed) bool { return k.Key == key }) {
			h.keyed = append(h.keyed, keyed{Change: redact.Change{Key: key}, gone: true})
		}
	}
}

// sharing returns what is chosen. It reads the page, so it is made on the
// goroutine of the window.
func (h *sheet) sharing() *Sharing {
	s, w := h.shell, &h.whats[h.what]
	sh := &Sharing{Format: h.format, Traces: h.got.traces, Order: w.order, Source: w.source, Rules: h.rules, Keys: maps.Clone(h.keys),
		View: s.viewOf(w), Notes: s.notesOn(h.got.traces), Logs: h.got.logs, Secret: h.secret, Words: s.kit.Words.Spans(), Zone: s.kit.Zone, Now: s.now()}
	if w.picture() {
		sh.Look = w.shows.pictureOf()
	}
	return sh
}

// viewOf returns how the traces of a choice are looked at.
func (s *Shell) viewOf(w *what) *savedview.View {
	v := s.savedView()
	v.Order = w.order
	v.Traces = slices.DeleteFunc(v.Traces, func(t savedview.Trace) bool {
		return !slices.ContainsFunc(w.ids, func(id model.TraceID) bool { return id.String() == t.TraceID })
	})
	return &v
}

// ready says whether all that leaves is known.
func (h *sheet) ready() bool { return h.seen != nil && h.err == nil && !h.write.Busy() }

// path returns where to write, with the ending of the format.
func (h *sheet) path() string {
	folder := strings.TrimSpace(h.folder.Text)
	if rest, ok := strings.CutPrefix(folder, "~"); ok && (rest == "" || rest[0] == '/' || rest[0] == filepath.Separator) {
		if home, err := os.UserHomeDir(); err == nil {
			folder = home + rest
		}
	}
	name := strings.TrimSpace(h.name.Text)
	if filepath.Ext(name) == "" {
		name += h.shell.Sharer.Ending(h.format)
	}
	return filepath.Join(folder, name)
}

// save writes the file, in place of another if a person agreed to that.
func (h *sheet) save(replace bool) {
	if !h.ready() {
		return
	}
	name := strings.TrimSpace(h.name.Text)
	if name == "" || strings.ContainsAny(name, `/\`) || !filepath.IsAbs(h.path()) {
		h.done, h.state = written{}, failed
		h.err = nil
		h.fail(errBadName)
		return
	}
	s, sharing, path, run := h.shell, h.sharing(), h.path(), h.run
	h.state, h.far, h.done = writing, far{}, written{path: path}
	h.write.Start(func(ctx context.Context) (written, error) {
		size, err := s.Sharer.Write(ctx, sharing, path, replace, func(share float64, bytes int64) {
			h.tell(run, func() { h.far.share, h.far.written = share, bytes })
		})
		return written{path: path, size: size}, err
	}, h.finish)
	h.redraw()
}

// errBadName is met where no file can have the name.
var errBadName = errors.New("not the name of a file in a folder")

// finish tells what writing came to.
func (h *sheet) finish(w written, err error) {
	switch {
	case errors.Is(err, context.Canceled):
		h.state = stopped
	case err != nil && h.shell.Sharer.Exists(err):
		h.done, h.state = w, asking
	case err != nil:
		h.fail(err)
	case w.text != "":
		fyne.CurrentApp().Clipboard().SetContent(w.text)
		h.done, h.state = w, copied
	default:
		h.done, h.state = w, finished
		h.remember()
		h.shell.event("shared", map[string]any{"format": h.format, "bytes": w.size})
	}
	h.foot.Sel = 0
	h.redraw()
}

// fail tells why nothing was written.
func (h *sheet) fail(err error) {
	h.state, h.why = failed, err
	h.redraw()
}

// remember keeps the choices for the next time. That nothing is replaced is chosen
// anew each time.
func (h *sheet) remember() {
	p := &h.shell.Prefs.Share
	p.Format, p.Folder = h.format, strings.TrimSpace(h.folder.Text)
	if h.rules != RulesNone {
		p.Rules = h.rules
	}
	p.Keys = nil
	if h.keep {
		p.Keys = maps.Clone(h.keys)
	}
	h.shell.Save(h.shell.Prefs)
}

// copySummary puts the summary for a ticket on the clipboard.
func (h *sheet) copySummary() {
	if !h.ready() {
		return
	}
	s, sharing := h.shell, h.sharing()
	sharing.Format = formatMarkdown
	h.state = copying
	h.write.Start(func(ctx context.Context) (written, error) {
		text, err := s.Sharer.Text(ctx, sharing)
		return written{text: text}, err
	}, h.finish)
	h.redraw()
}

// copyJaeger puts the addresses of Jaeger's own pages on the clipboard, a line
// each.
func (h *sheet) copyJaeger() {
	w := &h.whats[h.what]
	var lines []string
	if l := h.shell.placesOf(w.from); l != nil {
		span := model.SpanID(0)
		if w.shows != nil && w.shows.doc.Selected() != model.NoSpan {
			span = w.shows.doc.Trace().Spans[w.shows.doc.Selected()].ID
		}
		for _, id := range w.ids {
			if text := weblink.Jaeger(l.Jaeger, id, span); text != "" {
				lines = append(lines, text)
			}
		}
	}
	if len(lines) == 0 {
		h.fail(errNoJaegerUI)
		return
	}
	h.finish(written{text: strings.Join(lines, "\n")}, nil)
}

// copyLink puts a link to what is in front on the clipboard, for colleagues with
// traceview who reach the same server.
func (h *sheet) copyLink() {
	l, ok := h.shell.linkToFront()
	if !ok {
		return // the row is not there then
	}
	text, _, err := l.Encode()
	if err != nil {
		h.fail(err)
		return
	}
	h.finish(written{text: text}, nil)
}

// errNoJaegerUI is met where the address of Jaeger's own pages is not known.
var errNoJaegerUI = errors.New("the address of the pages of Jaeger is not known")

// whyText puts why nothing was written into words.
func (h *sheet) whyText() (title, hint string) {
	w := h.shell.kit.Words
	switch {
	case errors.Is(h.why, errBadName):
		return w.T("share.badname"), w.T("share.badname.hint")
	case errors.Is(h.why, errNoJaegerUI):
		return w.T("share.nojaeger"), w.T("share.nojaeger.hint")
	case errors.Is(h.why, fs.ErrPermission):
		return w.T("share.noaccess"), w.T("share.noaccess.hint")
	case errors.Is(h.why, fs.ErrNotExist):
		return w.T("share.nofolder"), w.T("share.nofolder.hint")
	}
	return h.shell.Explain(w, h.why)
}

// openFolder shows the folder of the file that was written.
func (h *sheet) openFolder() {
	u := &url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Dir(h.done.path))}
	if err := fyne.CurrentApp().OpenURL(u); err != nil {
		h.shell.say(h.shell.kit.Words.T("share.folder.cannot"))
	}
}
