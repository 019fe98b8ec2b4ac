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

const ctrl = fyne.KeyModifierShortcutDefault

// commands returns all commands with a shortcut. The sheet of keys is made from
// it.
func commands() []command {
	return []command{
		{"order", fyne.KeyL, ctrl, (*Shell).focusBox},
		{"open", fyne.KeyO, ctrl, (*Shell).askFile},
		{"close", fyne.KeyW, ctrl, func(s *Shell) { s.closePage(s.current) }},
		{"next", fyne.KeyPageDown, ctrl, func(s *Shell) { s.show((s.current + 1) % len(s.pages)) }},
		{"previous", fyne.KeyPageUp, ctrl, func(s *Shell) { s.show((s.current + len(s.pages) - 1) % len(s.pages)) }},
		{"waterfall", fyne.Key1, ctrl, func(s *Shell) { s.showView(viewWaterfall) }},
		{"flame", fyne.Key2, ctrl, func(s *Shell) { s.showView(viewFlame) }},
		{"week", fyne.Key7, ctrl, func(s *Shell) { s.setWindow(7) }},
		{"month", fyne.Key3, ctrl, func(s *Shell) { s.setWindow(30) }},
		{"quarter", fyne.Key9, ctrl, func(s *Shell) { s.setWindow(90) }},
		{"theme", fyne.KeyT, ctrl, (*Shell).toggleTheme},
		{"language", fyne.KeyG, ctrl, (*Shell).toggleLanguage},
		{"zone", fyne.KeyU, ctrl, (*Shell).toggleZone},
		{"quit", fyne.KeyQ, ctrl, func(s *Shell) { s.Quit() }},
	}
}

// addShortcuts makes the commands reachable while no field has the keyboard;
// the order box hands them on by itself.
func (s *Shell) addShortcuts() {
	c := s.Window.Canvas()
	for _, cmd := range commands() {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: cmd.key, Modifier: cmd.mods}, func(fyne.Shortcut) { cmd.run(s) })
	}
	c.AddShortcut(&fyne.ShortcutCopy{}, func(fyne.Shortcut) { s.copy() })
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		s.pageKey(canvasview.Event{Kind: canvasview.KeyDown, Key: string(e.Name)})
	})
}

// shortcut runs the command of a shortcut and says whether there is one.
func (s *Shell) shortcut(sc fyne.Shortcut) bool {
	c, ok := sc.(*desktop.CustomShortcut)
	if !ok {
		return false
	}
	for _, cmd := range commands() {
		if c.KeyName == cmd.key && c.Modifier == cmd.mods {
			cmd.run(s)
			return true
		}
	}
	return false
}

// functionKey handles the keys that mean the same wherever the keyboard is.
func (s *Shell) functionKey(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyF1:
		s.showHelp()
	case fyne.KeyF5:
		switch p := s.pages[s.current].(type) {
		case *orderPage:
			p.start(s.days())
		case *tracePage:
			p.again()
		}
	default:
		return false
	}
	return true
}

// pageKey handles a key that the part with the keyboard did not take.
func (s *Shell) pageKey(e canvasview.Event) bool {
	switch {
	case e.Kind == canvasview.KeyDown && s.functionKey(fyne.KeyName(e.Key)):
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

// say shows a line in the status bar until the page changes.
func (s *Shell) say(text string) {
	s.notice = text
	s.status.Redraw()
}

// askFile lets a person choose a file of traces.
func (s *Shell) askFile() {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			return
		}
		path := r.URI().Path()
		_ = r.Close() // it was only opened to learn the name
		s.Open(path)
	}, s.Window)
	d.Resize(fyne.NewSize(900, 620))
	d.Show()
}
