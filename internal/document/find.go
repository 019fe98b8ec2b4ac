package document

import (
	"slices"

	"traceview/internal/model"
	"traceview/internal/query"
)

// find is what was looked for in a trace, and what of it is shown.
type find struct {
	found   *found    // nil if nothing is looked for
	at      query.Set // positions of the matches in the order chosen; nil until asked for
	version int       // changes with found
	only    bool      // rows show matches and their ancestors only
	shown   *shown    // what rows may show; nil for all
	made    int       // how often it was another
}

// found is the answer to a text. It is not changed once made.
type found struct {
	text    string
	matches query.Set
	count   int
}

// same says whether two answers are to the same text; nil to none.
func (f *found) same(g *found) bool { return f == g || f != nil && g != nil && f.text == g.text }

// shown is what rows may show. It is not changed once made.
type shown struct {
	set    query.Set
	hidden int // spans not in it
	number int // tells it from others before it
}

// newShown numbers what rows may show.
func (f *find) newShown(set query.Set, hidden int) *shown {
	f.made++
	return &shown{set, hidden, f.made}
}

// same says whether two let rows show the same.
func (s *shown) same(o *shown) bool {
	return s == o || s != nil && o != nil && s.hidden == o.hidden && slices.Equal(s.set, o.set)
}

// spans returns the set for Rows, nil for all.
func (s *shown) spans() query.Set {
	if s == nil {
		return nil
	}
	return s.set
}

// SetMatches notes which spans match a text; without one nothing is looked for
// any longer and every span is shown again. The set belongs to the Document.
func (d *Document) SetMatches(text string, matches query.Set) bool {
	if text == "" || matches == nil {
		if d.find.found == nil {
			return false
		}
		return d.setFound(nil)
	}
	return d.setFound(&found{text: text, matches: matches, count: matches.Len()})
}

func (d *Document) setFound(f *found) bool {
	return d.act(stepFind, func() bool {
		d.find.found, d.find.at = f, nil
		d.find.version++
		d.filterRows()
		return true
	})
}

// SetOnlyMatches chooses whether rows show matches and their ancestors only.
// It stays chosen when nothing is looked for, and then hides nothing.
func (d *Document) SetOnlyMatches(only bool) bool {
	if only == d.find.only {
		return false
	}
	return d.act(stepOnce, func() bool {
		d.find.only = only
		d.filterRows()
		return true
	})
}

// filterRows shows what the matches and the choice ask for.
func (d *Document) filterRows() {
	f := &d.find
	if f.found == nil || !f.only {
		if f.shown == nil {
			return
		}
		f.shown = nil
	} else {
		set := withAncestors(d.trace, f.found.matches)
		f.shown = f.newShown(set, len(d.trace.Spans)-set.Len())
	}
	d.refold(func() bool {
		d.rows.SetFilter(f.shown.spans())
		return true
	})
}

// withAncestors returns the spans of a set with all their ancestors, which come
// before them, so that one pass from the end finds them all.
func withAncestors(t *model.Trace, s query.Set) query.Set {
	all := slices.Clone(s)
	for i := all.Prev(model.SpanIndex(len(t.Spans))); i != model.NoSpan; i = all.Prev(i) {
		if p := t.Spans[i].Parent; p != model.NoSpan {
			all.Add(p)
		}
	}
	return all
}

// admit lets rows show a span that is no match, with its ancestors, because
// somebody went there.
func (d *Document) admit(i model.SpanIndex) bool {
	if !d.rows.Filtered(i) {
		return false
	}
	more := d.find.newShown(slices.Clone(d.find.shown.set), d.find.shown.hidden)
	for ; i != model.NoSpan && !more.set.Has(i); i = d.trace.Spans[i].Parent {
		more.set.Add(i)
		more.hidden--
	}
	d.find.shown = more
	d.rows.SetFilter(more.set)
	return true
}

// FindText returns the text that was looked for, "" for none.
func (d *Document) FindText() string {
	if d.find.found == nil {
		return ""
	}
	return d.find.found.text
}

// Finding says whether something is looked for, found or not.
func (d *Document) Finding() bool { return d.find.found != nil }

// OnlyMatches says whether rows are to show matches and their ancestors only.
func (d *Document) OnlyMatches() bool { return d.find.only }

// Hidden returns how many spans are left out because they do not match.
func (d *Document) Hidden() int {
	if d.find.shown == nil {
		return 0
	}
	return d.find.shown.hidden
}

// Shown returns the spans that views may show, the ancestors of each among
// them; nil for all. It must not be changed, and is good until ShownVersion is
// another.
func (d *Document) Shown() query.Set { return d.find.shown.spans() }

// Shows says whether views may show a span.
func (d *Document) Shows(i model.SpanIndex) bool {
	return d.find.shown == nil || d.find.shown.set.Has(i)
}

// ShownVersion changes whenever what Shown holds does.
func (d *Document) ShownVersion() int {
	if d.find.shown == nil {
		return 0
	}
	return d.find.shown.number
}

// Matches returns how many spans match.
func (d *Document) Matches() int {
	if d.find.found == nil {
		return 0
	}
	return d.find.found.count
}

// MatchesVersion changes whenever the matches do.
func (d *Document) MatchesVersion() int { return d.find.version }

// Match says whether a span matches, true for all if nothing is looked for.
func (d *Document) Match(i model.SpanIndex) bool {
	return d.find.found == nil || d.find.found.matches.Has(i)
}

// MatchNumber returns which of the matches is selected, counting from 1 down
// the rows; 0 if none is.
func (d *Document) MatchNumber() int {
	if i := d.selected; i != model.NoSpan && d.find.found != nil && d.Match(i) {
		return d.matchesAt().Before(d.order().Position(i)) + 1
	}
	return 0
}

// NextMatch selects the next span that matches, down the rows, and says whether
// it had to begin again at the first.
func (d *Document) NextMatch() (wrapped bool) {
	_, wrapped = d.cycle(d.matchesAt(), false)
	return wrapped
}

// PrevMatch selects the span before that matches and says whether it had to
// begin again at the last.
func (d *Document) PrevMatch() (wrapped bool) {
	_, wrapped = d.cycle(d.matchesAt(), true)
	return wrapped
}
