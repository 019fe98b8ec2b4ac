package document

import (
	"slices"

	"traceview/internal/model"
)

// A FaultMark says what a span has to do with what is wrong.
type FaultMark uint8

// The marks of spans.
const (
	FaultNone  FaultMark = iota
	FaultShown           // it shows what is wrong
	FaultHere            // it is at fault
)

// MarkFaults marks the spans at fault and those that show it, each list rising. It is
// told by what was found out, not done by a person: no step of the way back.
func (d *Document) MarkFaults(fault, shown []model.SpanIndex) {
	if slices.Equal(fault, d.faults) && slices.Equal(shown, d.evidence) {
		return
	}
	d.faults, d.evidence = fault, shown
	d.tell()
}

// Fault returns the mark of a span.
func (d *Document) Fault(i model.SpanIndex) FaultMark {
	if _, ok := slices.BinarySearch(d.faults, i); ok {
		return FaultHere
	}
	if _, ok := slices.BinarySearch(d.evidence, i); ok {
		return FaultShown
	}
	return FaultNone
}
