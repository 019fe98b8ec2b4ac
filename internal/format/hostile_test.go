package format

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/jsonpull"
)

// repeated returns head, then unit again and again, about size bytes, packed.
func repeated(t *testing.T, how, head, unit string, size int) []byte {
	t.Helper()
	var buf bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&buf)
	if how == "zstd" {
		z, err := zstd.NewWriter(&buf)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	piece := []byte(strings.Repeat(unit, 1<<20/len(unit)))
	_, err := io.WriteString(w, head)
	for n := 0; n < size && err == nil; n += len(piece) {
		_, err = w.Write(piece)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// message wraps protobuf bytes in a field.
func message(field byte, b []byte) []byte {
	return append(binary.AppendUvarint([]byte{field<<3 | 2}, uint64(len(b))), b...)
}

// TestHostile reads files that were made to fill memory or to go on for ever. Without
// the limits the small ones among them take from 1 to 9 GB. Each is refused before that,
// with nothing built of it, or said to be cut off.
func TestHostile(t *testing.T) {
	const mega = 1 << 20
	json := func(head, unit string) []byte { return repeated(t, "zstd", head, unit, 32*mega) }
	proto := func(unit string) []byte { return bytes.Repeat([]byte(unit), 16*mega) }
	const span = `{"resourceSpans":[{"scopeSpans":[{"spans":[`
	for name, tt := range map[string]struct {
		data []byte
		want error
	}{
		"gzip bomb":                         {repeated(t, "gzip", `{"resourceSpans":[`, " ", 80*mega), ErrTooLarge},
		"zstd bomb":                         {repeated(t, "zstd", `{"resourceSpans":[`, " ", 80*mega), ErrTooLarge},
		"bomb of one text":                  {repeated(t, "zstd", span+`{"name":"`, "x", 80*mega), ErrTooLarge},
		"empty spans":                       {json(span, "{},"), ErrTooLarge},
		"empty links":                       {json(span+`{"links":[`, "{},"), ErrTooLarge},
		"empty events":                      {json(span+`{"events":[`, "{},"), ErrTooLarge},
		"empty spans of Jaeger":             {json(`{"data":[{"traceID":"1","spans":[`, "{},"), ErrTooLarge},
		"empty references":                  {json(`{"data":[{"traceID":"1","spans":[{"references":[`, "{},"), ErrTooLarge},
		"empty logs":                        {json(`{"data":[{"traceID":"1","spans":[{"logs":[`, "{},"), ErrTooLarge},
		"empty spans of Zipkin":             {json(`[{"traceId":"1","id":"1","localEndpoint":{}},`, "{},"), ErrTooLarge},
		"empty annotations":                 {json(`[{"traceId":"1","id":"1","localEndpoint":{},"annotations":[`, "{},"), ErrTooLarge},
		"empty events of Chrome":            {json(`{"traceEvents":[`, `{"ph":"B"},`), ErrTooLarge},
		"empty spans in protobuf":           {packed(t, "zstd", message(1, message(2, proto("\x12\x00")))), ErrTooLarge},
		"empty links in protobuf":           {packed(t, "zstd", message(1, message(2, message(2, proto("\x6a\x00"))))), ErrTooLarge},
		"empty attributes in protobuf":      {packed(t, "zstd", message(1, message(2, message(2, proto("\x4a\x00"))))), ErrTooLarge},
		"empty elements in protobuf":        {packed(t, "zstd", message(1, message(2, message(2, message(9, message(2, message(5, proto("\x0a\x00")))))))), ErrTooLarge},
		"a message of 2^60 bytes":           {append(binary.AppendUvarint([]byte{0x0a}, 1<<60), 0x12, 5), ErrTruncated},
		"brackets without end":              {bytes.Repeat([]byte(`{"resourceSpans":[`), mega), ErrTruncated},
		"arguments without end":             {append([]byte(`[{"ph":"X","args":{"a":`), bytes.Repeat([]byte("["), 8*mega)...), ErrTruncated},
		"values in values":                  {append([]byte(span+`{"attributes":[{"value":`), bytes.Repeat([]byte(`{"arrayValue":{"values":[`), mega/8)...), ErrTruncated},
		"no gzip behind its first bytes":    {append([]byte("\x1f\x8b"), bytes.Repeat([]byte{8, 255}, 999)...), nil},
		"an unpacked file that says little": {bytes.Repeat([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]}]}]}`), mega/2), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			runtime.GC() // what others left behind would count as taken before
			traces, _, err := Decode(context.Background(), bytes.NewReader(tt.data), Options{})
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || errors.Is(err, ErrTooLarge) && traces != nil {
				t.Errorf("%d bytes: got %d traces and error %v, want %v", len(tt.data), len(traces), err, tt.want)
			}
		})
	}
}

// TestHonestFilesAreNotRefused reads what comes closest to the limits: spans that
// are all alike, and spans with nothing but their ids.
func TestHonestFilesAreNotRefused(t *testing.T) {
	const n = 100_000
	for name, data := range map[string][]byte{
		"all alike": packed(t, "zstd", []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[`+
			strings.Repeat(`{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"a","startTimeUnixNano":"1","endTimeUnixNano":"2"},`, n)+`]}]}]}`)),
		"wide":  packed(t, "zstd", synthetic.Wide(n, 1)),
		"roots": packed(t, "gzip", synthetic.Roots(n, 1)),
	} {
		traces, _, err := Decode(context.Background(), bytes.NewReader(data), Options{})
		if err != nil || len(traces) != 1 || len(traces[0].Spans)+traces[0].Repeats != n {
			t.Errorf("%s: %d traces, error %v", name, len(traces), err)
		}
	}
}

// FuzzKeys holds that keys of one object are kept apart and that the first of a name
// stays what it is.
func FuzzKeys(f *testing.F) {
	f.Add("a a a#2 a b", 3)
	f.Fuzz(func(t *testing.T, text string, repeat int) {
		names := strings.Fields(strings.Repeat(text+" ", max(1, min(repeat, 40))))
		var keys jsonpull.Keys
		seen := map[string]bool{}
		for _, n := range names {
			k := keys.Unique(n)
			if seen[k] || !strings.HasPrefix(k, n) || !keys.Has(k) {
				t.Fatalf("%q becomes %q a second time, or is not found", n, k)
			}
			seen[k] = true
		}
	})
}
