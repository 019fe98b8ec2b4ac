package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"traceview/internal/export"
	"traceview/internal/format"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/snapshot"
)

// An opened file is what could be read of it.
type opened struct {
	traces []*model.Trace
	info   format.Info
	notes  []savedview.Note // those of a snapshot
	logs   []*logs.Lines    // those of a snapshot
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
	o := &opened{traces: f.Traces, info: f.Info}
	if f.Snapshot != nil {
		_, o.notes, _ = savedOf(f.Snapshot.Members) // traces are there without them
		o.logs = f.Snapshot.Logs
	}
	return o, err
}

type writer = io.Writer

// writeOut lets write fill the file at path, or standard output for "". The
// file appears under its name only when it is whole, with the rights of mode. A device or a pipe is
// written to; a file put in its place would take it from everybody.
func writeOut(e *env, path string, mode fs.FileMode, write func(writer) error) error {
	if path == "" || path == "-" {
		return write(e.out)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // a link stays a link
	}
	if stat, err := os.Stat(path); err == nil && !stat.Mode().IsRegular() {
		return writeTo(path, write)
	}
	return export.File(path, mode, true, write)
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
