package savedview

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxUnpacked bounds what the view in a link unpacks to, in bytes: hundreds of
// times what a link of MaxLink holds of real views.
const maxUnpacked = 64 << 10

// dictionary is what a packed view is likely to say, the most likely last. It
// belongs to the format: a view packed with another cannot be read.
const dictionary = `"merged":{"weight":"self","weight":"work","zoom":"","outer":["","focus":"","column":"p95","column":"name","column":"total",` +
	`"stats":{"services":true,"operations":{"column":"self","falling":true},"of_services":{"column":"self","falling":true}},` +
	`"measured":{"from":17,"to":17,"span":"","other":"","gap":true},"palette":"","by":"operation","by":"kind","by":"attribute","key":"order.id",` +
	`"sort":"self","sort":"duration","only":true,"admitted":["name":"","filter":"http.status_code>=500 has:exception service=mes-api dur>100ms error ",` +
	`"all_folded":true,"expanded":["","collapsed":["00","#1","view":"events","view":"stats","view":"flame-merged","view":"flame","active":"0",` +
	`"shown":{"from":1800000000000000000,"to":1700000000000000000},"colour":{"by":"service"},"top":"00","above":0.5,"rows":2,"selected":"","view":"waterfall",` +
	`{"version":1,"created":"0001-01-01T00:00:00Z","traces":[{"trace_id":"0","view":"waterfall","shown":{"from":17,"to":17},"selected":"`

// packView packs a view less what is left out, and less what says who made it.
// Traces are named by their places in ids.
func packView(v *View, ids []string, left Left) (string, error) {
	lean := View{Version: Version, Name: v.Name, Traces: make([]Trace, 0, len(v.Traces))}
	if i := slices.Index(ids, v.Active); i >= 0 {
		lean.Active = strconv.Itoa(i)
	}
	for _, t := range v.Traces {
		if left >= LeftTabs && t.TraceID != v.Active {
			continue
		}
		if left >= LeftFolds {
			t.Collapsed, t.AllFolded, t.Expanded, t.Admitted = nil, false, nil, nil
		}
		t.TraceID, t.extra = strconv.Itoa(slices.Index(ids, t.TraceID)), nil
		lean.Traces = append(lean.Traces, t)
	}
	data, err := json.Marshal(lean)
	if err != nil {
		return "", fmt.Errorf("pack view: %w", err)
	}
	var b bytes.Buffer
	w, err := flate.NewWriterDict(&b, flate.BestCompression, []byte(dictionary))
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", fmt.Errorf("pack view: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

// unpackView reads what packView wrote. The error wraps ErrView.
func unpackView(text string, ids []string) (*View, error) {
	packed, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrView, err)
	}
	r := flate.NewReaderDict(bytes.NewReader(packed), []byte(dictionary))
	data, err := io.ReadAll(io.LimitReader(r, maxUnpacked+1))
	if err != nil || len(data) > maxUnpacked {
		return nil, fmt.Errorf("%w: it does not unpack to at most %d bytes", ErrView, maxUnpacked)
	}
	v, err := DecodeView(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrView, err)
	}
	v.Author, v.Created = "", time.Time{} // a link does not say who made it
	if v.Active, err = idAt(v.Active, ids); err != nil {
		return nil, err
	}
	for i := range v.Traces {
		t := &v.Traces[i]
		if t.TraceID == "" {
			return nil, fmt.Errorf("%w: it names no trace", ErrView)
		}
		if t.TraceID, err = idAt(t.TraceID, ids); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(v.Traces[:i], func(o Trace) bool { return o.TraceID == t.TraceID }) {
			return nil, fmt.Errorf("%w: a trace is in it twice", ErrView)
		}
	}
	if !printable(v.Name, maxLinkRead) {
		v.Name = ""
	}
	return &v, nil
}

// idAt returns the id at a place of ids, "" for the place "".
func idAt(place string, ids []string) (string, error) {
	if place == "" {
		return "", nil
	}
	i, err := strconv.Atoi(place)
	if err != nil || i < 0 || i >= len(ids) {
		return "", fmt.Errorf("%w: it names a trace that the link does not", ErrView)
	}
	return ids[i], nil
}
