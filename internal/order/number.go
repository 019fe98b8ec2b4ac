// Package order finds all traces of one order on a tracing system: it asks for
// every attribute an order number may be kept in, over all services, checks what
// comes back, merges it and follows the links of the traces found.
package order

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLength is the longest order number searched for, in characters: storages
// do not index longer values.
const MaxLength = 256

// What is wrong with an order number; test with errors.Is.
var (
	ErrEmpty        = errors.New("no order number; type one, such as 10472")
	ErrTooLong      = fmt.Errorf("longer than %d characters, which tracing systems do not index; search for a shorter number", MaxLength)
	ErrBadCharacter = errors.New("has a character that no order number has; type it anew, one order at a time")
)

// A Number is an order number as it is searched for.
type Number struct {
	// Text is what was typed, without blanks around it.
	Text string
	// Spellings are the values searched for, each exactly: Text, then Text
	// without a leading # or №.
	Spellings []string
}

// Normalise reads an order number as a person types or pastes it: blanks around
// it go, of any width and none, what is inside stays. The error wraps ErrEmpty,
// ErrTooLong or ErrBadCharacter.
func Normalise(value string) (Number, error) {
	text := strings.TrimFunc(value, blank)
	if text == "" {
		return Number{}, fmt.Errorf("order: %w", ErrEmpty)
	}
	if n := utf8.RuneCountInString(text); n > MaxLength {
		return Number{}, fmt.Errorf("order %.30q… of %d characters: %w", text, n, ErrTooLong)
	}
	if !utf8.ValidString(text) { // the wire carries UTF-8 only
		return Number{}, fmt.Errorf("order %.30q: %w", text, ErrBadCharacter)
	}
	for _, r := range text {
		if unicode.IsControl(r) {
			return Number{}, fmt.Errorf("order %.30q: %w (%U)", text, ErrBadCharacter, r)
		}
	}
	n := Number{text, []string{text}}
	bare := strings.TrimLeftFunc(text, func(r rune) bool { return r == '#' || r == '№' || blank(r) })
	if bare != "" && bare != text {
		n.Spellings = append(n.Spellings, bare)
	}
	return n, nil
}

// blank says whether r shows nothing: white space, the no-break space included,
// and the marks of no width that come with text pasted from web pages.
func blank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u200b' || r == '\u2060' || r == '\ufeff'
}

// is says whether a recorded value is this order.
func (n Number) is(value string) bool { return slices.Contains(n.Spellings, value) }

// regexpOperators are those of Lucene's regular expressions with all flags on,
// which Elasticsearch and OpenSearch read attribute values as.
const regexpOperators = `.?+*|{}[]()"\#@&<>~`

// EscapeRegexp returns a regular expression of Lucene that matches value alone.
func EscapeRegexp(value string) string {
	var b strings.Builder
	for i := range len(value) {
		if strings.IndexByte(regexpOperators, value[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(value[i])
	}
	return b.String()
}
