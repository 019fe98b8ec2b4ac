package verdict

import "strings"

// plainly are the words for errors that programs of all kinds report in English, by
// what their messages and types hold; the first that fits counts.
var plainly = []struct {
	key  string
	says []string
}{
	{"deadlock", []string{"deadlock", "40p01", "serialization failure", "could not serialize"}},
	{"connect", []string{"connection refused", "failed to connect", "could not connect", "cannot connect", "connectexception", "econnrefused", "connection reset",
		"no route to host", "unreachable", "failed to fetch", "networkerror", "no such host", "unknownhost", "name resolution"}},
	{"time", []string{"timeout", "timed out", "time out", "deadline"}},
	{"access", []string{"access denied", "accessdenied", "permission denied", "forbidden", "unauthorized", "not authorized"}},
	{"faster", []string{"optimisticlock", "optimistic lock", "concurrency", "concurrent modification", "concurrentmodification", "expected to affect", "stale", "conflict"}},
	{"twice", []string{"duplicate key", "unique constraint", "already exists", "duplicate entry"}},
	{"unreadable", []string{"could not be converted", "parse error", "parseexception", "jsonexception", "failed to parse", "cannot parse", "unexpected token", "unmarshal", "deserializ",
		"malformed", "invalid json", "numberformatexception", "formatexception", "syntax error"}},
	{"memory", []string{"out of memory", "outofmemory", "oom"}},
	{"space", []string{"no space left", "disk full", "quota exceeded"}},
	{"busy", []string{"too many requests", "slow down", "slowdown", "rate limit", "throttl", "overloaded", "circuit breaker", "pool exhausted"}},
	{"missing", []string{"not found", "notfound", "no such", "does not exist", "nosuchkey"}},
	{"null", []string{"nullpointer", "null reference", "nullreference", "nil pointer", "undefined is not", "cannot read propert"}},
}

// mostPlain bounds how much of a message is looked at.
const mostPlain = 2000

// plainKey returns the key of the words for an error, "" where none fit.
func plainKey(texts ...string) string {
	for _, p := range plainly {
		for _, text := range texts {
			text = strings.ToLower(text[:min(len(text), mostPlain)])
			for _, part := range p.says {
				if strings.Contains(text, part) {
					return p.key
				}
			}
		}
	}
	return ""
}

// plainReason says in plain words why something failed, "" where nobody knows words.
func (s *speech) plainReason() string {
	if key := plainKey(s.f.Fault.Message, s.f.Fault.Type); key != "" {
		return s.w.T("finding.plain." + key)
	}
	return ""
}
