package flame

import (
	"image"
	"testing"

	"traceview/assets"
	"traceview/internal/demo/synthetic"
	"traceview/internal/document"
	"traceview/internal/format/otlp"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/raster"
	"traceview/ui/look"
)

const ms = int64(1e6)

// epoch is 12 Nov 2026, 09:14:03.120 UTC.
const epoch = 1794474843120000000

// A spanSpec describes one span of a test trace, times in ms.
type spanSpec struct {
	id, parent    uint64
	service, name string
	start, dur    int64
	fail          string // message of the error
}

// build makes a trace of specs.
func build(tb testing.TB, specs []spanSpec) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	key := b.InternString("service.name")
	res := map[string]model.ResourceID{}
	for _, sp := range specs {
		if _, ok := res[sp.service]; !ok {
			res[sp.service] = b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte(sp.service))}})
		}
		r := model.SpanRecord{
			Trace: model.TraceID{15: 1}, ID: model.SpanID(sp.id), Parent: model.SpanID(sp.parent),
			StartNano: uint64(epoch + sp.start*ms), EndNano: uint64(epoch + (sp.start+sp.dur)*ms),
			Name: b.InternString(sp.name), Resource: res[sp.service],
		}
		if sp.fail != "" {
			r.Status, r.StatusText = model.StatusError, b.InternString(sp.fail)
		}
		b.Add(&r)
	}
	if len(specs) == 0 {
		return &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
	}
	return b.Build()[0]
}

// shop is an order being placed: three parallel uploads of which one fails, a
// price asked for over the queue that outlives its parent, and an old name.
func shop() []spanSpec {
	return []spanSpec{
		{1, 0, "internet-shop", "POST /orders", 0, 1840, ""},
		{2, 1, "shop-api", "POST /orders", 24, 1790, ""},
		{3, 2, "shop-api", "OrderService.validate", 31, 42, ""},
		{4, 3, "shop-db", "SELECT shop.customers", 35, 12, ""},
		{5, 3, "shop-db", "SELECT shop.materials", 50, 9, "timeout"},
		{6, 2, "shop-api", "FileStorage.upload", 80, 1010, "403 AccessDenied"},
		{7, 6, "files-storage", "PUT 3d-files/{order}/{file}", 92, 610, "403 AccessDenied"},
		{8, 6, "files-storage", "PUT 3d-files/{order}/{file}", 170, 390, ""},
		{9, 6, "files-storage", "PUT 3d-files/{order}/{file}", 300, 785, ""},
		{10, 2, "shop-api", "OrderService.save", 1100, 64, ""},
		{11, 10, "shop-db", "INSERT shop.orders", 1104, 18, ""},
		{12, 10, "shop-db", "INSERT shop.order_items", 1125, 30, ""},
		{13, 2, "crm-api", "POST /internal/v2/orders/10472/confirmations/price", 1180, 220, ""},
		{14, 13, "crm-api", "publish orders.new", 1192, 7, ""},
		{15, 14, "mes-api", "process orders.new", 1290, 500, ""},
		{16, 15, "mes-api", "PriceCalculator.Calculate", 1296, 362, ""},
		{17, 16, "files-storage", "GET 3d-files/{order}/{file}", 1300, 120, ""},
		{18, 16, "mes-db", "SELECT mes.prices", 1430, 1, ""},
		{19, 16, "mes-db", "UPDATE mes.calculations", 1640, 14, ""},
		{20, 2, "shop-api", "", 1706, 96, ""},
	}
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

// wide has a root with groups of parallel children, the hardest to draw: every
// lane full of short boxes, one in fifty failed.
func wide(tb testing.TB, n int) *model.Trace {
	out := []spanSpec{{1, 0, "gateway", "root", 0, int64(n), ""}}
	names := []string{"shop-api", "crm-api", "mes-api", "shop-db", "s3"}
	for i := 1; i < n; i++ {
		sp := spanSpec{uint64(i + 1), 1, names[i%5], "GET /price", int64(i), int64(20 + i%37), ""}
		if i%50 == 7 {
			sp.fail = "timeout"
		}
		out = append(out, sp)
	}
	return build(tb, out)
}

// newPainter returns a Painter of a trace.
func newPainter(tb testing.TB, t *model.Trace, lang string, pal *look.Palette, scale float32) *Painter {
	tb.Helper()
	text, err := raster.NewText(assets.InterRegular, assets.InterSemiBold)
	if err != nil {
		tb.Fatal(err)
	}
	return New(document.New(t), Style{
		Palette: pal, Printer: i18n.For(lang), Metrics: text, Drawer: raster.New(text), Scale: scale,
	})
}

// paint draws a picture of w × h device pixels.
func paint(p *Painter, w, h int) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	p.Paint(dst)
	return dst
}
