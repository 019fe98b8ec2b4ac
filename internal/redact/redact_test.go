package redact

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// planted are secrets that must not leave, each with a kind of its own.
var planted = []string{"ivan.petrov@mail.ru", "+7 (916) 123-45-67", "89167654321", "+442079460958", "4111 1111 1111 1111", "5555555555554444",
	"password=hunter2planted", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "Bearer s3cr3tplanted99", "https://user:pl4nted@host/x",
	"https://host/cb?token=pl4ntedtoken&x=1", "SELECT 1 FROM t WHERE name='Plantedname'"}

// secretParts are what of the planted must not be seen.
var secretParts = []string{"ivan.petrov", "916", "89167654321", "2079460958", "1111 1111", "55555555", "hunter2planted", "4eC39Hq", "s3cr3tplanted99", "pl4nted", "pl4ntedtoken", "Plantedname"}

// anyTrace makes a trace with text of all sorts in every place: broken trees,
// spans with equal ids, planted secrets.
func anyTrace(r *rand.Rand, n int) *model.Trace {
	b := model.NewBuilder()
	text := func() string {
		if r.IntN(3) == 0 {
			return "about " + planted[r.IntN(len(planted))]
		}
		return fmt.Sprint("word", r.IntN(20))
	}
	var value func(key model.StringID, depth int) model.Attr
	attrs := func(depth int) (list []model.Attr) {
		for range r.IntN(4) {
			list = append(list, value(b.InternString([]string{"note", "user.id", "http.url", "db.statement", "password", "x"}[r.IntN(6)]), depth))
		}
		return list
	}
	value = func(key model.StringID, depth int) model.Attr {
		switch k := r.IntN(9); {
		case k == 0:
			return model.IntAttr(key, []int64{5, 89167654321, 5555555555554444, -1}[r.IntN(4)])
		case k == 1:
			return model.FloatAttr(key, []float64{0.5, 5555555555554444}[r.IntN(2)])
		case k == 2:
			return model.BoolAttr(key, true)
		case k == 3:
			return b.BytesAttr(key, []byte(text()))
		case k == 4 && depth < 3:
			return b.MapAttr(key, attrs(depth+1))
		case k == 5 && depth < 3:
			return b.ListAttr(key, []model.Attr{value(0, depth+1), value(0, depth+1)})
		case k == 6:
			return model.EmptyAttr(key)
		}
		return b.StringAttr(key, []byte(text()))
	}
	for range n {
		start := uint64(1e18) + r.Uint64N(1000)
		rec := model.SpanRecord{Trace: model.TraceID{1}, ID: model.SpanID(r.IntN(n) + 1), Parent: model.SpanID(r.IntN(n + 1)),
			StartNano: start, EndNano: start + r.Uint64N(1000), Name: b.InternString(text()), StatusText: b.InternString(text()), State: b.InternString(text()),
			Kind: model.Kind(r.IntN(6)), Status: model.Status(r.IntN(3)), Attrs: attrs(0), Dropped: model.Dropped{Attrs: uint32(r.IntN(2))},
			Resource: b.Resource(&model.ResourceRecord{Attrs: append(attrs(0), b.StringAttr(b.InternString("service.name"), []byte(text())))}),
			Scope:    b.Scope(&model.ScopeRecord{Name: b.InternString(text()), Attrs: attrs(0)})}
		for range r.IntN(3) {
			rec.Events = append(rec.Events, model.EventRecord{TimeNano: start, Name: b.InternString(text()), Attrs: attrs(0)})
			rec.Links = append(rec.Links, model.LinkRecord{Trace: model.TraceID{2}, Span: 7, State: b.InternString(text()), Attrs: attrs(0)})
		}
		b.Add(&rec)
		if r.IntN(5) == 0 {
			b.WarnLast(model.BadAttribute)
		}
	}
	b.WarnTrace(model.TraceID{1}, model.Truncated)
	return b.Build()[0]
}

// everyText returns all text of a trace as the model holds it.
func everyText(t *model.Trace) string { return strings.Join(t.TextPieces(), "\n") }

func TestApplyKeepsTheShapeAndNoSecret(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		in := anyTrace(r, 1+r.IntN(30))
		before := everyText(in)
		red := New(Safe(), nil)
		out, err := red.Apply(t.Context(), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if everyText(in) != before {
			t.Fatalf("seed %d: the trace itself changed", seed)
		}
		plain, err := New(&Rules{}, nil).Apply(t.Context(), in, nil) // spans with one id may change places as in a file
		if err != nil || len(plain.Spans) != len(in.Spans) {
			t.Fatalf("seed %d: %d spans of %d (%v)", seed, len(plain.Spans), len(in.Spans), err)
		}
		in = plain
		if !sameShape(in, out) || in.Epoch != out.Epoch || in.Events != out.Events || in.Links != out.Links || in.Errors != out.Errors || in.Roots != out.Roots {
			t.Fatalf("seed %d: another shape", seed)
		}
		if a, b := kindsOfWarnings(in), kindsOfWarnings(out); !reflect.DeepEqual(a, b) {
			t.Fatalf("seed %d: warnings %v, want %v", seed, b, a)
		}
		for i := range in.Spans {
			a, b := in.Attrs(int32(i)), out.Attrs(int32(i))
			if len(b) < len(a) || in.Dropped(int32(i)) != out.Dropped(int32(i)) || in.Spans[i].Kind != out.Spans[i].Kind || in.Spans[i].Flags != out.Spans[i].Flags {
				t.Fatalf("seed %d, span %d: attributes or what was dropped differ", seed, i)
			}
			for k := range a {
				if in.Key(a[k]) != out.Key(b[k]) {
					t.Fatalf("seed %d, span %d: key %q for %q", seed, i, out.Key(b[k]), in.Key(a[k]))
				}
			}
		}
		after := everyText(out)
		for _, s := range secretParts {
			if at := strings.Index(after, s); at >= 0 {
				t.Fatalf("seed %d: %q survived in …%.80q", seed, s, after[max(at-20, 0):])
			}
		}
		changes, _ := red.Changes()
		for _, c := range changes {
			for _, e := range c.Examples {
				for _, s := range secretParts {
					if strings.Contains(e, s) {
						t.Fatalf("example %q shows %q", e, s)
					}
				}
			}
		}
	}
}

// kindsOfWarnings counts the warnings of a trace by kind: which of spans with one
// id came later is not known any more.
func kindsOfWarnings(t *model.Trace) map[model.WarningKind]int {
	n := map[model.WarningKind]int{}
	for _, w := range t.Warnings {
		n[w.Kind]++
	}
	return n
}

func sameShape(a, b *model.Trace) bool {
	if len(a.Spans) != len(b.Spans) {
		return false
	}
	for i := range a.Spans {
		x, y := &a.Spans[i], &b.Spans[i]
		if x.ID != y.ID || x.Parent != y.Parent || x.Start != y.Start || x.Dur != y.Dur {
			return false
		}
	}
	return true
}

func TestTwinsStayApart(t *testing.T) {
	b := model.NewBuilder()
	for _, mail := range []string{"1", "2"} {
		rec := model.SpanRecord{Trace: model.TraceID{1}, ID: 5, StartNano: 1e18, EndNano: 1e18, Attrs: []model.Attr{b.StringAttr(b.InternString("password"), []byte(mail))}}
		b.Add(&rec)
	}
	in := b.Build()[0]
	red := New(Safe(), nil)
	out, err := red.Apply(t.Context(), in, nil)
	if err != nil || len(out.Spans) != 2 || out.Repeats != 0 {
		t.Errorf("%d spans (%v), want two", len(out.Spans), err)
	}
	if by, all := red.Counts(); all != 2 || by[Masked] != 2 {
		t.Errorf("counted %v, %d in all, want 2", by, all)
	}
}

func TestRulesFile(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string
		is               error
	}{
		{"empty", "", "line 1: EOF", ErrNotRules},
		{"no JSON", "{\n\"version\": 1,\n oops}", "line 3", ErrNotRules},
		{"unknown field", `{"version":1,"rule":[]}`, `unknown field "rule"`, ErrNotRules},
		{"no version", `{}`, "version 0", ErrNotRules},
		{"of later", `{"version":2}`, "version 2", ErrNotRules},
		{"more behind", `{"version":1} {}`, "text after", ErrNotRules},
		{"base", `{"version":1,"base":"strict"}`, `base "strict": want safe or none`, ErrBadRule},
		{"action", `{"version":1,"rules":[{"key":"a","do":"keep"},{"key":"b","do":"drop"}]}`, `rule 2, key "b": bad rule: do "drop": want one of scan, keep`, ErrBadRule},
		{"key", `{"version":1,"rules":[{"key":"","do":"keep"}]}`, "rule 1", ErrBadRule},
		{"field", `{"version":1,"rules":[{"key":"@name","do":"keep"}]}`, "@span", ErrBadRule},
		{"kind", `{"version":1,"scan":["mail"]}`, `scan: bad rule: "mail": want one of email`, ErrBadRule},
		{"except", `{"version":1,"rules":[{"key":"a","do":"mask","except":["email"]}]}`, "except goes with", ErrBadRule},
		{"long", `{"version":1,"rules":[` + strings.Repeat(" ", maxFile) + `]}`, "more than 1 MB", ErrNotRules},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ReadRules(strings.NewReader(tt.text)); !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	rules, err := ReadRules(strings.NewReader(`{"version":1,"scan":["email"],"rules":[{"key":"user.*","do":"keep"},{"key":"@status","do":"mask"},{"key":"*","do":"scan","except":["email"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r := New(rules, nil)
	for _, tt := range []struct{ key, in, want string }{
		{"user.email", "a@b.ru", "a@b.ru"}, {"password", "x a@b.ru", "x a@b.ru"}, {"@status", "a", "[masked]"}, {"@span", "89161234567", "89161234567"},
	} {
		if got, _ := r.text(tt.in, r.plan(tt.key), place{}); got != tt.want {
			t.Errorf("%s=%q: got %q, want %q", tt.key, tt.in, got, tt.want)
		}
	}
	if _, err := compile(safeRules, allKinds); err != nil {
		t.Error(err)
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		pattern, key string
		want         bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"*", "", true}, {"a*", "abc", true}, {"*c", "abc", true}, {"*b*", "abc", true}, {"a*c*e", "abcde", true}, {"a*c*e", "abcd", false}, {"", "a", false},
	} {
		if got := match(tt.pattern, tt.key); got != tt.want {
			t.Errorf("%q of %q: %v", tt.key, tt.pattern, got)
		}
	}
}

func TestChangesSayWhereAndWhat(t *testing.T) {
	b := model.NewBuilder()
	b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 1, StartNano: 1, EndNano: 2, Name: b.InternString("mail a@b.ru"),
		Attrs: []model.Attr{b.StringAttr(b.InternString("note"), []byte("4111 1111 1111 1111 and ivan@x.ru and anna@x.ru"))}})
	red := New(Safe(), nil)
	if _, err := red.Apply(t.Context(), b.Build()[0], nil); err != nil {
		t.Fatal(err)
	}
	got, over := red.Changes()
	want := []Change{
		{Where: "span", Key: "note", Kinds: map[Kind]int{Email: 2, Card: 1}, Count: 3, Examples: []string{"•••1111", "i•••@•••", "a•••@•••"}, Values: []Value{}},
		{Where: "field", Key: "@span", Kinds: map[Kind]int{Email: 1}, Count: 1, Examples: []string{"a•••@•••"}, Values: []Value{}}}
	if over != 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestApplyEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(Safe(), nil).Apply(ctx, anyTrace(rand.New(rand.NewPCG(1, 1)), 5), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestLookTellsWhatApplyDoes holds that looking finds what is replaced, value by
// value, and what it is replaced by.
func TestLookTellsWhatApplyDoes(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		in, secret := anyTrace(r, 1+r.IntN(30)), []byte("one for both")
		looked, applied := New(Safe(), secret), New(Safe(), secret)
		looked.CollectValues()
		if err := looked.Look(t.Context(), in, nil); err != nil {
			t.Fatal(err)
		}
		out, err := applied.Apply(t.Context(), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := looked.Changes()
		b, _ := applied.Changes()
		after := everyText(out)
		for i := range a {
			values := 0
			for _, v := range a[i].Values {
				if !strings.Contains(after, v.After) {
					t.Fatalf("seed %d: %q for %q", seed, v.After, v.Before)
				}
				values += v.Count
			}
			if values+a[i].Beyond != a[i].Count {
				t.Fatalf("seed %d: %d values of %d", seed, values+a[i].Beyond, a[i].Count)
			}
			a[i].Values, b[i].Values = nil, nil
			a[i].values, b[i].values = nil, nil
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("seed %d: looked %v, applied %v", seed, a, b)
		}
	}
}

func TestValuesAreBounded(t *testing.T) {
	red := New(Safe(), nil)
	red.CollectValues()
	for i := range maxValues + 7 {
		red.text(fmt.Sprintf("user%d@mail.ru", i), plan{Scan, allKinds}, place{inSpan, "note"})
	}
	long := strings.Repeat("ж", maxShown)
	red.text(long, plan{Mask, 0}, place{inSpan, "body"})
	red.text(long, plan{Mask, 0}, place{inSpan, "body"})
	got, _ := red.Changes()
	if len(got) != 2 || len(got[0].Values) != maxValues || got[0].Beyond != 7 {
		t.Fatalf("got %d values and %d beyond", len(got[0].Values), got[0].Beyond)
	}
	if v := got[1].Values; len(v) != 1 || v[0].Count != 2 || len(v[0].Before) != maxShown || v[0].After != "[masked]" {
		t.Errorf("got %v", v)
	}
}

func TestRulesOfOneExportComeFirst(t *testing.T) {
	for _, tt := range []struct {
		name, do, text, want string
		base                 *Rules
	}{
		{"kept for once", "keep", "ivan@x.ru", "ivan@x.ru", Safe()},
		{"masked for once", "mask", "plain", "[masked]", None()},
		{"looked through for once", "scan", "plain 4111 1111 1111 1111", "plain [card:", None()},
		{"as the base", "", "ivan@x.ru", "ivan@x.ru", None()},
	} {
		rules := tt.base
		if tt.do != "" {
			var err error
			if rules, err = tt.base.With([]Rule{{Key: "note", Do: tt.do}}); err != nil {
				t.Fatal(err)
			}
		}
		b := model.NewBuilder()
		b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 1, StartNano: 1, EndNano: 2, Name: b.InternString("a b@c.ru"),
			Attrs: []model.Attr{b.StringAttr(b.InternString("note"), []byte(tt.text)), b.StringAttr(b.InternString("of anna@y.ru"), []byte("1"))}})
		out, err := New(rules, nil).Apply(t.Context(), b.Build()[0], nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Text(out.Attrs(0)[0]); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if kept := out.Name(0) == "a b@c.ru" && out.Key(out.Attrs(0)[1]) == "of anna@y.ru"; kept != (tt.name != "kept for once") {
			t.Errorf("%s: the rest is %q, %q", tt.name, out.Name(0), out.Key(out.Attrs(0)[1]))
		}
	}
	if _, err := Safe().With([]Rule{{Key: "@note", Do: "keep"}}); !errors.Is(err, ErrBadRule) {
		t.Errorf("got %v", err)
	}
}

func TestTextBesideTheTraces(t *testing.T) {
	r := New(Safe(), nil)
	if got := r.Text("ask ivan@x.ru about order 10472"); strings.Contains(got, "ivan") || !strings.HasSuffix(got, "about order 10472") {
		t.Errorf("got %q", got)
	}
	if c, _ := r.Changes(); len(c) != 1 || c[0].Count != 1 {
		t.Errorf("noted %v", c)
	}
	if got := New(None(), nil).Text("ivan@x.ru"); got != "ivan@x.ru" {
		t.Errorf("without rules %q", got)
	}
}

func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1e5, 1e6} {
		if n > 1e5 && testing.Short() {
			continue
		}
		m := model.NewBuilder()
		d := otlp.NewDecoder(m)
		if err := d.Read(strings.NewReader(string(synthetic.Trace(n, 1)))); err != nil {
			b.Fatal(err)
		}
		t := m.Build()[0]
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := New(Safe(), nil).Apply(context.Background(), t, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprint("look/", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				red := New(Safe(), nil)
				red.CollectValues()
				if err := red.Look(context.Background(), t, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
