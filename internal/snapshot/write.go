package snapshot

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/format"
	"traceview/internal/model"
)

// Write writes a snapshot. The traces come first, then their logs, members in order of
// their names, and the manifest last, since it holds their sums.
func Write(w io.Writer, s *Snapshot) error {
	m := s.Manifest
	m.Version, m.Files, m.Traces = Version, map[string]Sum{}, []Summary{}
	for _, t := range s.Traces {
		m.Traces = append(m.Traces, Summarize(t))
	}
	z := zip.NewWriter(w)
	if err := writeMember(z, &m, tracesName, zip.Store, func(w io.Writer) error { return pack(w, s.Traces) }); err != nil {
		return err
	}
	if data, err := packLogs(s.Logs); err != nil {
		return fmt.Errorf("write logs: %w", err)
	} else if data != nil {
		err := writeMember(z, &m, logsName, zip.Store, func(w io.Writer) error { _, err := w.Write(data); return err })
		if err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Members)) {
		if name == tracesName || name == logsName || name == manifestName || checkName(name) != nil {
			return fmt.Errorf("write member %q: name is not allowed: %w", name, ErrUnsafe)
		}
		data := s.Members[name]
		if len(data) > MaxMember {
			return fmt.Errorf("write member %q of %d bytes, more than %d: %w", name, len(data), MaxMember, format.ErrTooLarge)
		}
		err := writeMember(z, &m, name, zip.Deflate, func(w io.Writer) error { _, err := w.Write(data); return err })
		if err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	err = writeMember(z, &m, manifestName, zip.Deflate, func(w io.Writer) error { _, err := w.Write(data); return err })
	if err != nil {
		return err
	}
	return z.Close()
}

// writeMember writes a member by f and enters its sum into the manifest.
func writeMember(z *zip.Writer, m *Manifest, name string, method uint16, f func(io.Writer) error) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: m.Created})
	if err != nil {
		return fmt.Errorf("write member %q: %w", name, err)
	}
	sum := &summer{w: w, h: sha256.New()}
	if err := f(sum); err != nil {
		return fmt.Errorf("write member %q: %w", name, err)
	}
	m.Files[name] = Sum{Size: sum.n, SHA256: hex.EncodeToString(sum.h.Sum(nil))}
	return nil
}

func pack(w io.Writer, traces []*model.Trace) error {
	z, err := zstd.NewWriter(w)
	if err != nil {
		return err
	}
	if err := format.Encode(z, format.OTLPProto, traces); err != nil {
		return errors.Join(err, z.Close())
	}
	return z.Close()
}

// WriteFile writes a snapshot to a file that only its owner may read. The file
// appears whole or not at all: it is written beside and then renamed.
func WriteFile(path string, s *Snapshot) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("save %s: %w", path, err)
		}
	}()
	f, err := os.CreateTemp(filepath.Dir(path), ".traceview-*.tmp") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := Write(f, s); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
