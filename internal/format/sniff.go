package format

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
)

// The key that gives a format away mostly stands in the first line; metadata
// may come before it.
const (
	sniffFirst = 4 << 10
	sniffMore  = 64 << 10
)

// sniffReader tells the format without reading from r.
func sniffReader(r *bufio.Reader) (Name, error) {
	for _, n := range []int{sniffFirst, sniffMore} {
		head, err := r.Peek(n)
		if name := Sniff(head); name != "" {
			return name, nil
		}
		if err == io.EOF && len(head) == 0 {
			return "", fmt.Errorf("data is empty: %w", ErrUnknown)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", fmt.Errorf("read: %w", err)
		}
	}
	head, _ := r.Peek(64)
	if looksLikeJSON(head) {
		return "", fmt.Errorf("data is JSON, but none of %s: %w", list(Writable()), ErrUnknown)
	}
	return "", fmt.Errorf("data is neither JSON nor OTLP protobuf: %w", ErrUnknown)
}

// Sniff tells the format by the beginning of uncompressed data; "" if it does
// not know it or would need to see more.
func Sniff(head []byte) Name {
	if looksLikeJSON(head) {
		return sniffJSON(head)
	}
	if otlp.LooksLikeProto(head) {
		return OTLPProto
	}
	return ""
}

func looksLikeJSON(head []byte) bool {
	head = bytes.TrimPrefix(bytes.TrimLeft(head, " \t\r\n\x00"), []byte("\xEF\xBB\xBF"))
	head = bytes.TrimLeft(head, " \t\r\n\x00")
	// A length-delimited protobuf may begin with any byte, but its second is
	// the tag of resource_spans, a line feed, and then no JSON follows.
	if len(head) > 0 && head[0] != '{' && head[0] != '[' {
		return false
	}
	return len(head) > 0
}

// maxSniffDepth is as deep as keys that tell a format may stand.
const maxSniffDepth = 12

// evidence is what was seen of keys that do not decide alone.
type evidence struct {
	p       *jsonpull.Parser
	decided Name
	keys    map[string]bool
}

func sniffJSON(head []byte) Name {
	e := evidence{p: jsonpull.NewBytes(head), keys: map[string]bool{}}
	values := 0
	for e.p.More() && e.decided == "" {
		e.value(0)
		values++
	}
	whole := e.p.Err() == nil
	switch {
	case e.decided != "":
		return e.decided
	case e.keys["spanSets"] || e.keys["spanSet"]: // a search result of Tempo
		return ""
	case e.keys["traceID"] && e.keys["spans"]:
		return JaegerJSON
	case e.keys["traceId"] && e.keys["id"]:
		return ZipkinJSON
	case whole && values == 1 && len(e.keys) > 0 && e.keys["data"]: // Jaeger found nothing
		return JaegerJSON
	case whole && values == 1 && len(e.keys) == 0 && bytes.Contains(head, []byte("{")): // an empty TracesData
		return OTLPJSON
	}
	return ""
}

// value looks at the keys of a value, in order, until one decides.
func (e *evidence) value(depth int) {
	p := e.p
	kind := p.Next()
	if depth > maxSniffDepth || kind != jsonpull.Object && kind != jsonpull.Array {
		p.Skip()
		return
	}
	p.Enter(kind)
	if kind == jsonpull.Array {
		for p.Elem() && e.decided == "" {
			e.value(depth + 1)
		}
		return
	}
	for e.decided == "" {
		key, ok := p.Field()
		if !ok {
			return
		}
		if e.decided = decisive(key); e.decided != "" {
			return
		}
		if len(e.keys) < 1000 {
			e.keys[string(key)] = true
		}
		e.value(depth + 1)
	}
}

// decisive returns the format in which alone a key stands.
func decisive(key []byte) Name {
	switch string(key) {
	case "resourceSpans", "resource_spans", "batches", "scopeSpans", "instrumentationLibrarySpans":
		return OTLPJSON
	case "operationName", "processID", "processes":
		return JaegerJSON
	case "localEndpoint", "remoteEndpoint", "binaryAnnotations":
		return ZipkinJSON
	case "traceEvents", "ph":
		return ChromeTrace
	}
	return ""
}
