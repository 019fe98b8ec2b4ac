package axis

import (
	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/ui/look"
)

const (
	// NoteDp is the size of the mark of a note.
	NoteDp = 12
	// mostStretches bounds the notes on stretches of time that are drawn: more
	// would lie over one another.
	mostStretches = 200
	noteWash      = 18 // of 255
)

// DrawNote draws the mark of a note, a speech bubble d pixels wide around cx, cy:
// filled for one on the span itself, hollow for one on a span inside.
func DrawNote(s *scene.Scene, pal *look.Palette, scale, cx, cy, d float32, own bool) {
	x, y, h := cx-d/2, cy-d/2, d*0.72
	tail := []scene.Point{{X: x + d*0.22, Y: y + h - scale}, {X: x + d*0.52, Y: y + h - scale}, {X: x + d*0.22, Y: y + d}}
	s.RoundRect(x-scale, y-scale, d+2*scale, h+2*scale, 3*scale, pal.Paper) // tells it from what it lies on
	s.Poly(pal.Accent, tail...)
	ink := pal.OnAccent
	if own {
		s.RoundRect(x, y, d, h, 2*scale, pal.Accent)
	} else {
		s.RoundRect(x, y, d, h, 2*scale, pal.Paper)
		s.Frame(x, y, d, h, 2*scale, 1.25*scale, pal.Accent)
		ink = pal.Accent
	}
	line := max(float32(int(scale+0.5)), 1)
	left, wide := x+3*scale, d-6*scale
	s.Rect(left, float32(int(y+h*0.32)), wide, line, ink)
	s.Rect(left, float32(int(y+h*0.62)), wide*0.7, line, ink)
}

// Note tells the ruler which stretches of time have notes.
func (r *Ruler) Note(list []document.Note) { r.notes = list }

// eachNoted calls f with the pixels of the stretches in sight that have notes.
func (r *Ruler) eachNoted(f func(x0, x1 float32)) {
	lo, hi := float32(r.area.Min.X), float32(r.area.Max.X)
	n := 0
	for k := range r.notes {
		note := &r.notes[k]
		if !note.Stretch || n >= mostStretches {
			continue
		}
		x0, x1 := r.x(note.From), r.x(note.To)
		if x1 >= lo && x0 < hi {
			n++
			f(max(x0, lo-2*r.line()), min(max(x1, x0+r.line()), hi+2*r.line()))
		}
	}
}

// DrawNotes draws them on the area, below what is measured.
func (r *Ruler) DrawNotes(s *scene.Scene) {
	y, h, t := float32(r.area.Min.Y), float32(r.area.Dy()), r.line()
	r.eachNoted(func(x0, x1 float32) {
		s.Rect(x0, y, x1-x0, h, r.Look.Accent.Alpha(noteWash))
		s.Rect(x0, y, t, h, r.Look.Accent.Alpha(110))
		s.Rect(max(x1-t, x0), y, t, h, r.Look.Accent.Alpha(110))
	})
}

// drawNotesStrip draws them on the ruler: a bar along the foot that ends in a mark.
func (r *Ruler) drawNotesStrip(s *scene.Scene) {
	foot, d := 2*r.line(), r.px(NoteDp)
	y := float32(r.strip.Max.Y)
	r.eachNoted(func(x0, x1 float32) {
		s.Rect(x0, y-foot, x1-x0, foot, r.Look.Accent)
		DrawNote(s, r.Look, r.Scale, max(x0, float32(r.strip.Min.X))+d/2+r.line(), y-foot-d/2, d, true)
	})
}

// noteHides says whether the mark of a note lies over some of the pixels from
// one to another of the ruler.
func (r *Ruler) noteHides(from, to float32) (hides bool) {
	r.eachNoted(func(x0, _ float32) {
		at := max(x0, float32(r.strip.Min.X))
		hides = hides || to > at && from < at+r.px(NoteDp+2)
	})
	return hides
}
