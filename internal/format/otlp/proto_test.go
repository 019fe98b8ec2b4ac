package otlp

import (
	"bytes"
	"errors"
	"testing"
	"testing/iotest"

	"traceview/internal/demo/synthetic"
	"traceview/internal/model"
)

// decodeProto decodes bytes that must be right.
func decodeProto(t *testing.T, data []byte) []*model.Trace {
	t.Helper()
	b := model.NewBuilder()
	if err := DecodeProto(data, b); err != nil {
		t.Fatal(err)
	}
	return b.Build()
}

func TestReadGivesWhatDecodeProtoGives(t *testing.T) {
	data := synthetic.Trace(3000, 1)
	want := AppendProto(nil, decodeProto(t, data)[0])
	b := model.NewBuilder()
	if err := NewDecoder(b).Read(iotest.OneByteReader(bytes.NewReader(data))); err != nil {
		t.Fatal(err)
	}
	if got := AppendProto(nil, b.Build()[0]); !bytes.Equal(got, want) {
		t.Error("reading byte by byte gives another trace than decoding at once")
	}
	if again := AppendProto(nil, decodeProto(t, want)[0]); !bytes.Equal(again, want) {
		t.Error("encoding what was decoded from an encoding gives other bytes")
	}
}

func TestCutProtoKeepsWhatCameBefore(t *testing.T) {
	data := synthetic.Trace(2000, 1)
	for cut := 1; cut < len(data); cut += 997 {
		b := model.NewBuilder()
		err := DecodeProto(data[:cut], b)
		if err == nil {
			continue // between two ResourceSpans nothing can be told
		}
		if !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrMalformed) {
			t.Fatalf("cut at %d: got %v, want an error of this package", cut, err)
		}
		spans := b.Len()
		if want := cut/280 - 10; spans < want {
			t.Errorf("cut at %d: got %d spans, want at least %d", cut, spans, want)
		}
		rb := model.NewBuilder()
		if err := NewDecoder(rb).Read(bytes.NewReader(data[:cut])); err == nil || rb.Len() != spans {
			t.Errorf("cut at %d: Read got %d spans and %v, want %d and an error", cut, rb.Len(), err, spans)
		}
		for _, tr := range b.Build() {
			if len(tr.Warnings) == 0 || tr.Warnings[0].Kind != model.Truncated && spans > 0 && !hasWarning(tr, model.Truncated) {
				t.Errorf("cut at %d: the trace has no warning that it is truncated", cut)
			}
		}
	}
}

func hasWarning(t *model.Trace, kind model.WarningKind) bool {
	for _, w := range t.Warnings {
		if w.Kind == kind {
			return true
		}
	}
	return false
}
