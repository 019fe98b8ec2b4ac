package demo

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the table in docs/DEMO.md")

const document = "../../docs/DEMO.md"

// troubleTable is the table of docs/DEMO.md as the default shop has it.
func troubleTable() string {
	var b strings.Builder
	b.WriteString("| trouble | orders | place |\n|---|---|---|\n")
	for _, kind := range Troubles {
		var numbers, places []string
		for _, o := range troubled(kind) {
			numbers = append(numbers, o.Number)
			place := fmt.Sprintf("%s: `%s`", o.Service, o.Operation)
			if !strings.Contains(strings.Join(places, ";"), place) {
				places = append(places, place)
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", kind, strings.Join(numbers, ", "), strings.Join(places, "; "))
	}
	return b.String()
}

func TestDocumentNamesTheOrdersInTrouble(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), "<!-- troubles:begin")
	mark, rest, ok2 := strings.Cut(rest, "-->\n")
	table, tail, ok3 := strings.Cut(rest, "<!-- troubles:end -->")
	if !ok || !ok2 || !ok3 {
		t.Fatalf("%s has lost the marks of its table", document)
	}
	if *update {
		text := head + "<!-- troubles:begin" + mark + "-->\n" + troubleTable() + "<!-- troubles:end -->" + tail
		if err := os.WriteFile(document, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != troubleTable() {
		t.Errorf("table of %s is\n%s\nwant\n%s", document, table, troubleTable())
	}
	for _, kind := range Troubles {
		if !strings.Contains(tail, "**"+string(kind)+".**") {
			t.Errorf("%s does not tell of %s", document, kind)
		}
	}
}
