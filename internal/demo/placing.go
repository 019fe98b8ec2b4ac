package demo

import (
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

const ms = time.Millisecond

// placeInShop tells how a customer orders in the Internet Shop and sends the
// 3D file of the piece.
func (l *life) placeInShop() {
	page := l.root(l.shopper, roleApp, trace.SpanKindInternal, "place order",
		l.session(), attribute.String("app.route", "/checkout"), attribute.Int("app.stones", l.stones))
	page.work(40 * ms)
	api := l.shopAPI()
	page.call(api, "POST", "/api/v1/orders", l.createOrder)
	if l.uploads {
		file := page.step("serialize model", attribute.Int("file.size", l.model.size), attribute.String("app.renderer", "three.js r179"))
		file.work(time.Duration(l.model.size) * 25 * time.Nanosecond)
		file.end()
		page.send(api, "POST", "/api/v1/orders/{orderId}/files", l.model.size, l.storeFile)
		if l.stopped {
			page.event("toast shown", attribute.String("app.message", "The file could not be uploaded. Try again later."))
			page.fail("upload failed")
		}
	}
	page.work(25 * ms)
	page.end()
	if l.stopped {
		l.lookUp()
	}
}

// lookUp tells how a customer comes back some hours later to see how his order
// is getting on. Nothing has happened.
func (l *life) lookUp() {
	l.now = l.now.Add(l.dice.wait(3*time.Hour, 9*time.Hour))
	page := l.root(l.shopper, roleApp, trace.SpanKindInternal, "open order", l.session(), attribute.String("app.route", "/orders/:id"))
	page.work(30 * ms)
	page.call(l.shopAPI(), "GET", "/api/v1/orders/{orderId}", l.showOrder)
	page.end()
}

// showOrder tells how Shop API reads an order for the customer.
func (l *life) showOrder(s *act) int {
	c := s.step("OrderController.show", semconv.CodeFunctionName("com.jewellery.shop.orders.OrderController.show"))
	c.query("SELECT", "orders", "SELECT id, number, state, version FROM orders WHERE number = ?", 1, 3*ms)
	c.query("SELECT", "order_prices", "SELECT amount_minor, currency FROM order_prices WHERE order_id = ?", 1, 2*ms)
	c.end()
	return http.StatusOK
}

// createOrder tells what Shop API does with a new order.
func (l *life) createOrder(s *act) int {
	c := s.step("OrderController.create", semconv.CodeFunctionName("com.jewellery.shop.orders.OrderController.create"))
	c.work(2 * ms)
	c.query("SELECT", "customers", "SELECT id, price_list, locale FROM customers WHERE id = ?", 1, 2*ms)
	if l.dice.chance(0.5) {
		c.query("SELECT", "discounts", "SELECT code, percent FROM discounts WHERE customer_id = ? AND valid_to > now()", l.dice.IntN(2), 2*ms)
	}
	c.repository("OrderRepository.save", func(r *act) {
		r.query("INSERT", "orders", "INSERT INTO orders (number, customer_id, state, created_at) VALUES (?, ?, ?, ?) RETURNING id", 1, 3*ms)
		for range min(l.stones, 3) {
			r.query("INSERT", "order_lines", "INSERT INTO order_lines (order_id, article, stone_id, ring_size) VALUES (?, ?, ?, ?)", 1, 2*ms)
		}
		r.query("COMMIT", "shop", "COMMIT", 0, 4*ms)
	})
	c.end()
	return http.StatusCreated
}

// storeFile tells what Shop API does with the 3D file. Here the storage
// refuses it, or one part of the upload straggles.
func (l *life) storeFile(s *act) int {
	f := s.step("FileService.store", attribute.String("file.key", l.model.key), attribute.Int("file.size", l.model.size))
	defer f.end()
	f.work(6 * ms)
	switch {
	case l.has(StorageRefused):
		for try := range 3 {
			c := f.storage("PutObject", l.model, http.StatusForbidden)
			c.set(semconv.HTTPRequestResendCount(try))
			c.raise(accessDenied)
			c.end()
			l.blame(c)
			if try < 2 {
				f.work(100 * ms << try) // the SDK's back-off
			}
		}
		f.raise(accessDenied.wrapped("com.jewellery.shop.files.FileStoreException", "cannot store model of order "+l.number,
			"\tat com.jewellery.shop.files.FileService.store(FileService.java:96)"))
		l.stop()
		return http.StatusInternalServerError
	case l.model.size > 8<<20:
		slow := -1
		if l.has(Straggler) {
			slow = l.dice.between(1, 3)
		}
		if c := f.upload(l.model, slow); c != nil {
			l.blame(c)
		}
	default:
		f.storage("PutObject", l.model, http.StatusOK)
	}
	f.query("INSERT", "order_files", "INSERT INTO order_files (order_id, bucket, object_key, size_bytes) VALUES (?, ?, ?, ?)", 1, 3*ms)
	return http.StatusCreated
}

// placeByPhone tells how a seller types in an order with a scanned sketch.
func (l *life) placeByPhone() {
	page := l.root(l.seller, roleApp, trace.SpanKindInternal, "create order",
		l.session(), attribute.String("app.route", "/orders/new"))
	page.work(60 * ms)
	page.send(l.crmAPI(), "POST", "/api/orders", l.model.size, func(s *act) int {
		c := s.step("OrderController.create")
		c.work(3 * ms)
		c.query("SELECT", "customers", "SELECT id, price_list FROM customers WHERE phone_hash = ?", 1, 3*ms)
		c.storage("PutObject", object{modelBucket, l.model.key, l.model.size}, http.StatusOK)
		c.repository("OrderRepository.save", func(r *act) {
			r.query("INSERT", "orders", "INSERT INTO orders (number, customer_id, state, channel) VALUES (?, ?, ?, ?) RETURNING id", 1, 3*ms)
			r.query("INSERT", "order_files", "INSERT INTO order_files (order_id, bucket, object_key) VALUES (?, ?, ?)", 1, 2*ms)
			r.query("COMMIT", "shop", "COMMIT", 0, 4*ms)
		})
		c.end()
		return http.StatusCreated
	})
	page.end()
}

// placeByPartner tells how an outside program orders through MES API, and how
// the CRM hears of it.
func (l *life) placeByPartner() {
	job := l.root(l.partner, roleApp, trace.SpanKindInternal, "sync order", attribute.String("app.marketplace", "gem-market"))
	job.work(12 * ms)
	var placed message
	job.send(l.mesAPI(), "POST", "/api/v1/partner/orders", l.model.size, func(s *act) int {
		s.query("SELECT", "api_clients", "SELECT id, name, rate_limit FROM api_clients WHERE key_hash = $1", 1, 2*ms)
		o := s.step("PartnerOrderService.Create", attribute.String("api.client", "gem-market"))
		o.work(3 * ms)
		o.storage("PutObject", l.model, http.StatusOK)
		o.query("INSERT", "work_orders", "INSERT INTO work_orders (order_no, source, model_key, state) VALUES ($1, 'partner', $2, 'new')", 1, 3*ms)
		placed = o.publish(statusChanges, "order.placed")
		o.end()
		return http.StatusAccepted
	})
	job.end()
	l.crmHears(placed, "placed", l.dice.around(30*ms))
}

// crmHears tells how CRM API takes a status change from the queue and writes
// it down for the Internet Shop to read.
func (l *life) crmHears(m message, state string, wait time.Duration) *act {
	c := l.consume(m, l.crmAPI(), wait)
	h := c.step("StatusChangeListener.on"+map[string]string{"placed": "Placed", "priced": "Priced", "taken": "Taken", "made": "Made"}[state],
		attribute.String("order.state", state))
	h.work(2 * ms)
	h.repository("OrderRepository.updateState", func(r *act) {
		r.query("SELECT", "orders", "SELECT id, state, version FROM orders WHERE number = ? FOR UPDATE", 1, 2*ms)
		r.query("UPDATE", "orders", "UPDATE orders SET state = ?, version = version + ? WHERE id = ?", 1, 3*ms)
		if state == "priced" {
			r.query("INSERT", "order_prices", "INSERT INTO order_prices (order_id, amount_minor, currency) VALUES (?, ?, ?)", 1, 2*ms)
		}
	})
	h.query("INSERT", "order_history", "INSERT INTO order_history (order_id, state, at) VALUES (?, ?, now())", 1, 2*ms)
	h.end()
	c.event("message acknowledged")
	c.end()
	return c
}
