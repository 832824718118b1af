// Package weblint says what is wrong with a rendered page: headings, labels,
// links, nesting, and everything the content security policy would block. Tests
// call it on every page and every block they render, so that a screen cannot
// lose its accessibility without a red test.
//
// It reads the markup as written, not as a browser repairs it: every element
// that is not void needs its end tag, even where HTML lets it be left out. That
// strictness is what makes a misplaced end tag in a template visible.
package weblint

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
)

// Options says what kind of markup is being read. The zero value is a whole
// page of the back office.
type Options struct {
	// Styles allows <style> elements in the head. Readers' pages carry their
	// style sheet inline and name its hash in the content security policy.
	Styles bool

	// Fragment says that the markup is a piece of a page, such as a rendered
	// block: nothing is expected of the document around it, and heading levels
	// may start anywhere.
	Fragment bool
}

// Problem is one finding.
type Problem struct {
	Rule string // short stable name, such as "label" or "heading-order"
	Line int    // in the markup, from 1; 0 when the finding is about the whole page
	Text string // what is wrong, with the element as written
}

// String writes the finding as one line: "line 12: label: …".
func (p Problem) String() string {
	if p.Line == 0 {
		return p.Rule + ": " + p.Text
	}
	return fmt.Sprintf("line %d: %s: %s", p.Line, p.Rule, p.Text)
}

// Check returns what is wrong with the markup, in the order of its lines, or
// nil. It never fails: markup that cannot be read is a finding too.
func Check(markup []byte, o Options) []Problem {
	d, problems := read(markup)
	report := func(rule string, n *node, format string, args ...any) {
		p := Problem{Rule: rule, Text: fmt.Sprintf(format, args...)}
		if n != nil {
			p.Line = n.line
		}
		problems = append(problems, p)
	}
	// The later rules walk a tree; one built from unbalanced tags would only
	// repeat the same mistake under other names.
	if len(problems) == 0 {
		checkNesting(d, markup, o, report)
	}
	if !o.Fragment {
		checkDocument(d, o, report)
	}
	checkPolicy(d, o, report)
	checkHeadings(d, o, report)
	checkReferences(d, o, report)
	checkForms(d, report)
	checkContent(d, report)
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return problems
}

// Expect fails the test with one line for each finding.
func Expect(t testing.TB, markup []byte, o Options) {
	t.Helper()
	for _, p := range Check(markup, o) {
		t.Errorf("markup: %s", p)
	}
}

// reporter records a finding of a rule at an element; a nil element means the
// page as a whole.
type reporter func(rule string, n *node, format string, args ...any)
