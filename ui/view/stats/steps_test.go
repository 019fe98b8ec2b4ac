package stats

import (
	"image"
	"slices"
	"strings"
	"testing"

	"traceview/internal/document"
	"traceview/ui/table"
	"traceview/ui/uitest"
)

// inSteps returns a Painter of an order being placed that speaks of steps.
func inSteps(tb testing.TB, lang string, dark bool) (*Painter, *calls) {
	tb.Helper()
	k, d, c := uitest.Kit(tb, lang, dark), document.New(uitest.Placed(tb, 1)), &calls{}
	d.SetNames(uitest.Steps(tb, k).Of(d.Trace()))
	return New(d, table.Style{Palette: k.Look, Printer: k.Words, Metrics: k.Metrics, Drawer: k.Drawer, Scale: 1}, Actions{Filter: func(text string) { c.filter = text }}), c
}

// TestSteps holds that rows are called by their steps, that those called the same are
// told apart, and that filters and orders go by the own names.
func TestSteps(t *testing.T) {
	for _, tc := range []struct {
		name, lang string
		w          int
		services   bool
	}{{"steps", "en", 1280, false}, {"steps_ru", "ru", 1280, false}, {"steps_narrow_ru", "ru", 640, false}, {"steps_services", "en", 920, true}} {
		p, _ := inSteps(t, tc.lang, tc.lang == "en")
		p.doc.SetStatServices(tc.services)
		img := image.NewRGBA(image.Rect(0, 0, tc.w, 360))
		p.Paint(img)
		uitest.Golden(t, tc.name, img)
	}
	p, c := inSteps(t, "en", false)
	p.Build(&p.scene, 1600, 400)
	words := uitest.Words(&p.scene)
	for part, want := range map[string]bool{
		"Placing the order": true, "Internet Shop": true, "Shop API": true, "3D files storage": true, "Saving the order": true, "warm up the cache": true,
		"internet-shop": false, "shop-api": false, "POST /api/v1/orders": true, "OrderRepository.save": false, "Call to": false,
	} {
		if strings.Contains(words, part) != want {
			t.Errorf("%q there: %v in\n%s", part, !want, words)
		}
	}
	own := map[string]string{}
	for row := range p.Len() {
		st, _ := p.now.At(row)
		_, own[st.Name] = p.operation(st)
		if st.Name == "S3.PutObject" {
			p.Activate(row)
			if tip := p.RowTip(row); !strings.HasPrefix(tip, "Saving the 3D file · S3.PutObject · Shop API · ") {
				t.Errorf("the tooltip says %q", tip)
			}
		}
	}
	if want := `service=shop-api name=S3.PutObject kind=client`; c.filter != want {
		t.Errorf("it looks for %s, want %s", c.filter, want)
	}
	if own["FileService.store"] == "" || own["S3.PutObject"] == "" || own["place order"] != "" || own["OrderRepository.save"] != "" {
		t.Errorf("the own names beside are %q", own)
	}
	p.Sort(int(document.StatName))
	p.Build(&p.scene, 1600, 400)
	var names []string
	for row := range p.Len() {
		st, _ := p.now.At(row)
		names = append(names, st.Name)
	}
	if !slices.IsSorted(names) {
		t.Errorf("sorted they are %q", names)
	}
}

// TestStepsDoNotAllocate draws the same frame over and over.
func TestStepsDoNotAllocate(t *testing.T) {
	p, _ := inSteps(t, "en", false)
	frame := func() { p.Build(&p.scene, 1280, 400) }
	frame()
	if got := testing.AllocsPerRun(50, frame); got != 0 {
		t.Errorf("a frame allocates %v times", got)
	}
}
