package snapshot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
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
	if err := unmarshalExact(known, &all); err != nil {
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
	if err := unmarshalExact(data, &p.extra); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	for _, name := range []string{"version", "app", "source", "created", "order", "traces", "files"} {
		delete(p.extra, name)
	}
	*m = Manifest(p)
	return nil
}

// unmarshalExact keeps numbers as they are written.
func unmarshalExact(data []byte, to *map[string]any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(to)
}
