package model

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
)

// A TraceID names a trace. The zero value stands for "none".
type TraceID [16]byte

// A SpanID names a span within its trace; it holds the eight bytes in
// big-endian order. The zero value stands for "none".
type SpanID uint64

// ErrBadID is wrapped by ParseTraceID and ParseSpanID.
var ErrBadID = errors.New("not a hexadecimal id")

// IsZero says whether the id is absent.
func (id TraceID) IsZero() bool { return id == TraceID{} }

// String returns the id as 32 lower-case hexadecimal digits.
func (id TraceID) String() string { return hex.EncodeToString(id[:]) }

// IsZero says whether the id is absent.
func (id SpanID) IsZero() bool { return id == 0 }

// String returns the id as 16 lower-case hexadecimal digits.
func (id SpanID) String() string {
	b := id.Bytes()
	return hex.EncodeToString(b[:])
}

// Bytes returns the id's eight bytes in the order of the wire.
func (id SpanID) Bytes() (b [8]byte) {
	binary.BigEndian.PutUint64(b[:], uint64(id))
	return b
}

// ParseTraceID reads up to 32 hexadecimal digits of either case; shorter text
// is taken as having lost its leading zeros, as Jaeger prints ids. The error
// wraps ErrBadID.
func ParseTraceID(s string) (TraceID, error) {
	var id TraceID
	if err := parseHex(id[:], s); err != nil {
		return TraceID{}, fmt.Errorf("trace id %q: %w", clip(s), err)
	}
	return id, nil
}

// ParseSpanID reads up to 16 hexadecimal digits, as ParseTraceID does.
func ParseSpanID(s string) (SpanID, error) {
	var b [8]byte
	if err := parseHex(b[:], s); err != nil {
		return 0, fmt.Errorf("span id %q: %w", clip(s), err)
	}
	return SpanID(binary.BigEndian.Uint64(b[:])), nil
}

// TraceIDOf reads an id as ParseTraceID does. Other text names a trace by its hash,
// and ok is false; no text at all is the zero id.
func TraceIDOf(text []byte) (id TraceID, ok bool) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return id, true
	}
	if len(text) <= 2*len(id) {
		var full [32]byte
		n := copy(full[:], zeros[:len(full)-len(text)])
		copy(full[n:], text)
		if _, err := hex.Decode(id[:], full[:]); err == nil {
			return id, true
		}
	}
	return HashTraceID(text), false
}

const zeros = "00000000000000000000000000000000"

// SpanIDOf is TraceIDOf for spans.
func SpanIDOf(text []byte) (id SpanID, ok bool) {
	text = bytes.TrimSpace(text)
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return HashSpanID(text), false
		}
		if id>>60 != 0 {
			return HashSpanID(text), false
		}
		id = id<<4 | SpanID(c)
	}
	return id, true
}

// HashTraceID names a trace whose recorded id is no id, the same for the same
// text, so that spans and links which share it still meet.
func HashTraceID(text []byte) (id TraceID) {
	h := fnv.New128a()
	h.Write(text)
	h.Sum(id[:0])
	return id
}

// HashSpanID is HashTraceID for spans.
func HashSpanID(text []byte) SpanID {
	h := fnv.New64a()
	h.Write(text)
	return SpanID(h.Sum64())
}

func parseHex(dst []byte, s string) error {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 2*len(dst) {
		return ErrBadID
	}
	full := strings.Repeat("0", 2*len(dst)-len(s)) + s
	if _, err := hex.Decode(dst, []byte(full)); err != nil {
		return ErrBadID
	}
	return nil
}

// clip keeps an id quoted in an error short, whatever was typed.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
