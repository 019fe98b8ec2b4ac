package i18n

import (
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"traceview/internal/model"
)

// builtPrefixes begin keys that are put together at run time from the kind of
// an error or a warning.
var builtPrefixes = []string{"health.title.", "health.why.", "health.next.", "diff.title.", "diff.usual.", "error.", "warning."}

// A use is a call of T or N, or of a function that ends in one of them, with a
// literal key.
type use struct {
	where  string
	key    string
	prefix bool     // the key is only the beginning: T("state." + name)
	plural bool     // N
	args   []string // names of the arguments; nil if they are not all literal
}

// sources is what a walk over the Go sources found.
type sources struct {
	uses     []use
	literals map[string]bool // every text, for keys kept in tables
}

// readSources walks the folders, tests left out.
func readSources(t *testing.T, dirs ...string) sources {
	t.Helper()
	s := sources{literals: map[string]bool{}}
	fset := token.NewFileSet()
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := goparser.ParseFile(fset, path, nil, goparser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool { s.visit(fset, n); return true })
			return nil
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	return s
}

func (s *sources) visit(fset *token.FileSet, n ast.Node) {
	if lit, ok := literal(n); ok {
		s.literals[lit] = true
	}
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "T" && f.Sel.Name != "N" {
		return
	}
	u := use{where: fset.Position(call.Pos()).String(), plural: f.Sel.Name == "N"}
	key := call.Args[0]
	if sum, ok := key.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		u.prefix, key = true, leftmost(sum)
	}
	if u.key, ok = literal(key); !ok {
		return
	}
	u.args = argumentNames(call, u.plural)
	s.uses = append(s.uses, u)
}

func leftmost(e ast.Expr) ast.Expr {
	for {
		sum, ok := e.(*ast.BinaryExpr)
		if !ok {
			return e
		}
		e = sum.X
	}
}

func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func argumentNames(call *ast.CallExpr, plural bool) []string {
	first, names := 1, []string{}
	if plural {
		first, names = 2, []string{"n"}
	}
	if call.Ellipsis.IsValid() {
		return nil
	}
	for i := first; i < len(call.Args); i += 2 {
		name, ok := literal(call.Args[i])
		if !ok {
			return nil
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// problems compares uses with a catalogue.
func problems(s sources, c map[string]forms) []string {
	var list []string
	used := map[string]bool{}
	for _, u := range s.uses {
		f, ok := c[u.key]
		switch {
		case u.prefix:
			for key := range c {
				if strings.HasPrefix(key, u.key) {
					used[key], ok = true, true
				}
			}
			if !ok {
				list = append(list, fmt.Sprintf("%s: no key begins with %q", u.where, u.key))
			}
		case !ok:
			list = append(list, fmt.Sprintf("%s: key %q is not in the catalogue", u.where, u.key))
		case u.plural != plural(f):
			list = append(list, fmt.Sprintf("%s: %q is said with T but has plural forms, or with N but has none", u.where, u.key))
		case u.args != nil && !covers(u.args, placeholders(f)):
			list = append(list, fmt.Sprintf("%s: %q is given %v, its text wants %v", u.where, u.key, u.args, placeholders(f)))
		}
		used[u.key] = true
	}
	for key := range c {
		if of, ok := strings.CutSuffix(key, ofSteps); ok { // said in the place of another
			if f, ok := c[of]; !ok || plural(f) != plural(c[key]) || !slices.Equal(placeholders(f), placeholders(c[key])) {
				list = append(list, fmt.Sprintf("%q does not say the same as %q", key, of))
			}
			continue
		}
		built := slices.ContainsFunc(builtPrefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !used[key] && !s.literals[key] && !built {
			list = append(list, fmt.Sprintf("key %q is used nowhere", key))
		}
	}
	slices.Sort(list)
	return list
}

// covers says that every name wanted is given; n may go unused by a text.
func covers(given, wanted []string) bool {
	for _, w := range wanted {
		if !slices.Contains(given, w) {
			return false
		}
	}
	for _, g := range given {
		if g != "n" && !slices.Contains(wanted, g) {
			return false
		}
	}
	return true
}

func TestSourcesAndCatalogueAgree(t *testing.T) {
	if _, err := os.Stat("../../cmd"); err != nil {
		t.Skip("sources of the program absent")
	}
	en, _ := readCatalogue(t, "en")
	for _, p := range problems(readSources(t, "../../internal/document", "../../internal/export", "../../internal/report", "../../internal/verdict", "../../internal/voice", "../../ui", "../../cmd"), en) {
		t.Error(p)
	}
}

func TestProblems(t *testing.T) {
	dir := t.TempDir()
	src := `package x
var table = []string{"kept.in.table"}
func f(p P) {
	p.T("plain"); p.T("missing"); p.T("with.order", "order", 1); p.T("with.order", "ordr", 1)
	p.N("spans", 3); p.T("spans"); p.T("state." + s + ".title"); p.T("ghost." + s); p.T(key)
	p.T("with.order", rest...)
}`
	if err := os.WriteFile(filepath.Join(dir, "x.go"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	got := problems(readSources(t, dir), map[string]forms{
		"plain": {"": "x"}, "with.order": {"": "{{.order}}"}, "spans": {"one": "{{.n}}", "other": "{{.n}}"},
		"plain#steps": {"": "y"}, "with.order#steps": {"": "without"}, "state.open.title": {"": "x"}, "kept.in.table": {"": "x"}, "left.over": {"": "x"}, "error.tls.title": {"": "x"},
	})
	want := []string{
		`key "missing" is not in the catalogue`, `"with.order" is given [ordr], its text wants [order]`,
		`"spans" is said with T but has plural forms`, `no key begins with "ghost."`, `key "left.over" is used nowhere`,
		`"with.order#steps" does not say the same as "with.order"`,
	}
	if len(got) != len(want) {
		t.Errorf("got %d problems, want %d: %q", len(got), len(want), got)
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(g string) bool { return strings.Contains(g, w) }) {
			t.Errorf("problem %q is not reported in %q", w, got)
		}
	}
}

// The kinds of warning that exist have words, and no others have.
func TestEveryWarningHasWords(t *testing.T) {
	en, _ := readCatalogue(t, "en")
	known := map[string]bool{}
	for k := model.WarningKind(1); k.String() != ""; k++ {
		known["warning."+k.String()], known["warning."+k.String()+".text"] = true, true
	}
	for key := range known {
		if _, ok := en[key]; !ok {
			t.Errorf("the catalogue lacks %s", key)
		}
	}
	for key := range en {
		if strings.HasPrefix(key, "warning.") && !known[key] {
			t.Errorf("%s is of no kind of warning", key)
		}
	}
}

// Every kind of error has both a title and a hint.
func TestEveryErrorHasWords(t *testing.T) {
	en, _ := readCatalogue(t, "en")
	for _, kind := range []string{"unreachable", "wrong-port", "tls", "unauthenticated", "forbidden", "tenant", "not-found",
		"unimplemented", "too-large", "deadline", "cancelled", "garbage", "needs-service", "server", "invalid", "interrupted", "insecure", "other"} {
		for _, part := range []string{"title", "hint"} {
			if _, ok := en["error."+kind+"."+part]; !ok {
				t.Errorf("the catalogue lacks error.%s.%s", kind, part)
			}
		}
	}
}
