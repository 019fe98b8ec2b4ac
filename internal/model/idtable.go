package model

// idTable finds a local number by span id: open addressing, 4 bytes a slot, so
// that a million spans need 8 MB and no allocation each.
type idTable struct {
	slots []int32 // local number + 1, 0 if empty
	shift uint
	twins map[int32]*family // by the first span with an id that several have
}

func (t *idTable) init(n int) {
	bits := uint(4)
	for 1<<bits < 2*n {
		bits++
	}
	t.slots, t.shift = make([]int32, 1<<bits), 64-bits
}

// find returns the slot of id, empty if it is not in the table. Ids are hashed
// by Fibonacci multiplication, since some tracers count them up.
func (t *idTable) find(a *assembly, id SpanID) *int32 {
	mask := len(t.slots) - 1
	for i := int(uint64(id) * 0x9E3779B97F4A7C15 >> t.shift); ; i = (i + 1) & mask {
		if l := t.slots[i]; l == 0 || a.rec(l-1).ID == id {
			return &t.slots[i]
		}
	}
}
