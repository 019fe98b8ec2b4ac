package axis

import (
	"image"

	"traceview/internal/scene"
	"traceview/internal/units"
	"traceview/ui/look"
)

// A Drawer turns a scene into pixels, as raster.Renderer does.
type Drawer interface {
	Draw(dst *image.RGBA, s *scene.Scene)
}

// A Printer writes texts and numbers in the language chosen, as i18n.Printer
// does. Args are names and values.
type Printer interface {
	T(key string, args ...any) string
	N(key string, n int, args ...any) string
	Units() units.Printer
}

// Style is how a flame is drawn: all that is not the trace.
type Style struct {
	Palette *look.Palette
	Printer Printer
	Colours *look.Colours // of services, as elsewhere in the window; may be nil
	Metrics scene.Metrics
	Drawer  Drawer
	Scale   float32 // device pixels a dp
}
