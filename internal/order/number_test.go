package order

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNormalise(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		want        []string
	}{
		{"plain", "10472", []string{"10472"}},
		{"blanks", "  10472 ", []string{"10472"}},
		{"no-break space and tab", "\u00a0\t10472\r\n", []string{"10472"}},
		{"marks of no width", "\ufeff10472\u200b", []string{"10472"}},
		{"number sign", "#1042", []string{"#1042", "1042"}},
		{"numero sign", "№1042", []string{"№1042", "1042"}},
		{"sign and blank", "№ 1042", []string{"№ 1042", "1042"}},
		{"two signs", "##1042", []string{"##1042", "1042"}},
		{"sign alone", "#", []string{"#"}},
		{"sign inside", "A#1042", []string{"A#1042"}},
		{"punctuation", "A.17/3", []string{"A.17/3"}},
		{"Cyrillic", "заказ-7", []string{"заказ-7"}},
		{"text inside stays", "10  472", []string{"10  472"}},
		{"longest", strings.Repeat("ж", MaxLength), []string{strings.Repeat("ж", MaxLength)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, err := Normalise(tt.value)
			if err != nil || !slices.Equal(n.Spellings, tt.want) || n.Text != tt.want[0] {
				t.Errorf("Normalise(%q) = %+v, %v, want %q", tt.value, n, err, tt.want)
			}
		})
	}
}

func TestNormaliseRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		want        error
	}{
		{"nothing", "", ErrEmpty},
		{"blanks", " \u00a0\u200b\n", ErrEmpty},
		{"too long", strings.Repeat("ж", MaxLength+1), ErrTooLong},
		{"two lines", "10472\n10473", ErrBadCharacter},
		{"control character", "104\x0072", ErrBadCharacter},
		{"not UTF-8", "104\xff72", ErrBadCharacter},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Normalise(tt.value)
			if !errors.Is(err, tt.want) {
				t.Errorf("Normalise(%q) = %v, want %v", tt.value, err, tt.want)
			}
			if err != nil && (strings.ContainsAny(err.Error(), "\n\x00") || len(err.Error()) > 300) {
				t.Errorf("error is not one short line: %q", err)
			}
		})
	}
}

func TestEscapeRegexp(t *testing.T) {
	for value, want := range map[string]string{
		"10472": "10472", "#1042": `\#1042`, "A.17/3": `A\.17/3`, "<a>": `\<a\>`, "заказ-7": "заказ-7", `a\b"c`: `a\\b\"c`,
	} {
		if got := EscapeRegexp(value); got != want {
			t.Errorf("EscapeRegexp(%q) = %q, want %q", value, got, want)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"10472", " #1042 ", "№", "\xff", "a\x00", "заказ-7"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		n, err := Normalise(value)
		if err != nil {
			return
		}
		again, err := Normalise(n.Text)
		if err != nil || !slices.Equal(again.Spellings, n.Spellings) {
			t.Errorf("Normalise(%q) = %q, again %q, %v", value, n.Spellings, again.Spellings, err)
		}
		for _, s := range n.Spellings {
			if s == "" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > MaxLength {
				t.Errorf("Normalise(%q) searches for %q", value, s)
			}
		}
		// As far as Go's operators are Lucene's, the escaped text matches itself alone.
		if strings.ContainsAny(n.Text, `#"@&<>~^$`) {
			return
		}
		if re, err := regexp.Compile("^(?:" + EscapeRegexp(n.Text) + ")$"); err != nil || !re.MatchString(n.Text) {
			t.Errorf("EscapeRegexp(%q) does not match it: %v", n.Text, err)
		}
	})
}
