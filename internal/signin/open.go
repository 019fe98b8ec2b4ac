package signin

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// errNoBrowser says that nothing here can show a page.
var errNoBrowser = errors.New("there is no display to show a browser on")

// browserCommand returns the command that shows an address in the browser of a
// system.
func browserCommand(goos string, getenv func(string) string, address string) ([]string, error) {
	switch goos {
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", address}, nil
	case "darwin":
		return []string{"open", address}, nil
	}
	if b := getenv("BROWSER"); b != "" {
		return []string{b, address}, nil
	}
	if getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "" {
		return nil, errNoBrowser
	}
	return []string{"xdg-open", address}, nil
}

// OpenBrowser shows an address in the browser of the system. The address is
// seen by other programs of this computer; nobody can use it without what is
// kept here.
func OpenBrowser(ctx context.Context, goos string, getenv func(string) string, address string) error {
	args, err := browserCommand(goos, getenv, address)
	if err != nil {
		return err
	}
	cmd := exec.Command(args[0], args[1:]...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("open browser: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	// What shows pages ends at once, or else is the browser itself.
	soon := time.NewTimer(3 * time.Second)
	defer soon.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("open browser: %s: %w", args[0], err)
		}
	case <-soon.C:
	case <-ctx.Done():
	}
	return nil
}
