package otlp

import (
	"fmt"
	"io"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// A Fault is what a gateway to gRPC sends in place of what is missing, as
// {"error":{"code":5,"message":"…"}}, also behind spans.
type Fault struct {
	HTTP    int // status, 0 if it does not say
	GRPC    int // status, 0 if it does not say
	Message string
}

// Error returns the message.
func (f *Fault) Error() string {
	return fmt.Sprintf("the server reports an error (%d, %d): %s", f.HTTP, f.GRPC, f.Message)
}

// StreamJSON decodes what DecodeJSON does as it arrives from a server. next is
// called before each ResourceSpans and returns the builder its spans go into;
// an error of it ends reading and is returned. So is a *Fault. A single value of
// more than jsonpull.MaxValue bytes wraps ErrTooLarge.
func StreamJSON(r io.Reader, next func() (*model.Builder, error)) error {
	p := jsonpull.New(r)
	b, err := next()
	if err != nil {
		return err
	}
	d := jsonDecoder{scratch: scratch{b: b}, p: p, values: NewValueReader(p, b), next: next}
	return d.documents()
}

// begin chooses the builder of the ResourceSpans at hand; false if reading ends
// here.
func (d *jsonDecoder) begin() bool {
	if d.next == nil {
		return true
	}
	b, err := d.next()
	if err != nil {
		d.halt(err)
		return false
	}
	if b != d.b {
		d.scratch, d.values = scratch{b: b}, NewValueReader(d.p, b)
	}
	return true
}

// halt ends reading: the parser has nothing more to give.
func (d *jsonDecoder) halt(err error) {
	d.stop = err
	d.p.Fail("stopped")
}

// fault reads the error of a gateway; a file that has one is read on.
func (d *jsonDecoder) fault() {
	if d.next == nil || d.p.Next() != jsonpull.Object {
		d.p.Skip()
		return
	}
	var f Fault
	d.object(func(key []byte) {
		switch string(key) {
		case "httpCode", "http_code":
			f.HTTP = int(d.uint32())
		case "grpcCode", "grpc_code", "code":
			f.GRPC = int(d.uint32())
		case "message":
			f.Message = string(d.p.Text())
		default:
			d.p.Skip()
		}
	})
	if d.p.Err() == nil {
		d.halt(&f)
	}
}
