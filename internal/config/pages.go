package config

import (
	"fmt"
	"strings"

	"traceview/internal/weblink"
)

// MaxLinks bounds the templates of a connection: each is tried on each attribute
// looked at.
const MaxLinks = 200

// A Kibana is where the log lines of a trace can be looked at in a browser.
type Kibana struct {
	Address  string `json:"address"`   // of its pages, "" for none
	Space    string `json:"space"`     // "" for the default one
	DataView string `json:"data_view"` // its id; "" for the one Kibana opens by itself
	// TraceField and SpanField are the fields of ids, "" for those of ECS.
	TraceField string `json:"trace_field"`
	SpanField  string `json:"span_field"`

	kept fields
}

// plainKibana is Kibana without its methods.
type plainKibana Kibana

// UnmarshalJSON reads a Kibana and keeps the fields it does not know.
func (k *Kibana) UnmarshalJSON(data []byte) (err error) {
	k.kept, err = decodeKeeping(data, (*plainKibana)(k))
	return err
}

// MarshalJSON writes k with the fields it was read with.
func (k Kibana) MarshalJSON() ([]byte, error) { return encodeKept(plainKibana(k), k.kept) }

// Pages returns what makes the addresses of Kibana.
func (k Kibana) Pages() weblink.Kibana {
	return weblink.Kibana{Address: k.Address, Space: k.Space, DataView: k.DataView, Fields: weblink.Fields{Trace: k.TraceField, Span: k.SpanField}}
}

// Take puts what makes the addresses of Kibana into k; what k was read with stays.
func (k *Kibana) Take(p weblink.Kibana) {
	k.Address, k.Space, k.DataView = strings.TrimSpace(p.Address), strings.TrimSpace(p.Space), strings.TrimSpace(p.DataView)
	k.TraceField, k.SpanField = p.Fields.Trace, p.Fields.Span
}

// checkPages says what is wrong with the pages that a connection offers to open.
func (c Connection) checkPages() error {
	if err := c.Kibana.Pages().Check(); err != nil {
		return err
	}
	if n := len(c.Links); n > MaxLinks {
		return fmt.Errorf("%d link templates are too many; keep %d", n, MaxLinks)
	}
	for _, t := range c.Links {
		if err := t.Check(); err != nil {
			return err
		}
	}
	return nil
}
