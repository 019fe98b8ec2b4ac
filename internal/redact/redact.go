// Package redact makes of a trace one that may be given away: rules say for each
// key whether its values stay, are masked or become tokens, and a scan replaces
// what looks like an e-mail address, a telephone or card number, a token, a
// password, a secret in an address or a literal in SQL, wherever text stands in a
// trace. Ids, times, kinds and the shape of the trace stay.
//
// A token stands for a value: equal values get equal tokens within what one
// Redactor makes. It is cut from an HMAC of the value under a secret that is drawn
// anew for every Redactor and kept nowhere, so that nobody finds values by hashing
// lists of names and numbers; who is given a secret of his own to use can.
//
// What it cannot know stays: names of persons in running text, numbers of
// documents without a word that says so, secrets that are plain words.
package redact

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"

	"traceview/internal/model"
)

// labels are what stands in brackets in place of a text, by Kind.
var labels = [...]string{"email", "phone", "card", "token", "password", "secret", "", "", "id"}

// A Redactor redacts the traces of one export. It is used by one goroutine.
type Redactor struct {
	rules *Rules
	mac   hash.Hash
	plans map[string]plan   // by key
	known map[request]reply // what was found in a text, since values come again
	hits  []hit
	found map[place]*Change
	over  int // changes in places beyond maxPlaces
	// values are what was replaced by what, nil where nobody asked for them.
	values map[valueKey]*Value
}

// request is a text and what is done with it.
type request struct {
	text string
	plan plan
}

// reply is what became of a text.
type reply struct {
	text string
	hits []hit // nil for none
}

// masked stands in place of all of a value.
const masked = "[masked]"

// maxKnown bounds the memory of what was found in texts, and maxMemo the length
// of those worth it.
const (
	maxKnown = 1 << 16
	maxMemo  = 4 << 10
)

// New returns a Redactor. Equal values get equal tokens under equal secrets; with
// nil, one is drawn at random, which is right unless exports must match.
func New(rules *Rules, secret []byte) *Redactor {
	if secret == nil {
		secret = make([]byte, sha256.Size)
		_, _ = rand.Read(secret) // never fails, as its documentation says
	}
	return &Redactor{rules: rules, mac: hmac.New(sha256.New, secret), plans: map[string]plan{}, known: map[request]reply{}, found: map[place]*Change{}}
}

// plan returns what becomes of the values of a key; of an entry of a map, that of
// its path, else that of its own key, else that of the map.
func (r *Redactor) plan(key string) plan {
	p, ok := r.plans[key]
	if !ok {
		p, _ = r.rules.plan(key)
		if len(r.plans) < maxKnown {
			r.plans[strings.Clone(key)] = p
		}
	}
	return p
}

func (r *Redactor) inner(above plan, path, key string) plan {
	for _, k := range []string{path, key} {
		if p, ok := r.rules.plan(k); ok {
			return p
		}
	}
	return above
}

// text returns what becomes of a text, and whether it changed. Where it changed
// is noted.
func (r *Redactor) text(s string, p plan, where place) (string, bool) {
	if s == "" || p.do == Keep || p.do == Scan && !suspicious(s) {
		return s, false
	}
	ask := request{s, p}
	got, ok := r.known[ask]
	if !ok {
		got = r.redact(s, p)
		if len(r.known) < maxKnown && len(s) <= maxMemo {
			ask.text = strings.Clone(s)
			r.known[ask] = got
		}
	}
	for _, h := range got.hits {
		if c := r.note(where, h.kind, s[h.from:h.to]); c != nil && r.values != nil {
			r.noteValue(c, h.kind, s[h.from:h.to], p.do)
		}
	}
	return got.text, got.hits != nil
}

func (r *Redactor) redact(s string, p plan) reply {
	switch p.do {
	case Mask:
		return reply{masked, []hit{{0, len(s), Masked}}}
	case Hash:
		kind := Hashed
		r.hits = find(r.hits[:0], s, 1<<Email|1<<Phone|1<<Card)
		if len(r.hits) == 1 && r.hits[0].from == 0 && r.hits[0].to == len(s) {
			kind = r.hits[0].kind
		}
		return reply{r.token(kind, s), []hit{{0, len(s), kind}}}
	}
	r.hits = r.hits[:0]
	if p.do == SQL && p.scan.has(Literal) {
		r.hits = findStatement(r.hits, s)
	}
	r.hits = find(r.hits, s, p.scan)
	if len(r.hits) == 0 {
		return reply{text: s}
	}
	var b strings.Builder
	at := 0
	for _, h := range r.hits {
		b.WriteString(s[at:h.from])
		b.WriteString(r.instead(h.kind, s[h.from:h.to]))
		at = h.to
	}
	b.WriteString(s[at:])
	return reply{b.String(), slices.Clone(r.hits)}
}

// instead returns what stands in place of a text that was found.
func (r *Redactor) instead(k Kind, s string) string {
	switch k {
	case Password, URL:
		return "[" + labels[k] + "]"
	case Literal:
		return "?"
	}
	return r.token(k, s)
}

// tokenLength is 14 letters of 4 bits: of a million different values two are the
// same with a chance of 1 in 100,000.
const tokenLength = 14

// token returns the token of a value. Addresses differing by case, numbers
// differing by signs between the digits, and text with its signs escaped are the
// same. Its letters are no digits
// nor vowels, so that it is never taken for a number or a word.
func (r *Redactor) token(k Kind, s string) string {
	if strings.Contains(s, "%") {
		s, _ = unescape(s)
	}
	switch k {
	case Email:
		s = strings.ToLower(s[strings.LastIndexAny(s, oddInMailbox)+1:]) // note~ivan@x.ru
	case Phone, Card:
		s = onlyDigits(s)
		switch {
		case k == Phone && len(s) == 11 && s[0] == '8': // the same as +7
			s = "7" + s[1:]
		case k == Phone && len(s) == 10 && s[0] == '9': // a Russian mobile one, without
			s = "7" + s
		}
	}
	r.mac.Reset()
	r.mac.Write([]byte(s))
	sum := r.mac.Sum(nil)
	const letters = "bcdfghjkmnpqrstv"
	out := make([]byte, tokenLength)
	for i := range out {
		out[i] = letters[sum[i/2]>>(4*(i%2))&15]
	}
	return "[" + labels[k] + ":" + string(out) + "]"
}

func onlyDigits(s string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, s)
}

// number returns the text in place of a number that looks like one of a telephone
// or a card, and whether it does.
func (r *Redactor) number(s string, p plan, where place) (string, bool) {
	if (p.do == Scan || p.do == SQL) && len(s) < 11 {
		return "", false
	}
	return r.text(s, p, where)
}

// Apply returns a trace like t with what the rules name replaced, and notes what
// was. t stays as it is and shares nothing with the result. It ends with the
// error of ctx; progress, unless nil, is told the share done.
func (r *Redactor) Apply(ctx context.Context, t *model.Trace, progress func(float64)) (*model.Trace, error) {
	out, err := r.copy(ctx, t, false, progress)
	if err == nil && len(out.Spans) != len(t.Spans) {
		// Spans with one id that differed by a secret alone are one now: marks keep them
		// apart.
		out, err = r.copy(ctx, t, true, progress)
	}
	if err != nil {
		return nil, fmt.Errorf("redact trace %s: %w", t.ID, err)
	}
	return out, nil
}

// copy makes the redacted copy of a trace; where spans are marked, all that is
// found was noted before.
func (r *Redactor) copy(ctx context.Context, t *model.Trace, apart bool, progress func(float64)) (*model.Trace, error) {
	b := model.NewBuilder()
	c := newCopying(r, t, b)
	c.apart, c.quiet = apart, apart
	if err := c.spans(ctx, 0, model.SpanIndex(len(t.Spans)), progress); err != nil {
		return nil, err
	}
	return built(b, t), nil
}

// built returns the trace of a builder, t where it has none: a trace without spans
// holds no text.
func built(b *model.Builder, t *model.Trace) *model.Trace {
	if made := b.Build(); len(made) > 0 {
		return made[0]
	}
	return t
}

// Look notes what Apply would replace in a trace, and makes no other.
func (r *Redactor) Look(ctx context.Context, t *model.Trace, progress func(float64)) error {
	if err := newCopying(r, t, nobody{}).spans(ctx, 0, model.SpanIndex(len(t.Spans)), progress); err != nil {
		return fmt.Errorf("look through trace %s: %w", t.ID, err)
	}
	return nil
}

// Text returns what may leave of a text that somebody wrote beside the traces,
// such as a note or what is looked for.
func (r *Redactor) Text(s string) string {
	out, _ := r.text(s, r.plan(beside), place{inField, beside})
	return out
}

// beside is the key of changes in texts beside the traces.
const beside = "@beside"

// asText returns a value that is no text as text.
func asText(a model.Attr) string {
	switch a.Kind {
	case model.ValueBool:
		return strconv.FormatBool(a.Bool())
	case model.ValueInt:
		return strconv.FormatInt(a.Int(), 10)
	case model.ValueFloat:
		return strconv.FormatFloat(a.Float(), 'f', -1, 64)
	}
	return ""
}
