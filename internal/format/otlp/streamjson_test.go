package otlp

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

const (
	oneSpan = `{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01","spanId":"01","name":"a"}]}]}]}}`
	twoSpan = `{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01","spanId":"02","name":"b"}]}]},{"scopeSpans":[{"spans":[{"traceId":"02","spanId":"03","name":"c"}]}]}]}}`
)

func TestStreamJSON(t *testing.T) {
	stop := errors.New("enough")
	tests := []struct {
		name  string
		in    string
		limit int // builders given out before stop; 0 for no end
		want  error
		spans []int // of each builder
	}{
		{"nothing", "", 0, nil, []int{0}},
		{"documents run together", oneSpan + "\n" + twoSpan, 0, nil, []int{0, 1, 1, 1}},
		{"stopped", oneSpan + twoSpan, 3, stop, []int{0, 1, 1}},
		{"stopped at once", oneSpan, 1, stop, []int{0}},
		{"cut off", oneSpan + twoSpan[:60], 0, ErrTruncated, []int{0, 1, 0}},
		{"not JSON", oneSpan + "<html>", 0, jsonpull.ErrMalformed, []int{0, 1}},
		{"an error that is none", `{"error":null}` + oneSpan, 0, nil, []int{0, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var builders []*model.Builder
			err := StreamJSON(iotest.OneByteReader(strings.NewReader(tt.in)), func() (*model.Builder, error) {
				if len(builders) == tt.limit && tt.limit > 0 {
					return nil, stop
				}
				builders = append(builders, model.NewBuilder())
				return builders[len(builders)-1], nil
			})
			if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			var spans []int
			for _, b := range builders {
				spans = append(spans, b.Len())
			}
			if !reflect.DeepEqual(spans, tt.spans) {
				t.Errorf("got spans %v, want %v", spans, tt.spans)
			}
		})
	}
}

func TestStreamJSONReportsFaults(t *testing.T) {
	for in, want := range map[string]Fault{
		`{"error":{"grpcCode":5,"httpCode":404,"message":"gone","httpStatus":"Not Found"}}`: {404, 5, "gone"},
		`{"error":{"code":16,"message":"expired","details":[{"a":1}]}}`:                     {0, 16, "expired"},
		`{"error":{}}`: {},
	} {
		b := model.NewBuilder()
		err := StreamJSON(strings.NewReader(oneSpan+in+twoSpan), func() (*model.Builder, error) { return b, nil })
		var got *Fault
		if !errors.As(err, &got) || *got != want {
			t.Errorf("%s: got %+v, %v; want %+v", in, got, err, want)
		}
		if b.Len() != 1 {
			t.Errorf("%s: got %d spans, want the one before it", in, b.Len())
		}
	}
	b := model.NewBuilder() // in a file it is a field like any other
	if err := DecodeJSON(strings.NewReader(`{"error":{"message":"x"}}`+oneSpan), b); err != nil || b.Len() != 1 {
		t.Errorf("got %v with %d spans", err, b.Len())
	}
}

// endless yields one byte over and over.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestStreamJSONIsBounded(t *testing.T) {
	for name, start := range map[string]string{
		"name":  `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"`,
		"key":   `{"`,
		"value": `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":{"stringValue":"`,
	} {
		t.Run(name, func(t *testing.T) {
			r := &io.LimitedReader{R: io.MultiReader(strings.NewReader(start), endless('x')), N: 1 << 30}
			err := StreamJSON(r, func() (*model.Builder, error) { return model.NewBuilder(), nil })
			if !errors.Is(err, ErrTooLarge) || r.N < 1<<29 {
				t.Errorf("got %v after %d bytes, want %v after 64 MiB", err, 1<<30-r.N, ErrTooLarge)
			}
		})
	}
}

func FuzzStreamJSON(f *testing.F) {
	f.Add([]byte(oneSpan + twoSpan))
	f.Add([]byte(`{"error":{"code":16}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		one, many := model.NewBuilder(), 0
		err := StreamJSON(bytes.NewReader(in), func() (*model.Builder, error) { return one, nil })
		var last *model.Builder
		again := StreamJSON(bytes.NewReader(in), func() (*model.Builder, error) {
			if last != nil {
				many += last.Len()
			}
			last = model.NewBuilder()
			return last, nil
		})
		many += last.Len()
		if (err == nil) != (again == nil) || one.Len() != many {
			t.Errorf("into one builder %d spans, %v; into many %d, %v", one.Len(), err, many, again)
		}
	})
}
