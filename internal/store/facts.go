package store

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"traceview/internal/analysis/traffic"
	"traceview/internal/model"
)

// The bounds on what is indexed of one trace. A trace of 20,000 spans stays
// below them; of a bigger one, attributes and text beyond are not found, failed
// spans coming first. Services are complete.
const (
	maxValue  = 256     // bytes of a value that is found as a whole
	maxText   = 1 << 10 // bytes of a text whose words are found
	maxPairs  = 1 << 16 // attributes with different values
	maxWords  = 1 << 20 // bytes of text
	maxOrders = 100     // found by their beginning; more are found as attributes, exactly
	maxLinks  = 10_000
)

// maxNames bounds the operations indexed of a trace. A test lowers it: 10,000
// names take the race detector minutes.
var maxNames = 10_000

// facts are what the indexes hold of a trace.
type facts struct {
	services   []Service
	operations []string
	orders     []string
	links      []linkFact
	twins      int             // spans whose id another span has, without being its repeat
	words      strings.Builder // text, and attributes as words
	digest     *traffic.Digest
}

type linkFact struct {
	toTrace model.TraceID
	toSpan  model.SpanID
	from    model.SpanID
}

// A gatherer goes through a trace once.
type gatherer struct {
	facts
	t         *model.Trace
	orderKeys []string
	isOrder   []int8 // by StringID of the key: 0 for not looked at yet, 1 for no, 2 for yes
	pairs     map[uint64]struct{}
	texts     map[string]struct{}
	ops       map[model.StringID]struct{}
	resources map[model.ResourceID]bool
}

func factsOf(t *model.Trace, orderKeys []string) *facts {
	g := &gatherer{t: t, orderKeys: orderKeys, isOrder: make([]int8, t.Strings()), pairs: map[uint64]struct{}{}, texts: map[string]struct{}{},
		ops: map[model.StringID]struct{}{}, resources: map[model.ResourceID]bool{}}
	for _, v := range t.Services {
		g.services = append(g.services, Service(v))
		g.text(v.Name)
	}
	for _, w := range t.Warnings {
		if w.Kind == model.DuplicateSpanID {
			g.twins++
		}
	}
	for _, failed := range []bool{true, false} {
		for i := range t.Spans {
			if t.Spans[i].Failed() == failed {
				g.span(model.SpanIndex(i))
			}
		}
	}
	for _, v := range g.orders {
		g.text(v)
	}
	var d traffic.Digester
	g.digest = d.Digest(t)
	return &g.facts
}

func (g *gatherer) span(i model.SpanIndex) {
	s := &g.t.Spans[i]
	if _, seen := g.ops[s.Name]; !seen && len(g.ops) < maxNames {
		g.ops[s.Name] = struct{}{}
		g.operations = append(g.operations, g.t.Str(s.Name))
		g.text(g.t.Str(s.Name))
	}
	if s.StatusText != 0 {
		g.text(g.t.Str(s.StatusText))
	}
	if !g.resources[s.Resource] {
		g.resources[s.Resource] = true
		g.attrs(g.t.ResourceAttrs(s.Resource))
	}
	g.attrs(g.t.Attrs(i))
	for _, e := range g.t.SpanEvents(i) {
		g.text(g.t.Str(e.Name))
		g.attrs(g.t.EventAttrs(&e))
	}
	for _, l := range g.t.SpanLinks(i) {
		if len(g.links) < maxLinks && !l.Trace.IsZero() {
			g.links = append(g.links, linkFact{l.Trace, l.Span, s.ID})
		}
	}
}

func (g *gatherer) attrs(attrs []model.Attr) {
	for _, a := range attrs {
		if g.isOrder[a.Key] == 0 {
			g.isOrder[a.Key] = 1
			if slices.Contains(g.orderKeys, g.t.Key(a)) {
				g.isOrder[a.Key] = 2
			}
		}
		if g.isOrder[a.Key] == 2 {
			if v := g.t.Text(a); v != "" && len(v) <= maxValue && len(g.orders) < maxOrders && !slices.Contains(g.orders, v) {
				g.orders = append(g.orders, v)
			}
		}
		if len(g.pairs) < maxPairs {
			g.pair(a)
		}
		if a.Kind == model.ValueString {
			g.text(g.t.Raw(a))
		}
	}
}

// pair enters an attribute with its value as one word.
func (g *gatherer) pair(a model.Attr) {
	value := g.t.Raw(a)
	if a.Kind != model.ValueString {
		value = g.t.Text(a)
	}
	if len(value) > maxValue {
		return
	}
	h := pairHash(g.t.Key(a), value)
	if _, seen := g.pairs[h]; !seen {
		g.pairs[h] = struct{}{}
		g.words.WriteString(pairWord(h))
		g.words.WriteByte(' ')
	}
}

// text enters the words of a text.
func (g *gatherer) text(v string) {
	if v == "" || g.words.Len() > maxWords+maxPairs*pairWordLen {
		return
	}
	if len(v) > maxText {
		n := maxText
		for n > 0 && !utf8.RuneStart(v[n]) {
			n--
		}
		v = v[:n]
	}
	if _, seen := g.texts[v]; !seen {
		g.texts[v] = struct{}{}
		g.words.WriteString(plainYo.Replace(v))
		g.words.WriteByte(' ')
	}
}

// plainYo writes ё as most people do, which the tokenizer does not.
var plainYo = strings.NewReplacer("ё", "е", "Ё", "Е")

// pairHash tells attributes with their values apart, by FNV-1a of 64 bits: of 10
// million pairs, two share one with a chance of 1 in 370,000.
func pairHash(key, value string) uint64 {
	const prime = 1099511628211
	h := uint64(14695981039346656037)
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * prime
	}
	h *= prime // a zero byte between the two
	for i := range len(value) {
		h = (h ^ uint64(value[i])) * prime
	}
	return h
}

// pairWordLen is the most bytes of a pairWord and the blank after it.
const pairWordLen = 17

// pairWord returns the word for a hash. It begins with a character of private
// use, which is a letter to the tokenizer and that nobody types.
func pairWord(h uint64) string { return "\ue000" + strconv.FormatUint(h, 36) }

// jsonText writes what always can be written.
func jsonText(v any) string {
	text, _ := json.Marshal(v) // lists of strings and Services: no error is possible
	return string(text)
}
