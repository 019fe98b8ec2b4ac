package shell

import (
	"cmp"

	"traceview/internal/savedview"
)

// reach is what is known of the connection.
type reach uint8

const (
	untried  reach = iota
	answered       // the last question was
	silent         // the last question was not
)

// live says how a connection stands; of one that a link made, only where it is.
func (s *Shell) live(from Source) string {
	if from != s.source {
		return s.nameOf(from)
	}
	key := map[reach]string{untried: "status.untried", answered: "status.live", silent: "status.silent"}[s.links.reach[s.source]]
	return s.kit.Words.T(key, "source", s.sourceName())
}

// reached notes how a connection stands.
func (s *Shell) reached(from Source, how reach) {
	if from != nil {
		s.links.reach[from] = how
	}
}

// sourceName is what the connection of the window is called; of one that is being
// opened, already.
func (s *Shell) sourceName() string {
	if s.source == nil && s.links.opening != "" {
		return s.links.opening
	}
	return s.nameOf(s.source)
}

// nameOf returns what a person calls a connection.
func (s *Shell) nameOf(from Source) string {
	if from == nil {
		return s.kit.Words.T("source.none")
	}
	return from.Name(s.kit.Words)
}

// addressOf returns where a source is, if a link can say so.
func (s *Shell) addressOf(from Source) (savedview.Link, bool) {
	switch {
	case from == nil:
		return savedview.Link{}, false
	case from == s.source:
		return s.Address, s.Address.Endpoint != ""
	}
	if c := s.connected(from); c.Source != nil {
		return c.Address, c.Address.Endpoint != ""
	}
	for _, d := range s.dialled {
		if d.Source == from {
			return d.Link, true
		}
	}
	return savedview.Link{}, false
}

// origin says where what a connection answers comes from, as the library is told:
// what a person calls the connection, the address that a link led to, "" for what
// the window was started with.
func (s *Shell) origin(from Source) string {
	if c := s.connected(from); c.Source != nil {
		return cmp.Or(c.Origin, c.Profile.Name)
	}
	at, _ := s.addressOf(from)
	return at.Endpoint
}

// origin is that of the trace of a page, which may come from a file.
func (p *tracePage) origin() string { return cmp.Or(p.file, p.shell.origin(p.from)) }

// dialled is a connection that a person let a link make.
type dialled struct {
	Source
	savedview.Link // only where it is
}

// sameServer says whether two links lead to the same server in the same way.
func sameServer(a, b savedview.Link) bool {
	return a.Endpoint == b.Endpoint && a.Plaintext == b.Plaintext && a.Tenant == b.Tenant
}

// known returns the connection of the window that a link leads to, or one that
// an earlier link made; nil if there is none.
func (s *Shell) known(l savedview.Link) Source {
	if s.source != nil && sameServer(l, s.Address) {
		return s.source
	}
	for _, c := range s.links.open {
		if c.Source != s.source && c.Address.Endpoint != "" && sameServer(l, c.Address) {
			return c.Source
		}
	}
	for _, d := range s.dialled {
		if sameServer(d.Link, l) {
			return d.Source
		}
	}
	return nil
}

// dial returns the connection that a link leads to. It is used at once, so a
// person must have agreed.
func (s *Shell) dial(l savedview.Link) (Source, error) {
	if from := s.known(l); from != nil {
		return from, nil
	}
	from, err := s.Dial(savedview.Link{Endpoint: l.Endpoint, Plaintext: l.Plaintext, Tenant: l.Tenant})
	if err == nil {
		s.dialled = append(s.dialled, dialled{from, l})
	}
	return from, err
}
