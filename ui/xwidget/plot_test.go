package xwidget_test

import (
	"image"
	"slices"
	"testing"

	"traceview/ui/canvasview"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

// plotter is a Plotter that notes what it was told.
type plotter struct {
	told      []string
	on, ruler bool
}

func (p *plotter) tell(s string) bool                      { p.told = append(p.told, s); return true }
func (p *plotter) Paint(*image.RGBA)                       { p.tell("paint") }
func (p *plotter) Hover(_, _ float32) bool                 { return p.tell("hover") }
func (p *plotter) Leave() bool                             { return p.tell("leave") }
func (p *plotter) Drag(_, _ float32) bool                  { return p.tell("drag") }
func (p *plotter) Release(_, _ float32) bool               { return p.tell("release") }
func (p *plotter) OnBox() bool                             { return p.on }
func (p *plotter) OnRuler() bool                           { return p.ruler }
func (p *plotter) Key(name string, _ canvasview.Mods) bool { return name == "z" && p.tell("zoom") }
func (p *plotter) Press(_, _ float32, _ canvasview.Button, _ canvasview.Mods) bool {
	return p.tell("press")
}
func (p *plotter) Scroll(_, dy float32, _ canvasview.Mods) bool { return dy == 120 && p.tell("scroll") }

func TestPlotHandsOn(t *testing.T) {
	p, scale, unused := &plotter{}, float32(0), 0
	v := xwidget.NewPlot(p, func(s float32) { scale = s }, func(canvasview.Event) bool { unused++; return false })
	uitest.Paint(v, 100, 50, 2)
	for _, e := range []canvasview.Event{
		{Kind: canvasview.Hover, X: 20}, {Kind: canvasview.Hover, X: 21}, {Kind: canvasview.Press}, {Kind: canvasview.Drag},
		{Kind: canvasview.Release}, {Kind: canvasview.Scroll, X: 20, DY: 25}, {Kind: canvasview.Rune, Rune: 'я'}, {Kind: canvasview.Leave},
	} {
		if !v.Handle(e) {
			t.Errorf("event %+v changed nothing", e)
		}
	}
	want := []string{"paint", "hover", "hover", "press", "drag", "release", "hover", "scroll", "zoom", "leave"}
	if !slices.Equal(p.told, want) || scale != 2 {
		t.Errorf("told %v at scale %v\nwant %v", p.told, scale, want)
	}
	for _, e := range []canvasview.Event{{Kind: canvasview.Rune, Rune: 'x'}, {Kind: canvasview.KeyDown, Key: "Z", Mods: canvasview.Ctrl}, {Kind: canvasview.Focus}} {
		if v.Handle(e) {
			t.Errorf("event %+v changed something", e)
		}
	}
	if unused != 2 {
		t.Errorf("%d keys handed on, want 2", unused)
	}
	if p.on = true; v.Cursor() != canvasview.Hand {
		t.Error("no hand over a box")
	}
	if p.on, p.ruler = false, true; v.Cursor() != canvasview.Crosshair {
		t.Error("no cross over the ruler")
	}
}
