package weblink

import "strings"

// A context is where in a template a placeholder stands: Kibana writes what it is
// asked in Rison, with texts in quotes, and questions in KQL inside these, which
// have quotes of their own. A value must end none of them.
type context struct {
	rison, quoted, kql bool
}

// after returns the context behind text.
func (c context) after(text string) context {
	for i := 0; i < len(text); i++ {
		switch rest := text[i:]; {
		case strings.HasPrefix(rest, "_a=("), strings.HasPrefix(rest, "_g=("):
			c = context{rison: true}
		case !c.rison:
		case rest[0] == '&':
			c = context{}
		case rest[0] == '!' && len(rest) > 1:
			i++
		case rest[0] == '\'', strings.HasPrefix(rest, "%27"):
			c.quoted, c.kql = !c.quoted, false
		case c.quoted && (rest[0] == '"' || strings.HasPrefix(rest, "%22")):
			c.kql = !c.kql
		}
	}
	return c
}

// quote returns a value so that it stays one where it stands.
func (c context) quote(text string) string {
	if !c.rison {
		return text
	}
	if c.kql {
		text = kqlEscape.Replace(text)
	}
	if c.quoted {
		return risonEscape.Replace(text)
	}
	return risonText(text)
}

// risonEscape escapes what means something inside a text of Rison.
var risonEscape = strings.NewReplacer("!", "!!", "'", "!'")

// risonText returns a text as Rison.
func risonText(text string) string { return "'" + risonEscape.Replace(text) + "'" }

// risonPunctuation is what Kibana leaves in an address as it stands.
const risonPunctuation = "!'(),:@*/$"

// kqlEscape escapes what means something between the quotes of KQL.
var kqlEscape = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// kqlName returns the name of a field as KQL has it.
func kqlName(name string) string {
	var b strings.Builder
	for _, r := range name {
		if strings.ContainsRune(`\():<>"*{} `, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
