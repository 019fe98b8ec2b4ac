package axis

import (
	"strings"
	"unicode/utf8"

	"traceview/internal/model"
	"traceview/internal/scene"
)

const (
	Ellipsis = "…" // stands for what was left out
	// elideReach bounds how much of either end of a name is looked at: more
	// than any column shows, and a name may be a megabyte.
	elideReach = 300
	// headShare of the room goes to the start of a name, the rest to its end:
	// verbs and hosts stand in front, what is done behind.
	headShare  = 0.55
	separators = ".:_-? "
)

// An Elided is how a name fits its place: whole, or its first head and last
// tail bytes with an ellipsis between.
type Elided struct {
	Width      float32 // px in all, 0 where not even the ellipsis had room
	id         model.StringID
	room       int32 // px asked for
	weight     scene.Weight
	known      bool
	whole      bool    // nothing was left out
	head, tail int32   // bytes
	headW      float32 // px of the head
}

// elideSlots is the size of the cache: many screens of rows, 80 kB.
const elideSlots = 1 << 11

// An Elider shortens names in the middle. It remembers the last ones by name
// and room in a table of fixed size and never makes a new string, so drawing
// a name again, or a new one, does not allocate.
type Elider struct {
	slots []Elided
}

// Fit returns how name, which is the string id, fits room pixels.
func (e *Elider) Fit(m scene.Metrics, f scene.Font, id model.StringID, name string, room float32) *Elided {
	if e.slots == nil {
		e.slots = make([]Elided, elideSlots)
	}
	px := int32(max(room, 0))
	h := (uint32(id)*2654435761 ^ uint32(px)*2246822519 ^ uint32(f.Weight)*3266489917) >> 8
	slot := &e.slots[h%elideSlots]
	if slot.known && slot.id == id && slot.room == px && slot.weight == f.Weight {
		return slot
	}
	*slot = elide(m, f, name, float32(px))
	slot.id, slot.room, slot.weight, slot.known = id, px, f.Weight, true
	return slot
}

// elide shortens a name to room pixels.
func elide(m scene.Metrics, f scene.Font, name string, room float32) Elided {
	if len(name) < 4*elideReach {
		if w := m.Width(f, name); w <= room {
			return Elided{whole: true, Width: w}
		}
	}
	dots := m.Width(f, Ellipsis)
	if room < dots {
		return Elided{}
	}
	head := snapHead(cutHead(m, f, name, (room-dots)*headShare))
	headW := m.Width(f, head)
	tail := snapTail(cutTail(m, f, name, room-dots-headW))
	tailW := m.Width(f, tail)
	if longer := snapHead(cutHead(m, f, name, room-dots-tailW)); len(longer) > len(head) { // what the tail left
		head, headW = longer, m.Width(f, longer)
	}
	return Elided{head: int32(len(head)), tail: int32(len(tail)), headW: headW, Width: headW + dots + tailW}
}

// cutHead returns the longest start of name, in whole runes, that fits room.
func cutHead(m scene.Metrics, f scene.Font, name string, room float32) string {
	lo, hi := 0, min(len(name), elideReach)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if m.Width(f, name[:runeStart(name, mid)]) <= room {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return name[:runeStart(name, lo)]
}

// cutTail returns the longest end of name, in whole runes, that fits room.
func cutTail(m scene.Metrics, f scene.Font, name string, room float32) string {
	lo, hi := 0, min(len(name), elideReach)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if m.Width(f, name[runeEnd(name, len(name)-mid):]) <= room {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return name[runeEnd(name, len(name)-lo):]
}

// runeStart returns the last rune boundary at or before i.
func runeStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

// runeEnd returns the first rune boundary at or after i.
func runeEnd(s string, i int) int {
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return i
}

// snapHead ends a head at a separator: after a slash in its last half, else
// before another in its last third. A slash stays; others next to an Ellipsis
// would read as part of it.
func snapHead(head string) string {
	if i := strings.LastIndexByte(head, '/'); 2*i >= len(head) {
		return head[:i+1]
	}
	if i := strings.LastIndexAny(head, separators); 3*i >= 2*len(head) {
		head = head[:i]
	}
	return strings.TrimRight(head, separators)
}

// snapTail begins a tail at a separator: at a slash in its first half, else
// after another in its first third.
func snapTail(tail string) string {
	if i := strings.IndexByte(tail, '/'); i >= 0 && 2*i <= len(tail) {
		return tail[i:]
	}
	if i := strings.IndexAny(tail, separators); i >= 0 && 3*i <= len(tail) {
		tail = tail[i:]
	}
	return strings.TrimLeft(tail, separators)
}

// Whole says that nothing was left out.
func (e *Elided) Whole() bool { return e.whole }

// Draw draws the name that was fitted, its baseline starting at x, y, and
// returns its right end.
func (e *Elided) Draw(s *scene.Scene, x, y float32, f scene.Font, c scene.Color, m scene.Metrics, name string) float32 {
	switch {
	case e.whole:
		s.Text(x, y, f, c, name)
	case e.Width > 0:
		s.Text(x, y, f, c, name[:e.head])
		s.Text(x+e.headW, y, f, c, Ellipsis)
		s.Text(x+e.headW+m.Width(f, Ellipsis), y, f, c, name[len(name)-int(e.tail):])
	}
	return x + e.Width
}

// clipRunes is the longest text of one part of a hint.
const clipRunes = 120

// Clip shortens a text of any length in the middle, keeping its ends, and puts
// it on one line: for hints, which have no width to fit.
func Clip(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= clipRunes {
		return string(r)
	}
	return string(r[:clipRunes*2/3]) + Ellipsis + string(r[len(r)-clipRunes/3+1:])
}
