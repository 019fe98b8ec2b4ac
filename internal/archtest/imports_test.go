package archtest

import (
	"fmt"
	"strings"
)

// under says whether a path is named by a pattern: equal to it, or, for
// "x/...", x or below it. "..." names everything.
func under(path, pattern string) bool {
	if pattern == "..." {
		return true
	}
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == base || strings.HasPrefix(path, base+"/")
	}
	return path == pattern
}

func underAny(path string, patterns []string) bool {
	for _, p := range patterns {
		if under(path, p) {
			return true
		}
	}
	return false
}

// own says whether an import, without the module path, is of this module.
func own(path string) bool {
	top, _, _ := strings.Cut(path, "/")
	return top == "internal" || top == "ui" || top == "cmd" || top == "assets" || top == "e2e"
}

// std says whether an import is of the standard library.
func std(path string) bool {
	top, _, _ := strings.Cut(path, "/")
	return !own(path) && !strings.Contains(top, ".")
}

// layerOf returns the row of a package, nil if there is none.
func layerOf(pkg string, table []layer) *layer {
	for i := range table {
		if under(pkg, table[i].pkg) {
			return &table[i]
		}
	}
	return nil
}

// checkLayers reports imports outside a package's row, and packages without one.
func checkLayers(list []*source, table []layer) []string {
	var bad []string
	for _, pkg := range packages(list) {
		if layerOf(pkg, table) == nil {
			bad = append(bad, fmt.Sprintf("%s: no row in layers; say what it may import, and why no more", pkg))
		}
	}
	for _, s := range list {
		l := layerOf(s.pkg, table)
		if s.isTest || l == nil {
			continue
		}
		for path, pos := range s.imports() {
			if !std(path) && !underAny(path, l.may) {
				bad = append(bad, fmt.Sprintf("%s: %s may not import %s: %s", s.at(pos), s.pkg, path, l.reason))
			}
		}
	}
	return bad
}

// checkStale reports rows that no package matches any more.
func checkStale(list []*source, table []layer) []string {
	used := map[*layer]bool{}
	for _, pkg := range packages(list) {
		used[layerOf(pkg, table)] = true
	}
	var bad []string
	for i := range table {
		if !used[&table[i]] {
			bad = append(bad, fmt.Sprintf("layers: no package matches %s; remove the row", table[i].pkg))
		}
	}
	return bad
}

// checkBans reports forbidden imports, in tests too.
func checkBans(list []*source, table []ban) []string {
	var bad []string
	for _, s := range list {
		for path, pos := range s.imports() {
			for _, b := range table {
				if under(path, b.what) && under(s.pkg, b.where) && !underAny(s.pkg, b.except) {
					bad = append(bad, fmt.Sprintf("%s: %s may not import %s: %s", s.at(pos), s.pkg, path, b.reason))
				}
			}
		}
	}
	return bad
}

// checkViews reports views that import one another.
func checkViews(list []*source) []string {
	const views = "ui/view/"
	viewOf := func(pkg string) string {
		rest, ok := strings.CutPrefix(pkg, views)
		if !ok {
			return ""
		}
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	var bad []string
	for _, s := range list {
		from := viewOf(s.pkg)
		for path, pos := range s.imports() {
			if to := viewOf(path); from != "" && to != "" && from != to {
				bad = append(bad, fmt.Sprintf("%s: view %s may not import view %s: they meet in document and in shell, so that each can be changed alone", s.at(pos), from, to))
			}
		}
	}
	return bad
}

// checkModules reports modules required directly without a reason, and
// reasons for modules no longer required.
func checkModules(gomod string, reasons map[string]string) []string {
	var bad []string
	seen := map[string]bool{}
	for _, path := range directModules(gomod) {
		seen[path] = true
		if reasons[path] == "" {
			bad = append(bad, fmt.Sprintf("go.mod: %s has no reason in modules; a new module is a decision", path))
		}
	}
	for path := range reasons {
		if !seen[path] {
			bad = append(bad, fmt.Sprintf("modules: %s is not required by go.mod any more; remove the reason", path))
		}
	}
	return bad
}

// directModules returns the modules of go.mod's require blocks that are not
// marked indirect.
func directModules(gomod string) []string {
	var list []string
	block := false
	for line := range strings.Lines(gomod) {
		f := strings.Fields(line)
		switch {
		case len(f) == 2 && f[0] == "require" && f[1] == "(":
			block = true
			continue
		case len(f) > 0 && f[0] == ")":
			block = false
		case len(f) > 1 && f[0] == "require":
			f = f[1:]
		case !block:
			continue
		}
		if len(f) >= 2 && !strings.Contains(line, "// indirect") {
			list = append(list, f[0])
		}
	}
	return list
}
