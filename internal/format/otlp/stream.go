package otlp

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// framing is how messages stand in a file.
type framing int

const (
	notProto  framing = iota
	bare              // one message
	delimited         // messages each led by its length
)

// LooksLikeProto says whether head, the beginning of some data, begins as OTLP
// protobuf does, bare or led by lengths.
func LooksLikeProto(head []byte) bool { return framingOf(head) != notProto }

// framingOf tells by the first few bytes. Both framings begin with small
// numbers, but the third level, a field of ResourceSpans, can only be one of
// four, so that mistaking one for the other takes a file made for it.
func framingOf(head []byte) framing {
	if beginsTraces(head) {
		return bare
	}
	r := wireReader{b: head}
	if n := r.varint(); r.err == nil && n > 0 && beginsTraces(head[r.i:]) {
		return delimited
	}
	return notProto
}

// beginsTraces says whether b begins with a field resource_spans that begins
// with a field of ResourceSpans, as far as b goes.
func beginsTraces(b []byte) bool {
	r := wireReader{b: b}
	if !r.next() || r.tag != tagOf(1, wireBytes) {
		return false
	}
	n := r.varint()
	if r.err != nil || r.i == len(b) {
		return len(b) > 1 // cut off, or empty
	}
	if n == 0 {
		return b[r.i] == byte(tagOf(1, wireBytes))
	}
	if !r.next() {
		return false
	}
	switch r.tag {
	case tagOf(1, wireBytes), tagOf(2, wireBytes), tagOf(3, wireBytes), tagOf(1000, wireBytes):
		return true
	}
	return false
}

// frames decodes messages each led by its length.
func (d *Decoder) frames(data []byte) error {
	for i := 0; i < len(data); {
		r := wireReader{b: data, i: i, clip: true}
		msg := r.bytes()
		if err := d.Message(msg); err != nil {
			return err
		}
		if r.err != nil {
			return d.cut(&syntaxError{int64(i), "message", r.err})
		}
		i = r.i
	}
	return nil
}

// Read decodes what DecodeProto does, from a reader, holding one ResourceSpans
// (or one message of a delimited stream) in memory at a time. The error may wrap
// one of r.
func (d *Decoder) Read(r io.Reader) error {
	in := source{r: bufio.NewReaderSize(r, 1<<16)}
	head, err := in.r.Peek(64)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if framingOf(head) == delimited {
		return d.readFrames(&in)
	}
	for {
		tag, err := in.varint()
		if err == io.EOF {
			return nil
		}
		if err == nil && tag != tagOf(1, wireBytes) {
			if err = in.skip(tag, 0); err == nil {
				continue
			}
		}
		if err != nil {
			return d.cut(&syntaxError{in.off, "traces", err})
		}
		msg, readErr := in.bytes()
		d.place(msg, in.off-int64(len(msg)))
		if err := d.resourceSpans(msg); err != nil && readErr == nil {
			return d.cut(err)
		}
		if readErr != nil {
			return d.cut(&syntaxError{in.off, "resource spans", readErr})
		}
	}
}

func (d *Decoder) readFrames(in *source) error {
	for {
		if _, err := in.r.Peek(1); err == io.EOF {
			return nil
		}
		msg, readErr := in.bytes()
		if err := d.Message(msg); err != nil && readErr == nil {
			return err
		}
		if readErr != nil {
			return d.cut(&syntaxError{in.off, "message", readErr})
		}
	}
}

// source reads the outermost level of a protobuf file.
type source struct {
	r   *bufio.Reader
	off int64
	buf []byte
}

func (s *source) ReadByte() (byte, error) {
	c, err := s.r.ReadByte()
	if err == nil {
		s.off++
	}
	return c, err
}

// varint returns io.EOF only where no byte is left.
func (s *source) varint() (uint64, error) {
	v, err := binary.ReadUvarint(s)
	switch {
	case err == nil || err == io.EOF:
		return v, err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, ErrTruncated
	case err.Error() == "binary: varint overflows a 64-bit integer":
		return 0, ErrMalformed
	}
	return 0, err
}

// bytes reads a length and as many bytes, valid until the next call; where the
// input ends early, what there is. Memory grows with what is read, not with
// the length that is stated.
func (s *source) bytes() ([]byte, error) {
	n, err := s.varint()
	if err == io.EOF {
		err = ErrTruncated
	}
	if err != nil {
		return nil, err
	}
	s.buf = s.buf[:0]
	for uint64(len(s.buf)) < n {
		step := int(min(n-uint64(len(s.buf)), max(1<<20, uint64(len(s.buf)))))
		if have := len(s.buf); cap(s.buf) < have+step {
			s.buf = append(make([]byte, 0, have+step), s.buf...)
		}
		got, err := io.ReadFull(s.r, s.buf[len(s.buf):len(s.buf)+step])
		s.buf = s.buf[:len(s.buf)+got]
		s.off += int64(got)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return s.buf, ErrTruncated
		}
		if err != nil {
			return s.buf, err
		}
	}
	return s.buf, nil
}

// skip passes over a field that is no message of ours.
func (s *source) skip(tag uint64, depth int) error {
	var n uint64
	var err error
	switch tag & 7 {
	case wireVarint:
		_, err = s.varint()
	case wireBytes:
		n, err = s.varint()
	case wireI64:
		n = 8
	case wireI32:
		n = 4
	case wireGroup:
		err = s.skipGroup(tag>>3, depth)
	default:
		err = ErrMalformed
	}
	if tag>>3 == 0 {
		err = ErrMalformed
	}
	if err == nil && n > 0 {
		var got int64
		got, err = io.CopyN(io.Discard, s.r, int64(min(n, 1<<62)))
		s.off += got
	}
	if err == io.EOF {
		err = ErrTruncated
	}
	return err
}

func (s *source) skipGroup(field uint64, depth int) error {
	if depth >= maxGroups {
		return ErrMalformed
	}
	for {
		tag, err := s.varint()
		if err != nil {
			return err
		}
		if tag&7 == wireEnd {
			if tag>>3 != field {
				return ErrMalformed
			}
			return nil
		}
		if err := s.skip(tag, depth+1); err != nil {
			return err
		}
	}
}
