package document

import "traceview/internal/model"

// Names call the spans of a trace otherwise than by their own names. Each text has a
// number that no string of the trace and no other text has, so that what is laid out
// of it can be kept.
type Names interface {
	Name(i model.SpanIndex) (id model.StringID, text string)
	System(i model.SpanIndex) (id model.StringID, text string)
}

// SetNames chooses what spans and services are called, nil for their own names. It
// changes words only: no step of the way back.
func (d *Document) SetNames(n Names) {
	if n != nil || d.names != nil {
		d.names, d.operations = n, nil
		d.namesVersion++
		d.tell()
	}
}

// Name returns what span i is called, "" for one without a name, and the number of
// that text.
func (d *Document) Name(i model.SpanIndex) (model.StringID, string) {
	if d.names != nil {
		return d.names.Name(i)
	}
	id := d.trace.Spans[i].Name
	return id, d.trace.Str(id)
}

// System returns what the service of span i is called, and the number of that text.
func (d *Document) System(i model.SpanIndex) (model.StringID, string) {
	if d.names != nil {
		return d.names.System(i)
	}
	id := d.trace.ResourceAt(d.trace.Spans[i].Resource).Service
	return id, d.trace.Str(id)
}

// NamesVersion tells names from those of before: another number, other names.
func (d *Document) NamesVersion() int { return d.namesVersion }

// namedAtOnce is how many spans are asked what they are called before the next
// frame: 15 ms.
const namedAtOnce = 100_000

// opKey tells operations apart.
type opKey struct {
	service, name model.StringID
	kind          model.Kind
}

// opName is what an operation is called.
type opName struct {
	id   model.StringID
	text string
}

// Operation returns what the operation of span i is called, and the number of that
// text: its own name where its spans are called differently, since a name such as
// GET may be that of calls to several systems. In a trace of more than namedAtOnce
// spans, those beyond are taken for alike. What was asked once costs a look in a map.
func (d *Document) Operation(i model.SpanIndex) (model.StringID, string) {
	if d.names == nil {
		return d.Name(i)
	}
	if d.operations == nil {
		d.operations = map[opKey]opName{}
		for k := range min(len(d.trace.Spans), namedAtOnce) {
			d.nameOperation(model.SpanIndex(k))
		}
	}
	op, ok := d.operations[d.opKey(i)]
	if !ok {
		op = d.nameOperation(i)
	}
	return op.id, op.text
}

func (d *Document) opKey(i model.SpanIndex) opKey {
	s := &d.trace.Spans[i]
	return opKey{d.trace.ResourceAt(s.Resource).Service, s.Name, s.Kind}
}

// nameOperation takes what span i is called for its operation.
func (d *Document) nameOperation(i model.SpanIndex) opName {
	key := d.opKey(i)
	id, text := d.names.Name(i)
	if had, ok := d.operations[key]; ok && had.id != id {
		id, text = key.name, d.trace.Str(key.name)
	}
	op := opName{id, text}
	d.operations[key] = op
	return op
}

// spoken returns what span i is called, or the word for no name.
func (d *Document) spoken(i model.SpanIndex, p Printer) string {
	if _, name := d.Name(i); name != "" {
		return name
	}
	return p.T("trace.unnamed")
}

// step returns what span i is called if that is not its own name, "" otherwise.
func (d *Document) step(i model.SpanIndex) string {
	if _, name := d.Name(i); name != d.trace.Name(i) {
		return name
	}
	return ""
}

// system returns what the service of span i is called.
func (d *Document) system(i model.SpanIndex) string {
	_, name := d.System(i)
	return name
}
