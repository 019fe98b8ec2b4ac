package shell

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"traceview/internal/model"
	"traceview/ui/uitest"
)

// lists returns what the palette lists, a line each.
func (p *palette) lists() string { return uitest.Words(p.menu.Build(680, 600, 1)) }

func TestPaletteFindsEverything(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Prefs.Recent = []string{"9001"} })
	b.showTrace(uitest.Shop(t, 1), "")
	doc := b.tracePage().doc
	for _, tt := range []struct {
		name, text, says string
		done             func() bool
	}{
		{"a command", "flame", "Ctrl+2", func() bool { return b.tracePage().view == viewFlame }},
		{"a command on the other layout", "цфеукафдд", "Ctrl+1", func() bool { return b.tracePage().view == viewWaterfall }},
		{"a command in the other language", "светлая", "Ctrl+T", func() bool { return b.Prefs.Dark }},
		{"an act on the trace", "next err", "E", func() bool { return doc.Selected() == 2 }},
		{"a span", "insert", "shop-db", func() bool { return doc.Selected() == 3 }},
		{"a service", "files-st", "Service", func() bool { return doc.FindText() == "service=files-storage" && doc.Matches() == 1 }},
		{"an order searched for before", "9001", "Order", func() bool { return b.current == 2 && b.nextSearch().order == "9001" }},
		{"a tab", "post", "Open tab", func() bool { return b.current == 1 }},
		{"the sheet of keys", "sheet", "F1", func() bool { _, ok := b.pages[b.current].(*helpPage); return ok }},
	} {
		b.typePalette(tt.text)
		if s := b.palette.lists(); !strings.Contains(s, tt.says) {
			t.Errorf("%s: %q lists\n%s\nwithout %q", tt.name, tt.text, s, tt.says)
		}
		b.key(fyne.KeyReturn)
		if b.palette.object.Visible() || !tt.done() {
			t.Errorf("%s: Enter on %q did not do it", tt.name, tt.text)
		}
	}
}

// TestPaletteOfOperations lists the spans of an operation most worth a look.
func TestPaletteOfOperations(t *testing.T) {
	b := newBench(t, nil)
	spans := []uitest.Span{{ID: 1, Service: "mes-api", Name: "root", Dur: 1000 * uitest.Ms}}
	for i := range 9 {
		s := uitest.Span{ID: uint64(i + 2), Parent: 1, Service: "mes-api", Name: "read model", Start: int64(i) * uitest.Ms, Dur: int64(i+1) * uitest.Ms}
		if i == 2 {
			s.Fail = "refused"
		}
		spans = append(spans, s)
	}
	b.showTrace(uitest.Trace(t, 1, spans...), "")
	doc := b.tracePage().doc
	b.typePalette("read")
	if s := b.palette.lists(); !strings.Contains(s, "mes-api · 9 spans") || strings.Count(s, "Step") != 3 {
		t.Fatalf("it lists\n%s\nwant the operation with three of its spans", s)
	}
	b.key(fyne.KeyDown, fyne.KeyReturn)
	if i := doc.Selected(); !doc.Trace().Spans[i].Failed() {
		t.Errorf("the first span below it is %d, want the one that failed", i)
	}
	b.typePalette("read")
	b.key(fyne.KeyReturn)
	if doc.FindText() != `service=mes-api name="read model"` || doc.Matches() != 9 {
		t.Errorf("the operation asks for %q, with %d matches", doc.FindText(), doc.Matches())
	}
}

// TestPaletteGivesTheKeyboardBack closes it in every way.
func TestPaletteGivesTheKeyboardBack(t *testing.T) {
	b := newBench(t, nil)
	b.showTrace(uitest.Shop(t, 1), "")
	was := b.focused()
	for name, closes := range map[string]func(){
		"Esc":              func() { b.key(fyne.KeyEscape) },
		"Esc twice":        func() { b.write("x"); b.key(fyne.KeyEscape, fyne.KeyEscape) },
		"its own key":      func() { b.ctrl(fyne.KeyK) },
		"a press beside":   func() { b.palette.cover.Tapped(nil) },
		"Enter on nothing": func() { b.write("qqqq"); b.key(fyne.KeyReturn, fyne.KeyEscape, fyne.KeyEscape) },
	} {
		b.ctrl(fyne.KeyK)
		if b.focused() != fyne.Focusable(b.palette.box) {
			t.Fatalf("%s: %T has the keyboard, want the palette", name, b.focused())
		}
		if closes(); b.focused() != was || b.palette.object.Visible() {
			t.Errorf("%s: %T has the keyboard, want what had it before", name, b.focused())
		}
	}
	b.ctrl(fyne.KeyK)
	if b.ctrl(fyne.KeyF); b.palette.object.Visible() || b.focused() != fyne.Focusable(b.tracePage().find.box) {
		t.Errorf("a command typed in the palette leaves the keyboard at %T", b.focused())
	}
	b.ctrl(fyne.KeyK)
	b.key(fyne.KeyF1)
	if _, ok := b.pages[b.current].(*helpPage); !ok || b.palette.object.Visible() {
		t.Errorf("F1 in the palette shows %T", b.pages[b.current])
	}
}

func TestPaletteByKeysAndMouse(t *testing.T) {
	b := newBench(t, nil)
	b.ctrl(fyne.KeyK)
	p := b.palette
	if p.menu.Len() < 15 || p.menu.ChosenLine() != 0 {
		t.Fatalf("an empty box lists %d commands with %d chosen", p.menu.Len(), p.menu.ChosenLine())
	}
	for _, tt := range []struct {
		key  fyne.KeyName
		want int
	}{{fyne.KeyDown, 1}, {fyne.KeyTab, 2}, {fyne.KeyPageDown, 15}, {fyne.KeyPageUp, 2}, {fyne.KeyUp, 1}, {fyne.KeyUp, 0}, {fyne.KeyUp, p.menu.Len() - 1}} {
		if b.key(tt.key); p.menu.ChosenLine() != tt.want {
			t.Errorf("%s leads to line %d, want %d", tt.key, p.menu.ChosenLine(), tt.want)
		}
	}
	b.write("language")
	x, y := uitest.Find(t, b.kit.Metrics, p.menu.Build(680, 300, 1), "Russian or")
	uitest.Press(p.menu, x, y)
	if b.kit.Words.Lang() != "ru" || p.object.Visible() {
		t.Error("a press on a command does not run it")
	}
	b.ctrl(fyne.KeyK)
	b.write("zzzz")
	if s := p.lists(); !strings.Contains(s, "Ничего с таким названием нет") {
		t.Errorf("without a match it says\n%s", s)
	}
	p.cover.Scrolled(nil)
	p.cover.MouseIn(nil)
	p.cover.MouseMoved(nil)
	p.cover.MouseOut()
}

// TestPaletteHasEveryCommand finds each by its own words, in both languages.
func TestPaletteHasEveryCommand(t *testing.T) {
	b := newBench(t, nil)
	b.showTrace(uitest.Shop(t, 1), "")
	for range 2 {
		b.ctrl(fyne.KeyK)
		b.until("the operations", func() bool { return !b.palette.read.Busy() })
		all := append(acts(), choices()...)
		for _, c := range commands() {
			if c.id != paletteID {
				all = append(all, act{id: c.id})
			}
		}
		for _, a := range all {
			text := a.text(b.kit.Words)
			b.palette.box.set(text)
			if b.palette.menu.Len() == 0 || b.palette.menu.Line(0).Text != text {
				t.Errorf("%q is not the first to be found", text)
			}
		}
		b.palette.close()
		b.ctrl(fyne.KeyG)
	}
	seen := map[string]bool{}
	for _, c := range commands() {
		if k := fmt.Sprint(c.key, c.mods); seen[k] && c.key != "" {
			t.Errorf("%s has the key of another command", c.id)
		} else {
			seen[k] = true
		}
	}
}

// TestPaletteOfManyOperations matches in the background, the newest text winning.
func TestPaletteOfManyOperations(t *testing.T) {
	b := newBench(t, nil)
	spans := make([]uitest.Span, pickAtOnce+10)
	for i := range spans {
		spans[i] = uitest.Span{ID: uint64(i + 1), Parent: uint64(i / 2), Service: "mes-api", Name: fmt.Sprintf("step %d", i), Dur: uitest.Ms}
	}
	b.showTrace(uitest.Trace(t, 1, spans...), "")
	b.typePalette("step 1234")
	if s := b.palette.lists(); !strings.Contains(s, "1234") {
		t.Errorf("it lists\n%s", s)
	}
	b.key(fyne.KeyReturn)
	doc := b.tracePage().doc
	if doc.Trace().Name(doc.Selected()) != "step 1234" {
		t.Errorf("Enter leads to %q", doc.Trace().Name(doc.Selected()))
	}
	b.ctrl(fyne.KeyK)
	b.write("step")
	b.ctrl(fyne.KeyW) // with work under way
	if b.current != 0 || b.palette.object.Visible() || b.palette.pick.Busy() {
		t.Error("closing the page leaves the palette at work")
	}
}

func TestCompletion(t *testing.T) {
	b, f := openFind(t)
	b.until("the words of the trace", func() bool { return f.help.vocab != nil })
	doc := b.tracePage().doc
	offered := func() string {
		var list []string
		for i := range b.ways.Len() {
			list = append(list, b.ways.Line(i).Text)
		}
		return strings.Join(list, "\n")
	}
	b.write("serv")
	if !f.offers() || !strings.Contains(offered(), "service=") {
		t.Fatalf("offered:\n%s", offered())
	}
	if b.focused() != fyne.Focusable(f.box) {
		t.Errorf("the list took the keyboard to %T", b.focused())
	}
	b.key(fyne.KeyTab) // the first
	if f.box.Text != "service=" || !f.offers() || !strings.Contains(offered(), "service=files-storage") {
		t.Errorf("Tab leaves %q, offering:\n%s", f.box.Text, offered())
	}
	if s := f.said(); f.bad == nil || !strings.Contains(s, "Type a value") {
		t.Errorf("below the list what is missing is not said:\n%s", s)
	}
	b.key(fyne.KeyDown, fyne.KeyReturn)
	if f.box.Text != "service=files-storage " || f.offers() || doc.Matches() != 1 || doc.MatchNumber() != 1 {
		t.Errorf("Enter on the first leaves %q with %d matches, list shown %v", f.box.Text, doc.Matches(), f.offers())
	}
	doc.Select(model.NoSpan)
	b.write("access")
	if b.key(fyne.KeyReturn); doc.MatchNumber() != 1 || f.offers() {
		t.Error("Enter with nothing chosen does not go to the next match")
	}
	b.write(" ser")
	if b.key(fyne.KeyEscape); f.offers() || f.box.Text == "" {
		t.Errorf("Esc leaves the list shown %v and the text %q", f.offers(), f.box.Text)
	}
	if b.key(fyne.KeyEscape); f.box.Text != "" {
		t.Errorf("the second Esc leaves %q", f.box.Text)
	}
}

func TestCompletionElsewhere(t *testing.T) {
	b, f := openFind(t)
	b.until("the words of the trace", func() bool { return f.help.vocab != nil })
	b.write("order.id=")
	b.until("the values", func() bool { return f.offers() })
	x, y := uitest.Find(t, b.kit.Metrics, b.ways.Build(400, 60, 1), "order.id=10472")
	uitest.Press(b.ways, x, y)
	if f.box.Text != "order.id=10472 " || f.offers() || b.focused() != fyne.Focusable(f.box) {
		t.Errorf("a press leaves %q, the list shown %v, the keyboard at %T", f.box.Text, f.offers(), b.focused())
	}
	f.box.set("kin error")
	f.box.CursorColumn = 3
	f.offer()
	if b.key(fyne.KeyTab); f.box.Text != "kind= error" || f.box.CursorColumn != 5 {
		t.Errorf("in the middle it leaves %q with the caret at %d", f.box.Text, f.box.CursorColumn)
	}
	f.complete(99) // of a list that is gone
	b.show(0)
	if b.waysView.Visible() {
		t.Error("the list stays on another page")
	}
	b.pickCompletion(0)
	f.offer() // the words came late
	if b.waysView.Visible() {
		t.Error("the list appears on another page")
	}
	if f.box.AcceptsTab() {
		t.Error("without a list Tab does not go on")
	}
}

func TestDetailsByKeyboard(t *testing.T) {
	b := newBench(t, nil)
	b.showTrace(uitest.Shop(t, 1), "")
	p := b.tracePage()
	p.doc.Select(1)
	clip := func() string { return fyne.CurrentApp().Clipboard().Content() }
	b.ctrlShift(fyne.KeyF)
	if b.focused() != fyne.Focusable(p.inside.box) {
		t.Fatalf("Ctrl+Shift+F leads to %T", b.focused())
	}
	b.write("order")
	if s := uitest.Words(p.inside.found.Build(foundDp, findDp-1, 1)); !strings.Contains(s, "1 found") {
		t.Errorf("beside the box it says:\n%s", s)
	}
	b.says()
	b.key(fyne.KeyReturn)
	if b.focused() != fyne.Focusable(p.sideV) || p.side.CopyPair() != "order.id=10472" {
		t.Errorf("Enter leads to %T with %q chosen", b.focused(), p.side.CopyPair())
	}
	b.ctrlShift(fyne.KeyC)
	if clip() != "order.id=10472" {
		t.Errorf("Ctrl+Shift+C copies %q", clip())
	}
	b.write("=")
	if p.find.box.Text != "order.id=10472" || p.doc.Matches() != 1 {
		t.Errorf("= asks for %q", p.find.box.Text)
	}
	b.write("=-")
	if p.find.box.Text != "order.id=10472 -order.id=10472" || p.doc.Matches() != 0 {
		t.Errorf("= again and - ask for %q", p.find.box.Text)
	}
	b.write("/")
	if b.focused() != fyne.Focusable(p.inside.box) {
		t.Errorf("/ leads to %T", b.focused())
	}
	b.key(fyne.KeyDown, fyne.KeyEscape)
	if p.inside.box.Text != "" || b.current != 1 {
		t.Errorf("Esc in the details leaves %q on page %d", p.inside.box.Text, b.current)
	}
	b.ctrlShift(fyne.KeyF)
	b.write("x")
	b.key(fyne.KeyEscape, fyne.KeyEscape)
	if b.focused() != fyne.Focusable(p.sideV) {
		t.Errorf("Esc in the empty box leads to %T", b.focused())
	}
	if b.ctrlShift(fyne.KeyJ); !strings.Contains(clip(), `"name": "POST /orders"`) {
		t.Errorf("Ctrl+Shift+J copies %q", clip())
	}
	if b.ctrlShift(fyne.KeyM); !strings.HasPrefix(clip(), "### POST /orders · shop-api") {
		t.Errorf("Ctrl+Shift+M copies %q", clip())
	}
	p.filterBy("", "", false)
	b.show(0)
	b.ctrlShift(fyne.KeyF) // no details here
}

// TestCrossEmptiesABox presses the cross at the end of the find box.
func TestCrossEmptiesABox(t *testing.T) {
	b, f := openFind(t)
	b.write("orders")
	b.Window.Canvas().Capture()
	at := f.box.cross
	at.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: fyne.NewPos(11, 11)}})
	at.MouseUp(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: fyne.NewPos(11, 11)}})
	if f.box.Text != "" || b.tracePage().doc.Finding() || b.focused() != fyne.Focusable(f.box) {
		t.Errorf("the cross leaves %q and the keyboard at %T", f.box.Text, b.focused())
	}
}

func TestTitlesTellTracesApart(t *testing.T) {
	b := newBench(t, nil)
	late := uitest.Trace(t, 3, uitest.Span{ID: 1, Service: "internet-shop", Name: "POST /orders", Start: 5000 * uitest.Ms, Dur: uitest.Ms})
	other := uitest.Trace(t, 4, uitest.Span{ID: 1, Service: "internet-shop", Name: "GET /", Dur: uitest.Ms})
	for _, tt := range []struct {
		trace *model.Trace
		want  []string
	}{
		{uitest.Shop(t, 1), []string{"POST /orders"}},
		{other, []string{"POST /orders", "GET /"}},
		{late, []string{"POST /orders · 09:14:03", "GET /", "POST /orders · 09:14:08"}},
		{uitest.Shop(t, 2), []string{"POST /orders · 3f2a…0001", "GET /", "POST /orders · 09:14:08", "POST /orders · 3f2a…0002"}},
	} {
		b.showTrace(tt.trace, "")
		var got []string
		for i := range b.pages[1:] {
			got = append(got, b.tabTitle(i+1))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("tabs %q, want %q", got, tt.want)
		}
	}
	b.openTrace(uitest.TraceID(9)) // not there yet
	if got := b.tabTitle(5); !strings.Contains(got, "3f2a") {
		t.Errorf("a trace on its way is called %q", got)
	}
}
