// Package snapshot reads and writes .traceview files: a ZIP of manifest.json,
// traces.otlp.pb.zst (OTLP TracesData in zstd, so that common tools read it),
// logs.otlp.pb.zst (LogsData likewise, where there are any) and what the program keeps beside traces, such as view.json and notes.json.
// Members and manifest fields it does not know are kept for writing again.
//
// Files come from anywhere, so reading trusts nothing: sizes, ratios, numbers
// of members and names are limited and sums are checked.
package snapshot

import (
	"encoding/json"
	"errors"
	"time"

	"traceview/internal/format"
	"traceview/internal/logs"
	"traceview/internal/model"
)

// Format is the name of the format, as on the command line.
const Format format.Name = "traceview"

// The members of the ZIP that have a meaning here.
const (
	manifestName = "manifest.json"
	tracesName   = "traces.otlp.pb.zst"
	logsName     = "logs.otlp.pb.zst"
)

// Version is the version of the layout that Write makes. Additions that older
// programs may pass over do not raise it.
const Version = 1

// Sentinels wrapped by the errors of reading. What is too large when unpacked
// is a format.ErrTooLarge.
var (
	ErrNotSnapshot = errors.New("not a .traceview file")
	ErrNewer       = errors.New("written by a newer version of traceview: update to open it")
	ErrDamaged     = errors.New("the file is damaged")
	ErrUnsafe      = errors.New("the file is not safe to open")
)

// A Snapshot is what a .traceview file holds.
type Snapshot struct {
	Manifest Manifest
	Traces   []*model.Trace
	// Logs are the log lines of traces. Those beyond what a file holds are left out
	// when it is written, and their Gap says how many.
	Logs []*logs.Lines
	// Members are all members but the manifest, the traces and their logs, by name. None may
	// be larger than MaxMember.
	Members map[string][]byte
}

// A Manifest says what is in the file and where it is from. Write fills in
// Version, Traces and Files.
type Manifest struct {
	Version int                        `json:"version"`
	App     string                     `json:"app"`    // the program that wrote it, with its version
	Source  string                     `json:"source"` // where the traces are from, for people
	Created time.Time                  `json:"created"`
	Order   string                     `json:"order,omitempty"` // the order number searched for
	Traces  []Summary                  `json:"traces"`
	Files   map[string]Sum             `json:"files"` // of every member but the manifest
	extra   map[string]json.RawMessage // fields that are not known here
}

// A Summary describes one trace.
type Summary struct {
	TraceID       string    `json:"trace_id"`
	RootService   string    `json:"root_service"`
	RootOperation string    `json:"root_operation"`
	Start         time.Time `json:"start"`
	DurationNs    int64     `json:"duration_ns"`
	Spans         int       `json:"spans"`
	Errors        int       `json:"errors"`
	Services      []string  `json:"services"`
}

// A Sum lets a reader check a member.
type Sum struct {
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // in hexadecimal
}

// Summarize describes a trace.
func Summarize(t *model.Trace) Summary {
	s := Summary{
		TraceID: t.ID.String(), Start: t.StartTime(), DurationNs: t.Dur,
		Spans: len(t.Spans), Errors: t.Errors, Services: []string{},
	}
	if t.Root != model.NoSpan {
		s.RootService, s.RootOperation = t.ServiceName(t.Root), t.Name(t.Root)
	}
	for _, v := range t.Services {
		s.Services = append(s.Services, v.Name)
	}
	return s
}
