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
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return errors.New("the browser tests need Chromium: install the package chromium (or Google Chrome) and run this again")
	}
	fmt.Println("== Chromium is missing, installing it")
	for _, args := range [][]string{
		{"update", "-qq"},
		{"install", "-y", "-qq", "--no-install-recommends", "chromium"},
	} {
		cmd := exec.CommandContext(ctx, apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		// Pages of progress would hide the tests; what went wrong is shown.
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%sapt-get %v: %w; install Chromium by hand and run this again", out, args, err)
		}
	}
	if browser.Find() == "" {
		return errors.New("the package chromium was installed but has no chromium command; set MERIDIAN_CHROMIUM to its path")
	}
	return nil
}
