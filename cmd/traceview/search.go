package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"traceview/internal/i18n"
	"traceview/internal/order"
)

var searchCommand = command{
	name: "search",
	flags: func(c *call) {
		addConn(c)
		c.addText("order", "")
		c.addText("lookback", "168h")
		c.addInt("limit", order.DefaultLimit)
		c.addBool("escape-regexp")
		c.addBool("save")
		c.addBool("json")
	},
	run: runSearch,
}

func runSearch(ctx context.Context, e *env, c *call) error {
	number := c.text("order")
	if number == "" && len(c.args) == 1 {
		number = c.args[0]
	} else if len(c.args) > 0 {
		return usagef("unexpected argument %q", c.args[0])
	}
	lookback, err := time.ParseDuration(c.text("lookback"))
	if err != nil || lookback <= 0 {
		return usagef("lookback %q: want a duration such as 168h", c.text("lookback"))
	}
	if c.number("limit") < 1 {
		return usagef("--limit must be 1 or more")
	}
	if _, err := order.Normalise(number); err != nil {
		return usageError{err}
	}
	cl, err := c.conn.dial(ctx, e)
	if err != nil {
		return err
	}
	defer cl.Close()
	if kept := time.Duration(c.conn.profile.Lookback); kept > 0 && !c.given("lookback") {
		lookback = kept
	}
	server := newServer(cl)
	r, err := order.Search(ctx, server, number, order.Options{
		Learned: c.conn.learned(ctx, e, server), Keys: c.conn.orderKeys, Lookback: lookback, Limit: c.number("limit"),
		EscapeRegexp: c.on("escape-regexp") || c.conn.profile.EscapeRegexp,
	})
	if err != nil {
		return err
	}
	e.carriers().keep(cl, c.conn.profile.Tenant, r.Learned.Carriers)
	if c.on("json") {
		err = writeJSON(e.out, r)
	} else {
		err = printFound(e, r, lookback)
	}
	if err == nil && c.on("save") {
		err = keepFound(ctx, e, server, c.conn.orderKeys, r)
	}
	return err
}

// nothingFound says so, and how to search further back where that may help.
func nothingFound(w *i18n.Printer, number string, lookback time.Duration) string {
	days := int((lookback + day - 1) / day)
	text := w.N("search.none", days, "order", number)
	if wider, ok := order.Wider(lookback); ok {
		text += " " + w.T("search.wider", "lookback", fmt.Sprintf("%.0fh", wider.Hours()))
	}
	return text
}

// printFound prints a result for a person.
func printFound(e *env, r *order.Result, lookback time.Duration) error {
	w := e.words()
	u := w.Units()
	t := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	for i := range r.Traces {
		h := &r.Traces[i]
		fmt.Fprintf(t, "%s\t%s\t%s %s\t%s\t%s\t%s\n", h.TraceID, u.DateTime(h.Start.Local()), h.RootService, h.RootOperation,
			u.Duration(int64(h.Duration)), w.N("header.spans", h.Spans), w.N("header.errors", h.Errors))
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print traces: %w", err)
	}
	if len(r.Traces) == 0 {
		fmt.Fprintln(e.err, nothingFound(w, r.Order, lookback))
	}
	for _, f := range r.Failed {
		fmt.Fprintln(e.err, f.Service+": "+explainLine(w, f.Err))
	}
	if r.LimitReached {
		fmt.Fprintln(e.err, strings.TrimSpace(w.T("order.limit")))
	}
	return nil
}
