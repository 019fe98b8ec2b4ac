package document

import (
	"slices"
	"strings"
	"time"

	"traceview/internal/model"
)

// A SpanDetail is everything known of one span, ready to print. Lists that
// have nothing are empty.
type SpanDetail struct {
	Span      model.SpanIndex
	Title     string // the operation
	Step      string // what it is called, "" for its own name
	Service   string
	System    string // what the service is called
	Kind      string // "" if unspecified
	ID        string
	ParentID  string // "" for a root
	Orphan    bool   // the parent is not in the trace
	Start     string // date and time
	Zone      string // of Start
	Offset    string // from the beginning of the trace
	Duration  string
	Share     string // of the time of the trace
	Self      string // own work, "" for a span without children
	Waited    string // how long its message waited in a queue, "" if it took none
	Children  int    // spans directly below
	Failed    bool
	Status    string // "" if unset
	Message   string // of the status
	State     string // W3C trace state
	Attrs     []AttrGroup
	Resource  []AttrGroup
	Scope     string // name and version of the instrumentation
	ScopeAttr []Attr
	Events    []EventDetail
	Links     []LinkDetail
	Warnings  []WarningDetail
	Dropped   model.Dropped // what the SDK left out before sending
}

// An Attr is one attribute, its value as a person reads it.
type Attr struct {
	Key, Text string
	Kind      model.ValueKind
}

// An AttrGroup is the attributes whose keys begin alike, sorted by key. Name is
// that beginning up to the first dot. What names the order comes first, in the
// group "order"; the keys that stand alone come last, in a group without a name.
type AttrGroup struct {
	Name  string
	Attrs []Attr
}

// An EventDetail is one event of a span.
type EventDetail struct {
	Number  int // of the span's events
	Name    string
	Offset  string // from the span's start, with its sign
	Clock   string // time of day
	Attrs   []Attr
	Dropped uint32
}

// A LinkDetail is one link of a span, or one of another span that leads to it.
type LinkDetail struct {
	Trace  model.TraceID
	SpanID model.SpanID
	Target model.SpanIndex // the other span if that is in this trace, else NoSpan
	Back   bool            // the link is the other span's
	State  string
	Attrs  []Attr
}

// A WarningDetail is one oddity of a span, with its explanation.
type WarningDetail struct {
	Kind        model.WarningKind
	Title, Text string
}

var kindKeys = [...]string{
	model.KindUnspecified: "", model.KindInternal: "span.kind.internal", model.KindServer: "span.kind.server",
	model.KindClient: "span.kind.client", model.KindProducer: "span.kind.producer", model.KindConsumer: "span.kind.consumer",
}

var statusKeys = [...]string{
	model.StatusUnset: "", model.StatusOK: "span.status.ok", model.StatusError: "span.status.error",
}

// Detail returns the SpanDetail of a span with times in a zone, and false if
// there is no such span.
func (d *Document) Detail(i model.SpanIndex, p Printer, zone *time.Location) (SpanDetail, bool) {
	t := d.trace
	if i < 0 || int(i) >= len(t.Spans) {
		return SpanDetail{}, false
	}
	s, u := &t.Spans[i], p.Units()
	start := t.SpanTime(i).In(zone)
	out := SpanDetail{
		Span: i, Title: d.name(i, p), Step: d.step(i), Service: t.ServiceName(i), System: d.system(i), Kind: word(p, kindKeys[:], int(s.Kind)), ID: s.ID.String(),
		Orphan: s.Parent == model.NoSpan && !s.ParentID.IsZero() && !d.arriving,
		Start:  u.DateTime(start), Zone: u.Zone(start), Offset: u.Duration(s.Start), Duration: u.Duration(s.Dur),
		Share: d.share(i, p), Self: d.self(i, p), Waited: d.waited(i, p),
		Children: d.children(i),
		Failed:   s.Failed(), Status: word(p, statusKeys[:], int(s.Status)), Message: t.Str(s.StatusText), State: t.Str(s.State),
		Attrs: group(d.attrs(t.Attrs(i))), Resource: group(d.attrs(t.ResourceAttrs(s.Resource))),
		Events: d.events(i, p, zone), Links: d.links(i), Warnings: d.warnings(i, p),
		Dropped: t.Dropped(i),
	}
	if !s.ParentID.IsZero() {
		out.ParentID = s.ParentID.String()
	}
	if s.Scope != 0 {
		sc := t.ScopeAt(s.Scope)
		out.Scope = strings.TrimSpace(t.Str(sc.Name) + " " + t.Str(sc.Version))
		out.ScopeAttr = d.attrs(t.ScopeAttrs(s.Scope))
	}
	return out, true
}

// word returns the text of a small number, "" where it has none.
func word(p Printer, keys []string, n int) string {
	if n >= len(keys) || keys[n] == "" {
		return ""
	}
	return p.T(keys[n])
}

// children counts the spans directly below i, stepping over their subtrees. A
// million take 20 ms, so the number is kept for the span asked for last that has
// many.
func (d *Document) children(i model.SpanIndex) int {
	if d.counted.children > 0 && d.counted.span == i {
		return d.counted.children
	}
	n := 0
	for c := i + 1; c < d.trace.Spans[i].End; c = d.trace.Spans[c].End {
		n++
	}
	if n > manyChildren {
		d.counted.span, d.counted.children = i, n
	}
	return n
}

// manyChildren take 0.2 ms to count.
const manyChildren = 10_000

// attrs returns attributes as text, sorted by key; equal keys keep their order.
func (d *Document) attrs(list []model.Attr) []Attr {
	out := make([]Attr, len(list))
	for k, a := range list {
		out[k] = Attr{Key: d.trace.Key(a), Text: d.trace.Text(a), Kind: a.Kind}
	}
	slices.SortStableFunc(out, func(a, b Attr) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// orderGroup is the name of the group that tells which order a span belongs to.
const orderGroup = "order"

// orderKeys are the attributes that hold an order number, the usual ones first.
// They are those a connection searches by unless it says otherwise.
var orderKeys = []string{"order.id", "order_id", "orderId", "app.order.id", "demo.order.id"}

// group divides sorted attributes by the beginning of their keys. A beginning
// that occurs once makes no group of its own, unless it is that of the order.
func group(list []Attr) []AttrGroup {
	var number, order, rest []Attr
	for _, a := range list {
		switch {
		case slices.Contains(orderKeys, a.Key):
			number = append(number, a)
		case strings.HasPrefix(a.Key, orderGroup+"."):
			order = append(order, a)
		default:
			rest = append(rest, a)
		}
	}
	out := byBeginning(rest)
	if first := append(number, order...); len(first) > 0 {
		out = slices.Insert(out, 0, AttrGroup{orderGroup, first})
	}
	return out
}

// known are beginnings of keys that make a group even where they occur once.
var known = []string{"db", "exception", "http", "messaging", "rpc", "url"}

// byBeginning divides sorted attributes by the beginning of their keys.
func byBeginning(list []Attr) []AttrGroup {
	var alone AttrGroup
	var out []AttrGroup
	for len(list) > 0 {
		name, _, dotted := strings.Cut(list[0].Key, ".")
		n := 1
		for dotted && n < len(list) && strings.HasPrefix(list[n].Key, name+".") {
			n++
		}
		if n == 1 && !(dotted && slices.Contains(known, name)) {
			alone.Attrs = append(alone.Attrs, list[0])
		} else {
			out = append(out, AttrGroup{name, list[:n:n]})
		}
		list = list[n:]
	}
	if len(alone.Attrs) > 0 {
		out = append(out, alone)
	}
	return out
}

func (d *Document) events(i model.SpanIndex, p Printer, zone *time.Location) []EventDetail {
	t, u := d.trace, p.Units()
	list := t.SpanEvents(i)
	out := make([]EventDetail, len(list))
	for k := range list {
		e := &list[k]
		out[k] = EventDetail{
			Number: k, Name: t.Str(e.Name), Offset: u.Offset(e.Time - t.Epoch - t.Spans[i].Start),
			Clock: u.Clock(time.Unix(0, e.Time).In(zone)), Attrs: d.attrs(t.EventAttrs(e)), Dropped: e.Dropped,
		}
	}
	return out
}

// links returns the links of a span, then those of the trace that lead to it.
func (d *Document) links(i model.SpanIndex) []LinkDetail {
	t := d.trace
	own := t.SpanLinks(i)
	out := make([]LinkDetail, d.LinkTargets(i))
	for k := range out {
		to := d.LinkTarget(i, k)
		out[k] = LinkDetail{Trace: to.Trace, SpanID: to.SpanID, Target: to.Span, Back: to.Back}
		if !to.Back {
			out[k].State, out[k].Attrs = t.Str(own[k].State), d.attrs(t.LinkAttrs(&own[k]))
		}
	}
	return out
}

func (d *Document) warnings(i model.SpanIndex, p Printer) []WarningDetail {
	list := d.Warnings(i)
	out := make([]WarningDetail, len(list))
	for k, w := range list {
		out[k] = WarningOf(w.Kind, p)
	}
	return out
}

// TraceWarnings returns the warnings on the trace as a whole.
func (d *Document) TraceWarnings(p Printer) []WarningDetail {
	var out []WarningDetail
	for _, w := range d.trace.Warnings {
		if w.Span == model.NoSpan {
			out = append(out, WarningOf(w.Kind, p))
		}
	}
	return out
}

// WarningOf returns the words for a kind of warning.
func WarningOf(k model.WarningKind, p Printer) WarningDetail {
	return WarningDetail{Kind: k, Title: p.T("warning." + k.String()), Text: p.T("warning." + k.String() + ".text")}
}
