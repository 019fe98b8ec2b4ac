package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// findUserinfo finds user and password in addresses (RFC 3986, 3.2.1), also
// where the password has a slash or an @ that should have been escaped, and in
// names of data sources without a scheme: user:password@host.
func findUserinfo(hits []hit, s string) []hit {
	for from := 0; from < len(s); {
		n := strings.IndexAny(s[from:], " \t\r\n\"'`<>,")
		if n < 0 {
			n = len(s) - from
		}
		word := s[from : from+n]
		if at := strings.IndexByte(word, '@'); at >= 0 {
			begin, scheme := 0, false
			if i := strings.LastIndex(word[:at], "://"); i >= 0 {
				begin, scheme = i+len("://"), true
			}
			for _, end := range []int{strings.LastIndexByte(word, '@'), at} {
				if begin < end && userinfo(word[begin:end], scheme) {
					hits = append(hits, hit{from + begin, from + end, URL})
					break
				}
			}
		}
		from += n + 1
	}
	return hits
}

func userinfo(user string, scheme bool) bool {
	name, password, colon := strings.Cut(user, ":")
	switch {
	case scheme && !strings.ContainsAny(user, "/?#"):
		return true
	case scheme: // a port, and an @ in the path, or a password with a slash?
		head, _, _ := strings.Cut(password, "/")
		return colon && !strings.ContainsAny(name, "/?#") && strings.Trim(head, "0123456789") != ""
	}
	label := strings.ToLower(name)
	return colon && name != "" && password != "" && !strings.ContainsAny(user, "/?#=&({[") && label != "mailto" && label != "email" && label != "mail"
}

// secretNames are last words of names whose values are secret.
var secretNames = words(`password passwd pwd pass passphrase passcode secret token jwt authorization auth credential credentials
	cookie sessionid sid jsessionid phpsessid signature sig cvv cvc cvv2 pin otp apikey accesskey secretkey privatekey accountkey sharedkey
	signingkey encryptionkey masterkey xapikey csrf xsrf passport пароль паролем пароля секрет токен паспорт`)

// queryNames are names of parameters of addresses whose values are private too.
var queryNames = words(`code key state sign hash hmac ticket email mail phone tel msisdn login user username userid name firstname lastname fullname address session
	credential nonce otp birthday`)

// endings are what names end in that are run together, such as dbpassword.
var endings = []string{"password", "passwd", "secret", "apikey", "accesstoken", "refreshtoken", "idtoken", "authtoken", "sessionid"}

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// findPairs finds values of names such as password, after = and :, in JSON, XML,
// headers, addresses, command lines and dumps of objects.
func findPairs(hits []hit, s string, want kinds) []hit {
	options := strings.Contains(s, "--")
	for i := 0; i < len(s); i++ {
		c := s[i]
		if class[c]&(isMark|isBlank) == 0 || c == ' ' && !options {
			continue
		}
		if c == '=' && i+1 < len(s) && s[i+1] == '>' || c == ':' && i+1 < len(s) && s[i+1] == '=' {
			continue // of => and := the last sign counts
		}
		switch c {
		case '=', ':', '>', ' ':
		default:
			continue
		}
		name, query := nameBefore(s, i)
		if name == "" {
			continue
		}
		secret := want.has(Password) && secretName(name)
		kind := Password
		if !secret && query && c == '=' && want.has(URL) && named(queryNames, name) {
			secret, kind = true, URL
		}
		if !secret {
			continue
		}
		from, to := valueAfter(s, i+1, name, query)
		if from < to && !nothing(s[from:to]) {
			hits = append(hits, hit{from, to, kind})
			i = max(i, to-1)
		}
	}
	return hits
}

// maxName bounds how far back a name is looked for.
const maxName = 64

// nameBefore returns the name that ends before i, and whether it is that of a
// parameter of an address. Before a blank only names of options are, --password,
// and before > only those of elements, <password>.
func nameBefore(s string, i int) (name string, query bool) {
	to := i
	if s[i] == '>' {
		for to > 0 && (s[to-1] == '=' || s[to-1] == ' ') { // =>
			to--
		}
	}
	arrow := to < i
	for to > 0 && strings.IndexByte(" \t\"'`\\]", s[to-1]) >= 0 && s[i] != ' ' {
		to--
	}
	from := to
	for from > 0 && to-from < maxName && (letterOrDigit(s, from-1) || s[from-1] == '_' || s[from-1] == '-' || s[from-1] == '.' || s[from-1] >= utf8.RuneSelf) {
		from--
	}
	name = s[from:to]
	switch {
	case s[i] == ' ' && !strings.HasPrefix(name, "--"), s[i] == '>' && !arrow && (from == 0 || s[from-1] != '<'):
		return "", false
	}
	return name, from > 0 && (s[from-1] == '?' || s[from-1] == '&' || s[from-1] == '#' || s[from-1] == ';')
}

// squeeze appends a name in lower case without what joins its words.
func squeeze(dst []byte, name string) []byte {
	for _, r := range name {
		switch {
		case r == '_' || r == '-' || r == '.':
		case r >= utf8.RuneSelf:
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		case r >= 'A' && r <= 'Z':
			dst = append(dst, byte(r)|0x20)
		default:
			dst = append(dst, byte(r))
		}
	}
	return dst
}

// named says whether a name is in a set; it allocates nothing.
func named(set map[string]bool, name string) bool {
	var buf [2 * maxName]byte
	return set[string(squeeze(buf[:0], name))]
}

// secretName says whether the last word of a name, or the last two, is one of
// a secret, or the name ends in one.
func secretName(name string) bool {
	var buf [2 * maxName]byte
	all := squeeze(buf[:0], name)
	if secretNames[string(all)] {
		return true
	}
	for _, e := range endings {
		if len(all) > len(e) && string(all[len(all)-len(e):]) == e {
			return true
		}
	}
	last, before := len(name), len(name)
	for i := len(name) - 1; i > 0; i-- {
		joint := strings.IndexByte("_-.", name[i-1]) >= 0
		if joint || name[i] >= 'A' && name[i] <= 'Z' && name[i-1] >= 'a' && name[i-1] <= 'z' {
			if last == len(name) {
				last = i
			} else {
				before = i
				break
			}
		}
	}
	return last < len(name) && named(secretNames, name[last:]) || before < last && named(secretNames, name[before:])
}

// valueAfter returns where the value that begins at or after from stands.
func valueAfter(s string, from int, name string, query bool) (int, int) {
	if s[from-1] == '>' && !strings.HasSuffix(strings.TrimRight(s[:from-1], " "), "=") { // an element
		end := strings.IndexByte(s[from:], '<')
		if end < 0 {
			return from, len(s)
		}
		return from, from + end
	}
	for from < len(s) && strings.IndexByte(" \t", s[from]) >= 0 {
		from++
	}
	slashes := 0
	for from+slashes < len(s) && s[from+slashes] == '\\' {
		slashes++
	}
	if at := from + slashes; at < len(s) && strings.IndexByte("\"'`", s[at]) >= 0 {
		return at + 1, quotedEnd(s, at+1, s[at], slashes)
	}
	stop := " \t\r\n;\"<"
	switch header := strings.ToLower(name); {
	case query:
		stop += "&#"
	case strings.HasSuffix(header, "authorization"), strings.HasSuffix(header, "cookie"):
		stop = "\r\n\""
	default:
		stop += "&"
	}
	to := from
	for to < len(s) && strings.IndexByte(stop, s[to]) < 0 && !(s[to] == ',' && to+1 < len(s) && (s[to+1] == ' ' || s[to+1] == '"')) {
		to++
	}
	if to == len(s) || s[to] != '\n' {
		for to > from+1 && unopened(s[from:to]) {
			to--
		}
	}
	return from, to
}

// unopened says whether a value ends with a comma or a bracket that opened before
// it.
func unopened(v string) bool {
	switch v[len(v)-1] {
	case ',':
		return true
	case ')':
		return !strings.Contains(v, "(")
	case '}':
		return !strings.Contains(v, "{")
	case ']':
		return !strings.Contains(v, "[")
	}
	return false
}

// quotedEnd returns where a value in quotes ends that are escaped by so many
// backslashes themselves, as in JSON within JSON.
func quotedEnd(s string, i int, quote byte, slashes int) int {
	for run := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			run++
			continue
		case quote:
			if run <= slashes && (run == slashes || run%2 == 0) {
				return i - run
			}
		}
		run = 0
	}
	return i
}

// nothing says whether a value tells that there is none.
func nothing(v string) bool {
	switch strings.ToLower(v) {
	case "null", "nil", "none", "true", "false", "undefined", "empty":
		return true
	}
	return strings.Trim(v, "*•?xX ") == "" || strings.HasPrefix(v, "[") && strings.HasSuffix(v, "]") && known(v)
}

// known says whether a value is one of ours already.
func known(v string) bool {
	name, _, _ := strings.Cut(v[1:len(v)-1], ":")
	for _, n := range labels {
		if n == name {
			return true
		}
	}
	return false
}
