package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"traceview/internal/logs"
)

// linesOf makes n lines of trace t, after those numbered below from.
func linesOf(t, from, n int) *logs.Lines {
	var list []logs.Line
	for i := from; i < from+n; i++ {
		list = append(list, logs.Line{Time: int64(i), Level: logs.LevelOf("WARN"), Service: "shop-api", Message: fmt.Sprint("line ", i), Span: 1, UID: fmt.Sprint("i/", i)})
	}
	return logs.New(idOf(t), list, logs.Gap{})
}

// wantLines fails unless an entry has so many lines.
func wantLines(t *testing.T, s *Store, k Key, n int) {
	t.Helper()
	l, err := s.Logs(t.Context(), k)
	if err != nil || l.Len() != n {
		t.Fatalf("%d lines, %v; want %d", l.Len(), err, n)
	}
}

func TestLogsAreKeptWithTheirTrace(t *testing.T) {
	dir := t.TempDir()
	keys, _ := givenKey(t)
	s := openStore(t, optionsIn(dir, keys))
	k := mustPut(t, s, orderTrace(1, "10472"), "demo")
	if l, err := s.Logs(t.Context(), k); l != nil || err != nil {
		t.Errorf("before any: %v, %v", l, err)
	}
	alone, err := s.Get(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []*logs.Lines{linesOf(1, 0, 100), linesOf(1, 50, 100)} {
		if err := s.PutLogs(t.Context(), k, l); err != nil {
			t.Fatal(err)
		}
	}
	wantLines(t, s, k, 150)
	var row int64
	if err := s.read.QueryRow(`SELECT bytes FROM log WHERE trace = ?`, k).Scan(&row); err != nil {
		t.Fatal(err)
	}
	counted := func() {
		t.Helper()
		if m, err := s.Get(t.Context(), k); err != nil || m.Bytes != alone.Bytes+row {
			t.Errorf("the entry counts %d bytes, %v; want %d and %d of its lines", m.Bytes, err, alone.Bytes, row)
		}
	}
	counted()
	// More spans of the trace leave its lines.
	if _, outcome, err := s.Put(t.Context(), traceOf(1, spanOf{id: 1, service: "shop-api", op: "POST /orders", attrs: map[string]string{"order.id": "10472"}},
		spanOf{id: 2, parent: 1, service: "shop-api", op: "x"}), "demo"); err != nil || outcome != Merged {
		t.Fatalf("outcome %d, %v", outcome, err)
	}
	wantLines(t, s, k, 150)
	if m, _ := s.Get(t.Context(), k); m.Bytes <= alone.Bytes+row {
		t.Errorf("merged, the entry counts %d bytes", m.Bytes)
	}
	if r, err := s.Verify(t.Context(), nil); err != nil || !r.Sound() {
		t.Errorf("%+v, %v", r, err)
	}
	closeStore(t, s)
	s = openStore(t, optionsIn(dir, keys))
	wantLines(t, s, k, 150)
	// That there are none is known afterwards, too.
	other := mustPut(t, s, orderTrace(2, "1"), "demo")
	if err := s.PutLogs(t.Context(), other, linesOf(2, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if l, err := s.Logs(t.Context(), other); err != nil || l == nil || l.Len() != 0 || l.Trace() != idOf(2) {
		t.Errorf("of none: %v, %v", l, err)
	}
	for _, bad := range []error{s.PutLogs(t.Context(), other, linesOf(1, 0, 1)), s.PutLogs(t.Context(), 1<<40, linesOf(1, 0, 1))} {
		if !errors.Is(bad, ErrNotFound) {
			t.Errorf("lines of another entry: %v", bad)
		}
	}
	if _, err := s.Logs(t.Context(), 1<<40); !errors.Is(err, ErrNotFound) {
		t.Errorf("of an absent entry: %v", err)
	}
}

func TestLogsGoWithTheirTrace(t *testing.T) {
	s := newStore(t)
	k := mustPut(t, s, orderTrace(1, "10472"), "demo")
	if err := s.PutLogs(t.Context(), k, linesOf(1, 0, 10)); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Logs(t.Context(), k); !errors.Is(err, ErrNotFound) {
		t.Errorf("of a deleted entry: %v", err)
	}
	if err := s.Undelete(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	wantLines(t, s, k, 10)
	if err := s.Delete(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	p, err := s.Plan(t.Context(), Policy{})
	if err == nil {
		_, err = s.Evict(t.Context(), p, nil)
	}
	var left int
	if err := errors.Join(err, s.read.QueryRow(`SELECT count(*) FROM log`).Scan(&left)); err != nil || left != 0 {
		t.Errorf("%d rows of lines are left, %v", left, err)
	}
}

func TestLogsCountIntoTheSizeOfTheLibrary(t *testing.T) {
	s := newStore(t)
	var random strings.Builder
	for i := range 300_000 {
		fmt.Fprintf(&random, "%x", i*i*7919)
	}
	for n := range 3 {
		k := mustPut(t, s, orderTrace(n, "1"), "demo")
		text := random.String()
		var list []logs.Line
		for i := 0; i+1000 < len(text); i += 1000 {
			list = append(list, logs.Line{Time: int64(i), Message: text[i : i+1000]})
		}
		if err := s.PutLogs(t.Context(), k, logs.New(idOf(n), list, logs.Gap{})); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Plan(t.Context(), Policy{MaxBytes: 2 << 20})
	if err != nil || p.Entries < 1 || p.Bytes < 500<<10 {
		t.Errorf("plan %+v, %v; want entries with all their lines to go", p, err)
	}
}

func TestLogsAreEncrypted(t *testing.T) {
	dir := t.TempDir()
	keys, _ := givenKey(t)
	s := openStore(t, optionsIn(dir, keys))
	k := mustPut(t, s, orderTrace(1, "1"), "demo")
	if err := s.PutLogs(t.Context(), k, logs.New(idOf(1), []logs.Line{{Time: 1, Message: "planted-marker"}}, logs.Gap{})); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pathIn(dir), pathIn(dir) + walSuffix} {
		if data, _ := os.ReadFile(path); bytes.Contains(data, []byte("planted-marker")) {
			t.Errorf("a line is in plain text in %s", path)
		}
	}
}

func TestALibraryOfBeforeThereWereLogs(t *testing.T) {
	keys, _ := givenKey(t)
	o := optionsIn(t.TempDir(), keys)
	s := openStore(t, o)
	k := mustPut(t, s, orderTrace(1, "10472"), "demo")
	makeOlder(t, s, 3)
	s = openStore(t, o)
	if !s.Kept() {
		t.Fatal("an older library is not kept")
	}
	if l, err := s.Logs(t.Context(), k); l != nil || err != nil {
		t.Errorf("of an older entry: %v, %v", l, err)
	}
	if err := s.PutLogs(t.Context(), k, linesOf(1, 0, 3)); err != nil {
		t.Fatal(err)
	}
	wantLines(t, s, k, 3)
}

func TestDamagedLogsAreToldAndReplaced(t *testing.T) {
	s := newStore(t)
	k := mustPut(t, s, orderTrace(1, "10472"), "demo")
	if err := s.PutLogs(t.Context(), k, linesOf(1, 0, 3)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.Exec(`UPDATE log SET data = x'00112233' WHERE trace = ?`, k); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Logs(t.Context(), k); !errors.Is(err, ErrDamaged) {
		t.Errorf("damaged lines: %v", err)
	}
	if r, err := s.Verify(t.Context(), nil); err != nil || len(r.Damaged) != 1 || r.Damaged[0].Damaged {
		t.Errorf("verify: %+v, %v", r, err)
	}
	if _, err := s.Load(t.Context(), k); err != nil {
		t.Errorf("its spans: %v", err)
	}
	if err := s.PutLogs(t.Context(), k, linesOf(1, 0, 4)); err != nil {
		t.Fatal(err)
	}
	wantLines(t, s, k, 4)
}
