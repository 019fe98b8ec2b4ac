// Package flat writes traces as plain lists for other tools: stacks with their
// weights for flame graphs, and a table for spreadsheets. Neither can be read back
// as a trace.
package flat

import (
	"strings"
	"unicode"

	"traceview/internal/model"
)

// A Self returns, for one trace, the self time of each of its spans in ns. It is
// called once a trace.
type Self func(t *model.Trace) func(model.SpanIndex) int64

// oneLine makes text fit for a list of lines: mended UTF-8, no control characters.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
