//go:build e2e

package e2e

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/assets"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/voice"
	"traceview/ui/look"
)

// TestWindow does what support staff do, in the real window: type an order
// number, Enter, open a trace, and see it.
func TestWindow(t *testing.T) {
	d := openDisplay(t, 1280, 800)
	order := troubled(t, demo.New(demo.Options{}))
	w := d.launch(program(t), "demo", "--lang", "en")
	d.waitFor("the window's first page", "start", time.Minute, func(text string) bool { return strings.Contains(text, "rder") })

	// The order box has the focus from the start.
	d.typeText(order.number)
	d.key("Return")
	d.waitFor("the list of traces", "results", time.Minute, func(text string) bool {
		return strings.Contains(text, order.number) && mentions(text, order.services)
	})

	d.key("Return") // the newest is selected, which is where it failed
	var n int
	shown, text := d.waitFor("the trace", "trace", time.Minute, func(text string) bool {
		return strings.Contains(text, order.number) && mentions(text, order.services) && strings.Contains(text, order.spans)
	})
	if n = bars(shown); n < 3 {
		t.Errorf("%d bars on the waterfall, want 3 or more (picture: %s, text: %s)", n, shown.path, text)
	}
	if !w.running() {
		t.Error("the program has ended")
	}
}

// An orderCase is an order that came to trouble, with what its latest trace shows.
type orderCase struct {
	number   string
	spans    string // as the header of the trace says
	services []string
}

// troubled returns the latest order that came to trouble in its last trace, so that the window
// finds it without looking further back. Digits are the surest to be read from
// a picture.
func troubled(t *testing.T, shop *demo.Shop) orderCase {
	t.Helper()
	for _, o := range slices.Backward(shop.Orders()) {
		if o.Trouble == "" || strings.Trim(o.Number, "0123456789") != "" {
			continue
		}
		latest := o.TraceIDs[len(o.TraceIDs)-1]
		if o.TraceID != latest { // which one Enter opens would depend on what is known by then
			continue
		}
		b := model.NewBuilder()
		for _, tr := range shop.Traces() {
			if err := otlp.DecodeProto(tr.Proto, b); err != nil {
				t.Fatal(err)
			}
		}
		for _, tr := range b.Build() {
			if tr.ID.String() != latest {
				continue
			}
			c := orderCase{number: o.Number, spans: fmt.Sprintf("%d steps", len(tr.Spans))}
			for _, s := range tr.Services {
				c.services = append(c.services, s.Name)
			}
			return c
		}
	}
	t.Fatal("the demo has no troubled order with a plain number")
	return orderCase{}
}

// mentions says whether one of some services is in the text, by its own name or by
// what the shop calls it.
func mentions(text string, names []string) bool {
	shop, err := voice.Decode(assets.Steps)
	if err != nil {
		return false
	}
	for _, lang := range i18n.Languages() {
		v := voice.New(i18n.For(lang.Code), shop)
		if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(text, n) || strings.Contains(text, v.System(n)) }) {
			return true
		}
	}
	return false
}

// minBar is the width in pixels from which a run of a service's colour is a bar
// rather than a chip or a swatch.
const minBar = 60

// bars counts the bars of a waterfall on a picture: bands of rows in which
// pixels side by side have the colour of one service.
func bars(pic image.Image) int {
	colours := map[scene.Color]bool{}
	for _, p := range []*look.Palette{look.Light(), look.Dark()} {
		for i := range p.Usual().Len() {
			colours[p.Service(i).Bar] = true
			colours[p.Service(i).Tint] = true
		}
	}
	n, inBand := 0, false
	for y := pic.Bounds().Min.Y; y < pic.Bounds().Max.Y; y++ {
		bar := longestRun(pic, y, colours) >= minBar
		if bar && !inBand {
			n++
		}
		inBand = bar
	}
	return n
}

// longestRun returns the length of the longest run of one of the colours in a
// row of a picture.
func longestRun(pic image.Image, y int, colours map[scene.Color]bool) int {
	longest, run := 0, 0
	var last scene.Color
	for x := pic.Bounds().Min.X; x < pic.Bounds().Max.X; x++ {
		r, g, b, _ := pic.At(x, y).RGBA()
		c := scene.Color{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: 255}
		switch {
		case !colours[c]:
			run = 0
		case c == last:
			run++
		default:
			run = 1
		}
		last = c
		longest = max(longest, run)
	}
	return longest
}
