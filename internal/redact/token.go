package redact

import (
	"strings"
	"unicode/utf8"
)

// prefixes begin keys that say themselves whose they are, by first letter:
// Stripe, OpenAI, GitHub, GitLab, Slack, AWS, Google, SendGrid, npm, PyPI,
// Vault, DigitalOcean, Shopify, Yandex Cloud, and JSON in base64.
var prefixes = func() (by [256][]string) {
	for _, p := range []string{"eyJ", "sk_live_", "sk_test_", "pk_live_", "pk_test_", "rk_live_", "rk_test_", "whsec_", "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
		"github_pat_", "glpat-", "xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-", "xapp-", "AKIA", "ASIA", "AIza", "ya29.", "GOCSPX-", "SG.", "npm_", "pypi-",
		"hvs.", "hvb.", "dop_v1_", "shpat_", "shpss_", "AQVN", "t1.9eu", "y0_A"} {
		by[p[0]] = append(by[p[0]], p)
	}
	return by
}()

// findTokens finds keys that name themselves, what follows the name of a scheme
// of authentication, private keys, and long text that looks drawn at random.
func findTokens(hits []hit, s string) []hit {
	for i := 0; i < len(s); {
		if class[s[i]]&isWord == 0 {
			i++
			continue
		}
		from := i
		for i < len(s) && (class[s[i]]&isWord != 0 || s[i] == '=') {
			i++
		}
		if i-from >= leastToken {
			hits = findKeys(hits, s, from, i)
			hits = findRandom(hits, s, from, i)
		}
	}
	if _, path, ok := strings.Cut(s, "hooks.slack.com/services/"); ok { // who knows it may write there
		from := len(s) - len(path)
		hits = append(hits, hit{from, from + len(path) - len(strings.TrimLeft(path, tokenSigns)), Token})
	}
	hits = findSchemes(hits, s)
	for from, at := 0, 0; ; from = at {
		n := strings.Index(s[from:], "-----BEGIN")
		if n < 0 {
			return hits
		}
		head := s[from+n:]
		at = from + n + len("-----BEGIN")
		if mark := strings.Index(head[:min(len(head), 60)], "PRIVATE KEY"); mark >= 0 {
			at = len(s)
			if _, tail, ended := strings.Cut(head, "-----END"); ended {
				_, after, _ := strings.Cut(tail, "-----")
				at = len(s) - len(after)
			}
			hits = append(hits, hit{from + n, at, Token})
		}
	}
}

// findKeys finds keys that name themselves in s[from:to], which has no blanks.
func findKeys(hits []hit, s string, from, to int) []hit {
	for i := from; i < to; i++ {
		if letterOrDigit(s, i-1) {
			continue
		}
		for _, p := range prefixes[s[i]] {
			if to-i >= leastToken && strings.HasPrefix(s[i:to], p) {
				end := i
				for end < to && s[end] != '/' {
					end++
				}
				if end-i >= leastToken {
					return append(hits, hit{i, to, Token})
				}
			}
		}
	}
	return hits
}

const tokenSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-"

const (
	leastRandom = 32 // characters; ids of traces and of commits are hexadecimal
	secretAWS   = 40 // characters, which may hold slashes
)

// findRandom finds pieces of s[from:to] with letters of both cases and digits
// that change too often for words and names.
func findRandom(hits []hit, s string, from, to int) []hit {
	if n := to - from; n == secretAWS && s[from] != '/' && random(s[from:to], 1, 4) {
		return append(hits, hit{from, to, Token})
	}
	for i := from; i < to; {
		j := i
		for j < to && strings.IndexByte("/.~=", s[j]) < 0 {
			j++
		}
		if j-i >= leastRandom && random(s[i:j], 2, 3) {
			hits = append(hits, hit{i, j, Token})
		}
		i = j + 1
	}
	return hits
}

// random says whether a text has letters of both cases and so many digits, and
// another sort of sign every so many of them.
func random(s string, least, every int) bool {
	var upper, lower, digits, changes int
	last := 0
	for i := 0; i < len(s); i++ {
		now := 0
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			upper, now = upper+1, 1
		case c >= 'a' && c <= 'z':
			lower, now = lower+1, 2
		case c >= '0' && c <= '9':
			digits, now = digits+1, 3
		}
		if now != last {
			changes++
		}
		last = now
	}
	return upper >= 3 && lower >= 3 && digits >= least && changes >= len(s)/every
}

// findSchemes finds what follows Bearer, Basic and the like.
func findSchemes(hits []hit, s string) []hit {
	for i := 1; i < len(s); i++ {
		if s[i] != ' ' || class[s[i-1]]&isLetter == 0 {
			continue
		}
		w := i
		for w > 0 && class[s[w-1]]&isLetter != 0 && i-w < 10 {
			w--
		}
		least, known := scheme(s[w:i])
		if !known {
			continue
		}
		from := i
		for from < len(s) && s[from] == ' ' {
			from++
		}
		to := from
		for to < len(s) && strings.IndexByte(" \t\r\n\"'`,;<>&", s[to]) < 0 {
			to++
		}
		if to-from >= least && (least < leastToken || drawn(s[from:to])) && !plainWord(s[from:to]) {
			hits = append(hits, hit{from, to, Token})
		}
	}
	return hits
}

// scheme returns from how many characters on what follows a word is a secret.
func scheme(word string) (least int, known bool) {
	var buf [2 * maxName]byte
	switch string(squeeze(buf[:0], word)) {
	case "bearer", "basic":
		return 6, true
	case "digest", "negotiate", "ntlm", "token", "apikey":
		return leastToken, true
	}
	return 0, false
}

// plainWord says whether a word belongs to a sentence about authentication.
func plainWord(s string) bool {
	switch strings.Trim(strings.ToLower(s), ".:()") {
	case "authentication", "authorization", "realm", "scheme", "header", "headers", "tokens", "credentials", "expired", "invalid", "missing", "required":
		return true
	}
	return false
}

// drawn says whether a word has a digit, a sign of base64, or a capital inside.
func drawn(s string) bool {
	for i := 1; i < len(s); i++ {
		if c := s[i]; c < utf8.RuneSelf && (class[c]&isLetter == 0 || c >= 'A' && c <= 'Z') {
			return true
		}
	}
	return false
}
