package credential

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// maxLine bounds a secret that is typed or piped, in bytes.
const maxLine = 64 << 10

// ErrNobody is wrapped where a secret was to be asked for and there is no
// terminal.
var ErrNobody = errors.New("there is no terminal to ask at")

// ErrEmpty is wrapped where nothing was typed or piped.
var ErrEmpty = errors.New("it is empty")

// ReadLine reads a secret from a pipe, without what ends the line. It reads no
// further, so that another secret may follow.
func ReadLine(r io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < maxLine {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' || n == 0 && errors.Is(err, io.EOF) {
			if text := strings.TrimRight(string(line), "\r"); text != "" {
				return text, nil
			}
			return "", ErrEmpty
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		line = append(line, one[:n]...)
	}
	return "", fmt.Errorf("its first line is longer than %d bytes", maxLine)
}

// IsTerminal says whether in is a terminal, at which a person can be asked.
func IsTerminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// AskTerminal asks for a secret without showing what is typed.
func AskTerminal(ctx context.Context, in io.Reader, out io.Writer, prompt string) (string, error) {
	if !IsTerminal(in) {
		return "", ErrNobody
	}
	fd := int(in.(*os.File).Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("ask at the terminal: %w", err)
	}
	fmt.Fprint(out, prompt)
	type answer struct {
		line []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() { // a terminal takes no context
		line, err := term.ReadPassword(fd)
		done <- answer{line, err}
	}()
	select {
	case a := <-done:
		fmt.Fprintln(out)
		if a.err != nil {
			return "", fmt.Errorf("ask at the terminal: %w", a.err)
		}
		if len(a.line) == 0 {
			return "", ErrEmpty
		}
		return string(a.line), nil
	case <-ctx.Done():
		fmt.Fprintln(out)
		return "", errors.Join(context.Cause(ctx), term.Restore(fd, before)) // shows again what is typed
	}
}
