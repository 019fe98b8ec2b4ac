package document

import "traceview/internal/units"

// A Printer writes texts and numbers in the language chosen, as i18n.Printer
// does. Args are names and values.
type Printer interface {
	T(key string, args ...any) string
	N(key string, n int, args ...any) string
	Units() units.Printer
}
