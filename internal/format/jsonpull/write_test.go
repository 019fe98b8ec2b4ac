package jsonpull

import (
	"encoding/json"
	"math"
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
