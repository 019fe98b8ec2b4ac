package document

import (
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"traceview/internal/model"
)

// typed is a span with an attribute of each type.
func typed(t *testing.T) *model.Trace {
	t.Helper()
	b := model.NewBuilder()
	k := b.InternString
	b.Add(&model.SpanRecord{
		Trace: model.TraceID{15: 1}, ID: 1, Parent: 9, StartNano: epoch, EndNano: epoch + 1, Name: k("op"),
		Attrs: []model.Attr{
			b.StringAttr(k("text"), []byte("a<b>&\"с\"\n\x00\xff")), model.BoolAttr(k("yes"), true), model.IntAttr(k("int"), math.MinInt64),
			model.FloatAttr(k("float"), 0.1), model.FloatAttr(k("nan"), math.NaN()), b.BytesAttr(k("bytes"), []byte{0, 255}), model.EmptyAttr(k("empty")),
			b.ListAttr(k("list"), []model.Attr{model.IntAttr(0, 1), b.StringAttr(0, []byte("x"))}), b.MapAttr(k("map"), []model.Attr{model.IntAttr(k("k"), 1), model.IntAttr(k("k"), 2)}),
			b.ListAttr(k("none"), nil), model.IntAttr(k("int"), 7),
		},
	})
	return b.Build()[0]
}

func TestSpanJSON(t *testing.T) {
	for _, tt := range []struct {
		name  string
		trace *model.Trace
		span  model.SpanIndex
		want  string
	}{
		{"all types", typed(t), 0, `{"trace_id": "00000000000000000000000000000001", "span_id": "0000000000000001", "parent_span_id": "0000000000000009",
			"name": "op", "start": "2026-11-12T09:14:03.120000000Z", "end": "2026-11-12T09:14:03.120000001Z", "duration_ns": 1, "self_ns": 1,
			"attributes": {"text": "a<b>&\"с\"\n\u0000\ufffd", "yes": true, "int": -9223372036854775808, "float": 0.1, "nan": "NaN", "bytes": {"base64": "AP8="},
			"empty": null, "list": [1, "x"], "map": {"k": 1, "k#2": 2}, "none": [], "int#2": 7}, "warnings": [{"kind": "missing-parent"}]}`},
		{"one of everything", order(t), 0, `{"trace_id": "00000000000000000000000000000001", "span_id": "0000000000000001", "service": "shop-api", "name": "POST /orders",
			"kind": "server", "start": "2026-11-12T09:14:03.120000000Z", "end": "2026-11-12T09:14:04.960000000Z", "duration_ns": 1840000000, "self_ns": 1530000000,
			"status": {"code": "error", "message": "403 AccessDenied"}, "trace_state": "a=b",
			"attributes": {"http.route": "/orders", "order.id": "10472", "http.response.status_code": 403},
			"events": [{"name": "exception", "time": "2026-11-12T09:14:03.132000000Z", "offset_ns": 12000000, "attributes": {"type": "IOError"}},
			{"name": "early", "time": "2026-11-12T09:14:03.115000000Z", "offset_ns": -5000000}],
			"links": [{"trace_id": "00000000000000000000000000000001", "span_id": "0000000000000002"}, {"trace_id": "00000000000000000000000000000009", "span_id": "0000000000000002"},
			{"trace_id": "00000000000000000000000000000001", "span_id": "000000000000004d"}], "dropped": {"attributes": 3, "events": 0, "links": 0},
			"resource": {"service.name": "shop-api", "service.version": "7.3", "region": "eu"}, "scope": {"name": "io.spring", "version": "3.2", "attributes": {"k": "v"}}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := New(tt.trace).SpanJSON(tt.span)
			if !strings.Contains(got, "\n  \"") {
				t.Errorf("it is not indented:\n%s", got)
			}
			if a, b := flat(t, got), flat(t, tt.want); a != b {
				t.Errorf("got  %s\nwant %s", a, b)
			}
		})
	}
	d := New(order(t))
	if d.SpanJSON(-1)+d.SpanJSON(99) != "" {
		t.Error("spans that do not exist have JSON")
	}
}

// flat returns JSON without blanks between its parts, members in their order.
func flat(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	for {
		tok, err := d.Token()
		if err != nil {
			break
		}
		out, _ := json.Marshal(tok)
		if delim, ok := tok.(json.Delim); ok {
			out = []byte(delim.String())
		}
		b.Write(append(out, ' '))
	}
	if !json.Valid([]byte(s)) {
		t.Fatalf("not valid: %s", s)
	}
	return b.String()
}

// hostile makes a span whose every text is s.
func hostile(t *testing.T, s string) *Document {
	t.Helper()
	b := model.NewBuilder()
	attr := func(k string) model.Attr { return b.StringAttr(b.InternString(k), []byte(s)) }
	b.Add(&model.SpanRecord{
		Trace: model.TraceID{15: 1}, ID: 1, StartNano: epoch, EndNano: epoch + 5, Name: b.InternString(s), Status: model.StatusError, StatusText: b.InternString(s),
		Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{attr("service.name"), attr("service.version")}}),
		Attrs:    []model.Attr{attr("order.id"), attr("db.query.text"), attr("plain"), attr(s)},
		Events:   []model.EventRecord{{TimeNano: epoch, Name: b.InternString(s), Attrs: []model.Attr{attr("exception.stacktrace"), attr("exception.type"), attr("exception.message")}}},
	})
	return New(b.Build()[0])
}

var hostiles = []string{
	"", "plain", "a|b", `a\|b`, "`", "```", "````\n```", "# head", "- list\n- list", "| x | y |\n|---|---|", "<script>", "[a](b)", "*a* _b_ ~c~", "\\", "---",
	"line\r\nline", "SELECT `a` FROM b", "at a\n```\nat b", "\x00\xff\u2028x", "1. one", "заказ | номер", "&lt;", "  indented", "\ttab", "SELECT " + strings.Repeat("`", 50),
}

// mdShape reads Markdown the way GitHub's does, as far as this matters: it returns
// how many cells each row of a table has, and fails if a block of code does not end.
func mdShape(t *testing.T, s string) (cells []int) {
	t.Helper()
	fence := ""
	for line := range strings.SplitSeq(s, "\n") {
		run := len(line) - len(strings.TrimLeft(line, "`"))
		switch {
		case fence != "":
			if run >= len(fence) && strings.Trim(line, "` ") == "" {
				fence = ""
			}
		case run >= 3:
			fence = line[:run]
		case strings.HasPrefix(line, "|"):
			n := 0
			for k := 0; k < len(line); k++ {
				switch line[k] {
				case '\\':
					k++
				case '|':
					n++
				}
			}
			cells = append(cells, n-1)
		}
	}
	if fence != "" {
		t.Errorf("a block of code does not end in:\n%s", s)
	}
	return cells
}

func checkMarkdown(t *testing.T, text string) {
	t.Helper()
	s := hostile(t, text).Markdown(0, english, time.UTC)
	for _, n := range mdShape(t, s) {
		if n != 2 {
			t.Errorf("a row has %d cells for %q in:\n%s", n, text, s)
		}
	}
	if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r\u2028") {
		t.Errorf("signs that are none in %q", s)
	}
	if !strings.Contains(s, "00000000000000000000000000000001") || !strings.Contains(s, "| Start |") {
		t.Errorf("ids and times are lost for %q:\n%s", text, s)
	}
}

func TestMarkdownHoldsItsShape(t *testing.T) {
	for _, text := range hostiles {
		checkMarkdown(t, text)
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range hostiles {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkMarkdown(t, text)
		if js := hostile(t, text).SpanJSON(0); !json.Valid([]byte(js)) {
			t.Errorf("not JSON for %q: %s", text, js)
		}
	})
}

func TestMarkdown(t *testing.T) {
	d := New(order(t))
	want := "### POST /orders · shop-api\n\n**Failed** 403 AccessDenied\n\n| What | Value |\n|---|---|\n| Order | 10472 |\n| Service | shop-api |\n" +
		"| Operation | POST /orders |\n| Start | 12 Nov 2026, 09:14:03.120 UTC |\n| Duration | 1.84 s (Own work 1.53 s) |\n| Into the trace | 0 s |\n" +
		"| Trace id | 00000000000000000000000000000001 |\n| Span id | 0000000000000001 |\n\n| What | Value |\n|---|---|\n| order.id | 10472 |\n" +
		"| http.response.status_code | 403 |\n| http.route | /orders |\n| service.version | 7.3 |\n"
	if got := d.Markdown(0, english, time.UTC); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if d.Markdown(99, english, time.UTC) != "" {
		t.Error("a span that does not exist has Markdown")
	}
	for _, tt := range []struct {
		span model.SpanIndex
		want string
	}{{0, "10472"}, {1, "10472"}, {2, "10472"}} {
		if got := d.OrderNumber(tt.span); got != tt.want {
			t.Errorf("span %d belongs to order %q, want %q", tt.span, got, tt.want)
		}
	}
	if got := New(typed(t)).OrderNumber(0); got != "" {
		t.Errorf("order %q of a trace without one", got)
	}
}

func TestUnfold(t *testing.T) {
	for _, tt := range []struct {
		name, key, text string
		limit           int
		want            []string
		more            bool
	}{
		{"text", "k", "one line", 9, []string{"one line"}, false},
		{"object", "k", `{"a":1,"b":[true,null],"c":{},"d":[ ]}`, 99, []string{"{", `  "a": 1,`, `  "b": [`, "    true,", "    null", "  ],", `  "c": {},`, `  "d": []`, "}"}, false},
		{"JSON in a string", "k", `{"a":"{\"b\":[1]}"}`, 99, []string{"{", `  "a": {`, `    "b": [`, "      1", "    ]", "  }", "}"}, false},
		{"a key that is JSON stays", "k", `{"[1]":2}`, 99, []string{"{", `  "[1]": 2`, "}"}, false},
		{"letters of all languages", "k", `["\u0437<\n"]`, 99, []string{"[", `  "з<\n"`, "]"}, false},
		{"not JSON", "k", `{"a":1`, 99, []string{`{"a":1`}, false},
		{"cut", "k", `[1,2,3]`, 2, []string{"[", "  1,"}, true},
		{"SQL by key", "db.query.text", "SELECT a, (SELECT 1 FROM y) FROM x LEFT JOIN z ON z.a = x.a WHERE b = ' FROM ' AND c = 2 ORDER BY d LIMIT 5", 99,
			[]string{"SELECT a, (SELECT 1 FROM y)", "FROM x", "LEFT JOIN z ON z.a = x.a", "WHERE b = ' FROM '", "  AND c = 2", "ORDER BY d", "LIMIT 5"}, false},
		{"SQL by its verb", "q", "update x set a = 1 where b = 2", 99, []string{"update x", "set a = 1", "where b = 2"}, false},
		{"SQL in lines stays", "db.query.text", "SELECT a\n  FROM b WHERE c", 99, []string{"SELECT a", "  FROM b WHERE c"}, false},
		{"stack trace", "exception.stacktrace", "E: x\r\n\tat a.b(C.java:1)\n\tat d", 99, []string{"E: x", "  at a.b(C.java:1)", "  at d"}, false},
		{"stack trace escaped", "exception.stacktrace", `E\n\tat a`, 99, []string{"E", "  at a"}, false},
		{"empty", "k", "", 9, []string{""}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, more := Attr{Key: tt.key, Text: tt.text, Kind: model.ValueString}.Unfold(tt.limit)
			if !slices.Equal(got, tt.want) || more != tt.more {
				t.Errorf("got %q, %v\nwant %q, %v", got, more, tt.want, tt.more)
			}
		})
	}
}

// TestUnfoldBig unfolds values no screen could hold.
func TestUnfoldBig(t *testing.T) {
	for name, text := range map[string]string{
		"a megabyte":     `[` + strings.Repeat(`{"key":"value","n":[1,2,3]},`, 1<<20/28) + `1]`,
		"deep":           strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"beyond reading": `["` + strings.Repeat("x", maxJSON) + `"]`,
		"nested":         nestedJSON(10),
	} {
		lines, _ := Attr{Key: "k", Text: text}.Unfold(1000)
		if len(lines) > 1000 {
			t.Errorf("%s: %d lines", name, len(lines))
		}
	}
}

// TestUnfoldLooksNoFurtherThanAsked unfolds two lines of a megabyte of statements.
func TestUnfoldLooksNoFurtherThanAsked(t *testing.T) {
	a := Attr{Key: "db.statement", Kind: model.ValueString, Text: strings.Repeat("SELECT * FROM заказы WHERE id = 1; ", 1<<15)}
	lines, more := a.Unfold(2)
	if want := []string{"SELECT *", "FROM заказы"}; !slices.Equal(lines, want) || !more {
		t.Errorf("got %q, %v, want %q and more", lines, more, want)
	}
	if n := testing.AllocsPerRun(1, func() { a.Unfold(2) }); n > 20 {
		t.Errorf("%v allocations for two lines", n)
	}
}

func nestedJSON(n int) string {
	s := "{}"
	for range n {
		q, _ := json.Marshal(s)
		s = `{"a":` + string(q) + `}`
	}
	return s
}

// FuzzUnfold holds that laying out loses nothing of JSON but its blanks.
func FuzzUnfold(f *testing.F) {
	for _, s := range []string{`{"a":[1,{}]}`, `["\"", "\\"]`, `{"a" : "b" }`, "SELECT a FROM b", "x\ny", `{"":{"":[[],{}]}}`, `[1e5,-0.1]`, `["\ud800"]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, more := Attr{Key: "sql", Text: text}.Unfold(100)
		if len(lines) > 100 || len(lines) == 0 {
			t.Fatalf("%d lines", len(lines))
		}
		var want, got any
		if more || !isJSON(strings.TrimSpace(text)) || json.Unmarshal([]byte(text), &want) != nil || holdsJSON(want) {
			return
		}
		if err := json.Unmarshal([]byte(strings.Join(lines, "\n")), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q became %q: %v", text, lines, err)
		}
	})
}

// holdsJSON says whether a string within a value is laid out as JSON itself.
func holdsJSON(v any) bool {
	switch v := v.(type) {
	case string:
		return isJSON(strings.TrimSpace(v))
	case []any:
		return slices.ContainsFunc(v, holdsJSON)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), holdsJSON)
	}
	return false
}

func TestFilterOfDetail(t *testing.T) {
	d := New(order(t))
	all, _ := d.Detail(0, english, time.UTC)
	for _, tt := range []struct {
		text                         string
		n, attrs, events, res, scope int
	}{
		{"10472", 1, 1, 0, 0, 0}, {"HTTP", 2, 1, 0, 0, 0}, {"ioerror", 1, 0, 1, 0, 0}, {"early", 1, 0, 1, 0, 0},
		{"shop", 1, 0, 0, 1, 0}, {"nowhere", 0, 0, 0, 0, 0}, {"", 0, 0, 0, 0, 0},
	} {
		got, n := all.Filter(NewFinder(tt.text))
		if n != tt.n || len(got.Attrs) != tt.attrs || len(got.Events) != tt.events || len(got.Resource) != tt.res || len(got.ScopeAttr) != tt.scope {
			t.Errorf("%q: %d found: %+v", tt.text, n, got)
		}
	}
	if len(all.Events) != 2 || len(all.Attrs) != 2 {
		t.Error("filtering changed the detail itself")
	}
}

func BenchmarkUnfoldMegabyte(b *testing.B) {
	a := Attr{Key: "body", Text: `[` + strings.Repeat(`{"key":"value","n":[1,2,3]},`, 1<<20/28) + `1]`, Kind: model.ValueString}
	b.ReportAllocs()
	for b.Loop() {
		a.Unfold(1000)
	}
}
