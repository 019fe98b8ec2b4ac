package diagnosis

import "traceview/internal/model"

// An operation is what spans are compared by, across traces and files.
type operation struct {
	service, name, detail string
	kind                  model.Kind
	peer                  bool // detail is who is called
}

// vague says whether calls of an operation may be of different things: nothing but the
// name, or whom they call, is known of it.
func (o *operation) vague() bool { return o.detail == "" || o.peer }

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

// known returns, for each operation of list, the number of that of o, -1 for one
// never met. A program may be called by another address than before: where only one
// was known, and is not called any more, and one other is called, that is the same.
func (o *operations) known(list []operation) []int32 {
	out, met := make([]int32, len(list)), map[int32]bool{}
	strangers := map[operation]int{} // by what they are but for whom is called
	for k, op := range list {
		out[k] = o.lookup(op)
		met[out[k]] = true
		if op.detail = ""; out[k] < 0 && op.peer {
			strangers[op]++
		}
	}
	if len(strangers) == 0 {
		return out
	}
	only := map[operation]int32{}
	for n, op := range o.list {
		if op.peer {
			op.detail = ""
			if _, more := only[op]; more {
				n = -1
			}
			only[op] = int32(n)
		}
	}
	for k, op := range list {
		op.detail = ""
		if n, ok := only[op]; ok && out[k] < 0 && !met[n] && strangers[op] == 1 {
			out[k] = n
		}
	}
	return out
}
