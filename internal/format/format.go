// Package format reads trace files by what is in them, plain or compressed, and
// writes them. Each wire format has a package of its own below; this one knows
// their names and tells them apart.
package format

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"traceview/internal/format/chrometrace"
	"traceview/internal/format/jaeger"
	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
	"traceview/internal/format/zipkin"
	"traceview/internal/model"
)

// A Name names a format, as on the command line.
type Name string

// The formats that are told apart.
const (
	OTLPJSON    Name = "otlp-json"
	OTLPProto   Name = "otlp-proto"
	JaegerJSON  Name = "jaeger-json"
	ZipkinJSON  Name = "zipkin-json"
	ChromeTrace Name = "chrome-trace"
)

// Sentinels wrapped by the errors of this package.
var (
	ErrUnknown   = errors.New("not a trace file")
	ErrTooLarge  = jsonpull.ErrTooLarge
	ErrTruncated = jsonpull.ErrTruncated
)

// A row is what can be done with one format.
type row struct {
	name   Name
	title  string // for people
	decode func(r io.Reader, b *model.Builder) error
	encode func(w io.Writer, traces []*model.Trace) error
}

var rows = []row{
	{OTLPJSON, "OTLP JSON", otlp.DecodeJSON, otlp.WriteJSON},
	{OTLPProto, "OTLP protobuf", decodeProto, encodeProto},
	{JaegerJSON, "Jaeger JSON", jaeger.Decode, jaeger.Encode},
	{ZipkinJSON, "Zipkin JSON", zipkin.Decode, zipkin.Encode},
	{ChromeTrace, "Chrome trace-event JSON", decodeChrome, chrometrace.Encode},
}

func decodeProto(r io.Reader, b *model.Builder) error {
	d := otlp.NewDecoder(b)
	if body, ok := r.(watchedReader); ok {
		d.Watch, r = body.watch, body.Reader // which is buffered already
	}
	return d.Read(r)
}

func decodeChrome(r io.Reader, b *model.Builder) error {
	if body, ok := r.(watchedReader); ok {
		return chrometrace.DecodeWatched(body, body.watch, b)
	}
	return chrometrace.Decode(r, b)
}

// A watchedReader has a word to say also while nothing is read from it.
type watchedReader struct {
	io.Reader
	watch func() error
}

func encodeProto(w io.Writer, traces []*model.Trace) error {
	for _, t := range traces {
		if err := otlp.WriteProto(w, t); err != nil {
			return err
		}
	}
	return nil
}

// rowOf returns the row of a name, nil if there is none.
func rowOf(name Name) *row {
	i := slices.IndexFunc(rows, func(r row) bool { return r.name == name })
	if i < 0 {
		return nil
	}
	return &rows[i]
}

// Writable returns the names that Encode takes.
func Writable() []Name {
	var names []Name
	for _, r := range rows {
		names = append(names, r.name)
	}
	return names
}

// Encode writes traces in a format. The error names those there are if it is none.
func Encode(w io.Writer, name Name, traces []*model.Trace) error {
	r := rowOf(name)
	if r == nil {
		return fmt.Errorf("write format %q: %w", name, errNotWritable)
	}
	return r.encode(w, traces)
}

var errNotWritable = fmt.Errorf("%w: choose one of %s", errors.New("not a format that can be written"), list(Writable()))

func list(names []Name) string {
	var s []string
	for _, n := range names {
		s = append(s, string(n))
	}
	return strings.Join(s, ", ")
}

// Options adjust Decode. The zero value is right where nobody waits.
type Options struct {
	// Size is how long the input is, in bytes, if known.
	Size int64
	// Progress, unless nil, is told how far reading has come, about once a
	// megabyte and ten times a second, on the goroutine of Decode.
	Progress func(Progress)
	// Keep asks for the traces read by the time ctx was done, marked as cut, beside
	// its error.
	Keep bool
	// MaxUnpacked bounds compressed input once unpacked, in bytes; 0 stands for
	// DefaultMaxUnpacked.
	MaxUnpacked int64
}

// A Progress is how far Decode has come.
type Progress struct {
	Read, Size int64 // bytes of the input, as it is stored; 0 for a Size not known
	Spans      int   // so far
	// Preview, now and then, is a trace of the first spans of an input that takes
	// long and has held one trace so far: see model.Previewer.
	Preview *model.Trace
}

// Info tells what Decode found.
type Info struct {
	Format      Name
	Compression string // "", "gzip" or "zstd"
	Bytes       int64  // read of the input
	// ReadTime, DecodeTime and BuildTime are spent waiting for and unpacking the
	// input, making records of it and building the traces.
	ReadTime, DecodeTime, BuildTime time.Duration
}

// Decode reads all traces of r, whatever of the formats it holds, plain or in
// gzip or zstd. Where the input ends early or turns invalid, the traces before
// are returned together with the error. It stops when ctx is done, and then returns
// none unless asked to keep them.
func Decode(ctx context.Context, r io.Reader, o Options) ([]*model.Trace, Info, error) {
	var info Info
	in := &source{ctx: ctx, r: r}
	began := time.Now()
	plain, err := unpack(in, o, &info)
	if err != nil {
		return nil, info, err
	}
	defer plain.close()
	body := bufio.NewReaderSize(plain, sniffMore)
	format, err := sniffReader(body)
	info.Format, info.Bytes = format, in.done.Load()
	if err != nil {
		return nil, info, err
	}
	f := rowOf(format)
	b := model.NewBuilder()
	plain.into = b
	if err = f.decode(watchedReader{body, plain.look}, b); err != nil && !errors.Is(err, ErrTooLarge) {
		err = fmt.Errorf("decode %s: %w", f.title, err)
	}
	info.Bytes, info.ReadTime = in.done.Load(), plain.spent
	info.DecodeTime = time.Since(began) - plain.spent
	if ctx.Err() != nil {
		err = fmt.Errorf("decode %s: %w", f.title, context.Cause(ctx))
		if !o.Keep {
			return nil, info, err
		}
	}
	if full := plain.roomToBuild(b.Len()); errors.Is(full, ErrTooLarge) {
		err = full
	}
	if errors.Is(err, ErrTooLarge) {
		return nil, info, fmt.Errorf("decode %s: %w", f.title, err)
	}
	began = time.Now()
	traces := b.Build()
	info.BuildTime = time.Since(began)
	return traces, info, err
}
