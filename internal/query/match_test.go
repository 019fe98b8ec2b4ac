package query

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// pick returns one of list.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

var (
	someKeys  = []string{"http.status_code", "order.id", "db.system", "exception", "exception.type", "Ключ", "k"}
	someTexts = []string{"GET /orders", "ПриВет мир", "mes-api", "shop", "error", "10472", "ſtraße", "K", "a", "", "500", "x=y", "true", strings.Repeat("длинный ", 40)}
)

func randomAttr(r *rand.Rand, b *model.Builder, depth int) model.Attr {
	key := b.InternString(pick(r, someKeys))
	switch r.IntN(8) {
	case 0:
		return model.BoolAttr(key, r.IntN(2) == 0)
	case 1:
		return model.IntAttr(key, pick(r, []int64{200, 500, 10472, -3}))
	case 2:
		return model.FloatAttr(key, pick(r, []float64{0.5, 500, 1e21, -3}))
	case 3:
		return b.BytesAttr(key, []byte{1, 2, byte(r.IntN(3))})
	case 4:
		if depth == 0 {
			return model.EmptyAttr(key)
		}
		list := []model.Attr{randomAttr(r, b, depth-1), randomAttr(r, b, depth-1)}
		if r.IntN(2) == 0 {
			return b.MapAttr(key, list)
		}
		return b.ListAttr(key, list)
	}
	return b.StringAttr(key, []byte(pick(r, someTexts)))
}

// randomTrace returns a trace of n spans that holds every kind of value.
func randomTrace(tb testing.TB, n int, seed uint64) *model.Trace {
	tb.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	b := model.NewBuilder()
	attrs := func(most int) []model.Attr {
		var list []model.Attr
		for range r.IntN(most) {
			list = append(list, randomAttr(r, b, 2))
		}
		return list
	}
	var resources []model.ResourceID
	for _, s := range []string{"mes-api", "shop-api", "Каталог"} {
		list := append(attrs(2), b.StringAttr(b.InternString("service.name"), []byte(s)))
		resources = append(resources, b.Resource(&model.ResourceRecord{Attrs: list}))
	}
	for i := range n {
		rec := model.SpanRecord{
			Trace: model.TraceID{1}, ID: model.SpanID(i + 1),
			StartNano: 1_700_000_000_000_000_000 + uint64(i), EndNano: 1_700_000_000_000_000_000 + uint64(i) + uint64(r.IntN(4))*100e6,
			Name: b.InternString(pick(r, someTexts)), Resource: pick(r, resources), Kind: model.Kind(r.IntN(6)), Status: model.Status(r.IntN(3)),
			StatusText: b.InternString(pick(r, someTexts)), Attrs: attrs(4),
		}
		if i > 0 {
			p := r.IntN(i)
			rec.Parent = model.SpanID(p + 1)
		}
		for range r.IntN(2) {
			rec.Events = append(rec.Events, model.EventRecord{TimeNano: 5, Name: b.InternString(pick(r, append(someKeys, "сбой"))), Attrs: attrs(3)})
		}
		b.Add(&rec)
	}
	return b.Build()[0]
}

// canonical writes every rune as the least of those that are the same letter
// and as long.
func canonical(s string) string {
	var b strings.Builder
	for _, r := range s {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			if utf8.RuneLen(f) == utf8.RuneLen(r) {
				least = min(least, f)
			}
		}
		b.WriteRune(least)
	}
	return b.String()
}

// naive says whether a term holds of a span, by the definition alone.
func naive(t *model.Trace, i model.SpanIndex, tm term) bool {
	sp := &t.Spans[i]
	attrs := slices.Clone(t.Attrs(i))
	texts := []string{t.Name(i), t.ServiceName(i), t.Str(sp.StatusText)}
	var events []string
	for _, e := range t.SpanEvents(i) {
		events = append(events, t.Str(e.Name))
		attrs = append(attrs, t.EventAttrs(&e)...)
	}
	for _, a := range attrs {
		texts = append(texts, t.Key(a), t.Text(a))
	}
	texts = append(texts, events...)
	all := append(attrs, t.ResourceAttrs(sp.Resource)...)
	same := func(s string) bool { return canonical(s) == canonical(tm.text) }
	inside := func(s string) bool { return strings.Contains(canonical(s), canonical(tm.text)) }
	compare := func(c float64, eq bool) bool {
		switch tm.op {
		case opEqual:
			return eq
		case opUnequal:
			return !eq
		case opLess:
			return c < 0
		case opAtMost:
			return c <= 0
		case opMore:
			return c > 0
		}
		return c >= 0
	}
	onText := func(s string) bool {
		if tm.op == opContains {
			return inside(s)
		}
		return compare(0, same(s))
	}
	switch tm.kind {
	case termError:
		return sp.Status == model.StatusError
	case termHas:
		leads := func(s string) bool {
			return same(s) || strings.HasPrefix(canonical(s), canonical(tm.text)+".")
		}
		if strings.TrimSpace(tm.text) == "" {
			return false
		}
		return slices.ContainsFunc(events, leads) || slices.ContainsFunc(all, func(a model.Attr) bool { return leads(t.Key(a)) })
	case termService:
		return onText(t.ServiceName(i))
	case termName:
		return onText(t.Name(i))
	case termSpanKind:
		return compare(0, sp.Kind == model.Kind(tm.code))
	case termStatus:
		return compare(0, sp.Status == model.Status(tm.code))
	case termDur:
		return compare(float64(sp.Dur-tm.ns), sp.Dur == tm.ns)
	case termAttr:
		return slices.ContainsFunc(all, func(a model.Attr) bool {
			if canonical(t.Key(a)) != canonical(tm.key) {
				return false
			}
			v, ok := 0.0, false
			switch a.Kind {
			case model.ValueInt:
				v, ok = float64(a.Int()), true
			case model.ValueFloat:
				v, ok = a.Float(), true
			case model.ValueString:
				v, ok = number(t.Raw(a))
			}
			if ok && tm.isNumber && tm.op != opContains {
				return compare(v-tm.number, v == tm.number)
			}
			return (tm.op == opContains || tm.op <= opUnequal) && onText(t.Text(a))
		})
	}
	return slices.ContainsFunc(texts, inside)
}

func checkAgainstNaive(t *testing.T, tr *model.Trace, q Filter, text string) {
	t.Helper()
	got, err := q.Match(context.Background(), tr)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range tr.Spans {
		want := true
		for _, tm := range q.terms {
			want = want && naive(tr, model.SpanIndex(i), tm) != tm.not
		}
		if want {
			n++
		}
		if got.Has(model.SpanIndex(i)) != want {
			t.Fatalf("%q matches span %d: %v, want %v", text, i, !want, want)
		}
	}
	if got.Len() != n {
		t.Errorf("%q matches %d spans, want %d", text, got.Len(), n)
	}
}

func randomFilter(r *rand.Rand) string {
	text := func() string {
		s := []rune(pick(r, append(someTexts, "0", "rue", "AQI", "1e+21", `"k":`, "[")))
		if len(s) > 2 && r.IntN(2) == 0 {
			s = s[r.IntN(len(s)-1):]
		}
		if r.IntN(3) == 0 {
			s = []rune(strings.ToUpper(string(s)))
		}
		return quote(string(s))
	}
	var terms []string
	for range 1 + r.IntN(3) {
		term := ""
		switch r.IntN(8) {
		case 0:
			term = "error"
		case 1:
			term = has + pick(r, append(someKeys, "СБОЙ"))
		case 2:
			term = pick(r, []string{"service", "name"}) + pick(r, []string{"=", "!=", "~"}) + text()
		case 3:
			term = pick(r, []string{"kind=consumer", "kind!=server", "kind=unspecified", "status=ok", "status!=error"})
		case 4:
			term = "dur" + pick(r, []string{"=", "!=", ">", ">=", "<", "<="}) + pick(r, []string{"0", "100ms", "200мс"})
		case 5:
			term = pick(r, someKeys) + pick(r, []string{"=", "!=", ">", ">=", "<", "<="}) + pick(r, []string{"500", "-3", "0,5"})
		case 6:
			term = pick(r, someKeys) + pick(r, []string{"=", "!=", "~"}) + text()
		default:
			if term = text(); term == `""` {
				term = "a"
			}
		}
		terms = append(terms, pick(r, []string{"", "", "-"})+term)
	}
	return strings.Join(terms, " ")
}

// TestMatchAgreesWithNaive compares small traces, whose values are searched one
// by one, and big ones, whose stored text is searched at once.
func TestMatchAgreesWithNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for seed := range uint64(12) {
		n, filters := 1+r.IntN(300), 60
		if seed%6 == 5 {
			n, filters = bulkSpans+r.IntN(200), 25
		}
		tr := randomTrace(t, n, seed)
		for range filters {
			text := randomFilter(r)
			q, err := Parse(text)
			if err != nil {
				continue // such as an = before a "
			}
			checkAgainstNaive(t, tr, q, text)
		}
	}
}

func TestMatchOfNothing(t *testing.T) {
	tr := &model.Trace{Arena: randomTrace(t, 3, 1).Arena}
	q, err := Parse("a k=1")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := q.Match(context.Background(), tr); err != nil || got.Len() != 0 || got.Next(0) != model.NoSpan || got.Prev(9) != model.NoSpan {
		t.Errorf("Match = %v, %v, want no span", got, err)
	}
}

func TestMatchStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, n := range []int{5, bulkSpans} {
		q, _ := Parse("a")
		if got, err := q.Match(ctx, randomTrace(t, n, 1)); got != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("Match of %d spans = %v, %v, want it cancelled", n, got, err)
		}
	}
}

func TestSet(t *testing.T) {
	s := NewSet(200)
	in := []model.SpanIndex{0, 5, 63, 64, 130, 199}
	for _, i := range in {
		s.Add(i)
	}
	for i := range model.SpanIndex(200) {
		k, _ := slices.BinarySearch(in, i)
		next, prev := model.NoSpan, model.NoSpan
		if k < len(in) {
			next = in[k]
		}
		if k > 0 {
			prev = in[k-1]
		}
		if s.Next(i) != next || s.Prev(i) != prev || s.Before(i) != k || s.Has(i) != slices.Contains(in, i) {
			t.Errorf("at %d: next %d, prev %d, before %d, want %d, %d, %d", i, s.Next(i), s.Prev(i), s.Before(i), next, prev, k)
		}
	}
	if s.Len() != len(in) || s.Next(200) != model.NoSpan || s.Prev(1000) != 199 || s.Next(-1) != 0 || s.Prev(-1) != model.NoSpan {
		t.Errorf("the ends of %v are wrong", s)
	}
}

func FuzzNeedle(f *testing.F) {
	f.Add("Привет", "приВЕТ мир")
	f.Add("aab", "aaAaab")
	f.Add("ſ", "sSſ")
	f.Fuzz(func(t *testing.T, text, in string) {
		if text == "" || !utf8.ValidString(text) || !utf8.ValidString(in) || len(text) > 300 {
			return
		}
		if got, want := newNeedle(text).find(in, 0), strings.Index(canonical(in), canonical(text)); got != want {
			t.Errorf("%q in %q: at %d, want %d", text, in, got, want)
		}
		if got, want := newNeedle(text).equal(in), canonical(in) == canonical(text); got != want {
			t.Errorf("%q equals %q: %v, want %v", text, in, got, want)
		}
	})
}

func TestComplete(t *testing.T) {
	b := model.NewBuilder()
	res := b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(b.InternString("service.name"), []byte("mes api"))}})
	key, odd := b.InternString("http.status_code"), b.InternString("odd key")
	b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 1, StartNano: 1, EndNano: 2, Name: b.InternString("GET"), Resource: res,
		Attrs: []model.Attr{model.IntAttr(key, 500), model.IntAttr(odd, 1)}, Events: []model.EventRecord{{Name: b.InternString("exception")}}})
	v := NewVocabulary(b.Build()[0])
	for _, tt := range []struct {
		name, text string
		caret      int
		want       []Completion
	}{
		{"key", "error htt", 9, []Completion{{Text: "http.status_code=", From: 6, To: 9}}},
		{"negated key", "-http", 5, []Completion{{Text: "http.status_code=", From: 1, To: 5}}},
		{"service", "service=me", 10, []Completion{{Text: `service="mes api"`, From: 0, To: 10}}},
		{"kind", "kind=con", 8, []Completion{{Text: "kind=consumer", From: 0, To: 8}}},
		{"event", "has:exc", 7, []Completion{{Text: "has:exception", From: 0, To: 7}}},
		{"key with a blank", "has:odd", 7, []Completion{{Text: `has:"odd key"`, From: 0, To: 7}}},
		{"caret inside", "kin x", 3, []Completion{{Text: "kind=", From: 0, To: 3}}},
		{"done", "kind=server", 11, nil},
		{"no values known", "k=", 2, nil},
		{"within quotes", `error service="mes a`, 20, []Completion{{Text: `service="mes api"`, From: 6, To: 20}}},
		{"a service by its name", "mes", 3, []Completion{{Text: `service="mes api"`, From: 0, To: 3}}},
		{"an operation by its name", "get", 3, []Completion{{Text: "name=GET", From: 0, To: 3}}},
		{"caret outside", "status=un", 99, []Completion{{Text: "status=unset", From: 0, To: 9}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := v.Complete(tt.text, tt.caret, 3)
			same := slices.EqualFunc(got, tt.want, func(a, b Completion) bool { return a.Text == b.Text && a.From == b.From && a.To == b.To })
			if !same {
				t.Errorf("Complete(%q) = %v, want %v", tt.text, got, tt.want)
			}
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	builder := model.NewBuilder()
	if err := otlp.DecodeProto(synthetic.Trace(1_000_000, 1), builder); err != nil {
		b.Fatal(err)
	}
	tr := builder.Build()[0]
	for _, text := range []string{"error", "service=shop-api kind=consumer dur>200ms", "http.response.status_code>=500", "has:exception", "-has:exception",
		"10472", "order", "заказ", "e", "http", "zzzzqqq", `"GET /"`} {
		b.Run(fmt.Sprintf("%q", text), func(b *testing.B) {
			q, err := Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				set, err := q.Match(context.Background(), tr)
				if err != nil {
					b.Fatal(err)
				}
				n = set.Len()
			}
			b.ReportMetric(float64(n), "matches")
		})
	}
}
