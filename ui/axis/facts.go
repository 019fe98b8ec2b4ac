package axis

import (
	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// TipLines returns what floats beside the pointer on a span of that colour.
func TipLines(d *document.Document, i model.SpanIndex, p document.Printer, c look.ServiceColor) []xwidget.TipLine {
	facts := d.Facts(i, p)
	lines := make([]xwidget.TipLine, len(facts))
	for k, f := range facts {
		lines[k] = xwidget.TipLine{Text: f.Text, Strong: f.Kind == document.FactName, Error: f.Kind == document.FactError}
		if f.Kind == document.FactPlace {
			lines[k].Swatch = c.Bar
		}
	}
	return lines
}
