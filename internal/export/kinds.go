package export

import (
	"cmp"
	"slices"
	"strings"

	"traceview/internal/i18n"
	"traceview/internal/redact"
)

// A Kind is what was replaced, in words, and how often.
type Kind struct {
	Name  string
	Count int
}

// Kinds returns what a Redactor replaced so far, the most first.
func Kinds(r *redact.Redactor, w *i18n.Printer) []Kind {
	by, _ := r.Counts()
	kinds := make([]redact.Kind, 0, len(by))
	for k := range by {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b redact.Kind) int { return cmp.Or(cmp.Compare(by[b], by[a]), cmp.Compare(a, b)) })
	list := make([]Kind, len(kinds))
	for i, k := range kinds {
		list[i] = Kind{w.T("redact.kind." + k.String()), by[k]}
	}
	return list
}

// Names joins the names of kinds.
func Names(kinds []Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return strings.Join(names, ", ")
}

// Counts joins kinds with how often each was; of the only one nobody asks, where
// the sum stands beside it.
func Counts(kinds []Kind, w *i18n.Printer) string {
	if len(kinds) == 1 {
		return kinds[0].Name
	}
	counts := make([]string, len(kinds))
	for i, k := range kinds {
		counts[i] = k.Name + ": " + w.Units().Number(k.Count)
	}
	return strings.Join(counts, ", ")
}
