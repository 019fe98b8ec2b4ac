package model

// A WarningKind says what is odd about a trace or a span.
type WarningKind uint8

// The kinds of warning. Their order is that of severity to no one: it is fixed
// so that stored numbers keep their meaning.
const (
	MissingParent WarningKind = iota + 1
	MultipleRoots
	Cycle
	DuplicateSpanID
	ZeroSpanID
	NegativeDuration
	ChildOutsideParent
	ClockSkew
	BadTimestamp
	BadAttribute
	Truncated
	BadID
	Ignored
)

var warningNames = [...]string{
	MissingParent: "missing-parent", MultipleRoots: "multiple-roots", Cycle: "cycle",
	DuplicateSpanID: "duplicate-span-id", ZeroSpanID: "zero-span-id",
	NegativeDuration: "negative-duration", ChildOutsideParent: "child-outside-parent",
	ClockSkew: "clock-skew", BadTimestamp: "bad-timestamp", BadAttribute: "bad-attribute",
	Truncated: "truncated", BadID: "bad-id",
	Ignored: "ignored",
}

// String returns the name of the kind as the command line prints it.
func (k WarningKind) String() string {
	if int(k) < len(warningNames) {
		return warningNames[k]
	}
	return ""
}

// A Warning is one oddity found while a trace was decoded or built. Nothing is
// ever dropped because of it.
type Warning struct {
	Kind WarningKind
	Span SpanIndex // NoSpan if it concerns the whole trace
	// Amount is, by kind: ClockSkew and ChildOutsideParent the ns by which the
	// span sticks out; NegativeDuration the duration recorded; MultipleRoots
	// the number of roots; Ignored how many records of the file are no part of
	// a trace, such as counters; otherwise 0.
	Amount int64
}
