package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"html"
	"io"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"
	"unicode/utf16"

	"traceview/internal/export"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/savedview"
	"traceview/ui/drawing"
)

// disguises returns a text as files may hold it without a reader seeing it.
func disguises(text string) map[string][]byte {
	wide := utf16.Encode([]rune(text))
	little, big := make([]byte, 2*len(wide)), make([]byte, 2*len(wide))
	for i, c := range wide {
		binary.LittleEndian.PutUint16(little[2*i:], c)
		binary.BigEndian.PutUint16(big[2*i:], c)
	}
	quoted, _ := json.Marshal(text) // of a text it never fails
	all := map[string][]byte{"plain": []byte(text), "UTF-16": little, "UTF-16, big end first": big, "percent": []byte(url.QueryEscape(text)), "path": []byte(url.PathEscape(text)),
		"JSON": quoted[1 : len(quoted)-1], "HTML": []byte(html.EscapeString(text)), "backwards": []byte(reversed(text))}
	for lead := range 3 { // base64 depends on where in three bytes a text begins
		for name, enc := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64 of addresses": base64.RawURLEncoding} {
			code := enc.EncodeToString(append(make([]byte, lead), text...))
			all[name+string(rune('0'+lead))] = []byte(code[(lead*8+5)/6 : len(code)-1])
		}
	}
	return all
}

func reversed(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

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
				for form, as := range disguises(s.part) {
					if at := bytes.Index(data, as); at >= 0 {
						t.Errorf("%q as %s in …%.160q", s.part, form, data[max(at-60, 0):])
					}
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

func TestDisguisesAreFound(t *testing.T) {
	const text = "hunter2planted"
	for lead := range 3 {
		data := []byte(base64.StdEncoding.EncodeToString([]byte("xyz"[:lead] + text + " and more")))
		if as := disguises(text)["base64"+string(rune('0'+lead))]; !bytes.Contains(data, as) {
			t.Errorf("%s is not found in %s", as, data)
		}
	}
}
