package format

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

const corpus = "../../../shared/corpus"

// stats is a line of STATS.jsonl: an independent count of what a file holds.
type stats struct {
	File      string
	Format    string
	Traces    int
	Spans     int
	Services  int
	Depth     int
	Fanout    int
	Roots     int
	Missing   int `json:"missing_parent"`
	MultiRoot int `json:"multi_root"`
	Events    int
	Links     int
	Errors    int
	Outside   int `json:"out_of_parent"`
}

func readStats(t testing.TB) []stats {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus, "STATS.jsonl"))
	if err != nil {
		t.Skip("shared corpus absent")
	}
	var all []stats
	for line := range bytes.Lines(data) {
		var s stats
		if err := json.Unmarshal(line, &s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// readable returns the files of the corpus in formats that can be read.
func readable(t testing.TB) []stats {
	var out []stats
	for _, s := range readStats(t) {
		if dir, _, _ := strings.Cut(s.File, "/"); dir == "jaeger" || dir == "otlp-json" || dir == "otlp-proto" || dir == "zipkin" {
			out = append(out, s)
		}
	}
	return out
}

func readCorpus(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus, file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t testing.TB, data []byte) []*model.Trace {
	t.Helper()
	traces, _, err := Decode(context.Background(), bytes.NewReader(data), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return traces
}

// count makes of traces what STATS.jsonl says of files.
func count(traces []*model.Trace) (c stats) {
	services := map[string]bool{}
	c.Traces = len(traces)
	for _, t := range traces {
		c.Spans += len(t.Spans) + t.Repeats
		c.Depth = max(c.Depth, t.MaxDepth)
		c.Events += t.Events
		c.Links += t.Links
		c.Errors += t.Errors
		if t.Roots > 1 {
			c.MultiRoot++
		}
		for _, s := range t.Services {
			services[s.Name] = true
		}
		children := map[model.SpanIndex]int{}
		for i := range t.Spans {
			if t.Spans[i].ParentID.IsZero() {
				c.Roots++
			}
			if p := t.Spans[i].Parent; p != model.NoSpan {
				children[p]++
				c.Fanout = max(c.Fanout, children[p])
			}
		}
		for _, w := range t.Warnings {
			switch w.Kind {
			case model.MissingParent:
				c.Missing++
			case model.ChildOutsideParent:
				c.Outside++
			}
		}
	}
	delete(services, "")
	c.Services = len(services)
	return c
}

func TestCorpusCounts(t *testing.T) {
	names := map[string]Name{"jaeger": JaegerJSON, "otlp-json": OTLPJSON, "otlp-proto": OTLPProto, "zipkin": ZipkinJSON}
	for _, want := range readable(t) {
		t.Run(want.File, func(t *testing.T) {
			data := readCorpus(t, want.File)
			traces, info, err := Decode(context.Background(), bytes.NewReader(data), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if info.Format != names[want.Format] || info.Bytes != int64(len(data)) {
				t.Errorf("got format %s of %d bytes, want %s of %d", info.Format, info.Bytes, want.Format, len(data))
			}
			got := count(traces)
			got.File, got.Format = want.File, want.Format
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestCorpusOfOtherFormats(t *testing.T) {
	for _, s := range readStats(t) {
		want := ErrUnsupported
		switch s.Format {
		case "jaeger", "otlp-json", "otlp-proto":
			continue
		case "other":
			want = ErrUnknown
		}
		_, info, err := Decode(context.Background(), bytes.NewReader(readCorpus(t, s.File)), Options{})
		if !errors.Is(err, want) || want == ErrUnsupported && !strings.HasPrefix(string(info.Format), s.Format) {
			t.Errorf("%s: got format %q and error %v, want %s and %v", s.File, info.Format, err, s.Format, want)
		}
	}
}

// TestCutCorpus cuts every file at many places: what comes out is a part of the
// spans, with an error unless the cut fell between two documents.
func TestCutCorpus(t *testing.T) {
	for _, s := range readable(t) {
		data := readCorpus(t, s.File)
		step := max(1, len(data)/200)
		if testing.Short() {
			step = max(1, len(data)/20)
		}
		for cut := 0; cut < len(data); cut += step {
			traces, _, err := Decode(context.Background(), bytes.NewReader(data[:cut]), Options{})
			if spans := count(traces).Spans; spans > s.Spans || err == nil && spans == 0 && s.Spans > 0 && cut > 100 {
				t.Fatalf("%s cut at %d: got %d spans of %d and error %v", s.File, cut, spans, s.Spans, err)
			}
			if err != nil && len(traces) > 0 && !anyTruncated(traces) {
				t.Fatalf("%s cut at %d: no trace is marked as truncated", s.File, cut)
			}
		}
	}
}

func anyTruncated(traces []*model.Trace) bool {
	for _, t := range traces {
		for _, w := range t.Warnings {
			if w.Kind == model.Truncated {
				return true
			}
		}
	}
	return false
}

func TestCorpusRoundTrips(t *testing.T) {
	for _, s := range readable(t) {
		traces := decode(t, readCorpus(t, s.File))
		for _, name := range Writable() {
			t.Run(fmt.Sprintf("%s as %s", s.File, name), func(t *testing.T) {
				var buf bytes.Buffer
				if err := Encode(&buf, name, traces); err != nil {
					t.Fatal(err)
				}
				if name != OTLPProto && !json.Valid(buf.Bytes()) {
					t.Error("what was written is not valid JSON")
				}
				got, info, err := Decode(context.Background(), &buf, Options{})
				if err != nil || info.Format != name {
					t.Fatalf("reading it again: format %q, error %v", info.Format, err)
				}
				compare(t, got, traces, name == JaegerJSON)
			})
		}
	}
}

// compare reports where traces differ, by everything that OTLP can say. In what
// Jaeger JSON holds, schema URLs, scope attributes and dropped counts are none.
func compare(t *testing.T, got, want []*model.Trace, viaJaeger bool) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d traces, want %d", len(got), len(want))
	}
	byID := map[model.TraceID]*model.Trace{}
	for _, tr := range got {
		byID[tr.ID] = tr
	}
	for _, w := range want {
		g := byID[w.ID]
		if g == nil {
			t.Errorf("trace %s is gone", w.ID)
			continue
		}
		if len(g.Spans) != len(w.Spans) {
			t.Errorf("trace %s: got %d spans, want %d", w.ID, len(g.Spans), len(w.Spans))
			continue
		}
		for i := range w.Spans {
			if a, b := spanText(g, i, viaJaeger), spanText(w, i, viaJaeger); a != b {
				t.Fatalf("trace %s span %d\ngot  %s\nwant %s", w.ID, i, a, b)
			}
		}
	}
}

// spanText prints all of a span with its resource and scope.
func spanText(t *model.Trace, i int, viaJaeger bool) string {
	s := t.Spans[i]
	start, end := t.StoredTimes(model.SpanIndex(i))
	var b strings.Builder
	fmt.Fprint(&b, s.ID, s.ParentID, s.Parent, s.End, s.Depth, " ", start, end, s.Start, s.Dur,
		t.Name(model.SpanIndex(i)), s.Kind, s.Status, t.Str(s.StatusText), t.Str(s.State), s.Flags)
	attrs := func(list []model.Attr) {
		for _, a := range list {
			fmt.Fprintf(&b, " %s=%s", t.Key(a), otlp.AppendValueJSON(nil, t, a))
		}
	}
	attrs(t.Attrs(model.SpanIndex(i)))
	for _, e := range t.SpanEvents(model.SpanIndex(i)) {
		fmt.Fprint(&b, "\n event ", e.Time, t.Str(e.Name))
		attrs(t.EventAttrs(&e))
	}
	for _, l := range t.SpanLinks(model.SpanIndex(i)) {
		fmt.Fprint(&b, "\n link ", l.Trace, l.Span, t.Str(l.State), l.Flags)
		attrs(t.LinkAttrs(&l))
	}
	sc, r := t.ScopeAt(s.Scope), t.ResourceAt(s.Resource)
	fmt.Fprint(&b, "\n scope ", t.Str(sc.Name), t.Str(sc.Version), "\n resource ", t.Str(r.Service))
	attrs(t.ResourceAttrs(s.Resource))
	if !viaJaeger {
		fmt.Fprint(&b, t.Dropped(model.SpanIndex(i)), t.Str(sc.Schema), sc.Dropped, t.Str(r.Schema), r.Dropped)
		attrs(t.ScopeAttrs(s.Scope))
	}
	return b.String()
}
