package shell

import (
	"context"
	"time"

	"traceview/internal/document"
	"traceview/internal/i18n"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/savedview"
	"traceview/ui/drawing"
)

// A Sharer makes of traces what leaves the house, as the command line does. Its
// methods are called off the UI goroutine and return soon after ctx ends; they tell
// the share done, at most ten times a second.
type Sharer interface {
	// Part returns a trace of a span with everything inside it.
	Part(ctx context.Context, t *model.Trace, at model.SpanIndex) (*model.Trace, error)
	// Look finds what would be replaced.
	Look(ctx context.Context, s *Sharing, on func(float64)) (Preview, error)
	// Write writes a file, in place of another if replace says so, and returns its
	// size in bytes. While that counts, on is told the bytes written.
	Write(ctx context.Context, s *Sharing, path string, replace bool, on func(share float64, written int64)) (int64, error)
	// Text returns what would be written, as text.
	Text(ctx context.Context, s *Sharing) (string, error)
	// Exists says whether err is that a file is there already.
	Exists(err error) bool
	// Ending returns what the name of a file of a format ends in.
	Ending(format string) string
}

// Sharing is what leaves, and how. It is not changed once made.
type Sharing struct {
	Format string // of Formats
	Traces []*model.Trace
	Order  string // "" for none
	Source string // where the traces are from, for people
	View   *savedview.View
	Notes  []savedview.Note
	Logs   []*logs.Lines     // of traces, those that there are
	Rules  string            // RulesSafe, RulesNone or the path of a file
	Keys   map[string]string // what becomes of the values of keys, before the rules
	Secret []byte            // of the tokens
	Words  *i18n.Printer
	Zone   *time.Location
	Now    time.Time
	// Look, unless nil, is what a picture shows of the trace, and how.
	Look func(t *model.Trace) (*document.Document, drawing.Picture)
}

// The rules beside those of files.
const (
	RulesSafe = "safe"
	RulesNone = "none"
)

// A Preview is what would be replaced.
type Preview struct {
	Changes []redact.Change // the most frequent first
	Kinds   map[redact.Kind]int
	Count   int // of all
	Beyond  int // that are in none of Changes
}

// SharePrefs are what the window remembers of sharing.
type SharePrefs struct {
	Format string
	Folder string
	Rules  string            // "" for RulesSafe
	Keys   map[string]string // what becomes of the values of keys
}

// formatSnapshot and formatMarkdown are formats with a part of their own.
const (
	formatSnapshot = "traceview"
	formatMarkdown = "markdown"
)

// shareFormats are the formats in the order of the sheet. What opens each is told
// by the words share.opens.<name>.
var shareFormats = []struct {
	name    string
	picture bool // of the view in front
}{
	{formatSnapshot, false}, {"html", false}, {formatMarkdown, false}, {"png", true}, {"svg", true}, {"otlp-json", false}, {"otlp-proto", false},
	{"jaeger-json", false}, {"zipkin-json", false}, {"chrome-trace", false}, {"folded", false}, {"csv", false},
}
