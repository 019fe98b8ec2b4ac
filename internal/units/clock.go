package units

import (
	"strconv"
	"time"
)

// Clock returns the time of day to the millisecond in the location of t:
// 09:14:03.120.
func (p Printer) Clock(t time.Time) string {
	return string(p.appendClock(make([]byte, 0, 16), t))
}

// Date returns the day of t in its location: 12 Nov 2026.
func (p Printer) Date(t time.Time) string {
	return string(p.appendDate(make([]byte, 0, 32), t))
}

// DateTime returns day and time to the millisecond in the location of t:
// 12 Nov 2026, 09:14:03.120.
func (p Printer) DateTime(t time.Time) string {
	dst := p.appendDate(make([]byte, 0, 40), t)
	return string(p.appendClock(append(dst, ", "...), t))
}

// DateMinute returns day and time to the minute without the year, for lists:
// 12 Nov 09:14.
func (p Printer) DateMinute(t time.Time) string {
	dst := p.appendDay(make([]byte, 0, 24), t)
	return string(t.AppendFormat(append(dst, ' '), "15:04"))
}

// Zone returns the distance from UTC at t: UTC, UTC+3, UTC−3:30. Abbreviations
// of zones are not used since many stand for several zones.
func (p Printer) Zone(t time.Time) string {
	_, offset := t.Zone()
	dst := append(make([]byte, 0, 16), "UTC"...)
	minutes := offset / 60
	switch {
	case minutes == 0:
		return string(dst)
	case minutes < 0:
		dst, minutes = append(dst, minus...), -minutes
	default:
		dst = append(dst, '+')
	}
	dst = strconv.AppendInt(dst, int64(minutes/60), 10)
	if m := minutes % 60; m != 0 {
		dst = append(dst, ':', byte('0'+m/10), byte('0'+m%10))
	}
	return string(dst)
}

func (p Printer) appendDay(dst []byte, t time.Time) []byte {
	dst = strconv.AppendInt(dst, int64(t.Day()), 10)
	dst = append(dst, ' ')
	return append(dst, p.w().months[t.Month()-1]...)
}

func (p Printer) appendDate(dst []byte, t time.Time) []byte {
	dst = append(p.appendDay(dst, t), ' ')
	return strconv.AppendInt(dst, int64(t.Year()), 10)
}

func (p Printer) appendClock(dst []byte, t time.Time) []byte {
	dst = t.AppendFormat(dst, "15:04:05")
	ms := t.Nanosecond() / 1e6
	dst = append(dst, p.w().decimal...)
	return append(dst, byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}
