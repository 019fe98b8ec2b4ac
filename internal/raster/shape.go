package raster

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"

	"traceview/internal/scene"
)

// maxRuns is the number of shaped runs kept in each of two generations, and
// maxPiece the bytes of a run: about 9 MB at the very worst.
const (
	maxRuns  = 1024
	maxPiece = 256
)

// shaped holds the shaper and its results. Runs not used while maxRuns others
// came in are forgotten.
type shaped struct {
	mu        sync.Mutex
	hb        shaping.HarfbuzzShaper
	segments  shaping.Segmenter
	runes     []rune
	runs, old map[runKey]*run
	fallback  []string // patterns of fonts to load when a glyph is missing
	extra     []*face  // those loaded
}

type runKey struct {
	weight scene.Weight
	text   string
}

// A run is shaped text, positions in ems from its start, y up.
type run struct {
	advance float64
	glyphs  []runGlyph
}

type runGlyph struct {
	id   uint32
	face uint8 // 0 the text's own, else 1 + the index of a fallback font
	x, y float32
}

func (s *shaped) init() {
	s.runs, s.old = make(map[runKey]*run), make(map[runKey]*run)
}

// run returns the shaped form of text, from the cache if it is there. The run
// is not to be changed.
func (s *shaped) run(f *face, w scene.Weight, text string) *run {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := runKey{w, text}
	if r, ok := s.runs[k]; ok {
		return r
	}
	r, ok := s.old[k]
	if !ok {
		r = s.shape(f, text)
		k.text = strings.Clone(text) // the cache must not hold a trace's memory
	}
	if len(s.runs) >= maxRuns {
		s.runs, s.old = s.old, s.runs
		clear(s.runs)
	}
	s.runs[k] = r
	return r
}

// shape lays text out on one line, in visual order.
func (s *shaped) shape(f *face, text string) *run {
	s.runes = s.runes[:0]
	for _, ch := range text {
		s.runes = append(s.runes, ch)
	}
	r := &run{}
	inputs := s.segments.Split(shaping.Input{
		Text: s.runes, RunEnd: len(s.runes), Direction: di.DirectionLTR,
		Face: f.font, Size: fixed.I(shapeSize), Language: language.DefaultLanguage(),
	}, &faceMap{s, f})
	visualOrder(inputs)
	for _, in := range inputs {
		from := slices.IndexFunc(s.extra, func(x *face) bool { return x.font == in.Face }) + 1
		out := s.hb.ShapeNoExtents(in)
		for i := range out.Glyphs {
			r.add(f, uint8(from), &out.Glyphs[i], s.runes)
		}
	}
	return r
}

// visualOrder turns around neighbouring parts written right to left, as the
// Unicode bidirectional algorithm does for text without deeper nesting.
func visualOrder(parts []shaping.Input) {
	for i := 0; i < len(parts); i++ {
		j := i
		for j < len(parts) && parts[j].Direction == di.DirectionRTL {
			j++
		}
		if j > i {
			slices.Reverse(parts[i:j])
			i = j
		}
	}
}

// shapeSize is the size text is shaped at, in pixels: large, so that rounding
// to 1/64 px does not show at any size.
const shapeSize = 2048

func (r *run) add(f *face, from uint8, g *shaping.Glyph, text []rune) {
	const unit = 64 * shapeSize
	out := runGlyph{
		id: uint32(g.GlyphID), face: from,
		x: float32(r.advance + float64(g.XOffset)/unit), y: float32(float64(g.YOffset) / unit),
	}
	advance := float64(g.Advance) / unit
	if from == 0 && g.RunesCount() == 1 && g.GlyphsCount() == 1 {
		// The same figures and signs as in text of plain runes.
		if ch := text[g.TextIndex()]; ch >= 0 && ch < plainRunes && f.plain[ch].id != 0 {
			out.id, out.x, out.y = uint32(f.plain[ch].id), float32(r.advance), 0
			advance = float64(f.plain[ch].advance) / f.upem
		}
	}
	r.glyphs = append(r.glyphs, out)
	r.advance += advance
}

// cutPiece splits off the start of s that is shaped as one: all of it, or up
// to the last space within maxPiece bytes.
func cutPiece(s string) (piece, rest string) {
	if len(s) <= maxPiece {
		return s, ""
	}
	n := maxPiece
	for n > maxPiece-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	if i := strings.LastIndexFunc(s[:n], unicode.IsSpace); i > 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		n = i + size
	}
	return s[:n], s[n:]
}
