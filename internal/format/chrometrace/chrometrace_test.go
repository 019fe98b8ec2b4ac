package chrometrace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

func decodeText(t testing.TB, in string) []*model.Trace {
	t.Helper()
	b := model.NewBuilder()
	if err := Decode(strings.NewReader(in), b); err != nil {
		t.Fatalf("%.300s: %v", in, err)
	}
	return b.Build()
}

func encodeText(t testing.TB, traces ...*model.Trace) string {
	t.Helper()
	var buf bytes.Buffer
	if err := Encode(&buf, traces); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(buf.Bytes()) {
		t.Fatalf("not valid JSON: %s", buf.String())
	}
	return buf.String()
}

func attrs(t *model.Trace, list []model.Attr) string {
	var s []string
	for _, a := range list {
		s = append(s, t.Key(a)+"="+string(otlp.AppendBareJSON(nil, t.Arena, a)))
	}
	return strings.Join(s, " ")
}

// outline prints spans with times in µs, each in the brackets of its parent.
func outline(t *model.Trace) string {
	var b strings.Builder
	for i := range t.Spans {
		s, n := t.Spans[i], model.SpanIndex(i)
		start, end := t.StoredTimes(n)
		fmt.Fprintf(&b, "%s%s %g-%g", strings.Repeat(" ", int(s.Depth)), t.Name(n), float64(start)/1000, float64(end)/1000)
		if list := t.Attrs(n); len(list) > 0 {
			fmt.Fprintf(&b, " [%s]", attrs(t, list))
		}
		for _, e := range t.SpanEvents(n) {
			fmt.Fprintf(&b, " !%s@%g", t.Str(e.Name), float64(e.Time)/1000)
			if list := t.EventAttrs(&e); len(list) > 0 {
				fmt.Fprintf(&b, "[%s]", attrs(t, list))
			}
		}
		for _, l := range t.SpanLinks(n) {
			for k := range t.Spans {
				if t.Spans[k].ID == l.Span {
					fmt.Fprintf(&b, " <-%s", t.Name(model.SpanIndex(k)))
				}
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestDecode(t *testing.T) {
	const x = `"pid":1,"tid":1,"ph":`
	for _, tt := range []struct{ name, in, want string }{
		{"complete events nest by time", `[{` + x + `"X","name":"b","ts":2,"dur":3},{` + x + `"X","name":"a","ts":1.5,"dur":9.25},{` + x + `"X","name":"c","ts":5,"dur":1}]`,
			"a 1.5-10.75\n b 2-5\n c 5-6\n"},
		{"the longer of one instant holds the other", `[{` + x + `"X","name":"b","ts":2,"dur":3},{` + x + `"X","name":"a","ts":2,"dur":4}]`, "a 2-6\n b 2-5\n"},
		{"begin and end", `[{` + x + `"B","name":"a","ts":1,"args":{"k":1}},{` + x + `"B","name":"b","ts":2},{` + x + `"E","ts":3},{` + x + `"E","name":"a","ts":4,"args":{"r":"x"}}]`,
			"a 1-4 [k=1 r=\"x\"]\n b 2-3\n"},
		{"end without its begin", `[{` + x + `"E","name":"q","ts":1},{` + x + `"B","name":"a","ts":2},{` + x + `"E","name":"z","ts":3},{` + x + `"E","name":"a","ts":4}]`, "a 2-4\n"},
		{"begin without its end", `[{` + x + `"B","name":"a","ts":2},{` + x + `"X","name":"b","ts":3,"dur":5}]`, "a 2-8 [chrome.unfinished=true]\n b 3-8\n"},
		{"inner one never ended", `[{` + x + `"B","name":"a","ts":2},{` + x + `"B","name":"b","ts":3},{` + x + `"E","name":"a","ts":9}]`, "a 2-9\n b 3-9 [chrome.unfinished=true]\n"},
		{"end before its begin at one instant", `[{` + x + `"B","name":"a","ts":1},{` + x + `"E","name":"c","ts":2},{` + x + `"B","name":"c","ts":2},{` + x + `"E","name":"a","ts":9}]`,
			"a 1-9\n c 2-2\n"},
		{"threads apart", `[{` + x + `"X","name":"a","ts":1,"dur":9},{"pid":1,"tid":"2","ph":"X","name":"b","ts":2,"dur":3}]`, "a 1-10\nb 2-5\n"},
		{"asynchronous by id", `[{` + x + `"b","cat":"c","id":1,"name":"a","ts":1},{` + x + `"b","cat":"c","id":"0x2","name":"o","ts":2},{` + x + `"b","cat":"c","id":1,"name":"b","ts":2},` +
			`{` + x + `"n","cat":"c","id":1,"name":"i","ts":2.5},{"pid":1,"tid":2,"ph":"e","cat":"c","id":1,"name":"b","ts":3},{` + x + `"e","cat":"c","id":1,"name":"a","ts":4},{` + x + `"e","cat":"c","id":"0x2","name":"o","ts":4}]`,
			"a 1-4 [chrome.category=\"c\"]\n b 2-3 [chrome.category=\"c\"] !i@2.5[chrome.category=\"c\"]\no 2-4 [chrome.category=\"c\"]\n"},
		{"asynchronous of the first version", `[{` + x + `"S","id":1,"name":"a","ts":1},{` + x + `"T","id":1,"name":"a","ts":2},{` + x + `"F","id":1,"name":"a","ts":4}]`, "a 1-4 !a@2\n"},
		{"ids of one process", `[{` + x + `"b","id2":{"local":"1"},"name":"a","ts":1},{"pid":2,"tid":1,"ph":"b","id2":{"local":"1"},"name":"b","ts":2},{` + x + `"e","id2":{"local":"1"},"ts":3},{"pid":2,"tid":1,"ph":"e","id2":{"local":"1"},"ts":4}]`,
			"a 1-3\nb 2-4\n"},
		{"ids of all processes", `[{` + x + `"b","id2":{"global":"1"},"name":"a","ts":1},{"pid":2,"tid":1,"ph":"e","id2":{"global":"1"},"ts":4}]`, "a 1-4\n"},
		{"instants", `[{` + x + `"i","name":"before","ts":0},{` + x + `"X","name":"a","ts":1,"dur":4},{` + x + `"I","name":"in","ts":5},{` + x + `"R","name":"after","ts":6},{"pid":1,"tid":7,"ph":"i","name":"other","ts":2}]`,
			"a 1-5 !before@0 !in@5 !after@6 !other@2[thread.id=\"7\"]\n"},
		{"nothing but instants", `[{` + x + `"i","name":"a","ts":3},{` + x + `"i","name":"b","ts":4}]`, "a 3-3\nb 4-4\n"},
		{"flow into the next and into the enclosing", `[{` + x + `"X","name":"a","ts":1,"dur":4},{` + x + `"s","id":1,"ts":2},{"pid":1,"tid":2,"ph":"f","id":1,"ts":3},{"pid":1,"tid":2,"ph":"X","name":"b","ts":3.5,"dur":1},` +
			`{` + x + `"s","id":2,"ts":2},{"pid":1,"tid":2,"ph":"f","bp":"e","id":2,"ts":4}]`, "a 1-5\nb 3.5-4.5 <-a <-a\n"},
		{"flow by bind_id", `[{"pid":1,"tid":1,"ph":"X","name":"a","ts":1,"dur":4,"bind_id":"1","flow_out":true},{"pid":1,"tid":2,"ph":"X","name":"b","ts":2,"dur":4,"bind_id":"1","flow_in":true,"flow_out":true},` +
			`{"pid":1,"tid":3,"ph":"X","name":"c","ts":3,"dur":4,"bind_id":"1","flow_in":true}]`, "a 1-5\nb 2-6 <-a\nc 3-7 <-b\n"},
		{"other fields", `[{` + x + `"X","name":"a","ts":1,"dur":4,"tts":7,"args":{"l":[1,"x"],"m":{"a":null}}}]`, "a 1-5 [chrome.tts=7 l=[1,\"x\"] m={\"a\":null}]\n"},
		{"args that are none", `[{` + x + `"X","name":"a","ts":1,"args":"x"}]`, "a 1-1 [args=\"x\"]\n"},
		{"times below zero", `[{` + x + `"X","name":"a","ts":-3,"dur":1},{` + x + `"X","name":"b","ts":2}]`, "a 0-1\nb 5-5\n"},
		{"times as text", `[{` + x + `"X","name":"a","ts":"3","dur":"1.5"}]`, "a 3-4.5\n"},
		{"list without its bracket", `[{` + x + `"X","name":"a","ts":3},` + "\n", "a 3-3\n"},
		{"list that ends behind an event", `[{` + x + `"X","name":"a","ts":3}`, "a 3-3\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			traces := decodeText(t, tt.in)
			if len(traces) != 1 {
				t.Fatalf("%d traces, want 1", len(traces))
			}
			if got := outline(traces[0]); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestProcessesAndThreadsHaveNames(t *testing.T) {
	tr := decodeText(t, `{"traceEvents":[{"ph":"X","name":"a","pid":7,"tid":8,"ts":1},{"ph":"X","name":"b","pid":"x","tid":8,"ts":2},
		{"ph":"M","name":"process_name","pid":7,"args":{"name":"shop"}},{"ph":"M","name":"thread_name","pid":7,"tid":8,"args":{"name":"main"}}]}`)[0]
	var got []string
	for i := range tr.Spans {
		got = append(got, attrs(tr, tr.ResourceAttrs(tr.Spans[i].Resource)))
	}
	want := `service.name="shop" process.pid="7" thread.id="8" thread.name="main"|service.name="pid x" process.pid="x" thread.id="8"`
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

func TestWhatIsIgnoredIsCounted(t *testing.T) {
	tr := decodeText(t, `[{"ph":"X","ts":1},{"ph":"C","ts":1},{"ph":"P"},{"ph":"O"},"what",{"ph":"E","name":"x","ts":3},{"ph":"M","name":"process_labels"},{}]`)[0]
	if len(tr.Warnings) != 1 || tr.Warnings[0] != (model.Warning{Kind: model.Ignored, Span: model.NoSpan, Amount: 6}) {
		t.Errorf("warnings %v, want 6 ignored", tr.Warnings)
	}
	if traces := decodeText(t, `[{"ph":"C","ts":1}]`); len(traces) != 0 {
		t.Errorf("%d traces of a counter, want none", len(traces))
	}
}

func TestTheSameFileIsTheSameTrace(t *testing.T) {
	const a, b = `[{"ph":"X","name":"a","ts":1}]`, `[{"ph":"X","name":"a","ts":2}]`
	if x, y, z := decodeText(t, a)[0].ID, decodeText(t, a)[0].ID, decodeText(t, b)[0].ID; x != y || x == z || x.IsZero() {
		t.Errorf("ids %s, %s, %s: want the first two equal, the third another", x, y, z)
	}
}

func TestBrokenInput(t *testing.T) {
	for in, want := range map[string]error{
		`{"traceEvents":[{"ph":"X","ts":1},{"p`: jsonpull.ErrTruncated,
		`{"traceEvents":[{"ph":"X","ts":1}`:     jsonpull.ErrTruncated,
		`[{"ph":"X","ts":1},{"ph":"X"`:          jsonpull.ErrTruncated,
		`[{"ph":"X","ts":1} x`:                  jsonpull.ErrMalformed,
	} {
		b := model.NewBuilder()
		err := Decode(strings.NewReader(in), b)
		traces := b.Build()
		if !errors.Is(err, want) || len(traces) != 1 || len(traces[0].Warnings) == 0 {
			t.Errorf("%s: got %d traces and error %v, want the span before and %v", in, len(traces), err, want)
		}
	}
}

// full prints all that is to survive.
func full(t *model.Trace) string {
	var b strings.Builder
	for i := range t.Spans {
		s, n := t.Spans[i], model.SpanIndex(i)
		start, end := t.StoredTimes(n)
		fmt.Fprintf(&b, "%s/%s<%s %d %q %d-%d %d/%d %q %q %d [%s]\n", t.ID, s.ID, s.ParentID, s.Parent, t.Name(n), start, end,
			s.Kind, s.Status, t.Str(s.StatusText), t.Str(s.State), s.Flags, attrs(t, t.Attrs(n)))
		sc := t.ScopeAt(s.Scope)
		fmt.Fprintf(&b, " in %q %q %s of %s\n", t.Str(sc.Name), t.Str(sc.Version), attrs(t, t.ScopeAttrs(s.Scope)), attrs(t, t.ResourceAttrs(s.Resource)))
		for _, e := range t.SpanEvents(n) {
			fmt.Fprintf(&b, " event %d %q %s\n", e.Time, t.Str(e.Name), attrs(t, t.EventAttrs(&e)))
		}
		for _, l := range t.SpanLinks(n) {
			fmt.Fprintf(&b, " link %s/%s %q %d %s\n", l.Trace, l.Span, t.Str(l.State), l.Flags, attrs(t, t.LinkAttrs(&l)))
		}
	}
	return b.String()
}

// randomTraces makes traces of all that the format can hold.
func randomTraces(r *rand.Rand) []*model.Trace {
	b := model.NewBuilder()
	word := func() string {
		return []string{"a", "заказ", `q"\`, "", "\n", "stringValue", "name", "traceview"}[r.IntN(8)]
	}
	list := func(n int) (out []model.Attr) {
		for i := range n {
			k := b.InternString(fmt.Sprint("k", i))
			out = append(out, []model.Attr{
				b.StringAttr(k, []byte(word())), model.IntAttr(k, r.Int64()), model.FloatAttr(k, float64(r.IntN(5))), model.BoolAttr(k, true), model.EmptyAttr(k),
				b.ListAttr(k, []model.Attr{model.IntAttr(0, 1), b.MapAttr(0, []model.Attr{model.FloatAttr(k, 0.5)})}),
			}[r.IntN(6)])
		}
		return out
	}
	const epoch = 1_794_474_843_000_000_123
	for i := range 1 + r.IntN(40) {
		start := epoch + uint64(r.IntN(3000))
		rec := model.SpanRecord{
			Trace: model.TraceID{0: 1, 15: byte(r.IntN(3))}, ID: model.SpanID(i + 1), Parent: model.SpanID(r.IntN(i + 1)),
			StartNano: start, EndNano: start + uint64(r.IntN(1000)), Name: b.InternString(word()), Kind: model.Kind(r.IntN(6)), Status: model.Status(r.IntN(3)),
			StatusText: b.InternString(word()), State: b.InternString(word()), Flags: r.Uint32(), Attrs: list(r.IntN(20)),
			Resource: b.Resource(&model.ResourceRecord{Attrs: append(list(r.IntN(3)), b.StringAttr(b.InternString(keyService), []byte(word())))}),
			Scope:    b.Scope(&model.ScopeRecord{Name: b.InternString(word()), Version: b.InternString(word()), Attrs: list(r.IntN(2))}),
		}
		if r.IntN(20) == 0 {
			rec.EndNano = uint64(r.IntN(2)) // a time that cannot be right
		}
		for range r.IntN(3) {
			rec.Events = append(rec.Events, model.EventRecord{TimeNano: epoch + uint64(r.IntN(5000)), Name: b.InternString(word()), Attrs: list(r.IntN(3))})
			rec.Links = append(rec.Links, model.LinkRecord{Trace: model.TraceID{0: 1, 15: byte(r.IntN(3))}, Span: model.SpanID(r.IntN(40)), State: b.InternString("a=b"), Flags: 1, Attrs: list(r.IntN(3))})
		}
		b.Add(&rec)
	}
	return b.Build()
}

// TestRoundTrip writes random traces and finds all of them again.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(300) {
		want := randomTraces(rand.New(rand.NewPCG(seed, 1)))
		text := encodeText(t, want...)
		byID := map[model.TraceID]string{}
		for _, tr := range decodeText(t, text) {
			byID[tr.ID] = full(tr)
		}
		for _, tr := range want {
			if byID[tr.ID] != full(tr) {
				t.Fatalf("seed %d: got\n%swant\n%sby way of %s", seed, byID[tr.ID], full(tr), text)
			}
		}
		checkRules(t, text)
	}
}

func TestWhatIsLost(t *testing.T) {
	b := model.NewBuilder()
	k, own := b.InternString("k"), b.InternString(ownKey)
	b.Add(&model.SpanRecord{Trace: model.TraceID{15: 1}, ID: 1, StartNano: 1000, EndNano: 3000,
		Attrs: []model.Attr{b.BytesAttr(k, []byte{255}), model.IntAttr(k, 2), b.MapAttr(own, nil)}})
	want := "1-3 [k=\"/w==\" k#2=2 traceview#=null]"
	if got := strings.TrimSpace(outline(decodeText(t, encodeText(t, b.Build()...))[0])); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func synth(t testing.TB, data []byte) []*model.Trace {
	t.Helper()
	b := model.NewBuilder()
	if err := otlp.NewDecoder(b).Read(bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return b.Build()
}

func TestShapes(t *testing.T) {
	for name, data := range map[string][]byte{
		"wide": synthetic.Wide(3000, 1), "deep": synthetic.Deep(3000, 1), "roots": synthetic.Roots(3000, 1), "tree": synthetic.Trace(3000, 1),
	} {
		t.Run(name, func(t *testing.T) {
			want := synth(t, data)
			text := encodeText(t, want...)
			checkRules(t, text)
			if got := decodeText(t, text); len(got) != 1 || full(got[0]) != full(want[0]) {
				t.Error("what was read differs from what was written")
			}
		})
	}
}

func TestEncodeTellsErrors(t *testing.T) {
	full := errors.New("disk full")
	if err := Encode(failing{full}, synth(t, synthetic.Trace(5000, 1))); !errors.Is(err, full) {
		t.Errorf("got error %v, want %v", err, full)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// Threads nest 100,000 deep, and ends are looked for that are not there.
func TestDeepAndHostileLanes(t *testing.T) {
	const n = 100_000
	var b strings.Builder
	b.WriteString("[")
	for i := range n {
		fmt.Fprintf(&b, `{"ph":"B","name":"a","ts":%d},`, i)
	}
	for i := range n {
		fmt.Fprintf(&b, `{"ph":"E","name":"n%d","ts":%d},`, i%3, n)
	}
	b.WriteString("]")
	if tr := decodeText(t, b.String())[0]; tr.MaxDepth != n || len(tr.Spans) != n {
		t.Errorf("%d spans %d deep, want %d of each", len(tr.Spans), tr.MaxDepth, n)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(`[{"ph":"B","name":"a","ts":1},{"ph":"E","ts":2},{"ph":"X","ts":1,"dur":2,"args":{"a":{"b":[1]}}},{"ph":"s","id":1,"ts":1},{"ph":"f","id":1,"ts":1}]`)
	f.Add(`{"traceEvents":[{"ph":"b","id":1,"ts":1},{"ph":"n","id":1,"ts":1.5},{"ph":"M","name":"process_name","args":{"name":"x"}}],"traceview":{"epoch_unix_nano":"5","resources":[{"a":1}]}}`)
	f.Add(`[{"ph":"X","ts":1,"args":{"traceview":{"trace_id":"1","span_id":"2","links":[{"trace_id":"3"}],"resource":1,"scope":9,"start_unix_nano":"1"}}}]`)
	f.Fuzz(func(t *testing.T, in string) {
		b := model.NewBuilder()
		_ = Decode(strings.NewReader(in), b) // must not panic
		traces := b.Build()
		text := encodeText(t, traces...)
		again := decodeText(t, text)
		if len(again) != len(traces) {
			t.Fatalf("%d traces, then %d", len(traces), len(again))
		}
	})
}

// A file of many threads takes most of its memory when all was read: whoever
// watches has a word there, and with each of 65,536.
func TestAsksWhetherToGoOn(t *testing.T) {
	var file strings.Builder
	file.WriteString(`{"traceEvents":[`)
	for i := range 1<<16 + 1 {
		fmt.Fprintf(&file, `{"ph":"X","pid":1,"tid":%d,"ts":1,"name":"n"},`, i)
	}
	file.WriteString(`{"ph":"M"}]}`)
	enough := errors.New("enough")
	for stop, spans := range []int{0, 0, 0, 1 << 16, 1<<16 + 1} { // two questions at threads, two at spans
		b, asked := model.NewBuilder(), 0
		err := DecodeWatched(strings.NewReader(file.String()), func() error {
			if asked++; asked > stop {
				return enough
			}
			return nil
		}, b)
		if want := stop < 4; errors.Is(err, enough) != want || b.Len() != spans {
			t.Errorf("after %d questions: %v and %d spans, want %d", stop, err, b.Len(), spans)
		}
	}
}
