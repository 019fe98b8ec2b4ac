package events

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/uitest"
)

// journal returns log lines of the shop's trace: of its spans, of the trace only, of a
// service that has no span, long ones and all levels.
func journal(t *model.Trace) *logs.Lines {
	line := func(ms int64, span model.SpanID, service, level, message string) logs.Line {
		return logs.Line{Time: uitest.Epoch + ms*1e6, Span: span, Service: service, Level: logs.LevelOf(level), Message: message}
	}
	id := func(k int) model.SpanID { return t.Spans[k].ID }
	list := []logs.Line{
		line(-3, 0, "gateway", "DEBUG", "request 7f0c accepted from 10.0.0.7"),
		line(12, id(0), t.ServiceName(0), "INFO", "Order 10472 received, 3 items"),
		line(400, id(1), t.ServiceName(1), "WARN", "Storage is slow: 380 ms for a HEAD request\nretrying once"),
		line(900, id(2), t.ServiceName(2), "ERROR", "Upload refused"),
		line(1100, 0, "gateway", "payment", strings.Repeat("a long line goes on and on ", 30)),
		line(1800, id(0), t.ServiceName(0), "FATAL", "Заказ 10472 не сохранён: хранилище ответило 403"),
	}
	list[3].Stack = "com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied\n\tat shop.Files.put(Files.java:41)"
	return logs.New(t.ID, list, logs.Gap{Missed: 12})
}

func TestLinesGolden(t *testing.T) {
	for _, tc := range []struct {
		name, lang string
		dark       bool
		scale      float32
		w, h       int
		logs       func(tr *model.Trace) document.Logs
		act        func(p *Painter)
	}{
		{"lines", "en", false, 1, 1180, 360, nil, func(p *Painter) { p.ChooseRow(4); p.Focus(true) }},
		{"lines_dark_ru", "ru", true, 1, 1180, 360, nil, func(p *Painter) {}},
		{"lines_narrow_ru", "ru", false, 1, 560, 300, nil, func(p *Painter) {}},
		{"lines_errors", "en", false, 1, 920, 240, nil, func(p *Painter) { p.Key("2", 0) }},
		{"lines_filtered_ru", "ru", true, 1, 920, 220, nil, func(p *Painter) { uitest.LookFor(t, p.doc, "refused") }},
		{"lines_asked", "en", false, 1, 920, 220, func(*model.Trace) document.Logs {
			return document.Logs{State: document.LogsAsked, From: "elastic.example:9200", Came: 1200}
		}, func(p *Painter) {}},
		{"lines_failed_dark_ru", "ru", true, 1, 920, 220, func(*model.Trace) document.Logs {
			return document.Logs{State: document.LogsFailed, From: "elastic.example:9200", Why: "elastic.example:9200 не отвечает"}
		}, func(p *Painter) {}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := shop(t)
			p, _ := newPainter(t, tr, tc.lang, tc.dark, tc.scale)
			p.actions.Fetch, p.actions.Stop = func() {}, func() {}
			state := document.Logs{State: document.LogsHere, Lines: journal(tr)}
			if tc.logs != nil {
				state = tc.logs(tr)
			}
			p.doc.SetLogs(state)
			img := image.NewRGBA(image.Rect(0, 0, tc.w, tc.h))
			p.Paint(img)
			tc.act(p)
			p.Paint(img)
			uitest.Golden(t, tc.name, img)
		})
	}
}

// TestLinesInSteps holds that log lines call spans and services as events do.
func TestLinesInSteps(t *testing.T) {
	k, d := uitest.Kit(t, "en", false), document.New(uitest.Placed(t, 1))
	tr := d.Trace()
	d.SetNames(uitest.Steps(t, k).Of(tr))
	line := func(ms int64, span model.SpanID, service string) logs.Line {
		return logs.Line{Time: uitest.Epoch + ms*1e6, Span: span, Service: service, Message: "m"}
	}
	d.SetLogs(document.Logs{State: document.LogsHere, Lines: logs.New(tr.ID, []logs.Line{line(20, tr.Spans[0].ID, "internet-shop"), line(40, 0, "mes-api")}, logs.Gap{})})
	p := New(d, table.Style{Palette: k.Look, Printer: k.Words, Metrics: k.Metrics, Drawer: k.Drawer, Scale: 1, Names: k.Names}, Actions{})
	p.Key("4", 0) // lines alone
	p.Build(&p.scene, 1600, 400)
	words := uitest.Words(&p.scene)
	for part, want := range map[string]bool{"Placing the order": true, "Internet Shop": true, "MES API": true, "place order": false, "internet-shop": false, "mes-api": false} {
		if strings.Contains(words, part) != want {
			t.Errorf("%q there: %v in\n%s", part, !want, words)
		}
	}
}

func TestKindsAreChosen(t *testing.T) {
	tr := shop(t)
	p, c := newPainter(t, tr, "en", false, 1)
	p.doc.SetLogs(document.Logs{State: document.LogsHere, Lines: journal(tr)})
	build := func() string {
		p.Build(&p.scene, 1180, 500)
		return uitest.Words(&p.scene)
	}
	whole := tr.Events + 6
	if words := build(); !strings.Contains(words, "6 log lines") || !strings.Contains(words, "12 more lines of the trace were not fetched") || len(p.now.Rows) != whole {
		t.Errorf("%d rows; it says\n%s", len(p.now.Rows), words)
	}
	for key, want := range map[string]int{"2": 6, "3": 7, "4": 6, "5": tr.Events, "1": whole} {
		if p.Key(key, 0); len(p.doc.Events().Rows) != want {
			t.Errorf("%s lists %d rows, want %d", key, len(p.doc.Events().Rows), want)
		}
	}
	x, y := uitest.Find(t, p.Style.Metrics, &p.scene, "Log lines 6")
	p.Hover(x, y)
	if got := p.Hint(); got != "Only the log lines (4)" {
		t.Errorf("the choice hints %q", got)
	}
	p.Press(x, y, canvasview.Primary, 0)
	build()
	if len(p.now.Rows) != 6 {
		t.Errorf("a press lists %d rows", len(p.now.Rows))
	}
	p.Key("Home", 0)
	p.Key("Enter", 0)
	if len(c.shown) != 0 || c.said != "This line names no step of the trace." {
		t.Errorf("Enter on a line of the trace shows %v and says %q", c.shown, c.said)
	}
	var errors []int
	for range 3 {
		p.Key("e", 0)
		errors = append(errors, p.State.Row)
	}
	if fmt.Sprint(errors) != "[3 5 3]" || p.doc.Selected() != 2 {
		t.Errorf("errors are in rows %v, span %d is selected", errors, p.doc.Selected())
	}
	p.Hover(500, 36+26+22*3+5)
	if got := p.Hint(); !strings.Contains(got, "error · Upload refused · com.amazonaws") {
		t.Errorf("a line hints %q", got)
	}
	p.doc.SetListed(document.ListErrors)
	uitest.LookFor(t, p.doc, "nothing")
	p.Key("BackSpace", 0)
	if words := build(); c.all != 1 || !strings.Contains(words, "No event and no log line") {
		t.Errorf("Backspace lists all %d times; it says\n%s", c.all, words)
	}
}

func TestWhyThereAreNoLinesIsReadWhole(t *testing.T) {
	p, _ := newPainter(t, shop(t), "en", false, 1)
	p.doc.SetLogs(document.Logs{State: document.LogsFailed, From: "e", Why: "the server with the logs does not accept the password", Next: "Write another into the connection"})
	p.Build(&p.scene, 700, 300)
	x, y := uitest.Find(t, p.Style.Metrics, &p.scene, "the server")
	p.Hover(x, y)
	if got := p.Hint(); got != "Log lines could not be fetched: the server with the logs does not accept the password. Write another into the connection" {
		t.Errorf("it hints %q", got)
	}
	if p.Hand() || p.Press(x, y, canvasview.Primary, 0) {
		t.Error("it looks as if it could be pressed")
	}
}

func TestStateOfLinesCanBeActedOn(t *testing.T) {
	p, _ := newPainter(t, shop(t), "en", false, 1)
	did := ""
	p.actions.Fetch, p.actions.Stop = func() { did += "fetch " }, func() { did += "stop " }
	for _, tt := range []struct {
		state document.Logs
		says  string
		press string
		did   string
	}{
		{document.Logs{State: document.LogsAsked, From: "elastic:9200"}, "Fetching log lines from elastic:9200…", "Cancel", "stop "},
		{document.Logs{State: document.LogsAsked, Came: 3}, "Fetching log lines: 3 so far", "Cancel", "stop "},
		{document.Logs{State: document.LogsAway, From: "elastic:9200"}, "can be fetched from elastic:9200", "Fetch", "fetch "},
		{document.Logs{State: document.LogsStopped, From: "e"}, "cancelled", "Try again", "fetch "},
		{document.Logs{State: document.LogsFailed, From: "e", Why: "it does not answer"}, "it does not answer", "Try again", "fetch "},
		{document.Logs{State: document.LogsHere, From: "e", Lines: logs.New(model.TraceID{1}, nil, logs.Gap{FailedShards: 2, Shards: 5})}, "2 of 5 parts of the index", "Try again", "fetch "},
	} {
		did = ""
		p.doc.SetLogs(tt.state)
		p.Build(&p.scene, 1180, 300)
		if words := uitest.Words(&p.scene); !strings.Contains(words, tt.says) {
			t.Errorf("it says\n%s\nwant %s", words, tt.says)
		}
		x, y := uitest.Find(t, p.Style.Metrics, &p.scene, tt.press)
		if p.Press(x, y, canvasview.Primary, 0); did != tt.did {
			t.Errorf("%s does %q", tt.press, did)
		}
	}
}

// crowd returns a trace of n events and as many log lines as a trace holds.
func crowd(tb testing.TB, n int) (*model.Trace, *logs.Lines) {
	tb.Helper()
	tr := many(n)
	list := make([]logs.Line, logs.MaxLines)
	for i := range list {
		list[i] = logs.Line{Time: tr.Epoch + int64(i)*97_000, Span: tr.Spans[i%len(tr.Spans)].ID, Service: "shop-api", Level: logs.LevelOf([]string{"INFO", "WARN", "ERROR"}[i%3]),
			Message: fmt.Sprint("line ", i, " of the log tells what went on")}
	}
	return tr, logs.New(tr.ID, list, logs.Gap{})
}

func TestFrameOfLinesDoesNotAllocate(t *testing.T) {
	tr, lines := crowd(t, 20_000)
	p, _ := newPainter(t, tr, "en", false, 1)
	p.doc.SetLogs(document.Logs{State: document.LogsHere, Lines: lines})
	p.doc.SetListed(document.ListLines)
	dst := image.NewRGBA(image.Rect(0, 0, 1200, 600))
	dy := float32(-37)
	frame := func() {
		p.Scroll(0, dy, 0)
		p.Hover(700, 300)
		p.Paint(dst)
	}
	for range 200 {
		frame()
	}
	dy = 37
	if got := testing.AllocsPerRun(199, frame); got != 0 {
		t.Errorf("%v allocations a frame, want 0", got)
	}
}

func BenchmarkFrameOfLines(b *testing.B) {
	tr, lines := crowd(b, 100_000)
	p, _ := newPainter(b, tr, "en", false, 1)
	p.doc.SetLogs(document.Logs{State: document.LogsHere, Lines: lines})
	dst := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
	p.Paint(dst)
	b.ReportAllocs()
	for b.Loop() {
		p.Scroll(0, -53, 0)
		p.Paint(dst)
	}
}
