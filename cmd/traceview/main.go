// Command traceview shows where an order went wrong: a window on the traces of
// a Jaeger server, and the same engine on the command line.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"traceview/internal/config"
	"traceview/internal/crash"
	"traceview/internal/i18n"
	_ "traceview/internal/locale" // before the toolkit
)

// version is set by the build.
var version = "0.1.0-dev"

// An env is what a command works with.
type env struct {
	out, err  io.Writer
	in        io.Reader
	lang      string
	langGiven bool
	perf      *perfLog
	log       *debugLog
	crashes   string                       // folder for a report of a crash, "" for none
	dirs      func() (config.Paths, error) // fails without a home, which most commands do not need
	known     carrierFile                  // of carriers, once it was asked for
}

func (e *env) words() *i18n.Printer { return i18n.For(e.lang) }

// wordsOfJSON are the words in a document for programs: they follow --lang, and
// not the language of the desktop.
func (e *env) wordsOfJSON() *i18n.Printer {
	if !e.langGiven {
		return i18n.For("en")
	}
	return e.words()
}

// A command is one subcommand.
type command struct {
	name string
	args string // what follows the flags
	run  func(ctx context.Context, e *env, c *call) error
	// flags declares the command's own flags.
	flags func(c *call)
}

// A call is one command line, parsed.
type call struct {
	*flag.FlagSet
	conn *connFlags
	opts map[string]any
	args []string
}

// usageError is a wrong command line, which ends with status 2.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func commands() []command {
	return []command{guiCommand, demoCommand, searchCommand, fetchCommand, logsCommand, inspectCommand, exportCommand, diagnoseCommand, statsCommand, compareCommand, coverageCommand, renderCommand, libraryCommand, connectionCommand, versionCommand}
}

func main() {
	if crash.Serve(version) {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes a command line and returns the exit status: 0 ok, 1 the
// operation failed, 2 wrong usage.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) (code int) {
	e := &env{out: out, err: errOut, in: in}
	defer func() {
		if v := recover(); v != nil {
			code = 1
			e.crashed(v, debug.Stack())
		}
	}()
	cmd, rest := choose(args)
	c := newCall(cmd, e)
	title := strings.TrimSpace("traceview " + cmd.name)
	if err := parse(c, rest); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			usage(out, cmd, c, languageOf(c))
			return 0
		}
		fmt.Fprintf(errOut, "%s: %v\n%s\n", title, err, languageOf(c).T("cli.see", "what", title))
		return 2
	}
	err := prepare(e, c)
	defer e.perf.close()
	defer e.log.close()
	if err == nil {
		err = cmd.run(ctx, e, c)
	}
	var wrong usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(errOut, "%s: %v\n%s\n", title, err, languageOf(c).T("cli.see", "what", title))
		return 2
	}
	fmt.Fprintln(errOut, "traceview: "+explainLine(e.words(), err))
	return 1
}

// choose finds the subcommand; without one, the window is meant, with the files
// named.
func choose(args []string) (command, []string) {
	if len(args) > 0 {
		for _, c := range commands() {
			if c.name == args[0] && c.name != "" {
				return c, args[1:]
			}
		}
		if args[0] == "help" {
			about, _ := choose(args[1:])
			return about, []string{"--help"}
		}
	}
	return guiCommand, args
}

func newCall(cmd command, e *env) *call {
	c := &call{FlagSet: flag.NewFlagSet(cmd.name, flag.ContinueOnError), opts: map[string]any{}}
	c.SetOutput(io.Discard)
	c.opts["lang"] = c.String("lang", "", "")
	c.opts["perf-log"] = c.String("perf-log", "", "")
	c.opts["debug-log"] = c.String("debug-log", "", "")
	c.opts["config-dir"] = c.String("config-dir", "", "")
	c.opts["data-dir"] = c.String("data-dir", "", "")
	if cmd.flags != nil {
		cmd.flags(c)
	}
	return c
}

func (c *call) text(name string) string { return *c.opts[name].(*string) }
func (c *call) on(name string) bool     { return *c.opts[name].(*bool) }
func (c *call) number(name string) int  { return *c.opts[name].(*int) }

// given says whether a flag was on the command line.
func (c *call) given(name string) (yes bool) {
	c.Visit(func(f *flag.Flag) { yes = yes || f.Name == name })
	return yes
}

// What a flag is for is in the catalogue, under cli.flag and its name.
func (c *call) addText(name, value string) { c.opts[name] = c.String(name, value, "") }
func (c *call) addBool(name string)        { c.opts[name] = c.Bool(name, false, "") }
func (c *call) addInt(name string, v int)  { c.opts[name] = c.Int(name, v, "") }

// parse reads flags and arguments in any order, as people type them.
func parse(c *call, args []string) error {
	for {
		if err := c.Parse(args); err != nil {
			return err
		}
		rest := c.Args()
		n := 0
		for n < len(rest) && (!strings.HasPrefix(rest[n], "-") || rest[n] == "-") {
			n++
		}
		// flag stops for good at "--": what follows are arguments.
		if at := len(args) - len(rest); at > 0 && args[at-1] == "--" {
			n = len(rest)
		}
		c.args = append(c.args, rest[:n]...)
		if n == len(rest) {
			return nil
		}
		args = rest[n:]
	}
}

// prepare acts on the flags that every command has.
func prepare(e *env, c *call) error {
	switch lang := c.text("lang"); lang {
	case "en", "ru":
		e.lang, e.langGiven = lang, true
	case "":
		e.lang = i18n.Detect(os.Getenv)
	default:
		return usagef("language %q: want en or ru", lang)
	}
	e.dirs = func() (config.Paths, error) { return config.Dirs(c.text("config-dir"), c.text("data-dir")) }
	var err error
	if e.log, err = openDebugLog(c.text("debug-log")); err != nil {
		return err
	}
	e.perf, err = openPerfLog(c.text("perf-log"))
	return err
}
