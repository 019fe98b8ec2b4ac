package shell

import (
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"

	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// A sheet shares the traces of the page in front: what of them, in which format,
// what is replaced before, and where to. It floats over the window while it is
// open, and what it shows before anything leaves is what leaves.
type sheet struct {
	shell  *Shell
	page   page // it was opened on
	whats  []what
	what   int
	format string
	rules  string
	keys   map[string]string // what becomes of the values of keys
	keep   bool              // for the next time, too
	secret []byte            // of the tokens, so that those shown are those written

	gather *task.Slot[gathered]
	look   *task.Slot[Preview]
	write  *task.Slot[written]
	run    int // number of the newest work
	got    gathered
	far    far
	keyed  []keyed // what would be replaced
	seen   *Preview
	err    error // why there are no traces, or nothing to see of what leaves
	why    error // nothing was written
	state  state
	done   written
	named  bool // by hand

	cover        *cover
	ground       *canvas.Rectangle
	left, list   *xwidget.Panel
	foot         *xwidget.Panel
	leftV, listV *canvasview.View
	footV        *canvasview.View
	name, folder *orderBox
	object       *fyne.Container
	back         fyne.Focusable // had the keyboard before
}

// far is how far work has come.
type far struct {
	done, all int     // traces fetched
	share     float64 // of looking or replacing
	written   int64   // bytes
}

// state is what the foot of the sheet tells.
type state uint8

const (
	choosing state = iota
	asking         // whether to replace a file
	writing
	copying
	finished
	copied
	failed
	stopped
)

func newSheet(s *Shell) *sheet {
	h := &sheet{shell: s, gather: task.NewSlot[gathered](s.Dispatch), look: task.NewSlot[Preview](s.Dispatch), write: task.NewSlot[written](s.Dispatch)}
	panel := func(draw func(c *xwidget.Canvas, y, w float32) float32, ground func() scene.Color, activate func(int), key func(canvasview.Event) bool) (*xwidget.Panel, *canvasview.View) {
		p := xwidget.NewPanel(s.kit)
		p.Content, p.Background, p.Activate, p.Key = draw, ground, activate, key
		return p, canvasview.New(p, true, fyne.NewSize(10, 10))
	}
	plain := func() scene.Color { return s.kit.Look.Panel }
	h.left, h.leftV = panel(h.drawLeft, plain, h.activateLeft, h.leftKey)
	h.list, h.listV = panel(h.drawList, nil, h.unfold, h.listKey)
	h.foot, h.footV = panel(h.drawFoot, plain, h.activateFoot, h.footKey)
	h.name, h.folder = h.field(), h.field()
	h.name.OnChanged = func(string) { h.renamed() }
	h.folder.OnChanged = func(string) { h.choose() }
	for i, v := range []*canvasview.View{h.leftV, h.listV, h.footV} {
		at := []int{0, 1, 4}[i]
		v.OnTab = func(back bool) { h.tab(at, back) }
	}
	h.cover = newCover(h.press)
	h.ground = canvas.NewRectangle(nil)
	h.ground.StrokeWidth, h.ground.CornerRadius = 1, 8
	h.object = container.New(sheetLayout{h}, h.cover, h.ground, h.leftV, h.listV, h.footV, h.name, h.folder)
	h.object.Hide()
	return h
}

// field makes the field of a name.
func (h *sheet) field() *orderBox {
	b := newOrderBox()
	b.Icon = nil
	b.onEnter = func(string) { h.save(false) }
	b.onMove, b.onEscape = func(int) {}, h.escape
	b.onFocus = func() {}
	b.onShortcut = h.shortcut
	b.onKey = func(name fyne.KeyName, shift bool) bool {
		return name == fyne.KeyF1 || name == fyne.KeyF3 || name == fyne.KeyF5
	}
	b.takesTab = func() bool { return true }
	b.onTab = func() {
		at := 2
		if b == h.folder {
			at = 3
		}
		h.tab(at, b.shift)
	}
	return b
}

// tab gives the keyboard to the next part of the sheet, or to the one before.
func (h *sheet) tab(from int, back bool) {
	parts := []fyne.Focusable{h.leftV, h.listV, h.name, h.folder, h.footV}
	step := 1
	if back {
		step = len(parts) - 1
	}
	h.focus(parts[(from+step)%len(parts)])
}

func (h *sheet) focus(f fyne.Focusable) {
	switch p := f; p {
	case h.listV:
		h.list.Choose(max(h.list.Sel, 0))
	case h.footV:
		h.foot.Choose(max(h.foot.Sel, 0))
	}
	h.shell.Window.Canvas().Focus(f)
	h.redraw()
}

const (
	sheetDp, sheetHighDp = 1120, 740 // at most
	sheetLeftDp          = 440
	footDp               = 116
	fieldDp              = 16 // beside and between the fields
	fieldTopDp           = 28 // of the fields in the foot
	chooseDp             = 150
)

// sheetLayout places the parts in the middle of the window.
type sheetLayout struct{ h *sheet }

// Layout implements fyne.Layout.
func (l sheetLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w, high := min(sheetDp, size.Width-24), min(sheetHighDp, size.Height-24)
	x, y := float32(int((size.Width-w)/2)), float32(int((size.Height-high)/2))
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	left := min(sheetLeftDp, float32(int(w*0.46)))
	place(o[0], 0, 0, size.Width, size.Height)
	place(o[1], x-2, y-2, w+4, high+4)
	place(o[2], x, y, left, high-footDp)
	place(o[3], x+left, y+1, w-left, high-footDp-1)
	place(o[4], x, y+high-footDp, w, footDp)
	name, folder := fieldsOf(w)
	field := o[5].MinSize().Height
	place(o[5], x+name.at, y+high-footDp+fieldTopDp, name.width, field)
	place(o[6], x+folder.at, y+high-footDp+fieldTopDp, folder.width, field)
}

// MinSize implements fyne.Layout.
func (sheetLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, 100) }

// stretch is a part of a row, in dp.
type stretch struct{ at, width float32 }

// fieldsOf returns where the fields stand in a sheet that is w wide.
func fieldsOf(w float32) (name, folder stretch) {
	room := w - 4*fieldDp - chooseDp
	name = stretch{fieldDp, float32(int(room * 0.5))}
	return name, stretch{name.at + name.width + fieldDp, room - name.width}
}

// openShare shows the sheet for the page in front, or closes it.
func (s *Shell) openShare() {
	h := s.sheet
	if h.object.Visible() {
		h.close()
		return
	}
	whats := s.shareable()
	if len(whats) == 0 {
		s.say(s.kit.Words.T("share.nothing"))
		return
	}
	if s.menu != nil { // of colours
		s.menu.page.Focus()
	}
	s.hideSuggestions()
	h.back = s.Window.Canvas().Focused()
	h.page, h.whats, h.what = s.pages[s.current], whats, 0
	p := &s.Prefs.Share
	h.format, h.rules, h.keys = p.Format, p.Rules, maps.Clone(p.Keys)
	if h.rules == "" {
		h.rules = RulesSafe
	}
	if h.keys == nil {
		h.keys = map[string]string{}
	}
	h.keep = len(h.keys) > 0
	h.secret = make([]byte, sha256.Size)
	_, _ = rand.Read(h.secret) // never fails, as its documentation says
	h.state, h.named, h.err, h.seen, h.keyed = choosing, false, nil, nil, nil
	h.left.Reset()
	h.list.Reset()
	h.foot.Reset()
	h.settleFormat()
	h.folder.set(p.Folder)
	h.propose()
	h.relook()
	h.object.Show()
	s.Window.Canvas().Refresh(h.object)
	h.left.Sel = len(h.whats) + max(slices.Index(h.formats(), h.format), 0)
	if len(h.whats) > 1 {
		h.left.Sel = 0
	}
	s.Window.Canvas().Focus(h.leftV)
	h.start()
}

// open says whether the sheet is on the screen.
func (h *sheet) open() bool { return h.object.Visible() }

// close takes the sheet away, ends its work and gives the keyboard back.
func (h *sheet) close() {
	if !h.open() {
		return
	}
	h.stop()
	h.object.Hide()
	h.got, h.whats, h.keyed, h.seen, h.page = gathered{}, nil, nil, nil, nil // which may be large
	if c := h.shell.Window.Canvas(); h.back != nil {
		c.Focus(h.back)
	} else {
		c.Unfocus()
	}
	h.shell.hideSuggestions()
	h.back = nil
}

func (h *sheet) stop() {
	h.run++
	h.gather.Stop()
	h.look.Stop()
	h.write.Stop()
}

// press is a press beside the sheet.
func (h *sheet) press() {
	if h.state != writing {
		h.close()
	}
}

// escape gives up what is under way, else closes the sheet.
func (h *sheet) escape() {
	switch {
	case h.write.Busy(), h.gather.Busy():
		h.cancel()
	case h.state == asking:
		h.choose()
	default:
		h.close()
	}
}

// cancel gives up fetching or writing.
func (h *sheet) cancel() {
	h.write.Cancel()
	h.gather.Cancel()
	h.redraw()
}

// choose goes back to where there is something to choose, after something was.
func (h *sheet) choose() {
	if h.state != writing && h.state != copying {
		h.state = choosing
	}
	h.redraw()
}

// shortcut handles what goes while the sheet is open: it, looks, and saving.
func (h *sheet) shortcut(sc fyne.Shortcut) bool {
	if c, ok := sc.(*desktop.CustomShortcut); ok && c.Modifier == ctrl && (c.KeyName == fyne.KeyReturn || c.KeyName == fyne.KeyEnter) {
		h.shell.saveShare()
		return true
	}
	return h.shell.shortcut(sc)
}

// allows says whether a command may run while the sheet is open.
func (h *sheet) allows(id string) bool {
	return slices.Contains([]string{"share", "theme", "language", "zone", "quit"}, id)
}

// saveShare writes the file of the sheet, where it is open.
func (s *Shell) saveShare() {
	if s.sheet.open() {
		s.sheet.save(s.sheet.state == asking)
	}
}

// redraw draws the sheet anew.
func (h *sheet) redraw() {
	h.leftV.Redraw()
	h.listV.Redraw()
	h.footV.Redraw()
}

// relook takes over another theme or language.
func (h *sheet) relook() {
	kit := h.shell.kit
	h.ground.FillColor, h.ground.StrokeColor = look.NRGBA(kit.Look.Panel), look.NRGBA(kit.Look.Line.Mix(kit.Look.Secondary, 80))
	h.ground.Refresh()
	h.redraw()
}

// formats returns those that the choice of traces can be written in.
func (h *sheet) formats() []string {
	var list []string
	for _, f := range shareFormats {
		if !f.picture || h.whats[h.what].picture() {
			list = append(list, f.name)
		}
	}
	return list
}

// settleFormat keeps a format that there is.
func (h *sheet) settleFormat() {
	if list := h.formats(); !slices.Contains(list, h.format) {
		h.format = list[0]
	}
}

// propose names the file, unless a person did: by the order or the ids, and the
// day, of which none is a secret.
func (h *sheet) propose() {
	ending := h.shell.Sharer.Ending(h.format)
	if h.named {
		h.setName(h.stem() + ending)
		return
	}
	h.setName(h.whats[h.what].stem + "-" + h.shell.now().In(h.shell.kit.Zone).Format("2006-01-02") + ending)
}

// stem returns the name typed without the ending of any format.
func (h *sheet) stem() string {
	for _, f := range shareFormats {
		if rest, ok := strings.CutSuffix(h.name.Text, h.shell.Sharer.Ending(f.name)); ok {
			return rest
		}
	}
	return h.name.Text
}

func (h *sheet) setName(text string) {
	named := h.named
	h.name.set(text)
	h.named = named
}

// renamed notes that a person names the file.
func (h *sheet) renamed() {
	h.named = true
	h.choose()
}

// askFolder lets a person choose a folder.
func (h *sheet) askFolder() {
	s := h.shell
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		if err == nil && u != nil {
			h.folder.set(u.Path())
		}
	}, s.Window)
	s.choose(d, s.kit.Words.T("share.folder.title"))
}

// askRules lets a person choose a file of rules.
func (h *sheet) askRules() { h.shell.chooseFile("share.rules.title", h.setRules) }

// sanitize keeps of a text what a file name can hold on any system.
func sanitize(text string) string {
	out := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|#%&{}$!'@+=`+"`", r) || r <= ' ' {
			return '-'
		}
		return r
	}, text)
	if r := []rune(out); len(r) > 60 {
		out = string(r[:60])
	}
	return strings.Trim(out, "-.")
}

// shortID is as much of an id as tells traces apart.
func shortID(id model.TraceID) string { return id.String()[:8] }
