package elastic

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"

	"traceview/internal/client"
	"traceview/internal/logs"
)

// How long the server keeps a point in time between two questions, and how long
// ending it may take.
const (
	keepAlive    = "1m"
	closeTimeout = 2 * time.Second
)

// maxStalls bounds how often fetching goes on after an answer broke off.
const maxStalls = 3

// A fetch is the lines of one trace on their way.
type fetch struct {
	c        *Client
	q        Query
	from, to time.Time
	on       func(int)

	pit   string // the newest id of the point in time, "" for none
	plain bool   // the server has none
	after json.RawMessage
	size  int // of the next page
	lines []logs.Line
	came  int             // documents
	seen  map[string]bool // their unique ids
	bytes int
	newer int64 // Unix ns of the last line

	total   int64 // that match, -1 while not known
	atLeast bool
	broken  int
	gap     logs.Gap // what shards said
}

// run asks page after page until there is no more, or enough.
func (f *fetch) run(ctx context.Context) error {
	if err := f.open(ctx); err != nil {
		return err
	}
	defer func() { f.close(ctx) }()
	f.size = min(f.c.o.PageSize, logs.MaxLines)
	for stalls := 0; ; {
		p := page{f: f}
		err := f.search(ctx, f.body(), &p)
		f.note(&p)
		switch {
		case err == nil && (p.hits < f.size || f.full()):
			return nil
		case err == nil:
			stalls = 0
		case isKind(err, client.ErrInvalid) && !f.plain && f.after == nil: // a server that knows points in time, but not how to sort by them
			f.close(ctx)
			f.plain, f.pit = true, ""
		case p.contextLost && stalls < maxStalls:
			if err := f.reopen(ctx); err != nil {
				return err
			}
			stalls++
		case isKind(err, client.ErrTooLarge) && p.hits == 0 && f.size == 1:
			if err := f.passOver(ctx); err != nil {
				return err
			}
		case isKind(err, client.ErrTooLarge):
			f.size = max(1, min(p.hits, f.size/2))
			continue
		case isKind(err, client.ErrInterrupted) && p.hits > 0 && stalls < maxStalls:
			stalls++
		default:
			return err
		}
		f.size = min(f.c.o.PageSize, max(1, logs.MaxLines-len(f.lines)))
	}
}

// note keeps what a page said beside its lines.
func (f *fetch) note(p *page) {
	if p.pit != "" {
		f.pit = p.pit
	}
	if p.after != nil {
		f.after = p.after
	}
	if p.total >= 0 && p.totalSaid {
		f.total, f.atLeast = max(f.total, p.total), p.atLeast
	}
	f.gap.FailedShards, f.gap.Shards = max(f.gap.FailedShards, p.failed), max(f.gap.Shards, p.shards)
	f.gap.TimedOut = f.gap.TimedOut || p.timedOut
	if f.gap.Reason == "" {
		f.gap.Reason = p.reason
	}
	f.on(len(f.lines))
}

// knows says whether a document came before, and takes it as one that did.
func (f *fetch) knows(uid string) bool {
	f.came++
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	again := f.seen[uid]
	f.seen[uid] = true
	return again
}

// full says whether a trace holds no more, or too much came that is of no use: a server
// that goes round in circles never ends.
func (f *fetch) full() bool {
	return len(f.lines) >= logs.MaxLines || f.bytes >= logs.MaxBytes || f.came >= 2*logs.MaxLines
}

// missing returns what is missing of the lines.
func (f *fetch) missing(err error) logs.Gap {
	g := f.gap
	g.Broken = f.broken
	g.Missed = max(0, f.total-int64(len(f.lines)+f.broken))
	g.AtLeast = f.atLeast && g.Missed > 0 || err != nil && g.Missed == 0
	if g.FailedShards == 0 {
		g.Shards = 0
	}
	return g
}

// open opens a point in time, so that pages fit together while lines arrive. A server
// without, or one that allows no more than searching, is searched without.
func (f *fetch) open(ctx context.Context) error {
	var answer struct {
		ID string `json:"id"`
	}
	var said said
	err := f.c.web.Do(ctx, client.Call{Op: "open point in time", Method: http.MethodPost, Path: "/" + f.c.o.Index + "/_pit",
		Query: url.Values{"keep_alive": {keepAlive}}, Read: func(r io.Reader) error { return json.NewDecoder(r).Decode(&answer) }, Explain: said.explain})
	switch {
	case err == nil && answer.ID != "":
		f.pit = answer.ID
	case err == nil:
		f.plain = true
	case said.kind == indexMissing:
		return err
	case isKind(err, client.ErrNotFound, client.ErrUnimplemented, client.ErrInvalid, client.ErrForbidden):
		f.plain = true
	default:
		return err
	}
	return nil
}

// reopen goes on at the last line where the server has forgotten the point in time.
// Documents of that millisecond come again, and are known by their ids.
func (f *fetch) reopen(ctx context.Context) error {
	f.pit, f.after = "", nil
	if f.newer != 0 {
		f.from = time.Unix(0, f.newer)
	}
	return f.open(ctx)
}

// close ends the point in time also where ctx has ended; how it goes does not matter,
// as the server forgets it by itself soon.
func (f *fetch) close(ctx context.Context) {
	if f.pit == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	body, _ := json.Marshal(map[string]string{"id": f.pit}) // a string always can be
	_ = f.c.web.Do(ctx, client.Call{Op: "close point in time", Method: http.MethodDelete, Path: "/_pit", Body: body})
	f.pit = ""
}

// passOver goes beyond a document that is larger than any answer may be.
func (f *fetch) passOver(ctx context.Context) error {
	b := f.body()
	b.Source = false
	p := page{f: f, blind: true}
	err := f.search(ctx, b, &p)
	f.note(&p)
	return err
}

// search asks once and reads the answer into p.
func (f *fetch) search(ctx context.Context, b body, p *page) error {
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	path := "/_search"
	query := url.Values{}
	if b.PIT == nil {
		path = "/" + f.c.o.Index + "/_search"
		query.Set("preference", "traceview") // the same copies of shards for every page
	}
	var said said
	p.total = -1
	err = f.c.web.Do(ctx, client.Call{Op: "search logs", Method: http.MethodPost, Path: path, Query: query, Body: text,
		Read: p.read, Explain: said.explain})
	p.contextLost = said.kind == contextMissing
	return err
}

// The types of error that need an answer of their own.
const (
	indexMissing   = "index_not_found_exception"
	contextMissing = "search_context_missing_exception"
)

// said is what Elasticsearch says of an error.
type said struct{ kind string }

// explain reads an error of Elasticsearch: its type and reason, and those of the cause
// where that says more.
func (s *said) explain(_ int, text []byte) (detail string, kind client.Kind) {
	type cause struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
	}
	var answer struct {
		Error json.RawMessage `json:"error"`
	}
	var e struct {
		cause
		Root []cause `json:"root_cause"`
	}
	if json.Unmarshal(text, &answer) != nil || len(answer.Error) == 0 {
		return string(text), 0
	}
	var plain string
	if json.Unmarshal(answer.Error, &plain) == nil {
		return plain, 0
	}
	if json.Unmarshal(answer.Error, &e) != nil || e.Type == "" {
		return string(text), 0
	}
	s.kind = e.Type
	detail = e.Type + ": " + e.Reason
	if len(e.Root) > 0 && e.Root[0].Reason != e.Reason {
		detail += " (" + e.Root[0].Type + ": " + e.Root[0].Reason + ")"
		if e.Root[0].Type == contextMissing {
			s.kind = contextMissing
		}
	}
	if s.kind == indexMissing {
		kind = client.ErrNotFound
	}
	return detail, kind
}
