//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestStackConfiguration lets every file of deploy/ be read by the program it
// is for. Storages that are not here (Elasticsearch, OpenSearch, Cassandra,
// ClickHouse) are not asked: Jaeger reads and checks their settings only. nginx
// reads its files in TestStack, where people go through them.
func TestStackConfiguration(t *testing.T) {
	collector, err := collectorBinary()
	if err != nil {
		t.Fatal(err)
	}
	jaeger, err := jaegerBinary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	env := append(os.Environ(), "COLLECTOR_DATA="+dir, "JAEGER_DATA="+dir, "STORAGE_PASSWORD=x")
	t.Run("collector", func(t *testing.T) {
		run(t, env, collector, "validate", "--config", deploy+"/collector/collector.yaml")
		for _, wrong := range []string{"processors::order_sampler::rest_share: 10", "processors::scrub::values: ['(']", "exporters::otlp/jaeger::no_such: 1"} {
			refuses(t, env, collector, "validate", "--config", deploy+"/collector/collector.yaml", "--config", "yaml:"+wrong)
		}
	})
	storages, err := filepath.Glob(deploy + "/jaeger/*.yaml")
	if err != nil || len(storages) != 6 {
		t.Fatalf("%d files of Jaeger, %v; want 6", len(storages), err)
	}
	for _, file := range storages {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if name == "jaeger" {
			continue
		}
		t.Run("jaeger with "+name, func(t *testing.T) {
			args := []string{"validate", "--config", deploy + "/jaeger/jaeger.yaml", "--config", file}
			run(t, env, jaeger, args...)
			refuses(t, env, jaeger, append(args, "--config", "yaml:extensions::jaeger_storage::backends::main::"+name+"::no_such: 1")...)
		})
	}
	t.Run("systemd", testUnits)
	t.Run("compose", func(t *testing.T) {
		build := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-o", filepath.Join(dir, "compose"), ".")
		build.Dir = "compose"
		build.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build the reader of compose files: %v\n%s", err, out)
		}
		if got := strings.Fields(run(t, nil, filepath.Join(dir, "compose"), deploy+"/compose.yaml")); len(got) != 3 {
			t.Errorf("services %v, want 3", got)
		}
		wrong := filepath.Join(dir, "wrong.yaml")
		if err := os.WriteFile(wrong, []byte("services: {a: {image: b, no_such: 1}}"), 0o600); err != nil {
			t.Fatal(err)
		}
		refuses(t, nil, filepath.Join(dir, "compose"), wrong)
	})
}

// refuses wants a program to fail, or what it reads would prove nothing.
func refuses(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err == nil {
		t.Errorf("%s %q takes what is wrong:\n%s", name, args, out)
	}
}

// testUnits has systemd read the units, with a program that is there in the
// place of those that are not installed.
func testUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is absent: this system has no systemd")
	}
	units, err := filepath.Glob(deploy + "/systemd/*.service")
	if err != nil || len(units) != 2 {
		t.Fatalf("%d units, %v; want 2", len(units), err)
	}
	program := regexp.MustCompile(`ExecStart=\S+`)
	for _, unit := range units {
		text, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		for name, more := range map[string]string{"": "", "wrong": "\n[Service]\nNoSuchSetting=1\n"} {
			file := filepath.Join(t.TempDir(), filepath.Base(unit))
			if err := os.WriteFile(file, []byte(program.ReplaceAllString(string(text), "ExecStart=/bin/true")+more), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", file).CombinedOutput()
			said := strings.Contains(string(out), filepath.Base(unit))
			if bad := err != nil || said; bad != (name == "wrong") {
				t.Errorf("%s %s: %v\n%s", filepath.Base(unit), name, err, out)
			}
		}
	}
}
