package shell

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"

	"traceview/ui/canvasview"
)

// A command is something the window can do from anywhere, with its key.
type command struct {
	id   string // also the key of its words: command.<id>
	key  fyne.KeyName
	mods fyne.KeyModifier
	run  func(s *Shell)
}

// connectID is the command that opens the list of connections.
const connectID = "connect"

const (
	ctrl  = fyne.KeyModifierShortcutDefault
	shift = fyne.KeyModifierShift
	alt   = fyne.KeyModifierAlt
)

// commands returns all commands with a shortcut. The sheet of keys is made from
// it.
func commands() []command {
	return []command{
		{paletteID, fyne.KeyK, ctrl, (*Shell).openPalette},
		{"order", fyne.KeyL, ctrl, (*Shell).focusBox},
		{"find", fyne.KeyF, ctrl, (*Shell).focusFind},
		{"only", fyne.KeyM, ctrl, (*Shell).toggleOnly},
		{"firstfinding", fyne.KeyD, ctrl, (*Shell).firstFinding},
		{"details", fyne.KeyF, ctrl | shift, (*Shell).focusDetails},
		{"ticket", fyne.KeyM, ctrl | shift, (*Shell).copyTicket},
		{"json", fyne.KeyJ, ctrl | shift, (*Shell).copyJSON},
		{"pair", fyne.KeyC, ctrl | shift, (*Shell).copyPair},
		{"open", fyne.KeyO, ctrl, (*Shell).askFile},
		{"openlink", fyne.KeyO, ctrl | shift, (*Shell).openCopiedLink},
		{"copylink", fyne.KeyK, ctrl | shift, (*Shell).copyLink},
		{"saveview", fyne.KeyS, ctrl, (*Shell).saveView},
		{"views", fyne.KeyS, ctrl | shift, (*Shell).showViews},
		{"share", fyne.KeyE, ctrl, (*Shell).openShare},
		{connectID, fyne.KeyH, ctrl | shift, (*Shell).openPicker},
		{"connections", fyne.KeyComma, ctrl, (*Shell).showConnections},
		{"library", fyne.KeyL, ctrl | shift, (*Shell).showLibrary},
		{"performance", fyne.KeyP, ctrl, (*Shell).showPerformance},
		{"compare", fyne.KeyD, ctrl | shift, (*Shell).compareFront},
		{"close", fyne.KeyW, ctrl, func(s *Shell) { s.closePage(s.current) }},
		{"next", fyne.KeyPageDown, ctrl, func(s *Shell) { s.show((s.current + 1) % len(s.pages)) }},
		{"previous", fyne.KeyPageUp, ctrl, func(s *Shell) { s.show((s.current + len(s.pages) - 1) % len(s.pages)) }},
		{"back", fyne.KeyLeft, alt, (*Shell).goBack},
		{"forward", fyne.KeyRight, alt, (*Shell).goForward},
		{"waterfall", fyne.Key1, ctrl, func(s *Shell) { s.showView(viewWaterfall) }},
		{"flame", fyne.Key2, ctrl, func(s *Shell) { s.showView(viewFlame) }},
		{"merged", fyne.Key3, ctrl, (*Shell).showMerged},
		{"stats", fyne.Key4, ctrl, func(s *Shell) { s.showView(viewStats) }},
		{"events", fyne.Key5, ctrl, func(s *Shell) { s.showView(viewEvents) }},
		{"graph", fyne.Key6, ctrl, func(s *Shell) { s.showView(viewGraph) }},
		{"week", fyne.Key7, ctrl, func(s *Shell) { s.setWindow(7) }},
		{"quarter", fyne.Key9, ctrl, func(s *Shell) { s.setWindow(90) }},
		{"theme", fyne.KeyT, ctrl, (*Shell).toggleTheme},
		{"language", fyne.KeyG, ctrl, (*Shell).toggleLanguage},
		{"voice", fyne.KeyV, ctrl | shift, (*Shell).toggleVoice},
		{"zone", fyne.KeyU, ctrl, (*Shell).toggleZone},
		{"quit", fyne.KeyQ, ctrl, func(s *Shell) { s.Quit() }},
	}
}

// addShortcuts makes the commands reachable while no field has the keyboard;
// the order box hands them on by itself.
func (s *Shell) addShortcuts() {
	c := s.Window.Canvas()
	for _, cmd := range commands() {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: cmd.key, Modifier: cmd.mods}, func(fyne.Shortcut) { s.command(cmd) })
	}
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyB, Modifier: ctrl}, func(sc fyne.Shortcut) { s.shortcut(sc) })
	for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: ctrl}, func(fyne.Shortcut) { s.saveShare() })
	}
	c.AddShortcut(&fyne.ShortcutUndo{}, func(fyne.Shortcut) {
		if s.shelf.page != nil && s.pages[s.current] == page(s.shelf.page) && s.chooser == nil {
			s.shelf.page.undo()
		}
		if p, ok := s.pages[s.current].(*connectionsPage); ok && s.chooser == nil {
			p.bringBack()
		}
	})
	c.AddShortcut(&fyne.ShortcutCopy{}, func(fyne.Shortcut) {
		if s.chooser == nil && !s.sheet.open() {
			s.copy()
		}
	})
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if s.chooser != nil {
			if e.Name == fyne.KeyEscape {
				s.chooser.Hide()
			}
			return
		}
		pressed := canvasview.Event{Kind: canvasview.KeyDown, Key: string(e.Name)}
		if s.sheet.open() {
			s.sheet.anyKey(pressed)
			return
		}
		s.pageKey(pressed)
	})
	c.SetOnTypedRune(func(r rune) {
		if s.chooser == nil && !s.sheet.open() {
			s.pageKey(canvasview.Event{Kind: canvasview.Rune, Rune: r})
		}
	})
}

// command runs a command, unless a file is being chosen or something shared: what
// happens behind that is out of sight. The palette closes before any other.
func (s *Shell) command(cmd command) {
	if s.chooser == nil && (!s.sheet.open() || s.sheet.allows(cmd.id)) || cmd.id == "quit" {
		if cmd.id != paletteID {
			s.palette.close()
		}
		if cmd.id != connectID {
			s.picker.close()
		}
		cmd.run(s)
	}
}

// shortcut runs the command of a shortcut and says whether there is one.
func (s *Shell) shortcut(sc fyne.Shortcut) bool {
	cmd := s.commandOf(sc)
	if cmd != nil {
		s.command(*cmd)
	}
	return cmd != nil
}

// commandOf returns the command of a shortcut, nil if there is none.
func (s *Shell) commandOf(sc fyne.Shortcut) *command {
	c, ok := sc.(*desktop.CustomShortcut)
	if !ok {
		return nil
	}
	key := c.KeyName
	if key == fyne.KeyB && c.Modifier == ctrl { // what Jaeger UI finds with
		key = fyne.KeyF
	}
	for _, cmd := range commands() {
		if key == cmd.key && c.Modifier == cmd.mods {
			return &cmd
		}
	}
	return nil
}

// functionKey handles the keys that mean the same wherever the keyboard is.
func (s *Shell) functionKey(name fyne.KeyName, shift bool) bool {
	switch name {
	case fyne.KeyF1:
		s.showHelp()
	case fyne.KeyF3:
		if p, ok := s.pages[s.current].(*tracePage); ok && p.doc != nil {
			p.find.step(shift)
		}
	case fyne.KeyF8:
		s.stepFinding(shift)
	case fyne.KeyF5:
		switch p := s.pages[s.current].(type) {
		case *orderPage:
			p.start(s.days())
		case *tracePage:
			p.again()
		case *comparePage:
			p.read()
		case *performancePage:
			p.reload()
		}
	default:
		return false
	}
	return true
}

// focusFind goes to where spans are found, on a page without spans to where
// orders are.
func (s *Shell) focusFind() {
	if p, ok := s.pages[s.current].(*tracePage); ok && p.doc != nil {
		p.find.focus()
		return
	}
	if p, ok := s.pages[s.current].(*comparePage); ok {
		p.focusBox()
		return
	}
	if p := s.shelf.page; p != nil && s.pages[s.current] == page(p) {
		p.focusBox()
		return
	}
	s.focusBox()
}

// toggleOnly shows only the spans that match, or all again.
func (s *Shell) toggleOnly() {
	if p, ok := s.pages[s.current].(*tracePage); ok && p.doc != nil {
		p.doc.SetOnlyMatches(!p.doc.OnlyMatches())
	}
}

// pageKey handles a key that the part with the keyboard did not take.
func (s *Shell) pageKey(e canvasview.Event) bool {
	switch {
	case e.Kind == canvasview.KeyDown && s.functionKey(fyne.KeyName(e.Key), e.Mods&canvasview.Shift != 0):
		return true
	case e.Kind == canvasview.Rune && e.Name() == "?":
		s.showHelp()
		return true
	case s.pages[s.current].Key(e):
		return true
	case e.Key == string(fyne.KeyEscape):
		s.back()
		return true
	}
	return false
}

// copier is a page with something to copy.
type copier interface{ Copy() string }

// copy puts what the page offers on the clipboard and says so.
func (s *Shell) copy() {
	if p, ok := s.pages[s.current].(copier); ok {
		s.copyText(p.Copy())
	}
}

func (s *Shell) copyText(text string) {
	if text == "" {
		return
	}
	fyne.CurrentApp().Clipboard().SetContent(text)
	s.say(s.kit.Words.T("status.copied"))
}

// say shows a line in the status bar until the page changes, in place of what is
// said there of the place under the pointer.
func (s *Shell) say(text string) {
	s.notice, s.hint = text, ""
	s.status.Redraw()
}

// askFile lets a person choose a file of traces.
func (s *Shell) askFile() { s.chooseFile("command.open", s.Open) }

// choose shows a dialog in which a person chooses a file or a folder.
func (s *Shell) choose(d *dialog.FileDialog, title string) {
	w := s.kit.Words
	d.SetTitleText(title)
	d.SetConfirmText(w.T("action.open"))
	d.SetDismissText(w.T("action.cancel"))
	d.SetOnClosed(func() { s.chooser = nil })
	d.Resize(fyne.NewSize(900, 620))
	s.chooser = d
	d.Show()
}
