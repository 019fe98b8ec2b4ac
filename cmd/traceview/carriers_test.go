package main

import (
	"slices"
	"testing"

	"traceview/internal/client"
	"traceview/internal/config"
)

// TestCarriersAreOfOneFile holds that a command has one lock on what was learned, and
// asks first whom searches found and then whom the connection names.
func TestCarriersAreOfOneFile(t *testing.T) {
	dir := t.TempDir()
	e := &env{dirs: func() (config.Paths, error) { return config.Paths{Data: dir}, nil }}
	if first := e.carriers(); first != e.carriers() || first == (carrierFile{}) {
		t.Error("another store each time")
	}
	addr, _ := serve(t)
	cl, err := client.New(client.Options{Endpoint: addr, Plaintext: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cl.Close() })
	e.carriers().keep(cl, "", []string{"found", "both"})
	f := &connFlags{profile: config.Connection{Carriers: []string{"both", "named"}}}
	if got := f.learned(t.Context(), e, newServer(cl)).Carriers; !slices.Equal(got, []string{"found", "both", "named"}) {
		t.Errorf("first asked are %v", got)
	}
}
