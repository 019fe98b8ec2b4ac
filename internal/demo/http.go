package demo

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// publicHosts are the names under which browsers and partners reach the APIs.
var publicHosts = map[*service]string{
	shopAPI: "shop.jewellery.example",
	crmAPI:  "crm.jewellery.example",
	mesAPI:  "mes.jewellery.example",
}

// path fills in a route: {orderId} is the order's number.
func (l *life) path(route string, vars ...string) string {
	return strings.NewReplacer(append(vars, "{orderId}", url.PathEscape(l.number))...).Replace(route)
}

// call tells one HTTP request: a client span of a's process, the way through
// the network, a server span of to, and the way back. serve tells what the
// server does and returns the status code. The client span is returned, ended.
func (a *act) call(to *instance, method, route string, serve func(s *act) int, vars ...string) *act {
	return a.send(to, method, route, 0, serve, vars...)
}

// send is call with a body of size bytes, which takes its time on the way.
func (a *act) send(to *instance, method, route string, size int, serve func(s *act) int, vars ...string) *act {
	c := a.request(to.service, method, route, vars...)
	s := c.serve(to, method, route, vars...)
	if size > 0 {
		c.set(semconv.HTTPRequestBodySize(size))
		body := s.step("receive request body", semconv.HTTPRequestBodySize(size))
		body.work(time.Duration(size) * 90 * time.Nanosecond) // about 90 Mbit/s
		body.end()
	}
	status := serve(s)
	s.respond(status)
	c.travel()
	c.answered(status)
	c.end()
	return c
}

// request opens the client span of an HTTP request.
func (a *act) request(to *service, method, route string, vars ...string) *act {
	host, port, scheme := to.host, to.port, "http"
	if a.on.agent != "" {
		host, port, scheme = publicHosts[to], 443, "https"
	}
	full := scheme + "://" + host
	if port != 443 {
		full += ":" + strconv.Itoa(port)
	}
	return a.child(roleClient, trace.SpanKindClient, method+" "+route,
		semconv.HTTPRequestMethodKey.String(method),
		semconv.URLFull(full+a.life.path(route, vars...)), semconv.URLTemplate(route),
		semconv.ServerAddress(host), semconv.ServerPort(port),
		semconv.NetworkProtocolName("http"))
}

// serve opens the server span of the request c.
func (c *act) serve(on *instance, method, route string, vars ...string) *act {
	c.travel()
	attrs := []attribute.KeyValue{
		semconv.HTTPRequestMethodKey.String(method), semconv.HTTPRoute(route),
		semconv.URLPath(c.life.path(route, vars...)), semconv.URLScheme("http"),
		semconv.ServerAddress(on.host), semconv.ServerPort(on.port),
		semconv.NetworkProtocolVersion("1.1"),
	}
	if c.on.agent != "" {
		attrs = append(attrs, semconv.UserAgentOriginal(c.on.agent))
	}
	s := c.remote(on, roleServer, trace.SpanKindServer, method+" "+route, attrs...)
	s.work(400 * time.Microsecond)
	return s
}

// travel lets the time pass that a message takes from host to host.
func (c *act) travel() {
	if c.on.agent != "" {
		c.work(14 * time.Millisecond)
	} else {
		c.work(500 * time.Microsecond)
	}
}

// respond ends a server span with the status code; 5xx is an error here, 4xx
// is the caller's.
func (s *act) respond(status int) {
	s.work(300 * time.Microsecond)
	s.set(semconv.HTTPResponseStatusCode(status))
	if status >= 500 {
		s.set(semconv.ErrorTypeKey.String(strconv.Itoa(status)))
		s.fail("")
	}
	s.end()
}

// answered records the status code on a client span, where 4xx is an error too.
func (c *act) answered(status int) {
	c.set(semconv.HTTPResponseStatusCode(status))
	if status >= 400 {
		c.set(semconv.ErrorTypeKey.String(strconv.Itoa(status)))
		c.fail("")
	}
}
