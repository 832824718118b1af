package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// summary is what a run of go test came to.
type summary struct {
	passed, failed, skipped int      // tests, subtests included
	packages                []string // one line each, as go test writes them
	fails, skips            []string // "package Test/sub"
}

// String is the closing line: "12 passed, 0 failed", with the skipped where
// there are any.
func (s summary) String() string {
	line := fmt.Sprintf("%d passed, %d failed", s.passed, s.failed)
	if s.skipped > 0 {
		line += fmt.Sprintf(", %d skipped", s.skipped)
	}
	return line
}

// event is one line of go test -json (see go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Output     string
}

// goTest runs the tests with the browser required, shows the packages as they
// end and the output of tests that failed, and counts.
func (t tree) goTest(ctx context.Context, race bool, packages []string, w io.Writer) (summary, error) {
	args := []string{"test", "-json", "-timeout=15m"}
	settings := []string{"REQUIRE_BROWSER=1"}
	if race {
		args = append(args, "-race")
		settings = append(settings, "CGO_ENABLED=1")
	}
	cmd := t.command(ctx, settings, "go", append(args, packages...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return summary{}, err
	}
	if err := cmd.Start(); err != nil {
		return summary{}, err
	}
	sum, err := follow(out, w)
	err = errors.Join(err, cmd.Wait())
	switch {
	case err != nil:
		return sum, fmt.Errorf("go test: %w", err)
	case sum.passed == 0:
		return sum, errors.New("go test: no test was run")
	case sum.skipped > 0 && mustRunAll():
		return sum, fmt.Errorf("go test: skipped, which is not allowed here: %s", strings.Join(sum.skips, ", "))
	}
	return sum, nil
}

// follow reads the events of a run as they come. It returns an error only when
// the stream cannot be read to its end.
func follow(r io.Reader, w io.Writer) (summary, error) {
	var sum summary
	// The output of a test is kept until its end says whether it is wanted.
	// Output of subtests is shown under their own names.
	kept := map[string]*strings.Builder{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var ev event
			if json.Unmarshal([]byte(line), &ev) != nil || ev.Action == "" {
				fmt.Fprint(w, line) // go itself, before the first event
			} else {
				sum.add(ev, kept, w)
			}
		}
		if err == io.EOF {
			return sum, nil
		}
		if err != nil {
			return sum, err
		}
	}
}

func (s *summary) add(ev event, kept map[string]*strings.Builder, w io.Writer) {
	id := ev.Package + " " + ev.Test
	switch ev.Action {
	case "build-output":
		fmt.Fprint(w, ev.Output)
	case "output":
		if ev.Test == "" && isPackageLine(ev.Output) {
			fmt.Fprint(w, ev.Output)
			s.packages = append(s.packages, strings.TrimRight(ev.Output, "\n"))
			return
		}
		if kept[id] == nil {
			kept[id] = new(strings.Builder)
		}
		kept[id].WriteString(ev.Output)
	case "pass", "fail", "skip":
		output := kept[id]
		delete(kept, id)
		if ev.Action == "fail" && output != nil {
			fmt.Fprint(w, output.String())
		}
		if ev.Test == "" {
			return
		}
		switch ev.Action {
		case "pass":
			s.passed++
		case "fail":
			s.failed++
			s.fails = append(s.fails, id)
		case "skip":
			s.skipped++
			s.skips = append(s.skips, id)
		}
	}
}

// isPackageLine tells the closing line of a package from what a test binary
// prints outside its tests.
func isPackageLine(line string) bool {
	return strings.HasPrefix(line, "ok  \t") || strings.HasPrefix(line, "FAIL\t") || strings.HasPrefix(line, "?   \t")
}
