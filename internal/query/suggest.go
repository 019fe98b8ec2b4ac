// Package query helps a person to pick some of many: it matches what was typed
// with candidates even where letters are left out, and holds the language in
// which spans of a trace are found and filtered.
package query

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/sahilm/fuzzy"
)

// A Suggestion is a candidate that matches.
type Suggestion struct {
	Text  string
	Index int // in the candidates
	// Runes are the positions, in runes of Text, of what was typed, rising;
	// nil if nothing was typed.
	Runes []int
}

// How a candidate matches, the best first.
const (
	whole = iota
	beginning
	inside
	scattered
)

// Suggest returns at most limit of the candidates that contain the letters of
// pattern in its order, whatever their case, blanks around the pattern and a
// leading # or № left aside. Those equal to it come first, then those that begin
// with it, then those that contain it, then the others by how near together the
// letters are; among equals the order of the candidates, which is newest first,
// stays. An empty pattern gives the first candidates. Candidates without
// anything visible, and repeated ones, are left out.
func Suggest(pattern string, candidates []string, limit int) []Suggestion {
	folded := fold(bare(pattern))
	source := make([]string, len(candidates))
	seen := map[string]bool{}
	for i, c := range candidates {
		if !seen[c] && strings.TrimSpace(c) != "" {
			source[i] = fold(c)
		}
		seen[c] = true
	}
	if folded == "" {
		return newest(candidates, source, limit)
	}
	type ranked struct {
		Suggestion
		class, score int
	}
	var list []ranked
	for _, m := range fuzzy.FindNoSort(folded, source) {
		r := ranked{Suggestion{candidates[m.Index], m.Index, nil}, scattered, m.Score}
		if at := strings.Index(m.Str, folded); at >= 0 {
			r.class, r.score = classOf(m.Str, folded, at), 0
			r.Runes = run(runesIn(m.Str[:at]), runesIn(folded))
		} else {
			for _, b := range m.MatchedIndexes {
				r.Runes = append(r.Runes, runesIn(m.Str[:b]))
			}
		}
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(b.score, a.score))
	})
	out := make([]Suggestion, 0, min(len(list), max(limit, 0)))
	for _, r := range list[:cap(out)] {
		out = append(out, r.Suggestion)
	}
	return out
}

func newest(candidates, source []string, limit int) []Suggestion {
	var out []Suggestion
	for i, c := range candidates {
		if source[i] != "" && len(out) < limit {
			out = append(out, Suggestion{Text: c, Index: i})
		}
	}
	return out
}

// classOf says how a candidate matches that contains the pattern at a byte.
func classOf(candidate, pattern string, at int) int {
	switch {
	case bare(candidate) == pattern:
		return whole
	case bare(candidate[:at]) == "": // nothing before it but a #
		return beginning
	}
	return inside
}

// bare returns what identifies an order: s without blanks around it and without
// a leading # or №. The sign alone stays.
func bare(s string) string {
	s = strings.TrimSpace(s)
	if b := strings.TrimSpace(strings.TrimLeft(s, "#№")); b != "" {
		return b
	}
	if s == "#" || s == "№" {
		return s
	}
	return strings.TrimLeft(s, "#№")
}

// fold writes every rune in the case that compares, one rune for one, so that
// positions stay; ё is written as е, as people type it. NUL ends what the
// matcher looks at and is replaced.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); r {
		case 'ё':
			return 'е'
		case 0:
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

func runesIn(s string) int { return len([]rune(s)) }

// run returns n numbers from first on.
func run(first, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = first + i
	}
	return list
}
