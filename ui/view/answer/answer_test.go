package answer

import (
	"fmt"
	"strings"
	"testing"

	"traceview/ui/canvasview"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

// words are texts in both languages, so that what is looked at is read as well.
var words = map[string]map[string]string{
	"en": {
		"title": "Shop API failed at “saving the 3D file”: files storage answered 403 (access denied), 3 attempts", "when": "14 Nov 2026, 14:02:11.695 · placing the order · this step of the order failed",
		"detail": "It began 14 Nov 2026, 14:02:11.695. This step of the order failed because of it. Recorded: Access Denied. (Service: S3, Status Code: 403, Request ID: 17F3C0A5E9B2D641).",
		"sure":   "sure", "likely": "likely", "guess": "a guess", "late": "“SELECT work_orders” of mes-api took 18.1 s, usually 7.15 ms", "base": "compared with 412 other traces",
		"alone": "nothing to compare with: what is slow, or missing, is found only if these traces show it by themselves", "ask": "Ask Production for up to 200 recent traces", "none": "Nothing wrong found in 5 traces",
		"reading": "Reading the traces: 3 of 16", "long": "very-long-name-of-a-service-in-some-namespace-of-the-cluster failed at “POST /internal/v2/customers/{customerId}/orders/{orderId}/confirmations/price/recalculate-with-discounts”: " + strings.Repeat("the reason is long as well ", 9),
	},
	"ru": {
		"title": "Сбой в Shop API, «сохранение 3D-файла»: ответ хранилища файлов — 403 (нет доступа), 3 попытки", "when": "14 ноя 2026, 14:02:11,695 · оформление заказа · этот шаг заказа не удался",
		"detail": "Начало: 14 ноя 2026, 14:02:11,695. Из-за этого шаг заказа не удался. Записано: Access Denied. (Service: S3, Status Code: 403, Request ID: 17F3C0A5E9B2D641).",
		"sure":   "точно", "likely": "вероятно", "guess": "догадка", "late": "«SELECT work_orders» в mes-api: 18,1 с, обычно 7,15 мс", "base": "сравнение с 412 другими трассами",
		"alone": "сравнить не с чем: что идёт медленно или пропало, видно только по самим этим трассам", "ask": "Запросить до 200 последних трасс в «Production»", "none": "Нарушений не найдено, просмотрено 5 трасс",
		"reading": "Читаем трассы: 3 из 16", "long": "Сбой в very-long-name-of-a-service-in-some-namespace-of-the-cluster, «POST /internal/v2/customers/{customerId}/orders/{orderId}/confirmations/price/recalculate-with-discounts»: " + strings.Repeat("и причина тоже длинная ", 9),
	},
}

// states are what there is to show, by name.
func states(lang string) map[string]State {
	w := words[lang]
	first := Line{Bad, w["title"], w["when"], w["detail"], w["sure"], 7, "first"}
	late := Line{Late, w["late"], w["when"], w["detail"], w["likely"], 1, "late"}
	aside := Line{Aside, w["late"], w["when"], w["detail"], w["guess"], 2, "aside"}
	many := []Line{first, late, aside}
	for len(many) < 16 {
		many = append(many, late)
	}
	return map[string]State{
		"fault":   {Lines: []Line{first}, Notes: []string{w["base"]}},
		"late":    {Lines: []Line{late, aside}, Notes: []string{w["alone"]}, Ask: w["ask"]},
		"aside":   {Lines: []Line{aside}, Notes: []string{w["base"]}},
		"many":    {Lines: many, Notes: []string{w["base"]}},
		"long":    {Lines: []Line{{Bad, w["long"], strings.Repeat(w["when"]+" ", 3), strings.Repeat(w["detail"]+" ", 3), w["guess"], 120, "long"}, {Late, w["long"], w["when"], "", w["guess"], 1, "longer"}}, Notes: []string{w["alone"], w["base"]}, Ask: w["ask"]},
		"none":    {None: w["none"], Notes: []string{w["base"]}},
		"unknown": {None: w["none"], Notes: []string{w["alone"]}, Ask: w["ask"]},
		"working": {Working: w["reading"], Share: 0.4},
	}
}

// panel shows an answer on a page of its own.
func panel(v *View) *xwidget.Panel {
	p := xwidget.NewPanel(v.Kit)
	p.Content = func(c *xwidget.Canvas, y, w float32) float32 {
		return v.Draw(c, c.D(20), y, w-c.D(40)) + c.D(10) - y
	}
	return p
}

// TestGolden draws each state in both languages, the themes and widths by turns.
func TestGolden(t *testing.T) {
	n := 0
	for _, name := range []string{"fault", "late", "aside", "many", "long", "none", "unknown", "working"} {
		for _, lang := range []string{"en", "ru"} {
			n++
			dark := n%4 == 2 || n%4 == 3
			t.Run(name+"_"+lang, func(t *testing.T) {
				v := New(uitest.Kit(t, lang, dark), Actions{Cancel: func() {}, Ask: func() {}, Show: func(int, int) {}})
				v.Set(states(lang)[name])
				if name == "many" || name == "long" {
					v.toggle()
					v.Look(0, 2)
				}
				w := map[string]int{"en": 1220, "ru": 860}[lang]
				uitest.Golden(t, name+"_"+lang, uitest.Paint(panel(v), w, int(v.Height(float32(w-40)))+10, 1))
			})
		}
	}
}

func TestGoldenAtOneAndAHalf(t *testing.T) {
	v := New(uitest.Kit(t, "en", false), Actions{})
	v.Set(states("en")["late"])
	uitest.Golden(t, "late_scaled", uitest.Paint(panel(v), 1220, 190, 1.5))
}

// TestStepGoesInACircle steps through all spans of all findings, forth and back.
func TestStepGoesInACircle(t *testing.T) {
	var at []string
	v := New(uitest.Kit(t, "en", false), Actions{Show: func(line, stop int) { at = append(at, fmt.Sprint(line, stop)) }})
	if v.Step(false) || v.First() {
		t.Error("it goes somewhere where there is nothing")
	}
	v.Set(State{Lines: []Line{{Title: "a", Stops: 2}, {Title: "b", Stops: 1}}})
	for range 4 {
		v.Step(false)
	}
	for range 3 {
		v.Step(true)
	}
	v.First()
	if got := strings.Join(at, ", "); got != "0 0, 0 1, 1 0, 0 0, 1 0, 0 1, 0 0, 0 0" {
		t.Errorf("it went %s", got)
	}
	v.Set(State{Lines: []Line{{Title: "c", Stops: 1}}})
	if line, stop := v.At(); line != 0 || stop != -1 {
		t.Errorf("other findings are looked at from %d, %d", line, stop)
	}
}

// TestSetKeepsTheFinding sets other findings when one is looked at.
func TestSetKeepsTheFinding(t *testing.T) {
	line := func(of string, stops int) Line { return Line{Title: of, Of: of, Stops: stops} }
	for _, c := range []struct {
		name       string
		then       []Line
		line, stop int
	}{
		{"the same", []Line{line("a", 2), line("b", 3)}, 1, 2},
		{"in other words", []Line{line("a", 2), {Title: "in Russian", Of: "b", Stops: 3}}, 1, 2},
		{"elsewhere", []Line{line("b", 3), line("a", 2)}, 0, 2},
		{"with more beside", []Line{line("c", 1), line("a", 2), line("b", 3)}, 2, 2},
		{"twice", []Line{line("b", 3), line("b", 3)}, 1, 2},
		{"as many others", []Line{line("c", 1), line("d", 1)}, 0, -1},
		{"shown elsewhere", []Line{line("a", 2), line("b", 1)}, 0, -1},
		{"none", nil, 0, -1},
	} {
		v := New(uitest.Kit(t, "en", false), Actions{})
		v.Set(State{Lines: []Line{line("a", 2), line("b", 3)}})
		v.Look(1, 2)
		v.Set(State{Lines: c.then})
		if line, stop := v.At(); line != c.line || stop != c.stop {
			t.Errorf("%s: looks at %d, %d, want %d, %d", c.name, line, stop, c.line, c.stop)
		}
	}
}

// TestPressing presses all that can be pressed.
func TestPressing(t *testing.T) {
	var did []string
	tell := func(s string) { did = append(did, s) }
	v := New(uitest.Kit(t, "en", false), Actions{
		Show: func(line, stop int) { tell(fmt.Sprint("show ", line, stop)) },
		Ask:  func() { tell("ask") }, Cancel: func() { tell("cancel") }, Changed: func() { tell("changed") },
	})
	p := panel(v)
	press := func(text string) {
		t.Helper()
		x, y := uitest.Find(t, v.Kit.Metrics, p.Build(1220, 400, 1), text)
		uitest.Press(p, x, y)
	}
	v.Set(states("en")["working"])
	press("Cancel")
	v.Set(states("en")["late"])
	press("Show me")
	press("Ask Production")
	press("1 more")
	press("14 Nov 2026, 14:02:11.695 · placing the order · this step of the or…")
	press("Less")
	if got := strings.Join(did, ", "); got != "cancel, show 0 0, ask, changed, show 1 0, changed" {
		t.Errorf("it did %s", got)
	}
	p.Handle(canvasview.Event{Kind: canvasview.Leave})
}

// TestHeight holds that what is drawn is as high as it says, in any width.
func TestHeight(t *testing.T) {
	for name, s := range states("en") {
		for _, open := range []bool{false, true} {
			v := New(uitest.Kit(t, "en", false), Actions{})
			v.Set(s)
			v.open = open
			for _, w := range []float32{400, 900, 1800} {
				end := float32(0)
				p := xwidget.NewPanel(v.Kit)
				p.Content = func(c *xwidget.Canvas, y, _ float32) float32 { end = v.Draw(c, 0, y, w); return end }
				p.Build(int(w), 2000, 1)
				if h := v.Height(w); h != end {
					t.Errorf("%s %v wide: %v high, it says %v", name, w, end, h)
				}
			}
		}
	}
	if h := New(uitest.Kit(t, "en", false), Actions{}).Height(900); h != 0 {
		t.Errorf("nothing is %v high", h)
	}
}
