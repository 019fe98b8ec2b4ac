package signin

import (
	"os/exec"
	"slices"
	"testing"
)

func TestBrowserCommand(t *testing.T) {
	const address = "https://issuer.example/authorize?a=b&c=d"
	for _, tt := range []struct {
		name, goos string
		env        map[string]string
		want       []string
	}{
		{"windows", "windows", nil, []string{"rundll32", "url.dll,FileProtocolHandler", address}},
		{"mac", "darwin", nil, []string{"open", address}},
		{"X11", "linux", map[string]string{"DISPLAY": ":0"}, []string{"xdg-open", address}},
		{"Wayland", "linux", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, []string{"xdg-open", address}},
		{"chosen", "linux", map[string]string{"BROWSER": "firefox"}, []string{"firefox", address}},
		{"no display", "linux", nil, nil},
	} {
		got, err := browserCommand(tt.goos, func(k string) string { return tt.env[k] }, address)
		if !slices.Equal(got, tt.want) || (err == nil) != (tt.want != nil) {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
}

func TestOpenBrowser(t *testing.T) {
	for command, ok := range map[string]bool{"true": true, "false": false, "/absent/browser": false} {
		if _, err := exec.LookPath(command); err != nil && ok {
			t.Skipf("%s is absent, which stands in for a browser: %v", command, err)
		}
		err := OpenBrowser(t.Context(), "linux", func(k string) string { return map[string]string{"BROWSER": command}[k] }, "https://issuer.example")
		if (err == nil) != ok {
			t.Errorf("%s: %v", command, err)
		}
	}
}
