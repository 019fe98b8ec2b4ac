// Command compose reads a compose file with the library that docker compose
// reads it with, and says what is wrong with it.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if err := read(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(files []string) error {
	o, err := cli.NewProjectOptions(files, cli.WithName("tracing"), cli.WithOsEnv)
	if err != nil {
		return err
	}
	p, err := o.LoadProject(context.Background())
	if err != nil {
		return err
	}
	for _, name := range p.ServiceNames() {
		fmt.Println(name)
	}
	return nil
}
