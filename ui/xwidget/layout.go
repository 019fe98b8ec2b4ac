package xwidget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Column stacks objects without gaps: the object at index fill takes the height
// the others leave, each of which has its least height.
func Column(fill int, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&line{fill: fill, down: true}, objects...)
}

// Row places objects side by side without gaps: the object at index fill takes
// the width the others leave, each of which has its least width.
func Row(fill int, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&line{fill: fill}, objects...)
}

// A line is objects one after another, from left to right or down.
type line struct {
	fill int
	down bool
}

// along returns a size as length and breadth of the line, and the other way round.
func (l *line) along(s fyne.Size) fyne.Size {
	if l.down {
		return fyne.NewSize(s.Height, s.Width)
	}
	return s
}

// Layout implements fyne.Layout.
func (l *line) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	whole := l.along(size)
	rest := whole.Width
	for i, o := range objects {
		if i != l.fill {
			rest -= l.along(o.MinSize()).Width
		}
	}
	at := float32(0)
	for i, o := range objects {
		length := l.along(o.MinSize()).Width
		if i == l.fill {
			length = max(rest, 0)
		}
		from := l.along(fyne.NewSize(at, 0))
		o.Move(fyne.NewPos(from.Width, from.Height))
		o.Resize(l.along(fyne.NewSize(length, whole.Height)))
		at += length
	}
}

// MinSize implements fyne.Layout.
func (l *line) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var whole fyne.Size
	for _, o := range objects {
		m := l.along(o.MinSize())
		whole.Width += m.Width
		whole.Height = max(whole.Height, m.Height)
	}
	return l.along(whole)
}

// A Split shows two objects side by side with an edge between them that can be
// dragged. It is a hairline to look at and 6 dp wide to take.
type Split struct {
	*fyne.Container
	// Share is the part of the width that the left object has, 0 to 1.
	Share float32
}

// NewSplit returns a Split of left and right.
func NewSplit(left, right fyne.CanvasObject, share float32) *Split {
	s := &Split{Share: share}
	e := &edge{split: s}
	e.ExtendBaseWidget(e)
	s.Container = container.New(s, left, right, e)
	return s
}

// edgeDp is the width that takes the pointer.
const edgeDp = 6

// Layout implements fyne.Layout.
func (s *Split) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, right, e := objects[0], objects[1], objects[2]
	w := size.Width * s.Share
	w = max(left.MinSize().Width, min(w, size.Width-right.MinSize().Width))
	left.Move(fyne.NewPos(0, 0))
	left.Resize(fyne.NewSize(w, size.Height))
	right.Move(fyne.NewPos(w, 0))
	right.Resize(fyne.NewSize(size.Width-w, size.Height))
	e.Move(fyne.NewPos(w-edgeDp/2, 0))
	e.Resize(fyne.NewSize(edgeDp, size.Height))
}

// MinSize implements fyne.Layout.
func (s *Split) MinSize(objects []fyne.CanvasObject) fyne.Size {
	l, r := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(l.Width+r.Width, max(l.Height, r.Height))
}

// An edge is what is dragged between the halves of a Split. It draws nothing:
// the right half draws its own left line.
type edge struct {
	widget.BaseWidget
	split *Split
}

var (
	_ fyne.Draggable     = (*edge)(nil)
	_ desktop.Cursorable = (*edge)(nil)
)

// CreateRenderer implements fyne.Widget.
func (e *edge) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// Cursor implements desktop.Cursorable.
func (e *edge) Cursor() desktop.Cursor { return desktop.HResizeCursor }

// Dragged implements fyne.Draggable.
func (e *edge) Dragged(d *fyne.DragEvent) {
	if w := e.split.Size().Width; w > 0 {
		at := e.Position().X + edgeDp/2 + d.Dragged.DX
		e.split.Share = max(0.1, min(at/w, 0.95))
		e.split.Layout(e.split.Objects, e.split.Size())
	}
}

// DragEnd implements fyne.Draggable.
func (e *edge) DragEnd() {}
