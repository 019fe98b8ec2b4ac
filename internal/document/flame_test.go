package document

import (
	"reflect"
	"testing"

	"traceview/internal/analysis"
	"traceview/internal/layout"
	"traceview/internal/task"
)

// TestBackToAMergedFlameIsAtOnce holds that the way back from a filter leads to
// what of the whole tree was in view, though another filter waits for its tree.
func TestBackToAMergedFlameIsAtOnce(t *testing.T) {
	q := task.NewQueue()
	d := New(synth(t, flameAtOnce+1))
	d.RunIn(q.Dispatch)
	m := d.Merged()
	m.Resize(1000)
	m.Zoom(1)
	m.ZoomAt(300, 2)
	view, zoomed := m.View(), m.Zoomed()
	d.SetOnlyMatches(true)
	lookFor(t, d, "error")
	m.View()
	wait(t, q, func() bool { m.View(); return !m.lazy.busy() })
	if m.View() == view {
		t.Fatal("the filter leaves what was in view: the test tells nothing")
	}
	for d.FindText() != "" {
		d.Back()
	}
	if m.View() != view || m.Zoomed() != zoomed || m.lazy.busy() {
		t.Errorf("back at %+v of call %d, want %+v of %d", m.View(), m.Zoomed(), view, zoomed)
	}
	d.Close()
}

// TestFlamesOfAFilterComeLater holds that the flames of a big trace are there at
// once, stay while those of a filter are made, and are those of the filter then.
func TestFlamesOfAFilterComeLater(t *testing.T) {
	q := task.NewQueue()
	d := New(synth(t, flameAtOnce+1))
	d.RunIn(q.Dispatch)
	told := 0
	d.Observe(func() { told++ })
	m := d.Merged()
	all, calls := d.Flame(), m.Calls()
	if all == nil || calls == nil || all.Lanes() == 0 {
		t.Fatal("nothing to begin with")
	}
	d.SetOnlyMatches(true)
	lookFor(t, d, "service=crm")
	d.Flame()
	m.Calls()
	lookFor(t, d, "error") // the newest counts
	told = 0
	if d.Flame() != all || m.Calls() != calls {
		t.Error("what there was is gone before the new is there")
	}
	if got := m.Zoom(1); !got || m.Zoomed() != 1 {
		t.Error("what is shown meanwhile cannot be used")
	}
	wait(t, q, func() bool { return d.Flame() != all && m.Calls() != calls })
	if told < 2 {
		t.Errorf("told %d times", told)
	}
	if want := layout.NewFlame(d.Trace(), d.Shown()); !reflect.DeepEqual(d.Flame(), want) {
		t.Error("the flame is not that of the filter")
	}
	spans := 0
	for _, n := range m.Calls().Nodes {
		spans += int(n.Spans)
	}
	if want := len(d.Trace().Spans) - d.Hidden(); spans != want {
		t.Errorf("%d spans in calls, want %d", spans, want)
	}
	calls = m.Calls()
	if m.SetWeight(analysis.SelfTime); m.Calls() == calls {
		t.Error("another weight is not there at once, though its name is")
	}
	d.SetMatches("", nil)
	d.Flame()
	m.Calls()
	d.Close()
	if d.flame.busy() || m.lazy.busy() {
		t.Error("closed, and still busy")
	}
}
