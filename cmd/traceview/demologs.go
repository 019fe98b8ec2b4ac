package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/logs/elastic/elastictest"
	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/secret"
	"traceview/ui/shell"
	"traceview/ui/view/library"
)

// demoIndex is where the demo's services log to.
const demoIndex = "logs-shop"

// demoLogs answers as an Elasticsearch of the demo shop that has no points in time. What
// its services logged of a trace is made of their spans when somebody asks for that: of
// all traces it would take 90 MB.
type demoLogs struct {
	es elastictest.Server

	mu   sync.Mutex
	rest map[string]*demo.Trace // those not asked for yet, by their ids
}

func newDemoLogs(shop *demo.Shop) *demoLogs {
	d := &demoLogs{es: elastictest.Server{NoPIT: http.StatusNotFound}, rest: map[string]*demo.Trace{}}
	for _, t := range shop.Traces() {
		d.rest[t.ID] = t
	}
	d.es.Add(demoIndex, "begin", elastictest.Document{"@timestamp": time.Unix(0, 0).UTC().Format(time.RFC3339)}) // an index that is there
	return d
}

// traceIDs are what questions name traces by.
var traceIDs = regexp.MustCompile(`[0-9a-f]{32}`)

// maxQuestion bounds the body of a question, in bytes.
const maxQuestion = 1 << 20

// ServeHTTP implements http.Handler.
func (d *demoLogs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxQuestion))
	if err != nil {
		return // whoever asked has gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	d.fill(traceIDs.FindAllString(string(body), -1))
	d.es.ServeHTTP(w, r)
}

// fill logs the traces of those ids, or all where none is named: the question is then
// how many there are.
func (d *demoLogs) fill(ids []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(ids) == 0 {
		ids = slices.Collect(maps.Keys(d.rest))
	}
	for _, id := range ids {
		t, ok := d.rest[id]
		if !ok {
			continue
		}
		delete(d.rest, id)
		b := model.NewBuilder()
		if otlp.DecodeProto(t.Proto, b) != nil {
			continue // cannot be: the shop wrote it
		}
		for _, made := range b.Build() {
			d.log(made)
		}
	}
}

// demoSource is the connection to the demo's server, with its logs, until stop is called.
func demoSource(ctx context.Context, cl *client.Client, shop *demo.Shop) (s *source, stop func(), err error) {
	address, stop, err := serveDemoLogs(ctx, shop)
	if err != nil {
		return nil, nil, err
	}
	s = ownSource(cl)
	s.logs = newLogSource(config.Connection{Name: "demo", Logs: config.Logs{Address: address, Index: demoIndex}}, credential.New(&secret.Memory{}))
	return s, stop, nil
}

// log writes what the three services of a trace that have logs would have: that work began, how it ended, and
// with what where it failed.
func (d *demoLogs) log(t *model.Trace) {
	for i := range t.Spans {
		s := &t.Spans[i]
		at := model.SpanIndex(i)
		if !strings.HasSuffix(t.ServiceName(at), "-api") || s.Kind != model.KindServer && s.Kind != model.KindConsumer && !s.Failed() {
			continue // neither browsers nor storage log there
		}
		name := t.Name(at)
		if !s.Failed() {
			d.line(t, at, 0, "INFO", name+" begins", "")
			d.line(t, at, s.Dur, "INFO", fmt.Sprintf("%s ended after %s", name, time.Duration(s.Dur).Round(time.Microsecond)), "")
			continue
		}
		d.line(t, at, s.Dur, "ERROR", strings.TrimSuffix(name+" failed: "+t.Str(s.StatusText), ": "), stackOf(t, at))
	}
}

// stackOf returns the stack trace that a span recorded, "" for none.
func stackOf(t *model.Trace, i model.SpanIndex) string {
	events := t.SpanEvents(i)
	for k := range events {
		if a, ok := t.Find(t.EventAttrs(&events[k]), "exception.stacktrace"); ok {
			return t.Text(a)
		}
	}
	return ""
}

func (d *demoLogs) line(t *model.Trace, i model.SpanIndex, after int64, level, message, stack string) {
	s := &t.Spans[i]
	doc := elastictest.Document{
		"@timestamp": t.SpanTime(i).Add(time.Duration(after)).Format(time.RFC3339Nano), "message": message,
		"log":     map[string]any{"level": level, "logger": t.Str(t.ScopeAt(s.Scope).Name)},
		"service": map[string]any{"name": t.ServiceName(i)},
		"trace":   map[string]any{"id": t.ID.String()}, "span": map[string]any{"id": s.ID.String()},
	}
	if stack != "" {
		doc["error"] = map[string]any{"stack_trace": stack}
	}
	d.es.Add(demoIndex, fmt.Sprintf("%s-%s-%s", t.ID, s.ID, level+fmt.Sprint(after)), doc)
}

// serveDemoLogs serves the logs of a shop on a free port of this machine until stop is
// called, and returns their address.
func serveDemoLogs(ctx context.Context, shop *demo.Shop) (address string, stop func(), err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("serve the logs of the demo: %w", err)
	}
	srv := &http.Server{Handler: newDemoLogs(shop), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }() // until it is closed
	return "http://" + l.Addr().String(), func() { _ = srv.Close() }, nil
}

// Demo implements shell.Connections.
func (k *windowConnections) Demo(ctx context.Context) (shell.Connected, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.shop != nil {
		return k.demo, nil
	}
	shop := demo.New(demo.Options{})
	if ctx.Err() != nil {
		return shell.Connected{}, context.Cause(ctx)
	}
	server, err := demo.Serve(context.WithoutCancel(ctx), shop, "") // until close
	if err != nil {
		return shell.Connected{}, err
	}
	cl, err := client.New(client.Options{Endpoint: server.Addr(), Plaintext: true, Version: version})
	if err != nil {
		server.Stop()
		return shell.Connected{}, err
	}
	from, stop, err := demoSource(context.WithoutCancel(ctx), cl, shop)
	if err != nil {
		server.Stop()
		return shell.Connected{}, errors.Join(err, cl.Close())
	}
	k.shop, k.stopLogs, k.clients = server, stop, append(k.clients, cl)
	k.demo = shell.Connected{Source: from, Address: savedview.Link{Endpoint: server.Addr(), Plaintext: true}, Known: featured(shop), Origin: library.Demo}
	return k.demo, nil
}
