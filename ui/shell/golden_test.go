package shell

import (
	"io/fs"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/ui/uitest"
)

// TestGolden draws the whole window, the toolkit's own widgets included.
func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		name string
		lang string
		dark bool
		w, h float32
		act  func(b *bench)
	}{
		{"home", "en", false, 1280, 480, func(b *bench) {
			b.home.view.Redraw()
		}},
		{"suggestions_dark_ru", "ru", true, 900, 560, func(b *bench) {
			b.write("10")
			b.key(fyne.KeyDown)
		}},
		{"order_dark", "en", true, 1280, 480, func(b *bench) {
			b.search("10472").reply <- searchReply{found: found("10472", 3)}
			b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
		}},
		{"trace_ru", "ru", false, 1280, 560, openShop},
		{"trace_narrow_dark", "en", true, 900, 560, openShop},
		{"find", "en", false, 1280, 400, func(b *bench) {
			openShop(b)
			b.ctrl(fyne.KeyF)
			b.write("service~shop order")
		}},
		{"find_only_dark_ru", "ru", true, 1280, 400, func(b *bench) {
			openShop(b)
			b.ctrl(fyne.KeyF)
			b.write("accessdenied")
			b.key(fyne.KeyReturn)
			b.tracePage().doc.SetOnlyMatches(true)
		}},
		{"find_bad_narrow", "en", false, 900, 300, func(b *bench) {
			openShop(b)
			b.ctrl(fyne.KeyF)
			b.write("service=mes-api error dur>200")
		}},
		{"trace_flame", "en", false, 1280, 560, func(b *bench) {
			openShop(b)
			b.ctrl(fyne.Key2)
		}},
		{"trace_merged_dark_ru", "ru", true, 1280, 560, func(b *bench) {
			openShop(b)
			b.ctrl(fyne.Key3)
		}},
		{"trace_stats", "en", false, 1280, 480, func(b *bench) {
			openShop(b)
			b.ctrl(fyne.Key4)
		}},
		{"trace_stats_narrow_dark_ru", "ru", true, 900, 400, func(b *bench) {
			openShop(b)
			b.ctrl(fyne.Key4)
			b.Window.Canvas().Capture()
			b.key(fyne.KeyReturn)
		}},
		{"trace_events_dark", "en", true, 1280, 480, func(b *bench) {
			openShop(b)
			b.ctrl(fyne.Key5)
		}},
		{"compare", "en", false, 1280, 640, func(b *bench) { b.compareTabs() }},
		{"compare_flame_dark_ru", "ru", true, 1280, 640, func(b *bench) { b.compareTabs().show(true) }},
		{"compare_choose_dark_ru", "ru", true, 1280, 520, func(b *bench) {
			openShop(b)
			b.showTrace(healthyShop(b.t, 5), "well.json")
			b.ctrlShift(fyne.KeyD)
		}},
		{"compare_empty", "en", false, 1000, 560, func(b *bench) { b.showCompare() }},
		{"hints", "en", false, 1280, 560, func(b *bench) {
			b.showTrace(orphaned(b.t, false), "cut.json")
			b.until("the hints", func() bool { return b.tracePage().hints.known })
			b.write("q")
		}},
		{"hints_new_dark_ru", "ru", true, 1280, 560, func(b *bench) {
			b.openTrace(uitest.TraceID(1))
			b.nextTrace().reply <- traceReply{trace: orphaned(b.t, false)}
			p := b.tracePage()
			b.until("the trace", func() bool { return p.hints != nil && p.hints.known })
			b.key(fyne.KeyF5)
			b.nextTrace().reply <- traceReply{trace: orphaned(b.t, true)}
			b.until("the trace", func() bool { return !p.slot.Busy() && p.hints.known })
			b.write("q")
		}},
		{"trace_wait_ru", "ru", false, 900, 300, func(b *bench) {
			b.openTrace(uitest.TraceID(1))
			b.nextTrace().on(Loading{Spans: 12345})
			b.until("progress", func() bool { return b.tracePage().progress.Spans > 0 })
		}},
		{"trace_arriving", "en", false, 1280, 420, func(b *bench) { arriving(b) }},
		{"trace_arriving_ru", "ru", true, 900, 420, func(b *bench) { arriving(b) }},
		{"trace_opening", "en", true, 900, 300, func(b *bench) {
			o := b.openSlowly("/data/big.traceview")
			o.on(Loading{Read: 31 << 20, Size: 97 << 20, Spans: 312_000})
			b.until("progress", func() bool { return b.current == 1 })
		}},
		{"trace_failed", "en", false, 900, 300, func(b *bench) {
			b.openTrace(uitest.TraceID(1))
			b.nextTrace().reply <- traceReply{err: errDown}
			b.until("the failure", func() bool { return !b.tracePage().slot.Busy() })
		}},
		{"help", "en", false, 1280, 640, (*bench).showHelp},
		{"help_narrow_ru", "ru", true, 900, 640, (*bench).showHelp},
		{"tabs", "en", false, 900, 200, func(b *bench) {
			for _, o := range []string{"1", "a number so long that it cannot be shown whole", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20"} {
				b.search(o)
			}
			b.show(17)
		}},
		{"tabs_same_ru", "ru", true, 900, 200, func(b *bench) {
			for i := range 3 {
				b.showTrace(uitest.Shop(b.t, byte(i+1)), "")
			}
		}},
		{"complete", "en", false, 1280, 480, func(b *bench) {
			openShop(b)
			b.typeFind("service=files-storage sh")
			b.key(fyne.KeyDown)
		}},
		{"complete_bad_dark_ru", "ru", true, 900, 480, func(b *bench) {
			openShop(b)
			b.typeFind("http.response.status_code=")
		}},
		{"palette_empty", "en", false, 1280, 640, func(b *bench) {
			openShop(b)
			b.ctrl(fyne.KeyK)
		}},
		{"palette_dark_ru", "ru", true, 900, 560, func(b *bench) {
			openShop(b)
			b.typePalette("орд")
			b.palette.box.set("order")
			b.key(fyne.KeyDown)
		}},
		{"details_found", "en", false, 1000, 640, func(b *bench) {
			openShop(b)
			b.ctrlShift(fyne.KeyF)
			b.write("access")
		}},
		{"share", "en", false, 1280, 800, func(b *bench) {
			openShop(b)
			b.shareWhole()
		}},
		{"share_dark_ru", "ru", true, 1280, 800, func(b *bench) {
			openShop(b)
			h := b.shareWhole()
			b.key(fyne.KeyTab, fyne.KeyRight)
			b.seen()
			b.ctrlEnter()
			b.nextWrite().reply <- nil
			b.until("the file", func() bool { return h.state == finished })
		}},
		{"share_narrow", "en", true, 900, 560, func(b *bench) {
			openShop(b)
			h := b.shareWhole()
			b.ctrlEnter()
			b.nextWrite().reply <- errExists
			b.until("the question", func() bool { return h.state == asking })
		}},
		{"share_failed_narrow_ru", "ru", false, 900, 560, func(b *bench) {
			openShop(b)
			h := b.shareWhole()
			b.ctrlEnter()
			b.nextWrite().reply <- fs.ErrPermission
			b.until("the failure", func() bool { return h.state == failed })
		}},
		{"note", "en", false, 1280, 560, func(b *bench) {
			openShop(b)
			p := b.tracePage()
			p.keepNote("a", p.doc.Noting(), "The key of the storage expired on Friday.")
			p.doc.MeasureTime(300*uitest.Ms, 520*uitest.Ms)
			p.writeNote()
			b.write("Nothing happens here:")
			b.focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			b.write("who waits for whom?")
		}},
		{"views", "en", false, 1280, 400, func(b *bench) {
			at := time.Unix(0, uitest.Epoch).UTC()
			b.Shell.views.list = []KeptView{
				{ID: "a", View: savedview.View{Name: "Why it waits", Author: "Anna", Created: at, Order: "10472", Traces: make([]savedview.Trace, 3)}},
				{ID: "b", View: savedview.View{Name: "A trace of another order, with a name that somebody wrote who had much to say about it and did not stop", Created: at, Traces: make([]savedview.Trace, 1)}},
			}
			b.showViews()
			b.key(fyne.KeyDown)
		}},
		{"views_dark_ru", "ru", true, 900, 400, func(b *bench) {
			openShop(b)
			b.Notebook = newFakeNotebook()
			b.Shell.views.gone = &KeptView{ID: "a", View: savedview.View{Name: "Почему он ждёт"}}
			b.saveView()
		}},
		{"note_dark_ru", "ru", true, 900, 560, func(b *bench) {
			openShop(b)
			b.tracePage().writeNote()
		}},
		{"offline_ru", "ru", false, 900, 300, func(b *bench) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(o *Options) {
				o.Prefs.Language, o.Prefs.Dark = tt.lang, tt.dark
				o.Prefs.Recent = []string{"10471", "9001", "A-77"}
				o.Prefs.Share.Folder = "/home/anna/Documents"
				if tt.name == "offline_ru" {
					o.Source, o.Prefs.Recent = nil, nil
				}
			})
			b.Window.Resize(fyne.NewSize(tt.w, tt.h))
			tt.act(b)
			b.Window.Canvas().Unfocus() // the toolkit's caret blinks
			uitest.Golden(t, tt.name, b.Window.Canvas().Capture())
		})
	}
}

// openShop opens a trace and goes to its error.
func openShop(b *bench) {
	shop := uitest.Shop(b.t, 1)
	b.showTrace(shop, "")
	b.tracePage().Refresh()
	b.tracePage().doc.Select(model.SpanIndex(2))
	b.Window.Canvas().Capture()
}
