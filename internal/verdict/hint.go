package verdict

import (
	"traceview/internal/analysis/health"
	"traceview/internal/i18n"
)

// A HintText is the text of a hint about the record of a trace.
type HintText struct {
	Title string // what is odd, and how often
	Why   string // the likely cause
	Next  string // what to do
}

// OfHint returns the words of a hint.
func OfHint(w *i18n.Printer, h *health.Hint) HintText {
	none := w.T("health.unnamed")
	service := orNone(h.Service, w.T("health.several"))
	if h.Service == "" && len(h.Spans) == 1 {
		service = none
	}
	title := w.N("health.title."+h.Kind.String(), h.Count, "service", service, "amount", w.Units().Duration(h.Amount))
	about := h.Kind.String()
	if h.Cause != health.Unknown {
		about = h.Cause.String()
	}
	return HintText{title, w.T("health.why."+about, "caller", orNone(h.Caller, none)), w.T("health.next."+about, "caller", orNone(h.Caller, none))}
}
