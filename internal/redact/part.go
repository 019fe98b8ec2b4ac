package redact

import (
	"context"
	"fmt"

	"traceview/internal/model"
)

// Part returns a trace of span at and all inside it. The spans above stay too, so
// that the reader sees where it was called: with their names, services, times and
// states, and of what they recorded the attributes that keep wants alone. What
// else they had counts as dropped, and each says by model.OutsideKey that it is
// there for the way only. t stays as it is; progress, unless nil, is told the share
// done.
func Part(ctx context.Context, t *model.Trace, at model.SpanIndex, keep func(key string) bool, progress func(float64)) (*model.Trace, error) {
	b := model.NewBuilder()
	c := newCopying(New(None(), []byte{0}), t, b)
	for i := t.Spans[at].Parent; i != model.NoSpan; i = t.Spans[i].Parent {
		c.outline(i, keep)
	}
	if err := c.spans(ctx, at, t.Spans[at].End, progress); err != nil {
		return nil, fmt.Errorf("take a part of trace %s: %w", t.ID, err)
	}
	return built(b, t), nil
}

// outline adds a span without what it recorded.
func (c *copying) outline(i model.SpanIndex, keep func(key string) bool) {
	t, s := c.t, &c.t.Spans[i]
	start, end := t.StoredTimes(i)
	d := t.Dropped(i)
	rec := model.SpanRecord{Trace: t.ID, ID: s.ID, Parent: s.ParentID, StartNano: start, EndNano: end, Kind: s.Kind, Status: s.Status, Flags: s.Flags,
		Name: c.name(s.Name, spanName)}
	for _, a := range t.Attrs(i) {
		if key := t.Key(a); keep(key) {
			rec.Attrs = c.list(rec.Attrs, []model.Attr{a}, inSpan)
		} else {
			d.Attrs++
		}
	}
	rec.Attrs = append(rec.Attrs, model.BoolAttr(c.b.Intern([]byte(model.OutsideKey)), true))
	d.Events += uint32(len(t.SpanEvents(i)))
	d.Links += uint32(len(t.SpanLinks(i)))
	rec.Dropped = d
	var service []model.Attr
	for _, a := range t.ResourceAttrs(s.Resource) {
		if t.Key(a) == "service.name" {
			service = c.list(service, []model.Attr{a}, inResource)
		}
	}
	rec.Resource = c.b.Resource(&model.ResourceRecord{Attrs: service})
	c.b.Add(&rec)
}
