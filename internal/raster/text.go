package raster

import (
	"fmt"

	"traceview/internal/scene"
)

// Text measures and shapes text in the two weights of one typeface. It
// implements scene.Metrics and is safe for use by several goroutines: the
// tables of plain runes never change, the rest is behind a lock.
//
// Latin, Greek, Cyrillic, figures, punctuation and signs are set rune by rune
// from a table, with tabular figures and without kerning: labels in a trace
// are read as tokens, and a table costs nanoseconds. Text with any other rune
// goes through the OpenType shaper, whose results are cached.
type Text struct {
	faces [2]*face // by scene.Weight
	shaped
}

var _ scene.Metrics = (*Text)(nil)

// NewText returns a Text for two OpenType or TrueType files. It keeps and
// reads the bytes, which must not change.
func NewText(regular, semiBold []byte) (*Text, error) {
	t := &Text{}
	for w, data := range [2][]byte{scene.Regular: regular, scene.SemiBold: semiBold} {
		f, err := newFace(data)
		if err != nil {
			return nil, fmt.Errorf("load font %s: %w", [2]string{"regular", "semibold"}[w], err)
		}
		t.faces[w] = f
	}
	t.shaped.init()
	return t, nil
}

// maxPx is the largest size text is drawn at; a larger one is taken as this.
const maxPx = 512

// face returns the face of f and its size in pixels, 0 if there is none.
func (t *Text) face(f scene.Font) (weight scene.Weight, px float32) {
	weight = min(f.Weight, scene.SemiBold)
	if !(f.Px > 0) {
		return weight, 0
	}
	return weight, min(f.Px, maxPx)
}

// Width returns the advance of s in device pixels. It does not allocate for
// text of plain runes, nor for text measured before and still cached.
func (t *Text) Width(f scene.Font, s string) float32 {
	w, px := t.face(f)
	fc := t.faces[w]
	if sum, _, plain := fc.measure(s, maxAdvance); plain {
		return float32(float64(sum) / fc.upem * float64(px))
	}
	em := 0.0
	for s != "" {
		var piece string
		piece, s = cutPiece(s)
		em += t.run(t.faces[w], w, piece).advance
	}
	return float32(em * float64(px))
}

// Line returns the ascent and descent of f in device pixels, both positive.
func (t *Text) Line(f scene.Font) (ascent, descent float32) {
	w, px := t.face(f)
	return t.faces[w].ascent * px, t.faces[w].descent * px
}

// drawText draws s from x on, the baseline y rounded to a whole pixel.
func (r *Renderer) drawText(x, y float64, f scene.Font, c scene.Color, s string) {
	w, px := r.text.face(f)
	fc := r.text.faces[w]
	base := pixel(y)
	clip := &r.dst.clip
	if px == 0 || x >= float64(clip.x1)+float64(px) ||
		base+int(2*px) < clip.y0 || base-int(2*px) > clip.y1 {
		return
	}
	ink := newInk(c)
	scale := float64(px) / fc.upem
	// Glyphs may reach left of their origin, by less than an em, and right of it
	// by less than three.
	from := float64(clip.x0) - 3*float64(px)
	room := (float64(clip.x1) - x + float64(px)) / scale
	_, n, plain := fc.measure(s, int64(min(room, maxAdvance)))
	if plain {
		st := strike{face: uint8(w), px: px}
		var sum int64
		for _, ch := range s[:n] {
			g := fc.plain[ch]
			if gx := x + float64(sum)*scale; gx > from {
				r.drawGlyph(&st, uint32(g.id), gx, base, &ink)
			}
			sum += int64(g.advance)
		}
		return
	}
	for s != "" && x < float64(clip.x1)+float64(px) {
		var piece string
		piece, s = cutPiece(s)
		run := r.text.run(fc, w, piece)
		st := strike{face: uint8(w), px: px}
		for _, g := range run.glyphs {
			st.face = uint8(w)
			if g.face > 0 {
				st.face = uint8(len(r.text.faces)) + g.face - 1
			}
			gx := x + float64(g.x)*float64(px)
			if gx <= from || gx > float64(clip.x1)+float64(px) {
				continue
			}
			r.drawGlyph(&st, g.id, gx, pixel(y-float64(g.y)*float64(px)), &ink)
		}
		x += run.advance * float64(px)
	}
}
