package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// ErrReadOnly is wrapped by Save where writing would destroy a file that a
// newer version wrote or that could not be read.
var ErrReadOnly = errors.New("file is left as it is")

// A NewerError says that a file was written by a newer version of the
// application. What is known of it is used; it is not written.
type NewerError struct {
	Path       string
	Has, Knows int // format versions of the file and of this application
}

// Error names the file and both versions.
func (e *NewerError) Error() string {
	return fmt.Sprintf("read %s: written by a newer version (format %d, this one knows %d); "+
		"changes will not be saved, update the application", e.Path, e.Has, e.Knows)
}

// A DamagedError says that a file could not be understood and was moved aside;
// defaults are used.
type DamagedError struct {
	Path  string
	Aside string // where the file is now
	Err   error
}

// Error names the file, where it went and what is wrong with it.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("read %s: %v; the file was kept as %s and defaults are used", e.Path, e.Err, e.Aside)
}

// Unwrap returns what is wrong with the file.
func (e *DamagedError) Unwrap() error { return e.Err }

// fields is a JSON object of which not all fields need be known.
type fields map[string]json.RawMessage

// A schema describes what a file holds.
type schema[T any] struct {
	name string
	// migrations[i] turns the format version i+1 into i+2, so the current
	// version is len(migrations)+1. A file without a version is of version 1.
	migrations []func(fields) error
	defaults   func() T
	// settle puts values that make no sense back to defaults.
	settle func(*T)
}

func (s schema[T]) version() int { return len(s.migrations) + 1 }

// A File is a value kept on disk. It is not safe for concurrent use.
type File[T any] struct {
	// Value is what the file holds. Change it, then call Save.
	Value    T
	schema   schema[T]
	path     string
	kept     fields // as read, with fields this version does not know
	readOnly bool
}

// Path returns where the file is, or will be once it is saved.
func (f *File[T]) Path() string { return f.path }

// open reads the file of a schema in dir. The File is always usable; where the
// error is not nil, it says why defaults are in it or why it is not written:
// *NewerError, *DamagedError, or that of the file system.
func open[T any](dir string, s schema[T]) (*File[T], error) {
	f := &File[T]{Value: s.defaults(), schema: s, path: filepath.Join(dir, s.name), kept: fields{}}
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		f.readOnly = true // what is in it must not be lost
		return f, fmt.Errorf("read settings: %w; defaults are used and changes will not be saved", err)
	}
	newer, err := f.decode(data)
	if newer != nil {
		f.readOnly = true
		return f, newer
	}
	if err != nil {
		f.Value, f.kept = s.defaults(), fields{}
		return f, f.moveAside(err)
	}
	return f, nil
}

// decode fills Value and kept.
func (f *File[T]) decode(data []byte) (*NewerError, error) {
	if err := json.Unmarshal(data, &f.kept); err != nil {
		return nil, err
	}
	if f.kept == nil { // the file says null
		return nil, errors.New("no settings in it")
	}
	version := 1
	if raw, ok := f.kept["version"]; ok {
		if err := json.Unmarshal(raw, &version); err != nil || version < 1 {
			return nil, fmt.Errorf("version %.20s is not a positive number", raw)
		}
	}
	for v := version; v < f.schema.version(); v++ {
		if err := f.schema.migrations[v-1](f.kept); err != nil {
			return nil, fmt.Errorf("bring format %d up to date: %w", v, err)
		}
	}
	current, err := json.Marshal(f.kept)
	if err == nil {
		err = json.Unmarshal(current, &f.Value)
	}
	if version > f.schema.version() {
		if err != nil {
			f.Value = f.schema.defaults()
		}
		f.schema.settle(&f.Value)
		return &NewerError{f.path, version, f.schema.version()}, nil
	}
	f.schema.settle(&f.Value)
	return nil, err
}

// moveAside renames a damaged file so that Save does not destroy it.
func (f *File[T]) moveAside(cause error) error {
	for n := 1; n < 1000; n++ {
		aside := fmt.Sprintf("%s.damaged-%d", f.path, n)
		if _, err := os.Lstat(aside); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.Rename(f.path, aside); err != nil {
			f.readOnly = true
			return fmt.Errorf("move damaged file aside: %w (%w); changes will not be saved", err, cause)
		}
		return &DamagedError{f.path, aside, cause}
	}
	f.readOnly = true
	return fmt.Errorf("read %s: %w; remove some of the damaged files beside it", f.path, cause)
}

// Save writes Value, and the fields this version does not know as they were
// read, readable for the user alone. The file is whole at any moment. The error
// wraps ErrReadOnly if the file must not be overwritten.
func (f *File[T]) Save() error {
	if f.readOnly {
		return fmt.Errorf("save %s: %w", f.path, ErrReadOnly)
	}
	f.schema.settle(&f.Value)
	all := maps.Clone(f.kept)
	known, err := json.Marshal(f.Value)
	if err == nil {
		err = json.Unmarshal(known, &all)
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", f.path, err)
	}
	all["version"] = json.RawMessage(fmt.Sprint(f.schema.version()))
	data, err := json.MarshalIndent(all, "", "  ")
	if err == nil {
		err = writeFile(f.path, append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", f.path, err)
	}
	f.kept = all
	return nil
}

// writeFile writes a temporary file and renames it, so that a crash leaves the
// old file or the new one and never a part.
func writeFile(path string, data []byte) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // a link, as of a repository of settings, stays a link
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	t, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(t.Name()) // the first error matters
		}
	}()
	_, err = t.Write(data)
	if err == nil {
		err = t.Sync()
	}
	if closeErr := t.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(t.Name(), path)
	}
	return err
}
