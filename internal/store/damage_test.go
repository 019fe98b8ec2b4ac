package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/secret"
)

// libraryOf makes a library of n numbered traces and closes it.
func libraryOf(tb testing.TB, o Options, n int) {
	tb.Helper()
	s := openStore(tb, o)
	for i := range n {
		mustPut(tb, s, numberedTrace(i), "here")
	}
	k, err := s.Find(context.Background(), idOf(n/2))
	if err == nil {
		err = s.Pin(context.Background(), k[0].Key, true)
	}
	if err == nil {
		err = s.SetLabels(context.Background(), k[0].Key, []string{"case 7"})
	}
	if err != nil {
		tb.Fatal(err)
	}
	closeStore(tb, s)
}

// change rewrites a file by f.
func change(tb testing.TB, path string, f func([]byte) []byte) {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, f(data), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func flip(at ...int) func([]byte) []byte {
	return func(data []byte) []byte {
		for _, i := range at {
			data[i] ^= 0x10
		}
		return data
	}
}

func TestDamagedFileIsSetAsideAndSalvaged(t *testing.T) {
	const n = 60 / slowness
	for _, tt := range []struct {
		name    string
		damage  func([]byte) []byte
		atLeast int // entries saved
	}{
		{"first page", flip(20), n},
		{"cut off", func(d []byte) []byte { return d[:len(d)*3/4/pageSize*pageSize] }, n / 3},
		{"cut off within a page", func(d []byte) []byte { return d[:len(d)*3/4/pageSize*pageSize+100] }, n / 3},
		{"nothing but noise", func(d []byte) []byte {
			rng := rand.New(rand.NewPCG(1, 1))
			for i := range d {
				d[i] = byte(rng.Uint32())
			}
			return d
		}, 0},
		{"zeros", func(d []byte) []byte { clear(d); return d }, 0},
		{"another file", func([]byte) []byte { return []byte("not a library") }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			keys, _ := givenKey(t)
			o := optionsIn(t.TempDir(), keys)
			libraryOf(t, o, n)
			change(t, pathIn(o.Dir), tt.damage)
			before, _ := os.ReadFile(pathIn(o.Dir))
			s, err := Open(t.Context(), o)
			if err == nil || s == nil {
				t.Fatalf("opened with %v", err)
			}
			defer s.Close()
			var aside *AsideError
			if !errors.As(err, &aside) || !s.Kept() {
				t.Fatalf("error %v, kept %v; want the file set aside and a new library", err, s.Kept())
			}
			if after, err := os.ReadFile(aside.Path); err != nil || !bytes.Equal(after, before) {
				t.Errorf("%s is not the file as it was: %v", aside.Path, err)
			}
			got, err := s.Salvage(t.Context(), nil)
			saved := 0
			for _, g := range got {
				saved += g.Entries
			}
			t.Logf("%v: %+v", aside, got)
			if err != nil || saved < tt.atLeast {
				t.Errorf("%d of %d entries saved, want %d: %v", saved, n, tt.atLeast, err)
			}
			for i := range n {
				if found, err := s.Find(t.Context(), idOf(i)); err == nil {
					if tr, err := s.Load(t.Context(), found[0].Key); err != nil || !same(tr, numberedTrace(i)) {
						t.Errorf("trace %d is not what was put: %v", i, err)
					}
					if i == n/2 && (!found[0].Pinned || len(found[0].Labels) != 1 || found[0].Sources[0] != "here") {
						t.Errorf("what was kept beside the spans is lost: %+v", found[0])
					}
				}
			}
			mustPut(t, s, numberedTrace(1000), "here")
			sound(t, s)
			if again, err := s.Salvage(t.Context(), nil); err != nil || len(again) != 0 {
				t.Errorf("salvaged twice: %+v, %v", again, err)
			}
			closeStore(t, s)
			if s, err = Open(t.Context(), o); err != nil {
				t.Errorf("opened again: %v", err)
			}
			_ = s.Close()
		})
	}
}

// TestDamageIsNeverTakenForData flips bytes all over libraries and looks at
// everything: what is returned is right or an error, and whatever happens the
// library opens and works, at the latest the time after.
func TestDamageIsNeverTakenForData(t *testing.T) {
	const n = 30 / slowness
	keys, _ := givenKey(t)
	whole := optionsIn(t.TempDir(), keys)
	libraryOf(t, whole, n)
	data, err := os.ReadFile(pathIn(whole.Dir))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 3))
	saved, rounds := 0, 25/slowness
	for range rounds {
		o := optionsIn(t.TempDir(), keys)
		hit := rng.IntN(len(data))
		if err := os.WriteFile(pathIn(o.Dir), flip(hit)(bytes.Clone(data)), 0o600); err != nil {
			t.Fatal(err)
		}
		var s *Store
		for range 3 { // found at once, or by looking, or by verifying
			if s, err = Open(t.Context(), o); s == nil || !s.Kept() {
				t.Fatalf("byte %d: %v", hit, err)
			}
			if _, err := s.Salvage(t.Context(), nil); err != nil {
				t.Fatalf("byte %d: salvage: %v", hit, err)
			}
			if r, err := s.Verify(t.Context(), nil); err != nil {
				t.Errorf("byte %d: verify: %+v, %v", hit, r, err)
			}
			closeStore(t, s)
		}
		s = openStore(t, o)
		for i := range n {
			found, err := s.Find(t.Context(), idOf(i))
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				t.Errorf("byte %d: find: %v", hit, err)
				continue
			}
			tr, err := s.Load(t.Context(), found[0].Key)
			if err == nil && !same(tr, numberedTrace(i)) {
				t.Errorf("byte %d: trace %d is another", hit, i)
			}
			if err == nil {
				saved++
			} else if !errors.Is(err, ErrDamaged) {
				t.Errorf("byte %d: load: %v", hit, err)
			} else if _, _, err := s.Put(t.Context(), numberedTrace(i), "again"); err != nil {
				t.Errorf("byte %d: put again: %v", hit, err)
			} else if tr, err := s.Load(t.Context(), found[0].Key); err != nil || !same(tr, numberedTrace(i)) {
				t.Errorf("byte %d: trace %d is not mended: %v", hit, i, err)
			}
		}
		closeStore(t, s)
	}
	if saved < rounds*n/2 {
		t.Errorf("%d of %d entries readable after one wrong byte each", saved, rounds*n)
	}
	t.Logf("%d of %d entries readable", saved, rounds*n)
}

func TestLostKey(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys func(t *testing.T) *secret.Memory
	}{
		{"keyring empty", func(*testing.T) *secret.Memory { return &secret.Memory{} }},
		{"another key", func(t *testing.T) *secret.Memory { k, _ := givenKey(t); return k }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			keys, _ := givenKey(t)
			o := optionsIn(t.TempDir(), keys)
			libraryOf(t, o, 5)
			lost := o
			other := tt.keys(t)
			was, had, _ := other.Get(t.Context(), keyName)
			lost.Keys = other
			s, err := Open(t.Context(), lost)
			var aside *AsideError
			if !errors.As(err, &aside) || !errors.Is(err, ErrKeyLost) || !s.Kept() {
				t.Fatalf("error %v, want %v and a new library", err, ErrKeyLost)
			}
			if now, _, _ := other.Get(t.Context(), keyName); had && now != was {
				t.Error("the key of other libraries was overwritten")
			}
			if got, err := s.Salvage(t.Context(), nil); err != nil || len(got) != 0 {
				t.Errorf("salvaged %+v, %v", got, err)
			}
			mustPut(t, s, numberedTrace(1), "here")
			closeStore(t, s)
			// With its key found again, the old file is a library.
			back := optionsIn(t.TempDir(), keys)
			if err := os.Rename(aside.Path, pathIn(back.Dir)); err != nil {
				t.Fatal(err)
			}
			holds(t, openStore(t, back), []int{0, 1, 2, 3, 4})
		})
	}
}

// brokenKeyring cannot be asked.
type brokenKeyring struct{}

var errLocked = errors.New("it is locked")

func (brokenKeyring) Get(context.Context, string) (string, bool, error) { return "", false, errLocked }
func (brokenKeyring) Set(context.Context, string, string) error         { return errLocked }

// forgetful accepts a key and does not keep it.
type forgetful struct{}

func (forgetful) Get(context.Context, string) (string, bool, error) { return "", false, nil }
func (forgetful) Set(context.Context, string, string) error         { return nil }

// nonsense holds something else.
type nonsense struct{ forgetful }

func (nonsense) Get(context.Context, string) (string, bool, error) {
	return "pass-word-of-mine", true, nil
}

func TestWithoutKeyringInMemory(t *testing.T) {
	for name, keys := range map[string]Keyring{"locked": brokenKeyring{}, "none": nil, "forgetful": forgetful{}, "another secret": nonsense{}} {
		t.Run(name, func(t *testing.T) {
			o := optionsIn(t.TempDir(), keys)
			good, _ := givenKey(t)
			kept := optionsIn(t.TempDir(), good)
			libraryOf(t, kept, 3)
			if name != "forgetful" { // which is as good as a lost key
				o.Dir = kept.Dir
			}
			before, _ := os.ReadFile(pathIn(o.Dir))
			s, err := Open(t.Context(), o)
			if !errors.Is(err, ErrNotKept) || !errors.Is(err, ErrNoKeyring) || s == nil || s.Kept() || s.Path() != "" {
				t.Fatalf("error %v, want a library in memory", err)
			}
			if strings.Contains(err.Error(), "word-of-mine") {
				t.Error("the error tells a secret")
			}
			k := mustPut(t, s, numberedTrace(7), "here")
			if tr, err := s.Load(t.Context(), k); err != nil || !same(tr, numberedTrace(7)) {
				t.Errorf("load: %v", err)
			}
			if p, err := s.Search(t.Context(), Query{Orders: []string{"7"}}); err != nil || len(p.Entries) != 1 {
				t.Errorf("search: %+v, %v", p, err)
			}
			closeStore(t, s)
			if after, _ := os.ReadFile(pathIn(o.Dir)); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
			if name != "forgetful" {
				holds(t, openStore(t, kept), []int{0, 1, 2})
			}
		})
	}
}

// An extra step stands for a later version of the schema.
func addColumn(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `ALTER TABLE trace ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'`)
	return err
}

func TestOlderSchemaIsBroughtUpToDate(t *testing.T) {
	keys, _ := givenKey(t)
	o := optionsIn(t.TempDir(), keys)
	libraryOf(t, o, 5)
	later := o
	later.steps = append(schemaSteps[:len(schemaSteps):len(schemaSteps)], addColumn, func(ctx context.Context, tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM trace`).Scan(&n); err != nil || n > 0 {
			return errors.Join(errors.New("cannot bring entries up to date"), err)
		}
		return nil // as in memory
	})
	s, err := Open(t.Context(), later)
	if !errors.Is(err, ErrNotKept) || s.Kept() {
		t.Errorf("a step that fails: %v, want the library left alone", err)
	}
	closeStore(t, s)
	holds(t, openStore(t, o), []int{0, 1, 2, 3, 4}) // still of its version

	o2 := optionsIn(t.TempDir(), keys)
	libraryOf(t, o2, 5)
	later.Dir, later.steps = o2.Dir, later.steps[:len(schemaSteps)+1]
	s = openStore(t, later)
	var mood string
	if err := s.read.QueryRow(`SELECT DISTINCT mood FROM trace`).Scan(&mood); err != nil || mood != "calm" {
		t.Errorf("the new column holds %q, %v", mood, err)
	}
	holds(t, s, []int{0, 1, 2, 3, 4})
	closeStore(t, s)

	// What is newer than this program is left alone.
	before, _ := os.ReadFile(pathIn(o2.Dir))
	s, err = Open(t.Context(), o2)
	if !errors.Is(err, ErrNewer) || !errors.Is(err, ErrNotKept) || s.Kept() {
		t.Errorf("a newer library: %v, want %v", err, ErrNewer)
	}
	closeStore(t, s)
	if after, _ := os.ReadFile(pathIn(o2.Dir)); !bytes.Equal(before, after) {
		t.Error("a newer library was changed")
	}
	holds(t, openStore(t, later), []int{0, 1, 2, 3, 4})
}

func TestSettingRightWaitsForOthers(t *testing.T) {
	keys, _ := givenKey(t)
	o := optionsIn(t.TempDir(), keys)
	libraryOf(t, o, 3)
	s := openStore(t, o)
	later := o
	later.steps = append(schemaSteps[:len(schemaSteps):len(schemaSteps)], addColumn)
	lockWait = 50 * time.Millisecond
	defer func() { lockWait = defaultLockWait }()
	if other, err := Open(t.Context(), later); !errors.Is(err, ErrInUse) || other.Kept() {
		t.Errorf("migrated while open: %v", err)
	}
	closeStore(t, s)
	other, err := Open(t.Context(), later)
	if err != nil {
		t.Errorf("after the other closed it: %v", err)
	}
	_ = other.Close()
}

// TestLogWithoutFile is what a kill between the two renames of setting aside
// leaves behind.
func TestLogWithoutFile(t *testing.T) {
	keys, _ := givenKey(t)
	o := optionsIn(t.TempDir(), keys)
	libraryOf(t, o, 3)
	aside := pathIn(o.Dir) + damagedSuffix + "20260101-000000"
	if err := os.Rename(pathIn(o.Dir), aside); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pathIn(o.Dir)+walSuffix, []byte("log"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, o)
	if data, err := os.ReadFile(aside + walSuffix); err != nil || string(data) != "log" {
		t.Errorf("the log is %q, %v; want it beside its file", data, err)
	}
	if got, err := s.Salvage(t.Context(), nil); err != nil || len(got) != 1 || got[0].Entries != 3 {
		t.Errorf("salvaged %+v, %v", got, err)
	}
	holds(t, s, []int{0, 1, 2})
}

// TestFullDisk fills disks of many sizes, since what is left on the last pages
// differs. Removing takes a few pages itself before it gives any back, so it is
// tried with as little room as somebody makes by deleting one file.
func TestFullDisk(t *testing.T) {
	for pages := 100; pages <= 300; pages += 40 {
		t.Run(fmt.Sprint(pages), func(t *testing.T) { diskOf(t, pages) })
	}
}

func diskOf(t *testing.T, pages int) {
	keys, _ := givenKey(t)
	o := optionsIn(t.TempDir(), keys)
	o.maxPages = pages
	s := openStore(t, o)
	var kept []int
	var err error
	for i := 0; i < 10_000 && err == nil; i++ {
		if _, _, err = s.Put(t.Context(), numberedTrace(i), "here"); err == nil {
			kept = append(kept, i)
		}
	}
	if !errors.Is(err, ErrDiskFull) || len(kept) == 0 {
		t.Fatalf("%d kept, then %v; want %v", len(kept), err, ErrDiskFull)
	}
	holds(t, s, kept)
	sound(t, s)
	closeStore(t, s)
	o.maxPages += 24 // 96 kB
	s = openStore(t, o)
	if err := s.Delete(t.Context(), keysOf(t, s)[:len(kept)/2]...); err != nil {
		t.Fatal(err)
	}
	p, err := s.Plan(t.Context(), DefaultPolicy)
	if err != nil || p.Deleted != len(kept)/2 {
		t.Fatalf("plan %+v, %v", p, err)
	}
	if _, err := s.Evict(t.Context(), p, nil); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	o.maxPages = pages
	s = openStore(t, o)
	mustPut(t, s, numberedTrace(5), "here") // there is room again
	sound(t, s)
}

func keysOf(tb testing.TB, s *Store) (list []Key) {
	tb.Helper()
	p, err := s.Search(context.Background(), Query{Limit: 1 << 20})
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range p.Entries {
		list = append(list, e.Key)
	}
	return list
}

func TestUnusableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), optionsIn(filepath.Join(file, "below"), &secret.Memory{}))
	if !errors.Is(err, ErrNotKept) || s == nil {
		t.Errorf("%v, want a library in memory", err)
	}
	_ = s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Open(ctx, optionsIn(t.TempDir(), &secret.Memory{})); !errors.Is(err, context.Canceled) || s != nil {
		t.Errorf("cancelled: %v", err)
	}
}

// TestNothingPlainOnDisk looks for what was put in all files there are.
func TestNothingPlainOnDisk(t *testing.T) {
	keys, hexKey := givenKey(t)
	o := optionsIn(t.TempDir(), keys)
	s := openStore(t, o)
	const secretValue = "known-customer-mail@example.org"
	for i := range 40 {
		mustPut(t, s, traceOf(i, spanOf{id: 1, service: "known-service", op: "known-operation", message: "known-message",
			attrs: map[string]string{"known.key": secretValue, "order.id": fmt.Sprintf("known-order-%d", i)}}), "known-source")
	}
	looks := func(when string) {
		entries, err := os.ReadDir(o.Dir)
		if err != nil || len(entries) < 2 {
			t.Fatalf("%d files, %v", len(entries), err)
		}
		for _, e := range entries {
			data, err := os.ReadFile(filepath.Join(o.Dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			for _, plain := range []string{"known", "example.org", "SQLite format", "CREATE TABLE", hexKey} {
				for encoding, as := range map[string][]byte{"": []byte(plain), " in UTF-16": wide(plain, 0), " in UTF-16, big end first": wide(plain, 1)} {
					if bytes.Contains(data, as) {
						t.Errorf("%s: %s holds %q%s", when, e.Name(), plain, encoding)
					}
				}
			}
		}
	}
	looks("open")
	for _, end := range []string{"", "-lock", walSuffix, shmSuffix} { // of Windows, 0o666 is all that is told
		if info, err := os.Stat(pathIn(o.Dir) + end); err != nil || info.Mode().Perm() != 0o600 && info.Mode().Perm() != 0o666 {
			t.Errorf("open, %s: mode %v, %v", end, info.Mode(), err)
		}
	}
	for name, db := range map[string]*sql.DB{"reading": s.read, "writing": s.write} { // no file beside these is ever made
		var where int
		if err := db.QueryRow("PRAGMA temp_store").Scan(&where); err != nil || where != 2 {
			t.Errorf("%s: what is sorted is kept in store %d (%v), want memory, 2", name, where, err)
		}
	}
	closeStore(t, s)
	looks("closed")
	for _, path := range []string{pathIn(o.Dir), pathIn(o.Dir) + "-lock"} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 && info.Mode().Perm() != 0o666 {
			t.Errorf("%s: mode %v, %v", path, info.Mode(), err)
		}
	}
}

// wide returns ASCII in UTF-16, each letter at place 0 or 1 of its two bytes.
func wide(ascii string, place int) []byte {
	b := make([]byte, 2*len(ascii))
	for i := range len(ascii) {
		b[2*i+place] = ascii[i]
	}
	return b
}
