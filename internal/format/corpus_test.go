package format

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/format/jsonpull"
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
	Shared    int // called halves of calls that have the id of the caller's
	Repeats   int `json:"dup_identical"`
	Gzip      bool
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
		if s.Format != "other" {
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
		c.Repeats += t.Repeats
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

// depths of Chrome traces that were counted otherwise: without asynchronous events,
// and with what had ended before a begin still below it.
var depths = map[string]int{
	"chrome/aras-p__ClangBuildAnalyzer__clang-19.1-main.json": 11, "chrome/google__perfetto__flow_events_json_v2.json": 1,
}

func TestCorpusCounts(t *testing.T) {
	names := map[string]Name{
		"jaeger": JaegerJSON, "otlp-json": OTLPJSON, "otlp-proto": OTLPProto, "zipkin": ZipkinJSON, "chrome": ChromeTrace,
	}
	for _, want := range readable(t) {
		t.Run(want.File, func(t *testing.T) {
			data := readCorpus(t, want.File)
			traces, info, err := Decode(context.Background(), bytes.NewReader(data), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if info.Format != names[want.Format] || info.Bytes != int64(len(data)) || want.Gzip != (info.Compression == "gzip") {
				t.Errorf("got format %s of %d bytes in %q, want %s of %d", info.Format, info.Bytes, info.Compression, want.Format, len(data))
			}
			got := count(traces)
			got.File, got.Format, got.Gzip, got.Shared = want.File, want.Format, want.Gzip, want.Shared
			if want.Format == "chrome" { // only spans and their nesting were counted
				got = stats{File: want.File, Format: want.Format, Gzip: want.Gzip, Spans: got.Spans, Depth: got.Depth, Events: want.Events}
				want.Depth = cmp.Or(depths[want.File], want.Depth)
			}
			if want.Shared > 0 { // both halves of a call were counted as one step
				got.Depth, got.Fanout, got.Outside = want.Depth, want.Fanout, want.Outside
			}
			if want.Repeats > 0 { // each repeat was counted with all it has
				got.Events, got.Missing, got.MultiRoot = want.Events, want.Missing, want.MultiRoot
			}
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestCorpusOfNoTraces(t *testing.T) {
	for _, s := range readStats(t) {
		if s.Format != "other" {
			continue
		}
		if _, _, err := Decode(context.Background(), bytes.NewReader(readCorpus(t, s.File)), Options{}); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: got error %v, want %v", s.File, err, ErrUnknown)
		}
	}
}

// TestCutCorpus cuts every file at many places: what comes out is a part of the
// spans, with an error unless the cut fell between two documents.
func TestCutCorpus(t *testing.T) {
	for _, s := range readable(t) {
		data := readCorpus(t, s.File)
		step := max(1, len(data)/200)
		if testing.Short() || len(data) > 100_000 {
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
				compare(t, got, traces, name)
			})
		}
	}
}

// compare reports where traces differ by what a format can hold.
func compare(t *testing.T, got, want []*model.Trace, via Name) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d traces, want %d", len(got), len(want))
	}
	text := spanText
	if via == ZipkinJSON {
		text = coarseText
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
		// Spans that begin within a microsecond may change places.
		of := map[string]int{}
		for i := range w.Spans {
			of[text(w, i, via)]++
			of[text(g, i, via)]--
		}
		for s, n := range of {
			if n != 0 {
				t.Errorf("trace %s: %+d of\n%s", w.ID, -n, s)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// spanText prints all of a span with its resource and scope, as far as the format
// holds it.
func spanText(t *model.Trace, i int, via Name) string {
	s := t.Spans[i]
	start, end := t.StoredTimes(model.SpanIndex(i))
	var b strings.Builder
	fmt.Fprint(&b, s.ID, s.ParentID, s.Parent, s.End, s.Depth, " ", start, end, s.Start, s.Dur,
		t.Name(model.SpanIndex(i)), s.Kind, s.Status, t.Str(s.StatusText), t.Str(s.State), s.Flags)
	attrs := func(list []model.Attr) {
		var keys jsonpull.Keys
		for _, a := range list {
			if via == ChromeTrace { // bytes are text there, and a name comes once
				fmt.Fprintf(&b, " %s=%s", keys.Unique(t.Key(a)), otlp.AppendBareJSON(nil, t.Arena, a))
			} else {
				fmt.Fprintf(&b, " %s=%s", t.Key(a), otlp.AppendValueJSON(nil, t, a))
			}
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
	if via != JaegerJSON {
		attrs(t.ScopeAttrs(s.Scope))
	}
	if via != JaegerJSON && via != ChromeTrace {
		fmt.Fprint(&b, t.Dropped(model.SpanIndex(i)), t.Str(sc.Schema), sc.Dropped, t.Str(r.Schema), r.Dropped)
	}
	return b.String()
}

// coarseText prints of a span what Zipkin holds: times in µs, values as text,
// attributes of span and resource together.
func coarseText(t *model.Trace, i int, _ Name) string {
	n := model.SpanIndex(i)
	s := t.Spans[i]
	start, end := t.StoredTimes(n)
	sc := t.ScopeAt(s.Scope)
	if end < start { // it has no durations below zero
		end = start
	}
	all := map[string]string{"service.name": t.ServiceName(n)}
	add := func(list []model.Attr) {
		var keys jsonpull.Keys
		for _, a := range list {
			key := keys.Unique(t.Key(a))
			if _, ok := all[key]; ok {
				continue
			}
			all[key] = t.Text(a)
			if a.Kind == model.ValueList || a.Kind == model.ValueMap {
				all[key] = string(otlp.AppendBareJSON(nil, t.Arena, a))
			}
		}
	}
	add(t.Attrs(n))
	add(t.ResourceAttrs(s.Resource))
	if s.Status == model.StatusError && (all["error"] == "true" || all["error"] == "") {
		delete(all, "error") // it is the status
	}
	var b strings.Builder
	fmt.Fprint(&b, s.ID, s.ParentID, " ", start/1000, " ", end/1000, " ", t.Name(n), s.Kind, s.Status, t.Str(s.StatusText), t.Str(s.State), t.Str(sc.Name), t.Str(sc.Version), all)
	for _, e := range t.SpanEvents(n) {
		fmt.Fprint(&b, "\n event ", e.Time/1000, t.Str(e.Name), string(otlp.AppendBareObject(nil, t.Arena, t.EventAttrs(&e))), e.Dropped)
	}
	for _, l := range t.SpanLinks(n) {
		fmt.Fprint(&b, "\n link ", l.Trace, l.Span, t.Str(l.State), string(otlp.AppendBareObject(nil, t.Arena, t.LinkAttrs(&l))), l.Dropped)
	}
	return b.String()
}
