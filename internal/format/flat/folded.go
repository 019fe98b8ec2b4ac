package flat

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"traceview/internal/model"
)

// MaxFrames bounds a stack: what lies deeper is added to the span at that depth.
// A line repeats all frames above, so that a chain of 100,000 spans would be a
// file of 100 GB; real traces are some ten deep.
const MaxFrames = 500

// Folded writes one line for each way from a root down to an operation:
//
//	service:operation;service:operation 1234
//
// with the self time of all spans reached that way, of all traces, in µs, as
// Brendan Gregg's flamegraph.pl and speedscope read them. Ways on which no time was
// spent are written only where they end. A semicolon in a name becomes a comma, a
// missing service a question mark. It holds some 60 bytes a way.
func Folded(w io.Writer, traces []*model.Trace, self Self) error {
	f := folder{ids: map[edge]int32{}, frames: map[string]int32{}}
	for _, t := range traces {
		f.add(t, self(t))
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := f.write(out); err != nil {
		return fmt.Errorf("write stacks: %w", err)
	}
	return out.Flush()
}

// A way is a chain of frames from a root.
type way struct {
	up    int32 // the way one frame shorter, -1 for none
	frame int32
	self  int64 // ns
	inner bool  // others go on from it
}

type edge struct{ up, frame int32 }

type folder struct {
	ways   []way
	ids    map[edge]int32
	frames map[string]int32
	names  []string // of frames
}

func (f *folder) add(t *model.Trace, self func(model.SpanIndex) int64) {
	type operation struct{ service, name model.StringID }
	known := map[operation]int32{}
	at := make([]int32, 0, MaxFrames) // the ways of the spans above
	for i := range t.Spans {
		s := &t.Spans[i]
		depth := int(s.Depth)
		if depth >= MaxFrames {
			f.ways[at[MaxFrames-1]].self += self(model.SpanIndex(i))
			continue
		}
		op := operation{t.ResourceAt(s.Resource).Service, s.Name}
		frame, ok := known[op]
		if !ok {
			frame = f.frame(t.Str(op.service), t.Str(op.name))
			known[op] = frame
		}
		up := int32(-1)
		if depth > 0 {
			up = at[depth-1]
		}
		n := f.way(edge{up, frame})
		at = append(at[:depth], n)
		f.ways[n].self += self(model.SpanIndex(i))
	}
}

func (f *folder) frame(service, operation string) int32 {
	if service == "" {
		service = "?"
	}
	name := strings.TrimSpace(strings.ReplaceAll(oneLine(service+":"+operation), ";", ","))
	n, ok := f.frames[name]
	if !ok {
		n = int32(len(f.names))
		f.frames[name] = n
		f.names = append(f.names, name)
	}
	return n
}

func (f *folder) way(e edge) int32 {
	n, ok := f.ids[e]
	if !ok {
		n = int32(len(f.ways))
		f.ids[e] = n
		f.ways = append(f.ways, way{up: e.up, frame: e.frame})
		if e.up >= 0 {
			f.ways[e.up].inner = true
		}
	}
	return n
}

func (f *folder) write(out *bufio.Writer) error {
	var chain []int32
	for n := range f.ways {
		w := &f.ways[n]
		us := (w.self + 500) / 1000
		if us == 0 && w.inner {
			continue
		}
		chain = chain[:0]
		for k := int32(n); k >= 0; k = f.ways[k].up {
			chain = append(chain, f.ways[k].frame)
		}
		for k := len(chain) - 1; k >= 0; k-- {
			out.WriteString(f.names[chain[k]])
			if k > 0 {
				out.WriteByte(';')
			}
		}
		out.WriteByte(' ')
		out.WriteString(strconv.FormatInt(us, 10))
		if err := out.WriteByte('\n'); err != nil { // the first error stays
			return err
		}
	}
	return nil
}
