package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"traceview/internal/export"
	"traceview/internal/format/flat"
)

// threeSteps are a file of two traces of three spans, one of them with a name like a formula.
const threeSteps = `[{"traceId":"a1","id":"1","name":"=HYPERLINK(1)","timestamp":5000,"duration":1000,"localEndpoint":{"serviceName":"shop"}},
	{"traceId":"a1","id":"2","parentId":"1","name":"pay","timestamp":5100,"duration":400,"localEndpoint":{"serviceName":"crm"}},
	{"traceId":"b2","id":"3","name":"other","timestamp":9000,"duration":70,"localEndpoint":{"serviceName":"shop"}}]`

func TestExportOneWay(t *testing.T) {
	t.Run("folded", func(t *testing.T) {
		const want = "shop:=HYPERLINK(1) 600\nshop:=HYPERLINK(1);crm:pay 400\nshop:other 70\n"
		if r := try(t, threeSteps, "export", "-", "--to", "folded"); r.code != 0 || r.out != want {
			t.Errorf("status %d, message %q, output\n%swant\n%s", r.code, r.err, r.out, want)
		}
	})
	t.Run("csv", func(t *testing.T) {
		r := try(t, threeSteps, "export", "-", "--to", "csv", "--lang", "en", "--redact", "none")
		rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
		if r.code != 0 || err != nil || len(rows) != 4 || !slices.Equal(rows[0], flat.Columns) || rows[1][4] != "'=HYPERLINK(1)" || rows[1][10] != "600000" {
			t.Errorf("status %d, rows %q (%v)", r.code, rows, err)
		}
		if !strings.HasPrefix(r.err, "1 cell begins like a formula.") {
			t.Errorf("message %q, want one about the formula", r.err)
		}
	})
	t.Run("svg", func(t *testing.T) {
		r := try(t, threeSteps, "export", "-", "--to", "svg", "--trace", "a1")
		if err := xml.Unmarshal([]byte(r.out), new(struct{})); r.code != 0 || err != nil || !strings.Contains(r.out, "HYPERLINK") {
			t.Errorf("status %d, error %v, drawing %.300s", r.code, err, r.out)
		}
	})
	t.Run("png", func(t *testing.T) {
		r := try(t, threeSteps, "export", "-", "--to", "png")
		img, err := png.Decode(strings.NewReader(r.out))
		if r.code != 0 || err != nil || img.Bounds().Dx() != 1920 {
			t.Errorf("status %d, error %v", r.code, err)
		}
	})
}

func TestExportOneTraceOfSeveral(t *testing.T) {
	for _, tt := range []struct {
		id   string
		code int
		want string
	}{
		{"", 0, "3"}, {"b2", 0, "1"}, {"a1", 0, "2"}, {"c3", 1, "not in the file"}, {"what", 2, "hexadecimal"},
	} {
		r := try(t, threeSteps, "export", "-", "--to", "csv", "--trace", tt.id)
		if r.code != tt.code || tt.code != 0 && !strings.Contains(r.err, tt.want) {
			t.Errorf("%q: status %d and message %q, want %d with %q", tt.id, r.code, r.err, tt.code, tt.want)
		}
		if n := strings.Count(r.out, "\n"); tt.code == 0 && tt.want != string(rune('0'+n-1)) {
			t.Errorf("%q: %d lines, want %s and the names", tt.id, n, tt.want)
		}
	}
	if r := try(t, threeSteps, "export", "-", "--to", "soap"); r.code != 2 || !strings.Contains(r.err, "chrome-trace folded csv html markdown svg png") {
		t.Errorf("an unknown format: status %d, message %q", r.code, r.err)
	}
}

// TestExportLeavesNothingHalfWritten ends an export in the middle.
func TestExportLeavesNothingHalfWritten(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in.json")
	if err := os.WriteFile(in, []byte("["+strings.Repeat(`{"traceId":"1","id":"1","name":"a","timestamp":5,"localEndpoint":{}},`, 2)+`{"traceId":"1","id":"2","timestamp":6}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(formats()) {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(dir, "out")
			if err := os.WriteFile(out, []byte("was there before"), 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			e := &env{out: io.Discard, err: io.Discard, lang: "en"}
			f, err := openFile(ctx, e, in)
			if err != nil {
				t.Fatal(err)
			}
			j, err := newJob(ctx, e, export.Format(name), nil, f.traces, f.notes)
			if err != nil {
				t.Fatal(err)
			}
			err = writeOut(e, out, 0o600, func(w writer) error {
				cancel()
				_, err := j.Write(ctx, w, nil)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
				t.Errorf("got error %v, want that of the context", err)
			}
			if data, err := os.ReadFile(out); err != nil || string(data) != "was there before" {
				t.Errorf("the file holds %.100q (%v)", data, err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".traceview-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestLongExportTellsHowFarItIs(t *testing.T) {
	var told bytes.Buffer
	w := teller{e: &env{err: &told, lang: "en"}}
	for n := range int64(3) { // the first is long after a start at zero, the others at once
		w.written((n + 1) << 20)
	}
	if told.String() != "1.05 MB written…\n" {
		t.Errorf("told %q, want one line", told.String())
	}
}

func TestInspectCountsWhatIsIgnored(t *testing.T) {
	const file = `[{"ph":"X","name":"a","ts":1,"dur":2},{"ph":"C","ts":1},{"ph":"C","ts":2}]`
	if r := try(t, file, "inspect", "-", "--lang", "en"); r.code != 0 || !strings.Contains(r.out, "Records of another kind: 2") {
		t.Errorf("status %d, output %s", r.code, r.out)
	}
	if r := try(t, file, "inspect", "-", "--json"); r.code != 0 || !strings.Contains(strings.Join(strings.Fields(r.out), ""), `"kind":"ignored","span_id":"","message":"Recordsofanotherkind","amount":2`) {
		t.Errorf("status %d, output %s", r.code, r.out)
	}
}
