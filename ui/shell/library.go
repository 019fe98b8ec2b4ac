package shell

import (
	"context"
	"errors"
	"time"

	"traceview/internal/analysis/traffic"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/task"
	"traceview/ui/view/detail"
	"traceview/ui/view/library"
	"traceview/ui/view/search"
)

// A Library keeps traces on this machine. Its methods are called off the UI
// goroutine, wait for it to be open, and return soon after ctx ends.
type Library interface {
	// Open opens it, the first time. The error says what is amiss with it, for
	// Explain; it can be used all the same, but what it takes is lost with the
	// program unless kept.
	Open(ctx context.Context) (kept bool, err error)
	// Recover takes over what can be read of libraries that had to be put aside.
	Recover(ctx context.Context) ([]Recovered, error)

	// Keep takes a whole trace, from a file or, for "", from the connection. It
	// returns at once; done is told later, from any goroutine.
	Keep(t *model.Trace, file string, done func(err error))
	// KeepLogs takes log lines of a trace. They are kept with the entry that it was read
	// from or, for 0, with the one it went into when Keep took it with the same file. It
	// returns at once; done is told later, from any goroutine. Lines of a trace that is
	// not kept are not kept either.
	KeepLogs(key int64, t *model.Trace, file string, l *logs.Lines, done func(err error))
	// Logs returns the log lines kept with an entry, nil where there never were any.
	Logs(ctx context.Context, key int64) (*logs.Lines, error)
	// Search finds entries, after a page of them where that ended. The latest
	// come first.
	Search(ctx context.Context, q query.Kept, limit int, after string) (KeptPage, error)
	// Orders returns order numbers that begin with a text.
	Orders(ctx context.Context, prefix string, limit int) ([]string, error)
	// Names returns what there is to search for.
	Names(ctx context.Context) (KeptNames, error)
	// Load returns the spans of an entry.
	Load(ctx context.Context, key int64) (*model.Trace, error)
	// Sample returns some of the traces, the newest and others spread over all of it,
	// none of them larger than a share of spans, and together no more.
	Sample(ctx context.Context, newest, spread, spans int) ([]*model.Trace, error)
	// LinksTo returns the spans of all entries that link to a trace.
	LinksTo(ctx context.Context, id model.TraceID) ([]detail.BackLink, error)
	// Traffic returns what was found out of each of the traces that a query finds, all of
	// them, to be added up. undigested is how many the library keeps of which that is
	// still to be found out, by FillDigests, which tells how many are left.
	Traffic(ctx context.Context, q query.Kept) (set *traffic.Set, undigested int, err error)
	FillDigests(ctx context.Context, progress func(left int)) error
	// Find returns the latest entry of a trace, 0 if there is none.
	Find(ctx context.Context, id model.TraceID) (key int64, err error)

	Pin(ctx context.Context, pinned bool, keys ...int64) error
	Label(ctx context.Context, labels []string, keys ...int64) error
	// Delete hides entries, which Undelete brings back until Evict.
	Delete(ctx context.Context, keys ...int64) error
	Undelete(ctx context.Context, keys ...int64) error
	// Verify reads all of it.
	Verify(ctx context.Context, progress func(done, total int)) (KeptHealth, error)
	// Usage says how much there is, and what exceeds limits.
	Usage(ctx context.Context, limits KeptLimits) (KeptUsage, error)
	// Evict removes what exceeds limits, and what was deleted, for good.
	Evict(ctx context.Context, limits KeptLimits) (removed int, err error)
}

// KeptPage is part of what a search of the library found.
type KeptPage struct {
	Entries []library.Entry
	Next    string // for Search, "" if there are no more
	ByText  bool   // plain words were found as text, not as an order number
}

// KeptNames is what there is to search for in the library.
type KeptNames struct{ Services, Operations, Labels []string }

// KeptHealth is what was found when all of the library was read.
type KeptHealth struct {
	Traces, Damaged int
	Problems        []string // of the file itself
}

// KeptLimits say how much is kept; 0 is no bound.
type KeptLimits struct {
	Bytes int64
	Age   time.Duration // since a trace was looked at last
}

// KeptUsage is how much the library holds.
type KeptUsage struct {
	Traces, Pinned int
	Bytes          int64
	// Evict is how many traces exceed the limits, EvictBytes what they take, and
	// Seen when the last of them was looked at. Short is by how much the library
	// is too large even then.
	Evict      int
	EvictBytes int64
	Seen       time.Time
	Short      int64
	Deleted    int // not yet removed
}

// Recovered is what was taken over from a library put aside.
type Recovered struct {
	File   string // which stays
	Traces int
	Lost   int // traces, at most, that could not be read
}

// A shelf is what the window knows of the library.
type shelf struct {
	opens     *task.Slot[bool]
	recovers  *task.Slot[[]Recovered]
	begun     bool // to be opened
	open      bool
	kept      bool
	err       error // what is amiss
	recovered []Recovered

	due      []due    // to be kept
	troubles []string // told since a trace was kept last
	page     *libraryPage
	looks    *task.Slot[[]string] // for orders that begin as typed
	orders   []string             // what was found
	usages   *task.Slot[KeptUsage]
	usage    KeptUsage
	removals *task.Slot[int]
}

func newShelf(d task.Dispatch) *shelf {
	return &shelf{
		opens: task.NewSlot[bool](d), recovers: task.NewSlot[[]Recovered](d), usages: task.NewSlot[KeptUsage](d), removals: task.NewSlot[int](d),
		looks: task.NewSlot[[]string](d),
	}
}

// stop ends what is under way.
func (f *shelf) stop() {
	f.opens.Stop()
	f.recovers.Stop()
	f.usages.Stop()
	f.removals.Stop()
	f.looks.Stop()
}

// settle opens the library, and keeps what is to be kept, once nothing is under
// way that somebody waits for: a big file needs both processors, and its first
// frame all the memory.
func (s *Shell) settle() {
	if s.Library == nil || s.loading() {
		return
	}
	if !s.shelf.begun {
		s.shelf.begun = true
		s.shelf.opens.Start(s.Library.Open, s.libraryOpened)
	}
	s.keepDue()
	s.usual.read()
}

// loading says whether a trace is read, or is still to be drawn.
func (s *Shell) loading() bool {
	if len(s.opening) > 0 {
		return true
	}
	for i, p := range s.pages {
		p, ok := p.(*tracePage)
		arriving := ok && p.slot.Busy() && (p.path != "" || p.progress.Spans > 0) // a server that is silent needs no processor
		judging := ok && p.strip != nil && p.strip.inquiry.heavy()                // keeping it meanwhile would take the memory twice
		if arriving || judging || ok && i == s.current && p.doc != nil && !p.shown {
			return true
		}
	}
	return false
}

// libraryOpened tells what is amiss with the library, and has recovered what can
// be.
func (s *Shell) libraryOpened(kept bool, err error) {
	if errors.Is(err, context.Canceled) { // the window closes
		return
	}
	s.shelf.open, s.shelf.kept, s.shelf.err = true, kept, err
	s.readNotebook()
	if err != nil {
		title, hint := s.Explain(s.kit.Words, err)
		s.say(title + ". " + hint)
		s.home.Refresh()
	}
	s.shelf.recovers.Start(s.Library.Recover, s.libraryRecovered)
	s.tidyLibrary()
	s.settle()
	s.libraryChanged()
	s.redrawChrome()
}

// libraryRecovered tells what was taken over from libraries put aside.
func (s *Shell) libraryRecovered(list []Recovered, err error) {
	if err != nil {
		title, hint := s.Explain(s.kit.Words, err)
		s.say(title + ". " + hint)
	}
	if len(list) == 0 {
		return
	}
	s.shelf.recovered = list
	s.libraryChanged()
	s.say(s.recoveredText(&list[0]))
	s.home.Refresh()
}

func (s *Shell) recoveredText(r *Recovered) string {
	w := s.kit.Words
	text := w.N("library.salvaged", r.Traces, "file", r.File)
	if r.Lost > 0 {
		text += " " + w.N("library.lost", r.Lost)
	}
	return text
}

// libraryNotes says what a person should know of the library.
func (s *Shell) libraryNotes() (list []search.Note) {
	if s.shelf.err != nil {
		title, hint := s.Explain(s.kit.Words, s.shelf.err)
		list = append(list, search.Note{Title: title, Text: hint})
	}
	for i := range s.shelf.recovered {
		list = append(list, search.Note{Text: s.recoveredText(&s.shelf.recovered[i])})
	}
	return list
}
