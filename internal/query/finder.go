package query

// A Finder looks for a text in others, whatever the case of its letters, the way
// a filter does. The zero Finder finds nothing.
type Finder struct{ needle *needle }

// NewFinder returns the Finder of a text; that of "" finds nothing.
func NewFinder(text string) Finder {
	if text == "" {
		return Finder{}
	}
	return Finder{newNeedle(text)}
}

// Find returns where the text begins and ends in s, in bytes, at or after from;
// both are -1 if it is not there.
func (f Finder) Find(s string, from int) (begin, end int) {
	if f.needle == nil {
		return -1, -1
	}
	at := f.needle.find(s, from)
	if at < 0 {
		return -1, -1
	}
	return at, at + f.needle.size
}

// In says whether s contains the text.
func (f Finder) In(s string) bool { return f.needle != nil && f.needle.in(s) }
