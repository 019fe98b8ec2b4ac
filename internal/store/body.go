package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// partSize bounds a row of body: what is read and decrypted at a time.
const partSize = 256 << 10

// partBits of the id of such a row number the parts of a trace, 16 GiB at most.
const partBits = 16

// bodyID returns the id of a row of body, so that the parts of a trace are
// neighbours and need no index.
func bodyID(k Key, part int) int64 { return int64(k)<<partBits | int64(part) }

// A packed is the spans of a trace as they are stored.
type packed struct {
	parts [][]byte // zstd of OTLP protobuf, one frame over all parts
	size  int64    // bytes of the protobuf
	sum   [sha256.Size]byte
}

func (p *packed) bytes() (n int64) {
	for _, part := range p.parts {
		n += int64(len(part))
	}
	return n
}

// smallTrace is the number of spans up to which a trace is packed in one piece,
// which is faster by what setting up a stream costs.
const smallTrace = 2000

// pack encodes a trace. A big one is never in memory whole but packed.
func (s *Store) pack(t *model.Trace) (*packed, error) {
	if len(t.Spans) <= smallTrace {
		plain := otlp.AppendProto(nil, t)
		data := s.packer.EncodeAll(plain, make([]byte, 0, len(plain)/4+64))
		p := &packed{size: int64(len(plain)), sum: sha256.Sum256(plain)}
		for len(data) > partSize {
			p.parts, data = append(p.parts, data[:partSize]), data[partSize:]
		}
		p.parts = append(p.parts, data)
		return p, nil
	}
	var list partWriter
	z, err := zstd.NewWriter(&list, zstd.WithEncoderConcurrency(2), zstd.WithEncoderCRC(true))
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	count := &counter{}
	if err := otlp.WriteProto(io.MultiWriter(z, sum, count), t); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return &packed{parts: list, size: count.n, sum: [sha256.Size]byte(sum.Sum(nil))}, nil
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

// partWriter cuts what is written into parts.
type partWriter [][]byte

func (w *partWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if last := len(*w) - 1; last < 0 || len((*w)[last]) == partSize {
			*w = append(*w, make([]byte, 0, partSize))
		}
		last := &(*w)[len(*w)-1]
		m := min(len(p), partSize-len(*last))
		*last = append(*last, p[:m]...)
		p = p[m:]
	}
	return n, nil
}

const selectBody = `SELECT data FROM body WHERE id BETWEEN ? AND ? ORDER BY id`

// A stored says what row a trace has in body.
type stored struct {
	key   Key
	id    model.TraceID
	parts int
	size  int64
	sum   []byte
}

// unpack decodes a stored trace into b. The error wraps ErrDamaged if it is not
// what was stored, by the checksum that zstd keeps: SHA-256, which Verify looks
// at, would take a third of the time.
func (s *Store) unpack(ctx context.Context, db queryer, st stored, b *model.Builder) error {
	rows, err := db.QueryContext(ctx, selectBody, bodyID(st.key, 0), bodyID(st.key+1, 0)-1)
	if err != nil {
		return err
	}
	defer rows.Close()
	in := &partReader{rows: rows}
	if st.parts == 1 {
		err = s.unpackOne(in, st, b)
	} else {
		err = unpackStream(in, st, b)
	}
	if in.err != nil { // what the decoders made of it tells less
		err = in.err
	}
	return err
}

// queryer is what both a database and a transaction do.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// unpackOne decodes a trace of one part, whose size is bounded by the ratio of
// zstd in practice and by what was stored in any case.
func (s *Store) unpackOne(in *partReader, st stored, b *model.Builder) error {
	if !in.next() {
		return fmt.Errorf("%w: its spans are missing", ErrDamaged)
	}
	plain, err := s.opener.DecodeAll(in.part, make([]byte, 0, st.size))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return decoded(otlp.DecodeProto(plain, b))
}

func unpackStream(in *partReader, st stored, b *model.Builder) error {
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(2))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer z.Close()
	return decoded(otlp.NewDecoder(b).Read(z))
}

func decoded(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// partReader reads the parts of a trace one after another.
type partReader struct {
	rows *sql.Rows
	part []byte
	err  error
}

// next goes to the next part and says whether there is one.
func (r *partReader) next() bool {
	if !r.rows.Next() {
		r.err = r.rows.Err()
		return false
	}
	var raw sql.RawBytes // valid until the next row
	if r.err = r.rows.Scan(&raw); r.err != nil {
		return false
	}
	r.part = raw
	return true
}

// Read implements io.Reader.
func (r *partReader) Read(p []byte) (int, error) {
	for len(r.part) == 0 {
		if !r.next() {
			if r.err != nil {
				return 0, r.err
			}
			return 0, io.EOF
		}
	}
	n := copy(p, r.part)
	r.part = r.part[n:]
	return n, nil
}
