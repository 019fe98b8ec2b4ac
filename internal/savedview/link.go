package savedview

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Scheme is what a link begins with.
const Scheme = "traceview"

const (
	// MaxLink is the longest link that is written, in bytes: Windows hands no
	// longer ones to a program, and chats break them.
	MaxLink = 2000

	linkVersion = 1
	maxLinkRead = 16 << 10 // a link of a later version may be longer
	maxTenant   = 128      // runes
	maxOrder    = 256      // runes, as storages index them
)

// What is wrong with a link; test with errors.Is.
var (
	ErrLink = errors.New("not a whole traceview:// link")
	// ErrView says that only the view in a link cannot be read, as where a chat
	// cut its end off.
	ErrView = errors.New("the view in the link is damaged")
	// ErrLinkTooLong says that not even an order or a trace fits into a link.
	ErrLinkTooLong = fmt.Errorf("a link would be longer than %d characters", MaxLink)
)

// A Link says where an order or some traces are, and how they were looked at:
//
//	traceview://jaeger.example:16685/v1?order=10472&trace=3f2a…&view=…
//
// It is for colleagues who reach the same server. What can be in it: the address
// of the server, whether without TLS, the tenant, an order number, ids of traces
// and, packed, a View less who saved it, when, and fields that are not known here.
// Of a trace that View has ids of spans, instants, what was typed into the find
// box, the name of the attribute that colours tell apart, and the name somebody
// gave the view; nothing else that a trace recorded, no note, and never a token,
// a header, a password or a certificate.
type Link struct {
	Endpoint  string   // host:port
	Plaintext bool     // without TLS
	Tenant    string   // "" for none
	Order     string   // "" for none
	Traces    []string // ids, hexadecimal, in the order of their tabs
	View      *View    // nil for none
}

// Left is what a link is too short for.
type Left uint8

// What is left out of a link until it is no longer than MaxLink, one after the
// other, each with those before it.
const (
	LeftNothing Left = iota
	LeftFolds        // which spans are folded, of all traces
	LeftTabs         // how traces behind the one in front are looked at
	LeftView         // the view
	LeftTraces       // ids of traces; those of the order are found by its number
)

// IsLink says whether an argument or a text means a link rather than a file.
func IsLink(text string) bool {
	text = trimLink(text)
	return len(text) > len(Scheme) && text[len(Scheme)] == ':' && strings.EqualFold(text[:len(Scheme)], Scheme)
}

// trimLink takes off what comes with a link that was copied from a letter.
func trimLink(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`<>"'`, r) })
}

// Encode writes the link, and says what it had to leave out.
func (l Link) Encode() (text string, left Left, err error) {
	l.Traces = slices.Clone(l.Traces)
	if l.View != nil {
		for _, t := range l.View.Traces {
			if !slices.Contains(l.Traces, t.TraceID) {
				l.Traces = append(l.Traces, t.TraceID)
			}
		}
	}
	if err := l.check(); err != nil {
		return "", 0, fmt.Errorf("write link: %w", err)
	}
	for ; left < LeftTraces; left++ {
		if text, err = l.write(left); err != nil || len(text) <= MaxLink {
			return text, left, err
		}
	}
	l.frontFirst()
	for len(l.Traces) > 0 {
		l.Traces = l.Traces[:len(l.Traces)-1]
		if len(l.Traces) == 0 && l.Order == "" {
			break
		}
		if text, err = l.write(LeftTraces); err != nil || len(text) <= MaxLink {
			return text, LeftTraces, err
		}
	}
	return "", 0, fmt.Errorf("write link: %w", ErrLinkTooLong)
}

// frontFirst puts the trace in front before the others, so that it is the last
// to be left out.
func (l *Link) frontFirst() {
	if l.View == nil {
		return
	}
	if i := slices.Index(l.Traces, l.View.Active); i > 0 {
		front := l.Traces[i]
		l.Traces = slices.Insert(slices.Delete(l.Traces, i, i+1), 0, front)
	}
}

// write writes the link without what is left out.
func (l Link) write(left Left) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s://%s/v%d", Scheme, l.Endpoint, linkVersion)
	sep := byte('?')
	add := func(key, value string) {
		b.WriteByte(sep)
		b.WriteString(key + "=" + url.QueryEscape(value))
		sep = '&'
	}
	if l.Order != "" {
		add("order", l.Order)
	}
	if l.Tenant != "" {
		add("tenant", l.Tenant)
	}
	if l.Plaintext {
		add("plaintext", "1")
	}
	for _, id := range l.Traces {
		add("trace", id)
	}
	if l.View != nil && left < LeftView {
		packed, err := packView(l.View, l.Traces, left)
		if err != nil {
			return "", err
		}
		add("view", packed) // last: what a chat cuts off leaves the rest to be opened
	}
	return b.String(), nil
}

// ParseLink reads a link, whose content is not trusted beyond its form. Beside
// an error that wraps ErrView the Link is whole but for its View; others wrap
// ErrLink, and ErrNewer as well where this program is too old for it. The text of the link
// is not in the error. Parameters that are not known are passed over.
func ParseLink(text string) (Link, error) {
	text = trimLink(text)
	if !IsLink(text) || len(text) > maxLinkRead {
		return Link{}, fmt.Errorf("read link of %d bytes: %w", len(text), ErrLink)
	}
	u, err := url.Parse(text)
	if err != nil || u.User != nil { // a name and a password have no place in it
		return Link{}, fmt.Errorf("read link: %w", ErrLink)
	}
	number, ok := strings.CutPrefix(strings.TrimSuffix(u.Path, "/"), "/v")
	switch version, err := strconv.Atoi(number); {
	case !ok || err != nil || version < 1:
		return Link{}, fmt.Errorf("read link: it has no version: %w", ErrLink)
	case version > linkVersion:
		return Link{}, fmt.Errorf("%w: of version %d: %w", ErrLink, version, ErrNewer)
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Link{}, fmt.Errorf("read link: %w", ErrLink)
	}
	l := Link{
		Endpoint: u.Host, Plaintext: q.Get("plaintext") == "1", Tenant: q.Get("tenant"),
		Order: strings.TrimSpace(q.Get("order")), Traces: q["trace"],
	}
	if err := l.check(); err != nil {
		return Link{}, fmt.Errorf("read link: %w", err)
	}
	if !q.Has("view") {
		return l, nil
	}
	if l.View, err = unpackView(q.Get("view"), l.Traces); err != nil {
		return l, fmt.Errorf("read link: %w", err)
	}
	l.View.Order = l.Order
	return l, nil
}

// check says whether a link is one that can be opened.
func (l *Link) check() error {
	switch {
	case !endpoint(l.Endpoint):
		return fmt.Errorf("%w: want the address of a server as host:port", ErrLink)
	case l.Order == "" && len(l.Traces) == 0:
		return fmt.Errorf("%w: it names neither an order nor a trace", ErrLink)
	case !printable(l.Order, maxOrder):
		return fmt.Errorf("%w: the order in it is no order number", ErrLink)
	case !printable(l.Tenant, maxTenant):
		return fmt.Errorf("%w: the tenant in it is none", ErrLink)
	}
	for i, id := range l.Traces {
		if !traceID(id) || slices.Contains(l.Traces[:i], id) {
			return fmt.Errorf("%w: trace %d in it is no id, or named before", ErrLink, i+1)
		}
	}
	return nil
}

// endpoint says whether s is host:port, in characters that cannot be taken for
// others: a person is to tell from it where a link leads.
func endpoint(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil || len(host) > 253 {
		return false
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return false
	}
	if strings.Contains(host, ":") {
		a, err := netip.ParseAddr(host)
		return err == nil && a.Zone() == ""
	}
	return host != "" && !strings.ContainsFunc(host, func(r rune) bool {
		return r >= utf8.RuneSelf || !(unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".-_", r))
	})
}

// printable says whether s is text of at most limit runes all of which can be seen.
func printable(s string, limit int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit &&
		!strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// traceID says whether s is an id of 16 bytes in hexadecimal, and not zero.
func traceID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == "" && strings.Trim(s, "0") != ""
}
