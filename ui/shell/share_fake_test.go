package shell

import (
	"context"
	"errors"
	"strings"

	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/weblink"
)

// A writeCall is a file or a text that waits for the test to let it be written.
type writeCall struct {
	sharing *Sharing
	path    string
	replace bool
	on      func(float64, int64)
	reply   chan error
}

var errExists = errors.New("there is a file of this name")

// fakeSharer is a Sharer whose writing the test answers. It finds one address in
// each span.
type fakeSharer struct {
	writes chan *writeCall
	looked chan *Sharing
	rules  error // what is wrong with them
}

func newFakeSharer() *fakeSharer {
	return &fakeSharer{writes: make(chan *writeCall, 4), looked: make(chan *Sharing, 64)}
}

func (f *fakeSharer) Part(_ context.Context, t *model.Trace, at model.SpanIndex) (*model.Trace, error) {
	return &model.Trace{Arena: t.Arena, ID: t.ID, Root: 0, Spans: t.Spans[at:t.Spans[at].End]}, nil
}

func (f *fakeSharer) Look(_ context.Context, s *Sharing, on func(float64)) (Preview, error) {
	on(0.5)
	f.looked <- s
	if f.rules != nil || s.Rules == RulesNone {
		return Preview{}, f.rules
	}
	n := 0
	for _, t := range s.Traces {
		n += len(t.Spans)
	}
	p := Preview{Count: n + 3, Kinds: map[redact.Kind]int{redact.Email: n, redact.Password: 3}, Changes: []redact.Change{
		{Where: "span", Key: "customer.email", Count: n, Values: []redact.Value{
			{Kind: redact.Email, Before: "ivan.petrov@mail.ru", After: "[email:bcdfghjkmnpqrs]", Count: n - 1}, {Kind: redact.Email, Before: "anna@shop.example", After: "[email:tvbcdfghjkmnpq]", Count: 1}}},
		{Where: "field", Key: "@status", Count: 3, Beyond: 2, Values: []redact.Value{{Kind: redact.Password, Before: "hunter2", After: "[password]", Count: 1}}},
	}}
	if s.Keys["customer.email"] == "keep" {
		p.Changes, p.Count = p.Changes[1:], 3
		delete(p.Kinds, redact.Email)
	}
	return p, nil
}

func (f *fakeSharer) Write(ctx context.Context, s *Sharing, path string, replace bool, on func(float64, int64)) (int64, error) {
	c := &writeCall{s, path, replace, on, make(chan error, 1)}
	f.writes <- c
	select {
	case err := <-c.reply:
		return 12_345_678, err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (f *fakeSharer) Text(ctx context.Context, s *Sharing) (string, error) {
	_, err := f.Write(ctx, s, "", false, nil)
	return "# Order " + s.Order, err
}

func (f *fakeSharer) Exists(err error) bool { return errors.Is(err, errExists) }

func (f *fakeSharer) Ending(format string) string {
	if format == formatSnapshot || format == "" {
		return ".traceview"
	}
	return "." + strings.ReplaceAll(format, "-", ".")
}

// Places makes fakeSource one whose traces have pages elsewhere.
func (f *fakeSource) Places() *weblink.Places {
	if f.places != nil {
		return f.places
	}
	return &weblink.Places{Jaeger: f.pages}
}

// shareWhole opens the sheet and waits until it says what leaves.
func (b *bench) shareWhole() *sheet {
	b.t.Helper()
	b.ctrl("E")
	if !b.sheet.open() {
		b.t.Fatal("the sheet is not open: " + b.notice)
	}
	b.seen()
	return b.sheet
}

// seen waits until it is known what leaves.
func (b *bench) seen() {
	b.t.Helper()
	b.until("what leaves", func() bool { return !b.sheet.gather.Busy() && !b.sheet.look.Busy() })
	b.Window.Canvas().Capture()
}

// nextWrite returns the next file or text that is written.
func (b *bench) nextWrite() *writeCall {
	b.t.Helper()
	select {
	case c := <-b.sharer.writes:
		return c
	case <-b.t.Context().Done():
		return nil
	}
}
