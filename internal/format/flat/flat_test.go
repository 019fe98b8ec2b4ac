package flat

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

func synth(t testing.TB, data []byte) []*model.Trace {
	t.Helper()
	b := model.NewBuilder()
	if err := otlp.NewDecoder(b).Read(bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return b.Build()
}

// duration stands in for self time, which is not computed here.
func duration(t *model.Trace) func(model.SpanIndex) int64 {
	return func(i model.SpanIndex) int64 { return t.Spans[i].Dur }
}

// named makes a trace of spans with a service, a name, a parent and a duration in ns.
func named(spans ...[4]string) []*model.Trace {
	b := model.NewBuilder()
	key := b.InternString("service.name")
	for i, s := range spans {
		parent, _ := strconv.Atoi(s[2])
		dur, _ := strconv.Atoi(s[3])
		rec := model.SpanRecord{Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1), Parent: model.SpanID(parent), Name: b.InternString(s[1]),
			StartNano: 1_000_000 + uint64(i), EndNano: 1_000_000 + uint64(i+dur)}
		if s[0] != "" {
			rec.Resource = b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte(s[0]))}})
		}
		b.Add(&rec)
	}
	return b.Build()
}

func TestFolded(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   []*model.Trace
		want string
	}{
		{"equal ways are one", named([4]string{"a", "x", "0", "9000"}, [4]string{"b", "y", "1", "1400"}, [4]string{"b", "y", "1", "1400"}, [4]string{"b", "z", "2", "1000"}),
			"a:x 9\na:x;b:y 3\na:x;b:y;b:z 1\n"},
		{"names that would break a line", named([4]string{"", "a;b\nc ", "0", "1000"}), "?:a,b c 1\n"},
		{"no time, but where it ends", named([4]string{"a", "x", "0", "100"}, [4]string{"a", "y", "1", "0"}), "a:x;a:y 0\n"},
		{"nothing", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Folded(&b, tt.in, duration); err != nil || b.String() != tt.want {
				t.Errorf("got %q (%v), want %q", b.String(), err, tt.want)
			}
		})
	}
}

// TestFoldedLosesNoTime adds up all weights, with and without stacks that are cut.
func TestFoldedLosesNoTime(t *testing.T) {
	for name, data := range map[string][]byte{"tree": synthetic.Trace(3000, 1), "deep": synthetic.Deep(3000, 1), "wide": synthetic.Wide(3000, 1)} {
		traces := synth(t, data)
		var want, got int64
		for i := range traces[0].Spans {
			want += traces[0].Spans[i].Dur
		}
		var b bytes.Buffer
		if err := Folded(&b, traces, duration); err != nil {
			t.Fatal(err)
		}
		lines := 0
		for line := range strings.Lines(b.String()) {
			at := strings.LastIndexByte(line, ' ')
			us, err := strconv.ParseInt(strings.TrimSpace(line[at+1:]), 10, 64)
			if err != nil || strings.Count(line[:at], ";") >= MaxFrames {
				t.Fatalf("%s: line %.200q of %d frames (%v)", name, line, strings.Count(line, ";")+1, err)
			}
			got += us * 1000
			lines++
		}
		if diff := got - want; diff > int64(lines)*500 || diff < -int64(lines)*500 {
			t.Errorf("%s: %d ns in %d lines, want %d", name, got, lines, want)
		}
	}
}

func TestCSV(t *testing.T) {
	traces := synth(t, synthetic.Trace(500, 1))
	var b bytes.Buffer
	guarded, err := CSV(&b, traces, duration)
	if err != nil || guarded != 0 {
		t.Fatalf("%d guarded, error %v", guarded, err)
	}
	if strings.Count(b.String(), "\r\n") != 501 || strings.HasPrefix(b.String(), "\xEF") {
		t.Errorf("%d lines end as RFC 4180 has it, want 501, and no byte-order mark", strings.Count(b.String(), "\r\n"))
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 501 || !slices.Equal(rows[0], Columns) {
		t.Fatalf("%d rows, the first %v (%v)", len(rows), rows[0], err)
	}
	tr := traces[0]
	for i, row := range rows[1:] {
		s := &tr.Spans[i]
		var attrs map[string]any
		if err := json.Unmarshal([]byte(row[14]), &attrs); err != nil || len(attrs) != len(tr.Attrs(model.SpanIndex(i))) {
			t.Fatalf("attributes %s (%v)", row[14], err)
		}
		if row[1] != s.ID.String() || row[4] != tr.Name(model.SpanIndex(i)) || row[9] != fmt.Sprint(s.Dur) || row[11] != fmt.Sprint(s.Depth) {
			t.Fatalf("row %d is %q", i, row)
		}
	}
	if rows[1][8] != "2026-11-12T09:14:03.000000000Z" || rows[1][2] != "" || rows[2][2] == "" {
		t.Errorf("first rows %q, %q", rows[1], rows[2])
	}
}

func TestCSVGuardsFormulas(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+x": "'+x", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", " =1": "' =1", "\r=1": "'\n=1", "＝1": "'＝1",
		"a=b": "a=b", "GET /": "GET /", "": "", `say "hi", you`: `say "hi", you`, "a\r\nb\rc\x00": "a\nb\nc\uFFFD", "\xff": "\uFFFD",
	} {
		var b bytes.Buffer
		guarded, err := CSV(&b, named([4]string{"s", in, "0", "1"}), duration)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatalf("%q: %v", in, err)
		}
		if got := rows[1][4]; got != want || guarded != b2i(strings.HasPrefix(want, "'")) {
			t.Errorf("%q is written as %q, %d guarded, want %q", in, got, guarded, want)
		}
	}
}

func b2i(v bool) int {
	if v {
		return 1
	}
	return 0
}

func TestErrorsOfTheWriterAreTold(t *testing.T) {
	traces, full := synth(t, synthetic.Trace(3000, 1)), errors.New("disk full")
	if err := Folded(failing{full}, traces, duration); !errors.Is(err, full) {
		t.Errorf("stacks: got error %v", err)
	}
	if _, err := CSV(failing{full}, traces, duration); !errors.Is(err, full) {
		t.Errorf("table: got error %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
