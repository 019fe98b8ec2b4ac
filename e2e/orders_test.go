//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"traceview/internal/demo"
)

// wholeHistory is the lookback that takes in all orders of the demo.
const wholeHistory = "2160h"

// searchJSON is what the tests read of traceview search --json.
type searchJSON struct {
	Order    string `json:"order"`
	Complete bool   `json:"complete"`
	Failed   []struct {
		Service, Error string
	} `json:"services_failed"`
	LimitReached bool `json:"limit_reached"`
	Traces       []struct {
		TraceID string `json:"trace_id"`
		Spans   int    `json:"spans"`
	} `json:"traces"`
}

// testOrders searches orders with the program and compares what it finds with
// what is known for certain. api "" leaves the choice to it.
func testOrders(t *testing.T, orders []demo.Order, addr, api, lookback string) {
	args := []string{"search", "--endpoint", addr, "--plaintext", "--lookback", lookback, "--json"}
	if api != "" {
		args = append(args, "--api", api)
	}
	g, ctx := errgroup.WithContext(t.Context())
	g.SetLimit(4)
	bad := make([]string, len(orders))
	for i, o := range orders {
		cmd := command(t, append(args, "--order", o.Number)...)
		g.Go(func() (err error) {
			out, err := output(ctx, cmd)
			if err == nil {
				bad[i] = judgeSearch(out, o)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	traces := 0
	for i, o := range orders {
		traces += o.Traces
		if bad[i] != "" {
			t.Errorf("order %s (%s): %s", o.Number, o.Trouble, bad[i])
		}
	}
	t.Logf("%d orders with %d traces", len(orders), traces)
}

// judgeSearch says what is wrong with the answer to a search, "" if nothing.
func judgeSearch(out []byte, want demo.Order) string {
	var got searchJSON
	if err := json.Unmarshal(out, &got); err != nil {
		return err.Error()
	}
	var ids []string
	spans := 0
	for _, tr := range got.Traces {
		ids = append(ids, tr.TraceID)
		spans += tr.Spans
	}
	var missing, foreign []string
	for _, id := range want.TraceIDs {
		if !slices.Contains(ids, id) {
			missing = append(missing, id)
		}
	}
	for _, id := range ids {
		if !slices.Contains(want.TraceIDs, id) {
			foreign = append(foreign, id)
		}
	}
	switch {
	case len(missing) > 0 || len(foreign) > 0:
		return fmt.Sprintf("of %d traces missing %v, and of other orders %v", len(want.TraceIDs), missing, foreign)
	case len(ids) != len(want.TraceIDs):
		return fmt.Sprintf("%d traces, want %d: some come twice", len(ids), len(want.TraceIDs))
	case spans != want.Spans:
		return fmt.Sprintf("%d spans, want %d", spans, want.Spans)
	case !got.Complete || got.LimitReached || len(got.Failed) > 0:
		return fmt.Sprintf("complete=%v limit_reached=%v failed=%v, want a complete search", got.Complete, got.LimitReached, got.Failed)
	}
	return ""
}

// TestDemoServer searches every order of the demo on its own query server.
func TestDemoServer(t *testing.T) {
	addr := startHeadless(t, "3")
	testOrders(t, demo.New(demo.Options{Seed: 3}).Orders(), addr, "", wholeHistory)
}

// TestOrderOfNobody asks for what is not there: a complete search without hits.
func TestOrderOfNobody(t *testing.T) {
	addr := startHeadless(t, "3")
	for _, number := range []string{"no-such-order", "#0", "B.0/0", ".*", "заказ-0", "1042 0", strings.Repeat("7", 200)} {
		out, err := output(context.Background(), command(t, "search", "--endpoint", addr, "--plaintext", "--order", number, "--json"))
		if err != nil {
			t.Errorf("order %q: %v", number, err)
			continue
		}
		if bad := judgeSearch(out, demo.Order{}); bad != "" {
			t.Errorf("order %q: %s", number, bad)
		}
	}
}
