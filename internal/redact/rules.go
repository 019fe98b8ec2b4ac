package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An Action is what becomes of the values of a key.
type Action uint8

// The actions. Scan is that of keys no rule names.
const (
	Scan Action = iota // what looks like a secret is replaced, the rest stays
	Keep               // stays as it is, unscanned
	Mask               // all of it becomes [masked]
	Hash               // becomes a token, equal for equal values
	SQL                // literals become ?, then as Scan
)

var actionNames = []string{Scan: "scan", Keep: "keep", Mask: "mask", Hash: "hash", SQL: "sql"}

// A Rule says what becomes of the values of keys. The first rule that matches a
// key counts.
type Rule struct {
	// Key is a key of an attribute, whatever the case of its letters, - and _
	// being the same, * standing for any text; of spans, resources, libraries,
	// events and links, and of maps within values. Texts that are no attributes
	// have names that begin with @: see Fields.
	Key string `json:"key"`
	// Do is one of scan, keep, mask, hash and sql.
	Do string `json:"do"`
	// Except names kinds that scan and sql do not look for in these values.
	Except []string `json:"except,omitempty"`
}

// Fields are the names by which rules call texts that are no attributes: names
// and messages of spans, names of events, trace states of spans and links, what
// is said of the instrumentation library, schema addresses, and messages, levels and
// stack traces of log lines.
var Fields = []string{"@span", "@status", "@event", "@state", "@library", "@schema", logText}

// Rules say what is replaced. The zero value scans everything for everything.
type Rules struct {
	list []compiled
	scan kinds
}

type compiled struct {
	pattern string
	plan    plan
}

// plan is what becomes of the values of one key.
type plan struct {
	do   Action
	scan kinds
}

// file is a file of rules.
type file struct {
	Version int      `json:"version"`
	Base    string   `json:"base"`
	Scan    []string `json:"scan"`
	Rules   []Rule   `json:"rules"`
}

const (
	maxFile    = 1 << 20
	maxRules   = 10_000
	maxPattern = 256
)

// Sentinels wrapped by the errors of ReadRules.
var (
	ErrNotRules = errors.New("not a file of redaction rules")
	ErrBadRule  = errors.New("bad rule")
)

// Safe returns the default rules.
func Safe() *Rules {
	r, err := compile(safeRules, allKinds)
	if err != nil { // a test reads them
		return &Rules{scan: allKinds}
	}
	return r
}

// ReadRules reads a file of rules, JSON:
//
//	{"version": 1, "base": "safe", "scan": ["email", "phone"],
//	 "rules": [{"key": "customer.tier", "do": "keep"}]}
//
// The rules come before those of the base, which is safe or none. Without scan
// everything is looked for. Errors wrap ErrNotRules or ErrBadRule and say which
// line or which rule is wrong.
func ReadRules(r io.Reader) (*Rules, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("read rules: %w: more than 1 MB", ErrNotRules)
	}
	f := file{Base: "safe"}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("read rules: %w: line %d: %w", ErrNotRules, line(data, d, err), err)
	}
	if d.More() {
		return nil, fmt.Errorf("read rules: %w: line %d: text after the rules", ErrNotRules, line(data, d, nil))
	}
	return f.rules()
}

func (f *file) rules() (*Rules, error) {
	scan := allKinds
	if f.Scan != nil {
		var err error
		if scan, err = kindsOf(f.Scan); err != nil {
			return nil, fmt.Errorf("read rules: scan: %w: %w", ErrBadRule, err)
		}
	}
	list := f.Rules
	switch {
	case f.Version != 1:
		return nil, fmt.Errorf("read rules: %w: version %d: this program reads version 1", ErrNotRules, f.Version)
	case len(list) > maxRules:
		return nil, fmt.Errorf("read rules: %w: more than %d rules", ErrNotRules, maxRules)
	case f.Base == "safe":
		list = append(slices.Clone(list), safeRules...)
	case f.Base != "none":
		return nil, fmt.Errorf("read rules: %w: base %q: want safe or none", ErrBadRule, f.Base)
	}
	return compile(list, scan)
}

// line returns the line of data where decoding went wrong.
func line(data []byte, d *json.Decoder, err error) int {
	at := d.InputOffset()
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &typed):
		at = typed.Offset
	}
	return 1 + bytes.Count(data[:min(max(at, 0), int64(len(data)))], []byte("\n"))
}

func compile(list []Rule, scan kinds) (*Rules, error) {
	r := &Rules{scan: scan}
	for i, rule := range list {
		do := slices.Index(actionNames, rule.Do)
		except, err := kindsOf(rule.Except)
		switch {
		case rule.Key == "" || len(rule.Key) > maxPattern:
			err = fmt.Errorf("want a key of 1 to %d bytes", maxPattern)
		case do < 0:
			err = fmt.Errorf("do %q: want one of %s", rule.Do, strings.Join(actionNames, ", "))
		case strings.HasPrefix(rule.Key, "@") && !slices.Contains(Fields, rule.Key):
			err = fmt.Errorf("want an attribute or one of %s", strings.Join(Fields, ", "))
		case len(rule.Except) > 0 && Action(do) != Scan && Action(do) != SQL:
			err = errors.New("except goes with scan and sql only")
		}
		if err != nil {
			return nil, fmt.Errorf("read rules: rule %d, key %.80q: %w: %w", i+1, rule.Key, ErrBadRule, err)
		}
		r.list = append(r.list, compiled{normal(rule.Key), plan{Action(do), scan &^ except}})
	}
	return r, nil
}

// With returns rules that come before those of r. The error wraps ErrBadRule.
func (r *Rules) With(first []Rule) (*Rules, error) {
	made, err := compile(first, r.scan)
	if err != nil {
		return nil, err
	}
	made.list = append(made.list, r.list...)
	return made, nil
}

// None returns rules that replace nothing unless rules before them do.
func None() *Rules {
	return &Rules{scan: allKinds, list: []compiled{{"*", plan{do: Keep}}, {"@*", plan{do: Keep}}}}
}

// plan returns what becomes of the values of a key, and whether a rule says so.
func (r *Rules) plan(key string) (plan, bool) {
	key = normal(key)
	field := strings.HasPrefix(key, "@")
	for _, c := range r.list {
		if field == strings.HasPrefix(c.pattern, "@") && match(c.pattern, key) {
			return c.plan, true
		}
	}
	return plan{Scan, r.scan}, false
}

// normal is a key as rules compare it.
func normal(key string) string { return strings.ReplaceAll(strings.ToLower(key), "-", "_") }

// match says whether a key is of a pattern, * standing for any text. It goes
// back to the last * only, so it is at worst of the product of both lengths.
func match(pattern, key string) bool {
	p, k, star, from := 0, 0, -1, 0
	for k < len(key) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, k
			p++
		case p < len(pattern) && pattern[p] == key[k]:
			p++
			k++
		case star >= 0:
			from++
			p, k = star+1, from
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
