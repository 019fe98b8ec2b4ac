package trail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrMap is wrapped where a map cannot be used.
var ErrMap = errors.New("not a map of systems")

// A Map says which systems there are, and which call which.
type Map struct {
	Version   int      `json:"version"`    // 1
	OrderKeys []string `json:"order_keys"` // attributes agreed on to hold the order number
	Systems   []System `json:"systems"`
	Edges     []Way    `json:"edges"`
}

// A System is one system of a map.
type System struct {
	Name string `json:"name"`
	// Services are the values of service.name that its spans come under. A system
	// without any sends no spans.
	Services []string `json:"services"`
	// SeenIn are attributes by which spans of others are known to call it.
	SeenIn    map[string]string `json:"seen_in"`
	Browser   bool              `json:"browser"`    // it runs at people's desks
	Outside   bool              `json:"outside"`    // it belongs to others, and may be missing
	NoOrder   bool              `json:"no_order"`   // it does not record order numbers
	OrderKeys []string          `json:"order_keys"` // further keys that it has for them
}

// A Way leads from one system of a map to another.
type Way struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Through string `json:"through"` // the queue, "" for a call
	// Destination is how the destinations of the messages begin, "" for any.
	Destination string `json:"destination"`
}

// ReadMap reads a map from JSON. The error wraps ErrMap and says what to change.
func ReadMap(data []byte) (*Map, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	m := &Map{}
	if err := d.Decode(m); err != nil {
		return nil, fmt.Errorf("read map: %w: %w", ErrMap, err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("read map: %w: %w", ErrMap, err)
	}
	return m, nil
}

func (m *Map) check() error {
	if m.Version != 1 {
		return fmt.Errorf(`"version" is %d; this program reads 1`, m.Version)
	}
	names, services := map[string]bool{}, map[string]string{}
	for i := range m.Systems {
		s := &m.Systems[i]
		switch {
		case strings.TrimSpace(s.Name) == "":
			return fmt.Errorf("system number %d has no name", i+1)
		case names[s.Name]:
			return fmt.Errorf("system %q is there twice", s.Name)
		case len(s.Services) == 0 && len(s.SeenIn) == 0 && !s.Outside:
			return fmt.Errorf(`system %q has neither "services" nor "seen_in", so it cannot be recognised`, s.Name)
		}
		names[s.Name] = true
		for _, name := range s.Services {
			if other, ok := services[name]; ok {
				return fmt.Errorf("service %q is of %q and of %q", name, other, s.Name)
			}
			services[name] = s.Name
		}
	}
	if len(names) == 0 {
		return errors.New("it has no systems")
	}
	for _, e := range m.Edges {
		for _, name := range []string{e.From, e.To, e.Through} {
			if name != "" && !names[name] || name == "" && (e.From == "" || e.To == "") {
				return fmt.Errorf("edge from %q to %q names %q, which is no system", e.From, e.To, name)
			}
		}
	}
	return nil
}

// Covers says whether most of the services are on the map, so that it is likely
// to be that of their traces.
func (m *Map) Covers(services []string) bool {
	n := 0
	for _, name := range services {
		if m.of(name) != nil {
			n++
		}
	}
	return n > 0 && 2*n >= len(services)
}

// of returns the system that sends spans under the name of a service, nil for none.
func (m *Map) of(service string) *System {
	if m == nil {
		return nil
	}
	for i := range m.Systems {
		if slices.Contains(m.Systems[i].Services, service) {
			return &m.Systems[i]
		}
	}
	if s := m.named(service); s != nil && !s.silent() { // whatever its services are said to be
		return s
	}
	return nil
}

// named returns the system of a name, nil for none.
func (m *Map) named(name string) *System {
	if m == nil {
		return nil
	}
	for i := range m.Systems {
		if m.Systems[i].Name == name {
			return &m.Systems[i]
		}
	}
	return nil
}

// ways returns the edges for which keep holds.
func (m *Map) ways(keep func(Way) bool) []Way {
	if m == nil {
		return nil
	}
	var list []Way
	for _, e := range m.Edges {
		if keep(e) {
			list = append(list, e)
		}
	}
	return list
}

// silent says whether a system is seen in the spans of others alone.
func (s *System) silent() bool { return s != nil && len(s.Services) == 0 }
