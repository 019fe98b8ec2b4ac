package logs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"traceview/internal/model"
)

func TestLevels(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Severity
	}{
		{"INFO", Info}, {"Information", Info}, {"[warn]", Warn}, {"Warning", Warn}, {"ERROR", Error}, {"err", Error}, {"SEVERE", Error},
		{"Fatal", Fatal}, {"CRITICAL", Fatal}, {"notice", Info}, {"fine", Debug}, {"FINEST", Trace}, {"verbose", Trace},
		{"INFO2", Info}, {"error4", Error}, {"E", Error}, {"30", Info}, {"50", Error}, {"60", Fatal}, {"10", Trace},
		{"", Unknown}, {"9", Unknown}, {"70", Unknown}, {"payment", Unknown}, {"  debug \n", Debug},
	} {
		if got := LevelOf(tt.text); got.Severity != tt.want || got.Raw != strings.TrimSpace(tt.text) {
			t.Errorf("LevelOf(%q) = %v %q, want %v", tt.text, got.Severity, got.Raw, tt.want)
		}
	}
	for _, s := range Severities() {
		if got := SeverityOf(s.Number()); got != s {
			t.Errorf("SeverityOf(%d) = %v, want %v", s.Number(), got, s)
		}
	}
	for n, want := range map[int]Severity{-1: Unknown, 4: Trace, 12: Info, 24: Fatal, 25: Unknown} {
		if got := SeverityOf(n); got != want {
			t.Errorf("SeverityOf(%d) = %v, want %v", n, got, want)
		}
	}
	if got := Severity(200).String(); got != "unknown" {
		t.Errorf("a severity out of range is %q", got)
	}
}

func TestLongTextIsCutAndSaysSo(t *testing.T) {
	long := strings.Repeat("ё", MaxMessage)
	l := Line{Message: "x" + long, Stack: long, Service: long, Fields: []Field{{Key: "k", Value: long}, {Key: "bad", Value: "a\xffb"}}}
	for range MaxFields {
		l.Fields = append(l.Fields, Field{Key: "more", Value: "v"})
	}
	l.Bound()
	check := func() {
		t.Helper()
		if len(l.Message) > MaxMessage || len(l.Message) < MaxMessage-4 || l.MessageBytes != len(long)+1 || !utf8.ValidString(l.Message) {
			t.Errorf("message of %d bytes out of %d", len(l.Message), l.MessageBytes)
		}
		if len(l.Stack) > MaxMessage || l.StackBytes != len(long) || len(l.Service) > MaxName {
			t.Errorf("stack of %d bytes out of %d, service of %d", len(l.Stack), l.StackBytes, len(l.Service))
		}
		if f := l.Fields[0]; len(f.Value) > MaxValue || f.Bytes != len(long) {
			t.Errorf("field of %d bytes out of %d", len(f.Value), f.Bytes)
		}
		if v, _ := l.Field("bad"); v != "a\ufffdb" {
			t.Errorf("a value that is no UTF-8 became %q", v)
		}
		if len(l.Fields) != MaxFields || l.LostFields != 2 || !l.Cut() {
			t.Errorf("%d fields, %d lost", len(l.Fields), l.LostFields)
		}
	}
	check()
	l.Bound()
	check()
	if short := (Line{Message: "m", Fields: []Field{{Key: "a"}}}); short.Cut() {
		t.Error("a short line is said to be cut")
	}
}

// text lists messages in order.
func text(l *Lines) string {
	var list []string
	for i := range l.Len() {
		list = append(list, l.At(i).Message)
	}
	return strings.Join(list, " ")
}

func TestLinesAreOrderedAndFoundBySpan(t *testing.T) {
	id := model.TraceID{1}
	l := New(id, []Line{
		{Time: 30, Message: "c", Span: 7}, {Time: 10, Message: "a", Span: 7}, {Time: 20, Message: "b"},
		{Time: 30, Message: "d", Span: 9}, {Time: 10, Message: "a", Span: 7},
	}, Gap{})
	if got := text(l); got != "a b c d" {
		t.Errorf("order %q, want a b c d", got)
	}
	if got := l.Span(7); !slices.Equal(got, []int32{0, 2}) {
		t.Errorf("span 7 has lines %v", got)
	}
	if got := l.Span(0); !slices.Equal(got, []int32{1}) || l.Span(8) != nil {
		t.Errorf("lines of the trace only: %v", got)
	}
	spans := l.Spans()
	slices.Sort(spans)
	if !slices.Equal(spans, []model.SpanID{7, 9}) {
		t.Errorf("spans with lines: %v", spans)
	}
	if l.Since(0) != 0 || l.Since(11) != 1 || l.Since(30) != 2 || l.Since(31) != 4 {
		t.Errorf("since: %d %d %d %d", l.Since(0), l.Since(11), l.Since(30), l.Since(31))
	}
	if l.At(0).Trace != id || l.Trace() != id || l.Gap().Any() {
		t.Errorf("trace %v, gap %+v", l.At(0).Trace, l.Gap())
	}
	var none *Lines
	if none.Len() != 0 || none.Span(1) != nil || none.Spans() != nil || none.Since(5) != 0 || none.Gap().Any() || none.Bytes() != 0 || !none.Trace().IsZero() {
		t.Error("nil lines are not empty")
	}
}

func TestRepeatsAreMergedOnlyWhereTheyAreTheSame(t *testing.T) {
	line := func(uid, message string) Line { return Line{Time: 5, UID: uid, Message: message} }
	for _, tt := range []struct {
		name  string
		lines []Line
		want  string
	}{
		{"one document twice", []Line{line("i/1", "a"), line("i/1", "a")}, "a"},
		{"alike in two documents", []Line{line("i/1", "a"), line("i/2", "a")}, "a a"},
		{"alike without ids", []Line{line("", "a"), line("", "a")}, "a"},
		{"with an id and without", []Line{line("", "a"), line("i/1", "a"), line("", "b")}, "a b"},
		{"other fields", []Line{{Message: "a", Fields: []Field{{Key: "k", Value: "1"}}}, {Message: "a", Fields: []Field{{Key: "k", Value: "2"}}}}, "a a"},
	} {
		if got := text(New(model.TraceID{1}, tt.lines, Gap{})); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMerge(t *testing.T) {
	id := model.TraceID{1}
	lines := func(missed int64, uids ...string) *Lines {
		var list []Line
		for _, u := range uids {
			list = append(list, Line{Time: int64(u[0]), UID: u, Message: u})
		}
		return New(id, list, Gap{Missed: missed})
	}
	old, newer := lines(9, "a", "b"), lines(1, "a", "c")
	m := old.Merge(newer)
	if got := text(m); got != "a b c" || m.Gap().Missed != 0 {
		t.Errorf("merged %q, missed %d: line b of before was the missing one", got, m.Gap().Missed)
	}
	if text(old) != "a b" || text(newer) != "a c" {
		t.Errorf("merging changed what was merged: %q, %q", text(old), text(newer))
	}
	if got := old.Merge(nil); got != old {
		t.Error("merged with nothing, lines are not the same")
	}
	if got := (*Lines)(nil).Merge(newer); got != newer {
		t.Error("nothing merged with lines is not those")
	}
}

func TestSomeOfTheLines(t *testing.T) {
	l := New(model.TraceID{1}, []Line{{Time: 1, Message: "a", Span: 1}, {Time: 2, Message: "b", Span: 2}, {Time: 3, Message: "c"}}, Gap{Missed: 1})
	if got := l.First(2); text(got) != "a b" || got.Gap().Missed != 2 || l.First(3) != l || (*Lines)(nil).First(1).Len() != 0 {
		t.Errorf("the first two are %q, %d missed", text(got), got.Gap().Missed)
	}
	if got := l.Of(func(id model.SpanID) bool { return id != 1 }); text(got) != "b c" || got.Gap().Missed != 1 || len(got.Span(2)) != 1 {
		t.Errorf("those wanted are %q, %d missed", text(got), got.Gap().Missed)
	}
}

func TestATraceHoldsSoMuchAndSaysWhatIsMissing(t *testing.T) {
	var list []Line
	for i := range MaxLines + 5 {
		list = append(list, Line{Time: int64(i), Message: fmt.Sprint(i)})
	}
	l := New(model.TraceID{1}, list, Gap{Missed: 2})
	if l.Len() != MaxLines || l.Gap().Missed != 7 || l.At(MaxLines-1).Message != fmt.Sprint(MaxLines-1) {
		t.Errorf("%d lines, %d missed", l.Len(), l.Gap().Missed)
	}
	big := strings.Repeat("x", MaxMessage)
	list = nil
	for i := range MaxBytes/MaxMessage + 10 {
		list = append(list, Line{Time: int64(i), Message: big})
	}
	if l = New(model.TraceID{1}, list, Gap{}); l.Bytes() > MaxBytes || l.Gap().Missed < 10 || l.Len()+int(l.Gap().Missed) != len(list) {
		t.Errorf("%d lines of %d bytes, %d missed", l.Len(), l.Bytes(), l.Gap().Missed)
	}
}
