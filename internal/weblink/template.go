package weblink

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	// maxURL bounds an address in bytes: programs that are told to open a longer one
	// cut it, or refuse.
	maxURL = 8000
	// maxText bounds what a page is called, in characters.
	maxText = 120
	// maxPad bounds how long pad_start makes a text.
	maxPad = 1000
)

// A compiled is a template taken apart.
type compiled struct {
	Template
	types []string
	host  string
	url   []part
	text  []part
}

// A part of a template is text as it stands, or a placeholder.
type part struct {
	text  string
	param *param
}

// A param is a placeholder.
type param struct {
	name  string
	apply []function
	inner context
}

// A function changes a value, or says that it cannot be.
type function func(value) (value, bool)

// A TemplateError says what is wrong with a template.
type TemplateError struct {
	Template Template
	Err      error
}

// Error names the template by its address.
func (e *TemplateError) Error() string {
	name := e.Template.URL
	if name == "" {
		name = e.Template.Text
	}
	return fmt.Sprintf("link template %.200q: %v", name, e.Err)
}

// Unwrap returns what is wrong.
func (e *TemplateError) Unwrap() error { return e.Err }

// compile takes a template apart. The error is a *TemplateError.
func compile(t Template) (compiled, error) {
	c := compiled{Template: t}
	err := c.compile()
	if err != nil {
		return c, &TemplateError{t, err}
	}
	return c, nil
}

func (c *compiled) compile() error {
	for _, name := range c.Type {
		kind, ok := typeNames[name]
		if !ok {
			return fmt.Errorf("type %.30q is not known; use %s, %s, %s or %s", name, Process, Tags, Logs, Traces)
		}
		c.types = append(c.types, kind)
	}
	var err error
	if c.url, err = cut(c.URL); err != nil {
		return err
	}
	if c.text, err = cut(c.Text); err != nil {
		return err
	}
	if err := c.anchor(); err != nil {
		return err
	}
	in, whole := context{}, ""
	for i := range c.url {
		p := &c.url[i]
		if p.param != nil {
			p.param.inner = in
			whole += "x"
			continue
		}
		in = in.after(p.text)
		head, tail, divided := p.text, "", strings.Contains(whole, "#")
		if at := strings.IndexByte(p.text, '#'); at >= 0 && !divided {
			head, tail = p.text[:at+1], p.text[at+1:]
		} else if divided {
			head, tail = "", p.text
		}
		p.text = escape(head, "#"+addressPunctuation) + escape(tail, addressPunctuation) // of several #, only the first divides
		whole += p.text
	}
	if !sound(whole, c.host) {
		return errors.New("url: it makes no address; write % as %25, and no steps such as /../")
	}
	return nil
}

// start is what an address begins with, as far as no placeholder may reach.
var start = regexp.MustCompile(`^([a-zA-Z]+)://([^/?#\\]+)([/?#]|$)`)

// anchor notes the server an address leads to, which must not depend on values.
func (c *compiled) anchor() error {
	if len(c.url) == 0 {
		return errors.New("url is empty")
	}
	first := c.url[0]
	m := start.FindStringSubmatch(first.text)
	switch scheme, _, _ := strings.Cut(first.text, ":"); {
	case first.param != nil, m == nil && strings.HasPrefix(scheme, "http"), m != nil && m[3] == "" && len(c.url) > 1:
		return errors.New("url: the server must be written in it whole, followed by /, before the first #{…}")
	case m == nil, !strings.EqualFold(m[1], "http") && !strings.EqualFold(m[1], "https"):
		return errors.New("url: want one that begins with https:// or http://")
	case strings.Contains(m[2], "@"):
		return errors.New("url: a user name or password does not belong into it")
	}
	u, err := url.Parse(m[1] + "://" + m[2])
	if err != nil || u.Hostname() == "" || strings.ContainsFunc(m[2], func(r rune) bool { return r <= ' ' || r > '~' || r == '%' }) {
		return fmt.Errorf("url: %.60q is no name of a server", m[2])
	}
	c.host = u.Host
	c.url[0].text = strings.ToLower(m[1]) + first.text[len(m[1]):]
	return nil
}

var placeholder = regexp.MustCompile(`#\{([^{}]*)\}`)

// cut divides a template into its parts.
func cut(text string) ([]part, error) {
	var out []part
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > at {
			out = append(out, part{text: text[at:m[0]]})
		}
		p, err := parseParam(text[m[2]:m[3]])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text[m[0]:m[1]], err)
		}
		out = append(out, part{param: p})
		at = m[1]
	}
	if at < len(text) {
		out = append(out, part{text: text[at:]})
	}
	return out, nil
}

// parseParam reads a placeholder: a name, and functions behind bars.
func parseParam(text string) (*param, error) {
	fields := strings.Split(text, "|")
	p := &param{name: strings.TrimSpace(fields[0])}
	if p.name == "" {
		return nil, errors.New("there is no name in it")
	}
	for _, f := range fields[1:] {
		words := strings.Fields(f)
		if len(words) == 0 {
			return nil, errors.New("there is no function behind |")
		}
		fn, err := parseFunction(words[0], words[1:])
		if err != nil {
			return nil, err
		}
		p.apply = append(p.apply, fn)
	}
	return p, nil
}

// parseFunction returns one of Jaeger UI's functions. Like there, one leaves as it is
// what it is not for: a text is not added to, a number not padded.
func parseFunction(name string, args []string) (function, error) {
	number := func() (int64, error) {
		if len(args) == 0 {
			return 0, fmt.Errorf("%s: a number is missing", name)
		}
		n, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %.30q is no whole number", name, args[0])
		}
		return n, nil
	}
	switch name {
	case "epoch_micros_to_date_iso":
		return isoDate, nil
	case "add":
		n, err := number()
		return func(v value) (value, bool) { return v.add(n) }, err
	case "pad_start":
		n, err := number()
		if err == nil && (n < 0 || n > maxPad) {
			err = fmt.Errorf("%s: want a length up to %d", name, maxPad)
		}
		with := " "
		if len(args) > 1 {
			with = args[1]
		}
		return func(v value) (value, bool) { return v.padStart(int(n), with), true }, err
	}
	return nil, fmt.Errorf("function %.30q is not known; use epoch_micros_to_date_iso, pad_start or add", name)
}

// isoDate turns µs since 1970 into a date, as JavaScript writes it.
func isoDate(v value) (value, bool) {
	if !v.number {
		return v, true
	}
	at := time.UnixMicro(v.whole).UTC()
	if at.Year() < 0 || at.Year() > 9999 {
		return v, false
	}
	return value{text: at.Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")}, true
}

// page returns the page of a template, and whether there is one: each placeholder
// has a value, and with them the address is one.
func (c *compiled) page(v *values) (Page, bool) {
	var b strings.Builder
	for _, p := range c.url {
		if p.param == nil {
			b.WriteString(p.text)
			continue
		}
		x, ok := v.of(p.param)
		if !ok {
			return Page{}, false
		}
		b.WriteString(escape(p.param.inner.quote(x.text), ""))
	}
	out := Page{URL: b.String(), Host: c.host, Text: c.host}
	if !sound(out.URL, c.host) {
		return Page{}, false
	}
	var name strings.Builder
	for _, p := range c.text {
		if p.param == nil {
			name.WriteString(p.text)
		} else if x, ok := v.of(p.param); ok {
			name.WriteString(x.text)
		} else {
			return Page{}, false
		}
	}
	if text := tidy(name.String()); text != "" {
		out.Text = text
	}
	return out, true
}

// sound says whether an address leads to a host, as it stands, and not, by steps such
// as .., out of the folder that its template names.
func sound(address, host string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxURL || u.Host != host || u.User != nil || u.String() != strings.TrimSuffix(address, "#") {
		return false
	}
	return !slices.ContainsFunc(strings.Split(u.Path, "/"), func(step string) bool { return step == "." || step == ".." })
}

// tidy returns a text as one line that is not too long.
func tidy(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if r := []rune(text); len(r) > maxText {
		text = string(r[:maxText-1]) + "…"
	}
	return text
}

// addressPunctuation is what an address may hold as it stands beside letters and
// digits: the marks of RFC 3986 but #, and % since templates hold what is encoded.
const addressPunctuation = ":/?[]@!$&'()*+,;=%"

// escape encodes all bytes but letters, digits, -._~ and those in keep.
func escape(text, keep string) string {
	const digits = "0123456789ABCDEF"
	plain := func(b byte) bool {
		return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("-._~", b) >= 0 || strings.IndexByte(keep, b) >= 0
	}
	var out []byte
	for i := range len(text) {
		if b := text[i]; plain(b) {
			out = append(out, b)
		} else {
			out = append(out, '%', digits[b>>4], digits[b&15])
		}
	}
	return string(out)
}
