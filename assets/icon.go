package assets

import _ "embed"

// Icon is the program's icon, a PNG of 256 pixels. It must not be changed.
//
//go:embed icon.png
var Icon []byte
