package shell

import (
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/scene"
	"traceview/internal/voice"
	"traceview/ui/axis"
	"traceview/ui/table"
	"traceview/ui/uitest"
	"traceview/ui/view/merged"
	"traceview/ui/view/stats"
)

// TestTwoVoices changes between steps and spans on an order and its trace, and keeps
// what is selected.
func TestTwoVoices(t *testing.T) {
	b := newShopBench(t, nil)
	p := b.answeredOrder("10472")
	has := func(text string, want bool, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if strings.Contains(text, part) != want {
				t.Errorf("%q there: %v in\n%s", part, !want, text)
			}
		}
	}
	bar := func() string { return uitest.Words(b.panel(newControls(b.Shell).Content).Build(420, topHeight, 1)) }
	steps, spans := []string{"Placing the order", "Internet Shop", "failed in Shop API", "saving the 3D file"}, []string{"place order", "internet-shop", "failed in shop-api", "S3.PutObject"}
	has(b.says(), true, steps...)
	has(b.says(), false, spans...)
	has(bar(), true, "Steps", "Spans")
	head := func() string { return b.kit.Words.T("table.spans") }
	if head() != "Steps" {
		t.Errorf("the column says %q", head())
	}
	b.ctrlShift(fyne.KeyV)
	has(b.says(), true, spans...)
	has(b.says(), false, steps...)
	if head() != "Spans" {
		t.Errorf("of spans the column says %q", head())
	}
	if n := len(b.saved); n == 0 || !b.saved[n-1].Spans {
		t.Error("the choice is not kept")
	}
	b.firstFinding()
	tp := b.tracePage()
	b.until("the trace", func() bool { return tp.doc != nil && tp.whole() })
	at := tp.doc.Selected()
	title := func() string {
		return uitest.Words(tp.strip.panel.Build(1200, 200, 1)) + uitest.Words(b.panel(tp.drawHead).Build(1280, headDp, 1)) + uitest.Words(tp.side.Build(360, 700, 1)) + tp.Title()
	}
	has(title(), true, "S3.PutObject", "place order", "internet-shop", " spans")
	has(title(), false, "saving the 3D file", " steps")
	b.ctrlShift(fyne.KeyV)
	has(title(), false, " spans")
	has(title(), true, " steps", "saving the 3D file", "Saving the 3D file", "Placing the order", "Internet Shop", "S3.PutObject") // a developer reads on
	if tp.doc.Selected() != at {
		t.Error("another span is selected")
	}
	inViews := func() string {
		var sts, mrg scene.Scene
		stats.New(tp.doc, table.Style{Palette: b.kit.Look, Printer: b.kit.Words, Names: b.kit.Names, Metrics: b.kit.Metrics, Scale: 1}, stats.Actions{}).Build(&sts, 1600, 900)
		merged.New(tp.doc, axis.StyleOf(b.kit, 1)).Build(&mrg, 1600, 900)
		return uitest.Words(&sts) + uitest.Words(&mrg)
	}
	has(inViews(), true, "Saving the 3D file", "Placing the order", "Internet Shop", "Shop API")
	has(inViews(), false, "internet-shop", "shop-api")
	b.ctrlShift(fyne.KeyV)
	has(inViews(), true, "S3.PutObject", "place order", "internet-shop", "shop-api")
	has(inViews(), false, "Saving the 3D file", "Placing the order", "Internet Shop", "Shop API")
	found := func(text string) string {
		b.typePalette(text)
		defer tp.Focus()
		defer b.palette.close()
		return strings.ReplaceAll(b.palette.lists(), "\n", " ")
	}
	has(found("S3.PutObj"), true, "S3.PutObject")
	has(found("S3.PutObj"), false, "Saving the 3D file", "Shop API")
	b.ctrlShift(fyne.KeyV)
	for _, text := range []string{"S3.PutObj", "Saving the 3D"} {
		has(found(text), true, "Saving the 3D file", "Shop API", "S3.PutObject")
	}
	b.toggleLanguage()
	has(title(), true, " шаг", "сохранение 3D-файла", "Оформление заказа", "Интернет-магазин")
	if _, name := tp.doc.Name(at); name != "Сохранение 3D-файла" {
		t.Errorf("the row says %q", name)
	}
	b.show(b.indexOf(p))
	has(b.says(), true, "Оформление заказа", "сбой: Shop API")
}

// TestStepsAreTakenOver takes step names over from a file, and meets one that is bad.
func TestStepsAreTakenOver(t *testing.T) {
	bank, err := voice.Decode([]byte(`{"traceview_steps":1,"title":"Bank","steps":[{"name":{"en":"paying"},"match":[{"operation":"POST /orders"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, func(o *Options) {
		o.ImportSteps = func(path string) ([]*voice.Mapping, error) {
			if path == "bad" {
				return nil, errors.New("step 1: no name")
			}
			return []*voice.Mapping{bank}, nil
		}
	})
	b.toggleVoice() // there is nothing to change between
	openShop(b)
	b.importSteps("bad")
	if s := b.statusText(); !strings.Contains(s, "step 1: no name") {
		t.Errorf("it says %q", s)
	}
	b.importSteps("/data/bank.json")
	if s := b.statusText(); !strings.Contains(s, "“Bank”") || b.tracePage().Title() != "Paying" {
		t.Errorf("it says %q, and the tab %q", s, b.tracePage().Title())
	}
	b.typePalette("step names")
	if !strings.Contains(strings.ReplaceAll(b.palette.lists(), "\n", ""), "Take over step names") {
		t.Error("the palette does not offer it")
	}
}
