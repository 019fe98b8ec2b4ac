package shell

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/ui/uitest"
)

// openFinding opens the trace of the first finding of an order, once it is compared with
// what is usual.
func (b *bench) openFinding(number string) (*orderPage, *tracePage) {
	b.t.Helper()
	p := b.answeredOrder(number)
	b.firstFinding()
	tp := b.tracePage()
	b.until("the trace", func() bool { return tp.doc != nil && tp.whole() && !tp.strip.ranks.Busy() })
	return p, tp
}

// TestFindingsArePutIntoWordsOnce asks for the words of an answer again, and after what
// they depend on changed.
func TestFindingsArePutIntoWordsOnce(t *testing.T) {
	b := newShopBench(t, nil)
	b.local = time.FixedZone("", 3*3600)
	q := b.answeredOrder("10472").inquiry
	first := &q.lines()[0]
	if &q.lines()[0] != first {
		t.Error("they are put into words anew")
	}
	was := *first
	for name, change := range map[string]func(){"language": b.toggleLanguage, "voice": b.toggleVoice, "zone": b.toggleZone} {
		change()
		if now := q.lines()[0]; now.Title == was.Title && now.When == was.When {
			t.Errorf("in another %s it says the same: %q, %q", name, now.Title, now.When)
		}
		change()
		if now := q.lines()[0]; now != was {
			t.Errorf("back in the first %s it says %+v, want %+v", name, now, was)
		}
	}
}

// TestMarksOfATraceFetchedAnew holds that the spans at fault are marked, and compared with
// what is usual, in a trace that is not the one judged but says the same.
func TestMarksOfATraceFetchedAnew(t *testing.T) {
	b := newShopBench(t, nil)
	_, tp := b.openFinding("10472")
	marks := func() (out []document.FaultMark) {
		for i := range tp.doc.Trace().Spans {
			out = append(out, tp.doc.Fault(model.SpanIndex(i)))
		}
		return out
	}
	want, usual, whole := marks(), tp.usual(tp.doc.Trace().Root), tp.doc.Trace()
	if !slices.Contains(want, document.FaultHere) || !slices.Contains(want, document.FaultShown) || usual == "" {
		t.Fatalf("marked are %v, and usual is %q", want, usual)
	}
	again := *whole
	tp.fill(document.New(&again))
	if s := tp.usual(again.Root); s != "" {
		t.Errorf("before it is compared it says %q", s)
	}
	b.until("the comparison", func() bool { return !tp.strip.ranks.Busy() })
	if got, s := marks(), tp.usual(again.Root); !slices.Equal(got, want) || s != usual {
		t.Errorf("marked are %v and usual is %q, want %v and %q", got, s, want, usual)
	}
}

// TestDrawingComparesNothing holds that details are drawn without what is usual until that
// is known.
func TestDrawingComparesNothing(t *testing.T) {
	b := newShopBench(t, nil)
	p, tp := b.openFinding("10472")
	i := tp.doc.Selected()
	if tp.usual(i) == "" {
		t.Fatal("nothing is said to be usual")
	}
	p.inquiry.look(p.inquiry.traces)
	b.until("another judgement", func() bool { return tp.strip.judged == p.inquiry.got && !p.inquiry.slot.Busy() })
	if tp.usual(i) == "" {
		t.Error("it is not said any more while it is compared again")
	}
	tp.strip.ranks.Stop()
	tp.strip.ranking = nil
	if s := tp.usual(i); s != "" {
		t.Errorf("it compares while it is drawn: %q", s)
	}
}

// TestAnOlderAnswerSaysSo holds that an answer stays when the next one was given up or
// failed, with a word of that, and that a new search looks again.
func TestAnOlderAnswerSaysSo(t *testing.T) {
	b := newShopBench(t, nil)
	p := b.answeredOrder("10472")
	q, title := p.inquiry, p.inquiry.view.State().Lines[0].Title
	for _, c := range []struct {
		err  error
		says string
	}{{context.Canceled, "you gave up looking again"}, {errDown, "looking again failed (dial tcp"}} {
		q.err = c.err
		q.update()
		if s := strings.ReplaceAll(b.says(), "\n", " "); !strings.Contains(s, c.says) || !strings.Contains(s, title[:20]) {
			t.Errorf("after %v it says %q", c.err, s)
		}
	}
	got := q.got
	p.start(7)
	b.until("another answer", func() bool { return q.got != got && !q.slot.Busy() })
	if s := uitest.Words(p.page.Build(1280, 700, 1)); strings.Contains(s, "again") {
		t.Errorf("with a new answer it says %q", s)
	}
}
