package trail

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"traceview/internal/demo"
	"traceview/internal/model"
)

var update = flag.Bool("update", false, "rewrite the table in docs/SYSTEMS.md")

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	explicit = regexp.MustCompile(`<a id="([^"]+)"></a>`)
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	linked   = regexp.MustCompile(`\]\(#([^)]+)\)`)
	fenced   = regexp.MustCompile("(?s)```.*?```")
	notSlug  = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// anchors returns what links of a document may lead to.
func anchors(text string) map[string]int {
	out := map[string]int{}
	for _, m := range explicit.FindAllStringSubmatch(text, -1) {
		out[m[1]]++
	}
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		out[strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")]++
	}
	return out
}

func TestEveryKindHasItsParagraph(t *testing.T) {
	for _, name := range []string{"INSTRUMENTING.md", "INSTRUMENTING.ru.md"} {
		text := document(t, name)
		have := anchors(text)
		for _, k := range Kinds() {
			if n := strings.Count(text, `<a id="`+k.Anchor()+`"></a>`+"\n### "+k.String()+":"); n != 1 {
				t.Errorf("%s has %d paragraphs %s, want 1", name, n, k.Anchor())
			}
		}
		for anchor := range have {
			if kind, ok := strings.CutPrefix(anchor, "trail-"); ok && !slices.ContainsFunc(Kinds(), func(k Kind) bool { return k.String() == kind }) {
				t.Errorf("%s has a paragraph on %s, which is no kind", name, kind)
			}
		}
		for _, m := range linked.FindAllStringSubmatch(text, -1) {
			if have[m[1]] == 0 {
				t.Errorf("%s links to #%s, which is not there", name, m[1])
			}
		}
	}
	en, ru := explicit.FindAllString(document(t, "INSTRUMENTING.md"), -1), document(t, "INSTRUMENTING.ru.md")
	for _, a := range en {
		if !strings.Contains(ru, a) {
			t.Errorf("the Russian text lacks %s", a)
		}
	}
	if a, b := fenced.FindAllString(document(t, "INSTRUMENTING.md"), -1), fenced.FindAllString(ru, -1); len(a) != len(b) {
		t.Errorf("%d pieces of code in English, %d in Russian", len(a), len(b))
	}
}

func TestMapOfTheDocumentIsRead(t *testing.T) {
	n := 0
	for _, code := range fenced.FindAllString(document(t, "INSTRUMENTING.md"), -1) {
		if body, ok := strings.CutPrefix(code, "```json\n"); ok {
			if _, err := ReadMap([]byte(strings.TrimSuffix(body, "```"))); err != nil {
				t.Error(err)
			}
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d maps in the document, want 1", n)
	}
}

// Every kind of break is planted somewhere, so that all of them are known to be found.
func TestEveryKindIsPlanted(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range planted {
		for _, w := range c.want {
			kind, _, _ := strings.Cut(strings.Trim(w, "()"), " ")
			seen[strings.Trim(kind, "()")] = true
		}
	}
	for _, k := range Kinds() {
		if !seen[k.String()] {
			t.Errorf("no %s is planted", k)
		}
	}
}

// technologies are those of the shop's systems.
var technologies = map[string]string{
	"internet-shop": "Internet Shop: Vue, three.js in the customer's browser", "crm": "CRM: Vue in the seller's browser", "mes": "MES: React in the operator's browser",
	"api-users": "outside programs", "shop-api": "Shop API: Spring Boot", "crm-api": "CRM API: Spring Boot", "mes-api": "MES API: C#",
	"shop-db": "Shop DB: PostgreSQL", "mes-db": "MES DB: PostgreSQL", "files-storage": "3D files storage: S3", "messages-queue": "Messages Queue: RabbitMQ",
}

// systemsTable is the table of docs/SYSTEMS.md as the default shop has it.
func systemsTable(t *testing.T) string {
	t.Helper()
	m := shopMap(t)
	traces := tell(t, func(demo.Order) bool { return true }, nil)
	r := check(t, traces, m)
	var b strings.Builder
	b.WriteString("| system | what it is | spans seen | calls | called by | order number | proved by |\n|---|---|---|---|---|---|---|\n")
	for _, s := range r.Systems {
		key := "not needed"
		switch {
		case len(s.Keys) > 0:
			key = "`" + strings.Join(s.Keys, "`, `") + "`" + fmt.Sprintf(" on %d of %d entries", s.Keyed, s.Entries)
		case s.Silent:
			key = "on the spans of its callers' requests"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", s.Name, technologies[s.Name], kindsSeen(traces, m, &s),
			ways(r, func(e EdgeRow) (bool, string) { return e.From == s.Name || e.Through == s.Name, e.To }),
			ways(r, func(e EdgeRow) (bool, string) { return e.To == s.Name || e.Through == s.Name, e.From }), key, proof(&s))
	}
	return b.String()
}

// kindsSeen counts the spans of a system by kind.
func kindsSeen(traces []*model.Trace, m *Map, s *SystemRow) string {
	if s.Silent {
		return fmt.Sprintf("none of its own; %d of its callers", s.Spans)
	}
	n := map[string]int{}
	for _, t := range traces {
		for i := range t.Spans {
			if slices.Contains(s.Services, t.ServiceName(model.SpanIndex(i))) {
				n[t.Spans[i].Kind.String()]++
			}
		}
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprintf("%d %s", n[kind], kind))
	}
	return strings.Join(parts, ", ")
}

func ways(r *Report, of func(EdgeRow) (bool, string)) string {
	var parts []string
	for _, e := range r.Edges {
		ok, name := of(e)
		if !ok {
			continue
		}
		part := fmt.Sprintf("`%s` (%d)", name, e.Calls)
		if e.Through != "" {
			part = fmt.Sprintf("`%s` through `%s` (%d)", name, e.Through, e.Calls)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, ", ")
}

// proof names the tests that would fail if the system were not seen or its breaks
// not found.
func proof(s *SystemRow) string {
	parts := []string{"`TestNothingIsReportedOnTheWholeTrail`"}
	for _, c := range planted {
		for _, w := range c.want {
			if strings.HasSuffix(w, " "+s.Name) || strings.Contains(w, " "+s.Name+" ") || strings.HasSuffix(w, ">"+s.Name) {
				parts = append(parts, "“"+c.name+"”")
				break
			}
		}
	}
	return strings.Join(parts, ", ")
}

func TestDocumentNamesEverySystem(t *testing.T) {
	text := document(t, "SYSTEMS.md")
	head, rest, ok := strings.Cut(text, "<!-- systems:begin")
	mark, rest, ok2 := strings.Cut(rest, "-->\n")
	table, tail, ok3 := strings.Cut(rest, "<!-- systems:end -->")
	if !ok || !ok2 || !ok3 {
		t.Fatal("docs/SYSTEMS.md has lost the marks of its table")
	}
	want := systemsTable(t)
	if *update {
		text := head + "<!-- systems:begin" + mark + "-->\n" + want + "<!-- systems:end -->" + tail
		if err := os.WriteFile("../../../docs/SYSTEMS.md", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != want {
		t.Errorf("table of docs/SYSTEMS.md is\n%s\nwant\n%s", table, want)
	}
}
