package query

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"traceview/internal/model"
)

// maxWords bounds the lists of a Vocabulary: 5,000 are matched with what is
// typed in 3 ms, and whoever looks for a rarer one types more of it.
const maxWords = 5000

// A Vocabulary is what the filters of one trace can speak of. It is immutable.
type Vocabulary struct {
	keys     words // of attributes
	events   words // names
	services words
	names    words            // of operations
	heads    words            // what a term can begin with
	values   map[string]words // of attributes, by key in lower case
}

// Keys returns the keys of attributes, the most frequent first. The caller must
// not change them.
func (v *Vocabulary) Keys() []string { return v.keys.texts }

// words are texts with how often each occurs, the most frequent first.
type words struct {
	texts  []string
	counts []int
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
		v.services.texts, v.services.counts = append(v.services.texts, s.Name), append(v.services.counts, s.Spans)
	}
	v.heads = v.begin()
	return v
}

// frequent returns the strings that were counted, maxWords at most.
func frequent(t *model.Trace, counts []int) words {
	var ids []model.StringID
	for id, n := range counts {
		if n > 0 && id > 0 {
			ids = append(ids, model.StringID(id))
		}
	}
	slices.SortFunc(ids, func(a, b model.StringID) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(t.Str(a), t.Str(b)))
	})
	ids = ids[:min(len(ids), maxWords)]
	w := words{make([]string, len(ids)), make([]int, len(ids))}
	for k, id := range ids {
		w.texts[k], w.counts[k] = t.Str(id), counts[id]
	}
	return w
}

// begin returns what a term can begin with.
func (v *Vocabulary) begin() words {
	w := words{[]string{"service=", "name=", "kind=", "status=", "dur>", "error", has}, make([]int, 7)}
	add := func(text string, n int) { w.texts, w.counts = append(w.texts, text), append(w.counts, n) }
	for k, s := range v.keys.texts {
		if nameable(s) {
			add(s+"=", v.keys.counts[k])
		}
	}
	for k, s := range v.services.texts {
		add("service="+quote(s), v.services.counts[k])
	}
	for k, s := range v.names.texts {
		add("name="+quote(s), v.names.counts[k])
	}
	return w
}

// Counted is texts with how often each occurs, the most frequent first.
type Counted words

// maxDistinct is how many different values of a key are counted, in the order
// met: ids have as many as there are spans, and none of them is typed by heart.
const maxDistinct = 20_000

// Values counts the values of an attribute of spans, their resources and events,
// whatever the case of its key. It takes one pass over the attributes and ends
// with ctx, whose error it returns.
func Values(ctx context.Context, t *model.Trace, key string) (Counted, error) {
	is := make([]bool, t.Strings())
	for id := range is {
		is[id] = strings.EqualFold(t.Str(model.StringID(id)), key)
	}
	counts := map[string]int{}
	count := func(list []model.Attr, n int) {
		for _, a := range list {
			if !is[a.Key] {
				continue
			}
			text := t.Text(a)
			if _, ok := counts[text]; (ok || len(counts) < maxDistinct) && text != "" && len(text) <= longestValue && !strings.ContainsAny(text, "\r\n") {
				counts[text] += n
			}
		}
	}
	spans := make([]int, t.Resources())
	for i := range t.Spans {
		if i&0xffff == 0 && ctx.Err() != nil {
			return Counted{}, ctx.Err()
		}
		spans[t.Spans[i].Resource]++
		count(t.Attrs(model.SpanIndex(i)), 1)
		list := t.SpanEvents(model.SpanIndex(i))
		for k := range list {
			count(t.EventAttrs(&list[k]), 1)
		}
	}
	for r, n := range spans {
		if n > 0 {
			count(t.ResourceAttrs(model.ResourceID(r)), n)
		}
	}
	texts := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	texts = texts[:min(len(texts), maxWords)]
	out := Counted{texts: texts, counts: make([]int, len(texts))}
	for k, s := range texts {
		out.counts[k] = counts[s]
	}
	return out, nil
}

// longestValue is how long a value may be, in bytes, to be offered.
const longestValue = 200
