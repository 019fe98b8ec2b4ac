package elastictest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// question is the body of a search; other fields are refused.
type question struct {
	Size   *int              `json:"size"`
	Total  any               `json:"track_total_hits"`
	Query  json.RawMessage   `json:"query"`
	Sort   []map[string]any  `json:"sort"`
	After  []json.RawMessage `json:"search_after"`
	Source *bool             `json:"_source"`
	PIT    *struct {
		ID        string `json:"id"`
		KeepAlive string `json:"keep_alive"`
	} `json:"pit"`
	Timeout string `json:"timeout"`
}

// answer is what a search is answered, in the order in which Elasticsearch writes it.
type answer struct {
	PIT      string         `json:"pit_id,omitempty"`
	Took     int            `json:"took"`
	TimedOut bool           `json:"timed_out"`
	Shards   map[string]any `json:"_shards"`
	Hits     struct {
		Total any   `json:"total,omitempty"`
		Max   any   `json:"max_score"`
		Hits  []any `json:"hits"`
	} `json:"hits"`
}

// hits are all documents of indices, in the order of their instants, which are read once.
func (s *Server) hits(names []string) []hit {
	var list []hit
	for _, name := range names {
		for _, d := range s.indices[name] {
			list = append(list, hit{name, d, nanos(d.flat["@timestamp"])})
		}
	}
	inOrder(list)
	return list
}

func inOrder(list []hit) {
	slices.SortFunc(list, func(a, b hit) int { return cmp.Or(cmp.Compare(a.ns, b.ns), cmp.Compare(a.doc, b.doc)) })
}

func nanos(values []any) int64 {
	for _, v := range values {
		switch v := v.(type) {
		case string:
			if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
				return at.UnixNano()
			}
		case float64:
			return int64(v) * int64(time.Millisecond)
		case int64:
			return v * int64(time.Millisecond)
		}
	}
	return 0
}

func (s *Server) search(index string, r *http.Request) (any, error) {
	var q question
	in := json.NewDecoder(r.Body)
	in.DisallowUnknownFields()
	if err := in.Decode(&q); err != nil {
		return nil, refuse(http.StatusBadRequest, "parsing_exception", "%v", err)
	}
	size := 10
	if q.Size != nil {
		size = *q.Size
	}
	if size > 10_000 {
		return nil, refuse(http.StatusBadRequest, "illegal_argument_exception", "Result window is too large, from + size must be less than or equal to: [10000] but was [%d]", size)
	}
	all, id, err := s.searched(index, &q)
	if err != nil {
		return nil, err
	}
	fits, err := compile(q.Query)
	if err != nil {
		return nil, err
	}
	var found []hit
	for _, h := range all {
		if fits(h.flat) {
			found = append(found, h)
		}
	}
	return s.result(&q, found, size, id)
}

// searched returns the documents that a search goes over, and the new id of its point in
// time.
func (s *Server) searched(index string, q *question) ([]hit, string, error) {
	if q.PIT == nil {
		names, err := s.resolve(index)
		return s.hits(names), "", err
	}
	if index != "" {
		return nil, "", refuse(http.StatusBadRequest, "action_request_validation_exception", "Validation Failed: 1: [indices] cannot be used with point in time. Do not specify any index with point in time.;")
	}
	p := s.pits[q.PIT.ID]
	if p == nil {
		return nil, "", refuse(http.StatusNotFound, "search_context_missing_exception", "No search context found for id [%s]", q.PIT.ID)
	}
	delete(s.pits, q.PIT.ID) // the id before is good for nothing any more
	p.uses++
	id := pitID(s.opened, p.uses)
	s.pits[id] = p
	return p.hits, id, nil
}

// result makes the answer to a search of what matches.
func (s *Server) result(q *question, found []hit, size int, pit string) (any, error) {
	formatted := false
	for i, by := range q.Sort {
		for name, o := range by {
			switch {
			case i == 0 && name == "@timestamp":
				o, _ := o.(map[string]any)
				formatted = o["format"] == "strict_date_optional_time_nanos"
			case i == 1 && (name == "_shard_doc" && q.PIT != nil || name == "_doc"): // documents are numbered across shards here
			default:
				return nil, refuse(http.StatusBadRequest, "illegal_argument_exception", "No mapping found for [%s] in order to sort on", name)
			}
		}
	}
	total := len(found)
	if !formatted { // by milliseconds, as dates are kept
		for i := range found {
			found[i].ns -= found[i].ns % int64(time.Millisecond)
		}
		inOrder(found)
	}
	if len(q.After) > 0 {
		if len(q.After) != len(q.Sort) {
			return nil, refuse(http.StatusBadRequest, "illegal_argument_exception", "search_after has %d value(s) but sort has %d.", len(q.After), len(q.Sort))
		}
		ns, doc, err := afterOf(q.After, formatted)
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(slices.Clone(found), func(h hit) bool { return h.ns < ns || h.ns == ns && h.doc <= doc })
	}
	hits := []any{}
	for _, h := range found[:min(size, len(found))] {
		out := map[string]any{"_index": h.index, "_id": h.id, "_score": nil}
		if q.Source == nil || *q.Source {
			out["_source"] = h.source
		}
		if len(q.Sort) > 0 {
			at := any(h.ns / int64(time.Millisecond))
			if formatted {
				at = time.Unix(0, h.ns).UTC().Format("2006-01-02T15:04:05.999999999Z")
			}
			out["sort"] = []any{at, h.doc}
		}
		hits = append(hits, out)
	}
	a := answer{PIT: pit, Took: 3, TimedOut: s.TimedOut, Shards: s.shards(s.Failed)}
	if a.Hits.Hits = hits; q.Total != false {
		a.Hits.Total = map[string]any{"value": total, "relation": "eq"}
	}
	return a, nil
}

// afterOf reads where a page begins.
func afterOf(after []json.RawMessage, formatted bool) (ns, doc int64, err error) {
	bad := func() (int64, int64, error) {
		return 0, 0, refuse(http.StatusBadRequest, "illegal_argument_exception", "Failed to parse search_after value %s", after)
	}
	if doc, err = strconv.ParseInt(string(after[1]), 10, 64); err != nil {
		return bad()
	}
	if !formatted {
		ms, err := strconv.ParseInt(string(after[0]), 10, 64)
		if err != nil {
			return bad()
		}
		return ms * int64(time.Millisecond), doc, nil
	}
	var text string
	if json.Unmarshal(after[0], &text) != nil {
		return bad()
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return bad()
	}
	return at.UnixNano(), doc, nil
}

// A test says whether a document is one that was asked for.
type test func(flat map[string][]any) bool

// compile reads a query: bool with filter and should, term, terms, exists, and range over
// instants.
func compile(query json.RawMessage) (test, error) {
	var q map[string]json.RawMessage
	if err := json.Unmarshal(query, &q); err != nil || len(q) != 1 {
		return nil, refuse(http.StatusBadRequest, "parsing_exception", "query malformed, must start with one name: %s", query)
	}
	for name, of := range q {
		switch name {
		case "bool":
			return compileBool(of)
		case "terms", "term":
			return compileTerms(name, of)
		case "exists":
			var e struct{ Field string }
			err := json.Unmarshal(of, &e)
			return func(flat map[string][]any) bool { return len(flat[e.Field]) > 0 }, err
		case "range":
			return compileRange(of)
		}
		return nil, refuse(http.StatusBadRequest, "parsing_exception", "unknown query [%s]", name)
	}
	return nil, nil // cannot be: there is one name
}

func compileAll(list []json.RawMessage) ([]test, error) {
	var out []test
	for _, q := range list {
		t, err := compile(q)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func compileBool(of json.RawMessage) (test, error) {
	var b struct {
		Filter []json.RawMessage `json:"filter"`
		Should []json.RawMessage `json:"should"`
		Least  int               `json:"minimum_should_match"`
	}
	if err := json.Unmarshal(of, &b); err != nil {
		return nil, refuse(http.StatusBadRequest, "x_content_parse_exception", "[bool] %v", err)
	}
	filter, err := compileAll(b.Filter)
	if err != nil {
		return nil, err
	}
	should, err := compileAll(b.Should)
	return func(flat map[string][]any) bool {
		n := 0
		for _, t := range filter {
			if !t(flat) {
				return false
			}
		}
		for _, t := range should {
			if t(flat) {
				n++
			}
		}
		return n >= b.Least
	}, err
}

func compileTerms(name string, of json.RawMessage) (test, error) {
	var fields map[string]any
	if err := json.Unmarshal(of, &fields); err != nil || len(fields) != 1 {
		return nil, refuse(http.StatusBadRequest, "parsing_exception", "[%s] query doesn't support multiple fields", name)
	}
	return func(flat map[string][]any) bool {
		for field, want := range fields {
			list, ok := want.([]any)
			if !ok {
				list = []any{want}
			}
			for _, v := range flat[field] {
				if slices.ContainsFunc(list, func(w any) bool { return fmt.Sprint(v) == fmt.Sprint(w) }) {
					return true
				}
			}
		}
		return false
	}, nil
}

func compileRange(of json.RawMessage) (test, error) {
	var r map[string]struct {
		From   int64  `json:"gte"`
		To     int64  `json:"lte"`
		Format string `json:"format"`
	}
	if err := json.Unmarshal(of, &r); err != nil || len(r) != 1 {
		return nil, refuse(http.StatusBadRequest, "parsing_exception", "[range] %s", of)
	}
	for _, bounds := range r {
		if bounds.Format != "epoch_millis" {
			return nil, refuse(http.StatusBadRequest, "parse_exception", "failed to parse date field")
		}
	}
	return func(flat map[string][]any) bool {
		for field, bounds := range r {
			if ms := nanos(flat[field]) / int64(time.Millisecond); ms < bounds.From || ms > bounds.To {
				return false
			}
		}
		return true
	}, nil
}
