// Package health says what is wrong with the record of a trace, not with the work it
// tells of: what is missing, cut, doubled or timed wrongly, and the likely cause. Hints
// are plain data; their words are made elsewhere. It knows no service by name.
package health

import (
	"cmp"
	"slices"
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// A Kind is what is odd about the record.
type Kind uint8

// The kinds of hint, the ones that matter most first.
const (
	Cut           Kind = iota + 1 // the data ends in the middle
	Limited                       // the server or an SDK left spans out: a limit was reached
	MissingStart                  // the trace does not begin: who called its first span is not there
	MissingCaller                 // steps amid the trace whose caller is not there
	LostAtQueue                   // a message was taken, and nothing says who sent it
	Parts                         // it begins in several places that nothing joins
	Clock                         // clocks of hosts differ
	Outside                       // steps last longer than what called them, or begin later
	Doubled                       // one id for several steps
	Repeated                      // the same step was sent more than once, and is shown once
	Circle                        // steps that call one another
	BadID                         // ids that are none
	BadTime                       // times that cannot be right
	BadValue                      // values that could not be read
	Foreign                       // records of another kind
)

var kindNames = [...]string{Cut: "cut", Limited: "limited", MissingStart: "missing-start", MissingCaller: "missing-caller", LostAtQueue: "lost-at-queue",
	Parts: "parts", Clock: "clock", Outside: "outside", Doubled: "doubled", Repeated: "repeated", Circle: "circle", BadID: "bad-id", BadTime: "bad-time",
	BadValue: "bad-value", Foreign: "foreign"}

// String returns the name of the kind.
func (k Kind) String() string { return kindNames[k] }

// A Cause is why it is so, most likely.
type Cause uint8

// The causes. Which kinds have one says Check.
const (
	Unknown    Cause = iota
	Arriving         // the trace is young: spans may still be on their way
	Untraced         // the system in between sends no traces, see Hint.Caller
	Sampled          // the spans were not recorded, or were lost on the way
	OneStep          // all name the same caller: a single span is missing
	Headers          // the context was not sent along with the message
	Sender           // the sender's spans are missing; the message names them
	Background       // work goes on after the answer
	Exporter         // an exporter sent again what had arrived
)

var causeNames = [...]string{"unknown", "arriving", "untraced", "sampled", "one-step", "headers", "sender", "background", "exporter"}

// String returns the name of the cause.
func (c Cause) String() string { return causeNames[c] }

// A Hint is one thing that is odd.
type Hint struct {
	Kind  Kind
	Cause Cause
	Count int
	Spans []model.SpanIndex // those concerned, rising; none where it is about the whole
	// Service is whose spans are concerned, "" for those of several. Caller is the system
	// that called into the dark, for Untraced.
	Service, Caller string
	Amount          int64 // ns: the largest by which clocks differ, or spans stick out
}

// Fetchable says whether the trace fetched again may be better.
func (h *Hint) Fetchable() bool {
	return h.Kind == Cut || h.Cause == Arriving || h.Kind == MissingStart || h.Kind == MissingCaller || h.Cause == Sender
}

const (
	// young is within how many ns of its latest span a trace may still grow: exporters
	// and collectors send in batches of some seconds, and queues between them add more.
	young = 120e9
	// stickOut is from how many ns on, and from which share of its caller on (one in so
	// many), a step that lasts longer is told of: less is rounding and late timers.
	stickOut, stickShare = 1_000_000, 100
	// skewed is from how many ns on, or from which share of the trace on, one in so many,
	// clocks are told of: those of healthy hosts differ by less, and nobody sees it.
	skewed, skewShare = 1_000_000, 100
)

// Check looks for what is odd about a trace that was fetched at asked, Unix ns; 0 where
// that is not known. It looks at every span once.
func Check(t *model.Trace, asked int64) []Hint {
	c := &check{t: t, m: analysis.NewMessaging(t), found: map[key]*Hint{}, skewed: map[model.ResourceID]bool{}}
	c.arriving = asked > 0 && asked-t.Epoch-t.Dur < young && asked >= t.Epoch
	for _, w := range t.Warnings {
		if w.Kind == model.ClockSkew {
			c.skewed[t.Spans[w.Span].Resource] = true
		}
	}
	for _, w := range t.Warnings {
		c.warning(w)
	}
	c.missing()
	c.queues()
	c.limits()
	if t.Repeats > 0 {
		c.list = append(c.list, Hint{Kind: Repeated, Cause: Exporter, Count: t.Repeats})
	}
	for _, h := range c.found {
		slices.Sort(h.Spans)
		h.Spans = slices.Compact(h.Spans)
		c.list = append(c.list, *h)
	}
	slices.SortFunc(c.list, func(a, b Hint) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Service, b.Service))
	})
	return c.list
}

// key tells hints apart that are gathered span by span.
type key struct {
	kind    Kind
	cause   Cause
	service string
	caller  string
}

// check is the state of Check.
type check struct {
	t        *model.Trace
	m        *analysis.Messaging
	arriving bool
	orphans  []model.SpanIndex
	skewed   map[model.ResourceID]bool // whose clock was wrong
	found    map[key]*Hint
	list     []Hint
}

// add takes a span into account; byService keeps services apart.
func (c *check) add(k Kind, cause Cause, i model.SpanIndex, amount int64, byService bool, caller string) {
	at := key{kind: k, cause: cause, caller: caller}
	if byService {
		at.service = c.t.ServiceName(i)
	}
	h := c.found[at]
	if h == nil {
		h = &Hint{Kind: k, Cause: cause, Service: at.service, Caller: caller}
		if i != model.NoSpan && !byService {
			h.Service = c.t.ServiceName(i)
		}
		c.found[at] = h
	}
	h.Count++
	h.Amount = max(h.Amount, amount, -amount)
	if i != model.NoSpan {
		if !byService && h.Service != c.t.ServiceName(i) {
			h.Service = ""
		}
		h.Spans = append(h.Spans, i)
	}
}

// warning takes up what decoding and building noted.
func (c *check) warning(w model.Warning) {
	switch w.Kind {
	case model.MissingParent:
		c.orphans = append(c.orphans, w.Span)
	case model.Truncated:
		c.list = append(c.list, Hint{Kind: Cut, Count: 1})
	case model.Ignored:
		c.list = append(c.list, Hint{Kind: Foreign, Count: int(w.Amount)})
	case model.ClockSkew:
		if by := max(w.Amount, -w.Amount); by >= skewed || by >= c.t.Dur/skewShare {
			c.add(Clock, Unknown, w.Span, w.Amount, true, "")
		}
	case model.ChildOutsideParent:
		c.outside(w)
	case model.Cycle:
		c.add(Circle, Unknown, w.Span, 0, false, "")
	case model.DuplicateSpanID:
		c.add(Doubled, Unknown, w.Span, 0, true, "")
	case model.ZeroSpanID, model.BadID:
		c.add(BadID, Unknown, w.Span, 0, true, "")
	case model.NegativeDuration, model.BadTimestamp:
		c.add(BadTime, Unknown, w.Span, w.Amount, true, "")
	case model.BadAttribute:
		c.add(BadValue, Unknown, w.Span, 0, true, "")
	}
}

// outside tells of a step that sticks out of what called it, unless that is what a
// message is for, or hardly worth a word.
func (c *check) outside(w model.Warning) {
	p := c.t.Spans[w.Span].Parent
	spans := c.t.Spans
	if c.skewed[spans[w.Span].Resource] || p != model.NoSpan && (c.skewed[spans[p].Resource] || c.m.Sends(p) || c.m.Takes(w.Span)) {
		return
	}
	if out := max(w.Amount, -w.Amount); out < stickOut || p != model.NoSpan && out < spans[p].Dur/stickShare {
		return
	}
	c.add(Outside, Background, w.Span, w.Amount, true, "")
}

// missing tells of steps whose caller is not there.
func (c *check) missing() {
	t := c.t
	if len(c.orphans) == 0 {
		if roots := c.strayRoots(); len(roots) > 0 {
			for _, i := range roots {
				c.add(Parts, Unknown, i, 0, false, "")
			}
		}
		return
	}
	beginning := len(c.orphans) == t.Roots // no span begins it
	one := true
	for _, i := range c.orphans {
		one = one && t.Spans[i].ParentID == t.Spans[c.orphans[0]].ParentID
	}
	dark := c.darkCalls()
	for n, i := range c.orphans {
		kind := MissingCaller
		if beginning && (n == 0 || one) {
			kind = MissingStart
		}
		cause, caller := Sampled, ""
		switch call := c.callInto(dark, i); {
		case c.arriving:
			cause = Arriving
		case c.m.Takes(i):
			kind, cause = LostAtQueue, Sender
		case call != model.NoSpan:
			cause, caller = Untraced, t.ServiceName(call)
		case one && len(c.orphans) > 1:
			cause = OneStep
		}
		c.add(kind, cause, i, 0, false, caller)
	}
}

// strayRoots lists the roots beside the first, but for those that take a message, of
// which queues tells, and those at which a circle was cut. Only work that is done for
// others, or for which others are called, should have been joined: profiles begin in as
// many places as there are threads.
func (c *check) strayRoots() (out []model.SpanIndex) {
	for i := model.SpanIndex(0); int(i) < len(c.t.Spans); i = c.t.Spans[i].End {
		s := &c.t.Spans[i]
		if remote := s.Kind >= model.KindServer; remote && i != c.t.Root && !c.m.Takes(i) && s.ParentID.IsZero() {
			out = append(out, i)
		}
	}
	return out
}

// darkCalls lists the calls that nothing in the trace answers, by when they begin.
func (c *check) darkCalls() (out []model.SpanIndex) {
	for k := range c.t.Spans {
		if i := model.SpanIndex(k); c.t.Spans[k].Kind == model.KindClient && c.t.Spans[k].End == i+1 {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b model.SpanIndex) int { return cmp.Compare(c.t.Spans[a].Start, c.t.Spans[b].Start) })
	return out
}

// callInto returns the latest call into the dark, of another service, during which a
// span began; NoSpan for none.
func (c *check) callInto(dark []model.SpanIndex, i model.SpanIndex) model.SpanIndex {
	at, spans := c.t.Spans[i].Start, c.t.Spans
	k, _ := slices.BinarySearchFunc(dark, at, func(d model.SpanIndex, at int64) int {
		if spans[d].Start <= at {
			return -1
		}
		return 1
	})
	for back := 0; k > 0 && back < mostBack; back++ {
		k--
		if d := dark[k]; spans[d].Start+spans[d].Dur >= at && spans[d].Resource != spans[i].Resource {
			return d
		}
	}
	return model.NoSpan
}

// mostBack bounds how many calls are looked at for each span.
const mostBack = 64

// queues tells of messages that were taken and of which nothing says who sent them.
func (c *check) queues() {
	t := c.t
	for i := model.SpanIndex(0); int(i) < len(t.Spans); i = t.Spans[i].End {
		if c.m.Takes(i) && t.Spans[i].ParentID.IsZero() && len(t.SpanLinks(i)) == 0 {
			c.add(LostAtQueue, Headers, i, 0, true, "")
		}
	}
}

// limitWords are in what is noted on a span where a server or an SDK left something
// out.
var limitWords = []string{"truncated", "max-traces", "max trace", "too many spans", "exceeded", "maximum number of spans"}

// limitKeys are the attributes in which Jaeger notes what it has to say of a span.
var limitKeys = map[string]bool{"@jaeger@warnings": true, "jaeger.internal.warnings": true, "internal.span.warnings": true}

// limits tells of spans on which it is noted that others were left out.
func (c *check) limits() {
	t := c.t
	var keys []model.StringID
	for id := range t.Strings() {
		if limitKeys[t.Str(model.StringID(id))] {
			keys = append(keys, model.StringID(id))
		}
	}
	if len(keys) == 0 {
		return
	}
	for k := range t.Spans {
		i := model.SpanIndex(k)
		for _, a := range t.Attrs(i) {
			if slices.Contains(keys, a.Key) && limited(strings.ToLower(t.Text(a))) {
				c.add(Limited, Unknown, i, 0, false, "")
			}
		}
	}
}

func limited(text string) bool {
	return slices.ContainsFunc(limitWords, func(w string) bool { return strings.Contains(text, w) })
}

// News is what a trace that was fetched again has that it had not.
type News struct {
	Spans    []model.SpanIndex // of the new trace, rising
	Services int               // that had no span before
	Gone     int               // spans that are there no longer
}

// Compare tells what is new in now beside before. It looks at every span of both once.
func Compare(before, now *model.Trace) (n News) {
	had := make(map[model.SpanID]int, len(before.Spans))
	for i := range before.Spans {
		had[before.Spans[i].ID]++
	}
	services := make(map[string]bool, len(before.Services))
	for _, s := range before.Services {
		services[s.Name] = true
	}
	for i := range now.Spans {
		if id := now.Spans[i].ID; had[id] > 0 {
			had[id]--
		} else {
			n.Spans = append(n.Spans, model.SpanIndex(i))
		}
	}
	for _, left := range had {
		n.Gone += left
	}
	for _, s := range now.Services {
		if !services[s.Name] {
			n.Services++
		}
	}
	return n
}
