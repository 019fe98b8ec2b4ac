//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"

	"traceview/internal/demo"
)

// browserModules installs what the scripts in browser need, once.
var browserModules = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("browser/install.sh")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
})

// inBrowser runs a script in browser with a real Chromium and reads what it
// tells into result.
func inBrowser(t *testing.T, result any, script string, args ...string) {
	t.Helper()
	need(t, "node", "npm", "chromium")
	modules, err := browserModules()
	if err != nil {
		t.Fatalf("install what opens exports: %v", err)
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "NODE_PATH="+modules, "CHROMIUM="+chromium)
	if err := json.Unmarshal([]byte(run(t, env, "node", append([]string{filepath.Join("browser", script)}, args...)...)), result); err != nil {
		t.Fatal(err)
	}
}

// reportSeen is what report.cjs tells.
type reportSeen struct {
	Console, Requests, Dialogs  []string
	Before, After, Tip, Details string
	Left, Rows, Scripts         int
	Text, Background, File      string
}

const hostileName = `<script>alert(1)</script>`

// hostileTrace writes a trace with markup in every sort of place.
func hostileTrace(t *testing.T) string {
	t.Helper()
	odd := oddSpans()
	markup := &common.KeyValue{Key: `<b onclick="alert(2)">key</b>`, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: `<img src=https://example.org/x.png onerror=alert(3)>`}}}
	for _, s := range odd.ScopeSpans[0].Spans {
		s.Name, s.Attributes = hostileName, append(s.Attributes, markup)
		if s.Status != nil {
			s.Status.Message = `"><svg onload=alert(4)>`
		}
	}
	odd.Resource.Attributes[0].Value = &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: `</title><script>alert(5)</script>`}}
	data, err := proto.Marshal(&tracev1.TracesData{ResourceSpans: []*tracev1.ResourceSpans{odd}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "hostile.pb")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestReportInABrowser opens a report in Chromium in both themes: it asks for
// nothing, runs nothing of a trace, and shows what it promises.
func TestReportInABrowser(t *testing.T) {
	dir := t.ArtifactDir()
	page := filepath.Join(dir, "report.html")
	if _, err := output(t.Context(), command(t, "export", hostileTrace(t), "--to", "html", "--lang", "en", "-o", page)); err != nil {
		t.Fatal(err)
	}
	backgrounds := map[string]string{}
	for _, theme := range []string{"light", "dark"} {
		t.Run(theme, func(t *testing.T) {
			var got reportSeen
			inBrowser(t, &got, "report.cjs", page, theme, filepath.Join(dir, "report-"+theme+".png"))
			if len(got.Console) > 0 || len(got.Dialogs) > 0 || got.Scripts != 1 {
				t.Errorf("console %q, dialogs %q, %d scripts; want none, none and its own", got.Console, got.Dialogs, got.Scripts)
			}
			if len(got.Requests) != 1 || got.Requests[0] != got.File {
				t.Errorf("asked for %q, want the file alone", got.Requests)
			}
			if n := strings.Count(got.Text, hostileName); n < 2 {
				t.Errorf("the name of the spans is to be read %d times", n)
			}
			if got.Before == got.After || !strings.HasPrefix(got.Tip, hostileName) || !strings.Contains(got.Tip, "1 s") {
				t.Errorf("pointing at a span changes its colour from %q to %q and tells %q", got.Before, got.After, got.Tip)
			}
			for _, want := range []string{hostileName, "0102030405060708", `<img src=https://example.org/x.png onerror=alert(3)>`, "Status"} {
				if !strings.Contains(got.Details, want) {
					t.Errorf("the details of a span lack %q: %.600q", want, got.Details)
				}
			}
			if got.Rows != 2 || got.Left != 0 {
				t.Errorf("%d rows, of which a text that none has leaves %d; want 2 and 0", got.Rows, got.Left)
			}
			backgrounds[got.Background] = theme
		})
	}
	if len(backgrounds) != 2 {
		t.Errorf("backgrounds %v, want one for each theme", backgrounds)
	}
}

// scoped is what speedscope made of a file.
type scoped struct {
	Console []string
	Profile struct {
		Shared struct {
			Frames []struct{ Name string }
		}
		Profiles []scopedProfile
	}
}

// A scopedProfile is a lane, as frames that open and close.
type scopedProfile struct {
	Name                 string
	StartValue, EndValue float64
	Events               []struct {
		Type  string // O or C
		Frame int
		At    float64
	}
}

// stacks returns how long each way from the outermost frame was the innermost,
// and how many frames open; a fault is what does not fit together.
func (p *scopedProfile) stacks(frames []struct{ Name string }) (self map[string]float64, opened int, fault string) {
	self = map[string]float64{}
	var stack []string
	last := p.StartValue
	for _, ev := range p.Events {
		if ev.At < last {
			return nil, 0, fmt.Sprintf("an event at %v after one at %v", ev.At, last)
		}
		if ev.At > last && len(stack) > 0 {
			self[strings.Join(stack, ";")] += ev.At - last
		}
		last = ev.At
		name := frames[ev.Frame].Name
		switch {
		case ev.Type == "O":
			stack = append(stack, name)
			opened++
		case len(stack) == 0 || stack[len(stack)-1] != name:
			return nil, 0, fmt.Sprintf("%q closes within %q", name, stack)
		default:
			stack = stack[:len(stack)-1]
		}
	}
	if len(stack) > 0 {
		fault = fmt.Sprintf("%q do not close", stack)
	}
	return self, opened, fault
}

// TestSpeedscopeReadsExports lets the importers of speedscope read folded stacks
// and Chrome traces, and counts what they found.
func TestSpeedscopeReadsExports(t *testing.T) {
	shop := demo.New(demo.Options{Seed: 4, Orders: 3})
	var data []byte
	spans := 0
	for _, tr := range shop.Traces() { // messages of protobuf in a row are one
		data = append(data, tr.Proto...)
		spans += tr.Spans
	}
	e := exported{file: filepath.Join(t.TempDir(), "three.pb")}
	if err := os.WriteFile(e.file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	as := func(t *testing.T, to string) (text string, got scoped) {
		t.Helper()
		text = string(e.export(t, to))
		file := filepath.Join(t.TempDir(), to)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		inBrowser(t, &got, "speedscope.cjs", file)
		for _, line := range got.Console {
			if strings.HasPrefix(line, "error") || strings.HasPrefix(line, "uncaught") || strings.HasPrefix(line, "warning") && !strings.Contains(line, "GL Driver") {
				t.Errorf("speedscope says %q", line)
			}
		}
		return text, got
	}
	t.Run("folded", func(t *testing.T) {
		text, got := as(t, "folded")
		if len(got.Profile.Profiles) != 1 {
			t.Fatalf("%d profiles, want 1", len(got.Profile.Profiles))
		}
		self, _, fault := got.Profile.Profiles[0].stacks(got.Profile.Shared.Frames)
		if fault != "" {
			t.Fatal(fault)
		}
		lines := strings.Split(strings.TrimSpace(text), "\n")
		for _, line := range lines {
			at := strings.LastIndexByte(line, ' ')
			us, err := strconv.ParseFloat(line[at+1:], 64)
			if err != nil {
				t.Fatal(err)
			}
			if self[line[:at]] != us {
				t.Errorf("%s takes %v in speedscope, want %v", line[:at], self[line[:at]], us)
			}
			delete(self, line[:at])
		}
		if len(self) > 0 {
			t.Errorf("speedscope has %d stacks that were not written: %v", len(self), self)
		}
		t.Logf("%d stacks", len(lines))
	})
	t.Run("chrome-trace", func(t *testing.T) {
		_, got := as(t, "chrome-trace")
		all := 0
		for _, p := range got.Profile.Profiles {
			_, opened, fault := p.stacks(got.Profile.Shared.Frames)
			if fault != "" {
				t.Errorf("%s: %s", p.Name, fault)
			}
			all += opened
		}
		if all != spans {
			t.Errorf("speedscope has %d spans, want %d", all, spans)
		}
		t.Logf("%d lanes with %d spans", len(got.Profile.Profiles), all)
	})
}
