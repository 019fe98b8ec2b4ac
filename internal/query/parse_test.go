package query

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	ms := int64(1e6)
	for _, tt := range []struct {
		name, text string
		want       []term
	}{
		{"nothing", "  ", nil},
		{"words", "заказ 10472", []term{{text: "заказ"}, {text: "10472"}}},
		{"quoted", `"a b" "say \"x\""`, []term{{text: "a b"}, {text: `say "x"`}}},
		{"word beside a quote", `a"b c"`, []term{{text: "a"}, {text: "b c"}}},
		{"negated text", "-db.system", []term{{not: true, text: "db.system"}}},
		{"negated quote", `-"a b"`, []term{{not: true, text: "a b"}}},
		{"error", "error -Error", []term{{kind: termError, text: "error"}, {not: true, kind: termError, text: "Error"}}},
		{"quoted error is text", `"error"`, []term{{text: "error"}}},
		{"has", "has:exception -HAS:x", []term{{kind: termHas, text: "exception"}, {not: true, kind: termHas, text: "x"}}},
		{"a colon is text", "http://x", []term{{text: "http://x"}}},
		{"service", "service=mes-api", []term{{kind: termService, key: "service", text: "mes-api"}}},
		{"name contains", `name~"POST /"`, []term{{kind: termName, key: "name", op: opContains, text: "POST /"}}},
		{"kind", "kind=Consumer", []term{{kind: termSpanKind, key: "kind", text: "Consumer", code: 5}}},
		{"status", "status!=error", []term{{kind: termStatus, key: "status", op: opUnequal, text: "error", code: 2}}},
		{"duration", "dur>200ms", []term{{kind: termDur, key: "dur", op: opMore, text: "200ms", ns: 200 * ms}}},
		{"duration in Russian", "dur<=1,5с", []term{{kind: termDur, key: "dur", op: opAtMost, text: "1,5с", ns: 1500 * ms}}},
		{"duration with a blank", `dur>"2 ms"`, []term{{kind: termDur, key: "dur", op: opMore, text: "2 ms", ns: 2 * ms}}},
		{"number", "http.status_code>=500", []term{{kind: termAttr, key: "http.status_code", op: opAtLeast, text: "500", number: 500, isNumber: true}}},
		{"value with signs", "url=/a?b=c", []term{{kind: termAttr, key: "url", text: "/a?b=c"}}},
		{"empty value in quotes", `k=""`, []term{{kind: termAttr, key: "k"}}},
		{"minus inside a word", "a-b", []term{{text: "a-b"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.text)
			if err != nil || len(got.terms) != len(tt.want) {
				t.Fatalf("Parse(%q) = %+v, %v, want %+v", tt.text, got.terms, err, tt.want)
			}
			for k := range tt.want {
				if got.terms[k] != tt.want[k] {
					t.Errorf("term %d is %+v, want %+v", k, got.terms[k], tt.want[k])
				}
			}
			if got.Empty() != (len(tt.want) == 0) {
				t.Errorf("Empty = %v with %d terms", got.Empty(), len(tt.want))
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       Error
	}{
		{"open quote", `заказ "10`, Error{6, OpenQuote, `"10`}},
		{"open quote of a value", `k="10`, Error{2, OpenQuote, `"10`}},
		{"no key", "a >=5", Error{2, NoKey, ">="}},
		{"no value", "service= x", Error{8, NoValue, "="}},
		{"no value of has", "has:", Error{4, NoValue, "has:"}},
		{"nothing quoted", `""`, Error{0, NoValue, `""`}},
		{"lone minus", "a - b", Error{2, NoTerm, "-"}},
		{"duration without a unit", "dur>200", Error{4, BadDuration, "200"}},
		{"no number", "a>b", Error{2, BadNumber, "b"}},
		{"infinite number", "a>1e999", Error{2, BadNumber, "1e999"}},
		{"unknown kind", "kind=worker", Error{5, BadKind, "worker"}},
		{"unknown status", "status=bad", Error{7, BadStatus, "bad"}},
		{"service by size", "service>a", Error{7, BadOperator, ">"}},
		{"kind contains", "kind~a", Error{4, BadOperator, "~"}},
		{"duration contains", "dur~1ms", Error{3, BadOperator, "~"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.text)
			var got *Error
			if !errors.As(err, &got) || *got != tt.want {
				t.Errorf("Parse(%q) = %v, want %v", tt.text, err, &tt.want)
			}
		})
	}
	if got := (&Error{3, BadDuration, "x"}).Error(); got != `parse filter: character 4: bad-duration: "x"` {
		t.Errorf("Error() = %q", got)
	}
	if got := Reason(200).String(); got != "" {
		t.Errorf("an unknown reason is called %q", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"service=mes-api kind=consumer error dur>200ms http.status_code>=500 has:exception -db.system", `"a\"b" -x~"`, "dur>1,5с", "-", "has:", "\xff=\x00"} {
		f.Add(s)
	}
	tr := randomTrace(f, 40, 1)
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.Reason == NoReason || e.At < 0 || e.At > utf8.RuneCountInString(text)) {
			t.Fatalf("Parse(%q) fails with %#v", text, err)
		}
		if err != nil || strings.TrimSpace(text) == "" {
			return
		}
		checkAgainstNaive(t, tr, q, text)
	})
}
