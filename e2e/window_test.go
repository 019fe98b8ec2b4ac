//go:build e2e

package e2e

import (
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/demo"
	"traceview/internal/scene"
	"traceview/ui/look"
)

// TestWindow does what support staff do, in the real window: type an order
// number, Enter, open a trace, and see it.
func TestWindow(t *testing.T) {
	d := openDisplay(t, 1280, 800)
	order, services := troubled(t, demo.New(demo.Options{}))
	w := d.launch(program(t), "demo", "--lang", "en")
	d.waitFor("the window's first page", "start", time.Minute, func(text string) bool { return strings.Contains(text, "rder") })

	// The order box has the focus from the start.
	d.typeText(order)
	d.key("Return")
	found, _ := d.waitFor("the list of traces", "results", time.Minute, func(text string) bool {
		return strings.Contains(text, order) && mentions(text, services)
	})
	if n := bars(found); n > 0 {
		t.Errorf("%d bars seen on the list of results: the check for bars cannot tell a waterfall (picture: %s)", n, found.path)
	}

	d.key("Return") // the newest is selected
	var n int
	shown, text := d.waitFor("the trace", "trace", time.Minute, func(text string) bool {
		return strings.Contains(text, order) && mentions(text, services) && strings.Contains(text, "spans")
	})
	if n = bars(shown); n < 3 {
		t.Errorf("%d bars on the waterfall, want 3 or more (picture: %s, text: %s)", n, shown.path, text)
	}
	if !w.running() {
		t.Error("the program has ended")
	}
}

// troubled returns the number of an order that came to trouble and the names of
// its services. Numbers of digits only are the surest to be read from a picture.
func troubled(t *testing.T, shop *demo.Shop) (number string, services []string) {
	t.Helper()
	for _, o := range shop.Orders() {
		if o.Trouble != "" && strings.Trim(o.Number, "0123456789") == "" && o.Service != "" {
			return o.Number, []string{"shop-api", "crm-api", "mes-api", "internet-shop", "files-storage"}
		}
	}
	t.Fatal("the demo has no troubled order with a plain number")
	return "", nil
}

// mentions says whether one of the names is in the text.
func mentions(text string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(text, n) })
}

// minBar is the width in pixels from which a run of a service's colour is a bar
// rather than a chip or a swatch.
const minBar = 60

// bars counts the bars of a waterfall on a picture: bands of rows in which
// pixels side by side have the colour of one service.
func bars(pic image.Image) int {
	colours := map[scene.Color]bool{}
	for _, p := range []*look.Palette{look.Light(), look.Dark()} {
		for i := range look.ServiceColors {
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
