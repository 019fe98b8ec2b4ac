package document

import (
	"testing"

	"traceview/internal/i18n"
	"traceview/internal/model"
)

const ms = int64(1e6)

// epoch is 12 Nov 2026, 09:14:03.120 UTC.
const epoch = 1794474843120000000

// span is one span of a test trace; times in ms.
type span struct {
	id, parent model.SpanID
	start, dur int64
	fail       bool
}

// family is two roots and an orphan:
//
//	1 ─ 2 ─ 3 (fails)
//	  │   └ 4
//	  └ 5 ─ 6 (fails)
//	7 (orphan) ─ 8
//	9
var family = []span{
	{1, 0, 0, 1000, false}, {2, 1, 10, 400, false}, {3, 2, 20, 100, true}, {4, 2, 200, 150, false},
	{5, 1, 500, 400, false}, {6, 5, 600, 200, true},
	{7, 99, 700, 100, false}, {8, 7, 710, 20, false},
	{9, 0, 2000, 2000, false},
}

func build(tb testing.TB, spans []span) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	key := b.InternString("service.name")
	res := b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte("shop-api"))}})
	for _, s := range spans {
		r := model.SpanRecord{
			Trace: model.TraceID{15: 1}, ID: s.id, Parent: s.parent, Resource: res, Name: b.InternString("op " + s.id.String()[15:]),
			StartNano: uint64(epoch + s.start*ms), EndNano: uint64(epoch + (s.start+s.dur)*ms),
		}
		if s.fail {
			r.Status = model.StatusError
		}
		b.Add(&r)
	}
	if len(spans) == 0 {
		return &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
	}
	return b.Build()[0]
}

// newDocument returns a Document of the family with five rows on screen.
func newDocument(tb testing.TB) *Document {
	d := New(build(tb, family))
	d.Resize(1000, 5*20, 20)
	return d
}

var english = i18n.For("en")
