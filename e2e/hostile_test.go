//go:build e2e

package e2e

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/demo/synthetic"
)

// What a file may cost, however it was made.
const (
	mostMemory = 512 << 20       // bytes resident
	budgetTime = 5 * time.Second // of the processors, as fast as where it was set; the clock depends on who else works
)

// A hostileFile was made to fill memory, to go on for ever or to reach files of
// others.
type hostileFile struct {
	name  string
	write func(w io.Writer) error
	says  string // in the error; "" where all of the file is read
}

const (
	tooMuch   = "The file takes too much memory"
	broken    = "The file is damaged"
	cut       = "The file is cut off"
	unknown   = "This file cannot be read"
	mega      = 1 << 20
	headSpans = `{"resourceSpans":[{"scopeSpans":[{"spans":[`
)

var hostileFiles = []hostileFile{
	{"10 GB of blanks in gzip", packedBy(gz, `{"resourceSpans":[`, " ", 10<<30/64), tooMuch},
	{"10 GB of blanks in zstd", packedBy(zst, `{"resourceSpans":[`, " ", 1<<30), tooMuch},
	{"one name of 1 GB", packedBy(zst, headSpans+`{"name":"`, "x", 1<<30), tooMuch},
	{"one attribute of 1 GB, not packed", packedBy(asIs, headSpans+`{"attributes":[{"key":"a","value":{"stringValue":"`, "x", 1<<30), tooMuch},
	{"a number of 200 MB", packedBy(asIs, headSpans+`{"startTimeUnixNano":`, "9", 200*mega), tooMuch},
	{"30 million empty spans", packedBy(zst, headSpans, "{},", 90*mega), tooMuch},
	{"30 million empty spans, not packed", packedBy(asIs, headSpans, "{},", 90*mega), tooMuch},
	{"spans of a trace each", numbered(`{"resourceSpans":[{"scopeSpans":[{"spans":[`, `{"traceId":"%032x","spanId":"%[1]016x"},`, 3_000_000), tooMuch},
	{"attributes of a key each", numbered(headSpans+`{"traceId":"01","spanId":"1","attributes":[`, `{"key":"%x"},`, 8_000_000), tooMuch},
	{"empty spans of Jaeger", packedBy(zst, `{"data":[{"traceID":"1","spans":[`, "{},", 90*mega), tooMuch},
	{"empty annotations of Zipkin", packedBy(zst, `[{"traceId":"1","id":"1","annotations":[`, "{},", 90*mega), tooMuch},
	{"begins without an end of Chrome", packedBy(zst, `{"traceEvents":[`, `{"ph":"B"},`, 90*mega), tooMuch},
	{"threads of Chrome", numbered(`{"traceEvents":[`, `{"ph":"X","pid":%d,"tid":%[1]d,"ts":1},`, 3_000_000), tooMuch},
	{"brackets", packedBy(asIs, `{"resourceSpans":`, "[", 64*mega), cut},
	{"brackets in an argument", packedBy(asIs, `[{"ph":"X","args":{"a":`, "[", 64*mega), cut},
	{"a message of 2^60 bytes", written(append(binary.AppendUvarint([]byte{0x0a}, 1<<60), 0x12, 5)), cut},
	{"empty spans in protobuf", packedBy(zst, string(binary.AppendUvarint([]byte{0x0a}, 1<<40))+string(binary.AppendUvarint([]byte{0x12}, 1<<39)), "\x12\x00", 256*mega), tooMuch},
	{"one attribute of 150 MB in protobuf", longAttribute(150 * mega), tooMuch},
	{"noise", packedBy(asIs, "", "\x0a\xff\x7f\x93noise", 64*mega), unknown},
	{"a snapshot with a bomb for a view", snapshotWith(map[string]func(io.Writer) error{"view.json": packedBy(asIs, "[", " ", 1<<30)}), tooMuch},
	{"a snapshot with 10 GB of traces", snapshotWith(map[string]func(io.Writer) error{"traces.otlp.pb.zst": packedBy(zst, "", "\x0a\x00", 1<<30)}), tooMuch},
	{"a snapshot of 10 million traces by its manifest", snapshotWith(map[string]func(io.Writer) error{"manifest.json": packedBy(asIs, `{"version":1,"traces":[`, "{},", 30*mega)}), ""},
	{"the same, closed", snapshotWith(map[string]func(io.Writer) error{"manifest.json": closed(`{"version":1,"traces":[{}`, ",{}", 30*mega, "]}")}), tooMuch},
	{"a manifest of fields nobody knows", snapshotWith(map[string]func(io.Writer) error{"manifest.json": closed(`{"version":1,"x":[{}`, ",{}", 30*mega, "]}")}), tooMuch},
	{"5 million notes", snapshotWith(map[string]func(io.Writer) error{"notes.json": closed(`{"version":1,"notes":[{}`, ",{}", 15*mega, "]}")}), tooMuch},
	{"a snapshot that writes elsewhere", snapshotWith(map[string]func(io.Writer) error{"../../../../tmp/traceview-was-here": written([]byte("x"))}), "The file is damaged"},
	{"a snapshot of 65,000 members", crowd(65_000), "The file is damaged"},
	{"a snapshot that says 1 EB and has less", lying, broken},
	{"a ZIP within its own sizes", overlapping, ""},
	{"a snapshot that is cut", halved, broken},
}

// TestHostileFiles lets the program read files that were made against it. It
// has to say what is wrong with each, and to stay within bounds meanwhile.
func TestHostileFiles(t *testing.T) {
	_ = program(t) // what it takes to build is not counted
	path := filepath.Join(t.TempDir(), "hostile")
	y := newYardstick()
	for _, h := range hostileFiles {
		t.Run(h.name, func(t *testing.T) {
			slow := y.slowness(t)
			got := h.cost(t, path)
			most := time.Duration(max(slow, y.slowness(t)) * float64(budgetTime))
			t.Logf("%d bytes: status %d, %d MB, %v of %v, load %s, %.300q",
				got.size, got.Status, got.Memory/mega, got.Time.Round(time.Millisecond), most.Round(time.Millisecond), machineLoad(), got.Said)
			if got.Memory > mostMemory || got.Time > most {
				t.Errorf("took %d MB and %v, may take %d MB and %v", got.Memory/mega, got.Time, mostMemory/mega, most)
			}
			if strings.Contains(got.Said, "goroutine ") {
				t.Errorf("it crashed: %s", got.Said)
			}
			if h.says != "" && (got.Status != 1 || !strings.Contains(got.Said, h.says)) {
				t.Errorf("status %d and %q, want 1 and %q", got.Status, got.Said, h.says)
			}
		})
	}
	if _, err := os.Stat("/tmp/traceview-was-here"); err == nil {
		t.Error("a snapshot wrote outside")
	}
}

// cost writes the file to path and lets the program read it.
func (h *hostileFile) cost(t *testing.T, path string) cost {
	t.Helper()
	f, err := os.Create(path)
	if err == nil {
		err = errors.Join(h.write(f), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	got := measured(t, path)
	got.size = info.Size()
	return got
}

// A cost is what a run of the program took and said.
type cost struct {
	size   int64 // bytes of the file
	Status int
	Memory int64
	Time   time.Duration
	Said   string // on standard error
}

// measureEnv makes of the test binary a process that measures another.
const measureEnv = "TRACEVIEW_E2E_MEASURE"

// measured lets the program inspect a file. The kernel counts what the parent
// holds as the child's as long as both share memory, so the parent is a process
// of its own that holds next to nothing.
func measured(t *testing.T, path string) (c cost) {
	t.Helper()
	inspect := command(t, "inspect", path, "--lang", "en")
	cmd := exec.Command(os.Args[0], inspect.Args...)
	cmd.Env = append(inspect.Env, measureEnv+"=1")
	out, err := output(t.Context(), cmd)
	if err == nil {
		err = json.Unmarshal(out, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// measure runs a command and prints its cost.
func measure(args []string) error {
	var said bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = &said
	var ended *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &ended) {
		return err
	}
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return json.NewEncoder(os.Stdout).Encode(cost{
		Status: cmd.ProcessState.ExitCode(), Memory: used.Maxrss << 10,
		Time: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), Said: said.String()[:min(said.Len(), 4000)],
	})
}

// The ways to pack.
func asIs(w io.Writer) (io.WriteCloser, error) { return nopCloser{w}, nil }
func gz(w io.Writer) (io.WriteCloser, error)   { return gzip.NewWriterLevel(w, gzip.BestSpeed) }
func zst(w io.Writer) (io.WriteCloser, error) {
	return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func written(data []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(data); return err }
}

// packedBy packs head, then unit again and again, about size bytes.
func packedBy(pack func(io.Writer) (io.WriteCloser, error), head, unit string, size int) func(io.Writer) error {
	return func(to io.Writer) error {
		w, err := pack(to)
		if err != nil {
			return err
		}
		piece := []byte(strings.Repeat(unit, mega/len(unit)))
		_, err = io.WriteString(w, head)
		for n := 0; n < size && err == nil; n += len(piece) {
			_, err = w.Write(piece)
		}
		return errors.Join(err, w.Close())
	}
}

func closed(head, unit string, size int, tail string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, head+strings.Repeat(unit, size/len(unit))+tail)
		return err
	}
}

// numbered writes n units that are all different.
func numbered(head, unit string, n int) func(io.Writer) error {
	return func(to io.Writer) error {
		w, err := zst(to)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, head)
		for i := 0; i < n && err == nil; i++ {
			_, err = fmt.Fprintf(w, unit, i+1)
		}
		return errors.Join(err, w.Close())
	}
}

// longAttribute writes a span in protobuf with one attribute of n bytes.
func longAttribute(n int) func(io.Writer) error {
	return func(w io.Writer) error {
		var head []byte
		for _, field := range []byte{1, 2, 9, 2, 2, 1} { // text, value, attribute, span, spans of a library, spans of a resource
			head = append(binary.AppendUvarint([]byte{field<<3 | 2}, uint64(n+len(head))), head...)
		}
		_, err := w.Write(head)
		piece := bytes.Repeat([]byte("x"), mega)
		for ; n > 0 && err == nil; n -= mega { // n is whole megabytes
			_, err = w.Write(piece)
		}
		return err
	}
}

// snapshotWith writes a snapshot that is in order but for some members.
func snapshotWith(members map[string]func(io.Writer) error) func(io.Writer) error {
	return func(to io.Writer) error {
		z := zip.NewWriter(to)
		z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
		traces := packedTraces()
		all := map[string]func(io.Writer) error{"traces.otlp.pb.zst": written(traces), "manifest.json": written(manifestOf(traces))}
		for name, write := range members {
			all[name] = write
		}
		for name, write := range all {
			method := zip.Deflate
			if strings.HasPrefix(name, "m0") { // a packer for each of the crowd takes a minute
				method = zip.Store
			}
			w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
			if err == nil {
				err = write(w)
			}
			if err != nil {
				return err
			}
		}
		return z.Close()
	}
}

func packedTraces() []byte {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		return nil // then no snapshot is as expected
	}
	return z.EncodeAll(synthetic.Trace(20, 1), nil)
}

func manifestOf(traces []byte) []byte {
	return fmt.Appendf(nil, `{"version":1,"traces":[{"spans":20}],"files":{"traces.otlp.pb.zst":{"size":%d,"sha256":"%x"}}}`, len(traces), sha256.Sum256(traces))
}

func crowd(n int) func(io.Writer) error {
	return func(to io.Writer) error {
		members := map[string]func(io.Writer) error{}
		for i := range n {
			members[fmt.Sprint("m0", i)] = written(nil)
		}
		return snapshotWith(members)(to)
	}
}

// lying writes a member whose size in the directory is made up.
func lying(to io.Writer) error {
	traces := packedTraces()
	z := zip.NewWriter(to)
	for name, data := range map[string][]byte{"manifest.json": manifestOf(traces), "traces.otlp.pb.zst": traces} {
		h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data), CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data))}
		if name == "traces.otlp.pb.zst" {
			h.CompressedSize64, h.UncompressedSize64 = 1<<60, 1<<60
		}
		w, err := z.CreateRaw(h)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// overlapping writes a directory in which two hundred names mean the same bytes.
func overlapping(to io.Writer) error {
	var buf bytes.Buffer
	if err := snapshotWith(map[string]func(io.Writer) error{"a000": packedBy(asIs, "", "\x00", 15*mega)})(&buf); err != nil {
		return err
	}
	data := buf.Bytes()
	end := bytes.LastIndex(data, []byte("PK\x05\x06"))
	count := int(binary.LittleEndian.Uint16(data[end+8:]))
	from := int(binary.LittleEndian.Uint32(data[end+16:]))
	directory := bytes.Clone(data[from:end])
	at := bytes.Index(directory, []byte("a000"))
	begin := bytes.LastIndex(directory[:at], []byte("PK\x01\x02"))
	length := 46 + int(binary.LittleEndian.Uint16(directory[begin+28:])) + int(binary.LittleEndian.Uint16(directory[begin+30:])) + int(binary.LittleEndian.Uint16(directory[begin+32:]))
	entry := bytes.Clone(directory[begin : begin+length])
	for i := range 200 {
		copy(entry[46:], fmt.Sprintf("b%03d", i))
		directory = append(directory, entry...)
	}
	tail := bytes.Clone(data[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(count+200))
	binary.LittleEndian.PutUint16(tail[10:], uint16(count+200))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(directory)))
	_, err := to.Write(append(append(data[:from:from], directory...), tail...))
	return err
}

func halved(to io.Writer) error {
	var buf bytes.Buffer
	if err := snapshotWith(nil)(&buf); err != nil {
		return err
	}
	_, err := to.Write(buf.Bytes()[:buf.Len()/2])
	return err
}
