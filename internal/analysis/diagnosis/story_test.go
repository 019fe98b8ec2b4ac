package diagnosis

import (
	"fmt"

	"traceview/internal/model"
)

// take tells a step, as many times as it is taken, and returns when it was done
// and what failed.
func (s *story) take(n *node, parent *record, on machine, at int64) (int64, *failure) {
	if n.prob < 1 && s.Float64() > n.prob {
		return at, nil
	}
	times := n.lo + s.IntN(n.hi-n.lo+1)
	if f := s.fault; f != nil && f.at == n && f.repeat > 0 {
		times = f.repeat
		s.label = parent
	}
	for range times {
		var e *failure
		if at, e = s.once(n, parent, on, at); e != nil {
			return at, e
		}
	}
	return at, nil
}

// once tells a step with its tries.
func (s *story) once(n *node, parent *record, on machine, at int64) (int64, *failure) {
	f := s.fault
	if f != nil && f.at == n && f.tries > 0 {
		for try := range f.tries {
			end, r := s.attempt(n, parent, on, at, f.error())
			s.label = r
			at = end + f.pause
			if try == f.tries-1 && !f.recovers {
				return end, f.error()
			}
		}
	} else if n.redo > 0 && s.Float64() < n.redo {
		at, _ = s.attempt(n, parent, on, at, &failure{"TransientError", "connection reset by peer"})
	}
	if n.noise > 0 && s.Float64() < n.noise {
		end, _ := s.attempt(n, parent, on, at, &failure{"CacheMiss", "entry is not there"})
		return end, nil
	}
	switch n.kind {
	case call:
		return s.call(n, parent, on, at)
	case publish:
		return s.publish(n, parent, on, at)
	}
	r := s.open(parent, on, n.by.name, n.name, map[nodeKind]model.Kind{work: model.KindInternal, query: model.KindClient, outside: model.KindClient}[n.kind], at)
	s.dress(n, r)
	end, e := s.inside(n, r, on, at)
	r.end = end
	if n.kind == outside {
		s.answer(r, e == nil)
	}
	return end, s.settle(n, r, e)
}

// dress gives a span the attributes of its kind.
func (s *story) dress(n *node, r *record) {
	switch {
	case n.kind == query && s.old:
		r.attrs["db.system"], r.attrs["db.sql.table"] = "mysql", n.name
	case n.kind == query:
		r.attrs["db.system.name"], r.attrs["db.collection.name"] = "mysql", n.name
	case s.old:
		r.attrs["net.peer.name"] = "10.0.0.9"
	case n.kind != work:
		r.attrs["server.address"] = "10.0.0.9"
	}
}

// attempt tells a try that fails, without what would have happened inside.
func (s *story) attempt(n *node, parent *record, on machine, at int64, e *failure) (int64, *record) {
	kind := model.KindClient
	if n.kind == work {
		kind = model.KindInternal
	}
	r := s.open(parent, on, n.by.name, n.name, kind, at)
	s.dress(n, r)
	r.end = at + s.around(1.5e6, 0.4)
	if n.kind != work && n.kind != query {
		s.answer(r, false)
	}
	r.status, r.text, r.exception = model.StatusError, e.text, [2]string{e.kind, e.text}
	return r.end, r
}

// settle marks a span for what failed inside it, and says what goes on failing.
func (s *story) settle(n *node, r *record, e *failure) *failure {
	if e == nil || n.tolerant {
		return nil
	}
	up := e
	if !s.wraps {
		up = &failure{"StepFailed", "step of " + n.by.name + " failed"}
	}
	if s.label == r {
		up = e
	}
	s.fail(r, up)
	return up
}

// inside tells the own work of a node and its steps, within span r.
func (s *story) inside(n *node, r *record, on machine, at int64) (int64, *failure) {
	f := s.fault
	own := s.around(n.median, n.sigma)
	if n.slow > 0 && s.Float64() < n.slow {
		own *= 8
	}
	hit := f != nil && f.at == n
	if hit && f.extra > 0 && !f.network && f.siblings == 0 {
		own += f.extra
		s.label = r
	}
	at += own / 2
	if hit && f.fails {
		s.label = r
		if f.caught && n.up != nil {
			s.beforehand(r)
		}
		e := f.error()
		r.status, r.text, r.exception = model.StatusError, e.text, [2]string{e.kind, e.text}
		return at + own/2, e
	}
	var failed *failure
	begin, last := at, at
	for k, c := range n.steps {
		if n.parallel {
			at = begin + int64(k)*50_000
		}
		end, e := s.take(c, r, on, at)
		last = max(last, end)
		at = end + own/int64(4*len(n.steps))
		if e != nil {
			failed = e
			if !n.parallel {
				break
			}
		}
	}
	at = max(at, last)
	if hit && f.siblings > 0 {
		at, failed = s.sideBySide(n, r, on, at)
	}
	if failed != nil && f != nil && f.undo && n.up != nil && s.label != nil {
		f.undo = false
		at = s.undo(n, r, on, at)
	}
	return at + own/4, failed
}

// beforehand tells of an error that the caller of r met before, and caught: it had a
// look at something that need not be there, and then went on as usual.
func (s *story) beforehand(r *record) {
	for _, p := range s.spans {
		if p.id != r.parent {
			continue
		}
		look := s.open(p, p.on, p.service, fmt.Sprintf("look up %d", len(s.spans)%7), model.KindClient, p.start+1000)
		look.end = p.start + 150_000
		look.status, look.text, look.exception = model.StatusError, "no such key", [2]string{"KeyNotFound", "no such key"}
		return
	}
}

// sideBySide tells calls made at once of which one goes wrong: it takes long, or it
// fails and the others are cancelled.
func (s *story) sideBySide(n *node, r *record, on machine, at int64) (int64, *failure) {
	f := s.fault
	bad, end := s.IntN(f.siblings), at
	name := fmt.Sprintf("PUT /chunk-%d", len(s.nodes))
	var list []*record
	for k := range f.siblings {
		c := s.open(r, on, r.service, name, model.KindClient, at+int64(k)*80_000)
		c.end = c.start + s.around(20e6, 0.25)
		if k == bad {
			if f.extra > 0 {
				c.end += f.extra
			}
			s.label = c
		}
		list = append(list, c)
		end = max(end, c.end)
	}
	if f.extra > 0 {
		return end, nil
	}
	e := f.error()
	stop := s.label.start + 4e6
	for _, c := range list {
		c.end = stop + int64(s.IntN(300_000))
		c.status, c.text = model.StatusError, "context canceled"
	}
	s.label.end, s.label.text, s.label.exception = stop-100_000, e.text, [2]string{e.kind, e.text}
	return stop + 1e6, e
}

// undo tells what is done to take back what was done before the failure, and that
// some of it fails as well.
func (s *story) undo(n *node, r *record, on machine, at int64) int64 {
	for k := range 1 + s.IntN(3) {
		c := s.open(r, on, r.service, fmt.Sprintf("release %d", k), model.KindClient, at)
		c.end = at + s.around(2e6, 0.3)
		if k == 0 || s.IntN(2) == 0 {
			c.status, c.text, c.exception = model.StatusError, "nothing to release", [2]string{"IllegalState", "nothing to release"}
		}
		at = c.end + 200_000
	}
	return at
}

// call tells a call of another service.
func (s *story) call(n *node, parent *record, on machine, at int64) (int64, *failure) {
	f := s.fault
	c := s.open(parent, on, n.by.name, n.name, model.KindClient, at)
	s.dress(n, c)
	to := s.on(n.to)
	lag := s.around(400_000, 0.3)
	hit := f != nil && f.at == n
	if hit && f.down {
		c.end = at + s.around(2e6, 0.3)
		s.label = c
		e := f.error()
		c.status, c.text, c.exception = model.StatusError, e.text, [2]string{e.kind, e.text}
		return c.end, s.above(n, e)
	}
	if hit && f.network {
		lag += f.extra
		s.label = c
	}
	v := s.open(c, to, n.to.name, n.name, model.KindServer, at+lag)
	v.dropped = hit && (f.dark || f.hole)
	end, e := s.inside(n, v, to, at+lag)
	v.end = end
	if hit && (f.dark || f.hole) {
		s.label = c
		if f.hole && s.IntN(2) == 0 { // the call itself is lost, too
			c.dropped, s.label = true, parent
		}
	}
	if f != nil && f.skewed == n.to && (s.label == nil || v.start < s.label.start) {
		s.label = v
	}
	c.end = end + s.around(400_000, 0.3)
	if hit && f.refuse {
		e = f.error()
		s.label = c
		v.attrs["http.response.status_code"], c.attrs["http.response.status_code"] = 409, 409
		s.fail(c, e)
		return c.end, s.above(n, e)
	}
	s.answer(v, e == nil)
	s.answer(c, e == nil)
	if e != nil {
		s.fail(v, e)
	}
	if f != nil && f.patience == n {
		c.end = at + f.wait
		e = &failure{"TimeoutException", "no answer within the time allowed"}
		s.answer(c, false)
		s.fail(c, e)
		if f.unseen {
			v.dropped, s.label = true, c
			s.lose(v)
		}
		return c.end, s.above(n, e)
	}
	return c.end, s.settle(n, c, e)
}

// lose drops all that is below a span.
func (s *story) lose(v *record) {
	gone := map[uint64]bool{v.id: true}
	for _, r := range s.spans { // parents come first
		if gone[r.parent] {
			gone[r.id], r.dropped = true, true
		}
	}
}

// above says how an error goes on above a call.
func (s *story) above(n *node, e *failure) *failure {
	if n.tolerant {
		return nil
	}
	return e
}

// publish tells the sending of a message, and has it taken later.
func (s *story) publish(n *node, parent *record, on machine, at int64) (int64, *failure) {
	f := s.fault
	if f != nil && f.at == n && f.mute {
		s.label = parent
		return at, nil
	}
	p := s.open(parent, on, n.by.name, n.name, model.KindProducer, at)
	p.end = at + s.around(n.median, n.sigma)
	p.attrs["messaging.system"] = "kafka"
	if s.old {
		p.attrs["messaging.operation"], p.attrs["messaging.destination"] = "publish", n.name
	} else {
		p.attrs["messaging.operation.type"], p.attrs["messaging.destination.name"] = "send", n.name
	}
	hit := f != nil && f.at == n
	if hit && f.lost {
		s.label = p
		return p.end, nil
	}
	wait := s.around(n.delay, 0.4)
	deliveries := 1
	if hit && f.late > 0 {
		wait += f.late
	}
	if hit && f.poison > 0 {
		deliveries = f.poison
	}
	begin := p.end + wait
	s.later = append(s.later, func() {
		for k := range deliveries {
			begin = s.consume(n, p, begin, hit && f.poison > 0)
			begin += 1e9 << k
		}
	})
	return p.end, nil
}

// consume tells how a message is taken.
func (s *story) consume(n *node, p *record, at int64, poison bool) int64 {
	f := s.fault
	on := s.on(n.to)
	c := s.open(p, on, n.to.name, "process "+n.name, model.KindConsumer, at)
	if n.linked {
		c.trace, c.parent, c.link = s.id(), 0, [2]uint64{p.trace, p.id}
	}
	if s.old {
		c.attrs["messaging.operation"] = "process"
	} else {
		c.attrs["messaging.operation.type"] = "process"
	}
	if f != nil && (f.at == n && f.late > 0 || f.skewed == n.to && (s.label == nil || c.start < s.label.start)) {
		s.label = c
	}
	if poison {
		r := s.open(c, on, n.to.name, "parse "+n.name, model.KindInternal, at+300_000)
		r.end = r.start + s.around(700_000, 0.3)
		e := f.error()
		r.status, r.text, r.exception = model.StatusError, e.text, [2]string{e.kind, e.text}
		s.label = r
		c.end = r.end + 200_000
		c.status = model.StatusError
		return c.end
	}
	parse := s.open(c, on, n.to.name, "parse "+n.name, model.KindInternal, at+300_000)
	parse.end = parse.start + s.around(700_000, 0.3)
	end, e := s.inside(n, c, on, parse.end)
	c.end = end
	s.settle(n, c, e)
	return end
}

// build makes traces of stories.
func build(stories ...*story) []*model.Trace {
	b := model.NewBuilder()
	for _, s := range stories {
		for _, r := range s.spans {
			if !r.dropped {
				r.add(b)
			}
		}
	}
	return b.Build()
}

func traceID(n uint64) (id model.TraceID) {
	for k := range 8 {
		id[8+k] = byte(n >> (56 - 8*k))
	}
	return id
}

func (r *record) add(b *model.Builder) {
	const epoch = 1_794_474_843_000_000_000
	text := func(key, v string) model.Attr { return b.StringAttr(b.InternString(key), []byte(v)) }
	rec := model.SpanRecord{
		Trace: traceID(r.trace), ID: model.SpanID(r.id), Parent: model.SpanID(r.parent), Name: b.InternString(r.name), Kind: r.kind, Status: r.status,
		StatusText: b.InternString(r.text), StartNano: uint64(epoch + r.start + r.on.off), EndNano: uint64(epoch + r.end + r.on.off),
		Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{text("service.name", r.service), text("host.name", fmt.Sprint(r.on.id))}}),
	}
	for _, key := range sortedKeys(r.attrs) {
		switch v := r.attrs[key].(type) {
		case int:
			rec.Attrs = append(rec.Attrs, model.IntAttr(b.InternString(key), int64(v)))
		case string:
			rec.Attrs = append(rec.Attrs, text(key, v))
		}
	}
	if r.exception[0] != "" {
		rec.Events = []model.EventRecord{{TimeNano: rec.EndNano, Name: b.InternString("exception"),
			Attrs: []model.Attr{text("exception.type", r.exception[0]), text("exception.message", r.exception[1])}}}
	}
	if r.link[1] != 0 {
		rec.Links = []model.LinkRecord{{Trace: traceID(r.link[0]), Span: model.SpanID(r.link[1])}}
	}
	b.Add(&rec)
}
