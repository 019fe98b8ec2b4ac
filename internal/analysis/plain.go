package analysis

import "strings"

// Plain returns a name without the numbers and ids that make it one of its own:
// /items/17 and /items/18 are one operation, /items/#.
func Plain(name string) string {
	if !strings.ContainsAny(name, "0123456789") {
		return name
	}
	var b strings.Builder
	for from := 0; from < len(name); {
		to := from
		for to < len(name) && isWord(name[to]) {
			to++
		}
		word := name[from:to]
		if isID(word, from > 0 && strings.IndexByte("/=#(:", name[from-1]) >= 0) {
			word = "#"
		}
		b.WriteString(word)
		if to < len(name) {
			b.WriteByte(name[to])
		}
		from = to + 1
	}
	return b.String()
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

// isID says whether a word is a number or part of one, or hexadecimal: a number
// that stands by itself in a path is an id however short it is.
func isID(word string, alone bool) bool {
	digits, hex := 0, 0
	for i := range len(word) {
		switch c := word[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
			hex++
		}
	}
	switch {
	case digits == 0:
		return false
	case digits == len(word):
		return alone || digits >= 4
	}
	return digits+hex == len(word) && len(word) >= 8
}
