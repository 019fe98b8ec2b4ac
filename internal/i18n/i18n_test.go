package i18n

import (
	"errors"
	"sync"
	"testing"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// sample returns the printers of a small catalogue in which Russian lacks a key.
func sample(t testing.TB) (en, ru *Printer) {
	t.Helper()
	bundle := goi18n.NewBundle(language.English)
	for file, text := range map[string]string{
		"en.json": `{
			"empty.title": "No trace with order {{.order}}",
			"only.english": "English only, {{.order}}",
			"plain": "Cancel",
			"spans#steps": {"one": "{{.n}} step of {{.service}}", "other": "{{.n}} steps of {{.service}}"},
			"spans": {"one": "{{.n}} span of {{.service}}", "other": "{{.n}} spans of {{.service}}"}}`,
		"ru.json": `{
			"empty.title": "Нет трасс заказа {{.order}}",
			"plain": "Отмена",
			"spans#steps": {"one": "{{.n}} шаг в {{.service}}", "few": "{{.n}} шага в {{.service}}", "many": "{{.n}} шагов в {{.service}}"},
			"spans": {"one": "{{.n}} спан в {{.service}}", "few": "{{.n}} спана в {{.service}}", "many": "{{.n}} спанов в {{.service}}"}}`,
	} {
		if _, err := bundle.ParseMessageFileBytes([]byte(text), file); err != nil {
			t.Fatal(err)
		}
	}
	steps := map[string]string{"spans": "spans#steps"}
	return newPrinter(bundle, "en", steps), newPrinter(bundle, "ru", steps)
}

func TestT(t *testing.T) {
	en, ru := sample(t)
	for _, tt := range []struct {
		name   string
		key    string
		args   []any
		en, ru string
	}{
		{"no argument", "plain", nil, "Cancel", "Отмена"},
		{"argument", "empty.title", []any{"order", "#1042"}, "No trace with order #1042", "Нет трасс заказа #1042"},
		{"number", "empty.title", []any{"order", 10472}, "No trace with order 10,472", "Нет трасс заказа 10\u00a0472"},
		{"error", "empty.title", []any{"order", errors.New("x")}, "No trace with order x", "Нет трасс заказа x"},
		{"value like a placeholder", "empty.title", []any{"order", "{{.order}}"}, "No trace with order {{.order}}", "Нет трасс заказа {{.order}}"},
		{"argument missing", "empty.title", []any{"service", "x"}, "No trace with order {{.order}}", "Нет трасс заказа {{.order}}"},
		{"name without value", "empty.title", []any{"order"}, "No trace with order {{.order}}", "Нет трасс заказа {{.order}}"},
		{"key missing in Russian", "only.english", []any{"order", "7"}, "English only, 7", "English only, 7"},
		{"key missing", "no.such.key", nil, "no.such.key", "no.such.key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 { // the second time from the cache
				if got := en.T(tt.key, tt.args...); got != tt.en {
					t.Errorf("en: T(%q) = %q, want %q", tt.key, got, tt.en)
				}
				if got := ru.T(tt.key, tt.args...); got != tt.ru {
					t.Errorf("ru: T(%q) = %q, want %q", tt.key, got, tt.ru)
				}
			}
		})
	}
}

func TestN(t *testing.T) {
	en, ru := sample(t)
	for _, tt := range []struct {
		n      int
		en, ru string
	}{
		{0, "0 spans of S3", "0 спанов в S3"},
		{1, "1 span of S3", "1 спан в S3"},
		{2, "2 spans of S3", "2 спана в S3"},
		{5, "5 spans of S3", "5 спанов в S3"},
		{11, "11 spans of S3", "11 спанов в S3"},
		{21, "21 spans of S3", "21 спан в S3"},
		{112, "112 spans of S3", "112 спанов в S3"},
		{9310, "9,310 spans of S3", "9\u00a0310 спанов в S3"},
		{-1, "−1 span of S3", "−1 спан в S3"},
	} {
		if got := en.N("spans", tt.n, "service", "S3"); got != tt.en {
			t.Errorf("en: N(%d) = %q, want %q", tt.n, got, tt.en)
		}
		if got := ru.N("spans", tt.n, "service", "S3"); got != tt.ru {
			t.Errorf("ru: N(%d) = %q, want %q", tt.n, got, tt.ru)
		}
	}
	if got := ru.N("no.such.key", 3); got != "no.such.key" {
		t.Errorf("N of a missing key = %q, want the key", got)
	}
}

// TestSteps says step for span where there are words for it, and all else the same.
func TestSteps(t *testing.T) {
	en, ru := sample(t)
	for _, tt := range []struct{ got, want string }{
		{en.Steps().N("spans", 2, "service", "x"), "2 steps of x"}, {ru.Steps().N("spans", 5, "service", "x"), "5 шагов в x"},
		{en.Steps().T("plain"), "Cancel"}, {ru.Steps().T("only.english", "order", "7"), "English only, 7"},
		{ru.Steps().Spans().N("spans", 5, "service", "x"), "5 спанов в x"}, {en.Spans().Steps().N("spans", 1, "service", "x"), "1 step of x"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
	if en.Steps().Steps() != en.Steps() || en.Steps().Spans() != en || For("ru").Steps().N("header.spans", 2) != "2 шага" {
		t.Error("a printer of steps is another each time")
	}
}

func TestFor(t *testing.T) {
	for lang, want := range map[string]string{
		"en": "en", "ru": "ru", "ru-RU": "ru", "ru_RU.UTF-8": "ru", "RU": "ru", "de": "en", "": "en",
	} {
		p := For(lang)
		if got := p.Lang(); got != want {
			t.Errorf("For(%q).Lang() = %q, want %q", lang, got, want)
		}
		if got := p.Units().Lang(); got != want {
			t.Errorf("For(%q).Units().Lang() = %q, want %q", lang, got, want)
		}
	}
	if got := For("ru").T("error.cancelled.title"); got != "Отменено" {
		t.Errorf("T = %q, want %q", got, "Отменено")
	}
}

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"nothing set", nil, "en"},
		{"C", map[string]string{"LANG": "C"}, "en"},
		{"C with a charset", map[string]string{"LANG": "C.UTF-8", "LANGUAGE": "ru"}, "en"},
		{"POSIX", map[string]string{"LANG": "POSIX"}, "en"},
		{"Russian", map[string]string{"LANG": "ru_RU.UTF-8"}, "ru"},
		{"Russian by modifier", map[string]string{"LANG": "ru@euro"}, "ru"},
		{"LC_ALL goes first", map[string]string{"LC_ALL": "en_US.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"},
		{"LC_MESSAGES goes before LANG", map[string]string{"LC_MESSAGES": "ru_RU", "LANG": "en_US"}, "ru"},
		{"LANGUAGE goes first", map[string]string{"LANGUAGE": "de:ru:en", "LANG": "en_US"}, "ru"},
		{"language not spoken", map[string]string{"LANG": "de_DE.UTF-8"}, "en"},
		{"LANGUAGE alone", map[string]string{"LANGUAGE": "ru"}, "ru"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Detect(func(k string) string { return tt.env[k] }); got != tt.want {
				t.Errorf("Detect(%v) = %q, want %q", tt.env, got, tt.want)
			}
		})
	}
}

func TestPrinterFromManyGoroutines(t *testing.T) {
	_, ru := sample(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 200 {
				if ru.T("plain") != "Отмена" || ru.N("spans", n, "service", "S3") == "" {
					t.Error("wrong text under concurrency")
				}
			}
		})
	}
	wg.Wait()
}

func TestPlainTextDoesNotAllocate(t *testing.T) {
	_, ru := sample(t)
	if n := testing.AllocsPerRun(100, func() { ru.T("plain") }); n != 0 {
		t.Errorf("T without arguments allocates %v times, want 0", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "{{.n}} spans", "{{.", "}}{{.a}}{{.b", "{{.a{{.b}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		m, err := parser{}.Parse(src, "", "")
		if err != nil {
			t.Fatal(err)
		}
		// Without arguments every placeholder stays, so the text is unchanged.
		if got, err := m.Execute(arguments{}); err != nil || got != src {
			t.Errorf("Execute(%q) = %q, %v", src, got, err)
		}
	})
}

func BenchmarkN(b *testing.B) {
	_, ru := sample(b)
	b.ReportAllocs()
	for b.Loop() {
		ru.N("spans", 5, "service", "S3")
	}
}

func BenchmarkT(b *testing.B) {
	_, ru := sample(b)
	b.ReportAllocs()
	for b.Loop() {
		ru.T("plain")
	}
}
