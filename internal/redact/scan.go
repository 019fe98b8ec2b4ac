package redact

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Kind is what a replaced text was.
type Kind uint8

// The kinds that are looked for, and those that rules name.
const (
	Email Kind = iota
	Phone
	Card     // numbers of bank cards
	Token    // keys of interfaces, JWT, what stands behind Bearer and Basic, private keys
	Password // what stands behind a name such as password or api_key
	URL      // user and password in addresses, secret parameters
	Literal  // values in SQL and other statements
	Masked   // a rule said mask
	Hashed   // a rule said hash
)

var kindNames = [...]string{"email", "phone", "card", "token", "password", "url", "sql", "masked", "hashed"}

// String returns the name of the kind, as rules and catalogues have it.
func (k Kind) String() string { return kindNames[k] }

// kinds is a set of kinds.
type kinds uint16

const allKinds kinds = 1<<Masked - 1

func (s kinds) has(k Kind) bool { return s>>k&1 != 0 }

func kindsOf(names []string) (set kinds, err error) {
	for _, n := range names {
		k := slices.Index(kindNames[:Masked], n)
		if k < 0 {
			return 0, fmt.Errorf("%q: want one of %s", n, strings.Join(kindNames[:Masked], ", "))
		}
		set |= 1 << k
	}
	return set, nil
}

// A hit is a run of bytes to replace.
type hit struct {
	from, to int
	kind     Kind
}

// What a byte is, for the first look at a text.
const (
	isAt = 1 << iota
	isPercent
	isMark  // between a name and its value
	isBlank // parts words
	isDigit
	isWord // may stand in a token
	isLetter
)

var class = func() (c [256]uint8) {
	for i := range c {
		b := byte(i)
		switch {
		case b >= '0' && b <= '9':
			c[i] = isDigit | isWord
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z':
			c[i] = isLetter | isWord
		case strings.IndexByte("_-+/.~", b) >= 0:
			c[i] = isWord
		case b == '@':
			c[i] = isAt
		case b == '%':
			c[i] = isPercent
		case b == '=', b == ':', b == '>', b == '"':
			c[i] = isMark
		case b == ' ', b == '\t', b == '\n', b == '\r':
			c[i] = isBlank
		}
	}
	return c
}()

const (
	leastDigits = 8  // of a telephone number
	leastToken  = 16 // characters of a key that names itself
)

// suspicious says whether a text can hold anything that is looked for: most
// values of a trace are short names and numbers, and are done with here.
func suspicious(s string) bool {
	if len(s) < 4 {
		return false
	}
	var all uint8
	digits, run, longest := 0, 0, 0
	for i := 0; i < len(s); i++ {
		c := class[s[i]]
		all |= c
		digits += int(c / isDigit & 1)
		run = (run + 1) * int(c/isWord&1)
		longest = max(longest, run)
	}
	return all&(isAt|isPercent|isMark|isBlank) != 0 || digits >= leastDigits || longest >= leastToken
}

// find appends to hits what looks like a secret in s, in order, none touching
// another.
func find(hits []hit, s string, want kinds) []hit {
	hits = findPlain(hits, s, want)
	if strings.IndexByte(s, '%') >= 0 || strings.IndexByte(s, '+') >= 0 && strings.IndexByte(s, '=') >= 0 {
		if plain, at := unescape(s); plain != s {
			n := len(hits)
			hits = findPlain(hits, plain, want)
			for i := n; i < len(hits); i++ {
				hits[i].from, hits[i].to = at[hits[i].from], at[hits[i].to]
			}
		}
	}
	return merge(hits)
}

func findPlain(hits []hit, s string, want kinds) []hit {
	if want.has(Email) {
		hits = findEmails(hits, s)
	}
	if want.has(Phone) || want.has(Card) {
		hits = findNumbers(hits, s, want)
	}
	if want.has(Token) {
		hits = findTokens(hits, s)
	}
	if want.has(URL) {
		hits = findUserinfo(hits, s)
	}
	if want.has(Password) || want.has(URL) {
		hits = findPairs(hits, s, want)
	}
	if want.has(Literal) {
		if from := sqlStart(s); from >= 0 {
			hits = findLiterals(hits, s, from)
		}
		hits = findTold(hits, s)
	}
	return hits
}

// merge sorts hits and joins those that overlap; of two, the kind of the one
// that begins first stays, of two alike that found first.
func merge(hits []hit) []hit {
	if len(hits) < 2 {
		return hits
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	out := hits[:1]
	for _, h := range hits[1:] {
		last := &out[len(out)-1]
		if h.from < last.to {
			last.to = max(last.to, h.to)
		} else {
			out = append(out, h)
		}
	}
	return out
}

// unescape returns s with %XX as the byte it stands for, twice over, and + as the
// blank that it is in forms, and where each byte of it, and its end, is in s.
func unescape(s string) (plain string, at []int) {
	b := []byte(s)
	at = make([]int, len(b)+1)
	for i := range at {
		at[i] = i
	}
	for round := range 2 {
		n := 0
		for i := 0; i < len(b); n++ {
			b[n], at[n] = b[i], at[i]
			if b[i] == '+' && round == 0 {
				b[n] = ' '
			}
			if b[i] == '%' && i+2 < len(b) && hexValue(b[i+1]) >= 0 && hexValue(b[i+2]) >= 0 {
				b[n] = byte(hexValue(b[i+1])<<4 | hexValue(b[i+2]))
				i += 2
			}
			i++
		}
		at[n] = len(s)
		b, at = b[:n], at[:n+1]
	}
	return string(b), at
}

// hexValue returns what a hexadecimal digit stands for, -1 for another byte.
func hexValue(c byte) int {
	i := strings.IndexByte("0123456789abcdefABCDEF", c)
	if i >= 16 {
		i -= 6
	}
	return i
}

// letterOrDigit says whether s has one of ASCII at i.
func letterOrDigit(s string, i int) bool {
	return i >= 0 && i < len(s) && class[s[i]]&(isLetter|isDigit) != 0
}
