//go:build e2e

package e2e

import (
	"bytes"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	resourcev1 "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"traceview/internal/client"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// A plant is an attribute as careless services record it, and what of its value
// may be stored nowhere.
type plant struct{ key, value, secret string }

// byKey are known by their key alone: their values may be anything.
var byKey = []plant{
	{"user.password", "hunter2-planted", "hunter2-planted"},
	{"DB_PASSWORD", "postgres-planted", "postgres-planted"},
	{"http.request.header.authorization", "Bearer planted.bearer.0001", "planted.bearer.0001"},
	{"http.request.header.Cookie", "SESSION=planted-session-77", "planted-session-77"},
	{"http.response.header.set-cookie", "id=planted-cookie-12", "planted-cookie-12"},
	{"http.request.header.x-api-key", "planted-api-key-3", "planted-api-key-3"},
	{"http.request.body", "anything planted-body-1", "planted-body-1"},
	{"aws.secret_access_key", "planted/aws/secret", "planted/aws/secret"},
	{"enduser.id", "planted-enduser-5", "planted-enduser-5"},
	{"customer.full_name", "Плантова Ольга", "Плантова"},
	{"customer.address", "Planted Street 5", "Planted Street 5"},
	{"client.address", "203.0.113.77", "203.0.113.77"},
	{"db.query.parameter.0", "planted-parameter-8", "planted-parameter-8"},
	{"messaging.message.body", `{"a":"planted-message-4"}`, "planted-message-4"},
}

// inText are known by what the text says, under any key and in names.
var inText = []plant{
	{"note", "call me at olga.planted@example.org today", "olga.planted@example.org"},
	{"note", "звоните +7 (912) 345-67-89", "345-67-89"},
	{"note", "or 8 912 345 67 88 instead", "345 67 88"},
	{"note", "paid with 4111 1111 1111 1111", "1111 1111"},
	{"note", "paid with 2200700012345678", "2200700012345678"},
	{"url.full", "https://files.example/a.stl?X-Amz-Signature=planted5ig&part=1", "planted5ig"},
	{"url.full", "https://olga:planted-pw@crm.example/", "planted-pw"},
	{"url.query", "order=1&access_token=planted-query-token", "planted-query-token"},
	{"exception.message", `refused: {"password": "planted-json-pw"}`, "planted-json-pw"},
	{"exception.message", "пароль: planted-ru-pw неверен", "planted-ru-pw"},
	{"jwt.seen", "eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoxfQ.c2lnbmF0dXJl", "eyJwbGFudGVkIjoxfQ"},
	{"db.query.text", "UPDATE customers SET surname = 'planted-literal' WHERE id = 5", "planted-literal"},
	{"key.seen", "-----BEGIN RSA PRIVATE KEY-----\nplantedkeydata\n-----END RSA PRIVATE KEY-----", "plantedkeydata"},
}

var planted = append(slices.Clone(byKey), inText...)

// Harmless values in the same places must be found where secrets must not be,
// or looking there would prove nothing.
const harmless = "harmless-control-value"

// TestSensitiveAttributes plants secrets in every place of a span, lets them go
// through the stack, and looks for them in all traces stored and in every file.
func TestSensitiveAttributes(t *testing.T) {
	s := startStack(t, "REST_SHARE=1")
	ids := map[model.TraceID]bool{}
	for i := range planted {
		rs := plantedSpans(byte(i+1), planted[i].key, planted[i].value)
		ids[model.TraceID(rs.ScopeSpans[0].Spans[0].TraceId)] = true
		if err := s.export(t.Context(), s.token, rs); err != nil {
			t.Fatal(err)
		}
	}
	page := model.TraceID{0: 0xbb, 15: 1}
	ids[page] = true
	s.sendFromPage(page)

	c := s.client()
	var found []*model.Trace
	if !until(time.Minute, 100*time.Millisecond, func() bool {
		var err error
		found, err = c.FindTraces(t.Context(), client.Query{Service: "careless", Limit: 1000}, nil)
		return err == nil && len(found) == len(ids)
	}) {
		t.Fatalf("%d of %d traces arrived:\n%s", len(found), len(ids), s.collector.output.String())
	}
	for _, tr := range found {
		data := otlp.AppendJSON(nil, tr)
		findSecrets(t, "trace "+hex.EncodeToString(tr.ID[:]), data)
		// Badger keeps no attributes of links and libraries.
		if n := bytes.Count(data, []byte(harmless)); n < 7 {
			t.Errorf("harmless values are in %d places of a trace, want 7 at least: %s", n, data)
		}
	}
	s.jaeger.kill() // as it lies on the disk after a crash
	s.collector.kill()
	searchFiles(t, s.dir)
	for _, p := range []*process{s.jaeger, s.collector} {
		findSecrets(t, "a log", []byte(p.output.String()))
	}
}

// plantedSpans is a span of the careless service with an attribute everywhere.
func plantedSpans(n byte, key, value string) *tracev1.ResourceSpans {
	list := func() []*commonv1.KeyValue {
		inner := &commonv1.KeyValueList{Values: []*commonv1.KeyValue{text(key, value), text("control", harmless)}}
		array := &commonv1.ArrayValue{Values: []*commonv1.AnyValue{{Value: &commonv1.AnyValue_KvlistValue{KvlistValue: inner}}}}
		return []*commonv1.KeyValue{
			text(key, value), text("control", harmless),
			{Key: "nested", Value: &commonv1.AnyValue{Value: &commonv1.AnyValue_ArrayValue{ArrayValue: array}}},
		}
	}
	began := uint64(time.Now().Add(-time.Minute).UnixNano())
	span := &tracev1.Span{
		TraceId: []byte{0: 0xaa, 1: n, 15: 1}, SpanId: []byte{0: n, 7: 1}, Name: "careless " + harmless, StartTimeUnixNano: began, EndTimeUnixNano: began + 1e6,
		Attributes: list(),
		Events:     []*tracev1.Span_Event{{TimeUnixNano: began, Name: "event", Attributes: list()}},
		Links:      []*tracev1.Span_Link{{TraceId: []byte{0: 9, 15: 9}, SpanId: []byte{0: 9, 7: 9}, Attributes: list()}},
	}
	if slices.ContainsFunc(inText, func(p plant) bool { return p.value == value }) {
		span.Name += " " + value
		span.Status = &tracev1.Status{Code: tracev1.Status_STATUS_CODE_ERROR, Message: value}
		span.Events[0].Name = value
	}
	return &tracev1.ResourceSpans{
		Resource:   &resourcev1.Resource{Attributes: append(list(), text("service.name", "careless"))},
		ScopeSpans: []*tracev1.ScopeSpans{{Scope: &commonv1.InstrumentationScope{Name: "hand-made", Attributes: list()}, Spans: []*tracev1.Span{span}}},
	}
}

// sendFromPage sends spans as a page does: from its origin, without a token,
// through the proxy. Another page is refused.
func (s *stack) sendFromPage(id model.TraceID) {
	s.t.Helper()
	_, browsers := s.startProxy()
	rs := plantedSpans(99, "user.password", planted[0].value)
	rs.ScopeSpans[0].Spans[0].TraceId = id[:]
	data, err := protojson.Marshal(&tracev1.TracesData{ResourceSpans: []*tracev1.ResourceSpans{rs}})
	if err != nil {
		s.t.Fatal(err)
	}
	// protojson writes ids in base64, OTLP wants them in hexadecimal.
	span := rs.ScopeSpans[0].Spans[0]
	for _, b := range [][]byte{span.TraceId, span.SpanId, span.Links[0].TraceId, span.Links[0].SpanId} {
		inBase64, err := protojson.Marshal(&commonv1.AnyValue{Value: &commonv1.AnyValue_BytesValue{BytesValue: b}})
		if err != nil {
			s.t.Fatal(err)
		}
		quoted := strings.Trim(strings.SplitN(string(inBase64), ":", 2)[1], " }")
		data = bytes.ReplaceAll(data, []byte(quoted), []byte(`"`+hex.EncodeToString(b)+`"`))
	}
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: s.trusting()}}
	for origin, want := range map[string]int{"https://shop.example": http.StatusOK, "https://evil.example": http.StatusForbidden, "": http.StatusForbidden} {
		req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, "https://"+browsers+"/v1/traces", bytes.NewReader(data))
		if err != nil {
			s.t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", origin)
		resp, err := web.Do(req)
		if err != nil {
			s.t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			s.t.Errorf("spans from a page of %q: %s, want %d", origin, resp.Status, want)
		}
	}
}

// findSecrets fails where something planted is in data.
func findSecrets(t *testing.T, where string, data []byte) {
	t.Helper()
	for _, p := range planted {
		if at := bytes.Index(data, []byte(p.secret)); at >= 0 {
			t.Errorf("%q of %s is in %s: …%.200q", p.secret, p.key, where, data[max(at-100, 0):])
		}
	}
}

// searchFiles looks into every file of the collector and of Jaeger.
func searchFiles(t *testing.T, dir string) {
	t.Helper()
	for _, part := range []string{"collector", "jaeger"} {
		files, controls := 0, 0
		err := filepath.WalkDir(filepath.Join(dir, part), func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			data, err := writtenPart(path)
			files++
			controls += bytes.Count(data, []byte(harmless))
			findSecrets(t, path, data)
			return err
		})
		if err != nil || controls < len(planted) {
			t.Errorf("%s: the harmless value is %d times in %d files, want one for each span at least (%v)", part, controls, files, err)
		}
	}
}

// writtenPart is a file without its blocks of zeros: Badger's files are made of
// gigabytes of them.
func writtenPart(path string) (data []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	block, zeros := make([]byte, mega), make([]byte, mega)
	for {
		n, err := io.ReadFull(f, block)
		if !bytes.Equal(block[:n], zeros[:n]) {
			data = append(data, block[:n]...)
		}
		if err != nil { // the end, most likely in the middle of a block
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				err = nil
			}
			return data, err
		}
	}
}
