package voice

import (
	"traceview/internal/model"
)

// The attributes by which a span tells what it is, the current names first.
var (
	dbSystems = []string{"db.system.name", "db.system"}
	dbTables  = []string{"db.collection.name", "db.sql.table"}
	toKeys    = []string{"messaging.destination.name", "messaging.destination", "message_bus.destination"}
	peerKeys  = []string{"peer.service", "server.address", "net.peer.name"}
)

// find returns the first of some attributes that span i has.
func (s *Speaker) find(i model.SpanIndex, keys []string) (text string, ok bool) {
	for _, key := range keys {
		if a, ok := s.t.Attr(i, key); ok {
			return s.t.Text(a), true
		}
	}
	return "", false
}

// byConvention returns what kind of thing a span is, if its name is one that only a
// developer reads.
func (s *Speaker) byConvention(i model.SpanIndex) (word, bool) {
	switch s.t.Spans[i].Kind {
	case model.KindProducer:
		to, _ := s.find(i, toKeys)
		return s.phrase("voice.send", "voice.send.any", to), true
	case model.KindConsumer:
		to, _ := s.find(i, toKeys)
		return s.phrase("voice.take", "voice.take.any", to), true
	case model.KindClient:
		if _, ok := s.find(i, dbSystems); ok {
			table, _ := s.find(i, dbTables)
			return s.phrase("voice.query", "voice.query.any", table), true
		}
		return s.phrase("voice.call", "voice.call.any", s.called(i)), true
	}
	return word{}, false
}

// called returns whom a call goes to, "" if that is not known.
func (s *Speaker) called(i model.SpanIndex) string {
	spans := s.t.Spans
	for c := i + 1; c < spans[i].End; c = spans[c].End {
		if spans[c].Resource != spans[i].Resource {
			_, name := s.System(c)
			return name
		}
	}
	if peer, ok := s.find(i, peerKeys); ok {
		return s.voice.System(peer)
	}
	return ""
}

// A phrase is the words for a kind of thing, with what it is about.
type phrase struct{ key, what string }

// phrase returns the words for a kind of thing, about something or, where that is "",
// without.
func (s *Speaker) phrase(key, without, what string) word {
	p := phrase{key, what}
	w, ok := s.phrases[p]
	if !ok {
		text := ""
		if what == "" {
			text = s.voice.words.T(without)
		} else {
			text = s.voice.words.T(key, "what", what)
		}
		w = s.say(text, -1)
		s.phrases[p] = w
	}
	return w
}
