package config

import (
	"fmt"
	"os"
	"slices"
	"testing"
)

func TestLearned(t *testing.T) {
	dir := t.TempDir()
	f, err := OpenLearned(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := &f.Value
	for _, tt := range []struct {
		key      string
		carriers []string
		changes  bool
	}{
		{"a:1", []string{"shop", "crm"}, true},
		{"a:1", []string{"shop", "crm"}, false},
		{"a:1", nil, false}, // found nothing, which says nothing
		{"a:1 tenant", []string{"mes"}, true},
		{"a:1", []string{"shop", "crm", "mes"}, true},
	} {
		if got := l.Learn(tt.key, tt.carriers); got != tt.changes {
			t.Errorf("Learn(%s, %v) = %v", tt.key, tt.carriers, got)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(f.Path()); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	again, err := OpenLearned(dir)
	if err != nil || !slices.Equal(again.Value.Carriers("a:1"), []string{"shop", "crm", "mes"}) || !slices.Equal(again.Value.Carriers("a:1 tenant"), []string{"mes"}) || again.Value.Carriers("b:1") != nil {
		t.Errorf("%v: %+v", err, again.Value)
	}
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprint("service-", i))
		l.Learn(fmt.Sprint("server-", i), []string{"x"})
	}
	l.Learn("last", many)
	if len(l.Servers) != maxServers || len(l.Carriers("last")) != maxCarriers || l.Carriers("a:1") != nil {
		t.Errorf("%d servers, %d carriers of the last", len(l.Servers), len(l.Carriers("last")))
	}
	if l.Learn("last", many) {
		t.Error("the same again changes something")
	}
}
