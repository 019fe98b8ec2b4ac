package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/export"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/savedview"
	"traceview/internal/weblink"
	"traceview/ui/shell"
)

// sharingOf shares traces as the window does.
func sharingOf(format export.Format, rules string, traces ...*model.Trace) *shell.Sharing {
	return &shell.Sharing{Format: string(format), Traces: traces, Rules: rules, Secret: []byte("of this test"), Words: i18n.For("en"), Zone: time.UTC, Now: time.Unix(1e9, 0)}
}

// TestWindowWritesWhatTheCommandLineWrites compares the bytes of both.
func TestWindowWritesWhatTheCommandLineWrites(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in.json")
	if err := os.WriteFile(in, []byte(threeSteps), 0o600); err != nil {
		t.Fatal(err)
	}
	e := &env{out: io.Discard, err: io.Discard, lang: "en"}
	f, err := openFile(t.Context(), e, in)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range export.Formats() {
		for _, rules := range []string{redactNone, redactSafe} {
			t.Run(string(name)+"/"+rules, func(t *testing.T) {
				set, err := rulesOf(rules)
				if err != nil {
					t.Fatal(err)
				}
				j, err := newJob(t.Context(), e, name, set, f.traces, f.notes)
				if err != nil {
					t.Fatal(err)
				}
				j.Created, j.Zone = time.Unix(1e9, 0), time.UTC
				one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
				if err := writeJob(t.Context(), e, j, one); err != nil {
					t.Fatal(err)
				}
				size, err := sharer{}.Write(t.Context(), sharingOf(name, rules, f.traces...), two, true, func(float64, int64) {})
				if err != nil {
					t.Fatal(err)
				}
				a, errA := os.ReadFile(one)
				b, errB := os.ReadFile(two)
				if errA != nil || errB != nil || !bytes.Equal(a, b) || size != int64(len(b)) || len(b) == 0 {
					t.Errorf("%d and %d bytes, %d told (%v, %v)", len(a), len(b), size, errA, errB)
				}
			})
		}
	}
}

// plain returns all bytes of a file, and those of what is packed in it.
func plain(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return data
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := zstd.NewReader(nil); err == nil && strings.HasSuffix(f.Name, ".zst") {
			if body, err = d.DecodeAll(body, nil); err != nil {
				t.Fatal(err)
			}
			d.Close()
		}
		data = append(append(data, f.Name...), body...)
	}
	return data
}

// TestNoSecretLeavesTheWindow writes planted secrets in every format, with a view
// and notes that hold them, and a part of the trace.
func TestNoSecretLeavesTheWindow(t *testing.T) {
	dir, whole := t.TempDir(), plantedTrace()
	part, err := sharer{}.Part(t.Context(), whole, model.SpanIndex(len(whole.Spans)/2))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(export.Formats(), export.Snapshot) {
		for _, tr := range []*model.Trace{whole, part} {
			t.Run(fmt.Sprintf("%s/%d", name, len(tr.Spans)), func(t *testing.T) {
				s := sharingOf(name, redactSafe, tr)
				s.View = &savedview.View{Order: "10472"}
				for _, x := range secrets {
					s.View.Traces = append(s.View.Traces, savedview.Trace{TraceID: tr.ID.String(), Filter: x.text})
					s.Notes = append(s.Notes, savedview.Note{ID: "n", Text: "see " + x.text})
				}
				path := filepath.Join(dir, "out"+name.Ending())
				if _, err := (sharer{}).Write(t.Context(), s, path, true, func(float64, int64) {}); err != nil {
					t.Fatal(err)
				}
				data := plain(t, path)
				for _, x := range secrets {
					if at := bytes.Index(data, []byte(x.part)); at >= 0 {
						t.Errorf("%q in …%.120q", x.part, data[max(at-60, 0):])
					}
					if bytes.Contains(data, []byte(base64.StdEncoding.EncodeToString([]byte(x.text)))) {
						t.Errorf("%q in base64", x.text)
					}
				}
				if name == export.Snapshot && !bytes.Contains(data, []byte("[email:")) {
					t.Error("there are no tokens")
				}
			})
		}
	}
	text, err := sharer{}.Text(t.Context(), sharingOf(export.Markdown, redactSafe, whole))
	if err != nil || strings.Contains(text, "hunter2planted") || !strings.Contains(text, whole.ID.String()) {
		t.Errorf("the summary is %.300s (%v)", text, err)
	}
}

// TestPreviewIsWhatIsWritten holds that the tokens shown are those in the file, and
// that a decision about a key goes before the rules.
func TestPreviewIsWhatIsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.json")
	for _, keys := range []map[string]string{nil, {"note": "keep"}, {"note": "hash"}} {
		s := sharingOf("otlp-json", redactSafe, plantedTrace())
		s.Keys = keys
		p, err := sharer{}.Look(t.Context(), s, func(float64) {})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (sharer{}).Write(t.Context(), s, path, true, func(float64, int64) {}); err != nil {
			t.Fatal(err)
		}
		data := plain(t, path)
		listed := 0
		for _, c := range p.Changes {
			for _, v := range c.Values {
				listed += v.Count
				if v.Kind == redact.Email && c.Where != "link" && !bytes.Contains(data, []byte(v.After)) {
					t.Errorf("%v: %s in place of %s of %s is not in the file", keys, v.After, v.Before, c.Key)
				}
			}
			listed += c.Beyond
		}
		if listed+p.Beyond != p.Count || p.Count == 0 {
			t.Errorf("%v: %d listed of %d", keys, listed, p.Count)
		}
		if kept := bytes.Contains(data, []byte(secrets[0].part)); kept != (keys["note"] == "keep") {
			t.Errorf("%v: the address is kept: %v", keys, kept)
		}
	}
	s := sharingOf("otlp-json", redactNone, plantedTrace())
	if p, err := (sharer{}).Look(t.Context(), s, nil); err != nil || p.Count != 0 {
		t.Errorf("without rules: %+v, %v", p, err)
	}
	s.Rules = filepath.Join(t.TempDir(), "none.json")
	if _, err := (sharer{}).Look(t.Context(), s, nil); !errors.Is(err, errRules) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// TestNotesOfAFileAreInItsReports exports a snapshot with a note as pages.
func TestNotesOfAFileAreInItsReports(t *testing.T) {
	tr := plantedTrace()
	s := sharingOf(export.Snapshot, redactNone, tr)
	s.Notes = []savedview.Note{{ID: "n", TraceID: tr.ID.String(), Author: "Anna", Text: "ask ivan.petrov@mail.ru about the key"}}
	path := filepath.Join(t.TempDir(), "case.traceview")
	if _, err := (sharer{}).Write(t.Context(), s, path, true, func(float64, int64) {}); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"html", "markdown"} {
		r := try(t, "", "export", path, "--to", to)
		if r.code != 0 || !strings.Contains(r.out, "Anna") || !strings.Contains(r.out, "about the key") || strings.Contains(r.out, "ivan.petrov") {
			t.Errorf("%s: status %d, message %q", to, r.code, r.err)
		}
	}
}

func TestWindowKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "there.csv")
	if err := os.WriteFile(path, []byte("was there before"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := sharingOf(export.CSV, redactSafe, plantedTrace())
	if _, err := (sharer{}).Write(t.Context(), s, path, false, nil); !(sharer{}).Exists(err) {
		t.Errorf("got %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "was there before" {
		t.Errorf("the file holds %.50q (%v)", data, err)
	}
}

func TestSharingErrorsInWords(t *testing.T) {
	w := i18n.For("en")
	for err, want := range map[error]string{
		fmt.Errorf("write x: %w", syscall.ENOSPC): "The disk is full", fmt.Errorf("write x: %w", syscall.EROFS): "Nothing can be written there",
		errors.Join(errRules, redact.ErrBadRule): "The file of rules cannot be used",
	} {
		if title, hint := explain(w, err); title != want || hint == "" {
			t.Errorf("%v: %q, %q", err, title, hint)
		}
	}
}

func TestPagesOfJaeger(t *testing.T) {
	id := model.TraceID{0xab, 15: 1}
	for in, want := range map[string]string{
		"https://jaeger.example": "https://jaeger.example/trace/" + id.String(), "http://h:16686/jaeger/ui/": "http://h:16686/jaeger/ui/trace/" + id.String(), "": "",
		"https://h/x?token=1#a": "https://h/x/trace/" + id.String(),
	} {
		_, err := parsePages(in)
		if got := weblink.Jaeger(in, id, 0); err != nil || got != want {
			t.Errorf("%q: %q (%v), want %q", in, got, err, want)
		}
	}
	if got := weblink.Jaeger("https://h", id, 7); !strings.HasSuffix(got, "?uiFind=0000000000000007") {
		t.Errorf("got %q", got)
	}
	for _, bad := range []string{"jaeger:16686", "ftp://h", "https://user:secret@h", "https://", "javascript:alert(1)", "%"} {
		var usage usageError
		if _, err := parsePages(bad); !errors.As(err, &usage) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
		if got := weblink.Jaeger(bad, id, 7); got != "" {
			t.Errorf("%q leads to %s", bad, got)
		}
	}
}
