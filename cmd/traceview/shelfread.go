package main

import (
	"context"
	"slices"
	"strings"

	"traceview/internal/analysis/traffic"
	"traceview/internal/model"
	"traceview/internal/order"
	"traceview/internal/query"
	"traceview/internal/store"
	"traceview/ui/shell"
	"traceview/ui/view/detail"
	libraryview "traceview/ui/view/library"
)

// Search implements shell.Library: plain words are the beginning of an order
// number, or words of the trace where there is no such order.
func (s *shelf) Search(ctx context.Context, q query.Kept, limit int, after string) (page shell.KeptPage, err error) {
	st, err := s.library(ctx)
	if err != nil {
		return page, err
	}
	byText, cursor := cutCursor(after)
	sq, exact, either := keptQuery(q)
	sq.Limit, exact.Limit = limit, limit
	sq.After, _ = store.ParseCursor(cursor)
	exact.After = sq.After
	if !either {
		return searched(ctx, st, sq, false)
	}
	if !byText {
		if page, err = searched(ctx, st, exact, false); err != nil || len(page.Entries) > 0 || after != "" {
			return page, err
		}
	}
	return searched(ctx, st, sq, true)
}

// keptQuery returns what to ask the library for. Where plain words may be an order
// number, exact asks for that, and is to be asked first.
func keptQuery(q query.Kept) (sq, exact store.Query, either bool) {
	sq = store.Query{Service: q.Service, Operation: q.Operation, Label: q.Label, Failed: q.Failed, Pinned: q.Pinned, From: q.From, Text: q.Plain}
	for _, a := range q.Attrs {
		sq.Attrs = append(sq.Attrs, store.Attr{Key: a[0], Value: a[1]})
	}
	if q.Order != "" {
		sq.Orders = spellings(q.Order)
	}
	if q.Plain == "" || q.Order != "" {
		return sq, store.Query{}, false
	}
	exact = sq
	exact.Orders, exact.Prefix, exact.Text = spellings(q.Plain), true, ""
	return sq, exact, true
}

// Traffic implements shell.Library; plain words are as in Search.
func (s *shelf) Traffic(ctx context.Context, q query.Kept) (*traffic.Set, int, error) {
	st, err := s.library(ctx)
	if err != nil {
		return nil, 0, err
	}
	sq, exact, either := keptQuery(q)
	if either {
		if set, n, err := st.Traffic(ctx, exact); err != nil || len(set.Traces) > 0 {
			return set, n, err
		}
	}
	return st.Traffic(ctx, sq)
}

// FillDigests implements shell.Library.
func (s *shelf) FillDigests(ctx context.Context, progress func(left int)) error {
	st, err := s.library(ctx)
	if err != nil {
		return err
	}
	return st.FillDigests(ctx, progress)
}

// spellings returns the ways in which an order number may be recorded.
func spellings(text string) []string {
	n, err := order.Normalise(text)
	if err != nil { // no order has it
		return []string{text}
	}
	return n.Spellings
}

// textCursor begins the cursor of a search that went by text.
const textCursor = "t"

func cutCursor(after string) (byText bool, cursor string) {
	if len(after) > 0 && after[:1] == textCursor {
		return true, after[1:]
	}
	return false, after
}

func searched(ctx context.Context, st *store.Store, q store.Query, byText bool) (page shell.KeptPage, err error) {
	p, err := st.Search(ctx, q)
	if err != nil {
		return page, err
	}
	page.ByText, page.Next = byText, p.Next.String()
	if byText && page.Next != "" {
		page.Next = textCursor + page.Next
	}
	page.Entries = make([]libraryview.Entry, len(p.Entries))
	for i := range p.Entries {
		page.Entries[i] = entryOf(&p.Entries[i])
	}
	return page, nil
}

func entryOf(m *store.Summary) libraryview.Entry {
	e := libraryview.Entry{
		Key: int64(m.Key), ID: m.TraceID, Service: m.RootService, Operation: m.RootOperation, Start: m.Start.UnixNano(), Duration: int64(m.Duration),
		Spans: m.Spans, Errors: m.Errors, Orders: m.Orders, Sources: m.Sources, Labels: m.Labels, Pinned: m.Pinned, Damaged: m.Damaged, Bytes: m.Bytes,
	}
	for _, v := range m.Services {
		e.Services = append(e.Services, libraryview.Service{Name: v.Name, Spans: v.Spans, Errors: v.Errors})
	}
	return e
}

// Orders implements shell.Library.
func (s *shelf) Orders(ctx context.Context, prefix string, limit int) (list []string, err error) {
	st, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	begins := spellings(prefix)
	page, err := st.Search(ctx, store.Query{Orders: begins, Prefix: true})
	if err != nil {
		return nil, err
	}
	for i := range page.Entries {
		for _, number := range page.Entries[i].Orders {
			fits := slices.ContainsFunc(begins, func(b string) bool { return strings.HasPrefix(number, b) })
			if fits && !slices.Contains(list, number) && len(list) < limit {
				list = append(list, number)
			}
		}
	}
	return list, nil
}

// Names implements shell.Library.
func (s *shelf) Names(ctx context.Context) (n shell.KeptNames, err error) {
	st, err := s.library(ctx)
	if err != nil {
		return n, err
	}
	names, err := st.Names(ctx)
	if err != nil {
		return n, err
	}
	n.Services, n.Operations = names.Services, names.Operations
	n.Labels, err = st.Labels(ctx)
	return n, err
}

// Load implements shell.Library.
func (s *shelf) Load(ctx context.Context, key int64) (*model.Trace, error) {
	st, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	return st.Load(ctx, store.Key(key))
}

// Find implements shell.Library.
func (s *shelf) Find(ctx context.Context, id model.TraceID) (int64, error) {
	st, err := s.library(ctx)
	if err != nil {
		return 0, err
	}
	list, err := st.Find(ctx, id)
	if err != nil {
		return 0, err
	}
	return int64(list[0].Key), nil
}

// Sample implements shell.Library.
func (s *shelf) Sample(ctx context.Context, newest, spread, spans int) ([]*model.Trace, error) {
	st, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	return st.Sample(ctx, newest, spread, spans)
}

// LinksTo implements shell.Library.
func (s *shelf) LinksTo(ctx context.Context, id model.TraceID) ([]detail.BackLink, error) {
	st, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	list, err := st.LinksTo(ctx, id, 0)
	out := make([]detail.BackLink, len(list))
	for i, l := range list {
		out[i] = detail.BackLink{
			Key: int64(l.From.Key), Trace: l.From.TraceID, Span: l.Span, To: l.To, Service: l.From.RootService, Operation: l.From.RootOperation,
			Start: l.From.Start.UnixNano(),
		}
	}
	return out, err
}

// Pin implements shell.Library.
func (s *shelf) Pin(ctx context.Context, pinned bool, keys ...int64) error {
	return s.each(ctx, keys, func(st *store.Store, k store.Key) error { return st.Pin(ctx, k, pinned) })
}

// Label implements shell.Library.
func (s *shelf) Label(ctx context.Context, labels []string, keys ...int64) error {
	return s.each(ctx, keys, func(st *store.Store, k store.Key) error { return st.SetLabels(ctx, k, labels) })
}

func (s *shelf) each(ctx context.Context, keys []int64, do func(*store.Store, store.Key) error) error {
	st, err := s.library(ctx)
	for i := 0; err == nil && i < len(keys); i++ {
		err = do(st, store.Key(keys[i]))
	}
	return err
}

// Delete implements shell.Library.
func (s *shelf) Delete(ctx context.Context, keys ...int64) error {
	st, err := s.library(ctx)
	if err != nil {
		return err
	}
	return st.Delete(ctx, storeKeys(keys)...)
}

// Undelete implements shell.Library.
func (s *shelf) Undelete(ctx context.Context, keys ...int64) error {
	st, err := s.library(ctx)
	if err != nil {
		return err
	}
	return st.Undelete(ctx, storeKeys(keys)...)
}

func storeKeys(keys []int64) []store.Key {
	out := make([]store.Key, len(keys))
	for i, k := range keys {
		out[i] = store.Key(k)
	}
	return out
}

// Verify implements shell.Library.
func (s *shelf) Verify(ctx context.Context, progress func(done, total int)) (h shell.KeptHealth, err error) {
	st, err := s.library(ctx)
	if err != nil {
		return h, err
	}
	r, err := st.Verify(ctx, progress)
	if err != nil {
		return h, err
	}
	return shell.KeptHealth{Traces: r.Entries, Damaged: len(r.Damaged), Problems: slices.Clone(r.Problems)}, nil
}

// Usage implements shell.Library.
func (s *shelf) Usage(ctx context.Context, l shell.KeptLimits) (u shell.KeptUsage, err error) {
	st, err := s.library(ctx)
	if err != nil {
		return u, err
	}
	t, err := st.Stats(ctx)
	if err != nil {
		return u, err
	}
	p, err := st.Plan(ctx, store.Policy{MaxBytes: l.Bytes, MaxAge: l.Age})
	if err != nil {
		return u, err
	}
	return shell.KeptUsage{
		Traces: t.Entries, Pinned: t.Pinned, Bytes: t.Bytes, Evict: p.Entries, EvictBytes: p.Bytes, Seen: p.Newest, Short: p.Short, Deleted: p.Deleted,
	}, nil
}

// Evict implements shell.Library.
func (s *shelf) Evict(ctx context.Context, l shell.KeptLimits) (int, error) {
	st, err := s.library(ctx)
	if err != nil {
		return 0, err
	}
	p, err := st.Plan(ctx, store.Policy{MaxBytes: l.Bytes, MaxAge: l.Age})
	if err != nil {
		return 0, err
	}
	return st.Evict(ctx, p, nil)
}
