package query

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func texts(list []Suggestion) []string {
	out := []string{}
	for _, s := range list {
		out = append(out, s.Text)
	}
	return out
}

func TestSuggest(t *testing.T) {
	recent := []string{"20472", "10472", "#1047", "A.17/3", "Заказ-7", "заказ-71", "10472-2", "104 72", "10472"}
	for _, tt := range []struct {
		name, pattern string
		limit         int
		want          []string
	}{
		{"nothing typed gives the newest", "", 3, []string{"20472", "10472", "#1047"}},
		{"blanks are nothing", "  ", 2, []string{"20472", "10472"}},
		{"equal, beginning, scattered", "10472", 9, []string{"10472", "10472-2", "104 72"}},
		{"blanks around", " 10472 ", 9, []string{"10472", "10472-2", "104 72"}},
		{"equal but for the sign", "1047", 9, []string{"#1047", "10472", "10472-2", "104 72"}},
		{"sign typed", "#10472", 9, []string{"10472", "10472-2", "104 72"}},
		{"numero sign typed", "№ 1047", 2, []string{"#1047", "10472"}},
		{"inside, newest first", "472", 9, []string{"20472", "10472", "10472-2", "104 72"}},
		{"Latin, other case", "a17", 9, []string{"A.17/3"}},
		{"Cyrillic, other case", "ЗАКАЗ-7", 9, []string{"Заказ-7", "заказ-71"}},
		{"Cyrillic with letters left out", "зкз71", 9, []string{"заказ-71"}},
		{"sign alone", "#", 9, []string{"#1047"}},
		{"no match", "x", 9, []string{}},
		{"limit", "10472", 1, []string{"10472"}},
		{"limit of nothing", "10472", 0, []string{}},
		{"limit below nothing", "10472", -1, []string{}},
		{"limit below nothing, nothing typed", "", -1, []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := texts(Suggest(tt.pattern, recent, tt.limit)); !slices.Equal(got, tt.want) {
				t.Errorf("Suggest(%q) = %q, want %q", tt.pattern, got, tt.want)
			}
		})
	}
}

func TestSuggestFoldsYo(t *testing.T) {
	if got := Suggest("учет", []string{"учёт-5"}, 5); len(got) != 1 || !slices.Equal(got[0].Runes, []int{0, 1, 2, 3}) {
		t.Errorf("Suggest = %+v, want the candidate with its first four runes", got)
	}
}

func TestSuggestPositions(t *testing.T) {
	for _, tt := range []struct {
		pattern, candidate string
		want               []int
	}{
		{"10", "№ 10472", []int{2, 3}},
		{"каз7", "заказ-7", []int{2, 3, 4, 6}},
		{"", "10472", nil},
		{"#1042", "#1042", []int{1, 2, 3, 4}},
	} {
		got := Suggest(tt.pattern, []string{tt.candidate}, 5)
		if len(got) != 1 || !slices.Equal(got[0].Runes, tt.want) || got[0].Index != 0 {
			t.Errorf("Suggest(%q) in %q = %+v, want runes %v", tt.pattern, tt.candidate, got, tt.want)
		}
	}
}

func TestSuggestLeavesTheCandidatesAlone(t *testing.T) {
	list := []string{"b", "", "a", " ", "a"}
	got := Suggest("", list, 9)
	if !slices.Equal(texts(got), []string{"b", "a"}) || got[1].Index != 2 {
		t.Errorf("Suggest = %+v, want b and a with their places", got)
	}
	if !slices.Equal(list, []string{"b", "", "a", " ", "a"}) {
		t.Errorf("candidates became %q", list)
	}
}

func FuzzSuggest(f *testing.F) {
	f.Add("10", "10472", "№ 10")
	f.Add("Ё", "ёж", "\xff")
	f.Add("a\x00b", "A\x00B", "İ")
	f.Fuzz(func(t *testing.T, pattern, one, two string) {
		for _, s := range Suggest(pattern, []string{one, two}, 5) {
			if s.Text != []string{one, two}[s.Index] {
				t.Errorf("text %q is not candidate %d", s.Text, s.Index)
			}
			if !slices.IsSorted(s.Runes) || len(s.Runes) > 0 && s.Runes[len(s.Runes)-1] >= utf8.RuneCountInString(s.Text) {
				t.Errorf("Suggest(%q) marks %v in %q", pattern, s.Runes, s.Text)
			}
		}
		if p := strings.TrimSpace(one); p != "" && utf8.ValidString(one) {
			if got := Suggest(p, []string{one}, 1); len(got) != 1 {
				t.Errorf("Suggest(%q) does not find %q", p, one)
			}
		}
	})
}

func BenchmarkSuggest(b *testing.B) {
	var list []string
	for i := range 1000 {
		list = append(list, "заказ-"+strings.Repeat("7", i%9)+string(rune('а'+i%32)))
	}
	b.ReportAllocs()
	for b.Loop() {
		Suggest("зк77", list, 8)
	}
}
