package shell

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// A noteBox is the field a note is written into.
type noteBox struct {
	widget.Entry
	keep, giveUp func()
	onFocus      func()
	onShortcut   func(s fyne.Shortcut) bool
}

// TypedKey implements fyne.Focusable.
func (b *noteBox) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		b.giveUp()
		return
	}
	b.Entry.TypedKey(e)
}

// TypedShortcut implements fyne.Shortcutable: Ctrl+Enter keeps the note, the
// program's shortcuts work as elsewhere.
func (b *noteBox) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && c.Modifier == ctrl && (c.KeyName == fyne.KeyReturn || c.KeyName == fyne.KeyEnter) {
		b.keep()
		return
	}
	if !b.onShortcut(s) {
		b.Entry.TypedShortcut(s)
	}
}

// FocusGained implements fyne.Focusable.
func (b *noteBox) FocusGained() {
	b.Entry.FocusGained()
	b.onFocus()
}

// AcceptsTab implements fyne.Tabbable: Tab goes on to the details.
func (b *noteBox) AcceptsTab() bool { return false }

const (
	noteHeadDp = 54
	noteBoxDp  = 118
)

// A noteEditor is where a note is written, above the details. What is typed stays
// while other tabs are looked at, or other spans.
type noteEditor struct {
	page   *tracePage
	id     string // of the note that is changed, "" for a new one
	about  document.About
	open   bool
	box    *noteBox
	panel  *xwidget.Panel
	view   *canvasview.View
	ground *canvas.Rectangle
	object *fyne.Container
}

func newNoteEditor(p *tracePage) *noteEditor {
	s := p.shell
	e := &noteEditor{page: p, box: &noteBox{}}
	e.box.MultiLine, e.box.Wrapping = true, fyne.TextWrapWord
	e.box.keep, e.box.giveUp = e.keep, e.giveUp
	e.box.onFocus, e.box.onShortcut = s.hideSuggestions, s.shortcut
	e.box.ExtendBaseWidget(e.box)
	e.panel = xwidget.NewPanel(s.kit)
	e.panel.Content = e.draw
	e.view = canvasview.New(e.panel, false, fyne.NewSize(asideDp, noteHeadDp))
	e.ground = canvas.NewRectangle(nil)
	e.object = container.New(noteLayout{e}, e.ground, e.view, e.box)
	e.object.Hide()
	e.relook()
	return e
}

// noteLayout places the head above the field; a closed editor takes no room.
type noteLayout struct{ editor *noteEditor }

// Layout implements fyne.Layout.
func (noteLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	place(o[0], 0, 0, size.Width, size.Height)
	place(o[1], 1, 0, max(size.Width-1, 0), noteHeadDp)
	place(o[2], 10, noteHeadDp, max(size.Width-20, 0), max(size.Height-noteHeadDp-8, 0))
}

// MinSize implements fyne.Layout.
func (l noteLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	if !l.editor.open {
		return fyne.NewSize(asideDp, 0)
	}
	return fyne.NewSize(asideDp, noteHeadDp+noteBoxDp)
}

// relook takes over another theme or language.
func (e *noteEditor) relook() {
	kit := e.page.shell.kit
	e.ground.FillColor = look.NRGBA(kit.Look.Paper)
	e.ground.Refresh()
	e.box.SetPlaceHolder(kit.Words.T("note.placeholder"))
	e.view.Redraw()
}

// edit opens the editor for a note, a new one about a for "". What is being
// written is not given up for another.
func (e *noteEditor) edit(id string, a document.About) {
	if !e.open || strings.TrimSpace(e.box.Text) == "" {
		e.id, e.about = id, a
		n, _ := e.page.doc.Note(id)
		if id != "" {
			e.about = n.About
		}
		e.box.SetText(n.Text)
		lines := strings.Split(n.Text, "\n")
		e.box.CursorRow, e.box.CursorColumn = len(lines)-1, len([]rune(lines[len(lines)-1]))
		e.show(true)
	}
	e.page.shell.Window.Canvas().Focus(e.box)
}

func (e *noteEditor) show(open bool) {
	e.open = open
	if open {
		e.object.Show()
	} else {
		e.object.Hide()
	}
	e.page.beside.Refresh()
	e.view.Redraw()
}

// keep keeps the note that was written.
func (e *noteEditor) keep() {
	if !e.open {
		return
	}
	if !e.page.keepNote(e.id, e.about, e.box.Text) {
		e.giveUp()
		return
	}
	e.close()
}

// giveUp closes the editor without a note.
func (e *noteEditor) giveUp() {
	if e.open {
		e.close()
	}
}

// leave keeps what was written when the page is closed.
func (e *noteEditor) leave() {
	if e.open {
		e.page.keepNote(e.id, e.about, e.box.Text)
	}
}

func (e *noteEditor) close() {
	e.box.SetText("")
	e.show(false)
	e.page.shell.Window.Canvas().Focus(e.page.canvas())
}

// draw draws what the note is about, and how to keep it.
func (e *noteEditor) draw(c *xwidget.Canvas, _, w float32) float32 {
	kit, x := e.page.shell.kit, c.D(12)
	bold, small := c.Font(xwidget.Minor, scene.SemiBold), c.Font(xwidget.Small, scene.Regular)
	about := kit.Words.T("note.about", "about", e.page.side.AboutText(e.about))
	c.Label(x, c.D(4), c.D(20), w-2*x, bold, c.Look.Text, c.FitMiddle(bold, about, w-2*x))
	y, h := c.D(26), c.D(24)
	at := x + c.Button(x, y, h, kit.Words.T("note.keep"), "Ctrl+Enter", true, e.keep) + c.D(6)
	at += c.Button(at, y, h, kit.Words.T("action.cancel"), "Esc", false, e.giveUp) + c.D(10)
	c.Label(at, y, h, w-at-x, small, c.Look.Secondary, c.Fit(small, "Ctrl+Enter", w-at-x))
	return c.D(noteHeadDp)
}
