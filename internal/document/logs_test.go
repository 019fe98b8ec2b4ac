package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/i18n"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/query"
)

// logged returns a document of three spans, the last two of one id, with events and
// lines of the trace, of spans and of a span it does not have.
func logged(tb testing.TB) *Document {
	tb.Helper()
	const at = 1e18
	b := model.NewBuilder()
	name := func(s string) model.StringID { return b.InternString(s) }
	id := model.TraceID{15: 1}
	shop := b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(name("service.name"), []byte("shop-api"))}})
	b.Add(&model.SpanRecord{Trace: id, ID: 1, Name: name("POST /orders"), Resource: shop, StartNano: at, EndNano: at + 1e9,
		Events: []model.EventRecord{{TimeNano: at + 5e8, Name: name("exception")}, {TimeNano: at + 1e8, Name: name("cache miss")}}})
	b.Add(&model.SpanRecord{Trace: id, ID: 2, Parent: 1, Name: name("PUT object"), Resource: shop, StartNano: at + 2e8, EndNano: at + 4e8})
	b.Add(&model.SpanRecord{Trace: id, ID: 2, Parent: 1, Name: name("PUT again"), Resource: shop, StartNano: at + 6e8, EndNano: at + 7e8})
	d := New(b.Build()[0])
	line := func(ms int64, span model.SpanID, level, message string, fields ...logs.Field) logs.Line {
		return logs.Line{Time: at + ms*1e6, Span: span, Level: logs.LevelOf(level), Service: "shop-api", Message: message, Fields: fields}
	}
	d.SetLogs(Logs{State: LogsHere, Lines: logs.New(id, []logs.Line{
		line(100, 1, "INFO", "order taken"), line(300, 2, "WARN", "slow storage\nsecond attempt"), line(310, 2, "ERROR", "storage refused", logs.Field{Key: "bucket", Value: "models"}),
		line(500, 99, "DEBUG", "of a span that is not here"), line(-50, 0, "FATAL", "of the trace only"), line(2000, 1, "payment", "odd level"),
	}, logs.Gap{})})
	return d
}

// listed tells a list of rows in short.
func listed(d *Document) string {
	var out []string
	for _, r := range d.Events().Rows {
		if k, ok := r.Line(); ok {
			l, i := d.LogLine(k)
			first, _, _ := strings.Cut(l.Message, "\n")
			out = append(out, fmt.Sprintf("%d:%s", i, first))
			continue
		}
		out = append(out, fmt.Sprintf("%d:(%s)", r.Span, d.trace.Str(d.Event(r).Name)))
	}
	return strings.Join(out, " | ")
}

func TestLinesStandAmongEvents(t *testing.T) {
	d := logged(t)
	all := "-1:of the trace only | 0:(cache miss) | 0:order taken | 1:slow storage | 1:storage refused | 0:(exception) | -1:of a span that is not here | 0:odd level"
	if d.Events().Rows[1].Time != 1e8 {
		t.Errorf("times are %v", d.Events().Rows)
	}
	for _, tt := range []struct {
		kind Listed
		want string
	}{
		{ListErrors, "-1:of the trace only | 1:storage refused | 0:(exception)"},
		{ListWarnings, "-1:of the trace only | 1:slow storage | 1:storage refused | 0:(exception)"},
		{ListLines, "-1:of the trace only | 0:order taken | 1:slow storage | 1:storage refused | -1:of a span that is not here | 0:odd level"},
		{ListEvents, "0:(cache miss) | 0:(exception)"},
	} {
		if !d.SetListed(tt.kind) || d.SetListed(tt.kind) {
			t.Error("choosing a kind is no change once")
		}
		if got := listed(d); got != tt.want {
			t.Errorf("kind %d lists %s\nwant %s", tt.kind, got, tt.want)
		}
		if e := d.Events(); e.Counts != [listKinds]int{8, 3, 4, 6, 2} {
			t.Errorf("counts are %v", e.Counts)
		}
	}
	d.SetListed(ListAll)
	if got := listed(d); got != all {
		t.Errorf("all are %s\nwant %s", got, all)
	}
}

func TestLinesAreSearched(t *testing.T) {
	d := logged(t)
	for _, tt := range []struct{ filter, want string }{
		{"refused", "1:storage refused"}, {"MODELS", "1:storage refused"}, {"name~PUT", "1:slow storage | 1:storage refused"},
		{"put", "1:slow storage | 1:storage refused"}, {"storage service=shop-api", "1:slow storage | 1:storage refused"},
		{"storage -refused", "1:slow storage"}, {"trace", "-1:of the trace only"}, {"service=crm", ""}, {"name~PUT attempt", "1:slow storage"},
	} {
		f, err := query.Parse(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		set, err := f.Match(t.Context(), d.trace)
		if err != nil {
			t.Fatal(err)
		}
		d.SetListed(ListLines)
		d.SetMatches(tt.filter, set)
		if got := listed(d); got != tt.want {
			t.Errorf("%s lists %s\nwant %s", tt.filter, got, tt.want)
		}
	}
}

func TestALineSelectsItsSpan(t *testing.T) {
	d := logged(t)
	rows := d.Events().Rows
	at := func(text string) int {
		return slices.IndexFunc(rows, func(r EventRow) bool {
			k, ok := r.Line()
			return ok && strings.Contains(d.logs.Lines.At(k).Message, text)
		})
	}
	d.ChooseEvent(at("refused"), rows[at("refused")])
	if d.Selected() != 1 || d.EventTable().Row != at("refused") {
		t.Errorf("span %d is selected, row %d chosen", d.Selected(), d.EventTable().Row)
	}
	if !d.ChooseEvent(at("trace only"), rows[at("trace only")]) || d.Selected() != 1 {
		t.Errorf("a line of the trace only selects %d", d.Selected())
	}
	if d.FollowSelection(rows); d.EventTable().Row != at("trace only") {
		t.Error("the row chosen is left for the span's own")
	}
	d.EventTable().Row = -1
	d.Select(0)
	d.FollowSelection(rows)
	d.Select(1)
	if d.FollowSelection(rows); d.EventTable().Row != at("slow storage") {
		t.Errorf("the span's first line is not chosen: row %d", d.EventTable().Row)
	}
	row := d.EventTable().Row
	was := rows[row]
	d.SetListed(ListWarnings)
	if e := d.Events(); e.Rows[d.EventTable().Row] != was {
		t.Error("another kind of list chooses another row")
	}
}

func TestLinesOfASpan(t *testing.T) {
	d := logged(t)
	p := i18n.For("en")
	got, more := d.LineDetails(1, 10, p, time.UTC)
	if more != 0 || len(got) != 2 || got[0].Message != "slow storage\nsecond attempt" || got[0].Offset != "+100 ms" || got[1].Severity != logs.Error ||
		got[1].Fields[0] != (Attr{Key: "bucket", Text: "models", Kind: model.ValueString}) {
		t.Errorf("lines are %+v, %d more", got, more)
	}
	if list := d.SpanLines(2); list != nil {
		t.Errorf("the second span of an id has lines %v", list)
	}
	if list := d.SpanLines(model.NoSpan); list != nil {
		t.Errorf("no span has lines %v", list)
	}
	if got, more = d.LineDetails(1, 1, p, time.UTC); more != 1 || len(got) != 1 || got[0].Severity != logs.Error {
		t.Errorf("of few the error is left out: %+v, %d more", got, more)
	}
	if got, _ = d.LineDetails(0, 1, p, time.UTC); len(got) != 1 || got[0].Message != "order taken" {
		t.Errorf("without an error the first is left out: %+v", got)
	}
	if got := LevelWord(logs.LevelOf("payment"), p); got != "payment" {
		t.Errorf("an odd level is %q", got)
	}
}

func TestTextOfALine(t *testing.T) {
	for _, tt := range []struct {
		l    logs.Line
		want string
	}{
		{logs.Line{Message: "a\n  b\n\nc"}, "a b c"}, {logs.Line{Stack: "Boom: x\n\tat y"}, "Boom: x"}, {logs.Line{Message: "failed", Stack: "Boom: x\nat"}, "failed · Boom: x"},
		{logs.Line{Message: "failed: Boom: x", Stack: "Boom: x\nat"}, "failed: Boom: x"}, {logs.Line{}, ""},
	} {
		if got := LineText(&tt.l); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if got := LineText(&logs.Line{Message: strings.Repeat("long ", 1e5)}); len(got) > 2*eventTextBytes {
		t.Errorf("a line of %d bytes", len(got))
	}
}

func TestCarriedLines(t *testing.T) {
	old := logged(t)
	old.SetListed(ListErrors)
	d := New(old.trace)
	d.Carry(old)
	if got := listed(d); !strings.HasPrefix(got, "-1:of the trace only | 1:storage refused") || len(d.SpanLines(1)) != 2 {
		t.Errorf("carried over is %s", got)
	}
	before := d.LogsVersion()
	d.SetLogs(Logs{State: LogsAsked, Lines: d.Logs().Lines, Came: 7})
	if d.LogsVersion() != before || d.Logs().Came != 7 {
		t.Error("that lines are fetched again changes those there are")
	}
	d.SetLogs(Logs{})
	if got := listed(d); strings.Contains(got, "storage") {
		t.Errorf("lines that are gone stay: %s", got)
	}
}
