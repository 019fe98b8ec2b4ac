package document

import (
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"traceview/internal/model"
)

// A ColourBy is what colours of spans tell apart.
type ColourBy uint8

// What colours can tell apart.
const (
	ByService ColourBy = iota
	ByOperation
	ByKind
	ByAttribute
	colourBys
)

// A ColourRule says how spans get their colours.
type ColourRule struct {
	By      ColourBy
	Key     string // of the attribute, with ByAttribute
	Palette string // by the name package look gives it; "" for the usual one
}

// ColourRule returns how spans get their colours: by service, unless chosen
// otherwise.
func (d *Document) ColourRule() ColourRule { return d.colour.rule }

// SetColourRule chooses how spans get their colours.
func (d *Document) SetColourRule(r ColourRule) bool {
	return d.changed(d.setRule(r))
}

// setRule is SetColourRule that tells nobody.
func (d *Document) setRule(r ColourRule) bool {
	if r.By != ByAttribute {
		r.Key = ""
	}
	old := d.colour.rule
	if r == old {
		return false
	}
	d.colour.rule = r
	if r.By != old.By || r.Key != old.Key {
		d.colour.groups = nil
	}
	return true
}

// colour is the rule of colours with what it makes of the trace.
type colour struct {
	rule   ColourRule
	groups *Groups // nil until asked for
}

// Groups divides the spans of a trace by what a ColourRule tells apart. It is
// immutable.
type Groups struct {
	By    ColourBy
	Names []string // the most frequent first, then by name; of kinds as model.Kind has them
	Spans []int    // of each of Names
	// Rest is the number of spans of a group without a name: past mostGroups
	// names, those met later are no longer told apart one by one.
	Rest    int
	Without int // spans that have nothing of the kind

	of []uint16 // by span
}

const (
	// mostGroups bounds the names kept: no legend lists more, and no eye tells
	// the colours of fewer apart.
	mostGroups = 4096
	// restGroups is among how many groups the spans past mostGroups are spread,
	// by their name, so that equal ones still look equal.
	restGroups = 64
	noGroup    = 1<<16 - 1
)

// None is the group of a span that has nothing of what is told apart.
const None = -1

// Of returns the group of span i: a place in Names, or past its end for one
// without a name, or None.
func (g *Groups) Of(i model.SpanIndex) int {
	if n := g.of[i]; n != noGroup {
		return int(n)
	}
	return None
}

// Len returns the number of groups: Of returns less. It is more than len(Names)
// where there are groups without a name.
func (g *Groups) Len() int {
	if g.Rest > 0 {
		return len(g.Names) + restGroups
	}
	return len(g.Names)
}

// Groups returns the spans divided by what the ColourRule tells apart. It is
// computed when first asked for, in one pass over the spans.
func (d *Document) Groups() *Groups {
	if d.colour.groups == nil {
		d.colour.groups = newGroups(d.trace, d.colour.rule)
	}
	return d.colour.groups
}

func newGroups(t *model.Trace, r ColourRule) *Groups {
	g := &Groups{By: r.By, of: make([]uint16, len(t.Spans))}
	c := collector{groups: g, places: map[string]uint16{}}
	switch r.By {
	case ByService:
		c.byID(t, t.Resources(), func(i model.SpanIndex) int { return int(t.Spans[i].Resource) }, t.ServiceName)
	case ByOperation:
		c.byID(t, t.Strings(), func(i model.SpanIndex) int { return int(t.Spans[i].Name) }, t.Name)
	case ByKind:
		kind := func(i model.SpanIndex) string { return t.Spans[i].Kind.String() }
		c.byID(t, 1<<8, func(i model.SpanIndex) int { return int(t.Spans[i].Kind) }, kind)
	case ByAttribute:
		c.byAttribute(t, r.Key)
	}
	c.finish()
	return g
}

// A collector numbers names in the order they are met.
type collector struct {
	groups *Groups
	places map[string]uint16
}

// count counts a span of a name and returns its group.
func (c *collector) count(name string) uint16 {
	if name == "" {
		c.groups.Without++
		return noGroup
	}
	n, ok := c.places[name]
	switch {
	case ok:
	case len(c.groups.Names) < mostGroups:
		n = uint16(len(c.groups.Names))
		c.places[name] = n
		c.groups.Names, c.groups.Spans = append(c.groups.Names, name), append(c.groups.Spans, 0)
	default:
		c.groups.Rest++
		return restGroup(NameHash(name))
	}
	c.groups.Spans[n]++
	return n
}

// countBytes is count for a text that is a string only if it is kept.
func (c *collector) countBytes(text []byte) uint16 {
	if n, ok := c.places[string(text)]; ok {
		c.again(n)
		return n
	}
	if len(c.groups.Names) < mostGroups {
		return c.count(string(text))
	}
	c.groups.Rest++
	return restGroup(NameHash(text))
}

// restGroup returns which of the groups without a name a text belongs to.
func restGroup(hash uint32) uint16 { return mostGroups + uint16(hash%restGroups) }

// again counts another span of a group.
func (c *collector) again(n uint16) {
	switch {
	case n == noGroup:
		c.groups.Without++
	case n >= mostGroups:
		c.groups.Rest++
	default:
		c.groups.Spans[n]++
	}
}

// byID groups spans by a name that goes with a small number, so that each name
// is looked up once.
func (c *collector) byID(t *model.Trace, ids int, id func(model.SpanIndex) int, name func(model.SpanIndex) string) {
	known := make([]int32, ids) // group + 1, 0 for not met yet
	for i := range c.groups.of {
		k := &known[id(model.SpanIndex(i))]
		if *k == 0 {
			n := c.count(name(model.SpanIndex(i)))
			c.groups.of[i], *k = n, int32(n)+1
			continue
		}
		n := uint16(*k - 1)
		c.again(n)
		c.groups.of[i] = n
	}
}

// byAttribute groups spans by the text of an attribute: their own, else that of
// what produced them, else of the first of their events that has it.
func (c *collector) byAttribute(t *model.Trace, key string) {
	var ids []model.StringID // of the key: one, as long as names are interned once
	for id := range t.Strings() {
		if t.Str(model.StringID(id)) == key {
			ids = append(ids, model.StringID(id))
		}
	}
	if key == "" || len(ids) == 0 {
		for i := range c.groups.of {
			c.groups.of[i] = c.count("")
		}
		return
	}
	v := &values{trace: t, ids: ids, of: c, seed: maphash.MakeSeed()}
	resources := make([]int32, t.Resources()) // group + 1, 0 for not met yet
	for i := range c.groups.of {
		sp := model.SpanIndex(i)
		n, ok := v.group(t.Attrs(sp))
		if !ok {
			r := &resources[t.Spans[i].Resource]
			if *r == 0 {
				text, _ := v.text(t.ResourceAttrs(t.Spans[i].Resource))
				*r = 1 + noGroup
				if text != "" {
					*r = 1 + int32(c.count(text))
					c.groups.of[i] = uint16(*r - 1)
					continue
				}
			}
			if n = uint16(*r - 1); n != noGroup {
				c.again(n)
			} else {
				n = v.fromEvents(sp)
			}
		}
		c.groups.of[i] = n
	}
}

// values reads the values of one key. It remembers the groups of those seen
// last: looking each up in the map takes three times as long.
type values struct {
	trace  *model.Trace
	ids    []model.StringID
	of     *collector
	seed   maphash.Seed
	places [1 << 10]placeGroup // by where the text is stored, which is mostly once
	texts  [1 << 14]textGroup  // by hash
	ints   [1 << 10]intGroup
	digits [20]byte
}

type placeGroup struct {
	place model.Place
	group uint16
}

type textGroup struct {
	hash  uint64
	size  int32 // bytes of the text, 0 for an empty slot
	group uint16
}

// textProbes is how many slots are looked at for a text.
const textProbes = 4

type intGroup struct {
	n     int64
	group uint16
	known bool
}

func (v *values) has(a model.Attr) bool {
	return a.Key == v.ids[0] || slices.Contains(v.ids[1:], a.Key)
}

// text returns the value as text, false if the key is not among the attributes.
func (v *values) text(list []model.Attr) (string, bool) {
	for _, a := range list {
		if v.has(a) {
			return v.trace.Text(a), true
		}
	}
	return "", false
}

// group counts a span by the value among its attributes, false if it has none.
func (v *values) group(list []model.Attr) (uint16, bool) {
	for _, a := range list {
		if v.has(a) {
			switch a.Kind {
			case model.ValueString:
				return v.groupText(a), true
			case model.ValueInt:
				return v.groupInt(a.Int()), true
			}
			return v.of.count(v.trace.Text(a)), true
		}
	}
	return 0, false
}

func (v *values) groupText(a model.Attr) uint16 {
	place := v.trace.RawPlace(a)
	p := &v.places[(place.From^place.Piece<<4)&(len(v.places)-1)]
	if p.place == place && place.N > 0 {
		v.of.again(p.group)
		return p.group
	}
	text := v.trace.Raw(a)
	h := maphash.String(v.seed, text)
	for probe := range uint64(textProbes) {
		t := &v.texts[(h+probe)%uint64(len(v.texts))]
		if t.hash == h && int(t.size) == len(text) { // the same text, but for one chance in 10^13
			v.of.again(t.group)
			*p = placeGroup{place, t.group}
			return t.group
		}
		if t.size == 0 || probe == textProbes-1 {
			*t = textGroup{h, int32(len(text)), v.of.count(text)}
			*p = placeGroup{place, t.group}
			return t.group
		}
	}
	return noGroup
}

func (v *values) groupInt(n int64) uint16 {
	k := &v.ints[uint64(n)*0x9E3779B97F4A7C15>>54]
	if k.known && k.n == n {
		v.of.again(k.group)
		return k.group
	}
	*k = intGroup{n, v.of.countBytes(strconv.AppendInt(v.digits[:0], n, 10)), true}
	return k.group
}

func (v *values) fromEvents(i model.SpanIndex) uint16 {
	events := v.trace.SpanEvents(i)
	for k := range events {
		if n, ok := v.group(v.trace.EventAttrs(&events[k])); ok {
			return n
		}
	}
	return v.of.count("")
}

// finish orders the groups: the most frequent first, then by name.
func (c *collector) finish() {
	g := c.groups
	order := make([]int, len(g.Names))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int {
		if g.Spans[a] != g.Spans[b] {
			return g.Spans[b] - g.Spans[a]
		}
		return strings.Compare(g.Names[a], g.Names[b])
	})
	to := make([]uint16, 1<<16)
	for k := range to {
		to[k] = uint16(k)
	}
	names, spans := make([]string, len(order)), make([]int, len(order))
	for now, was := range order {
		names[now], spans[now], to[was] = g.Names[was], g.Spans[was], uint16(now)
	}
	g.Names, g.Spans = names, spans
	for i, n := range g.of {
		g.of[i] = to[n]
	}
}

// NameHash returns a number for a name that never changes (FNV-1a, 32 bits), by
// which it is given its colour.
func NameHash[T string | []byte](name T) uint32 {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h
}
