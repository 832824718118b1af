package main

import (
	"bytes"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// checkFormat is gofmt -l without a gofmt, which a Go in a container may lack.
func (t tree) checkFormat() error {
	var bad []string
	err := t.goFiles(func(path string) error {
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(t.root, path)
		formatted, err := format.Source(src)
		switch {
		case err != nil:
			bad = append(bad, fmt.Sprintf("%s: %v", rel, err))
		case !bytes.Equal(src, formatted):
			bad = append(bad, rel+": not formatted, run gofmt -w on it")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return fmt.Errorf("%s", strings.Join(bad, "\n"))
	}
	return nil
}

// goFiles calls f for every Go file that belongs to the checkout. Inputs of
// tests and the state of an installation do not.
func (t tree) goFiles(f func(path string) error) error {
	return filepath.WalkDir(t.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != t.root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
				return fs.SkipDir
			}
			if rel, _ := filepath.Rel(t.root, path); filepath.Dir(rel) == "data" && name != "demo" {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, ".go") {
			return f(path)
		}
		return nil
	})
}
