package shell

import (
	"context"
	"strings"
	"time"
)

// tidyLibrary removes for good what was deleted in an earlier session, and what
// exceeds the limits where the session before said that it would go. Otherwise it
// says so now.
func (s *Shell) tidyLibrary() {
	limits := s.Prefs.Keep
	s.shelf.usages.Start(func(ctx context.Context) (KeptUsage, error) { return s.Library.Usage(ctx, limits) }, func(u KeptUsage, err error) {
		if err != nil {
			return // whoever looks at the library is told
		}
		s.tookUsage(u)
		switch {
		case u.Evict > 0 && s.Prefs.Warned:
			s.evict(limits)
		case u.Evict > 0:
			s.warn(true)
			s.say(s.evictionText())
		case u.Deleted > 0:
			s.evict(KeptLimits{})
		}
	})
}

// tookUsage notes how much the library holds.
func (s *Shell) tookUsage(u KeptUsage) {
	s.shelf.usage = u
	if u.Evict == 0 && s.Prefs.Warned { // what was said no longer is so
		s.warn(false)
	}
	if s.shelf.page != nil {
		s.shelf.page.redrawNotes()
	}
}

// warn remembers that a person was told what goes at the next start.
func (s *Shell) warn(told bool) {
	if s.Prefs.Warned != told {
		s.Prefs.Warned = told
		s.Save(s.Prefs)
	}
}

// evict removes what exceeds limits, and what was deleted.
func (s *Shell) evict(limits KeptLimits) {
	asked := limits != KeptLimits{}
	s.shelf.removals.Start(func(ctx context.Context) (int, error) { return s.Library.Evict(ctx, limits) }, func(n int, err error) {
		w := s.kit.Words
		switch {
		case err != nil:
			title, hint := s.Explain(w, err)
			s.say(title + ". " + hint)
		case asked:
			s.warn(false)
			s.say(w.N("library.removed", n))
		}
		s.countLibrary()
		s.libraryChanged()
	})
}

// countLibrary finds out how much the library holds now.
func (s *Shell) countLibrary() {
	limits := s.Prefs.Keep
	s.shelf.usages.Start(func(ctx context.Context) (KeptUsage, error) { return s.Library.Usage(ctx, limits) }, func(u KeptUsage, err error) {
		if err == nil {
			s.tookUsage(u)
			if u.Evict > 0 {
				s.warn(true) // the page says so
			}
		}
	})
}

// evictionText says what goes at the next start.
func (s *Shell) evictionText() string {
	w, u := s.kit.Words, s.shelf.usage
	return w.N("library.goes", u.Evict, "size", w.Units().Bytes(u.EvictBytes), "day", w.Units().Date(u.Seen.In(s.kit.Zone)))
}

// usageText says how much there is of what may be, nothing while nobody knows.
func (s *Shell) usageText() string {
	if !s.shelf.open {
		return ""
	}
	w, u := s.kit.Words, s.shelf.usage
	n := w.Units()
	size := n.Bytes(u.Bytes)
	if s.Prefs.Keep.Bytes > 0 {
		size = w.T("library.used", "used", size, "most", n.Bytes(s.Prefs.Keep.Bytes))
	}
	parts := []string{w.N("order.traces", u.Traces), size}
	if u.Pinned > 0 {
		parts = append(parts, w.N("library.pins", u.Pinned))
	}
	return strings.Join(parts, " · ")
}

// setLimits chooses how much is kept. Nothing goes by that at once.
func (s *Shell) setLimits(l KeptLimits) {
	s.Prefs.Keep = l
	s.Save(s.Prefs)
	s.countLibrary()
	if s.shelf.page != nil {
		s.shelf.page.redrawNotes()
	}
}

// sizes and ages are the limits to choose from.
var (
	sizes = []int64{500e6, 2e9, 10e9, 50e9}
	ages  = []time.Duration{90 * day, 365 * day, 0}
)
