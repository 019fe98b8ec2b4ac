package uitest

import (
	"testing"

	"traceview/assets"
	"traceview/internal/model"
	"traceview/internal/voice"
	"traceview/ui/xwidget"
)

// Steps has a kit speak of the steps of the shop, and returns the voice that calls
// the spans of its traces.
func Steps(tb testing.TB, k *xwidget.Kit) *voice.Voice {
	tb.Helper()
	m, err := voice.Decode(assets.Steps)
	if err != nil {
		tb.Fatal(err)
	}
	k.Words = k.Words.Steps()
	v := voice.New(k.Words, m)
	k.Names = xwidget.NewNames(v.System, func(service, operation string) string { return voice.Capital(v.Step(service, operation)) })
	return v
}

// Placed is an order being placed as the steps of the shop know it: two operations
// of one service that are the same step, calls to two systems by one operation, and
// one that no step tells of.
func Placed(tb testing.TB, id byte) *model.Trace {
	tb.Helper()
	sp := func(id, parent uint64, service, name string, kind model.Kind, start, dur int64) Span {
		return Span{ID: id, Parent: parent, Service: service, Name: name, Kind: kind, Start: start * Ms, Dur: dur * Ms}
	}
	failed := sp(5, 4, "shop-api", "S3.PutObject", model.KindClient, 90, 900)
	failed.Fail = "403 AccessDenied"
	return Trace(tb, id,
		sp(1, 0, "internet-shop", "place order", model.KindInternal, 0, 1840),
		sp(2, 1, "shop-api", "POST /api/v1/orders", model.KindServer, 24, 1790),
		sp(3, 2, "shop-api", "OrderController.create", model.KindInternal, 30, 1700),
		sp(4, 3, "shop-api", "FileService.store", model.KindInternal, 80, 1000),
		failed,
		sp(6, 5, "files-storage", "PutObject", model.KindServer, 100, 800),
		sp(7, 3, "shop-api", "OrderRepository.save", model.KindInternal, 1100, 200),
		sp(8, 3, "shop-api", "warm up the cache", model.KindInternal, 1310, 90),
		sp(9, 3, "shop-api", "GET", model.KindClient, 1400, 120),
		sp(10, 9, "crm-api", "GET /customers", model.KindServer, 1405, 100),
		sp(11, 3, "shop-api", "GET", model.KindClient, 1530, 110),
		sp(12, 11, "mes-api", "GET /stones", model.KindServer, 1535, 90),
	)
}
