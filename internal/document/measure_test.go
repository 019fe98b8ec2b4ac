package document

import (
	"strings"
	"testing"

	"traceview/internal/model"
)

func TestMeasure(t *testing.T) {
	// spans of the family: 1 is 1 (10–410 ms), 2 is 3 within it, 4 is 5 (500–900 ms)
	for _, tc := range []struct {
		name     string
		act      func(d *Document)
		from, to int64 // ms
		on, gap  bool
	}{
		{"nothing", func(d *Document) {}, 0, 0, false, false},
		{"by pointer", func(d *Document) { d.MeasureTime(300*ms, 100*ms) }, 100, 300, true, false},
		{"by pointer beyond the trace", func(d *Document) { d.MeasureTime(-50*ms, 9000*ms) }, 0, 4000, true, false},
		{"without a selection", func(d *Document) { d.MeasureSelected() }, 0, 0, false, false},
		{"a span", func(d *Document) { d.Select(1); d.MeasureSelected() }, 10, 410, true, false},
		{"up to another", func(d *Document) { d.Select(1); d.MeasureSelected(); d.Select(4); d.MeasureSelected() }, 10, 900, true, false},
		{"backwards", func(d *Document) { d.Select(4); d.MeasureSelected(); d.Select(1); d.MeasureSelected() }, 10, 900, true, false},
		{"between", func(d *Document) {
			d.Select(1)
			d.MeasureSelected()
			d.Select(4)
			d.MeasureSelected()
			d.MeasureSelected()
		}, 410, 500, true, true},
		{"and the second alone", func(d *Document) {
			d.Select(1)
			d.MeasureSelected()
			d.Select(4)
			d.MeasureSelected()
			d.MeasureSelected()
			d.MeasureSelected()
		}, 500, 900, true, false},
		{"overlapping ones have nothing between", func(d *Document) {
			d.Select(1)
			d.MeasureSelected()
			d.Select(2)
			d.MeasureSelected()
			d.MeasureSelected()
		}, 20, 120, true, false},
		{"a third from the first", func(d *Document) {
			d.Select(2)
			d.MeasureSelected()
			d.Select(1)
			d.MeasureSelected()
			d.Select(4)
			d.MeasureSelected()
		}, 20, 900, true, false},
		{"after the pointer anew", func(d *Document) { d.MeasureTime(0, 5*ms); d.Select(4); d.MeasureSelected() }, 500, 900, true, false},
		{"ended", func(d *Document) { d.MeasureTime(0, 5*ms); d.ClearMeasure() }, 0, 0, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newDocument(t)
			tc.act(d)
			m, on := d.Measured()
			if on != tc.on || m.From != tc.from*ms || m.To != tc.to*ms || m.Gap != tc.gap || m.Dur() != (tc.to-tc.from)*ms {
				t.Errorf("%+v %v, want %d to %d ms, %v", m, on, tc.from, tc.to, tc.on)
			}
		})
	}
}

func TestMeasureTellsObservers(t *testing.T) {
	d := newDocument(t)
	told := 0
	d.Observe(func() { told++ })
	for k, act := range []func() bool{
		func() bool { return d.MeasureTime(0, ms) }, func() bool { return d.MeasureTime(ms, 0) },
		d.ZoomToMeasured, d.ClearMeasure, d.ClearMeasure, d.ZoomToMeasured,
	} {
		was, want := told, k == 0 || k == 2 || k == 3
		if got := act(); got != want || (told > was) != want {
			t.Errorf("step %d: changed %v, told %v, want %v", k, got, told > was, want)
		}
	}
	if v := d.Viewport(); v.Start > 0 || v.End() < ms || v.Span() > 2*ms {
		t.Errorf("zoomed to %d–%d, want a little around 0–%d", v.Start, v.End(), ms)
	}
}

// linkedTrace is a batch: 4 takes the messages of 2 and 3 and one of another
// trace; 5 links to nobody.
func linkedTrace(tb testing.TB) *model.Trace {
	tb.Helper()
	id, other := model.TraceID{15: 1}, model.TraceID{0: 0xab, 15: 2}
	b := model.NewBuilder()
	for _, s := range []struct {
		id, parent model.SpanID
		start, end int64 // ms
		kind       model.Kind
		links      []model.LinkRecord
	}{
		{1, 0, 0, 100, model.KindServer, nil},
		{2, 1, 10, 12, model.KindProducer, nil},
		{3, 1, 20, 22, model.KindProducer, nil},
		{4, 0, 60, 90, model.KindConsumer, []model.LinkRecord{{Trace: id, Span: 2}, {Trace: id, Span: 3}, {Trace: other, Span: 7}}},
		{5, 3, 15, 50, model.KindConsumer, []model.LinkRecord{{Trace: id, Span: 77}}},
	} {
		b.Add(&model.SpanRecord{Trace: id, ID: s.id, Parent: s.parent, Kind: s.kind, Links: s.links, Name: b.InternString("step " + s.id.String()[15:]),
			StartNano: uint64(epoch + s.start*ms), EndNano: uint64(epoch + s.end*ms)})
	}
	for _, t := range b.Build() {
		if t.ID == id {
			return t
		}
	}
	tb.Fatal("no trace")
	return nil
}

func TestFollowLink(t *testing.T) {
	tr := linkedTrace(t)
	d := New(tr)
	batch := index(t, tr, 4)
	for k, want := range []model.SpanID{2, 3, 7, 2, 3} {
		next := d.NextLink(batch)
		to, ok := d.FollowLink(batch)
		if !ok || to.SpanID != want || to.Here() != (want != 7) || to.Back || to != next {
			t.Errorf("step %d leads to %+v, want %d", k, to, want)
		}
		if to.Here() && d.Selected() != to.Span {
			t.Errorf("step %d selects %d, want %d", k, d.Selected(), to.Span)
		}
	}
	to, ok := d.FollowLink(index(t, tr, 2))
	if !ok || !to.Back || to.Span != batch || d.Selected() != batch {
		t.Errorf("back from what is linked to: %+v", to)
	}
	if to, ok := d.FollowLink(index(t, tr, 5)); !ok || to.Here() || to.Trace != tr.ID {
		t.Errorf("a link to nobody leads to %+v", to)
	}
	for _, i := range []model.SpanIndex{model.NoSpan, index(t, tr, 1)} {
		if to, ok := d.FollowLink(i); ok {
			t.Errorf("span %d has no links and leads to %+v", i, to)
		}
	}
}

func TestFacts(t *testing.T) {
	tr := linkedTrace(t)
	d := New(tr)
	family := newDocument(t)
	family.ToggleCollapse(1)
	for _, tc := range []struct {
		name string
		d    *Document
		i    model.SpanIndex
		want string
	}{
		{"root", d, index(t, tr, 1), "step 1\n100 ms · starts at 0 s\nown work 96 ms · critical path 96 ms · 100% of the trace's time"},
		{"linked to", d, index(t, tr, 2), "step 2\n2 ms · starts at 10 ms\ncritical path 2 ms · 2.0% of the trace's time\nstep 4 links to it"},
		{"batch", d, index(t, tr, 4), "step 4\n30 ms · starts at 60 ms\ncritical path 30 ms · 30.0% of the trace's time\n2 messages, the first waited 48 ms in the queue\n3 links"},
		{"before it was sent", d, index(t, tr, 5), "step 5\n35 ms · starts at 15 ms\n35.0% of the trace's time\nSeems taken 5 ms before its message was sent: the clocks disagree\nLinked with a step that is not in the trace"},
		{"folded, with an error", family, 1, "op 2\nshop-api · 400 ms · starts at 10 ms\nown work 150 ms · critical path 150 ms · 10.0% of the trace's time\n2 spans folded away · 1 error among them"},
		{"failed", family, 2, "op 3\nshop-api · 100 ms · starts at 20 ms\ncritical path 100 ms · 2.5% of the trace's time\nError"},
		{"orphan", family, 6, "op 7\nshop-api · 100 ms · starts at 700 ms\nown work 80 ms · critical path 80 ms · 2.5% of the trace's time\nPart of the path is missing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, f := range tc.d.Facts(tc.i, english) {
				got = append(got, f.Text)
			}
			if s := strings.Join(got, "\n"); s != tc.want {
				t.Errorf("got:\n%s\nwant:\n%s", s, tc.want)
			}
		})
	}
}

func TestClip(t *testing.T) {
	for _, s := range []string{"", "short", strings.Repeat("я", 5000), strings.Repeat("a b\n", 1<<20), "\xff\xfe" + strings.Repeat("\x80", 9000)} {
		if got := []rune(clip(s)); len(got) > clipRunes {
			t.Errorf("%d runes of %d bytes", len(got), len(s))
		}
	}
	if got := clip("  two\n\tlines "); got != "two lines" {
		t.Errorf("%q", got)
	}
}
