// Package jsonpull reads JSON as a stream: the caller asks for what it expects
// and skips the rest, nothing is built in memory. It is lenient where a trace
// file may be odd without being ambiguous: documents run together, trailing
// commas, control characters and broken escapes in strings, byte-order marks
// and NULs between values.
package jsonpull

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Sentinels wrapped by Parser.Err.
var (
	ErrTruncated = errors.New("data ends in the middle")
	ErrMalformed = errors.New("not valid JSON")
	// ErrTooLarge comes from a reader that refuses to go on, or from one text,
	// number or value that is read as a whole and is larger than MaxValue: what was
	// read so far is of no use.
	ErrTooLarge = errors.New("too large when unpacked")
)

// A Kind is what a value is.
type Kind uint8

// The kinds of value. End is the end of the input.
const (
	End Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// A Parser reads values one after another from a buffer that it fills from a
// reader. Slices it returns hold until the next call. After an error every
// method returns zero values, so that callers need to look at Err only once.
// It is used by one goroutine.
type Parser struct {
	r       io.Reader // nil if buf is all there is
	buf     []byte
	i       int   // the next byte
	base    int64 // offset of buf[0] in the input
	keep    int   // bytes from here must stay in the buffer; -1 if none
	first   bool  // an object or array was entered and nothing of it read
	err     error
	scratch []byte // the last string with escapes
}

// bufferSize holds most strings whole and is small against any cache.
const bufferSize = 64 << 10

// MaxValue is the size in bytes from which no value is read as a whole.
const MaxValue = 64 << 20

// New returns a Parser that reads from r.
func New(r io.Reader) *Parser {
	return &Parser{r: r, buf: make([]byte, 0, bufferSize), keep: -1}
}

// NewBytes returns a Parser over data, which it does not copy.
func NewBytes(data []byte) *Parser { return &Parser{buf: data, keep: -1} }

// Err returns what went wrong, with its place: an error that wraps ErrTruncated
// or ErrMalformed, or that of the reader.
func (p *Parser) Err() error { return p.err }

// Offset returns how many bytes of the input have been read.
func (p *Parser) Offset() int64 { return p.base + int64(p.i) }

// Fail ends parsing with a malformed value at the present place; what says what
// was wanted.
func (p *Parser) Fail(what string) { p.fail(what, ErrMalformed) }

func (p *Parser) fail(what string, cause error) {
	if p.err == nil {
		p.err = fmt.Errorf("%s at byte %d: %w", what, p.Offset(), cause)
	}
	p.r, p.buf, p.i = nil, nil, 0
}

// fill reads more, keeping what is not yet read; false at the end of the input.
func (p *Parser) fill() bool {
	if p.r == nil {
		return false
	}
	from := p.i
	if p.keep >= 0 && p.keep < from {
		from = p.keep
	}
	if from > 0 {
		n := copy(p.buf, p.buf[from:])
		p.buf = p.buf[:n]
		p.i -= from
		p.base += int64(from)
		if p.keep >= 0 {
			p.keep -= from
		}
	}
	if len(p.buf) == cap(p.buf) {
		if len(p.buf) >= MaxValue {
			p.fail("value", ErrTooLarge)
			return false
		}
		p.buf = append(make([]byte, 0, 2*cap(p.buf)), p.buf...)
	}
	for range 100 {
		n, err := p.r.Read(p.buf[len(p.buf):cap(p.buf)])
		p.buf = p.buf[:len(p.buf)+n]
		if err == io.EOF {
			p.r = nil
			return n > 0
		}
		if err != nil {
			p.fail("read", err)
			return false
		}
		if n > 0 {
			return true
		}
	}
	p.fail("read", io.ErrNoProgress)
	return false
}

// peek skips white space and returns the next byte, 0 at the end.
func (p *Parser) peek() byte {
	for {
		for p.i < len(p.buf) {
			if c := p.buf[p.i]; c > ' ' {
				return c
			}
			p.i++
		}
		if !p.fill() {
			return 0
		}
	}
}

// Next returns the kind of the next value without reading it.
func (p *Parser) Next() Kind {
	switch c := p.peek(); {
	case c == '"':
		return String
	case c == '{':
		return Object
	case c == '[':
		return Array
	case c == 't', c == 'f', c == 'T', c == 'F':
		return Bool
	case c == 'n':
		return Null
	case c == '-', c == '+', c == '.', c >= '0' && c <= '9', c == 'N', c == 'I': // NaN, Infinity
		return Number
	case c == 0:
		return End
	default:
		p.Fail(fmt.Sprintf("value beginning with %q", c))
		return End
	}
}

// More moves to the next document of a run of them, which white space, commas
// and byte-order marks may separate; false at the end of the input.
func (p *Parser) More() bool {
	for {
		switch c := p.peek(); {
		case c == ',':
			p.i++
		case c == 0xEF:
			if !p.has(3) || !bytes.Equal(p.buf[p.i:p.i+3], []byte("\xEF\xBB\xBF")) {
				p.Fail("document")
				return false
			}
			p.i += 3
		default:
			return c != 0
		}
	}
}

// has makes n bytes available.
func (p *Parser) has(n int) bool {
	for len(p.buf)-p.i < n {
		if !p.fill() {
			return false
		}
	}
	return true
}

// Enter begins an object or an array; any other value is skipped, and false
// returned. After Enter the fields or elements are read in a loop over Field
// or Elem, each followed by exactly one reading of its value.
func (p *Parser) Enter(k Kind) bool {
	if p.Next() != k || k != Object && k != Array {
		p.Skip()
		return false
	}
	p.i++
	p.first = true
	return true
}

// Field moves to the next field of an object and returns its key; false behind
// the last one, which ends the object.
func (p *Parser) Field() (key []byte, ok bool) {
	if !p.step('}') {
		return nil, false
	}
	if p.buf[p.i] != '"' {
		p.Fail("key of an object")
		return nil, false
	}
	key = p.quoted()
	// The key is looked at before the value is read; only the colon is passed,
	// if it is in the buffer already, which moves nothing.
	if p.i < len(p.buf) && p.buf[p.i] == ':' {
		p.i++
		return key, p.err == nil
	}
	key = append(p.scratch[:0], key...)
	p.scratch = key
	if c := p.peek(); c != ':' {
		p.wanted(c, "colon")
		return nil, false
	}
	p.i++
	return key, true
}

// Elem moves to the next element of an array; false behind the last one, which
// ends the array.
func (p *Parser) Elem() bool { return p.step(']') }

// step passes a comma, or the end of an object or array.
func (p *Parser) step(end byte) bool {
	c := p.peek()
	if !p.first && c == ',' {
		p.i++
		c = p.peek()
	} else if !p.first && c != end {
		p.wanted(c, "comma")
		return false
	}
	p.first = false
	if c == end {
		p.i++
		return false
	}
	if c == 0 {
		p.wanted(c, "value")
		return false
	}
	return true
}

// wanted fails over a missing byte: at the end of the input it is truncated.
func (p *Parser) wanted(c byte, what string) {
	if c == 0 {
		p.fail(what, ErrTruncated)
		return
	}
	p.Fail(what)
}
