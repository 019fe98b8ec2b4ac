package redact

import "strings"

// sqlStart returns where a statement of SQL begins in s, 0 where it is all of
// it, -1 where there is none: two words that go together, so that sentences
// with one of them stay.
func sqlStart(s string) int {
	if len(s) < 10 || !strings.ContainsAny(s, " \n\t") {
		return -1
	}
	var buf [8]byte
	first, operator := -1, strings.LastIndexAny(s, "=<>(")
	var second string
	for i := 0; i < len(s); {
		if !letterOrDigit(s, i) && s[i] != '_' {
			i++
			continue
		}
		from := i
		for i < len(s) && (letterOrDigit(s, i) || s[i] == '_') {
			i++
		}
		if i-from > 8 || i-from < 2 {
			continue
		}
		switch w := string(upper(buf[:0], s[from:i])); w {
		case "SELECT", "WITH":
			first, second = start(first, from), "FROM"
		case "INSERT", "MERGE", "REPLACE":
			first, second = start(first, from), "INTO"
		case "UPDATE":
			first, second = start(first, from), "SET"
		case "DELETE":
			first, second = start(first, from), "FROM"
		case "ALTER", "CREATE", "GRANT":
			first, second = start(first, from), "USER"
		case "IDENTIFIED":
			first, second = start(first, from), "BY"
		case "WHERE", "HAVING", "VALUES":
			if i <= operator {
				return max(start(first, from), 0)
			}
		case "ROLE":
			if second == "USER" {
				return first
			}
		case "CALL", "EXEC", "EXECUTE":
			if strings.TrimSpace(s[:from]) == "" {
				return from
			}
		default:
			if first >= 0 && w == second {
				return first
			}
		}
	}
	return -1
}

// upper appends a word in upper case.
func upper(dst []byte, word string) []byte {
	for i := 0; i < len(word); i++ {
		c := word[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func start(first, from int) int {
	if first < 0 {
		return from
	}
	return first
}

// findLiterals finds the literals of a statement that begins at from: text in
// quotes, also with dollars as PostgreSQL has it, and numbers. A backslash before
// a quote means different things to different databases: there all of the rest
// is taken.
func findLiterals(hits []hit, s string, from int) []hit {
	var buf [16]byte
	list := false // behind VALUES, IN and LIKE quotes of either sort hold values
	for i := from; i < len(s); {
		switch c := s[i]; {
		case c == '\'':
			end := quoteEnd(s, i+1, '\'')
			hits = append(hits, hit{i, end, Literal})
			i = end
		case c == '"' || c == '`':
			end := quoteEnd(s, i+1, c)
			if c == '"' && (list || compared(s[from:i])) && (end >= len(s) || s[end] != '.') {
				hits = append(hits, hit{i, end, Literal})
			}
			i = end
		case c == '$' && dollarQuote(s[i:]) > 0:
			n := dollarQuote(s[i:])
			end := len(s)
			if k := strings.Index(s[i+n:], s[i:i+n]); k >= 0 {
				end = i + n + k + n
			}
			hits = append(hits, hit{i, end, Literal})
			i = end
		case class[c]&isDigit != 0:
			end := i
			for end < len(s) && (letterOrDigit(s, end) || s[end] == '.' || (s[end] == '+' || s[end] == '-') && s[end-1]|0x20 == 'e') {
				end++
			}
			hits = append(hits, hit{i, end, Literal})
			i = end
		case class[c]&isLetter != 0 || c == '_' || c == '$' || c == ':' || c == '@' || c >= 0x80:
			end := i + 1
			for end < len(s) && (letterOrDigit(s, end) || s[end] == '_' || s[end] == '$' || s[end] >= 0x80) {
				end++
			}
			switch string(upper(buf[:0], s[i:min(end, i+16)])) {
			case "VALUES", "IN", "LIKE", "ILIKE":
				list = true
			case "FROM", "WHERE", "SET", "AND", "OR", "SELECT", "RETURNING":
				list = false
			}
			i = end
		default:
			i++
		}
	}
	return hits
}

// quoteEnd returns the end behind the closing quote; doubled quotes are text.
func quoteEnd(s string, i int, quote byte) int {
	for ; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == quote:
			return len(s)
		case s[i] != quote:
		case i+1 < len(s) && s[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(s)
}

// compared says whether what comes next is compared with something.
func compared(before string) bool {
	before = strings.TrimRight(before, " \t\r\n")
	return before != "" && strings.IndexByte("=<>", before[len(before)-1]) >= 0
}

// dollarQuote returns the length of the tag that opens a quoted text, 0 for none.
func dollarQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '$':
			return i + 1
		case s[i] != '_' && class[s[i]]&isLetter == 0 && (i == 1 || class[s[i]]&isDigit == 0):
			return 0
		}
	}
	return 0
}

// findStatement finds the values of a statement, of SQL or of another language:
// of documents all values, of commands all but the first word.
func findStatement(hits []hit, s string) []hit {
	if from := sqlStart(s); from >= 0 {
		return findLiterals(hits, s, from)
	}
	trimmed := strings.TrimLeft(s, " \t\r\n")
	begin := len(s) - len(trimmed)
	word := strings.IndexAny(trimmed, " \t\r\n({[")
	switch {
	case trimmed == "" || word < 0:
		return hits
	case sqlVerbs[strings.ToUpper(trimmed[:word])]:
		return findLiterals(hits, s, begin)
	case strings.ContainsAny(trimmed[:word+1], "{["):
		return findMembers(hits, s)
	}
	from := begin + word
	for from < len(s) && class[s[from]]&isBlank != 0 {
		from++
	}
	to := len(strings.TrimRight(s, " \t\r\n"))
	if from < to {
		hits = append(hits, hit{from, to, Literal})
	}
	return hits
}

var sqlVerbs = func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(`SELECT INSERT UPDATE DELETE WITH BEGIN COMMIT ROLLBACK SHOW CREATE ALTER DROP TRUNCATE LOCK EXPLAIN ANALYZE VACUUM
		SAVEPOINT RELEASE COPY FETCH DECLARE CLOSE PREPARE DEALLOCATE GRANT REVOKE USE MERGE REPLACE START REFRESH COMMENT`) {
		set[w] = true
	}
	return set
}()

// findMembers finds the values of a document such as JSON: text in quotes that is
// no name of a member, and numbers.
func findMembers(hits []hit, s string) []hit {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"' || c == '\'':
			end := i + 1
			for end < len(s) && s[end] != c {
				if s[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(s))
			if !strings.HasPrefix(strings.TrimLeft(s[end:], " \t\r\n"), ":") {
				hits = append(hits, hit{i, end, Literal})
			}
			i = end
		case class[c]&isDigit != 0 && !letterOrDigit(s, i-1):
			end := i
			for end < len(s) && (letterOrDigit(s, end) || s[end] == '.') {
				end++
			}
			hits = append(hits, hit{i, end, Literal})
			i = end
		default:
			i++
		}
	}
	return hits
}

// findTold finds the values that databases and their libraries tell of in errors
// and logs: PostgreSQL's Key (name)=(value), Failing row contains (…) and
// parameters: $1 = '…', and Hibernate's binding parameter.
func findTold(hits []hit, s string) []hit {
	for at := 0; ; {
		n := strings.Index(s[at:], ")=(")
		if n < 0 {
			break
		}
		from := at + n + len(")=(")
		at = told(s, from, ") ")
		hits = append(hits, hit{from, at, Literal})
	}
	if _, row, ok := strings.Cut(s, "Failing row contains ("); ok {
		from := len(s) - len(row)
		hits = append(hits, hit{from, told(s, from, ").\n"), Literal})
	}
	if n := strings.Index(s, "$1 = "); n >= 0 && strings.Contains(s[:n], "arameters") {
		hits = findLiterals(hits, s, n)
	}
	for at := 0; ; {
		n := strings.Index(s[at:], "binding parameter")
		if n < 0 {
			return hits
		}
		at += n + len("binding parameter")
		for _, mark := range []string{"- [", "-> [", "<- ["} {
			if k := strings.Index(s[at:min(len(s), at+80)], mark); k >= 0 {
				from := at + k + len(mark)
				at = told(s, from, "]\n")
				hits = append(hits, hit{from, at, Literal})
				break
			}
		}
	}
}

// told returns where a value ends: before its bracket and what follows that, or
// before the last bracket there is.
func told(s string, from int, end string) int {
	if n := strings.Index(s[from:], end); n >= 0 {
		return from + n
	}
	if n := strings.LastIndexByte(s[from:], end[0]); n >= 0 {
		return from + n
	}
	return len(s)
}
