package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/logs/elastic/elastictest"
	"traceview/internal/model"
)

// demoIndex is where the demo's services log to.
const demoIndex = "logs-shop"

// demoLogs answers as the Elasticsearch of the demo shop. What its services logged is
// made of their spans when it is first asked for.
type demoLogs struct {
	shop *demo.Shop
	once sync.Once
	es   elastictest.Server
}

// ServeHTTP implements http.Handler.
func (d *demoLogs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.once.Do(func() {
		for _, t := range d.shop.Traces() {
			b := model.NewBuilder()
			if otlp.DecodeProto(t.Proto, b) != nil {
				continue // cannot be: the shop wrote it
			}
			for _, made := range b.Build() {
				d.log(made)
			}
		}
	})
	d.es.ServeHTTP(w, r)
}

// log writes what the services of a trace would have: that work began, how it ended, and
// with what where it failed.
func (d *demoLogs) log(t *model.Trace) {
	for i := range t.Spans {
		s := &t.Spans[i]
		at := model.SpanIndex(i)
		if s.Kind != model.KindServer && s.Kind != model.KindConsumer && !s.Failed() {
			continue
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
	srv := &http.Server{Handler: &demoLogs{shop: shop}, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }() // until it is closed
	return "http://" + l.Addr().String(), func() { _ = srv.Close() }, nil
}
