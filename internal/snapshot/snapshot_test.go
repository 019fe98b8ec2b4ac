package snapshot

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protowire"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format"
	"traceview/internal/format/otlp"
	"traceview/internal/logs"
	"traceview/internal/model"
)

var ctx = context.Background()

func traces(t testing.TB, sizes ...int) []*model.Trace {
	t.Helper()
	b := model.NewBuilder()
	for i, n := range sizes {
		if err := otlp.DecodeProto(synthetic.Trace(n, int64(i+1)), b); err != nil {
			t.Fatal(err)
		}
	}
	return b.Build()
}

// sample is a snapshot with a little of everything.
func sample(t testing.TB) *Snapshot {
	return &Snapshot{
		Manifest: Manifest{
			App: "traceview 1.0", Source: "demo", Order: "заказ-7",
			Created: time.Date(2026, 11, 12, 9, 14, 3, 0, time.UTC),
		},
		Traces:  traces(t, 300, 20),
		Members: map[string][]byte{"view.json": []byte(`{"zoom":2}`), "notes.json": []byte(`[]`), "later/thing.bin": {0, 1, 2}},
	}
}

func written(t testing.TB, s *Snapshot) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := Write(&buf, s); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func read(data []byte) (*Snapshot, format.Info, error) {
	return Read(ctx, bytes.NewReader(data), int64(len(data)), format.Options{})
}

// proto is all that OTLP can say of traces.
func proto(traces []*model.Trace) (out []byte) {
	for _, t := range traces {
		out = otlp.AppendProto(out, t)
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	want := sample(t)
	got, info, err := read(written(t, want))
	if err != nil {
		t.Fatal(err)
	}
	if info.Format != Format || info.Compression != "zstd" {
		t.Errorf("got format %q in %q", info.Format, info.Compression)
	}
	if !bytes.Equal(proto(got.Traces), proto(want.Traces)) {
		t.Error("the traces differ")
	}
	if g, w := fmt.Sprint(got.Members), fmt.Sprint(want.Members); g != w {
		t.Errorf("got members %s, want %s", g, w)
	}
	m := got.Manifest
	if m.App != "traceview 1.0" || m.Source != "demo" || m.Order != "заказ-7" || !m.Created.Equal(want.Manifest.Created) || m.Version != Version {
		t.Errorf("got manifest %+v", m)
	}
	if len(m.Traces) != 2 || m.Traces[0].Spans != 300 || m.Traces[0].TraceID != want.Traces[0].ID.String() || len(m.Traces[0].Services) == 0 {
		t.Errorf("got summaries %+v", m.Traces)
	}
	if len(m.Files) != 4 {
		t.Errorf("got sums of %d files, want 4", len(m.Files))
	}
}

func TestEmptySnapshot(t *testing.T) {
	got, _, err := read(written(t, &Snapshot{}))
	if err != nil || len(got.Traces) != 0 {
		t.Errorf("got %v and error %v, want an empty snapshot", got, err)
	}
}

// TestOtherToolsReadTheTraces unpacks a snapshot as a person would.
func TestOtherToolsReadTheTraces(t *testing.T) {
	want := sample(t)
	data := written(t, want)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(tracesName)
	if err != nil {
		t.Fatal(err)
	}
	d, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(d)
	if err != nil || !bytes.Equal(got, proto(want.Traces)) {
		t.Errorf("got %d bytes of other OTLP and error %v", len(got), err)
	}
}

func TestUnknownFieldsAreKept(t *testing.T) {
	data := edit(t, written(t, sample(t)), func(name string, data []byte) (string, []byte) {
		if name == manifestName {
			data = bytes.Replace(data, []byte(`"app":`), []byte(`"tomorrow":{"n":12345678901234567890},"app":`), 1)
		}
		return name, data
	})
	s, _, err := read(data)
	if err != nil {
		t.Fatal(err)
	}
	s.Manifest.App = "traceview 2.0"
	again, _, err := read(written(t, s))
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(again.Manifest)
	if err != nil || !bytes.Contains(out, []byte(`"tomorrow":{"n":12345678901234567890}`)) || again.Manifest.App != "traceview 2.0" {
		t.Errorf("got manifest %s and error %v", out, err)
	}
}

// edit writes a ZIP anew with each member passed through f; a member renamed
// to "" is left out.
func edit(t testing.TB, data []byte, f func(name string, data []byte) (string, []byte)) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	for _, m := range in.File {
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name, content := f(m.Name, content)
		if name == "" {
			continue
		}
		add(t, out, name, content)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func add(t testing.TB, z *zip.Writer, name string, content []byte) {
	t.Helper()
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(content)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// replaced gives one member other content, renamed another name.
func replaced(which string, content []byte) func(string, []byte) (string, []byte) {
	return func(name string, data []byte) (string, []byte) {
		if name == which {
			return name, content
		}
		return name, data
	}
}

func renamed(which, to string) func(string, []byte) (string, []byte) {
	return func(name string, data []byte) (string, []byte) {
		if name == which {
			return to, data
		}
		return name, data
	}
}

func inManifest(old, replacement string) func(string, []byte) (string, []byte) {
	return func(name string, data []byte) (string, []byte) {
		if name == manifestName {
			data = bytes.Replace(data, []byte(old), []byte(replacement), 1)
		}
		return name, data
	}
}

func zst(t testing.TB, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	z, err := zstd.NewWriter(&buf)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestHostileFiles(t *testing.T) {
	good := written(t, sample(t))
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"empty", nil, ErrNotSnapshot},
		{"text", []byte("hello"), ErrNotSnapshot},
		{"another ZIP", edit(t, good, renamed(manifestName, "other.txt")), ErrNotSnapshot},
		{"cut in half", good[:len(good)/2], ErrDamaged},
		{"traces missing", edit(t, good, renamed(tracesName, "")), ErrDamaged},
		{"notes missing", edit(t, good, renamed("notes.json", "")), ErrDamaged},
		{"newer layout", edit(t, good, inManifest(`"version": 1`, `"version": 2`)), ErrNewer},
		{"no layout", edit(t, good, inManifest(`"version": 1`, `"version": 0`)), ErrNotSnapshot},
		{"manifest is no JSON", edit(t, good, replaced(manifestName, []byte("{"))), ErrDamaged},
		{"manifest is no object", edit(t, good, replaced(manifestName, []byte("[]"))), ErrDamaged},
		{"view changed", edit(t, good, replaced("view.json", []byte(`{"zoom":3}`))), ErrDamaged},
		{"other traces", edit(t, good, replaced(tracesName, zst(t, synthetic.Trace(5, 1)))), ErrDamaged},
		{"traces are text", edit(t, good, replaced(tracesName, []byte("text"))), ErrDamaged},
		{"traces are JSON", edit(t, good, replaced(tracesName, zst(t, []byte(`{"resourceSpans":[]}`)))), ErrDamaged},
		{"traces cut", edit(t, good, func(name string, data []byte) (string, []byte) {
			if name == tracesName {
				data = data[:len(data)/2]
			}
			return name, data
		}), ErrDamaged},
		{"path upwards", edit(t, good, renamed("view.json", "../view.json")), ErrUnsafe},
		{"absolute path", edit(t, good, renamed("view.json", "/etc/passwd")), ErrUnsafe},
		{"backslash", edit(t, good, renamed("view.json", `a\b`)), ErrUnsafe},
		{"twice the same name", edit(t, good, renamed("view.json", "notes.json")), ErrUnsafe},
		{"huge member", edit(t, good, replaced("view.json", bytes.Repeat([]byte("abcdefgh"), MaxMember/8+1))), format.ErrTooLarge},
		{"bomb", edit(t, good, replaced("view.json", make([]byte, 10<<20))), format.ErrTooLarge},
		{"traces packed twice", edit(t, good, replaced(tracesName, packedTwice(t))), format.ErrTooLarge},
		{"bomb of traces", edit(t, good, replaced(tracesName, zst(t, bytes.Repeat([]byte{0x0a, 0}, 100<<20)))), format.ErrTooLarge},
		{"many members", manyMembers(t), ErrUnsafe},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := read(tt.data); !errors.Is(err, tt.want) {
				t.Errorf("got error %v, want one that is %q", err, tt.want)
			}
		})
	}
}

// packedTwice makes 100 MB that zstd packs by less than is refused, into frames
// that are all the same, so that deflate packs them once more.
func packedTwice(t testing.TB) []byte {
	t.Helper()
	filling := make([]byte, 1<<20)
	r := rand.NewChaCha8([32]byte{})
	_, _ = r.Read(filling[:2<<10]) // it cannot fail
	message := append(protowire.AppendTag([]byte{0x0a, 0, 0x0a, 0}, 15, protowire.BytesType), protowire.AppendBytes(nil, filling)...)
	return bytes.Repeat(zst(t, message), 100)
}

func manyMembers(t testing.TB) []byte {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := range maxMembers + 1 {
		add(t, z, fmt.Sprint(i), nil)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestWriteRefuses(t *testing.T) {
	for _, name := range []string{"../x", manifestName, tracesName, "", "a\\b"} {
		err := Write(io.Discard, &Snapshot{Members: map[string][]byte{name: nil}})
		if !errors.Is(err, ErrUnsafe) {
			t.Errorf("member %q: got error %v, want ErrUnsafe", name, err)
		}
	}
	err := Write(io.Discard, &Snapshot{Members: map[string][]byte{"big": make([]byte, MaxMember+1)}})
	if !errors.Is(err, format.ErrTooLarge) {
		t.Errorf("a big member: got error %v, want ErrTooLarge", err)
	}
}

func TestCancel(t *testing.T) {
	stop := errors.New("stop pressed")
	canceled, cancel := context.WithCancelCause(ctx)
	cancel(stop)
	data := written(t, sample(t))
	_, _, err := Read(canceled, bytes.NewReader(data), int64(len(data)), format.Options{})
	if !errors.Is(err, stop) && !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want that of the context", err)
	}
}

// TestDamagedTraces holds that what can be read of a damaged file is returned
// beside what is wrong with it.
func TestDamagedTraces(t *testing.T) {
	const n = 8_000
	path := filepath.Join(t.TempDir(), "damaged.traceview")
	good := written(t, &Snapshot{Manifest: Manifest{App: "traceview"}, Traces: traces(t, n)})
	for _, tt := range []struct {
		name   string
		change func(data []byte) []byte
		least  int // spans
	}{
		{"cut", func(data []byte) []byte { return data[:len(data)*3/4] }, n / 4},
		{"a flipped bit", func(data []byte) []byte { data[len(data)*3/4] ^= 4; return data }, n / 4},
		{"another trace than stated", func([]byte) []byte { return zst(t, synthetic.Trace(50, 9)) }, 50},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := edit(t, good, func(name string, data []byte) (string, []byte) {
				if name == tracesName {
					data = tt.change(data)
				}
				return name, data
			})
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := Open(ctx, path, format.Options{})
			if !errors.Is(err, ErrDamaged) || f == nil || len(f.Traces) != 1 || len(f.Traces[0].Spans) < tt.least {
				t.Fatalf("got %+v and error %v, want %d spans or more and that the file is damaged", f, err, tt.least)
			}
		})
	}
}

func TestCancelKeepsWhatWasRead(t *testing.T) {
	data := written(t, &Snapshot{Manifest: Manifest{App: "traceview"}, Traces: traces(t, 30_000)})
	canceled, cancel := context.WithCancel(ctx)
	s, _, err := Read(canceled, bytes.NewReader(data), int64(len(data)), format.Options{Keep: true, Progress: func(p format.Progress) {
		if p.Spans > 10_000 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || s == nil || len(s.Traces) != 1 || len(s.Traces[0].Spans) < 10_000 {
		t.Errorf("got %v and error %v, want some 10,000 spans and that of the context", s, err)
	}
}

func TestWriteFileAndOpen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "order.traceview")
	want := sample(t)
	for range 2 { // the second time over the first
		if err := WriteFile(path, want); err != nil {
			t.Fatal(err)
		}
	}
	stat, err := os.Stat(path)
	if err != nil || stat.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v and error %v, want 0600", stat.Mode(), err)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 1 {
		t.Errorf("%d files in the folder, want only the snapshot", len(left))
	}
	f, err := Open(ctx, path, format.Options{})
	if err != nil || f.Snapshot == nil || !bytes.Equal(proto(f.Traces), proto(want.Traces)) {
		t.Errorf("Open: got %+v and error %v", f, err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if f, err = OpenReader(ctx, file, format.Options{}); err != nil || len(f.Traces) != 2 {
		t.Errorf("OpenReader: got %+v and error %v", f, err)
	}
}

func TestOpenOtherFormats(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	all := traces(t, 50)
	for _, name := range format.Writable() {
		var buf bytes.Buffer
		if err := format.Encode(&buf, name, all); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(ctx, path, format.Options{})
		if err != nil || f.Snapshot != nil || f.Info.Format != name || len(f.Traces) != 1 {
			t.Errorf("%s: got %+v and error %v", name, f, err)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		name, content string
		want          error
		says          string
	}{
		{"empty", "", format.ErrUnknown, "empty"},
		{"text", "hello world", format.ErrUnknown, ".traceview"},
		{"zip", "PK\x03\x04 and no more", ErrDamaged, "ZIP"},
		{"other JSON", `{"a":1}`, format.ErrUnknown, "zipkin-json"},
	} {
		path := filepath.Join(dir, tt.name)
		if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(ctx, path, format.Options{})
		if !errors.Is(err, tt.want) || !strings.Contains(fmt.Sprint(err), tt.says) || !strings.Contains(fmt.Sprint(err), path) {
			t.Errorf("%s: got error %v, want %v with %q and the path", tt.name, err, tt.want, tt.says)
		}
	}
	if _, err := Open(ctx, dir, format.Options{}); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: got error %v", err)
	}
	if _, err := Open(ctx, filepath.Join(dir, "none"), format.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: got error %v", err)
	}
}

func TestFailedWriteLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.traceview")
	if err := WriteFile(path, &Snapshot{Members: map[string][]byte{"../x": nil}}); err == nil {
		t.Fatal("a bad snapshot was written")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("files are left: %v", slices.Collect(func(yield func(string) bool) {
			for _, e := range left {
				yield(e.Name())
			}
		}))
	}
}

func FuzzRead(f *testing.F) {
	good := written(f, &Snapshot{
		Manifest: Manifest{App: "traceview"}, Traces: traces(f, 3), Members: map[string][]byte{"view.json": []byte("{}")}})
	f.Add(good)
	f.Add(written(f, &Snapshot{Traces: traces(f, 1), Logs: []*logs.Lines{logs.New(model.TraceID{1}, []logs.Line{{Time: 1, Message: "m"}}, logs.Gap{Missed: 1})}}))
	f.Add(good[:len(good)-10])
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, _, err := Read(ctx, bytes.NewReader(data), int64(len(data)), format.Options{MaxUnpacked: 1 << 20})
		if err != nil {
			return
		}
		if _, _, err := read(written(t, s)); err != nil {
			t.Fatalf("a snapshot that was read cannot be written and read again: %v", err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1e3, 1e5, 1e6} {
		if n > 1e5 && testing.Short() {
			continue
		}
		data := written(b, &Snapshot{Traces: traces(b, n)})
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := read(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
