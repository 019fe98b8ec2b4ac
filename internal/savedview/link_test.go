package savedview

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

const (
	idA = "000102030405060708090a0b0c0d0e0f"
	idB = "ffeeddccbbaa99887766554433221100"
)

// linked is a link with something in every field.
func linked() Link {
	v := full()
	v.Author, v.Created = "", time.Time{} // which no link holds
	v.Traces = append(v.Traces, Trace{TraceID: idB, View: "stats"})
	return Link{Endpoint: "jaeger.example:16685", Plaintext: true, Tenant: "shop east", Order: "№ 10472/а&b?#", Traces: []string{idA, idB}, View: setOrder(v, "№ 10472/а&b?#")}
}

func setOrder(v View, order string) *View {
	v.Order = order
	return &v
}

func TestLinksComeBackAsTheyWere(t *testing.T) {
	for name, want := range map[string]Link{
		"everything":     linked(),
		"an order":       {Endpoint: "localhost:1", Order: "10472"},
		"a trace":        {Endpoint: "[2001:db8::1]:65535", Traces: []string{idB}},
		"without a view": {Endpoint: "10.0.0.7:16685", Order: "A-77", Traces: []string{idA}, Tenant: "a"},
		"an empty view":  {Endpoint: "jaeger_1.local:16685", Order: "A", View: &View{Version: 1, Order: "A", Traces: []Trace{}}},
	} {
		t.Run(name, func(t *testing.T) {
			text, left, err := want.Encode()
			if err != nil || left != LeftNothing {
				t.Fatalf("left %d, %v", left, err)
			}
			got, err := ParseLink(" <" + text + ">\n")
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s\ngot  %+v, %v\nwant %+v", text, got, err, want)
			}
			if strings.ContainsAny(text, " <>\"'()[]{}|\\^`") != strings.Contains(want.Endpoint, "[") {
				t.Errorf("a chat would break %s", text)
			}
		})
	}
}

// TestTheFormOfLinksStays holds that links written by this version are read for
// ever: the dictionary of the view belongs to the form.
func TestTheFormOfLinksStays(t *testing.T) {
	const text = "traceview://jaeger.example:16685/v1?order=10472&trace=000102030405060708090a0b0c0d0e0f&view=" + viewOfVersion1
	got, err := ParseLink(text)
	if err != nil {
		t.Fatal(err)
	}
	want := Link{Endpoint: "jaeger.example:16685", Order: "10472", Traces: []string{idA}, View: setOrder(full(), "10472")}
	want.View.Author, want.View.Created = "", time.Time{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got.View, want.View)
	}
	if again, _, err := want.Encode(); err != nil || again != text {
		t.Errorf("written %s, %v", again, err)
	}
}

// TestALinkIsShort holds what a common view takes.
func TestALinkIsShort(t *testing.T) {
	v := &View{Active: idA, Traces: []Trace{{
		TraceID: idA, View: "waterfall", Shown: &Range{1_731_593_531_120_000_000, 1_731_593_532_960_000_000},
		Selected: &Span{ID: "51f2a7e0c3b4d596"}, Filter: "service=mes-api error dur>200ms",
	}}}
	text, _, err := Link{Endpoint: "jaeger.example:16685", Order: "10472", View: v}.Encode()
	if err != nil || len(text) > 250 {
		t.Errorf("%d bytes: %s, %v", len(text), text, err)
	}
}

func TestALinkSaysNotWhoMadeIt(t *testing.T) {
	v, err := DecodeView([]byte(`{"version":1,"author":"Anna","created":"2026-11-14T00:00:00Z","order":"10472","note":"secret","traces":[{"trace_id":"` + idA + `","password":"secret"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := Link{Endpoint: "jaeger.example:16685", View: &v}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	l, err := ParseLink(text)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := EncodeView(*l.View); err != nil || strings.Contains(string(data), "secret") || strings.Contains(string(data), "Anna") || strings.Contains(string(data), "2026") {
		t.Errorf("the view in the link is %s, %v", data, err)
	}
}

// folds returns n spans whose ids do not pack.
func folds(n int) (list []Span) {
	for i := range n {
		list = append(list, Span{ID: fmt.Sprintf("%016x", uint64(i+1)*0x9e3779b97f4a7c15)})
	}
	return list
}

func TestWhatIsTooMuchIsLeftOut(t *testing.T) {
	view := func(change func(v *View)) *View {
		v := View{Version: 1, Active: idB, Traces: []Trace{{TraceID: idA, View: "flame", Filter: "a"}, {TraceID: idB, View: "stats", Filter: "b", Collapsed: folds(3)}}}
		change(&v)
		return &v
	}
	many := func(n int) (ids []string) {
		for i := range n {
			ids = append(ids, fmt.Sprintf("%032x", i+1))
		}
		return ids
	}
	wild := func(n int) string {
		var b strings.Builder
		for _, s := range folds(n / 16) {
			b.WriteString(s.ID)
		}
		return b.String()
	}
	for _, tt := range []struct {
		name  string
		link  Link
		left  Left
		check func(l Link) bool
	}{
		{"nothing", Link{View: view(func(*View) {})}, LeftNothing, func(l Link) bool { return len(l.View.Traces[1].Collapsed) == 3 }},
		{"folds", Link{View: view(func(v *View) { v.Traces[1].Collapsed = folds(5000) })}, LeftFolds,
			func(l Link) bool { return l.View.Traces[1].Collapsed == nil && l.View.Traces[0].Filter == "a" }},
		{"tabs behind", Link{View: view(func(v *View) { v.Traces[0].Filter = wild(4000) })}, LeftTabs,
			func(l Link) bool {
				return len(l.View.Traces) == 1 && l.View.Traces[0].Filter == "b" && l.View.Active == idB && len(l.Traces) == 2
			}},
		{"the view", Link{View: view(func(v *View) { v.Traces[1].Filter = wild(4000) })}, LeftView, func(l Link) bool { return l.View == nil && len(l.Traces) == 2 }},
		{"traces", Link{Order: "10472", Traces: append(many(100), idB), View: view(func(*View) {})}, LeftTraces,
			func(l Link) bool { return len(l.Traces) > 40 && l.Traces[0] == idB && l.Order == "10472" }},
		{"traces, without an order", Link{Traces: many(100)}, LeftTraces, func(l Link) bool { return len(l.Traces) > 40 }},
		{"all traces", Link{Order: strings.Repeat("ы", 256), Tenant: strings.Repeat("т", 65), Traces: many(9)}, LeftTraces, func(l Link) bool { return l.Traces == nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.link.Endpoint = "jaeger.example:16685"
			text, left, err := tt.link.Encode()
			if err != nil || left != tt.left || len(text) > MaxLink {
				t.Fatalf("%d bytes, left %d, want %d, %v", len(text), left, tt.left, err)
			}
			if l, err := ParseLink(text); err != nil || !tt.check(l) {
				t.Errorf("%s: %+v, %v", text, l, err)
			}
		})
	}
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		link Link
		want error
	}{
		"no server":        {Link{Order: "1"}, ErrLink},
		"no port":          {Link{Endpoint: "jaeger", Order: "1"}, ErrLink},
		"nothing to open":  {Link{Endpoint: "jaeger:1"}, ErrLink},
		"no id":            {Link{Endpoint: "jaeger:1", Traces: []string{"12"}}, ErrLink},
		"a control in it":  {Link{Endpoint: "jaeger:1", Order: "1\n2"}, ErrLink},
		"an order as book": {Link{Endpoint: "jaeger:1", Order: strings.Repeat("\U0001F48D", 256)}, ErrLinkTooLong},
	} {
		if text, _, err := tt.link.Encode(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}

func TestBadLinks(t *testing.T) {
	const ok = "traceview://jaeger.example:16685/v1?order=10472"
	if l, err := ParseLink(ok + "&later=1&order=2#x"); err != nil || l.Order != "10472" {
		t.Errorf("with unknown parts: %+v, %v", l, err)
	}
	if l, err := ParseLink("TraceView://jaeger.example:16685/v1/?order=%2010472%20"); err != nil || l.Order != "10472" {
		t.Errorf("as a browser may write it: %+v, %v", l, err)
	}
	for _, text := range []string{
		"", "traceview", "traceview:", "traceview://", "https://jaeger.example:16685/v1?order=1", "traceview:order=1", "traceview:///v1?order=1",
		"traceview://jaeger.example:16685?order=1", "traceview://jaeger.example:16685/?order=1", "traceview://jaeger.example:16685/vx?order=1", "traceview://jaeger.example:16685/1?order=1",
		"traceview://jaeger.example:16685/v0?order=1", "traceview://jaeger.example:16685/v-1?order=1", "traceview://jaeger.example/v1?order=1",
		"traceview://jaeger.example:0/v1?order=1", "traceview://jaeger.example:65536/v1?order=1", "traceview://:16685/v1?order=1",
		"traceview://anna:secret@jaeger.example:16685/v1?order=1", "traceview://jaeger%20x:16685/v1?order=1", "traceview://jаeger.example:16685/v1?order=1",
		"traceview://[::1%25eth0]:16685/v1?order=1", "traceview://jaeger.example:16685/v1", "traceview://jaeger.example:16685/v1?order=",
		"traceview://jaeger.example:16685/v1?order=%zz", "traceview://jaeger.example:16685/v1?order=1%0a2", "traceview://jaeger.example:16685/v1?order=%ff",
		"traceview://jaeger.example:16685/v1?order=1%e2%80%ae2", "traceview://jaeger.example:16685/v1?trace=xyz", "traceview://jaeger.example:16685/v1?trace=" + strings.Repeat("0", 32),
		"traceview://jaeger.example:16685/v1?trace=" + idA + "&trace=" + idA, "traceview://jaeger.example:16685/v1?order=1&tenant=%00",
		ok + strings.Repeat("1", 300), ok + "&x=" + strings.Repeat("1", maxLinkRead),
	} {
		l, err := ParseLink(text)
		if !errors.Is(err, ErrLink) || !reflect.DeepEqual(l, Link{}) {
			t.Errorf("%.90q is taken for %+v, %v", text, l, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error repeats the link: %v", err)
		}
	}
	if _, err := ParseLink("traceview://jaeger.example:16685/v2?order=1"); !errors.Is(err, ErrNewer) {
		t.Errorf("of a later version: %v", err)
	}
}

func TestADamagedViewLeavesTheRest(t *testing.T) {
	whole, _, err := linked().Encode()
	if err != nil {
		t.Fatal(err)
	}
	const plain = "traceview://jaeger.example:16685/v1?trace=" + idA + "&view="
	pack := func(v View, ids ...string) string {
		text, err := packView(&v, ids, LeftNothing)
		if err != nil {
			t.Fatal(err)
		}
		return plain + text
	}
	for name, text := range map[string]string{
		"cut off":        whole[:len(whole)-10],
		"no base64":      plain + "%00",
		"empty":          plain,
		"not packed":     plain + "AAAA",
		"a bomb":         pack(View{Name: strings.Repeat("a", maxUnpacked)}),
		"another trace":  pack(View{Traces: []Trace{{TraceID: idB}}}, idA, idB),
		"no such trace":  pack(View{Traces: []Trace{{TraceID: "x"}}}),
		"a trace twice":  pack(View{Traces: []Trace{{TraceID: idA}, {TraceID: idA}}}, idA),
		"another active": pack(View{Active: idB}, idA, idB),
	} {
		l, err := ParseLink(text)
		if !errors.Is(err, ErrView) || l.View != nil || len(l.Traces) == 0 || l.Endpoint != "jaeger.example:16685" {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
	}
}

func TestIsLink(t *testing.T) {
	for text, want := range map[string]bool{
		"traceview://x": true, "TRACEVIEW:x": true, " <traceview://x>": true, "traceview": false, "a.traceview": false,
		"./traceview:x": false, "https://x": false, "": false,
	} {
		if IsLink(text) != want {
			t.Errorf("%q is a link: %v", text, !want)
		}
	}
}

func FuzzParseLink(f *testing.F) {
	for _, l := range []Link{linked(), {Endpoint: "[::1]:1", Traces: []string{idB}}} {
		text, _, err := l.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add("traceview://a:1/v1?order=1&view=AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLink(text)
		if err != nil && !errors.Is(err, ErrView) {
			return
		}
		again, left, err := l.Encode()
		if err != nil || left != LeftNothing {
			return // longer than is written
		}
		m, err := ParseLink(again)
		if err != nil {
			t.Fatalf("%q is written as %q, which is none: %v", text, again, err)
		}
		if once, _, err := m.Encode(); err != nil || once != again || !reflect.DeepEqual(l.Traces, m.Traces) || l.Order != m.Order {
			t.Fatalf("%q came back as %q and %q: %v", text, again, once, err)
		}
	})
}

// viewOfVersion1 is the view of full, packed.
const viewOfVersion1 = "QnUCNC2EZ1QqlGSkKpQW5OQnpiikJWbmgMMYJVAJugYWFRguQQ9jQ1yhb4nqVnRtSogYQAFG4FQEjxFjWIwYGmEkORRgrBRLKNEmKicpg9OprhFIMTzHQNJ8SmlRTKmBgXGqYW4xnhyXrGwO0oyaYdFSGd6sjig2SvJzlLAWQ7qwQIWXQoZIxZARWjlEaukJKZSJLTzBqQpSWuKqH6D1gQlyhWAKDmFolWCGmZCMIT40qa2tja0FBAAA__8"
