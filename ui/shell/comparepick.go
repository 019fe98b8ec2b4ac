package shell

import (
	"context"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"traceview/internal/analysis/comparison"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/ui/view/search"
)

// likeItems is how many traces of the library are offered to compare with.
const likeItems = 40

// compareFront compares what is in front: the trace of the page or the one chosen in
// a list, with what a person then chooses. Of two marked in the library, the one with
// the other.
func (s *Shell) compareFront() {
	var a, b *subject
	switch p := s.pages[s.current].(type) {
	case *comparePage:
		p.choose(comparison.A)
		return
	case *tracePage:
		b = subjectOf(p)
	case *orderPage:
		b = s.chosenRow(p)
	case *filePage:
		if id, ok := p.page.Selected(); ok && p.traces[id] != nil {
			b = fileSubject(p.name, p.traces[id])
		}
	case *libraryPage:
		if list := p.list.Acted(); len(list) == 2 {
			b, a = s.keptSubject(list[0]), s.keptSubject(list[1])
		} else if len(list) > 0 {
			b = s.keptSubject(list[0])
		}
	}
	if b == nil {
		s.showCompare()
		return
	}
	p := newComparePage(s)
	p.sides[comparison.B] = b
	if a != nil {
		p.sides[comparison.A] = a
	}
	p.order = s.orderOf(s.pages[s.current])
	s.add(p)
	p.read()
	if a == nil {
		p.choose(comparison.A)
	}
}

// chosenRow returns the trace chosen on the page of an order.
func (s *Shell) chosenRow(p *orderPage) *subject {
	id, ok := p.page.Selected()
	if !ok {
		return nil
	}
	rows := p.page.State().Rows
	for i := range rows {
		if rows[i].ID == id {
			return s.rowSubject(&rows[i], p.from)
		}
	}
	return nil
}

// showCompare shows the page of comparisons that was opened last, or a new one.
func (s *Shell) showCompare() {
	for i := len(s.pages) - 1; i >= 0; i-- {
		if _, ok := s.pages[i].(*comparePage); ok {
			s.revisit(i)
			return
		}
	}
	p := newComparePage(s)
	if tp, ok := s.pages[s.current].(*tracePage); ok {
		if u := subjectOf(tp); u != nil {
			p.sides[comparison.B] = u
		}
	}
	p.order = s.orderOf(s.pages[s.current])
	s.add(p)
	p.read()
}

// choose offers what a side could be.
func (p *comparePage) choose(side comparison.Side) {
	s, w := p.shell, p.shell.kit.Words
	other := p.sides[side.Other()]
	var out []item
	offered := map[model.TraceID]bool{}
	add := func(kind string, u *subject) {
		if kind == "library" && offered[u.id] {
			return // it was offered from where it is at hand
		}
		offered[u.id] = true
		for _, now := range p.sides { // nor is a trace compared with itself
			if now != nil && now.id == u.id && !u.id.IsZero() && now.file == u.file {
				return
			}
		}
		line := search.Line{Kind: w.T("compare.from." + kind), Note: s.subjectNote(u)}
		out = append(out, item{query.Choice{Text: u.name(), Also: []string{line.Note}}, line, func() { p.set(side, u) }})
	}
	if side == comparison.A && other != nil && s.Library != nil {
		line := search.Line{Kind: w.T("compare.from.library"), Note: w.T("compare.usual.note"), Key: "U"}
		out = append(out, item{query.Choice{Text: w.T("compare.usual")}, line, p.usual})
	}
	for _, tp := range p.tabs(other) {
		add("tab", subjectOf(tp))
	}
	if p.order != nil {
		rows := p.order.page.State().Rows
		for i := range rows {
			add("order", s.rowSubject(&rows[i], p.order.from))
		}
	}
	for _, q := range s.pages {
		if fp, ok := q.(*filePage); ok && len(fp.rows) <= likeItems {
			for i := range fp.rows {
				add("file", fileSubject(fp.name, fp.traces[fp.rows[i].ID]))
			}
		}
	}
	line := search.Line{Kind: w.T("palette.command"), Note: w.T("compare.file.note")}
	out = append(out, item{query.Choice{Text: w.T("compare.file")}, line, func() { p.chooseFile(side) }})
	s.palette.offer(out, w.T("compare.placeholder"))
	if other != nil && s.Library != nil {
		p.offerKept(add, &out, other)
	}
}

// tabs returns the pages of traces that are here, those of the same operation first.
func (p *comparePage) tabs(other *subject) []*tracePage {
	var list []*tracePage
	for _, q := range p.shell.pages {
		if tp, ok := q.(*tracePage); ok && subjectOf(tp) != nil {
			list = append(list, tp)
		}
	}
	if other == nil {
		return list
	}
	unlike := func(tp *tracePage) int {
		if u := subjectOf(tp); u.Side.Name == other.Side.Name && u.Service == other.Service {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b *tracePage) int { return unlike(a) - unlike(b) })
	return list
}

// offerKept adds the traces of the library that begin with the same operation to what
// is offered, once they are found.
func (p *comparePage) offerKept(add func(kind string, u *subject), out *[]item, other *subject) {
	s := p.shell
	turn, service, operation, except := s.palette.turn, other.Service, other.Side.Name, other.id // reading it changes other
	p.like.Start(func(ctx context.Context) (KeptPage, error) {
		list, err := s.keptLike(ctx, service, operation, except)
		return KeptPage{Entries: list}, err
	}, func(page KeptPage, err error) {
		if err != nil || s.palette.turn != turn {
			return
		}
		*out = nil
		for i := range page.Entries[:min(len(page.Entries), likeItems)] {
			add("library", s.keptSubject(&page.Entries[i]))
		}
		s.palette.more(*out)
	})
}

// usual compares b with what is usual.
func (p *comparePage) usual() {
	b := p.sides[comparison.B]
	switch {
	case b == nil || p.shell.Library == nil:
		return
	case b.usual:
		p.swap()
		return
	}
	p.set(comparison.A, p.shell.usualSubject(b))
}

// chooseFile lets a person choose a file, and one of its traces where there are
// several, or all of them as what is usual.
func (p *comparePage) chooseFile(side comparison.Side) {
	s := p.shell
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			return
		}
		path := r.URI().Path()
		_ = r.Close() // it was only opened to learn the name
		p.openFile(side, path)
	}, s.Window)
	s.choose(d, s.kit.Words.T("compare.file"))
}

// openFile reads a file for a side.
func (p *comparePage) openFile(side comparison.Side, path string) {
	s, w, name := p.shell, p.shell.kit.Words, filepath.Base(path)
	s.say(w.T("status.opening", "file", name))
	p.file.Start(func(ctx context.Context) (Opened, error) {
		return s.OpenFile(ctx, path, func(Loading) {})
	}, func(o Opened, err error) {
		s.say("")
		if err != nil && len(o.Traces) == 0 {
			title, hint := s.Explain(w, err)
			s.say(title + ". " + hint)
			return
		}
		if len(o.Traces) == 1 {
			p.set(side, fileSubject(name, o.Traces[0]))
			return
		}
		p.offerTraces(side, name, o.Traces)
	})
}

// offerTraces offers the traces of a file.
func (p *comparePage) offerTraces(side comparison.Side, name string, list []*model.Trace) {
	s, w := p.shell, p.shell.kit.Words
	if len(list) == 0 {
		s.say(w.T("file.empty") + ". " + w.T("file.empty.hint"))
		return
	}
	var out []item
	if side == comparison.A {
		all := search.Line{Kind: w.T("compare.from.file"), Note: w.N("order.traces", len(list))}
		out = append(out, item{query.Choice{Text: w.T("compare.usual")}, all, func() { p.set(side, fileSubject(name, list...)) }})
	}
	for _, t := range list {
		u := fileSubject(name, t)
		line := search.Line{Kind: w.T("compare.from.file"), Note: s.subjectNote(u), Failed: t.Errors > 0}
		out = append(out, item{query.Choice{Text: u.name(), Also: []string{line.Note}}, line, func() { p.set(side, u) }})
	}
	s.palette.offer(out, w.T("compare.placeholder"))
}
