package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"meridian/cms/api"
)

// clientCommand writes the TypeScript client of the JSON interface, the same
// file that a server gives out at /api/client.ts.
type clientCommand struct {
	Out string `short:"o" type:"path" help:"File to write; standard output without it."`
}

// Run writes the client.
func (c clientCommand) Run() error {
	if c.Out == "" {
		_, err := os.Stdout.Write(api.Client())
		return err
	}
	return os.WriteFile(c.Out, api.Client(), 0o644)
}

// needNode sees to Node, with which the test of the client compiles and runs a
// program. It is installed as Chromium is.
func needNode(ctx context.Context) error {
	there := func() bool {
		_, node := exec.LookPath("node")
		_, npm := exec.LookPath("npm")
		return node == nil && npm == nil
	}
	if there() {
		return nil
	}
	if !mayInstall() {
		return errors.New("the test of the TypeScript client needs Node 20 or later: install the packages nodejs and npm and run this again")
	}
	fmt.Println("== Node is missing, installing it")
	if err := install(ctx, "nodejs", "npm"); err != nil {
		return fmt.Errorf("%w; install Node by hand and run this again", err)
	}
	if !there() {
		return errors.New("the packages nodejs and npm were installed but have no node and npm commands")
	}
	return nil
}
