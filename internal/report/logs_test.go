package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
)

func TestReportsTellOfLogs(t *testing.T) {
	trace := everywhere("pay")
	var list []logs.Line
	for i := range 40 {
		list = append(list, logs.Line{Time: 1e18 + int64(i), Level: logs.LevelOf("INFO"), Message: fmt.Sprintf("chatter %d", i)})
	}
	list = append(list, logs.Line{Time: 1e18 + 5, Span: 1, Level: logs.LevelOf("DEBUG"), Service: "shop-api", Message: "of the step"},
		logs.Line{Time: 1e18 + 50, Level: logs.LevelOf("ERROR"), Message: "card refused\n```\n# no heading", Stack: "at Pay\nat Main"})
	o := options("en")
	o.Logs = []*logs.Lines{logs.New(model.TraceID{9}, []logs.Line{{Level: logs.LevelOf("ERROR"), Message: "of another trace"}}, logs.Gap{}),
		logs.New(trace.ID, list, logs.Gap{Missed: 3})}
	var md, page bytes.Buffer
	if err := Markdown(&md, []*document.Document{partOf(trace).Doc}, o); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&page, []Part{partOf(trace)}, o); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"Markdown": md.String(), "HTML": page.String()} {
		for _, want := range []string{"Log lines", "of the step", "card refused", "shop-api", "43 more lines are in the logs."} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
		for _, bad := range []string{"chatter", "of another trace"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s says %q", name, bad)
			}
		}
	}
	if !strings.Contains(page.String(), "at Main") {
		t.Error("the page has no stack trace")
	}
	for line := range strings.Lines(md.String()) {
		if strings.HasPrefix(line, "# no") {
			t.Errorf("a line of the log is markup: %q", line)
		}
	}
	var without bytes.Buffer
	if err := Markdown(&without, []*document.Document{partOf(trace).Doc}, options("en")); err != nil || strings.Contains(without.String(), "Log lines") {
		t.Errorf("without logs: %v, %s", err, without.String())
	}
}

func TestLatestOfManyLines(t *testing.T) {
	trace := everywhere("pay")
	var list []logs.Line
	for i := range 50 {
		list = append(list, logs.Line{Time: int64(i), Level: logs.LevelOf("WARN"), Message: fmt.Sprint(i)})
	}
	o := options("en")
	o.Logs = []*logs.Lines{logs.New(trace.ID, list, logs.Gap{})}
	got, more := o.linesOf(trace, model.NoSpan)
	if len(got) != maxLogLines || got[0].Message != "30" || more != 30 {
		t.Errorf("%d lines from %s, %d more", len(got), got[0].Message, more)
	}
}
