package journey

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"traceview/internal/model"
)

// A part is what an attribute says of a status.
type part uint8

const (
	now    part = iota // what it is
	before             // what it was
)

// A statusKey is an attribute that tells a status.
type statusKey struct {
	of   string
	part part
}

// technical are the first words of attributes whose status is not that of an order.
var technical = map[string]bool{
	"http": true, "otel": true, "rpc": true, "grpc": true, "db": true, "messaging": true, "k8s": true, "container": true,
	"process": true, "system": true, "thread": true, "jvm": true, "faas": true, "error": true, "exception": true, "network": true,
	"net": true, "host": true, "aws": true, "azure": true, "gcp": true, "cloud": true, "browser": true, "test": true, "cicd": true,
	"vcs": true, "telemetry": true, "trace": true, "span": true, "connection": true, "conn": true, "tcp": true, "tls": true,
	"cache": true, "circuit": true, "health": true, "response": true, "request": true, "graphql": true, "websocket": true,
	"pool": true, "address": true, "country": true, "billing": true, "session": true, "internal": true, "sampler": true,
}

var (
	statusWords = map[string]bool{"status": true, "state": true}
	oldWords    = map[string]bool{"from": true, "old": true, "previous": true, "prev": true, "before": true}
	newWords    = map[string]bool{"to": true, "new": true, "current": true, "after": true, "next": true}
)

// statusOf says whether a key tells a status, and of what: its words end with
// "status" or "state", beside which one may say whether it is the old or the new one.
// What has no word for what it is the status of, or a technical one, does not count.
func statusOf(key string) (statusKey, bool) {
	if len(key) > 80 {
		return statusKey{}, false
	}
	words := wordsOf(key)
	k := statusKey{}
	n := len(words)
	if n > 1 && (oldWords[words[n-1]] || newWords[words[n-1]]) && statusWords[words[n-2]] {
		if oldWords[words[n-1]] {
			k.part = before
		}
		words, n = words[:n-1], n-1
	}
	if n == 0 || !statusWords[words[n-1]] {
		return statusKey{}, false
	}
	words, n = words[:n-1], n-1
	if n > 0 && (oldWords[words[n-1]] || newWords[words[n-1]]) {
		if oldWords[words[n-1]] {
			k.part = before
		}
		words, n = words[:n-1], n-1
	}
	if n > 0 && words[0] == "app" || n > 1 && words[0] == "demo" {
		words, n = words[1:], n-1
	}
	if n == 0 || technical[words[0]] || technical[words[n-1]] {
		return statusKey{}, false
	}
	k.of = strings.Join(words, " ")
	return k, true
}

// wordsOf returns the words of a key in small letters: order.newStatus is order new status.
func wordsOf(key string) []string {
	var b strings.Builder
	lower := false
	for _, c := range key {
		switch {
		case c == '.' || c == '_' || c == '-' || c == '/' || c == ' ':
			c = ' '
		case unicode.IsUpper(c) && lower:
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(c)
		b.WriteRune(unicode.ToLower(c))
	}
	return strings.Fields(b.String())
}

// stated is what one span or event says of a status.
type stated struct{ of, from, to string }

// longestStatus is how many letters a status has at most.
const longestStatus = 40

// stated adds what an attribute says of a status to a list.
func (t *table) stated(list []stated, trace *model.Trace, a model.Attr, c class) []stated {
	key, value := t.statuses[c-status], strings.TrimSpace(trace.Raw(a))
	if value == "" || isNumber(value) || utf8.RuneCountInString(value) > longestStatus {
		return list
	}
	k := slices.IndexFunc(list, func(s stated) bool { return s.of == key.of })
	if k < 0 {
		k, list = len(list), append(list, stated{of: key.of})
	}
	if key.part == before {
		list[k].from = value
	} else {
		list[k].to = value
	}
	return list
}

// A state is what was said of a status somewhere.
type state struct {
	Place
	at     int64
	system int32
	stated
}

// changes finds where a status became another.
func (b *builder) changes() {
	slices.SortFunc(b.states, func(a, b state) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.Trace, b.Trace), cmp.Compare(a.Span, b.Span))
	})
	last := map[string]string{}
	for _, s := range b.states {
		if s.to == "" || s.to == last[s.of] && (s.from == "" || s.from == s.to) {
			continue
		}
		c := Change{s.Place, s.system, s.at, s.of, s.from, s.to}
		if c.From == "" {
			c.From = last[s.of]
		}
		last[s.of] = s.to
		b.j.Changes = append(b.j.Changes, c)
	}
}
