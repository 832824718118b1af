package weblint

import (
	"bytes"
	"regexp"
)

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)

	// physical matches a declaration that names a side of the screen instead of
	// a side of the text. Top and bottom are the same in all our scripts.
	physical = regexp.MustCompile(`(?i)(?:^|[;{\s])((?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-[a-z]+)?` +
		`|(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius)\s*:` +
		`|(?:^|[;{\s])((?:text-align|float|clear|caption-side)\s*:\s*(?:left|right))\b`)

	// elsewhere matches what a style sheet fetches from other servers.
	elsewhere = regexp.MustCompile(`(?i)@import\b|url\(\s*["']?(?:https?:)?//`)
)

// CheckCSS returns the declarations of a style sheet that would not turn round
// in a language written from the right, and what it would fetch from other
// servers, in the order of its lines.
func CheckCSS(sheet []byte) []Problem {
	// A comment becomes its line breaks, so that lines still count.
	plain := cssComment.ReplaceAllFunc(sheet, func(c []byte) []byte {
		return bytes.Repeat([]byte{'\n'}, bytes.Count(c, []byte{'\n'}))
	})
	var problems []Problem
	n := 0
	for line := range bytes.Lines(plain) {
		n++
		for _, m := range physical.FindAllSubmatch(line, -1) {
			problems = append(problems, Problem{"physical", n, "not logical: " + string(bytes.Join(m[1:], nil))})
		}
		if m := elsewhere.Find(line); m != nil {
			problems = append(problems, Problem{"elsewhere", n, "fetches from elsewhere: " + string(m)})
		}
	}
	return problems
}
