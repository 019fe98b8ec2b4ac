package wire

import "google.golang.org/protobuf/encoding/protowire"

// GetServicesResponse lists the names of services.
type GetServicesResponse struct{ Services []string }

// Marshal encodes the message.
func (m *GetServicesResponse) Marshal() ([]byte, error) {
	var b []byte
	for _, s := range m.Services {
		b = appendBytes(b, 1, []byte(s))
	}
	return b, nil
}

// Unmarshal decodes the message.
func (m *GetServicesResponse) Unmarshal(b []byte) error {
	*m = GetServicesResponse{}
	return eachField(b, func(f Field) error {
		if f.Is(1, protowire.BytesType) {
			m.Services = append(m.Services, string(f.Bytes))
		}
		return nil
	})
}

// Operation is one operation of a service.
type Operation struct {
	Name     string
	SpanKind string // "server", "client", …; "" if not known
}

// GetOperationsResponse lists operations.
type GetOperationsResponse struct{ Operations []Operation }

// Marshal encodes the message.
func (m *GetOperationsResponse) Marshal() ([]byte, error) {
	var b []byte
	for _, o := range m.Operations {
		b = appendBytes(b, 1, appendString(appendString(nil, 1, o.Name), 2, o.SpanKind))
	}
	return b, nil
}

// Unmarshal decodes the message.
func (m *GetOperationsResponse) Unmarshal(b []byte) error {
	*m = GetOperationsResponse{}
	return eachField(b, func(f Field) error {
		if !f.Is(1, protowire.BytesType) {
			return nil
		}
		name, kind, err := stringPair(f.Bytes)
		m.Operations = append(m.Operations, Operation{name, kind})
		return err
	})
}

// Dependency counts the calls of one service to another.
type Dependency struct {
	Parent, Child string
	CallCount     uint64
}

// DependenciesResponse lists dependencies.
type DependenciesResponse struct{ Dependencies []Dependency }

// Marshal encodes the message.
func (m *DependenciesResponse) Marshal() ([]byte, error) {
	var b []byte
	for _, d := range m.Dependencies {
		e := appendString(appendString(nil, 1, d.Parent), 2, d.Child)
		b = appendBytes(b, 1, appendVarint(e, 3, d.CallCount))
	}
	return b, nil
}

// Unmarshal decodes the message.
func (m *DependenciesResponse) Unmarshal(b []byte) error {
	*m = DependenciesResponse{}
	return eachField(b, func(f Field) error {
		if !f.Is(1, protowire.BytesType) {
			return nil
		}
		var d Dependency
		err := eachField(f.Bytes, func(f Field) error {
			switch {
			case f.Is(1, protowire.BytesType):
				d.Parent = string(f.Bytes)
			case f.Is(2, protowire.BytesType):
				d.Child = string(f.Bytes)
			case f.Is(3, protowire.VarintType):
				d.CallCount = f.Bits
			}
			return nil
		})
		m.Dependencies = append(m.Dependencies, d)
		return err
	})
}

// ServiceSummary is what one service contributes to a trace.
type ServiceSummary struct {
	Name       string
	Spans      int32
	ErrorSpans int32
}

func (s *ServiceSummary) marshal() []byte {
	return appendInt32(appendInt32(appendString(nil, 1, s.Name), 2, s.Spans), 3, s.ErrorSpans)
}

func (s *ServiceSummary) unmarshal(b []byte) error {
	return eachField(b, func(f Field) error {
		switch {
		case f.Is(1, protowire.BytesType):
			s.Name = string(f.Bytes)
		case f.Is(2, protowire.VarintType):
			s.Spans = int32(f.Bits)
		case f.Is(3, protowire.VarintType):
			s.ErrorSpans = int32(f.Bits)
		}
		return nil
	})
}

// TraceSummary is a trace as a list of results shows it.
type TraceSummary struct {
	TraceID       string // hexadecimal
	RootService   string
	RootOperation string
	MinStartNano  uint64 // Unix ns of the earliest start
	MaxEndNano    uint64 // Unix ns of the latest end
	Spans         int32
	ErrorSpans    int32
	OrphanSpans   int32            // spans whose parent is missing
	Services      []ServiceSummary // sorted by name
}

func (s *TraceSummary) marshal() []byte {
	b := appendString(nil, 1, s.TraceID)
	b = appendString(b, 2, s.RootService)
	b = appendString(b, 3, s.RootOperation)
	b = appendFixed64(b, 4, s.MinStartNano)
	b = appendFixed64(b, 5, s.MaxEndNano)
	b = appendInt32(b, 6, s.Spans)
	b = appendInt32(b, 7, s.ErrorSpans)
	b = appendInt32(b, 8, s.OrphanSpans)
	for i := range s.Services {
		b = appendBytes(b, 9, s.Services[i].marshal())
	}
	return b
}

func (s *TraceSummary) unmarshal(b []byte) error {
	return eachField(b, func(f Field) (err error) {
		switch {
		case f.Is(1, protowire.BytesType):
			s.TraceID = string(f.Bytes)
		case f.Is(2, protowire.BytesType):
			s.RootService = string(f.Bytes)
		case f.Is(3, protowire.BytesType):
			s.RootOperation = string(f.Bytes)
		case f.Is(4, protowire.Fixed64Type):
			s.MinStartNano = f.Bits
		case f.Is(5, protowire.Fixed64Type):
			s.MaxEndNano = f.Bits
		case f.Is(6, protowire.VarintType):
			s.Spans = int32(f.Bits)
		case f.Is(7, protowire.VarintType):
			s.ErrorSpans = int32(f.Bits)
		case f.Is(8, protowire.VarintType):
			s.OrphanSpans = int32(f.Bits)
		case f.Is(9, protowire.BytesType):
			var svc ServiceSummary
			err = svc.unmarshal(f.Bytes)
			s.Services = append(s.Services, svc)
		}
		return err
	})
}

// FindTraceSummariesResponse is one chunk of summaries.
type FindTraceSummariesResponse struct {
	Summaries     []TraceSummary
	NextPageToken string // only in the last chunk, "" on the last page
}

// Marshal encodes the message.
func (m *FindTraceSummariesResponse) Marshal() ([]byte, error) {
	var b []byte
	for i := range m.Summaries {
		b = appendBytes(b, 1, m.Summaries[i].marshal())
	}
	return appendString(b, 2, m.NextPageToken), nil
}

// Unmarshal decodes the message.
func (m *FindTraceSummariesResponse) Unmarshal(b []byte) error {
	*m = FindTraceSummariesResponse{}
	return eachField(b, func(f Field) (err error) {
		switch {
		case f.Is(1, protowire.BytesType):
			var s TraceSummary
			err = s.unmarshal(f.Bytes)
			m.Summaries = append(m.Summaries, s)
		case f.Is(2, protowire.BytesType):
			m.NextPageToken = string(f.Bytes)
		}
		return err
	})
}

// SearchCapabilities says how well a backend searches; the zero value is the
// least able one.
type SearchCapabilities struct {
	WithoutServiceName  bool // an empty service name means any
	SameSpanConjunction bool // several attributes must hold on one span
	Paginated           bool
	SpanSearch          bool
}

// GetCapabilitiesResponse says what a storage backend can do.
type GetCapabilitiesResponse struct{ Search SearchCapabilities }

// Marshal encodes the message.
func (m *GetCapabilitiesResponse) Marshal() ([]byte, error) {
	b := appendBool(nil, 1, m.Search.WithoutServiceName)
	b = appendBool(b, 2, m.Search.SameSpanConjunction)
	b = appendBool(b, 4, m.Search.Paginated)
	return appendBytes(nil, 1, appendBool(b, 5, m.Search.SpanSearch)), nil
}

// Unmarshal decodes the message.
func (m *GetCapabilitiesResponse) Unmarshal(b []byte) error {
	*m = GetCapabilitiesResponse{}
	s := &m.Search
	return eachField(b, func(f Field) error {
		if !f.Is(1, protowire.BytesType) {
			return nil
		}
		return eachField(f.Bytes, func(f Field) error {
			switch {
			case f.Is(1, protowire.VarintType):
				s.WithoutServiceName = protowire.DecodeBool(f.Bits)
			case f.Is(2, protowire.VarintType):
				s.SameSpanConjunction = protowire.DecodeBool(f.Bits)
			case f.Is(4, protowire.VarintType):
				s.Paginated = protowire.DecodeBool(f.Bits)
			case f.Is(5, protowire.VarintType):
				s.SpanSearch = protowire.DecodeBool(f.Bits)
			}
			return nil
		})
	})
}
