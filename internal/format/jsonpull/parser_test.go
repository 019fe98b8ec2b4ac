package jsonpull

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// value reads anything into what encoding/json would make of it, with numbers
// as text.
func value(p *Parser) any {
	switch p.Next() {
	case Object:
		m := map[string]any{}
		for p.Enter(Object); ; {
			k, ok := p.Field()
			if !ok {
				return m
			}
			key := string(k)
			m[key] = value(p)
		}
	case Array:
		l := []any{}
		for p.Enter(Array); p.Elem(); {
			l = append(l, value(p))
		}
		return l
	case Null:
		p.Skip()
		return nil
	case Number:
		return json.Number(p.Text())
	case Bool:
		return string(p.Text()) == "true"
	default:
		return string(p.Text())
	}
}

// readers are ways in which the same bytes may arrive.
func readers(s string) map[string]*Parser {
	one := New(iotest.OneByteReader(strings.NewReader(s)))
	one.buf = make([]byte, 0, 1)
	return map[string]*Parser{
		"bytes": NewBytes([]byte(s)), "reader": New(strings.NewReader(s)),
		"one byte at a time": one, "data with the end": New(iotest.DataErrReader(strings.NewReader(s))),
	}
}

func TestSameAsEncodingJSON(t *testing.T) {
	for _, in := range []string{
		`{}`, `[]`, `""`, `0`, `-12.5e+3`, `true`, `false`, `null`,
		` { "a" : [ 1 , 2 , { "b" : null } ] , "c" : "d" } `,
		`{"quote\"d":"back\\slash \/ \b\f\n\r\t","u":"\u0416\ud83d\ude00","lone":"\ud83d!","swapped":"\ude00\ud83d"}`,
		`[[[[]]],{"":{}},"` + strings.Repeat("long ", 40000) + `"]`,
		`["\\","\\\\","\"","a\\","12345678\\","1234567\\"]`,
	} {
		d := json.NewDecoder(strings.NewReader(in))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		for name, p := range readers(in) {
			if got := value(p); !reflect.DeepEqual(got, want) || p.Err() != nil {
				t.Errorf("%.60s by %s: got %v and error %v, want %v", in, name, got, p.Err(), want)
			}
			if p.More() {
				t.Errorf("%.60s by %s: more to read at the end", in, name)
			}
		}
	}
}

func TestLenient(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string
	}{
		{"trailing commas", `{"a":[1,2,],}`, "[map[a:[1 2]]]"},
		{"documents run together", `{"a":1}{"a":2}[3]`, "[map[a:1] map[a:2] [3]]"},
		{"lines and commas", "1\n2,\r\n3\n", "[1 2 3]"},
		{"byte-order marks and NULs", "\xEF\xBB\xBF\x00\x001 \xEF\xBB\xBF2", "[1 2]"},
		{"control characters in strings", "\"a\nb\x01\"", "[a\nb\x01]"},
		{"broken escapes", `"\q \u12 \uZZZZ"`, `[\q \u12 \uZZZZ]`},
		{"invalid UTF-8", "\"\xff\xfe\"", "[\xff\xfe]"},
		{"numbers of JavaScript", `[NaN,-Infinity,+1,.5]`, "[[NaN -Infinity +1 .5]]"},
	} {
		for name, p := range readers(tt.in) {
			got := []any{}
			for p.More() {
				got = append(got, value(p))
			}
			if s := fmt.Sprint(got); s != tt.want || p.Err() != nil {
				t.Errorf("%s by %s: got %s and error %v, want %s", tt.name, name, s, p.Err(), tt.want)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     error
		place    string
	}{
		{"cut in a string", `{"a":"b`, ErrTruncated, "at byte 5"},
		{"cut behind an escape", `"ab\`, ErrTruncated, "at byte 0"},
		{"cut in an object", `{"a":1`, ErrTruncated, "at byte 6"},
		{"cut behind a key", `{"a"`, ErrTruncated, "at byte 4"},
		{"cut in an array", `[1,`, ErrTruncated, "at byte 3"},
		{"no colon", `{"a" 1}`, ErrMalformed, "at byte 5"},
		{"no comma", `[1 2]`, ErrMalformed, "at byte 3"},
		{"no key", `{1:2}`, ErrMalformed, "at byte 1"},
		{"no value", `[;]`, ErrMalformed, "at byte 1"},
		{"wrong bracket", `[1}`, ErrMalformed, "at byte 2"},
	} {
		for name, p := range readers(tt.in) {
			value(p)
			if err := p.Err(); !errors.Is(err, tt.want) || !strings.Contains(fmt.Sprint(err), tt.place) {
				t.Errorf("%s by %s: got %v, want %v %s", tt.name, name, err, tt.want, tt.place)
			}
		}
	}
}

func TestErrorOfTheReader(t *testing.T) {
	broken := errors.New("disk on fire")
	p := New(io.MultiReader(strings.NewReader(`{"a":`), iotest.ErrReader(broken)))
	value(p)
	if !errors.Is(p.Err(), broken) {
		t.Errorf("got %v, want the reader's error", p.Err())
	}
}

func TestSkipAndRaw(t *testing.T) {
	const in = `{"skip":{"a":["}",{"b":"\"]"}]},"raw": [1, {"x":"y\\"}] ,"end":"e"}`
	for name, p := range readers(in) {
		var raw, end string
		for p.Enter(Object); ; {
			k, ok := p.Field()
			if !ok {
				break
			}
			switch string(k) {
			case "raw":
				raw = string(p.Raw())
			case "end":
				end = string(p.Text())
			default:
				p.Skip()
			}
		}
		if raw != `[1, {"x":"y\\"}]` || end != "e" || p.Err() != nil {
			t.Errorf("by %s: got raw %q, end %q, error %v", name, raw, end, p.Err())
		}
	}
}

func TestEnterSkipsWhatIsNotWanted(t *testing.T) {
	p := NewBytes([]byte(`{"list":{"x":1},"n":5}`))
	p.Enter(Object)
	p.Field()
	if p.Enter(Array) {
		t.Error("an object was entered as an array")
	}
	if k, ok := p.Field(); string(k) != "n" || !ok {
		t.Errorf("got key %q, want n", k)
	}
}

func TestUint(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want uint64
		ok   bool
	}{
		{"0", 0, true}, {"1544712660000000000", 1544712660000000000, true},
		{"18446744073709551615", math.MaxUint64, true}, {"1.5e3", 1500, true}, {"2.9", 2, true},
		{"-1", math.MaxUint64, true}, {"-1.5", math.MaxUint64, true}, {"1e300", math.MaxUint64, true},
		{"-1e300", 1 << 63, true}, {"", 0, false}, {"abc", 0, false}, {"NaN", 0, false}, {"12x", 0, false},
	} {
		if got, ok := Uint([]byte(tt.in)); got != tt.want || ok != tt.ok {
			t.Errorf("Uint(%q): got %d, %t, want %d, %t", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzParser(f *testing.F) {
	for _, s := range []string{`{"a":[1,"b\n",null]}`, `["\u00e9\ud83d\ude00"]`, `{"a"`, "[[[[", `"\\\"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := NewBytes(data)
		var whole []string
		for p.More() && p.Err() == nil && len(whole) < 100 {
			whole = append(whole, string(p.Raw()))
		}
		o := New(iotest.HalfReader(bytes.NewReader(data)))
		o.buf = make([]byte, 0, 3)
		for i := 0; o.More() && o.Err() == nil && i < 100; i++ {
			if got := string(o.Raw()); i >= len(whole) || got != whole[i] {
				t.Fatalf("document %d differs by the way it is read: %q", i, got)
			}
		}
		if (p.Err() == nil) != (o.Err() == nil) {
			t.Fatalf("got error %v from bytes and %v from a reader", p.Err(), o.Err())
		}
		if json.Valid(data) && p.Err() != nil {
			t.Fatalf("valid JSON is refused: %v", p.Err())
		}
	})
}

// endless is a text that never closes.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	if !e.begun {
		p[0] = '"'
	}
	e.begun = true
	return len(p), nil
}

func TestOneValueIsBounded(t *testing.T) {
	p := New(&endless{})
	if got := p.Text(); got != nil || !errors.Is(p.Err(), ErrTooLarge) || cap(p.buf) > MaxValue {
		t.Errorf("%d bytes and error %v, want %v", len(got), p.Err(), ErrTooLarge)
	}
}
