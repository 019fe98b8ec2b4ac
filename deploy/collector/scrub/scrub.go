// Package scrub is a processor that takes out of spans what storage must never
// hold: attributes by their key, and parts of texts by their pattern.
//
// It looks wherever a span holds text: in attributes of the resource, the
// library, the span, its events and its links, at any depth of lists and maps,
// in bytes, in names, in the status and in the trace state. The processors of
// the collector's own distributions look at plain texts of some of these only.
package scrub

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
)

// Config says what is taken out.
type Config struct {
	// Keys are regular expressions; an attribute whose key one of them matches is
	// removed. Keys are compared in lower case, with _ for each -.
	Keys []string `mapstructure:"keys"`
	// Values are regular expressions; what they match in a text becomes Mark. Where
	// an expression has a first group, that much of the match stays before it.
	Values []string `mapstructure:"values"`
	// Keep are keys whose values are left alone, such as the order number, which
	// may look like a telephone number.
	Keep []string `mapstructure:"keep"`
}

// Mark stands where something was taken out of a text.
const Mark = "[removed]"

// Validate implements the collector's check of configurations.
func (c *Config) Validate() error {
	_, err := newScrubber(c)
	return err
}

// NewFactory returns the processor "scrub".
func NewFactory() processor.Factory {
	return processor.NewFactory(component.MustNewType("scrub"),
		func() component.Config { return &Config{} },
		processor.WithTraces(create, component.StabilityLevelStable))
}

func create(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
	s, err := newScrubber(cfg.(*Config))
	if err != nil {
		return nil, err
	}
	clean := func(_ context.Context, td ptrace.Traces) (ptrace.Traces, error) {
		s.traces(td)
		return td, nil
	}
	return processorhelper.NewTraces(ctx, set, cfg, next, clean, processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}))
}

// A scrubber may be used by any goroutine.
type scrubber struct {
	keys   []*regexp.Regexp
	values []pattern
	keep   []string

	allowed memo // keys
	clean   memo // texts in which nothing was found
}

// A memo remembers texts that are harmless, and no others. Most keys and values of
// spans come again and again, and a look-up costs a hundredth of the expressions.
type memo struct {
	mu    sync.RWMutex
	known map[string]struct{}
}

// What a memo holds at most: 16 MiB of texts.
const (
	memoTexts  = 1 << 16
	memoLength = 256
)

// holds says whether a text is harmless, by what is remembered or by finding out.
func (m *memo) holds(text string, harmless func() bool) bool {
	if len(text) > memoLength {
		return harmless()
	}
	m.mu.RLock()
	_, ok := m.known[text]
	m.mu.RUnlock()
	if ok {
		return true
	}
	if !harmless() {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= memoTexts {
		m.known = map[string]struct{}{}
	}
	m.known[strings.Clone(text)] = struct{}{} // not the whole request it is cut from
	return true
}

type pattern struct {
	*regexp.Regexp
	into string
}

func newScrubber(c *Config) (*scrubber, error) {
	if len(c.Keys) == 0 && len(c.Values) == 0 {
		return nil, errors.New("scrub: neither keys nor values: nothing would be taken out")
	}
	s := &scrubber{keep: c.Keep}
	for _, k := range c.Keys {
		re, err := regexp.Compile(k)
		if err != nil {
			return nil, fmt.Errorf("scrub keys: %w", err)
		}
		s.keys = append(s.keys, re)
	}
	for _, v := range c.Values {
		re, err := regexp.Compile(v)
		if err != nil {
			return nil, fmt.Errorf("scrub values: %w", err)
		}
		p := pattern{re, Mark}
		if re.NumSubexp() > 0 {
			p.into = "${1}" + Mark
		}
		s.values = append(s.values, p)
	}
	return s, nil
}

func (s *scrubber) traces(td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		s.attributes(rs.Resource().Attributes())
		for _, ss := range rs.ScopeSpans().All() {
			s.attributes(ss.Scope().Attributes())
			for _, span := range ss.Spans().All() {
				s.span(span)
			}
		}
	}
}

func (s *scrubber) span(span ptrace.Span) {
	span.SetName(s.text(span.Name()))
	span.Status().SetMessage(s.text(span.Status().Message()))
	span.TraceState().FromRaw(s.text(span.TraceState().AsRaw()))
	s.attributes(span.Attributes())
	for _, e := range span.Events().All() {
		e.SetName(s.text(e.Name()))
		s.attributes(e.Attributes())
	}
	for _, l := range span.Links().All() {
		l.TraceState().FromRaw(s.text(l.TraceState().AsRaw()))
		s.attributes(l.Attributes())
	}
}

func (s *scrubber) attributes(m pcommon.Map) {
	m.RemoveIf(func(key string, v pcommon.Value) bool {
		if slices.Contains(s.keep, key) {
			return false
		}
		if s.forbids(key) {
			return true
		}
		s.value(v)
		return false
	})
}

func (s *scrubber) forbids(key string) bool {
	return !s.allowed.holds(key, func() bool {
		key := strings.ReplaceAll(strings.ToLower(key), "-", "_")
		return !slices.ContainsFunc(s.keys, func(re *regexp.Regexp) bool { return re.MatchString(key) })
	})
}

func (s *scrubber) value(v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if was := v.Str(); was != "" {
			if is := s.text(was); is != was {
				v.SetStr(is)
			}
		}
	case pcommon.ValueTypeInt: // a card number, or a telephone number, without its signs
		if was := v.AsString(); s.text(was) != was {
			v.SetStr(Mark)
		}
	case pcommon.ValueTypeBytes:
		if was := string(v.Bytes().AsRaw()); s.text(was) != was {
			v.SetStr(Mark)
		}
	case pcommon.ValueTypeMap:
		s.attributes(v.Map())
	case pcommon.ValueTypeSlice:
		for _, e := range v.Slice().All() {
			s.value(e)
		}
	}
}

func (s *scrubber) text(t string) string {
	clean := func() bool {
		return !slices.ContainsFunc(s.values, func(p pattern) bool { return p.MatchString(t) })
	}
	if t == "" || s.clean.holds(t, clean) {
		return t
	}
	for _, p := range s.values {
		if p.MatchString(t) {
			t = p.ReplaceAllString(t, p.into)
		}
	}
	return t
}
