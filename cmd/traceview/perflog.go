package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"
)

// started is as near to the start of the process as the program can see.
var started = time.Now()

// A perfLog appends what happened when, a JSON object a line, for finding out
// what is slow on somebody's machine. It holds no names and no values. A nil
// perfLog does nothing. It may be used from any goroutine.
type perfLog struct {
	mu   sync.Mutex
	file *os.File
}

func openPerfLog(path string) (*perfLog, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open performance log: %w", err)
	}
	return &perfLog{file: f}, nil
}

// note writes one event with the ms since the process started.
func (l *perfLog) note(event string, fields map[string]any) {
	if l == nil {
		return
	}
	line := map[string]any{"event": event, "ms": float64(time.Since(started).Microseconds()) / 1000}
	for k, v := range fields {
		line[k] = v
	}
	b, err := json.Marshal(line)
	if err != nil {
		return // fields are numbers and names of views
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.file.Write(append(b, '\n')) // a full disk must not stop the work
}

func (l *perfLog) close() {
	if l != nil {
		_ = l.file.Close() // written line by line: nothing is lost
	}
}
