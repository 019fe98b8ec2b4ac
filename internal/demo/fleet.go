package demo

import (
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// A role is what a span is about; it decides which instrumentation library
// made the span.
type role int

const (
	roleServer role = iota
	roleClient
	roleDB
	roleStorage
	roleMessaging
	roleApp // the service's own code
	roleCount
)

// A library is an instrumentation scope.
type library struct{ name, version string }

// A service is one system of the shop that sends spans.
type service struct {
	name      string
	libraries [roleCount]library
	host      string // the address other systems call it by
	port      int
	orderKey  string // the attribute that names the order, "" if it has none
	baggage   bool   // copies the order from the baggage to all its spans, not only to entries
	numeric   bool   // writes plain order numbers as integers
}

// An instance is one running process, or one browser, of a service.
type instance struct {
	*service
	index    int
	resource *resource.Resource
	agent    string        // User-Agent of a browser or program
	skew     time.Duration // how far the host's clock is off
	silent   bool          // its spans are made and passed on but never arrive
}

func sameLibrary(name, version string) (l [roleCount]library) {
	for i := range l {
		l[i] = library{name, version}
	}
	return l
}

func javaLibraries(app string) [roleCount]library {
	const agent = "2.11.0-alpha"
	return [roleCount]library{
		roleServer:    {"io.opentelemetry.tomcat-10.0", agent},
		roleClient:    {"io.opentelemetry.java-http-client", agent},
		roleDB:        {"io.opentelemetry.jdbc", agent},
		roleStorage:   {"io.opentelemetry.aws-sdk-2.2", agent},
		roleMessaging: {"io.opentelemetry.rabbitmq-2.7", agent},
		roleApp:       {app, "4.18.2"},
	}
}

func webLibraries(app, version string) [roleCount]library {
	l := sameLibrary(app, version)
	l[roleClient] = library{"@opentelemetry/instrumentation-fetch", "0.203.0"}
	return l
}

var (
	internetShop = &service{name: "internet-shop", orderKey: "order.id", libraries: webLibraries("shop-frontend", "7.3.0")}
	crm          = &service{name: "crm", orderKey: "orderId", libraries: webLibraries("crm-frontend", "3.12.1")}
	mes          = &service{name: "mes", orderKey: "order.id", libraries: webLibraries("mes-frontend", "5.0.4")}
	partner      = &service{name: "gem-market", orderKey: "order_id", libraries: sameLibrary("opentelemetry.instrumentation.requests", "0.57b0")}
	shopAPI      = &service{name: "shop-api", host: "shop-api.jewellery.svc", port: 8080, orderKey: "order.id", libraries: javaLibraries("com.jewellery.shop")}
	crmAPI       = &service{name: "crm-api", host: "crm-api.jewellery.svc", port: 8080, orderKey: "order.id", baggage: true, libraries: javaLibraries("com.jewellery.crm")}
	mesAPI       = &service{name: "mes-api", host: "mes-api.jewellery.svc", port: 5000, orderKey: "order_id", numeric: true, libraries: [roleCount]library{
		roleServer:    {"Microsoft.AspNetCore", "8.0.8"},
		roleClient:    {"System.Net.Http", "8.0.8"},
		roleDB:        {"Npgsql", "8.0.4"},
		roleStorage:   {"Amazon.AWS.S3", "3.7.405"},
		roleMessaging: {"RabbitMQ.Client", "7.0.0"},
		roleApp:       {"Jewellery.Mes", "12.4.0"},
	}}
	filesStorage = &service{name: "files-storage", host: "files-storage.jewellery.svc", port: 9000, libraries: sameLibrary("github.com/minio/minio", "2025-09-07")}
)

// fleet is every process of the shop, the same for all seeds. wrongClock and
// darkPod are the two that make trouble by being what they are.
var (
	shoppers   = browsers(internetShop, "7.3.0", 6)
	sellers    = browsers(crm, "3.12.1", 4)
	operators  = browsers(mes, "5.0.4", 5)
	partners   = []*instance{partnerProgram("sync-1"), partnerProgram("sync-2")}
	shopAPIs   = pods(shopAPI, 2, javaPod)
	crmAPIs    = pods(crmAPI, 2, javaPod)
	mesAPIs    = pods(mesAPI, 2, dotnetPod)
	storages   = pods(filesStorage, 2, goPod)
	wrongClock = pods(mesAPI, 3, dotnetPod)[2]
	darkPod    = pods(crmAPI, 3, javaPod)[2]

	fleet = numbered(shoppers, sellers, operators, partners, shopAPIs, crmAPIs, mesAPIs, storages, []*instance{wrongClock, darkPod})
)

// clockError is how far the clock of the pod wrongClock is behind.
const clockError = 47 * time.Second

// numbered lists all instances and gives each its place in the list.
func numbered(groups ...[]*instance) []*instance {
	wrongClock.skew = -clockError
	darkPod.silent = true
	partners[1].silent = true
	var all []*instance
	for _, g := range groups {
		for _, i := range g {
			i.index = len(all)
			all = append(all, i)
		}
	}
	return all
}

type client struct {
	brands   []string
	platform string
	mobile   bool
	language string
	agent    string
}

var clients = []client{
	{[]string{"Chromium 141", "Google Chrome 141"}, "Windows", false, "ru-RU", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"},
	{nil, "iPhone", true, "en-GB", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"},
	{[]string{"Chromium 141", "YaBrowser 25.8"}, "Windows", false, "ru-RU", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 YaBrowser/25.8.0.0 Safari/537.36"},
	{nil, "Linux x86_64", false, "de-DE", "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"},
	{[]string{"Chromium 141", "Google Chrome 141"}, "Android", true, "ru-RU", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"},
	{nil, "MacIntel", false, "en-US", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15"},
}

// browsers returns n browsers that run a web application.
func browsers(s *service, version string, n int) []*instance {
	list := make([]*instance, n)
	for i := range list {
		c := clients[i%len(clients)]
		attrs := []attribute.KeyValue{
			semconv.ServiceName(s.name), semconv.ServiceVersion(version),
			semconv.DeploymentEnvironmentNameProduction,
			semconv.TelemetrySDKName("opentelemetry"), semconv.TelemetrySDKLanguageWebJS, semconv.TelemetrySDKVersion("2.1.0"),
			semconv.BrowserPlatform(c.platform), semconv.BrowserMobile(c.mobile), semconv.BrowserLanguage(c.language),
			semconv.UserAgentOriginal(c.agent),
		}
		if c.brands != nil {
			attrs = append(attrs, semconv.BrowserBrands(c.brands...))
		}
		list[i] = &instance{service: s, resource: resource.NewWithAttributes(semconv.SchemaURL, attrs...), agent: c.agent}
	}
	return list
}

// partnerProgram returns a program outside the company. The second one hands
// its trace on but keeps its spans to itself, as outside programs mostly do.
func partnerProgram(host string) *instance {
	return &instance{service: partner, agent: "python-requests/2.32.5", resource: resource.NewWithAttributes(semconv.SchemaURL,
		semconv.ServiceName(partner.name), semconv.ServiceVersion("1.9.0"), semconv.ServiceInstanceID("gem-market-"+host),
		semconv.TelemetrySDKName("opentelemetry"), semconv.TelemetrySDKLanguagePython, semconv.TelemetrySDKVersion("1.36.0"),
		semconv.ProcessRuntimeName("cpython"), semconv.ProcessRuntimeVersion("3.12.7"), semconv.HostName(host+".gem-market.example"),
	)}
}

// pods returns n processes of a service in the cluster, one a host.
func pods(s *service, n int, runtime func(i int) []attribute.KeyValue) []*instance {
	list := make([]*instance, n)
	for i := range list {
		// Pod names are fixed text so that the same process has the same name whatever the seed.
		pod := fmt.Sprintf("%s-6f9c7d4b8-%s", s.name, []string{"x2lqv", "p8w4k", "tz6hn"}[i])
		attrs := append([]attribute.KeyValue{
			semconv.ServiceName(s.name), semconv.ServiceNamespace("jewellery"), semconv.ServiceInstanceID(pod),
			semconv.DeploymentEnvironmentNameProduction,
			semconv.HostName(fmt.Sprintf("node-%d", i+1)), semconv.HostArchAMD64, semconv.OSTypeLinux,
			semconv.K8SPodName(pod), semconv.K8SNamespaceName("jewellery"), semconv.K8SDeploymentName(s.name),
		}, runtime(i)...)
		list[i] = &instance{service: s, resource: resource.NewWithAttributes(semconv.SchemaURL, attrs...)}
	}
	return list
}

func javaPod(i int) []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.ServiceVersion("4.18.2"), semconv.ProcessPID(7),
		semconv.ProcessRuntimeName("OpenJDK Runtime Environment"), semconv.ProcessRuntimeVersion("21.0.8+9-LTS"),
		semconv.TelemetrySDKName("opentelemetry"), semconv.TelemetrySDKLanguageJava, semconv.TelemetrySDKVersion("1.45.0"),
		semconv.TelemetryDistroName("opentelemetry-java-instrumentation"), semconv.TelemetryDistroVersion("2.11.0"),
		semconv.ContainerID(fmt.Sprintf("9c1e4b7a20d%d53f6", i)),
	}
}

func dotnetPod(i int) []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.ServiceVersion("12.4.0"), semconv.ProcessPID(1),
		semconv.ProcessRuntimeName(".NET"), semconv.ProcessRuntimeVersion("8.0.8"),
		semconv.TelemetrySDKName("opentelemetry"), semconv.TelemetrySDKLanguageDotnet, semconv.TelemetrySDKVersion("1.12.0"),
		semconv.ContainerID(fmt.Sprintf("27d08fe51b3%d94ac", i)),
	}
}

func goPod(i int) []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.ServiceVersion("2025-09-07"), semconv.ProcessPID(1),
		semconv.ProcessRuntimeName("go"), semconv.ProcessRuntimeVersion("go1.24.6"),
		semconv.TelemetrySDKName("opentelemetry"), semconv.TelemetrySDKLanguageGo, semconv.TelemetrySDKVersion("1.37.0"),
		semconv.ContainerID(fmt.Sprintf("e4430c9d86a%d71be", i)),
	}
}
