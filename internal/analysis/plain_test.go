package analysis

import "testing"

func TestPlain(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"", ""},
		{"GET /items", "GET /items"},
		{"GET /items/17", "GET /items/#"},
		{"GET /items/17/parts/3?page=2", "GET /items/#/parts/#?page=#"},
		{"GET /api/v1/orders", "GET /api/v1/orders"},
		{"S3.GetObject", "S3.GetObject"},
		{"step 12", "step 12"},
		{"job 20261112", "job #"},
		{"blob 17f3c0a5e9b2d641", "blob #"},
		{"deadbeef", "deadbeef"}, // a word of letters is no id
		{"заказ/7", "заказ/#"},
	} {
		if got := Plain(tt.name); got != tt.want {
			t.Errorf("Plain(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}
