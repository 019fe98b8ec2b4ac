package shell

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/analysis/traffic"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/ui/uitest"
	"traceview/ui/view/detail"
	"traceview/ui/view/library"
)

// fakeLibrary is a Library that holds what the test gives it. Its search goes by
// order number and text alone.
type fakeLibrary struct {
	opens     chan openedLibrary
	recovered []Recovered
	fails     error // of Recover
	keeps     error // of Keep

	mu      sync.Mutex
	entries []library.Entry
	hidden  map[int64]bool // deleted
	traces  map[int64]*model.Trace
	logs    map[int64]*logs.Lines
	sources []string // of what was kept
	asked   []query.Kept
	usage   KeptUsage
	evicted []KeptLimits
}

type openedLibrary struct {
	kept bool
	err  error
}

func newFakeLibrary() *fakeLibrary {
	return &fakeLibrary{opens: make(chan openedLibrary, 1), hidden: map[int64]bool{}, traces: map[int64]*model.Trace{}, logs: map[int64]*logs.Lines{}}
}

func (f *fakeLibrary) Open(ctx context.Context) (bool, error) {
	select {
	case o := <-f.opens:
		return o.kept, o.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (f *fakeLibrary) Recover(context.Context) ([]Recovered, error) { return f.recovered, f.fails }

// add puts a trace with an order number into the library.
func (f *fakeLibrary) add(t *model.Trace, number string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := rowOf(t)
	key := int64(len(f.entries) + 1)
	f.traces[key] = t
	e := library.Entry{Key: key, ID: t.ID, Service: r.Service, Operation: r.Operation, Start: r.Start, Duration: r.Duration, Spans: r.Spans, Errors: r.Errors, Sources: []string{"prod"}, Bytes: 4096}
	if number != "" {
		e.Orders = []string{number}
	}
	for _, s := range t.Services {
		e.Services = append(e.Services, library.Service{Name: s.Name, Spans: s.Spans, Errors: s.Errors})
	}
	f.entries = append(f.entries, e)
	return key
}

func (f *fakeLibrary) Keep(t *model.Trace, file string, done func(error)) {
	if f.keeps == nil {
		f.add(t, "")
		f.mu.Lock()
		f.sources = append(f.sources, file)
		f.mu.Unlock()
	}
	go done(f.keeps)
}

// KeepLogs keeps lines of a trace that is kept.
func (f *fakeLibrary) KeepLogs(key int64, t *model.Trace, _ string, l *logs.Lines, done func(error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.entries {
		if e.Key == key || key == 0 && f.traces[e.Key] == t {
			f.logs[e.Key] = l
		}
	}
	go done(f.keeps)
}

func (f *fakeLibrary) Logs(_ context.Context, key int64) (*logs.Lines, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.logs[key], nil
}

func (f *fakeLibrary) Search(_ context.Context, q query.Kept, limit int, after string) (p KeptPage, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, q)
	from, _ := strconv.Atoi(after)
	for i := from; i < len(f.entries); i++ {
		e := f.entries[i]
		byOrder := len(e.Orders) > 0 && (q.Plain != "" && strings.HasPrefix(e.Orders[0], q.Plain) || q.Order == e.Orders[0])
		byText := q.Plain == "" && q.Order == "" || q.Plain != "" && strings.Contains(e.Operation, q.Plain)
		if f.hidden[e.Key] || q.Failed && e.Errors == 0 || q.Pinned && !e.Pinned || !byOrder && !byText {
			continue
		}
		if len(p.Entries) == limit {
			p.Next = strconv.Itoa(i)
			break
		}
		p.Entries, p.ByText = append(p.Entries, e), q.Plain != "" && !byOrder
	}
	return p, nil
}

func (f *fakeLibrary) Traffic(ctx context.Context, q query.Kept) (*traffic.Set, int, error) {
	page, err := f.Search(ctx, q, 1<<30, "")
	set := traffic.NewSet(nil)
	for _, e := range page.Entries {
		var g traffic.Digester
		set.AddDigest(e.Key, g.Digest(f.traces[e.Key]))
	}
	set.Sort()
	return set, 0, err
}

func (f *fakeLibrary) FillDigests(context.Context, func(int)) error { return nil }

func (f *fakeLibrary) Orders(_ context.Context, prefix string, limit int) (list []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.entries {
		if len(e.Orders) > 0 && strings.HasPrefix(e.Orders[0], prefix) && !slices.Contains(list, e.Orders[0]) && len(list) < limit {
			list = append(list, e.Orders[0])
		}
	}
	return list, nil
}

func (f *fakeLibrary) Names(context.Context) (KeptNames, error) {
	return KeptNames{Services: []string{"crm-api", "shop-api"}, Operations: []string{"POST /orders"}, Labels: []string{"urgent"}}, nil
}

func (f *fakeLibrary) Load(_ context.Context, key int64) (*model.Trace, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t := f.traces[key]; t != nil && !f.hidden[key] {
		return t, nil
	}
	return nil, errGone
}

var errGone = errors.New("not in the library")

func (f *fakeLibrary) Find(_ context.Context, id model.TraceID) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.entries {
		if e.ID == id && !f.hidden[e.Key] {
			return e.Key, nil
		}
	}
	return 0, errGone
}

func (f *fakeLibrary) Sample(_ context.Context, newest, spread, _ int) (list []*model.Trace, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.entries[:min(newest+spread, len(f.entries))] {
		list = append(list, f.traces[e.Key])
	}
	return list, nil
}

func (f *fakeLibrary) LinksTo(_ context.Context, id model.TraceID) (list []detail.BackLink, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.entries {
		t := f.traces[e.Key]
		for i := range t.Spans {
			for _, l := range t.SpanLinks(model.SpanIndex(i)) {
				if l.Trace == id {
					list = append(list, detail.BackLink{Key: e.Key, Trace: e.ID, Span: t.Spans[i].ID, To: l.Span, Service: e.Service, Operation: e.Operation, Start: e.Start})
				}
			}
		}
	}
	return list, nil
}

// change does something to the entries with keys.
func (f *fakeLibrary) change(keys []int64, do func(e *library.Entry)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.entries = slices.Clone(f.entries) // what was handed out stays as it was
	for _, k := range keys {
		do(&f.entries[k-1])
	}
	return nil
}

func (f *fakeLibrary) Pin(_ context.Context, on bool, keys ...int64) error {
	return f.change(keys, func(e *library.Entry) { e.Pinned = on })
}

func (f *fakeLibrary) Label(_ context.Context, labels []string, keys ...int64) error {
	return f.change(keys, func(e *library.Entry) { e.Labels = labels })
}

func (f *fakeLibrary) Delete(_ context.Context, keys ...int64) error {
	return f.change(keys, func(e *library.Entry) { f.hidden[e.Key] = true })
}

func (f *fakeLibrary) Undelete(_ context.Context, keys ...int64) error {
	return f.change(keys, func(e *library.Entry) { delete(f.hidden, e.Key) })
}

func (f *fakeLibrary) Verify(_ context.Context, progress func(done, total int)) (KeptHealth, error) {
	progress(100, 200)
	return KeptHealth{Traces: 200, Damaged: 1}, nil
}

func (f *fakeLibrary) Usage(context.Context, KeptLimits) (KeptUsage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.usage, nil
}

func (f *fakeLibrary) Evict(_ context.Context, l KeptLimits) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.usage.Evict
	f.usage.Evict, f.usage.Deleted, f.evicted = 0, 0, append(f.evicted, l)
	return n, nil
}

// newLibraryBench returns a bench whose library is open.
func newLibraryBench(t testing.TB, l *fakeLibrary, o openedLibrary) *bench {
	t.Helper()
	l.opens <- o
	b := newBench(t, func(o *Options) { o.Library = l })
	b.until("the library", func() bool { return b.shelf.open && !b.shelf.recovers.Busy() })
	return b
}

// TestTheLibraryIsOpenedWhenNothingIsWaitedFor holds that it is opened by itself, but
// not while a file is read, nor before its first frame.
func TestTheLibraryIsOpenedWhenNothingIsWaitedFor(t *testing.T) {
	lib := newFakeLibrary()
	b := newBench(t, func(o *Options) { o.Library = lib })
	o := b.openSlowly("/data/big.traceview")
	b.queue.Drain()
	if b.shelf.begun {
		t.Fatal("the library is opened while a file is read")
	}
	o.reply <- openReply{traces: []*model.Trace{full(t)}}
	b.until("the trace", func() bool { return len(b.pages) == 2 && !b.tracePage().slot.Busy() })
	b.queue.Drain()
	if b.shelf.begun {
		t.Fatal("the library is opened before the trace is drawn")
	}
	b.Window.Canvas().Capture()
	lib.opens <- openedLibrary{kept: true}
	b.until("the library", func() bool { return b.shelf.open })
	if s := b.statusText(); strings.Contains(s, "brary") {
		t.Errorf("where all is well the status says %q", s)
	}
}

func TestWhatIsAmissWithTheLibraryIsTold(t *testing.T) {
	b := newLibraryBench(t, newFakeLibrary(), openedLibrary{false, errors.New("no keyring here")})
	if s := b.statusText(); !strings.Contains(s, "no keyring here") {
		t.Errorf("the status says %q", s)
	}
	if s := b.says(); !strings.Contains(s, "no keyring here") {
		t.Errorf("the first page says:\n%s", s)
	}
	b.openTrace(uitest.TraceID(1))
	b.nextTrace().reply <- traceReply{trace: full(t)}
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	b.key(fyne.KeyEscape)
	if s := b.says(); !strings.Contains(s, "no keyring here") {
		t.Errorf("back on the first page it says:\n%s", s)
	}
}

func TestWhatWasRecoveredIsTold(t *testing.T) {
	lib := newFakeLibrary()
	lib.recovered = []Recovered{{File: "/data/library.db-damaged-1", Traces: 12, Lost: 3}}
	b := newLibraryBench(t, lib, openedLibrary{true, errors.New("the library is damaged")})
	for _, want := range []string{"the library is damaged", "12 traces taken over from /data/library.db-damaged-1", "Could not be read: 3."} {
		if s := b.says(); !strings.Contains(strings.ReplaceAll(s, "\n", " "), want) {
			t.Errorf("the page does not say %q:\n%s", want, s)
		}
	}
	if s := b.statusText(); !strings.Contains(s, "12 traces taken over") {
		t.Errorf("the status says %q", s)
	}

	lib = newFakeLibrary()
	lib.fails = errors.New("the disk is broken")
	b = newLibraryBench(t, lib, openedLibrary{kept: true})
	if s := b.statusText(); !strings.Contains(s, "the disk is broken") {
		t.Errorf("a failure to recover is not told: %q", s)
	}
}

// TestClosingDoesNotWaitForTheLibrary closes the window while the keyring is asked.
func TestClosingDoesNotWaitForTheLibrary(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Library = newFakeLibrary() })
	b.until("the opening", func() bool { return b.shelf.begun })
	b.Close()
	b.queue.Drain()
	if b.shelf.open || b.shelf.err != nil {
		t.Error("a library that was not opened is told of")
	}
}
