package redact

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"traceview/internal/logs"
	"traceview/internal/model"
)

func TestLogsAreRedactedAsTheTrace(t *testing.T) {
	const mail, card = "ivan.petrov@example.ru", "4111 1111 1111 1111"
	b := model.NewBuilder()
	b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 1, Name: b.InternString("pay"),
		Attrs: []model.Attr{b.StringAttr(b.InternString("note"), []byte("to "+mail))}})
	trace := b.Build()[0]
	half := strings.Repeat("x ", logs.MaxMessage/2-4) + "ivan.p" // of an address that was cut
	l := logs.New(trace.ID, []logs.Line{
		{Time: 1, Span: 1, Service: "shop-api", Message: "paid by " + mail, Stack: "at Pay\nCaused by: no card " + card, UID: "customers/" + mail,
			Logger: "shop.Pay", Level: logs.LevelOf("WARN"), Fields: []logs.Field{{Key: "password", Value: "hunter2"}, {Key: "attributes.customer.name", Value: "Ivan"},
				{Key: "order.id", Value: "10472"}, {Key: "to " + mail, Value: "v"}}},
		{Time: 2, Message: half, MessageBytes: 1 << 20},
	}, logs.Gap{Missed: 3, Reason: "asked by " + mail})
	r := New(Safe(), nil)
	r.CollectValues()
	out, err := r.Apply(t.Context(), trace, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Logs(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%+v %+v %+v", *got.At(0), *got.At(1), got.Gap())
	for _, planted := range []string{mail, "ivan.p", card, "hunter2", "Ivan"} {
		if strings.Contains(all, planted) {
			t.Errorf("%s stays in %.600s", planted, all)
		}
	}
	note, _ := out.Attr(0, "note")
	if token := strings.TrimPrefix(out.Text(note), "to "); !strings.HasPrefix(token, "[email:") || got.At(0).Message != "paid by "+token {
		t.Errorf("the trace has %q and the message %q", token, got.At(0).Message)
	}
	first := got.At(0)
	if first.Time != 1 || first.Span != 1 || first.Service != "shop-api" || first.Logger != "shop.Pay" || first.Level != l.At(0).Level || first.Stack[:7] != "at Pay\n" {
		t.Errorf("what tells where it went wrong does not stay: %+v", first)
	}
	if v, _ := first.Field("order.id"); v != "10472" || first.UID == "" || got.Gap().Missed != 3 {
		t.Errorf("order %q, uid %q, gap %+v", v, first.UID, got.Gap())
	}
	if l.At(0).Message != "paid by "+mail || l.At(0).Fields[0].Value != "hunter2" {
		t.Error("redacting changed what was redacted")
	}
	changes, _ := r.Changes()
	told := map[string]int{}
	for _, c := range changes {
		told[c.Where+" "+c.Key] += c.Count
	}
	for _, want := range []string{"field @log", "log password", "log attributes.customer.name", "field @key", "span note"} {
		if told[want] == 0 {
			t.Errorf("%s is not told of: %v", want, told)
		}
	}
}

func TestRulesForLogs(t *testing.T) {
	rules, err := ReadRules(strings.NewReader(`{"version":1,"base":"none","rules":[{"key":"@log","do":"mask"},{"key":"tier","do":"hash"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	l := logs.New(model.TraceID{1}, []logs.Line{{Message: "plain words", Fields: []logs.Field{{Key: "labels.tier", Value: "gold"}, {Key: "other", Value: "a@b.ru"}}}}, logs.Gap{})
	got, err := New(rules, nil).Logs(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	line := got.At(0)
	if line.Message != masked || !strings.HasPrefix(line.Fields[0].Value, "[id:") || !strings.HasPrefix(line.Fields[1].Value, "[email:") {
		t.Errorf("got %+v", line)
	}
	if got, err = New(None(), nil).Logs(t.Context(), l); err != nil || got.At(0).Message != "plain words" || got.At(0).Fields[1].Value != "a@b.ru" {
		t.Errorf("without rules: %+v, %v", got.At(0), err)
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	if _, err := New(rules, nil).Logs(ctx, l); !errors.Is(err, stop) {
		t.Errorf("ended: %v", err)
	}
}
