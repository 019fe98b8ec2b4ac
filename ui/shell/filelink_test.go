package shell

import (
	"context"
	"errors"
	"testing"

	"traceview/internal/model"
	"traceview/ui/uitest"
)

// openPair opens a file of two traces, the first of which links to the second,
// and shows the first.
func openPair(t *testing.T) (b *bench, list *filePage) {
	t.Helper()
	b = newBench(t, nil)
	one := uitest.Trace(t, 1, uitest.Span{ID: 1, Service: "shop-api", Name: "POST /orders", Dur: 5 * uitest.Ms, Link: uitest.TraceID(2)})
	two := uitest.Trace(t, 2, uitest.Span{ID: 2, Service: "mes-api", Name: "process", Dur: 5 * uitest.Ms})
	b.files["/data/pair.json"] = func(context.Context) ([]*model.Trace, error) { return []*model.Trace{one, two}, nil }
	b.Open("/data/pair.json")
	b.until("the file", func() bool { return len(b.pages) == 2 })
	list = b.pages[1].(*filePage)
	list.open(uitest.TraceID(1))
	return b, list
}

func TestALinkWithinAFileOpensFromTheFile(t *testing.T) {
	b, _ := openPair(t)
	b.tracePage().follow(uitest.TraceID(2))
	if p := b.tracePage(); p.id != uitest.TraceID(2) || p.file != "pair.json" || p.doc == nil {
		t.Errorf("trace %s of %q is shown, want the second of the file", p.id, p.file)
	}
	b.tracePage().follow(uitest.TraceID(3)) // which is not in the file
	if c := b.nextTrace(); c.id != uitest.TraceID(3) {
		t.Errorf("trace %s is fetched, want the third", c.id)
	}
}

func TestAFileAndTheConnectionKeepTheirOwnTrace(t *testing.T) {
	b, _ := openPair(t)
	b.openTrace(uitest.TraceID(1))
	live := uitest.Trace(t, 1, uitest.Span{ID: 9, Service: "shop-api", Name: "GET /orders", Dur: uitest.Ms})
	b.nextTrace().reply <- traceReply{trace: live}
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	if got := b.tracePage().doc.Trace(); got != live {
		t.Error("the trace of the file stands for that of the connection")
	}
}

// A number that cannot be searched for says nothing about the server.
func TestAWrongNumberLeavesTheConnectionAlone(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{err: errors.New("not a number")}
	b.until("the failure", func() bool { return !b.orderPage().slot.Busy() })
	if b.links.reach[b.Shell.source] != untried {
		t.Errorf("reach %d after a number that nobody was asked for, want untried", b.links.reach[b.Shell.source])
	}
	b.search("10473").reply <- searchReply{found: Found{Order: "10473"}, err: errDown}
	b.until("the second failure", func() bool { return !b.orderPage().slot.Busy() })
	if b.links.reach[b.Shell.source] != silent {
		t.Errorf("reach %d after a server that did not answer, want silent", b.links.reach[b.Shell.source])
	}
}
