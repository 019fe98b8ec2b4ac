package jsonpull

import (
	"encoding/hex"
	"io"
	"strconv"
)

// flushSize is how much a Writer hands on at a time, in bytes.
const flushSize = 1 << 20

// A Writer appends JSON to Out and hands it on about a megabyte at a time. A
// comma is put before whatever does not come right behind an opening bracket or
// a key, so that no field needs to know its place. It is used by one goroutine.
type Writer struct {
	Out []byte // not handed on yet

	w    io.Writer
	err  error
	last byte // of what was handed on
	keys Keys
}

// NewWriter returns a Writer to w. End must be called when all is written.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Err returns the first error of the writer below.
func (e *Writer) Err() error { return e.err }

// End hands on what is left and returns the first error.
func (e *Writer) End() error {
	e.flush()
	return e.err
}

func (e *Writer) flush() {
	if n := len(e.Out); n > 0 {
		e.last = e.Out[n-1]
	}
	if e.err == nil {
		_, e.err = e.w.Write(e.Out)
	}
	e.Out = e.Out[:0]
}

// Flush hands on what there is if it has come to a megabyte; false after an
// error.
func (e *Writer) Flush() bool {
	if len(e.Out) > flushSize {
		e.flush()
	}
	return e.err == nil
}

// Comma separates from what came before, unless that opened something.
func (e *Writer) Comma() {
	last := e.last
	if n := len(e.Out); n > 0 {
		last = e.Out[n-1]
	}
	switch last {
	case 0, '{', '[', ':', ',':
	default:
		e.Out = append(e.Out, ',')
	}
}

// Open begins an object or an array with its bracket.
func (e *Writer) Open(c byte) {
	e.Comma()
	e.Out = append(e.Out, c)
}

// Close ends an object or an array with its bracket.
func (e *Writer) Close(c byte) { e.Out = append(e.Out, c) }

// Raw appends s, which is JSON.
func (e *Writer) Raw(s string) { e.Out = append(e.Out, s...) }

// Key appends the key of a field, which needs no escapes.
func (e *Writer) Key(name string) {
	e.Comma()
	e.Out = append(append(append(e.Out, '"'), name...), '"', ':')
}

// Text appends a string.
func (e *Writer) Text(s string) {
	e.Comma()
	e.Out = AppendString(e.Out, s)
}

// Int appends a whole number.
func (e *Writer) Int(v int64) {
	e.Comma()
	e.Out = strconv.AppendInt(e.Out, v, 10)
}

// Hex appends bytes as a string of hexadecimal digits.
func (e *Writer) Hex(v []byte) {
	e.Comma()
	e.Out = append(hex.AppendEncode(append(e.Out, '"'), v), '"')
}

// TextField appends a field unless its text is empty.
func (e *Writer) TextField(key, value string) {
	if value != "" {
		e.Key(key)
		e.Text(value)
	}
}

// IntField appends a field unless its number is zero.
func (e *Writer) IntField(key string, v int64) {
	if v != 0 {
		e.Key(key)
		e.Int(v)
	}
}

// Unique begins an object whose keys come from outside: OwnKey appends them.
func (e *Writer) Unique() {
	e.keys.Reset()
	e.Open('{')
}

// OwnKey appends a key of the object begun with Unique, changed if the object
// has it already.
func (e *Writer) OwnKey(name string) {
	e.Comma()
	e.Out = append(AppendString(e.Out, e.keys.Unique(name)), ':')
}

// Has says whether the object begun with Unique has a key.
func (e *Writer) Has(name string) bool { return e.keys.Has(name) }

// Keys keeps the keys of one object apart: JSON leaves open which of two equal
// ones counts, and most readers drop the first.
type Keys struct {
	few  []string
	many map[string]int // how often a key came; used above fewKeys
}

// fewKeys are compared one by one, which is cheaper than hashing.
const fewKeys = 16

// Reset begins a new object.
func (k *Keys) Reset() {
	k.few = k.few[:0]
	if len(k.many) > 8*fewKeys {
		k.many = nil // clearing a large table costs as much as it is large
	}
	clear(k.many)
}

// Has says whether Unique has returned a key.
func (k *Keys) Has(name string) bool {
	if len(k.few) <= fewKeys {
		for _, f := range k.few {
			if f == name {
				return true
			}
		}
		return false
	}
	return k.many[name] > 0
}

// Unique returns name, or for one that was there before, name#2, name#3 and so
// on, which was not.
func (k *Keys) Unique(name string) string {
	unique := name
	for n := max(2, k.many[name]+1); k.Has(unique); n++ {
		unique = name + "#" + strconv.Itoa(n)
		if k.many != nil {
			k.many[name] = n
		}
	}
	k.few = append(k.few, unique)
	switch n := len(k.few); {
	case n == fewKeys+1:
		if k.many == nil {
			k.many = map[string]int{}
		}
		for _, f := range k.few {
			k.many[f] = max(k.many[f], 1)
		}
	case n > fewKeys:
		k.many[unique] = max(k.many[unique], 1)
	}
	return unique
}
