package client

import (
	"math"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"traceview/internal/client/wire"
	"traceview/internal/model"
)

// seconds is a Timestamp or a Duration.
type seconds struct{ sec, nano int64 }

func parseSeconds(b []byte) (s seconds, err error) {
	r := wire.NewReader(b)
	for r.Next() {
		switch {
		case r.Is(1, protowire.VarintType):
			s.sec = int64(r.Bits)
		case r.Is(2, protowire.VarintType):
			s.nano = int64(int32(r.Bits))
		}
	}
	return s, r.Err()
}

// nanos returns s in ns; ok is false if it does not fit.
func (s seconds) nanos() (ns int64, ok bool) {
	const limit = math.MaxInt64/1_000_000_000 - 3 // room for an int32 of nanoseconds
	if s.sec < -limit || s.sec > limit {
		return 0, false
	}
	return s.sec*1e9 + s.nano, true
}

// unixNano returns a Timestamp in Unix ns, 0 for one before 1970 or beyond 2262.
func (d *spanDecoder) unixNano(s seconds) uint64 {
	ns, ok := s.nanos()
	if !ok || ns < 0 {
		d.bad[badTime] = true
		return 0
	}
	return uint64(ns)
}

func (d *spanDecoder) setTimes(start, length seconds) {
	d.rec.StartNano = d.unixNano(start)
	d.rec.EndNano = d.rec.StartNano
	ns, ok := length.nanos()
	if end := int64(d.rec.StartNano) + ns; ok && end >= 0 && (ns < 0 || end >= ns) {
		d.rec.EndNano = uint64(end)
		return
	}
	d.bad[badTime] = true
}

// The types of a Jaeger value.
const (
	typeString = iota
	typeBool
	typeInt
	typeFloat
	typeBinary
)

// keyValue is a KeyValue message. Each type has a field of its own; the one
// that typ names counts.
type keyValue struct {
	key   []byte
	typ   uint64
	bits  uint64 // of a bool, int or float
	bytes []byte // of a string or binary value
}

// truth reads a tag like error, which old clients send as text.
func (kv *keyValue) truth() bool {
	return kv.typ == typeBool && kv.bits != 0 || kv.typ == typeString && strings.EqualFold(string(kv.bytes), "true")
}

func readKeyValue(b []byte) (kv keyValue, err error) {
	var bits [typeBinary + 1]uint64
	var text, binary []byte
	r := wire.NewReader(b)
	for r.Next() {
		switch {
		case r.Is(1, protowire.BytesType):
			kv.key = r.Bytes
		case r.Is(2, protowire.VarintType):
			kv.typ = r.Bits
		case r.Is(3, protowire.BytesType):
			text = r.Bytes
		case r.Is(4, protowire.VarintType):
			bits[typeBool] = r.Bits
		case r.Is(5, protowire.VarintType):
			bits[typeInt] = r.Bits
		case r.Is(6, protowire.Fixed64Type):
			bits[typeFloat] = r.Bits
		case r.Is(7, protowire.BytesType):
			binary = r.Bytes
		}
	}
	switch kv.typ {
	case typeString:
		kv.bytes = text
	case typeBinary:
		kv.bytes = binary
	case typeBool, typeInt, typeFloat:
		kv.bits = bits[kv.typ]
	}
	return kv, r.Err()
}

// attr makes an attribute; a type from the future has no value.
func (d *spanDecoder) attr(key model.StringID, kv keyValue) model.Attr {
	switch kv.typ {
	case typeString:
		return d.b.StringAttr(key, kv.bytes)
	case typeBool:
		return model.BoolAttr(key, kv.bits != 0)
	case typeInt:
		return model.IntAttr(key, int64(kv.bits))
	case typeFloat:
		return model.FloatAttr(key, math.Float64frombits(kv.bits))
	case typeBinary:
		return d.b.BytesAttr(key, kv.bytes)
	}
	d.bad[badAttr] = true
	return model.EmptyAttr(key)
}
