// Package elastictest is an Elasticsearch for tests and for the demo: it holds documents in memory and
// answers the few questions that fetching logs takes as version 8 documents them. What
// it does not understand it refuses, as the real one does.
package elastictest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
)

// A Document is what an index holds: any JSON object.
type Document = map[string]any

// A Server answers over HTTP; it is an http.Handler. It may be asked by several
// goroutines.
type Server struct {
	// Authorization is the header that lets somebody in; "" lets everybody in.
	Authorization string
	// NoPIT refuses points in time with this status, as servers without them do; 0 has them.
	NoPIT int
	// Failed is how many of five shards fail with each search.
	Failed int
	// TimedOut says that searches took too long.
	TimedOut bool
	// Fault, unless nil, may answer in place of the server and then returns true.
	Fault func(w http.ResponseWriter, r *http.Request) bool

	mu       sync.Mutex
	indices  map[string][]stored
	pits     map[string]*point
	opened   int
	requests []string
}

// stored is a document with its place.
type stored struct {
	id     string
	source Document
	flat   map[string][]any
	doc    int64 // number within all shards
}

// point is a point in time: what the indices held, under an id that changes.
type point struct {
	hits []hit
	uses int
}

type hit struct {
	index string
	stored
	ns int64
}

// Add puts a document into an index under an id.
func (s *Server) Add(index, id string, source Document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.indices == nil {
		s.indices = map[string][]stored{}
	}
	flat := map[string][]any{}
	flatten(flat, "", source)
	n := 0
	for _, docs := range s.indices {
		n += len(docs)
	}
	s.indices[index] = append(s.indices[index], stored{id, source, flat, int64(n)})
}

// Open returns how many points in time are open: none once everybody has gone.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pits)
}

// Forget ends all points in time, as a server does that starts anew.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pits = nil
}

// Requests returns what was asked, each as method and path.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// flatten notes the values below each dotted path.
func flatten(flat map[string][]any, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if path != "" {
				key = path + "." + key
			}
			flatten(flat, key, value)
		}
	case []any:
		for _, value := range v {
			flatten(flat, path, value)
		}
	default:
		flat[path] = append(flat[path], v)
	}
}

// A refusal is an error as Elasticsearch tells it.
type refusal struct {
	status       int
	kind, reason string
}

func (e *refusal) Error() string { return e.kind + ": " + e.reason }

func refuse(status int, kind, format string, args ...any) error {
	return &refusal{status, kind, fmt.Sprintf(format, args...)}
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	s.mu.Unlock()
	if s.Fault != nil && s.Fault(w, r) {
		return
	}
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	w.Header().Set("Content-Type", "application/json")
	answer, err := s.answer(r)
	if err != nil {
		e := err.(*refusal)
		if e.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="security", charset="UTF-8"`)
		}
		w.WriteHeader(e.status)
		cause := map[string]any{"type": e.kind, "reason": e.reason}
		answer = map[string]any{"status": e.status, "error": map[string]any{"type": e.kind, "reason": e.reason, "root_cause": []any{cause}}}
	}
	_ = json.NewEncoder(w).Encode(answer) // whoever asked may have gone
}

func (s *Server) answer(r *http.Request) (any, error) {
	if s.Authorization != "" && r.Header.Get("Authorization") != s.Authorization {
		return nil, refuse(http.StatusUnauthorized, "security_exception", "missing or wrong authentication credentials for REST request [%s]", r.URL.Path)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	index, call := path.Split(r.URL.Path)
	index = strings.Trim(index, "/")
	switch r.Method + " " + call {
	case "POST _pit":
		return s.openPIT(index, r)
	case "DELETE _pit":
		return s.closePIT(r)
	case "POST _search":
		return s.search(index, r)
	}
	return nil, refuse(http.StatusBadRequest, "illegal_argument_exception", "no handler found for uri [%s] and method [%s]", r.URL.Path, r.Method)
}

// resolve returns the indices a pattern names. One named whole must be there.
func (s *Server) resolve(pattern string) ([]string, error) {
	var list []string
	for _, p := range strings.Split(pattern, ",") {
		if !strings.Contains(p, "*") && s.indices[p] == nil {
			return nil, refuse(http.StatusNotFound, "index_not_found_exception", "no such index [%s]", p)
		}
		for name := range s.indices {
			if ok, _ := path.Match(p, name); ok {
				list = append(list, name)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// pitID names a point in time anew for each use, as the real server may.
func pitID(n, uses int) string { return fmt.Sprintf("pit-%d-%d==", n, uses) }

func (s *Server) openPIT(index string, r *http.Request) (any, error) {
	if s.NoPIT != 0 {
		return nil, refuse(s.NoPIT, "illegal_argument_exception", "no handler found for uri [%s] and method [POST]", r.URL.Path)
	}
	if r.URL.Query().Get("keep_alive") == "" {
		return nil, refuse(http.StatusBadRequest, "action_request_validation_exception", "Validation Failed: 1: [keep_alive] is not specified;")
	}
	names, err := s.resolve(index)
	if err != nil {
		return nil, err
	}
	if s.pits == nil {
		s.pits = map[string]*point{}
	}
	s.opened++
	id := pitID(s.opened, 0)
	s.pits[id] = &point{hits: s.hits(names)}
	return map[string]any{"id": id, "_shards": s.shards(0)}, nil
}

func (s *Server) closePIT(r *http.Request) (any, error) {
	var body struct{ ID string }
	if json.NewDecoder(r.Body).Decode(&body) != nil || s.pits[body.ID] == nil {
		return nil, refuse(http.StatusNotFound, "resource_not_found_exception", "no point in time")
	}
	delete(s.pits, body.ID)
	return map[string]any{"succeeded": true, "num_freed": 1}, nil
}

func (s *Server) shards(failed int) map[string]any {
	out := map[string]any{"total": 5, "successful": 5 - failed, "skipped": 0, "failed": failed}
	if failed > 0 {
		out["failures"] = []any{map[string]any{"shard": 3, "index": "logs", "node": "n1",
			"reason": map[string]any{"type": "node_not_connected_exception", "reason": "[es-2][10.0.0.2:9300] Node not connected"}}}
	}
	return out
}
