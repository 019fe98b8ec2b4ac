package look

import (
	"hash/fnv"
	"maps"
)

// Colours remembers the colour each name was given first, so that it keeps
// that colour in every list and trace of a window. A nil Colours remembers
// nothing. It is used by one goroutine.
type Colours struct{ known map[colourOf]int }

// Clone returns Colours that go on alone from what is remembered, for another
// goroutine.
func (c *Colours) Clone() *Colours {
	if c == nil {
		return nil
	}
	return &Colours{maps.Clone(c.known)}
}

// colourOf is a name among names of its kind, in a Series of that size.
type colourOf struct {
	kind, name string
	size       int
}

// Assign gives each service of a trace the number of a colour of the theme's
// usual Series, as Colours.Assign does.
func (p *Palette) Assign(c *Colours, names []string) []int {
	return c.Assign(p.Usual().Len(), "", names)
}

// Assign gives each of names the number of one of size colours. A name has the
// colour of its hash wherever it appears, unless another of names has it
// already: then the next free one; past size names colours repeat, all as often.
// Names that have a colour keep it, unless two of names have the same. Names
// come in an order that does not depend on chance; kind says what they name,
// since equal names of different things need not look alike.
func (c *Colours) Assign(size int, kind string, names []string) []int {
	out := make([]int, len(names))
	used := make([]int, size)
	stride := strideOf(size)
	given := 0
	give := func(i, n int) {
		for used[n] > given/size {
			n = (n + stride) % size
		}
		used[n]++
		given++
		out[i] = n
	}
	fresh := make([]bool, len(names))
	for i, name := range names {
		if n, ok := c.of(colourOf{kind, name, size}); ok {
			give(i, n)
		} else {
			fresh[i] = true
		}
	}
	for i, name := range names {
		if fresh[i] {
			h := fnv.New32a()
			h.Write([]byte(name))
			give(i, int(h.Sum32()%uint32(size)))
		}
	}
	c.remember(kind, size, names, out)
	return out
}

// strideOf returns a step without a divisor in common with size, so that every
// colour is tried, and neighbours in the list, which may be alike, are not tried
// in a row.
func strideOf(size int) int {
	for step := 5; ; step++ {
		a, b := size, step
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			return step
		}
	}
}

func (c *Colours) of(k colourOf) (int, bool) {
	if c == nil {
		return 0, false
	}
	n, ok := c.known[k]
	return n, ok
}

// mostKnown bounds what is remembered: values of attributes may be many, and no
// eye knows more of them again.
const mostKnown = 1 << 14

func (c *Colours) remember(kind string, size int, names []string, colours []int) {
	if c == nil {
		return
	}
	if c.known == nil {
		c.known = map[colourOf]int{}
	}
	for i, name := range names {
		k := colourOf{kind, name, size}
		if _, ok := c.known[k]; !ok && len(c.known) < mostKnown {
			c.known[k] = colours[i]
		}
	}
}
