package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func openOK(t *testing.T, dir string) *File[Settings] {
	t.Helper()
	f, err := OpenSettings(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFirstStartGivesDefaults(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there")
	f := openOK(t, dir)
	if f.Value.Theme != ThemeSystem || f.Value.Lookback != DefaultLookback {
		t.Errorf("got %+v, want defaults", f.Value)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("opening made the folder (%v)", err)
	}
}

func TestSaveAndOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "traceview")
	f := openOK(t, dir)
	f.Value.Language, f.Value.Theme, f.Value.Splits["timeline"] = "ru", ThemeDark, 0.3
	f.Value.RememberOrder("заказ-7")
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	got := openOK(t, dir).Value
	if got.Language != "ru" || got.Theme != ThemeDark || got.Splits["timeline"] != 0.3 || got.RecentOrders[0] != "заказ-7" {
		t.Errorf("got %+v, want what was saved", got)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, f.Path(): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("%d files in the folder, want 1: no temporary file stays", len(list))
	}
}

func TestUnknownFieldsStay(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "settings.json"), `{"version":1,"theme":"dark","future":{"a":[1,2]}}`)
	write(t, filepath.Join(dir, "connections.json"),
		`{"version":1,"connections":[{"name":"Production","endpoint":"j:16685","future":9007199254740993}],"more":true}`)
	s := openOK(t, dir)
	s.Value.Theme = ThemeLight
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(strings.Fields(read(t, s.Path())), ""); !strings.Contains(got, `"future":{"a":[1,2]}`) || !strings.Contains(got, `"theme":"light"`) {
		t.Errorf("saved %s, want the unknown field kept and the theme changed", got)
	}
	c, err := OpenConnections(dir)
	if err != nil {
		t.Fatal(err)
	}
	conn, _ := c.Value.Find("Production")
	conn.Tenant = "shop"
	c.Value.Put(conn)
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	got := read(t, c.Path())
	for _, want := range []string{`"future": 9007199254740993`, `"more": true`, `"tenant": "shop"`} {
		if !strings.Contains(got, want) {
			t.Errorf("saved %s, want %s in it", got, want)
		}
	}
}

func TestDamagedFileIsKeptAside(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"cut off", `{"version":1,"theme":"da`},
		{"empty", ""},
		{"other JSON", `[1,2]`},
		{"null", `null`},
		{"field of a wrong type", `{"theme":5}`},
		{"version of a wrong type", `{"version":"one"}`},
		{"version zero", `{"version":0}`},
		{"bad duration", `{"lookback":"a week"}`},
		{"binary", "\x00\xff\xfe"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "settings.json")
			write(t, path, tt.text)
			write(t, path+".damaged-1", "from another day")
			f, err := OpenSettings(dir)
			var damaged *DamagedError
			if !errors.As(err, &damaged) {
				t.Fatalf("error %v, want a DamagedError", err)
			}
			if damaged.Aside != path+".damaged-2" || read(t, damaged.Aside) != tt.text {
				t.Errorf("the file went to %s, want it whole in %s.damaged-2", damaged.Aside, path)
			}
			if f.Value.Theme != ThemeSystem {
				t.Errorf("got %+v, want defaults", f.Value)
			}
			if err := f.Save(); err != nil {
				t.Errorf("save after damage: %v", err)
			}
			openOK(t, dir)
		})
	}
}

func TestNewerFileIsNotWritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "settings.json")
	const text = `{"version":7,"theme":"dark"}`
	write(t, path, text)
	f, err := OpenSettings(dir)
	var newer *NewerError
	if !errors.As(err, &newer) || newer.Has != 7 || newer.Knows != 1 {
		t.Fatalf("error %v, want a NewerError of format 7", err)
	}
	if f.Value.Theme != ThemeDark {
		t.Errorf("theme %q, want what is understood: dark", f.Value.Theme)
	}
	if err := f.Save(); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Save = %v, want ErrReadOnly", err)
	}
	if got := read(t, path); got != text {
		t.Errorf("file is %s, want it untouched", got)
	}
	write(t, path, `{"version":7,"theme":{"name":"dark"}}`)
	f, err = OpenSettings(dir)
	if !errors.As(err, &newer) || f.Value.Theme != ThemeSystem {
		t.Errorf("of a newer file with another shape: %+v, %v, want defaults and a NewerError", f.Value, err)
	}
}

func TestUnreadableFileIsNotWritten(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "settings.json"), 0o700); err != nil { // reading a folder fails for any user
		t.Fatal(err)
	}
	f, err := OpenSettings(dir)
	if err == nil || f.Value.Theme != ThemeSystem {
		t.Errorf("got %+v, %v, want defaults and an error", f.Value, err)
	}
	if err := f.Save(); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Save = %v, want ErrReadOnly", err)
	}
}

func TestSaveWhereNoFolderCanBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	f := &File[Settings]{Value: defaultSettings(), path: filepath.Join(file, "settings.json"),
		schema: schema[Settings]{settle: (*Settings).settle}, kept: fields{}}
	if err := f.Save(); err == nil || !strings.Contains(err.Error(), f.path) {
		t.Errorf("Save = %v, want an error that names the file", err)
	}
}

func TestLinkStaysALink(t *testing.T) {
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "mine.json")
	write(t, elsewhere, `{"theme":"dark"}`)
	if err := os.Symlink(elsewhere, filepath.Join(dir, "settings.json")); err != nil {
		t.Skip("symbolic links absent on this system")
	}
	f := openOK(t, dir)
	f.Value.Language = "ru"
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(read(t, elsewhere), `"language": "ru"`) {
		t.Error("the target of the link was not written")
	}
}

// A format whose second version renamed a field and whose third made it a list.
func renamed() schema[struct {
	Keys []string `json:"keys"`
}] {
	type value = struct {
		Keys []string `json:"keys"`
	}
	return schema[value]{
		name: "renamed.json", defaults: func() value { return value{} }, settle: func(*value) {},
		migrations: []func(fields) error{
			func(f fields) error { f["key"] = f["order_attribute"]; delete(f, "order_attribute"); return nil },
			func(f fields) error {
				var key string
				if err := json.Unmarshal(f["key"], &key); err != nil {
					return fmt.Errorf("key: %w", err)
				}
				list, err := json.Marshal([]string{key})
				f["keys"] = list
				delete(f, "key")
				return err
			},
		},
	}
}

func TestMigrations(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"no version", `{"order_attribute":"order.id","other":1}`},
		{"first", `{"version":1,"order_attribute":"order.id","other":1}`},
		{"second", `{"version":2,"key":"order.id","other":1}`},
		{"current", `{"version":3,"keys":["order.id"],"other":1}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "renamed.json"), tt.text)
			f, err := open(dir, renamed())
			if err != nil || len(f.Value.Keys) != 1 || f.Value.Keys[0] != "order.id" {
				t.Fatalf("got %+v, %v, want the key order.id", f.Value, err)
			}
			if err := f.Save(); err != nil {
				t.Fatal(err)
			}
			got := strings.Join(strings.Fields(read(t, f.Path())), "")
			if want := `{"keys":["order.id"],"other":1,"version":3}`; got != want {
				t.Errorf("saved %s, want %s", got, want)
			}
		})
	}
	t.Run("fails", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "renamed.json"), `{"version":2,"key":7}`)
		var damaged *DamagedError
		if _, err := open(dir, renamed()); !errors.As(err, &damaged) {
			t.Errorf("error %v, want a DamagedError", err)
		}
	})
}

// Whatever is in the file, the application starts and nothing is lost.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{`{"version":1}`, `{"splits":{"a":2}}`, `{"recent_orders":["1"]}`, `{"window":{"width":-1}}`, `{"version":99}`, "{"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "settings.json"), string(data))
		file, err := OpenSettings(dir)
		var damaged *DamagedError
		if errors.As(err, &damaged) && read(t, damaged.Aside) != string(data) {
			t.Fatal("the damaged file changed")
		}
		if err := file.Save(); err != nil && !errors.Is(err, ErrReadOnly) {
			t.Fatalf("save: %v", err)
		}
		var newer *NewerError
		if _, err := OpenSettings(dir); err != nil && !errors.As(err, &newer) {
			t.Fatalf("open what was saved: %v", err)
		}
	})
}
