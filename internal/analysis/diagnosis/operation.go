package diagnosis

import (
	"strings"

	"traceview/internal/model"
)

// An operation is what spans are compared by, across traces and files.
type operation struct {
	service, name, detail string
	kind                  model.Kind
}

// operations numbers operations in the order met.
type operations struct {
	ids  map[operation]int32
	list []operation
}

// maxOperations bounds memory where names are all different; what is met later
// is unlike anything known.
const maxOperations = 200_000

func newOperations() *operations { return &operations{ids: map[operation]int32{}} }

// lookup returns the number of an operation, -1 for one never met.
func (o *operations) lookup(op operation) int32 {
	if n, ok := o.ids[op]; ok {
		return n
	}
	return -1
}

func (o *operations) number(op operation) int32 {
	n, isNew := numbered(o.ids, op, maxOperations)
	if isNew {
		o.list = append(o.list, op)
	}
	return n
}

// numbered returns the number of a key, the next one if it has none yet, -1 if
// all of them are taken.
func numbered[K comparable](ids map[K]int32, k K, most int) (n int32, isNew bool) {
	if n, ok := ids[k]; ok {
		return n, false
	}
	if len(ids) == most {
		return -1, false
	}
	n = int32(len(ids))
	ids[k] = n
	return n, true
}

// opKey tells operations of one arena apart.
type opKey struct {
	service, name model.StringID
	detail        string
	kind          model.Kind
}

// plain returns a name without the numbers and ids that make it one of its own:
// /items/17 and /items/18 are one operation.
func plain(name string) string {
	if !strings.ContainsAny(name, "0123456789") {
		return name
	}
	var b strings.Builder
	for from := 0; from < len(name); {
		to := from
		for to < len(name) && isWord(name[to]) {
			to++
		}
		word := name[from:to]
		if isID(word, from > 0 && strings.IndexByte("/=#(:", name[from-1]) >= 0) {
			word = "#"
		}
		b.WriteString(word)
		if to < len(name) {
			b.WriteByte(name[to])
		}
		from = to + 1
	}
	return b.String()
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

// isID says whether a word is a number or part of one, or hexadecimal: a number
// that stands by itself in a path is an id however short it is.
func isID(word string, alone bool) bool {
	digits, hex := 0, 0
	for i := range len(word) {
		switch c := word[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
			hex++
		}
	}
	switch {
	case digits == 0:
		return false
	case digits == len(word):
		return alone || digits >= 4
	}
	return digits+hex == len(word) && len(word) >= 8
}
