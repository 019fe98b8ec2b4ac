//go:build e2e

package e2e

import (
	"strconv"
	"testing"
	"time"
)

// TestMillionSpansInTheWindow opens a million spans in the real window and
// scrolls and zooms through them by wheel, keys and scroll bar. What that costs
// is printed and not judged: the machine may be busy with anything.
func TestMillionSpansInTheWindow(t *testing.T) {
	const spans = 1_000_000
	file := snapshotOf(t, "tree", spans)
	d := openDisplay(t, 1920, 1080)
	w := d.open(program(t), file)
	shown := w.shown("trace_shown")
	if shown.Spans != spans {
		t.Errorf("%d spans are shown, want %d", shown.Spans, spans)
	}
	t.Logf("window after %.0f ms, trace after %.0f ms, peak memory %.0f MB", w.shown("window_shown").Ms, shown.Ms, w.peakMB())

	before := len(costs(w.events(), "waterfall"))
	steps := w.play(600)
	var after []float64
	if !until(20*time.Second, 100*time.Millisecond, func() bool { // frames are drawn after the input was sent
		n := len(after)
		after = costs(w.events(), "waterfall")
		return len(after)-before > steps/4 && len(after) == n
	}) {
		t.Errorf("%d frames were drawn for %d steps", len(after)-before, steps)
	}
	t.Logf("%d steps, %d frames: p50 %.2f ms, p99 %.2f ms, most %.2f ms; peak memory %.0f MB",
		steps, len(after), percentile(after, 0.5), percentile(after, 0.99), percentile(after, 1), w.peakMB())
	if !w.running() {
		t.Error("the program has ended")
	}
	d.shoot("million")
}

// play scrolls and zooms by n steps or a few more, sixty a second, and returns how many.
func (w *perfWindow) play(n int) (steps int) {
	const pause = "16"
	w.xdotool("mousemove", "700", "600")
	click := func(times, button int, held string) {
		args := []string{"click", "--repeat", strconv.Itoa(times), "--delay", pause, strconv.Itoa(button)}
		if held != "" {
			args = append(append([]string{"keydown", held}, args...), "keyup", held)
		}
		w.xdotool(args...)
		steps += times
	}
	const up, down = 4, 5 // the wheel
	for steps < n {
		click(40, down, "")
		click(15, up, "ctrl")
		click(10, down, "shift")
		click(15, down, "ctrl")
		click(20, up, "")
		args := []string{"key", "--delay", pause}
		for range 10 {
			args = append(args, "Next")
		}
		w.xdotool(args...)
		steps += 10
		steps += w.dragScrollBar(10)
	}
	return steps
}

// dragScrollBar drags the thumb of the scroll bar and returns the number of moves.
func (w *perfWindow) dragScrollBar(moves int) int {
	args := []string{"mousemove", "1378", "300", "mousedown", "1"}
	for k := range moves {
		args = append(args, "mousemove_relative", "--sync", "--", "0", strconv.Itoa(25+k))
	}
	w.xdotool(append(args, "mouseup", "1", "mousemove", "700", "600")...)
	return moves
}
