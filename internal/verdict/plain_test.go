package verdict

import (
	"strings"
	"testing"
	"time"

	"traceview/internal/i18n"
	"traceview/internal/model"
)

func TestPlainKey(t *testing.T) {
	for _, tt := range []struct{ message, typ, want string }{
		{"ERROR: deadlock detected", "", "deadlock"},
		{"dial tcp 10.0.0.7:5432: connect: connection refused", "", "connect"},
		{"", "java.net.ConnectException", "connect"},
		{"Failed to fetch", "TypeError", "connect"},
		{"context deadline exceeded", "", "time"},
		{"Access Denied. (Service: S3)", "S3Exception", "access"},
		{"Row was updated or deleted by another transaction", "OptimisticLockException", "faster"},
		{"ERROR: duplicate key value violates unique constraint \"pk\"", "", "twice"},
		{"Unexpected token < in JSON at position 0", "SyntaxError", "unreadable"},
		{"", "System.OutOfMemoryException", "memory"},
		{"write /data: no space left on device", "", "space"},
		{"Too Many Requests", "", "busy"},
		{"relation \"orders\" does not exist", "", "missing"},
		{"Cannot read properties of undefined (reading 'id')", "TypeError", "null"},
		{"something else", "SomeError", ""},
		{strings.Repeat("x", 1<<20) + "deadlock", "", ""},
	} {
		if got := plainKey(tt.message, tt.typ); got != tt.want {
			t.Errorf("%.40q, %q: %q, want %q", tt.message, tt.typ, got, tt.want)
		}
	}
}

// spoken are names for tests.
type spoken struct{}

func (spoken) Service(*model.Trace, model.SpanIndex) string { return "the System" }
func (spoken) Span(*model.Trace, model.SpanIndex) string    { return "doing the thing" }

// TestNamed holds that in other names no service or operation of the shop is left in a
// title, and that nothing recorded is lost.
func TestNamed(t *testing.T) {
	shop := toldShop()
	for n, o := range shop.orders {
		if o.Trouble == "" {
			continue
		}
		f := &shop.diagnose(t, n)[0]
		for _, lang := range i18n.Languages() {
			w := i18n.For(lang.Code)
			got, own := Named(w, spoken{}, o.traces, f, time.UTC), Of(w, o.traces, f, time.UTC)
			if strings.Contains(got.Title, o.Service) || strings.Contains(got.Title, o.Operation) || !strings.Contains(got.Title, "the System") {
				t.Errorf("%s %s: %s", lang.Code, o.Trouble, got.Title)
			}
			if got.Step != "doing the thing" || got.When == "" || got.After == "" || own.Step == "" || strings.Contains(own.Title, "doing") {
				t.Errorf("%s %s: %+v", lang.Code, o.Trouble, got)
			}
			first, _, _ := strings.Cut(f.Fault.Message, "\n")
			if text := line(first, 60); f.Fault.Message != "" && f.Kind.String() != "timeout" && !strings.Contains(got.Title+got.Detail, strings.TrimSuffix(text, "…")) {
				t.Errorf("%s %s: what was recorded is lost: %s | %s", lang.Code, o.Trouble, got.Title, got.Detail)
			}
		}
	}
}
