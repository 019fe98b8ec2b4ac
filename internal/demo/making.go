package demo

import (
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

const takeRoute = "/api/work-orders/{orderId}/take"

// take tells how an operator in the workshop looks through the work queue and
// takes the order.
func (l *life) take() {
	if l.has(ServiceDown) && l.variant%2 == 0 {
		l.findMESDown()
	}
	l.openQueue()
	page := l.root(l.operator, roleApp, trace.SpanKindInternal, "take order", l.session(), attribute.String("app.route", "/queue"))
	page.work(20 * ms)
	api := l.mesAPI()
	if l.has(WrongClock) {
		api = wrongClock
	}
	var taken message
	at := page.now
	c := page.request(mesAPI, "POST", takeRoute)
	s := c.serve(api, "POST", takeRoute)
	if l.has(WrongClock) {
		l.blame(s)
	}
	status := l.takeOrder(s, &taken)
	s.respond(status)
	c.travel()
	c.answered(status)
	c.end()
	if l.stopped {
		page.event("toast shown", attribute.String("app.message", "The model could not be loaded."))
		page.fail("order not taken")
	}
	page.work(20 * ms)
	page.end()
	if l.stopped {
		return
	}
	after := l.now
	if l.has(DoubleTake) {
		l.takeTwice(at)
		l.now = after
	}
	l.crmHears(taken, "taken", l.dice.around(35*ms))
}

// openQueue tells how an operator scans the order's card and sees it among the
// waiting ones, a few seconds before he takes it.
func (l *life) openQueue() {
	page := l.root(l.operator, roleApp, trace.SpanKindInternal, "open work queue", l.session(), attribute.String("app.route", "/queue"))
	page.work(30 * ms)
	page.call(l.mesAPI(), "GET", "/api/work-queue", func(s *act) int {
		s.query("SELECT", "operators", "SELECT id, skills FROM operators WHERE id = $1", 1, 2*ms)
		const text = "SELECT order_no, state, due_at FROM work_orders WHERE state = $1 AND skill = ANY ($2) ORDER BY due_at LIMIT 50"
		if l.has(SlowQuery) {
			l.blame(s.query("SELECT", "work_orders", text, 50, 19*time.Second)) // the index was dropped by a migration
		} else {
			s.query("SELECT", "work_orders", text, 50, 7*ms)
		}
		return http.StatusOK
	})
	page.work(25 * ms)
	page.end()
	l.now = l.now.Add(time.Duration(l.dice.between(2, 15)) * time.Second)
}

// takeOrder tells what MES API does when an operator takes an order.
func (l *life) takeOrder(s *act, taken *message) int {
	w := s.step("WorkOrderService.Take", attribute.Int("operator.id", l.dice.between(11, 48)))
	defer w.end()
	w.work(2 * ms)
	w.query("SELECT", "work_orders", "SELECT order_no, state, xmin FROM work_orders WHERE order_no = $1", 1, 3*ms)
	if l.has(RetryStorm) {
		l.storm(w)
		w.raise(modelUnavailable)
		l.stop()
		return http.StatusInternalServerError
	}
	load := w.step("ModelStore.Download")
	load.storage("GetObject", l.model, http.StatusOK)
	load.end()
	w.query("UPDATE", "work_orders", "UPDATE work_orders SET state = 'taken', operator_id = $1 WHERE order_no = $2 AND xmin = $3", 1, 3*ms)
	w.query("INSERT", "work_order_log", "INSERT INTO work_order_log (order_no, state, at) VALUES ($1, 'taken', now())", 1, 2*ms)
	*taken = w.publish(statusChanges, "order.taken")
	return http.StatusOK
}

// storm tells how MES API asks the storage, which begs for fewer requests,
// again and again at once.
func (l *life) storm(w *act) {
	load := w.step("ModelStore.Download", attribute.Int("retry.max_attempts", 24))
	for try := range 24 {
		c := load.storage("GetObject", l.model, http.StatusServiceUnavailable)
		c.set(semconv.HTTPRequestResendCount(try))
		c.raise(slowDown)
		c.end()
		l.blame(c)
		load.work(2 * ms) // no back-off
	}
	load.raise(modelUnavailable)
	load.end()
}

// takeTwice tells of a second operator who takes the same order a moment after
// the first, and is refused when he saves.
func (l *life) takeTwice(at time.Time) {
	second := operators[(l.operator.index+1)%len(operators)]
	l.now = at.Add(60 * ms)
	page := l.root(second, roleApp, trace.SpanKindInternal, "take order", l.session(), attribute.String("app.route", "/queue"))
	page.work(12 * ms)
	page.call(l.mesAPI(), "POST", takeRoute, func(s *act) int {
		w := s.step("WorkOrderService.Take", attribute.Int("operator.id", l.dice.between(49, 60)))
		w.work(2 * ms)
		w.query("SELECT", "work_orders", "SELECT order_no, state, xmin FROM work_orders WHERE order_no = $1", 1, 3*ms)
		load := w.step("ModelStore.Download")
		load.storage("GetObject", l.model, http.StatusOK)
		load.work(80 * ms)
		load.end()
		w.query("UPDATE", "work_orders", "UPDATE work_orders SET state = 'taken', operator_id = $1 WHERE order_no = $2 AND xmin = $3", 0, 3*ms)
		w.raise(concurrentTake)
		w.end()
		l.blame(w)
		return http.StatusConflict
	})
	page.event("toast shown", attribute.String("app.message", "Somebody else has taken this order."))
	page.fail("conflict")
	page.end()
}

// findMESDown tells of an operator whose browser cannot reach MES API, three
// times; the order waits until it is back.
func (l *life) findMESDown() {
	for range 3 {
		page := l.root(l.operator, roleApp, trace.SpanKindInternal, "take order", l.session(), attribute.String("app.route", "/queue"))
		page.work(25 * ms)
		c := page.request(mesAPI, "POST", takeRoute)
		c.work(24 * ms)
		c.raise(failedToFetch)
		c.set(attribute.String("error.detail", "net::ERR_CONNECTION_REFUSED"))
		c.end()
		l.blame(c)
		page.event("toast shown", attribute.String("app.message", "MES cannot be reached."))
		page.fail("MES cannot be reached")
		page.end()
		l.now = l.now.Add(l.dice.around(11 * time.Minute))
	}
}

// cast tells how the wax is printed and the metal cast.
func (l *life) cast() { l.finish("finish casting", "casting", "quality.porosity") }

// setStones tells how the stones are set, once they are there.
func (l *life) setStones() {
	if l.bespoke {
		l.now = l.now.Add(time.Duration(l.dice.between(2*24, 3*24)) * time.Hour)
	}
	l.finish("finish stone setting", "stone-setting", "quality.stones_tight")
}

// checkQuality tells how the piece is checked; then CRM is told that it is made.
func (l *life) checkQuality() {
	page := l.root(l.operator, roleApp, trace.SpanKindInternal, "pass quality check", l.session(), attribute.String("app.route", "/quality"))
	page.work(30 * ms)
	var made message
	page.call(l.mesAPI(), "POST", "/api/work-orders/{orderId}/quality-check", func(s *act) int {
		s.query("SELECT", "steps", "SELECT step, state FROM steps WHERE order_no = $1", 5, 3*ms)
		s.query("UPDATE", "work_orders", "UPDATE work_orders SET state = 'made' WHERE order_no = $1", 1, 3*ms)
		made = s.publish(statusChanges, "order.made")
		return http.StatusOK
	})
	page.end()
	l.crmHears(made, "made", l.dice.around(35*ms))
}

// finish tells how an operator reports a step as done. Where MES DB is down,
// the order stays there.
func (l *life) finish(name, step, measure string) {
	page := l.root(l.operator, roleApp, trace.SpanKindInternal, name, l.session(), attribute.String("app.route", "/workbench"))
	page.work(28 * ms)
	dbDown := l.has(ServiceDown) && l.variant%2 == 1 && step == "casting"
	page.call(l.mesAPI(), "POST", "/api/work-orders/{orderId}/steps/{step}/finish", func(s *act) int {
		f := s.step("StepService.Finish", attribute.String("step", step), attribute.Float64(measure, float64(l.dice.between(90, 99))/100))
		defer f.end()
		f.work(2 * ms)
		if dbDown {
			q := f.statement("UPDATE", "steps", "UPDATE steps SET state = 'done', finished_at = now() WHERE order_no = $1 AND step = $2")
			q.work(1 * ms)
			q.refuse("", noConnection)
			l.blame(q)
			f.raise(noConnection)
			return http.StatusInternalServerError
		}
		f.query("UPDATE", "steps", "UPDATE steps SET state = 'done', finished_at = now() WHERE order_no = $1 AND step = $2", 1, 3*ms)
		f.query("INSERT", "work_order_log", "INSERT INTO work_order_log (order_no, step, at) VALUES ($1, $2, now())", 1, 2*ms)
		return http.StatusOK
	}, "{step}", step)
	if dbDown {
		page.fail("step not saved")
		l.stop()
	}
	page.end()
}
