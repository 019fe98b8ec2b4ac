package secret

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
)

// A limited keyring refuses long values and fails after some writes.
type limited struct {
	Memory
	writes int // left; below 0 for any number
}

var errWrite = errors.New("no more writes")

func (l *limited) Set(ctx context.Context, name, value string) error {
	if len(value) > 2560 {
		return errors.New("data passed to Set was too big")
	}
	if l.writes == 0 {
		return errWrite
	}
	l.writes--
	return l.Memory.Set(ctx, name, value)
}

func TestPartsKeepAnyLength(t *testing.T) {
	ctx := t.Context()
	ring := &limited{writes: -1}
	p := Parts{ring}
	values := []string{
		"", "short", strings.Repeat("x", maxValue), strings.Repeat("x", maxValue+1), strings.Repeat("я", 30000),
		"traceview-parts:a:1:00", strings.Repeat("y", 5000), strings.Repeat("z", 9000), "short",
	}
	for _, want := range values {
		if err := p.Set(ctx, "a", want); err != nil {
			t.Fatal(err)
		}
		if got, found, err := p.Get(ctx, "a"); got != want || !found || err != nil {
			t.Fatalf("%.20q of %d bytes came back as %.20q of %d, %v, %v", want, len(want), got, len(got), found, err)
		}
		if parts := 1 + (len(want)+maxValue-1)/maxValue; len(ring.values) > parts {
			t.Errorf("%d bytes lie in %d entries: parts of an older one stay", len(want), len(ring.values))
		}
	}
	if err := p.Set(ctx, "b", strings.Repeat("b", 5000)); err != nil {
		t.Fatal(err)
	}
	if err := p.Delete(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := p.Get(ctx, "a"); found {
		t.Error("what was deleted is there")
	}
	if _, found, _ := p.Get(ctx, "b"); !found {
		t.Error("another secret was deleted")
	}
	if err := p.Delete(ctx, "b"); err != nil || len(ring.values) != 0 {
		t.Errorf("%v; left are %v", err, ring.values)
	}
	if err := p.Set(ctx, "a", strings.Repeat("x", maxParts*maxValue+1)); err == nil {
		t.Error("what could not be read back is kept")
	}
}

func TestPartsReplaceAsAWhole(t *testing.T) {
	ctx := t.Context()
	before, after := strings.Repeat("1", 5000), strings.Repeat("2", 7000)
	for n := 0; ; n++ {
		ring := &limited{writes: -1}
		p := Parts{ring}
		if err := p.Set(ctx, "a", before); err != nil {
			t.Fatal(err)
		}
		ring.writes = n
		err := p.Set(ctx, "a", after)
		want := before
		if err == nil {
			want = after
		} else if !errors.Is(err, errWrite) {
			t.Fatal(err)
		}
		if got, found, _ := p.Get(ctx, "a"); got != want || !found {
			t.Errorf("broken off after %d writes: %.4q of %d bytes", n, got, len(got))
		}
		if delErr := p.Delete(ctx, "a"); delErr != nil || len(ring.values) != 0 {
			t.Errorf("broken off after %d writes, then deleted: %v, left %d", n, delErr, len(ring.values))
		}
		if err == nil {
			return
		}
	}
}

func TestPartsMissing(t *testing.T) {
	ctx := t.Context()
	whole := &Memory{}
	if err := (Parts{whole}).Set(ctx, "a", strings.Repeat("1", 5000)); err != nil {
		t.Fatal(err)
	}
	for name := range whole.values {
		if name == "a" {
			continue
		}
		for what, change := range map[string]func(map[string]string){
			"missing": func(m map[string]string) { delete(m, name) }, "changed": func(m map[string]string) { m[name] = "x" },
		} {
			m := &Memory{values: maps.Clone(whole.values)}
			change(m.values)
			if got, found, err := (Parts{m}).Get(ctx, "a"); got != "" || found || err != nil {
				t.Errorf("%s %s: %.4q, %v, %v, want none", name, what, got, found, err)
			}
		}
	}
	for _, value := range []string{head, head + "a:0:x", head + "a:1001:x", head + "c:1:x", head + "a:x:x"} {
		if _, ok := parseLayout(value); ok {
			t.Errorf("%q counts as a layout", value)
		}
	}
}
