package config

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSettle(t *testing.T) {
	d := defaultSettings()
	for _, tt := range []struct {
		name string
		set  func(*Settings)
		ok   func(Settings) bool
	}{
		{"unknown theme", func(s *Settings) { s.Theme = "pink" }, func(s Settings) bool { return s.Theme == ThemeSystem }},
		{"known theme", func(s *Settings) { s.Theme = ThemeDark }, func(s Settings) bool { return s.Theme == ThemeDark }},
		{"unknown zone", func(s *Settings) { s.TimeZone = "mars" }, func(s Settings) bool { return s.TimeZone == ZoneLocal }},
		{"UTC", func(s *Settings) { s.TimeZone = ZoneUTC }, func(s Settings) bool { return s.TimeZone == ZoneUTC }},
		{"window of nothing", func(s *Settings) { s.Window = Size{} }, func(s Settings) bool { return s.Window == d.Window }},
		{"window of no number", func(s *Settings) { s.Window.Width = float32(math.NaN()) }, func(s Settings) bool { return s.Window == d.Window }},
		{"window too large", func(s *Settings) { s.Window.Height = 1e9 }, func(s Settings) bool { return s.Window == d.Window }},
		{"window of one's own", func(s *Settings) { s.Window = Size{1920, 1080} }, func(s Settings) bool { return s.Window == Size{1920, 1080} }},
		{"splits", func(s *Settings) { s.Splits = map[string]float64{"a": 0.5, "b": 1.5, "c": math.NaN()} },
			func(s Settings) bool { return len(s.Splits) == 1 && s.Splits["a"] == 0.5 }},
		{"no splits", func(s *Settings) { s.Splits = nil }, func(s Settings) bool { return s.Splits != nil }},
		{"lookback", func(s *Settings) { s.Lookback = -1 }, func(s Settings) bool { return s.Lookback == DefaultLookback }},
		{"recent orders", func(s *Settings) { s.RecentOrders = make([]string, 99) }, func(s Settings) bool { return len(s.RecentOrders) == MaxRecentOrders }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := defaultSettings()
			tt.set(&s)
			if s.settle(); !tt.ok(s) {
				t.Errorf("settled to %+v", s)
			}
		})
	}
}

func TestRememberOrder(t *testing.T) {
	var s Settings
	for _, o := range []string{"1", "2", " 1 ", "", "  ", "#3"} {
		s.RememberOrder(o)
	}
	if want := []string{"#3", "1", "2"}; !slices.Equal(s.RecentOrders, want) {
		t.Errorf("recent %q, want %q", s.RecentOrders, want)
	}
	before := s.RecentOrders
	for i := range 2 * MaxRecentOrders {
		s.RememberOrder(fmt.Sprint("order ", i))
	}
	if len(s.RecentOrders) != MaxRecentOrders || s.RecentOrders[0] != fmt.Sprint("order ", 2*MaxRecentOrders-1) {
		t.Errorf("%d recent orders, first %q, want %d with the newest first", len(s.RecentOrders), s.RecentOrders[0], MaxRecentOrders)
	}
	if before[0] != "#3" {
		t.Error("a list handed out earlier changed")
	}
}

func TestDurationAsText(t *testing.T) {
	for _, want := range []time.Duration{0, time.Nanosecond, 168 * time.Hour, 90 * 24 * time.Hour} {
		text, err := Duration(want).MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got Duration
		if err := got.UnmarshalText(text); err != nil || time.Duration(got) != want {
			t.Errorf("%s is read as %v, %v", text, time.Duration(got), err)
		}
	}
}

func TestConnections(t *testing.T) {
	var c Connections
	c.Put(Connection{Name: "a", Endpoint: "a:1"})
	c.Put(Connection{Name: "b", Endpoint: "b:1"})
	c.Put(Connection{Name: "a", Endpoint: "a:2"})
	if got, ok := c.Find("a"); !ok || got.Endpoint != "a:2" || len(c.List) != 2 {
		t.Errorf("Find = %+v, %v of %d, want a:2 of 2", got, ok, len(c.List))
	}
	if !c.Remove("a") || c.Remove("a") {
		t.Error("Remove does not say whether there was one")
	}
	if _, ok := c.Find("a"); ok {
		t.Error("a removed connection is found")
	}
}

func TestConnectionsSettle(t *testing.T) {
	c := Connections{List: []Connection{{Name: "a", Lookback: -1}}}
	c.settle()
	if got := c.List[0]; got.API != APIAuto || got.Lookback != 0 {
		t.Errorf("settled to %+v, want api auto and no lookback of its own", got)
	}
}

func TestConnectionCheck(t *testing.T) {
	for _, tt := range []struct {
		name string
		conn Connection
		want string // part of the error, "" for none
	}{
		{"complete", Connection{Endpoint: "jaeger:16685", API: APIGRPCv3, OrderKeys: []string{"order.id"}}, ""},
		{"api left open", Connection{Endpoint: "jaeger:16685"}, ""},
		{"no endpoint", Connection{}, "no endpoint"},
		{"blank in the endpoint", Connection{Endpoint: "jaeger 16685"}, "blank"},
		{"unknown api", Connection{Endpoint: "j:1", API: "soap"}, "not known"},
		{"empty key", Connection{Endpoint: "j:1", OrderKeys: []string{""}}, "order key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.conn.Check()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Check = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestDefaultPaths(t *testing.T) {
	for _, tt := range []struct {
		name, goos string
		env        map[string]string
		want       Paths
	}{
		{"Linux", "linux", map[string]string{"HOME": "/home/a"}, Paths{"/home/a/.config/traceview", "/home/a/.local/share/traceview"}},
		{"XDG", "linux", map[string]string{"HOME": "/home/a", "XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d"}, Paths{"/c/traceview", "/d/traceview"}},
		{"relative XDG is ignored", "linux", map[string]string{"HOME": "/home/a", "XDG_CONFIG_HOME": "c"},
			Paths{"/home/a/.config/traceview", "/home/a/.local/share/traceview"}},
		{"no home", "linux", nil, Paths{}},
		{"macOS", "darwin", map[string]string{"HOME": "/Users/a"},
			Paths{"/Users/a/Library/Application Support/traceview", "/Users/a/Library/Application Support/traceview"}},
		{"Windows", "windows", map[string]string{"AppData": "/r", "LocalAppData": "/l"}, Paths{"/r/traceview", "/l/traceview"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := defaultPaths(tt.goos, func(k string) string { return tt.env[k] }); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestDirs(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("HOME", "")
	t.Setenv("AppData", "")
	if _, err := Dirs("", "/d"); err == nil || !strings.Contains(err.Error(), "--config-dir") {
		t.Errorf("without a home the error is %v, want one that names the flag", err)
	}
	p, err := Dirs("/c", "/d")
	if err != nil || p != (Paths{"/c", "/d"}) {
		t.Errorf("Dirs = %+v, %v, want those given", p, err)
	}
	if p, err = Dirs("rel", "/d"); err != nil || !strings.HasPrefix(p.Config, "/") || !strings.HasSuffix(p.Config, "/rel") {
		t.Errorf("Dirs = %+v, %v, want an absolute folder", p, err)
	}
}
