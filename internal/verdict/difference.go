package verdict

import (
	"strings"

	"traceview/internal/analysis/comparison"
	"traceview/internal/analysis/diagnosis"
	"traceview/internal/i18n"
	"traceview/internal/model"
)

// OfDifference returns the words of a difference: what is different about b, and
// how one knows.
func OfDifference(w *i18n.Printer, c *comparison.Comparison, d *comparison.Difference) Words {
	r := &c.Rows[d.Row]
	return OfDifferenceAs(w, c, d, r.Service, r.Name)
}

// OfDifferenceAs is OfDifference with what service and operation are called.
func OfDifferenceAs(w *i18n.Printer, c *comparison.Comparison, d *comparison.Difference, service, operation string) Words {
	s := &contrast{w: w, c: c, d: d, r: &c.Rows[d.Row], service: service, operation: operation, usual: c.Usual(comparison.A)}
	return Words{Title: s.title(), Detail: strings.Join(s.detail(), " ")}
}

// contrast is what the words of one difference are made of.
type contrast struct {
	w     *i18n.Printer
	c     *comparison.Comparison
	d     *comparison.Difference
	r     *comparison.Row
	usual bool // a is several traces
	// What they are called.
	service, operation string
}

func (s *contrast) title() string {
	w, d, u := s.w, s.d, s.w.Units()
	args := []any{"service", orNone(s.service, w.T("stats.noservice")), "operation", orNone(s.operation, w.T("trace.unnamed"))}
	key := "diff.title." + d.Kind.String()
	if s.usual {
		key = "diff.usual." + d.Kind.String()
	}
	switch d.Kind {
	case comparison.Fails:
		return w.T("diff.title.fails", append(args, "reason", s.reason(comparison.B))...)
	case comparison.Recovers:
		return w.T(key, append(args, "reason", s.reason(comparison.A))...)
	case comparison.CalledMore, comparison.CalledLess:
		return w.N(key, int(d.B), append(args, "a", u.Number(int(d.A)))...)
	}
	if d.A == 0 && (d.Kind == comparison.WorksLonger || d.Kind == comparison.WaitsLonger) {
		key += ".none" // nothing is no measure
	}
	title := w.T(key, append(args, "a", u.Duration(d.A), "b", u.Duration(d.B))...)
	if d.A > 0 && d.B >= 2*d.A && d.B <= manyTimes*d.A {
		n := 2 // of a fraction
		if d.B >= 10*d.A {
			n = int(d.B / d.A)
		}
		title += w.N("diff.times", n, "times", times(w, d.B, d.A))
	}
	return title
}

// reason says why the step failed, in short.
func (s *contrast) reason(side comparison.Side) string {
	at := s.r.Sides[side].Failed
	if at.Span == model.NoSpan {
		return s.w.T("finding.reason.none")
	}
	f := diagnosis.FaultOf(s.c.Traces[side][at.Trace], at.Span)
	return recorded(s.w, &f)
}

func (s *contrast) detail() []string {
	w, d, u := s.w, s.d, s.w.Units()
	a, b := &s.r.Sides[comparison.A], &s.r.Sides[comparison.B]
	if !s.usual {
		return s.plain(a, b)
	}
	n := int32(len(s.c.Traces[comparison.A]))
	known := s.c.Spreads(comparison.A, d.Row)
	switch d.Kind {
	case comparison.Fails, comparison.Recovers:
		if a.Failing == 0 {
			return []string{w.N("diff.failed.none", int(n))}
		}
		return []string{w.N("diff.failed.of", int(n), "k", u.Number(int(a.Failing)))}
	case comparison.Missing:
		return []string{w.N("diff.have.of", int(n), "k", u.Number(int(a.Traces)), "a", u.Duration(d.A))}
	case comparison.Added:
		return []string{w.N("diff.none.of", int(n))}
	case comparison.CalledMore, comparison.CalledLess:
		return []string{w.N("diff.calls.range", int(a.Traces), "p5", u.Number(int(known.Spans.P5)), "p95", u.Number(int(known.Spans.P95)))}
	}
	spread := known.Own
	if d.Kind == comparison.WaitsLonger || d.Kind == comparison.WaitsLess {
		spread = known.Wait
	}
	if spread.P95 == 0 {
		return nil
	}
	return []string{w.N("diff.range", int(a.Traces), "p5", u.Duration(spread.P5), "p95", u.Duration(spread.P95))}
}

// plain says what the other trace has, where there is but one.
func (s *contrast) plain(a, b *comparison.Figures) []string {
	w, u := s.w, s.w.Units()
	switch s.d.Kind {
	case comparison.Fails:
		if a.Spans == 0 {
			return []string{w.T("diff.other.lacks")}
		}
		return []string{w.T("diff.other.well")}
	case comparison.Missing:
		return []string{w.T("diff.other.has", "a", u.Duration(s.d.A))}
	case comparison.WorksLonger, comparison.WorksLess:
		if more := max(a.Spans, b.Spans); more > 1 && a.Spans != b.Spans {
			return []string{w.N("diff.calls", int(b.Spans), "a", u.Number(int(a.Spans)))}
		}
	}
	return nil
}
