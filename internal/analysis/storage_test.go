package analysis

import "testing"

func TestStorage(t *testing.T) {
	for _, tt := range [][3]string{
		{"postgresql", "shop", "shop · PostgreSQL"}, {"postgresql", "", "PostgreSQL"}, {"", "shop", "shop"},
		{"yugabyte", "shop", "shop · yugabyte"}, {"", "", ""},
	} {
		if got := Storage(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%q by %q is %q, want %q", tt[1], tt[0], got, tt[2])
		}
	}
	for text, want := range map[string]string{
		"postgresql shop": "shop · PostgreSQL", "redis": "Redis", "shop": "shop", "our database": "our database", "": "",
		"mssql orders of 2026": "orders of 2026 · SQL Server",
	} {
		if got := StorageCalled(text); got != want {
			t.Errorf("%q is called %q, want %q", text, got, want)
		}
	}
}
