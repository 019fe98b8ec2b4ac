package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/i18n"
)

// TestSteps takes over a file of step names, and meets one that is damaged.
func TestSteps(t *testing.T) {
	dir, from := filepath.Join(t.TempDir(), "settings"), filepath.Join(t.TempDir(), "bank.json")
	if list, err := stepsIn(dir); err != nil || len(list) != 1 || list[0].Title != "Jewellery shop" {
		t.Fatalf("at first there are %d, %v", len(list), err)
	}
	if _, err := importSteps(dir, from); err == nil || !strings.Contains(err.Error(), from) {
		t.Errorf("a file that is not there: %v", err)
	}
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(from, `{"traceview_steps":1,"title":"Bank","steps":[{"name":{"en":"paying"},"match":[{"operation":"pay"}]}]}`)
	if list, err := importSteps(dir, from); err != nil || len(list) != 2 || list[0].Title != "Bank" {
		t.Fatalf("taken over: %d, %v", len(list), err)
	}
	write(from, `{"traceview_steps":1,"steps":[{}]}`)
	if _, err := importSteps(dir, from); err == nil {
		t.Error("a damaged file is taken over")
	}
	if list, err := stepsIn(dir); err != nil || len(list) != 2 {
		t.Errorf("after that there are %d, %v", len(list), err)
	}
	write(filepath.Join(dir, stepsFile), "{")
	list, err := stepsIn(dir)
	if err == nil || len(list) != 1 {
		t.Fatalf("a damaged file of the settings: %d, %v", len(list), err)
	}
	for _, lang := range i18n.Languages() {
		if title, hint := explain(i18n.For(lang.Code), err); !strings.Contains(hint, stepsFile) || strings.Contains(title, "error.") {
			t.Errorf("%s: %s. %s", lang.Code, title, hint)
		}
	}
}
