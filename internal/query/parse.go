package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"traceview/internal/model"
	"traceview/internal/units"
)

// A Filter is a parsed filter: terms that must all hold of a span. The language:
//
//	text "more text"       contained in a name, service, attribute, event or
//	                       status message, whatever the case
//	error                  the span failed
//	service= name= kind= status=    also != and, for the first two, ~ (contains)
//	dur>200ms dur<=1,5с    duration of the span, units in both languages
//	key=value key~part     of an attribute of the span, its resource or an event
//	key>5 key>=5           the same, as numbers
//	has:key                the attribute or event is there, also has:exception
//	                       for exception.type
//	-term                  the term does not hold
//
// Quotes keep blanks and signs together; \" is a quote within them. key!=value
// asks for another value, so the key must be there; -key=value does not.
type Filter struct{ terms []term }

// Empty says that the filter has no terms, so that every span matches.
func (f Filter) Empty() bool { return len(f.terms) == 0 }

// A term is one condition.
type term struct {
	not      bool
	kind     termKind
	key      string
	op       op
	text     string // value as typed, without quotes
	number   float64
	isNumber bool
	ns       int64 // termDur
	code     uint8 // model.Kind or model.Status
}

type termKind uint8

const (
	termText termKind = iota
	termError
	termHas
	termService
	termName
	termSpanKind
	termStatus
	termDur
	termAttr
)

type op uint8

const (
	opEqual op = iota
	opUnequal
	opContains
	opLess
	opAtMost
	opMore
	opAtLeast
)

// operators in the order tried.
var operators = []struct {
	sign string
	op   op
}{{"!=", opUnequal}, {">=", opAtLeast}, {"<=", opAtMost}, {"=", opEqual}, {"~", opContains}, {">", opMore}, {"<", opLess}}

// has begins a term that asks whether a key is there.
const has = "has:"

// A Reason says why a filter cannot be read.
type Reason uint8

// The reasons for which a filter cannot be read.
const (
	NoReason    Reason = iota
	OpenQuote          // a quote that is not closed
	NoKey              // an operator without a key before it
	NoValue            // an operator without a value after it
	NoTerm             // a - with nothing behind it
	BadDuration        // dur compared with what is no duration
	BadNumber          // an attribute compared by size with what is no number
	BadKind            // no kind of span is called that
	BadStatus          // no status is called that
	BadOperator        // the key cannot be compared in this way
)

var reasonNames = [...]string{"", "open-quote", "no-key", "no-value", "no-term", "bad-duration", "bad-number", "bad-kind", "bad-status", "bad-operator"}

// String returns a name of the reason for keys and logs.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return ""
}

// An Error says where and why a filter cannot be read. Its words for a person
// are made of Reason and Word where the language is known.
type Error struct {
	At     int // in runes of the text
	Reason Reason
	Word   string // what is wrong
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("parse filter: character %d: %s: %q", e.At+1, e.Reason, e.Word)
}

// A parser reads a text rune by rune.
type parser struct {
	in []rune
	at int
}

// Parse reads a filter. An error is an *Error.
func Parse(text string) (Filter, error) {
	p := parser{in: []rune(text)}
	var f Filter
	for {
		for p.at < len(p.in) && unicode.IsSpace(p.in[p.at]) {
			p.at++
		}
		if p.at == len(p.in) {
			return f, nil
		}
		t, err := p.term()
		if err != nil {
			return Filter{}, err
		}
		f.terms = append(f.terms, t)
	}
}

// term reads one term, which begins at p.at.
func (p *parser) term() (term, error) {
	var t term
	start := p.at
	if p.in[p.at] == '-' {
		t.not = true
		p.at++
	}
	if p.ended() {
		return t, &Error{start, NoTerm, "-"}
	}
	if p.in[p.at] == '"' {
		var err error
		t.text, err = p.quoted()
		if err == nil && t.text == "" {
			err = &Error{start, NoValue, `""`}
		}
		return t, err
	}
	keyAt := p.at
	if end := p.at + len(has); end <= len(p.in) && strings.EqualFold(string(p.in[p.at:end]), has) {
		t.kind, p.at = termHas, end
		return t, p.value(&t, has)
	}
	for !p.ended() && p.operator() < 0 && p.in[p.at] != '"' {
		p.at++
	}
	t.key = string(p.in[keyAt:p.at])
	k := -1
	if !p.ended() {
		k = p.operator()
	}
	if k < 0 { // plain text, which ends at a blank or a quote
		t.text, t.key = t.key, ""
		if strings.EqualFold(t.text, "error") {
			t.kind = termError
		}
		return t, nil
	}
	opAt := p.at
	t.op = operators[k].op
	p.at += len(operators[k].sign)
	if t.key == "" {
		return t, &Error{opAt, NoKey, operators[k].sign}
	}
	valueAt := p.at
	if err := p.value(&t, operators[k].sign); err != nil {
		return t, err
	}
	return t, t.resolve(opAt, valueAt, operators[k].sign)
}

// value reads what follows an operator.
func (p *parser) value(t *term, sign string) (err error) {
	at := p.at
	if p.ended() {
		return &Error{at, NoValue, sign}
	}
	if p.in[p.at] == '"' {
		t.text, err = p.quoted()
		return err
	}
	for !p.ended() {
		p.at++
	}
	t.text = string(p.in[at:p.at])
	return nil
}

// ended says that a word ends here.
func (p *parser) ended() bool { return p.at >= len(p.in) || unicode.IsSpace(p.in[p.at]) }

// operator returns which of operators begins here, -1 if none does.
func (p *parser) operator() int {
	for k, o := range operators {
		if end := p.at + len(o.sign); end <= len(p.in) && string(p.in[p.at:end]) == o.sign {
			return k
		}
	}
	return -1
}

// quoted reads a text in quotes, which begins at p.at.
func (p *parser) quoted() (string, error) {
	open := p.at
	var b strings.Builder
	for p.at++; p.at < len(p.in); p.at++ {
		switch r := p.in[p.at]; {
		case r == '"':
			p.at++
			return b.String(), nil
		case r == '\\' && p.at+1 < len(p.in) && (p.in[p.at+1] == '"' || p.in[p.at+1] == '\\'):
			p.at++
			b.WriteRune(p.in[p.at])
		default:
			b.WriteRune(r)
		}
	}
	return "", &Error{open, OpenQuote, string(p.in[open:])}
}

// resolve finds out what a term with an operator compares.
func (t *term) resolve(opAt, valueAt int, sign string) error {
	fail := func(at int, r Reason, word string) error { return &Error{at, r, word} }
	ordered := t.op >= opLess
	switch strings.ToLower(t.key) {
	case "service", "name":
		t.kind = termService
		if strings.EqualFold(t.key, "name") {
			t.kind = termName
		}
		if ordered {
			return fail(opAt, BadOperator, sign)
		}
	case "kind", "status":
		if t.op > opUnequal {
			return fail(opAt, BadOperator, sign)
		}
		names, reason := kinds(), BadKind
		t.kind = termSpanKind
		if strings.EqualFold(t.key, "status") {
			names, reason, t.kind = statuses(), BadStatus, termStatus
		}
		for code, name := range names {
			if strings.EqualFold(name, t.text) {
				t.code = uint8(code)
				return nil
			}
		}
		return fail(valueAt, reason, t.text)
	case "dur", "duration":
		t.kind = termDur
		if t.op == opContains {
			return fail(opAt, BadOperator, sign)
		}
		ns, err := units.ParseDuration(t.text)
		if err != nil {
			return fail(valueAt, BadDuration, t.text)
		}
		t.ns = ns
	default:
		t.kind = termAttr
		t.number, t.isNumber = number(t.text)
		if ordered && !t.isNumber {
			return fail(valueAt, BadNumber, t.text)
		}
	}
	return nil
}

// number reads a number with a point or a comma.
func number(s string) (float64, bool) {
	if s == "" || len(s) > 40 || strings.Trim(s, "+-0123456789.,eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return f, err == nil && !math.IsInf(f, 0)
}

// kinds returns the names of the kinds of span by model.Kind.
func kinds() []string {
	list := []string{"unspecified"}
	for k := model.KindInternal; k <= model.KindConsumer; k++ {
		list = append(list, k.String())
	}
	return list
}

// statuses returns the names of the outcomes by model.Status.
func statuses() []string { return []string{"unset", "ok", "error"} }
