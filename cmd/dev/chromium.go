package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"meridian/web/browser"
)

// needChromium sees to a browser. It installs one where that takes no question
// and no password; elsewhere its error says what to install.
func needChromium(ctx context.Context) error {
	if browser.Find() != "" {
		return nil
	}
	if path := os.Getenv("MERIDIAN_CHROMIUM"); path != "" {
		return fmt.Errorf("MERIDIAN_CHROMIUM names %s, which cannot be run; unset it or set it to the path of a Chromium", path)
	}
	if !mayInstall() {
		return errors.New("the browser tests need Chromium: install the package chromium (or Google Chrome) and run this again")
	}
	fmt.Println("== Chromium is missing, installing it")
	if err := install(ctx, "chromium"); err != nil {
		return fmt.Errorf("%w; install Chromium by hand and run this again", err)
	}
	if browser.Find() == "" {
		return errors.New("the package chromium was installed but has no chromium command; set MERIDIAN_CHROMIUM to its path")
	}
	return nil
}

// mayInstall reports whether packages can be installed without a question and
// a password.
func mayInstall() bool {
	_, err := exec.LookPath("apt-get")
	return err == nil && os.Geteuid() == 0
}

// install installs packages of the system.
func install(ctx context.Context, packages ...string) error {
	for _, args := range [][]string{
		{"update", "-qq"},
		append([]string{"install", "-y", "-qq", "--no-install-recommends"}, packages...),
	} {
		cmd := exec.CommandContext(ctx, "apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		// Pages of progress would hide the tests; what went wrong is shown.
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%sapt-get %v: %w", out, args, err)
		}
	}
	return nil
}
