package redact

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// where is the part of a trace that a text stands in.
type where uint8

const (
	inSpan where = iota
	inResource
	inScope
	inEvent
	inLink
	inLog
	inField
	nowhere
)

var whereNames = [...]string{"span", "resource", "library", "event", "link", "log", "field", ""}

// place is where a text stands.
type place struct {
	where where
	key   string
}

// A Change is what is replaced of one kind among the values of one key.
type Change struct {
	// Where is span, resource, library, event, link or log for attributes of those,
	// field for texts with a name of Fields, or @key for keys of attributes.
	Where string
	Key   string
	Kinds map[Kind]int // how often, by kind
	Count int          // of all kinds
	// Examples are some of what is replaced, so masked that they tell nobody more
	// than which they are.
	Examples []string
	// Values are what is replaced by what, the most frequent first, where Values was
	// called before; Beyond is how often others were that are not among them.
	Values []Value
	Beyond int

	values []*Value
}

// A Value is one text that is replaced, plain: it is for the eyes of who shares,
// and belongs in no log.
type Value struct {
	Kind   Kind
	Before string // its beginning, where it is long
	After  string
	Count  int
}

const (
	maxPlaces   = 1000 // that changes are counted by; a trace may have a million keys
	maxExamples = 3
	maxValues   = 100  // of one key
	maxAll      = 5000 // of all keys
	maxShown    = 400  // bytes of a value
)

// valueKey tells values apart.
type valueKey struct {
	of     *Change
	kind   Kind
	before string
}

// CollectValues has Changes tell the values that are replaced from here on, at
// most 5,000 different ones. Two that begin alike for 400 bytes count as one.
func (r *Redactor) CollectValues() {
	if r.values == nil {
		r.values = map[valueKey]*Value{}
	}
}

func (r *Redactor) noteValue(c *Change, k Kind, s string, do Action) {
	before := s[:min(len(s), maxShown)]
	if v := r.values[valueKey{c, k, before}]; v != nil {
		v.Count++
		return
	}
	if len(c.values) == maxValues || len(r.values) == maxAll {
		c.Beyond++
		return
	}
	v := &Value{Kind: k, Before: strings.Clone(before), Count: 1}
	switch do {
	case Mask:
		v.After = masked
	case Hash:
		v.After = r.token(k, s)
	default:
		v.After = r.instead(k, s)
	}
	c.values = append(c.values, v)
	r.values[valueKey{c, k, v.Before}] = v
}

// note counts a change and returns the place it is counted at, nil for none.
func (r *Redactor) note(at place, k Kind, s string) *Change {
	if at.where == nowhere {
		return nil
	}
	c := r.found[at]
	if c == nil {
		if len(r.found) == maxPlaces {
			r.over++
			return nil
		}
		at.key = strings.Clone(at.key)
		c = &Change{Where: whereNames[at.where], Key: at.key, Kinds: map[Kind]int{}}
		r.found[at] = c
	}
	c.Kinds[k]++
	c.Count++
	if len(c.Examples) < maxExamples {
		if e := Example(k, s); !slices.Contains(c.Examples, e) {
			c.Examples = append(c.Examples, e)
		}
	}
	return c
}

// Changes returns what was replaced so far, the most first, and how often
// something was beyond the places that are told apart. After Look it tells what
// Apply would do.
func (r *Redactor) Changes() (list []Change, beyond int) {
	for _, c := range r.found {
		told := *c
		told.Values = make([]Value, len(c.values))
		for i, v := range c.values {
			told.Values[i] = *v
		}
		slices.SortStableFunc(told.Values, func(a, b Value) int { return cmp.Compare(b.Count, a.Count) })
		list = append(list, told)
	}
	slices.SortFunc(list, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Where, b.Where), cmp.Compare(a.Key, b.Key))
	})
	return list, r.over
}

// Counts returns how much was replaced so far, by kind.
func (r *Redactor) Counts() (by map[Kind]int, all int) {
	by, all = map[Kind]int{}, r.over
	for _, c := range r.found {
		for k, n := range c.Kinds {
			by[k] += n
		}
		all += c.Count
	}
	return by, all
}

// Example returns a text so masked that it can be shown: of an address its first
// letter, of a telephone or card its last digits, of other text that is long its
// first letter, of a secret nothing.
func Example(k Kind, s string) string {
	const dots = "•••"
	first, n := utf8.DecodeRuneInString(s)
	if first == utf8.RuneError || first < ' ' {
		n = 0
	}
	switch k {
	case Email:
		return s[:n] + dots + "@" + dots
	case Phone, Card:
		d := onlyDigits(s)
		keep := 2
		if k == Card {
			keep = 4
		}
		return dots + d[len(d)-min(keep, len(d)):]
	case Hashed:
		if len(s) >= 8 {
			return s[:n] + dots
		}
	}
	return dots
}
