package model

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// attrsOf stores attrs with one span and returns them as the trace gives them.
func attrsOf(t *testing.T, make func(b *Builder, key StringID) []Attr) (*Trace, []Attr) {
	t.Helper()
	b := NewBuilder()
	b.Add(&SpanRecord{Trace: TraceID{1}, ID: 1, StartNano: 1, EndNano: 2, Attrs: make(b, b.InternString("k"))})
	tr := b.Build()[0]
	return tr, tr.Attrs(0)
}

func TestAttrText(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(b *Builder, k StringID) Attr
		want string
	}{
		{"text", func(b *Builder, k StringID) Attr { return b.StringAttr(k, []byte("заказ")) }, "заказ"},
		{"empty text", func(b *Builder, k StringID) Attr { return b.StringAttr(k, nil) }, ""},
		{"true", func(b *Builder, k StringID) Attr { return BoolAttr(k, true) }, "true"},
		{"least int", func(b *Builder, k StringID) Attr { return IntAttr(k, math.MinInt64) }, "-9223372036854775808"},
		{"float", func(b *Builder, k StringID) Attr { return FloatAttr(k, 0.25) }, "0.25"},
		{"not a number", func(b *Builder, k StringID) Attr { return FloatAttr(k, math.NaN()) }, "NaN"},
		{"bytes", func(b *Builder, k StringID) Attr { return b.BytesAttr(k, []byte{0, 255}) }, "AP8="},
		{"none", func(b *Builder, k StringID) Attr { return EmptyAttr(k) }, ""},
		{"list", func(b *Builder, k StringID) Attr {
			return b.ListAttr(k, []Attr{IntAttr(0, 1), b.StringAttr(0, []byte(`a"b`)), EmptyAttr(0)})
		}, `[1,"a\"b",null]`},
		{"map in list", func(b *Builder, k StringID) Attr {
			return b.ListAttr(k, []Attr{b.MapAttr(0, []Attr{BoolAttr(b.InternString("x"), false)})})
		}, `[{"x":false}]`},
		{"long text", func(b *Builder, k StringID) Attr { return b.StringAttr(k, bytes.Repeat([]byte("x"), 17<<20)) },
			strings.Repeat("x", 17<<20)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr, attrs := attrsOf(t, func(b *Builder, k StringID) []Attr { return []Attr{tt.make(b, k)} })
			if got := tr.Text(attrs[0]); got != tt.want {
				t.Errorf("Text = %.60q, want %.60q", got, tt.want)
			}
			if got := tr.Key(attrs[0]); got != "k" {
				t.Errorf("Key = %q, want k", got)
			}
		})
	}
}

func TestValuesSurviveManyPieces(t *testing.T) {
	const n = 60_000
	value := func(i int) string { return strings.Repeat(string(rune('a'+i%26)), i%97) }
	tr, attrs := attrsOf(t, func(b *Builder, k StringID) []Attr {
		var out []Attr
		for i := range n {
			out = append(out, b.StringAttr(k, []byte(value(i))))
		}
		return out
	})
	if len(attrs) != n {
		t.Fatalf("%d attributes, want %d", len(attrs), n)
	}
	for i, a := range attrs {
		if got := tr.Raw(a); got != value(i) {
			t.Fatalf("attribute %d = %q, want %q", i, got, value(i))
		}
	}
}

func TestInternFindsEqualNames(t *testing.T) {
	b := NewBuilder()
	ids := map[StringID]string{}
	for i := range 5000 {
		name := strings.Repeat("n", i%700) + string(rune('а'+i%32))
		id := b.InternString(name)
		if was, ok := ids[id]; ok && was != name {
			t.Fatalf("id %d stands for %q and %q", id, was, name)
		}
		ids[id] = name
		if again := b.Intern([]byte(name)); again != id {
			t.Fatalf("Intern(%q) = %d, then %d", name, id, again)
		}
	}
	if id := b.InternString(""); id != 0 {
		t.Errorf(`Intern("") = %d, want 0`, id)
	}
}

func TestEqualResourcesAreShared(t *testing.T) {
	b := NewBuilder()
	k, list := b.InternString("service.name"), b.InternString("l")
	res := func(name string, n int64) ResourceID {
		return b.Resource(&ResourceRecord{Attrs: []Attr{b.StringAttr(k, []byte(name)), b.ListAttr(list, []Attr{IntAttr(0, n)})}})
	}
	a, same, other, third := res("shop", 1), res("shop", 1), res("shop", 2), res("crm", 1)
	if a != same || a == other || a == third || other == third {
		t.Errorf("ids %d %d %d %d: want the first two equal, the others apart", a, same, other, third)
	}
}

func TestParseTraceID(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{"0123456789abcdef0123456789ABCDEF", "0123456789abcdef0123456789abcdef", true},
		{" abc ", "00000000000000000000000000000abc", true},
		{"", "", false},
		{"xyz", "", false},
		{strings.Repeat("0", 33), "", false},
	} {
		id, err := ParseTraceID(tt.in)
		if (err == nil) != tt.ok || tt.ok && id.String() != tt.want {
			t.Errorf("ParseTraceID(%q) = %v, %v, want %q", tt.in, id, err, tt.want)
		}
	}
	if id, err := ParseSpanID("fF"); err != nil || id.String() != "00000000000000ff" {
		t.Errorf("ParseSpanID(fF) = %v, %v", id, err)
	}
}

func TestIDsOfText(t *testing.T) {
	for _, tt := range []struct {
		in, trace, span string
		traceOK, spanOK bool
	}{
		{"", "00000000000000000000000000000000", "0000000000000000", true, true},
		{" aB ", "000000000000000000000000000000ab", "00000000000000ab", true, true},
		{"0123456789abcdef0123456789ABCDEF", "0123456789abcdef0123456789abcdef", HashSpanID([]byte("0123456789abcdef0123456789ABCDEF")).String(), true, false},
		{"order-7", HashTraceID([]byte("order-7")).String(), HashSpanID([]byte("order-7")).String(), false, false},
		{"00000000000000000000000000000000f", HashTraceID([]byte("00000000000000000000000000000000f")).String(), "000000000000000f", false, true},
	} {
		trace, traceOK := TraceIDOf([]byte(tt.in))
		span, spanOK := SpanIDOf([]byte(tt.in))
		if trace.String() != tt.trace || span.String() != tt.span || traceOK != tt.traceOK || spanOK != tt.spanOK {
			t.Errorf("%q: got %s %v and %s %v", tt.in, trace, traceOK, span, spanOK)
		}
	}
}
