package crash

import (
	"fmt"
	"path"
	"regexp"
	"runtime"
	"strings"
)

// leftOut stands for the text of a panic.
const leftOut = "(what it said is left out: it may hold data)"

// The lines of a trace that hold no data, whole or in their groups.
var (
	// faults are what the runtime says of a fault that it found itself, numbers and
	// names of types left aside.
	faults = regexp.MustCompile(`^(?:runtime error: )?(index out of range|slice bounds out of range|invalid memory address or nil pointer dereference|` +
		`integer divide by zero|makeslice: len out of range|makeslice: cap out of range|interface conversion|hash of unhashable type|` +
		`assignment to entry in nil map|close of closed channel|close of nil channel|send on closed channel|negative shift amount)\b`)
	fatal     = regexp.MustCompile(`^(?:fatal error|runtime): [A-Za-z0-9 ,.:'()\-]{1,200}$`)
	signalled = regexp.MustCompile(`^(?:\[signal )?(SIG[A-Z]+)\b`)
	goroutine = regexp.MustCompile(`^(goroutine \d+).* \[([A-Za-z ().,0-9]{1,60})`)
	created   = regexp.MustCompile(`^created by (\S{1,300})(?: in goroutine \d+)?$`)
	place     = regexp.MustCompile(`^\t(.+):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+)?$`)
)

// maxLines bounds a report.
const maxLines = 2000

// Clean returns what holds no data of what the runtime, or debug.Stack, printed.
// A line of a panic's text cannot look like one of a trace: the runtime indents
// all but the first of them, and a place is believed only below a function.
func Clean(trace []byte) string {
	var out []string
	inside, called := false, false // a goroutine; the line before names a function
	for line := range strings.Lines(string(trace)) {
		line = strings.TrimRight(line, "\r\n")
		keep, function := "", false
		switch {
		case strings.HasPrefix(strings.TrimLeft(line, "\t"), "panic: "):
			_, text, _ := strings.Cut(line, "panic: ")
			keep, inside = "panic: "+harmless(text), false
		case goroutine.MatchString(line):
			m := goroutine.FindStringSubmatch(line)
			keep, inside = "\n"+m[1]+" ["+m[2]+"]", true
		case called && place.MatchString(line):
			m := place.FindStringSubmatch(line)
			keep = "\t" + shortPath(m[1]) + ":" + m[2]
		case inside && created.MatchString(line):
			keep, function = "created by "+created.FindStringSubmatch(line)[1], true
		case inside:
			keep = functionIn(line)
			function = keep != ""
		case signalled.MatchString(line):
			keep = signalled.FindStringSubmatch(line)[1]
		case fatal.MatchString(line):
			keep = line
		}
		called = function
		if keep != "" {
			out = append(out, keep)
		}
		if len(out) == maxLines {
			out = append(out, "…")
			break
		}
	}
	return strings.Join(out, "\n") + "\n"
}

// Cause tells what a panic was about, without its text.
func Cause(v any) string {
	if err, ok := v.(runtime.Error); ok {
		return harmless(err.Error())
	}
	return fmt.Sprintf("%T %s", v, leftOut)
}

func harmless(text string) string {
	if m := faults.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return leftOut
}

// functionIn returns the function that a line of a trace names, without its
// arguments, "" if it names none.
func functionIn(line string) string {
	end := strings.LastIndexByte(line, '(')
	if end <= 0 || !strings.HasSuffix(line, ")") || end > 300 || strings.ContainsAny(line[:end], " \t") || !strings.Contains(line[:end], ".") {
		return ""
	}
	return line[:end]
}

// shortPath returns the end of a path in the source: the rest is of the machine
// that the program was built on.
func shortPath(p string) string {
	p = strings.ReplaceAll(p, `\`, "/")
	return path.Join(path.Base(path.Dir(p)), path.Base(p))
}
