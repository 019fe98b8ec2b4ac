package otlp

import "encoding/binary"

// The wire types of protobuf, the low three bits of a tag.
const (
	wireVarint = 0
	wireI64    = 1
	wireBytes  = 2
	wireGroup  = 3
	wireEnd    = 4
	wireI32    = 5
)

// maxGroups bounds how deep groups, which OTLP never uses, may be nested.
const maxGroups = 100

// A wireReader walks over the fields of one protobuf message. After a failure
// it is at its end and err says why.
type wireReader struct {
	b    []byte
	i    int
	tag  uint64 // field number and wire type
	from int    // where the field at hand begins
	err  error
	clip bool // let bytes run beyond the end, giving what there is
}

// next moves to the next field; false at the end and after a failure.
func (r *wireReader) next() bool {
	if r.i >= len(r.b) {
		return false
	}
	r.from = r.i
	if c := r.b[r.i]; c < 0x80 {
		r.i++
		r.tag = uint64(c)
	} else {
		r.tag = r.varint()
	}
	if r.tag>>3 == 0 && r.err == nil {
		r.fail(ErrMalformed)
	}
	return r.err == nil
}

func (r *wireReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.i = len(r.b)
}

// varint reads a base-128 number.
func (r *wireReader) varint() uint64 {
	if r.i < len(r.b) && r.b[r.i] < 0x80 {
		r.i++
		return uint64(r.b[r.i-1])
	}
	return r.longVarint()
}

func (r *wireReader) longVarint() uint64 {
	v, n := binary.Uvarint(r.b[r.i:])
	if n <= 0 {
		if n < 0 {
			r.fail(ErrMalformed)
		} else {
			r.fail(ErrTruncated)
		}
		return 0
	}
	r.i += n
	return v
}

// bytes reads a length and as many bytes, which share the input.
func (r *wireReader) bytes() []byte {
	n := r.varint()
	if left := uint64(len(r.b) - r.i); n > left {
		if r.err == nil && r.clip {
			v := r.b[r.i:]
			r.fail(ErrTruncated)
			return v
		}
		r.fail(ErrTruncated)
		return nil
	}
	v := r.b[r.i : r.i+int(n)]
	r.i += int(n)
	return v
}

func (r *wireReader) fixed64() uint64 {
	if len(r.b)-r.i < 8 {
		r.fail(ErrTruncated)
		return 0
	}
	v := binary.LittleEndian.Uint64(r.b[r.i:])
	r.i += 8
	return v
}

func (r *wireReader) fixed32() uint32 {
	if len(r.b)-r.i < 4 {
		r.fail(ErrTruncated)
		return 0
	}
	v := binary.LittleEndian.Uint32(r.b[r.i:])
	r.i += 4
	return v
}

// skip passes over the value of the field at hand.
func (r *wireReader) skip() { r.skipValue(0) }

func (r *wireReader) skipValue(depth int) {
	switch r.tag & 7 {
	case wireVarint:
		r.varint()
	case wireI64:
		r.fixed64()
	case wireBytes:
		r.bytes()
	case wireI32:
		r.fixed32()
	case wireGroup:
		r.skipGroup(depth)
	default:
		r.fail(ErrMalformed)
	}
}

func (r *wireReader) skipGroup(depth int) {
	field := r.tag >> 3
	if depth >= maxGroups {
		r.fail(ErrMalformed)
		return
	}
	for r.next() {
		if r.tag&7 == wireEnd {
			if r.tag>>3 != field {
				r.fail(ErrMalformed)
			}
			return
		}
		r.skipValue(depth + 1)
	}
	r.fail(ErrTruncated)
}

// tagOf makes the tag of a field.
func tagOf(field, wire uint64) uint64 { return field<<3 | wire }
