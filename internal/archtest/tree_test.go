package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// modulePath is the path of the module whose sources are checked.
const modulePath = "traceview"

// A source is one parsed Go file.
type source struct {
	path      string // slash separated, from the root of the module
	pkg       string // folder of the file: "internal/model"; "." is the root
	isTest    bool
	generated bool
	lines     int
	file      *ast.File
	fset      *token.FileSet
}

// at returns "path:line" of a position in s.
func (s *source) at(p token.Pos) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(p).Line)
}

// imports returns the paths s imports, those of the module's own packages
// without the module path, and where each is written.
func (s *source) imports() map[string]token.Pos {
	m := map[string]token.Pos{}
	for _, spec := range s.file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has accepted it; cannot be
		}
		m[strings.TrimPrefix(p, modulePath+"/")] = spec.Pos()
	}
	return m
}

// sources parses every Go file of a module, sorted by path. Folders that
// belong to another module or hold test data are left out.
func sources(root fs.FS) ([]*source, error) {
	var list []*source
	fset := token.NewFileSet()
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return enter(root, p)
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		text, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(fset, p, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		list = append(list, &source{
			path:      p,
			pkg:       path.Dir(p),
			isTest:    strings.HasSuffix(p, "_test.go"),
			generated: ast.IsGenerated(f),
			lines:     strings.Count(string(text), "\n"),
			file:      f,
			fset:      fset,
		})
		return nil
	})
	return list, err
}

// enter returns fs.SkipDir for a folder whose Go files are not of the module.
func enter(root fs.FS, dir string) error {
	base := path.Base(dir)
	if dir == "." {
		return nil
	}
	if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return fs.SkipDir
	}
	if _, err := fs.Stat(root, path.Join(dir, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

// packages returns the folders that hold Go files other than tests.
func packages(list []*source) []string {
	var dirs []string
	for _, s := range list {
		if !s.isTest {
			dirs = append(dirs, s.pkg)
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}
