package shell

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"traceview/internal/analysis"
	"traceview/internal/document"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/ui/uitest"
)

// The keys of a Latin layout and those of a Russian one in the same places.
const (
	latinKeys   = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
	russianKeys = "йцукенгшщзхъфывапролджэячсмитьбю"
)

// onRussian returns what a key types on a Russian layout.
func onRussian(r rune) rune {
	if k := strings.IndexRune(latinKeys, unicode.ToLower(r)); k >= 0 {
		c := []rune(russianKeys)[k]
		if unicode.IsUpper(r) {
			c = unicode.ToUpper(c)
		}
		return c
	}
	return r // digits, plus and minus are in the same places
}

// press does a key as it is printed on the sheet, with Shift held if it says
// so, typing letters as a layout does.
func (b *bench) press(cap string, layout func(rune) rune) {
	b.t.Helper()
	name, shift := strings.CutPrefix(cap, "Shift+")
	if shift {
		b.hold(desktop.KeyShiftLeft, true)
		defer b.hold(desktop.KeyShiftLeft, false)
	}
	special := map[string]fyne.KeyName{
		"↑": fyne.KeyUp, "↓": fyne.KeyDown, "←": fyne.KeyLeft, "→": fyne.KeyRight, "Enter": fyne.KeyReturn, "F3": fyne.KeyF3,
		"Backspace": fyne.KeyBackspace, "Esc": fyne.KeyEscape,
	}
	if k, ok := special[name]; ok {
		b.focused().TypedKey(&fyne.KeyEvent{Name: k})
		return
	}
	r := []rune(strings.ReplaceAll(name, "−", "-"))
	if len(r) != 1 {
		b.t.Fatalf("the sheet names a key %q that this test cannot press", cap)
	}
	key := fyne.KeyName(strings.ToUpper(string(r)))
	if layout('a') != 'a' && unicode.IsLetter(r[0]) {
		key = fyne.KeyUnknown // as the driver tells it
	}
	b.focused().TypedKey(&fyne.KeyEvent{Name: key})
	c := unicode.ToLower(r[0])
	if shift {
		c = unicode.ToUpper(c)
	}
	b.focused().TypedRune(layout(c))
}

// hold presses or lets go a modifier.
func (b *bench) hold(name fyne.KeyName, down bool) {
	f, ok := b.focused().(desktop.Keyable)
	if !ok {
		return
	}
	if down {
		f.KeyDown(&fyne.KeyEvent{Name: name})
	} else {
		f.KeyUp(&fyne.KeyEvent{Name: name})
	}
}

// states are those a trace is in when keys are tried: what a key does depends
// on what there is to do.
var states = []func(p *tracePage){
	func(p *tracePage) {},
	func(p *tracePage) { p.doc.Select(0) },
	func(p *tracePage) { p.doc.Select(1) },
	func(p *tracePage) { p.doc.Select(3) },
	func(p *tracePage) { p.doc.Select(0); p.doc.Slowest(); p.doc.Slowest() },
	func(p *tracePage) { p.doc.CollapseAll(); p.doc.Select(0) },
	func(p *tracePage) { p.doc.Select(2); p.doc.MeasureSelected(); p.doc.Select(3) },
	func(p *tracePage) { p.doc.Select(2); p.doc.ZoomTo(1700*uitest.Ms, 1750*uitest.Ms) },
	func(p *tracePage) { p.find.box.set("order"); p.doc.Select(0) },
	func(p *tracePage) { p.doc.ScrollBy(1000); p.doc.Select(model.NoSpan) },
	func(p *tracePage) {
		p.keepNote("a", document.About{Span: 1}, "first")
		p.keepNote("b", document.About{Span: 2}, "second")
	},
	func(p *tracePage) { p.doc.Merged().ZoomTo(1); p.doc.Merged().SetWeight(analysis.SelfTime) },
}

// TestEveryKeyOfATrace presses every key that the sheet lists for a view, on
// both layouts, and holds that it does something, and the same on both.
func TestEveryKeyOfATrace(t *testing.T) {
	same := func(r rune) rune { return r }
	var all []string
	for _, k := range traceKeys() {
		all = append(all, strings.Fields(k.caps())...)
	}
	all = append(all, "F3", "Shift+F3")
	for view, keys := range map[traceView][]string{
		viewWaterfall: append(caps(waterfallKeys), all...),
		viewFlame:     append(caps(flameKeys), all...),
		viewMerged:    caps(mergedKeys),
	} {
		for _, key := range keys {
			if key == "…" { // 1 … 9
				continue
			}
			t.Run(fmt.Sprintf("%s/%s", traceViews[view].name, key), func(t *testing.T) {
				b := newBench(t, nil)
				b.source.places = places(t)
				did := false
				for n, state := range states {
					var looks []string
					for _, layout := range []func(rune) rune{same, onRussian} {
						b.showTrace(odd(t), fmt.Sprint(n, len(looks)))
						p := b.tracePage()
						p.doc.Resize(900, 3*22, 22)
						p.show(view)
						p.doc.Resize(900, 3*22, 22)
						state(p)
						b.browsed = nil
						before := b.picture()
						b.press(key, layout)
						looks = append(looks, b.picture())
						did = did || looks[len(looks)-1] != before
						b.closePage(b.current)
					}
					if looks[0] != looks[1] {
						t.Errorf("state %d: on a Russian layout\n%s, on a Latin one\n%s", n, looks[1], looks[0])
					}
				}
				if !did {
					t.Error("the key does nothing")
				}
			})
		}
	}
}

// odd is the shop's trace with what keys need to have something to do.
func odd(t *testing.T) *model.Trace {
	tr := uitest.Shop(t, 1)
	tr.Spans[3].Name, tr.Spans[3].Resource = tr.Spans[2].Name, tr.Spans[2].Resource // two spans of one box
	tr.Spans[1].Status, tr.Errors = model.StatusError, tr.Errors+1
	tr.Warnings = append(tr.Warnings, model.Warning{Kind: model.ClockSkew, Span: 2}, model.Warning{Kind: model.ClockSkew, Span: 3})
	return tr
}

// picture is what of a trace is looked at.
func (b *bench) picture() string {
	d := b.tracePage().doc
	if d == nil {
		return "on the way to " + b.tracePage().id.String()
	}
	m := d.Merged()
	merged := fmt.Sprintf("%v, zoomed to %d in %+v, callers %v", m.Weight(), m.Zoomed(), m.View(), m.Sandwich() != nil)
	length, on := d.Measured()
	return fmt.Sprintf("span %d, %d rows, %+v, %+v, %s, %s, measured %d–%d %v, menu %v, hints %v, writing %v on %+v, note %q, pages %q", d.Selected(), d.Rows().Len(), d.Viewport(), d.Scroll(), d.Sort(),
		merged, length.From, length.To, on, b.menu != nil, b.tracePage().hints.open,
		b.tracePage().editor.open, b.tracePage().editor.about, d.NoteInFront(), b.browsed)
}

// caps returns the keys of a table one by one.
func caps(keys []helpKey) []string {
	var out []string
	for _, k := range keys {
		out = append(out, strings.Fields(k.key)...)
	}
	return out
}

// TestEveryCommandDoesSomething runs each command where it has something to do,
// and holds that its key is its own.
func TestEveryCommandDoesSomething(t *testing.T) {
	seen := map[string]string{}
	for _, cmd := range commands() {
		t.Run(cmd.id, func(t *testing.T) {
			quit := 0
			b := newBench(t, func(o *Options) {
				o.Quit, o.Notebook = func() { quit++ }, newFakeNotebook()
				o.Address.Endpoint = "jaeger:16685"
				o.Connections = newFakeConnections()
			})
			b.search("10472").reply <- searchReply{found: found("10472", 1)}
			b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
			b.showTrace(uitest.Shop(t, 1), "a")
			b.showTrace(uitest.Shop(t, 2), "b")
			b.goBack()
			p := b.tracePage()
			p.show(viewFlame)
			if cmd.id == "flame" {
				p.show(viewWaterfall)
			}
			if cmd.id == "forward" {
				b.goBack()
			}
			p.side.Build(360, 700, 1)
			p.side.ChooseFirst()
			fyne.CurrentApp().Clipboard().SetContent("")
			switch cmd.id {
			case "openlink":
				fyne.CurrentApp().Clipboard().SetContent("traceview://jaeger:16685/v1?order=10472")
			case "copylink":
				b.show(1) // there is no link to a file
			}
			look := func() string {
				return fmt.Sprint(b.palette.object.Visible(), fyne.CurrentApp().Clipboard().Content(), b.focused() == fyne.Focusable(p.inside.box), b.current, len(b.pages), b.focused() == fyne.Focusable(b.box), b.focused() == fyne.Focusable(p.find.box), p.view,
					p.doc.OnlyMatches(), b.window, b.kit.Look.Dark, b.kit.Words.Lang(), b.kit.Zone, b.chooser != nil, b.sheet.open(), b.picker.open(), quit, p.doc.Selected(), (cmd.id == "firstfinding" || cmd.id == "voice") && b.notice != "")
			}
			before := look()
			b.Window.Canvas().(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: cmd.key, Modifier: cmd.mods})
			if cmd.id == "week" {
				return // chosen already
			}
			if look() == before {
				t.Error("the command does nothing")
			}
			if b.chooser != nil {
				b.chooser.Hide()
			}
		})
		if other := seen[cmd.label()]; other != "" {
			t.Errorf("%s does %s and %s", cmd.label(), other, cmd.id)
		}
		seen[cmd.label()] = cmd.id
	}
}

// TestSheetIsInWords holds that every line of the sheet has words in both
// languages, and that no key of a part of it stands twice.
func TestSheetIsInWords(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		titles := map[string]bool{}
		for _, part := range helpSections(i18n.For(lang)) {
			if part.title == "" || strings.Contains(part.title, "help.") || titles[part.title] {
				t.Errorf("%s: a part is called %q", lang, part.title)
			}
			titles[part.title] = true
			keys := map[string]bool{}
			for _, l := range part.lines {
				if l.text == "" || l.key == "" || strings.Contains(l.text, "help.") || strings.Contains(l.text, "command.") || strings.Contains(l.key, "help.") {
					t.Errorf("%s: %q is explained by %q", lang, l.key, l.text)
				}
				if keys[l.key] {
					t.Errorf("%s: %q stands twice in %q", lang, l.key, part.title)
				}
				keys[l.key] = true
			}
		}
	}
}

// TestSheetByQuestionMark opens the sheet by its key on both layouts, from a
// trace, from the first page and from nowhere; in a field it is a character.
func TestSheetByQuestionMark(t *testing.T) {
	for _, tt := range []struct {
		name  string
		typed rune
		shift bool
	}{{"Latin layout", '?', true}, {"Russian layout", '?', true}, {"its key on a Russian layout", ',', true}} {
		b := newBench(t, nil)
		b.showTrace(uitest.Shop(t, 1), "")
		b.hold(desktop.KeyShiftLeft, tt.shift)
		b.focused().TypedRune(tt.typed)
		if _, ok := b.pages[b.current].(*helpPage); !ok {
			t.Errorf("%s: in front is %T", tt.name, b.pages[b.current])
		}
	}
	b := newBench(t, nil)
	b.write("?")
	if b.box.Text != "?" || len(b.pages) != 1 {
		t.Errorf("in the box stands %q, %d pages", b.box.Text, len(b.pages))
	}
	b.Window.Canvas().Unfocus()
	b.Window.Canvas().OnTypedRune()('?')
	if len(b.pages) != 2 {
		t.Error("from nowhere the sheet does not open")
	}
}

func TestFindByJaegersKey(t *testing.T) {
	b := newBench(t, nil)
	b.showTrace(uitest.Shop(t, 1), "")
	b.ctrl(fyne.KeyB)
	if b.focused() != fyne.Focusable(b.tracePage().find.box) {
		t.Errorf("Ctrl+B leads to %T", b.focused())
	}
	b.ctrl(fyne.KeyL)
	if b.ctrl(fyne.KeyB); b.focused() != fyne.Focusable(b.tracePage().find.box) {
		t.Errorf("from the order box Ctrl+B leads to %T", b.focused())
	}
}

// TestKeysOnlyWhereThereIsATrace presses the keys of a trace while it is fetched.
func TestKeysOnlyWhereThereIsATrace(t *testing.T) {
	b := newBench(t, nil)
	b.openTrace(uitest.TraceID(1))
	b.nextTrace()
	for _, k := range traceKeys() {
		for _, cap := range strings.Fields(k.caps()) {
			b.press(cap, onRussian)
		}
	}
	if b.goBack(); b.current != 0 {
		t.Errorf("back leads to page %d", b.current)
	}
}

// TestMatchByLetterSaysRound holds that the letters go the way of F3.
func TestMatchByLetterSaysRound(t *testing.T) {
	b, f := openFind(t)
	b.write("order")
	b.key(fyne.KeyDown)
	b.tracePage().doc.Select(model.NoSpan)
	for range b.tracePage().doc.Matches() + 1 {
		b.press("F", onRussian)
	}
	if f.wrapped != 1 || b.tracePage().doc.MatchNumber() != 1 {
		t.Errorf("round at match %d, told %d", b.tracePage().doc.MatchNumber(), f.wrapped)
	}
	b.tracePage().doc.SetMatches("", nil)
	b.tracePage().doc.Select(0)
	if b.press("F", onRussian); b.tracePage().doc.Selected() != 1 {
		t.Error("with nothing looked for F is not the next row")
	}
	if b.press("B", onRussian); b.tracePage().doc.Selected() != 0 {
		t.Error("with nothing looked for B is not the row before")
	}
	b.tracePage().doc.SetSort(document.SortDuration)
}
