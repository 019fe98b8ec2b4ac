package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"traceview/internal/client/wire"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// intoJSON reads a short answer.
func intoJSON(v any) func(io.Reader) error {
	return func(r io.Reader) error {
		if err := json.NewDecoder(r).Decode(v); err != nil {
			return fmt.Errorf("decode JSON: %w", err)
		}
		return nil
	}
}

// values returns q as parameters of a URL, each name in the two spellings that
// servers have known. Only names of attributes and services are of the user.
func (q *Query) values(depth int) (url.Values, error) {
	v := url.Values{}
	set := func(camel, value string) {
		v.Set("query."+camel, value)
		v.Set("query."+snake(camel), value)
	}
	set("startTimeMin", q.From.UTC().Format(time.RFC3339Nano))
	set("startTimeMax", q.To.UTC().Format(time.RFC3339Nano))
	set("searchDepth", strconv.Itoa(depth))
	v.Set("query.num_traces", strconv.Itoa(depth)) // Jaeger before 2.19
	set("rawTraces", "true")
	for name, value := range map[string]string{"serviceName": q.Service, "operationName": q.Operation} {
		if value != "" {
			set(name, value)
		}
	}
	for name, d := range map[string]time.Duration{"durationMin": q.MinDuration, "durationMax": q.MaxDuration} {
		if d > 0 {
			set(name, d.String())
		}
	}
	if len(q.Attributes) > 0 {
		text, err := json.Marshal(q.Attributes)
		if err != nil {
			return nil, fmt.Errorf("encode attributes: %w", err)
		}
		v.Set("query.attributes", string(text))
	}
	return v, nil
}

func snake(camel string) string {
	var b strings.Builder
	for _, r := range camel {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// wholeTraces asks for whole traces over HTTP.
func (q *Query) wholeTraces(depth int, read func(io.Reader) error) (method, error) {
	v, err := q.values(depth)
	return over(visit{path: "/traces", query: v, read: read, long: true, empty: true}), err
}

// webSummary is a summary as /api/v3/trace-summaries has it. Large numbers are
// text.
type webSummary struct {
	TraceID       string         `json:"traceId"`
	RootService   string         `json:"rootServiceName"`
	RootOperation string         `json:"rootOperationName"`
	MinStart      webNano        `json:"minStartTimeUnixNano"`
	MaxEnd        webNano        `json:"maxEndTimeUnixNano"`
	Spans         int32          `json:"spanCount"`
	ErrorSpans    int32          `json:"errorSpanCount"`
	OrphanSpans   int32          `json:"orphanSpanCount"`
	Services      []webOfService `json:"services"`
}

type webOfService struct {
	Name       string `json:"name"`
	Spans      int32  `json:"spanCount"`
	ErrorSpans int32  `json:"errorSpanCount"`
}

// webNano is a time in Unix ns, written as a number or as text.
type webNano uint64

// UnmarshalJSON implements json.Unmarshaler.
func (n *webNano) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseUint(strings.Trim(string(b), `"`), 10, 64)
	*n = webNano(v)
	return err
}

// readSummaries passes on summaries one by one as they arrive.
func readSummaries(each func(*wire.TraceSummary) error) func(io.Reader) error {
	return func(r io.Reader) error {
		d := json.NewDecoder(r)
		for {
			t, err := d.Token()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return fmt.Errorf("decode summaries: %w", err)
			}
			if t != "summaries" {
				continue
			}
			if t, err = d.Token(); err != nil || t != json.Delim('[') {
				return fmt.Errorf("decode summaries: want a list: %w", errors.Join(err))
			}
			for d.More() {
				var s webSummary
				if err := d.Decode(&s); err != nil {
					return fmt.Errorf("decode summary: %w", err)
				}
				if err := each(s.wire()); err != nil {
					return err
				}
			}
		}
	}
}

func (s *webSummary) wire() *wire.TraceSummary {
	out := &wire.TraceSummary{TraceID: s.TraceID, RootService: s.RootService, RootOperation: s.RootOperation,
		MinStartNano: uint64(s.MinStart), MaxEndNano: uint64(s.MaxEnd), Spans: s.Spans, ErrorSpans: s.ErrorSpans, OrphanSpans: s.OrphanSpans}
	for _, v := range s.Services {
		out.Services = append(out.Services, wire.ServiceSummary(v))
	}
	return out
}

// readWeb decodes whole traces as they arrive.
func (k *collector) readWeb(r io.Reader) error {
	k.done.Messages++
	k.marked = true
	return otlp.StreamJSON(&counted{r, k.arrived}, func() (*model.Builder, error) { return k.b, nil })
}

// arrived counts bytes of an answer over HTTP.
func (k *collector) arrived(n int) {
	k.done.Bytes += int64(n)
	k.done.Spans = k.b.Len()
	k.tellNow()
}

// counted tells of the bytes read from r.
type counted struct {
	r   io.Reader
	saw func(n int)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.saw(n)
	return n, err
}

// piece is how many spans of whole traces are held at a time to make summaries.
const piece = 1000

// readWeb makes summaries of whole traces as they arrive.
func (z *summarizer) readWeb(r io.Reader) error {
	b := model.NewBuilder() // the spans are needed no longer than this
	err := otlp.StreamJSON(r, func() (*model.Builder, error) {
		if b.Len() >= piece {
			z.add(b.Build())
			b = model.NewBuilder()
		}
		return b, nil
	})
	z.add(b.Build())
	return err
}
