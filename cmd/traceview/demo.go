package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"traceview/internal/client"
	"traceview/internal/credential"
	"traceview/internal/demo"
	"traceview/internal/savedview"
	"traceview/ui/view/library"
)

var demoCommand = command{
	name: "demo",
	flags: func(c *call) {
		c.addBool("headless")
		c.addBool("with-logs")
		c.addText("listen", "127.0.0.1:0")
		c.addText("export-otlp", "")
		c.addText("ca", "")
		c.addBool("token-stdin")
		c.addBool("follow")
		c.addText("since", "")
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
	o := demo.Options{Seed: uint64(c.number("seed")), Orders: c.number("orders")}
	switch exports := !c.on("list") && c.text("export-otlp") != ""; {
	case !exports && (c.on("follow") || c.on("token-stdin") || c.text("ca") != ""):
		return usagef("--follow, --ca and --token-stdin go with --export-otlp")
	case c.text("since") != "" && !c.on("follow"):
		return usagef("--since goes with --follow")
	case c.on("with-logs") && !c.on("headless"):
		return usagef("--with-logs goes with --headless")
	case exports:
		return exportShop(ctx, e, c, o)
	}
	shop := demo.New(o)
	if c.on("list") {
		return listOrders(e, c, shop)
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
		if c.on("with-logs") {
			address, stop, err := serveDemoLogs(ctx, shop)
			if err != nil {
				return err
			}
			defer stop()
			if _, err := fmt.Fprintf(e.out, "logs at %s\n", address); err != nil {
				return fmt.Errorf("print address: %w", err)
			}
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
	from, stop, err := demoSource(ctx, cl, shop)
	if err != nil {
		return err
	}
	defer stop()
	w.source, w.name, w.known = from, library.Demo, featured(shop)
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

// exportShop sends the shop to a collector, once or for as long as it is let.
func exportShop(ctx context.Context, e *env, c *call, o demo.Options) error {
	if since := c.text("since"); since != "" {
		var err error
		if o.Now, err = time.Parse(time.RFC3339, since); err != nil || o.Now.After(time.Now()) {
			return usagef("--since %q: want a time that has been, such as 2026-11-29T08:00:00Z", since)
		}
	}
	to, err := exportTarget(e, c)
	if err != nil {
		return err
	}
	sender, err := demo.Dial(to)
	if err != nil {
		return err
	}
	defer sender.Close()
	if c.on("follow") {
		err := demo.Follow(ctx, o, func(ctx context.Context, traces []*demo.Trace) error {
			if err := sender.SendPatiently(ctx, traces); err != nil {
				return err
			}
			fmt.Fprintf(e.err, "sent %d traces to %s; the next when it has ended\n", len(traces), to.Endpoint)
			return nil
		})
		if err != nil {
			return fmt.Errorf("send the demo to %s: %w", to.Endpoint, err)
		}
		return nil
	}
	shop, began := demo.New(o), time.Now()
	if err := sender.Send(ctx, shop.Traces()); err != nil {
		return fmt.Errorf("send the demo to %s: %w", to.Endpoint, err)
	}
	spans := 0
	for _, o := range shop.Orders() {
		spans += o.Spans
	}
	if c.on("json") {
		return writeJSON(e.out, map[string]any{"endpoint": to.Endpoint, "orders": len(shop.Orders()), "traces": len(shop.Traces()), "spans": spans})
	}
	fmt.Fprintf(e.err, "sent %d orders in %d traces to %s in %s\n", len(shop.Orders()), len(shop.Traces()), to.Endpoint, time.Since(began).Round(time.Millisecond))
	return nil
}

// exportTarget is the collector that the flags describe: with an authority to
// trust it is behind TLS.
func exportTarget(e *env, c *call) (demo.Target, error) {
	to := demo.Target{Endpoint: c.text("export-otlp")}
	if file := c.text("ca"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return to, fmt.Errorf("read authorities: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return to, fmt.Errorf("read authorities from %s: no certificate in PEM", file)
		}
		to.TLS = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	if c.on("token-stdin") {
		if to.TLS == nil {
			return to, usagef("--token-stdin needs --ca FILE: a token is not sent in plain text")
		}
		line, err := credential.ReadLine(e.in)
		if err != nil {
			return to, fmt.Errorf("read token from standard input: %w", err)
		}
		to.Token = strings.TrimSpace(line)
	}
	return to, nil
}
