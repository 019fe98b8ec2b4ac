package weblink

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"traceview/internal/model"
)

// A value is what stands for a placeholder: text, which may be a number's.
type value struct {
	text   string
	number bool
	whole  int64 // of a number, its digits behind the point left out
}

func numberOf(n int64) value { return value{strconv.FormatInt(n, 10), true, n} }

// add adds to a number and says whether that is one still.
func (v value) add(n int64) (value, bool) {
	if !v.number {
		return v, true
	}
	sum := v.whole + n
	return numberOf(sum), (sum > v.whole) == (n > 0)
}

// padStart makes a text n characters long by those of with before it.
func (v value) padStart(n int, with string) value {
	missing := n - utf8.RuneCountInString(v.text)
	if v.number || missing <= 0 || with == "" {
		return v
	}
	pad := []rune(strings.Repeat(with, missing))
	return value{text: string(pad[:missing]) + v.text}
}

// values looks up what placeholders stand for, as Jaeger UI does: beside the
// attribute, in its span and what made that, and so on up to the root.
type values struct {
	trace  *model.Trace
	span   model.SpanIndex // NoSpan for none
	whole  bool            // it is about the trace: its variables need no prefix, and attributes are not looked for
	near   []model.Attr    // beside the attribute
	climbs bool            // spans are looked into, too
	known  map[string]known
}

// known is what was found in spans.
type known struct {
	value value
	ok    bool
}

// of returns what stands for a placeholder.
func (v *values) of(p *param) (out value, ok bool) {
	out, ok = v.look(p.name)
	for _, f := range p.apply {
		if ok {
			out, ok = f(out)
		}
	}
	return out, ok
}

// look returns the value of a name. The span's id, which Jaeger UI does not offer,
// comes last, so that an attribute of that name means what it means there.
func (v *values) look(name string) (value, bool) {
	if rest, ok := strings.CutPrefix(name, "trace."); ok || v.whole {
		if out, known := v.ofTrace(rest); known {
			return out, true
		}
	}
	if !v.whole {
		if a, ok := v.trace.Find(v.near, name); ok {
			return v.attr(a), true
		}
		if v.climbs {
			if out, ok := v.climb(name); ok {
				return out, true
			}
		}
	}
	if name == "spanID" && v.span != model.NoSpan {
		return value{text: v.trace.Spans[v.span].ID.String()}, true
	}
	return value{}, false
}

// ofTrace returns a variable of the trace; times and durations are in µs.
func (v *values) ofTrace(name string) (value, bool) {
	const µs = 1000
	t := v.trace
	switch name {
	case "traceID":
		return value{text: t.ID.String()}, true
	case "startTime":
		return numberOf(t.Epoch / µs), true
	case "endTime":
		return numberOf(t.Epoch/µs + t.Dur/µs), true
	case "duration":
		return numberOf(t.Dur / µs), true
	case "traceName":
		if t.Root != model.NoSpan {
			return value{text: t.ServiceName(t.Root) + ": " + t.Name(t.Root)}, true
		}
	}
	return value{}, false
}

// climb looks for an attribute in the span and what made it, then in its parent, and
// so on. It remembers what it found: a chain may be long.
func (v *values) climb(name string) (value, bool) {
	if k, ok := v.known[name]; ok {
		return k.value, k.ok
	}
	var k known
	for i := v.span; i != model.NoSpan && !k.ok; i = v.trace.Spans[i].Parent {
		a, ok := v.trace.Attr(i, name)
		if !ok {
			a, ok = v.trace.Find(v.trace.ResourceAttrs(v.trace.Spans[i].Resource), name)
		}
		if ok {
			k = known{v.attr(a), true}
		}
	}
	if v.known == nil {
		v.known = map[string]known{}
	}
	v.known[name] = k
	return k.value, k.ok
}

// attr returns the value of an attribute.
func (v *values) attr(a model.Attr) value {
	out := value{text: v.trace.Text(a)}
	switch a.Kind {
	case model.ValueInt:
		out.number, out.whole = true, a.Int()
	case model.ValueFloat:
		if f := a.Float(); math.Abs(f) < 1<<62 {
			out.number, out.whole = true, int64(f)
		}
	}
	return out
}
