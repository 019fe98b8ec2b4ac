package performance

import (
	"strings"
	"testing"

	"traceview/internal/analysis/traffic"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/table"
	"traceview/ui/uitest"
)

// TestSteps shows operations and services as a house calls them, tells rows called the
// same apart, and hands on their own names.
func TestSteps(t *testing.T) {
	set := shop(t, 12)
	total := state(t, set, traffic.Target{}).Total
	for _, lang := range []string{"en", "ru"} {
		kit := uitest.Kit(t, lang, lang == "en")
		uitest.Steps(t, kit)
		style := table.Style{Palette: kit.Look, Printer: kit.Words, Names: kit.Names, Metrics: kit.Metrics, Drawer: kit.Drawer, Scale: 1}
		var asked traffic.Target
		p := NewRows(style, func(r *traffic.Row) { asked = r.Target })
		p.Set(total, false, [2]string{})
		uitest.Golden(t, "steps_"+lang, uitest.PaintTable(p, 1280, 480))
		if got := testing.AllocsPerRun(20, func() { p.Build(1280, 480) }); got != 0 {
			t.Errorf("a frame allocates %v times", got)
		}
		for row := range p.Len() {
			if r := p.At(row); r.Name == "S3.PutObject" && r.Service == "shop-api" && lang == "en" {
				if p.Activate(row); asked.Name != "S3.PutObject" || asked.Service != "shop-api" {
					t.Errorf("the examples are of %+v", asked)
				}
				if tip := p.RowTip(row); !strings.HasPrefix(tip, "Saving the 3D file · S3.PutObject · ") {
					t.Errorf("the tooltip says %q", tip)
				}
			}
		}
		if asked.Name == "" && lang == "en" {
			t.Error("there is no such row")
		}
		plot := NewPlot(kit, axis.StyleOf(kit, 1), Actions{})
		of := traffic.Target{Op: traffic.Op{Service: "shop-api", Name: "S3.PutObject", Kind: model.KindClient}}
		plot.Set(state(t, set, of))
		var drawn scene.Scene
		plot.Build(&drawn, 1280, 300)
		words := uitest.Words(&drawn)
		want := map[string]string{"en": "Saving the 3D file", "ru": "Сохранение 3D-файла"}[lang]
		if !strings.Contains(words, want) || strings.Contains(words, "shop-api") {
			t.Errorf("the plot says\n%s", words)
		}
		p.Set(total, true, [2]string{})
		if words := uitest.Words(p.Build(1280, 480)); !strings.Contains(words, "Shop API") || strings.Contains(words, "shop-api") {
			t.Errorf("services are\n%s", words)
		}
	}
}
