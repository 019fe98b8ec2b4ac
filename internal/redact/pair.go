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
	signingkey encryptionkey masterkey xapikey csrf xsrf passport passports passwords secrets pw snils пароль паролем пароля секрет токен паспорт снилс инн`)

// phoneNames are names whose values are telephone numbers, however they are written.
var phoneNames = words(`phone phones tel telephone mobile msisdn phonenumber тел телефон телефона`)

// numberNames are those of secretNames that stand before their value with
// nothing but a blank between: password hunter2, CVV 123, паспорт 4509 123456.
// In Latin they begin with p, o, c or s, which findPairs relies on.
var numberNames = words(`password passwd pwd passphrase otp pin cvv cvc cvv2 passport snils пароль паролем пароля паспорт снилс инн`)

// labelNames are names whose value is the name of what follows, as in lists of
// headers: {"name":"Cookie","value":"…"}.
var labelNames = words(`name key header headername`)

// queryNames are names of parameters of addresses whose values are private too.
var queryNames = words(`code key state sign hash hmac ticket email mail phone tel msisdn login user username userid name firstname lastname fullname address session
	credential nonce otp birthday`)

// endings are what names end in that are run together, such as dbsecret.
var endings = []string{"secret", "apikey", "accesstoken", "refreshtoken", "idtoken", "authtoken", "sessionid"}

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// findPairs finds values of names such as password, after = and :, in JSON, XML,
// headers, addresses, command lines and dumps of objects, and in lists and tables
// of names with values.
func findPairs(hits []hit, s string, want kinds) []hit {
	labelled := false
	parameters := strings.IndexByte(s, '&') > 0 && !strings.ContainsAny(s, " \n") // of an address whose ? is elsewhere
	word := 0                                                                     // where the last one begins
	for i := 0; i < len(s); i++ {
		if class[s[i]]&isBlank != 0 {
			begin := word
			word = i + 1
			if begin < i && class[s[begin]]&(isLetter|isDigit) != 0 && strings.IndexByte("pocsPOCS", s[begin]) < 0 {
				continue // none of numberNames
			}
		}
		if !meets(s, i) {
			continue
		}
		name, query := nameBefore(s, i, parameters)
		if name == "" {
			continue
		}
		kind, found := pairKind(name, s[i], query, want)
		if !found && labelled && s[i] != ' ' && want.has(Password) && strings.EqualFold(name, "value") {
			kind, found = Password, true
		}
		if !found && s[i] == ' ' {
			continue
		}
		if !found {
			labelled = named(labelNames, name) && secretName(s[labelAfter(s, i+1):labelEnd(s, i+1)])
			continue
		}
		from, to := i, i
		switch {
		case kind == Phone:
			from, to = phoneAfter(s, i+1)
		case s[i] != ' ' || strings.HasPrefix(name, "--") || valued(s, i+1):
			from, to = valueAfter(s, i+1, name, query)
		}
		if s[i] == ',' && strings.HasPrefix(strings.TrimLeft(s[min(to+1, len(s)):], " "), ":") {
			continue // what comes next is a name itself
		}
		labelled = false
		if from < to && !nothing(s[from:to]) {
			hits = append(hits, hit{from, to, kind})
			i = max(i, to-1)
		}
	}
	return hits
}

// leastLocal is the digits of the shortest telephone number that its name tells.
const leastLocal = 7

// meets says whether a name and its value may meet at i.
func meets(s string, i int) bool {
	next := byte(0)
	if i+1 < len(s) {
		next = s[i+1]
	}
	switch s[i] {
	case '=': // of => and := the last sign counts
		return next != '>'
	case ':':
		return next != '='
	case '>':
		return true
	case ' ':
		return class[next]&isBlank == 0
	case ',': // ["Cookie", "a=b"]
		return i > 0 && isQuote(s[i-1]) && (isQuote(next) || next == ' ' && i+2 < len(s) && isQuote(s[i+2]))
	}
	return false
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// pairKind says what the value of a name is, and whether it is to be replaced.
func pairKind(name string, sign byte, query bool, want kinds) (Kind, bool) {
	switch {
	case sign == ' ' && !strings.HasPrefix(name, "--"):
		return Password, want.has(Password) && named(numberNames, name)
	case want.has(Password) && secretName(name):
		return Password, true
	case query && sign == '=' && want.has(URL) && named(queryNames, name):
		return URL, true
	case sign != '>' && sign != ',' && want.has(Phone) && phoneName(name):
		return Phone, true
	}
	return 0, false
}

// phoneName says whether the last word of a name is one of a telephone.
func phoneName(name string) bool {
	last := strings.LastIndexAny(name, "_-.") + 1
	return named(phoneNames, name) || last > 0 && named(phoneNames, name[last:])
}

// valued says whether what stands behind a name and a blank is its value and not
// the sentence going on: it is in quotes, or has three signs and a digit.
func valued(s string, from int) bool {
	if from < len(s) && isQuote(s[from]) {
		return true
	}
	to, digits := from, 0
	for to < len(s) && class[s[to]]&isBlank == 0 && to-from < maxName {
		if s[to] == '=' || s[to] == '<' {
			return false // a name, or markup
		}
		digits += int(class[s[to]] / isDigit & 1)
		to++
	}
	return digits > 0 && to-from >= 3 && class[s[from]]&(isLetter|isDigit) != 0
}

// phoneAfter returns where the telephone number stands that follows the end of a
// name, however it is written.
func phoneAfter(s string, from int) (int, int) {
	for n := 0; n < 4 && from < len(s) && strings.IndexByte(" \t\\\"'`", s[from]) >= 0; n++ {
		from++
	}
	to, end, digits := from, from, 0
	for to < len(s) && to-from < 32 && (class[s[to]]&isDigit != 0 || strings.IndexByte("+-() ._/", s[to]) >= 0) {
		if class[s[to]]&isDigit != 0 {
			digits, end = digits+1, to+1
		}
		to++
	}
	if digits < leastLocal {
		return from, from
	}
	return from, end
}

// labelAfter and labelEnd return where the name stands that is the value after
// from.
func labelAfter(s string, from int) int {
	for n := 0; n < 6 && from < len(s) && strings.IndexByte(" \t\\\"'`", s[from]) >= 0; n++ {
		from++
	}
	return from
}

func labelEnd(s string, from int) int {
	to := labelAfter(s, from)
	for begin := to; to < len(s) && to-begin < maxName && (letterOrDigit(s, to) || s[to] == '_' || s[to] == '-' || s[to] == '.' || s[to] >= utf8.RuneSelf); {
		to++
	}
	return to
}

// maxName bounds how far back a name is looked for.
const maxName = 64

// nameBefore returns the name that ends before i, and whether it is that of a
// parameter of an address. Before a blank only options and single words are
// names, and before > only those of elements, <password>.
func nameBefore(s string, i int, parameters bool) (name string, query bool) {
	to := i
	if s[i] == '>' {
		for to > 0 && (s[to-1] == '=' || s[to-1] == ' ') { // =>
			to--
		}
		if to == i {
			return element(s, i), false
		}
	}
	for to > 0 && strings.IndexByte(" \t\"'`\\]", s[to-1]) >= 0 && s[i] != ' ' {
		to--
	}
	from := nameStart(s, to)
	if from > 0 && s[from-1] == '[' && to < i && s[to] == ']' && strings.Trim(s[from:to], "0123456789") == "" { // passwords[0]
		to = from - 1
		from = nameStart(s, to)
	}
	name = s[from:to]
	if from == 0 {
		return name, parameters
	}
	return name, strings.IndexByte("?&#;", s[from-1]) >= 0
}

func nameStart(s string, to int) int {
	from := to
	for from > 0 && to-from < maxName && (letterOrDigit(s, from-1) || s[from-1] == '_' || s[from-1] == '-' || s[from-1] == '.' || s[from-1] >= utf8.RuneSelf) {
		from--
	}
	return from
}

// element returns the name of the element that a > at i opens, without that of
// its space, "" for none.
func element(s string, i int) string {
	from := strings.LastIndexByte(s[max(0, i-2*maxName):i], '<')
	if from < 0 {
		return ""
	}
	tag := s[max(0, i-2*maxName)+from+1 : i]
	if strings.ContainsAny(tag, ">/") {
		return ""
	}
	if blank := strings.IndexAny(tag, " \t\r\n"); blank >= 0 {
		tag = tag[:blank]
	}
	return tag[strings.IndexByte(tag, ':')+1:]
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

func holds(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

// secretName says whether the last word of a name, or the last two, is one of
// a secret, or the name ends in one, or holds password.
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
	for i := range all {
		if all[i] == 'p' && (holds(all[i:], "password") || holds(all[i:], "passwd") || holds(all[i:], "passphrase")) {
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
	if from < len(s) && (s[from] == '[' || s[from] == '{') {
		return from, bracketEnd(s, from)
	}
	stop := " \t\r\n;\"<"
	switch header := strings.ToLower(name); {
	case query:
		stop += "&#"
	case strings.HasSuffix(header, "authorization"), strings.HasSuffix(header, "cookie"):
		stop = headerStop
	default:
		stop += "&"
	}
	to := from
	for to < len(s) && !(s[to] == ',' && to+1 < len(s) && (s[to+1] == ' ' && stop != headerStop || s[to+1] == '"')) {
		if strings.IndexByte(stop, s[to]) >= 0 {
			if s[to] == '"' && stop == headerStop && s[to-1] == '=' { // Digest username="…", response="…"
				to = quotedEnd(s, to+1, '"', 0)
				if to < len(s) {
					to++
				}
				continue
			}
			if s[to] != ' ' || !numbersGoOn(s, from, to, name) {
				break
			}
		}
		to++
	}
	if to == len(s) || s[to] != '\n' {
		for to > from+1 && unopened(s[from:to]) {
			to--
		}
	}
	return from, to
}

// headerStop is what ends the value of a header.
const headerStop = "\r\n\""

// numbersGoOn says whether the blank at a number parts it, as in those of
// documents: 4509 123456.
func numbersGoOn(s string, from, blank int, name string) bool {
	return blank+1 < len(s) && blank-from < 32 && class[s[blank+1]]&isDigit != 0 && strings.Trim(s[from:blank], "0123456789-+() ") == "" && named(numberNames, name)
}

// bracketEnd returns where a list or an object ends that begins at from.
func bracketEnd(s string, from int) int {
	depth := 0
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			i = quotedEnd(s, i+1, '"', 0)
		}
	}
	return len(s)
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
