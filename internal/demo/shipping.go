package demo

import (
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// ship tells how a seller sends the piece on its way: the carrier, an outside
// company, gives a label, and MES is told.
func (l *life) ship() {
	page := l.root(l.seller, roleApp, trace.SpanKindInternal, "ship order", l.session(), attribute.String("app.route", "/shipping"))
	page.work(25 * ms)
	var shipped message
	page.call(l.crmAPI(), "POST", "/api/orders/{orderId}/shipment", func(s *act) int {
		v := s.step("ShipmentService.create", semconv.CodeFunctionName("com.jewellery.crm.shipping.ShipmentService.create"))
		v.work(2 * ms)
		v.query("SELECT", "orders", "SELECT id, state, address_id FROM orders WHERE number = ? FOR UPDATE", 1, 3*ms)
		if l.has(ProcessPause) {
			l.blame(v)
			v.work(6400 * ms) // the process collects garbage and nothing runs in it
		}
		l.askCarrier(v)
		v.storage("PutObject", object{labelBucket, "labels/" + l.dice.uuid() + ".pdf", l.dice.between(30_000, 80_000)}, http.StatusOK)
		v.repository("ShipmentRepository.save", func(r *act) {
			r.query("INSERT", "shipments", "INSERT INTO shipments (order_id, carrier, label_key) VALUES (?, ?, ?)", 1, 3*ms)
			r.query("UPDATE", "orders", "UPDATE orders SET state = ? WHERE id = ?", 1, 3*ms)
			r.query("COMMIT", "shop", "COMMIT", 0, 4*ms)
		})
		shipped = v.publish(statusChanges, "order.shipped")
		v.end()
		return http.StatusCreated
	})
	page.end()

	c := l.consume(shipped, l.mesAPI(), l.dice.around(30*ms))
	h := c.step("StatusChangesConsumer.HandleAsync", attribute.String("order.state", "shipped"))
	h.query("UPDATE", "work_orders", "UPDATE work_orders SET state = 'closed' WHERE order_no = $1", 1, 3*ms)
	h.query("INSERT", "work_order_log", "INSERT INTO work_order_log (order_no, state, at) VALUES ($1, 'closed', now())", 1, 2*ms)
	h.end()
	c.event("message acknowledged")
	c.end()
}

// askCarrier tells the call to the carrier, who is seen from our side only.
func (l *life) askCarrier(a *act) {
	c := a.child(roleClient, trace.SpanKindClient, "POST /v2/shipments",
		semconv.HTTPRequestMethodKey.String("POST"), semconv.URLFull("https://api.carrier.example/v2/shipments"),
		semconv.URLTemplate("/v2/shipments"), semconv.ServerAddress("api.carrier.example"), semconv.ServerPort(443))
	c.work(240*ms + time.Duration(l.dice.IntN(60))*ms)
	c.answered(http.StatusCreated)
	c.end()
}
