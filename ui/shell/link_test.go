package shell

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"traceview/internal/savedview"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

// A linkBench is a bench whose window is connected to production, with the
// connections that links made.
type linkBench struct {
	*bench
	dialled []savedview.Link
	other   *fakeSource // every one of them
	now     time.Time
	refuses error
}

func newLinkBench(t *testing.T) *linkBench {
	t.Helper()
	l := &linkBench{other: newFakeSource(), now: time.Unix(0, uitest.Epoch)}
	t.Cleanup(l.other.running.Wait) // after the window closed
	l.bench = newBench(t, func(o *Options) {
		o.Address = savedview.Link{Endpoint: "jaeger:16685", Tenant: "shop"}
		o.Dial = func(where savedview.Link) (Source, error) {
			if l.refuses != nil {
				return nil, l.refuses
			}
			l.dialled = append(l.dialled, where)
			return l.other, nil
		}
		o.Now = func() time.Time { return l.now }
	})
	return l
}

// ask opens a link and returns the page that asks, once Enter counts.
func (b *linkBench) ask(l savedview.Link) *linkPage {
	b.t.Helper()
	text, _, err := l.Encode()
	if err != nil {
		b.t.Fatal(err)
	}
	b.OpenLink(text)
	b.now = b.now.Add(startled)
	return b.linkPage()
}

func (b *linkBench) linkPage() *linkPage {
	b.t.Helper()
	p, ok := b.pages[b.current].(*linkPage)
	if !ok {
		b.t.Fatalf("the page in front is %T, want that of a link", b.pages[b.current])
	}
	return p
}

// saysOf returns what the page of a link says.
func saysOf(p *linkPage) string { return uitest.Words(p.panel.Build(1280, 700, 1)) }

var (
	idOne, idTwo = uitest.TraceID(1).String(), uitest.TraceID(2).String()
	elsewhere    = savedview.Link{Endpoint: "staging.example:443", Order: "10472", Traces: []string{idOne, idTwo}}
)

func TestALinkAsksBeforeAnythingIsAsked(t *testing.T) {
	for _, tt := range []struct {
		name  string
		link  savedview.Link
		wants []string
		not   string
	}{
		{"elsewhere", elsewhere, []string{"order 10472 and 2 of its traces on staging.example:443", "Nothing has been asked there yet", "without any password or token", "Open", "Not now"}, "encrypted"},
		{"an order", savedview.Link{Endpoint: "a:1", Order: "7"}, []string{"opens order 7 on a:1"}, "trace on"},
		{"a trace", savedview.Link{Endpoint: "a:1", Traces: []string{idOne}}, []string{"opens a trace on a:1"}, "order"},
		{"in plain text", savedview.Link{Endpoint: "a:1", Order: "7", Plaintext: true}, []string{"will not be encrypted"}, "already"},
		{"its own", savedview.Link{Endpoint: "jaeger:16685", Tenant: "shop", Order: "7"}, []string{"connected there already"}, "password"},
		{"its own server in plain text", savedview.Link{Endpoint: "jaeger:16685", Tenant: "shop", Order: "7", Plaintext: true}, []string{"will not be encrypted", "without any password"}, "already"},
		{"another tenant of its own", savedview.Link{Endpoint: "jaeger:16685", Tenant: "other", Order: "7"}, []string{"Tenant: other", "without any password"}, "already"},
		{"with a view", savedview.Link{Endpoint: "a:1", View: &savedview.View{Traces: []savedview.Trace{{TraceID: idOne}}}}, []string{"what the sender saw"}, "damaged"},
		{"with a named view", savedview.Link{Endpoint: "a:1", View: &savedview.View{Name: "Why it failed", Traces: []savedview.Trace{{TraceID: idOne}}}}, []string{"what the sender saw: Why it failed"}, "damaged"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newLinkBench(t)
			p := b.ask(tt.link)
			said := saysOf(p)
			for _, want := range tt.wants {
				if !strings.Contains(strings.ReplaceAll(said, "\n", " "), want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
			if strings.Contains(said, tt.not) {
				t.Errorf("it says %q:\n%s", tt.not, said)
			}
			b.key(fyne.KeyEscape)
			b.noSearch()
			if len(b.dialled) > 0 || len(b.source.traces) > 0 || len(b.pages) != 1 || b.current != 0 {
				t.Errorf("after Esc %d were dialled, %d traces asked for, %d pages", len(b.dialled), len(b.source.traces), len(b.pages))
			}
		})
	}
}

func TestALinkOpensElsewhere(t *testing.T) {
	b := newLinkBench(t)
	b.ask(elsewhere)
	b.key(fyne.KeyReturn)
	if want := []savedview.Link{{Endpoint: "staging.example:443"}}; !reflect.DeepEqual(b.dialled, want) {
		t.Fatalf("dialled %+v, want %+v", b.dialled, want)
	}
	search := <-b.other.searches
	search.reply <- searchReply{found: found("10472", 2)}
	b.until("the order", func() bool { return !b.orderPage().slot.Busy() })
	if search.order != "10472" || b.orderPage().from != Source(b.other) || b.links.reach[b.Shell.source] != untried {
		t.Errorf("asked for %q, the window's own connection is %d", search.order, b.links.reach[b.Shell.source])
	}
	if len(b.pages) != 4 {
		t.Fatalf("%d pages, want the order and its two traces beside the first", len(b.pages))
	}
	for range 2 {
		c := <-b.other.traces
		c.reply <- traceReply{trace: uitest.Shop(t, c.id[15])}
	}
	order := b.orderPage()
	b.orderPage().page.Activate(0) // one that is open
	if p := b.tracePage(); p.id.String() != idOne || p.from != Source(b.other) || len(b.pages) != 4 {
		t.Errorf("trace %s of %d pages is in front", p.id, len(b.pages))
	}
	b.until("the trace", func() bool { return b.tracePage().whole() })
	b.key(fyne.KeyEscape)
	if b.pages[b.current] != page(order) {
		t.Error("Esc does not lead from the trace to its order")
	}
	if got := b.tracePageOf(idTwo).origin(); got != "staging.example:443" || b.origin(b.source) != "" {
		t.Errorf("the library is told that it comes from %q", got)
	}
	b.tracePageOf(idTwo).follow(uitest.TraceID(9)) // where it comes from
	if c := <-b.other.traces; c.id != uitest.TraceID(9) {
		t.Errorf("trace %s is fetched", c.id)
	}
	b.search("10472") // typed: where the window is connected
	if len(b.dialled) != 1 || len(b.pages) != 6 {
		t.Errorf("%d dialled, %d pages", len(b.dialled), len(b.pages))
	}
	if s := saysOf(b.ask(savedview.Link{Endpoint: "staging.example:443", Order: "7"})); !strings.Contains(s, "opened a link to this server before") {
		t.Errorf("the second time it says\n%s", s)
	}
	b.key(fyne.KeyReturn)
	if <-b.other.searches; len(b.dialled) != 1 {
		t.Errorf("dialled %d times", len(b.dialled))
	}
}

// tracePageOf returns the page of a trace, which must be open.
func (b *linkBench) tracePageOf(id string) *tracePage {
	b.t.Helper()
	for _, p := range b.pages {
		if tp, ok := p.(*tracePage); ok && tp.id.String() == id {
			return tp
		}
	}
	b.t.Fatalf("trace %s is not open", id)
	return nil
}

func TestALinkToTheOwnConnection(t *testing.T) {
	b := newLinkBench(t)
	b.ask(savedview.Link{Endpoint: "jaeger:16685", Tenant: "shop", Traces: []string{idOne, idTwo},
		View: &savedview.View{Active: idTwo, Traces: []savedview.Trace{{TraceID: idOne}, {TraceID: idTwo}}}})
	b.noSearch()
	b.key(fyne.KeyReturn)
	if a, c := b.nextTrace(), b.nextTrace(); len(b.dialled) > 0 || a.id == c.id {
		t.Errorf("dialled %d, asked for %s and %s", len(b.dialled), a.id, c.id)
	}
	if p := b.tracePage(); p.id.String() != idTwo {
		t.Errorf("in front is trace %s, want that of the view", p.id)
	}
	b.key(fyne.KeyEscape) // it stops waiting
	b.key(fyne.KeyEscape)
	if b.current != 0 {
		t.Errorf("Esc leads to page %d", b.current)
	}
}

// TestEnterThatWasMeantForSomethingElse holds that a link which arrives while
// somebody types is not opened by that.
func TestEnterThatWasMeantForSomethingElse(t *testing.T) {
	b := newLinkBench(t)
	p := b.ask(elsewhere)
	b.now = p.since.Add(startled - 1)
	if b.key(fyne.KeyReturn); len(b.dialled) > 0 {
		t.Error("it is open")
	}
}

func TestBadLinksSaySo(t *testing.T) {
	b := newLinkBench(t)
	b.OpenLink("traceview://anna:secret@jaeger:1/v1?order=1")
	b.now = b.now.Add(time.Hour)
	if s := saysOf(b.linkPage()); !strings.Contains(s, "not a whole traceview:// link") || strings.Contains(s, "secret") || strings.Contains(s, "Open") {
		t.Errorf("it says\n%s", s)
	}
	if b.key(fyne.KeyReturn); len(b.pages) != 2 || len(b.dialled) > 0 {
		t.Error("Enter opens it")
	}
	b.key(fyne.KeyEscape)
	b.OpenLink("traceview://a:1/v1?order=1&view=AA")
	b.now = b.now.Add(time.Hour)
	if s := saysOf(b.linkPage()); !strings.Contains(s, "view in the link is damaged") || !strings.Contains(s, "The rest opens as usual") {
		t.Errorf("of a damaged view it says\n%s", s)
	}
	b.refuses = errDown
	if b.key(fyne.KeyReturn); len(b.pages) != 2 || !errors.Is(b.linkPage().err, errDown) {
		t.Errorf("where no connection can be made %d pages are open", len(b.pages))
	}
	if s := saysOf(b.linkPage()); !strings.Contains(s, "Cannot reach jaeger:16685") {
		t.Errorf("it says\n%s", s)
	}
}

func TestOneLinkIsAskedOnce(t *testing.T) {
	b := newLinkBench(t)
	p := b.ask(elsewhere)
	b.show(0)
	if b.ask(elsewhere) != p || len(b.pages) != 2 {
		t.Errorf("%d pages", len(b.pages))
	}
	b.ask(savedview.Link{Endpoint: "a:1", Order: "7"})
	if got := b.tabTitle(2); got != "Link · 7" {
		t.Errorf("the tab is called %q", got)
	}
}

func TestCopiedLinks(t *testing.T) {
	b := newLinkBench(t)
	clip := fyne.CurrentApp().Clipboard()
	clip.SetContent("10472")
	b.ctrlShift(fyne.KeyO)
	if len(b.pages) != 1 || !strings.Contains(b.notice, "no traceview:// link") {
		t.Errorf("%d pages, it says %q", len(b.pages), b.notice)
	}
	b.ctrlShift(fyne.KeyK)
	if clip.Content() != "10472" || !strings.Contains(b.notice, "no link") {
		t.Errorf("from the first page %q is copied: %s", clip.Content(), b.notice)
	}
	b.search("10472").reply <- searchReply{found: found("10472", 2)}
	b.until("the order", func() bool { return !b.orderPage().slot.Busy() })
	b.ctrlShift(fyne.KeyK)
	if clip.Content() != "traceview://jaeger:16685/v1?order=10472&tenant=shop" || !strings.Contains(b.notice, "jaeger:16685") {
		t.Errorf("of an order %q is copied: %s", clip.Content(), b.notice)
	}
	b.orderPage().page.Activate(0)
	b.nextTrace().reply <- traceReply{trace: uitest.Shop(t, 1)}
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	b.ctrlShift(fyne.KeyK)
	l, err := savedview.ParseLink(clip.Content())
	if err != nil || l.Order != "10472" || len(l.Traces) != 1 || l.Traces[0] != idOne || l.View == nil || l.View.Active != idOne {
		t.Errorf("of a trace %q is copied, %v", clip.Content(), err)
	}
	b.ctrlShift(fyne.KeyO)
	if p := b.linkPage(); p.link.Order != "10472" {
		t.Errorf("it asks for %+v", p.link)
	}
	b.key(fyne.KeyEscape)
	b.showTrace(uitest.Shop(t, 3), "a.json")
	clip.SetContent("")
	if b.ctrlShift(fyne.KeyK); clip.Content() != "" {
		t.Errorf("of a file %q is copied", clip.Content())
	}
}

// TestALinkShowsWhatTheSenderSaw copies a link in one window and opens it in
// another, in the other language.
func TestALinkShowsWhatTheSenderSaw(t *testing.T) {
	b := newLinkBench(t)
	b.openTrace(uitest.TraceID(1))
	b.nextTrace().reply <- traceReply{trace: full(t)}
	b.until("the trace", func() bool { return b.tracePage().whole() })
	want := b.changed().savedView()
	b.copyLink()
	text := fyne.CurrentApp().Clipboard().Content()

	other := newLinkBench(t)
	other.toggleLanguage()
	other.Address = savedview.Link{} // connected elsewhere
	other.OpenLink(text)
	other.now = other.now.Add(time.Hour)
	other.key(fyne.KeyReturn)
	p := other.tracePage()
	(<-other.other.traces).reply <- traceReply{trace: full(t)}
	other.until("the trace", p.whole)
	if got := p.savedView(); !reflect.DeepEqual(got, want) {
		t.Errorf("it is shown as\n%+v, want\n%+v", got, want)
	}
}

func TestALinkFromElsewhereLeadsBackThere(t *testing.T) {
	b := newLinkBench(t)
	b.ask(savedview.Link{Endpoint: "a:1", Plaintext: true, Order: "7"})
	b.key(fyne.KeyReturn)
	<-b.other.searches
	b.ctrlShift(fyne.KeyK)
	if got := fyne.CurrentApp().Clipboard().Content(); got != "traceview://a:1/v1?order=7&plaintext=1" {
		t.Errorf("copied %q", got)
	}
	if s := b.orderPage().Status(); s != "Production" && !strings.HasPrefix(s, "Production") {
		t.Errorf("status %q", s)
	}
}

func TestManyFilesAtOnce(t *testing.T) {
	b := newLinkBench(t)
	var uris []fyne.URI
	for i := range maxOpened + 7 {
		uris = append(uris, storage.NewFileURI(fmt.Sprintf("/data/%d.json", i)))
	}
	b.Dropped(uris)
	if !strings.Contains(b.notice, "first 50 of 57") {
		t.Errorf("it says %q", b.notice)
	}
	b.until("the files", func() bool { return len(b.pages) == maxOpened+1 })
	b.OpenAll([]string{"traceview://a:1/v1?order=7"})
	b.linkPage()
}

func TestGoldenLink(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		dark       bool
		link       savedview.Link
	}{
		{"link", "en", false, savedview.Link{Endpoint: "jaeger.example:16685", Order: "10472", Plaintext: true, Tenant: "shop",
			View: &savedview.View{Name: "Why the upload failed", Traces: []savedview.Trace{{TraceID: idOne}}}}},
		{"link_dark_ru", "ru", true, elsewhere},
		{"link_own_ru", "ru", false, savedview.Link{Endpoint: "jaeger:16685", Tenant: "shop", Order: "10472"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newLinkBench(t)
			p := b.ask(tt.link)
			kit := uitest.Kit(t, tt.lang, tt.dark)
			b.kit.Words, b.kit.Look = kit.Words, kit.Look
			panel := xwidget.NewPanel(b.kit)
			panel.Content = p.draw
			uitest.Golden(t, tt.name, uitest.Paint(panel, 900, 300, 1))
		})
	}
}
