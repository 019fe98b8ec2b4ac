package weblink

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// MaxFile bounds a configuration file of Jaeger UI, in bytes.
const MaxFile = 1 << 20

// ErrFile is wrapped by errors about a file that no templates can be read from.
var ErrFile = errors.New("no file of linkPatterns")

// ErrProgram is wrapped by errors about a configuration of Jaeger UI that is a
// program: only running it would tell what it says.
var ErrProgram = fmt.Errorf("%w: it is a JavaScript program; save what its function returns as JSON", ErrFile)

// ReadJaegerUI reads the templates of a configuration file of Jaeger UI, or of a list
// of linkPatterns alone. Those that make no sense here are in refused, each a
// *TemplateError; the others are good.
func ReadJaegerUI(data []byte) (good []Template, refused []error, err error) {
	if len(data) > MaxFile {
		return nil, nil, fmt.Errorf("read configuration of Jaeger UI: %w: more than %d bytes", ErrFile, MaxFile)
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	object, program := returned(data)
	var list []json.RawMessage
	if bytes.HasPrefix(object, []byte("[")) {
		err = json.Unmarshal(object, &list)
	} else {
		in := struct {
			LinkPatterns *[]json.RawMessage `json:"linkPatterns"`
		}{LinkPatterns: &list}
		err = json.Unmarshal(object, &in)
	}
	switch {
	case err != nil && program:
		return nil, nil, fmt.Errorf("read configuration of Jaeger UI: %w (%w)", ErrProgram, err)
	case err != nil:
		return nil, nil, fmt.Errorf("read configuration of Jaeger UI: %w: it is no JSON: %w", ErrFile, err)
	case len(list) == 0:
		return nil, nil, fmt.Errorf("read configuration of Jaeger UI: %w: there are none in it", ErrFile)
	}
	for n, raw := range list {
		var t Template
		err := json.Unmarshal(raw, &t)
		if err != nil {
			err = fmt.Errorf("link template %d: %w", n+1, err)
		} else {
			err = t.Check()
		}
		if err != nil {
			refused = append(refused, err)
			continue
		}
		good = append(good, t)
	}
	return good, refused, nil
}

// returned returns the object that a function UIConfig returns, if data is one whose
// object is written as JSON, and whether it is a program at all.
func returned(data []byte) (object []byte, program bool) {
	if bytes.HasPrefix(data, []byte("{")) || bytes.HasPrefix(data, []byte("[")) {
		return data, false
	}
	if !bytes.Contains(data, []byte("UIConfig")) {
		return data, false
	}
	_, rest, ok := bytes.Cut(data, []byte("return"))
	end := bytes.LastIndexByte(rest, '}')
	if !ok || end < 0 {
		return nil, true
	}
	rest = bytes.TrimSpace(rest[:end]) // without the brace that closes the function
	return bytes.TrimSuffix(rest, []byte(";")), true
}
