package jsonpull

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestAppendString(t *testing.T) {
	for _, s := range []string{
		"", "plain", `quote " and back \ slash`, "line\nreturn\rtab\tbell\x07null\x00", "Заказ 42 💍", "\u2028\u2029\x7f", "�",
	} {
		out := AppendString([]byte("x"), s)
		var got string
		if err := json.Unmarshal(out[1:], &got); err != nil || got != s {
			t.Errorf("%q: written as %s, read as %q with error %v", s, out, got, err)
		}
		if got := string(NewBytes(out[1:]).Text()); got != s {
			t.Errorf("%q: read by the parser as %q", s, got)
		}
	}
	if got := string(AppendString(nil, "a\xffb\xc3")); got != "\"a�b�\"" {
		t.Errorf("invalid UTF-8: got %s", got)
	}
}

func TestAppendFloat(t *testing.T) {
	for _, v := range []float64{0, 1, -1.5, 1e300, 5e-324, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN()} {
		out := AppendFloat(nil, v)
		if !json.Valid(out) {
			t.Errorf("%v: %s is not valid JSON", v, out)
		}
		got, ok := Float(NewBytes(out).Text())
		if !ok || got != v && !math.IsNaN(v) {
			t.Errorf("%v: written as %s, read as %v", v, out, got)
		}
	}
}

func TestWriter(t *testing.T) {
	var buf bytes.Buffer
	w := NewWriter(&buf)
	w.Open('{')
	w.Key("a")
	w.Open('[')
	for i := range 3 {
		w.Int(int64(i))
	}
	w.Text("x")
	w.Hex([]byte{0xab})
	w.Close(']')
	w.TextField("none", "")
	w.IntField("zero", 0)
	w.TextField("b", "\"")
	w.Key("c")
	w.Unique()
	for _, k := range []string{"k", "k", "k#2", "k"} {
		w.OwnKey(k)
		w.Int(1)
	}
	w.Close('}')
	w.Close('}')
	const want = `{"a":[0,1,2,"x","ab"],"b":"\"","c":{"k":1,"k#2":1,"k#2#2":1,"k#3":1}}`
	if err := w.End(); err != nil || buf.String() != want {
		t.Errorf("got  %s (%v)\nwant %s", buf.String(), err, want)
	}
}

// TestWriterFlushes writes more than a megabyte, with commas across its parts.
func TestWriterFlushes(t *testing.T) {
	const n = 400_000
	var buf bytes.Buffer
	w := NewWriter(&buf)
	w.Open('[')
	for i := range n {
		w.Int(int64(i))
		if !w.Flush() || len(w.Out) > 2*flushSize {
			t.Fatalf("%d bytes held back, error %v", len(w.Out), w.Err())
		}
	}
	w.Close(']')
	var got []int
	if err := errors.Join(w.End(), json.Unmarshal(buf.Bytes(), &got)); err != nil || len(got) != n || got[n-1] != n-1 {
		t.Errorf("%d numbers, error %v", len(got), err)
	}
	full := errors.New("disk full")
	w = NewWriter(failing{full})
	w.Raw(strings.Repeat("x", flushSize+1))
	if w.Flush() || !errors.Is(w.Err(), full) || !errors.Is(w.End(), full) {
		t.Errorf("got error %v, want %v", w.Err(), full)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestManyKeysAreKeptApart(t *testing.T) {
	var k Keys
	for round := range 2 {
		k.Reset()
		for i := range 100_000 { // takes minutes where each looks for a free number from 2
			want := "a"
			if i > 0 {
				want = "a#" + strconv.Itoa(i+1)
			}
			if got := k.Unique("a"); got != want {
				t.Fatalf("round %d: name %d is %s, want %s", round, i, got, want)
			}
		}
	}
}

func TestMicros(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int64
		ok   bool
	}{
		{"", 0, true}, {"5", 5000, true}, {" 1.5 ", 1500, true}, {"-33000", -33_000_000, true}, {"1794474843000000.123", 1_794_474_843_000_000_123, true},
		{"1.23456", 1234, true}, {"1e3", 1_000_000, true}, {"1e300", 1 << 62, true}, {"-1e300", -1 << 62, true}, {"soon", 0, false}, {"NaN", 0, false}, {"1.x", 0, false},
	} {
		if got, ok := Micros([]byte(tt.in)); got != tt.want || ok != tt.ok {
			t.Errorf("%q: got %d, %v, want %d, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}
