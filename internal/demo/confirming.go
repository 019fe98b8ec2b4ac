package demo

import (
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// review tells how a seller opens the order in the CRM: its details, its
// picture and its history are asked for at once.
func (l *life) review() {
	page := l.root(l.seller, roleApp, trace.SpanKindInternal, "open order", l.session(), attribute.String("app.route", "/orders/:id"))
	page.work(35 * ms)
	api := l.crmAPI()
	page.parallel(3, func(i int) {
		switch i {
		case 0:
			page.call(api, "GET", "/api/orders/{orderId}", l.orderDetails)
		case 1:
			page.call(api, "GET", "/api/orders/{orderId}/preview", l.preview)
		default:
			page.call(api, "GET", "/api/orders/{orderId}/history", func(s *act) int {
				s.query("SELECT", "order_history", "SELECT state, at, by FROM order_history WHERE order_id = ? ORDER BY at", 4, 3*ms)
				return http.StatusOK
			})
		}
	})
	page.work(45 * ms)
	page.end()
}

// orderDetails tells how CRM API gathers an order; here it may ask for every
// stone by itself instead of for all at once.
func (l *life) orderDetails(s *act) int {
	d := s.step("OrderDetailsService.load", semconv.CodeFunctionName("com.jewellery.crm.orders.OrderDetailsService.load"))
	d.work(1 * ms)
	d.query("SELECT", "orders", "SELECT id, number, state, version FROM orders WHERE number = ?", 1, 3*ms)
	lines := l.stones
	if l.has(RepeatedQueries) {
		lines = l.dice.between(130, 180) // a pavé piece: a line for every small stone
	}
	d.query("SELECT", "order_lines", "SELECT article, stone_id, ring_size FROM order_lines WHERE order_id = ?", lines, 3*ms)
	if l.has(RepeatedQueries) {
		for range lines {
			d.query("SELECT", "stones", "SELECT id, cut, carat, colour FROM stones WHERE id = ?", 1, 17*ms)
		}
		l.blame(d)
	} else {
		d.query("SELECT", "stones", "SELECT id, cut, carat, colour FROM stones WHERE id = ANY (?)", lines, 4*ms)
	}
	d.query("SELECT", "order_prices", "SELECT amount_minor, currency FROM order_prices WHERE order_id = ?", 1, 2*ms)
	d.end()
	return http.StatusOK
}

// preview tells how CRM API fetches the picture of the model. Where there is
// none it shows a drawing instead, which harms nobody.
func (l *life) preview(s *act) int {
	p := s.step("PreviewService.thumbnail")
	p.work(800 * time.Microsecond)
	o := object{previewBucket, "previews/" + l.model.key + ".webp", l.dice.between(20_000, 90_000)}
	if l.has(HarmlessError) {
		c := p.storage("GetObject", o, http.StatusNotFound)
		c.raise(noSuchKey)
		c.end()
		l.blame(c)
		p.event("fallback used", attribute.String("reason", "no preview yet"), attribute.String("fallback", "placeholder.webp"))
		p.work(1 * ms)
	} else {
		p.storage("GetObject", o, http.StatusOK)
	}
	p.end()
	return http.StatusOK
}

// confirm tells how the seller confirms the order, and how it goes to the
// workshop through the queue.
func (l *life) confirm() {
	api := l.crmAPI()
	if l.has(UntracedService) {
		api = darkPod
	}
	page := l.root(l.seller, roleApp, trace.SpanKindInternal, "confirm order", l.session(), attribute.String("app.route", "/orders/:id"))
	page.work(20 * ms)
	var m message
	c := page.call(api, "POST", "/api/orders/{orderId}/confirm", func(s *act) int {
		return l.confirmOrder(s, &m)
	})
	if l.has(UntracedService) {
		l.blame(c)
	}
	if l.stopped {
		page.event("toast shown", attribute.String("app.message", "The order could not be confirmed."))
		page.fail("confirmation failed")
	}
	page.work(15 * ms)
	page.end()
	if l.stopped {
		return
	}
	if l.has(LostMessage) {
		l.blame(m.from)
		l.stop()
		l.now = l.now.Add(l.dice.wait(16*time.Hour, 24*time.Hour))
		l.review() // the seller looks why nothing happens
		return
	}
	wait := l.dice.around(30 * ms)
	backlog := l.has(QueueBacklog) && l.variant%2 == 0
	if backlog {
		wait = l.dice.around(5 * time.Hour)
	}
	w := l.consume(m, l.mesAPI(), wait)
	l.acceptWork(w, "confirmed")
	w.end()
	if backlog {
		l.blame(w)
	}
}

// confirmOrder tells what CRM API does: it reserves the stones in one
// transaction and publishes the order. The message gets lost where the
// exchange has no queue bound: RabbitMQ takes it, and nobody gets it.
func (l *life) confirmOrder(s *act, m *message) int {
	c := s.step("ConfirmService.confirm", semconv.CodeFunctionName("com.jewellery.crm.orders.ConfirmService.confirm"))
	defer c.end()
	c.work(2 * ms)
	c.query("SELECT", "orders", "SELECT id, state, version FROM orders WHERE number = ? FOR UPDATE", 1, 3*ms)
	failed := false
	c.repository("StoneRepository.reserve", func(r *act) {
		r.query("SELECT", "stones", "SELECT id, reserved_by FROM stones WHERE id = ANY (?) FOR UPDATE", l.stones, 4*ms)
		u := r.statement("UPDATE", "stones", "UPDATE stones SET reserved_by = ? WHERE id = ANY (?)")
		if l.has(Deadlock) {
			u.work(1040 * ms) // deadlock_timeout is 1 s
			u.refuse("40P01", deadlock)
			l.blame(u)
			r.raise(deadlock.wrapped("org.springframework.dao.CannotAcquireLockException", "could not execute statement",
				"\tat org.springframework.orm.jpa.vendor.HibernateJpaDialect.convertHibernateAccessException(HibernateJpaDialect.java:287)"))
			failed = true
			return
		}
		u.work(4 * ms)
		u.end()
	})
	if failed {
		c.query("ROLLBACK", "shop", "ROLLBACK", 0, 2*ms)
		c.fail("could not reserve stones")
		l.stop()
		return http.StatusInternalServerError
	}
	c.query("UPDATE", "orders", "UPDATE orders SET state = ?, version = version + ? WHERE id = ?", 1, 3*ms)
	c.query("COMMIT", "shop", "COMMIT", 0, 4*ms)
	*m = c.publish(newOrders, "order.confirmed")
	return http.StatusOK
}
