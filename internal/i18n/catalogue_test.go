package i18n

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "sort the catalogues in assets/i18n")

const catalogueDir = "../../assets/i18n"

// forms are the texts of one key: by plural form, or under "" if it has none.
type forms map[string]string

// readCatalogue returns the messages of a language and the bytes of its file.
func readCatalogue(t *testing.T, lang string) (map[string]forms, []byte) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(catalogueDir, lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	raw := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatalf("%s.json: %v", lang, err)
	}
	c := map[string]forms{}
	for key, v := range raw {
		var text string
		if json.Unmarshal(v, &text) == nil {
			c[key] = forms{"": text}
			continue
		}
		f := forms{}
		if err := json.Unmarshal(v, &f); err != nil {
			t.Fatalf("%s.json: %s is neither a text nor an object of plural forms: %v", lang, key, err)
		}
		c[key] = f
	}
	return c, data
}

// formatCatalogue writes messages as the files keep them: sorted, one a line.
func formatCatalogue(t *testing.T, c map[string]forms) []byte {
	t.Helper()
	b := bytes.NewBufferString("{")
	quote := func(s string) string {
		var q bytes.Buffer
		e := json.NewEncoder(&q)
		e.SetEscapeHTML(false)
		if err := e.Encode(s); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(q.String())
	}
	for i, key := range slices.Sorted(maps.Keys(c)) {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n  " + quote(key) + ": ")
		if text, ok := c[key][""]; ok {
			b.WriteString(quote(text))
			continue
		}
		var parts []string
		for _, form := range []string{"zero", "one", "two", "few", "many", "other"} {
			if text, ok := c[key][form]; ok {
				parts = append(parts, quote(form)+": "+quote(text))
			}
		}
		b.WriteString("{" + strings.Join(parts, ", ") + "}")
	}
	b.WriteString("\n}\n")
	return b.Bytes()
}

func TestCataloguesAreSorted(t *testing.T) {
	for _, l := range Languages() {
		c, data := readCatalogue(t, l.Code)
		want := formatCatalogue(t, c)
		if bytes.Equal(data, want) {
			continue
		}
		if *update {
			if err := os.WriteFile(filepath.Join(catalogueDir, l.Code+".json"), want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, lines := strings.Split(string(data), "\n"), strings.Split(string(want), "\n")
		for i := range lines {
			if i >= len(got) || got[i] != lines[i] {
				t.Errorf("%s.json is not sorted one key a line (or has a key twice) from line %d, want %q; "+
					"run go test ./internal/i18n -update", l.Code, i+1, lines[i])
				break
			}
		}
	}
}

// pluralForms are those a whole number may ask for.
var pluralForms = map[string][]string{"en": {"one", "other"}, "ru": {"one", "few", "many"}}

func TestMessagesAreComplete(t *testing.T) {
	for _, l := range Languages() {
		c, _ := readCatalogue(t, l.Code)
		for key, f := range c {
			for form, text := range f {
				if strings.TrimSpace(text) == "" || text != strings.TrimSpace(text) {
					t.Errorf("%s.json: %s %s is empty or has blanks around it: %q", l.Code, key, form, text)
				}
			}
			if _, plain := f[""]; plain {
				continue
			}
			for _, form := range pluralForms[l.Code] {
				if _, ok := f[form]; !ok {
					t.Errorf("%s.json: %s lacks the plural form %q", l.Code, key, form)
				}
			}
			for form := range f {
				if form != "other" && !slices.Contains(pluralForms[l.Code], form) {
					t.Errorf("%s.json: %s has the form %q, which %s does not use", l.Code, key, form, l.Name)
				}
			}
		}
	}
}

func TestLanguagesSayTheSame(t *testing.T) {
	en, _ := readCatalogue(t, "en")
	ru, _ := readCatalogue(t, "ru")
	for key := range ru {
		if _, ok := en[key]; !ok {
			t.Errorf("%s is in ru.json only", key)
		}
	}
	for key, e := range en {
		r, ok := ru[key]
		if !ok {
			t.Errorf("%s is in en.json only", key)
			continue
		}
		if plural(e) != plural(r) {
			t.Errorf("%s has plural forms in one language only", key)
		}
		if got, want := placeholders(r), placeholders(e); !slices.Equal(got, want) {
			t.Errorf("%s has the placeholders %v in Russian, %v in English", key, got, want)
		}
	}
}

// In Russian the form "one" also serves 21 and 101, so it must show the number.
func TestRussianFormsShowTheNumber(t *testing.T) {
	ru, _ := readCatalogue(t, "ru")
	for key, f := range ru {
		if !plural(f) || !slices.Contains(placeholders(f), "n") {
			continue
		}
		for form, text := range f {
			if !strings.Contains(text, "{{.n}}") {
				t.Errorf("ru.json: %s %s does not show {{.n}}: %q", key, form, text)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{\{\.([a-z][A-Za-z0-9]*)\}\}`)

func TestPlaceholdersAreWellFormed(t *testing.T) {
	for _, l := range Languages() {
		c, _ := readCatalogue(t, l.Code)
		for key, f := range c {
			for _, text := range f {
				if rest := placeholder.ReplaceAllString(text, ""); strings.ContainsAny(rest, "{}") {
					t.Errorf("%s.json: %s has a brace that is no placeholder: %q", l.Code, key, text)
				}
			}
		}
	}
}

// Russian texts are in Russian: no Latin letter hides in a Cyrillic word.
func TestNoMixedAlphabets(t *testing.T) {
	mixed := regexp.MustCompile(`\p{Cyrillic}[A-Za-z]|[A-Za-z]\p{Cyrillic}`)
	for _, l := range Languages() {
		c, _ := readCatalogue(t, l.Code)
		for key, f := range c {
			for _, text := range f {
				if m := mixed.FindString(text); m != "" {
					t.Errorf("%s.json: %s mixes alphabets at %q: %q", l.Code, key, m, text)
				}
			}
		}
	}
}

func plural(f forms) bool { _, plain := f[""]; return !plain }

// placeholders returns the names in any form of a message, sorted.
func placeholders(f forms) []string {
	names := map[string]bool{}
	for _, text := range f {
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			names[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
