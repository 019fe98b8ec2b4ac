package query

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"traceview/internal/units"
)

// A Kept says which traces of the library are asked for: all of it must hold.
// The language, of which only Plain needs to be known:
//
//	10472 timeout             the beginning of an order number, else words of the trace
//	order=10472               this order number
//	service= name= label=     a service, an operation, a label
//	key=value                 an attribute
//	error pinned              some span failed; kept for good
//	last=7d                   begun since
//
// Quotes keep blanks together.
type Kept struct {
	Plain                            string
	Order, Service, Operation, Label string
	Attrs                            [][2]string
	Failed, Pinned                   bool
	From                             time.Time // zero for no bound
	Bad                              string    // a word that says nothing, "" for none
}

// The words of the language that stand for themselves, and the keys of those
// with a value.
const (
	KeptFailed  = "error"
	KeptPinned  = "pinned"
	KeptOrder   = "order"
	KeptService = "service"
	KeptName    = "name"
	KeptLabel   = "label"
	KeptLast    = "last"
)

// ParseKept reads what was typed at a time.
func ParseKept(text string, now time.Time) (k Kept) {
	var plain []string
	for _, w := range keptWords(text) {
		key, value, pair := strings.Cut(w.text, "=")
		if w.quoted || !pair || key == "" {
			switch {
			case !w.quoted && w.text == KeptFailed:
				k.Failed = true
			case !w.quoted && w.text == KeptPinned:
				k.Pinned = true
			default:
				plain = append(plain, w.text)
			}
			continue
		}
		k.add(key, value, w.text, now)
	}
	k.Plain = strings.Join(plain, " ")
	return k
}

func (k *Kept) add(key, value, word string, now time.Time) {
	if value == "" { // still to be typed
		return
	}
	switch key {
	case KeptOrder:
		k.Order = value
	case KeptService:
		k.Service = value
	case KeptName:
		k.Operation = value
	case KeptLabel:
		k.Label = value
	case KeptLast:
		ago, err := units.ParseDuration(value)
		if err != nil || ago <= 0 {
			k.Bad = word
			return
		}
		k.From = now.Add(-time.Duration(ago))
	default:
		k.Attrs = append(k.Attrs, [2]string{key, value})
	}
}

// A keptWord is a word of what was typed, without its quotes.
type keptWord struct {
	text   string
	raw    string // as typed
	quoted bool   // as a whole
}

func keptWords(text string) (list []keptWord) {
	in := []rune(text)
	for i := 0; i < len(in); {
		if unicode.IsSpace(in[i]) {
			i++
			continue
		}
		from, quoted, open := i, in[i] == '"', false
		var b strings.Builder
		for ; i < len(in) && (open || !unicode.IsSpace(in[i])); i++ {
			if in[i] == '"' {
				open = !open
				continue
			}
			b.WriteRune(in[i])
		}
		list = append(list, keptWord{b.String(), string(in[from:i]), quoted})
	}
	return list
}

// HasKept says whether a word is part of what was typed.
func HasKept(text, word string) bool {
	return slices.ContainsFunc(keptWords(text), func(w keptWord) bool { return w.raw == word })
}

// ToggleKept adds a word to what was typed, or takes it away. A word with a value
// takes the place of one with the same key.
func ToggleKept(text, word string) string {
	key, _, pair := strings.Cut(word, "=")
	had := HasKept(text, word)
	var out []string
	for _, w := range keptWords(text) {
		if w.raw != word && !(pair && strings.HasPrefix(w.raw, key+"=")) {
			out = append(out, w.raw)
		}
	}
	if !had {
		out = append(out, word)
	}
	return strings.Join(out, " ")
}

// CompleteKept returns the ways to finish the word before the caret: values of a
// key that was typed, else keys with the values that contain the word.
func CompleteKept(text string, caret int, values map[string][]string, limit int) (list []Completion) {
	word, from, _ := wordAt(text, caret)
	key, part, pair := strings.Cut(word, "=")
	for _, k := range []string{KeptService, KeptName, KeptLabel} {
		if pair && k != key {
			continue
		}
		look := word
		if pair {
			look = strings.TrimPrefix(part, `"`)
		} else if len([]rune(word)) < 2 {
			continue
		}
		for _, s := range Suggest(look, values[k], limit-len(list)) {
			c := Completion{Text: Exact(k, s.Text), From: from, To: caret}
			if c.Text == word || !pair && !NewFinder(word).In(s.Text) { // scattered letters suffice only after a key
				continue
			}
			list = append(list, c)
		}
	}
	return list
}

// In returns a text with the completion in its place, and a blank behind it.
func (c Completion) In(text string) string {
	in := []rune(text)
	to := min(c.To, len(in))
	return string(in[:min(c.From, to)]) + c.Text + " " + strings.TrimLeft(string(in[to:]), " ")
}
