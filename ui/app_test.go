package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/ui/shell"
)

// source is a connection that hands what it is asked to the test.
type source struct{ asked chan string }

func (s *source) Name(*i18n.Printer) string { return "Production" }

func (s *source) Search(ctx context.Context, order string, _ int, _ func(shell.Found)) (shell.Found, error) {
	s.asked <- order
	<-ctx.Done()
	return shell.Found{}, ctx.Err()
}

func (s *source) Trace(context.Context, model.TraceID, func(shell.Loading)) (*model.Trace, error) {
	return nil, errors.New("not asked for")
}

// lifecycle is what the toolkit's driver calls when the program has started.
type lifecycle interface {
	OnStarted() func()
	OnStopped() func()
	SetOnStoppedHookExecuted(func())
}

func TestRunShowsTheWindow(t *testing.T) {
	app := test.NewTempApp(t)
	src := &source{make(chan string, 1)}
	opened := make(chan string, 1)
	var sized fyne.Size
	var events []string
	ended := make(chan struct{})
	app.Lifecycle().(lifecycle).SetOnStoppedHookExecuted(func() {}) // as the real app does
	err := Run(app, Options{
		Size: fyne.NewSize(100, 100), Order: "10472", Files: []string{"/data/one.json"},
		Resize: func(s fyne.Size) { sized = s },
		Shell: shell.Options{
			Source: src, Prefs: shell.Prefs{Language: "en", Dark: true, Days: 7}, Save: func(shell.Prefs) {},
			OpenFile: func(ctx context.Context, path string, _ func(shell.Loading)) (shell.Opened, error) {
				opened <- path
				<-ctx.Done()
				close(ended)
				return shell.Opened{}, ctx.Err()
			},
			Explain: func(_ *i18n.Printer, err error) (string, string) { return err.Error(), "" },
			Event:   func(name string, _ map[string]any) { events = append(events, name) },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	list := app.Driver().AllWindows()
	w := list[len(list)-1]
	if w.Title() != "traceview" {
		t.Fatalf("the latest window is %q, want traceview", w.Title())
	}
	if got := w.Canvas().Size(); got.Width < leastSize.Width || got.Height < leastSize.Height {
		t.Errorf("window is %v, want no less than %v", got, leastSize)
	}
	if bg := w.Canvas().Capture().At(5, 5); bg == nil {
		t.Error("nothing was drawn")
	}

	if app.Lifecycle().(lifecycle).OnStopped() != nil {
		t.Error("something is queued while the event loop ends, and may be waited for for ever")
	}
	app.Lifecycle().(lifecycle).OnStarted()()
	for what, c := range map[string]chan string{"10472": src.asked, "/data/one.json": opened} {
		select {
		case got := <-c:
			if got != what {
				t.Errorf("asked for %q, want %q", got, what)
			}
		case <-time.After(20 * time.Second):
			t.Errorf("%s was not asked for", what)
		}
	}
	if len(events) == 0 || events[0] != "window_shown" {
		t.Errorf("events %v, want window_shown first", events)
	}

	w.Resize(fyne.NewSize(1000, 700))
	w.Canvas().Unfocus()
	w.Canvas().(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyQ, Modifier: fyne.KeyModifierShortcutDefault})
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("work goes on after the window closed")
	}
	if sized.Width < leastSize.Width {
		t.Errorf("size %v remembered, want that of the window", sized)
	}
	if n := len(app.Driver().AllWindows()); n != len(list)-1 {
		t.Errorf("%d windows after Ctrl+Q, want %d", n, len(list)-1)
	}
}
