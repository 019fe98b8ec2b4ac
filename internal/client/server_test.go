package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	jaeger "github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"traceview/internal/client/wire"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come at once; only a failure
// takes that long.
const patience = 20 * time.Second

// fakeV3 answers api_v3 and Capabilities by functions; what is nil is unimplemented.
type fakeV3 struct {
	trace        func(ctx context.Context, id string, send func(wire.Raw) error) error
	find         func(ctx context.Context, q wire.TraceQuery, send func(wire.Raw) error) error
	summaries    func(ctx context.Context, q wire.TraceQuery, send func(*wire.FindTraceSummariesResponse) error) error
	services     func(ctx context.Context) ([]string, error)
	operations   func(service string) []wire.Operation
	dependencies func(from, to time.Time) []wire.Dependency
	capabilities *wire.SearchCapabilities
}

var errMissing = status.Error(codes.Unimplemented, "method missing")

func (f *fakeV3) GetTrace(ctx context.Context, r *wire.GetTraceRequest, send func(wire.Raw) error) error {
	if f.trace == nil {
		return errMissing
	}
	if !r.RawTraces {
		return status.Error(codes.InvalidArgument, "the trace was not asked for as stored")
	}
	return f.trace(ctx, r.TraceID, send)
}

func (f *fakeV3) FindTraces(ctx context.Context, r *wire.FindTracesRequest, send func(wire.Raw) error) error {
	if f.find == nil {
		return errMissing
	}
	return f.find(ctx, r.Query, send)
}

func (f *fakeV3) FindTraceSummaries(ctx context.Context, r *wire.FindTraceSummariesRequest, send func(*wire.FindTraceSummariesResponse) error) error {
	if f.summaries == nil {
		return errMissing
	}
	return f.summaries(ctx, r.Query, send)
}

func (f *fakeV3) GetServices(ctx context.Context, _ *wire.GetServicesRequest) (*wire.GetServicesResponse, error) {
	if f.services == nil {
		return nil, errMissing
	}
	names, err := f.services(ctx)
	return &wire.GetServicesResponse{Services: names}, err
}

func (f *fakeV3) GetOperations(_ context.Context, r *wire.GetOperationsRequest) (*wire.GetOperationsResponse, error) {
	if f.operations == nil {
		return nil, errMissing
	}
	return &wire.GetOperationsResponse{Operations: f.operations(r.Service)}, nil
}

func (f *fakeV3) GetDependencies(_ context.Context, r *wire.GetDependenciesRequest) (*wire.DependenciesResponse, error) {
	if f.dependencies == nil {
		return nil, errMissing
	}
	return &wire.DependenciesResponse{Dependencies: f.dependencies(r.Start, r.End)}, nil
}

func (f *fakeV3) GetCapabilities(context.Context, *wire.GetCapabilitiesRequest) (*wire.GetCapabilitiesResponse, error) {
	if f.capabilities == nil {
		return nil, errMissing
	}
	return &wire.GetCapabilitiesResponse{Search: *f.capabilities}, nil
}

// fakeV2 is an api_v2 server holding spans in chunks.
type fakeV2 struct {
	api_v2.UnimplementedQueryServiceServer
	chunks []*api_v2.SpansResponseChunk
}

func (f *fakeV2) GetTrace(r *api_v2.GetTraceRequest, s api_v2.QueryService_GetTraceServer) error {
	if !r.RawTraces {
		return status.Error(codes.InvalidArgument, "the trace was not asked for as stored")
	}
	return f.send(s.Send)
}

func (f *fakeV2) FindTraces(r *api_v2.FindTracesRequest, s api_v2.QueryService_FindTracesServer) error {
	if r.Query.SearchDepth == 0 || r.Query.StartTimeMin.IsZero() {
		return status.Error(codes.InvalidArgument, "query is incomplete")
	}
	return f.send(s.Send)
}

func (f *fakeV2) send(send func(*api_v2.SpansResponseChunk) error) error {
	var errs error
	for _, c := range f.chunks {
		errs = errors.Join(errs, send(c))
	}
	return errs
}

func (f *fakeV2) GetServices(context.Context, *api_v2.GetServicesRequest) (*api_v2.GetServicesResponse, error) {
	return &api_v2.GetServicesResponse{Services: []string{"v2", "a", "a"}}, nil
}

func (f *fakeV2) GetOperations(_ context.Context, r *api_v2.GetOperationsRequest) (*api_v2.GetOperationsResponse, error) {
	if r.Service == "old" {
		return &api_v2.GetOperationsResponse{OperationNames: []string{"get"}}, nil
	}
	return &api_v2.GetOperationsResponse{OperationNames: []string{"get"}, Operations: []*api_v2.Operation{{Name: "get", SpanKind: "server"}}}, nil
}

func (f *fakeV2) GetDependencies(context.Context, *api_v2.GetDependenciesRequest) (*api_v2.GetDependenciesResponse, error) {
	return &api_v2.GetDependenciesResponse{Dependencies: []jaeger.DependencyLink{{Parent: "a", Child: "b", CallCount: 3, Source: "jaeger"}}}, nil
}

// serve runs a gRPC server on loopback with what is not nil.
func serve(t *testing.T, v3 *fakeV3, v2 *fakeV2, opts ...grpc.ServerOption) (addr string, s *grpc.Server) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s = newServer(v3, v2, opts...)
	go s.Serve(l)
	t.Cleanup(s.Stop)
	return l.Addr().String(), s
}

func newServer(v3 *fakeV3, v2 *fakeV2, opts ...grpc.ServerOption) *grpc.Server {
	s := grpc.NewServer(append(opts, grpc.ForceServerCodecV2(wire.Codec{}), grpc.MaxSendMsgSize(1<<30))...)
	if v3 != nil {
		wire.RegisterQueryServer(s, v3)
		wire.RegisterCapabilitiesServer(s, v3)
	}
	if v2 != nil {
		api_v2.RegisterQueryServiceServer(s, v2)
	}
	return s
}

// dial returns a client that does not pause between attempts.
func dial(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.pause = func(int, time.Duration) time.Duration { return 0 }
	t.Cleanup(func() { c.Close() })
	return c
}

func plain(addr string) Options { return Options{Endpoint: addr, Plaintext: true} }

// chain encodes spans from…to of a trace in which each is a child of the one
// before; the first failed and carries the order.
func chain(id model.TraceID, from, to int) wire.Raw {
	b := model.NewBuilder()
	str := func(k, v string) model.Attr { return b.StringAttr(b.InternString(k), []byte(v)) }
	res := b.Resource(&model.ResourceRecord{Attrs: []model.Attr{str("service.name", "shop-api")}})
	for i := from; i < to; i++ {
		r := model.SpanRecord{Trace: id, ID: model.SpanID(i + 1), Parent: model.SpanID(i), Resource: res, Name: b.InternString("step"),
			StartNano: 1_700_000_000_000_000_000 + uint64(i), EndNano: 1_700_000_001_000_000_000}
		if i == 0 {
			r.Name, r.Status = b.InternString("checkout"), model.StatusError
			r.Attrs = []model.Attr{model.IntAttr(b.InternString("order.id"), 10472)}
			r.Links = []model.LinkRecord{{Trace: model.TraceID{15: 99}, Span: 1}}
		}
		b.Add(&r)
	}
	var out []byte
	for _, t := range b.Build() {
		out = otlp.AppendProto(out, t)
	}
	return out
}

var traceOne = model.TraceID{0: 0x0a, 15: 0x01}

// certificates makes an authority and certificates signed by it.
type certificates struct {
	t    *testing.T
	ca   *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // the authority's certificate
}

func newCertificates(t *testing.T) *certificates {
	t.Helper()
	c := &certificates{t: t}
	var err error
	if c.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &c.key.PublicKey, c.key)
	if err != nil {
		t.Fatal(err)
	}
	if c.ca, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	c.file = c.write("ca.pem", "CERTIFICATE", der)
	return c
}

func (c *certificates) write(name, typ string, der []byte) string {
	path := filepath.Join(c.t.TempDir(), name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return path
}

// issue makes a certificate for 127.0.0.1, or for host, valid until then.
func (c *certificates) issue(host string, until time.Time) (cert tls.Certificate, certFile, keyFile string) {
	c.t.Helper()
	return c.issueFrom(host, time.Now().Add(-2*time.Hour), until)
}

func (c *certificates) issueFrom(host string, from, until time.Time) (cert tls.Certificate, certFile, keyFile string) {
	c.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: from, NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if ip := net.ParseIP(host); ip != nil {
		tmpl.IPAddresses = []net.IP{ip}
	} else {
		tmpl.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, c.ca, &key.PublicKey, c.key)
	if err != nil {
		c.t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		c.t.Fatal(err)
	}
	certFile, keyFile = c.write("cert.pem", "CERTIFICATE", der), c.write("key.pem", "PRIVATE KEY", keyDER)
	if cert, err = tls.LoadX509KeyPair(certFile, keyFile); err != nil {
		c.t.Fatal(err)
	}
	return cert, certFile, keyFile
}

// quiet drops what HTTP servers log about clients that hang up.
var quiet = log.New(io.Discard, "", 0)
