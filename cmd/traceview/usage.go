package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"traceview/internal/i18n"
)

// languageOf returns the words of the language asked for on the command line,
// also where the rest of it was wrong, else of the system's.
func languageOf(c *call) *i18n.Printer {
	if lang := c.text("lang"); lang == "en" || lang == "ru" {
		return i18n.For(lang)
	}
	return i18n.For(i18n.Detect(os.Getenv))
}

// usage prints what a command takes; for the window, all commands too.
func usage(out io.Writer, cmd command, c *call, w *i18n.Printer) {
	what := strings.Join(strings.Fields(cmd.name+" [flags] "+cmd.args), " ")
	fmt.Fprintf(out, "%s\n\n%s\n", w.T("cli.usage", "what", what), cmd.about(w))
	if cmd.name == "" {
		fmt.Fprintf(out, "\n%s\n", w.T("cli.commands"))
		for _, o := range commands()[1:] {
			fmt.Fprintf(out, "  %-10s %s\n", o.name, o.about(w))
		}
	}
	fmt.Fprintf(out, "\n%s\n", w.T("cli.flags"))
	c.VisitAll(func(f *flag.Flag) {
		f.Usage = w.T("cli.flag."+f.Name, "formats", formats())
		value, text := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			text += " (" + w.T("cli.default", "value", f.DefValue) + ")"
		}
		fmt.Fprintf(out, "  --%s\n      %s\n", strings.TrimSpace(f.Name+" "+value), text)
	})
}

// about tells in a sentence what a command does.
func (c command) about(w *i18n.Printer) string {
	name := c.name
	if name == "" {
		name = "window"
	}
	return w.T("cli.text." + name)
}
