package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"reflect"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
)

// echoServer answers with what it was asked.
type echoServer struct{}

func (echoServer) GetTrace(_ context.Context, req *GetTraceRequest, send func(Raw) error) error {
	return errors.Join(send(Raw("one "+req.TraceID)), send(Raw("two")))
}

func (echoServer) FindTraces(_ context.Context, req *FindTracesRequest, send func(Raw) error) error {
	return send(Raw(req.Query.Service))
}

func (echoServer) FindTraceSummaries(_ context.Context, req *FindTraceSummariesRequest, send func(*FindTraceSummariesResponse) error) error {
	return send(&FindTraceSummariesResponse{Summaries: []TraceSummary{{TraceID: req.Query.Service}}})
}

func (echoServer) GetServices(context.Context, *GetServicesRequest) (*GetServicesResponse, error) {
	return &GetServicesResponse{[]string{"shop"}}, nil
}

func (echoServer) GetOperations(_ context.Context, req *GetOperationsRequest) (*GetOperationsResponse, error) {
	return &GetOperationsResponse{[]Operation{{req.Service, req.SpanKind}}}, nil
}

func (echoServer) GetDependencies(context.Context, *GetDependenciesRequest) (*DependenciesResponse, error) {
	return nil, status.Error(codes.Unimplemented, "no dependencies here")
}

func (echoServer) GetCapabilities(context.Context, *GetCapabilitiesRequest) (*GetCapabilitiesResponse, error) {
	return &GetCapabilitiesResponse{SearchCapabilities{WithoutServiceName: true}}, nil
}

func dialEcho(t *testing.T, opts ...grpc.ServerOption) *grpc.ClientConn {
	t.Helper()
	l := bufconn.Listen(1 << 16)
	s := grpc.NewServer(append(opts, grpc.ForceServerCodecV2(Codec{}))...)
	RegisterQueryServer(s, echoServer{})
	RegisterCapabilitiesServer(s, echoServer{})
	go s.Serve(l)
	conn, err := grpc.NewClient("passthrough:///echo",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(Codec{})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); s.Stop() })
	return conn
}

func TestServeUnary(t *testing.T) {
	var intercepted string
	conn := dialEcho(t, grpc.UnaryInterceptor(func(ctx context.Context, req any, info *grpc.UnaryServerInfo, h grpc.UnaryHandler) (any, error) {
		intercepted = info.FullMethod
		return h(ctx, req)
	}))
	tests := []struct {
		method          string
		req, resp, want Message
		code            codes.Code
	}{
		{GetServices, &GetServicesRequest{}, &GetServicesResponse{}, &GetServicesResponse{[]string{"shop"}}, codes.OK},
		{GetOperations, &GetOperationsRequest{"crm", "client"}, &GetOperationsResponse{}, &GetOperationsResponse{[]Operation{{"crm", "client"}}}, codes.OK},
		{GetDependencies, &GetDependenciesRequest{}, &DependenciesResponse{}, &DependenciesResponse{}, codes.Unimplemented},
		{GetCapabilities, &GetCapabilitiesRequest{}, &GetCapabilitiesResponse{}, &GetCapabilitiesResponse{SearchCapabilities{WithoutServiceName: true}}, codes.OK},
	}
	for _, tt := range tests {
		t.Run(tt.method, func(t *testing.T) {
			err := conn.Invoke(t.Context(), tt.method, tt.req, tt.resp)
			if got := status.Code(err); got != tt.code {
				t.Fatalf("got %v, want %v", err, tt.code)
			}
			if !reflect.DeepEqual(tt.resp, tt.want) {
				t.Errorf("got %+v, want %+v", tt.resp, tt.want)
			}
			if intercepted != tt.method {
				t.Errorf("interceptor saw %q, want %q", intercepted, tt.method)
			}
		})
	}
}

func TestServeStreams(t *testing.T) {
	conn := dialEcho(t)
	tests := []struct {
		method string
		req    Message
		want   []string
	}{
		{GetTrace, &GetTraceRequest{TraceID: "7"}, []string{"one 7", "two"}},
		{FindTraces, &FindTracesRequest{TraceQuery{Service: "shop"}}, []string{"shop"}},
		{FindTraceSummaries, &FindTraceSummariesRequest{TraceQuery{Service: "s"}}, []string{"\n\x03\n\x01s"}},
	}
	for _, tt := range tests {
		t.Run(tt.method, func(t *testing.T) {
			s, err := conn.NewStream(t.Context(), &grpc.StreamDesc{ServerStreams: true}, tt.method)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.SendMsg(tt.req), s.CloseSend()); err != nil {
				t.Fatal(err)
			}
			var got []string
			for {
				var r Raw
				if err = s.RecvMsg(&r); err != nil {
					break
				}
				got = append(got, string(r))
			}
			if err != io.EOF || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}
