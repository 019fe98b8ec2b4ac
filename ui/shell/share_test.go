package shell

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/ui/uitest"
)

// sheetSays returns the words of the sheet.
func (b *bench) sheetSays() string {
	h, words := b.sheet, ""
	for _, v := range []struct {
		panel interface{ Focused() bool }
		text  string
	}{
		{h.left, uitest.Words(h.left.Build(440, 620, 1))}, {h.list, uitest.Words(h.list.Build(680, 620, 1))}, {h.foot, uitest.Words(h.foot.Build(1120, footDp, 1))},
	} {
		words += v.text + "\n"
	}
	return words
}

func (b *bench) wantSays(parts ...string) {
	b.t.Helper()
	said := b.sheetSays()
	for _, p := range parts {
		if !strings.Contains(said, p) {
			b.t.Errorf("nothing says %q in\n%s", p, said)
		}
	}
}

// ctrlEnter presses Ctrl+Enter.
func (b *bench) ctrlEnter() { b.ctrl(fyne.KeyReturn) }

// shareBench has an order of three traces, the last of them open and chosen.
func shareBench(t *testing.T) *bench {
	b := newBench(t, func(o *Options) { o.Prefs.Share.Folder = "/home/anna" })
	b.search("10472").reply <- searchReply{found: found("10472", 3)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	return b
}

// TestShareATraceByKeyboard goes from Ctrl+E to the written file without a mouse.
func TestShareATraceByKeyboard(t *testing.T) {
	b := shareBench(t)
	openShop(b)
	h := b.shareWhole()
	b.wantSays("This trace", "Selected step, all inside", "All 3 traces of the order", "traceview file", "Picture, PNG",
		"What leaves: 1 trace, 4 spans", "7 values are replaced (e-mail addresses: 4, passwords: 3).", "ivan.petrov@mail.ru", "[email:bcdfghjkmnpqrs]", "× 3", "Messages of errors")
	if h.name.Text != "order-10472-trace-3f2a0000-2026-11-12.traceview" {
		t.Errorf("the file is called %q", h.name.Text)
	}
	b.key(fyne.KeyTab) // to the list
	b.key(fyne.KeyRight)
	b.seen()
	b.wantSays("stays as it is", "3 values are replaced", "Remember 1 decision")
	b.key(fyne.KeyLeft, fyne.KeyRight, fyne.KeyRight)
	b.seen()
	if h.keys["customer.email"] != "mask" {
		t.Errorf("decided %v", h.keys)
	}
	b.key(fyne.KeyTab)
	if b.focused() != fyne.Focusable(h.name) {
		t.Fatalf("the keyboard is in %T", b.focused())
	}
	b.key(fyne.KeyReturn)
	c := b.nextWrite()
	if c.path != filepath.Join("/home/anna", h.name.Text) || c.replace || c.sharing.Format != formatSnapshot || !maps.Equal(c.sharing.Keys, map[string]string{"customer.email": "mask"}) ||
		c.sharing.Rules != RulesSafe || c.sharing.Order != "10472" || len(c.sharing.Traces) != 1 {
		t.Errorf("written %+v to %s", c.sharing, c.path)
	}
	if v := c.sharing.View; v == nil || v.Active != uitest.TraceID(1).String() || len(v.Traces) != 1 || v.Traces[0].Selected == nil || v.Order != "10472" {
		t.Errorf("the view is %+v", v)
	}
	c.on(0.5, 6_000_000)
	b.until("progress", func() bool { return h.far.written > 0 })
	b.wantSays("Writing… 6 MB", "Cancel")
	c.reply <- nil
	b.until("the file", func() bool { return h.state == finished })
	b.wantSays("Saved: order-10472-trace-3f2a0000-2026-11-12.traceview · 12.3 MB", "Open folder", "Copy path")
	b.key(fyne.KeyTab, fyne.KeyTab) // folder, foot
	b.key(fyne.KeyLeft, fyne.KeyLeft, fyne.KeyReturn)
	if got := fyne.CurrentApp().Clipboard().Content(); got != c.path {
		t.Errorf("copied %q", got)
	}
	last := b.saved[len(b.saved)-1].Share
	if last.Format != formatSnapshot || last.Folder != "/home/anna" || len(last.Keys) != 0 {
		t.Errorf("remembered %+v", last)
	}
	b.key(fyne.KeyEscape)
	if h.open() || b.focused() != fyne.Focusable(b.tracePage().canvas()) {
		t.Errorf("open %v, the keyboard is in %T", h.open(), b.focused())
	}
}

// TestShareAllOfAnOrder fetches what is not at hand and leaves out what cannot be.
func TestShareAllOfAnOrder(t *testing.T) {
	b := shareBench(t)
	b.ctrl(fyne.KeyE)
	b.wantSays("Fetching trace 1 of 3")
	b.nextTrace().reply <- traceReply{trace: uitest.Shop(t, 3)}
	b.nextTrace().reply <- traceReply{err: errDown}
	b.nextTrace().reply <- traceReply{trace: uitest.Shop(t, 1)}
	b.seen()
	b.wantSays("What leaves: 2 traces, 8 spans", "1 trace could not be fetched and is left out. ")
	if strings.Contains(b.sheetSays(), "Picture") {
		t.Error("a picture of several traces is offered")
	}
	if b.sheet.name.Text != "order-10472-2026-11-12.traceview" {
		t.Errorf("the file is called %q", b.sheet.name.Text)
	}
	b.ctrlEnter()
	c := b.nextWrite()
	c.reply <- nil
	if len(c.sharing.Traces) != 2 {
		t.Errorf("%d traces", len(c.sharing.Traces))
	}
	b.until("the file", func() bool { return b.sheet.state == finished })
	b.key(fyne.KeyDown, fyne.KeyReturn) // the trace chosen
	b.nextTrace().reply <- traceReply{err: errDown}
	b.seen()
	b.ctrlEnter() // nothing to save
	if b.sheet.err == nil || b.sheet.write.Busy() {
		t.Errorf("error %v, writing %v", b.sheet.err, b.sheet.write.Busy())
	}
}

func TestShareGivesUpFetching(t *testing.T) {
	b := shareBench(t)
	b.ctrl(fyne.KeyE)
	b.nextTrace()
	b.key(fyne.KeyEscape)
	b.until("the end", func() bool { return !b.sheet.gather.Busy() })
	if !b.sheet.open() || b.sheet.err == nil {
		t.Errorf("open %v, error %v", b.sheet.open(), b.sheet.err)
	}
	b.wantSays("Try again")
}

func TestShareAsksBeforeItReplaces(t *testing.T) {
	b := shareBench(t)
	openShop(b)
	h := b.shareWhole()
	answer := func(err error) *writeCall {
		c := b.nextWrite()
		c.reply <- err
		b.until("the answer", func() bool { return !h.write.Busy() })
		return c
	}
	b.ctrlEnter()
	answer(errExists)
	b.wantSays("is there already", "Replace it", "Another name")
	b.key(fyne.KeyEscape)
	if h.state != choosing || !h.open() {
		t.Fatalf("state %v", h.state)
	}
	b.ctrlEnter()
	answer(errExists)
	b.ctrlEnter()
	if c := answer(nil); !c.replace {
		t.Error("it is not replaced")
	}
	h.name.SetText("other.traceview")
	b.ctrlEnter()
	if c := answer(nil); c.replace || filepath.Base(c.path) != "other.traceview" {
		t.Errorf("written %s, replacing %v", c.path, c.replace)
	}
	h.setFormat("csv")
	if h.name.Text != "other.csv" {
		t.Errorf("the name became %q", h.name.Text)
	}
}

func TestShareTellsWhatWentWrong(t *testing.T) {
	b := shareBench(t)
	openShop(b)
	h := b.shareWhole()
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fs.ErrPermission, "Nothing may be written to this folder"}, {fs.ErrNotExist, "There is no such folder"}, {errors.New("write: no space left"), "write: no space left"},
	} {
		b.ctrlEnter()
		b.nextWrite().reply <- tt.err
		b.until("the failure", func() bool { return h.state == failed })
		b.wantSays(tt.want)
	}
	b.ctrlEnter()
	b.nextWrite()
	b.key(fyne.KeyEscape)
	b.until("the end", func() bool { return h.state == stopped })
	b.wantSays("Cancelled", "Nothing was written")
	for _, bad := range [][2]string{{"", "/home"}, {"a/b", "/home"}, {"a", ""}, {"a", "home"}} {
		h.name.SetText(bad[0])
		h.folder.SetText(bad[1])
		b.ctrlEnter()
		if h.state != failed {
			t.Errorf("%q is written", bad)
		}
		b.wantSays("This is no name for a file")
	}
	b.sharer.rules = errors.New("rule 3 is wrong")
	h.setRules("/home/anna/rules.json")
	b.seen()
	b.wantSays("rule 3 is wrong", "rules.json")
	if h.ready() {
		t.Error("it can be saved")
	}
}

// TestShareWithoutRules is chosen anew each time.
func TestShareWithoutRules(t *testing.T) {
	b := shareBench(t)
	openShop(b)
	h := b.shareWhole()
	h.setRules(RulesNone)
	b.seen()
	b.wantSays("Nothing is replaced: passwords and personal data leave as they are.")
	b.ctrlEnter()
	c := b.nextWrite()
	c.reply <- nil
	b.until("the file", func() bool { return h.state == finished })
	if c.sharing.Rules != RulesNone {
		t.Errorf("rules %q", c.sharing.Rules)
	}
	b.key(fyne.KeyEscape)
	if b.shareWhole(); h.rules != RulesSafe {
		t.Errorf("the next time the rules are %q", h.rules)
	}
}

func TestShareRemembersKeysWhenAsked(t *testing.T) {
	b := shareBench(t)
	openShop(b)
	h := b.shareWhole()
	h.decide(0, 1)
	b.seen()
	h.toggleKeep()
	b.key(fyne.KeyEscape)
	if b.shareWhole(); h.keys["customer.email"] != "keep" || !h.keep {
		t.Errorf("keys %v", h.keys)
	}
	h.toggleKeep()
	if keys := b.Prefs.Share.Keys; len(keys) != 0 {
		t.Errorf("remembered %v", keys)
	}
	b.wantSays("customer.email", "stays as it is")
	if h.decide(0, 1); h.keys["@status"] != "keep" {
		t.Errorf("keys %v", h.keys)
	}
}

func TestShareCopies(t *testing.T) {
	b := shareBench(t)
	openShop(b)
	h := b.shareWhole()
	h.copySummary()
	c := b.nextWrite()
	c.reply <- nil
	b.until("the text", func() bool { return h.state == copied })
	if got := fyne.CurrentApp().Clipboard().Content(); got != "# Order 10472" || c.sharing.Format != formatMarkdown {
		t.Errorf("copied %q", got)
	}
	h.copyJaeger()
	b.wantSays("Where Jaeger's web page is is not known", "--jaeger-ui")
	b.source.pages = "https://jaeger.example"
	h.copyJaeger()
	if got := fyne.CurrentApp().Clipboard().Content(); got != "https://jaeger.example/trace/"+uitest.TraceID(1).String()+"?uiFind=0000000000000003" {
		t.Errorf("copied %q", got)
	}
	b.Address.Endpoint = "jaeger:16685"
	b.wantSays("Link to this view")
	h.copyLink()
	l, err := savedview.ParseLink(fyne.CurrentApp().Clipboard().Content())
	if err != nil || l.Endpoint != "jaeger:16685" || l.View == nil || l.View.Active != uitest.TraceID(1).String() {
		t.Errorf("copied a link to %+v, %v", l, err)
	}
	b.key(fyne.KeyEscape)
	b.showTrace(uitest.Shop(t, 2), "file.json")
	b.shareWhole()
	if says := b.sheetSays(); strings.Contains(says, "Jaeger link") || strings.Contains(says, "Link to this view") {
		t.Error("a trace of a file has a page of Jaeger")
	}
}

// TestShareAStep takes the selected step with all inside it.
func TestShareAStep(t *testing.T) {
	b := shareBench(t)
	openShop(b)
	b.tracePage().doc.Select(1)
	h := b.shareWhole()
	b.key(fyne.KeyDown)
	b.write(" ")
	b.seen()
	b.wantSays("What leaves: 1 trace, 3 spans")
	if h.name.Text != "order-10472-trace-3f2a0000-0000000000000002-2026-11-12.traceview" {
		t.Errorf("the file is called %q", h.name.Text)
	}
	if slices.Contains(h.formats(), "png") {
		t.Error("a picture of a part is offered")
	}
	b.key(fyne.KeyEscape)
	b.tracePage().doc.Select(0)
	if b.shareWhole(); len(h.whats) != 2 {
		t.Errorf("with the root selected there are %d choices", len(h.whats))
	}
}

// TestSharePicture draws the trace given as the page shows its own.
func TestSharePicture(t *testing.T) {
	b := shareBench(t)
	openShop(b)
	b.tracePage().doc.ZoomTo(0, 500*uitest.Ms)
	b.ctrl(fyne.Key2)
	h := b.shareWhole()
	h.setFormat("png")
	b.ctrlEnter()
	c := b.nextWrite()
	c.reply <- nil
	d, pic := c.sharing.Look(uitest.Shop(t, 1))
	if pic.View != "flame" || pic.W < 600 || d.Viewport() != b.tracePage().doc.Viewport() || d.Selected() != model.SpanIndex(2) || pic.Palette != b.kit.Look {
		t.Errorf("%s of %d × %d at %v", pic.View, pic.W, pic.H, d.Viewport())
	}
	b.until("the file", func() bool { return h.state == finished })
}

// TestNothingBehindTheSheet holds that keys and commands do not reach the page.
func TestNothingBehindTheSheet(t *testing.T) {
	b := shareBench(t)
	openShop(b)
	h := b.shareWhole()
	pages, at, view := len(b.pages), b.current, b.tracePage().view
	for _, cmd := range commands() {
		if !h.allows(cmd.id) {
			b.Window.Canvas().(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: cmd.key, Modifier: cmd.mods})
		}
	}
	b.write("e0fs")
	b.key(fyne.KeyF1, fyne.KeyF5)
	if len(b.pages) != pages || b.current != at || b.tracePage().view != view || !h.open() || b.palette.object.Visible() {
		t.Errorf("%d pages, %d in front, open %v", len(b.pages), b.current, h.open())
	}
	dark := b.kit.Look.Dark
	if b.ctrl(fyne.KeyT); b.kit.Look.Dark == dark || !h.open() {
		t.Error("the theme does not change")
	}
	for range 5 {
		b.key(fyne.KeyTab)
	}
	if b.focused() != fyne.Focusable(h.leftV) {
		t.Errorf("five times Tab lead to %T", b.focused())
	}
	if b.ctrl(fyne.KeyE); h.open() {
		t.Error("Ctrl+E does not close the sheet")
	}
}

func TestShareNothing(t *testing.T) {
	b := newBench(t, nil)
	if b.ctrl(fyne.KeyE); b.sheet.open() || b.notice == "" {
		t.Errorf("open %v, said %q", b.sheet.open(), b.notice)
	}
	arriving(b)
	if b.ctrl(fyne.KeyE); b.sheet.open() {
		t.Error("a trace on its way is shared")
	}
}

func TestNamesOfFiles(t *testing.T) {
	for in, want := range map[string]string{
		"10472": "10472", "#1042": "1042", "заказ-7": "заказ-7", "A.17/3": "A.17-3", `..\..\x`: `x`, "": "", "a b": "a-b", strings.Repeat("я", 99): strings.Repeat("я", 60),
	} {
		if got := sanitize(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
