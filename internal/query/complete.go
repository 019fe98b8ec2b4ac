package query

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"traceview/internal/model"
)

// A Vocabulary is what the filters of one trace can speak of. It is immutable.
type Vocabulary struct {
	keys     []string // of attributes, the most frequent first
	events   []string // names, likewise
	services []string
	names    []string // of operations, the most frequent first
}

// NewVocabulary collects the words of a trace in one pass over its attributes.
func NewVocabulary(t *model.Trace) *Vocabulary {
	keys, events, names := make([]int, t.Strings()), make([]int, t.Strings()), make([]int, t.Strings())
	count := func(list []model.Attr) {
		for _, a := range list {
			keys[a.Key]++
		}
	}
	seen := make([]bool, t.Resources())
	for i := range t.Spans {
		sp := &t.Spans[i]
		names[sp.Name]++
		count(t.Attrs(model.SpanIndex(i)))
		list := t.SpanEvents(model.SpanIndex(i))
		for k := range list {
			events[list[k].Name]++
			count(t.EventAttrs(&list[k]))
		}
		if !seen[sp.Resource] {
			seen[sp.Resource] = true
			count(t.ResourceAttrs(sp.Resource))
		}
	}
	v := &Vocabulary{keys: frequent(t, keys), events: frequent(t, events), names: frequent(t, names)}
	for _, s := range t.Services {
		v.services = append(v.services, s.Name)
	}
	return v
}

// Keys returns the keys of attributes, the most frequent first. The caller must
// not change them.
func (v *Vocabulary) Keys() []string { return v.keys }

// frequent returns the strings that were counted, the most frequent first.
func frequent(t *model.Trace, counts []int) []string {
	var ids []model.StringID
	for id, n := range counts {
		if n > 0 && id > 0 {
			ids = append(ids, model.StringID(id))
		}
	}
	slices.SortFunc(ids, func(a, b model.StringID) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(t.Str(a), t.Str(b)))
	})
	list := make([]string, len(ids))
	for k, id := range ids {
		list[k] = t.Str(id)
	}
	return list
}

// A Completion is a way to go on: the runes From to To of the text become Text.
type Completion struct {
	Text     string
	From, To int
}

// Complete returns at most limit ways to finish the word that ends at the rune
// caret of text: keys with what they are compared by, then the values known of
// service, name, kind, status and has. Those that begin with what was typed
// come before those that contain it.
func (v *Vocabulary) Complete(text string, caret, limit int) []Completion {
	in := []rune(text)
	caret = min(max(caret, 0), len(in))
	from := caret
	for from > 0 && !unicode.IsSpace(in[from-1]) {
		from--
	}
	if from < caret && in[from] == '-' {
		from++
	}
	word := string(in[from:caret])
	prefix, typed, list := "", word, v.heads()
	if at := strings.IndexAny(word, "=~:"); at >= 0 {
		prefix, typed = word[:at+1], word[at+1:]
		list = v.values(strings.ToLower(strings.TrimRight(word[:at], "!")), word[at])
	}
	var out []Completion
	for _, s := range Suggest(strings.Trim(typed, `"`), list, limit) {
		rest := s.Text
		if prefix != "" {
			rest = quote(rest)
		}
		if prefix+rest != word {
			out = append(out, Completion{prefix + rest, from, caret})
		}
	}
	return out
}

// heads returns what a term can begin with.
func (v *Vocabulary) heads() []string {
	list := []string{"service=", "name=", "kind=", "status=", "dur>", "error", has}
	for _, k := range v.keys {
		if !strings.ContainsFunc(k, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`"=~<>!`, r) }) {
			list = append(list, k+"=")
		}
	}
	return list
}

// values returns what may follow a key and its operator.
func (v *Vocabulary) values(key string, sign byte) []string {
	switch {
	case sign == ':' && key+":" == has:
		return append(slices.Clone(v.keys), v.events...)
	case sign == ':':
		return nil
	}
	switch key {
	case "service":
		return v.services
	case "name":
		return v.names
	case "kind":
		return kinds()[1:]
	case "status":
		return statuses()
	}
	return nil
}

// quote puts a value into quotes if it would not stay whole without them.
func quote(s string) string {
	if strings.ContainsFunc(s, unicode.IsSpace) || strings.HasPrefix(s, `"`) || s == "" {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return s
}
