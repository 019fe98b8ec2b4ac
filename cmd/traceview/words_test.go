package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/i18n"
	"traceview/internal/signin"
	"traceview/internal/store"
	"traceview/ui/shell"
)

func TestEveryErrorHasWords(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		w := i18n.For(lang)
		titles := map[string]client.Reason{}
		for kind, key := range errorKeys {
			title, hint := explain(w, fmt.Errorf("find: %w", &client.Error{Kind: kind, Endpoint: "jaeger:16685", Op: "find traces"}))
			if strings.HasPrefix(title, "error.") || strings.HasPrefix(hint, "error.") || title == "" || hint == "" || strings.Contains(title+hint, "{{") {
				t.Errorf("%s %s: %q, %q", lang, key, title, hint)
			}
		}
		for reason := client.ReasonUnknownHost; reason <= client.ReasonNoKey; reason++ {
			title, hint := explain(w, &client.Error{Kind: client.ErrServer, Reason: reason, Endpoint: "jaeger:16685"})
			if other := titles[title]; other != 0 || !strings.Contains(title, "jaeger:16685") || hint == "" || strings.HasPrefix(hint, "error.") {
				t.Errorf("%s %s: %q, %q, as %v; want words of its own", lang, reason, title, hint, other)
			}
			titles[title] = reason
		}
		for _, e := range libraryErrors {
			title, hint := explain(w, fmt.Errorf("x: %w: %w", store.ErrNotKept, e.err))
			if strings.HasPrefix(title, "error.") || strings.HasPrefix(hint, "error.") || title == "" || hint == "" {
				t.Errorf("%s %s: %q, %q", lang, e.key, title, hint)
			}
		}
		for _, err := range []error{fmt.Errorf("x: %w", store.ErrDamaged), &store.AsideError{Path: "x", Cause: store.ErrDamaged}, fmt.Errorf("x: %w", context.Canceled), fs.ErrNotExist, fs.ErrPermission} {
			if title, hint := explain(w, err); strings.HasPrefix(title, "error.") || title == err.Error() || hint == "" {
				t.Errorf("%s %v: %q, %q", lang, err, title, hint)
			}
		}
	}
	if title, hint := explain(i18n.For("ru"), errors.New("something else")); title != "something else" || hint != "" {
		t.Errorf("an unknown error: %q, %q; want its own words", title, hint)
	}
	for kind := client.ErrServer; kind <= client.ErrBusy; kind++ {
		if errorKeys[kind] == "" {
			t.Errorf("no words for an error of kind %s", kind)
		}
	}
	line := explainLine(i18n.For("en"), fmt.Errorf("open a.json: %w", fs.ErrNotExist))
	if strings.Contains(line, "\n") || !strings.Contains(line, "a.json") || !strings.Contains(line, "no such file") {
		t.Errorf("line %q, want the words and the chain of causes", line)
	}
}

// TestFlagsAreOfTheCommandLine holds that a window does not name flags, and that the
// command line does.
func TestFlagsAreOfTheCommandLine(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		w := i18n.For(lang)
		var list []error
		for reason := client.ReasonUnknownHost; reason <= client.ReasonNoKey; reason++ {
			list = append(list, &client.Error{Kind: client.ErrServer, Reason: reason, Endpoint: "jaeger:16685"})
		}
		typed := 0
		for _, err := range append(list, &signin.Error{Kind: signin.ErrTLS}, fmt.Errorf("x: %w", store.ErrDiskFull)) {
			if _, hint := explain(w, err); strings.Contains(hint, "--") {
				t.Errorf("%s: a window says %q", lang, hint)
			}
			if _, hint := explainTyped(w, err); strings.Contains(hint, "--") {
				typed++
			}
		}
		if typed != len(reasonFlags)+2 {
			t.Errorf("%s: the command line names flags for %d errors, want %d", lang, typed, len(reasonFlags)+2)
		}
	}
	line := explainLine(i18n.For("en"), &client.Error{Kind: client.ErrTLS, Reason: client.ReasonAuthority, Endpoint: "jaeger:16685"})
	if !strings.Contains(line, "On the command line: --ca") {
		t.Errorf("the command line says %q", line)
	}
}

func TestPrefs(t *testing.T) {
	for _, tt := range []struct {
		name     string
		settings config.Settings
		env      env
		dark     bool
		want     shell.Prefs
	}{
		{"follows the system", config.Settings{Theme: config.ThemeSystem}, env{lang: "ru"}, true, shell.Prefs{Language: "ru", Dark: true}},
		{"chosen", config.Settings{Theme: config.ThemeLight, Language: "ru", TimeZone: config.ZoneUTC}, env{lang: "en"}, true, shell.Prefs{Language: "ru", UTC: true}},
		{"command line first", config.Settings{Theme: config.ThemeDark, Language: "ru"}, env{lang: "en", langGiven: true}, false, shell.Prefs{Language: "en", Dark: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := prefsOf(&tt.settings, &tt.env, tt.dark)
			if got.Language != tt.want.Language || got.Dark != tt.want.Dark || got.UTC != tt.want.UTC {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestKeepPrefsLeavesWhatFollowsTheSystem(t *testing.T) {
	s := config.Settings{Theme: config.ThemeSystem, Splits: map[string]float64{}}
	was := shell.Prefs{Language: "en", Dark: true, Days: 7}
	now := was
	now.Recent, now.Days, now.Detail = []string{"10472"}, 30, 0.6
	keepPrefs(&s, was, now)
	if s.Theme != config.ThemeSystem || s.Language != "" {
		t.Errorf("theme %v and language %q are fixed although nobody chose them", s.Theme, s.Language)
	}
	if len(s.RecentOrders) != 1 || s.Splits[splitDetail] < 0.59 || int(s.Lookback) != int(30*day) {
		t.Errorf("kept %+v", s)
	}
	now.Dark, now.Language, now.UTC = false, "ru", true
	keepPrefs(&s, was, now)
	if s.Theme != config.ThemeLight || s.Language != "ru" || s.TimeZone != config.ZoneUTC {
		t.Errorf("kept %+v, want what was chosen", s)
	}
}
