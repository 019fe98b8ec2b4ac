package demo

import (
	"context"
	"fmt"
	"net"

	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"google.golang.org/grpc"

	"traceview/internal/client/wire"
)

// A Quirk makes a server as limited as some that are met in the field.
type Quirk int

// The quirks a Server may have.
const (
	// NoV3 leaves out jaeger.api_v3, as Jaeger before 1.24 does.
	NoV3 Quirk = iota
	// NoV2 leaves out jaeger.api_v2.
	NoV2
	// NoSummaries leaves out FindTraceSummaries, as Jaeger before 2.19 does.
	NoSummaries
	// NoCapabilities leaves out the Capabilities services.
	NoCapabilities
	// RefuseEmptyService answers InvalidArgument to a search by attributes or
	// operation without a service, as with Badger storage.
	RefuseEmptyService
	// IgnoreAttributes searches as if no attributes were asked for, as some
	// versions of the HTTP API do.
	IgnoreAttributes
	// EmptyNotFound ends the stream without a trace and without an error when a
	// trace is unknown, as api_v3 did before August 2026.
	EmptyNotFound
)

// A Server answers Jaeger's query API from a Shop: jaeger.api_v3,
// jaeger.api_v2 and Capabilities, in plaintext. It searches as Jaeger's
// in-memory storage does: one span must meet all of the query, attributes are
// compared as text, and the newest traces come first.
type Server struct {
	listener net.Listener
	grpc     *grpc.Server
	done     chan struct{}
	release  func() bool
}

// Serve starts a server on addr, "127.0.0.1:0" if that is empty. It ends with
// Stop or with ctx.
func Serve(ctx context.Context, shop *Shop, addr string, quirks ...Quirk) (*Server, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("serve demo on %s: %w", addr, err)
	}
	s := &Server{
		listener: l,
		grpc:     grpc.NewServer(grpc.ForceServerCodecV2(wire.Codec{})),
		done:     make(chan struct{}),
	}
	register(s.grpc, shop, quirks)
	go func() {
		defer close(s.done)
		_ = s.grpc.Serve(l) // ends with Stop; a failed accept ends it as well and is seen by the clients
	}()
	s.release = context.AfterFunc(ctx, s.grpc.Stop)
	return s, nil
}

// Addr returns the address the server listens on, as HOST:PORT.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Stop ends the server and the calls it is answering, and waits for that.
func (s *Server) Stop() {
	s.release()
	s.grpc.Stop()
	<-s.done
}

// Wait returns when the server has ended.
func (s *Server) Wait() { <-s.done }

func register(to *grpc.Server, shop *Shop, quirks []Quirk) {
	q := quirkSet{}
	for _, k := range quirks {
		q[k] = true
	}
	if !q[NoV3] {
		wire.RegisterQueryServer(to, queryV3{shop, q})
	}
	if !q[NoV2] {
		api_v2.RegisterQueryServiceServer(to, &queryV2{shop: shop, quirks: q})
	}
	if !q[NoCapabilities] {
		wire.RegisterCapabilitiesServer(to, capabilities{q})
		wire.RegisterCapabilitiesServer(renamed{to, "jaeger.api_v3.Capabilities"}, capabilities{q})
	}
}

// renamed registers a service under another name: Capabilities is the same
// message for message in Jaeger's query and storage APIs.
type renamed struct {
	grpc.ServiceRegistrar
	name string
}

func (r renamed) RegisterService(d *grpc.ServiceDesc, impl any) {
	copied := *d
	copied.ServiceName = r.name
	r.ServiceRegistrar.RegisterService(&copied, impl)
}

type quirkSet map[Quirk]bool

type capabilities struct{ quirks quirkSet }

// GetCapabilities implements wire.CapabilitiesServer.
func (c capabilities) GetCapabilities(context.Context, *wire.GetCapabilitiesRequest) (*wire.GetCapabilitiesResponse, error) {
	return &wire.GetCapabilitiesResponse{Search: wire.SearchCapabilities{
		WithoutServiceName:  !c.quirks[RefuseEmptyService],
		SameSpanConjunction: true,
	}}, nil
}
