package otlp

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"traceview/internal/model"
)

// traceID reads a trace id: hexadecimal of either case, base64 of its bytes, or
// any other text, which names a trace by its hash.
func (d *jsonDecoder) traceID() model.TraceID {
	text := d.p.Text()
	var id model.TraceID
	if len(text) == 32 {
		if _, err := hex.Decode(id[:], text); err == nil {
			return id
		}
	}
	raw, ok := d.oddID(text, 16)
	id, known := traceIDOf(raw)
	d.badID = d.badID || !ok || !known
	return id
}

// spanID is traceID for spans.
func (d *jsonDecoder) spanID() model.SpanID {
	text := d.p.Text()
	if len(text) == 16 {
		var b [8]byte
		if _, err := hex.Decode(b[:], text); err == nil {
			id, _ := spanIDOf(b[:])
			return id
		}
	}
	raw, ok := d.oddID(text, 8)
	id, known := spanIDOf(raw)
	d.badID = d.badID || !ok || !known
	return id
}

// oddID returns the bytes of an id that is not of size bytes in hexadecimal:
// from base64, which is told by its padding, or from fewer digits, as after the
// loss of leading zeros. Other text is returned as it is. ok says that the
// result is what the writer meant.
func (d *jsonDecoder) oddID(text []byte, size int) (raw []byte, ok bool) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil, true
	}
	if len(text) == base64.StdEncoding.EncodedLen(size) {
		if raw, err := base64.StdEncoding.AppendDecode(nil, text); err == nil && len(raw) == size {
			return raw, true
		}
	}
	if len(text) <= 2*size {
		full := append(bytes.Repeat([]byte("0"), 2*size-len(text)), text...)
		if _, err := hex.Decode(full, full); err == nil {
			return full[:size], len(text) == 16
		}
	}
	return text, false
}
