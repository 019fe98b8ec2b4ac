//go:build e2e

package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"

	"traceview/internal/client"
	"traceview/internal/demo"
)

// deploy is the folder with the configuration of the shop's tracing stack.
const deploy = "../deploy"

// collectorBinary tests and builds the collector once, or finds it in the cache.
var collectorBinary = sync.OnceValues(func() (string, error) {
	cmd := exec.Command(deploy + "/collector/build.sh")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
})

// A stack is the shop's tracing stack as deploy/ configures it, on loopback: a
// collector behind TLS that asks for a token, and a Jaeger with Badger that asks
// for a certificate. Its parts can be killed and started again.
type stack struct {
	t         *testing.T
	dir, etc  string // of all files; of certificates, tokens and people
	token     string
	env       []string
	grpc      string // OTLP to the collector
	http      string
	metrics   string // of the collector
	query     string // gRPC query API of Jaeger
	web       string
	otlp      string // OTLP to Jaeger
	collector *process
	jaeger    *process
}

// startStack runs a stack until the end of the test. Settings are of the
// environment and come on top.
func startStack(t *testing.T, settings ...string) *stack {
	t.Helper()
	need(t, "openssl")
	s := &stack{t: t, dir: t.TempDir(), token: "sender-token-7c41"}
	s.etc = filepath.Join(s.dir, "etc")
	run(t, nil, deploy+"/certificates.sh", filepath.Join(s.etc, "certs"))
	s.write("etc/tokens", "another-token-55aa\n"+s.token)
	ports := freePorts(t, 9)
	s.grpc, s.http, s.query, s.web = loopback(ports[0]), loopback(ports[1]), loopback(ports[2]), loopback(ports[3])
	s.metrics, s.otlp = loopback(ports[5]), loopback(ports[6])
	s.env = append(os.Environ(), "TRACING_CONFIG="+s.etc, "LOG_LEVEL=warn",
		"COLLECTOR_DATA="+filepath.Join(s.dir, "collector"), "COLLECTOR_GRPC="+s.grpc, "COLLECTOR_HTTP="+s.http,
		"COLLECTOR_HEALTH="+loopback(ports[4]), "COLLECTOR_METRICS_PORT="+ports[5],
		"JAEGER_DATA="+filepath.Join(s.dir, "jaeger"), "JAEGER_QUERY_GRPC="+s.query, "JAEGER_QUERY_HTTP="+s.web,
		"JAEGER_OTLP="+s.otlp, "JAEGER_HEALTH="+loopback(ports[7]), "JAEGER_METRICS_PORT="+ports[8],
		"SAMPLING_WAIT=1s")
	s.env = append(s.env, settings...)
	s.startJaeger()
	s.startCollector()
	return s
}

func (s *stack) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stack) startJaeger() {
	s.t.Helper()
	bin, err := jaegerBinary()
	if err != nil {
		s.t.Fatalf("build jaeger: %v", err)
	}
	s.jaeger = s.part(s.query, bin, "--config", deploy+"/jaeger/jaeger.yaml", "--config", deploy+"/jaeger/badger.yaml")
}

func (s *stack) startCollector() {
	s.t.Helper()
	bin, err := collectorBinary()
	if err != nil {
		s.t.Fatalf("build collector: %v", err)
	}
	s.collector = s.part(s.grpc, bin, "--config", deploy+"/collector/collector.yaml")
}

// part starts a part of the stack and returns when it listens at addr.
func (s *stack) part(addr, bin string, args ...string) *process {
	s.t.Helper()
	cmd := exec.Command(bin, args...)
	cmd.Env = s.env
	p := start(s.t, cmd)
	if !until(time.Minute, 20*time.Millisecond, func() bool { return answers(addr) || !p.running() }) || !p.running() {
		s.t.Fatalf("%s did not come up:\n%s", bin, p.output.String())
	}
	return p
}

// cert is the path of a file among the certificates.
func (s *stack) cert(name string) string { return filepath.Join(s.etc, "certs", name) }

// trusting trusts the authority of the stack.
func (s *stack) trusting() *tls.Config {
	s.t.Helper()
	pem, err := os.ReadFile(s.cert("ca.pem"))
	if err != nil {
		s.t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// sender sends what the demo makes, as often as it takes to be acknowledged.
func (s *stack) sender() *demo.Sender {
	s.t.Helper()
	to, err := demo.Dial(demo.Target{Endpoint: s.grpc, TLS: s.trusting(), Token: s.token})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = to.Close() })
	return to
}

// export sends spans in the generated types, once.
func (s *stack) export(ctx context.Context, token string, spans ...*tracev1.ResourceSpans) error {
	conn, err := grpc.NewClient(s.grpc, grpc.WithTransportCredentials(credentials.NewTLS(s.trusting())))
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	_, err = collector.NewTraceServiceClient(conn).Export(ctx, &collector.ExportTraceServiceRequest{ResourceSpans: spans})
	return err
}

// asProxy are the flags that reach Jaeger as the reverse proxy does.
func (s *stack) asProxy() []string {
	return []string{"--endpoint", s.query, "--ca", s.cert("ca.pem"), "--cert", s.cert("proxy.pem"), "--key", s.cert("proxy.key")}
}

// client asks Jaeger as the reverse proxy does.
func (s *stack) client() *client.Client {
	s.t.Helper()
	c, err := client.New(client.Options{Endpoint: s.query, CAFile: s.cert("ca.pem"), CertFile: s.cert("proxy.pem"), KeyFile: s.cert("proxy.key")})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	return c
}

// startProxy runs nginx with the configuration of deploy/, but for folders and
// ports, and returns where people and where browsers come in.
func (s *stack) startProxy() (people, browsers string) {
	s.t.Helper()
	need(s.t, "nginx", "openssl")
	ports := freePorts(s.t, 2)
	people, browsers = loopback(ports[0]), loopback(ports[1])
	here := strings.NewReplacer("/etc/tracing", s.etc, "/var/log/nginx", s.dir, "listen 443", "listen "+people, "listen 4319", "listen "+browsers,
		"127.0.0.1:16685", s.query, "127.0.0.1:16686", s.web, "127.0.0.1:4318", s.http)
	includes := ""
	for _, name := range []string{"tracing.conf", "browsers.conf"} {
		text, err := os.ReadFile(filepath.Join(deploy, "nginx", name))
		if err != nil {
			s.t.Fatal(err)
		}
		s.write("nginx/"+name, here.Replace(string(text)))
		includes += "include " + filepath.Join(s.dir, "nginx", name) + ";\n"
	}
	groups, err := os.ReadFile(filepath.Join(deploy, "nginx", "groups.map"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("etc/groups.map", string(groups))
	hash := strings.TrimSpace(run(s.t, nil, "openssl", "passwd", "-apr1", passwordOfPeople))
	s.write("etc/people", "olga:"+hash+"\npavel:"+hash+"\nanna:"+hash+"\n") // anna is in no group
	s.write("etc/browsers-token.conf", `proxy_set_header Authorization "Bearer `+s.token+`";`)
	dir := filepath.Join(s.dir, "nginx")
	s.write("nginx/nginx.conf", strings.ReplaceAll(`daemon off; master_process off; pid DIR/pid; error_log stderr warn;
		events {}
		http {
			client_body_temp_path DIR/a; proxy_temp_path DIR/b; fastcgi_temp_path DIR/c; uwsgi_temp_path DIR/d; scgi_temp_path DIR/e;
			`+includes+`
		}`, "DIR", dir))
	args := []string{"-c", filepath.Join(dir, "nginx.conf"), "-p", dir, "-e", "stderr"}
	run(s.t, nil, "nginx", append(args, "-t")...)
	s.part(people, "nginx", args...)
	return people, browsers
}

const passwordOfPeople = "planted-password-30e7"
