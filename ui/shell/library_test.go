package shell

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/ui/uitest"
)

// fakeLibrary is a Library that the test has answer.
type fakeLibrary struct {
	opens     chan openedLibrary
	recovered []Recovered
	fails     error // of Recover
}

type openedLibrary struct {
	kept bool
	err  error
}

func newFakeLibrary() *fakeLibrary {
	return &fakeLibrary{opens: make(chan openedLibrary, 1)}
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
	b := newLibraryBench(t, &fakeLibrary{opens: make(chan openedLibrary, 1)}, openedLibrary{false, errors.New("no keyring here")})
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
