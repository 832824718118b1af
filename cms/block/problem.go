package block

import (
	"fmt"
	"strings"
)

// Problem is one reason why a text is not accepted.
type Problem struct {
	Pointer string         // JSON Pointer into the document; "" is the document itself
	Code    string         // stable, for machines; its sentence is the word "problem."+Code
	Args    map[string]any // values for the sentence
	Block   string         // id of the top-level block, "" if it concerns none
	Field   string         // name of the form field, set by ParseForm only
}

// Text is the sentence for people, in one of the languages of Languages.
func (p Problem) Text(lang string) string { return sentence(lang, "problem."+p.Code, p.Args) }

// InvalidError says that a text does not follow the format.
type InvalidError struct {
	Problems []Problem // at least one, at most maxProblems
}

// maxProblems bounds an answer: nobody repairs more at once.
const maxProblems = 50

// Error lists the first problems in English.
func (e *InvalidError) Error() string {
	var b strings.Builder
	b.WriteString("invalid text")
	for i, p := range e.Problems {
		if i == 3 {
			fmt.Fprintf(&b, "; and %d more", len(e.Problems)-i)
			break
		}
		at := p.Pointer
		if at == "" {
			at = "/"
		}
		fmt.Fprintf(&b, "; %s: %s", at, p.Text("en"))
	}
	return b.String()
}
