package trail

import (
	"testing"

	"traceview/internal/model"
)

// odd are attributes and names that rules look at, and some they do not.
var (
	oddKeys = []string{"order.id", "orderId", "Order-No", "work.order", "messaging.operation.type", "messaging.operation", "messaging.system",
		"messaging.destination.name", "http.request.method", "http.route", "http.response.status_code", "server.address", "db.system.name",
		"db.namespace", "rpc.service", model.OutsideKey, "", "x"}
	oddValues   = []string{"", "10472", "GET", "publish", "process", "receive", "rabbitmq", "new-orders:a", "new-orders:a:b", "shop", "S3", "200", "\xff"}
	oddServices = []string{"", "shop-api", "crm", "crm-api", "mes-api", "gem-market", "files-storage", "unknown_service:java", "other"}
	oddNames    = []string{"", "GET /orders/10472", "GET /orders/17", "publish", "x"}
)

// fromBytes builds traces of whatever the bytes say, ten a span.
func fromBytes(data []byte) []*model.Trace {
	b := model.NewBuilder()
	pick := func(list []string, k byte) string { return list[int(k)%len(list)] }
	attr := func(k, v byte) model.Attr {
		return b.StringAttr(b.InternString(pick(oddKeys, k)), []byte(pick(oddValues, v)))
	}
	for ; len(data) >= 10; data = data[10:] {
		r := model.SpanRecord{
			ID: model.SpanID(data[1] % 16), Parent: model.SpanID(data[2] % 16), Kind: model.Kind(data[3] % 6), Name: b.InternString(pick(oddNames, data[4])),
			StartNano: uint64(data[5]) * 1e9, EndNano: uint64(data[6]) * 1e9, Attrs: []model.Attr{attr(data[7], data[8]), attr(data[8], data[9])},
			Flags: uint32(data[9]) << 4, Status: model.Status(data[6] % 3),
		}
		r.Trace[15] = data[0] % 4
		resource := model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(b.InternString("service.name"), []byte(pick(oddServices, data[0]/4)))}}
		if data[4] > 128 {
			resource.Attrs = append(resource.Attrs, b.StringAttr(b.InternString("telemetry.sdk.language"), []byte(pick([]string{"java", "webjs"}, data[4]))))
		}
		if r.Resource = b.Resource(&resource); data[2] > 200 {
			link := model.LinkRecord{Span: model.SpanID(data[3] % 16)}
			link.Trace[15] = data[5] % 4
			r.Links = []model.LinkRecord{link}
		}
		b.Add(&r)
	}
	return b.Build()
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte("0123456789abcdefghijABCDEFGHIJ9876543210jihgfedcba"))
	f.Add([]byte{4, 1, 0, 3, 1, 1, 9, 0, 1, 1, 12, 2, 1, 2, 1, 2, 8, 0, 1, 1, 16, 3, 250, 5, 3, 2, 8, 4, 4, 4})
	m := shopMap(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		traces := fromBytes(data)
		for _, m := range []*Map{nil, m} {
			addsUp(t, "bytes", traces, check(t, traces, m))
		}
	})
}
