package query

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

func TestPick(t *testing.T) {
	choices := []Choice{
		{"Trace as a waterfall", []string{"waterfall", "Трасса водопадом"}},
		{"Trace as a flame", []string{"flame", "Трасса пламенем"}},
		{"Следующая ошибка", []string{"nexterror", "Next error"}},
		{"INSERT shop.orders", []string{"shop-db INSERT shop.orders"}},
		{"POST /orders", []string{"shop-api POST /orders"}},
		{"10472", nil},
		{"", nil},
	}
	for _, tt := range []struct {
		name, pattern string
		want          []int
		runes         []int // of the first
	}{
		{"nothing typed", "  ", nil, nil},
		{"a word", "flame", []int{1}, []int{11, 12, 13, 14, 15}},
		{"another language", "водопад", []int{0}, nil},
		{"on the Russian layout", "цфеукафдд", []int{0}, []int{11, 12, 13, 14, 15, 16, 17, 18, 19}},
		{"on the English layout", "jib,rf", []int{2}, []int{10, 11, 12, 13, 14, 15}},
		{"capitals on the other layout", "ЦФЕУКАФДД", []int{0}, []int{11, 12, 13, 14, 15, 16, 17, 18, 19}},
		{"its own layout first", "orders", []int{3, 4}, []int{12, 13, 14, 15, 16, 17}},
		{"its own words before its service", "shop", []int{3, 4}, []int{7, 8, 9, 10}},
		{"service and operation", "shop-db insert", []int{3}, nil},
		{"words apart", "flame trace", []int{1}, []int{0, 1, 2, 3, 4, 11, 12, 13, 14, 15}},
		{"letters apart", "instord", []int{3}, nil},
		{"an order", "#10472", nil, nil},
		{"nowhere", "qqqq", nil, nil},
		{"not valid", "\xff\x00", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Pick(tt.pattern, choices)
			var index []int
			for _, p := range got {
				index = append(index, p.Index)
			}
			if !slices.Equal(index, tt.want) {
				t.Fatalf("Pick(%q) = %v, want %v", tt.pattern, index, tt.want)
			}
			if tt.runes != nil && !slices.Equal(got[0].Runes, tt.runes) {
				t.Errorf("letters at %v, want %v", got[0].Runes, tt.runes)
			}
		})
	}
}

func TestOtherLayout(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"waterfall", "цфеукафдд"}, {"цфеукафдд", "waterfall"}, {"Djljgfl", "Водопад"}, {"", ""}, {"[хъ", "[[]"}, {"10472", "10472"},
	} {
		if got := OtherLayout(tt.in); got != tt.want {
			t.Errorf("OtherLayout(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// FuzzPick holds that picking never panics, picks each choice once, and says
// truly where letters are.
func FuzzPick(f *testing.F) {
	f.Add("order", "POST /orders", "shop-api POST")
	f.Add("цфеук", "waterfall", "водопад")
	f.Add("a b", "b a", "\x00\xff")
	f.Add("№ 1", "#1", " ")
	f.Fuzz(func(t *testing.T, pattern, text, also string) {
		seen := map[int]bool{}
		for _, p := range Pick(pattern, []Choice{{text, []string{also}}, {also, nil}, {text + also, nil}}) {
			if seen[p.Index] {
				t.Fatalf("choice %d is picked twice", p.Index)
			}
			seen[p.Index] = true
			said := []string{text, also, text + also}[p.Index]
			if n := utf8.RuneCountInString(said); !slices.IsSorted(p.Runes) || len(p.Runes) > 0 && (p.Runes[0] < 0 || p.Runes[len(p.Runes)-1] >= n) {
				t.Errorf("letters of %q at %v, which has %d", said, p.Runes, n)
			}
		}
	})
}

func TestOperations(t *testing.T) {
	b := model.NewBuilder()
	res := b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(b.InternString("service.name"), []byte("mes-api"))}})
	for i, s := range []struct {
		name string
		ms   uint64
		fail bool
	}{{"GET", 5, false}, {"GET", 50, false}, {"PUT", 1, true}, {"GET", 1, true}, {"GET", 20, false}, {"GET", 70, false}} {
		r := model.SpanRecord{Trace: model.TraceID{1}, ID: model.SpanID(i + 1), StartNano: uint64(i+1) * 1e9, EndNano: uint64(i+1)*1e9 + s.ms*1e6,
			Name: b.InternString(s.name), Resource: res}
		if s.fail {
			r.Status = model.StatusError
		}
		b.Add(&r)
	}
	got, err := Operations(context.Background(), b.Build()[0])
	want := []Operation{
		{"mes-api", "GET", 5, 1, []model.SpanIndex{3, 5, 1}},
		{"mes-api", "PUT", 1, 1, []model.SpanIndex{2}},
	}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, %v\nwant %v", got, err, want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Operations(ctx, &model.Trace{Spans: make([]model.Span, 1)}); err == nil {
		t.Error("it goes on after it was cancelled")
	}
}

// TestTermAsksForItsAttribute holds that what a term asks for is found, and only
// what has the value.
func TestTermAsksForItsAttribute(t *testing.T) {
	values := []string{"403", `C:\dir\`, `say "hi"`, "two words", "", "-minus", `"`, "первая\nвторая", strings.Repeat("long ", 100), "a=b", "has:x", "error", "\tx", `\"`}
	for _, key := range []string{"k", "db.statement", "odd key", "a=b", "-x", "has:y", "dur", "kind", "заказ"} {
		for _, value := range values {
			b := model.NewBuilder()
			b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 1, StartNano: 1, EndNano: 2, Attrs: []model.Attr{b.StringAttr(b.InternString(key), []byte(value))}})
			b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 2, StartNano: 2, EndNano: 3, Attrs: []model.Attr{b.StringAttr(b.InternString(key), []byte("another"))}})
			trace := b.Build()[0]
			for _, not := range []bool{false, true} {
				term := Term(key, value, not)
				if term == "" {
					continue
				}
				f, err := Parse(term)
				if err != nil {
					t.Errorf("%s=%q: %q cannot be read: %v", key, value, term, err)
					continue
				}
				set, _ := f.Match(context.Background(), trace)
				if set.Has(0) == not || nameable(key) && set.Has(1) != not {
					t.Errorf("%s=%q: %q matches %v, %v", key, value, term, set.Has(0), set.Has(1))
				}
			}
		}
	}
}

func TestValuesAreOffered(t *testing.T) {
	b := model.NewBuilder()
	res := b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(b.InternString("host"), []byte("n1"))}})
	for i := range 5 {
		b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: model.SpanID(i + 1), StartNano: 1, EndNano: 2, Resource: res,
			Attrs: []model.Attr{model.IntAttr(b.InternString("http.status_code"), int64(200+i/3*300))}})
	}
	trace := b.Build()[0]
	v := NewVocabulary(trace)
	if got := v.Wants("service=x", 9) + v.Wants("kind=", 5) + v.Wants("http", 4) + v.Wants("nobody=", 7); got != "" {
		t.Errorf("values of %q are wanted", got)
	}
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"HTTP.status_code!=", []string{"HTTP.status_code!=200 3", "HTTP.status_code!=500 2"}},
		{"http.status_code=5", []string{"http.status_code=500 2"}},
		{"-host=", []string{"host=n1 5"}},
	} {
		key := v.Wants(tt.text, len(tt.text))
		list, err := Values(context.Background(), trace, key)
		if err != nil {
			t.Fatal(err)
		}
		if v = v.With(key, list); v.Wants(tt.text, len(tt.text)) != "" {
			t.Errorf("%s: its values are wanted again", tt.text)
		}
		var got []string
		for _, c := range v.Complete(tt.text, len(tt.text), 8) {
			got = append(got, fmt.Sprint(c.Text, " ", c.Count))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: offered %q, want %q", tt.text, got, tt.want)
		}
		v = NewVocabulary(trace)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Values(ctx, trace, "host"); err == nil {
		t.Error("it goes on after it was cancelled")
	}
}

func TestFinder(t *testing.T) {
	for _, tt := range []struct {
		text, in   string
		begin, end int
	}{
		{"", "x", -1, -1}, {"b", "abc", 1, 2}, {"заказ", "Номер ЗАКАЗА", 11, 21}, {"x", "", -1, -1}, {"ab", "a", -1, -1},
	} {
		f := NewFinder(tt.text)
		if b, e := f.Find(tt.in, 0); b != tt.begin || e != tt.end || f.In(tt.in) != (b >= 0) {
			t.Errorf("%q in %q: %d, %d; want %d, %d", tt.text, tt.in, b, e, tt.begin, tt.end)
		}
	}
}

func millionSpans(b *testing.B) *model.Trace {
	b.Helper()
	builder := model.NewBuilder()
	if err := otlp.DecodeProto(synthetic.Trace(1_000_000, 1), builder); err != nil {
		b.Fatal(err)
	}
	return builder.Build()[0]
}

func BenchmarkPalette(b *testing.B) {
	t := millionSpans(b)
	b.Run("operations", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = Operations(context.Background(), t)
		}
	})
	b.Run("values", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = Values(context.Background(), t, "http.response.status_code")
		}
	})
	b.Run("vocabulary", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			NewVocabulary(t)
		}
	})
	choices := make([]Choice, 3000)
	for i := range choices {
		choices[i] = Choice{fmt.Sprintf("GET /api/v1/orders/%d/items", i), []string{"shop-api"}}
	}
	b.Run("pick of 3000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Pick("orders 12", choices)
		}
	})
	v := NewVocabulary(t)
	for k := range maxWords {
		v.names.texts, v.names.counts = append(v.names.texts, fmt.Sprintf("GET /api/v1/orders/%d/items", k)), append(v.names.counts, 1)
	}
	v.heads = v.begin()
	b.Run("complete of 5000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v.Complete("orders/12", 9, 8)
		}
	})
}
