package merged

import (
	"strings"
	"testing"

	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/uitest"
)

// inSteps returns a Painter of an order being placed that speaks of steps.
func inSteps(tb testing.TB, lang string, dark bool) *Painter {
	tb.Helper()
	kit, d := uitest.Kit(tb, lang, dark), document.New(uitest.Placed(tb, 1))
	d.SetNames(uitest.Steps(tb, kit).Of(d.Trace()))
	return New(d, axis.StyleOf(kit, 1))
}

// TestSteps draws the flame and an operation between its callers and callees in the
// words of a house, and keeps the own names for tooltips.
func TestSteps(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		p := inSteps(t, lang, lang == "en")
		paint(p, 1280, 320)
		uitest.Golden(t, "steps_"+lang, paint(p, 1280, 320))
		p.choose(place{whole, p.m.Calls().Of(spanOf(t, p, 5))})
		p.Key("s", 0)
		uitest.Golden(t, "steps_sandwich_"+lang, paint(p, 1280, 320))
	}
	p := inSteps(t, "en", false)
	for _, tc := range []struct {
		act  string
		want []string
		none []string
	}{
		{"", []string{"Placing the order", "Saving the 3D file", "GET", "Saving a file"}, []string{"S3.PutObject", "FileService.store", "Call to"}},
		{"s", []string{"Saving the 3D file", "Shop API"}, []string{"S3.PutObject", "shop-api"}},
	} {
		paint(p, 1280, 320)
		if tc.act != "" {
			p.choose(place{whole, p.m.Calls().Of(spanOf(t, p, 5))})
			p.Key(tc.act, 0)
		}
		var s scene.Scene
		p.Build(&s, 1280, 320)
		words := uitest.Words(&s)
		for k, list := range [][]string{tc.want, tc.none} {
			for _, part := range list {
				if strings.Contains(words, part) != (k == 0) {
					t.Errorf("after %q: %q there: %v in\n%s", tc.act, part, k != 0, words)
				}
			}
		}
	}
	var tip []string
	for _, l := range p.tipLines(about{box: place{down, 0}, n: 1, calls: p.calls(down)}) {
		tip = append(tip, l.Text)
	}
	if text := strings.Join(tip, "\n"); !strings.HasPrefix(text, "Saving the 3D file\nS3.PutObject\nShop API\n") {
		t.Errorf("the tooltip says\n%s", text)
	}
}

// TestStepsDoNotAllocate draws the same frame over and over.
func TestStepsDoNotAllocate(t *testing.T) {
	p := inSteps(t, "en", false)
	var s scene.Scene
	frame := func() { p.Build(&s, 1280, 320) }
	frame()
	if got := testing.AllocsPerRun(50, frame); got != 0 {
		t.Errorf("a frame allocates %v times", got)
	}
}
