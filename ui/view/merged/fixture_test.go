package merged

import (
	"image"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/document"
	"traceview/internal/format/otlp"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/ui/look"
	"traceview/ui/uitest"
)

// shop is an order being placed: three parallel uploads, of which one fails and
// takes its caller with it, two queries of the same kind, a folder read within
// a folder.
func shop(tb testing.TB) *model.Trace {
	const ms = uitest.Ms
	sp := func(id, parent uint64, service, name string, start, dur int64) uitest.Span {
		return uitest.Span{ID: id, Parent: parent, Service: service, Name: name, Start: start * ms, Dur: dur * ms}
	}
	failed := func(s uitest.Span) uitest.Span {
		s.Fail = "403 AccessDenied"
		return s
	}
	return uitest.Trace(tb, 1,
		sp(1, 0, "internet-shop", "POST /orders", 0, 1840),
		sp(2, 1, "shop-api", "POST /orders", 24, 1790),
		sp(3, 2, "shop-db", "SELECT shop.customers", 31, 42),
		sp(4, 2, "shop-db", "SELECT shop.customers", 75, 12),
		failed(sp(5, 2, "shop-api", "FileStorage.upload", 90, 1010)),
		failed(sp(6, 5, "files-storage", "PUT 3d-files/{order}/{file}", 92, 610)),
		sp(7, 5, "files-storage", "PUT 3d-files/{order}/{file}", 120, 800),
		sp(8, 5, "files-storage", "PUT 3d-files/{order}/{file}", 130, 960),
		sp(9, 2, "crm-api", "POST /internal/v2/orders/10472/confirmations/price", 1110, 500),
		sp(10, 9, "mes-api", "PriceCalculator.Calculate", 1120, 400),
		sp(11, 10, "mes-db", "SELECT mes.prices", 1130, 120),
		sp(12, 2, "files-storage", "read folder", 1620, 150),
		sp(13, 12, "files-storage", "read folder", 1630, 100),
		sp(14, 13, "files-storage", "read file", 1640, 60),
	)
}

// synth returns a synthetic trace of n spans.
func synth(tb testing.TB, n int) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(synthetic.Trace(n, 1), b); err != nil {
		tb.Fatal(err)
	}
	return b.Build()[0]
}

// newPainter returns a Painter of a trace.
func newPainter(tb testing.TB, t *model.Trace, lang string, pal *look.Palette, scale float32) *Painter {
	tb.Helper()
	kit := uitest.Kit(tb, lang, false)
	return New(document.New(t), Style{
		Palette: pal, Printer: i18n.For(lang), Metrics: kit.Metrics, Drawer: kit.Drawer, Scale: scale,
	})
}

// paint draws a picture of w × h device pixels.
func paint(p *Painter, w, h int) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	p.Paint(dst)
	return dst
}

// keys presses keys by their names, drawing a frame after each.
func keys(p *Painter, names ...string) {
	for _, k := range names {
		p.Key(k, 0)
		paint(p, 900, 320)
	}
}

// spanOf returns the span with that id.
func spanOf(tb testing.TB, p *Painter, id model.SpanID) model.SpanIndex {
	tb.Helper()
	for i := range p.trace.Spans {
		if p.trace.Spans[i].ID == id {
			return model.SpanIndex(i)
		}
	}
	tb.Fatalf("no span %d", id)
	return model.NoSpan
}
