package elastic

import (
	"encoding/json"
	"strings"
	"time"

	"traceview/internal/model"
)

// A body is the body of a search.
type body struct {
	Size    int             `json:"size"`
	Total   any             `json:"track_total_hits"` // whether to count, or up to how many
	Query   object          `json:"query"`
	Sort    []object        `json:"sort,omitempty"`
	After   json.RawMessage `json:"search_after,omitempty"`
	PIT     *pit            `json:"pit,omitempty"`
	Source  bool            `json:"_source"`
	Timeout string          `json:"timeout,omitempty"`
}

type pit struct {
	ID        string `json:"id"`
	KeepAlive string `json:"keep_alive"`
}

type object = map[string]any

// body returns the search for the next page. Only the first counts.
func (f *fetch) body() body {
	b := body{Size: f.size, Total: f.total < 0, Source: true, After: f.after, Query: both(f.ofTrace(), f.inTime())}
	if f.plain {
		b.Sort = []object{{f.c.roles.time[0]: object{"order": "asc", "unmapped_type": "date"}}, {"_doc": "asc"}}
		return b
	}
	// Indices with and without nanoseconds are sorted alike, and no digit is lost.
	b.Sort = []object{{f.c.roles.time[0]: object{"order": "asc", "unmapped_type": "date", "numeric_type": "date_nanos",
		"format": "strict_date_optional_time_nanos"}}, {"_shard_doc": "asc"}}
	b.PIT = &pit{f.pit, keepAlive}
	return b
}

// checkBody returns a search that only counts.
func (c *Client) checkBody(f *fetch) body {
	var any []object
	for _, name := range c.roles.trace {
		any = append(any, object{"exists": object{"field": name}})
	}
	return body{Total: 10_000, Query: both(either(any), f.inTime()), Timeout: "10s"}
}

// ofTrace matches documents that name the trace under any of the names.
func (f *fetch) ofTrace() object {
	var any []object
	for _, name := range f.c.roles.trace {
		any = append(any, object{"terms": object{name: spellings(f.q.Trace)}})
	}
	return either(any)
}

// spellings are the ways in which services log an id.
func spellings(id model.TraceID) []string {
	hex := id.String()
	list := []string{hex, strings.ToUpper(hex), hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:]}
	if short := strings.TrimPrefix(hex, "0000000000000000"); short != hex { // of 64 bits
		list = append(list, short, strings.ToUpper(short))
	}
	if bare := strings.TrimLeft(hex, "0"); len(bare) < len(hex) && len(bare) != 16 {
		list = append(list, bare)
	}
	return list
}

// inTime matches documents between the bounds.
func (f *fetch) inTime() object {
	return object{"range": object{f.c.roles.time[0]: object{
		"gte": f.from.UnixMilli(), "lte": f.to.Add(time.Millisecond).UnixMilli(), "format": "epoch_millis"}}}
}

func both(a, b object) object { return object{"bool": object{"filter": []object{a, b}}} }

func either(any []object) object {
	return object{"bool": object{"should": any, "minimum_should_match": 1}}
}
