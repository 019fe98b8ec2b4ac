package voice

import (
	"unicode"
	"unicode/utf8"

	"traceview/internal/model"
)

// A Printer writes words in the language chosen, as i18n.Printer does.
type Printer interface {
	T(key string, args ...any) string
	Lang() string
}

// A Voice calls things by mappings, the first of which counts most, in one language.
type Voice struct {
	words Printer
	maps  []*Mapping
}

// New returns the voice of some mappings; those that are nil are left out.
func New(w Printer, maps ...*Mapping) *Voice {
	v := &Voice{words: w}
	for _, m := range maps {
		if m != nil {
			v.maps = append(v.maps, m)
		}
	}
	return v
}

// System returns what a service is called, its own name if nothing else is known.
func (v *Voice) System(service string) string {
	for _, m := range v.maps {
		for _, s := range m.systems {
			if s.service.match(service) {
				return s.name.in(v.words.Lang())
			}
		}
	}
	return service
}

// Step returns what a step is called of which only service and operation are known,
// "" if that is not known.
func (v *Voice) Step(service, operation string) string {
	for _, m := range v.maps {
		for k := range m.rules {
			if r := &m.rules[k]; len(r.attrs) == 0 && r.service.match(service) && r.operation.match(operation) {
				return m.steps[r.step].in(v.words.Lang())
			}
		}
	}
	return ""
}

// Status returns what a value of a status is called, the value itself if nothing else
// is known.
func (v *Voice) Status(value string) string {
	return v.named(value, func(m *Mapping) map[string]names { return m.statuses })
}

// Subject is Status for what has a status.
func (v *Voice) Subject(of string) string {
	return v.named(of, func(m *Mapping) map[string]names { return m.subjects })
}

func (v *Voice) named(text string, list func(m *Mapping) map[string]names) string {
	for _, m := range v.maps {
		if n := list(m)[text]; n != nil {
			return n.in(v.words.Lang())
		}
	}
	return text
}

// Capital returns a text that begins with a capital.
func Capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 || !unicode.IsLower(r) {
		return text
	}
	return string(unicode.ToUpper(r)) + text[n:]
}

// Of returns who calls the spans of a trace by this voice.
func (v *Voice) Of(t *model.Trace) *Speaker {
	return &Speaker{voice: v, t: t, first: model.StringID(t.Strings()), ops: map[opKey][]ruleOf{}, systems: map[model.StringID]word{},
		said: map[said]word{}, phrases: map[phrase]word{}}
}

// A Speaker calls the spans of one trace. What it said once costs nothing more. It is
// used by one goroutine.
type Speaker struct {
	voice *Voice
	t     *model.Trace
	first model.StringID // number of its first word: smaller ones are strings of the trace
	// What was looked up so far: the rules that may fit the spans of an operation, in
	// their order, names of services, and words.
	ops     map[opKey][]ruleOf
	systems map[model.StringID]word
	phrases map[phrase]word
	said    map[said]word
}

// said is a text that has a number, for a step of the business or, at -1, for none.
type said struct {
	text string
	step int
}

// A word is what something is called, and its number.
type word struct {
	id   model.StringID
	text string
	head string // text as it begins a line
	step int    // its place among the steps of the business, -1 for none
}

type opKey struct {
	service, name model.StringID
	kind          model.Kind
}

type ruleOf struct {
	m *Mapping
	r *rule
}

// Name returns what span i is called, as it begins a line, and the number of that text, which no string of
// the trace and no other word has. Where nothing better is known it is its own name.
func (s *Speaker) Name(i model.SpanIndex) (model.StringID, string) {
	w, ok := s.word(i)
	if !ok {
		name := s.t.Spans[i].Name
		return name, s.t.Str(name)
	}
	return w.id, w.head
}

// Span returns what span i is called amid a sentence, "" for its own name.
func (s *Speaker) Span(i model.SpanIndex) string {
	w, _ := s.word(i)
	return w.text
}

// Step returns the place of span i among the steps of the business, and false for one
// that is none of them.
func (s *Speaker) Step(i model.SpanIndex) (place int, ok bool) {
	w, ok := s.word(i)
	return w.step, ok && w.step >= 0
}

// System returns what the service of span i is called.
func (s *Speaker) System(i model.SpanIndex) (model.StringID, string) {
	id := s.t.ResourceAt(s.t.Spans[i].Resource).Service
	w, ok := s.systems[id]
	if !ok {
		own := s.t.Str(id)
		w = word{id: id, text: own}
		if name := s.voice.System(own); name != own {
			w = s.say(name, -1)
		}
		s.systems[id] = w
	}
	return w.id, w.text
}

// say returns a text with its number.
func (s *Speaker) say(text string, step int) word {
	w, ok := s.said[said{text, step}]
	if !ok {
		w = word{s.first + model.StringID(len(s.said)), text, Capital(text), step}
		s.said[said{text, step}] = w
	}
	return w
}

// word returns what span i is called other than by its own name.
func (s *Speaker) word(i model.SpanIndex) (word, bool) {
	sp := &s.t.Spans[i]
	key := opKey{s.t.ResourceAt(sp.Resource).Service, sp.Name, sp.Kind}
	rules, ok := s.ops[key]
	if !ok {
		rules = s.rulesOf(key)
		s.ops[key] = rules
	}
	for _, c := range rules {
		if s.fits(c.r, i) {
			return s.say(c.m.steps[c.r.step].in(s.voice.words.Lang()), s.place(c)), true
		}
	}
	return s.byConvention(i)
}

// place returns the place of a step among those of all mappings.
func (s *Speaker) place(c ruleOf) int {
	n := 0
	for _, m := range s.voice.maps {
		if m == c.m {
			break
		}
		n += len(m.steps)
	}
	return n + c.r.step
}

// rulesOf finds the rules that may fit the spans of an operation.
func (s *Speaker) rulesOf(key opKey) (list []ruleOf) {
	service, name := s.t.Str(key.service), s.t.Str(key.name)
	for _, m := range s.voice.maps {
		for n := range m.rules {
			r := &m.rules[n]
			if (r.kind == model.KindUnspecified || r.kind == key.kind) && r.service.match(service) && r.operation.match(name) {
				if list = append(list, ruleOf{m, r}); len(r.attrs) == 0 {
					return list // which always fits
				}
			}
		}
	}
	return list
}

// fits says whether a span has the attributes that a rule asks for.
func (s *Speaker) fits(r *rule, i model.SpanIndex) bool {
	for _, a := range r.attrs {
		v, ok := s.t.Attr(i, a.key)
		if !ok || !a.value.match(s.t.Text(v)) {
			return false
		}
	}
	return true
}
