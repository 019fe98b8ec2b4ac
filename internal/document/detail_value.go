package document

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"traceview/internal/model"
)

const (
	// maxJSON is up to how many bytes a value is looked at as JSON: checking
	// them takes 40 ms at most.
	maxJSON = 4 << 20
	// maxInner is how many times JSON is looked for within strings of JSON.
	maxInner = 4
	// maxIndent is how deep lines are indented, in steps: deeper ones would
	// leave no room for what they say.
	maxIndent = 16
)

// Unfold returns the value of an attribute in lines, at most limit of them, and
// whether there is more. JSON is laid out with two blanks a level, also where it
// is the text of a string within JSON; what is not valid stays as it is. SQL on
// one line is broken before its clauses, a stack trace between its frames.
func (a Attr) Unfold(limit int) (lines []string, more bool) {
	text := strings.TrimSpace(a.Text)
	switch {
	case isJSON(text):
		p := jsonLines{limit: limit}
		p.add(text)
		lines = append(p.lines, string(p.line))
	case a.isSQL() && !strings.Contains(text, "\n"):
		lines = sqlLines(text, limit+1)
	default:
		if a.isStack() && !strings.Contains(text, "\n") { // written by something that escaped it
			text = strings.NewReplacer(`\r\n`, "\n", `\n`, "\n", `\t`, "\t").Replace(text)
		}
		lines = firstLines(text, limit+1)
	}
	if len(lines) > limit {
		return lines[:limit:limit], true
	}
	return lines, false
}

// firstLines returns at most n lines of a text, without the ends of lines and
// with tabs as two blanks.
func firstLines(s string, n int) []string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if len(out) == n {
			break
		}
		out = append(out, strings.ReplaceAll(strings.TrimRight(line, "\r"), "\t", "  "))
	}
	return out
}

func isJSON(s string) bool {
	return len(s) > 1 && len(s) <= maxJSON && (s[0] == '{' || s[0] == '[') && json.Valid([]byte(s))
}

// verbs begin statements of SQL.
var verbs = []string{"SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "MERGE "}

func (a Attr) isSQL() bool {
	if a.Kind != model.ValueString {
		return false
	}
	key := strings.ToLower(a.Key)
	if key == "db.statement" || key == "db.query.text" || strings.HasSuffix(key, "sql") {
		return true
	}
	return slices.ContainsFunc(verbs, func(v string) bool { return len(a.Text) > len(v) && strings.EqualFold(a.Text[:len(v)], v) })
}

func (a Attr) isStack() bool {
	key := strings.ToLower(a.Key)
	return strings.Contains(key, "stacktrace") || strings.HasSuffix(key, "stack")
}

// jsonLines lays out JSON, line by line up to a limit.
type jsonLines struct {
	lines []string
	line  []byte
	depth int
	inner int // strings within which JSON is laid out
	limit int
}

// newLine ends the line at hand.
func (p *jsonLines) newLine() {
	p.lines = append(p.lines, string(p.line))
	p.line = append(p.line[:0], strings.Repeat("  ", min(max(p.depth, 0), maxIndent))...)
}

// add lays out s, which must be valid.
func (p *jsonLines) add(s string) {
	for i := 0; i < len(s) && len(p.lines) <= p.limit; {
		c := s[i]
		i++
		switch c {
		case ' ', '\t', '\n', '\r':
		case '{', '[':
			p.line = append(p.line, c)
			if next := skipBlanks(s, i); s[next] == c+2 { // } and ] come two after { and [
				p.line = append(p.line, c+2)
				i = next + 1
				continue
			}
			p.depth++
			p.newLine()
		case '}', ']':
			p.depth--
			p.newLine()
			p.line = append(p.line, c)
		case ',':
			p.line = append(p.line, c)
			p.newLine()
		case ':':
			p.line = append(p.line, ": "...)
		case '"':
			end := stringEnd(s, i)
			next := skipBlanks(s, end)
			p.text(s[i-1:end], next < len(s) && s[next] == ':')
			i = end
		default:
			p.line = append(p.line, c)
		}
	}
}

// text adds a string with its quotes, which names a value or is one.
func (p *jsonLines) text(quoted string, names bool) {
	var s string
	if json.Unmarshal([]byte(quoted), &s) != nil {
		p.line = append(p.line, quoted...)
		return
	}
	if in := strings.TrimSpace(s); !names && p.inner < maxInner && isJSON(in) {
		p.inner++
		p.add(in)
		p.inner--
		return
	}
	p.line = append(p.line, jsonText(s)...)
}

func skipBlanks(s string, i int) int {
	for i < len(s) && strings.IndexByte(" \t\r\n", s[i]) >= 0 {
		i++
	}
	return i
}

// stringEnd returns where the string ends whose first letter is at i.
func stringEnd(s string, i int) int {
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// jsonText returns s as a string of JSON, with letters of all languages and
// signs of HTML as they are.
func jsonText(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always has an encoding
	return bytes.TrimRight(b.Bytes(), "\n")
}

// clauses begin a line of SQL each; those that begin with a blank are indented.
var clauses = []string{
	"FROM", "WHERE", "GROUP BY", "ORDER BY", "HAVING", "LIMIT", "OFFSET", "LEFT JOIN", "LEFT OUTER JOIN", "RIGHT JOIN", "INNER JOIN",
	"FULL JOIN", "CROSS JOIN", "JOIN", "UNION", "VALUES", "SET", "RETURNING", "ON CONFLICT", "FOR UPDATE", " AND", " OR",
}

// sqlLines breaks a statement before its clauses, those within brackets and
// quotes left alone, and stops after n lines: a megabyte of statements has
// 100,000 and more.
func sqlLines(s string, n int) []string {
	var lines []string
	from, depth, quote := 0, 0, byte(0)
	indent := ""
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ' ' && depth <= 0:
			clause := clauseAt(s[i+1:])
			if clause == "" {
				continue
			}
			if line := strings.TrimSpace(s[from:i]); line != "" {
				if lines = append(lines, indent+line); len(lines) == n {
					return lines
				}
			}
			if indent = ""; clause[0] == ' ' {
				indent = "  "
			}
			from = i + 1
			i += len(strings.TrimSpace(clause))
		}
	}
	return append(lines, indent+strings.TrimSpace(s[from:]))
}

// clauseStarts says of a byte whether a clause begins with it: most words are none, and
// trying every clause on each took 70 ms a megabyte.
var clauseStarts = func() (is [256]bool) {
	for _, c := range clauses {
		first := strings.TrimSpace(c)[0]
		is[first], is[first|0x20] = true, true
	}
	return is
}()

// clauseAt returns the clause that s begins with as a word, "" if none.
func clauseAt(s string) string {
	if s == "" || !clauseStarts[s[0]] {
		return ""
	}
	for _, c := range clauses {
		w := strings.TrimSpace(c)
		if len(s) >= len(w) && strings.EqualFold(s[:len(w)], w) && (len(s) == len(w) || !unicode.IsLetter(rune(s[len(w)])) && s[len(w)] != '_') {
			return c
		}
	}
	return ""
}
