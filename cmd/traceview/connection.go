package main

import (
	"context"
)

var connectionCommand = command{
	name:  "connection",
	args:  "test",
	flags: func(c *call) { addConn(c); c.addBool("json") },
	run:   runConnection,
}

// connectionRuns are the commands on connections.
var connectionRuns = map[string]func(ctx context.Context, e *env, c *call) error{
	"test": testConnection,
}

func runConnection(ctx context.Context, e *env, c *call) error {
	if len(c.args) == 0 {
		return usagef("what to do is missing: test")
	}
	do, ok := connectionRuns[c.args[0]]
	switch {
	case !ok:
		return usagef("connection %q: want test", c.args[0])
	case len(c.args) > 1:
		return usagef("unexpected argument %q", c.args[1])
	}
	return do(ctx, e, c)
}
