package redact

import "strings"

// findEmails finds addresses of e-mail (RFC 5321, without quoted local parts),
// also of domains in other scripts.
func findEmails(hits []hit, s string) []hit {
	for at := strings.IndexByte(s, '@'); at >= 0; {
		from, to := at, at+1
		for from > 0 && inMailbox(s[from-1]) {
			from--
		}
		for from < at && strings.IndexByte(oddInMailbox+"'`+-.", s[from]) >= 0 {
			from++ // around the address rather than of it
		}
		for to < len(s) && inDomain(s[to]) {
			to++
		}
		for to > at+1 && (s[to-1] == '.' || s[to-1] == '-') {
			to--
		}
		if from < at && topLevel(s[at+1:to]) {
			hits = append(hits, hit{from, to, Email})
		}
		next := strings.IndexByte(s[at+1:], '@')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return hits
}

// oddInMailbox may stand in an address, and in practice stands before one.
const oddInMailbox = "~!#$%^*{}|"

func inMailbox(c byte) bool {
	return c >= 0x80 || class[c]&(isLetter|isDigit) != 0 || strings.IndexByte("._+-'`"+oddInMailbox, c) >= 0
}

func inDomain(c byte) bool {
	return c >= 0x80 || class[c]&(isLetter|isDigit) != 0 || c == '.' || c == '-'
}

// topLevel says whether a domain ends in two letters or more behind a dot.
func topLevel(domain string) bool {
	dot := strings.LastIndexByte(domain, '.')
	if dot < 1 || len(domain)-dot < 3 {
		return false
	}
	for i := dot + 1; i < len(domain); i++ {
		if domain[i] < 0x80 && class[domain[i]]&isLetter == 0 && domain[dot+1] != 'x' { // xn--p1ai
			return false
		}
	}
	return true
}

// A group is digits that stand together.
type group struct{ from, to int }

// findNumbers finds telephone and card numbers among groups of digits parted by
// blanks, hyphens, dots and brackets.
func findNumbers(hits []hit, s string, want kinds) []hit {
	var few [16]group
	groups := few[:0]
	for i := 0; i < len(s); {
		if class[s[i]]&isDigit == 0 {
			i++
			continue
		}
		groups = groups[:0]
		for {
			j := i
			for j < len(s) && class[s[j]]&isDigit != 0 {
				j++
			}
			groups = append(groups, group{i, j})
			k := j
			for n := 0; n < 3; n++ {
				k += separator(s[k:])
			}
			i = j
			if k == j || k >= len(s) || class[s[k]]&isDigit == 0 {
				break
			}
			i = k
		}
		for a := 0; a < len(groups); {
			n, h := number(s, groups[a:], want)
			if n == 0 {
				a++
				continue
			}
			hits = append(hits, h)
			a += n
		}
	}
	return hits
}

// separator returns the bytes of what may part the digits of a number, 0 for none.
func separator(s string) int {
	if s == "" {
		return 0
	}
	switch s[0] {
	case ' ', '-', '.', '(', ')':
		return 1
	}
	if s[0] < 0x80 {
		return 0
	}
	for _, wide := range []string{"\u00a0", "\u2009", "\u202f", "\u2010", "\u2011", "\u2012", "\u2013", "\u2212"} {
		if strings.HasPrefix(s, wide) {
			return len(wide)
		}
	}
	return 0
}

// maxNumber is the digits of the longest card number.
const maxNumber = 19

// number returns how many of the groups are a number, as many as can be, 0 if
// the first begins none.
func number(s string, groups []group, want kinds) (n int, found hit) {
	from := groups[0].from
	if letterOrDigit(s, from-1) {
		return 0, hit{}
	}
	var all [maxNumber]byte
	var lens [maxNumber]int
	d := digits{all: all[:0], lens: lens[:0], plus: from > 0 && s[from-1] == '+', fraction: from > 1 && s[from-1] == '.' && letterOrDigit(s, from-2)}
	for b, g := range groups {
		if g.to-g.from > maxNumber-len(d.all) {
			break
		}
		d.add(s[g.from:g.to])
		if letterOrDigit(s, g.to) {
			break
		}
		h := hit{from, g.to, Phone}
		if d.plus {
			h.from--
		}
		switch {
		case want.has(Card) && d.card():
			h.kind = Card
		case !want.has(Phone) || !d.phone():
			continue
		}
		n, found = b+1, h
	}
	return n, found
}

// digits are what a number is told by.
type digits struct {
	all      []byte
	lens     []int // of the groups
	plus     bool  // before them
	fraction bool  // they stand behind a point
}

func (d *digits) add(group string) {
	d.all = append(d.all, group...)
	d.lens = append(d.lens, len(group))
}

// phone knows Russian numbers with their code, bare and grouped; numbers of
// other countries behind + or 00; and grouped ones as they are written in
// America and in Europe.
func (d *digits) phone() bool {
	n, first := len(d.all), d.lens[0]
	single := len(d.lens) == 1
	switch {
	case d.plus:
		return n >= leastDigits && n <= 15
	case d.fraction:
		return false
	case n == 11 && (d.all[0] == '7' || d.all[0] == '8') && strings.IndexByte("3489", d.all[1]) >= 0:
		return first == 1 || first == 4 || single
	case n >= 12 && n <= 15 && d.all[0] == '0' && d.all[1] == '0' && d.all[2] != '0':
		return true
	case single:
		return false
	case n == 10 && d.all[0] >= '2' && d.shape("334"), n == 10 && d.all[0] >= '3' && d.shape("3322"), n == 11 && d.all[0] == '1' && d.shape("1334"):
		return true
	}
	return (n == 10 || n == 11) && d.all[0] == '0' && d.all[1] != '0' && first >= 3 && first <= 5
}

func (d *digits) shape(lens string) bool {
	if len(lens) != len(d.lens) {
		return false
	}
	for i, n := range d.lens {
		if int(lens[i]-'0') != n {
			return false
		}
	}
	return true
}

// card knows the lengths and beginnings of the schemes in use (ISO/IEC 7812) and
// their check digit.
func (d *digits) card() bool {
	n, a, b := len(d.all), d.all[0], byte(0)
	if n > 1 {
		b = d.all[1]
	}
	if d.fraction || a < '2' || a > '6' || len(d.lens) > 1 && d.lens[0] != 4 || len(d.lens) > 5 {
		return false
	}
	switch n {
	case 13:
		return a == '4' && luhn(d.all)
	case 14:
		return a == '3' && (b == '0' || b == '6' || b == '8') && luhn(d.all)
	case 15:
		return a == '3' && (b == '4' || b == '7') && luhn(d.all)
	case 16:
		return luhn(d.all)
	case 17, 18, 19:
		return a != '3' && luhn(d.all)
	}
	return false
}

// luhn checks the check digit of ISO/IEC 7812-1, annex B.
func luhn(digits []byte) bool {
	sum := 0
	for i, c := range digits {
		v := int(c - '0')
		if (len(digits)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}
