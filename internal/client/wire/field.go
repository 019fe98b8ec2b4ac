package wire

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrMalformed is wrapped by every error of Unmarshal.
var ErrMalformed = errors.New("malformed protobuf message")

// A Field is one field as it stands on the wire. Bytes is set for fields with
// a length and is part of the message read; Bits is set for varint and fixed64.
type Field struct {
	Num   protowire.Number
	Type  protowire.Type
	Bits  uint64
	Bytes []byte
}

// Is says whether the field has that number and wire type. A known number with
// another type counts as unknown.
func (f *Field) Is(num protowire.Number, typ protowire.Type) bool {
	return f.Num == num && f.Type == typ
}

// A Reader walks the fields of one message in order:
//
//	r := NewReader(b)
//	for r.Next() { … r.Field … }
//	return r.Err()
type Reader struct {
	Field
	rest []byte
	err  error
}

// NewReader returns a Reader of message b, which it does not copy.
func NewReader(b []byte) Reader { return Reader{rest: b} }

// Next goes to the next field; false at the end and after an error.
func (r *Reader) Next() bool {
	if len(r.rest) == 0 || r.err != nil {
		return false
	}
	num, typ, n := protowire.ConsumeTag(r.rest)
	if n < 0 {
		r.err = fmt.Errorf("%w: %w", ErrMalformed, protowire.ParseError(n))
		return false
	}
	r.rest = r.rest[n:]
	r.Field = Field{Num: num, Type: typ}
	switch typ {
	case protowire.VarintType:
		r.Bits, n = protowire.ConsumeVarint(r.rest)
	case protowire.Fixed64Type:
		r.Bits, n = protowire.ConsumeFixed64(r.rest)
	case protowire.BytesType:
		r.Bytes, n = protowire.ConsumeBytes(r.rest)
	default:
		n = protowire.ConsumeFieldValue(num, typ, r.rest)
	}
	if n < 0 {
		r.err = fmt.Errorf("%w: field %d: %w", ErrMalformed, num, protowire.ParseError(n))
		return false
	}
	r.rest = r.rest[n:]
	return true
}

// Err returns the error that ended reading, which wraps ErrMalformed, or nil.
func (r *Reader) Err() error { return r.err }

// eachField calls visit for every field of b in order.
func eachField(b []byte, visit func(Field) error) error {
	r := NewReader(b)
	for r.Next() {
		if err := visit(r.Field); err != nil {
			return err
		}
	}
	return r.err
}

func appendString(b []byte, num protowire.Number, s string) []byte {
	if s == "" {
		return b
	}
	return protowire.AppendString(protowire.AppendTag(b, num, protowire.BytesType), s)
}

func appendVarint(b []byte, num protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), v)
}

func appendInt32(b []byte, num protowire.Number, v int32) []byte {
	return appendVarint(b, num, uint64(int64(v)))
}

func appendBool(b []byte, num protowire.Number, v bool) []byte {
	return appendVarint(b, num, protowire.EncodeBool(v))
}

func appendFixed64(b []byte, num protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendFixed64(protowire.AppendTag(b, num, protowire.Fixed64Type), v)
}

func appendBytes(b []byte, num protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), v)
}

// appendMap appends entries in the order of their keys, so that equal messages
// have equal bytes.
func appendMap(b []byte, num protowire.Number, m map[string]string) []byte {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var entry []byte
	for _, k := range keys {
		entry = appendString(appendString(entry[:0], 1, k), 2, m[k])
		b = appendBytes(b, num, entry)
	}
	return b
}

// stringPair reads a message of two strings, 1 and 2: a map entry among others.
func stringPair(b []byte) (key, value string, err error) {
	err = eachField(b, func(f Field) error {
		switch {
		case f.Is(1, protowire.BytesType):
			key = string(f.Bytes)
		case f.Is(2, protowire.BytesType):
			value = string(f.Bytes)
		}
		return nil
	})
	return key, value, err
}

// appendTime appends a google.protobuf.Timestamp unless t is the zero Time.
func appendTime(b []byte, num protowire.Number, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	return appendBytes(b, num, appendInt32(appendVarint(nil, 1, uint64(t.Unix())), 2, int32(t.Nanosecond())))
}

// The range of google.protobuf.Timestamp: the years 1 to 9999.
const minSeconds, maxSeconds = -62135596800, 253402300799

func parseTime(b []byte) (time.Time, error) {
	sec, nanos, err := parseSecondsNanos(b)
	if err != nil {
		return time.Time{}, err
	}
	if sec < minSeconds || sec > maxSeconds || nanos < 0 || nanos > 999_999_999 {
		return time.Time{}, fmt.Errorf("%w: timestamp %d s %d ns is out of range", ErrMalformed, sec, nanos)
	}
	return time.Unix(sec, int64(nanos)).UTC(), nil
}

// appendDuration appends a google.protobuf.Duration unless d is 0.
func appendDuration(b []byte, num protowire.Number, d time.Duration) []byte {
	if d == 0 {
		return b
	}
	sec, nanos := d/time.Second, d%time.Second
	return appendBytes(b, num, appendInt32(appendVarint(nil, 1, uint64(sec)), 2, int32(nanos)))
}

func parseDuration(b []byte) (time.Duration, error) {
	sec, nanos, err := parseSecondsNanos(b)
	if err != nil {
		return 0, err
	}
	const limit = math.MaxInt64/int64(time.Second) - 1 // room for the nanoseconds
	if sec < -limit || sec > limit || nanos <= -1e9 || nanos >= 1e9 {
		return 0, fmt.Errorf("%w: duration %d s %d ns is out of range", ErrMalformed, sec, nanos)
	}
	return time.Duration(sec)*time.Second + time.Duration(nanos), nil
}

func parseSecondsNanos(b []byte) (sec int64, nanos int32, err error) {
	err = eachField(b, func(f Field) error {
		switch {
		case f.Is(1, protowire.VarintType):
			sec = int64(f.Bits)
		case f.Is(2, protowire.VarintType):
			nanos = int32(f.Bits)
		}
		return nil
	})
	return sec, nanos, err
}
