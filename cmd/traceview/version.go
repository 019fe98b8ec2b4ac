package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
)

var versionCommand = command{
	name:  "version",
	flags: func(c *call) { c.addBool("json") },
	run: func(_ context.Context, e *env, c *call) error {
		if c.on("json") {
			return writeJSON(e.out, map[string]string{
				"version": version, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH})
		}
		_, err := fmt.Fprintf(e.out, "traceview %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return err
	},
}

// writeJSON writes one document, as every --json does.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
