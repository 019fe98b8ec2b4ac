package archtest

import (
	"strings"
	"testing"
	"testing/fstest"
)

// tree parses small sources held in memory, by path.
func tree(t *testing.T, files map[string]string) []*source {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	list, err := sources(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// wantFindings compares findings with the words each must hold, in any order.
func wantFindings(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %d findings, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	all := strings.Join(got, "\n")
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("no finding says %q in:\n%s", w, all)
		}
	}
}

func TestImportsAgainstTheArrowAreFound(t *testing.T) {
	table := []layer{
		{"internal/model", nil, "base"},
		{"internal/format/...", []string{"internal/model", "example.com/wire/..."}, "bytes to model"},
		{"ui/...", []string{"ui/...", "fyne.io/fyne/v2/..."}, "window"},
	}
	for _, tt := range []struct {
		name, path, text string
		want             []string
	}{
		{"standard library", "internal/model/a.go", "package model\nimport \"go/ast\"", nil},
		{"allowed module", "internal/format/otlp/a.go", "package otlp\nimport \"example.com/wire/v2\"", nil},
		{"allowed package", "internal/format/otlp/a.go", "package otlp\nimport \"traceview/internal/model\"", nil},
		{"own package above", "internal/model/a.go", "package model\nimport \"traceview/internal/format/otlp\"",
			[]string{"internal/model/a.go:2: internal/model may not import internal/format/otlp: base"}},
		{"sibling by prefix only", "internal/format/a.go", "package format\nimport \"traceview/internal/modelling\"",
			[]string{"may not import internal/modelling"}},
		{"foreign module", "internal/model/a.go", "package model\nimport _ \"example.com/wire\"",
			[]string{"may not import example.com/wire"}},
		{"tests are free", "internal/model/a_test.go", "package model\nimport \"example.com/wire\"", nil},
		{"file of another system", "internal/model/a_windows.go", "//go:build windows\n\npackage model\nimport \"example.com/wire\"",
			[]string{"internal/model/a_windows.go:4"}},
		{"package without a row", "internal/newcomer/a.go", "package newcomer", []string{"internal/newcomer: no row"}},
		{"other module below", "internal/newcomer/testdata/a.go", "package newcomer", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantFindings(t, checkLayers(tree(t, map[string]string{tt.path: tt.text}), table), tt.want)
		})
	}
}

func TestStaleRowsAreFound(t *testing.T) {
	list := tree(t, map[string]string{"internal/model/a.go": "package model"})
	table := []layer{{pkg: "internal/model"}, {pkg: "internal/..."}, {pkg: "ui/..."}}
	wantFindings(t, checkStale(list, table), []string{"matches internal/...", "matches ui/..."})
}

func TestForbiddenImportsAreFoundInTestsToo(t *testing.T) {
	list := tree(t, map[string]string{
		"cmd/traceview/main.go":      "package main\nimport \"fyne.io/fyne/v2/app\"",
		"internal/layout/a_test.go":  "package layout\nimport \"fyne.io/fyne/v2/test\"",
		"internal/order/a.go":        "package order\nimport \"traceview/ui/shell\"",
		"ui/shell/a.go":              "package shell\nimport \"fyne.io/fyne/v2/app\"\nimport \"fyne.io/fyne/v2/widget\"",
		"internal/client/a.go":       "package client\nimport \"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2\"",
		"internal/order/wire.go":     "package order\nimport \"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2\"",
		"internal/order/any_test.go": "package order\nimport \"github.com/stretchr/testify/assert\"",
	})
	wantFindings(t, checkBans(list, bans), []string{
		"internal/layout/a_test.go:2: internal/layout may not import fyne.io/fyne/v2/test",
		"internal/order/a.go:2: internal/order may not import ui/shell",
		"ui/shell/a.go:2: ui/shell may not import fyne.io/fyne/v2/app",
		"internal/order/wire.go:2",
		"internal/order/any_test.go:2",
	})
}

func TestViewsThatKnowOneAnotherAreFound(t *testing.T) {
	list := tree(t, map[string]string{
		"ui/view/search/a.go":          "package search\nimport \"traceview/ui/look\"",
		"ui/view/timeline/a.go":        "package timeline\nimport \"traceview/ui/view/timeline/ruler\"",
		"ui/view/detail/a.go":          "package detail\nimport \"traceview/ui/view/timeline\"",
		"ui/view/timeline/ruler/r.go":  "package ruler\nimport \"traceview/ui/view/search\"",
		"ui/shell/views.go":            "package shell\nimport \"traceview/ui/view/search\"",
		"ui/view/search/other_test.go": "package search\nimport \"traceview/ui/view/detail\"",
	})
	wantFindings(t, checkViews(list), []string{
		"view detail may not import view timeline",
		"view timeline may not import view search",
		"view search may not import view detail",
	})
}

func TestModulesNeedAReason(t *testing.T) {
	gomod := `module x
require example.com/single v1.0.0
require (
	example.com/kept v1.2.3
	example.com/new v0.1.0
	example.com/far v0.1.0 // indirect
)
tool example.com/far/cmd/far
`
	reasons := map[string]string{"example.com/kept": "needed", "example.com/single": "needed", "example.com/gone": "was needed"}
	wantFindings(t, checkModules(gomod, reasons), []string{"example.com/new has no reason", "example.com/gone is not required"})
}

func TestLongFilesAndFunctionsAreFound(t *testing.T) {
	long := "package a\n\nfunc f() {\n" + strings.Repeat("\t_ = 1\n", maxFuncLines-1) + "}\n"
	most := "package a\n\nfunc f() {\n" + strings.Repeat("\t_ = 1\n", maxFuncLines-2) + "}\n"
	endless := "package a\n" + strings.Repeat("\n", maxFileLines)
	for _, tt := range []struct {
		name, path, text string
		want             []string
	}{
		{"function at the limit", "a/a.go", most, nil},
		{"function over it", "a/a.go", long, []string{"a/a.go:3: f has 81 lines"}},
		{"file over it", "a/a.go", endless, []string{"a/a.go: 501 lines"}},
		{"test", "a/a_test.go", long + endless[len("package a\n"):], nil},
		{"generated", "a/a.go", "// Code generated by hand. DO NOT EDIT.\n\n" + endless, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantFindings(t, checkSizes(tree(t, map[string]string{tt.path: tt.text})), tt.want)
		})
	}
}

func TestMissingDocumentationIsFound(t *testing.T) {
	const head = "package a\n"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"function without", head + "func F() {}", []string{"a/a.go:2: F has no comment"}},
		{"function with", head + "// F does.\nfunc F() {}", nil},
		{"comment about something else", head + "// This does.\nfunc F() {}", []string{"comment of F does not begin"}},
		{"comment about a longer name", head + "// Foo does.\nfunc F() {}", []string{"comment of F does not begin"}},
		{"unexported", head + "func f() {}\ntype t struct{}\nvar v int", nil},
		{"type with article", head + "// A T is.\ntype T struct{}", nil},
		{"type without", head + "type T struct{}", []string{"T has no comment"}},
		{"type in a group", head + "// Types of things.\ntype (\n\tT struct{}\n)", []string{"T has no comment"}},
		{"method", head + "// T is.\ntype T struct{}\nfunc (t *T) M() {}", []string{"M has no comment"}},
		{"generic method", head + "// T is.\ntype T[K any] struct{}\nfunc (t T[K]) M() {}", []string{"M has no comment"}},
		{"method of unexported", head + "type t struct{}\nfunc (t) M() {}", nil},
		{"constants with a group comment", head + "// The colours.\nconst (\n\tRed = iota\n\tBlue\n)", nil},
		{"constant with a comment behind", head + "const (\n\tRed = iota // the colour\n)", nil},
		{"constants without", head + "const (\n\tRed = iota\n\tblue\n)", []string{"Red has no comment"}},
		{"command", "package main\nfunc F() {}", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantFindings(t, checkDocs(tree(t, map[string]string{"a/a.go": tt.text})), tt.want)
		})
	}
}

func TestPackageCommentsAreCounted(t *testing.T) {
	list := tree(t, map[string]string{
		"one/a.go":       "// Package one is.\npackage one",
		"one/b.go":       "package one",
		"none/a.go":      "package none",
		"twice/a.go":     "// Package twice is.\npackage twice",
		"twice/b.go":     "// Package twice also is.\npackage twice",
		"only/a_test.go": "package only",
	})
	wantFindings(t, checkPackageDocs(list), []string{"none: no package comment", "twice: 2 package comments"})
}

func TestNamesAndCommentsAndSleepsAreFound(t *testing.T) {
	list := tree(t, map[string]string{
		"internal/util/a.go":      "package util",
		"internal/task/a.go":      "package task\n// " + unfinished[0] + ": later\nvar s = \"" + unfinished[1] + "\"",
		"internal/task/a_test.go": "package task\nimport \"time\"\nfunc f() { time.Sleep(1) }",
		"internal/task/b.go":      "package task\nimport \"time\"\nfunc g() { time.Sleep(1) }",
		"internal/task/c_test.go": "package task\nfunc h() { clock.Sleep(1) }",
		"e2e/a_test.go":           "package e2e\nimport \"time\"\nfunc f() { time.Sleep(1) }",
	})
	wantFindings(t, checkNames(list), []string{"internal/util: package util"})
	wantFindings(t, checkComments(list), []string{"internal/task/a.go:2"})
	wantFindings(t, checkSleeps(list), []string{"internal/task/a_test.go:3"})
}

func TestOtherModulesAndTestDataAreLeftOut(t *testing.T) {
	list := tree(t, map[string]string{
		"a/a.go":              "package a",
		"a/testdata/b.go":     "package b",
		"nested/go.mod":       "module nested",
		"nested/c.go":         "package c",
		".hidden/d.go":        "package d",
		"nested/deeper/e.go":  "package e",
		"a/deeper/f.go":       "package f",
		"a/deeper/readme.txt": "no Go",
	})
	var got []string
	for _, s := range list {
		got = append(got, s.path)
	}
	if want := "a/a.go a/deeper/f.go"; strings.Join(got, " ") != want {
		t.Errorf("sources = %v, want %s", got, want)
	}
}
