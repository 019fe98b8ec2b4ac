package i18n

import (
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"

	"traceview/internal/units"
)

// parser reads the only syntax our messages use, {{.name}}. It stands in for
// text/template, which takes twice as long (1.0 µs and 12 allocations a message
// against 0.5 µs and 5) and writes "<no value>" where an argument is missing.
type parser struct{}

// Cacheable implements template.Parser.
func (parser) Cacheable() bool { return true }

// Parse implements template.Parser. What does not read as a placeholder stays
// as it is.
func (parser) Parse(src, _, _ string) (template.ParsedTemplate, error) {
	m := &message{}
	for {
		before, rest, ok := strings.Cut(src, "{{.")
		name, after, closed := strings.Cut(rest, "}}")
		if !ok || !closed {
			m.tail = src
			return m, nil
		}
		m.parts = append(m.parts, part{before, name})
		src = after
	}
}

// A message is a parsed text: parts, then a tail.
type message struct {
	parts []part
	tail  string
}

// A part is literal text followed by a placeholder.
type part struct{ text, name string }

// arguments are names and values in turn.
type arguments struct {
	units units.Printer
	list  []any
}

// Execute implements template.ParsedTemplate; data are arguments.
func (m *message) Execute(data any) (string, error) {
	if len(m.parts) == 0 {
		return m.tail, nil
	}
	args, _ := data.(arguments)
	var b strings.Builder
	b.Grow(128)
	for _, p := range m.parts {
		b.WriteString(p.text)
		b.WriteString(args.value(p.name))
	}
	b.WriteString(m.tail)
	return b.String(), nil
}

// value returns the text of a named argument, or its placeholder if there is
// none, so that the fault is seen rather than hidden.
func (a arguments) value(name string) string {
	for i := 0; i+1 < len(a.list); i += 2 {
		if a.list[i] != name {
			continue
		}
		switch v := a.list[i+1].(type) {
		case string:
			return v
		case int:
			return a.units.Number(v)
		default:
			return fmt.Sprint(v)
		}
	}
	return "{{." + name + "}}"
}
