package export

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrExists is wrapped where a file is not to be replaced.
var ErrExists = errors.New("there is a file of this name")

// File lets write fill the file at path. It appears under its name only when it is
// whole: it is written beside and then renamed. What is there already is replaced
// if replace says so. The error names the path.
func File(path string, mode fs.FileMode, replace bool, write func(io.Writer) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	if !replace && exists(path) {
		return ErrExists
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".traceview-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()           // the first error is told
			_ = os.Remove(f.Name()) // it is of no use
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
	if err := os.Chmod(f.Name(), mode); err != nil {
		return err
	}
	if !replace && exists(path) { // it was made meanwhile
		return ErrExists
	}
	return os.Rename(f.Name(), path)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
