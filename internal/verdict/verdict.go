// Package verdict puts findings into words, in either language: a title that
// names what is wrong and where, and sentences that say what follows from it and
// how one knows.
package verdict

import (
	"strconv"
	"strings"
	"time"

	"traceview/internal/analysis/diagnosis"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/voice"
)

// Words are the text of one finding.
type Words struct {
	Title  string
	Detail string // sentences on one line
	When   string // date and time
	Step   string // what was being done, seen from outside
	After  string // what followed, in a few words
}

// Names call services and spans what the reader calls them.
type Names interface {
	Service(t *model.Trace, i model.SpanIndex) string
	// Span returns "" for a span that has only its own name.
	Span(t *model.Trace, i model.SpanIndex) string
}

// Of returns the words of a finding of traces, times in the given location, spans
// and services by their own names.
func Of(w *i18n.Printer, traces []*model.Trace, f *diagnosis.Finding, in *time.Location) Words {
	return Named(w, nil, traces, f, in)
}

// Named is Of with other names; nil for their own.
func Named(w *i18n.Printer, names Names, traces []*model.Trace, f *diagnosis.Finding, in *time.Location) Words {
	s := &speech{w: w, names: names, traces: traces, f: f, t: traces[f.At.Trace], in: in}
	return Words{s.upper(s.title()), strings.Join(s.detail(), " "), w.Units().DateTime(s.t.SpanTime(f.At.Span).In(in)),
		s.operation(diagnosis.Place{Trace: f.At.Trace, Span: s.step()}), w.T("finding.after." + f.Effect.String())}
}

// upper begins a title that begins with the name of a step with a capital.
func (s *speech) upper(title string) string {
	if s.names == nil {
		return title
	}
	for _, quote := range []string{"“", "«"} {
		if rest, ok := strings.CutPrefix(title, quote); ok {
			return quote + voice.Capital(rest)
		}
	}
	return title
}

// named says whether a span is called otherwise than by its own name.
func (s *speech) named(p diagnosis.Place) bool {
	return s.names != nil && s.names.Span(s.traces[p.Trace], p.Span) != ""
}

// step returns the span that the one at fault was done for: the root above it, or
// what took a message.
func (s *speech) step() model.SpanIndex {
	i := s.f.At.Span
	for s.t.Spans[i].Parent != model.NoSpan && s.t.Spans[i].Kind != model.KindConsumer {
		i = s.t.Spans[i].Parent
	}
	return i
}

// speech is what the words of one finding are made of.
type speech struct {
	w      *i18n.Printer
	names  Names
	traces []*model.Trace
	f      *diagnosis.Finding
	t      *model.Trace
	in     *time.Location
}

func (s *speech) title() string {
	w, f := s.w, s.f
	service, operation := s.service(f.At), s.operation(f.At)
	took, usual := w.Units().Duration(abs(f.Took)), w.Units().Duration(f.Usual.P50)
	switch f.Kind {
	case diagnosis.Timeout:
		if f.Other.Span == model.NoSpan {
			return w.T("finding.title.timeout.alone", "service", service, "operation", operation, "took", took)
		}
		return w.T("finding.title.timeout", "caller", s.service(f.Other), "service", service, "operation", operation, "took", took)
	case diagnosis.Slow, diagnosis.Gap:
		key := f.Kind.String()
		if i := f.At.Span; f.Kind == diagnosis.Slow && s.t.Spans[i].End > i+1 {
			key = "work"
		}
		if f.Usual.Samples > 0 && f.Usual.P50 > 0 {
			return w.T("finding.usual."+key, "service", service, "operation", operation, "took", took, "usual", usual)
		}
		return w.T("finding.title."+key, "service", service, "operation", operation, "took", took)
	case diagnosis.QueueWait:
		return w.T("finding.title.queue-wait", "service", service, "took", took)
	case diagnosis.Retry:
		if f.Effect == diagnosis.Handled || f.Effect == diagnosis.Delayed {
			return w.N("finding.title.recovered", f.Count, "service", service, "operation", operation)
		}
		return w.N("finding.title.retry", f.Count, "service", service, "operation", operation, "reason", s.reason())
	case diagnosis.RepeatedCalls:
		return w.N("finding.title.repeated-calls", f.Count, "service", service, "operation", operation, "took", took)
	case diagnosis.MissingSpans:
		if f.Missing != "" {
			return w.T("finding.title.unsent", "service", service, "operation", operation, "missing", line(f.Missing, 100))
		}
		if f.Effect == diagnosis.Stopped && s.named(f.At) {
			return w.T("finding.title.stopped.step", "service", service, "operation", operation)
		}
		if f.Effect == diagnosis.Stopped {
			return w.T("finding.title.stopped", "service", service, "operation", operation)
		}
		if f.Headless {
			return w.T("finding.title.headless", "service", service, "operation", operation)
		}
		return w.T("finding.title.unseen", "service", service, "operation", operation)
	case diagnosis.ClockSkew:
		if f.Took < 0 {
			return w.T("finding.title.clock.behind", "service", service, "took", took)
		}
		return w.T("finding.title.clock.ahead", "service", service, "took", took)
	}
	key := "finding.title.error"
	if f.Effect == diagnosis.Handled {
		key = "finding.title.handled"
	}
	reason := s.reason()
	if f.Count > 1 {
		reason += ", " + w.N("finding.attempts", f.Count)
	}
	return w.T(key, "service", service, "operation", operation, "reason", reason)
}

// reason says why something failed, in short: what the other side answered, else
// what was recorded.
func (s *speech) reason() string {
	f := &s.f.Fault
	if peer := s.peer(); f.HTTP >= 400 && peer != "" {
		return s.w.T("finding.reason.answer", "peer", peer, "code", code(s.w, f.HTTP))
	}
	if s.names != nil {
		if plain := s.plainReason(); plain != "" {
			return plain
		}
	}
	return recorded(s.w, f)
}

// recorded says what a span recorded of its error, in short.
func recorded(w *i18n.Printer, f *diagnosis.Fault) string {
	switch {
	case f.Message != "":
		first, _, _ := strings.Cut(strings.TrimSpace(f.Message), "\n")
		return line(first, 120)
	case f.HTTP >= 400:
		return code(w, f.HTTP)
	case f.Type != "":
		return line(f.Type, 120)
	case f.GRPC > 0:
		return "gRPC " + strconv.Itoa(f.GRPC)
	}
	return w.T("finding.reason.none")
}

// httpCodes are the codes that have words.
var httpCodes = map[int]string{
	400: "bad", 401: "login", 403: "access", 404: "missing", 408: "time", 409: "conflict", 413: "large", 422: "bad", 429: "busy",
	500: "broken", 502: "gateway", 503: "busy", 504: "time",
}

func code(w *i18n.Printer, code int) string {
	if key, ok := httpCodes[code]; ok {
		return strconv.Itoa(code) + " (" + w.T("finding.http."+key) + ")"
	}
	return strconv.Itoa(code)
}

// peerKeys name who was called, by the conventions of OpenTelemetry and OpenTracing.
var peerKeys = []string{"peer.service", "server.address", "net.peer.name", "db.system.name", "db.system"}

// peer names who was called by the span at fault, "" if that is not known.
func (s *speech) peer() string {
	i := s.f.At.Span
	sp := &s.t.Spans[i]
	if sp.Kind == model.KindServer || sp.Kind == model.KindConsumer {
		return ""
	}
	for c := i + 1; c < sp.End; c = s.t.Spans[c].End {
		if s.t.Spans[c].Resource != sp.Resource {
			return s.service(diagnosis.Place{Trace: s.f.At.Trace, Span: c})
		}
	}
	for _, key := range peerKeys {
		if a, ok := s.t.Attr(i, key); ok {
			return s.t.Text(a)
		}
	}
	return ""
}

// detail lists the sentences.
func (s *speech) detail() []string {
	w, f := s.w, s.f
	out := []string{w.T("finding.when", "time", w.Units().DateTime(s.t.SpanTime(f.At.Span).In(s.in)))}
	if f.Headless {
		out = append(out, w.T("finding.effect.headless"))
	} else {
		out = append(out, w.T("finding.effect."+f.Effect.String()))
	}
	if f.Kind == diagnosis.Timeout && f.Other.Span != model.NoSpan {
		waited := s.traces[f.Other.Trace].Spans[f.Other.Span].Dur
		out = append(out, w.T("finding.waited", "caller", s.service(f.Other), "waited", w.Units().Duration(waited)))
	}
	if f.Kind == diagnosis.QueueWait {
		out = append(out, w.T("finding.sender", "sender", s.service(f.Other), "operation", s.operation(f.Other)))
	}
	out = append(out, s.usual()...)
	if text := line(f.Fault.Message, 240); text != "" && f.Kind != diagnosis.Timeout && text != s.reason() {
		out = append(out, w.T("finding.recorded", "text", text))
	}
	if f.Kind == diagnosis.RepeatedCalls && len(f.Evidence) > 0 {
		out = append(out, w.T("finding.calls", "operation", s.operation(f.Evidence[0])))
	}
	if f.Kind == diagnosis.MissingSpans && f.Effect == diagnosis.Unseen && f.Other.Span != model.NoSpan {
		out = append(out, w.T("finding.orphan", "service", s.service(f.Other), "operation", s.operation(f.Other)))
	}
	if f.Alike > 0 {
		out = append(out, w.N("finding.alike", f.Alike))
	}
	return out
}

// manyTimes is from how many times the usual on nobody wants to know how many.
const manyTimes = 1000

// usual says how the finding compares with what is usual, and that nothing usual
// is known where that matters.
func (s *speech) usual() []string {
	w, f := s.w, s.f
	u := w.Units()
	var out []string
	switch {
	case f.Missing != "":
		return []string{w.N("finding.always", f.Usual.Samples)}
	case f.Effect == diagnosis.Stopped:
		return []string{w.N("finding.delivered", f.Usual.Samples, "p95", u.Duration(f.Usual.P95))}
	case f.Kind == diagnosis.RepeatedCalls:
		if f.Usual.Samples == 0 {
			return []string{w.T("finding.unknown")}
		}
		return []string{w.N("finding.fewer", f.UsualCount)}
	case f.Kind != diagnosis.Slow && f.Kind != diagnosis.Gap && f.Kind != diagnosis.QueueWait && f.Kind != diagnosis.Timeout:
		return nil
	case f.Usual.Samples == 0:
		return []string{w.T("finding.unknown")}
	case f.Took > manyTimes*f.Usual.P50:
		out = append(out, w.T("finding.usually", "usual", u.Duration(f.Usual.P50), "p95", u.Duration(f.Usual.P95), "n", u.Number(f.Usual.Samples)))
	case f.Took > f.Usual.P50:
		out = append(out, w.T("finding.times", "times", times(w, f.Took, f.Usual.P50), "usual", u.Duration(f.Usual.P50),
			"p95", u.Duration(f.Usual.P95), "n", u.Number(f.Usual.Samples)))
	}
	if f.Usual.Here {
		out = append(out, w.T("finding.here"))
	}
	if f.Usual.Moved {
		out = append(out, w.T("finding.moved"))
	}
	return out
}

// times returns how many times as long a is as b: with a decimal up to ten.
func times(w *i18n.Printer, a, b int64) string {
	if r := float64(a) / float64(b); r < 10 {
		text := strconv.FormatFloat(r, 'f', 1, 64)
		if w.Lang() == "ru" {
			text = strings.Replace(text, ".", ",", 1)
		}
		return text
	}
	return w.Units().Number(int(a / b))
}

func (s *speech) service(p diagnosis.Place) string {
	if p.Span == model.NoSpan {
		return ""
	}
	name := s.traces[p.Trace].ServiceName(p.Span)
	if s.names != nil {
		name = s.names.Service(s.traces[p.Trace], p.Span)
	}
	return orNone(name, s.w.T("stats.noservice"))
}

func (s *speech) operation(p diagnosis.Place) string {
	if p.Span == model.NoSpan {
		return ""
	}
	name := ""
	if s.names != nil {
		name = s.names.Span(s.traces[p.Trace], p.Span)
	}
	if name == "" {
		name = s.traces[p.Trace].Name(p.Span)
	}
	return orNone(name, s.w.T("trace.unnamed"))
}

func orNone(name, none string) string {
	if name == "" {
		return none
	}
	return line(name, 100)
}

// line returns a text on one line, of at most n characters.
func line(text string, n int) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if r := []rune(text); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return strings.TrimRight(text, ".")
}

func abs(v int64) int64 { return max(v, -v) }
