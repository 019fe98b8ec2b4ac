package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"traceview/internal/export"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/savedview"
	"traceview/internal/secret/secrettest"
	"traceview/ui/drawing"
)

// checkParts fails where a picture has parts that may hold text.
func checkParts(t *testing.T, data []byte) {
	t.Helper()
	for at := 8; at < len(data); {
		n, kind := int(binary.BigEndian.Uint32(data[at:])), string(data[at+4:at+8])
		if !slices.Contains([]string{"IHDR", "PLTE", "tRNS", "IDAT", "IEND"}, kind) {
			t.Errorf("the picture has a part %s", kind)
		}
		at += 12 + n
	}
}

// tokens are those of a kind, and which planted texts are of it.
var tokens = []struct {
	pattern *regexp.Regexp
	want    int
}{
	{regexp.MustCompile(`\[email:[a-z]{14}\]`), 2}, {regexp.MustCompile(`\[phone:[a-z]{14}\]`), 4}, {regexp.MustCompile(`\[card:[a-z]{14}\]`), 2},
}

// TestNoSecretLeavesInDisguise redacts one job, as the window and the command
// line do, writes it in every format, and looks for every secret in all forms a
// file may hold it in. Equal values must have stayed equal in all of them.
func TestNoSecretLeavesInDisguise(t *testing.T) {
	job := export.Job{Traces: []*model.Trace{plantedTrace()}, Words: i18n.For("en"), Zone: time.UTC, Created: time.Unix(1e9, 0), Artist: drawing.Artist{Words: i18n.For("en")},
		Order: "10472", View: &savedview.View{Name: "case"}}
	for _, s := range secrets {
		job.View.Traces = append(job.View.Traces, savedview.Trace{TraceID: "01", Filter: "note~" + s.text})
		job.Notes = append(job.Notes, savedview.Note{ID: "n", TraceID: "01", Text: "look, " + s.text})
	}
	job.View.Name = "case of " + secrets[0].text
	if err := job.Redact(t.Context(), redact.New(redact.Safe(), nil), nil); err != nil {
		t.Fatal(err)
	}
	seen := make([]map[string]bool, len(tokens))
	for i := range seen {
		seen[i] = map[string]bool{}
	}
	for _, f := range append(export.Formats(), export.Snapshot) {
		t.Run(string(f), func(t *testing.T) {
			one := job
			one.Format = f
			path := filepath.Join(t.TempDir(), "out")
			err := export.File(path, 0o600, false, func(w io.Writer) error { _, err := one.Write(t.Context(), w, nil); return err })
			if err != nil {
				t.Fatal(err)
			}
			data := plain(t, path)
			if f == export.PNG {
				checkParts(t, data)
			}
			for _, s := range secrets {
				if form, at := secrettest.Find(data, s.part); form != "" {
					t.Errorf("%q as %s in …%.160q", s.part, form, data[max(at-60, 0):])
				}
			}
			for i, k := range tokens {
				for _, token := range k.pattern.FindAll(data, -1) {
					seen[i][string(token)] = true
				}
			}
			if f == export.Snapshot && (!bytes.Contains(data, []byte("case of ")) || !bytes.Contains(data, []byte("look, "))) {
				t.Error("the view or the notes are missing")
			}
		})
	}
	for i, k := range tokens {
		if len(seen[i]) != k.want {
			t.Errorf("%d different tokens %s, want %d", len(seen[i]), k.pattern, k.want)
		}
	}
}
