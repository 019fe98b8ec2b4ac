package scrub

import (
	"strconv"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestEverywhere plants a secret in every place of a span that holds text.
func TestEverywhere(t *testing.T) {
	const secret = "olga@example.org"
	s, err := newScrubber(&Config{Keys: []string{`(^|[._])password$`, `^http\.request\.header\.x_api_key$`}, Values: []string{`[a-z]+@example\.org`, `(token=)\w+`}, Keep: []string{"order.id"}})
	if err != nil {
		t.Fatal(err)
	}
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	plant(rs.Resource().Attributes(), secret)
	ss := rs.ScopeSpans().AppendEmpty()
	plant(ss.Scope().Attributes(), secret)
	span := ss.Spans().AppendEmpty()
	plant(span.Attributes(), secret)
	span.SetName("GET /" + secret)
	span.Status().SetMessage("no " + secret)
	span.TraceState().FromRaw("who=" + secret)
	e := span.Events().AppendEmpty()
	e.SetName(secret)
	plant(e.Attributes(), secret)
	l := span.Links().AppendEmpty()
	l.TraceState().FromRaw("who=" + secret)
	plant(l.Attributes(), secret)

	s.traces(td)
	data, err := (&ptrace.JSONMarshaler{}).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, bad := range []string{secret, "hunter2", "abc123", "b2xnYUBleGFtcGxlLm9yZw"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is still there: %s", bad, text)
		}
	}
	for _, good := range []string{"call ", "token=" + Mark, "GET /" + Mark, "10472", "kept@example.org"} {
		if !strings.Contains(text, good) {
			t.Errorf("%q is gone: %s", good, text)
		}
	}
}

// TestMemo finds the same again, and holds no more than it may.
func TestMemo(t *testing.T) {
	s, err := newScrubber(&Config{Keys: []string{"^secret$"}, Values: []string{"bad"}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if !s.forbids("Secret") || s.forbids("public") || s.text("a bad one") != "a "+Mark+" one" || s.text("good") != "good" {
			t.Fatal("what was found at first is not found again")
		}
	}
	if _, ok := s.clean.known["a bad one"]; ok || len(s.clean.known) != 1 || len(s.allowed.known) != 1 {
		t.Errorf("remembered are %v and %v, want what is harmless", s.clean.known, s.allowed.known)
	}
	long := strings.Repeat("x", memoLength) + "bad"
	if s.text(long) == long {
		t.Error("a long text is not looked at")
	}
	for i := range 3 * memoTexts {
		s.text(strconv.Itoa(i))
	}
	if n := len(s.clean.known); n > memoTexts {
		t.Errorf("%d texts remembered, may be %d", n, memoTexts)
	}
}

func plant(m pcommon.Map, secret string) {
	m.PutStr("note", "call "+secret+"?token=abc123")
	m.PutStr("user.password", "hunter2")
	m.PutStr("http.request.header.X-Api-Key", "hunter2")
	m.PutStr("order.id", "kept@example.org")
	m.PutInt("count", 10472)
	m.PutEmptyBytes("bytes").FromRaw([]byte(secret))
	list := m.PutEmptySlice("list")
	list.AppendEmpty().SetStr(secret)
	inner := list.AppendEmpty().SetEmptyMap()
	inner.PutStr("deep", secret)
	inner.PutStr("password", "hunter2")
}

func TestConfig(t *testing.T) {
	for name, c := range map[string]*Config{"nothing": {}, "key": {Keys: []string{"("}}, "value": {Values: []string{"["}}} {
		if c.Validate() == nil {
			t.Errorf("wrong %s is taken", name)
		}
	}
}
