package query

import (
	"slices"
	"strings"
	"unicode"
)

// A Choice is something to pick by what it says, or by other words for it.
type Choice struct {
	Text string
	Also []string
}

// A Picked is a Choice that matches.
type Picked struct {
	Index int // in the choices
	// Runes are the positions, in runes of Text, of what was typed, rising; nil
	// where only the other words have it.
	Runes []int
	// Loose says that the letters are there in order, but not together.
	Loose bool
	rank  match
}

// Compare orders what was picked from several lists by the same pattern, the
// best first.
func (p Picked) Compare(q Picked) int { return p.rank.compare(q.rank) }

// looseClass is added to the class of what matches by scattered letters only.
const looseClass = 100

// Pick returns the choices that contain the letters of pattern in its order, the
// best first as Suggest orders them; among equals the order of the choices stays.
// What was typed with the keyboard set to the other of the Russian and the
// English layout matches too, as do the other words of a choice, both after what
// matches by itself. Blanks in the pattern part words that must all be there. An
// empty pattern picks nothing.
func Pick(pattern string, choices []Choice) []Picked {
	folded := strings.Join(strings.Fields(fold(pattern)), " ")
	if folded == "" {
		return nil
	}
	patterns := []string{folded}
	if other := fold(OtherLayout(folded)); other != folded {
		patterns = append(patterns, other)
	}
	texts, owners := make([]string, len(choices)), make([]int, 0, len(choices))
	var also []string
	for i, c := range choices {
		texts[i] = fold(c.Text)
		for _, a := range c.Also {
			also, owners = append(also, fold(a)), append(owners, i)
		}
	}
	best, marks := map[int]match{}, map[int][]int{}
	take := func(index int, m match, later int) {
		m.index = index
		m.class += later * scattered
		if m.class >= (later+1)*scattered {
			m.class += looseClass
		}
		if old, ok := best[index]; !ok || m.compare(old) < 0 {
			best[index] = m
		}
	}
	for k, p := range patterns {
		for _, m := range rankedWords(p, texts) {
			take(m.index, m, 2*k)
			if marks[m.index] == nil && m.class < scattered {
				marks[m.index] = m.runes
			}
		}
		for _, m := range rankedWords(p, also) {
			m.runes = nil
			take(owners[m.index], m, 2*k+1)
		}
	}
	out := make([]Picked, 0, len(best))
	for i, m := range best {
		p := Picked{Index: i, Runes: m.runes, Loose: m.class >= looseClass, rank: m}
		if marks[i] != nil {
			p.Runes = marks[i]
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Picked) int {
		if c := a.Compare(b); c != 0 {
			return c
		}
		return a.Index - b.Index
	})
	return out
}

// rankedWords is ranked for a pattern of several words, which may stand apart.
func rankedWords(pattern string, source []string) []match {
	list := ranked(pattern, source)
	words := strings.Fields(pattern)
	if len(words) < 2 {
		return list
	}
	whole := map[int]int{}
	for k, m := range list {
		whole[m.index] = k
	}
	for i, s := range source {
		k, ok := whole[i]
		if ok && list[k].class < scattered {
			continue
		}
		var runes []int
		for _, w := range words {
			at := strings.Index(s, w)
			if at < 0 {
				runes = nil
				break
			}
			runes = append(runes, run(runesIn(s[:at]), runesIn(w))...)
		}
		if runes == nil {
			continue
		}
		slices.Sort(runes)
		m := match{i, inside, -1, slices.Compact(runes)} // after those that have the words together
		if ok {
			list[k] = m
		} else {
			list = append(list, m)
		}
	}
	return list
}

// The letters of the Russian layout and those on the same keys of the English.
const (
	russian = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
	english = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~"
)

var toEnglish, toRussian = layouts()

func layouts() (toEnglish, toRussian map[rune]rune) {
	toEnglish, toRussian = map[rune]rune{}, map[rune]rune{}
	latin := []rune(english)
	for k, r := range []rune(russian) {
		toEnglish[r], toRussian[latin[k]] = latin[k], r
	}
	return toEnglish, toRussian
}

// OtherLayout returns what the same keys would have typed with the keyboard set
// to English if s has Cyrillic letters, else to Russian. Signs without a letter on
// their key stay.
func OtherLayout(s string) string {
	to := toRussian
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
		to = toEnglish
	}
	return strings.Map(func(r rune) rune {
		if o, ok := to[r]; ok {
			return o
		}
		return r
	}, s)
}
