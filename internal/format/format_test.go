package format

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/demo/synthetic"
)

func TestSniff(t *testing.T) {
	for _, tt := range []struct {
		head string
		want Name
	}{
		{`{"resourceSpans":[]}`, OTLPJSON},
		{"\xEF\xBB\xBF\n{\"resource_spans\":", OTLPJSON},
		{"\x00\x00{\"batches\":[", OTLPJSON},
		{`{"result":{"resourceSpans":[]}}`, OTLPJSON},
		{`{}`, OTLPJSON},
		{`{"data":[{"traceID":"a","spans":[{"spanID":"b","operationName":"c`, JaegerJSON},
		{`{"data":[]}`, JaegerJSON},
		{`{"data":null,"total":0,"errors":null}`, JaegerJSON},
		{`[{"traceID":"a","spans":[]}]`, JaegerJSON},
		{`{"processes":{},"spans":[]}`, JaegerJSON},
		{`[{"traceId":"a","id":"b"}]`, ZipkinJSON},
		{`[[{"traceId":"a","localEndpoint":{`, ZipkinJSON},
		{`{"traceEvents":[`, ChromeTrace},
		{`[{"name":"x","ph":"X"`, ChromeTrace},
		{`{"traceID":"a","spanSet":{"spans":[]}}`, ""},
		{`{"a":1}`, ""}, {`[]`, ""}, {`"text"`, ""}, {`text`, ""}, {``, ""}, {"\x89PNG\r\n", ""}, {"PK\x03\x04", ""},
		{string(synthetic.Trace(3, 1)), OTLPProto},
		{string(synthetic.Trace(3, 1)[:40]), OTLPProto},
	} {
		if got := Sniff([]byte(tt.head)); got != tt.want {
			t.Errorf("%.50q: got %q, want %q", tt.head, got, tt.want)
		}
	}
}

func packed(t testing.TB, how string, data []byte) []byte {
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
	_, err := w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestCompressed(t *testing.T) {
	data := synthetic.Trace(3000, 1)
	for _, how := range []string{"gzip", "zstd"} {
		pack := packed(t, how, data)
		traces, info, err := Decode(context.Background(), iotest.HalfReader(bytes.NewReader(pack)), Options{})
		if err != nil || info.Compression != how || info.Format != OTLPProto || len(traces[0].Spans) != 3000 || info.Bytes != int64(len(pack)) {
			t.Errorf("%s: got %+v and error %v", how, info, err)
		}
		traces, _, err = Decode(context.Background(), bytes.NewReader(pack[:len(pack)/2]), Options{})
		if !errors.Is(err, ErrTruncated) {
			t.Errorf("%s cut in half: got %d traces and error %v", how, len(traces), err)
		}
		_, _, err = Decode(context.Background(), bytes.NewReader(pack), Options{MaxUnpacked: 1000})
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s beyond the limit: got error %v", how, err)
		}
		bomb := packed(t, how, append([]byte(`{"resourceSpans":[`), bytes.Repeat([]byte(" "), 66<<20)...))
		_, _, err = Decode(context.Background(), bytes.NewReader(bomb), Options{})
		if !errors.Is(err, ErrTooLarge) && !(how == "gzip" && errors.Is(err, ErrTruncated)) { // gzip packs by 1,030 at most
			t.Errorf("%s of nothing but blanks: got error %v", how, err)
		}
	}
}

func TestProgressAndCancel(t *testing.T) {
	data := synthetic.Trace(20000, 1)
	var told []int64
	_, _, err := Decode(context.Background(), bytes.NewReader(data), Options{Size: int64(len(data)), Progress: func(p Progress) {
		if p.Size != int64(len(data)) || p.Spans > 20000 {
			t.Fatalf("got %+v, want a size of %d", p, len(data))
		}
		told = append(told, p.Read)
	}})
	if err != nil || len(told) < 4 || told[len(told)-1] != int64(len(data)) {
		t.Errorf("told %d and error %v, want up to %d about once a megabyte", told, err, len(data))
	}
	ctx, cancel := context.WithCancel(context.Background())
	traces, _, err := Decode(ctx, bytes.NewReader(data), Options{Progress: func(Progress) { cancel() }})
	if !errors.Is(err, context.Canceled) || traces != nil {
		t.Errorf("canceled: got %d traces and error %v", len(traces), err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	traces, _, err = Decode(ctx, bytes.NewReader(data), Options{Keep: true, Progress: func(p Progress) {
		if p.Spans > 5000 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || len(traces) != 1 || len(traces[0].Spans) <= 5000 || len(traces[0].Spans) >= 20000 || !anyTruncated(traces) {
		t.Errorf("canceled while keeping: got %d traces and error %v, want one of part of the spans, marked as cut", len(traces), err)
	}
}

// slowReader needs 100 ms for each 100 kB.
type slowReader struct{ r io.Reader }

func (s slowReader) Read(p []byte) (int, error) {
	<-time.After(100 * time.Millisecond) // by the clock of a bubble
	return s.r.Read(p[:min(len(p), 100<<10)])
}

// TestPreviews reads slowly and looks at what is told on the way.
func TestPreviews(t *testing.T) {
	const n = 8_000
	for _, name := range []Name{OTLPProto, OTLPJSON, JaegerJSON} {
		t.Run(string(name), func(t *testing.T) {
			whole := decode(t, synthetic.Trace(n, 1))
			var data bytes.Buffer
			if err := Encode(&data, name, whole); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				spans := []int{0}
				got, _, err := Decode(t.Context(), slowReader{&data}, Options{Progress: func(p Progress) {
					if p.Preview == nil {
						return
					}
					k := len(p.Preview.Spans)
					if k <= spans[len(spans)-1] || k > p.Spans || p.Preview.ID != whole[0].ID {
						t.Errorf("a preview of %d of %d spans after one of %d", k, p.Spans, spans[len(spans)-1])
					}
					spans = append(spans, k)
				}})
				if err != nil || len(got) != 1 || len(got[0].Spans) != n {
					t.Fatalf("got %d traces and error %v", len(got), err)
				}
				if len(spans) < 4 {
					t.Errorf("previews of %v spans, want some", spans)
				}
			})
		})
	}
}

func TestDecodeErrors(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, tt := range []struct {
		name string
		r    io.Reader
		want error
		says string
	}{
		{"empty", strings.NewReader(""), ErrUnknown, "empty"},
		{"text", strings.NewReader("hello"), ErrUnknown, "neither JSON nor"},
		{"other JSON", strings.NewReader(`{"a":1}`), ErrUnknown, "none of otlp-json"},
		{"reader at once", iotest.ErrReader(broken), broken, "read"},
		{"reader in the middle", io.MultiReader(strings.NewReader(`{"resourceSpans":[`), iotest.ErrReader(broken)), broken, "OTLP JSON"},
		{"no gzip", strings.NewReader("\x1f\x8bxxxxxxxxxxxxxxxx"), nil, "gzip"},
		{"no zstd", strings.NewReader("\x28\xb5\x2f\xfdxxxxxxxxxxxxxxxx"), nil, ""},
	} {
		_, _, err := Decode(context.Background(), tt.r, Options{})
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got error %v, want %v with %q", tt.name, err, tt.want, tt.says)
		}
	}
	if err := Encode(io.Discard, "soap", nil); err == nil || !strings.Contains(err.Error(), "jaeger-json") {
		t.Errorf("writing SOAP: got error %v, want one that names what can be written", err)
	}
}

func TestEncodeNothing(t *testing.T) {
	for _, name := range Writable() {
		var buf bytes.Buffer
		if err := Encode(&buf, name, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEncodeTellsWriteErrors(t *testing.T) {
	traces := decode(t, synthetic.Trace(5000, 1))
	for _, name := range Writable() {
		for _, room := range []int{0, 100, 600_000} {
			full := errors.New("disk full")
			if err := Encode(&limitedWriter{room, full}, name, traces); !errors.Is(err, full) {
				t.Errorf("%s with room for %d bytes: got error %v", name, room, err)
			}
		}
	}
}

// limitedWriter fails once it is full.
type limitedWriter struct {
	room int
	err  error
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if len(p) > w.room {
		return w.room, w.err
	}
	w.room -= len(p)
	return len(p), nil
}

// TestShapesRoundTrip passes traces that hurt through every format.
func TestShapesRoundTrip(t *testing.T) {
	for name, data := range map[string][]byte{
		"wide": synthetic.Wide(2000, 1), "deep": synthetic.Deep(2000, 1), "roots": synthetic.Roots(2000, 1), "tree": synthetic.Trace(5000, 1),
	} {
		want := decode(t, data)
		for _, f := range Writable() {
			t.Run(fmt.Sprint(name, " as ", f), func(t *testing.T) {
				var buf bytes.Buffer
				if err := Encode(&buf, f, want); err != nil {
					t.Fatal(err)
				}
				compare(t, decode(t, buf.Bytes()), want, f)
			})
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"data":[{"traceID":"a","spans":[{"spanID":"1"}]}]}`))
	f.Add(synthetic.Trace(1, 1))
	f.Add(packed(f, "gzip", []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}`)))
	f.Add(packed(f, "zstd", synthetic.Trace(2, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		traces, info, err := Decode(context.Background(), bytes.NewReader(data), Options{MaxUnpacked: 1 << 20})
		if err == nil && info.Format == "" {
			t.Fatal("read without knowing the format")
		}
		for _, name := range Writable() {
			if err := Encode(io.Discard, name, traces); err != nil {
				t.Fatalf("what was read cannot be written as %s: %v", name, err)
			}
		}
	})
}
