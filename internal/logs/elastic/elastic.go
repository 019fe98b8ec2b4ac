// Package elastic fetches the log lines of a trace from Elasticsearch, and from
// OpenSearch, whose search is the same but for points in time. Documents as Elastic's
// Common Schema, OpenTelemetry and a house of its own name things are understood.
//
// What goes over the network is package client's affair: certificates, proxies,
// credentials, attempts and kinds of error are those of connections to Jaeger.
package elastic

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"traceview/internal/client"
	"traceview/internal/logs"
	"traceview/internal/model"
)

// Defaults of Options.
const (
	// DefaultPort is that of Elasticsearch.
	DefaultPort = "9200"
	// DefaultIndex is where Elastic's own shippers and data streams put logs.
	DefaultIndex = "logs-*,filebeat-*"
	// DefaultPad allows for clocks that differ, and for lines logged after the last span.
	DefaultPad = 15 * time.Minute
	pageSize   = 1000
	// pageLimit bounds one answer, in bytes: what is beyond is asked for once more.
	pageLimit = 64 << 20
)

// Options say where the logs are.
type Options struct {
	Server        client.Options // address, certificates and credentials
	Index         string         // a pattern, several divided by commas; "" for DefaultIndex
	Names         Names
	Before, After time.Duration // how far beyond the trace lines are looked for; below 0 for DefaultPad
	PageSize      int           // 0 for 1000
}

// APIKey returns the header that a key of Elasticsearch is sent in. The key is as
// Elasticsearch shows it, encoded, or its id and secret with a colon between.
func APIKey(key string) (name, value string) {
	key = strings.TrimSpace(key)
	if strings.Contains(key, ":") {
		key = base64.StdEncoding.EncodeToString([]byte(key))
	}
	return "authorization", "ApiKey " + key
}

// A Client asks one Elasticsearch. Its methods may be called from any goroutine.
type Client struct {
	web   *client.Web
	o     Options
	roles roles
}

// New checks options and prepares a connection; the first question makes it. Close it
// when done.
func New(o Options) (*Client, error) {
	if o.Index == "" {
		o.Index = DefaultIndex
	}
	if err := CheckIndex(o.Index); err != nil {
		return nil, err
	}
	if o.PageSize <= 0 {
		o.PageSize = pageSize
	}
	for _, pad := range []*time.Duration{&o.Before, &o.After} {
		if *pad < 0 {
			*pad = DefaultPad
		}
	}
	if o.Server.RecvLimit == 0 {
		o.Server.RecvLimit = pageLimit / 4 // the client allows four times that over HTTP
	}
	if o.Server.StreamIdle == 0 {
		o.Server.StreamIdle = time.Minute
	}
	web, err := client.NewWeb(o.Server, DefaultPort)
	if err != nil {
		return nil, err
	}
	return &Client{web: web, o: o, roles: rolesOf(o.Names)}, nil
}

// CheckIndex says what is wrong with a pattern of indices.
func CheckIndex(pattern string) error {
	if strings.ContainsAny(pattern, "/\\?#\"<>| \t\r\n%") || strings.HasPrefix(pattern, "_") || pattern != strings.ToLower(pattern) {
		return fmt.Errorf("index pattern %.80q: want names in lower case such as logs-*, several divided by commas", pattern)
	}
	return nil
}

// Close ends all questions that are under way.
func (c *Client) Close() error { return c.web.Close() }

// Endpoint returns host:port of the server, with the path behind it.
func (c *Client) Endpoint() string { return c.web.Endpoint() }

// Index returns the pattern of the indices that are looked through.
func (c *Client) Index() string { return c.o.Index }

// An Error is a question that failed. Its cause is a *client.Error.
type Error struct {
	Op    string // "fetch logs of trace …"
	Index string
	Cause error
}

// Error says what failed, where and why.
func (e *Error) Error() string { return fmt.Sprintf("%s in index %s: %v", e.Op, e.Index, e.Cause) }

// Unwrap returns the *client.Error.
func (e *Error) Unwrap() error { return e.Cause }

// A Query asks for the lines of a trace.
type Query struct {
	Trace    model.TraceID
	From, To time.Time // when the trace began and ended
}

// Fetch returns the lines of a trace, at most as many as logs.Lines hold; their Gap
// says what is missing. With an error, which is an *Error, come the lines that had
// arrived before it. On is told how many there are as they arrive, on the calling
// goroutine; it may be nil.
func (c *Client) Fetch(ctx context.Context, q Query, on func(lines int)) (*logs.Lines, error) {
	if on == nil {
		on = func(int) {}
	}
	f := &fetch{c: c, q: q, from: q.From.Add(-c.o.Before), to: q.To.Add(c.o.After), total: -1, on: on}
	err := f.run(ctx)
	if err != nil {
		err = &Error{"fetch logs of trace " + q.Trace.String(), c.o.Index, err}
	}
	return logs.New(q.Trace, f.lines, f.missing(err)), err
}

// A Sample is what Check found.
type Sample struct {
	Lines int64    // of the last day that name a trace, as far as counted
	Gap   logs.Gap // what the count lacks: AtLeast says that there may be more than Lines
}

// Check asks whether there are lines of traces at all, of the last day. The error is an
// *Error.
func (c *Client) Check(ctx context.Context, now time.Time) (Sample, error) {
	f := &fetch{c: c, from: now.Add(-24 * time.Hour), to: now.Add(time.Hour), total: -1}
	p := page{f: f, blind: true} // documents may come all the same
	err := f.search(ctx, c.checkBody(f), &p)
	if err != nil {
		return Sample{}, &Error{"look for logs", c.o.Index, err}
	}
	g := logs.Gap{AtLeast: p.atLeast, FailedShards: p.failed, TimedOut: p.timedOut, Reason: p.reason}
	if g.FailedShards > 0 {
		g.Shards = p.shards
	}
	return Sample{Lines: max(p.total, 0), Gap: g}, nil
}

// isKind says whether an error is of one of those kinds.
func isKind(err error, kinds ...client.Kind) bool {
	for _, k := range kinds {
		if errors.Is(err, k) {
			return true
		}
	}
	return false
}
