package format

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/iotest"
)

func TestReadsAheadWhatIsThere(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	broken := errors.New("broken")
	for _, size := range []int{0, 1, aheadBytes - 1, aheadBytes, aheadBytes + 1, (2*aheadPieces + 1) * aheadBytes} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		for name, c := range map[string]struct {
			r    io.Reader
			want error
		}{
			"at once":            {bytes.NewReader(data), nil},
			"in halves":          {iotest.HalfReader(bytes.NewReader(data)), nil},
			"an end with data":   {iotest.DataErrReader(bytes.NewReader(data)), nil},
			"an error":           {io.MultiReader(bytes.NewReader(data), iotest.ErrReader(broken)), broken},
			"cut":                {io.MultiReader(bytes.NewReader(data), iotest.ErrReader(io.ErrUnexpectedEOF)), io.ErrUnexpectedEOF},
			"an error with data": {iotest.DataErrReader(io.MultiReader(bytes.NewReader(data), iotest.ErrReader(broken))), broken},
		} {
			a := readAhead(c.r)
			got, err := io.ReadAll(iotest.HalfReader(a))
			if !bytes.Equal(got, data) || err != c.want {
				t.Errorf("%d bytes %s: read %d and %v, want %v", size, name, len(got), err, c.want)
			}
			if n, again := a.Read(make([]byte, 1)); n != 0 || again == nil || c.want != nil && again != c.want {
				t.Errorf("%d bytes %s: then %d and %v", size, name, n, again)
			}
			a.close()
		}
	}
}

// endless is a reader that says when it is used after it was given back.
type endless struct{ reads, gone atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.reads.Add(1)
	if e.gone.Load() > 0 {
		panic("used after close")
	}
	return len(p), nil
}

func TestReadsNoFurtherOnceClosed(t *testing.T) {
	for _, before := range []int{0, 1, 3 * aheadBytes} {
		e := &endless{}
		a := readAhead(e)
		if _, err := io.CopyN(io.Discard, a, int64(before)); err != nil {
			t.Fatal(err)
		}
		a.close()
		e.gone.Store(1)
		if most := int64(before/aheadBytes + 1 + aheadPieces); e.reads.Load() > most {
			t.Errorf("%d pieces were read for %d bytes, want %d at most", e.reads.Load(), before, most)
		}
	}
}
