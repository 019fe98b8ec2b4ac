package raster

import (
	"bytes"
	"math"
	"unicode"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// plainRunes is one past the last rune set from the table; it takes in the
// letters, punctuation, arrows and mathematical signs, not the symbols.
const plainRunes = 0x2300

// maxAdvance bounds the sum of advances, in font units.
const maxAdvance = 1 << 50

// A face is one font file with what is worked out from it once.
type face struct {
	font            *font.Face
	upem            float64
	ascent, descent float32 // in ems, both positive
	plain           [plainRunes]plainGlyph
	zones           []zone
}

// A plainGlyph is a rune's glyph, and its advance in font units. The glyph 0
// means that the rune needs the shaper.
type plainGlyph struct{ id, advance uint16 }

func newFace(data []byte) (*face, error) {
	ff, err := font.ParseTTF(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	f := &face{font: ff, upem: float64(max(ff.Upem(), 1))}
	if e, ok := ff.FontHExtents(); ok {
		f.ascent = e.Ascender / float32(f.upem)
		f.descent = -e.Descender / float32(f.upem)
	}
	for ch := rune(' '); ch < plainRunes; ch++ {
		if !isPlain(ch) {
			continue
		}
		if g, ok := ff.NominalGlyph(ch); ok {
			f.setPlain(ch, g)
		}
	}
	f.tabularFigures()
	for _, ch := range "\t\n\r" {
		f.plain[ch] = f.plain[' ']
	}
	f.zones = findZones(f)
	return f, nil
}

func (f *face) setPlain(ch rune, g font.GID) {
	adv := f.font.HorizontalAdvance(g)
	if g > 0 && g <= math.MaxUint16 && adv >= 0 && adv <= math.MaxUint16 {
		f.plain[ch] = plainGlyph{uint16(g), uint16(adv + 0.5)}
	}
}

// tabularFigures replaces the digits by those of the feature tnum. The
// feature also widens full stop and comma to a digit, which would tear words
// apart, so it is not applied as a whole.
func (f *face) tabularFigures() {
	var hb shaping.HarfbuzzShaper
	for ch := '0'; ch <= '9'; ch++ {
		out := hb.Shape(shaping.Input{
			Text: []rune{ch}, RunEnd: 1, Face: f.font, Size: fixed.I(int(f.upem)),
			FontFeatures: []shaping.FontFeature{{Tag: ot.MustNewTag("tnum"), Value: 1}},
		})
		if len(out.Glyphs) == 1 {
			f.setPlain(ch, out.Glyphs[0].GlyphID)
		}
		f.plain[ch].advance = f.plain['0'].advance // Inter SemiBold's 4 is 3 units off
	}
}

// isPlain reports whether a rune is set by itself, left to right: no
// combining mark, no invisible control, no script that joins or reorders.
func isPlain(ch rune) bool {
	switch {
	case ch >= 0x590 && ch < 0x1e00: // right to left and Indic scripts; few Latin letters
		return false
	case ch == 0xad: // soft hyphen, invisible
		return false
	}
	return !unicode.In(ch, unicode.M, unicode.C, unicode.Zl, unicode.Zp)
}

// measure sums the advances of s, in font units, until the sum passes room.
// It returns the bytes that took; plain is false if a rune among them needs
// the shaper, and the sum is then of no use.
func (f *face) measure(s string, room int64) (sum int64, n int, plain bool) {
	for i, ch := range s {
		if sum > room {
			return sum, i, true
		}
		if ch >= plainRunes || f.plain[ch].id == 0 {
			return 0, 0, false
		}
		sum += int64(f.plain[ch].advance)
	}
	return sum, len(s), true
}
