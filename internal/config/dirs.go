// Package config keeps settings and connections on disk as JSON files that
// survive a crash while being written, a newer and an older version of the
// application, and damage. Secrets are never in them.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Paths are the folders of the application. They may not exist yet.
type Paths struct {
	Config string // settings and connections
	Data   string // what the application collects
}

// Dirs returns the application's folders: those given, as flags have it, or
// where one is empty the system's default: the XDG folders on Linux and the
// like, Application Support on macOS, AppData on Windows.
func Dirs(configDir, dataDir string) (Paths, error) {
	p := defaultPaths(runtime.GOOS, os.Getenv)
	for _, d := range []struct {
		dir         *string
		given, flag string
	}{{&p.Config, configDir, "--config-dir"}, {&p.Data, dataDir, "--data-dir"}} {
		if d.given != "" {
			abs, err := filepath.Abs(d.given)
			if err != nil {
				return Paths{}, fmt.Errorf("folder %s: %w", d.given, err)
			}
			*d.dir = abs
		}
		if *d.dir == "" {
			return Paths{}, fmt.Errorf("find home folder: %w; set HOME or pass %s", errNoHome, d.flag)
		}
	}
	return p, nil
}

var errNoHome = errors.New("none is set in the environment")

// defaultPaths returns the folders by the custom of a system; those that cannot
// be told are empty.
func defaultPaths(goos string, getenv func(string) string) Paths {
	const app = "traceview"
	under := func(base string, more ...string) string {
		if base == "" {
			return ""
		}
		return filepath.Join(append(append([]string{base}, more...), app)...)
	}
	switch goos {
	case "windows":
		return Paths{under(getenv("AppData")), under(getenv("LocalAppData"))}
	case "darwin", "ios":
		dir := under(getenv("HOME"), "Library", "Application Support")
		return Paths{dir, dir}
	}
	p := Paths{under(getenv("HOME"), ".config"), under(getenv("HOME"), ".local", "share")}
	// The XDG specification has relative paths ignored.
	if dir := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		p.Config = under(dir)
	}
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		p.Data = under(dir)
	}
	return p
}
