package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"traceview/assets"
	"traceview/internal/voice"
)

// stepsFile is where, in the folder of settings, the step names of the house lie.
const stepsFile = "steps.json"

// shopSteps are the step names that come with the program. They fit the services of
// the shop only.
var shopSteps = sync.OnceValue(func() *voice.Mapping {
	m, err := voice.Decode(assets.Steps)
	if err != nil {
		panic(err) // a test reads them
	}
	return m
})

// A stepsError is about a file of step names.
type stepsError struct {
	path string
	err  error
}

// Error implements error.
func (e *stepsError) Error() string { return e.path + ": " + e.err.Error() }

// Unwrap returns what is wrong with the file.
func (e *stepsError) Unwrap() error { return e.err }

// stepsIn returns the step names of a folder, if it has any, and those that come with
// the program. The latter are there beside an error, too.
func stepsIn(dir string) ([]*voice.Mapping, error) {
	m, _, err := readSteps(filepath.Join(dir, stepsFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []*voice.Mapping{shopSteps()}, nil
	case err != nil:
		return []*voice.Mapping{shopSteps()}, err
	}
	return []*voice.Mapping{m, shopSteps()}, nil
}

// maxStepsBytes bounds what is read of a file: one byte more than may be in it.
const maxStepsBytes = 1<<20 + 1

func readSteps(path string) (*voice.Mapping, []byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read step names: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxStepsBytes))
	if err != nil {
		return nil, nil, &stepsError{path, err}
	}
	m, err := voice.Decode(data)
	if err != nil {
		return nil, nil, &stepsError{path, err}
	}
	return m, data, nil
}

// importSteps takes the step names of a file into a folder, in place of those there
// were.
func importSteps(dir, path string) ([]*voice.Mapping, error) {
	_, data, err := readSteps(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keep step names: %w", err)
	}
	part := filepath.Join(dir, stepsFile+".part")
	if err := os.WriteFile(part, data, 0o600); err != nil {
		return nil, fmt.Errorf("keep step names: %w", err)
	}
	if err := os.Rename(part, filepath.Join(dir, stepsFile)); err != nil {
		return nil, fmt.Errorf("keep step names: %w", err)
	}
	return stepsIn(dir)
}
