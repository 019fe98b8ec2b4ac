package format

import "io"

const (
	aheadBytes  = 512 << 10 // of a piece
	aheadPieces = 4
)

// An ahead reads from another reader on a goroutine of its own, some pieces ahead of
// who reads from it. Packed data are unpacked by the block of 128 KB: to wait for each
// of 2,000 blocks took a third of the time of reading a million spans, though another
// processor had time to unpack them.
type ahead struct {
	full  chan piece
	empty chan []byte // to be filled again
	stop  chan struct{}
	ended chan struct{}

	buf  []byte // being read
	rest []byte // what is left of it
	err  error  // behind the rest
}

// A piece is what was read, and the error behind it.
type piece struct {
	data []byte
	err  error
}

func readAhead(r io.Reader) *ahead {
	a := &ahead{
		full: make(chan piece, aheadPieces), empty: make(chan []byte, aheadPieces),
		stop: make(chan struct{}), ended: make(chan struct{}),
	}
	go a.fill(r)
	return a
}

// fill reads until there is an error or close is called.
func (a *ahead) fill(r io.Reader) {
	defer close(a.ended)
	for made := 0; ; {
		var buf []byte
		if made < aheadPieces {
			made++
			buf = make([]byte, aheadBytes)
		} else {
			select {
			case buf = <-a.empty:
			case <-a.stop:
				return
			}
		}
		n, err := 0, error(nil)
		for n < len(buf) && err == nil {
			var m int
			m, err = r.Read(buf[n:])
			n += m
		}
		select {
		case a.full <- piece{buf[:n], err}:
		case <-a.stop:
			return
		}
		if err != nil {
			return
		}
	}
}

// Read must not be called after close.
func (a *ahead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.buf != nil {
			a.empty <- a.buf[:cap(a.buf)] // which has room for all there are
		}
		next := <-a.full
		a.buf, a.rest, a.err = next.data, next.data, next.err
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// close ends reading, and returns when the other reader is not used any more.
func (a *ahead) close() {
	close(a.stop)
	<-a.ended
}
