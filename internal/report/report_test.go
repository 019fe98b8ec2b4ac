package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"traceview/internal/demo/synthetic"
	"traceview/internal/document"
	"traceview/internal/format/otlp"
	"traceview/internal/i18n"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/scene"
)

// hostile are texts that would be markup, script, or another text than they are.
var hostile = []string{`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</style><style>*{display:none}`,
	`<!--`, `-->`, `]]>`, `javascript:alert(1)`, "a\x00b\x1bc\u009d", "safe\u202egnp.exe", "\xff\xfe", "&lt;b&gt;", "{{.}}", `\"><svg onload=alert(1)>`,
	"https://evil.example/x.png", "![x](https://evil.example/y)", "| a | b |\n# head", "`code`", strings.Repeat("long ", 1<<16)}

func options(lang string) Options {
	return Options{Words: i18n.For(lang), Lang: lang, Zone: time.UTC, Version: "1", Created: time.Unix(1e9, 0), Redacted: "<b>"}
}

// partOf returns a part whose drawing holds all names.
func partOf(t *model.Trace) Part {
	d := document.New(t)
	d.Work()
	s := &scene.Scene{}
	s.Reset(100, 50, scene.RGB(0xffffff))
	for i := range min(len(t.Spans), 100) {
		s.Text(1, float32(i), scene.Font{Px: 10}, scene.RGB(0x111111), t.Name(model.SpanIndex(i)))
	}
	return Part{Doc: d, Drawings: []Drawing{{Title: "<t>", Note: "<n>", Light: s, Areas: []Area{{0, 0, 10, 10, 0}}}}}
}

// noting returns options with notes of a text on the trace of everywhere.
func noting(lang, text string) Options {
	o := options(lang)
	id := model.TraceID{1}.String()
	o.Notes = []savedview.Note{{ID: "a", TraceID: id, Author: text, Text: text, Span: &savedview.Span{ID: model.SpanID(1).String()}},
		{ID: "b", TraceID: id, Text: text, Time: time.Unix(1e9, 0), Range: &savedview.Range{From: 1e18, To: 1e18 + 5}}, {ID: "c", TraceID: "other", Text: "of another trace"}}
	o.Logs = []*logs.Lines{logs.New(model.TraceID{1}, []logs.Line{{Time: 1e18, Span: 1, Service: text, Message: text, Stack: text, Logger: text,
		Level: logs.Level{Severity: logs.Error, Raw: text}, Fields: []logs.Field{{Key: text, Value: text}}}}, logs.Gap{Reason: text})}
	return o
}

// everywhere puts a text in every place of a trace that holds text.
func everywhere(text string) *model.Trace {
	b := model.NewBuilder()
	id := b.Intern([]byte(text))
	attrs := []model.Attr{b.StringAttr(id, []byte(text)), b.BytesAttr(id, []byte(text)),
		b.StringAttr(b.InternString("order.id"), []byte(text)), b.StringAttr(b.InternString("exception.type"), []byte(text)), b.StringAttr(b.InternString("exception.message"), []byte(text)),
		b.StringAttr(b.InternString("exception.stacktrace"), []byte(text)), b.StringAttr(b.InternString("db.query.text"), []byte(text))}
	attrs = append(attrs, b.MapAttr(id, attrs), b.ListAttr(id, attrs))
	res := b.Resource(&model.ResourceRecord{Attrs: append(attrs, b.StringAttr(b.InternString("service.name"), []byte(text))), Schema: id})
	b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 1, StartNano: 1e18, EndNano: 1e18 + 5, Name: id, StatusText: id, State: id, Status: model.StatusError, Attrs: attrs, Resource: res,
		Scope:  b.Scope(&model.ScopeRecord{Name: id, Version: id, Attrs: attrs}),
		Events: []model.EventRecord{{TimeNano: 1e18, Name: id, Attrs: attrs}}, Links: []model.LinkRecord{{Trace: model.TraceID{2}, State: id, Attrs: attrs}}})
	return b.Build()[0]
}

// tags are the elements a report may hold, and the attributes of each.
var tags = map[string]string{"html": "lang", "head": "", "meta": "charset http-equiv content name", "title": "", "style": "", "script": "", "body": "", "main": "", "header": "", "h1": "", "h2": "", "h3": "", "h4": "",
	"p": "class", "b": "class", "section": "id", "code": "", "div": "class", "dl": "", "dt": "", "dd": "", "figure": "", "figcaption": "", "svg": "xmlns version width height viewBox font-family role x y",
	"rect": "width height fill fill-opacity class x y", "text": "x y font-size fill fill-opacity xml:space", "a": "href", "input": "type placeholder aria-label", "span": "class", "details": "class id open", "summary": "class", "footer": "",
	"table": "class", "thead": "", "tr": "", "th": "", "td": "class"}

var (
	tag       = regexp.MustCompile(`<(/?)([a-zA-Z!?][^\s/>]*)((?:\s+[^\s"'>/=]+(?:="[^"]*")?)*)\s*/?>`)
	attribute = regexp.MustCompile(`([^\s"'>/=]+)(?:="([^"]*)")?`)
)

// checkMarkup fails for markup that no report holds.
func checkMarkup(t *testing.T, page string) {
	t.Helper()
	page = strings.TrimPrefix(page, "<!DOCTYPE html>\n")
	page = strings.Replace(page, script, "", 1)
	at := strings.Index(page, "<style>")
	end := strings.Index(page, "</style>")
	page = page[:at+len("<style>")] + page[end:]
	found := tag.FindAllStringSubmatchIndex(page, -1)
	last := 0
	for _, m := range found {
		if between := page[last:m[0]]; strings.ContainsAny(between, "<") {
			t.Fatalf("a bare < in %.200q", between)
		}
		last = m[1]
		name, list := page[m[4]:m[5]], page[m[6]:m[7]]
		may, ok := tags[name]
		if !ok {
			t.Fatalf("an element %q", page[m[0]:m[1]])
		}
		for _, a := range attribute.FindAllStringSubmatch(list, -1) {
			if !strings.Contains(" "+may+" ", " "+a[1]+" ") {
				t.Fatalf("an attribute in %q", page[m[0]:m[1]])
			}
			if a[1] == "href" && !strings.HasPrefix(a[2], "#t") {
				t.Fatalf("a link to %q", a[2])
			}
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Fatalf("%d scripts", n)
	}
}

func TestHostileTextStaysText(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		for _, text := range hostile {
			var page, summary bytes.Buffer
			part := partOf(everywhere(text))
			if err := HTML(&page, []Part{part, part}, noting(lang, text)); err != nil {
				t.Fatal(err)
			}
			checkMarkup(t, page.String())
			for _, r := range page.String() {
				if turning(r) || r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
					t.Fatalf("%.40q: %U in the page", text, r)
				}
			}
			if page.Len() > 1<<20 {
				t.Errorf("%.40q: a page of %d bytes", text, page.Len())
			}
			if err := Markdown(&summary, []*document.Document{part.Doc}, noting(lang, text)); err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(summary.String(), "\n") {
				if strings.Contains(line, "<script>") && !strings.Contains(line, `\<script`) && !strings.HasPrefix(line, "</script>") {
					t.Errorf("markup in the summary: %.200q", line)
				}
			}
			if summary.Len() > 200<<10 {
				t.Errorf("%.40q: a summary of %d bytes", text, summary.Len())
			}
		}
	}
}

func TestNotesAreTold(t *testing.T) {
	part, o := partOf(everywhere("x")), noting("en", "the key has expired")
	var page, summary bytes.Buffer
	if err := HTML(&page, []Part{part}, o); err != nil {
		t.Fatal(err)
	}
	if err := Markdown(&summary, []*document.Document{part.Doc}, o); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{page.String(), summary.String()} {
		if strings.Count(text, "the key has expired") < 3 || strings.Contains(text, "of another trace") || !strings.Contains(text, "+0 s – +5 ns") {
			t.Errorf("the notes are not told in %.3000s", text)
		}
	}
	if !strings.Contains(page.String(), `<a href="#t0s0">the key has expired · x</a>`) {
		t.Error("a note does not lead to its span")
	}
	for _, s := range []*savedview.Span{nil, {ID: "zz"}, {ID: "0000000000000009"}, {ID: "0000000000000001", N: 1}} {
		if noted(part.Doc.Trace(), s) != model.NoSpan {
			t.Errorf("%v is there", s)
		}
	}
}

func TestPolicyAllowsOwnTextsOnly(t *testing.T) {
	var page bytes.Buffer
	if err := HTML(&page, []Part{partOf(everywhere("x"))}, options("en")); err != nil {
		t.Fatal(err)
	}
	s := page.String()
	css := s[strings.Index(s, "<style>")+7 : strings.Index(s, "</style>")]
	js := s[strings.LastIndex(s, "<script>")+8 : strings.LastIndex(s, "</script>")]
	want := `content="default-src 'none'; style-src ` + digest(css) + `; script-src ` + digest(js) + `; base-uri 'none'; form-action 'none'"`
	if !strings.Contains(s, want) {
		t.Errorf("no policy %s", want)
	}
	for _, bad := range []string{"unsafe-inline", "unsafe-eval", " src=", " style=", "url(", "@import", "fetch(", "innerHTML", "http://", "https://"} {
		if rest := strings.ReplaceAll(s, "http://www.w3.org/2000/svg", ""); strings.Contains(rest, bad) {
			t.Errorf("%q in the page", bad)
		}
	}
	if err := xml.Unmarshal([]byte(s[strings.Index(s, "<svg"):strings.Index(s, "</svg>")+6]), new(struct{})); err != nil {
		t.Error(err)
	}
}

func TestBounds(t *testing.T) {
	n := 100_000
	b := model.NewBuilder()
	if err := otlp.NewDecoder(b).Read(bytes.NewReader(synthetic.Trace(n, 1))); err != nil {
		t.Fatal(err)
	}
	big := b.Build()[0]
	var page bytes.Buffer
	if err := HTML(&page, []Part{partOf(big)}, options("en")); err != nil {
		t.Fatal(err)
	}
	if page.Len() > 16<<20 || !strings.Contains(page.String(), "2,000 of 100,000 spans are listed") || strings.Count(page.String(), "<details") != maxSpans {
		t.Errorf("%d bytes, %d rows", page.Len(), strings.Count(page.String(), "<details"))
	}
	parts := make([]Part, 150)
	for i := range parts {
		parts[i] = partOf(everywhere("x"))
	}
	page.Reset()
	if err := HTML(&page, parts, options("en")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"150 traces", "50 more traces are not listed", "130 traces are not shown in detail"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestFind(t *testing.T) {
	const u, ok, bad = model.StatusUnset, model.StatusOK, model.StatusError
	for _, tt := range []struct {
		name    string
		parents []int
		status  []model.Status
		want    model.SpanIndex
		failed  bool
	}{
		{"nothing", nil, nil, model.NoSpan, false},
		{"none failed: most own work", []int{-1, 0, 0}, []model.Status{u, u, u}, 1, false},
		{"where it began", []int{-1, 0, 1}, []model.Status{bad, bad, bad}, 2, true},
		{"not what was dealt with", []int{-1, 0, 1, 0}, []model.Status{bad, ok, bad, bad}, 3, true},
		{"the first of attempts", []int{-1, 0, 0}, []model.Status{bad, bad, bad}, 1, true},
		{"only what was dealt with", []int{-1, 0}, []model.Status{ok, bad}, 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := model.NewBuilder()
			for i, p := range tt.parents {
				b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: model.SpanID(i + 1), Parent: model.SpanID(p + 1), StartNano: 1e18 + uint64(i)*10, EndNano: 1e18 + 1000 - uint64(i)*10, Status: tt.status[i]})
			}
			tr := &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
			if len(tt.parents) > 0 {
				tr = b.Build()[0]
			}
			if f := Find(document.New(tr)); f.Span != tt.want || f.Failed != tt.failed {
				t.Errorf("got %+v, want %d, %v", f, tt.want, tt.failed)
			}
		})
	}
}

func TestWayOfDeepSpan(t *testing.T) {
	b := model.NewBuilder()
	for i := range 100_000 {
		b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: model.SpanID(i + 1), Parent: model.SpanID(i), StartNano: 1e18, EndNano: 1e18 + 9, Status: model.StatusError})
	}
	d := document.New(b.Build()[0])
	f := Find(d)
	if f.Span != 99_999 {
		t.Fatalf("found %d", f.Span)
	}
	list, gap := way(d.Trace(), f.Span)
	if len(list) != 12 || gap != 100_000-12 || list[0] != 0 || list[11] != f.Span {
		t.Errorf("way %v, gap %d", list, gap)
	}
}

func TestEmptyAndFailingWriter(t *testing.T) {
	var b bytes.Buffer
	if err := errors.Join(HTML(&b, nil, options("ru")), Markdown(&b, nil, options("ru"))); err != nil {
		t.Error(err)
	}
	p := partOf(everywhere("x"))
	r, w := io.Pipe()
	r.CloseWithError(errors.New("no room"))
	if err := HTML(w, []Part{p}, options("en")); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("got %v", err)
	}
	if err := Markdown(w, []*document.Document{p.Doc}, options("en")); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("got %v", err)
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range hostile[:18] {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var page bytes.Buffer
		if err := HTML(&page, []Part{partOf(everywhere(text))}, options("en")); err != nil {
			t.Fatal(err)
		}
		checkMarkup(t, page.String())
	})
}

func BenchmarkHTML(b *testing.B) {
	for _, n := range []int{1e3, 1e5} {
		m := model.NewBuilder()
		if err := otlp.NewDecoder(m).Read(bytes.NewReader(synthetic.Trace(n, 1))); err != nil {
			b.Fatal(err)
		}
		p := partOf(m.Build()[0])
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := HTML(io.Discard, []Part{p}, options("en")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestColoursArePaired(t *testing.T) {
	var c pairs
	r := rand.New(rand.NewPCG(1, 2))
	seen := map[scene.Color][2]scene.Color{}
	for range 1000 {
		key := [2]scene.Color{scene.RGB(r.Uint32N(5)), scene.RGB(r.Uint32N(5))}
		n := c.of(key[0], key[1])
		if old, ok := seen[n]; ok && old != key {
			t.Fatalf("%v stands for %v and %v", n, old, key)
		}
		seen[n] = key
	}
	if css := c.css(); strings.Count(css, `[fill="#000003"]`) != 2 {
		t.Errorf("style %.300s", css)
	}
}
