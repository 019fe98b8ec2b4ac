package query

import (
	"slices"
	"strings"
	"unicode"
)

// A Completion is a way to go on: the runes From to To of the text become Text.
type Completion struct {
	Text     string
	From, To int
	Runes    []int // positions in runes of Text of what was typed, rising
	Count    int   // how often it occurs in the trace, 0 if that is not counted
}

// Complete returns at most limit ways to finish the word that ends at the rune
// caret of text: keys with what they are compared by, services and operations,
// then the values known of a key. Those that begin with what was typed come
// before those that contain it.
func (v *Vocabulary) Complete(text string, caret, limit int) []Completion {
	word, from, caret := wordAt(text, caret)
	prefix, typed, list := "", word, v.heads
	if at := strings.IndexAny(word, "=~:"); at >= 0 {
		prefix, typed = word[:at+1], word[at+1:]
		list = v.valuesOf(strings.ToLower(strings.TrimRight(word[:at], "!")), word[at])
	}
	typed = strings.Trim(typed, `"`)
	var out []Completion
	found := Suggest(typed, list.texts, limit)
	if len(found) > 0 && !found[0].loose() { // letters far apart are no help where others have them together
		found = slices.DeleteFunc(found, Suggestion.loose)
	}
	for _, s := range found {
		c := Completion{Text: s.Text, From: from, To: caret, Runes: s.Runes, Count: list.counts[s.Index]}
		if prefix != "" {
			c.Text = prefix + quote(s.Text)
			shift := runesIn(prefix)
			if len(c.Text) > len(prefix)+len(s.Text) { // in quotes
				shift++
			}
			for k := range c.Runes {
				c.Runes[k] += shift
			}
		}
		if c.Text != word {
			out = append(out, c)
		}
	}
	return out
}

// wordAt returns the word that ends at the rune caret, with blanks within quotes,
// a minus before it left aside, where it begins, and the caret within the text.
func wordAt(text string, caret int) (word string, from, at int) {
	in := []rune(text)
	at = min(max(caret, 0), len(in))
	quoted := false
	for k, r := range in[:at] {
		switch {
		case r == '"' && (k == 0 || in[k-1] != '\\'):
			quoted = !quoted
		case unicode.IsSpace(r) && !quoted:
			from = k + 1
		}
	}
	if from < at && in[from] == '-' {
		from++
	}
	return string(in[from:at]), from, at
}

// Wants returns the key of the attribute whose values would help to finish the
// word that ends at the rune caret of text, "" if there is none or they are
// known. With and Values make them known.
func (v *Vocabulary) Wants(text string, caret int) string {
	word, _, _ := wordAt(text, caret)
	at := strings.IndexAny(word, "=~")
	if at <= 0 {
		return ""
	}
	key := strings.ToLower(strings.TrimRight(word[:at], "!"))
	if _, known := v.values[key]; known || !nameable(key) || !slices.ContainsFunc(v.keys.texts, func(k string) bool { return strings.EqualFold(k, key) }) {
		return ""
	}
	return key
}

// With returns a Vocabulary that also knows the values of a key, as Values
// returned them.
func (v *Vocabulary) With(key string, values Counted) *Vocabulary {
	more := *v
	more.values = map[string]words{strings.ToLower(key): words(values)}
	for k, w := range v.values {
		more.values[k] = w
	}
	return &more
}

// valuesOf returns what may follow a key and its operator.
func (v *Vocabulary) valuesOf(key string, sign byte) words {
	switch {
	case sign == ':' && key+":" == has:
		return words{slices.Concat(v.keys.texts, v.events.texts), slices.Concat(v.keys.counts, v.events.counts)}
	case sign == ':':
		return words{}
	}
	switch key {
	case "service":
		return v.services
	case "name":
		return v.names
	case "kind":
		list := kinds()[1:]
		return words{list, make([]int, len(list))}
	case "status":
		list := statuses()
		return words{list, make([]int, len(list))}
	}
	return v.values[key]
}

// Exact returns the term that asks for a value of a key, quoted where it must be.
func Exact(key, value string) string { return key + "=" + quote(value) }

// Contains returns the term that asks for values of a key with a part.
func Contains(key, part string) string { return key + "~" + quote(part) }

// quote puts a value into quotes if it would not stay whole without them.
func quote(s string) string {
	if strings.ContainsFunc(s, unicode.IsSpace) || strings.HasPrefix(s, `"`) || s == "" {
		return quoted(s)
	}
	return s
}

// quoted returns s in quotes, however it looks.
func quoted(s string) string {
	return `"` + escapes.Replace(s) + `"`
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// Term returns the term of a filter that asks for an attribute with a value, or
// with not for its absence. A value too long to be typed, or of several lines, is
// asked for by its beginning; a key that no term can name by the value alone. It
// is "" where there is nothing to ask for.
func Term(key, value string, not bool) string {
	const longest = 120 // runes
	sign := "="
	line, _, several := strings.Cut(value, "\n")
	line = strings.TrimRight(line, "\r")
	if in := []rune(line); len(in) > longest {
		line, several = string(in[:longest]), true
	}
	if several {
		sign = "~"
	}
	minus := ""
	if not {
		minus = "-"
	}
	switch {
	case nameable(key) && (line != "" || !several):
		return minus + key + sign + quote(line)
	case strings.TrimSpace(line) != "":
		return minus + quoted(line)
	}
	return ""
}

// nameable says whether a term can begin with a key.
func nameable(key string) bool {
	if key == "" || strings.HasPrefix(key, "-") || len(key) >= len(has) && strings.EqualFold(key[:len(has)], has) {
		return false
	}
	switch strings.ToLower(key) {
	case "service", "name", "kind", "status", "dur": // these ask something else
		return false
	}
	return !strings.ContainsFunc(key, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`"=~<>!`, r) })
}
