package archtest

import (
	"os"
	"slices"
	"testing"
)

// root is the folder of go.mod, seen from this package.
const root = "../.."

// TestHouseRules holds the whole module to its rules.
func TestHouseRules(t *testing.T) {
	list, err := sources(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 10 {
		t.Fatalf("found %d Go files from %s: the checks look at nothing", len(list), root)
	}
	gomod, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range []struct {
		name string
		bad  []string
	}{
		{"imports run one way", checkLayers(list, layers)},
		{"no stale rows", checkStale(list, layers)},
		{"forbidden imports", checkBans(list, bans)},
		{"views do not know one another", checkViews(list)},
		{"a reason for each module", checkModules(string(gomod), modules)},
		{"sizes", checkSizes(list)},
		{"package comments", checkPackageDocs(list)},
		{"exported names are documented", checkDocs(list)},
		{"package names", checkNames(list)},
		{"nothing put off", checkComments(list)},
		{"tests do not sleep", checkSleeps(list)},
	} {
		t.Run(check.name, func(t *testing.T) {
			slices.Sort(check.bad)
			for _, b := range check.bad {
				t.Error(b)
			}
		})
	}
}
