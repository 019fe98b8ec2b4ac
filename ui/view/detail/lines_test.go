package detail

import (
	"fmt"
	"strings"
	"testing"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
)

// journal returns log lines of the span with an id.
func journal(t *model.Trace, id model.SpanID) *logs.Lines {
	line := func(ms int64, level, message string) logs.Line {
		return logs.Line{Time: uitest.Epoch + ms*1e6, Span: id, Service: "files-storage", Level: logs.LevelOf(level), Message: message}
	}
	list := []logs.Line{
		line(991, "INFO", "Receiving ring.stl, 12 MB"), line(2400, "WARN", "Хранилище отвечает медленно: 380 мс на запрос HEAD, повторяем один раз через 200 мс"),
		line(4000, "ERROR", "Upload of 3d-files/10472/ring.stl refused"), line(4080, "payment", strings.Repeat("a line that says much and goes on ", 12)),
	}
	list[2].Stack = "com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied\n\tat shop.files.Storage.put(Storage.java:41)\n\tat shop.files.Upload.run(Upload.java:212)"
	list[2].Logger = "shop.files.Storage"
	list[2].Fields = []logs.Field{{Key: "thread", Value: "worker-7"}, {Key: "bucket", Value: "models"}}
	return logs.New(t.ID, list, logs.Gap{Missed: 12})
}

func TestLinesGolden(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		dark       bool
		w          int
		state      document.Logs
		open       bool
	}{
		{"lines", "en", false, 380, document.Logs{State: document.LogsHere}, true},
		{"lines_dark_ru", "ru", true, 320, document.Logs{State: document.LogsHere}, false},
		{"lines_asked", "en", false, 340, document.Logs{State: document.LogsAsked, From: "elastic.example:9200", Came: 1200}, false},
		{"lines_failed_ru", "ru", true, 340, document.Logs{State: document.LogsFailed, From: "elastic.example:9200", Why: "Сервер elastic.example:9200 не принял пароль", Next: "Проверьте пароль в подключении."}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trace := hurt(t)
			nothing := func() {}
			v := newView(t, tt.lang, tt.dark, trace, Actions{Copy: func(string) {}, FetchLogs: nothing, StopLogs: nothing, AllLogs: nothing})
			v.Show(named(t, trace, "PUT"))
			if tt.state.State == document.LogsHere {
				tt.state.Lines = journal(trace, 2)
			}
			v.doc.SetLogs(tt.state)
			v.folded["detail.attributes"] = true
			v.Build(tt.w, 1200, 1)
			if tt.open {
				v.Handle(canvasview.Event{Kind: canvasview.Focus})
				x, y := uitest.Find(t, v.Kit.Metrics, v.Build(tt.w, 1200, 1), "Upload of 3d-files")
				uitest.Press(v, x, y)
				v.Handle(canvasview.Event{Kind: canvasview.Hover, X: x, Y: y})
			}
			uitest.Golden(t, tt.name, uitest.Paint(v, tt.w, 1200, 1))
		})
	}
}

func TestLinesOfTheSpan(t *testing.T) {
	trace := hurt(t)
	var did, copied []string
	note := func(what string) func() { return func() { did = append(did, what) } }
	v := newView(t, "en", false, trace, Actions{Copy: func(s string) { copied = append(copied, s) }, FetchLogs: note("fetch"), StopLogs: note("stop"), AllLogs: note("all")})
	v.Show(named(t, trace, "PUT"))
	says := func() string { return uitest.Words(v.Build(420, 3000, 1)) }
	press := func(text string) {
		t.Helper()
		x, y := uitest.Find(t, v.Kit.Metrics, v.Build(420, 3000, 1), text)
		uitest.Press(v, x, y)
	}
	if s := says(); strings.Contains(s, "Log lines") {
		t.Errorf("without lines it says\n%s", s)
	}
	v.doc.SetLogs(document.Logs{State: document.LogsHere, Lines: journal(trace, 2)})
	s := says()
	for _, part := range []string{"Log lines\n4", "12 more lines of the trace were not fetched", "warning\n+1.41 s · 09:14:05.520", "Upload of 3d-files", "payment"} {
		if !strings.Contains(s, part) {
			t.Errorf("%q is not in\n%s", part, s)
		}
	}
	if strings.Contains(s, "Upload.java:212") {
		t.Error("the stack is unfolded from the start")
	}
	press("Upload of 3d-files")
	if s = says(); !strings.Contains(s, "Upload.java:212") || !strings.Contains(s, "bucket = models") {
		t.Errorf("a press does not unfold the line:\n%s", s)
	}
	v.Handle(canvasview.Event{Kind: canvasview.Focus})
	if got := v.Copy(); !strings.HasPrefix(got, "Upload of 3d-files/10472/ring.stl refused\ncom.amazonaws") || !strings.HasSuffix(got, "thread = worker-7\nbucket = models") {
		t.Errorf("copied %q", got)
	}
	if text := v.Text(); !strings.Contains(text, "09:14:07.120 error Upload of") {
		t.Errorf("the span as text leaves lines out:\n%s", text)
	}
	if strings.Contains(s, "Receiving ring.stl, 12 MB\nlogger") {
		t.Error("what nobody asked for is shown")
	}
	v.Find("worker-7")
	if n, _ := v.Found(); n != 1 || strings.Contains(says(), "Receiving") || !strings.Contains(says(), "worker-7") {
		t.Errorf("%d found in\n%s", n, says())
	}
	v.Find("")
	v.Show(0)
	if s := says(); strings.Contains(s, "Upload of 3d") {
		t.Errorf("another span has the lines:\n%s", s)
	}
	v.Show(named(t, trace, "PUT"))
	for _, tt := range []struct {
		state document.Logs
		press string
		did   string
	}{
		{document.Logs{State: document.LogsAsked, From: "e"}, "Cancel", "[stop]"}, {document.Logs{State: document.LogsFailed, From: "e", Why: "down"}, "Try again", "[fetch]"},
	} {
		did = nil
		v.doc.SetLogs(tt.state)
		if press(tt.press); fmt.Sprint(did) != tt.did {
			t.Errorf("%s does %v", tt.press, did)
		}
	}
}

// TestALineChosenInTheListIsGoneTo holds that the details show the line that somebody
// chose in the list of all, once.
func TestALineChosenInTheListIsGoneTo(t *testing.T) {
	trace := hurt(t)
	v := newView(t, "en", false, trace, Actions{Copy: func(string) {}})
	v.doc.SetLogs(document.Logs{State: document.LogsHere, Lines: journal(trace, 2)})
	choose := func(message string) {
		t.Helper()
		for row, r := range v.doc.Events().Rows {
			if k, ok := r.Line(); ok {
				if l, i := v.doc.LogLine(k); strings.Contains(l.Message, message) {
					v.doc.ChooseEvent(row, r)
					v.Show(i)
				}
			}
		}
	}
	choose("Upload of")
	s := uitest.Words(v.Build(360, 300, 1))
	if !strings.Contains(s, "Upload of 3d-files") || v.Sel < 0 || !strings.HasPrefix(v.rows[v.Sel].attr.Text, "Upload of") {
		t.Errorf("the line is out of sight:\n%s", s)
	}
	v.Choose(0)
	if v.Build(360, 300, 1); v.Sel != 0 {
		t.Error("it is gone to again")
	}
	choose("Receiving")
	if v.Build(360, 300, 1); !strings.HasPrefix(v.rows[v.Sel].attr.Text, "Receiving") {
		t.Errorf("another line is not gone to: %q is chosen", v.rows[v.Sel].attr.Text)
	}
}

func TestManyLinesAreListedElsewhere(t *testing.T) {
	trace := hurt(t)
	did := 0
	v := newView(t, "en", false, trace, Actions{Copy: func(string) {}, AllLogs: func() { did++ }})
	list := make([]logs.Line, 5000)
	for i := range list {
		list[i] = logs.Line{Time: uitest.Epoch + int64(i), Span: 2, Message: fmt.Sprint("line ", i), Level: logs.LevelOf("INFO")}
	}
	list[4000].Level = logs.LevelOf("ERROR")
	v.doc.SetLogs(document.Logs{State: document.LogsHere, Lines: logs.New(trace.ID, list, logs.Gap{})})
	v.Show(named(t, trace, "PUT"))
	x, y := uitest.Find(t, v.Kit.Metrics, v.Build(420, 9000, 1), "4,900 more lines")
	if uitest.Press(v, x, y); did != 1 {
		t.Error("the list of all is not shown")
	}
	if s := uitest.Words(v.Build(420, 9000, 1)); !strings.Contains(s, "line 4000\n") || !strings.Contains(s, "line 98\n") || strings.Contains(s, "line 99\n") {
		t.Error("the error is left out")
	}
}
