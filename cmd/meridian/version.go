package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the release build (-ldflags "-X main.version=1.2.3").
var version = ""

type versionCmd struct{}

// Run prints the version, the commit it was built from and the Go release.
func (versionCmd) Run(c *console) error {
	_, err := fmt.Fprintln(c.out, "meridian", versionText())
	return err
}

func versionText() string {
	v, commit := version, ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if v == "" && info.Main.Version != "(devel)" {
			v = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				commit = " (" + s.Value[:12] + ")"
			}
		}
	}
	if v == "" {
		v = "development"
	}
	return v + commit + ", " + runtime.Version()
}
