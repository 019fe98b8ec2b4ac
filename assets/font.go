// Package assets holds what is embedded in the program: fonts, texts in every
// language, icons. It has no logic.
package assets

import _ "embed"

// Inter, the one typeface of the program, as OpenType files with CFF
// outlines, under the SIL Open Font License (font/LICENSE-Inter.txt). The
// bytes are shared: do not change them.
var (
	//go:embed font/Inter-Regular.otf
	InterRegular []byte
	//go:embed font/Inter-SemiBold.otf
	InterSemiBold []byte
)
