package health

import (
	"fmt"
	"strings"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

const (
	ms    = int64(1e6)
	epoch = int64(1_794_474_843_000_000_000)
)

// A span describes one span; times are ms after the epoch.
type span struct {
	id, parent uint64
	service    string
	start, dur int64
	kind       model.Kind
	link       bool
	note       string // of Jaeger
}

func build(tb testing.TB, spans ...span) *model.Trace {
	tb.Helper()
	if len(spans) == 0 {
		return &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
	}
	b := model.NewBuilder()
	key := b.InternString("service.name")
	for _, s := range spans {
		r := model.SpanRecord{Trace: model.TraceID{15: 1}, ID: model.SpanID(s.id), Parent: model.SpanID(s.parent), Name: b.InternString("op"), Kind: s.kind,
			StartNano: uint64(epoch + s.start*ms), EndNano: uint64(epoch + (s.start+s.dur)*ms),
			Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte(s.service))}})}
		if s.link {
			r.Links = []model.LinkRecord{{Trace: model.TraceID{1}, Span: 7}}
		}
		if s.note != "" {
			r.Attrs = []model.Attr{b.StringAttr(b.InternString("@jaeger@warnings"), []byte(s.note))}
		}
		b.Add(&r)
	}
	return b.Build()[0]
}

// text writes hints as "missing-caller untraced 2 of mes by shop".
func text(list []Hint) string {
	var out []string
	for _, h := range list {
		s := fmt.Sprintf("%s %s %d", h.Kind, h.Cause, h.Count)
		if h.Service != "" {
			s += " of " + h.Service
		}
		if h.Caller != "" {
			s += " by " + h.Caller
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestCheck(t *testing.T) {
	const server, client, producer, consumer = model.KindServer, model.KindClient, model.KindProducer, model.KindConsumer
	root := span{1, 0, "shop", 0, 100, server, false, ""}
	for _, tt := range []struct {
		name  string
		asked int64 // ms after the epoch
		list  []span
		want  string
	}{
		{"nothing", 0, nil, ""},
		{"all well", 0, []span{root, {2, 1, "db", 10, 20, client, false, ""}}, ""},
		{"a caller is missing", 0, []span{root, {3, 9, "mes", 20, 10, server, false, ""}}, "missing-caller sampled 1 of mes"},
		{"one caller of several is missing", 0, []span{root, {3, 9, "mes", 20, 10, server, false, ""}, {4, 9, "mes", 40, 10, server, false, ""}}, "missing-caller one-step 2 of mes"},
		{"a system in between sends nothing", 0, []span{root, {2, 1, "shop", 10, 50, client, false, ""}, {3, 9, "mes", 20, 10, server, false, ""}},
			"missing-caller untraced 1 of mes by shop"},
		{"after that call nothing is its doing", 0, []span{root, {2, 1, "shop", 10, 5, client, false, ""}, {3, 9, "mes", 20, 10, server, false, ""}}, "missing-caller sampled 1 of mes"},
		{"still arriving", 20_000, []span{root, {3, 9, "mes", 20, 10, server, false, ""}}, "missing-caller arriving 1 of mes"},
		{"fetched long after", 600_000, []span{root, {3, 9, "mes", 20, 10, server, false, ""}}, "missing-caller sampled 1 of mes"},
		{"no beginning", 0, []span{{1, 9, "shop", 0, 100, server, false, ""}, {2, 1, "db", 10, 20, client, false, ""}}, "missing-start sampled 1 of shop"},
		{"the sender of a message is missing", 0, []span{root, {3, 9, "mes", 20, 10, consumer, false, ""}}, "lost-at-queue sender 1 of mes"},
		{"a message without a note of its trace", 0, []span{{1, 0, "mes", 0, 10, consumer, false, ""}, {2, 1, "db", 1, 2, client, false, ""}}, "lost-at-queue headers 1 of mes"},
		{"a message with a link", 0, []span{{1, 0, "mes", 0, 10, consumer, true, ""}}, ""},
		{"a message that is late", 0, []span{root, {2, 1, "shop", 90, 5, producer, false, ""}, {3, 2, "mes", 5000, 10, consumer, false, ""}}, ""},
		{"nothing begins it", 0, []span{{1, 9, "shop", 0, 100, server, false, ""}, {2, 9, "mes", 10, 20, server, false, ""}}, "missing-start one-step 2"},
		{"a clock", 0, []span{root, {3, 1, "mes", -40, 10, server, false, ""}}, "clock unknown 1 of mes"},
		{"what a host with a wrong clock called", 0, []span{root, {3, 1, "mes", -40, 10, server, false, ""}, {4, 3, "db", 62, 8, client, false, ""}}, "clock unknown 1 of mes"},
		{"a thread of its own", 0, []span{root, {3, 0, "mes", 20, 10, model.KindInternal, false, ""}}, ""},
		{"two beginnings", 0, []span{root, {3, 0, "mes", 20, 10, server, false, ""}}, "parts unknown 1 of mes"},
		{"work in the background", 0, []span{root, {3, 1, "mes", 50, 80, server, false, ""}}, "outside background 1 of mes"},
		{"hardly outside", 0, []span{{1, 0, "shop", 0, 10_000, server, false, ""}, {3, 1, "mes", 9_990, 20, server, false, ""}}, ""},
		{"sent twice", 0, []span{root, root}, "repeated exporter 1"},
		{"one id for two", 0, []span{root, {2, 1, "db", 10, 20, client, false, ""}, {2, 1, "db", 40, 20, client, false, ""}}, "doubled unknown 1 of db"},
		{"a limit of the server", 0, []span{{1, 0, "shop", 0, 100, server, false, "trace has been truncated to 5000 spans"}}, "limited unknown 1 of shop"},
		{"a note on something else", 0, []span{{1, 0, "shop", 0, 100, server, false, "clock skew adjusted"}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := int64(0)
			if tt.asked > 0 {
				asked = epoch + tt.asked*ms
			}
			if got := text(Check(build(t, tt.list...), asked)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNews(t *testing.T) {
	before := build(t, span{1, 0, "shop", 0, 100, model.KindServer, false, ""}, span{2, 1, "db", 10, 20, model.KindClient, false, ""}, span{5, 1, "db", 60, 20, model.KindClient, false, ""})
	now := build(t, span{1, 0, "shop", 0, 100, model.KindServer, false, ""}, span{2, 1, "db", 10, 20, model.KindClient, false, ""}, span{3, 1, "mes", 30, 20, model.KindServer, false, ""},
		span{4, 3, "mes", 35, 5, model.KindServer, false, ""})
	if n := Compare(before, now); fmt.Sprint(n) != "{[2 3] 1 1}" {
		t.Errorf("news %v", n)
	}
	if n := Compare(now, now); len(n.Spans) > 0 || n.Services > 0 || n.Gone > 0 {
		t.Errorf("of the same: %v", n)
	}
}

// TestAnyShape holds that no shape of trace makes it slow: the test would not end.
func TestAnyShape(t *testing.T) {
	for name, make := range map[string]func(n int, seed int64) []byte{"trace": synthetic.Trace, "wide": synthetic.Wide, "deep": synthetic.Deep, "roots": synthetic.Roots} {
		b := model.NewBuilder()
		if err := otlp.DecodeProto(make(100_000, 1), b); err != nil {
			t.Fatal(err)
		}
		tr := b.Build()[0]
		if list := Check(tr, 0); len(list) > 40 {
			t.Errorf("%s: %d hints", name, len(list))
		}
	}
}
