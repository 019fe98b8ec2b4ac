package demo

import (
	"time"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// A database is one of the two PostgreSQL servers. They send no spans
// themselves: what is known of them is the client spans of the APIs.
type database struct{ namespace, host string }

var (
	shopDB = database{"shop", "shop-db.jewellery.svc"}
	mesDB  = database{"mes", "mes-db.jewellery.svc"}
)

func (s *service) database() database {
	if s == mesAPI {
		return mesDB
	}
	return shopDB
}

// statement opens the client span of one SQL statement.
func (a *act) statement(op, table, text string) *act {
	db := a.on.database()
	return a.child(roleDB, trace.SpanKindClient, op+" "+table,
		semconv.DBSystemNamePostgreSQL, semconv.DBNamespace(db.namespace),
		semconv.DBOperationName(op), semconv.DBCollectionName(table),
		semconv.DBQueryText(text), semconv.DBQuerySummary(op+" "+table),
		semconv.ServerAddress(db.host), semconv.ServerPort(5432))
}

// query tells one SQL statement that works, and returns its span, ended.
func (a *act) query(op, table, text string, rows int, median time.Duration) *act {
	q := a.statement(op, table, text)
	q.work(median)
	if op == "SELECT" {
		q.set(semconv.DBResponseReturnedRows(rows))
	}
	q.end()
	a.work(median / 20)
	return q
}

// refuse ends a statement that the database refused, with its SQLSTATE.
func (a *act) refuse(sqlState string, e exception) {
	a.set(semconv.DBResponseStatusCode(sqlState))
	a.raise(e)
	if sqlState != "" {
		a.set(semconv.ErrorTypeKey.String(sqlState))
	}
	a.end()
}

// repository wraps what body does in a span of the service's data layer, as
// Spring Data and Entity Framework do.
func (a *act) repository(name string, body func(r *act)) {
	r := a.step(name)
	r.work(150 * time.Microsecond)
	body(r)
	r.work(100 * time.Microsecond)
	r.end()
}
