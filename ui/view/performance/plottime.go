package performance

import (
	"strings"
	"time"

	"traceview/internal/layout"
)

// timeSteps are the distances between instants on the axis in s; from a day on they
// are whole days of the calendar.
var timeSteps = []int64{1, 5, 15, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600,
	86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400, 91 * 86400, 364 * 86400, 3640 * 86400}

// A timeTick is an instant on the axis.
type timeTick struct {
	at    int64 // Unix ns
	text  string
	width float32
}

// timesKey is what the ticks depend on.
type timesKey struct {
	view layout.Viewport
	base int64
	zone *time.Location
}

// timeName names the text of an instant.
type timeName struct{ at, step int64 }

// namesKept bounds how many texts of instants are kept, so that moving back and forth
// writes none anew.
const namesKept = 4096

// placeTimes finds the instants of the axis: full days, hours or minutes of the zone.
func (p *Plot) placeTimes() {
	key := timesKey{p.view, p.base, p.kit.Zone}
	if key == p.timesOf {
		return
	}
	p.timesOf, p.times = key, p.times[:0]
	least := p.view.PerPx * float64(p.px(tickDp)) / 1e9
	step := timeSteps[len(timeSteps)-1]
	for _, s := range timeSteps {
		if float64(s) >= least {
			step = s
			break
		}
	}
	w := p.Window()
	t := firstTick(time.Unix(0, w.From).In(p.kit.Zone), step)
	for n := 0; n < 200 && t.UnixNano() < w.To; n++ {
		if t.UnixNano() >= w.From {
			text := p.timeText(t, step)
			p.times = append(p.times, timeTick{t.UnixNano(), text, p.style.Metrics.Width(p.labels.Font, text)})
		}
		t = nextTick(t, step)
	}
}

// firstTick returns a tick at or before t.
func firstTick(t time.Time, step int64) time.Time {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	if step >= 86400 {
		n := int64(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix()) / 86400
		return day.AddDate(0, 0, -int(n%(step/86400)))
	}
	return day.Add(time.Duration(int64(t.Sub(day)/time.Second)/step*step) * time.Second)
}

// nextTick returns the tick after t; days begin at midnight also where clocks change.
func nextTick(t time.Time, step int64) time.Time {
	if step >= 86400 {
		return t.AddDate(0, 0, int(step/86400))
	}
	next := t.Add(time.Duration(step) * time.Second)
	if midnight := time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location()); next.After(midnight) {
		return midnight
	}
	return next
}

// timeText writes an instant: the day at midnight, else the time of day.
func (p *Plot) timeText(t time.Time, step int64) string {
	name := timeName{t.UnixNano(), step}
	if text, ok := p.names[name]; ok {
		return text
	}
	text := t.Format("15:04")
	if step < 60 {
		text = t.Format("15:04:05")
	}
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		text = strings.TrimSuffix(p.style.Printer.Units().DateMinute(t), t.Format(" 15:04"))
		if step >= 300*86400 {
			text = t.Format("2006")
		}
	}
	if len(p.names) >= namesKept {
		clear(p.names)
	}
	p.names[name] = text
	return text
}
