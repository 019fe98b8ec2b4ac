package logs

import (
	"strconv"
	"strings"
)

// A Severity is how bad a line says things are. They are ordered: the worse, the
// greater.
type Severity uint8

// The severities, those of OpenTelemetry.
const (
	Unknown Severity = iota
	Trace
	Debug
	Info
	Warn
	Error
	Fatal
	severities
)

var severityNames = [severities]string{"unknown", "trace", "debug", "info", "warn", "error", "fatal"}

// Severities returns all severities, the least bad first.
func Severities() []Severity { return []Severity{Unknown, Trace, Debug, Info, Warn, Error, Fatal} }

// String returns the severity in lower case, as catalogue and JSON name it.
func (s Severity) String() string {
	if s < severities {
		return severityNames[s]
	}
	return severityNames[Unknown]
}

// perSeverity is how many numbers of OpenTelemetry stand for one severity.
const perSeverity = 4

// Number returns the severity as OpenTelemetry numbers them, 0 for Unknown.
func (s Severity) Number() int {
	if s == Unknown || s >= severities {
		return 0
	}
	return int(s-1)*perSeverity + 1
}

// SeverityOf returns the severity of a number of OpenTelemetry, 1 to 24.
func SeverityOf(n int) Severity {
	if n < 1 || n > perSeverity*int(severities-1) {
		return Unknown
	}
	return Severity((n-1)/perSeverity + 1)
}

// A Level is a severity and the word in which the service said it.
type Level struct {
	Severity Severity
	Raw      string // as recorded, "" if only a number was
}

// levelWords are the names that the logging libraries and syslog give.
var levelWords = map[string]Severity{
	"trace": Trace, "trc": Trace, "verbose": Trace, "finest": Trace, "finer": Trace, "all": Trace,
	"debug": Debug, "dbg": Debug, "fine": Debug, "config": Debug,
	"info": Info, "inf": Info, "information": Info, "informational": Info, "notice": Info, "success": Info,
	"warn": Warn, "wrn": Warn, "warning": Warn, "deprecated": Warn,
	"error": Error, "err": Error, "eror": Error, "severe": Error, "failure": Error,
	"fatal": Fatal, "ftl": Fatal, "critical": Fatal, "crit": Fatal, "alert": Fatal, "emerg": Fatal, "emergency": Fatal, "panic": Fatal,
	"dpanic": Fatal,
}

// letterLevels are those of Android, glog and .NET's console.
var letterLevels = map[string]Severity{"t": Trace, "v": Trace, "d": Debug, "i": Info, "w": Warn, "e": Error, "f": Fatal, "c": Fatal, "a": Fatal}

// LevelOf reads what a service recorded as its level: a word, in any case, with or
// without the number that OpenTelemetry puts behind ("INFO2"), or one of the numbers
// of Node's libraries (30 is info).
func LevelOf(text string) Level {
	text = strings.TrimSpace(text)
	word := strings.ToLower(strings.Trim(text, "[]<>: "))
	level := Level{Raw: text}
	if s, ok := levelWords[word]; ok {
		level.Severity = s
	} else if s, ok := levelWords[strings.TrimRight(word, "1234")]; ok {
		level.Severity = s
	} else if s, ok := letterLevels[word]; ok {
		level.Severity = s
	} else if n, err := strconv.Atoi(word); err == nil && n >= 10 && n <= 60 {
		level.Severity = Severity(n / 10)
	}
	return level
}
