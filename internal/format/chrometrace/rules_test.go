package chrometrace

import (
	"cmp"
	"encoding/json"
	"slices"
	"testing"
)

// A written is an event as "Trace Event Format" describes it.
type written struct {
	Name *string
	Cat  string
	Ph   string
	Ts   *float64
	Dur  *float64
	Pid  *int
	Tid  *int
	ID   *json.Number
	S    string
	Bp   string
	Args map[string]any
}

// checkRules holds a file against the published format: phases that are known, the
// fields each must have, complete events of a thread within one another, arrows whose
// ends lie in a span.
func checkRules(t *testing.T, text string) {
	t.Helper()
	var file struct {
		TraceEvents     []written
		DisplayTimeUnit string
	}
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	if file.DisplayTimeUnit != "ms" && file.DisplayTimeUnit != "ns" {
		t.Fatalf("displayTimeUnit %q, want ms or ns", file.DisplayTimeUnit)
	}
	threads := map[[2]int][]written{}
	flows := map[string]string{}
	named := map[int]bool{}
	for i, e := range file.TraceEvents {
		if e.Name == nil || e.Pid == nil || e.Tid == nil || e.Ph != "M" && e.Ts == nil {
			t.Fatalf("event %d lacks a field: %+v", i, e)
		}
		at := [2]int{*e.Pid, *e.Tid}
		switch e.Ph {
		case "M":
			if _, ok := e.Args["name"].(string); !ok || *e.Name != "process_name" && *e.Name != "thread_name" {
				t.Fatalf("event %d names nothing: %+v", i, e)
			}
			named[*e.Pid] = true
		case "X":
			if e.Dur == nil || *e.Dur < 0 || e.Cat == "" {
				t.Fatalf("event %d has no duration or category: %+v", i, e)
			}
			threads[at] = append(threads[at], e)
		case "i":
			if e.S != "t" && e.S != "p" && e.S != "g" {
				t.Fatalf("event %d has scope %q", i, e.S)
			}
		case "s", "f":
			if e.ID == nil || e.Cat == "" || e.Ph == "f" && e.Bp != "e" {
				t.Fatalf("event %d lacks id, category or binding: %+v", i, e)
			}
			flows[e.ID.String()] += e.Ph
		default:
			t.Fatalf("event %d has phase %q", i, e.Ph)
		}
		if !named[*e.Pid] {
			t.Fatalf("event %d is of a process without a name", i)
		}
	}
	for id, ends := range flows {
		if ends != "sf" {
			t.Fatalf("flow %s has the ends %q, want sf", id, ends)
		}
	}
	for at, list := range threads {
		checkNesting(t, at, list)
	}
	for i, e := range file.TraceEvents {
		if e.Ph == "s" || e.Ph == "f" {
			if !slices.ContainsFunc(threads[[2]int{*e.Pid, *e.Tid}], func(x written) bool { return *x.Ts <= *e.Ts && *e.Ts <= *x.Ts+*x.Dur+0.0005 }) {
				t.Fatalf("end %s of a flow, event %d at %g, lies in no span", e.Ph, i, *e.Ts)
			}
		}
	}
}

// checkNesting goes through a thread as Perfetto does: it sorts by time, takes off
// what has ended, and drops what ends after the one below it.
func checkNesting(t *testing.T, at [2]int, list []written) {
	t.Helper()
	slices.SortStableFunc(list, func(x, y written) int { return cmp.Compare(*x.Ts, *y.Ts) })
	ns := func(us float64) int64 { return int64(us*1000 + 0.5) }
	var open []int64
	for _, e := range list {
		start, end := ns(*e.Ts), ns(*e.Ts+*e.Dur)
		for len(open) > 0 && open[len(open)-1] <= start {
			open = open[:len(open)-1]
		}
		if len(open) > 0 && end > open[len(open)-1] {
			t.Fatalf("%s on thread %v ends at %d, after the span below it at %d", *e.Name, at, end, open[len(open)-1])
		}
		open = append(open, end)
	}
}
