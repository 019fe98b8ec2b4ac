package snapshot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"traceview/internal/format"
)

// plainManifest is a Manifest without its methods.
type plainManifest Manifest

// MarshalJSON writes the fields with those that were read but not known.
func (m Manifest) MarshalJSON() ([]byte, error) {
	known, err := json.Marshal(plainManifest(m))
	if err != nil || len(m.extra) == 0 {
		return known, err
	}
	all := maps.Clone(m.extra)
	if err := json.Unmarshal(known, &all); err != nil {
		return nil, err
	}
	return json.Marshal(all)
}

// UnmarshalJSON reads the fields and keeps those that are not known.
func (m *Manifest) UnmarshalJSON(data []byte) error {
	var p plainManifest
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	if err := json.Unmarshal(data, &p.extra); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	for _, name := range []string{"version", "app", "source", "created", "order", "traces", "files"} {
		delete(p.extra, name)
	}
	*m = Manifest(p)
	return nil
}

// JSON of the program's own says more than this with each value: a summary of a
// trace has 150 bytes and more, a row that is folded 24, a name in a list 4. JSON
// made of empty values takes 50 times its size in memory.
const (
	anyValues   = 100_000 // are let through, however short
	perObject   = 24      // bytes
	perListItem = 6       // bytes
)

// checkDensity refuses JSON with more values than its size is honest for.
func checkDensity(name string, data []byte) error {
	objects := bytes.Count(data, []byte("{")) + bytes.Count(data, []byte("["))
	items := bytes.Count(data, []byte(","))
	if objects > anyValues+len(data)/perObject || items > anyValues+len(data)/perListItem {
		return fmt.Errorf("member %q has %d lists and objects and %d commas in %d bytes: %w", name, objects, items, len(data), format.ErrTooLarge)
	}
	return nil
}
