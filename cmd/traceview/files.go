package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"traceview/internal/format"
	"traceview/internal/model"
	"traceview/internal/snapshot"
)

// An opened file is what could be read of it.
type opened struct {
	traces []*model.Trace
	info   format.Info
}

// openFile reads the traces of a file, whatever format it is in; "-" is
// standard input. With an error it returns what could be read, nil for nothing.
func openFile(ctx context.Context, e *env, path string) (*opened, error) {
	var f *snapshot.File
	var err error
	if path == "-" {
		f, err = snapshot.OpenReader(ctx, e.in, format.Options{})
	} else {
		f, err = snapshot.Open(ctx, path, format.Options{})
	}
	if f == nil {
		return nil, err
	}
	return &opened{f.Traces, f.Info}, err
}

type writer = io.Writer

// writeOut lets write fill the file at path, or standard output for "". The
// file appears under its name only when it is whole. A device or a pipe is
// written to; a file put in its place would take it from everybody.
func writeOut(e *env, path string, write func(writer) error) (err error) {
	if path == "" || path == "-" {
		return write(e.out)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // a link stays a link
	}
	if stat, err := os.Stat(path); err == nil && !stat.Mode().IsRegular() {
		return writeTo(path, write)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".traceview-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()           // the first error is told
			_ = os.Remove(f.Name()) // it is of no use
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writeTo writes to what is there already and is no file.
func writeTo(path string, write func(writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	err = write(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
