package demo

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// The exchanges of RabbitMQ, the shop's "topics". A consumer of new-orders
// continues the trace of the producer; one of status-changes begins a trace of
// its own with a link to the producer: both are met in the field.
const (
	newOrders     = "new-orders"
	statusChanges = "status-changes"
)

const rabbitHost, rabbitPort = "rabbitmq.jewellery.svc", 5672

// A message is what travels through RabbitMQ.
type message struct {
	exchange, key string
	id            string
	size          int // bytes of the body
	from          *act
	sent          time.Time
}

func messagingAttrs(op, kind, destination, key, id string, size int) []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.MessagingSystemRabbitMQ, semconv.MessagingDestinationName(destination),
		semconv.MessagingOperationName(op), semconv.MessagingOperationTypeKey.String(kind),
		semconv.MessagingRabbitMQDestinationRoutingKey(key),
		semconv.MessagingMessageID(id), semconv.MessagingMessageBodySize(size),
		semconv.ServerAddress(rabbitHost), semconv.ServerPort(rabbitPort),
		semconv.NetworkProtocolName("amqp"), semconv.NetworkProtocolVersion("0.9.1"),
	}
}

// publish tells the sending of a message and returns it.
func (a *act) publish(exchange, key string) message {
	d := a.life.dice
	m := message{exchange: exchange, key: key, id: d.uuid(), size: d.between(380, 1900)}
	destination := exchange + ":" + key
	p := a.child(roleMessaging, trace.SpanKindProducer, "publish "+destination,
		messagingAttrs("publish", "send", destination, key, m.id, m.size)...)
	p.set(semconv.MessagingMessageConversationID(a.life.conversation))
	p.work(1300 * time.Microsecond)
	p.end()
	m.from, m.sent = p, p.now
	return m
}

// consume opens the span of a consumer that gets m after it has waited in the
// queue of the service. Its link or parent is the producer, by exchange.
func (l *life) consume(m message, on *instance, wait time.Duration) *act {
	queue := map[*service]string{crmAPI: "crm", mesAPI: "mes"}[on.service]
	destination := m.exchange + ":" + m.key + ":" + queue
	attrs := append(messagingAttrs("process", "process", destination, m.key, m.id, m.size),
		semconv.MessagingRabbitMQMessageDeliveryTag(l.dice.between(1, 90_000)),
		semconv.MessagingMessageConversationID(l.conversation))
	l.now = m.sent.Add(wait)
	producer := m.from.span.SpanContext().WithRemote(true)
	var a *act
	if m.exchange == newOrders {
		parent := trace.ContextWithSpanContext(context.Background(), producer)
		a = l.open(parent, on, roleMessaging, trace.SpanKindConsumer, "process "+destination, nil, attrs)
	} else {
		link := trace.Link{SpanContext: producer, Attributes: []attribute.KeyValue{semconv.MessagingMessageID(m.id)}}
		a = l.open(context.Background(), on, roleMessaging, trace.SpanKindConsumer, "process "+destination, []trace.Link{link}, attrs)
	}
	a.work(700 * time.Microsecond)
	return a
}
