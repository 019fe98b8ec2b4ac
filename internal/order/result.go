package order

import (
	"encoding/json"
	"fmt"
	"time"

	"traceview/internal/model"
)

// A Support says whether a server does something.
type Support uint8

// The values of Support.
const (
	Unknown Support = iota
	Yes
	No
)

// Learned is what a search found out about a server. Giving it to the next
// search on the same server makes that one faster.
type Learned struct {
	WithoutService Support  // searches without the name of a service
	HonoursFilter  Support  // returns only traces that have the attribute asked for
	Carriers       []string // services that record orders, the first to be asked
}

// A Hit is a trace of the order.
type Hit struct {
	Summary
	// MatchedKey is the attribute that holds the order, the first of
	// Options.Keys if there are several; "" in a linked trace without any.
	MatchedKey string
	// Linked says that the trace was not found by its attributes but through
	// a link in LinkedFrom.
	Linked     bool
	LinkedFrom model.TraceID
}

// A Failure is a service that could not be asked, or not for every attribute.
type Failure struct {
	Service string
	Err     error
}

// A Result is what a search found.
type Result struct {
	// Order is the number as searched for last: without blanks around it, and
	// without a leading # or № if there is no order written with it.
	Order    string
	From, To time.Time
	// Complete says that every service answered, nothing was cut off and
	// every link could be followed.
	Complete bool
	// ServicesAsked counts the services that the questions were about.
	ServicesAsked int
	Failed        []Failure // sorted by service
	LimitReached  bool      // some answer was as long as allowed: there may be more
	Traces        []Hit     // newest first
	Unrelated     int       // traces the server returned that are not of the order
	Unverified    int       // traces left out since it could not be told
	Unfollowed    int       // traces whose links could not be read, and links whose trace could not
	Learned       Learned
}

// Lookbacks are the periods offered for a search, each wider than the one
// before.
var Lookbacks = [...]time.Duration{7 * 24 * time.Hour, 30 * 24 * time.Hour, 90 * 24 * time.Hour}

// Wider returns the next of Lookbacks above a period, and whether there is one.
func Wider(lookback time.Duration) (time.Duration, bool) {
	for _, l := range Lookbacks {
		if l > lookback {
			return l, true
		}
	}
	return lookback, false
}

type resultJSON struct {
	Order         string        `json:"order"`
	Complete      bool          `json:"complete"`
	ServicesAsked int           `json:"services_asked"`
	Failed        []failureJSON `json:"services_failed"`
	LimitReached  bool          `json:"limit_reached"`
	From          time.Time     `json:"from"`
	To            time.Time     `json:"to"`
	Unrelated     int           `json:"unrelated,omitempty"`
	Unverified    int           `json:"unverified,omitempty"`
	Unfollowed    int           `json:"unfollowed,omitempty"`
	Traces        []Hit         `json:"traces"`
}

type failureJSON struct {
	Service string `json:"service"`
	Error   string `json:"error"`
}

type hitJSON struct {
	TraceID       string   `json:"trace_id"`
	RootService   string   `json:"root_service"`
	RootOperation string   `json:"root_operation"`
	Start         string   `json:"start"`
	DurationNs    int64    `json:"duration_ns"`
	Spans         int      `json:"spans"`
	Errors        int      `json:"errors"`
	Services      []string `json:"services"`
	MatchedKey    string   `json:"matched_key"`
	Linked        bool     `json:"linked,omitempty"`
	LinkedFrom    string   `json:"linked_from,omitempty"`
}

// MarshalJSON writes the result as the command line prints it.
func (r *Result) MarshalJSON() ([]byte, error) {
	j := resultJSON{
		Order: r.Order, Complete: r.Complete, ServicesAsked: r.ServicesAsked, Failed: []failureJSON{},
		LimitReached: r.LimitReached, From: r.From, To: r.To, Unrelated: r.Unrelated,
		Unverified: r.Unverified, Unfollowed: r.Unfollowed, Traces: append([]Hit{}, r.Traces...),
	}
	for _, f := range r.Failed {
		j.Failed = append(j.Failed, failureJSON{f.Service, fmt.Sprint(f.Err)})
	}
	return json.Marshal(j)
}

// MarshalJSON writes the hit as the command line prints it.
func (h Hit) MarshalJSON() ([]byte, error) {
	j := hitJSON{
		TraceID: h.TraceID.String(), RootService: h.RootService, RootOperation: h.RootOperation,
		Start: h.Start.UTC().Format(time.RFC3339Nano), DurationNs: int64(h.Duration),
		Spans: h.Spans, Errors: h.Errors, Services: append([]string{}, h.Services...),
		MatchedKey: h.MatchedKey, Linked: h.Linked,
	}
	if h.Linked {
		j.LinkedFrom = h.LinkedFrom.String()
	}
	return json.Marshal(j)
}
