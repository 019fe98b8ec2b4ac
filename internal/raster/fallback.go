package raster

import (
	"os"
	"path/filepath"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
)

// systemFonts are patterns of font files with wide coverage, as Debian,
// Fedora, Arch, macOS and Windows install them. The first match of each
// pattern is used. A full scan of the system's fonts takes seconds; these few
// cover Chinese, Japanese, Korean, Arabic, Hebrew, Indic scripts and symbols.
var systemFonts = []string{
	"/usr/share/fonts/*/dejavu*/DejaVuSans.ttf",
	"/usr/share/fonts/dejavu*/DejaVuSans.ttf",
	"/usr/share/fonts/TTF/DejaVuSans.ttf",
	"/usr/share/fonts/*/noto/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/*noto*cjk*/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/*/droid/DroidSansFallbackFull.ttf",
	"/usr/share/fonts/*/noto/NotoSansDevanagari-Regular.ttf",
	"/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
	"/System/Library/Fonts/PingFang.ttc",
	`C:\Windows\Fonts\segoeui.ttf`,
	`C:\Windows\Fonts\msyh.ttc`,
	`C:\Windows\Fonts\malgun.ttf`,
	`C:\Windows\Fonts\Nirmala.ttf`,
	`C:\Windows\Fonts\seguisym.ttf`,
}

// UseSystemFonts lets t take glyphs that its typeface lacks from fonts of the
// system. They are looked for once, when a rune first needs them. Without it,
// and for runes no font has, t draws a box. Call it before t is used; pictures
// that must be the same everywhere do without it.
func (t *Text) UseSystemFonts() { t.fallback = systemFonts }

// ResolveFace returns the font that has ch, the text's own if none does.
func (m *faceMap) ResolveFace(ch rune) *font.Face {
	if _, ok := m.main.font.NominalGlyph(ch); ok || ch < ' ' {
		return m.main.font
	}
	for _, f := range m.s.extraFaces() {
		if _, ok := f.font.NominalGlyph(ch); ok {
			return f.font
		}
	}
	return m.main.font
}

// A faceMap resolves runes for the shaper, with s locked.
type faceMap struct {
	s    *shaped
	main *face
}

// extraFaces returns the fallback fonts, loading them when first called.
func (s *shaped) extraFaces() []*face {
	patterns := s.fallback
	s.fallback = nil
	for _, p := range patterns {
		files, err := filepath.Glob(p)
		if err != nil || len(files) == 0 {
			continue
		}
		// A font that cannot be read is one font less; boxes show the rest.
		if f, err := openFace(files[0]); err == nil {
			s.extra = append(s.extra, f)
		}
	}
	return s.extra
}

// openFace loads the first font of a file or collection, without hints: they
// are made for the zones of alphabets.
func openFace(file string) (*face, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	loaders, err := ot.NewLoaders(r)
	if err != nil {
		return nil, err
	}
	ff, err := font.NewFont(loaders[0])
	if err != nil {
		return nil, err
	}
	return &face{font: font.NewFace(ff), upem: float64(max(ff.Upem(), 1))}, nil
}
