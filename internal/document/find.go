package document

import (
	"slices"

	"traceview/internal/model"
	"traceview/internal/query"
)

// find is what was looked for in a trace, and what of it is shown.
type find struct {
	text    string
	matches query.Set // nil if nothing is looked for
	count   int       // of matches
	version int       // changes with matches
	only    bool      // rows show matches and their ancestors only
	shown   query.Set // what rows may show; nil for all
	hidden  int       // spans not in shown
}

// SetMatches notes which spans match a text; without one nothing is looked for
// any longer and every span is shown again. The set belongs to the Document.
func (d *Document) SetMatches(text string, matches query.Set) bool {
	if text == "" {
		matches = nil
	}
	if matches == nil && d.find.matches == nil {
		d.find.text = text
		return false
	}
	d.find.text, d.find.matches, d.find.count = text, matches, matches.Len()
	d.find.version++
	d.filterRows()
	return d.changed(true)
}

// SetOnlyMatches chooses whether rows show matches and their ancestors only.
// It stays chosen when nothing is looked for, and then hides nothing.
func (d *Document) SetOnlyMatches(only bool) bool {
	if only == d.find.only {
		return false
	}
	d.find.only = only
	d.filterRows()
	return d.changed(true)
}

// filterRows shows what the matches and the choice ask for.
func (d *Document) filterRows() {
	f := &d.find
	if f.matches == nil || !f.only {
		if f.shown == nil {
			return
		}
		f.shown, f.hidden = nil, 0
	} else {
		f.shown = withAncestors(d.trace, f.matches)
		f.hidden = len(d.trace.Spans) - f.shown.Len()
	}
	d.refold(func() bool {
		d.rows.SetFilter(f.shown)
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
	for ; i != model.NoSpan && d.rows.Filtered(i); i = d.trace.Spans[i].Parent {
		d.find.shown.Add(i)
		d.find.hidden--
	}
	d.rows.SetFilter(d.find.shown)
	return true
}

// FindText returns the text last looked for.
func (d *Document) FindText() string { return d.find.text }

// Finding says whether something is looked for, found or not.
func (d *Document) Finding() bool { return d.find.matches != nil }

// OnlyMatches says whether rows are to show matches and their ancestors only.
func (d *Document) OnlyMatches() bool { return d.find.only }

// Hidden returns how many spans are left out because they do not match.
func (d *Document) Hidden() int { return d.find.hidden }

// Matches returns how many spans match.
func (d *Document) Matches() int { return d.find.count }

// MatchesVersion changes whenever the matches do.
func (d *Document) MatchesVersion() int { return d.find.version }

// Match says whether a span matches, true for all if nothing is looked for.
func (d *Document) Match(i model.SpanIndex) bool {
	return d.find.matches == nil || d.find.matches.Has(i)
}

// MatchIn says whether one of the spans from lo to before hi matches what is
// looked for.
func (d *Document) MatchIn(lo, hi model.SpanIndex) bool {
	i := d.find.matches.Next(lo)
	return i != model.NoSpan && i < hi
}

// MatchNumber returns which of the matches is selected, counting from 1; 0 if
// none is.
func (d *Document) MatchNumber() int {
	if i := d.selected; i != model.NoSpan && d.find.matches != nil && d.find.matches.Has(i) {
		return d.find.matches.Before(i) + 1
	}
	return 0
}

// NextMatch selects the next span that matches and says whether it had to
// begin again at the first.
func (d *Document) NextMatch() (wrapped bool) {
	to := d.find.matches.Next(d.selected + 1)
	if to == model.NoSpan {
		wrapped, to = true, d.find.matches.Next(0)
	}
	return to != model.NoSpan && d.toMatch(to) && wrapped
}

// PrevMatch selects the span before that matches and says whether it had to
// begin again at the last.
func (d *Document) PrevMatch() (wrapped bool) {
	to := model.NoSpan
	if d.selected != model.NoSpan {
		to = d.find.matches.Prev(d.selected)
	}
	if to == model.NoSpan {
		wrapped, to = d.selected != model.NoSpan, d.find.matches.Prev(model.SpanIndex(len(d.trace.Spans)))
	}
	return to != model.NoSpan && d.toMatch(to) && wrapped
}

func (d *Document) toMatch(i model.SpanIndex) bool {
	d.SelectBar(i)
	return true
}
