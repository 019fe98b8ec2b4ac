package redact

import (
	"context"
	"errors"
	"strings"
	"testing"

	"traceview/internal/model"
)

// shop is a call three deep with one beside it; each span records something.
func shop() *model.Trace {
	b := model.NewBuilder()
	attr := func(k, v string) model.Attr { return b.StringAttr(b.InternString(k), []byte(v)) }
	for i, parent := range []model.SpanID{0, 1, 2, 3, 1} {
		b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: model.SpanID(i + 1), Parent: parent, StartNano: uint64(1e18 + i), EndNano: uint64(1e18 + 100 - i),
			Name: b.InternString([]string{"shop", "api", "storage", "disk", "beside"}[i]), Status: model.StatusError, StatusText: b.InternString("message of a span"),
			Attrs:    []model.Attr{attr("order.id", "10472"), attr("note", "secret of the way")},
			Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{attr("service.name", "svc"), attr("host.name", "db7")}}),
			Events:   []model.EventRecord{{TimeNano: 1e18, Name: b.InternString("event")}}})
	}
	return b.Build()[0]
}

func TestPartKeepsTheWayThere(t *testing.T) {
	in := shop()
	at := model.SpanIndex(2) // storage
	out, err := Part(t.Context(), in, at, func(key string) bool { return key == "order.id" }, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range out.Spans {
		names = append(names, out.Name(model.SpanIndex(i)))
	}
	if got := strings.Join(names, " "); got != "shop api storage disk" {
		t.Fatalf("spans %s", got)
	}
	if out.ID != in.ID || out.Epoch != in.Epoch || out.Roots != 1 || out.Errors != 4 || out.MaxDepth != 4 {
		t.Errorf("another shape: %+v", out)
	}
	for i := range out.Spans {
		i := model.SpanIndex(i)
		_, outside := out.Attr(i, model.OutsideKey)
		_, order := out.Attr(i, "order.id")
		_, note := out.Attr(i, "note")
		way := i < 2
		if outside != way || !order || note == way || (len(out.SpanEvents(i)) == 0) != way || (out.Str(out.Spans[i].StatusText) == "") != way {
			t.Errorf("%s: outside %v, order %v, note %v, %d events", out.Name(i), outside, order, note, len(out.SpanEvents(i)))
		}
		if d := out.Dropped(i); way && d != (model.Dropped{Attrs: 1, Events: 1}) {
			t.Errorf("%s: dropped %+v", out.Name(i), d)
		}
		if out.ServiceName(i) != "svc" || len(out.ResourceAttrs(out.Spans[i].Resource)) == 1 != way {
			t.Errorf("%s: of service %q with %d attributes", out.Name(i), out.ServiceName(i), len(out.ResourceAttrs(out.Spans[i].Resource)))
		}
	}
}

func TestPartEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Part(ctx, shop(), 0, func(string) bool { return false }, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
