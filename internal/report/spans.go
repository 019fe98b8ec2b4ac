package report

import (
	"slices"
	"strconv"

	"traceview/internal/analysis"
	"traceview/internal/document"
	"traceview/internal/model"
)

// chosen returns the spans for a table of at most n, in the order of the trace:
// the way to the finding, then those that failed, those the trace waited for, and
// the first.
func chosen(d *document.Document, f Finding, n int) []model.SpanIndex {
	t := d.Trace()
	all := len(t.Spans) <= n
	taken := analysis.NewSet(len(t.Spans))
	var list []model.SpanIndex
	take := func(i model.SpanIndex) bool {
		if !taken.Has(i) {
			taken.Add(i)
			list = append(list, i)
		}
		return len(list) < n
	}
	above, _ := way(t, f.Span)
	for _, i := range above {
		take(i)
	}
	each := func(of func(i model.SpanIndex) bool) {
		for i := range t.Spans {
			if len(list) >= n {
				return
			}
			if of(model.SpanIndex(i)) {
				take(model.SpanIndex(i))
			}
		}
	}
	if !all {
		each(func(i model.SpanIndex) bool { return t.Spans[i].Failed() })
		each(d.Path().Has)
	}
	each(func(model.SpanIndex) bool { return true })
	slices.Sort(list)
	return list
}

// maxIndent is how deep rows are moved in; what is deeper stands below.
const maxIndent = 24

func (h *page) spans(part int, d *document.Document, f Finding, most int) {
	t, p := d.Trace(), h.p
	list := chosen(d, f, most)
	h.raw(`<h3>` + escape(p.T("report.spans")) + `</h3>`)
	if len(list) < len(t.Spans) {
		h.element("p", p.T("report.spans.some", "shown", len(list), "all", len(t.Spans)))
	}
	h.raw(`<p class="tools"><input type="search" placeholder="` + escape(p.T("report.filter")) + `" aria-label="` + escape(p.T("report.filter")) + `"></p>`)
	h.raw(`<div class="spans"><div class="row top"><span>`)
	h.text(p.T("report.operation"))
	for _, s := range []string{p.T("report.service"), p.T("report.offset"), p.T("report.duration"), p.T("detail.self")} {
		h.raw("</span><span>")
		h.text(s)
	}
	h.raw("</span></div>\n")
	for _, i := range list {
		h.span(part, d, i, i == f.Span)
	}
	h.raw("</div>\n")
}

func (h *page) span(part int, d *document.Document, i model.SpanIndex, open bool) {
	t, u := d.Trace(), h.p.Units()
	s := &t.Spans[i]
	class := "span"
	if s.Failed() {
		class += " failed"
	}
	h.raw(`<details class="` + class + `" id="` + idOf(part, i) + `"`)
	if open {
		h.raw(" open")
	}
	h.raw(`><summary class="row"><span class="d` + strconv.Itoa(int(min(s.Depth, maxIndent))) + `">`)
	h.text(cut(nameOf(d, i, h.p), 300))
	for _, v := range []string{cut(t.ServiceName(i), 120), "+" + u.Duration(s.Start), u.Duration(s.Dur), u.Duration(d.Work().Self(i))} {
		h.raw("</span><span>")
		h.text(v)
	}
	h.raw("</span></summary>")
	if h.left <= 0 {
		h.element("p", h.p.T("report.recorded.none"))
	} else {
		before := h.left
		h.recorded(d, i)
		if before > 0 && h.left <= 0 {
			h.left = 0
		}
	}
	h.raw("</details>\n")
}

// recorded writes what a span recorded.
func (h *page) recorded(d *document.Document, i model.SpanIndex) {
	p := h.p
	v, _ := d.Detail(i, p, h.o.Zone)
	h.raw("<dl>")
	rows := [][2]string{{p.T("report.spanid"), v.ID}, {p.T("report.kind"), v.Kind}, {p.T("report.start"), v.Start + " " + v.Zone}, {p.T("report.status"), v.Status},
		{p.T("report.message"), v.Message}, {p.T("report.library"), v.Scope}}
	for _, r := range rows {
		h.pair(r[0], r[1], false)
	}
	for _, g := range v.Attrs {
		h.attrs(g.Attrs)
	}
	h.raw("</dl>")
	for k, e := range v.Events {
		if k == maxEvents {
			h.element("p", p.N("report.more.events", len(v.Events)-k))
			break
		}
		h.raw("<h4>")
		h.text(p.T("report.event") + ": " + cut(e.Name, 300) + " · " + e.Offset)
		h.raw("</h4><dl>")
		h.attrs(e.Attrs)
		h.raw("</dl>")
	}
	for k, l := range v.Links {
		if k == maxEvents {
			h.element("p", p.N("report.more.links", len(v.Links)-k))
			break
		}
		h.raw("<h4>")
		h.text(p.T("report.link") + ": " + l.Trace.String() + " / " + l.SpanID.String())
		h.raw("</h4><dl>")
		h.attrs(l.Attrs)
		h.raw("</dl>")
	}
	if len(v.Resource) > 0 {
		h.raw("<h4>")
		h.text(p.T("report.resource"))
		h.raw("</h4><dl>")
		for _, g := range v.Resource {
			h.attrs(g.Attrs)
		}
		h.raw("</dl>")
	}
}

func (h *page) attrs(list []document.Attr) {
	for k, a := range list {
		if k == maxAttrs {
			h.pair("…", h.p.N("report.more.attrs", len(list)-k), false)
			return
		}
		h.pair(a.Key, a.Text, true)
	}
}

// pair writes a name with its value, nothing for an empty one unless it was
// recorded so.
func (h *page) pair(name, value string, empty bool) {
	if value == "" && !empty {
		return
	}
	name, value = cut(name, 200), cut(value, maxValue)
	h.left -= len(name) + len(value)
	h.raw("<dt>")
	h.text(name)
	h.raw("</dt><dd>")
	h.text(value)
	h.raw("</dd>")
}
