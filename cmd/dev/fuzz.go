package main

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// target is a fuzz target and the folder of its package, relative to the root.
type target struct {
	dir, name string
}

// fuzz gives every fuzz target some seconds of new inputs. What it finds is
// written to the testdata folder of the package, to be committed with the fix.
func (t tree) fuzz(ctx context.Context, each time.Duration, packages []string) error {
	targets, err := t.fuzzTargets()
	if err != nil {
		return err
	}
	var failed []error
	for _, g := range targets {
		if !selected(packages, g.dir) {
			continue
		}
		start := time.Now()
		// Making an interesting input shorter may take a minute of its own;
		// ten tries leave the time to new inputs.
		out, err := t.command(ctx, nil, "go", "test", "-run=^$", "-fuzz=^"+g.name+"$", "-fuzztime="+each.String(),
			"-fuzzminimizetime=10x", "-timeout=10m", "./"+filepath.ToSlash(g.dir)).CombinedOutput()
		if err != nil {
			failed = append(failed, fmt.Errorf("%s%s in %s: %w", out, g.name, g.dir, err))
			continue
		}
		fmt.Printf("   %s in %s: %s, %.1fs\n", g.name, g.dir, executions(string(out)), time.Since(start).Seconds())
	}
	return errors.Join(failed...)
}

// executions finds "execs: 1234" in the last progress line of a run.
func executions(out string) string {
	last := "no figures"
	for line := range strings.Lines(out) {
		if _, after, ok := strings.Cut(line, "execs: "); ok {
			n, _, _ := strings.Cut(after, " ")
			last = n + " inputs"
		}
	}
	return last
}

// selected reports whether the patterns given to test, such as "./..." or
// "./cms/block", take in the folder.
func selected(patterns []string, dir string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		p = strings.TrimPrefix(strings.TrimPrefix(p, "meridian/"), "./")
		if below, ok := strings.CutSuffix(p, "..."); ok {
			below = strings.TrimSuffix(below, "/")
			return below == "" || dir == below || strings.HasPrefix(dir, below+"/")
		}
		return dir == strings.TrimSuffix(p, "/")
	})
}

// fuzzTargets reads the test files, which is quicker than asking each test
// binary: that would have to link them all.
func (t tree) fuzzTargets() ([]target, error) {
	var targets []target
	err := t.goFiles(func(path string) error {
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(t.root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") && len(f.Type.Params.List) == 1 {
				targets = append(targets, target{filepath.ToSlash(dir), f.Name.Name})
			}
		}
		return nil
	})
	return targets, err
}
