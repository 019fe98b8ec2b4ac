package demo

import (
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// handOver tells how CRM API finds the new order in Shop DB and hands it to
// MES through RabbitMQ.
func (l *life) handOver() {
	job := l.root(l.crmAPI(), roleApp, trace.SpanKindInternal, "NewOrdersJob.run",
		attribute.String("job.system", "spring_scheduling"), semconv.CodeFunctionName("com.jewellery.crm.orders.NewOrdersJob.run"))
	job.work(1 * ms)
	job.query("SELECT", "orders", "SELECT id, number FROM orders WHERE state = ? ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED", 1, 3*ms)
	job.query("SELECT", "order_lines", "SELECT article, stone_id, ring_size FROM order_lines WHERE order_id = ?", l.stones, 2*ms)
	job.storage("HeadObject", object{l.model.bucket, l.model.key, 0}, http.StatusOK)
	m := job.publish(newOrders, "order.placed")
	job.query("UPDATE", "orders", "UPDATE orders SET state = ? WHERE id = ?", 1, 3*ms)
	job.end()
	if l.has(PoisonMessage) {
		l.poison(m)
		return
	}
	c := l.consume(m, l.mesAPI(), l.dice.around(25*ms))
	l.acceptWork(c, "new")
	c.end()
}

// acceptWork tells how MES API stores a work order it has read from the queue.
func (l *life) acceptWork(c *act, state string) {
	p := c.step("NewOrderMessage.Parse")
	p.work(400 * time.Microsecond)
	p.end()
	h := c.step("NewOrdersConsumer.HandleAsync", attribute.String("work_order.state", state))
	h.work(1 * ms)
	h.query("INSERT", "work_orders", "INSERT INTO work_orders (order_no, source, state) VALUES ($1, 'crm', $2) ON CONFLICT (order_no) DO UPDATE SET state = $2", 1, 3*ms)
	h.query("INSERT", "work_order_log", "INSERT INTO work_order_log (order_no, state, at) VALUES ($1, $2, now())", 1, 2*ms)
	h.end()
	c.event("message acknowledged")
}

// poison tells of a message MES API cannot read: RabbitMQ delivers it again
// and again until it goes to the dead-letter queue, and the order stops.
func (l *life) poison(m message) {
	on := l.mesAPI()
	wait := 30 * ms
	for try := 1; try <= 5; try++ {
		c := l.consume(m, on, wait)
		c.set(attribute.Int("messaging.rabbitmq.delivery_count", try), attribute.Bool("messaging.rabbitmq.redelivered", try > 1))
		p := c.step("NewOrderMessage.Parse")
		p.work(600 * time.Microsecond)
		p.raise(badMessage)
		p.end()
		l.blame(p)
		c.set(semconv.ErrorTypeKey.String(badMessage.kind))
		c.fail("message could not be processed")
		if try < 5 {
			c.event("message requeued", attribute.String("reason", "nack requeue=true"))
		} else {
			c.event("message dead-lettered", attribute.String("messaging.rabbitmq.dead_letter_exchange", "new-orders.dead"))
		}
		c.end()
		wait = c.now.Sub(m.sent) + l.dice.around(5*time.Second)
	}
	l.stop()
	l.lookUp()
}

// price tells the calculation MES API makes in the background. The job knows
// a calculation, not an order: its trace is found through the link from the
// consumer of its result.
func (l *life) price() {
	l.named = false
	job := l.root(l.mesAPI(), roleApp, trace.SpanKindInternal, "calculate price",
		attribute.String("calculation.id", l.dice.uuid()), attribute.Int("calculation.queue_length", l.dice.IntN(7)))
	job.work(3 * ms)
	l.calculate(job, l.dice.spread(900*ms, 0.5))
	job.query("INSERT", "prices", "INSERT INTO prices (calculation_id, amount_minor, currency) VALUES ($1, $2, 'EUR')", 1, 3*ms)
	m := job.publish(statusChanges, "order.priced")
	job.end()
	l.named = true
	wait := l.dice.around(40 * ms)
	if l.has(QueueBacklog) && l.variant%2 == 1 {
		wait = l.dice.around(4 * time.Hour)
	}
	c := l.crmHears(m, "priced", wait)
	if l.has(QueueBacklog) && l.variant%2 == 1 {
		l.blame(c)
	}
}

// calculate tells how a price comes about: the model is loaded and measured,
// and the stones are looked up all at once. It returns the measuring span.
func (l *life) calculate(a *act, tessellation time.Duration) *act {
	load := a.step("ModelStore.Download")
	load.work(500 * time.Microsecond)
	load.storage("GetObject", l.model, http.StatusOK)
	load.end()
	t := a.step("PriceCalculator.Tessellate", attribute.Int("model.triangles", l.model.size/50))
	t.now = t.now.Add(tessellation)
	t.end()
	stones := a.step("PriceCalculator.PriceStones", attribute.Int("stones", l.stones))
	stones.work(1 * ms)
	stones.parallel(l.stones, func(int) {
		stones.query("SELECT", "gem_prices", "SELECT carat_price, valid_from FROM gem_prices WHERE stone_id = $1 AND quality = $2", 1, 9*ms)
	})
	stones.end()
	m := a.step("PriceCalculator.PriceMetal")
	m.query("SELECT", "metal_prices", "SELECT metal, gram_price FROM metal_prices WHERE day = current_date", 4, 2*ms)
	m.end()
	return t
}

// priceForPartner tells how an outside program asks MES API for a price and
// waits for it. With a huge model it gives up after 30 s while MES goes on.
func (l *life) priceForPartner() {
	const route = "/api/v1/partner/orders/{orderId}/price"
	job := l.root(l.partner, roleApp, trace.SpanKindInternal, "request price")
	job.work(8 * ms)
	if !l.has(PriceTimeout) {
		job.call(l.mesAPI(), "POST", route, func(s *act) int {
			l.calculate(s, l.dice.spread(700*ms, 0.5))
			s.query("INSERT", "prices", "INSERT INTO prices (order_no, amount_minor, currency) VALUES ($1, $2, 'EUR')", 1, 3*ms)
			return http.StatusOK
		})
		job.end()
		return
	}
	c := job.request(mesAPI, "POST", route)
	sent := c.now
	s := c.serve(l.mesAPI(), "POST", route)
	l.model.size = l.dice.between(380_000_000, 460_000_000)
	l.blame(l.calculate(s, time.Duration(l.dice.between(58_000, 94_000))*ms))
	s.query("INSERT", "prices", "INSERT INTO prices (order_no, amount_minor, currency) VALUES ($1, $2, 'EUR')", 1, 3*ms)
	s.event("client disconnected", attribute.String("reason", "the request was aborted"))
	s.respond(http.StatusOK)
	// The caller's clock goes back to where it gave up: it did not wait for the server.
	c.now = sent.Add(30 * time.Second)
	c.raise(readTimeout)
	c.set(semconv.ErrorTypeKey.String("timeout"))
	c.end()
	job.now = c.now
	job.raise(readTimeout)
	job.end()
	l.stop()
}

// acceptPrice tells how the customer agrees to the price on the order's page,
// which then shows the order anew.
func (l *life) acceptPrice() {
	page := l.root(l.shopper, roleApp, trace.SpanKindInternal, "accept price", l.session(), attribute.String("app.route", "/orders/:id"))
	page.work(12 * ms)
	api := l.shopAPI()
	page.call(api, "PUT", "/api/v1/orders/{orderId}/price", func(s *act) int {
		s.query("UPDATE", "orders", "UPDATE orders SET state = ?, version = version + ? WHERE number = ? AND version = ?", 1, 3*ms)
		s.query("INSERT", "order_history", "INSERT INTO order_history (order_id, state, at) VALUES (?, ?, now())", 1, 2*ms)
		return http.StatusNoContent
	})
	page.call(api, "GET", "/api/v1/orders/{orderId}", l.showOrder)
	page.work(25 * ms)
	page.end()
}
