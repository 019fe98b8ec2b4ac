// Package units writes durations, sizes, counts, shares and clock times as a
// person reads them, in English and in Russian, and reads durations typed by a
// person in either language.
package units

import "strings"

// A Printer writes quantities in one language. It is a small value, may be
// copied and used from any goroutine; the zero Printer writes English.
type Printer struct{ words *words }

// words is what differs between languages.
type words struct {
	lang     string
	decimal  string
	group    string // between groups of three digits
	percent  string // what follows the number of a share
	duration [unitCount]string
	size     [5]string
	months   [12]string
}

// noBreak keeps the digits of one number on one line, as CLDR has it for
// Russian.
const noBreak = "\u00a0"

var english = words{
	lang: "en", decimal: ".", group: ",", percent: "%",
	duration: [unitCount]string{"ns", "µs", "ms", "s", "min", "h", "d"},
	size:     [5]string{"B", "kB", "MB", "GB", "TB"},
	months: [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

var russian = words{
	lang: "ru", decimal: ",", group: noBreak, percent: noBreak + "%",
	duration: [unitCount]string{"нс", "мкс", "мс", "с", "мин", "ч", "д"},
	size:     [5]string{"Б", "кБ", "МБ", "ГБ", "ТБ"},
	months: [12]string{"янв", "фев", "мар", "апр", "мая", "июн",
		"июл", "авг", "сен", "окт", "ноя", "дек"},
}

// For returns the printer of a language, "ru" or "en", also when given with a
// region (ru-RU). Any other language is written in English.
func For(lang string) Printer {
	if l := strings.ToLower(lang); l == "ru" || strings.HasPrefix(l, "ru-") || strings.HasPrefix(l, "ru_") {
		return Printer{&russian}
	}
	return Printer{&english}
}

// Lang returns the language written, "en" or "ru".
func (p Printer) Lang() string { return p.w().lang }

func (p Printer) w() *words {
	if p.words == nil {
		return &english
	}
	return p.words
}
