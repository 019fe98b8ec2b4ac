package verdict

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"traceview/internal/analysis/comparison"
	"traceview/internal/i18n"
	"traceview/internal/model"
)

// steps makes a trace of "service operation ms" below a root, one after another. An
// operation behind an exclamation mark failed; "~" before the ms waited in the queue.
func steps(t *testing.T, id byte, list ...string) *model.Trace {
	t.Helper()
	const epoch, ms = 1_794_474_843_000_000_000, 1_000_000
	b := model.NewBuilder()
	key := b.InternString("service.name")
	at := 0
	add := func(k, parent int, service, name string, start, dur int, kind model.Kind, fail string) {
		r := model.SpanRecord{Trace: model.TraceID{15: id}, ID: model.SpanID(k), Parent: model.SpanID(parent), Name: b.InternString(name), Kind: kind,
			StartNano: uint64(epoch + start*ms), EndNano: uint64(epoch + (start+dur)*ms),
			Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte(service))}})}
		if fail != "" {
			r.Status, r.StatusText = model.StatusError, b.InternString(fail)
		}
		b.Add(&r)
	}
	for k, step := range list {
		var service, name, dur, fail string
		if step, fail, _ = strings.Cut(step, "!"); fail == "" {
			fail = ""
		}
		f := strings.Fields(step)
		service, name, dur = f[0], strings.Join(f[1:len(f)-1], " "), f[len(f)-1]
		n, kind, start := 0, model.KindClient, at
		if wait, ok := strings.CutPrefix(dur, "~"); ok {
			_, _ = fmt.Sscan(wait, &n)
			add(100+k, 1, service, "send", at, 1, model.KindProducer, "")
			add(2+k, 100+k, service, name, at+1+n, 1, model.KindConsumer, "")
			at += 2
			continue
		}
		_, _ = fmt.Sscan(dur, &n)
		add(2+k, 1, service, name, start, n, kind, fail)
		at += n
	}
	add(1, 0, "shop", "POST /orders", 0, at, model.KindServer, "")
	return b.Build()[0]
}

// TestWordsOfDifferences reads what each kind of difference says, in both languages.
func TestWordsOfDifferences(t *testing.T) {
	healthy := func(n int, list ...string) (out []*model.Trace) {
		for k := range n {
			out = append(out, steps(t, byte(1+k), list...))
		}
		return out
	}
	for _, tt := range []struct {
		a, b   []string
		usual  bool
		en, ru string
	}{
		{[]string{"mes price 110"}, []string{"mes price 4200"}, false,
			"“price” of mes worked 4.20 s instead of 110 ms, 38 × as long", "mes: «price» — своя работа 4,20 с вместо 110 мс, в 38 раз дольше"},
		{[]string{"mes price 110"}, []string{"mes price 4200"}, true,
			"“price” of mes worked 4.20 s instead of the usual 110 ms, 38 × as long | In nine of ten it is 110 ms to 110 ms (6 traces).",
			"mes: «price» — своя работа 4,20 с вместо обычных 110 мс, в 38 раз дольше | В девяти случаях из десяти — от 110 мс до 110 мс (6 трасс)."},
		{[]string{"mes price 110"}, []string{"mes price 10"}, false,
			"“price” of mes worked only 10 ms instead of 110 ms", "mes: «price» — своя работа всего 10 мс вместо 110 мс"},
		{[]string{"s3 PUT 40"}, []string{"s3 PUT 40!403 AccessDenied"}, false,
			"s3 failed at “PUT”: 403 AccessDenied | In the other trace it went well.", "Сбой в s3, «PUT»: 403 AccessDenied | В другой трассе всё прошло хорошо."},
		{[]string{"s3 PUT 40"}, []string{"s3 PUT 40!403 AccessDenied"}, true,
			"s3 failed at “PUT”: 403 AccessDenied | It failed in none of 6 other traces.", "Сбой в s3, «PUT»: 403 AccessDenied | Ни в одной из 6 других трасс такого нет."},
		{[]string{"s3 PUT 40!403"}, []string{"s3 PUT 40"}, false,
			"s3 did “PUT” without the error of the other trace: 403", "s3: «PUT» без ошибки, которая есть в другой трассе: 403"},
		{[]string{"s3 PUT 40", "db GET 1"}, []string{"db GET 1"}, true,
			"s3 did not do “PUT”, as it usually does | 6 of 6 other traces have this step, usually for 40 ms.",
			"s3: шага «PUT» нет, хотя обычно он есть | Этот шаг есть в 6 из 6 других трасс, обычно 40 мс."},
		{[]string{"db GET 1"}, []string{"db GET 1", "db LOCK 7"}, false,
			"db also did “LOCK”, which took 7 ms", "db: лишний шаг «LOCK», 7 мс"},
		{[]string{"mes take ~3"}, []string{"mes take ~9000"}, false,
			"The message for “take” of mes lay in the queue for 9 s instead of 3 ms", "mes: сообщение для «take» пролежало в очереди 9 с вместо 3 мс"},
		{[]string{"mes price 0"}, []string{"mes price 69"}, false,
			"“price” of mes worked 69 ms by itself, in the other trace not at all", "mes: «price» — своя работа 69 мс, а в другой трассе её нет"},
		{[]string{"mes price 0", "db GET 9"}, []string{"mes price 69", "db GET 9"}, true,
			"“price” of mes worked 69 ms by itself, which it usually does not", "mes: «price» — своя работа 69 мс, а обычно её нет"},
		{[]string{"db GET 4"}, []string{"db GET 1", "db GET 1", "db GET 1", "db GET 1"}, false,
			"db did “GET” 4 times instead of 1", "db: «GET» 4 раза вместо 1"},
	} {
		n := 1
		if tt.usual {
			n = 6
		}
		c, err := comparison.Compare(context.Background(), healthy(n, tt.a...), []*model.Trace{steps(t, 99, tt.b...)}, comparison.Options{})
		if err != nil {
			t.Fatal(err)
		}
		list := c.Differences(1)
		if len(list) == 0 {
			t.Errorf("%v and %v: no difference", tt.a, tt.b)
			continue
		}
		for lang, want := range map[string]string{"en": tt.en, "ru": tt.ru} {
			w := OfDifference(i18n.For(lang), c, &list[0])
			if got := strings.TrimSuffix(w.Title+" | "+w.Detail, " | "); !strings.HasPrefix(got, want) || strings.Contains(got, " 0 s") || strings.Contains(got, " 0 с") {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		}
	}
}
