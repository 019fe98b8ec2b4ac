// Package i18n holds every text a person sees, in English and in Russian, and
// lets the language be chosen at run time. The texts are in assets/i18n.
package i18n

import (
	"strings"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"traceview/assets"
	"traceview/internal/units"
)

// A Language is one the application speaks.
type Language struct {
	Code string // as For takes it
	Name string // in the language itself
}

// Languages returns the languages the application speaks, in the order in which
// a menu lists them.
func Languages() []Language {
	return []Language{{"en", "English"}, {"ru", "Русский"}}
}

// Detect returns the language of the system according to the variables of the
// environment that POSIX and GNU name, read through getenv: LC_ALL,
// LC_MESSAGES, LANG, and LANGUAGE with its list where those are set to a
// language at all. Where none is known, it is English.
func Detect(getenv func(string) string) string {
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale = getenv(name); locale != "" {
			break
		}
	}
	base, _, _ := strings.Cut(locale, ".")
	if base == "C" || base == "POSIX" {
		return "en"
	}
	for _, l := range append(strings.Split(getenv("LANGUAGE"), ":"), locale) {
		if code, ok := spoken(l); ok {
			return code
		}
	}
	return "en"
}

// spoken returns the code of the language of a locale such as ru_RU.UTF-8, and
// whether the application speaks it.
func spoken(locale string) (string, bool) {
	code := strings.ToLower(locale)
	if i := strings.IndexAny(code, "_-.@"); i >= 0 {
		code = code[:i]
	}
	for _, l := range Languages() {
		if l.Code == code {
			return code, true
		}
	}
	return "", false
}

// catalogue is loaded once and never changed afterwards.
var catalogue = sync.OnceValue(func() map[string]*Printer {
	bundle := goi18n.NewBundle(language.English)
	printers := map[string]*Printer{}
	steps := map[string]string{}
	for _, l := range Languages() {
		file := "i18n/" + l.Code + ".json"
		data, err := assets.Messages.ReadFile(file)
		if err != nil {
			continue
		}
		// A damaged catalogue, which a test rules out, leaves keys on the
		// screen and the application usable.
		if f, err := bundle.ParseMessageFileBytes(data, file); err == nil {
			for _, m := range f.Messages {
				if key, ok := strings.CutSuffix(m.ID, ofSteps); ok {
					steps[key] = m.ID
				}
			}
		}
	}
	for _, l := range Languages() {
		printers[l.Code] = newPrinter(bundle, l.Code, steps)
	}
	return printers
})

// ofSteps ends the keys of texts that say step where that of the key says span.
const ofSteps = "#steps"

// For returns the printer of a language given by code or locale: ru, ru-RU,
// ru_RU.UTF-8. A language the application does not speak gives English. The
// printer is shared and may be used from any goroutine.
func For(lang string) *Printer {
	if code, ok := spoken(lang); ok {
		return catalogue()[code]
	}
	return catalogue()["en"]
}

// A Printer says things in one language.
type Printer struct {
	lang      string
	units     units.Printer
	localizer *goi18n.Localizer
	plain     sync.Map          // text by key, of messages asked for without arguments
	instead   map[string]string // keys of other texts, by key
	spans     *Printer
	steps     *Printer
}

// newPrinter makes the two printers of a language and returns the one that says span.
func newPrinter(bundle *goi18n.Bundle, lang string, steps map[string]string) *Printer {
	one := func() *Printer {
		return &Printer{lang: lang, units: units.For(lang), localizer: goi18n.NewLocalizer(bundle, lang)}
	}
	p, other := one(), one()
	other.instead = steps
	for _, w := range []*Printer{p, other} {
		w.spans, w.steps = p, other
	}
	return p
}

// Steps returns the printer of the language that calls spans steps, for people who do not
// know that word. It says all else in the same words.
func (p *Printer) Steps() *Printer { return p.steps }

// Spans returns the printer of the language that calls spans spans, as For returns it.
func (p *Printer) Spans() *Printer { return p.spans }

// Lang returns the code of the language, en or ru.
func (p *Printer) Lang() string { return p.lang }

// Units returns the printer of durations, numbers and times in the language.
func (p *Printer) Units() units.Printer { return p.units }

// T returns the text of a key. The arguments are names and values in turn:
// T("search.empty.title", "order", "10472") replaces {{.order}}. An int is
// written with its digits grouped. A key missing in the language is looked up in
// English; one missing there is returned itself.
func (p *Printer) T(key string, args ...any) string {
	if len(args) > 0 {
		return p.localize(key, nil, args)
	}
	if text, ok := p.plain.Load(key); ok {
		return text.(string)
	}
	text := p.localize(key, nil, nil)
	if text != key { // keys made up at run time must not pile up
		p.plain.Store(key, text)
	}
	return text
}

// N returns the text of a key in the plural form that n asks for. {{.n}} stands
// for n with its digits grouped; the arguments are as for T.
func (p *Printer) N(key string, n int, args ...any) string {
	all := make([]any, 0, len(args)+2)
	all = append(all, "n", p.units.Number(n))
	return p.localize(key, n, append(all, args...))
}

func (p *Printer) localize(key string, count any, args []any) string {
	if other, ok := p.instead[key]; ok {
		key = other
	}
	// The error says that the key is missing in the language; the text is
	// then the English one, or empty.
	text, _ := p.localizer.Localize(&goi18n.LocalizeConfig{
		MessageID:      key,
		PluralCount:    count,
		TemplateData:   arguments{p.units, args},
		TemplateParser: parser{},
	})
	if text == "" {
		return key
	}
	return text
}
