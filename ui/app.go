// Package ui is the program's window: it joins the toolkit, the theme and the
// shell, and remembers what the window looked like.
package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"traceview/assets"
	"traceview/internal/raster"
	"traceview/ui/look"
	"traceview/ui/shell"
)

// Options is what an App is made with, besides what its Shell needs.
type Options struct {
	Shell  shell.Options // Window, Drawer, Metrics, Apply and Dispatch are filled in
	Size   fyne.Size     // of the window, as remembered
	Resize func(fyne.Size)
	Files  []string // opened at the start, and links
	Order  string   // searched for at the start
	Notice string   // said at the start, "" for nothing
	// Ready, if set, is told at the start how to bring the window to the front and
	// to show more in it, on the UI goroutine.
	Ready func(show func(order string, files []string))
}

// leastSize is the smallest window in which everything can be used.
var leastSize = fyne.NewSize(900, 560)

// gathering is what is fetched behind the rows of an order. Orders with more are not
// those of one customer, and 300,000 spans take 120 MB.
var gathering = shell.Gathering{Traces: 500, Spans: 300_000, AtOnce: 4}

// Run shows the window and returns when it was closed. It must be called on
// the main goroutine.
func Run(app fyne.App, o Options) error {
	text, err := raster.NewText(assets.InterRegular, assets.InterSemiBold)
	if err != nil {
		return err
	}
	text.UseSystemFonts()
	app.SetIcon(fyne.NewStaticResource("icon.png", assets.Icon))
	w := app.NewWindow("traceview")
	w.SetPadded(false)
	w.Resize(fyne.NewSize(max(o.Size.Width, leastSize.Width), max(o.Size.Height, leastSize.Height)))
	so := o.Shell
	so.Window, so.Drawer, so.Metrics = w, raster.New(text), text
	so.Dispatch, so.Gather = fyne.Do, gathering
	so.Apply = func(p *look.Palette) { app.Settings().SetTheme(look.NewTheme(p)) }
	if so.Now == nil {
		so.Now = time.Now
	}
	var s *shell.Shell
	so.Quit = func() {
		o.Resize(w.Canvas().Size())
		s.Close()
		w.Close()
	}
	s = shell.New(so)
	w.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { s.Dropped(uris) })
	w.SetCloseIntercept(so.Quit)
	show := func(order string, files []string) {
		s.OpenAll(files)
		if order != "" {
			s.Search(order)
		}
	}
	app.Lifecycle().SetOnStarted(func() {
		s.Started()
		show(o.Order, o.Files)
		if o.Notice != "" {
			s.Say(o.Notice)
		}
		if o.Ready != nil {
			o.Ready(func(order string, files []string) {
				w.Show() // from where it was minimised to
				w.RequestFocus()
				show(order, files)
			})
		}
	})
	if l, ok := app.Lifecycle().(stopping); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
	w.ShowAndRun()
	return nil
}

// stopping is where Fyne 2.7.1 keeps what it does itself when it stops: it saves
// preferences, of which there are none here. It queues that to its event loop while it
// empties the queue, and what comes between looking and leaving is never run but waited
// for: the window is gone, the process stays, and files opened later are handed to it.
type stopping interface{ SetOnStoppedHookExecuted(func()) }
