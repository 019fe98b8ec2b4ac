package verdict

import (
	"traceview/internal/analysis/trail"
	"traceview/internal/i18n"
)

// TrailWords are the text of one finding of the trail check.
type TrailWords struct {
	Title    string // what is lost, and where
	Cause    string // what is the likely reason, and what to look at first
	Evidence string // how much of it was seen
}

// OfTrail returns the words of a finding of the trail check.
func OfTrail(w *i18n.Printer, f *trail.Finding) TrailWords {
	return TrailWords{trailTitle(w, f), trailCause(w, f), trailEvidence(w, f)}
}

func trailTitle(w *i18n.Printer, f *trail.Finding) string {
	system := orNone(f.System, w.T("stats.noservice"))
	way := []any{"from", f.From, "to", f.To}
	switch f.Kind {
	case trail.SystemMissing:
		switch {
		case f.Detail != "":
			return w.T("trail.title.leads-nowhere", "from", orNone(f.From, w.T("stats.noservice")), "address", f.Detail)
		case f.Hint:
			return w.T("trail.title.unseen", "system", system)
		}
		return w.T("trail.title.system-missing", "system", system)
	case trail.SpansLost:
		if f.System == "" {
			return w.T("trail.title.caller-lost", "to", orNone(f.To, w.T("stats.noservice")))
		}
		return w.T("trail.title.spans-lost", "system", system)
	case trail.QueueContextLost:
		if f.From == "" {
			return w.T("trail.title.queue-unknown", "to", orNone(f.To, w.T("stats.noservice")))
		}
		return w.T("trail.title.queue-context-lost", way...)
	case trail.ContextLost:
		return w.T("trail.title.context-lost", way...)
	case trail.RootInBackend:
		return w.T("trail.title.root-in-backend", way...)
	case trail.EdgeSilent:
		return w.T("trail.title.edge-silent", way...)
	case trail.BaggageLost:
		return w.T("trail.title.baggage-lost", way...)
	}
	return trailNaming(w, f, system)
}

// trailNaming returns the titles of findings on a system by itself.
func trailNaming(w *i18n.Printer, f *trail.Finding, system string) string {
	switch f.Kind {
	case trail.UnnamedService:
		if f.Other != "" {
			return w.T("trail.title.unnamed-known", "system", system, "other", f.Other)
		}
		if f.System == "" {
			return w.T("trail.title.unnamed-empty")
		}
		return w.T("trail.title.unnamed-service", "system", system)
	case trail.SharedName:
		if f.Other != "" {
			return w.T("trail.title.shared-known", "system", system, "other", f.Other)
		}
		return w.T("trail.title.shared-name", "system", system, "languages", f.Detail)
	case trail.OrderKeyMissing:
		return w.T("trail.title.order-key-missing", "system", system)
	case trail.OtherKey:
		return w.T("trail.title.other-key", "system", system, "key", f.Detail)
	case trail.UnevenSampling:
		return w.T("trail.title.uneven-sampling", "system", system)
	case trail.ClockOff:
		amount := w.Units().Duration(abs(f.Amount))
		if f.Amount < 0 {
			return w.T("trail.title.clock-behind", "system", system, "amount", amount)
		}
		return w.T("trail.title.clock-ahead", "system", system, "amount", amount)
	case trail.WrongKind:
		return w.T("trail.title.wrong-kind", "system", system, "kind", f.Detail)
	case trail.IDInName:
		return w.T("trail.title.id-in-name", "system", system, "name", f.Detail)
	}
	if f.Other != "" {
		return w.T("trail.title.resources-missing", "systems", f.Other, "keys", f.Detail)
	}
	return w.T("trail.title.resource-missing", "system", system, "keys", f.Detail)
}

func trailCause(w *i18n.Printer, f *trail.Finding) string {
	if f.Hint {
		switch {
		case f.Kind == trail.SystemMissing && f.Detail != "":
			return w.T("trail.hint.leads-nowhere")
		case f.Kind == trail.SystemMissing, f.Kind == trail.EdgeSilent:
			return w.T("trail.hint.unseen")
		case f.Kind == trail.OrderKeyMissing:
			return w.T("trail.hint.order-key-missing")
		case f.Kind == trail.SpansLost:
			return w.T("trail.hint.caller-lost")
		case f.Kind == trail.ClockOff:
			return w.T("trail.hint.clock-off")
		}
	}
	return w.T("trail.cause." + f.Kind.String())
}

func trailEvidence(w *i18n.Printer, f *trail.Finding) string {
	if f.Spans == 0 {
		if f.Of > 0 {
			return w.N("trail.none.of", f.Of)
		}
		return ""
	}
	text := w.N("header.spans", f.Spans)
	if f.Of > f.Spans {
		text = w.N("trail.spans.of", f.Spans, "of", w.Units().Number(f.Of))
	}
	text += " · " + w.N("order.traces", f.Traces)
	if f.Orders > 0 {
		text += " · " + w.N("trail.orders", f.Orders)
	}
	if f.Kind == trail.ClockOff && f.Detail != "" {
		text += " · " + w.T("trail.process", "name", f.Detail)
	}
	return text
}
