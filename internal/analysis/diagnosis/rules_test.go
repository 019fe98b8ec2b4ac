package diagnosis

import (
	"context"
	"slices"
	"testing"

	"traceview/internal/model"
)

// ms is a millisecond.
const ms = 1_000_000

// span makes a record of trace 1 from its times in ms. Each service has one host.
func span(id, parent uint64, service, name string, kind model.Kind, from, to int64, more ...func(*record)) *record {
	r := &record{trace: 1, id: id, parent: parent, on: machine{id: 1}, service: service, name: name, kind: kind, start: from * ms, end: to * ms, attrs: map[string]any{}}
	for _, f := range more {
		f(r)
	}
	return r
}

func with(key string, value any) func(*record) { return func(r *record) { r.attrs[key] = value } }

// fails marks a span as failed, with a text or "".
func fails(text string) func(*record) {
	return func(r *record) { r.status, r.text = model.StatusError, text }
}

// later moves records into another trace at a later time.
func later(n uint64, list []*record) []*record {
	for _, r := range list {
		r.trace += n
		r.start, r.end = r.start+int64(n)*3_600_000*ms, r.end+int64(n)*3_600_000*ms
	}
	return list
}

// usualOf makes a baseline of n orders that usual tells; each has ids of its own by its number.
func usualOf(n int, usual func(k uint64) []*record) *Baseline {
	b := NewBaseline()
	for k := range n {
		for _, t := range build(&story{spans: later(uint64(100*k+100), usual(uint64(k)))}) {
			b.Add(t)
		}
	}
	return b
}

// A said is what a finding should say.
type said struct {
	kind   Kind
	effect Effect
	span   uint64
}

// TestRules tells small orders, each with what one rule is for.
func TestRules(t *testing.T) {
	const server, client, inner, sender, taker = model.KindServer, model.KindClient, model.KindInternal, model.KindProducer, model.KindConsumer
	apart := func(k uint64, wait int64) []*record {
		name := with("messaging.message.id", "message-number-"+string(rune('a'+k)))
		if k > 25 {
			t.Fatal("too many messages")
		}
		r := span(4, 0, "mill", "process sacks", taker, 12+wait, 30+wait, name)
		r.trace = 2
		return []*record{span(1, 0, "farm", "POST /sacks", server, 0, 20), span(2, 1, "farm", "send sacks", sender, 5, 10, name), r}
	}
	getters := func(a, b int64) []*record {
		return []*record{span(1, 0, "farm", "POST /sacks", server, 0, a+b+20), span(2, 1, "farm", "GET", client, 5, 5+a, with("server.address", "scales")),
			span(3, 1, "farm", "GET", client, 10+a, 10+a+b, with("server.address", "weather"))}
	}
	queries := func(a, b int64) []*record {
		list := getters(a, b)
		list[1].attrs = map[string]any{"db.statement": "SELECT weight\n  FROM sacks s JOIN mills m ON m.id = s.mill WHERE s.id = ?"}
		list[2].attrs = map[string]any{"db.query.text": "select 1 from (select * from `weather`)"}
		return list
	}
	working := func(before, between, after int64) []*record {
		a, b := 10+before, 30+before+between
		return []*record{span(1, 0, "farm", "POST /sacks", server, 0, b+20+after), span(2, 1, "farm", "sieve", inner, a, a+10), span(3, 1, "farm", "weigh", inner, b, b+10)}
	}
	usually := func(k uint64) []*record { return working(int64(k%3), int64(k%5), int64(k%4)) }
	row := func(n int64) []*record { // of calls that take a third of the time
		list := []*record{span(1, 0, "farm", "POST /sacks", server, 0, 30*n)}
		for k := range n {
			list = append(list, span(uint64(k)+2, 1, "farm", "SELECT", client, 10*k, 10*k+10))
		}
		return list
	}
	weighed := func(ahead, took int64) []*record { // a call of which the other side works a tenth of a second
		return []*record{span(1, 0, "farm", "POST /sacks", server, 0, took+20), span(2, 1, "farm", "POST", client, 10, 10+took),
			span(3, 2, "mill", "POST /weigh", server, 15+ahead, 115+ahead)}
	}
	nested := func() []*record {
		return []*record{span(1, 0, "farm", "harvest", inner, 0, 100), span(2, 1, "farm", "thresh", inner, 10, 90), span(3, 2, "farm", "winnow", inner, 11, 50),
			span(4, 2, "farm", "sieve", inner, 50, 89)}
	}
	for _, c := range []struct {
		name  string
		spans []*record
		base  *Baseline
		want  []said
	}{
		{"the text of an error may come back from further below", []*record{
			span(1, 0, "farm", "POST /sacks", server, 0, 100, fails("cannot store: scale is stuck")),
			span(2, 1, "farm", "GET", client, 5, 10, fails("")),
			span(3, 1, "farm", "POST", client, 20, 60, fails("")),
			span(4, 3, "mill", "POST /weigh", server, 21, 59, fails("scale is stuck")),
		}, nil, []said{{Error, Failed, 4}}},
		{"calls of one name to different paths are no tries of one call", []*record{
			span(1, 0, "farm", "POST /sacks", server, 0, 100, fails("")),
			span(2, 1, "farm", "GET", client, 5, 10, fails(""), with("url.full", "http://mill/sacks/17?deep=1")),
			span(3, 1, "farm", "GET", client, 20, 60, with("url.full", "http://mill/state")),
		}, nil, []said{{Error, Failed, 2}}},
		{"calls of one path are", []*record{
			span(1, 0, "farm", "POST /sacks", server, 0, 100, with("http.status_code", 200)),
			span(2, 1, "farm", "GET", client, 5, 30, fails(""), with("http.url", "http://10.0.0.7/sacks/17")),
			span(3, 1, "farm", "GET", client, 40, 60, with("http.url", "http://10.0.0.8/sacks/17")),
		}, nil, []said{{Retry, Delayed, 2}}},
		{"what was told to stop is not why its caller gave up", []*record{
			span(1, 0, "farm", "POST /sacks", server, 0, 1010, fails("")),
			span(2, 1, "farm", "weigh", client, 5, 1005, fails("context deadline exceeded")),
			span(3, 2, "mill", "weigh", server, 6, 1004, fails("context canceled")),
			span(4, 3, "mill", "SELECT", client, 8, 1003, fails("context canceled")),
		}, nil, []said{{Timeout, Failed, 4}}},
		{"a program knows who called within it", []*record{
			span(2, 9, "farm", "thresh", inner, 10, 90), span(3, 9, "farm", "sieve", inner, 90, 95),
		}, nil, []said{{MissingSpans, Unseen, 2}}},
		{"a request may come from outside", []*record{span(2, 9, "farm", "POST /sacks", server, 10, 90), span(3, 2, "farm", "sieve", inner, 20, 80)}, nil, nil},
		{"but not one that always has a caller here", []*record{span(3, 2, "mill", "POST /weigh", server, 20, 80)},
			usualOf(12, func(uint64) []*record {
				return []*record{span(1, 0, "farm", "POST /sacks", server, 0, 100), span(2, 1, "farm", "POST", client, 10, 90), span(3, 2, "mill", "POST /weigh", server, 20, 80)}
			}), []said{{MissingSpans, Unseen, 3}}},
		{"a pause is none where the spans are missing that fill it", slices.Delete(nested(), 1, 2),
			usualOf(12, func(uint64) []*record { return nested() }), []said{{MissingSpans, Unseen, 1}}},
		{"a pause is in one place", working(20, 900, 30), usualOf(20, usually), []said{{Gap, Delayed, 1}}},
		{"some calls are nothing odd by themselves", row(15), nil, nil},
		{"many are", row(50), nil, []said{{RepeatedCalls, Delayed, 1}}},
		{"a straggler is slow", []*record{
			span(1, 0, "farm", "fill", inner, 0, 940), span(2, 1, "farm", "sack", inner, 1, 21), span(3, 1, "farm", "sack", inner, 1, 22), span(4, 1, "farm", "sack", inner, 1, 20),
			span(5, 1, "farm", "sack", inner, 1, 23), span(6, 1, "farm", "sack", inner, 1, 930), span(7, 6, "farm", "knot", inner, 2, 3),
		}, nil, []said{{Slow, Delayed, 6}}},
		{"else the work was slow", working(300, 400, 350), usualOf(20, usually), []said{{Slow, Delayed, 1}}},
		{"a message is known by its name alone", apart(0, 0), usualOf(20, func(k uint64) []*record { return apart(k, int64(k)) }), nil},
		{"it seems to be taken before it was sent", apart(0, -500), nil, []said{{ClockSkew, Skewed, 4}}},
		{"then those it calls are right", append(apart(0, -500), func() []*record {
			list := []*record{span(5, 4, "mill", "POST", client, -480, -475), span(6, 5, "scales", "POST /weigh", server, 21, 24)}
			list[0].trace, list[1].trace = 2, 2
			return list
		}()...), nil, []said{{ClockSkew, Skewed, 4}}},
		{"unless its sender's clock was put right by guess", func() []*record {
			name := with("messaging.message.id", "message-number-a")
			list := []*record{span(1, 0, "farm", "POST /sacks", client, 0, 300), span(2, 1, "mill", "POST /sacks", server, 1000, 1100),
				span(3, 2, "mill", "send sacks", sender, 1010, 1015, name), span(4, 0, "barn", "process sacks", taker, 50, 90, name)}
			list[3].trace = 2
			return list
		}(), nil, []said{{ClockSkew, Skewed, 2}}},
		{"a call that took too long did so by any clock", weighed(5000, 2000),
			usualOf(20, func(k uint64) []*record { return weighed(0, 110+int64(k)) }), []said{{Gap, Delayed, 2}, {ClockSkew, Skewed, 3}}},
		{"nobody took it", apart(0, 0)[:2], usualOf(20, func(k uint64) []*record { return apart(k, int64(k)) }), []said{{MissingSpans, Stopped, 2}}},
		{"who sent it first counts, not who passed it on", func() []*record {
			name := with("messaging.message.id", "message-number-a")
			list := []*record{span(1, 0, "barn", "pass sacks on", sender, 500, 510, name), span(2, 0, "mill", "process sacks", taker, 15, 30, name),
				span(3, 0, "farm", "send sacks", sender, 5, 10, name)}
			list[0].trace, list[1].trace, list[2].trace = 1, 2, 3
			return list
		}(), nil, nil},
		{"it waited", apart(0, 5000), usualOf(20, func(k uint64) []*record { return apart(k, int64(k)) }), []said{{QueueWait, Delayed, 4}}},
		{"nothing is taken before it is sent", []*record{
			span(1, 0, "farm", "POST /sacks", server, 5000, 5020), span(2, 1, "farm", "send sacks", sender, 5005, 5010),
			span(3, 2, "mill", "process sacks", taker, 3000, 3040), span(4, 3, "mill", "POST", client, 3010, 3030), span(5, 4, "scales", "POST /weigh", server, 5015, 5025),
		}, nil, []said{{ClockSkew, Skewed, 3}}},
		{"but asked for it may be", []*record{
			span(1, 0, "farm", "POST /sacks", server, 5000, 5020), span(2, 1, "farm", "send sacks", sender, 5005, 5010),
			span(3, 2, "mill", "poll sacks", taker, 3000, 5040, with("messaging.operation.type", "receive")),
		}, nil, nil},
		{"the clock that is most wrong comes first", []*record{
			span(1, 0, "farm", "a", client, 0, 100), span(2, 1, "mill", "a", server, 40, 140), span(3, 0, "farm", "b", inner, 100, 900),
			span(4, 3, "farm", "c", client, 110, 200), span(5, 4, "scales", "c", server, 5110, 5190), span(6, 3, "farm", "d", client, 300, 400), span(7, 6, "barn", "d", server, 310, 390),
		}, nil, []said{{ClockSkew, Skewed, 5}, {ClockSkew, Skewed, 2}}},
		{"queries of one name to different tables are not alike", queries(700, 800),
			usualOf(20, func(k uint64) []*record { return queries(5+int64(k%4), 800+int64(k)) }), []said{{Slow, Delayed, 2}}},
		{"calls of one name to different programs are not alike", getters(700, 800),
			usualOf(20, func(k uint64) []*record { return getters(5+int64(k%4), 800+int64(k)) }), []said{{Slow, Delayed, 2}}},
		{"a program that has moved is still the same", []*record{span(1, 0, "farm", "POST /sacks", server, 0, 900), span(2, 1, "farm", "weigh", client, 5, 800, with("server.address", "scales-b"))},
			usualOf(20, func(k uint64) []*record {
				return []*record{span(1, 0, "farm", "POST /sacks", server, 0, 100), span(2, 1, "farm", "weigh", client, 5, 20+int64(k), with("server.address", "scales-a"))}
			}), []said{{Slow, Delayed, 2}}},
		{"but not two at once", []*record{span(1, 0, "farm", "POST /sacks", server, 0, 1000), span(2, 1, "farm", "weigh", client, 5, 25, with("server.address", "scales-b")),
			span(3, 1, "farm", "weigh", client, 30, 800, with("server.address", "scales-c"))},
			usualOf(20, func(k uint64) []*record {
				return []*record{span(1, 0, "farm", "POST /sacks", server, 0, 1000), span(2, 1, "farm", "weigh", client, 5, 20+int64(k), with("server.address", "scales-a"))}
			}), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := Diagnose(context.Background(), build(&story{spans: c.spans}), Options{Baseline: c.base})
			if err != nil {
				t.Fatal(err)
			}
			var got []said
			traces := build(&story{spans: c.spans})
			for _, f := range list {
				got = append(got, said{f.Kind, f.Effect, uint64(traces[f.At.Trace].Spans[f.At.Span].ID)})
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("findings %v, want %v", got, c.want)
			}
		})
	}
}

// TestStillComing holds that nobody is missed who may still tell of itself.
func TestStillComing(t *testing.T) {
	traces := build(&story{spans: []*record{span(2, 9, "farm", "thresh", model.KindInternal, 0, 100)}})
	end := traces[0].Epoch + traces[0].Dur
	for asked, want := range map[int64]int{end + 5000*ms: 0, end + 20_000*ms: 1} {
		if list, err := Diagnose(context.Background(), traces, Options{Asked: asked}); err != nil || len(list) != want {
			t.Errorf("asked %d s after the end: %d findings, %v", (asked-end)/1_000_000_000, len(list), err)
		}
	}
}

// TestTakenBack holds that a finding does not stand for others that were taken back: here
// the pauses between the tries of a call.
func TestTakenBack(t *testing.T) {
	const inner, client = model.KindInternal, model.KindClient
	list, err := Diagnose(context.Background(), build(&story{spans: []*record{
		span(1, 0, "farm", "fill", inner, 0, 2000),
		span(2, 1, "farm", "weigh", inner, 0, 900), span(3, 2, "farm", "sieve", inner, 10, 15),
		span(4, 1, "farm", "weigh", inner, 1000, 1950), span(5, 4, "farm", "GET", client, 1010, 1015, fails("")),
		span(6, 4, "farm", "GET", client, 1910, 1915),
	}}), Options{Baseline: usualOf(20, func(k uint64) []*record {
		return []*record{span(1, 0, "farm", "fill", inner, 0, 100), span(2, 1, "farm", "weigh", inner, 0, 20+int64(k)), span(3, 2, "farm", "sieve", inner, 10, 15),
			span(4, 2, "farm", "GET", client, 15, 18)}
	})})
	at := slices.IndexFunc(list, func(f Finding) bool { return f.Kind == Gap })
	if err != nil || at < 0 || list[at].Alike != 0 {
		t.Errorf("findings %+v, %v, want a pause that stands for no other", list, err)
	}
}
