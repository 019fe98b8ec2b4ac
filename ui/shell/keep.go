package shell

import (
	"context"
	"errors"
	"slices"

	"traceview/internal/logs"
	"traceview/internal/model"
)

// A due is a trace to be kept once nothing is under way that somebody waits for.
type due struct {
	trace *model.Trace
	file  string      // "" for the connection
	logs  *logs.Lines // of the trace, which was handed on before; nil for the trace itself
	key   int64       // of the entry that the trace was read from, 0 for none
}

// keep has traces kept that arrived whole. One that was cut is not: nobody could
// tell later that spans are missing, and reading it again gives all of it.
func (s *Shell) keep(file string, traces ...*model.Trace) {
	if s.Library == nil {
		return
	}
	for _, t := range traces {
		if len(t.Spans) > 0 && !t.ID.IsZero() {
			s.shelf.due = append(s.shelf.due, due{trace: t, file: file})
		}
	}
	s.settle()
}

// keepLogs has log lines of the trace of a page kept with it. Of one that was cut they
// are not, as it is not either.
func (s *Shell) keepLogs(p *tracePage, l *logs.Lines) {
	if s.Library == nil || l == nil || p.err != nil {
		return
	}
	s.shelf.due = append(s.shelf.due, due{trace: p.doc.Trace(), file: p.origin(), logs: l, key: p.kept})
	s.settle()
}

// keepDue hands on what is to be kept.
func (s *Shell) keepDue() {
	list := s.shelf.due
	s.shelf.due = nil
	for _, d := range list {
		if d.logs != nil {
			s.Library.KeepLogs(d.key, d.trace, d.file, d.logs, func(err error) { s.Dispatch(func() { s.keptOne(err) }) })
			continue
		}
		s.usual.add(d.trace)
		s.Library.Keep(d.trace, d.file, func(err error) { s.Dispatch(func() { s.keptOne(err) }) })
	}
}

// keptOne notes that a trace was kept, or tells why not, once for each reason:
// with a full disk every trace would say the same.
func (s *Shell) keptOne(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	if err == nil {
		s.shelf.troubles = nil
		s.libraryChanged()
		return
	}
	title, hint := s.Explain(s.kit.Words, err)
	if !slices.Contains(s.shelf.troubles, title) {
		s.shelf.troubles = append(s.shelf.troubles, title)
		s.say(s.kit.Words.T("library.notkept", "why", title+". "+hint))
	}
}

// libraryChanged has the list of the library read anew, if it is there.
func (s *Shell) libraryChanged() {
	if p := s.shelf.page; p != nil {
		p.changed()
	}
	for _, p := range s.pages {
		switch p := p.(type) {
		case *orderPage:
			p.look()
		case *tracePage:
			p.findBackLinks()
		}
	}
}
