package shell

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/ui/uitest"
)

// A logCall is a question for log lines that the test answers.
type logCall struct {
	trace *model.Trace
	ctx   context.Context
	on    func(int)
	reply chan logReply
}

type logReply struct {
	lines *logs.Lines
	err   error
}

// LogsFrom makes fakeSource a logger.
func (f *fakeSource) LogsFrom() string { return f.logsAt }

func (f *fakeSource) Logs(ctx context.Context, t *model.Trace, on func(int)) (*logs.Lines, error) {
	f.running.Add(1)
	defer f.running.Done()
	c := &logCall{t, ctx, on, make(chan logReply, 1)}
	f.logCalls <- c
	select {
	case r := <-c.reply:
		return r.lines, r.err
	case <-ctx.Done():
		return logs.New(t.ID, []logs.Line{{Time: t.Epoch, Span: t.Spans[0].ID, Message: "came before"}}, logs.Gap{AtLeast: true}), ctx.Err()
	}
}

// nextLogs returns the question for log lines that comes next.
func (b *bench) nextLogs() *logCall {
	b.t.Helper()
	b.logged(document.LogsAsked)
	select {
	case c := <-b.source.logCalls:
		return c
	case <-time.After(20 * time.Second):
		b.t.Fatal("no log lines were asked for")
		return nil
	}
}

// logged waits until the log lines of the page in front are in a state.
func (b *bench) logged(state document.LogState) document.Logs {
	b.t.Helper()
	b.until("the log lines", func() bool {
		p, ok := b.pages[b.current].(*tracePage)
		return ok && p.doc != nil && p.doc.Logs().State == state
	})
	return b.tracePage().doc.Logs()
}

// linesOf returns two log lines of a trace.
func linesOf(t *model.Trace, messages ...string) *logs.Lines {
	var list []logs.Line
	for k, m := range messages {
		list = append(list, logs.Line{Time: t.Epoch + int64(k), Span: t.Spans[min(1, len(t.Spans)-1)].ID, Service: "shop-api", Level: logs.LevelOf("ERROR"), Message: m})
	}
	return logs.New(t.ID, list, logs.Gap{})
}

// newLogBench opens a trace live from a connection that names its logs.
func newLogBench(t *testing.T) (*bench, *model.Trace, *fakeLibrary) {
	t.Helper()
	lib := newFakeLibrary()
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	b.source.logsAt = "elastic.example:9200"
	tr := uitest.Shop(t, 1)
	b.openTrace(tr.ID)
	b.nextTrace().reply <- traceReply{trace: tr}
	return b, tr, lib
}

func TestLogLinesAreFetchedAndKept(t *testing.T) {
	b, tr, lib := newLogBench(t)
	c := b.nextLogs()
	if l := b.logged(document.LogsAsked); c.trace != tr || l.From != "elastic.example:9200" {
		t.Fatalf("asked for %v, it says %+v", c.trace.ID, l)
	}
	c.on(7)
	b.until("how many came", func() bool { return b.tracePage().doc.Logs().Came == 7 })
	c.reply <- logReply{lines: linesOf(tr, "upload refused", "gave up")}
	if l := b.logged(document.LogsHere); l.Lines.Len() != 2 {
		t.Errorf("%d lines came", l.Lines.Len())
	}
	p := b.tracePage()
	p.doc.Select(1)
	if s := uitest.Words(p.side.Build(420, 1200, 1)); !strings.Contains(s, "upload refused") {
		t.Errorf("the details do not show the lines:\n%s", s)
	}
	b.Window.Canvas().Capture() // what somebody waits for is drawn first
	b.until("them to be kept", func() bool { lib.mu.Lock(); defer lib.mu.Unlock(); return len(lib.logs) == 1 })

	b.closePage(b.current) // and once more, without asking
	b.source.logsAt = ""
	b.openTrace(tr.ID)
	if l := b.logged(document.LogsHere); l.Lines.Len() != 2 || l.CanFetch() {
		t.Errorf("of the library: %+v", l)
	}
}

func TestLogLinesFetchedInVain(t *testing.T) {
	b, tr, _ := newLogBench(t)
	b.nextLogs().reply <- logReply{linesOf(tr, "came before"), errDown}
	l := b.logged(document.LogsFailed)
	if l.Lines.Len() != 1 || l.Why == "" || l.Next == "" || !l.CanFetch() {
		t.Fatalf("after a failure %+v", l)
	}
	p := b.tracePage()
	p.show(viewEvents)
	if p.doc.Select(1); !strings.Contains(uitest.Words(p.side.Build(420, 1500, 1)), "Log lines could not be fetched") {
		t.Error("the details do not say so")
	}
	p.fetchLogs()
	c := b.nextLogs()
	if l := b.logged(document.LogsAsked); l.Lines.Len() != 1 || l.Why != "" {
		t.Errorf("while it is tried again %+v", l)
	}
	c.reply <- logReply{lines: linesOf(tr, "came before", "came after")}
	if l := b.logged(document.LogsHere); l.Lines.Len() != 2 {
		t.Errorf("then %d lines", l.Lines.Len())
	}
}

func TestWaitingForLogLinesIsGivenUp(t *testing.T) {
	b, _, lib := newLogBench(t)
	c := b.nextLogs()
	b.logged(document.LogsAsked)
	b.tracePage().stopLogs()
	if l := b.logged(document.LogsStopped); c.ctx.Err() == nil || l.Lines.Len() != 1 || !l.CanFetch() {
		t.Errorf("given up, it says %+v", l)
	}
	if lib.mu.Lock(); len(lib.logs) != 0 {
		t.Error("what came is kept as if it were all")
	}
	lib.mu.Unlock()
	b.tracePage().fetchLogs()
	late := b.nextLogs()
	b.closePage(b.current)
	<-late.ctx.Done()
}

func TestTracesThatCameWithoutLogLines(t *testing.T) {
	lib := newFakeLibrary()
	tr := uitest.Shop(t, 1)
	key := lib.add(tr, "10472")
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	b.source.logsAt = "elastic.example:9200"
	b.openKept(key, tr.ID)
	l := b.logged(document.LogsAway)
	if l.From != "elastic.example:9200" || len(b.source.logCalls) > 0 {
		t.Errorf("%+v; asked %d times", l, len(b.source.logCalls))
	}
	b.closePage(b.current)
	b.reached(b.source, answered)
	b.openKept(key, tr.ID)
	b.nextLogs().reply <- logReply{lines: linesOf(tr, "upload refused")}
	b.logged(document.LogsHere)
	p := b.tracePage()
	p.showLogs()
	if p.view != viewEvents || p.doc.Listed() != document.ListLines {
		t.Errorf("the list shows %d in view %d", p.doc.Listed(), p.view)
	}
	lib.add(uitest.Shop(t, 1), "")
	b.Window.Canvas().Capture() // what somebody waits for is drawn first
	b.until("them to be kept", func() bool {
		lib.mu.Lock()
		defer lib.mu.Unlock()
		return len(lib.logs) == 1 && lib.logs[key].Len() == 1
	})
}

func TestLogLinesOfAFile(t *testing.T) {
	one, two := uitest.Shop(t, 1), uitest.Shop(t, 2)
	b := newBench(t, nil)
	b.source.logsAt = "elastic.example:9200"
	b.files["one.traceview"] = func(context.Context) ([]*model.Trace, error) { return []*model.Trace{one}, nil }
	b.files["both.traceview"] = func(context.Context) ([]*model.Trace, error) { return []*model.Trace{one, two}, nil }
	b.beside["one.traceview"] = Opened{Logs: []*logs.Lines{linesOf(one, "of one")}}
	b.beside["both.traceview"] = Opened{Logs: []*logs.Lines{linesOf(two, "of two", "twice")}}
	b.Open("one.traceview")
	if l := b.logged(document.LogsHere); l.Lines.Len() != 1 || l.CanFetch() {
		t.Errorf("of one trace %+v", l)
	}
	if got := b.logsShown([]model.TraceID{one.ID, two.ID}); len(got) != 1 || got[one.ID].Len() != 1 {
		t.Errorf("to share are %v", got)
	}
	b.Open("both.traceview")
	b.until("the list", func() bool { p, ok := b.pages[b.current].(*filePage); return ok && len(p.traces) == 2 })
	list := b.pages[b.current].(*filePage)
	if got := b.logsShown([]model.TraceID{two.ID}); got[two.ID].Len() != 2 {
		t.Errorf("of the list of a file are shared %v", got)
	}
	list.open(two.ID)
	if l := b.logged(document.LogsHere); l.Lines.Len() != 2 {
		t.Errorf("of the second %+v", l)
	}
	list.open(one.ID)
	if l := b.tracePage().doc.Logs(); l.State != document.LogsNone {
		t.Errorf("of the first %+v", l)
	}
	if len(b.source.logCalls) > 0 {
		t.Error("a server is asked for the lines of a file")
	}
	b.key(fyne.KeyEscape)
}

// TestLogLinesAreShared holds that lines go with their traces: those shown, those kept
// with a trace that is not open, and of a part only its own.
func TestLogLinesAreShared(t *testing.T) {
	lib := newFakeLibrary()
	open, kept := uitest.Shop(t, 1), uitest.Shop(t, 2)
	key := lib.add(kept, "10472")
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	lib.logs[key] = linesOf(kept, "kept")
	b.files["one.traceview"] = func(context.Context) ([]*model.Trace, error) { return []*model.Trace{open}, nil }
	b.beside["one.traceview"] = Opened{Logs: []*logs.Lines{linesOf(open, "shown", "too")}}
	b.Open("one.traceview")
	b.logged(document.LogsHere)
	both := []*model.Trace{open, kept}
	w := what{part: model.NoSpan, kept: map[model.TraceID]int64{}}
	shown := b.logsShown([]model.TraceID{open.ID, kept.ID})
	if got := b.gatherLogs(t.Context(), &w, both, shown, true); len(got) != 2 || got[0].Len() != 2 || got[1].Trace() != kept.ID {
		t.Errorf("with both traces go %v", got)
	}
	if got := b.gatherLogs(t.Context(), &w, both, shown, false); len(got) != 1 || got[0].Trace() != open.ID {
		t.Errorf("while the library is closed go %v", got)
	}
	w.part = 2
	part, _ := b.sharer.Part(t.Context(), open, 2)
	if got := b.gatherLogs(t.Context(), &w, []*model.Trace{part}, shown, true); len(got) != 1 || got[0].Len() != 0 {
		t.Errorf("with a part without lines go %v", got)
	}
	sheet := b.shareWhole()
	if got := sheet.sharing().Logs; len(got) != 1 || got[0].Len() != 2 {
		t.Errorf("the sheet shares %v", got)
	}
}
