package axis

import (
	"slices"
	"strings"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/ui/look"
)

// A Dye gives the spans of one document their colours, as its ColourRule says,
// in the colours of one theme. All views of a document that use one, with the
// same look.Colours, show a span alike.
type Dye struct {
	groups  *document.Groups
	rule    document.ColourRule
	look    *look.Palette
	known   *look.Colours
	series  *look.Series
	numbers []int               // of each group
	plain   []look.ServiceColor // of each group, that of none first
	faded   []look.ServiceColor
}

// Mix takes over what changed: the rule, the theme, the colours remembered. It
// is called before each frame and costs nothing where nothing did.
func (d *Dye) Mix(doc *document.Document, pal *look.Palette, known *look.Colours) {
	rule := doc.ColourRule()
	if d.groups != nil && d.rule == rule && d.look == pal && d.known == known {
		return
	}
	d.rule, d.look, d.known = rule, pal, known
	d.groups, d.series = doc.Groups(), pal.Series(rule.Palette)
	d.assign(doc.Trace())
	n := d.groups.Len() + 1
	d.plain, d.faded = make([]look.ServiceColor, n), make([]look.ServiceColor, n)
	for k := range d.plain {
		c := d.series.Neutral
		if k > 0 {
			c = d.series.At(d.numbers[k-1])
		}
		d.plain[k], d.faded[k] = c, pal.Faded(c)
	}
}

// assign chooses the colours of the groups. Those of services are the ones that
// lists of orders show, given by name; of other things the most frequent choose
// first and, where there are more of them than colours, neighbours differ.
func (d *Dye) assign(t *model.Trace) {
	names, size := d.groups.Names, d.series.Len()
	d.numbers = make([]int, d.groups.Len())
	if d.rule.By == document.ByService {
		order := make([]int, len(names))
		for k := range order {
			order[k] = k
		}
		slices.SortFunc(order, func(a, b int) int { return strings.Compare(names[a], names[b]) })
		byName := make([]string, len(names))
		for k, g := range order {
			byName[k] = names[g]
		}
		for k, n := range d.known.Assign(size, "", byName) {
			d.numbers[order[k]] = n
		}
		return
	}
	if len(names) <= size {
		copy(d.numbers, d.known.Assign(size, kindOf(d.rule), names))
		return
	}
	d.tellNeighbours(t, size)
}

// kindOf names what a rule tells apart.
func kindOf(r document.ColourRule) string {
	return [...]string{"service", "operation", "kind", "attribute "}[r.By] + r.Key
}

// tellNeighbours gives each group, when it is first met, the colour of its name
// unless the parent, the row above or the sibling before has it, or other groups
// have it more often than colours need to repeat.
func (d *Dye) tellNeighbours(t *model.Trace, size int) {
	for k := range d.numbers {
		d.numbers[k] = -1
	}
	colour := func(i model.SpanIndex) int {
		if g := d.groups.Of(i); g != document.None {
			return d.numbers[g]
		}
		return -1
	}
	before := make([]model.SpanIndex, t.MaxDepth+1) // the last span met at each depth
	for k := range before {
		before[k] = model.NoSpan
	}
	left, used := len(d.numbers), make([]int, size)
	for k := range t.Spans {
		i, s := model.SpanIndex(k), &t.Spans[k]
		g := d.groups.Of(i)
		if g != document.None && d.numbers[g] < 0 {
			taken := [3]int{-1, -1, -1}
			if i > 0 {
				taken[0] = colour(i - 1)
			}
			if s.Parent != model.NoSpan {
				taken[1] = colour(s.Parent)
			}
			if b := before[s.Depth]; b != model.NoSpan && t.Spans[b].Parent == s.Parent {
				taken[2] = colour(b)
			}
			n, most := d.ownNumber(g, size), (len(d.numbers)-left)/size
			for tried := 0; slices.Contains(taken[:], n) || used[n] > most; tried++ {
				if n = (n + 1) % size; tried == size { // all of the rare ones stand beside it
					most = len(d.numbers)
				}
			}
			used[n]++
			d.numbers[g] = n
			if left--; left == 0 {
				return
			}
		}
		before[s.Depth] = i
	}
	for k, n := range d.numbers { // groups without a name of which there are no spans
		if n < 0 {
			d.numbers[k] = k % size
		}
	}
}

// ownNumber returns the colour that a group's name asks for.
func (d *Dye) ownNumber(g, size int) int {
	if g < len(d.groups.Names) {
		return int(document.NameHash(d.groups.Names[g]) % uint32(size))
	}
	return g % size
}

// Of returns the colours of span i.
func (d *Dye) Of(i model.SpanIndex) look.ServiceColor { return d.plain[d.groups.Of(i)+1] }

// Faded returns the colours of span i for where something else is looked for.
func (d *Dye) Faded(i model.SpanIndex) look.ServiceColor { return d.faded[d.groups.Of(i)+1] }

// Groups returns what the colours tell apart.
func (d *Dye) Groups() *document.Groups { return d.groups }

// Group returns the colours of a group, of document.None those of spans in none.
func (d *Dye) Group(g int) look.ServiceColor { return d.plain[g+1] }
