package timeline

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"traceview/assets"
	"traceview/internal/document"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/raster"
	"traceview/ui/look"
)

const ms = int64(1e6)

// A spanSpec describes one span of a test trace.
type spanSpec struct {
	id, parent uint64
	service    string
	name       string
	start, dur int64 // ns
	kind       model.Kind
	fail       string // message of the error
}

// epoch is 12 Nov 2026, 09:14:03.120 UTC.
const epoch = 1794474843120000000

// build makes a trace of specs.
func build(tb testing.TB, specs []spanSpec) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	key := b.InternString("service.name")
	id := model.TraceID{15: 1}
	res := map[string]model.ResourceID{}
	for _, sp := range specs {
		if _, ok := res[sp.service]; !ok {
			res[sp.service] = b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte(sp.service))}})
		}
		r := model.SpanRecord{
			Trace: id, ID: model.SpanID(sp.id), Parent: model.SpanID(sp.parent),
			StartNano: uint64(epoch + sp.start), EndNano: uint64(epoch + sp.start + sp.dur),
			Name: b.InternString(sp.name), Resource: res[sp.service], Kind: sp.kind,
		}
		if sp.fail != "" {
			r.Status, r.StatusText = model.StatusError, b.InternString(sp.fail)
			at := uint64(epoch + sp.start + sp.dur*9/10) // as SDKs record it
			r.Events = []model.EventRecord{{TimeNano: at, Name: b.InternString("exception")}}
		}
		if sp.kind == model.KindConsumer {
			for k := range int64(3) {
				at := uint64(epoch + sp.start + sp.dur*k/4)
				r.Events = append(r.Events, model.EventRecord{TimeNano: at, Name: b.InternString("message")})
			}
		}
		b.Add(&r)
	}
	traces := b.Build()
	if len(traces) == 0 {
		return &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
	}
	return traces[0]
}

// shop is an order being placed: the drawing is stored, refused twice by the
// storage, and the price is asked for over the queue.
func shop() []spanSpec {
	const s, c, srv = model.KindInternal, model.KindClient, model.KindServer
	return []spanSpec{
		{1, 0, "internet-shop", "POST /orders", 0, 1840 * ms, c, ""},
		{2, 1, "shop-api", "POST /orders", 24 * ms, 1790 * ms, srv, ""},
		{3, 2, "shop-api", "OrderService.validate", 31 * ms, 42 * ms, s, ""},
		{4, 3, "shop-db", "SELECT shop.customers", 35 * ms, 12 * ms, c, ""},
		{5, 3, "shop-db", "SELECT shop.materials", 50 * ms, 9 * ms, c, ""},
		{6, 2, "shop-api", "FileStorage.upload", 80 * ms, 1010 * ms, s, "403 AccessDenied"},
		{7, 6, "files-storage", "PUT 3d-files/{order}/{file}", 92 * ms, 310 * ms, c, "403 AccessDenied"},
		{8, 6, "files-storage", "PUT 3d-files/{order}/{file}", 470 * ms, 290 * ms, c, "403 AccessDenied"},
		{9, 6, "files-storage", "PUT 3d-files/{order}/{file}", 800 * ms, 285 * ms, c, ""},
		{10, 2, "shop-api", "OrderService.save", 1100 * ms, 64 * ms, s, ""},
		{11, 10, "shop-db", "INSERT shop.orders", 1104 * ms, 18 * ms, c, ""},
		{12, 10, "shop-db", "INSERT shop.order_items", 1125 * ms, 30 * ms, c, ""},
		{13, 2, "crm-api", "POST /internal/v2/orders/10472/confirmations/price", 1180 * ms, 520 * ms, srv, ""},
		{14, 13, "crm-api", "publish orders.new", 1192 * ms, 7 * ms, model.KindProducer, ""},
		{15, 14, "mes-api", "process orders.new", 1290 * ms, 380 * ms, model.KindConsumer, ""},
		{16, 15, "mes-api", "PriceCalculator.Calculate", 1296 * ms, 362 * ms, s, ""},
		{17, 16, "files-storage", "GET 3d-files/{order}/{file}", 1300 * ms, 120 * ms, c, ""},
		{18, 16, "mes-db", "SELECT mes.prices", 1430 * ms, 900000, c, ""},
		{19, 16, "mes-db", "UPDATE mes.calculations", 1640 * ms, 14 * ms, c, ""},
		{20, 2, "shop-api", "render response", 1706 * ms, 96 * ms, s, ""},
	}
}

// chain is a call n deep.
func chain(n int) []spanSpec {
	out := make([]spanSpec, n)
	for i := range out {
		k := int64(i)
		out[i] = spanSpec{uint64(i + 1), uint64(i), fmt.Sprintf("service-%d", i%5), fmt.Sprintf("level %d of the recursion", i),
			k * ms, (2*int64(n) - 2*k) * ms, model.KindInternal, ""}
	}
	return out
}

// wide is one root with many children, each with a name of its own.
func wide(n int) []spanSpec {
	out := []spanSpec{{1, 0, "gateway", "root", 0, int64(n) * ms, model.KindServer, ""}}
	for i := 1; i < n; i++ {
		k := int64(i)
		sp := spanSpec{uint64(i + 1), 1, fmt.Sprintf("service-%d", i%14), fmt.Sprintf("GET /api/v1/customers/%d/orders/%d/price", i*7919, i),
			k * ms / 2, k%97*ms + k*1713, model.KindServer, ""}
		if i%4 != 0 {
			sp.parent = uint64(i - i%4 + 1)
		}
		if i%1000 == 7 {
			sp.fail = "timeout"
		}
		out = append(out, sp)
	}
	return out
}

// odd has two roots, a missing parent, a wrong clock and times outside parents.
func odd() []spanSpec {
	return []spanSpec{
		{1, 0, "crm-api", "GET /orders/10472", 40 * ms, 400 * ms, model.KindServer, ""},
		{2, 1, "crm-db", "SELECT crm.orders", 0 * ms, 60 * ms, model.KindClient, ""},
		{3, 1, "mes-api", "GET /status", 620 * ms, 120 * ms, model.KindServer, ""},
		{4, 99, "mes-api", "consume status.changed", 500 * ms, 310 * ms, model.KindConsumer, ""},
		{5, 4, "mes-db", "UPDATE mes.orders", 520 * ms, 0, model.KindClient, "deadlock detected"},
		{6, 4, "s3", "", 560 * ms, 200 * ms, model.KindClient, ""},
		{7, 0, "cron", "nightly", 900 * ms, 30 * ms, model.KindInternal, ""},
	}
}

// days is an order that takes three of them.
func days() []spanSpec {
	const h = 3600 * 1000 * ms
	return []spanSpec{
		{1, 0, "shop-api", "order", 0, 75 * h, model.KindServer, ""},
		{2, 1, "crm-api", "confirm", 3 * h, 26 * h, model.KindServer, ""},
		{3, 1, "mes-api", "make", 40 * h, 20 * h, model.KindServer, "cancelled"},
	}
}

func longNames() []spanSpec {
	long := strings.Repeat("warehouse/", 300)
	return []spanSpec{
		{1, 0, "manufacturing-execution-system-api", "GET /api/v1/customers/10472/orders/77/attachments/price", 0, 90 * ms, model.KindServer, ""},
		{2, 1, "manufacturing-execution-system-api", "com.shop.orders.infrastructure.persistence.OrderRepositoryImpl.findByNumberAndCustomer", 5 * ms, 50 * ms, model.KindInternal, ""},
		{3, 2, "postgresql", "SELECT id, number, customer_id, price FROM shop.orders WHERE number = $1 AND deleted IS NULL", 9 * ms, 41 * ms, model.KindClient, ""},
		{4, 1, "очередь-сообщений", "обработать сообщение о смене статуса заказа в производстве", 60 * ms, 20 * ms, model.KindConsumer, ""},
		{5, 4, "s3", long, 62 * ms, 15 * ms, model.KindClient, "x"},
		{6, 4, "s3", "OrderService", 70 * ms, 8 * ms, model.KindClient, ""},
	}
}

func newText(tb testing.TB) *raster.Text {
	tb.Helper()
	t, err := raster.NewText(assets.InterRegular, assets.InterSemiBold)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// newDoc returns a Document of a trace.
func newDoc(t *model.Trace) *document.Document { return document.New(t) }

// newPainter returns a Painter of a trace in the light theme.
func newPainter(tb testing.TB, t *model.Trace, lang string, pal *look.Palette, scale float32) *Painter {
	tb.Helper()
	text := newText(tb)
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
