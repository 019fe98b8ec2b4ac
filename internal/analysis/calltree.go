package analysis

// pairs numbers pairs of numbers in the order met, in a table with open
// addressing (Knuth, The Art of Computer Programming 3, 6.4, algorithm L). A map
// takes twice the time and memory for a million. The zero value is empty.
type pairs struct {
	a, b   []int32  // by number
	key    []uint64 // 0 where the table is free
	number []int32
}

// tableLeast is the size of the first table, a power of two as all are.
const tableLeast = 1 << 10

// of returns the number of a pair, both at least -1, giving it one if it is new.
func (p *pairs) of(a, b int32) int32 {
	if 2*len(p.a) >= len(p.key) {
		p.grow()
	}
	key := uint64(a+1)<<32 | uint64(b+2)
	at := p.find(key)
	if p.key[at] == key {
		return p.number[at]
	}
	n := int32(len(p.a))
	p.key[at], p.number[at] = key, n
	p.a, p.b = append(p.a, a), append(p.b, b)
	return n
}

// find returns where a key is in the table, or the free place for it. The
// factor is that of Fibonacci hashing (Knuth, ibid.).
func (p *pairs) find(key uint64) int {
	mask := len(p.key) - 1
	at := int(key*0x9E3779B97F4A7C15>>32) & mask
	for p.key[at] != key && p.key[at] != 0 {
		at = (at + 1) & mask
	}
	return at
}

// grow doubles the table.
func (p *pairs) grow() {
	key, number := p.key, p.number
	size := max(2*len(key), tableLeast)
	p.key, p.number = make([]uint64, size), make([]int32, size)
	for k, old := range key {
		if old != 0 {
			at := p.find(old)
			p.key[at], p.number[at] = old, number[k]
		}
	}
}

// A tree grows calls in the order met, parents before children: each is the
// pair of its parent, -1 for none, and its operation. The zero tree is empty.
type tree struct{ pairs }

// child returns the call of an operation below a parent, made if it is the first.
func (t *tree) child(parent, op int32) int32 { return t.of(parent, op) }

// place gives calls their places in the tree.
func (t *tree) place(calls []Call) {
	for i := range calls {
		c := &calls[i]
		if c.Parent, c.Op = t.a[i], t.b[i]; c.Parent >= 0 {
			c.Depth = calls[c.Parent].Depth + 1
		}
	}
}
