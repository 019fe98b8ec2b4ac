package wire

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// GetTraceRequest asks for one trace. Zero times are left out.
type GetTraceRequest struct {
	TraceID   string // hexadecimal
	Start     time.Time
	End       time.Time
	RawTraces bool // as stored, without the server's adjustments
}

// Marshal encodes the message.
func (m *GetTraceRequest) Marshal() ([]byte, error) {
	b := appendString(nil, 1, m.TraceID)
	b = appendTime(b, 2, m.Start)
	b = appendTime(b, 3, m.End)
	return appendBool(b, 4, m.RawTraces), nil
}

// Unmarshal decodes the message.
func (m *GetTraceRequest) Unmarshal(b []byte) error {
	*m = GetTraceRequest{}
	return eachField(b, func(f Field) (err error) {
		switch {
		case f.Is(1, protowire.BytesType):
			m.TraceID = string(f.Bytes)
		case f.Is(2, protowire.BytesType):
			m.Start, err = parseTime(f.Bytes)
		case f.Is(3, protowire.BytesType):
			m.End, err = parseTime(f.Bytes)
		case f.Is(4, protowire.VarintType):
			m.RawTraces = protowire.DecodeBool(f.Bits)
		}
		return err
	})
}

// TraceQuery is TraceQueryParameters: a trace matches if one of its spans
// matches all that is set here. Servers require both times.
type TraceQuery struct {
	Service     string
	Operation   string
	Attributes  map[string]string // of the span or its resource
	StartMin    time.Time         // inclusive
	StartMax    time.Time         // exclusive
	DurationMin time.Duration
	DurationMax time.Duration
	SearchDepth int32
	RawTraces   bool
}

func (q *TraceQuery) marshal() []byte {
	b := appendString(nil, 1, q.Service)
	b = appendString(b, 2, q.Operation)
	b = appendMap(b, 3, q.Attributes)
	b = appendTime(b, 4, q.StartMin)
	b = appendTime(b, 5, q.StartMax)
	b = appendDuration(b, 6, q.DurationMin)
	b = appendDuration(b, 7, q.DurationMax)
	b = appendInt32(b, 8, q.SearchDepth)
	return appendBool(b, 9, q.RawTraces)
}

func (q *TraceQuery) unmarshal(b []byte) error {
	return eachField(b, func(f Field) (err error) {
		switch {
		case f.Is(1, protowire.BytesType):
			q.Service = string(f.Bytes)
		case f.Is(2, protowire.BytesType):
			q.Operation = string(f.Bytes)
		case f.Is(3, protowire.BytesType):
			var k, v string
			if k, v, err = stringPair(f.Bytes); err == nil {
				if q.Attributes == nil {
					q.Attributes = map[string]string{}
				}
				q.Attributes[k] = v
			}
		case f.Is(4, protowire.BytesType):
			q.StartMin, err = parseTime(f.Bytes)
		case f.Is(5, protowire.BytesType):
			q.StartMax, err = parseTime(f.Bytes)
		case f.Is(6, protowire.BytesType):
			q.DurationMin, err = parseDuration(f.Bytes)
		case f.Is(7, protowire.BytesType):
			q.DurationMax, err = parseDuration(f.Bytes)
		case f.Is(8, protowire.VarintType):
			q.SearchDepth = int32(f.Bits)
		case f.Is(9, protowire.VarintType):
			q.RawTraces = protowire.DecodeBool(f.Bits)
		}
		return err
	})
}

// marshalQuery encodes the one field that both search requests consist of.
func marshalQuery(q *TraceQuery) []byte { return appendBytes(nil, 1, q.marshal()) }

func unmarshalQuery(b []byte, q *TraceQuery) error {
	*q = TraceQuery{}
	return eachField(b, func(f Field) error {
		if f.Is(1, protowire.BytesType) {
			return q.unmarshal(f.Bytes)
		}
		return nil
	})
}

// FindTracesRequest asks for whole traces.
type FindTracesRequest struct{ Query TraceQuery }

// Marshal encodes the message.
func (m *FindTracesRequest) Marshal() ([]byte, error) { return marshalQuery(&m.Query), nil }

// Unmarshal decodes the message.
func (m *FindTracesRequest) Unmarshal(b []byte) error { return unmarshalQuery(b, &m.Query) }

// FindTraceSummariesRequest asks for summaries of traces.
type FindTraceSummariesRequest struct{ Query TraceQuery }

// Marshal encodes the message.
func (m *FindTraceSummariesRequest) Marshal() ([]byte, error) { return marshalQuery(&m.Query), nil }

// Unmarshal decodes the message.
func (m *FindTraceSummariesRequest) Unmarshal(b []byte) error { return unmarshalQuery(b, &m.Query) }

// GetServicesRequest asks for the names of all services.
type GetServicesRequest struct{}

// Marshal encodes the message.
func (*GetServicesRequest) Marshal() ([]byte, error) { return nil, nil }

// Unmarshal checks the message.
func (*GetServicesRequest) Unmarshal(b []byte) error { return skipAll(b) }

// GetOperationsRequest asks for the operations of one service.
type GetOperationsRequest struct {
	Service  string
	SpanKind string // "" for all
}

// Marshal encodes the message.
func (m *GetOperationsRequest) Marshal() ([]byte, error) {
	return appendString(appendString(nil, 1, m.Service), 2, m.SpanKind), nil
}

// Unmarshal decodes the message.
func (m *GetOperationsRequest) Unmarshal(b []byte) (err error) {
	m.Service, m.SpanKind, err = stringPair(b)
	return err
}

// GetDependenciesRequest asks which services called which in a time range.
type GetDependenciesRequest struct{ Start, End time.Time }

// Marshal encodes the message.
func (m *GetDependenciesRequest) Marshal() ([]byte, error) {
	return appendTime(appendTime(nil, 1, m.Start), 2, m.End), nil
}

// Unmarshal decodes the message.
func (m *GetDependenciesRequest) Unmarshal(b []byte) error {
	*m = GetDependenciesRequest{}
	return eachField(b, func(f Field) (err error) {
		switch {
		case f.Is(1, protowire.BytesType):
			m.Start, err = parseTime(f.Bytes)
		case f.Is(2, protowire.BytesType):
			m.End, err = parseTime(f.Bytes)
		}
		return err
	})
}

// GetCapabilitiesRequest asks what the storage behind a server can do.
type GetCapabilitiesRequest struct{}

// Marshal encodes the message.
func (*GetCapabilitiesRequest) Marshal() ([]byte, error) { return nil, nil }

// Unmarshal checks the message.
func (*GetCapabilitiesRequest) Unmarshal(b []byte) error { return skipAll(b) }

func skipAll(b []byte) error { return eachField(b, func(Field) error { return nil }) }
