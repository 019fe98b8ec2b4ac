package axis

import (
	"fmt"
	"testing"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/ui/look"
)

// dyed makes a trace of n spans in chains of ten, each of an operation of its
// own among so many, with the operation as service too, and a Document of it.
func dyed(tb testing.TB, n, operations int) *document.Document {
	tb.Helper()
	b := model.NewBuilder()
	for i := range n {
		name := fmt.Sprint("operation ", i*7919%operations)
		parent := model.SpanID(i)
		if i%10 == 0 {
			parent = 0
		}
		b.Add(&model.SpanRecord{Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1), Parent: parent, Name: b.InternString(name),
			Resource:  b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(b.InternString("service.name"), []byte(name))}}),
			StartNano: uint64(1e18) + uint64(i)*1000, EndNano: uint64(1e18) + uint64(n)*1000})
	}
	return document.New(b.Build()[0])
}

// TestDyeTellsApart holds that as many names as there are colours all differ,
// and that of more a span differs from its parent and from the row above.
func TestDyeTellsApart(t *testing.T) {
	pal := look.Light()
	for _, series := range look.SeriesNames() {
		size := pal.Series(series).Len()
		for _, operations := range []int{1, 2, size, size + 1, 100, 5000} {
			d := dyed(t, 6000, operations)
			d.SetColourRule(document.ColourRule{By: document.ByOperation, Palette: series})
			var dye Dye
			dye.Mix(d, pal, &look.Colours{})
			tr, g := d.Trace(), dye.Groups()
			colours := map[look.ServiceColor]bool{}
			for k := range g.Names {
				colours[dye.Group(k)] = true
			}
			if len(colours) != min(operations, size) {
				t.Errorf("%s: %d operations have %d colours of %d", series, operations, len(colours), size)
			}
			if operations < size || operations > 1000 { // past the names that are kept, neighbours may be alike
				continue
			}
			first := map[int]bool{}
			for i := range tr.Spans {
				s := &tr.Spans[i]
				if n := g.Of(model.SpanIndex(i)); first[n] || i == 0 { // groups choose when they are first met
					continue
				} else {
					first[n] = true
				}
				if p := s.Parent; p != model.NoSpan && g.Of(p) != g.Of(model.SpanIndex(i)) && dye.Of(p) == dye.Of(model.SpanIndex(i)) {
					t.Fatalf("%s, %d operations: span %d looks like its parent", series, operations, i)
				}
			}
		}
	}
}

// TestDyeIsStable holds that services have the colours of lists, that names keep
// theirs from trace to trace, and that nothing is computed anew for nothing.
func TestDyeIsStable(t *testing.T) {
	pal, known := look.Dark(), &look.Colours{}
	names := []string{"operation 0", "operation 1", "operation 2"}
	want := pal.Assign(known, names)
	d := dyed(t, 30, 3)
	var dye Dye
	dye.Mix(d, pal, known)
	for k, name := range dye.Groups().Names {
		for n := range names {
			if names[n] == name && dye.Group(k) != pal.Service(want[n]) {
				t.Errorf("%s looks in a trace other than in a list", name)
			}
		}
	}
	if n := testing.AllocsPerRun(10, func() { dye.Mix(d, pal, known) }); n != 0 {
		t.Errorf("%v allocations where nothing changed", n)
	}
	faded := dye.Faded(0)
	if faded == dye.Of(0) || faded != pal.Faded(dye.Of(0)) {
		t.Errorf("faded %+v", faded)
	}
	d.SetColourRule(document.ColourRule{By: document.ByAttribute, Key: "nobody"})
	if dye.Mix(d, pal, known); dye.Of(0) != pal.Series("").Neutral {
		t.Errorf("without a value a span looks like %+v", dye.Of(0))
	}
}

func BenchmarkDye(b *testing.B) {
	d := dyed(b, 1_000_000, 3000)
	d.SetColourRule(document.ColourRule{By: document.ByOperation})
	b.ReportAllocs()
	for b.Loop() {
		var dye Dye
		dye.Mix(d, look.Light(), nil)
	}
}
