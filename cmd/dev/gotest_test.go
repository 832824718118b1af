package main

import (
	"slices"
	"strings"
	"testing"
)

func TestFollow(t *testing.T) {
	t.Parallel()
	const stream = `go: downloading something
{"ImportPath":"a/broken","Action":"build-output","Output":"broken.go:1: no\n"}
{"Action":"run","Package":"a/b","Test":"TestGood"}
{"Action":"output","Package":"a/b","Test":"TestGood","Output":"quiet\n"}
{"Action":"pass","Package":"a/b","Test":"TestGood"}
{"Action":"output","Package":"a/b","Test":"TestBad","Output":"    bad_test.go:3: loud\n"}
{"Action":"fail","Package":"a/b","Test":"TestBad/one"}
{"Action":"fail","Package":"a/b","Test":"TestBad"}
{"Action":"output","Package":"a/b","Test":"TestLazy","Output":"not shown\n"}
{"Action":"skip","Package":"a/b","Test":"TestLazy"}
{"Action":"output","Package":"a/b","Output":"chatter\n"}
{"Action":"output","Package":"a/b","Output":"FAIL\n"}
{"Action":"output","Package":"a/b","Output":"FAIL\ta/b\t0.1s\n"}
{"Action":"fail","Package":"a/b"}
{"Action":"output","Package":"a/c","Output":"ok  \ta/c\t0.2s\n"}
{"Action":"pass","Package":"a/c"}
{"Action":"output","Package":"a/d","Output":"?   \ta/d\t[no test files]\n"}
{"Action":"skip","Package":"a/d"}`
	var out strings.Builder
	sum, err := follow(strings.NewReader(stream), &out)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sum.String(), "1 passed, 2 failed, 1 skipped"; got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
	if want := []string{"a/b TestLazy"}; !slices.Equal(sum.skips, want) {
		t.Errorf("skipped %q, want %q", sum.skips, want)
	}
	if want := []string{"FAIL\ta/b\t0.1s", "ok  \ta/c\t0.2s", "?   \ta/d\t[no test files]"}; !slices.Equal(sum.packages, want) {
		t.Errorf("packages %q, want %q", sum.packages, want)
	}
	for _, shown := range []string{"go: downloading", "broken.go:1", "loud", "chatter", "ok  \ta/c"} {
		if !strings.Contains(out.String(), shown) {
			t.Errorf("%q is not shown in:\n%s", shown, &out)
		}
	}
	for _, kept := range []string{"quiet", "not shown"} {
		if strings.Contains(out.String(), kept) {
			t.Errorf("%q is shown in:\n%s", kept, &out)
		}
	}
}

func TestSelected(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, dir string
		want         bool
	}{
		{"./...", "cms/block", true},
		{"./cms/...", "cms/block", true},
		{"./cms/...", "cms", true},
		{"./cms/block", "cms/block", true},
		{"./cms/block/", "cms/block", true},
		{"meridian/cms/block", "cms/block", true},
		{"./cms", "cms/block", false},
		{"./cm...", "cms/block", false},
	} {
		if got := selected([]string{tt.pattern}, tt.dir); got != tt.want {
			t.Errorf("selected(%q, %q) = %v", tt.pattern, tt.dir, got)
		}
	}
}

func TestFuzzTargets(t *testing.T) {
	t.Parallel()
	targets, err := tree{root: "../.."}.fuzzTargets()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(targets, target{"web/weblint", "FuzzCheck"}) {
		t.Errorf("found %v", targets)
	}
}

func TestExecutions(t *testing.T) {
	t.Parallel()
	const out = "fuzz: elapsed: 0s, gathering baseline coverage: 4/4 completed\nfuzz: elapsed: 3s, execs: 100 (33/sec), new\nfuzz: elapsed: 6s, execs: 250 (50/sec), new\nPASS\n"
	if got := executions(out); got != "250 inputs" {
		t.Errorf("executions = %q", got)
	}
	if got := executions("PASS\n"); got != "no figures" {
		t.Errorf("executions of nothing = %q", got)
	}
}
