package redact

import (
	"context"
	"math"

	"traceview/internal/model"
)

// copying makes the redacted copy of one trace.
type copying struct {
	r       *Redactor
	t       *model.Trace
	b       maker
	apart   bool // mark each span, so that none are taken for repeats
	quiet   bool // what is found was noted before
	names   [len(fieldNames)][]model.StringID
	keys    []keyed // by StringID in t
	res     map[model.ResourceID]model.ResourceID
	scopes  map[model.ScopeID]model.ScopeID
	scratch []byte
	lists   [][]model.Attr // attributes on the way, by depth
	rec     model.SpanRecord
	attrs   []model.Attr // of the events and links of one span
}

// keyed is what is known of a key: its new id and what becomes of its values.
type keyed struct {
	id   model.StringID
	plan plan
	done bool
}

// The texts that are no attributes.
const (
	spanName = iota
	statusText
	eventName
	traceState
	library
	schema
	attrKey
)

// fieldNames are as rules have them; keys of attributes have no rule.
var fieldNames = [...]string{"@span", "@status", "@event", "@state", "@library", "@schema", "@key"}

// A maker takes what the copy is made of: a model.Builder, or nobody.
type maker interface {
	Intern(s []byte) model.StringID
	StringAttr(key model.StringID, v []byte) model.Attr
	BytesAttr(key model.StringID, v []byte) model.Attr
	ListAttr(key model.StringID, elems []model.Attr) model.Attr
	MapAttr(key model.StringID, entries []model.Attr) model.Attr
	Resource(r *model.ResourceRecord) model.ResourceID
	Scope(s *model.ScopeRecord) model.ScopeID
	Add(r *model.SpanRecord)
	WarnLast(kind model.WarningKind)
	WarnTraceOf(id model.TraceID, kind model.WarningKind, amount int64)
}

// nobody is a maker that keeps nothing, for looking at what would be replaced.
type nobody struct{}

func (nobody) Intern([]byte) model.StringID                        { return 1 }
func (nobody) StringAttr(model.StringID, []byte) model.Attr        { return model.Attr{} }
func (nobody) BytesAttr(model.StringID, []byte) model.Attr         { return model.Attr{} }
func (nobody) ListAttr(model.StringID, []model.Attr) model.Attr    { return model.Attr{} }
func (nobody) MapAttr(model.StringID, []model.Attr) model.Attr     { return model.Attr{} }
func (nobody) Resource(*model.ResourceRecord) model.ResourceID     { return 1 }
func (nobody) Scope(*model.ScopeRecord) model.ScopeID              { return 1 }
func (nobody) Add(*model.SpanRecord)                               {}
func (nobody) WarnLast(model.WarningKind)                          {}
func (nobody) WarnTraceOf(model.TraceID, model.WarningKind, int64) {}

func newCopying(r *Redactor, t *model.Trace, into maker) *copying {
	return &copying{r: r, t: t, b: into, keys: make([]keyed, t.Strings()),
		res: map[model.ResourceID]model.ResourceID{}, scopes: map[model.ScopeID]model.ScopeID{}}
}

// between is how many spans are done between looks at the context.
const between = 1 << 12

// spans copies the spans from up to to, with what a decoder said of them and, of
// the whole trace, of it.
func (c *copying) spans(ctx context.Context, from, to model.SpanIndex, progress func(float64)) error {
	t := c.t
	warned := 0
	for warned < len(t.Warnings) && t.Warnings[warned].Span < from { // NoSpan comes first
		warned++
	}
	for i := from; i < to; i++ {
		if (i-from)%between == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if progress != nil {
				progress(float64(i-from) / float64(to-from))
			}
		}
		c.span(i)
		for ; warned < len(t.Warnings) && t.Warnings[warned].Span == i; warned++ {
			switch k := t.Warnings[warned].Kind; k {
			case model.BadID, model.BadAttribute: // those a decoder gives
				c.b.WarnLast(k)
			}
		}
	}
	for _, w := range t.Warnings {
		if w.Span == model.NoSpan && (w.Kind == model.Truncated || w.Kind == model.Ignored) {
			c.b.WarnTraceOf(t.ID, w.Kind, w.Amount)
		}
	}
	return nil
}

func (c *copying) span(i model.SpanIndex) {
	t, s, rec := c.t, &c.t.Spans[i], &c.rec
	start, end := t.StoredTimes(i)
	*rec = model.SpanRecord{Trace: t.ID, ID: s.ID, Parent: s.ParentID, StartNano: start, EndNano: end, Kind: s.Kind, Status: s.Status, Flags: s.Flags,
		Name: c.name(s.Name, spanName), StatusText: c.name(s.StatusText, statusText), State: c.name(s.State, traceState),
		Resource: c.resource(s.Resource), Scope: c.scope(s.Scope), Dropped: t.Dropped(i), Events: rec.Events[:0], Links: rec.Links[:0], Attrs: rec.Attrs[:0]}
	c.attrs = c.attrs[:0]
	rec.Attrs = c.list(rec.Attrs, t.Attrs(i), inSpan)
	if c.apart {
		rec.Attrs = append(rec.Attrs, model.IntAttr(c.b.Intern([]byte("redacted.span")), int64(i)))
	}
	events := t.SpanEvents(i)
	for k := range events {
		e, from := &events[k], len(c.attrs)
		c.attrs = c.list(c.attrs, t.EventAttrs(e), inEvent)
		rec.Events = append(rec.Events, model.EventRecord{TimeNano: uint64(e.Time), Name: c.name(e.Name, eventName), Dropped: e.Dropped, Attrs: c.attrs[from:len(c.attrs):len(c.attrs)]})
	}
	links := t.SpanLinks(i)
	for k := range links {
		l, from := &links[k], len(c.attrs)
		c.attrs = c.list(c.attrs, t.LinkAttrs(l), inLink)
		rec.Links = append(rec.Links, model.LinkRecord{Trace: l.Trace, Span: l.Span, State: c.name(l.State, traceState), Flags: l.Flags, Dropped: l.Dropped,
			Attrs: c.attrs[from:len(c.attrs):len(c.attrs)]})
	}
	c.b.Add(rec)
}

func (c *copying) resource(id model.ResourceID) model.ResourceID {
	if id == 0 {
		return 0
	}
	if n, ok := c.res[id]; ok {
		return n
	}
	r := c.t.ResourceAt(id)
	rec := model.ResourceRecord{Attrs: c.list(nil, c.t.ResourceAttrs(id), inResource), Schema: c.name(r.Schema, schema), Dropped: r.Dropped}
	n := c.b.Resource(&rec)
	c.res[id] = n
	return n
}

func (c *copying) scope(id model.ScopeID) model.ScopeID {
	if id == 0 {
		return 0
	}
	if n, ok := c.scopes[id]; ok {
		return n
	}
	s := c.t.ScopeAt(id)
	n := c.b.Scope(&model.ScopeRecord{Name: c.name(s.Name, library), Version: c.name(s.Version, library), Schema: c.name(s.Schema, schema),
		Attrs: c.list(nil, c.t.ScopeAttrs(id), inScope), Dropped: s.Dropped})
	c.scopes[id] = n
	return n
}

// name returns the new id of an interned text. One that changed is noted each
// time, so it is asked for anew.
func (c *copying) name(id model.StringID, field int) model.StringID {
	if id == 0 {
		return 0
	}
	if c.names[field] == nil {
		c.names[field] = make([]model.StringID, c.t.Strings())
	}
	if n := c.names[field][id]; n != 0 {
		return n
	}
	p := c.r.plan(fieldNames[field])
	if field == attrKey {
		p.scan &^= 1 << Password
	}
	s, changed := c.redacted(c.t.Str(id), p, place{where: inField, key: fieldNames[field]})
	c.scratch = append(c.scratch[:0], s...)
	n := c.b.Intern(c.scratch)
	if !changed {
		c.names[field][id] = n
	}
	return n
}

func (c *copying) redacted(s string, p plan, at place) (string, bool) {
	if c.quiet {
		at.where = nowhere
	}
	return c.r.text(s, p, at)
}

func (c *copying) key(id model.StringID) *keyed {
	k := &c.keys[id]
	if !k.done {
		*k = keyed{c.name(id, attrKey), c.r.plan(c.t.Str(id)), true}
	}
	return k
}

// list appends attributes to dst as the rules want them.
func (c *copying) list(dst, attrs []model.Attr, where where) []model.Attr {
	for _, a := range attrs {
		k := c.key(a.Key)
		dst = append(dst, c.attr(k.id, a, k.plan, place{where, c.t.Key(a)}, 0))
	}
	return dst
}

// attr returns a value as a plan wants it. It recurses at most model.MaxNesting
// deep.
func (c *copying) attr(key model.StringID, a model.Attr, p plan, at place, depth int) model.Attr {
	if c.quiet {
		at.where = nowhere
	}
	switch a.Kind {
	case model.ValueString, model.ValueBytes:
		s, _ := c.r.text(c.t.Raw(a), p, at)
		c.scratch = append(c.scratch[:0], s...)
		if a.Kind == model.ValueBytes {
			return c.b.BytesAttr(key, c.scratch)
		}
		return c.b.StringAttr(key, c.scratch)
	case model.ValueInt, model.ValueFloat, model.ValueBool:
		if p.do == Keep || p.do == Scan && !bigNumber(a) || p.do == SQL && !bigNumber(a) {
			return c.plain(key, a)
		}
		if s, changed := c.r.number(asText(a), p, at); changed {
			return c.b.StringAttr(key, []byte(s))
		}
		return c.plain(key, a)
	case model.ValueList, model.ValueMap:
		if p.do == Mask {
			s, _ := c.r.text(c.t.Text(a), p, at)
			return c.b.StringAttr(key, []byte(s))
		}
		return c.nested(key, a, p, at, depth)
	}
	return model.EmptyAttr(key)
}

// bigNumber says whether a number has as many digits as one of a telephone.
func bigNumber(a model.Attr) bool {
	const least = 1e10
	switch a.Kind {
	case model.ValueInt:
		return a.Int() >= least
	case model.ValueFloat:
		f := a.Float()
		return f >= least && f < 1e20 && f == math.Trunc(f)
	}
	return false
}

// plain returns a number or a truth value as it is, under its new key.
func (c *copying) plain(key model.StringID, a model.Attr) model.Attr {
	a.Key = key
	return a
}

func (c *copying) nested(key model.StringID, a model.Attr, p plan, at place, depth int) model.Attr {
	for len(c.lists) <= depth {
		c.lists = append(c.lists, nil)
	}
	out := c.lists[depth][:0]
	for _, e := range c.t.Elems(a) {
		inner, below, id := p, at, model.StringID(0)
		if a.Kind == model.ValueMap {
			name := c.t.Key(e)
			below.key = at.key + "." + name
			inner, id = c.r.inner(p, below.key, name), c.name(e.Key, attrKey)
		}
		if depth >= model.MaxNesting { // decoders let none through
			out = append(out, model.EmptyAttr(id))
			continue
		}
		v := c.attr(id, e, inner, below, depth+1)
		out = append(out, v)
	}
	c.lists[depth] = out
	if a.Kind == model.ValueMap {
		return c.b.MapAttr(key, out)
	}
	return c.b.ListAttr(key, out)
}
