package compare

import (
	"strings"
	"testing"

	"traceview/internal/analysis/comparison"
	"traceview/ui/uitest"
)

// TestSteps compares an order with itself, some steps of which are called the same, and
// finds them by what they are called and by their own names.
func TestSteps(t *testing.T) {
	for _, tc := range []struct {
		name, lang string
		flame      bool
	}{{"steps", "en", false}, {"steps_ru", "ru", false}, {"steps_flame_ru", "ru", true}} {
		k := inSteps(t, tc.lang, tc.lang == "en")
		uitest.Golden(t, tc.name, k.picture(1280, 560, tc.flame, 1))
	}
	k := inSteps(t, "en", false)
	words := func() string { return uitest.Words(k.table.Build(1400, 600)) }
	for part, want := range map[string]bool{"Placing the order": true, "Shop API": true, "Saving the order": true, "Saving a file": true,
		"OrderRepository.save": false, "shop-api": false} {
		if strings.Contains(words(), part) != want {
			t.Errorf("%q there: %v in\n%s", part, !want, words())
		}
	}
	for _, text := range []string{"saving the 3d", "S3.Put"} {
		if k.Find(text); !k.Finding() || k.hits == 0 {
			t.Errorf("nothing is found by %q", text)
		}
	}
	if tip := k.table.RowTip(k.Place(k.rows[len(k.rows)-1])); !strings.HasPrefix(tip, "Saving the 3D file · S3.PutObject · Shop API · ") {
		t.Errorf("the tooltip says %q", tip)
	}
	k.Find("")
	k.Rename(nil)
	if !strings.Contains(words(), "OrderRepository.save") || strings.Contains(words(), "Shop API") {
		t.Errorf("by their own names they are\n%s", words())
	}
	k.table.Build(1400, 600)
	if got := testing.AllocsPerRun(20, func() { k.table.Build(1400, 600) }); got != 0 {
		t.Errorf("a frame allocates %v times", got)
	}
}

// inSteps returns a bench that speaks of steps.
func inSteps(tb testing.TB, lang string, dark bool) *bench {
	tb.Helper()
	k := newBench(tb, lang, dark, nil, nil)
	a, b := uitest.Placed(tb, 1), uitest.Placed(tb, 2)
	v := uitest.Steps(tb, k.kit)
	of := v.Of(a)
	c, err := comparison.Compare(tb.Context(), one(a), one(b), comparison.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	k.Sides[0] = Side{Name: "place order", Service: "internet-shop", Start: uitest.Epoch, Duration: a.Dur, Spans: len(a.Spans), Traces: 1}
	k.Sides[1] = k.Sides[0]
	k.SetNamed(c, nil, func(row int32) (string, string) {
		i := c.Rows[row].Sides[0].Longest.Span
		_, name := of.Name(i)
		_, system := of.System(i)
		if c.Rows[row].Sides[0].Spans > 1 {
			name = c.Rows[row].Name
		}
		return name, system
	})
	return k
}
