package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The themes of Settings.
const (
	ThemeSystem = "system"
	ThemeLight  = "light"
	ThemeDark   = "dark"
)

// The time zones of Settings.
const (
	ZoneLocal = "local"
	ZoneUTC   = "utc"
)

// What things are called in the window.
const (
	VoiceSteps = "steps" // of the business, in plain words
	VoiceSpans = "spans" // by their own names
)

// MaxRecentOrders bounds Settings.RecentOrders: more than fits a list that a
// person scrolls through.
const MaxRecentOrders = 50

// DefaultLookback is how far back an order is searched at first.
const DefaultLookback = Duration(7 * 24 * time.Hour)

// Settings are what the user chose.
type Settings struct {
	Language       string             `json:"language"`  // en, ru, or "" for that of the system
	Theme          string             `json:"theme"`     // ThemeSystem, ThemeLight or ThemeDark
	TimeZone       string             `json:"time_zone"` // ZoneLocal or ZoneUTC
	Voice          string             `json:"voice"`     // VoiceSteps or VoiceSpans
	Palette        string             `json:"palette"`   // of the colours of services, "" for the usual one
	Window         Size               `json:"window"`
	Splits         map[string]float64 `json:"splits"`        // share before each split, 0 to 1, by its name
	RecentOrders   []string           `json:"recent_orders"` // newest first
	Author         string             `json:"author"`        // of the notes written here, "" for the name of the user
	LastConnection string             `json:"last_connection"`
	Lookback       Duration           `json:"lookback"`
	Share          Sharing            `json:"share"`
	Library        Library            `json:"library"`
}

// Sharing is how traces were shared last.
type Sharing struct {
	Format string            `json:"format"`
	Folder string            `json:"folder"`
	Rules  string            `json:"rules"` // safe, or the path of a file
	Keys   map[string]string `json:"keys"`  // what becomes of the values of keys: keep, mask, hash, scan
}

// Library says how much the library keeps.
type Library struct {
	MaxBytes int64    `json:"max_bytes"` // 0 for no bound
	MaxAge   Duration `json:"max_age"`   // since a trace was looked at last; 0 for no bound
	// Warned says that a person was told what exceeds this and goes at the next
	// start.
	Warned bool `json:"warned"`
}

// DefaultLibraryBytes is how much the library keeps at first.
const DefaultLibraryBytes = 2e9

// A Size is that of a window's content in Fyne's units.
type Size struct {
	Width  float32 `json:"width"`
	Height float32 `json:"height"`
}

// A Duration is kept as text such as 168h0m0s.
type Duration time.Duration

// MarshalText writes the duration as Go does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("duration %.40q: not of the form 168h30m", text)
	}
	*d = Duration(v)
	return nil
}

func defaultSettings() Settings {
	return Settings{
		Theme: ThemeSystem, TimeZone: ZoneLocal, Voice: VoiceSteps, Window: Size{1280, 800},
		Splits: map[string]float64{}, Lookback: DefaultLookback, Library: Library{MaxBytes: DefaultLibraryBytes},
	}
}

// OpenSettings reads settings.json in dir. The File is usable even where the
// error is not nil: see *NewerError and *DamagedError.
func OpenSettings(dir string) (*File[Settings], error) {
	return open(dir, schema[Settings]{name: "settings.json", defaults: defaultSettings, settle: (*Settings).settle})
}

func (s *Settings) settle() {
	d := defaultSettings()
	if !slices.Contains([]string{ThemeSystem, ThemeLight, ThemeDark}, s.Theme) {
		s.Theme = d.Theme
	}
	if s.Voice != VoiceSpans {
		s.Voice = d.Voice
	}
	if s.TimeZone != ZoneUTC {
		s.TimeZone = d.TimeZone
	}
	// A window must be large enough to be grabbed and is no larger than the
	// largest screens; the comparison is also false for no number at all.
	if w := s.Window; !(w.Width >= 320 && w.Height >= 200 && w.Width <= 16384 && w.Height <= 16384) {
		s.Window = d.Window
	}
	if s.Splits == nil {
		s.Splits = d.Splits
	}
	for name, share := range s.Splits {
		if !(share >= 0 && share <= 1) {
			delete(s.Splits, name)
		}
	}
	if s.Lookback <= 0 {
		s.Lookback = d.Lookback
	}
	if s.Library.MaxBytes < 0 {
		s.Library.MaxBytes = d.Library.MaxBytes
	}
	if s.Library.MaxAge < 0 {
		s.Library.MaxAge = d.Library.MaxAge
	}
	s.RecentOrders = s.RecentOrders[:min(len(s.RecentOrders), MaxRecentOrders)]
}

// RememberOrder puts an order at the head of RecentOrders, once, and lets the
// oldest go where there are more than MaxRecentOrders.
func (s *Settings) RememberOrder(order string) {
	if order = strings.TrimSpace(order); order == "" {
		return
	}
	rest := slices.DeleteFunc(slices.Clone(s.RecentOrders), func(o string) bool { return o == order })
	list := append([]string{order}, rest...)
	s.RecentOrders = list[:min(len(list), MaxRecentOrders)]
}
