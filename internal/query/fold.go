package query

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A needle is a text looked for, whatever the case of its letters. Letters of
// two cases are one where Unicode folds them simply and both take the same
// number of bytes, which holds for Latin, Greek and Cyrillic, so that a match is
// as long as the needle and text is searched as it is stored.
//
// The search is Horspool's ("Practical fast searching in strings", 1980) with a
// set of bytes at each place instead of one: the byte under the needle's end
// says how far the needle may move at least.
type needle struct {
	letters [][]string // of each letter its spellings, all of one length
	size    int        // bytes
	skip    [256]uint8 // by the byte under the end; 0 where the needle may end
	again   [256]uint8 // the same after a place where it might have ended
}

// newNeedle returns the needle of a text, which must not be empty.
func newNeedle(text string) *needle {
	n := &needle{size: len(text)}
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		n.letters = append(n.letters, spellings(r, text[:size]))
		text = text[size:]
	}
	far := uint8(min(n.size, math.MaxUint8))
	for b := range n.skip {
		n.skip[b], n.again[b] = far, far
	}
	at := 0
	for _, l := range n.letters {
		for k := range len(l[0]) {
			left := n.size - 1 - (at + k)
			for _, s := range l {
				n.skip[s[k]] = min(n.skip[s[k]], uint8(min(left, math.MaxUint8)))
				if left > 0 {
					n.again[s[k]] = min(n.again[s[k]], uint8(min(left, math.MaxUint8)))
				}
			}
		}
		at += len(l[0])
	}
	return n
}

// spellings returns s, which encodes r, and the same letter in other cases.
func spellings(r rune, s string) []string {
	list := []string{s}
	if r == utf8.RuneError {
		return list // it may stand for a byte that is no letter
	}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		if utf8.RuneLen(f) == len(s) {
			list = append(list, string(f))
		}
	}
	return list
}

// find returns where the needle begins in s at or after from, -1 if nowhere.
func (n *needle) find(s string, from int) int {
	for end := from + n.size - 1; end < len(s); {
		if k := n.skip[s[end]]; k > 0 {
			end += int(k)
			continue
		}
		if at := end - n.size + 1; n.begins(s[at:]) {
			return at
		}
		end += int(n.again[s[end]])
	}
	return -1
}

// begins says whether s, at least as long as the needle, begins with it.
func (n *needle) begins(s string) bool {
	for _, l := range n.letters {
		size := len(l[0])
		if s[:size] != l[0] && (len(l) == 1 || !slices.Contains(l[1:], s[:size])) {
			return false
		}
		s = s[size:]
	}
	return true
}

func (n *needle) in(s string) bool { return n.find(s, 0) >= 0 }

func (n *needle) equal(s string) bool { return len(s) == n.size && n.begins(s) }

// leads says whether s is the needle or goes on after it with a point, as
// exception.type does after exception.
func (n *needle) leads(s string) bool {
	return len(s) >= n.size && n.begins(s) && (len(s) == n.size || s[n.size] == '.')
}

// partOf says whether every byte of the needle is one of chars.
func (n *needle) partOf(chars string) bool {
	for _, l := range n.letters {
		if !slices.ContainsFunc(l, func(s string) bool { return strings.Contains(chars, s) }) {
			return false
		}
	}
	return true
}
