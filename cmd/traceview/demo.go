package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"traceview/internal/client"
	"traceview/internal/demo"
	"traceview/internal/savedview"
)

var demoCommand = command{
	name: "demo",
	flags: func(c *call) {
		c.addBool("headless")
		c.addText("listen", "127.0.0.1:0")
		c.addText("export-otlp", "")
		c.addBool("list")
		c.addInt("orders", demo.DefaultOrders)
		c.addInt("seed", 0)
		c.addBool("json")
		addWindow(c)
	},
	run: runDemo,
}

func runDemo(ctx context.Context, e *env, c *call) error {
	if len(c.args) > 0 {
		return usagef("unexpected argument %q", c.args[0])
	}
	if c.number("orders") < 1 || c.number("seed") < 0 {
		return usagef("--orders must be 1 or more, and --seed 0 or more")
	}
	shop := demo.New(demo.Options{Seed: uint64(c.number("seed")), Orders: c.number("orders")})
	switch {
	case c.on("list"):
		return listOrders(e, c, shop)
	case c.text("export-otlp") != "":
		return exportShop(ctx, e, c, shop)
	}
	server, err := demo.Serve(ctx, shop, c.text("listen"))
	if err != nil {
		return err
	}
	defer server.Stop()
	if c.on("headless") {
		if _, err := fmt.Fprintf(e.out, "listening on %s\n", server.Addr()); err != nil {
			return fmt.Errorf("print address: %w", err)
		}
		server.Wait()
		return nil
	}
	cl, err := client.New(client.Options{Endpoint: server.Addr(), Plaintext: true, Version: version})
	if err != nil {
		return err
	}
	defer cl.Close()
	w := windowOf(e, c)
	w.source, w.name, w.known = newSource(cl, "", nil), "demo", featured(shop)
	w.own = true
	w.address = savedview.Link{Endpoint: server.Addr(), Plaintext: true}
	w.connection = fmt.Sprintf("demo %d %d %s", c.number("seed"), c.number("orders"), c.text("listen"))
	return runWindow(e, w)
}

// featured names orders for a newcomer to try: of each kind of trouble the
// latest, then as many healthy ones.
func featured(shop *demo.Shop) []string {
	orders := shop.Orders()
	seen := map[demo.Trouble]bool{}
	var out, healthy []string
	for i := len(orders) - 1; i >= 0; i-- {
		switch o := orders[i]; {
		case o.Trouble == "":
			healthy = append(healthy, o.Number)
		case !seen[o.Trouble]:
			seen[o.Trouble] = true
			out = append(out, o.Number)
		}
	}
	return append(out, healthy[:min(len(healthy), 10)]...)
}

func listOrders(e *env, c *call, shop *demo.Shop) error {
	if c.on("json") {
		return writeJSON(e.out, map[string]any{"orders": shop.Orders()})
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ORDER\tTRACES\tSPANS\tTROUBLE\tSERVICE\tOPERATION\tTRACE")
	for _, o := range shop.Orders() {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%s\t%s\n", o.Number, o.Traces, o.Spans, o.Trouble, o.Service, o.Operation, o.TraceID)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print orders: %w", err)
	}
	return nil
}

func exportShop(ctx context.Context, e *env, c *call, shop *demo.Shop) error {
	to := c.text("export-otlp")
	began := time.Now()
	if err := shop.Export(ctx, to); err != nil {
		return fmt.Errorf("send the demo to %s: %w", to, err)
	}
	spans := 0
	for _, o := range shop.Orders() {
		spans += o.Spans
	}
	if c.on("json") {
		return writeJSON(e.out, map[string]any{"endpoint": to, "orders": len(shop.Orders()), "traces": len(shop.Traces()), "spans": spans})
	}
	fmt.Fprintf(e.err, "sent %d orders in %d traces to %s in %s\n", len(shop.Orders()), len(shop.Traces()), to, time.Since(began).Round(time.Millisecond))
	return nil
}
