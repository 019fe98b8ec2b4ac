package query

import (
	"cmp"
	"context"
	"slices"

	"traceview/internal/model"
)

// A test says whether one condition holds of span i. It may be called by
// several goroutines.
type test func(i model.SpanIndex) bool

// Match returns the spans of t of which all terms hold. It uses two goroutines
// for big traces, looks at names once each, and ends early with the context's
// error. One pass over a million spans takes 10 to 60 ms.
func (f Filter) Match(ctx context.Context, t *model.Trace) (Set, error) {
	set := NewSet(len(t.Spans))
	tests := f.compile(ctx, t)
	n := 1
	if len(t.Spans) >= bulkSpans {
		n = workers
	}
	part := func(w int) {
		from, to := len(set)*w/n, len(set)*(w+1)/n
		for k := from; k < to; k++ {
			if k%256 == 0 && ctx.Err() != nil {
				return
			}
			first := k * 64
			set[k] = matchWord(tests, model.SpanIndex(first), min(64, len(t.Spans)-first))
		}
	}
	if n == 1 {
		part(0)
	} else {
		inParallel(part)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return set, nil
}

// matchWord tests n spans from first on.
func matchWord(tests []test, first model.SpanIndex, n int) uint64 {
	var word uint64
next:
	for k := range n {
		for _, holds := range tests {
			if !holds(first + model.SpanIndex(k)) {
				continue next
			}
		}
		word |= 1 << k
	}
	return word
}

// compile resolves the terms against a trace, those that cost least first.
func (f Filter) compile(ctx context.Context, t *model.Trace) []test {
	cost := func(t term) int {
		switch t.kind {
		case termText:
			return 2
		case termAttr, termHas:
			return 1
		}
		return 0
	}
	terms := slices.Clone(f.terms)
	slices.SortStableFunc(terms, func(a, b term) int { return cmp.Compare(cost(a), cost(b)) })
	tests := make([]test, len(terms))
	for k, tm := range terms {
		tests[k] = tm.compile(ctx, t)
		if holds := tests[k]; tm.not {
			tests[k] = func(i model.SpanIndex) bool { return !holds(i) }
		}
	}
	return tests
}

func (tm term) compile(ctx context.Context, t *model.Trace) test {
	same := tm.op == opEqual
	switch tm.kind {
	case termError:
		return func(i model.SpanIndex) bool { return t.Spans[i].Failed() }
	case termSpanKind:
		return func(i model.SpanIndex) bool { return (t.Spans[i].Kind == model.Kind(tm.code)) == same }
	case termStatus:
		return func(i model.SpanIndex) bool { return (t.Spans[i].Status == model.Status(tm.code)) == same }
	case termDur:
		return func(i model.SpanIndex) bool { return holds(tm.op, cmp.Compare(t.Spans[i].Dur, tm.ns)) }
	case termName:
		names := stringsThat(t, tm.onText())
		return func(i model.SpanIndex) bool { return names[t.Spans[i].Name] }
	case termService:
		on := tm.onText()
		byResource := make([]bool, t.Resources())
		for r := range byResource {
			byResource[r] = on(t.Str(t.ResourceAt(model.ResourceID(r)).Service))
		}
		return func(i model.SpanIndex) bool { return byResource[t.Spans[i].Resource] }
	}
	return tm.compileParts(ctx, t).anywhere(t)
}

// stringsThat returns which interned strings hold, evaluating each once.
func stringsThat(t *model.Trace, on func(string) bool) []bool {
	list := make([]bool, t.Strings())
	for id := range list {
		list[id] = on(t.Str(model.StringID(id)))
	}
	return list
}

// onText returns the comparison of texts a term asks for.
func (tm term) onText() func(string) bool {
	switch tm.op {
	case opContains:
		return contains(tm.text)
	case opUnequal:
		same := equals(tm.text)
		return func(s string) bool { return !same(s) }
	}
	return equals(tm.text)
}

// holds says whether a comparison of sign c is what an operator asks for.
func holds(o op, c int) bool {
	switch o {
	case opLess:
		return c < 0
	case opAtMost:
		return c <= 0
	case opMore:
		return c > 0
	case opAtLeast:
		return c >= 0
	case opUnequal:
		return c != 0
	}
	return c == 0
}

// parts are the tests of a term that events can meet as well: whether it holds of
// what a span says itself, and whether of an event.
type parts struct {
	own   test
	event func(e *model.Event) bool
}

// anywhere tests that a term holds of a span itself or of one of its events.
func (p parts) anywhere(t *model.Trace) test {
	return func(i model.SpanIndex) bool {
		if p.own(i) {
			return true
		}
		events := t.SpanEvents(i)
		for k := range events {
			if p.event(&events[k]) {
				return true
			}
		}
		return false
	}
}

// compileParts resolves a term that events can meet as well.
func (tm term) compileParts(ctx context.Context, t *model.Trace) parts {
	switch tm.kind {
	case termHas: // an attribute or event of that name is there
		names := stringsThat(t, leads(tm.text))
		return partsOf(t, func(a model.Attr) bool { return names[a.Key] }, func(e *model.Event) bool { return names[e.Name] })
	case termAttr:
		return partsOf(t, tm.compileAttr(t), func(*model.Event) bool { return false })
	}
	s := newTextSearch(ctx, tm.text, t)
	return parts{func(i model.SpanIndex) bool { return s.own(t, i) }, func(e *model.Event) bool { return s.event(t, e) }}
}

// compileAttr tests that an attribute has the key and such a value.
func (tm term) compileAttr(t *model.Trace) func(model.Attr) bool {
	keys := stringsThat(t, equals(tm.key))
	on := tm.onText()
	return func(a model.Attr) bool {
		if !keys[a.Key] {
			return false
		}
		if tm.isNumber && tm.op != opContains {
			if v, ok := numeric(t, a); ok {
				return holds(tm.op, compareNumber(v, tm.number))
			}
		}
		return tm.op < opLess && on(t.Text(a))
	}
}

// compareNumber is cmp.Compare but that a NaN is equal to nothing and, being
// unequal, above everything.
func compareNumber(a, b float64) int {
	if a != a {
		return 1
	}
	return cmp.Compare(a, b)
}

// numeric returns the number a value is, or that its text is.
func numeric(t *model.Trace, a model.Attr) (float64, bool) {
	switch a.Kind {
	case model.ValueInt:
		return float64(a.Int()), true
	case model.ValueFloat:
		return a.Float(), true
	case model.ValueString:
		return number(t.Raw(a))
	}
	return 0, false
}

// partsOf tests the attributes of a span and of its resource, and those of an
// event and the event itself.
func partsOf(t *model.Trace, attr func(model.Attr) bool, event func(*model.Event) bool) parts {
	byResource := make([]bool, t.Resources())
	for r := range byResource {
		byResource[r] = slices.ContainsFunc(t.ResourceAttrs(model.ResourceID(r)), attr)
	}
	return parts{
		own: func(i model.SpanIndex) bool {
			return byResource[t.Spans[i].Resource] || slices.ContainsFunc(t.Attrs(i), attr)
		},
		event: func(e *model.Event) bool { return event(e) || slices.ContainsFunc(t.EventAttrs(e), attr) },
	}
}

// MatchEvents returns which events of the spans that match are meant: terms that
// may hold of an event, which are text, attributes and has:, narrow the list to the
// events of which they hold, unless they hold of the span without its events.
// nil stands for all. What it returns may be used by several goroutines.
func (f Filter) MatchEvents(ctx context.Context, t *model.Trace) func(i model.SpanIndex, e *model.Event) bool {
	var list []parts
	for _, tm := range f.terms {
		if !tm.not && (tm.kind == termText || tm.kind == termHas || tm.kind == termAttr) {
			list = append(list, tm.compileParts(ctx, t))
		}
	}
	if list == nil {
		return nil
	}
	return func(i model.SpanIndex, e *model.Event) bool {
		for _, p := range list {
			if !p.event(e) && !p.own(i) {
				return false
			}
		}
		return true
	}
}
