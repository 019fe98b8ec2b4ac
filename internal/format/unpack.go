package format

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/model"
)

// Limits on compressed input, against files made to fill memory. A million spans of
// a shop pack by 5 to 7 as protobuf and by 9 to 14 as JSON; 200,000 alike but for
// their time and a counted id by 47 (gzip), 66 and 118 (zstd at 3 and at 19). More than
// 200 takes data that say nothing; gzip goes to 1,030, zstd beyond 10,000.
const (
	// DefaultMaxUnpacked is 16 GiB, some 60 million spans.
	DefaultMaxUnpacked = 16 << 30
	maxRatio           = 200
	ratioFrom          = 64 << 20 // below that any ratio does
	maxWindow          = 128 << 20
)

// source reads the input until its context is done. Unpacking reads ahead on a
// goroutine of its own, hence the atomic count.
type source struct {
	ctx  context.Context
	r    io.Reader
	done atomic.Int64
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.done.Add(int64(n))
	return n, err
}

// unpacked reads what the input holds without its compression, and tells
// progress.
type unpacked struct {
	r     io.Reader
	in    *source
	guard guard
	o     Options
	limit int64 // 0 if the input is not compressed
	done  int64
	spent time.Duration
	close func()

	told   int64 // bytes of the input
	toldAt time.Time
	into   *model.Builder // of what was read; nil while the format is not known
	shows  model.Previewer
}

func (u *unpacked) Read(p []byte) (int, error) {
	if err := u.in.ctx.Err(); err != nil {
		return 0, err
	}
	began := time.Now()
	n, err := u.r.Read(p)
	now := time.Now()
	u.spent += now.Sub(began)
	u.done += int64(n)
	read := u.in.done.Load()
	if u.o.Progress != nil && (read-u.told >= 1<<20 || err == io.EOF && read > u.told || now.Sub(u.toldAt) > 100*time.Millisecond) {
		u.told, u.toldAt = read, now
		u.tell(read)
	}
	if u.limit > 0 {
		if u.done > u.limit {
			return n, fmt.Errorf("%d bytes of %d packed ones, more than %d: %w", u.done, read, u.limit, ErrTooLarge)
		}
		if u.done > ratioFrom && u.done/maxRatio > read {
			return n, fmt.Errorf("%d bytes of %d packed ones: %w", u.done, read, ErrTooLarge)
		}
	}
	if err := u.guard.check(u.done, read); err != nil {
		return n, err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("packed %w", ErrTruncated)
	}
	return n, err
}

// tell tells progress, on the goroutine that decodes: between two spans.
func (u *unpacked) tell(read int64) {
	p := Progress{Read: read, Size: u.o.Size}
	if u.into != nil {
		p.Spans = u.into.Len()
		if p.Size == 0 || p.Read < p.Size/4*3 { // else the whole is as soon there
			p.Preview = u.shows.Next(u.into)
		}
	}
	u.o.Progress(p)
}

// unpack tells compression by its first bytes and undoes it.
func unpack(in *source, o Options, info *Info) (*unpacked, error) {
	u := &unpacked{in: in, o: o, close: func() {}, guard: newGuard()}
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
		info.Compression = "gzip"
		u.readAhead(z, func() {})
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(head, zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fmt.Errorf("unpack zstd: %w", err)
		}
		info.Compression = "zstd"
		u.readAhead(z, z.Close)
	}
	if info.Compression != "" {
		if u.limit = o.MaxUnpacked; u.limit == 0 {
			u.limit = DefaultMaxUnpacked
		}
	}
	return u, nil
}

// readAhead unpacks while others decode. done gives back what unpacking holds.
func (u *unpacked) readAhead(r io.Reader, done func()) {
	a := readAhead(r)
	u.r = a
	u.close = func() {
		a.close()
		done()
	}
}
