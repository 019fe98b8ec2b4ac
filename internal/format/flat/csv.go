package flat

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// Columns are the names in the first line of CSV. Names and their order stay; new
// ones come behind.
var Columns = []string{
	"trace_id", "span_id", "parent_span_id", "service", "operation", "kind", "status", "status_message",
	"start", "duration_ns", "self_ns", "depth", "events", "links", "attributes", "resource",
}

// CSV writes a table as RFC 4180 has it, in UTF-8 without a byte-order mark: a line
// of names, then one a span, parents before their children. Times are in UTC with
// nanoseconds, attributes JSON objects. A spreadsheet takes a cell that begins with
// one of = + - @ for a formula, so text that does gets an apostrophe in front, as
// OWASP advises; guarded is the number of such cells.
func CSV(w io.Writer, traces []*model.Trace, self Self) (guarded int, err error) {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(Columns); err != nil {
		return 0, fmt.Errorf("write table: %w", err)
	}
	c := table{row: make([]string, len(Columns))}
	for _, t := range traces {
		of := self(t)
		for i := range t.Spans {
			if err := out.Write(c.span(t, model.SpanIndex(i), of(model.SpanIndex(i)))); err != nil {
				return c.guarded, fmt.Errorf("write table: %w", err)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return c.guarded, fmt.Errorf("write table: %w", err)
	}
	return c.guarded, nil
}

// A table makes rows, one after another in the same slice.
type table struct {
	row     []string
	buf     []byte
	guarded int
}

const timeLayout = "2006-01-02T15:04:05.000000000Z07:00"

func (c *table) span(t *model.Trace, i model.SpanIndex, self int64) []string {
	s := &t.Spans[i]
	parent := ""
	if !s.ParentID.IsZero() {
		parent = s.ParentID.String()
	}
	c.row = append(c.row[:0],
		t.ID.String(), s.ID.String(), parent, c.cell(t.ServiceName(i)), c.cell(t.Name(i)), s.Kind.String(), statusText(s.Status), c.cell(t.Str(s.StatusText)),
		t.SpanTime(i).Format(timeLayout), strconv.FormatInt(s.Dur, 10), strconv.FormatInt(self, 10), strconv.Itoa(int(s.Depth)),
		strconv.Itoa(len(t.SpanEvents(i))), strconv.Itoa(len(t.SpanLinks(i))), c.object(t, t.Attrs(i)), c.object(t, t.ResourceAttrs(s.Resource)))
	return c.row
}

func statusText(s model.Status) string {
	switch s {
	case model.StatusOK:
		return "ok"
	case model.StatusError:
		return "error"
	}
	return ""
}

// object begins with a bracket, which no spreadsheet takes for a formula.
func (c *table) object(t *model.Trace, attrs []model.Attr) string {
	c.buf = otlp.AppendBareObject(c.buf[:0], t.Arena, attrs)
	return string(c.buf)
}

// cell makes text fit for a cell. Line breaks of any kind become those of the table.
func (c *table) cell(s string) string {
	s = mend.Replace(strings.ToValidUTF8(s, "\uFFFD"))
	if first := strings.TrimLeft(s, " \t\n"); first != "" && strings.ContainsAny(first[:1], "=+-@") || strings.HasPrefix(s, "\t") || isWideFormula(first) {
		c.guarded++
		return "'" + s
	}
	return s
}

var mend = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD")

// isWideFormula finds the same signs in the width of East Asian scripts, which
// some spreadsheets take as well.
func isWideFormula(s string) bool {
	for _, sign := range []string{"＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, sign) {
			return true
		}
	}
	return false
}
