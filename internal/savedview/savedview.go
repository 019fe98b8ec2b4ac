// Package savedview is what somebody saw of traces and wrote down about them,
// as data: which trace is in front, in which view, what is in sight, selected,
// folded and filtered, and the notes. It holds no word of any language and no
// pixel, so that another machine, window or language shows the same.
//
// Instants are ns since 1970 in UTC, and spans are named by id, so that a view
// holds for a trace that was fetched anew. Fields that are not known here are
// kept for writing again.
package savedview

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The members of a snapshot that hold a View and its Notes.
const (
	ViewMember  = "view.json"
	NotesMember = "notes.json"
)

// Version is the version of View and Notes that is written here. Additions that
// older programs may pass over do not raise it.
const Version = 1

// ErrNewer is wrapped where a newer version of the program wrote what is read.
var ErrNewer = errors.New("written by a newer version of traceview: update to open it")

// A View is what is on the screen.
type View struct {
	Version int       `json:"version"`
	Name    string    `json:"name,omitempty"`   // for people; "" for one that was not named
	Author  string    `json:"author,omitempty"` // who saved it
	Created time.Time `json:"created,omitzero"`
	Order   string    `json:"order,omitempty"`  // the order number that was searched for
	Active  string    `json:"active,omitempty"` // id of the trace in front; "" for the list of traces
	Traces  []Trace   `json:"traces"`           // those that were open, in the order of their tabs
	extra   map[string]any
}

// A Trace is how one trace is looked at. What is left out is as a trace opens.
type Trace struct {
	TraceID   string   `json:"trace_id"`             // hexadecimal
	View      string   `json:"view,omitempty"`       // waterfall, flame, flame-merged, stats, graph, events
	Shown     *Range   `json:"shown,omitempty"`      // the time in sight; nil for all
	Selected  *Span    `json:"selected,omitempty"`   // nil for none
	Top       *Span    `json:"top,omitempty"`        // of the first row in sight
	Above     float64  `json:"above,omitempty"`      // share of that row above the edge, less than 1
	Rows      int      `json:"rows,omitempty"`       // that were in sight as a whole
	Collapsed []Span   `json:"collapsed,omitempty"`  // spans whose children are folded away
	AllFolded bool     `json:"all_folded,omitempty"` // all are folded but Expanded
	Expanded  []Span   `json:"expanded,omitempty"`
	Filter    string   `json:"filter,omitempty"`   // as typed into the find box
	Only      bool     `json:"only,omitempty"`     // only what the filter finds is shown
	Admitted  []Span   `json:"admitted,omitempty"` // shown nevertheless, since somebody went there
	Sort      string   `json:"sort,omitempty"`     // of siblings: start, duration, self
	Colour    *Colour  `json:"colour,omitempty"`
	Measured  *Measure `json:"measured,omitempty"`
	Stats     *Stats   `json:"stats,omitempty"`
	Merged    *Merged  `json:"merged,omitempty"`
	extra     map[string]any
}

// A Range is a stretch of time, in ns since 1970.
type Range struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// A Span names a span of a trace. In JSON it is its id, followed by # and N
// where that is not 0: a view may name hundreds of thousands.
type Span struct {
	ID string // hexadecimal
	N  int    // which of those with this id, in the order of the trace, from 0
}

// A Measure is a stretch of time that is measured.
type Measure struct {
	Range
	Span  *Span `json:"span,omitempty"`  // measured, nil where it was drawn
	Other *Span `json:"other,omitempty"` // up to which it was extended
	Gap   bool  `json:"gap,omitempty"`   // only the time between the two
}

// A Colour is what colours tell apart.
type Colour struct {
	By      string `json:"by"`                // service, operation, kind, attribute
	Key     string `json:"key,omitempty"`     // of the attribute
	Palette string `json:"palette,omitempty"` // "" for the usual one
}

// Stats is how the statistics are looked at.
type Stats struct {
	Services   bool  `json:"services,omitempty"` // by service, not by operation
	Operations Order `json:"operations"`         // by what those of operations are sorted
	OfServices Order `json:"of_services"`
}

// An Order is by what a table is sorted.
type Order struct {
	Column  string `json:"column"` // name, service, kind, count, errors, total, self, path, share, min, p50, p95, p99, max
	Falling bool   `json:"falling,omitempty"`
}

// Merged is how the merged flame is looked at.
type Merged struct {
	Weight string `json:"weight,omitempty"` // path, self, work
	Zoom   *Span  `json:"zoom,omitempty"`   // of the call that fills the width
	Outer  []Span `json:"outer,omitempty"`  // of the calls that zooming out leads to, one after the other
	Focus  *Span  `json:"focus,omitempty"`  // of the operation whose callers and callees are shown
	Shown  *Range `json:"shown,omitempty"`  // the weight in sight, in ns from the left, where that is another stretch
}

// A Note is what somebody wrote about a span or a stretch of time of a trace, or
// about the trace as a whole where it names neither.
type Note struct {
	ID      string    `json:"id"` // made once, the same wherever the note goes
	TraceID string    `json:"trace_id"`
	Span    *Span     `json:"span,omitempty"`
	Range   *Range    `json:"range,omitempty"`
	Author  string    `json:"author,omitempty"`
	Time    time.Time `json:"time"` // when it was written or changed last
	Text    string    `json:"text"`
	extra   map[string]any
}

// MarshalText returns the name of the span in one word.
func (s Span) MarshalText() ([]byte, error) {
	if s.N == 0 && !strings.Contains(s.ID, "#") {
		return []byte(s.ID), nil
	}
	return fmt.Appendf(nil, "%s#%d", s.ID, s.N), nil
}

// UnmarshalText reads that word.
func (s *Span) UnmarshalText(text []byte) error {
	*s = Span{ID: string(text)}
	if at := bytes.LastIndexByte(text, '#'); at >= 0 {
		if n, err := strconv.Atoi(string(text[at+1:])); err == nil {
			*s = Span{string(text[:at]), n}
		}
	}
	return nil
}

// notes is the member that holds notes.
type notes struct {
	Version int    `json:"version"`
	Notes   []Note `json:"notes"`
}

// The types without their methods.
type (
	plainView  View
	plainTrace Trace
	plainNote  Note
)

// MarshalJSON writes the fields with those that were read but not known.
func (v View) MarshalJSON() ([]byte, error) { return join(plainView(v), v.extra) }

// UnmarshalJSON reads the fields and keeps those that are not known.
func (v *View) UnmarshalJSON(data []byte) (err error) {
	v.extra, err = split(data, (*plainView)(v))
	return err
}

// MarshalJSON writes the fields with those that were read but not known.
func (t Trace) MarshalJSON() ([]byte, error) { return join(plainTrace(t), t.extra) }

// UnmarshalJSON reads the fields and keeps those that are not known.
func (t *Trace) UnmarshalJSON(data []byte) (err error) {
	t.extra, err = split(data, (*plainTrace)(t))
	return err
}

// MarshalJSON writes the fields with those that were read but not known.
func (n Note) MarshalJSON() ([]byte, error) { return join(plainNote(n), n.extra) }

// UnmarshalJSON reads the fields and keeps those that are not known.
func (n *Note) UnmarshalJSON(data []byte) (err error) {
	n.extra, err = split(data, (*plainNote)(n))
	return err
}

// join writes v, an object, with extra fields; those of v count.
func join(v any, extra map[string]any) ([]byte, error) {
	known, err := json.Marshal(v)
	if err != nil || len(extra) == 0 {
		return known, err
	}
	all := maps.Clone(extra)
	if err := exact(known, &all); err != nil {
		return nil, err
	}
	return json.Marshal(all)
}

// split reads an object into v and returns the fields that v does not have: those
// that are gone when v is written again.
func split(data []byte, v any) (map[string]any, error) {
	if err := json.Unmarshal(data, v); err != nil {
		return nil, err
	}
	var all map[string]any
	if err := exact(data, &all); err != nil {
		return nil, err
	}
	names := fieldsOf(v)
	maps.DeleteFunc(all, func(key string, _ any) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, key) }) // as encoding/json reads them
	})
	if len(all) == 0 {
		return nil, nil
	}
	return all, nil
}

// fieldsOf returns the names in JSON of the fields of the struct that v points to.
func fieldsOf(v any) []string {
	t := reflect.TypeOf(v).Elem()
	var names []string
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// exact keeps numbers as they are written.
func exact(data []byte, to *map[string]any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(to)
}

// EncodeView writes a View as the member of a snapshot, with this Version.
func EncodeView(v View) ([]byte, error) {
	v.Version = Version
	return json.Marshal(v) // not indented: of what is nested deeply that makes a hundred megabytes
}

// DecodeView reads a View, whose content is not trusted: ids and instants in it
// may be any. The error wraps ErrNewer where this program is too old for it.
func DecodeView(data []byte) (View, error) {
	var v View
	if err := json.Unmarshal(data, &v); err != nil {
		return View{}, fmt.Errorf("read view: %w", err)
	}
	if v.Version > Version {
		return View{}, fmt.Errorf("read view of version %d: %w", v.Version, ErrNewer)
	}
	return v, nil
}

// EncodeNotes writes notes as the member of a snapshot.
func EncodeNotes(list []Note) ([]byte, error) {
	return json.Marshal(notes{Version, list})
}

// DecodeNotes reads notes, likewise.
func DecodeNotes(data []byte) ([]Note, error) {
	var n notes
	if err := json.Unmarshal(data, &n); err != nil {
		return nil, fmt.Errorf("read notes: %w", err)
	}
	if n.Version > Version {
		return nil, fmt.Errorf("read notes of version %d: %w", n.Version, ErrNewer)
	}
	return n.Notes, nil
}
