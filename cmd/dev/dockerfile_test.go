package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestDockerfile holds what is promised about the image, as far as reading can.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var stages []string
	last := map[string][]string{} // instruction → arguments, of the last stage
	all := ""
	for line := range strings.Lines(strings.ReplaceAll(string(src), "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		if word == "FROM" {
			stages = append(stages, rest)
			clear(last)
		}
		last[word] = append(last[word], strings.TrimSpace(rest))
		all += line + "\n"
	}
	if len(stages) != 2 || stages[1] != "scratch" {
		t.Errorf("stages %q, want a build and scratch", stages)
	}
	for word, want := range map[string][]string{
		"USER":       {"65532:65532"},
		"VOLUME":     {"/data"},
		"EXPOSE":     {"8080"},
		"ENTRYPOINT": {`["/meridian"]`},
		"CMD":        {`["serve"]`},
		"ENV":        {"MERIDIAN_DATA=/data", "MERIDIAN_ADDR=0.0.0.0:8080"},
		"RUN":        nil, // there is no shell to run it
	} {
		if !slices.Equal(last[word], want) {
			t.Errorf("%s %q, want %q", word, last[word], want)
		}
	}
	for _, flag := range []string{"CGO_ENABLED=0", "-trimpath", `-ldflags "-s -w"`, "nomsgpack", "./cmd/meridian"} {
		if !strings.Contains(all, flag) {
			t.Errorf("the build does not say %s", flag)
		}
	}
}

// TestCI holds that CI runs the test command of the README and nothing else.
func TestCI(t *testing.T) {
	t.Parallel()
	const command = "go run ./cmd/dev test"
	script, err := os.ReadFile("../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	var runs []string
	for line := range strings.Lines(string(script)) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "set ") && !strings.HasPrefix(line, "cd ") {
			runs = append(runs, line)
		}
	}
	if !slices.Equal(runs, []string{command}) {
		t.Errorf(".ci/run runs %q, want %q alone", runs, command)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "\n"+command+"\n") {
		t.Errorf("the README does not give the command %q on a line of its own", command)
	}
}
