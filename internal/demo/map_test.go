package demo

import (
	"strings"
	"testing"
)

// TestEveryArrowOfTheMapOccurs holds the shop to its table of systems: who
// calls whom, seen from both sides where both send spans.
func TestEveryArrowOfTheMapOccurs(t *testing.T) {
	seen := map[string]bool{}
	services := map[string]string{} // by trace and span
	for _, s := range allSpans() {
		services[s.trace+s.id()] = s.service
	}
	for _, s := range allSpans() {
		seen[services[s.trace+s.parent()]+" > "+s.service] = true
		if s.attrs["db.system.name"] == "postgresql" {
			seen[s.service+" > postgresql "+s.attrs["db.namespace"]] = true
		}
		if s.attrs["rpc.service"] == "S3" {
			seen[s.service+" > S3 "+s.attrs["rpc.method"]] = true
		}
		if s.attrs["messaging.system"] == "rabbitmq" {
			exchange, _, _ := strings.Cut(s.attrs["messaging.destination.name"], ":")
			seen[s.service+" "+s.attrs["messaging.operation.name"]+" "+exchange] = true
		}
	}
	for _, want := range []string{
		"internet-shop > shop-api",
		"crm > crm-api",
		"mes > mes-api",
		"gem-market > mes-api",
		"shop-api > postgresql shop",
		"shop-api > S3 PutObject",
		"shop-api > S3 UploadPart",
		"shop-api > files-storage",
		"crm-api > postgresql shop",
		"crm-api > S3 GetObject",
		"crm-api > S3 PutObject",
		"crm-api > files-storage",
		"crm-api publish new-orders",
		"crm-api publish status-changes",
		"crm-api process status-changes",
		"mes-api > postgresql mes",
		"mes-api > S3 GetObject",
		"mes-api > S3 PutObject",
		"mes-api > files-storage",
		"mes-api publish status-changes",
		"mes-api process new-orders",
		"mes-api process status-changes",
	} {
		if !seen[want] {
			t.Errorf("the shop has no %s", want)
		}
	}
	for arrow := range seen {
		for _, bad := range []string{"shop-api > postgresql mes", "mes-api > postgresql shop", "crm-api > postgresql mes", "internet-shop > mes-api", "shop-api publish"} {
			if strings.HasPrefix(arrow, bad) {
				t.Errorf("the shop has %s, which is not on its map", arrow)
			}
		}
	}
}

func TestBothConsumerStylesOccur(t *testing.T) {
	child, linked := 0, 0
	for _, s := range allSpans() {
		if s.Kind.String() != "SPAN_KIND_CONSUMER" {
			continue
		}
		switch {
		case len(s.ParentSpanId) > 0 && len(s.Links) == 0:
			child++
		case len(s.ParentSpanId) == 0 && len(s.Links) == 1:
			linked++
		default:
			t.Errorf("consumer %s has parent %q and %d links", s.Name, s.parent(), len(s.Links))
		}
	}
	if child < 100 || linked < 100 {
		t.Errorf("%d consumers continue a trace, %d link to one; want many of both", child, linked)
	}
}

func TestSemanticConventions(t *testing.T) {
	type rule struct {
		name  string
		when  func(told) bool
		attrs string
	}
	for _, r := range []rule{
		{"HTTP server", func(s told) bool { return s.attrs["http.route"] != "" }, "http.request.method url.path url.scheme http.route http.response.status_code server.address"},
		{"HTTP client", func(s told) bool { return s.attrs["url.template"] != "" }, "http.request.method url.full server.address server.port"},
		{"database", func(s told) bool { return s.attrs["db.system.name"] != "" }, "db.query.text db.operation.name db.namespace db.collection.name db.query.summary server.address server.port"},
		{"messaging", func(s told) bool { return s.attrs["messaging.system"] != "" }, "messaging.destination.name messaging.operation.name messaging.operation.type messaging.rabbitmq.destination.routing_key messaging.message.id server.address"},
		{"consumer", func(s told) bool { return s.attrs["messaging.operation.type"] == "process" }, "messaging.rabbitmq.message.delivery_tag"},
		{"S3", func(s told) bool { return s.attrs["rpc.service"] == "S3" }, "rpc.system rpc.method aws.s3.bucket aws.s3.key http.request.method http.response.status_code server.address"},
	} {
		t.Run(r.name, func(t *testing.T) {
			n := 0
			for _, s := range allSpans() {
				if !r.when(s) {
					continue
				}
				n++
				for key := range strings.FieldsSeq(r.attrs) {
					if s.attrs[key] == "" {
						t.Fatalf("%s %s has no %s", s.service, s.Name, key)
					}
				}
			}
			if n < 100 {
				t.Errorf("only %d spans", n)
			}
		})
	}
}

func TestResourcesAreThoseOfTheirTechnology(t *testing.T) {
	want := map[string]string{
		"internet-shop": "telemetry.sdk.language=webjs browser.platform user_agent.original",
		"crm":           "telemetry.sdk.language=webjs browser.platform",
		"mes":           "telemetry.sdk.language=webjs browser.language",
		"gem-market":    "telemetry.sdk.language=python process.runtime.name",
		"shop-api":      "telemetry.sdk.language=java telemetry.distro.name=opentelemetry-java-instrumentation k8s.pod.name host.name service.instance.id",
		"crm-api":       "telemetry.sdk.language=java process.runtime.version",
		"mes-api":       "telemetry.sdk.language=dotnet process.runtime.name=.NET service.version",
		"files-storage": "telemetry.sdk.language=go",
	}
	checked := map[string]bool{}
	for _, s := range allSpans() {
		if checked[s.service] {
			continue
		}
		checked[s.service] = true
		for pair := range strings.FieldsSeq(want[s.service]) {
			key, value, exact := strings.Cut(pair, "=")
			if got := s.resource[key]; got == "" || exact && got != value {
				t.Errorf("%s has %s %q, want %q", s.service, key, got, value)
			}
		}
	}
	if len(checked) != len(want) {
		t.Errorf("services %v, want %d", checked, len(want))
	}
}

func TestExceptionsHaveTypeMessageAndStack(t *testing.T) {
	flavours := map[string]bool{}
	for _, s := range allSpans() {
		for _, e := range s.Events {
			if e.Name != "exception" {
				continue
			}
			a := texts(e.Attributes)
			if a["exception.type"] == "" || a["exception.message"] == "" || a["exception.stacktrace"] == "" {
				t.Fatalf("exception of %s lacks something: %v", s.Name, a)
			}
			flavours[s.service] = true
		}
	}
	for _, want := range []string{"shop-api", "crm-api", "mes-api", "mes", "gem-market"} {
		if !flavours[want] {
			t.Errorf("no exception in %s", want)
		}
	}
}
