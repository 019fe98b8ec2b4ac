package main

import (
	"context"
	"fmt"
	"image"
	"runtime"
	"slices"
	"time"

	"traceview/internal/document"
	"traceview/internal/raster"
	"traceview/ui/canvasview"
)

// maxFrames bounds a script: at a millisecond a frame, minutes.
const maxFrames = 100_000

// A frameReport is what the frames of a script cost.
type frameReport struct {
	View   string  `json:"view"`
	Spans  int     `json:"spans"`
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Frames int     `json:"frames"`
	P50    float64 `json:"p50_ms"`
	P95    float64 `json:"p95_ms"`
	P99    float64 `json:"p99_ms"`
	Max    float64 `json:"max_ms"`
	Allocs float64 `json:"allocs_per_frame"`
}

// A player is a view that a script acts on.
type player struct {
	paint             func(dst *image.RGBA)
	hover             func(x, y float32) bool
	scroll, pan, zoom func(d float32) bool
}

// player makes the view. A table has no time to zoom and pan, and scrolls instead.
func (p *picture) player() player {
	d := (*document.Document)(nil)
	if p.trace != nil {
		d = document.New(p.trace)
	}
	v := p.painter(d, raster.New(p.Text))
	return player{v.Paint, v.Hover,
		func(d float32) bool { return v.Scroll(0, d, 0) },
		func(d float32) bool { return v.Scroll(0, d, canvasview.Shift) },
		func(d float32) bool { return v.Scroll(0, d, canvasview.Ctrl) }}
}

// act is frame k of n of the script: scroll down, zoom in at the pointer, pan,
// and zoom out, over and over; from the middle on all of it backwards, so that
// the script ends where it began.
func (v player) act(k, n int, w, h int, scale float32) {
	forth := float32(1)
	if k >= (n+1)/2 {
		k, forth = n-1-k, -1
	}
	v.hover(float32(w)*(0.45+0.3*float32(k%97)/97), float32(h)*(0.2+0.6*float32(k%61)/61))
	switch at := k % 120; {
	case at < 50:
		v.scroll(-66 * scale * forth) // three rows, a notch of a wheel
	case at < 75:
		v.zoom(40 * scale * forth)
	case at < 95:
		v.pan(-80 * scale * forth)
	default:
		v.zoom(-40 * scale * forth)
	}
}

// playFrames plays the script twice: the first time tells what frames cost
// with caches as cold as they come, the second what they still allocate.
func playFrames(ctx context.Context, p *picture, n int) frameReport {
	v := p.player()
	dst := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
	v.paint(dst) // the first frame lays out
	runtime.GC() // what opening the file left behind is no cost of a frame
	cost := make([]time.Duration, 0, n)
	for k := 0; k < n && ctx.Err() == nil; k++ {
		began := time.Now()
		v.act(k, n, p.W, p.H, p.Scale)
		v.paint(dst)
		cost = append(cost, time.Since(began))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for k := 0; k < len(cost) && ctx.Err() == nil; k++ {
		v.act(k, n, p.W, p.H, p.Scale)
		v.paint(dst)
	}
	runtime.ReadMemStats(&after)
	r := frameReport{View: p.View, Spans: p.spans(), Width: p.W, Height: p.H, Frames: len(cost)}
	if len(cost) == 0 {
		return r
	}
	slices.Sort(cost)
	at := func(share float64) float64 {
		k := min(int(share*float64(len(cost))), len(cost)-1)
		return float64(cost[k].Microseconds()) / 1000
	}
	r.P50, r.P95, r.P99, r.Max = at(0.50), at(0.95), at(0.99), at(1)
	// Whole allocations a frame, as testing.AllocsPerRun counts: what is less
	// than one is the run time's own.
	r.Allocs = float64((after.Mallocs - before.Mallocs) / uint64(len(cost)))
	return r
}

func reportFrames(e *env, asJSON bool, r frameReport) error {
	if asJSON {
		return writeJSON(e.out, r)
	}
	_, err := fmt.Fprintf(e.out, "%s of %d spans, %d frames of %dx%d: p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, most %.2f ms, %.0f allocations a frame\n",
		r.View, r.Spans, r.Frames, r.Width, r.Height, r.P50, r.P95, r.P99, r.Max, r.Allocs)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
