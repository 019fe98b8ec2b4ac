//go:build e2e

package e2e

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/client"
	"traceview/internal/demo"
	"traceview/internal/model"
)

// storages are the kinds of storage tested, with what each loses.
var storages = []struct {
	name  string
	lossy lossy
}{
	{"memory", false},
	{"badger", true}, // keeps spans in Jaeger's own model
}

// apis are the ways of asking, with what each loses.
var apis = []struct {
	api   client.API
	lossy lossy
}{
	{client.APIv3, false},
	{client.APIv2, true},
	{client.APIHTTP, false},
}

// A filled server holds the orders of the demo.
type filled struct {
	*server
	storage string
	lossy   lossy
	shop    *demo.Shop
	sent    map[model.TraceID][]sentSpan
}

// TestJaeger searches and fetches the demo's orders on a real Jaeger. There is
// one server a storage for all tests, since filling it takes longest.
func TestJaeger(t *testing.T) {
	shop := demo.New(demo.Options{Seed: 1})
	for _, storage := range storages {
		t.Run(storage.name, func(t *testing.T) {
			srv := startJaeger(t, storage.name)
			rec := startRecorder(t, srv.otlp)
			if err := shop.Export(t.Context(), rec.addr); err != nil {
				t.Fatal(err)
			}
			f := &filled{srv, storage.name, storage.lossy, shop, rec.sent()}
			if len(f.sent) != len(shop.Traces()) {
				t.Fatalf("%d traces went over the wire, want the demo's %d", len(f.sent), len(shop.Traces()))
			}
			f.checkWorthComparing(t)
			for _, a := range apis {
				t.Run("fetch "+a.api.String(), func(t *testing.T) { f.testFetch(t, a.api, a.lossy || f.lossy) })
				orders, lookback := f.ordersFor(a.api)
				if len(orders) == 0 {
					t.Fatal("the demo has no order of the last days")
				}
				t.Run("orders "+a.api.String(), func(t *testing.T) { testOrders(t, orders, f.address(a.api), a.api.String(), lookback) })
				t.Run("unknown trace "+a.api.String(), func(t *testing.T) { f.testUnknownTrace(t, a.api) })
			}
			t.Run("wrong port", func(t *testing.T) { f.testWrongPort(t) })
			t.Run("orders on the web port", func(t *testing.T) {
				orders, lookback := f.ordersFor(client.APIHTTP)
				testOrders(t, orders, f.web, "", lookback)
			})
			t.Run("killed midway", func(t *testing.T) { f.testKilled(t) }) // the last: the server is gone
		})
	}
}

// checkWorthComparing makes sure that what was sent has one of everything that
// is compared; else the comparison would prove less than it says.
func (f *filled) checkWorthComparing(t *testing.T) {
	t.Helper()
	var events, links, errs, lists int
	seen := map[int32]bool{}
	for _, spans := range f.sent {
		for _, s := range spans {
			events += len(s.Events)
			links += len(s.Links)
			if s.GetStatus().GetCode() == 2 && s.Status.Message != "" {
				errs++
			}
			for _, kv := range slices.Concat(s.Attributes, s.resource.GetAttributes()) {
				if kv.Value.GetArrayValue() != nil {
					lists++
				}
			}
			seen[int32(s.Kind)] = true
		}
	}
	if events == 0 || links == 0 || errs == 0 || lists == 0 || len(seen) != 5 {
		t.Errorf("sent %d events, %d links, %d errors with a message, %d lists, %d kinds; want some of each and 5 kinds",
			events, links, errs, lists, len(seen))
	}
}

// connect returns a client of a server on loopback.
func connect(t *testing.T, addr string, api client.API) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{Endpoint: addr, Plaintext: true, API: api})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// address returns the port that speaks an API.
func (f *filled) address(api client.API) string {
	if api == client.APIHTTP {
		return f.web
	}
	return f.query
}

// ordersFor returns the orders to search for, and how far back: all of them, but
// for HTTP some of the last days, since this Jaeger knows no attributes there
// and sends all traces of the period.
func (f *filled) ordersFor(api client.API) (orders []demo.Order, lookback string) {
	if api != client.APIHTTP {
		return f.shop.Orders(), wholeHistory
	}
	since := uint64(time.Now().Add(-6 * 24 * time.Hour).UnixNano())
	most := 3
	if f.storage == "badger" { // which wants every service asked, and is slow to read whole traces
		most = 1
	}
	for _, o := range f.shop.Orders() {
		recent := func(id string) bool {
			trace, err := model.ParseTraceID(id)
			return err == nil && f.sent[trace][0].StartTimeUnixNano > since
		}
		if len(orders) < most && !slices.ContainsFunc(o.TraceIDs, func(id string) bool { return !recent(id) }) {
			orders = append(orders, o)
		}
	}
	return orders, "168h"
}

// testFetch compares every trace, span by span, with what was sent.
func (f *filled) testFetch(t *testing.T, api client.API, loss lossy) {
	c := connect(t, f.address(api), api)
	traces, spans, failed := 0, 0, 0
	for id, want := range f.sent {
		got, err := c.Trace(t.Context(), id, nil)
		if err != nil {
			t.Fatalf("trace %s: %v", id, err)
		}
		if diff := compareTrace(got, want, loss); len(diff) > 0 {
			t.Errorf("trace %s differs:\n%s", id, strings.Join(diff[:min(len(diff), 6)], "\n"))
			if failed++; failed == 5 {
				t.Fatal("and so on")
			}
		}
		traces++
		spans += len(want)
	}
	if c.Negotiated() != api {
		t.Errorf("answered in %s, want %s", c.Negotiated(), api)
	}
	t.Logf("%d traces with %d spans are as they were sent", traces, spans)
}

func (f *filled) testUnknownTrace(t *testing.T, api client.API) {
	c := connect(t, f.address(api), api)
	_, err := c.Trace(t.Context(), model.TraceID{0xde, 0xad, 15: 1}, nil)
	if !errors.Is(err, client.ErrNotFound) {
		t.Errorf("an id nobody has: %v, want %v", err, client.ErrNotFound)
	}
}

// testWrongPort asks the port of one protocol in the other.
func (f *filled) testWrongPort(t *testing.T) {
	for api, addr := range map[client.API]string{client.APIv3: f.web, client.APIHTTP: f.query} {
		_, err := connect(t, addr, api).Services(t.Context())
		if !errors.Is(err, client.ErrWrongPort) {
			t.Errorf("%s to the other port: %v, want %v", api, err, client.ErrWrongPort)
		}
	}
}

// testKilled kills the server while it sends traces, which must end the call
// at once with an error that says so, and keep what had arrived.
func (f *filled) testKilled(t *testing.T) {
	c := connect(t, f.query, client.APIv3)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	begun := make(chan struct{})
	gone := make(chan struct{})
	first := true
	progress := func(p client.Progress) {
		if first {
			first = false
			close(begun)
			<-gone // holds up reading, so that the stream cannot end before the server has
		}
	}
	go func() {
		<-begun
		f.kill()
		close(gone)
	}()
	q := client.Query{From: time.Now().AddDate(0, 0, -90), Limit: len(f.sent)}
	if f.storage == "badger" {
		q.Service = "shop-api"
	}
	got, err := c.FindTraces(ctx, q, progress)
	if !errors.Is(err, client.ErrInterrupted) && !errors.Is(err, client.ErrUnreachable) {
		t.Fatalf("server killed midway: %d traces and %v, want %v or %v", len(got), err, client.ErrInterrupted, client.ErrUnreachable)
	}
	if len(got) == 0 || len(got) >= len(f.sent) {
		t.Errorf("%d of %d traces arrived before the kill; want some", len(got), len(f.sent))
	}
	if n := len(got); n > 0 && !slices.ContainsFunc(got[n-1].Warnings, func(w model.Warning) bool { return w.Kind == model.Truncated }) {
		t.Errorf("the last trace does not say that it was cut")
	}

	_, err = c.Services(ctx)
	if !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("asked again after the kill: %v, want %v", err, client.ErrUnreachable)
	}
}
