package snapshot

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/format"
	"traceview/internal/format/otlp"
	"traceview/internal/logs"
)

// maxLogs bounds the log lines of a file, in bytes of LogsData before it is packed:
// some hundred thousand lines.
const maxLogs = 40 << 20

// packLogs returns the member of the logs, nil where there are none. Where they are more
// than a member holds, each trace keeps its first lines, as many as the others.
func packLogs(list []*logs.Lines) ([]byte, error) {
	var plain []byte
	for n := logs.MaxLines; ; n /= 2 {
		plain = plain[:0]
		for _, l := range list {
			plain = otlp.AppendLogs(plain, l.First(n))
		}
		if len(plain) == 0 {
			return nil, nil
		}
		if len(plain) > maxLogs && n > 0 {
			continue
		}
		z, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(true))
		if err != nil {
			return nil, err
		}
		data := z.EncodeAll(plain, nil)
		if len(data) <= MaxMember || n == 0 {
			return data, z.Close()
		}
	}
}

// unpackLogs reads what packLogs returned, or what somebody made to look like it.
func unpackLogs(data []byte) ([]*logs.Lines, error) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxLogs))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", logsName, err)
	}
	defer z.Close()
	plain, err := z.DecodeAll(data, nil)
	if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) {
		return nil, fmt.Errorf("%s: more than %d bytes: %w", logsName, maxLogs, format.ErrTooLarge)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", logsName, ErrDamaged, err)
	}
	if len(plain) > 1<<20 && len(plain)/maxRatio > len(data) {
		return nil, fmt.Errorf("%s: packed by more than %d: %w", logsName, maxRatio, format.ErrTooLarge)
	}
	list, err := otlp.DecodeLogs(plain)
	switch {
	case errors.Is(err, format.ErrTooLarge):
		return nil, fmt.Errorf("%s: %w", logsName, err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w: %w", logsName, ErrDamaged, err)
	}
	return list, nil
}
