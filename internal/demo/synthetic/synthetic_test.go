package synthetic

import (
	"bytes"
	"testing"

	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// tree is what a generated trace looks like to an independent reader.
type tree struct {
	spans, roots, depth, fanout, services, events, errors, attrs int
}

func read(t *testing.T, data []byte) tree {
	t.Helper()
	var td tracev1.TracesData
	if err := proto.Unmarshal(data, &td); err != nil {
		t.Fatal(err)
	}
	parent, children, svc := map[string]string{}, map[string]int{}, map[string]bool{}
	var r tree
	for _, rs := range td.ResourceSpans {
		svc[rs.Resource.Attributes[0].Value.GetStringValue()] = true
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				r.spans++
				r.attrs += len(s.Attributes)
				r.events += len(s.Events)
				if s.Status.GetCode() == tracev1.Status_STATUS_CODE_ERROR {
					r.errors++
				}
				if s.EndTimeUnixNano < s.StartTimeUnixNano {
					t.Fatalf("span %x ends before it starts", s.SpanId)
				}
				parent[string(s.SpanId)] = string(s.ParentSpanId)
				children[string(s.ParentSpanId)]++
			}
		}
	}
	r.services, r.roots = len(svc), children[""]
	delete(children, "")
	for _, n := range children {
		r.fanout = max(r.fanout, n)
	}
	depth := map[string]int{"": 0}
	for id := range parent {
		var path []string
		for ; ; id = parent[id] {
			if _, ok := depth[id]; ok {
				break
			}
			path = append(path, id)
		}
		for i := len(path) - 1; i >= 0; i-- {
			depth[path[i]] = depth[parent[path[i]]] + 1
			r.depth = max(r.depth, depth[path[i]])
		}
	}
	if len(parent) != r.spans {
		t.Errorf("%d different span ids, want %d", len(parent), r.spans)
	}
	return r
}

func TestTraceHasTheStatedShape(t *testing.T) {
	const n = 50_000
	data := Trace(n, 1)
	r := read(t, data)
	if r.spans != n || r.roots != 1 || r.services != 12 || r.attrs != 6*n {
		t.Errorf("got %+v, want %d spans, 1 root, 12 services, 6 attributes a span", r, n)
	}
	if r.depth != MaxDepth || r.fanout != MaxFanout {
		t.Errorf("got depth %d and fan-out %d, want %d and %d", r.depth, r.fanout, MaxDepth, MaxFanout)
	}
	if r.events < n/12 || r.events > n/8 || r.errors < n/150 || r.errors > n/70 {
		t.Errorf("got %d events and %d errors, want about %d and %d", r.events, r.errors, n/10, n/100)
	}
	t.Logf("%d bytes a span", len(data)/n)
	if size := len(data) / n; size < 240 || size > 268 {
		t.Errorf("got %d bytes a span, want about 254", size)
	}
}

func TestShapes(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		data                 []byte
		roots, depth, fanout int
	}{
		{"wide", Wide(1000, 1), 1, 2, 999},
		{"deep", Deep(1000, 1), 1, 1000, 1},
		{"roots", Roots(1000, 1), 1000, 1, 0},
		{"one span", Trace(1, 1), 1, 1, 0},
	} {
		r := read(t, tt.data)
		if r.roots != tt.roots || r.depth != tt.depth || r.fanout != tt.fanout {
			t.Errorf("%s: got %+v, want roots %d, depth %d, fan-out %d", tt.name, r, tt.roots, tt.depth, tt.fanout)
		}
	}
	if got := Trace(0, 1); len(got) != 0 {
		t.Errorf("no spans: got %d bytes, want 0", len(got))
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	if !bytes.Equal(Trace(2000, 7), Trace(2000, 7)) {
		t.Error("two traces of one seed differ")
	}
	if bytes.Equal(Trace(2000, 7), Trace(2000, 8)) {
		t.Error("traces of two seeds are equal")
	}
}
