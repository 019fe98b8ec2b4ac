package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/format"
	"traceview/internal/format/otlp"
	"traceview/internal/logs"
	"traceview/internal/model"
)

// withLogs is a snapshot with lines of two traces.
func withLogs(t testing.TB) *Snapshot {
	s := sample(t)
	s.Logs = []*logs.Lines{
		logs.New(s.Traces[0].ID, []logs.Line{{Time: 2, Message: "b", Span: 1}, {Time: 1, Message: "a", Service: "shop-api", Fields: []logs.Field{{Key: "k", Value: "v"}}}}, logs.Gap{Missed: 3}),
		logs.New(s.Traces[1].ID, []logs.Line{{Time: 3, Message: "c"}}, logs.Gap{}),
	}
	return s
}

// logBytes are lines as they are written.
func logBytes(list []*logs.Lines) (out []byte) {
	for _, l := range list {
		out = otlp.AppendLogs(out, l)
	}
	return out
}

func TestLogsRoundTrip(t *testing.T) {
	want := withLogs(t)
	data := written(t, want)
	got, _, err := read(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(logBytes(got.Logs), logBytes(want.Logs)) || len(got.Logs) != 2 {
		t.Errorf("got logs of %d traces", len(got.Logs))
	}
	if _, ok := got.Members[logsName]; ok || got.Manifest.Files[logsName].Size == 0 {
		t.Error("logs are a member of no meaning, or have no sum")
	}
	if again := written(t, got); !bytes.Equal(again, data) {
		t.Error("written again, the bytes differ")
	}
	if without := written(t, sample(t)); bytes.Contains(without, []byte(logsName)) {
		t.Error("a file without logs has a member for them")
	}
	// Anybody with zstd reads standard data.
	_ = edit(t, data, func(name string, data []byte) (string, []byte) {
		if name == logsName {
			z, err := zstd.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			defer z.Close()
			if plain, err := io.ReadAll(z); err != nil || !bytes.Equal(plain, logBytes(want.Logs)) {
				t.Errorf("the member is not LogsData in zstd: %v", err)
			}
		}
		return name, data
	})
}

// TestProgramsOfBeforeThereWereLogs holds that the logs are a member within the limits of
// any other, which programs without a meaning for it pass over and keep.
func TestProgramsOfBeforeThereWereLogs(t *testing.T) {
	s := withLogs(t)
	data := written(t, s)
	older := edit(t, data, renamed(logsName, "logs-of-another-name"))
	older = edit(t, older, inManifest(logsName, "logs-of-another-name"))
	got, _, err := read(older)
	if err != nil || got.Members["logs-of-another-name"] == nil || len(got.Traces) != 2 {
		t.Errorf("got %v and error %v", got, err)
	}
}

func TestHostileLogs(t *testing.T) {
	good := written(t, withLogs(t))
	for _, tt := range []struct {
		name   string
		member []byte
		want   error
	}{
		{"changed", zst(t, []byte("x")), ErrDamaged},
		{"text", []byte("text"), ErrDamaged},
		{"no LogsData", zst(t, []byte{7<<3 | 7}), ErrDamaged},
		{"bomb", zst(t, make([]byte, 100<<20)), format.ErrTooLarge},
		{"empty records", zst(t, bytes.Repeat([]byte{0x0a, 4, 0x12, 2, 0x12, 0}, 8<<20)), format.ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := edit(t, good, replaced(logsName, tt.member))
			if tt.name != "changed" { // the sum is not what refuses them
				data = edit(t, data, withoutSum)
			}
			if _, _, err := read(data); !errors.Is(err, tt.want) {
				t.Errorf("got error %v, want %v", err, tt.want)
			}
		})
	}
}

// withoutSum takes the sum of the logs out of the manifest, as of a member that somebody
// added by hand.
func withoutSum(name string, data []byte) (string, []byte) {
	var m map[string]any
	if name == manifestName && json.Unmarshal(data, &m) == nil {
		delete(m["files"].(map[string]any), logsName)
		data, _ = json.Marshal(m)
	}
	return name, data
}

func TestMoreLogsThanAFileHolds(t *testing.T) {
	s := sample(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	var list []logs.Line
	for i := range 4000 {
		message := make([]byte, 8000)
		for k := range message {
			message[k] = '!' + byte(rnd.IntN(90))
		}
		list = append(list, logs.Line{Time: int64(i), Message: string(message)})
	}
	s.Logs = []*logs.Lines{logs.New(s.Traces[0].ID, list, logs.Gap{}), logs.New(model.TraceID{7}, []logs.Line{{Message: "short"}}, logs.Gap{})}
	got, _, err := read(written(t, s))
	if err != nil {
		t.Fatal(err)
	}
	if n := got.Logs[0].Len(); n == 0 || n >= 4000 || got.Logs[0].Gap().Missed != int64(4000-n) || got.Logs[1].Len() != 1 {
		t.Errorf("%d lines, %d missed", n, got.Logs[0].Gap().Missed)
	}
}
