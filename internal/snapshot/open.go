package snapshot

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"traceview/internal/format"
	"traceview/internal/model"
)

// A File is what Open found in a file of any format.
type File struct {
	Traces   []*model.Trace
	Info     format.Info
	Snapshot *Snapshot // nil unless the file is a snapshot
}

// Open reads a snapshot, or a file of any other format that can be read. As
// format.Decode does, it returns what came before an error together with it;
// the File is nil if there is nothing. The error names the path.
func Open(ctx context.Context, path string, o format.Options) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // says what and which
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if stat.IsDir() {
		return nil, fmt.Errorf("open %s: it is a folder, not a file", path)
	}
	o.Size = stat.Size()
	var file *File
	if beginsAsZIP(f) {
		file, err = openZIP(ctx, f, stat.Size(), o)
	} else {
		file, err = decode(ctx, f, o)
	}
	if err != nil {
		err = fmt.Errorf("open %s: %w", path, err)
	}
	return file, err
}

// OpenReader is Open for a stream such as standard input. A snapshot, which is
// read from its end, is held in memory and may have at most MaxStreamed bytes.
func OpenReader(ctx context.Context, r io.Reader, o format.Options) (*File, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(4)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read: %w", err)
	}
	if !isZIP(head) {
		return decode(ctx, in, o)
	}
	data, err := io.ReadAll(io.LimitReader(in, MaxStreamed+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if len(data) > MaxStreamed {
		return nil, fmt.Errorf("more than %d bytes in a stream: %w", MaxStreamed, format.ErrTooLarge)
	}
	return openZIP(ctx, bytes.NewReader(data), int64(len(data)), o)
}

// MaxStreamed bounds a snapshot read from a stream, in bytes.
const MaxStreamed = 1 << 30

// isZIP says whether head begins a ZIP, also one without members.
func isZIP(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

func openZIP(ctx context.Context, r io.ReaderAt, size int64, o format.Options) (*File, error) {
	s, info, err := Read(ctx, r, size, o)
	if s == nil {
		return nil, err
	}
	return &File{Traces: s.Traces, Info: info, Snapshot: s}, err
}

func decode(ctx context.Context, r io.Reader, o format.Options) (*File, error) {
	traces, info, err := format.Decode(ctx, r, o)
	if err != nil && len(traces) == 0 {
		if errors.Is(err, format.ErrUnknown) {
			err = fmt.Errorf("%w (a .traceview file, or one of %v)", err, format.Writable())
		}
		return nil, err
	}
	return &File{Traces: traces, Info: info}, err
}
