package export

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/document"
	"traceview/internal/format"
	"traceview/internal/i18n"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/report"
	"traceview/internal/savedview"
	"traceview/internal/snapshot"
)

// Who is named in a trace, and who in its log lines.
const (
	secret = "ivan.petrov@mail.ru"
	logged = "olga.sidorova@mail.ru"
)

// trace makes a trace of one span that names somebody.
func trace() *model.Trace {
	b := model.NewBuilder()
	b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 1, StartNano: 1e18, EndNano: 1e18 + 1e6, Name: b.InternString("mail " + secret),
		Attrs:    []model.Attr{b.StringAttr(b.InternString("order.id"), []byte("10472"))},
		Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(b.InternString("service.name"), []byte("shop-api"))}})})
	return b.Build()[0]
}

// painter writes the name of the span in place of a picture.
type painter struct{}

func (painter) Report(*document.Document, model.SpanIndex) ([]report.Drawing, error) { return nil, nil }
func (painter) Picture(w io.Writer, t *model.Trace, _ []savedview.Note, _ bool) error {
	_, err := io.WriteString(w, t.Name(0))
	return err
}

func job(f Format) *Job {
	return &Job{Format: f, Traces: []*model.Trace{trace()}, Words: i18n.For("en"), Zone: time.UTC, Version: "1.2.3", Created: time.Unix(1e9, 0), Artist: painter{},
		Source: "Production", Order: "10472", View: &savedview.View{Name: "of " + secret, Traces: []savedview.Trace{{TraceID: "01", Filter: secret}}},
		Notes: []savedview.Note{{ID: "n", Text: "ask " + secret, Author: "Anna"}},
		Logs:  []*logs.Lines{logs.New(model.TraceID{1}, []logs.Line{{Time: 1e18, Span: 1, Level: logs.LevelOf("error"), Message: "failed for " + logged, Stack: "at " + logged}}, logs.Gap{})}}
}

func TestEveryFormatIsRedacted(t *testing.T) {
	for _, f := range append(Formats(), Snapshot) {
		t.Run(string(f), func(t *testing.T) {
			if !f.Known() || !strings.HasPrefix(f.Ending(), ".") {
				t.Fatal("the format is not known")
			}
			j, r := job(f), redact.New(redact.Safe(), nil)
			var share float64
			if err := j.Redact(t.Context(), r, func(s float64) { share = max(share, s) }); err != nil {
				t.Fatal(err)
			}
			var plain, out bytes.Buffer
			if _, err := job(f).Write(t.Context(), &plain, nil); err != nil {
				t.Fatal(err)
			}
			told := int64(0)
			if _, err := j.Write(t.Context(), &out, func(n int64) { told = n }); err != nil {
				t.Fatal(err)
			}
			if told != int64(out.Len()) || out.Len() == 0 {
				t.Errorf("told of %d bytes, wrote %d", told, out.Len())
			}
			if f == Snapshot { // packed: read by the next test
				return
			}
			if bytes.Contains(out.Bytes(), []byte("olga")) || bytes.Contains(plain.Bytes(), []byte("olga")) != f.HoldsLogs() {
				t.Errorf("of log lines it should hold some: %v; redacted %.9999s\nplain %.9999s", f.HoldsLogs(), out.String(), plain.String())
			}
			if bytes.Contains(out.Bytes(), []byte("ivan")) || !bytes.Contains(plain.Bytes(), []byte("ivan")) {
				t.Errorf("redacted %.300s\nplain %.300s", out.String(), plain.String())
			}
		})
	}
}

// TestWhatIsNotWrittenIsNotCounted holds that log lines count as replaced only where they
// are written.
func TestWhatIsNotWrittenIsNotCounted(t *testing.T) {
	for _, f := range append(Formats(), Snapshot) {
		j := job(f)
		j.Traces, j.View, j.Notes = nil, nil, nil
		r := redact.New(redact.Safe(), nil)
		if err := j.Redact(t.Context(), r, nil); err != nil {
			t.Fatal(err)
		}
		if _, all := r.Counts(); (all > 0) != f.HoldsLogs() {
			t.Errorf("%s: %d values of log lines are said to be replaced", f, all)
		}
	}
}

func TestSnapshotHoldsViewNotesAndLogs(t *testing.T) {
	j := job(Snapshot)
	if err := j.Redact(t.Context(), redact.New(redact.Safe(), nil), nil); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := j.Write(t.Context(), &out, nil); err != nil {
		t.Fatal(err)
	}
	s, _, err := snapshot.Read(t.Context(), bytes.NewReader(out.Bytes()), int64(out.Len()), format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := savedview.DecodeView(s.Members[savedview.ViewMember])
	if err != nil || strings.Contains(v.Name+v.Traces[0].Filter, "ivan") || !strings.HasPrefix(v.Name, "of [email:") {
		t.Errorf("view %+v, %v", v, err)
	}
	notes, err := savedview.DecodeNotes(s.Members[savedview.NotesMember])
	if err != nil || len(notes) != 1 || !strings.HasPrefix(notes[0].Text, "ask [email:") || notes[0].Author != "Anna" {
		t.Errorf("notes %+v, %v", notes, err)
	}
	if len(s.Logs) != 1 || s.Logs[0].Len() != 1 || !strings.HasPrefix(s.Logs[0].At(0).Message, "failed for [email:") || !strings.HasPrefix(s.Logs[0].At(0).Stack, "at [email:") {
		t.Errorf("log lines %+v", s.Logs)
	}
	if m := s.Manifest; m.Source != "Production" || m.Order != "10472" || m.App != "traceview 1.2.3" || len(s.Traces) != 1 {
		t.Errorf("manifest %+v", m)
	}
	if v := job(Snapshot).View; v.Traces[0].Filter != secret {
		t.Error("the view of the window changed")
	}
}

func TestWriteEndsWithItsContext(t *testing.T) {
	for _, f := range append(Formats(), Snapshot) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if f == SVG || f == PNG { // the painter here writes at once
			continue
		}
		if _, err := job(f).Write(ctx, io.Discard, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f, err)
		}
		if err := job(f).Redact(ctx, redact.New(redact.Safe(), nil), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f, err)
		}
	}
	j := job(PNG)
	if j.Traces = nil; Largest(nil) != nil {
		t.Error("no traces have a largest")
	}
	if _, err := j.Write(t.Context(), io.Discard, nil); !errors.Is(err, errNoTraces) {
		t.Errorf("got %v", err)
	}
}

func TestKindsInWords(t *testing.T) {
	r, w := redact.New(redact.Safe(), nil), i18n.For("en")
	r.Text("a@b.ru c@d.ru 4111 1111 1111 1111")
	kinds := Kinds(r, w)
	if got := Counts(kinds, w); got != "e-mail addresses: 2, card numbers: 1" || Names(kinds) != "e-mail addresses, card numbers" {
		t.Errorf("got %q", got)
	}
}

func TestFileAppearsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	hello := func(w io.Writer) error { _, err := io.WriteString(w, "hello"); return err }
	broken := errors.New("broken")
	for _, tt := range []struct {
		name    string
		replace bool
		write   func(io.Writer) error
		want    error
		holds   string
	}{
		{"new", false, hello, nil, "hello"},
		{"there already", false, hello, ErrExists, "hello"},
		{"half", true, func(w io.Writer) error { _ = hello(w); return broken }, broken, "hello"},
		{"replaced", true, func(w io.Writer) error { _, err := io.WriteString(w, "again"); return err }, nil, "again"},
		{"made meanwhile", false, nil, ErrExists, "by another"},
	} {
		write := tt.write
		if write == nil {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			write = func(io.Writer) error { return os.WriteFile(path, []byte("by another"), 0o600) }
		}
		err := File(path, 0o640, tt.replace, write)
		if !errors.Is(err, tt.want) || err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if data, err := os.ReadFile(path); err != nil || string(data) != tt.holds {
			t.Errorf("%s: the file holds %q (%v), want %q", tt.name, data, err, tt.holds)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".traceview-*")); len(left) > 0 {
			t.Errorf("%s: left behind %v", tt.name, left)
		}
		if stat, err := os.Stat(path); err == nil && tt.want == nil && stat.Mode() != 0o640 {
			t.Errorf("%s: mode %v", tt.name, stat.Mode())
		}
	}
}
