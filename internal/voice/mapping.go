// Package voice calls services and spans what the people of a house call them. A
// mapping, a small file that is shared, says which spans are which step of the
// business; where it says nothing, the conventions of OpenTelemetry say at least what
// kind of thing a span is.
package voice

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"traceview/internal/model"
)

// A Mapping says what services and steps are called. It does not change once read and
// may be used by any goroutine.
type Mapping struct {
	Title   string
	systems []system
	rules   []rule
	steps   []names // in the order in which an order goes through them
	// What has a status, by its own name, and the statuses, by their values.
	subjects, statuses map[string]names
}

// names are the words for one thing, by language.
type names map[string]string

// in returns the words in a language, else those in English, else any.
func (n names) in(lang string) string {
	for _, l := range []string{lang, "en"} {
		if n[l] != "" {
			return n[l]
		}
	}
	all := make([]string, 0, len(n))
	for _, text := range n {
		all = append(all, text)
	}
	return slices.Min(all)
}

type system struct {
	service glob
	name    names
}

// A rule says which spans are a step.
type rule struct {
	service, operation glob
	kind               model.Kind // KindUnspecified for any
	attrs              []attribute
	step               int
}

type attribute struct {
	key   string
	value glob
}

// A glob is a pattern in which * stands for any text; "" matches everything.
type glob string

// match says whether the pattern fits all of a text.
func (g glob) match(s string) bool {
	if g == "" {
		return true
	}
	parts := strings.Split(string(g), "*")
	last := len(parts) - 1
	if last == 0 {
		return s == parts[0]
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for _, p := range parts[1:last] {
		at := strings.Index(s, p)
		if at < 0 {
			return false
		}
		s = s[at+len(p):]
	}
	return strings.HasSuffix(s, parts[last])
}

// Bounds of a file, far beyond what anybody writes by hand.
const (
	maxBytes  = 1 << 20
	maxThings = 2000 // systems, steps, and patterns of all steps
	maxText   = 300  // characters of a name or a pattern
	version   = 1
)

// fileOf is the form of the file.
type fileOf struct {
	Version int    `json:"traceview_steps"`
	Title   string `json:"title"`
	Systems []struct {
		Service string `json:"service"`
		Name    names  `json:"name"`
	} `json:"systems"`
	Steps []struct {
		Name  names `json:"name"`
		Match []struct {
			Service    string            `json:"service"`
			Operation  string            `json:"operation"`
			Kind       string            `json:"kind"`
			Attributes map[string]string `json:"attributes"`
		} `json:"match"`
	} `json:"steps"`
	Subjects map[string]names `json:"subjects"`
	Statuses map[string]names `json:"statuses"`
}

// ErrNotSteps is wrapped by the error about a file that holds something else.
var ErrNotSteps = errors.New("it is no file of step names")

// Decode reads a mapping. The error says where the file is wrong.
func Decode(data []byte) (*Mapping, error) {
	m, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("read step names: %w", err)
	}
	return m, nil
}

func decode(data []byte) (*Mapping, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%d bytes are more than %d", len(data), maxBytes)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var f fileOf
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("line %d: %w: %w", lineOf(data, d.InputOffset(), err), ErrNotSteps, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: something follows the end", lineOf(data, d.InputOffset(), nil))
	}
	switch {
	case f.Version == 0:
		return nil, fmt.Errorf("%w: \"traceview_steps\": %d is missing", ErrNotSteps, version)
	case f.Version != version:
		return nil, fmt.Errorf("version %d is not known, only %d", f.Version, version)
	}
	return f.mapping()
}

// lineOf returns the line of an offset, or of that which the error tells.
func lineOf(data []byte, at int64, err error) int {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		at = int64(len(data))
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &typed):
		at = typed.Offset
	}
	return 1 + bytes.Count(data[:min(max(at, 0), int64(len(data)))], []byte("\n"))
}

// mapping checks what was read.
func (f *fileOf) mapping() (*Mapping, error) {
	m := &Mapping{Title: f.Title}
	if err := fits(f.Title); err != nil {
		return nil, fmt.Errorf("title: %w", err)
	}
	if max(len(f.Systems), len(f.Steps), len(f.Subjects), len(f.Statuses)) > maxThings {
		return nil, fmt.Errorf("more than %d systems, steps or statuses", maxThings)
	}
	if err := m.status(f); err != nil {
		return nil, err
	}
	for k, s := range f.Systems {
		if s.Service == "" {
			return nil, fmt.Errorf("system %d: the service is missing", k+1)
		}
		if err := errors.Join(s.Name.check(), fits(s.Service)); err != nil {
			return nil, fmt.Errorf("system %d (%s): %w", k+1, s.Service, err)
		}
		m.systems = append(m.systems, system{glob(s.Service), s.Name})
	}
	for k := range f.Steps {
		if err := f.step(m, k); err != nil {
			return nil, fmt.Errorf("step %d: %w", k+1, err)
		}
	}
	if len(m.rules) > maxThings {
		return nil, fmt.Errorf("more than %d patterns", maxThings)
	}
	return m, nil
}

// status adds the words for statuses, and for what has them, to a mapping.
func (m *Mapping) status(f *fileOf) error {
	m.subjects, m.statuses = f.Subjects, f.Statuses
	for _, part := range []struct {
		of   string
		list map[string]names
	}{{"subjects", f.Subjects}, {"statuses", f.Statuses}} {
		for _, value := range slices.Sorted(maps.Keys(part.list)) {
			if err := errors.Join(part.list[value].check(), fits(value)); err != nil {
				return fmt.Errorf("%s, %q: %w", part.of, value, err)
			}
		}
	}
	return nil
}

// step adds step k to a mapping.
func (f *fileOf) step(m *Mapping, k int) error {
	s := &f.Steps[k]
	if err := s.Name.check(); err != nil {
		return err
	}
	if len(s.Match) == 0 {
		return fmt.Errorf("%q: \"match\" is missing: which spans are it?", s.Name.in("en"))
	}
	m.steps = append(m.steps, s.Name)
	for n, p := range s.Match {
		kind, ok := kinds[p.Kind]
		switch {
		case !ok:
			return fmt.Errorf("match %d: kind %q: want client, server, producer, consumer or internal", n+1, p.Kind)
		case p.Service == "" && p.Operation == "" && len(p.Attributes) == 0:
			return fmt.Errorf("match %d: it fits every span: name a service, an operation or attributes", n+1)
		}
		r := rule{service: glob(p.Service), operation: glob(p.Operation), kind: kind, step: len(m.steps) - 1}
		err := errors.Join(fits(p.Service), fits(p.Operation))
		for key, value := range p.Attributes {
			err = errors.Join(err, fits(key), fits(value))
			r.attrs = append(r.attrs, attribute{key, glob(value)})
		}
		if err != nil {
			return fmt.Errorf("match %d: %w", n+1, err)
		}
		slices.SortFunc(r.attrs, func(a, b attribute) int { return strings.Compare(a.key, b.key) })
		m.rules = append(m.rules, r)
	}
	return nil
}

var kinds = map[string]model.Kind{"": model.KindUnspecified, "internal": model.KindInternal, "server": model.KindServer, "client": model.KindClient,
	"producer": model.KindProducer, "consumer": model.KindConsumer}

// check says whether there is a name at all.
func (n names) check() error {
	if len(n) == 0 {
		return errors.New("\"name\" is missing: want {\"en\": …, \"ru\": …}")
	}
	for lang, text := range n {
		if strings.TrimSpace(text) == "" || lang == "" {
			return fmt.Errorf("the name in %q is empty", lang)
		}
		if err := errors.Join(fits(text), fits(lang)); err != nil {
			return err
		}
	}
	return nil
}

// fits says whether a text is one that can be shown or compared.
func fits(s string) error {
	switch {
	case !utf8.ValidString(s):
		return errors.New("a text is not UTF-8")
	case utf8.RuneCountInString(s) > maxText:
		return fmt.Errorf("%.40q… is longer than %d characters", s, maxText)
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }):
		return fmt.Errorf("%.40q has line breaks or control characters", s)
	}
	return nil
}
