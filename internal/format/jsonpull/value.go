package jsonpull

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Text reads a value and returns what a string says or how a number or truth
// value is written; nil for null. Of an object or array, which is skipped, it
// returns nil.
func (p *Parser) Text() []byte {
	v, _ := p.Scalar()
	return v
}

// Scalar is Text with the kind of the value.
func (p *Parser) Scalar() ([]byte, Kind) {
	switch k := p.Next(); k {
	case String:
		return p.quoted(), k
	case Number, Bool:
		return p.literal(), k
	case Null:
		p.literal()
		return nil, k
	case End:
		p.fail("value", ErrTruncated)
		return nil, k
	default:
		p.Skip()
		return nil, k
	}
}

// literal reads a number or a word.
func (p *Parser) literal() []byte {
	n := 0
	for {
		for p.i+n < len(p.buf) {
			if !isLiteral(p.buf[p.i+n]) {
				v := p.buf[p.i : p.i+n]
				p.i += n
				return v
			}
			n++
		}
		if !p.fill() {
			v := p.buf[min(p.i, len(p.buf)):]
			p.i = len(p.buf)
			return v
		}
	}
}

func isLiteral(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '+'
}

// quoted reads a string, which must come next.
func (p *Parser) quoted() []byte {
	n := 1 // bytes of the string looked at
	for {
		n += special(p.buf[p.i+n:])
		if p.i+n >= len(p.buf) {
			if !p.fill() {
				p.fail("string", ErrTruncated)
				return nil
			}
			continue
		}
		if p.buf[p.i+n] == '\\' {
			return p.escaped(n)
		}
		v := p.buf[p.i+1 : p.i+n]
		p.i += n + 1
		return v
	}
}

// escaped reads on in a string whose first escape stands n bytes behind p.i.
func (p *Parser) escaped(n int) []byte {
	for p.buf[p.i+n] != '"' {
		n += 2 // the backslash and what it escapes
		for {
			if p.i+n < len(p.buf) {
				if n += special(p.buf[p.i+n:]); p.i+n < len(p.buf) {
					break
				}
			}
			if !p.fill() {
				p.fail("string", ErrTruncated)
				return nil
			}
		}
	}
	p.scratch = Unescape(p.scratch[:0], p.buf[p.i+1:p.i+n])
	p.i += n + 1
	return p.scratch
}

// special returns the place of the first quote or backslash in b, len(b) if
// there is none. It looks at eight bytes at a time: subtracting one from each
// byte of a word carries out of those that are zero (Hacker's Delight 6-1).
func special(b []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; n+8 <= len(b); n += 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		q, s := w^('"'*ones), w^('\\'*ones)
		if hit := ((q-ones)&^q | (s-ones)&^s) & highs; hit != 0 {
			return n + bits.TrailingZeros64(hit)/8
		}
	}
	for ; n < len(b); n++ {
		if b[n] == '"' || b[n] == '\\' {
			break
		}
	}
	return n
}

// Unescape appends the text of the inside of a string to dst. What is no escape
// stays as it is; half of a surrogate pair becomes U+FFFD.
func Unescape(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		c := s[i+1]
		s = s[i+2:]
		switch c {
		case '"', '\\', '/':
			dst = append(dst, c)
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, ok := hex4(s)
			if !ok {
				dst = append(dst, '\\', 'u')
				continue
			}
			s = s[4:]
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
					low, _ = hex4(s[2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					s = s[6:]
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, '\\', c)
		}
	}
}

func hex4(s []byte) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for _, c := range s[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// Skip passes over the next value, however deep it is.
func (p *Parser) Skip() {
	switch p.Next() {
	case String:
		p.quoted()
	case Object, Array:
		p.skipNested()
	case End:
		p.fail("value", ErrTruncated)
	default:
		p.literal()
	}
}

// skipNested counts brackets without matching their kinds: what is skipped is
// of no interest.
func (p *Parser) skipNested() {
	depth := 0
	for {
		b := p.buf
		for p.i < len(b) {
			switch b[p.i] {
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					p.i++
					p.first = false
					return
				}
			case '"':
				p.quoted()
				b = p.buf
				continue
			}
			p.i++
		}
		if !p.fill() {
			p.fail("value", ErrTruncated)
			return
		}
	}
}

// Raw reads a value and returns it as it is written.
func (p *Parser) Raw() []byte {
	p.peek()
	p.keep = p.i
	p.Skip()
	if p.err != nil {
		return nil
	}
	v := p.buf[p.keep:p.i]
	p.keep = -1
	return v
}
