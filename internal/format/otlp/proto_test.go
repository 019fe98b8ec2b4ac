package otlp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

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

func TestFramings(t *testing.T) {
	one, two := synthetic.Trace(10, 1), synthetic.Trace(700, 2)
	frame := func(msgs ...[]byte) (out []byte) {
		for _, m := range msgs {
			out = append(binary.AppendUvarint(out, uint64(len(m))), m...)
		}
		return out
	}
	group := []byte{15<<3 | wireGroup, 1<<3 | wireGroup, 2 << 3, 5, 1<<3 | wireEnd, 15<<3 | wireEnd}
	unknown := appendFixed32(appendFixed64(appendBytes(nil, 99, []byte("x")), 98, 1), 97, 1)
	for _, tt := range []struct {
		name          string
		data          []byte
		traces, spans int
	}{
		{"bare", one, 1, 10},
		{"two messages are one", append(slices.Clone(one), two...), 2, 710},
		{"led by lengths", frame(one, two), 2, 710},
		{"one led by its length", frame(two), 1, 700},
		{"an empty one between", frame(one, nil, two), 2, 710},
		{"empty", nil, 0, 0},
		{"unknown fields and groups", slices.Concat(one, unknown, group, two), 2, 710},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check := func(how string, b *model.Builder, err error) {
				if err != nil {
					t.Fatalf("%s: %v", how, err)
				}
				spans := b.Len()
				if traces := b.Build(); len(traces) != tt.traces || spans != tt.spans {
					t.Errorf("%s: got %d traces of %d spans, want %d of %d", how, len(traces), spans, tt.traces, tt.spans)
				}
			}
			b := model.NewBuilder()
			check("DecodeProto", b, DecodeProto(tt.data, b))
			b = model.NewBuilder()
			check("Read", b, NewDecoder(b).Read(bytes.NewReader(tt.data)))
		})
	}
}

func TestProtoErrorsTellThePlace(t *testing.T) {
	span := appendBytes(nil, 2, []byte("12345678"))
	bad := appendBytes(nil, 1, appendBytes(nil, 2, appendBytes(nil, 2, append(slices.Clone(span), 0xff))))
	err := DecodeProto(bad, model.NewBuilder())
	if !errors.Is(err, ErrTruncated) || !strings.Contains(err.Error(), "span at byte 16") {
		t.Errorf("got %v, want the span at byte 16", err)
	}
	err = NewDecoder(model.NewBuilder()).Read(bytes.NewReader(append(synthetic.Trace(1, 1), bad...)))
	if want := fmt.Sprintf("span at byte %d", len(synthetic.Trace(1, 1))+16); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("read: got %v, want %s", err, want)
	}
	for _, in := range []string{"\x00", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "hello", "\x0b"} {
		if err := DecodeProto([]byte(in), model.NewBuilder()); err == nil {
			t.Errorf("%q: no error", in)
		}
	}
}

func TestBytesOfIDs(t *testing.T) {
	msg := func(trace, span string) []byte {
		s := appendBytes(appendBytes(nil, 1, []byte(trace)), 2, []byte(span))
		return appendBytes(nil, 1, appendBytes(nil, 2, appendBytes(nil, 2, s)))
	}
	for _, tt := range []struct {
		name, trace, span, want string
		bad                     bool
	}{
		{"as specified", "0123456789abcdef", "01234567", "30313233343536373839616263646566/3031323334353637", false},
		{"64-bit trace id", "01234567", "01234567", "00000000000000003031323334353637/3031323334353637", false},
		{"none", "", "", "00000000000000000000000000000000/0000000000000000", false},
		{"of other lengths", "trace", "span", "", true},
	} {
		tr := decodeProto(t, msg(tt.trace, tt.span))[0]
		if got := tr.ID.String() + "/" + tr.Spans[0].ID.String(); tt.want != "" && got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		if got := hasWarning(tr, model.BadID); got != tt.bad {
			t.Errorf("%s: warned %t, want %t", tt.name, got, tt.bad)
		}
	}
}

// TestAgainstGeneratedTypes lets the generated types read what is written here.
func TestAgainstGeneratedTypes(t *testing.T) {
	tr := decodeProto(t, synthetic.Trace(500, 3))[0]
	var td tracev1.TracesData
	if err := proto.Unmarshal(AppendProto(nil, tr), &td); err != nil {
		t.Fatal(err)
	}
	again, err := proto.Marshal(&td)
	if err != nil {
		t.Fatal(err)
	}
	if got := decodeProto(t, again)[0]; describe(got) != describe(tr) {
		t.Error("passing the generated types changes the trace")
	}
	out, err := protojson.Marshal(&td)
	if err != nil {
		t.Fatal(err)
	}
	if got := decodeJSONText(t, string(out))[0]; describe(got) != describe(tr) {
		t.Error("the JSON of the generated types is read as another trace")
	}
}

func TestRepeatedResourcesCostLittle(t *testing.T) {
	b := model.NewBuilder()
	d := NewDecoder(b)
	msg := synthetic.Trace(1, 1)
	if err := d.Message(msg); err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(1000, func() {
		if err := d.Message(msg); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 1 { // pieces of the builder, now and then
		t.Errorf("%.1f allocations a message, want none", allocs)
	}
}

func FuzzDecodeProto(f *testing.F) {
	f.Add(synthetic.Trace(2, 1))
	f.Add([]byte{15<<3 | wireGroup, 15<<3 | wireEnd})
	f.Fuzz(func(t *testing.T, data []byte) {
		b, rb := model.NewBuilder(), model.NewBuilder()
		err := DecodeProto(data, b)
		_ = NewDecoder(rb).Read(bytes.NewReader(data)) // only no panic
		if err == nil && rb.Len() > b.Len() {
			t.Fatalf("Read finds %d spans, DecodeProto %d", rb.Len(), b.Len())
		}
		for _, tr := range b.Build() {
			out := AppendProto(nil, tr)
			again := decodeProto(t, out)
			if len(again) != 1 || !bytes.Equal(AppendProto(nil, again[0]), out) {
				t.Fatalf("a trace of %d spans is not read again as it was written", len(tr.Spans))
			}
		}
	})
}

// TestWatchEndsDecoding has the decoder stopped within one message.
func TestWatchEndsDecoding(t *testing.T) {
	enough := errors.New("enough")
	for name, unit := range map[string]string{"spans": "\x12\x00", "attributes": "\x12\x02\x4a\x00", "links": "\x12\x02\x6a\x00", "events": "\x12\x02\x5a\x00"} {
		data := bytes.Repeat([]byte(unit), 200_000)
		for _, tag := range []byte{0x12, 0x0a} { // a ScopeSpans in a ResourceSpans
			data = append(binary.AppendUvarint([]byte{tag}, uint64(len(data))), data...)
		}
		b := model.NewBuilder()
		d := NewDecoder(b)
		calls := 0
		d.Watch = func() error { calls++; return enough }
		if err := d.Read(bytes.NewReader(data)); !errors.Is(err, enough) || calls != 1 || b.Len() >= 200_000 {
			t.Errorf("%s: got error %v after %d calls and %d spans", name, err, calls, b.Len())
		}
	}
}
