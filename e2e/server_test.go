//go:build e2e

package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A server is a running Jaeger; its addresses are HOST:PORT on loopback.
type server struct {
	*process
	query string // gRPC query API
	web   string // HTTP, the wrong port for gRPC
	otlp  string // gRPC collector
	http  string // collector over HTTP
}

// jaegerBinary builds the server once, or finds it in the cache.
var jaegerBinary = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("jaeger/build.sh")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
})

// startJaeger runs a Jaeger with testdata/<storage>.yaml until the end of the
// test, and returns when all its ports answer. Settings such as
// "extensions::jaeger_query::grpc::tls::cert_file: FILE" come on top.
func startJaeger(t *testing.T, storage string, settings ...string) *server {
	t.Helper()
	bin, err := jaegerBinary()
	if err != nil {
		t.Fatalf("build jaeger: %v", err)
	}
	config, err := filepath.Abs(filepath.Join("testdata", storage+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	// Between choosing a free port and using it another process may take it:
	// then Jaeger ends at once, and is started with others.
	for range 3 {
		ports := freePorts(t, 4)
		cmd := exec.Command(bin, "--config", config)
		for _, x := range settings {
			cmd.Args = append(cmd.Args, "--config", "yaml:"+x)
		}
		cmd.Env = append(os.Environ(),
			"E2E_GRPC_PORT="+ports[0], "E2E_HTTP_PORT="+ports[1], "E2E_OTLP_PORT="+ports[2], "E2E_OTLP_HTTP_PORT="+ports[3],
			"E2E_BADGER_DIR="+t.TempDir())
		s := &server{process: start(t, cmd), query: loopback(ports[0]), web: loopback(ports[1]), otlp: loopback(ports[2]), http: loopback(ports[3])}
		if s.ready() {
			return s
		}
		s.stop()
		t.Logf("jaeger with %s did not come up:\n%s", storage, s.output.String())
	}
	t.Fatal("jaeger did not come up in three attempts")
	return nil
}

// ready waits until every port accepts connections, for at most a minute, or
// until the server has ended.
func (s *server) ready() bool {
	all := []string{s.query, s.web, s.otlp, s.http}
	ok := until(time.Minute, 20*time.Millisecond, func() bool {
		for len(all) > 0 && answers(all[0]) {
			all = all[1:]
		}
		return len(all) == 0 || !s.running()
	})
	return ok && s.running()
}

func answers(addr string) bool {
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// freePorts returns n different free ports.
func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // after the last, so that all are different
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, port)
	}
	return ports
}

func loopback(port string) string { return net.JoinHostPort("127.0.0.1", port) }
