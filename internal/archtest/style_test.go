package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
)

// The limits of files and functions outside tests, in lines. The best code of
// the field has a mean file of 120 to 250 lines; what is longer hides a second
// concept.
const (
	maxFileLines = 500
	maxFuncLines = 80
)

// vagueNames are package names that say nothing of what is inside.
var vagueNames = []string{"util", "utils", "common", "helper", "helpers", "manager", "managers", "misc", "shared"}

// unfinished are the words that mark work put off. They are put together here
// so that a plain search for them finds nothing.
var unfinished = []string{"TO" + "DO", "FIX" + "ME", "X" + "XX"}

// checkSizes reports long files and functions.
func checkSizes(list []*source) []string {
	var bad []string
	for _, s := range list {
		if s.isTest || s.generated {
			continue
		}
		if s.lines > maxFileLines {
			bad = append(bad, fmt.Sprintf("%s: %d lines, more than %d: split it by concept", s.path, s.lines, maxFileLines))
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
			if n > maxFuncLines {
				bad = append(bad, fmt.Sprintf("%s: %s has %d lines, more than %d: it does more than one thing", s.at(f.Pos()), f.Name.Name, n, maxFuncLines))
			}
		}
	}
	return bad
}

// checkPackageDocs reports packages without exactly one package comment.
func checkPackageDocs(list []*source) []string {
	docs := map[string]int{}
	for _, s := range list {
		if !s.isTest && s.file.Doc != nil {
			docs[s.pkg]++
		}
	}
	var bad []string
	for _, pkg := range packages(list) {
		switch n := docs[pkg]; {
		case n == 0:
			bad = append(bad, fmt.Sprintf("%s: no package comment: say what it is for and what it never does", pkg))
		case n > 1:
			bad = append(bad, fmt.Sprintf("%s: %d package comments: keep one, or a reader finds half of it", pkg, n))
		}
	}
	return bad
}

// checkNames reports packages named after nothing.
func checkNames(list []*source) []string {
	var bad []string
	for _, pkg := range packages(list) {
		if base := path.Base(pkg); slices.Contains(vagueNames, base) {
			bad = append(bad, fmt.Sprintf("%s: package %s attracts whatever has no home; name what it holds", pkg, base))
		}
	}
	return bad
}

// checkComments reports comments that mark unfinished work.
func checkComments(list []*source) []string {
	var bad []string
	for _, s := range list {
		for _, g := range s.file.Comments {
			for _, c := range g.List {
				for _, w := range unfinished {
					if strings.Contains(c.Text, w) {
						bad = append(bad, fmt.Sprintf("%s: %s in a comment: do it or leave it", s.at(c.Pos()), w))
					}
				}
			}
		}
	}
	return bad
}

// checkSleeps reports tests outside e2e that sleep.
func checkSleeps(list []*source) []string {
	var bad []string
	for _, s := range list {
		if !s.isTest || under(s.pkg, "e2e/...") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Sleep" {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
				bad = append(bad, fmt.Sprintf("%s: a test that sleeps is slow and still wrong on a slow machine; wait for the event, or use testing/synctest", s.at(n.Pos())))
			}
			return true
		})
	}
	return bad
}

// checkDocs reports exported names without a comment, and comments of
// functions and types that do not begin with the name.
func checkDocs(list []*source) []string {
	var bad []string
	for _, s := range list {
		if s.isTest || s.generated || s.file.Name.Name == "main" {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) {
					bad = append(bad, s.docOf(d.Name, d.Doc)...)
				}
			case *ast.GenDecl:
				bad = append(bad, s.docsOf(d)...)
			}
		}
	}
	return bad
}

// exportedReceiver says whether f is a function, or a method of an exported type.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return true
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

// docsOf checks a declaration of types, constants or variables. A comment on a
// group of constants or variables speaks for all of them.
func (s *source) docsOf(d *ast.GenDecl) []string {
	var bad []string
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() {
				doc := spec.Doc
				if doc == nil && !d.Lparen.IsValid() {
					doc = d.Doc
				}
				bad = append(bad, s.docOf(spec.Name, doc)...)
			}
		case *ast.ValueSpec:
			if d.Doc != nil || spec.Doc != nil || spec.Comment != nil {
				continue
			}
			for _, name := range spec.Names {
				if name.IsExported() {
					bad = append(bad, fmt.Sprintf("%s: %s has no comment", s.at(name.Pos()), name.Name))
				}
			}
		}
	}
	return bad
}

// docOf checks the comment of a function or type.
func (s *source) docOf(name *ast.Ident, doc *ast.CommentGroup) []string {
	text := strings.TrimSpace(doc.Text())
	if text == "" {
		return []string{fmt.Sprintf("%s: %s has no comment", s.at(name.Pos()), name.Name)}
	}
	for _, article := range []string{"A ", "An ", "The "} {
		text = strings.TrimPrefix(text, article)
	}
	if !strings.HasPrefix(text, name.Name) || !endsWord(text[len(name.Name):]) {
		return []string{fmt.Sprintf("%s: the comment of %s does not begin with its name", s.at(name.Pos()), name.Name)}
	}
	return nil
}

// endsWord says whether rest does not go on with the word before it.
func endsWord(rest string) bool {
	return rest == "" || !token.IsIdentifier("x"+rest[:1])
}
