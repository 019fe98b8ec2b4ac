package wire

import (
	"context"

	"google.golang.org/grpc"
)

// The services of the query API, by their full names.
const (
	QueryServiceV3      = "jaeger.api_v3.QueryService"
	QueryServiceV2      = "jaeger.api_v2.QueryService"
	CapabilitiesService = "jaeger.storage.v2.Capabilities"
)

// The methods of the query API as gRPC calls them.
const (
	GetTrace           = "/" + QueryServiceV3 + "/GetTrace"
	FindTraces         = "/" + QueryServiceV3 + "/FindTraces"
	FindTraceSummaries = "/" + QueryServiceV3 + "/FindTraceSummaries"
	GetServices        = "/" + QueryServiceV3 + "/GetServices"
	GetOperations      = "/" + QueryServiceV3 + "/GetOperations"
	GetDependencies    = "/" + QueryServiceV3 + "/GetDependencies"

	GetTraceV2        = "/" + QueryServiceV2 + "/GetTrace"
	FindTracesV2      = "/" + QueryServiceV2 + "/FindTraces"
	GetServicesV2     = "/" + QueryServiceV2 + "/GetServices"
	GetOperationsV2   = "/" + QueryServiceV2 + "/GetOperations"
	GetDependenciesV2 = "/" + QueryServiceV2 + "/GetDependencies"

	GetCapabilities = "/" + CapabilitiesService + "/GetCapabilities"
)

// A QueryServer answers jaeger.api_v3. Streaming methods call send once a
// message, from one goroutine; a Raw given to send is TracesData in OTLP
// protobuf and must not be written to again. Errors are gRPC statuses; what a
// server lacks it answers with codes.Unimplemented.
type QueryServer interface {
	GetTrace(ctx context.Context, req *GetTraceRequest, send func(Raw) error) error
	FindTraces(ctx context.Context, req *FindTracesRequest, send func(Raw) error) error
	FindTraceSummaries(ctx context.Context, req *FindTraceSummariesRequest,
		send func(*FindTraceSummariesResponse) error) error
	GetServices(ctx context.Context, req *GetServicesRequest) (*GetServicesResponse, error)
	GetOperations(ctx context.Context, req *GetOperationsRequest) (*GetOperationsResponse, error)
	GetDependencies(ctx context.Context, req *GetDependenciesRequest) (*DependenciesResponse, error)
}

// A CapabilitiesServer answers jaeger.storage.v2.Capabilities.
type CapabilitiesServer interface {
	GetCapabilities(ctx context.Context, req *GetCapabilitiesRequest) (*GetCapabilitiesResponse, error)
}

// RegisterQueryServer adds jaeger.api_v3 to a server made with
// grpc.ForceServerCodecV2(Codec{}).
func RegisterQueryServer(r grpc.ServiceRegistrar, s QueryServer) {
	r.RegisterService(&grpc.ServiceDesc{
		ServiceName: QueryServiceV3,
		HandlerType: (*QueryServer)(nil),
		Metadata:    "query_service.proto",
		Methods: []grpc.MethodDesc{
			unary("GetServices", GetServices, QueryServer.GetServices),
			unary("GetOperations", GetOperations, QueryServer.GetOperations),
			unary("GetDependencies", GetDependencies, QueryServer.GetDependencies),
		},
		Streams: []grpc.StreamDesc{
			stream("GetTrace", QueryServer.GetTrace),
			stream("FindTraces", QueryServer.FindTraces),
			stream("FindTraceSummaries", QueryServer.FindTraceSummaries),
		},
	}, s)
}

// RegisterCapabilitiesServer adds jaeger.storage.v2.Capabilities to a server
// made with grpc.ForceServerCodecV2(Codec{}).
func RegisterCapabilitiesServer(r grpc.ServiceRegistrar, s CapabilitiesServer) {
	r.RegisterService(&grpc.ServiceDesc{
		ServiceName: CapabilitiesService,
		HandlerType: (*CapabilitiesServer)(nil),
		Metadata:    "capabilities.proto",
		Methods: []grpc.MethodDesc{
			unary("GetCapabilities", GetCapabilities, CapabilitiesServer.GetCapabilities),
		},
	}, s)
}

func unary[S, Req, Resp any](name, full string, call func(S, context.Context, *Req) (*Resp, error)) grpc.MethodDesc {
	return grpc.MethodDesc{
		MethodName: name,
		Handler: func(srv any, ctx context.Context, decode func(any) error, ic grpc.UnaryServerInterceptor) (any, error) {
			req := new(Req)
			if err := decode(req); err != nil {
				return nil, err
			}
			handle := func(ctx context.Context, req any) (any, error) { return call(srv.(S), ctx, req.(*Req)) }
			if ic == nil {
				return handle(ctx, req)
			}
			return ic(ctx, req, &grpc.UnaryServerInfo{Server: srv, FullMethod: full}, handle)
		},
	}
}

func stream[S, Req, Resp any](name string, call func(S, context.Context, *Req, func(Resp) error) error) grpc.StreamDesc {
	return grpc.StreamDesc{
		StreamName:    name,
		ServerStreams: true,
		Handler: func(srv any, ss grpc.ServerStream) error {
			req := new(Req)
			if err := ss.RecvMsg(req); err != nil {
				return err
			}
			return call(srv.(S), ss.Context(), req, func(m Resp) error { return ss.SendMsg(m) })
		},
	}
}
