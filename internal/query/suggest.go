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

// loose says that what was typed does not stand together.
func (s Suggestion) loose() bool {
	n := len(s.Runes)
	return n > 0 && s.Runes[n-1]-s.Runes[0] != n-1
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
	list := ranked(folded, source)
	slices.SortStableFunc(list, match.compare)
	out := make([]Suggestion, 0, min(len(list), max(limit, 0)))
	for _, m := range list[:cap(out)] {
		out = append(out, Suggestion{candidates[m.index], m.index, m.runes})
	}
	return out
}

// A match is how a candidate matches a pattern.
type match struct {
	index, class, score int
	runes               []int
}

// compare orders matches, the best first.
func (m match) compare(n match) int {
	return cmp.Or(cmp.Compare(m.class, n.class), cmp.Compare(n.score, m.score))
}

// ranked returns how the candidates match a pattern, in their order; those that
// do not are left out. Pattern and candidates are folded already.
func ranked(pattern string, source []string) []match {
	var list []match
	for _, f := range fuzzy.FindNoSort(pattern, source) {
		m := match{f.Index, scattered, f.Score, nil}
		if at := strings.Index(f.Str, pattern); at >= 0 {
			m.class, m.score = classOf(f.Str, pattern, at), 0
			m.runes = run(runesIn(f.Str[:at]), runesIn(pattern))
		} else {
			for _, b := range f.MatchedIndexes {
				m.runes = append(m.runes, runesIn(f.Str[:b]))
			}
		}
		list = append(list, m)
	}
	return list
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
