package format

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Limits on compressed input, against files made to fill memory. Trace data
// packs by 5 to 50; a thousand is far from any and as far as gzip goes.
const (
	// DefaultMaxUnpacked is 16 GiB, some 60 million spans.
	DefaultMaxUnpacked = 16 << 30
	maxRatio           = 1000
	ratioFrom          = 64 << 20 // below that any ratio does
	maxWindow          = 128 << 20
)

// source reads the input, telling progress and stopping with its context.
type source struct {
	ctx  context.Context
	r    io.Reader
	o    Options
	done int64
	told int64
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.done += int64(n)
	if s.o.Progress != nil && (s.done-s.told >= 1<<20 || err == io.EOF && s.done > s.told) {
		s.told = s.done
		s.o.Progress(s.done, s.o.Size)
	}
	return n, err
}

// unpacked reads what the input holds without its compression.
type unpacked struct {
	r     io.Reader
	in    *source
	limit int64 // 0 if the input is not compressed
	done  int64
	spent time.Duration
	close func()
}

func (u *unpacked) Read(p []byte) (int, error) {
	began := time.Now()
	n, err := u.r.Read(p)
	u.spent += time.Since(began)
	u.done += int64(n)
	if u.limit > 0 {
		if u.done > u.limit {
			return n, fmt.Errorf("%d bytes of %d packed ones, more than %d: %w", u.done, u.in.done, u.limit, ErrTooLarge)
		}
		if u.done > ratioFrom && u.done/maxRatio > u.in.done {
			return n, fmt.Errorf("%d bytes of %d packed ones: %w", u.done, u.in.done, ErrTooLarge)
		}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("packed %w", ErrTruncated)
	}
	return n, err
}

// unpack tells compression by its first bytes and undoes it.
func unpack(in *source, o Options, info *Info) (*unpacked, error) {
	u := &unpacked{in: in, close: func() {}}
	head := bufio.NewReaderSize(in, 64<<10)
	magic, err := head.Peek(4)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read: %w", err)
	}
	u.r = head
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(head)
		if err != nil {
			return nil, fmt.Errorf("unpack gzip: %w", err)
		}
		info.Compression, u.r = "gzip", z
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(head, zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fmt.Errorf("unpack zstd: %w", err)
		}
		info.Compression, u.r, u.close = "zstd", z, z.Close
	}
	if info.Compression != "" {
		if u.limit = o.MaxUnpacked; u.limit == 0 {
			u.limit = DefaultMaxUnpacked
		}
	}
	return u, nil
}
